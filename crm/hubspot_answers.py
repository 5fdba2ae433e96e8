"""What HubSpot's answers say."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from crm.http_answers import retry_after
from crm.http_client import HttpAnswer
from crm.hubspot_fields import moment_of
from domain import clock
from domain.crm import CrmFailed, FailureReason

LONGEST_MESSAGE = 500
_WORD = re.compile(r"[A-Za-z0-9_]+")
_BUSY = frozenset({423, 477})
"""Locked while much is changed at once, and migrating: both pass."""


@dataclass(frozen=True, slots=True)
class HubSpotContact:
    id: str
    properties: Mapping[str, str | None]
    updated_at: datetime | None


@dataclass(frozen=True, slots=True)
class Page:
    contacts: Sequence[HubSpotContact]
    total: int
    after: str | None
    """Where the next page begins; None on the last one."""


class UnreadableAnswerError(Exception):
    """An answer is not of HubSpot's shape."""


def contact_of(answer: HttpAnswer) -> HubSpotContact | CrmFailed:
    try:
        return _contact_read(answer.json)
    except UnreadableAnswerError:
        return _unreadable()


def contacts_of(answer: HttpAnswer) -> Sequence[HubSpotContact] | CrmFailed:
    try:
        return [_contact_read(each) for each in _list(_object(answer.json).get("results"))]
    except UnreadableAnswerError:
        return _unreadable()


def page_of(answer: HttpAnswer) -> Page | CrmFailed:
    contacts = contacts_of(answer)
    if isinstance(contacts, CrmFailed):
        return contacts
    total = answer.json.get("total")
    try:
        following = _object(_object(answer.json.get("paging") or {}).get("next") or {}).get("after")
    except UnreadableAnswerError:
        return _unreadable()
    if not isinstance(total, int) or not isinstance(following, str | None):
        return _unreadable()
    return Page(contacts, total, following)


def failure_of_some(answer: HttpAnswer) -> CrmFailed | None:
    """Return why the answer is not to be used: a contact that could not be read is not one that is not there."""
    try:
        categories = {_object(each).get("category") for each in _list(_object(answer.json).get("errors") or [])}
    except UnreadableAnswerError:
        return _unreadable()
    if categories - {"OBJECT_NOT_FOUND", "VALIDATION_ERROR"}:
        return CrmFailed(FailureReason.SERVER_ERROR, "HubSpot could not read some of the contacts.")
    return None


def _contact_read(read: object) -> HubSpotContact:
    contact = _object(read)
    record_id, properties = contact.get("id"), _object(contact.get("properties"))
    texts = {name: each for name, each in properties.items() if isinstance(each, str | None)}
    if not isinstance(record_id, str) or len(texts) < len(properties):
        raise UnreadableAnswerError
    updated_at = moment_of(contact.get("updatedAt")) or moment_of(texts.get("lastmodifieddate"))
    return HubSpotContact(record_id, texts, None if updated_at is None else clock.to_millisecond(updated_at))


def _object(read: object) -> dict[str, object]:
    if not isinstance(read, dict):
        raise UnreadableAnswerError
    return read


def _list(read: object) -> list[object]:
    if not isinstance(read, list):
        raise UnreadableAnswerError
    return read


def _unreadable() -> CrmFailed:
    return CrmFailed(FailureReason.UNREADABLE, "The answer is not what HubSpot's contacts API answers.")


def refused(answer: HttpAnswer, names: Collection[str] = ()) -> CrmFailed:
    """Name what HubSpot complains about, but not in its own words: they may quote what was asked for."""
    if answer.status in _BUSY:
        rest = retry_after(answer.headers, clock.now())
        return CrmFailed(FailureReason.SERVER_ERROR, f"HubSpot is busy (status {answer.status}).", rest)
    named = sorted(set(_WORD.findall(words_of(answer))) & set(names))
    about = f" It names {', '.join(named)}." if named else ""
    advice = "Check that each alias is the internal name of a property of its contacts."
    return CrmFailed(FailureReason.REFUSED, f"HubSpot refuses the request (status {answer.status}).{about} {advice}")


def words_of(answer: HttpAnswer) -> str:
    """Return what HubSpot says of a request that it does not take."""
    told = answer.json if isinstance(answer.json, dict) else {}
    errors = told.get("errors")
    details = [each.get("message") for each in errors if isinstance(each, dict)] if isinstance(errors, list) else []
    # The details say the same as the message, without its JSON.
    said = _said(details) or _said([told.get("message")])
    return said[:LONGEST_MESSAGE] or f"HubSpot refuses it (status {answer.status})."


def _said(messages: Iterable[object]) -> str:
    return " ".join(dict.fromkeys(each.strip() for each in messages if isinstance(each, str)))
