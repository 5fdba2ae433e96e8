"""What a subscription to a contact tells: everything that happens to it, once and in order."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from pymongo.monitoring import CommandStartedEvent

from domain.events import EventKind
from graph.timeline_events import contact_event
from persistence.live import Hub
from tests.builders import a_contact
from tests.conftest import Commands, World
from tests.graph.asking_graphql import Answer, ask, contact_gid
from tests.graph.listening import Ear, following, listen
from tests.graph.mutations import MUTATIONS, change
from tests.graph.test_mutations_endings import fill, good
from tests.merging import add_merged

OF_NEW_CONTACTS = {"contactCreate", "conversationReceive"}
"""Nobody can have listened to these before."""
TOLD = [name for name, case in MUTATIONS.items() if case.events and name not in OF_NEW_CONTACTS]


@pytest_asyncio.fixture
async def hub(world: World) -> AsyncIterator[Hub]:
    async with following(world.driver) as hub:
        yield hub
        assert hub.subscribers == 0


async def note(world: World, contact_id: str, body: str, organization: str = "acme", agent: str = "jo") -> None:
    given = {"contactId": contact_gid(contact_id), "body": body}
    answer = await change(world, "contactNoteAdd", given, agent=agent, organization=organization)
    assert answer["__typename"] == "ContactNoteAddSuccess"


def body_of(told: Answer) -> str:
    assert told["event"]["__typename"] == "NoteAddedEvent", told
    return str(told["event"]["note"]["body"])


async def begun(ear: Ear, contact_id: str) -> str:
    """Return the cursor of the first answer."""
    told = await ear.next()
    assert (told["kind"], told["contact"]["id"], told["event"]) == ("STARTED", contact_gid(contact_id), None)
    return str(told["cursor"])


async def test_it_begins_with_how_the_contact_is_and_then_tells_each_change(world: World, hub: Hub) -> None:
    await world.add_contacts(a_contact("c1"))
    ear = await listen(world, hub)
    cursors = [await begun(ear, "c1")]
    for body in ("One.", "Two."):
        await note(world, "c1", body)
        told = await ear.next()
        assert (told["kind"], body_of(told), told["contact"]["notes"]["nodes"]) == ("CHANGED", body, [{"body": body}])
        cursors.append(told["cursor"])
    assert len(set(cursors)) == 3
    await ear.close()


@pytest.mark.parametrize("name", TOLD)
async def test_whatever_a_mutation_writes_about_the_contact_is_told(world: World, hub: Hub, name: str) -> None:
    await fill(world, name)
    known = {each["_id"] for each in (await world.snapshot())["contactEvents"]}
    ear = await listen(world, hub)
    await begun(ear, "c1")
    assert (await change(world, name, good(name), agent="ada"))["__typename"] == MUTATIONS[name].success
    written = [each for each in (await world.snapshot())["contactEvents"] if each["_id"] not in known]
    expected = [each for each in written if each["contact"] == "c1"]
    for each in expected:
        told = await ear.next()
        event = (await world.stores().events.by_ids([each["_id"]]))[each["_id"]]
        assert (told["kind"], told["event"]["__typename"]) == ("CHANGED", type(contact_event(event)).__name__)
        assert told["contact"]["id"] == contact_gid("c1")
    assert expected
    await ear.close()


@pytest.mark.parametrize("name", ["contactDelete", "contactErase"])
async def test_that_the_contact_is_gone_is_told_and_is_the_last(world: World, hub: Hub, name: str) -> None:
    await fill(world, name)
    await add_merged(world, "c1", a_contact("c0"))
    ears = [await listen(world, hub, each) for each in ("c1", "c0")]
    for ear in ears:
        await begun(ear, "c1")
    assert (await change(world, name, good(name), agent="ada"))["__typename"] == MUTATIONS[name].success
    for ear in ears:
        told = await ear.next()
        assert (told["kind"], told["contact"], told["event"]) == ("DELETED", None, None)
        await ear.is_over()


async def test_who_listens_to_a_contact_that_is_merged_hears_of_the_one_that_it_became(world: World, hub: Hub) -> None:
    await world.add_contacts(a_contact("c1", name="One"), a_contact("c2", name="Two"), a_contact("c3"))
    ear, of_the_third = await listen(world, hub, "c2"), await listen(world, hub, "c3")
    await begun(ear, "c2")
    await begun(of_the_third, "c3")
    given = {"survivorId": contact_gid("c1"), "otherId": contact_gid("c2")}
    choices = [{"field": "NAME", "from": "SURVIVOR"}]
    merged = await change(world, "contactMerge", {**given, "choices": choices}, agent="ada")
    told = await ear.next()
    assert told["event"] == {"__typename": "ContactsMergedEvent", "name": "Two"}
    assert told["contact"]["id"] == contact_gid("c1")
    await note(world, "c1", "To the survivor.")
    await note(world, "c2", "By the old id.")
    assert [body_of(await ear.next()) for _ in range(2)] == ["To the survivor.", "By the old id."]
    # And when they part, of its own again, and of the other one no more.
    answer = await change(world, "contactUnmerge", {"mergeId": merged["merge"]["id"]}, agent="ada")
    assert answer["__typename"] == "ContactUnmergeSuccess", answer
    told = await ear.next()
    assert (told["event"]["__typename"], told["contact"]["id"]) == ("ContactsUnmergedEvent", contact_gid("c2"))
    await note(world, "c1", "No more.")
    await note(world, "c2", "Its own.")
    assert body_of(await ear.next()) == "Its own."
    await ear.close()
    await note(world, "c3", "Nothing but this.")
    assert body_of(await of_the_third.next()) == "Nothing but this."
    await of_the_third.close()


async def test_what_happened_since_a_cursor_is_told_once_in_order_and_then_what_happens(world: World, hub: Hub) -> None:
    await world.add_contacts(a_contact("c1"), a_contact("c2"))
    ear = await listen(world, hub)
    cursor = await begun(ear, "c1")
    await ear.close()
    for number in range(3):
        await note(world, "c1", f"{number}")
        await note(world, "c2", "Another's.")
    again = await listen(world, hub, after=cursor)
    # Begun, but not read: what happens meanwhile comes behind what was missed.
    first = await again.next()
    await note(world, "c1", "3")
    told = [first, *[await again.next() for _ in range(3)]]
    assert [body_of(each) for each in told] == ["0", "1", "2", "3"]
    await again.close()
    from_the_middle = await listen(world, hub, after=told[1]["cursor"])
    assert [body_of(await from_the_middle.next()) for _ in range(2)] == ["2", "3"]
    await from_the_middle.close()


async def test_another_process_goes_on_where_the_first_one_left(world: World) -> None:
    await world.add_contacts(a_contact("c1"), a_contact("c2", name="Two"))
    async with following(world.driver) as hub:
        ear = await listen(world, hub, "c2")
        cursor = await begun(ear, "c2")
        await ear.close()
    await note(world, "c2", "While nobody was there.")
    given = {"survivorId": contact_gid("c1"), "otherId": contact_gid("c2")}
    choices = [{"field": "NAME", "from": "OTHER"}]
    await change(world, "contactMerge", {**given, "choices": choices}, agent="ada")
    await note(world, "c1", "After the merge.")
    async with following(world.driver) as hub:
        ear = await listen(world, hub, "c2", after=cursor)
        assert body_of(await ear.next()) == "While nobody was there."
        assert (await ear.next())["event"] == {"__typename": "ContactsMergedEvent", "name": "Two"}
        assert body_of(await ear.next()) == "After the merge."
        await ear.close()
        assert hub.subscribers == 0


def change_streams(commands: Commands) -> list[CommandStartedEvent]:
    """Return the commands that opened one, whoever of this process sent them."""
    opened = [each for each in commands.sent if each.command_name == "aggregate"]
    return [each for each in opened if "$changeStream" in each.command["pipeline"][0]]


async def test_a_hundred_who_listen_cost_one_change_stream(world: World, hub: Hub, commands: Commands) -> None:
    await world.add_contacts(a_contact("c1"))
    ears = [await listen(world, hub, agent=("jo", "ada")[each % 2]) for each in range(100)]
    for ear in ears:
        await begun(ear, "c1")
    assert (hub.subscribers, hub.streams_opened) == (100, 1)
    await note(world, "c1", "To all.")
    assert [body_of(await ear.next()) for ear in ears] == ["To all."] * 100
    assert len(change_streams(commands)) == 1
    assert len({each.command["getMore"] for each in commands.sent if each.command_name == "getMore"}) == 1
    for ear in ears:
        await ear.close()


async def test_an_event_of_each_kind_that_there_is_can_be_told(world: World) -> None:
    """Of what is written by no mutation, such as an import, the log says the same."""
    data = await ask(world, '{ __type(name: "ContactEvent") { possibleTypes { name } } }')
    assert len(data["__type"]["possibleTypes"]) == len(EventKind)
