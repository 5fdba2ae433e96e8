"""The one place where a value is accepted or refused: by its type, then by the rules of its definition."""

from __future__ import annotations

import math
import re
from datetime import date, datetime
from functools import lru_cache
from typing import assert_never
from urllib.parse import urlsplit

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from domain import clock
from domain.definitions import AttributeDefinition, ValueRules
from domain.outcomes import ErrorCode, Invalid
from domain.patterns import matches
from domain.text import clean
from domain.values import (
    VALUE_TYPES,
    BooleanValue,
    DateTimeValue,
    DateValue,
    EmailValue,
    LanguageValue,
    MultiSelectValue,
    NumberValue,
    PhoneValue,
    SelectValue,
    TextValue,
    UrlValue,
    Value,
)

LONGEST_TEXT = 5_000
"""Code points of a TEXT value where the definition sets no shorter bound."""
LONGEST_URL = 2_048
"""Code points of a URL: what every current browser and proxy carries."""
LONGEST_PHONE = 16
"""The plus sign and the 15 digits of E.164; some national plans know longer ones."""
CHECKED_KEPT = 4_096
"""Answers of the slow checks that are kept: an import asks about the same number for an identity and an attribute."""

# BCP 47 (RFC 5646): language, script, region, variants, extensions, private use; or private use alone. ASCII, since
# the letter K has a third case elsewhere. The length is bounded before it is matched.
_LANGUAGE_TAG = re.compile(
    r"(?:[a-z]{2,3}(?:-[a-z]{3})?|[a-z]{4,8})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}))*(?:-[a-wyz0-9](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?"
    r"|x(?:-[a-z0-9]{1,8})+",
    re.IGNORECASE | re.ASCII,
)
_HOST = re.compile(r"[^\s/?#@:%\\\[\]<>\"{}|^`]+")
_BRACKETED = re.compile(r"\[[0-9a-f:.]+\](?::\d*)?", re.IGNORECASE | re.ASCII)
# White space, the backslash (a slash to a browser), and what turns or hides the text of a link: they are encoded.
_NOT_IN_URL = re.compile("[\\s\\\\\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]")


def checked(definition: AttributeDefinition, given: Value, *, region: str) -> Value | Invalid:
    """Return the value in its kept form, or why it is refused: by its type, or by a rule in the words of the admins.

    Args:
        definition: whose value type and rules decide.
        given: the value as it came in, its content not yet looked at.
        region: ISO 3166 country that a phone number without a prefix is read in.
    """
    meant = VALUE_TYPES[type(given)]
    if meant is not definition.value_type:
        wanted = definition.value_type.value
        return Invalid(
            ErrorCode.WRONG_TYPE, f"Give a value of type {wanted}: «{definition.key}» takes no {meant.value}."
        )
    match given:
        case TextValue(text):
            return _text(definition, text)
        case NumberValue(number):
            return _number(definition, number)
        case BooleanValue():
            return given
        case DateValue(day):
            return _within_dates(definition, day) or given
        case DateTimeValue(moment):
            return _date_time(definition, moment)
        case EmailValue(email):
            return email_value(email)
        case PhoneValue(phone):
            return phone_value(phone, region)
        case UrlValue(url):
            return url_value(url)
        case SelectValue(option_id):
            return _unknown_option(definition, option_id) or given
        case MultiSelectValue(option_ids):
            return _multi_select(definition, option_ids)
        case LanguageValue(language):
            return language_value(language)
        case _:
            assert_never(given)


def broken(rules: ValueRules, code: ErrorCode, advice: str) -> Invalid:
    """Return the refusal of what breaks one of the rules: in the words of the admins, or else in ours."""
    return Invalid(code, rules.message or advice)


def _text(definition: AttributeDefinition, text: str) -> Value | Invalid:
    rules = definition.rules
    longest, shortest = min(rules.max_length or LONGEST_TEXT, LONGEST_TEXT), rules.min_length or 1
    cleaned = clean(text, longest=longest, shortest=shortest)
    if isinstance(cleaned, Invalid):
        bound = {ErrorCode.TOO_LONG: rules.max_length, ErrorCode.TOO_SHORT: rules.min_length}.get(cleaned.code)
        return cleaned if bound is None else broken(rules, cleaned.code, cleaned.message)
    if rules.pattern is not None and not matches(rules.pattern, cleaned):
        return broken(rules, ErrorCode.PATTERN_MISMATCH, f"Give a text that matches the pattern {rules.pattern}")
    return TextValue(cleaned)


def _number(definition: AttributeDefinition, number: float) -> Value | Invalid:
    rules = definition.rules
    if not math.isfinite(number):
        return Invalid(ErrorCode.NOT_A_NUMBER, "Give a finite number.")
    if rules.min_number is not None and number < rules.min_number:
        return broken(rules, ErrorCode.TOO_SMALL, f"Give a number of {rules.min_number:.15g} or more.")
    if rules.max_number is not None and number > rules.max_number:
        return broken(rules, ErrorCode.TOO_LARGE, f"Give a number of {rules.max_number:.15g} or less.")
    return NumberValue(number + 0.0)  # minus zero has no place in a panel


def _date_time(definition: AttributeDefinition, given: datetime) -> Value | Invalid:
    if given.tzinfo is None:
        return Invalid(ErrorCode.NOT_A_DATE, "Add the offset from UTC, such as Z or +02:00.")
    try:
        moment = clock.to_millisecond(given)
    except OverflowError:
        return Invalid(ErrorCode.NOT_A_DATE, "Give a time between the years 1 and 9999 in UTC.")
    return _within_dates(definition, moment.date()) or DateTimeValue(moment)


def _within_dates(definition: AttributeDefinition, day: date) -> Invalid | None:
    rules = definition.rules
    if rules.earliest is not None and day < rules.earliest:
        return broken(rules, ErrorCode.TOO_EARLY, f"Give {rules.earliest.isoformat()} or later.")
    if rules.latest is not None and day > rules.latest:
        return broken(rules, ErrorCode.TOO_LATE, f"Give {rules.latest.isoformat()} or earlier.")
    return None


@lru_cache(maxsize=CHECKED_KEPT)
def email_value(email: str) -> EmailValue | Invalid:
    try:
        # Whether the domain answers today says nothing of the person: no look-up on the network.
        found = validate_email(email.strip(), check_deliverability=False)
    except EmailNotValidError as problem:
        return Invalid(ErrorCode.NOT_AN_EMAIL, f"Give an e-mail address such as name@example.com: {problem}")
    return EmailValue(found.normalized)


@lru_cache(maxsize=CHECKED_KEPT)
def phone_value(phone: str, region: str) -> PhoneValue | Invalid:
    refused = Invalid(ErrorCode.NOT_A_PHONE, "Give a phone number with its country prefix, such as +1 202-224-3441.")
    try:
        number = phonenumbers.parse(phone, region)
        kept = _e164(number)
        again = _e164(phonenumbers.parse(kept))
    except phonenumbers.NumberParseException:
        return refused
    # «Possible» and not «valid»: numbering plans grow sooner than a library's table of them; but no number that only
    # a neighbour could dial. An extension is refused because E.164 has no room for it and would drop it without a
    # word, and what a repeated trunk prefix leaves behind because it would be another number when it is read again.
    is_possible = phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
    if number.extension is not None or not is_possible or again != kept or len(kept) > LONGEST_PHONE:
        return refused
    return PhoneValue(kept)


def _e164(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def url_value(given: str) -> UrlValue | Invalid:
    refused = Invalid(ErrorCode.NOT_A_URL, "Give a web address such as https://example.com/page.")
    url = clean(given.strip(), longest=LONGEST_URL)
    if isinstance(url, Invalid):
        return url if url.code is ErrorCode.TOO_LONG else refused
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return refused
    # A link of any other scheme (javascript:, data:) would run in the panel of the agent who follows it; a
    # user name before the host is how a link is dressed up as another site's.
    if parts.scheme not in {"http", "https"} or parts.username is not None or _NOT_IN_URL.search(url):
        return refused
    is_host = _BRACKETED.fullmatch(parts.netloc) if "[" in parts.netloc else _HOST.fullmatch(host or "")
    return UrlValue(url) if is_host else refused


def _multi_select(definition: AttributeDefinition, option_ids: tuple[str, ...]) -> Value | Invalid:
    if len(set(option_ids)) < len(option_ids):
        return Invalid(ErrorCode.REPEATED_OPTION, "Give each option once.")
    for option_id in option_ids:
        if problem := _unknown_option(definition, option_id):
            return problem
    return MultiSelectValue(tuple(each.id for each in definition.options if each.id in option_ids))


def _unknown_option(definition: AttributeDefinition, option_id: str) -> Invalid | None:
    option = definition.option(option_id)
    if option is not None and not option.is_archived:
        return None
    choices = ", ".join(f"{each.id} ({each.label})" for each in definition.options[:20] if not each.is_archived)
    return Invalid(ErrorCode.UNKNOWN_OPTION, f"Choose the id of one of the options of «{definition.key}»: {choices}.")


def language_value(given: str) -> LanguageValue | Invalid:
    tag = given.strip()
    if len(tag) > 64 or not _LANGUAGE_TAG.fullmatch(tag):
        return Invalid(ErrorCode.NOT_A_LANGUAGE, "Give a language tag (BCP 47) such as en, pt-BR or zh-Hant.")
    return LanguageValue(canonical_case(tag))


def canonical_case(tag: str) -> str:
    """Return the tag in the letter case of RFC 5646, section 2.1.1: language lower, Script title, REGION upper."""
    first, *rest = tag.lower().split("-")
    parts, before_singleton = [first], len(first) > 1
    for part in rest:
        before_singleton = before_singleton and len(part) > 1
        region, script = len(part) == 2 and part.isalpha(), len(part) == 4 and part.isalpha()
        parts.append(
            part.upper() if before_singleton and region else part.title() if before_singleton and script else part
        )
    return "-".join(parts)
