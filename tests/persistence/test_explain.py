"""Every query of the product reads what it returns and no more, by an index that is the only one considered."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from inspect import getmembers, isfunction
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from domain.answers import RecordedAnswer
from domain.contacts import ContactPosition, IdentityKey, Network
from domain.events import ContactEvent, EventKind
from domain.notes import NoteEdited, NotePosition
from domain.paging import PageRequest
from domain.values import TextValue
from domain.vip import VipStatus
from persistence.answers import AnswerWriter
from persistence.contacts import ContactStore, ContactWriter
from persistence.driver import Driver, DriverName, connect
from persistence.events import EventWriter
from persistence.imports import ImportWriter
from persistence.indexes import CONTACTS, NOTES
from persistence.notes import NoteStore, NoteWriter
from persistence.organizations import OrganizationStore
from persistence.stores import Changes, Stores
from tests.builders import EVERY_TYPE, MORNING, a_note, an_agent, an_organization, held
from tests.conftest import Commands
from tests.persistence.explaining import Cost, costs_of
from tests.persistence.noise import a_noisy_contact, a_noisy_note, contact_id, make_noise, note_id

Act = Callable[[Stores], Awaitable[object]]
Costs = list[tuple[str, int]]
"""For each command, its name and the documents that it examines: which is what it returns or matches."""


@pytest_asyncio.fixture(scope="module", params=list(DriverName), ids=lambda name: name.value)
async def noisy(request: pytest.FixtureRequest, mongodb_uri: str) -> AsyncIterator[tuple[Driver, Commands]]:
    commands = Commands()
    driver = connect(mongodb_uri, f"test_{uuid4().hex}", driver=request.param, listeners=[commands])
    try:
        await make_noise(driver)
        yield driver, commands
    finally:
        await driver.drop()
        await driver.close()


async def spent(noisy: tuple[Driver, Commands], act: Act) -> list[Cost]:
    """Do it, put back what it changed, so that its commands find what they found, and explain them."""
    driver, commands = noisy
    before = {name: await driver.collection(name).find({"org": "acme"}).to_list(None) for name in (CONTACTS, NOTES)}
    commands.clear()
    await act(Stores.of(driver, "acme"))
    sent = list(commands.sent)
    for name, documents in before.items():
        await driver.collection(name).delete_many({"org": "acme"})
        await driver.collection(name).insert_many(documents)
    return await costs_of(driver, sent)


def within(work: Callable[[Changes], Awaitable[object]]) -> Act:
    return lambda stores: stores.transact(work)


def organizations(work: Callable[[OrganizationStore], Awaitable[object]]) -> Act:
    return lambda stores: work(OrganizationStore(stores.driver))


PLACE = NotePosition(MORNING + timedelta(minutes=2), note_id(1, 100))
"""In the middle of 28 live notes of one millisecond: 84 to 125, without every third."""
NAME = ContactPosition("jane", contact_id(100))
"""In the middle of fifty contacts of one name: every fourth of the first two hundred."""
TWO = [contact_id(1), contact_id(2)]
CONTACT = a_noisy_contact(7)
NOTE = a_noisy_note(1, 100)
MISSING = [note_id(1, 99), note_id(1, 100, "other"), "nobody"]
"""Deleted, another organization's, and no note at all."""
KEYS = [IdentityKey(Network.TWITTER, each) for each in ("t-3", "u-3", "t-4", "t-none")]
ANSWER = RecordedAnswer("f", NoteEdited(NOTE))
EVENT = ContactEvent("e1", CONTACT.id, MORNING, EventKind.VIP_SET, "jo")


def pages(position: NotePosition | None = None, *, backward: bool = False, size: int = 20) -> Act:
    return lambda stores: stores.notes.pages(TWO, PageRequest(size, position, is_backward=backward))


def names(position: ContactPosition | None = None, *, backward: bool = False) -> Act:
    return lambda stores: stores.contacts.page(PageRequest(20, position, is_backward=backward))


FIRST: Costs = [("aggregate", 42), *[("aggregate", 21)] * 2]
BESIDE: Costs = [*FIRST, *[("aggregate", 0)] * 2]
"""Whether there is something on the other side is read from the index alone."""

CASES: list[tuple[str, str, Act, Costs]] = [
    ("ContactStore.by_ids", "", lambda s: s.contacts.by_ids([*TWO, "nobody", "other-001"]), [("find", 2)]),
    ("ContactStore.by_identities", "", lambda s: s.contacts.by_identities(KEYS), [("find", 2)]),
    ("ContactStore.page", "first", names(), [("find", 21)]),
    ("ContactStore.page", "last", names(backward=True), [("find", 21)]),
    ("ContactStore.page", "after", names(NAME), [("find", 21), ("find", 0)]),
    ("ContactStore.page", "before", names(NAME, backward=True), [("find", 21), ("find", 0)]),
    ("ContactStore.count", "", lambda s: s.contacts.count(), [("aggregate", 0)]),
    ("NoteStore.by_ids", "", lambda s: s.notes.by_ids([NOTE.id, *MISSING]), [("find", 1)]),
    ("NoteStore.pages", "first", pages(), FIRST),
    ("NoteStore.pages", "last", pages(backward=True), FIRST),
    ("NoteStore.pages", "after", pages(PLACE), BESIDE),
    ("NoteStore.pages", "before", pages(PLACE, backward=True), BESIDE),
    ("NoteStore.pages", "one", pages(PLACE, size=1), [("aggregate", 4), *[("aggregate", 2)] * 2, *BESIDE[3:]]),
    ("ContactWriter.find", "", within(lambda c: c.contacts.find(CONTACT.id)), [("find", 1)]),
    (
        "ContactWriter.count_notes",
        "",
        within(lambda c: c.contacts.count_notes(CONTACT.id, more=1)),
        [("findAndModify", 1)],
    ),
    (
        "ContactWriter.set_vip",
        "set",
        within(lambda c: c.contacts.set_vip(CONTACT, VipStatus(MORNING, "jo", None, None), at=MORNING)),
        [("findAndModify", 1)],
    ),
    (
        "ContactWriter.set_vip",
        "clear",
        within(lambda c: c.contacts.set_vip(CONTACT, None, at=MORNING)),
        [("findAndModify", 1)],
    ),
    (
        "ContactWriter.put_value",
        "new",
        within(lambda c: c.contacts.put_value(CONTACT, held("rank", TextValue("x")), at=MORNING)),
        [("findAndModify", 1)],
    ),
    (
        "ContactWriter.put_value",
        "again",
        within(lambda c: c.contacts.put_value(CONTACT, held("bio", TextValue("x")), at=MORNING)),
        [("findAndModify", 1)],
    ),
    ("NoteWriter.find", "", within(lambda c: c.notes.find(NOTE.id)), [("find", 1)]),
    ("NoteWriter.find", "deleted", within(lambda c: c.notes.find(MISSING[0])), [("find", 0)]),
    ("NoteWriter.add", "", within(lambda c: c.notes.add(a_note(CONTACT.id))), []),
    ("NoteWriter.put", "", within(lambda c: c.notes.put(replace(NOTE, body="x"))), [("update", 1)]),
    ("NoteWriter.delete", "", within(lambda c: c.notes.delete(NOTE.id, agent_id="jo", at=MORNING)), [("update", 1)]),
    ("AnswerWriter.find", "", within(lambda c: c.answers.find("jo", "nothing")), [("find", 0)]),
    ("AnswerWriter.record", "", within(lambda c: c.answers.record("jo", "k", ANSWER, MORNING)), []),
    ("EventWriter.add", "", within(lambda c: c.events.add(EVENT)), []),
    ("ImportWriter.find", "", within(lambda c: c.imports.find(KEYS, ["k-9", "k-none"])), [("find", 2), ("find", 1)]),
    ("ImportWriter.find", "nothing", within(lambda c: c.imports.find([], [])), [("find", 0), ("find", 0)]),
    (
        "ImportWriter.put",
        "",
        within(lambda c: c.imports.put([], [CONTACT, a_noisy_contact(8)])),
        [("update", 1), ("update", 1)],
    ),
    (
        "OrganizationStore.directory",
        "",
        organizations(lambda o: o.directory("acme")),
        [("find", 1), ("find", 30), ("find", 16)],
    ),
    (
        "OrganizationStore.agents_by_ids",
        "",
        organizations(lambda o: o.agents_by_ids("acme", ["acme-a1", "other-a1", "nobody"])),
        [("find", 1)],
    ),
    (
        "OrganizationStore.agents_by_email",
        "",
        organizations(lambda o: o.agents_by_email("acme-a1@acme.example.com")),
        [("find", 1)],
    ),
    (
        "OrganizationStore.put",
        "",
        organizations(lambda o: o.put(an_organization(), [an_agent("acme-a1"), an_agent("acme-a2")], [EVERY_TYPE[0]])),
        [("update", 1)] * 4,
    ),
]


@pytest.mark.parametrize(("name", "how", "act", "costs"), CASES, ids=[f"{name} {how}" for name, how, _, _ in CASES])
async def test_a_query_reads_what_it_returns(
    noisy: tuple[Driver, Commands], name: str, how: str, act: Act, costs: Costs
) -> None:
    found = await spent(noisy, act)
    # Sorted, for commands sent at once arrive in any order.
    assert sorted((each.command, each.examined) for each in found) == sorted(costs)
    for each in found:
        assert each.examined <= each.returned or each.command == "aggregate"
        assert "COLLSCAN" not in each.stages
        assert "SORT" not in each.stages
        # A plan that is tried out beside the right one reads documents that no statistics tell of.
        assert each.tried == 0


def test_every_method_of_every_store_is_explained() -> None:
    stores: list[type[Any]] = [
        ContactStore,
        ContactWriter,
        NoteStore,
        NoteWriter,
        AnswerWriter,
        EventWriter,
        ImportWriter,
    ]
    methods = {
        f"{store.__name__}.{name}"
        for store in [*stores, OrganizationStore]
        for name, _ in getmembers(store, isfunction)
        if not name.startswith("_")
    }
    assert {name for name, *_ in CASES} == methods
