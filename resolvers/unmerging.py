"""Undoing a merge, as long as nothing contradicts it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from domain.capabilities import Capability, Forbidden
from domain.contacts import Contact
from domain.events import ContactEvent, EventKind, MergedContact, ValueChange
from domain.ids import new_id
from domain.merging import Merge, MergeEnd, MergeMoves, MergeStates
from domain.outcomes import Invalid, KeyReused, Kind, NotFound
from domain.unmerging import (
    ContactsUnmerged,
    Contradicted,
    Contradiction,
    ContradictionKind,
    Parted,
    UnmergeForeseen,
    contradictions,
    parted,
)
from persistence.stores import Changes
from resolvers.context import Context
from resolvers.idempotency import once

UnmergeResult = ContactsUnmerged | UnmergeForeseen | Contradicted | Forbidden | Invalid | NotFound | KeyReused


async def unmerge(context: Context, *, merge_id: str, is_dry_run: bool, idempotency_key: str | None) -> UnmergeResult:
    async def work(changes: Changes) -> ContactsUnmerged | UnmergeForeseen | Contradicted | Forbidden | NotFound:
        if refused := context.refuses(Capability.MERGE_CONTACTS):
            return refused
        found = await _found(changes, merge_id)
        if found is None:
            return NotFound(Kind.MERGE)
        if reasons := contradictions(found.states, found.survivor):
            return Contradicted(reasons)
        moved = await changes.merges.returnable(merge_id)
        now, agent_id, definitions = context.clock(), context.agent.id, await changes.definitions.in_order()
        made = parted(
            found.states,
            found.survivor,
            notes=moved.live_notes,
            agent_id=agent_id,
            at=now,
            definitions=definitions,
        )
        if taken := await _taken(changes, made):
            return Contradicted(taken)
        moves = MergeMoves(
            len(made.other.identities), moved.live_notes, moved.events, len(made.values), moved.conversations
        )
        if is_dry_run:
            return UnmergeForeseen(found.survivor, replace(found.merge, states=None), moves)
        undone = await _write(changes, found.merge, MergeEnd(now, agent_id), made)
        return ContactsUnmerged(made.survivor, made.other, undone, moves)

    request = ("contactUnmerge", merge_id, is_dry_run)
    result = await once(context, idempotency_key, request, work)
    if isinstance(result, ContactsUnmerged):
        context.loaders.know_contact(result.contact)
        context.loaders.know_contact(result.other)
        context.loaders.forget_merged()
    return result


@dataclass(frozen=True, slots=True)
class _Found:
    merge: Merge
    states: MergeStates
    survivor: Contact
    """As it is now; another one, if it was merged away itself."""


async def _found(changes: Changes, merge_id: str) -> _Found | None:
    merge = await changes.merges.find(merge_id)
    if merge is None or merge.states is None:
        return None
    survivor = await changes.contacts.find(merge.survivor_id)
    return None if survivor is None else _Found(merge, merge.states, survivor)


async def _taken(changes: Changes, made: Parted) -> tuple[Contradiction, ...]:
    """Return which values, that one contact alone may hold, were given to somebody while the other was not there."""
    returning = {each.definition_id: each.value for each in made.other.values if each.value is not None}
    given_back = {each.after.definition_id for each in made.values}
    holders = await changes.contacts.holders_of_values(returning)
    taken = [each for each, holder in holders.items() if holder.id != made.survivor.id or each not in given_back]
    return tuple(Contradiction(ContradictionKind.VALUE_TAKEN, definition_id=each) for each in taken)


async def _write(changes: Changes, merge: Merge, end: MergeEnd, made: Parted) -> Merge:
    undone = replace(merge, states=None, end=end)
    keys = [each.key for each in made.other.identities]
    await changes.merges.give_back(undone, keys)
    await changes.answers.share(merge.survivor_id, merge.other_id, merge.at)
    # What was written since from an identity goes where the identity goes.
    await changes.conversations.hand_over(made.survivor.id, made.other.id, keys)
    await changes.conversation_notes.follow(made.other.id)
    # The survivor first: an identity belongs to one contact at a time.
    await changes.contacts.put(made.survivor)
    await changes.contacts.insert(made.other)
    await changes.queue.follow([made.other])

    def event(contact: Contact, parted_from: Contact, values: tuple[ValueChange, ...] = ()) -> ContactEvent:
        was = MergedContact(merge.id, parted_from.id, parted_from.name)
        kind = EventKind.CONTACTS_UNMERGED
        return ContactEvent(new_id(), contact.id, end.at, kind, end.agent_id, before=was, values=values)

    await changes.events.add(event(made.survivor, made.other, made.values), event(made.other, made.survivor))
    return undone


async def can_unmerge(context: Context, merge: Merge) -> bool:
    """Tell whether the asking agent may undo the merge and nothing in the survivor contradicts it."""
    if context.refuses(Capability.MERGE_CONTACTS):
        return False
    # The answer of a mutation has no states with it, and a first answer that is repeated may be out of date.
    known = merge if merge.states is not None else await context.loaders.merge_by_id.load(merge.id)
    if known is None or known.states is None:
        return False
    survivor = await context.loaders.contact_by_id.load(merge.survivor_id)
    return survivor is not None and not contradictions(known.states, survivor)
