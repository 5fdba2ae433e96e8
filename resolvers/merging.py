"""Merging two contacts into one, for good or for a look at what would come of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain.capabilities import Capability, Forbidden
from domain.contacts import Contact
from domain.events import ContactEvent, EventKind, MergedContact
from domain.ids import new_id
from domain.merging import (
    MOST_MOVED,
    Choices,
    ContactsMerged,
    Merge,
    MergeField,
    MergeForeseen,
    MergeMoves,
    MergePoint,
    MergePosition,
    MergePreview,
    MergeStates,
    NoSuchSide,
    Side,
    StaleSide,
    Unresolved,
)
from domain.merging_union import Union, union
from domain.outcomes import ErrorCode, Invalid, KeyReused
from domain.paging import Page, PageRequest
from persistence.merging import Moved
from persistence.stores import Changes
from resolvers.batching import PageKey
from resolvers.context import Context
from resolvers.idempotency import once


@dataclass(frozen=True, slots=True)
class GivenChoice:
    """A choice as it came in: `key` names the attribute."""

    field: MergeField
    key: str | None
    side: Side


@dataclass(frozen=True, slots=True)
class MergeOrder:
    """What is asked for."""

    survivor_id: str
    other_id: str
    choices: tuple[GivenChoice, ...] = ()
    version: int | None = None
    other_version: int | None = None
    is_dry_run: bool = False


Refused = Forbidden | Invalid | NoSuchSide | StaleSide | Unresolved
MergeResult = ContactsMerged | MergeForeseen | Refused | KeyReused


async def merge(context: Context, order: MergeOrder, *, idempotency_key: str | None) -> MergeResult:
    async def work(changes: Changes) -> ContactsMerged | MergeForeseen | Refused:
        if refused := context.refuses(Capability.MERGE_CONTACTS):
            return refused
        if isinstance(choices := _choices(context, order.choices), Invalid):
            return choices
        pair = await _pair(changes, order)
        if not isinstance(pair, _Pair):
            return pair
        moved = await changes.merges.movable(pair.other.id)
        if moved.rows > MOST_MOVED:
            advice = (
                f"The other contact has more than {MOST_MOVED:,} notes, events, conversations and notes on these, "
                "deleted notes included: merge the other way."
            )
            return Invalid(ErrorCode.TOO_MANY, advice, ("input", "otherId"))
        definitions, agent_id, now = await changes.definitions.in_order(), context.agent.id, context.clock()
        made = union(pair.survivor, pair.other, choices, agent_id=agent_id, now=now, definitions=definitions)
        preview = MergePreview(_moves(pair.other, moved, made), made.conflicts)
        if order.is_dry_run:
            return MergeForeseen(pair.survivor, preview)
        if not preview.is_resolved:
            return Unresolved(preview)
        return await _write(context, changes, pair, made, preview)

    result = await once(context, idempotency_key, ("contactMerge", order), work)
    if isinstance(result, ContactsMerged):
        context.loaders.know_contact(result.contact)
        context.loaders.forget_merged()
    return result


@dataclass(frozen=True, slots=True)
class _Pair:
    survivor: Contact
    other: Contact


async def _pair(changes: Changes, order: MergeOrder) -> _Pair | Invalid | NoSuchSide | StaleSide:
    survivor = await changes.contacts.find(order.survivor_id)
    if survivor is None:
        return NoSuchSide(Side.SURVIVOR)
    other = await changes.contacts.find(order.other_id)
    if other is None:
        return NoSuchSide(Side.OTHER)
    if survivor.id == other.id:
        advice = "Give two contacts: both ids name the same one, perhaps because they were merged before."
        return Invalid(ErrorCode.SAME_CONTACT, advice, ("input", "otherId"))
    if order.version is not None and order.version != survivor.version:
        return StaleSide(Side.SURVIVOR, survivor)
    if order.other_version is not None and order.other_version != other.version:
        return StaleSide(Side.OTHER, other)
    return _Pair(survivor, other)


def _choices(context: Context, given: Sequence[GivenChoice]) -> Choices | Invalid:
    choices: dict[MergePoint, Side] = {}
    for index, each in enumerate(given):
        path = ("input", "choices", str(index), "key")
        if (each.key is not None) is not (each.field is MergeField.ATTRIBUTE):
            return Invalid(ErrorCode.NOT_A_KEY, "Give a key with ATTRIBUTE, and with nothing else.", path)
        definition = None if each.key is None else context.directory.definition(each.key)
        if each.key is not None and definition is None:
            advice = "There is no attribute of that key: ask `attributeDefinitions` for those there are."
            return Invalid(ErrorCode.NOT_FOUND, advice, path)
        point = MergePoint(each.field, None if definition is None else definition.id)
        if choices.setdefault(point, each.side) is not each.side:
            return Invalid(ErrorCode.REPEATED_OPTION, "Choose one of the two sides, and not both.", path[:3])
    return choices


def _moves(other: Contact, moved: Moved, made: Union) -> MergeMoves:
    return MergeMoves(len(other.identities), moved.live_notes, moved.events, len(made.values), moved.conversations)


async def _write(context: Context, changes: Changes, pair: _Pair, made: Union, preview: MergePreview) -> ContactsMerged:
    survivor, other, now = pair.survivor, pair.other, made.survivor.updated_at
    states = MergeStates(survivor, other, made.survivor)
    merge = Merge(new_id(), survivor.id, other.id, other.name, now, context.agent.id, states)
    await changes.merges.take_up(merge)
    await changes.contacts.put(made.survivor)
    taken_up = MergedContact(merge.id, other.id, other.name)
    kind, agent_id = EventKind.CONTACTS_MERGED, context.agent.id
    await changes.events.add(
        ContactEvent(new_id(), survivor.id, now, kind, agent_id, after=taken_up, values=made.values)
    )
    return ContactsMerged(made.survivor, replace(merge, states=None), preview)


async def page(context: Context, contact_id: str, request: PageRequest[MergePosition]) -> Page[Merge]:
    """Return a page of the merges that the contact survived, newest first."""
    return await context.loaders.merges_page_by_key.load(PageKey(contact_id, request))


async def count(context: Context, contact_id: str) -> int:
    return await context.loaders.merge_count_by_contact.load(contact_id)


async def find(context: Context, merge_id: str) -> Merge | None:
    return await context.loaders.merge_by_id.load(merge_id)
