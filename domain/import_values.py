"""Importing contacts: what a contact holds after a row, and what only one contact may hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from domain.attributes import CrmSync, HeldValue, Provenance, Source, SyncState
from domain.contacts import Contact
from domain.imports import Row
from domain.values import Value

Holder = Callable[[str, Value], Contact | None]
"""Tells who holds a value that only one contact may hold; None where it is free, or where many may hold it."""


@dataclass(frozen=True, slots=True)
class UniqueValues:
    """The attributes of which no two contacts hold the same value."""

    labels: Mapping[str, str]
    """By definition id."""
    name: Callable[[str, Value], str]
    """Names a value of a definition: alike for values that count as the same."""

    def names(self, values: Mapping[str, Value]) -> list[str]:
        """Name those of the values, by definition id, that only one contact may hold."""
        if not self.labels:
            return []
        return [self.name(each, value) for each, value in values.items() if each in self.labels]


NOTHING_UNIQUE = UniqueValues({}, "{}:{}".format)


@dataclass(slots=True)
class MergedValues:
    held: dict[str, HeldValue]
    """By definition id."""
    remarks: list[str]
    """What was left as it was although the row says otherwise, and why."""
    problems: list[str]
    """Why the row cannot be imported."""


def merged_values(
    row: Row, contact: Contact, source: Source, now: datetime, unique: UniqueValues, holder: Holder
) -> MergedValues:
    merged = MergedValues({each.definition_id: each for each in contact.values}, [], [])
    for definition_id, value in row.values.items():
        before = merged.held.get(definition_id)
        if before is not None and before.value == value:
            continue
        if before is not None and before.provenance.source is Source.AGENT:
            # What a person decided in the panel is newer knowledge than any file.
            merged.remarks.append("A value that an agent set was kept")
            continue
        other = holder(definition_id, value)
        if other is not None and other.id != contact.id:
            taken = f"{unique.labels[definition_id]}: the value belongs to {other.name}"
            (merged.remarks if definition_id in row.may_be_left_out else merged.problems).append(taken)
            continue
        version = 1 if before is None else before.version + 1
        sync = CrmSync(SyncState.IN_SYNC, now) if source is Source.CRM else None
        merged.held[definition_id] = HeldValue(definition_id, value, Provenance(source, now), version, sync)
    return merged


def in_one_step(before: Contact | None, after: Contact) -> Contact:
    """Return the contact with each value at most one version on, however many rows of the batch were about it."""

    def one_on(held: HeldValue) -> HeldValue:
        was = None if before is None else before.held(held.definition_id)
        if was is not None and was.value == held.value:
            return was
        version = 1 if was is None else was.version + 1
        return held if held.version == version else replace(held, version=version)

    return replace(after, values=tuple(one_on(each) for each in after.values))
