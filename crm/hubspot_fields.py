"""The fields of a contact as HubSpot spells them: everything is text there. And what text says the same."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import phonenumbers

from domain.crm import Field

SEPARATOR = ";"
"""Between several options, and between a contact's further e-mail addresses."""
_E164 = re.compile(r"\+[0-9]{7,15}")
_PHONE = re.compile(r"[0-9 +().\-/\u00a0]{7,40}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.]+(Z|[+-][0-9:]+)?)?")
_MILLISECONDS = re.compile(r"-?[0-9]{1,15}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST = timedelta(days=365 * 1_900)

_CALCULATED = {
    "phone": "hs_searchable_calculated_phone_number",
    "mobilephone": "hs_searchable_calculated_mobile_number",
}
"""Where HubSpot keeps a number's digits without the country's prefix, however the number itself was typed."""

Key = tuple[str, str]
"""A text and how it is meant: two fields agree when they have a key in common."""


def spelled(field: Field | None) -> str:
    """Return what HubSpot is sent for the field; blank is the empty text."""
    if field is None:
        return ""
    if isinstance(field, bool):
        # Before numbers: to Python it is one.
        return "true" if field else "false"
    if isinstance(field, tuple):
        return SEPARATOR.join(field)
    if isinstance(field, str):
        return field
    return _plain(field)


def _plain(number: float) -> str:
    """Return the number without an exponent, and without a fraction where it has none."""
    text = format(Decimal(repr(float(number))), "f")
    return text.removesuffix(".0")


def holds(text: str | None, field: Field | None) -> bool:
    """Tell whether HubSpot's text says what the field says; letters in another case do not."""
    if text is None or not text.strip():
        return not spelled(field).strip()
    if isinstance(field, bool):
        return text.strip().lower() == spelled(field)
    if isinstance(field, tuple):
        return set(_options(text)) == set(field)
    if isinstance(field, str):
        return text.strip() == field.strip() or _same_moment(text.strip(), field.strip())
    return field is not None and _number(text) == field


def _options(text: str) -> Iterator[str]:
    return (each.strip() for each in text.split(SEPARATOR) if each.strip())


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _same_moment(one: str, other: str) -> bool:
    # One of them is a date in so many words: two different numbers are never the same moment.
    moment = _dated(one) or _dated(other)
    return moment is not None and moment == _moment(one) == _moment(other)


def _moment(text: str) -> datetime | None:
    return _dated(text) or _counted(text)


def _dated(text: str) -> datetime | None:
    """Read a date, which is midnight in UTC, or a moment as ISO 8601 writes them."""
    if not _DATE.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        # No such day, or none in UTC.
        return None


def _counted(text: str) -> datetime | None:
    """Read milliseconds since 1970, which HubSpot's dates are in many of its answers."""
    if not _MILLISECONDS.fullmatch(text):
        return None
    since = timedelta(milliseconds=int(text))
    return _EPOCH + since if abs(since) < _LONGEST else None


def moment_of(text: object) -> datetime | None:
    """Read when a record was changed, where HubSpot tells that."""
    return _moment(text) if isinstance(text, str) else None


def keys_of_field(field: Field) -> frozenset[Key]:
    """Return what a person's field is recognized by."""
    if isinstance(field, tuple):
        return frozenset({_options_key(field)})
    if isinstance(field, bool) or not isinstance(field, str):
        return frozenset({("text" if isinstance(field, bool) else "number", spelled(field))})
    text = field.strip()
    if _E164.fullmatch(text):
        return frozenset(("phone", each) for each in (text, text[1:], _national(text)) if each)
    return frozenset({("text", text.casefold()), *_moment_keys(_dated(text))})


def keys_of_text(text: str | None) -> frozenset[Key]:
    """Return everything that a contact's text may mean."""
    kept = (text or "").strip()
    if not kept:
        return frozenset()
    keys = {("text", kept.casefold()), _options_key(_options(kept)), *_moment_keys(_moment(kept))}
    if (number := _number(kept)) is not None and abs(number) < float("inf"):
        keys.add(("number", _plain(number)))
    if _PHONE.fullmatch(kept):
        keys.add(("phone", _dialled(kept)))
    return frozenset(keys)


def _options_key(options: Iterable[str]) -> Key:
    return ("options", SEPARATOR.join(sorted({each.strip().casefold() for each in options})))


def _moment_keys(moment: datetime | None) -> Iterator[Key]:
    if moment is not None:
        yield ("moment", moment.isoformat())


def _dialled(text: str) -> str:
    """Return the digits: with a plus sign where the country's prefix is among them, else without a trunk prefix."""
    digits = "".join(each for each in text.replace("(0)", "") if each.isdigit())
    is_international = "+" in text or digits.startswith("00")
    return ("+" if is_international else "") + digits.lstrip("0")


def _national(phone: str) -> str:
    """Return the digits behind the country's prefix; nothing where no country has that prefix."""
    try:
        return str(phonenumbers.parse(phone).national_number or "")
    except phonenumbers.NumberParseException:
        return ""


def searched(alias: str, field: Field) -> Mapping[str, tuple[str, ...]]:
    """Return by property which values to search for: a contact with one of them may agree in the field.

    HubSpot finds words in lower case, whatever the case of the text, and the options of a choice only in their own.
    """
    if isinstance(field, tuple):
        return {alias: _spellings(field)}
    if not isinstance(field, str) or not _E164.fullmatch(field.strip()):
        return {alias: _spellings((spelled(field).strip(),))}
    phone = field.strip()
    national, calculated = _national(phone), _CALCULATED.get(alias)
    if calculated and national:
        return {alias: (phone,), calculated: (national,)}
    return {alias: tuple(dict.fromkeys(_typed(phone)))}


def _spellings(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for text in texts for each in (text.lower(), text)))


def _typed(phone: str) -> Iterator[str]:
    """Yield how a number is usually typed."""
    yield from (phone, phone[1:])
    if national := _national(phone):
        number = phonenumbers.parse(phone)
        formats = phonenumbers.PhoneNumberFormat
        yield national
        yield from (phonenumbers.format_number(number, each) for each in (formats.INTERNATIONAL, formats.NATIONAL))
