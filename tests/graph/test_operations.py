"""The example operations, which GraphiQL shows and front ends copy: they run, and answer exactly."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from graphql import FieldNode, OperationDefinitionNode, parse, validate

from domain.attributes import SyncState
from domain.contacts import ContactValidation, LookUpOutcome, Network
from domain.values import MultiSelectValue, NumberValue, PhoneValue, SelectValue, TextValue
from domain.vip import VipStatus
from graph.nodes import GlobalId, decode_id, encode_id
from tests.builders import (
    EVERY_TYPE,
    MORNING,
    a_contact,
    a_conversation,
    a_conversation_note,
    a_group,
    a_note,
    an_identity,
    held,
)
from tests.conftest import World
from tests.erasing import a_receipt, add_receipts
from tests.graph.asking_graphql import MORNING_TEXT, Answer, ask, contact_gid, definition_gid, note_gid, the_schema
from tests.graph.cases.conversation_notes import delete_note
from tests.graph.cases.crm import BY_ACCOUNT, a_record, connect, put_records, standing
from tests.graph.cases.notes import with_a_deleted_note
from tests.graph.cases.queue_settings import a_skill_set
from tests.graph.listening import first_answer
from tests.happening import add_events, one_of_each
from tests.merging import add_merged

OPERATIONS = Path(__file__).parent.parent.parent / "web" / "operations"
NAMES = [each.stem for each in sorted(OPERATIONS.glob("*.graphql"))]


def document(name: str) -> str:
    return (OPERATIONS / f"{name}.graphql").read_text(encoding="utf-8")


def variables(name: str) -> Answer:
    file = OPERATIONS / f"{name}.variables.json"
    found: Answer = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    # The demo's contact, whom the tests do not have.
    for argument, contact_id in {"contactId": "c1", "survivorId": "c1", "otherId": "c2"}.items():
        for given in (found, found.get("input", {})):
            if argument in given:
                given[argument] = contact_gid(contact_id)
    named = {
        "conversationId": ("Conversation", "v1"),
        "agentId": ("Agent", "jo"),
        "groupId": ("ContactGroup", "g1"),
        "memberId": ("Agent", "jo"),
        # One that is needed for nothing, where it is to go.
        "teamId": ("Team", "second-line" if name.endswith("team-delete") else "first-line"),
        "skillSetId": ("SkillSet", "s1"),
    }
    for argument, (kind, local_id) in named.items():
        if argument in found.get("input", {}):
            found["input"][argument] = encode_id(kind, local_id)
        if f"{argument}s" in found.get("input", {}):
            found["input"][f"{argument}s"] = [encode_id(kind, local_id)]
    for argument, key in {"definitionId": "bio", "afterId": "website"}.items():
        if found.get("input", {}).get(argument):
            found["input"][argument] = definition_gid(key)
    if found.get("externalId", "").startswith("t-"):
        # The demo's conversation.
        found["externalId"] = "x1"
    if name.endswith("crm-conflict-resolve"):
        found["input"]["key"] = "segment"
    if decode_id(found.get("id", "")) not in {None, GlobalId("ErasureReceipt", "x1")}:
        found["id"] = contact_gid("c1")
    return found


@pytest.mark.parametrize("name", NAMES)
def test_each_is_valid(name: str) -> None:
    assert validate(the_schema()._schema, parse(document(name))) == []


@pytest.mark.parametrize("name", NAMES)
async def test_each_runs_without_errors(world: World, name: str) -> None:
    bio, undecided = held("bio", TextValue("Hello.")), standing(SyncState.CONFLICT, "Medium")
    known = (
        ("117501995", Network.TWITTER),
        ("9990000000000001", Network.INSTAGRAM),
        ("+12025550143", Network.WHATSAPP),
    )
    identities = tuple(an_identity(each, network=network) for each, network in known)
    await world.add_contacts(a_contact("c1", identities=identities, values=(bio, undecided)), a_contact("c2"))
    await add_merged(world, "c1", a_contact("c3"), merge_id="m1")
    await world.add_notes(replace(a_note("c1", "Second.", id="n1", version=2), edited_at=MORNING, edited_by_id="jo"))
    await world.stores().transact(lambda changes: changes.revisions.keep(a_note("c1", id="n1")))
    await with_a_deleted_note(world, "acme")
    await add_receipts(world, a_receipt("x1"))
    await world.add_groups(a_group("g1"))
    await a_skill_set(world, "acme")
    await world.add_conversations(a_conversation("c1", "v1", external_id="x1", team_id="first-line"))
    await world.add_conversation_notes(a_conversation_note(id="k1"))
    await delete_note(world, "acme", "c1", "v1", "k2")
    await add_events(world, *one_of_each())
    # The demo's CRM is a server; here it is a list.
    await put_records(world, a_record("C000127", "117501995"))
    await connect(world, BY_ACCOUNT)
    # By an admin, who may do all of it.
    if "\nsubscription " in document(name):
        data = await first_answer(world, document(name), variables(name), agent="ada")
    else:
        data = await ask(world, document(name), variables(name), agent="ada")
    (answer,) = data.values()
    if document(name).lstrip().startswith("mutation") or "\nmutation " in document(name):
        assert answer["__typename"].endswith("Success")
    else:
        assert answer


def test_the_tabs_of_graphiql_are_those_that_a_newcomer_meets_first() -> None:
    tabs = ["panel", "queue-page", "note-add", "attribute-set", "vip-set", "definitions", "viewer", "queue", "look-up"]
    assert [each[3:] for each in NAMES if each.startswith("0")] == tabs


def test_there_is_an_operation_for_everything_that_can_be_asked_for_or_changed() -> None:
    used = {
        each.name.value
        for name in NAMES
        for definition in parse(document(name)).definitions
        if isinstance(definition, OperationDefinitionNode)
        for each in definition.selection_set.selections
        if isinstance(each, FieldNode)
    }
    schema = the_schema()._schema
    assert schema.query_type is not None
    assert schema.mutation_type is not None
    assert schema.subscription_type is not None
    # By an id, anything is asked for; those whose shape is known are asked for as such.
    roots = (schema.query_type, schema.mutation_type, schema.subscription_type)
    wanted = {name for each in roots for name in each.fields} - {"node", "nodes"}
    assert wanted - used == set()


def an_attribute(kind: str, key: str, label: str, value: Answer | None = None, **more: Any) -> Answer:
    return {
        "__typename": f"{kind}Attribute",
        "id": encode_id(f"{kind}Attribute", f"c1:{key}"),
        "key": key,
        "label": label,
        "isEmpty": value is None,
        "canEdit": True,
        "lockedBecause": None,
        "value": value,
        **more,
    }


UNSYNCED: Answer = {"syncState": None, "syncedAt": None}
EXPECTED_ATTRIBUTES = [
    an_attribute("Common", "email", "Email"),
    an_attribute("Common", "phone", "Phone", {"phone": "+12022243441"}),
    an_attribute("Common", "website", "Website"),
    an_attribute("Crm", "account", "Account", **UNSYNCED, canEdit=False, lockedBecause="CRM_READ_ONLY"),
    an_attribute(
        *("Crm", "segment", "Segment", {"option": {"id": "size-m", "label": "Medium"}}),
        syncState="IN_SYNC",
        syncedAt=MORNING_TEXT,
    ),
    an_attribute("Custom", "bio", "Bio", {"text": "Writes about coffee. ☕"}),
    an_attribute("Custom", "followers", "Followers", {"number": 1200.0}),
    an_attribute("Custom", "newsletter", "Newsletter"),
    an_attribute("Custom", "birthday", "Birthday"),
    an_attribute("Custom", "last_met", "Last_Met"),
    an_attribute(
        *("Custom", "sizes", "Sizes"),
        {"options": [{"id": "size-s", "label": "Small"}, {"id": "size-x", "label": "Huge"}]},
    ),
    an_attribute("Custom", "language", "Language"),
    an_attribute("Custom", "rank", "Rank", canEdit=False, lockedBecause="ROLE"),
    an_attribute("Custom", "nickname", "Nickname"),
]


def the_agent(name: str) -> Answer:
    return {"id": encode_id("Agent", name.lower()), "name": name}


def the_expected_note(local_id: str, author: str, body: str, edited_by: str | None = None) -> Answer:
    return {
        "id": note_gid(local_id),
        "version": 1 if edited_by is None else 2,
        "body": body,
        "author": the_agent(author),
        "createdAt": MORNING_TEXT,
        "isEdited": edited_by is not None,
        "editedAt": None if edited_by is None else MORNING_TEXT,
        "editedBy": None if edited_by is None else the_agent(edited_by),
    }


async def test_the_panel_answers_with_everything_that_it_draws(world: World) -> None:
    contact = replace(
        a_contact(
            "c1",
            name="Jane Roe",
            identities=(an_identity("117501995", handle="jane", is_primary=True),),
            values=(
                held("bio", TextValue("Writes about coffee. ☕")),
                held("segment", SelectValue("size-m"), sync=SyncState.IN_SYNC),
                held("phone", PhoneValue("+12022243441")),
                held("followers", NumberValue(1200.0)),
                held("sizes", MultiSelectValue(("size-s", "size-x"))),
            ),
            vip=VipStatus(MORNING, "ada", "Ambassador", None),
            validation=ContactValidation(LookUpOutcome.FOUND, MORNING, "0035g"),
            note_count=2,
            version=4,
        ),
        avatar_url="https://cdn.example.com/jane.png",
    )
    await world.add_contacts(contact)
    edited = replace(a_note("c1", "Prefers evenings.", id="n1", version=2), edited_at=MORNING, edited_by_id="gone")
    await world.add_notes(edited, a_note("c1", "Call back.\nSoon. 👩‍👧", id="n2", author_id="ada"))
    assert await ask(world, document("01-panel"), variables("01-panel")) == {
        "contactByIdentity": {
            "id": contact_gid("c1"),
            "version": 4,
            "name": "Jane Roe",
            "avatarUrl": "https://cdn.example.com/jane.png",
            "identities": [
                {"id": IDENTITY, "network": "TWITTER", "handle": "jane", "profileUrl": "https://x.com/jane"}
            ],
            "validation": {"isValidated": True, "outcome": "FOUND", "askedAt": MORNING_TEXT, "recordId": "0035g"},
            "vip": {"since": MORNING_TEXT, "setBy": the_agent("Ada"), "reason": "Ambassador", "expiresAt": None},
            "attributes": EXPECTED_ATTRIBUTES,
            "notes": {
                "totalCount": 2,
                "nodes": [
                    the_expected_note("n2", "Ada", "Call back.\nSoon. 👩‍👧"),
                    the_expected_note("n1", "Jo", "Prefers evenings.", edited_by="Gone"),
                ],
                "pageInfo": {"hasNextPage": False, "endCursor": NOTE_CURSOR},
            },
        }
    }


IDENTITY = encode_id("SocialIdentity", "TWITTER:117501995")
NOTE_CURSOR = "WyJub3RlIiwxNzk1NDI0NDAwMDAwLCJuMSJd"
"""Of the older note: opaque to callers, and the same from release to release."""


async def test_the_queue_answers_with_each_contact_and_its_three_newest_notes(world: World) -> None:
    await world.add_contacts(
        a_contact("c2", name="Zoe"),
        a_contact("c1", name="Ann", values=(held("bio", TextValue("Hello.")), held("phone", None))),
    )
    await world.add_notes(*(a_note("c1", f"Note {each}", id=f"n{each}") for each in range(5)))
    data = await ask(world, document("02-queue-page"), {"first": 50})
    bio = {
        "__typename": "CustomAttribute",
        "id": encode_id("CustomAttribute", "c1:bio"),
        "key": "bio",
        "label": "Bio",
        "value": {"text": "Hello."},
    }
    notes = [
        {"id": note_gid(f"n{each}"), "body": f"Note {each}", "author": the_agent("Jo"), "createdAt": MORNING_TEXT}
        for each in (4, 3, 2)
    ]
    page_info = data["contacts"].pop("pageInfo")
    assert (page_info["hasNextPage"], data["contacts"]["nodes"]) == (
        False,
        [
            a_line("c1", "Ann", [bio], notes),
            a_line("c2", "Zoe", [], []),
        ],
    )


def a_line(local_id: str, name: str, attributes: list[Answer], notes: list[Answer]) -> Answer:
    return {
        "id": contact_gid(local_id),
        "name": name,
        "avatarUrl": None,
        "vip": None,
        "attributes": attributes,
        "notes": {"nodes": notes},
    }


async def test_the_definitions_are_those_that_are_in_use(world: World) -> None:
    data = await ask(world, document("06-definitions"))
    in_use = [each.key for each in EVERY_TYPE if not each.is_archived]
    assert [each["key"] for each in data["attributeDefinitions"]] == in_use


async def test_the_viewer_is_who_asks(world: World) -> None:
    assert await ask(world, document("07-viewer"), agent="ada") == {
        "viewer": {
            "id": "QWdlbnQ6YWRh",
            "name": "Ada",
            "email": "ada@acme.example.com",
            "role": "ADMIN",
            "organization": {"id": encode_id("Organization", "acme"), "name": "Acme Ltd", "plan": "ENTERPRISE"},
        }
    }
