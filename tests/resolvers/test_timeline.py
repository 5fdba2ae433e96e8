"""What happened to a contact, as far as the asking agent may know of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.events import ContactEvent, EventKind, ValueChange, position
from domain.paging import Page, PageRequest
from domain.values import TextValue
from persistence.names import CONTACTS
from resolvers import timeline
from tests.builders import MORNING, a_contact, a_definition, an_organization, held
from tests.conftest import World
from tests.happening import BIO, add_events
from tests.resolvers.changing import asker

SOLVENCY = ValueChange(None, held("solvency", TextValue("doubtful")))
CREATED = ContactEvent("e1", "c1", MORNING, EventKind.CONTACT_CREATED, None, after="Jane Roe", values=(SOLVENCY, BIO))
HIDDEN = ContactEvent("e2", "c1", MORNING, EventKind.VALUES_CHANGED, "ada", values=(SOLVENCY,))
MIXED = ContactEvent("e3", "c1", MORNING, EventKind.VALUES_CHANGED, "ada", values=(BIO, SOLVENCY))


@pytest.fixture(autouse=True)
async def contacts(world: World) -> None:
    await world.add_organization(
        an_organization("acme"), [], [a_definition("solvency", position=40, is_admin_only=True)]
    )
    await world.add_contacts(a_contact("c1"), a_contact("c2"))
    await add_events(world, CREATED, HIDDEN, MIXED)


def whole(*events: ContactEvent) -> Page[ContactEvent]:
    return Page(events, has_previous=False, has_next=False)


async def test_an_agent_is_told_of_no_hidden_value(world: World) -> None:
    """Not even a resolver has one: whatever is made of events later cannot tell of it."""
    told = [replace(MIXED, values=(BIO,)), replace(CREATED, values=(BIO,))]
    jo, ada = await asker(world), await asker(world, "ada")
    assert await timeline.page(jo, "c1", PageRequest(20)) == whole(*told)
    assert await timeline.page(ada, "c1", PageRequest(20)) == whole(MIXED, HIDDEN, CREATED)
    assert (await timeline.count(jo, "c1"), await timeline.count(ada, "c1")) == (2, 3)
    assert [await timeline.find(jo, each) for each in ("e3", "e2", "e1")] == [told[0], None, told[1]]
    assert [await timeline.find(ada, each) for each in ("e3", "e2", "e1")] == [MIXED, HIDDEN, CREATED]


async def test_pages_keep_saying_what_lies_beyond_them(world: World) -> None:
    jo = await asker(world)
    first = await timeline.page(jo, "c1", PageRequest(1))
    assert first == Page((replace(MIXED, values=(BIO,)),), has_previous=False, has_next=True)
    rest = await timeline.page(jo, "c1", PageRequest(1, position(MIXED)))
    assert rest == Page((replace(CREATED, values=(BIO,)),), has_previous=True, has_next=False)


async def test_of_whom_nothing_is_told_there_is_an_empty_page(world: World) -> None:
    jo = await asker(world)
    for contact_id in ("c2", "nobody"):
        assert await timeline.page(jo, contact_id, PageRequest(20)) == whole()
        assert await timeline.count(jo, contact_id) == 0
    assert await timeline.find(jo, "nothing") is None


async def test_an_event_is_gone_with_its_contact_also_before_it_is_removed(world: World) -> None:
    await world.driver.collection(CONTACTS).delete_one({"_id": "c1"})
    assert [await timeline.find(await asker(world, "ada"), each) for each in ("e1", "e2")] == [None, None]


async def test_nothing_is_told_to_another_organization(world: World) -> None:
    eve = await asker(world, "eve", "other")
    assert await timeline.find(eve, "e1") is None
    assert await timeline.page(eve, "c1", PageRequest(20)) == whole()
    assert await timeline.count(eve, "c1") == 0
