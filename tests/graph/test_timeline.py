"""The timeline of a contact as front ends see it: all that happened, and nothing that is hidden."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.events import ContactEvent, EventKind, ValueChange
from domain.values import TextValue
from graph.nodes import encode_id
from tests.builders import MORNING, a_contact, a_definition, a_note, an_organization, held
from tests.conftest import World
from tests.graph.asking_graphql import (
    MORNING_TEXT,
    NOW_TEXT,
    Answer,
    ask,
    contact_gid,
    definition_gid,
    note_gid,
    refused,
)
from tests.graph.test_operations import document
from tests.happening import one_of_each
from tests.merging import add_merged

TIMELINE = document("36-contact-timeline")
PLACES = """query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String) { contact(id: $id) {
  timeline(first: $first, after: $after, last: $last, before: $before) {
    totalCount edges { cursor node { id at } } nodes { id }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
} } }"""


async def happen(world: World, *events: ContactEvent, organization: str = "acme") -> None:
    await world.stores(organization).transact(lambda changes: changes.events.add(*events))


async def timeline(world: World, contact_id: str = "c1", **more: Any) -> list[Answer]:
    data = await ask(world, TIMELINE, {"contactId": contact_gid(contact_id)}, **more)
    found: list[Answer] = data["contact"]["timeline"]["nodes"]
    assert data["contact"]["timeline"]["totalCount"] == len(found)
    return found


def an_event(kind: str, number: int, **fields: Any) -> Answer:
    at = f"2026-11-23T09:{number:02}:00.000Z"
    by: Answer = {"agent": {"id": encode_id("Agent", "jo"), "name": "Jo"}, "source": "AGENT"}
    if number == 0:
        by = {"agent": None, "source": "IMPORT"}
    return {"__typename": kind, "id": encode_id(kind, f"e{number:02}"), "at": at, **by, **fields}


SNAPSHOT = {"network": "TWITTER", "handle": "jane", "isPrimary": True}
RENAMED = {**SNAPSHOT, "handle": "jane_roe"}
VIP = {"since": MORNING_TEXT, "reason": "Loyal", "expiresAt": None}
BIO = {"id": definition_gid("bio"), "label": "Bio"}
FOLLOWERS = {"id": definition_gid("followers"), "label": "Followers"}
NOTE = {"id": note_gid("n1"), "body": "Prefers mornings."}
SAID: Answer = {"definition": BIO, "before": None, "after": {"text": "hi"}}
LOST: Answer = {"definition": FOLLOWERS, "before": {"number": 1.0}, "after": None}
TAKEN_BACK: Answer = {"definition": BIO, "before": {"text": "hi"}, "after": None}
FOUND: Answer = {"outcomeBefore": "NEVER_ASKED", "outcomeAfter": "FOUND", "recordId": "r1"}
REJECTED: Answer = {
    "definition": {"id": definition_gid("segment"), "label": "Segment"},
    "syncBefore": "PENDING",
    "syncAfter": "REJECTED",
    "crmMessage": "No.",
}


def of_note(version: int) -> Answer:
    return {"noteId": note_gid("n1"), "noteVersion": version, "note": NOTE}


def of_merge(change: Answer, **merge: Any) -> Answer:
    return {
        "contactId": contact_gid("c0"),
        "name": "Jane R.",
        "merge": {"id": encode_id("ContactMerge", "m1"), **merge},
        "changes": [change],
    }


async def test_each_kind_tells_who_what_before_and_after(world: World) -> None:
    await world.add_contacts(a_contact("c1"))
    await add_merged(world, "c1", a_contact("c0", name="Jane R."), at=MORNING - timedelta(days=1))
    await world.add_notes(a_note("c1", id="n1"))
    await happen(world, *one_of_each())
    *found, merged_before = await timeline(world)
    assert merged_before["__typename"] == "ContactsMergedEvent"
    assert found == [
        an_event("AttributeSyncChangedEvent", 15, **REJECTED),
        an_event("ContactLookedUpEvent", 14, **FOUND),
        an_event("ContactsUnmergedEvent", 13, **of_merge(TAKEN_BACK)),
        an_event("ContactsMergedEvent", 12, **of_merge(SAID, canUnmerge=False)),
        an_event("VipClearedEvent", 11, vipBefore=VIP),
        an_event("VipSetEvent", 10, vipBefore=None, vipAfter=VIP),
        an_event("NoteRestoredEvent", 9, **of_note(3)),
        an_event("NoteDeletedEvent", 8, **of_note(2)),
        an_event("NoteEditedEvent", 7, **of_note(2)),
        an_event("NoteAddedEvent", 6, **of_note(1)),
        an_event("AttributesChangedEvent", 5, changes=[LOST]),
        an_event("IdentityChangedEvent", 4, identityBefore=SNAPSHOT, identityAfter=RENAMED),
        an_event("IdentityRemovedEvent", 3, identity=RENAMED),
        an_event("IdentityAddedEvent", 2, identity=SNAPSHOT),
        an_event("ContactRenamedEvent", 1, nameBefore="Jane", nameAfter="Jane Roe"),
        an_event("ContactCreatedEvent", 0, name="Jane", changes=[SAID]),
    ]


async def test_what_was_of_a_deleted_contact_too_is_told_without_it(world: World) -> None:
    """A contact was taken for another one, which was deleted since: the other's name and record are not kept."""
    await world.add_contacts(a_contact("c1"))
    events = one_of_each()
    renamed, looked_up = events[1], events[14]
    await happen(world, replace(renamed, before=None), replace(looked_up, before=None, after=None))
    told: Answer = {"outcomeBefore": "NEVER_ASKED", "outcomeAfter": "NEVER_ASKED", "recordId": None}
    assert await timeline(world) == [
        an_event("ContactLookedUpEvent", 14, **told),
        an_event("ContactRenamedEvent", 1, nameBefore="", nameAfter="Jane Roe"),
    ]


async def test_a_snapshot_has_everything_that_was_known_of_the_identity(world: World) -> None:
    await world.add_contacts(a_contact("c1"))
    full = replace(
        one_of_each()[2],
        after=replace(
            one_of_each()[2].after,  # type: ignore[type-var]
            channel="@acme",
            secondary_identifier="Jane R",
            picture_url="https://e.com/a",
            profile_url=None,
        ),
    )
    await happen(world, full)
    query = """query ($id: ID!) { contact(id: $id) { timeline { nodes { ... on IdentityAddedEvent { identity {
      network externalId handle secondaryIdentifier channel pictureUrl profileUrl isPrimary } } } } } }"""
    data = await ask(world, query, {"id": contact_gid("c1")})
    assert data["contact"]["timeline"]["nodes"] == [
        {
            "identity": {
                **SNAPSHOT,
                "externalId": "1",
                "secondaryIdentifier": "Jane R",
                "channel": "@acme",
                "pictureUrl": "https://e.com/a",
                "profileUrl": "https://x.com/jane",
            }
        }
    ]


async def test_what_a_mutation_did_is_there_for_whatever_the_request_asks_next(world: World) -> None:
    await world.add_contacts(a_contact("c1"))
    data = await ask(
        world,
        """mutation ($id: ID!) {
          before: contactRename(input: {contactId: $id, name: "Jane Roe"}) { ...Told }
          renamed: contactRename(input: {contactId: $id, name: "Jane Doe"}) { ...Told }
          noted: contactNoteAdd(input: {contactId: $id, body: "Hello."}) {
            ... on ContactNoteAddSuccess { contact { ...Happened } } }
          promoted: contactVipSet(input: {contactId: $id}) { ... on ContactVipSetSuccess { contact { ...Happened } } }
        }
        fragment Told on ContactRenameResult { ... on ContactRenameSuccess { contact { ...Happened } } }
        fragment Happened on Contact { timeline { totalCount nodes { __typename at } } }""",
        {"id": contact_gid("c1")},
    )
    told = {key: each["contact"]["timeline"] for key, each in data.items()}
    assert [each["totalCount"] for each in told.values()] == [0, 1, 2, 3]
    assert {each["__typename"] for each in told["promoted"]["nodes"]} == {
        *("VipSetEvent", "NoteAddedEvent", "ContactRenamedEvent")
    }
    assert {each["at"] for each in told["promoted"]["nodes"]} == {NOW_TEXT}


async def test_what_is_gone_or_anothers_is_not_told_of(world: World) -> None:
    await world.add_contacts(a_contact("c1"))
    await happen(world, *one_of_each())
    query = "query ($id: ID!) { node(id: $id) { __typename ... on NoteAddedEvent { noteId note { id } } } }"
    added = {"id": encode_id("NoteAddedEvent", "e06")}
    # The note is not there: what happened to it is.
    expected = {"__typename": "NoteAddedEvent", "noteId": note_gid("n1"), "note": None}
    assert await ask(world, query, added) == {"node": expected}
    assert await ask(world, query, added, agent="mo", organization="other") == {"node": None}
    assert await ask(world, query, {"id": encode_id("NoteAddedEvent", "e07")}) == {"node": None}
    await ask(
        world,
        "mutation ($id: ID!) { contactDelete(input: {contactId: $id}) { __typename } }",
        {"id": contact_gid("c1")},
        agent="ada",
    )
    # Also while the removal of what is kept about the contact is not finished.
    await happen(world, *one_of_each())
    assert await ask(world, query, added) == {"node": None}


async def test_the_timeline_of_a_contact_that_was_merged_away_is_the_survivors(world: World) -> None:
    await world.add_contacts(a_contact("c1"), a_contact("c2"))
    await happen(world, *one_of_each("c2")[:2])
    await world.add_contacts(a_contact("c3"))
    merge = "mutation ($a: ID!, $b: ID!) { contactMerge(input: {survivorId: $a, otherId: $b}) { __typename } }"
    await ask(world, merge, {"a": contact_gid("c1"), "b": contact_gid("c2")}, agent="ada")
    found = await timeline(world, "c2")
    kinds = ["ContactsMergedEvent", "ContactRenamedEvent", "ContactCreatedEvent"]
    assert [each["__typename"] for each in found] == kinds
    assert found == await timeline(world, "c1")
    assert await timeline(world, "c3") == []


async def test_pages_go_in_both_directions(world: World) -> None:
    await world.add_contacts(a_contact("c1"))
    # Of one moment: the order is that of the ids.
    events = [replace(each, at=MORNING) for each in one_of_each()]
    await happen(world, *events)
    ids = [encode_id(each["__typename"], f"e{15 - at:02}") for at, each in enumerate(await timeline(world))]

    async def page(**arguments: Any) -> Answer:
        data = await ask(world, PLACES, {"id": contact_gid("c1"), **arguments})
        found: Answer = data["contact"]["timeline"]
        assert [each["node"]["id"] for each in found["edges"]] == [each["id"] for each in found["nodes"]]
        return found

    seen, after = [], None
    while True:
        found = await page(first=4, after=after)
        seen += [each["id"] for each in found["nodes"]]
        assert (found["totalCount"], found["pageInfo"]["hasPreviousPage"]) == (16, after is not None)
        after = found["pageInfo"]["endCursor"]
        if not found["pageInfo"]["hasNextPage"]:
            break
    assert seen == ids
    back = await page(last=3, before=found["pageInfo"]["startCursor"])
    assert [each["id"] for each in back["nodes"]] == ids[9:12]
    mistake = await refused(world, PLACES, {"id": contact_gid("c1"), "after": "WyJub3RlIiwwLCJ4Il0"})
    assert mistake.code == "BAD_USER_INPUT"


SECRET = a_definition("secret", position=40, is_admin_only=True)


@pytest.fixture
async def with_secrets(world: World) -> None:
    """Every other event changed a hidden attribute alone; one changed a hidden and an open one."""
    await world.add_organization(an_organization("acme"), [], [SECRET])
    await world.add_contacts(a_contact("c1"))
    open_change = ValueChange(None, held("bio", TextValue("hi")))
    hidden_change = ValueChange(None, held("secret", TextValue("s")))

    def change(number: int, *values: ValueChange) -> ContactEvent:
        at = MORNING + timedelta(minutes=number)
        return ContactEvent(f"e{number:02}", "c1", at, EventKind.VALUES_CHANGED, "jo", values=values)

    mixed = change(9, hidden_change, open_change)
    await happen(world, *(change(each, (hidden_change, open_change)[each % 2]) for each in range(8)), mixed)


@pytest.mark.usefixtures("with_secrets")
async def test_what_changed_in_hidden_attributes_is_not_told_not_even_how_often(world: World) -> None:
    mine, admins = await timeline(world), await timeline(world, agent="ada")
    assert [each["at"][14:16] for each in mine] == ["09", "07", "05", "03", "01"]
    assert {each["definition"]["label"] for event in mine for each in event["changes"]} == {"Bio"}
    assert [each["at"][14:16] for each in admins] == ["09", *(f"0{each}" for each in range(7, -1, -1))]
    assert [len(each["changes"]) for each in admins] == [2, *[1] * 8]
    # Pages are full: a short one would tell.
    data = await ask(world, PLACES, {"id": contact_gid("c1"), "first": 4})
    assert [each["node"]["at"][14:16] for each in data["contact"]["timeline"]["edges"]] == ["09", "07", "05", "03"]


@pytest.mark.usefixtures("with_secrets")
async def test_an_event_of_hidden_attributes_alone_is_nothing_that_an_agent_could_ask_for(world: World) -> None:
    query = "query ($id: ID!) { node(id: $id) { ... on AttributesChangedEvent { changes { definition { key } } } } }"

    async def asked(event_id: str, agent: str) -> object:
        return (await ask(world, query, {"id": encode_id("AttributesChangedEvent", event_id)}, agent=agent))["node"]

    assert await asked("e02", "jo") is None
    assert await asked("e02", "ada") == {"changes": [{"definition": {"key": "secret"}}]}
    assert await asked("e09", "jo") == {"changes": [{"definition": {"key": "bio"}}]}
