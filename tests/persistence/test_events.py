"""The log of what happened: every kind, exactly as it is stored and as it comes back."""

from __future__ import annotations

import pytest
from hypothesis import given

from domain.attributes import Source
from domain.events import ContactEvent, EventKind, NoteVersion, ValueChange, ValueKey
from domain.paging import PageRequest
from domain.values import NumberValue
from persistence.documents import from_held
from persistence.event_documents import from_event, to_event
from persistence.names import EVENTS
from tests.builders import MORNING, held
from tests.conftest import World
from tests.persistence.strategies import events, through_bson

FIRST = held("followers", NumberValue(3))
SECOND = held("followers", NumberValue(4), version=2)
PLACE = {"at": MORNING, "id": "e1"}
COMMON = {"_id": "e1", "org": "acme", "contact": "c1", "place": PLACE, "source": "AGENT", "agent": "jo"}


@given(events)
def test_every_event_comes_back_as_it_went(event: ContactEvent) -> None:
    assert to_event(through_bson(from_event(event, "acme"))) == event


async def test_a_version_of_a_note_is_named_and_not_repeated(world: World) -> None:
    states = (NoteVersion("n1", 1), NoteVersion("n1", 2))
    event = ContactEvent("e1", "c1", MORNING, EventKind.NOTE_EDITED, "jo", *states)
    await world.stores().transact(lambda changes: changes.events.add(event))
    before, after = {"note": "n1", "version": 1}, {"note": "n1", "version": 2}
    expected = {**COMMON, "kind": "NOTE_EDITED", "before": before, "after": after}
    assert await world.driver.collection(EVENTS).find().to_list(None) == [expected]


async def test_values_are_kept_whole_and_found_by_whose_they_are(world: World) -> None:
    event = ContactEvent(
        "e1", "c1", MORNING, EventKind.VALUES_CHANGED, None, values=(ValueChange(FIRST, SECOND),), source=Source.CRM
    )
    await world.stores().transact(lambda changes: changes.events.add(event))
    [stored] = await world.driver.collection(EVENTS).find().to_list(None)
    assert stored["values"] == [{"d": "d-followers", "before": from_held(FIRST), "after": from_held(SECOND)}]
    assert (stored["subjects"], stored["source"], "agent" in stored) == (["c1:d-followers"], "CRM", False)


async def test_a_history_is_of_one_value_of_one_organizations_contact(world: World) -> None:
    def changed(number: int, contact_id: str, *keys: str) -> ContactEvent:
        values = tuple(ValueChange(None, held(each, NumberValue(number))) for each in keys)
        return ContactEvent(f"e{number}", contact_id, MORNING, EventKind.VALUES_CHANGED, "jo", values=values)

    mine = [changed(1, "c1", "a", "b"), changed(2, "c1", "a"), changed(3, "c1", "b"), changed(4, "c2", "a")]
    await world.stores().transact(lambda changes: changes.events.add(*mine))
    theirs = ContactEvent("e5", "c1", MORNING, EventKind.VALUES_CHANGED, "mo", values=mine[0].values)
    await world.stores("other").transact(lambda changes: changes.events.add(theirs))
    keys = [ValueKey("c1", "d-a"), ValueKey("c1", "d-b"), ValueKey("c2", "d-b")]
    found = await world.stores().events.histories(keys, PageRequest(1))
    assert {key: [each.id for each in page.rows] for key, page in found.items()} == {
        keys[0]: ["e2"],
        keys[1]: ["e3"],
        keys[2]: [],
    }
    assert [found[key].has_next for key in keys] == [True, True, False]


@pytest.mark.parametrize("kind", list(EventKind), ids=lambda each: each.value)
async def test_every_kind_is_kept_by_its_name_and_for_its_organization(world: World, kind: EventKind) -> None:
    event = ContactEvent("e1", "c1", MORNING, kind, None)
    await world.stores("other").transact(lambda changes: changes.events.add(event))
    assert await world.driver.collection(EVENTS).find().to_list(None) == [
        {"_id": "e1", "org": "other", "contact": "c1", "place": PLACE, "kind": kind.value, "source": "AGENT"}
    ]


async def test_a_version_of_a_value_is_found_by_itself_and_versions_are_counted(world: World) -> None:
    def changed(number: int, contact_id: str, **versions: int) -> ContactEvent:
        values = tuple(
            ValueChange(None, held(key, NumberValue(0), version=version)) for key, version in versions.items()
        )
        return ContactEvent(f"e{number}", contact_id, MORNING, EventKind.VALUES_CHANGED, "jo", values=values)

    # The second value of an event is not taken for the first, nor one's version for the other's.
    mine = [changed(1, "c1", a=1, b=2), changed(2, "c1", a=2), changed(3, "c2", a=3), changed(4, "c1", b=3)]
    await world.stores().transact(lambda changes: changes.events.add(*mine))
    await world.stores("other").transact(lambda changes: changes.events.add(changed(5, "c1", a=4)))
    keys = [ValueKey("c1", "d-a"), ValueKey("c1", "d-b"), ValueKey("c2", "d-b")]

    async def versions(key: ValueKey) -> list[str | None]:
        found = [
            await world.stores().transact(lambda changes, number=number: changes.events.of_version(key, number))  # type: ignore[misc]
            for number in range(1, 5)
        ]
        return [None if each is None else each.id for each in found]

    assert [await versions(each) for each in keys] == [
        ["e1", "e2", None, None],
        [None, "e1", "e4", None],
        [None] * 4,
    ]
    assert await world.stores().events.history_counts(keys) == dict(zip(keys, (2, 2, 0), strict=True))
