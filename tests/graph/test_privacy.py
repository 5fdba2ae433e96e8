"""Erasing and exporting a person as a front end does, and that nothing of them is left anywhere."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.contacts import Network
from domain.values import TextValue
from graph.nodes import encode_id
from tests.builders import MORNING, a_contact, a_note, an_identity, held
from tests.conftest import World
from tests.erasing import a_receipt, add_receipts, traces_in_database
from tests.graph.asking_graphql import NOW_TEXT, ask, contact_gid
from tests.graph.cases.privacy import RECEIPT
from tests.graph.mutations import change, failure, unchanged

RECEIPTS = f"""query ($first: Int, $after: String) {{
  erasureReceipts(first: $first, after: $after) {{
    totalCount nodes {{ {RECEIPT} }} edges {{ node {{ id }} }} pageInfo {{ hasNextPage endCursor }}
  }}
}}"""
NAME, HANDLE = "Quirina Zwetschgenbaum", "quirinaz88"
EMAIL, ADDRESS, PHONE = "q.zwetschge@post.example.com", "q.baum@work.example.com", "+12022243441"
TEXTS = ("Likes plum cake.", "Allergic to walnuts.", "Moved to Basel.", "Collects stamps.", "Ambassador of plums")
TRACES = (NAME, "Zwetschgenbaum", HANDLE, EMAIL, ADDRESS, PHONE, "990077", "import-row-17", *TEXTS)


async def live(world: World) -> None:
    """Let a person be known, and everything happen to them that can."""
    identities = (
        replace(an_identity("990077", handle=HANDLE), secondary_identifier=NAME),
        an_identity(ADDRESS, network=Network.EMAIL, handle=ADDRESS),
    )
    contact = a_contact("c1", name=NAME, identities=identities, note_count=1, import_key="import-row-17")
    await world.add_contacts(contact, a_contact("c2", name="Bob", values=(held("bio", TextValue("Stays.")),)))
    await world.add_notes(a_note("c1", TEXTS[0], id="n1"), a_note("c2", "Stays too.", id="n2"))
    me, note = {"contactId": contact_gid("c1")}, {"noteId": encode_id("ContactNote", "n1")}
    changes: list[tuple[str, Mapping[str, Any]]] = [
        ("contactNoteAdd", {**me, "body": TEXTS[1]}),
        ("contactNoteEdit", {**note, "body": TEXTS[2]}),
        ("contactNoteDelete", note),
        ("contactAttributeSet", {**me, "key": "bio", "value": {"text": TEXTS[3]}}),
        ("contactAttributeSet", {**me, "key": "email", "value": {"email": EMAIL}}),
        ("contactAttributeSet", {**me, "key": "phone", "value": {"phone": PHONE}}),
        ("contactAttributeClear", {**me, "key": "bio"}),
        ("contactAttributeClear", {**me, "key": "bio"}),
        ("contactVipSet", {**me, "reason": TEXTS[4]}),
        ("contactVipClear", me),
    ]
    for number, (name, given) in enumerate(changes):
        answer = await change(world, name, {**given, "idempotencyKey": f"k{number}"})
        assert answer["__typename"].endswith("Success"), answer


@pytest.mark.parametrize("name", ["contactDelete", "contactErase"])
async def test_nothing_of_the_person_is_left_in_the_database(world: World, name: str) -> None:
    await live(world)
    found = {text for _, text in await traces_in_database(world, TRACES)}
    # What the first note said before it was edited is nowhere already.
    assert found == set(TRACES)
    given = {"contactId": contact_gid("c1"), "idempotencyKey": "k"}
    first = await change(world, name, given, agent="ada")
    assert first["__typename"].endswith("Success")
    assert await traces_in_database(world, TRACES) == set()
    assert await unchanged(world, name, given, agent="ada") == first
    # Whoever repeats what they did before the deletion is told that there is nobody.
    again = {"contactId": contact_gid("c1"), "reason": TEXTS[4], "idempotencyKey": "k8"}
    assert failure(await unchanged(world, "contactVipSet", again)) == ("NotFound", "NOT_FOUND", ["input", "contactId"])
    query = (
        '{ contacts { nodes { name attribute(key: "bio") { ... on Attribute { isEmpty } } } } node(id: "%s") { id } }'
    )
    left = await ask(world, query % encode_id("ContactNote", "n2"))
    assert left["contacts"]["nodes"] == [{"name": "Bob", "attribute": {"isEmpty": False}}]
    assert left["node"] is not None


async def test_an_erasure_answers_with_a_receipt_that_can_be_checked(world: World) -> None:
    await live(world)
    given = {"contactId": contact_gid("c1"), "reason": "By letter."}
    answer = await change(world, "contactErase", given, agent="ada")
    receipt = answer["receipt"]
    assert answer["deletedContactId"] == contact_gid("c1")
    assert receipt == {
        "id": receipt["id"],
        "contactId": contact_gid("c1"),
        "erasedAt": NOW_TEXT,
        "erasedBy": {"name": "Ada"},
        "reason": "By letter.",
        "document": receipt["document"],
        "fingerprint": hashlib.sha256(receipt["document"].encode()).hexdigest(),
        "counts": {
            "notes": 2,
            "revisions": 1,
            "values": 2,
            "identities": 2,
            "events": 9,
            "merges": 0,
            "conversations": 0,
            "conversationNotes": 0,
            "answers": 10,
        },
    }
    said = json.loads(receipt["document"])
    # There are none, and so the document is as it was before there could be.
    removed = {kind: number for kind, number in receipt["counts"].items() if kind != "conversationNotes"}
    assert (said["erasedAt"], said["reason"], said["removed"]) == (NOW_TEXT, "By letter.", removed)
    by_id = f"query ($id: ID!) {{ erasureReceipt(id: $id) {{ {RECEIPT} }} }}"
    assert await ask(world, by_id, {"id": receipt["id"]}, agent="ada") == {"erasureReceipt": receipt}
    found = (await ask(world, RECEIPTS, agent="ada"))["erasureReceipts"]
    assert (found["nodes"], found["totalCount"]) == ([receipt], 1)
    log = await ask(world, "{ deletedContacts { nodes { hint isErasure } } }", agent="ada")
    assert log["deletedContacts"]["nodes"] == [{"hint": "Qu…", "isErasure": True}]


async def test_a_reason_that_cannot_be_kept_is_refused(world: World) -> None:
    await world.add_contacts(a_contact("c1"))
    given = {"contactId": contact_gid("c1"), "reason": "x" * 501}
    answer = await unchanged(world, "contactErase", given, agent="ada")
    assert failure(answer) == ("ValidationFailed", "TOO_LONG", ["input", "reason"])


async def test_receipts_are_paged_newest_first(world: World) -> None:
    receipts = [a_receipt(f"x{each}", at=MORNING + timedelta(minutes=each)) for each in range(3)]
    await add_receipts(world, *receipts)
    ids = [encode_id("ErasureReceipt", each.id) for each in reversed(receipts)]
    first = (await ask(world, RECEIPTS, {"first": 2}, agent="ada"))["erasureReceipts"]
    assert [each["id"] for each in first["nodes"]] == ids[:2]
    given = {"first": 2, "after": first["pageInfo"]["endCursor"]}
    rest = (await ask(world, RECEIPTS, given, agent="ada"))["erasureReceipts"]
    assert ([each["node"]["id"] for each in rest["edges"]], rest["pageInfo"]["hasNextPage"]) == (ids[2:], False)


async def test_an_export_has_all_that_is_known_of_the_person_and_nothing_of_others(world: World) -> None:
    await live(world)
    query = "query ($id: ID!) { contactExport(id: $id) { fileName json } }"
    export = (await ask(world, query, {"id": contact_gid("c1")}, agent="ada"))["contactExport"]
    assert export["fileName"] == "contact-c1.json"
    assert [each for each in TRACES if each not in export["json"]] == []
    assert "Stays" not in export["json"]
    assert json.loads(export["json"])["exportedAt"] == NOW_TEXT
    assert await ask(world, query, {"id": contact_gid("nobody")}, agent="ada") == {"contactExport": None}
