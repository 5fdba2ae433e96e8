"""The dataloaders: one command for many keys, in the order of the keys, with a place for what is missing."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from domain.contacts import IdentityKey, Network
from domain.notes import ContactNote, NotePosition, position
from domain.paging import Page, PageRequest
from resolvers.batching import PageKey, by_key
from resolvers.loaders import _empty_page, _nobody, _none
from tests.builders import a_contact, a_note, an_agent, an_identity
from tests.conftest import Commands, World
from tests.merging import add_merged

CONTACTS = [a_contact(f"c{each}", identities=(an_identity(str(each)),)) for each in range(5)]
NOTES = [a_note(f"c{each}", id=f"n{each}") for each in range(5)]
FIRST: PageRequest[NotePosition] = PageRequest(3)


async def test_a_batch_answers_in_the_order_of_its_keys() -> None:
    asked: list[list[str]] = []

    async def fetch(keys: Sequence[str]) -> Mapping[str, int]:
        asked.append(list(keys))
        return {"b": 2, "a": 1, "z": 26}

    batch = by_key(fetch, lambda key: f"no {key}")
    assert await batch(["a", "q", "b", "a"]) == [1, "no q", 2, 1]
    assert asked == [["a", "q", "b", "a"]]


async def test_what_is_found_to_be_nothing_is_not_missing() -> None:
    async def fetch(_keys: Sequence[str]) -> Mapping[str, int | None]:
        return {"a": None}

    assert await by_key(fetch, lambda _key: -1)(["a", "b"]) == [None, -1]


async def test_what_the_store_says_nothing_of_is_an_empty_page_and_counts_none() -> None:
    async def fetch(_keys: Sequence[str]) -> Mapping[str, Page[ContactNote]]:
        return {}

    assert await by_key(fetch, _empty_page)(["c1"]) == [Page((), has_previous=False, has_next=False)]
    assert await by_key(fetch, _none)(["c1"]) == [0]
    assert await by_key(fetch, _nobody)(["c1"]) == [()]


async def test_many_contacts_are_one_command(world: World, commands: Commands) -> None:
    await world.add_contacts(*CONTACTS)
    loader = (await world.context()).loaders.contact_by_id
    commands.clear()
    assert await loader.load_many(["c3", "c0", "c3", "c4"]) == [CONTACTS[3], CONTACTS[0], CONTACTS[3], CONTACTS[4]]
    assert commands.names() == ["find"]
    assert sorted(commands.sent[0].command["filter"]["_id"]["$in"]) == ["c0", "c3", "c4"]


async def test_those_that_are_not_found_are_one_command_more(world: World, commands: Commands) -> None:
    """Their ids may be those of contacts that were merged away."""
    await world.add_contacts(*CONTACTS)
    await add_merged(world, "c1", a_contact("old"))
    loader = (await world.context()).loaders.contact_by_id
    commands.clear()
    found = await loader.load_many(["nobody", "c0", "old", "c1"])
    assert [None if each is None else each.id for each in found] == [None, "c0", "c1", "c1"]
    assert found[2] == found[3]
    filters = [each.command["filter"] for each in commands.sent]
    assert filters[1:] == [{"org": "acme", "mergedIds": {"$in": ["nobody", "old"]}}]


async def test_many_identities_are_one_command(world: World, commands: Commands) -> None:
    await world.add_contacts(*CONTACTS)
    loader = (await world.context()).loaders.contact_by_identity
    commands.clear()
    found = await loader.load_many([IdentityKey(Network.TWITTER, each) for each in ("2", "9", "1")])
    assert found == [CONTACTS[2], None, CONTACTS[1]]
    assert commands.names() == ["find"]


async def test_many_notes_are_one_command(world: World, commands: Commands) -> None:
    await world.add_notes(*NOTES)
    loader = (await world.context()).loaders.note_by_id
    commands.clear()
    assert await loader.load_many(["n4", "nothing", "n1"]) == [NOTES[4], None, NOTES[1]]
    assert commands.names() == ["find"]


async def test_the_same_page_of_many_contacts_is_one_command(world: World, commands: Commands) -> None:
    await world.add_notes(*NOTES)
    loader = (await world.context()).loaders.notes_page_by_key
    commands.clear()
    found = await loader.load_many([PageKey(each, FIRST) for each in ("c2", "nobody", "c0")])
    assert found == [Page((NOTES[2],), False, False), Page((), False, False), Page((NOTES[0],), False, False)]
    assert commands.names() == ["aggregate"]


async def test_different_pages_of_one_contact_are_kept_apart(world: World, commands: Commands) -> None:
    more = [a_note("c1", id=f"m{each}") for each in range(3)]
    await world.add_notes(*more, NOTES[0])
    loader = (await world.context()).loaders.notes_page_by_key
    commands.clear()
    after: PageRequest[NotePosition] = PageRequest(3, position(more[1]))
    keys = [PageKey("c1", after), PageKey("c1", FIRST), PageKey("c0", FIRST)]
    assert await loader.load_many(keys) == [
        Page((more[0],), has_previous=True, has_next=False),
        Page(tuple(reversed(more)), has_previous=False, has_next=False),
        Page((NOTES[0],), has_previous=False, has_next=False),
    ]
    assert commands.names() == ["aggregate", "aggregate"]


async def test_agents_of_the_directory_cost_nothing(world: World, commands: Commands) -> None:
    loader = (await world.context()).loaders.agent_by_id
    commands.clear()
    assert await loader.load_many(["jo"]) == [an_agent("jo")]
    assert commands.names() == []


async def test_a_very_large_batch_is_cut(world: World, commands: Commands) -> None:
    loader = (await world.context()).loaders.contact_by_id
    commands.clear()
    assert await loader.load_many([f"c{each}" for each in range(501)]) == [None] * 501
    sizes = [len(each.command["filter"].get("_id", {"$in": ()})["$in"]) for each in commands.sent]
    assert sorted(size for size in sizes if size) == [1, 500]


async def test_what_was_loaded_is_not_loaded_again(world: World, commands: Commands) -> None:
    await world.add_contacts(*CONTACTS)
    loader = (await world.context()).loaders.contact_by_id
    await asyncio.gather(loader.load("c1"), loader.load("c1"))
    commands.clear()
    assert await loader.load("c1") == CONTACTS[1]
    assert commands.names() == []


async def test_a_forgotten_note_is_read_anew_and_the_others_are_not(world: World, commands: Commands) -> None:
    await world.add_notes(*NOTES)
    loaders = (await world.context()).loaders
    page = PageKey("c1", FIRST)
    await asyncio.gather(loaders.note_by_id.load_many(["n1", "n2"]), loaders.notes_page_by_key.load(page))
    loaders.forget_note("n1")
    loaders.forget_note("never loaded")
    commands.clear()
    await loaders.note_by_id.load("n2")
    assert commands.names() == []
    await loaders.note_by_id.load("n1")
    await loaders.notes_page_by_key.load(page)
    assert commands.names() == ["find", "aggregate"]


async def test_a_changed_contact_is_known_without_reading_it(world: World, commands: Commands) -> None:
    await world.add_contacts(*CONTACTS)
    loaders = (await world.context()).loaders
    key = CONTACTS[1].identities[0].key
    await asyncio.gather(loaders.contact_by_id.load("c1"), loaders.contact_by_identity.load(key))
    changed = a_contact("c1", name="New")
    loaders.know_contact(changed)
    commands.clear()
    assert await loaders.contact_by_id.load("c1") == changed
    assert commands.names() == []
    assert await loaders.contact_by_identity.load(key) == CONTACTS[1]
    assert commands.names() == ["find"]
