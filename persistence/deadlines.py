"""How long the database may work at one answer, however many commands it takes."""

from __future__ import annotations

import time
from dataclasses import dataclass
from math import ceil
from typing import Self


class TooSlowError(Exception):
    """The time is over: too many contacts have to be looked at for those that are meant."""


@dataclass(frozen=True, slots=True)
class Deadline:
    end: float
    """On the clock that is never put back, in seconds."""

    @classmethod
    def of(cls, milliseconds: int) -> Self:
        """Return what ends so long from now."""
        return cls(time.monotonic() + milliseconds / 1_000)

    def left_ms(self) -> int:
        """Return how long the next command may take, at least a millisecond; raises TooSlowError."""
        left = self.end - time.monotonic()
        if left <= 0:
            raise TooSlowError
        # None at all would mean for ever.
        return ceil(left * 1_000)
