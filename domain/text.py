"""Text as people type it: normalised, so that everyone counts and compares the same."""

from __future__ import annotations

import re
import unicodedata

from domain.outcomes import ErrorCode, Invalid

_LINE_END = re.compile(r"\r\n?")
# Control characters but tab and line feed, and lone surrogates, which no UTF-8 client could be answered with.
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_INVISIBLE = frozenset({"Zs", "Zl", "Zp", "Cf", "Cc"})
# Letters, marks and symbols that nothing is drawn for: joiners, fillers, variation selectors, the blank of Braille.
_BLANK_LETTER = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)


def normalised(text: str) -> str:
    """Return the text in NFC with LF line ends: what lengths are counted on, in Unicode code points."""
    return unicodedata.normalize("NFC", _LINE_END.sub("\n", text))


def is_blank(text: str) -> bool:
    """Tell whether a reader would see nothing: spaces, line ends and invisible characters only."""
    return all(unicodedata.category(each) in _INVISIBLE or _BLANK_LETTER.match(each) for each in text)


def clean(text: str, *, longest: int, shortest: int = 1) -> str | Invalid:
    """Return the normalised text, or why it is refused. Lengths are code points after normalisation."""
    # Before normalising: the stray character must be refused whatever Unicode does with its neighbours.
    if found := _FORBIDDEN.search(text.replace("\r", "\n")):
        code = f"U+{ord(found.group()):04X}"
        return Invalid(ErrorCode.FORBIDDEN_CHARACTER, f"Remove the character {code}: it cannot be kept in a text.")
    body = normalised(text)
    if is_blank(body):
        return Invalid(ErrorCode.BLANK, "Write something: the text is empty or only white space.")
    if len(body) > longest:
        over = len(body) - longest
        return Invalid(ErrorCode.TOO_LONG, f"Shorten the text by {over}: at most {longest} characters are kept.")
    if len(body) < shortest:
        return Invalid(ErrorCode.TOO_SHORT, f"Lengthen the text: at least {shortest} characters are asked for.")
    return body


def sort_key(name: str) -> str:
    """Return the name folded for sorting: without accents and case, white space collapsed."""
    if name.isascii():
        # As below, which most texts need not go through.
        return " ".join(name.casefold().split())
    # Case after compatibility forms: a name in «mathematical» letters has no case before them.
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    return " ".join("".join(each for each in folded if not unicodedata.combining(each)).split())
