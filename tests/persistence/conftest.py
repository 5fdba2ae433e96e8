"""Every store test runs on both drivers."""

from __future__ import annotations

import gc
import warnings
from collections.abc import Iterator

import pytest

from persistence.driver import DriverName


@pytest.fixture(params=list(DriverName), ids=lambda name: name.value)
def driver_name(request: pytest.FixtureRequest) -> DriverName:
    name: DriverName = request.param
    return name


@pytest.fixture
def forgotten_sockets() -> Iterator[None]:
    """Drop the sockets that PyMongo forgets to close: of a connection attempt that closing the client cuts off.

    Tests of a server that is not there leave them, for whichever test comes when the garbage is collected.
    """
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
