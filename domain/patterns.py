"""Patterns that admins write: RE2's, whose time is linear in the text whatever the pattern."""

from __future__ import annotations

from functools import lru_cache

import re2

_MOST_MEMORY = 1 << 20
"""Bytes of a compiled pattern: a pattern that would grow beyond, such as one of nested repetitions, is refused."""


@lru_cache(maxsize=128)
def _compiled(pattern: str) -> object:
    options = re2.Options()
    options.max_mem = _MOST_MEMORY
    options.log_errors = False
    return re2.compile(pattern, options)


def pattern_problem(pattern: str) -> str | None:
    """Return what is wrong with the pattern, or None."""
    try:
        _compiled(pattern)
    except re2.error as problem:
        text = _located(pattern, problem.args[0].decode("utf-8", "replace"))
    except UnicodeEncodeError:
        text = "it has a character that no text can have"
    else:
        return None
    return f"Give a pattern in the syntax of RE2, which has no look-around and no back-references: {text}."


def _located(pattern: str, reason: str) -> str:
    """Add where the part lies that the reason ends with, if it does and the part is there once."""
    part = reason.partition(": ")[2]
    return f"{reason} (at character {pattern.index(part) + 1})" if part and pattern.count(part) == 1 else reason


def matches(pattern: str, text: str) -> bool:
    """Tell whether the whole text matches the pattern, which `pattern_problem` found nothing wrong with."""
    return _compiled(pattern).fullmatch(text) is not None  # type: ignore[attr-defined]
