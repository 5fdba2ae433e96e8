"""Whom a subscription tells what: nothing of another organization's, nothing of what is hidden from the asker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from domain.agents import Role
from domain.attributes import Source, SyncState
from domain.contacts import NEVER_ASKED, ContactValidation, LookUpOutcome
from domain.definitions import AttributeCategory
from domain.events import ContactEvent, EventKind, ValueStanding
from graph.nodes import encode_id
from graph.paging import encode_cursor
from persistence.live import Hub
from tests.builders import MORNING, a_contact, a_definition, an_organization
from tests.conftest import World
from tests.graph.asking_graphql import Answer, absent_id, contact_gid
from tests.graph.cases.crm import standing
from tests.graph.listening import CHANGED, following, listen
from tests.graph.mutations import change
from tests.graph.test_live import begun, body_of, note
from tests.happening import add_events

NOT_THERE = ("NOT_FOUND", "There is no such contact: it may have been deleted.")


@pytest_asyncio.fixture
async def hub(world: World) -> AsyncIterator[Hub]:
    async with following(world.driver) as hub:
        yield hub
        assert hub.subscribers == 0


async def test_another_organizations_contact_is_not_there(world: World, hub: Hub) -> None:
    await world.add_contacts(a_contact("c1"), organization_id="other")
    for contact_id in ("c1", absent_id()):
        for after in (None, encode_cursor("change", "82" + "00" * 20)):
            ear = await listen(world, hub, contact_id, after=after)
            assert await ear.failure() == NOT_THERE


async def test_contacts_of_one_id_in_two_organizations_are_two(world: World, hub: Hub) -> None:
    """Nobody makes such ids, but what keeps them apart must be the organization."""
    await world.add_contacts(a_contact("c1"))
    ear = await listen(world, hub)
    cursor = await begun(ear, "c1")
    await world.driver.collection("contactEvents").insert_one(
        {"_id": "e1", "org": "other", "contact": "c1", "kind": "CONTACT_RENAMED", "before": "A", "after": "B"}
    )
    await note(world, "c1", "Its own.")
    assert body_of(await ear.next()) == "Its own."
    await ear.close()
    again = await listen(world, hub, after=cursor)
    assert body_of(await again.next()) == "Its own."
    await again.close()


async def set_values(world: World, *keys: str, agent: str = "ada") -> None:
    values = [{"key": each, "value": {"text": absent_id()}} for each in keys]
    given: Answer = {"contactId": contact_gid("c1"), "values": values}
    answer = await change(world, "contactAttributesSet", given, agent=agent)
    assert answer["__typename"] == "ContactAttributesSetSuccess", answer


def keys_of(told: Answer) -> list[str]:
    return [each["definition"]["key"] for each in told["event"]["changes"]]


async def test_a_change_of_hidden_attributes_alone_is_told_to_admins_alone(world: World, hub: Hub) -> None:
    hidden = [a_definition(each, position=40, is_admin_only=True) for each in ("solvency", "risk")]
    await world.add_organization(an_organization("acme"), [], hidden)
    await world.add_contacts(a_contact("c1"))
    agent, admin = await listen(world, hub), await listen(world, hub, agent="ada")
    cursor = await begun(agent, "c1")
    await begun(admin, "c1")
    for keys in (["solvency"], ["bio", "risk"], ["bio"]):
        await set_values(world, *keys)
    everything, visible = [["solvency"], ["bio", "risk"], ["bio"]], [["bio"], ["bio"]]
    assert [keys_of(await admin.next()) for _ in everything] == everything
    assert [keys_of(await agent.next()) for _ in visible] == visible
    # Whoever becomes an agent hears as one from then on, and the other way about.
    directory = (await world.context("ada")).directory
    swapped = [replace(directory.agents["ada"], role=Role.AGENT), replace(directory.agents["jo"], role=Role.ADMIN)]
    await world.add_organization(directory.organization, swapped, [])
    for keys in (["solvency"], ["bio"]):
        await set_values(world, *keys, agent="jo")
    assert keys_of(await admin.next()) == ["bio"]
    assert [keys_of(await agent.next()) for _ in range(2)] == [["solvency"], ["bio"]]
    await admin.close()
    await agent.close()
    for asker, expected in {"ada": [*visible, ["bio"]], "jo": [*everything, ["solvency"], ["bio"]]}.items():
        ear = await listen(world, hub, agent=asker, after=cursor)
        assert [keys_of(await ear.next()) for _ in expected] == expected
        await ear.close()


STANDING = """subscription ($id: ID!, $after: String) { contactChanged(id: $id, after: $after) {
  cursor kind contact { id validation { outcome } attribute(key: "segment") { ... on CrmAttribute { syncState } } }
  event { __typename ... on ContactLookedUpEvent { outcomeAfter }
    ... on AttributeSyncChangedEvent { definition { key } syncAfter crmMessage } }
} }"""


async def test_what_the_crm_says_is_told_as_it_comes_and_of_hidden_attributes_to_admins_alone(
    world: World, hub: Hub
) -> None:
    hidden = a_definition("solvency", category=AttributeCategory.CRM, position=40, is_admin_only=True)
    await world.add_organization(an_organization("acme"), [], [hidden])
    rejected = standing(SyncState.REJECTED, "Medium", "No.")
    found = ContactValidation(LookUpOutcome.FOUND, MORNING, "r1")
    await world.add_contacts(a_contact("c1", values=(rejected,), validation=found))
    agent, admin = [await listen(world, hub, agent=each, document=STANDING) for each in ("jo", "ada")]
    for ear in (agent, admin):
        assert (await ear.next())["kind"] == "STARTED"
    refused = ValueStanding("d-solvency", SyncState.REJECTED, "Doubtful is no number.")
    shown = ValueStanding("d-segment", SyncState.REJECTED, "No.")
    await add_events(
        world,
        ContactEvent("e1", "c1", MORNING, EventKind.SYNC_CHANGED, None, None, refused, source=Source.CRM),
        ContactEvent("e2", "c1", MORNING, EventKind.LOOKED_UP, None, NEVER_ASKED, found, source=Source.CRM),
        ContactEvent("e3", "c1", MORNING, EventKind.SYNC_CHANGED, None, None, shown, source=Source.CRM),
    )
    stood = {"__typename": "AttributeSyncChangedEvent", "syncAfter": "REJECTED"}
    visible = [
        {"__typename": "ContactLookedUpEvent", "outcomeAfter": "FOUND"},
        {**stood, "definition": {"key": "segment"}, "crmMessage": "No."},
    ]
    secret = {**stood, "definition": {"key": "solvency"}, "crmMessage": "Doubtful is no number."}
    for ear, expected in ((agent, visible), (admin, [secret, *visible])):
        told = [await ear.next() for _ in expected]
        assert [each["event"] for each in told] == expected
        # With the contact as it is now: what the panel shows is right without another question.
        assert {str(each["contact"]) for each in told} == {
            str(
                {
                    "id": contact_gid("c1"),
                    "validation": {"outcome": "FOUND"},
                    "attribute": {"syncState": "REJECTED"},
                }
            )
        }
        await ear.close()


@pytest.mark.parametrize(
    "after",
    ["", "nonsense", "WyJjaGFuZ2UiXQ", encode_cursor("note", "8200"), encode_cursor("change", "82ZZ"), "x" * 9_000],
)
async def test_what_cannot_be_a_cursor_is_refused(world: World, hub: Hub, after: str) -> None:
    await world.add_contacts(a_contact("c1"))
    ear = await listen(world, hub, after=after)
    assert (await ear.failure())[0] == "BAD_USER_INPUT"


async def test_what_is_no_id_of_a_contact_is_refused(world: World, hub: Hub) -> None:
    await world.add_contacts(a_contact("c1"))
    for wrong in ("nonsense", encode_id("Organization", "acme")):
        document = CHANGED.replace("contactChanged(id: $id", f'contactChanged(id: "{wrong}"').replace("$id: ID!, ", "")
        assert (await (await listen(world, hub, document=document)).failure())[0] == "BAD_USER_INPUT"


UNKNOWN = {
    "of no shape": "82" * 9,
    "of long ago": "8200000001" + "00" * 40,
    "of a time to come": "82FFFFFF00" + "00" * 40,
    "of something else": "826553F100000000012B022C0100296E5A1004",
}


@pytest.mark.parametrize("cursor", UNKNOWN.values(), ids=UNKNOWN)
async def test_a_place_that_the_database_does_not_know_is_told_as_lost(world: World, hub: Hub, cursor: str) -> None:
    """Without harm to who comes at the same moment with one that it knows."""
    await world.add_contacts(a_contact("c1"))
    first = await listen(world, hub)
    known = await begun(first, "c1")
    await first.close()
    await note(world, "c1", "Missed.")
    forged = await listen(world, hub, after=encode_cursor("change", cursor))
    ears = [await listen(world, hub, after=known), forged, await listen(world, hub, after=known)]
    heard = await asyncio.gather(ears[0].next(), forged.failure(), ears[2].next())
    assert (body_of(heard[0]), heard[1][0], body_of(heard[2])) == ("Missed.", "HISTORY_LOST", "Missed.")
    for ear in ears:
        await ear.close()
