"""How long the database may work at one answer: all its commands together."""

from __future__ import annotations

import time

import pytest
from pymongo.monitoring import CommandStartedEvent

from domain.filters import AnyOf, HasNotes, IsOneOf, OfAttribute
from domain.finding import ContactQuery
from domain.ordering import position
from domain.paging import PageRequest
from domain.values import TextValue
from persistence.deadlines import Deadline, TooSlowError
from persistence.finding import FindingStore
from tests.builders import a_contact, held
from tests.conftest import Commands, World


def test_it_becomes_less_and_ends() -> None:
    deadline = Deadline.of(10_000)
    first = deadline.left_ms()
    time.sleep(0.01)
    assert 5_000 < deadline.left_ms() < first <= 10_000
    over = Deadline.of(1)
    time.sleep(0.01)
    with pytest.raises(TooSlowError):
        over.left_ms()


async def test_all_commands_of_a_page_share_it(
    world: World, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[int] = []

    def started(event: CommandStartedEvent) -> None:
        sent.append(event.command["maxTimeMS"])
        time.sleep(0.002)

    monkeypatch.setattr(commands, "started", started)
    store = FindingStore(world.driver, "acme", patience_ms=9_000)
    query = ContactQuery(filter=HasNotes())
    await store.page(PageRequest(20, position(a_contact("c1"))), query)
    await store.count(query)
    probe, page, behind, probe_of_count, count = sent
    assert 9_000 >= probe > page > behind > 5_000
    assert 9_000 >= probe_of_count > count > 5_000


async def test_where_the_database_gives_up_it_is_over(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    many = tuple(held("bio", TextValue("x")) for _ in range(50))
    await world.add_contacts(*(a_contact(f"c{each}", values=many) for each in range(300)))
    texts = [TextValue(f"{each}") for each in range(99)]
    slow = AnyOf(tuple(OfAttribute("d-bio", IsOneOf((*texts, TextValue(f"y{each}")))) for each in range(30)))
    store = FindingStore(world.driver, "acme")
    monkeypatch.setattr(Deadline, "left_ms", lambda _: 1)
    with pytest.raises(TooSlowError):
        await store.page(PageRequest(20), ContactQuery(filter=slow))
    with pytest.raises(TooSlowError):
        await store.count(ContactQuery(filter=slow))
