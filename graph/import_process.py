"""What an import asks of its processes: another one to read rows, and a garbage collector that seldom looks."""

from __future__ import annotations

import copyreg
import gc
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from operator import attrgetter

from domain.contacts import IdentityKey, SocialIdentity
from domain.imports import Row, RowIdentity
from domain.values import VALUE_TYPES

_SELDOM = (50_000, 20, 100)
"""Objects made, and collections of the younger ones, until the collector looks; Python's own are 700, 10 and 10."""


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Let the garbage collector look seldom: it took a quarter of an import's time, and found nothing.

    What an import makes of a row are values, and none refers back: they go as they are let go.
    """
    usual = gc.get_threshold()
    gc.set_threshold(*_SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def a_reader() -> ProcessPoolExecutor:
    """Return a process that reads rows: they take as long as all that is written of them takes the database."""
    return ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_begin)


def _begin() -> None:
    gc.set_threshold(*_SELDOM)
    # As calls that make them: what `dataclasses` has for it takes as long as reading them did.
    for each in (Row, RowIdentity, SocialIdentity, IdentityKey, *VALUE_TYPES):
        copyreg.pickle(each, _as_call(each.__match_args__))


def _as_call(names: tuple[str, ...]) -> Callable[[object], tuple[type, tuple[object, ...]]]:
    if len(names) == 1:
        only = attrgetter(*names)
        return lambda part: (type(part), (only(part),))
    parts = attrgetter(*names)
    return lambda part: (type(part), parts(part))
