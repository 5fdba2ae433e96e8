"""Notes read with the agents who wrote and edited them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from domain.agents import Role, former_agent
from domain.notes import NotePosition, position
from domain.paging import Page, PageRequest
from resolvers import notes
from resolvers.notes import SignedNote
from tests.builders import MORNING, a_contact, a_note, an_agent
from tests.conftest import Commands, World

JO, ADA = an_agent("jo"), an_agent("ada", role=Role.ADMIN)
OLD = a_note("c1", "Old", id="n1")
EDITED = replace(
    a_note("c1", "New", id="n2", author_id="ada", created_at=MORNING + timedelta(minutes=1)),
    version=2,
    edited_at=MORNING + timedelta(hours=1),
    edited_by_id="jo",
)
FORMER = a_note("c1", "Lost", id="n3", author_id="left", created_at=MORNING + timedelta(minutes=2))
FIRST: PageRequest[NotePosition] = PageRequest(2)


async def test_a_page_is_signed_and_newest_first(world: World) -> None:
    await world.add_notes(OLD, EDITED, FORMER)
    page = await notes.page(await world.context(), "c1", FIRST)
    former = SignedNote(FORMER, former_agent("left", "acme"), None)
    assert page == Page((former, SignedNote(EDITED, ADA, JO)), has_previous=False, has_next=True)
    after = PageRequest(2, position(EDITED))
    assert await notes.page(await world.context(), "c1", after) == Page((SignedNote(OLD, JO, None),), True, False)


async def test_a_page_of_known_agents_is_one_command(world: World, commands: Commands) -> None:
    await world.add_notes(OLD, EDITED)
    context = await world.context()
    commands.clear()
    await notes.page(context, "c1", FIRST)
    assert commands.names() == ["aggregate"]


async def test_one_note_is_found_by_its_id(world: World) -> None:
    await world.add_contacts(a_contact("c1"))
    await world.add_notes(OLD, EDITED)
    context = await world.context()
    assert await notes.find(context, "n2") == SignedNote(EDITED, ADA, JO)
    assert await notes.find(context, "nothing") is None


async def test_a_note_about_nobody_is_not_found(world: World) -> None:
    """As while what is left of a deleted contact is being removed."""
    await world.add_notes(OLD)
    assert await notes.find(await world.context(), "n1") is None


async def test_another_organization_reads_nothing(world: World) -> None:
    await world.add_contacts(a_contact("c1"))
    await world.add_notes(OLD, EDITED)
    context = await world.context("mo", "other")
    assert await notes.page(context, "c1", FIRST) == Page((), has_previous=False, has_next=False)
    assert await notes.find(context, "n1") is None


async def test_an_editor_who_is_unknown_by_now_is_a_former_agent(world: World) -> None:
    await world.add_contacts(a_contact("c1"))
    await world.add_notes(replace(EDITED, edited_by_id="left"))
    found = await notes.find(await world.context(), "n2")
    assert found is not None
    assert (found.author, found.editor) == (ADA, former_agent("left", "acme"))
