"""Changing what a contact holds: what a change comes to, and how setting values can end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce

from domain.attributes import (
    CrmSync,
    HeldValue,
    Locked,
    Provenance,
    StaleAttribute,
    SyncState,
)
from domain.contacts import Contact, with_value
from domain.crm import Field
from domain.crm_values import field_of_value, is_exchanged, known_field
from domain.definitions import AttributeDefinition
from domain.events import ContactEvent, EventPosition, ValueChange, position
from domain.outcomes import ErrorCode, Invalid, NotFound
from domain.value_rules import broken
from domain.values import Value

MOST_VALUES = 50
"""Values that are set together."""
MOST_OVERTAKEN = 10
"""Edits of a value that are remembered while the CRM has not heard of any."""


@dataclass(frozen=True, slots=True)
class GivenValue:
    """One of the values to set together."""

    key: str
    value: Value | Invalid | None
    """None clears; Invalid is a value that could not be read."""
    version: int | None = None


@dataclass(frozen=True, slots=True)
class ValueTaken:
    """The attribute is unique, and this other contact holds the value. Nothing was changed."""

    definition_id: str
    holder: Contact
    message: str | None = None
    """What the admins want people to read."""


@dataclass(frozen=True, slots=True)
class ValuesChanged:
    """All the values are as they were given; `contact` is as it is after the change."""

    contact: Contact
    definition_ids: tuple[str, ...]
    """Of the values that were not so before, in the order they were given in."""


Problem = Invalid | Locked | NotFound | StaleAttribute | ValueTaken


@dataclass(frozen=True, slots=True)
class ValueProblem:
    """Why one of the values, counted from 0, cannot be set."""

    index: int
    problem: Problem


@dataclass(frozen=True, slots=True)
class ValuesRefused:
    """What is wrong with the values that were given together, in their order. Nothing was changed."""

    problems: tuple[ValueProblem, ...]


@dataclass(frozen=True, slots=True)
class ValueVersion:
    """A version of a value, and its place in the value's history."""

    held: HeldValue
    position: EventPosition


def emptied(definition: AttributeDefinition) -> Invalid | None:
    """Return why the attribute cannot be emptied, or None where it can."""
    if not definition.rules.required:
        return None
    return broken(definition.rules, ErrorCode.REQUIRED, f"Set another value: «{definition.label}» must have one.")


def change_of(
    contact: Contact,
    definition: AttributeDefinition,
    value: Value | None,
    *,
    version: int | None,
    provenance: Provenance,
) -> ValueChange | StaleAttribute | None:
    """Return the change that gives the contact the value, or None where it holds it already.

    Args:
        contact: as it is.
        definition: whose value is changed.
        value: checked; None clears.
        version: that the caller saw, None to change whatever happened since.
        provenance: of the value after the change.
    """
    before = contact.held(definition.id)
    seen = 0 if before is None else before.version
    if version is not None and version != seen:
        return StaleAttribute(contact, definition.id)
    if value == (None if before is None else before.value):
        return None
    return ValueChange(before, HeldValue(definition.id, value, provenance, seen + 1, _sync(definition, before)))


def _sync(definition: AttributeDefinition, before: HeldValue | None) -> CrmSync | None:
    if not is_exchanged(definition):
        return None
    # The CRM has not heard of the edit yet; when it last agreed, and on what, is still true.
    was = None if before is None else before.sync
    overtaken: tuple[Field | None, ...] = ()
    if before is not None and was is not None and was.state is SyncState.PENDING:
        overtaken = (*was.overtaken, field_of_value(definition, before.value))[-MOST_OVERTAKEN:]
    synced_at = None if was is None else was.synced_at
    return CrmSync(SyncState.PENDING, synced_at, known_field(definition, before), overtaken=overtaken)


def with_changes(contact: Contact, changes: Sequence[ValueChange]) -> Contact:
    """Return the contact with each value in its place, and no other value touched."""
    return reduce(with_value, (each.after for each in changes), contact)


def version_of(event: ContactEvent, definition_id: str) -> ValueVersion:
    """Return what the event, which is known to have changed the value, made of it."""
    held = next(each.after for each in event.values if each.after.definition_id == definition_id)
    return ValueVersion(held, position(event))


def not_by_the_rules_of_today(version: int, problem: Invalid) -> Invalid:
    """Say why what a version held cannot be held again."""
    message = f"Version {version} held what is not accepted any more. {problem.message}"
    return replace(problem, message=message).at("input", "restoreVersion")
