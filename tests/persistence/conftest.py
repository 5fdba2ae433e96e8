"""Every store test runs on both drivers."""

from __future__ import annotations

import pytest

from persistence.driver import DriverName


@pytest.fixture(params=list(DriverName), ids=lambda name: name.value)
def driver_name(request: pytest.FixtureRequest) -> DriverName:
    name: DriverName = request.param
    return name
