"""Deleting a contact, and the log of it, as a front end sees them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.contacts import Network
from graph.nodes import encode_id
from graph.paging import encode_cursor
from tests.builders import MORNING, a_contact, an_identity
from tests.conftest import World
from tests.erasing import a_deletion, a_receipt, add_deletions, add_receipts
from tests.graph.asking_graphql import MORNING_TEXT, NOW_TEXT, Mistake, ask, contact_gid, execute
from tests.graph.cases.deletion import ENTRY
from tests.graph.mutations import change

LOG = f"""query ($first: Int, $after: String, $last: Int, $before: String) {{
  deletedContacts(first: $first, after: $after, last: $last, before: $before) {{
    totalCount nodes {{ {ENTRY} }} edges {{ cursor node {{ id }} }}
    pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }}
  }}
}}"""


async def test_a_deletion_answers_with_the_id_and_what_the_log_keeps(world: World) -> None:
    identities = (an_identity("7"), an_identity("j@x.com", network=Network.EMAIL))
    await world.add_contacts(a_contact("c1", name="Jane Roe", identities=identities))
    answer = await change(world, "contactDelete", {"contactId": contact_gid("c1"), "version": 1}, agent="ada")
    entry = answer["deletedContact"]
    assert (answer["__typename"], answer["deletedContactId"]) == ("ContactDeleteSuccess", contact_gid("c1"))
    assert entry == {
        "id": entry["id"],
        "contactId": contact_gid("c1"),
        "hint": "Ja…",
        "networks": ["TWITTER", "EMAIL"],
        "deletedAt": NOW_TEXT,
        "isErasure": False,
        "deletedBy": {"name": "Ada"},
    }
    log = (await ask(world, LOG, agent="ada"))["deletedContacts"]
    assert (log["nodes"], log["totalCount"]) == ([entry], 1)
    query = "query ($id: ID!) { contact(id: $id) { id } node(id: $id) { id } }"
    assert await ask(world, query, {"id": contact_gid("c1")}) == {"contact": None, "node": None}


async def test_the_log_is_paged_both_ways_newest_first(world: World) -> None:
    entries = [a_deletion(f"x{each}", at=MORNING + timedelta(minutes=each // 2)) for each in range(5)]
    await add_deletions(world, *entries)
    ids = [encode_id("DeletedContact", each.id) for each in reversed(entries)]
    first = (await ask(world, LOG, {"first": 2}, agent="ada"))["deletedContacts"]
    assert [each["id"] for each in first["nodes"]] == ids[:2]
    assert first["nodes"][1]["deletedAt"] == MORNING_TEXT.replace("09:00", "09:01")
    assert first["edges"][0]["cursor"] == encode_cursor("deletion", 1795424520000, "x4")
    info = first["pageInfo"]
    assert (info["hasNextPage"], info["hasPreviousPage"]) == (True, False)
    rest = (await ask(world, LOG, {"first": 5, "after": info["endCursor"]}, agent="ada"))["deletedContacts"]
    assert [each["id"] for each in rest["nodes"]] == ids[2:]
    before = {"last": 1, "before": rest["pageInfo"]["startCursor"]}
    back = (await ask(world, LOG, before, agent="ada"))["deletedContacts"]
    assert [each["id"] for each in back["nodes"]] == ids[1:2]


FOR_ADMINS = [
    ("deletedContacts", "{ deletedContacts { totalCount } }"),
    ("erasureReceipts", "{ erasureReceipts { totalCount } }"),
    ("erasureReceipt", f'{{ erasureReceipt(id: "{encode_id("ErasureReceipt", "x1")}") {{ id }} }}'),
    ("contactExport", f'{{ contactExport(id: "{contact_gid("c1")}") {{ json }} }}'),
]


@pytest.mark.parametrize(("field", "query"), FOR_ADMINS, ids=[each[0] for each in FOR_ADMINS])
async def test_what_is_for_admins_is_forbidden_to_agents(world: World, field: str, query: str) -> None:
    await world.add_contacts(a_contact("c1"))
    await add_deletions(world, a_deletion())
    await add_receipts(world, a_receipt())
    asked = await execute(world, query)
    assert asked.mistakes == (
        Mistake("FORBIDDEN", (field,), "Your role does not include this. Ask an admin to do it."),
    )
    assert (await execute(world, query, agent="ada")).mistakes == ()


@pytest.mark.parametrize("field", ["deletedContacts", "erasureReceipts"])
async def test_a_cursor_of_another_list_is_refused(world: World, field: str) -> None:
    query = f"query ($at: String) {{ {field}(after: $at) {{ totalCount }} }}"
    asked = await execute(world, query, {"at": encode_cursor("note", 1, "n1")}, agent="ada")
    assert [(each.code, each.path) for each in asked.mistakes] == [("BAD_USER_INPUT", (field,))]
