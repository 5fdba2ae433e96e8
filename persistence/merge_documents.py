"""The stored shape of a merge in the journal."""

from __future__ import annotations

from dataclasses import asdict

from domain.attributes import HeldValue
from domain.merging import (
    Merge,
    MergeConflict,
    MergeEnd,
    MergeField,
    MergeMoves,
    MergePoint,
    MergePosition,
    MergePreview,
    MergeStates,
    Side,
    position,
)
from persistence.documents import from_contact, from_held, to_contact, to_held, without_none
from persistence.driver import Document


def from_merge(merge: Merge, organization_id: str) -> Document:
    states, end = merge.states, merge.end
    return without_none(
        {
            "_id": merge.id,
            "org": organization_id,
            "survivor": merge.survivor_id,
            "other": merge.other_id,
            "otherName": merge.other_name,
            "place": merge_place(position(merge)),
            "agent": merge.agent_id,
            # Whole, as they are stored themselves; what indexes hold of a contact is made anew when it returns.
            "states": None if states is None else _from_states(states, organization_id),
            "end": None if end is None else {"at": end.at, "agent": end.agent_id},
        }
    )


def to_merge(document: Document) -> Merge:
    states, end = document.get("states"), document.get("end")
    return Merge(
        id=document["_id"],
        survivor_id=document["survivor"],
        other_id=document["other"],
        other_name=document["otherName"],
        at=document["place"]["at"],
        agent_id=document["agent"],
        states=None if states is None else _to_states(states),
        end=None if end is None else MergeEnd(end["at"], end["agent"]),
    )


def merge_place(place: MergePosition) -> Document:
    return {"at": place.at, "id": place.id}


def _from_states(states: MergeStates, organization_id: str) -> Document:
    return {
        "survivorWas": from_contact(states.survivor_was, organization_id),
        "otherWas": from_contact(states.other_was, organization_id),
        "became": from_contact(states.became, organization_id),
    }


def _to_states(document: Document) -> MergeStates:
    return MergeStates(*(to_contact(document[each]) for each in ("survivorWas", "otherWas", "became")))


def from_preview(preview: MergePreview) -> Document:
    return {
        "moves": from_moves(preview.moves),
        "conflicts": [_from_conflict(each) for each in preview.conflicts],
    }


def to_preview(document: Document) -> MergePreview:
    conflicts = tuple(_to_conflict(each) for each in document["conflicts"])
    return MergePreview(to_moves(document["moves"]), conflicts)


def from_moves(moves: MergeMoves) -> Document:
    return asdict(moves)


def to_moves(document: Document) -> MergeMoves:
    return MergeMoves(**document)


def _from_conflict(conflict: MergeConflict) -> Document:
    return without_none(
        {
            "field": conflict.point.field.value,
            "d": conflict.point.definition_id,
            "survivor": _from_candidate(conflict.survivor),
            "other": _from_candidate(conflict.other),
            "chosen": None if conflict.chosen is None else conflict.chosen.value,
        }
    )


def _to_conflict(document: Document) -> MergeConflict:
    chosen = document.get("chosen")
    return MergeConflict(
        MergePoint(MergeField(document["field"]), document.get("d")),
        _to_candidate(document["survivor"]),
        _to_candidate(document["other"]),
        None if chosen is None else Side(chosen),
    )


def _from_candidate(candidate: str | HeldValue) -> str | Document:
    return candidate if isinstance(candidate, str) else from_held(candidate)


def _to_candidate(stored: str | Document) -> str | HeldValue:
    return stored if isinstance(stored, str) else to_held(stored)
