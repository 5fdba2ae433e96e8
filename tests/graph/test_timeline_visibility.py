"""What an agent is told of a timeline in which attributes changed that the admins keep to themselves."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from domain.attributes import SyncState
from domain.events import ContactEvent, EventKind, State, ValueChange, ValueStanding
from domain.values import TextValue
from graph.timeline_events import contact_event
from tests.builders import MORNING, a_contact, a_definition, an_organization, held
from tests.conftest import Commands, World
from tests.graph.asking_graphql import Answer, ask, contact_gid, refused
from tests.graph.cases.selections import VALUE
from tests.graph.test_operation_costs import commands_of
from tests.happening import BIO, STATES, add_events

SOLVENCY = ValueChange(None, held("solvency", TextValue("doubtful")))
RISK = ValueChange(held("risk", TextValue("slight")), held("risk", TextValue("grave"), version=2))
SECRETS = ("solvency", "doubtful", "risk", "slight", "grave")
"""Any word of which in an agent's answer is a leak."""
CHANGED, STOOD = EventKind.VALUES_CHANGED, EventKind.SYNC_CHANGED

# What happened, newest first, and of which attributes an agent is told; None where nothing is.
HAPPENED: list[tuple[EventKind, Sequence[ValueChange], list[str] | None]] = [
    (CHANGED, [RISK], None),
    (STOOD, [RISK], None),
    (CHANGED, [SOLVENCY, RISK], None),
    (STOOD, [BIO], ["bio"]),
    (EventKind.CONTACTS_MERGED, [SOLVENCY], []),
    (CHANGED, [SOLVENCY, BIO, RISK], ["bio"]),
    (CHANGED, [SOLVENCY], None),
    (EventKind.VIP_CLEARED, [], []),
    (CHANGED, [RISK], None),
    (CHANGED, [SOLVENCY], None),
    (CHANGED, [BIO], ["bio"]),
    (EventKind.CONTACTS_UNMERGED, [BIO, SOLVENCY], ["bio"]),
    (CHANGED, [SOLVENCY], None),
    (EventKind.CONTACT_CREATED, [SOLVENCY, BIO], ["bio"]),
    (CHANGED, [RISK], None),
    (STOOD, [SOLVENCY], None),
]


def states(kind: EventKind, values: Sequence[ValueChange]) -> tuple[State, State]:
    if kind is not STOOD:
        return STATES[kind][:2]
    definition_id = values[0].after.definition_id
    return None, ValueStanding(definition_id, SyncState.REJECTED, f"{definition_id} cannot be that.")


EVENTS = [
    ContactEvent(
        # Three of each moment: many a page ends among equals.
        *(f"e{99 - number}", "c1", MORNING - timedelta(minutes=number // 3), kind, "jo", *states(kind, values)),
        values=() if kind is STOOD else tuple(values),
    )
    for number, (kind, values, _) in enumerate(HAPPENED)
]
IDS = [contact_event(each).id for each in EVENTS]
KEYS_OF_AN_ADMIN = {
    event_id: [each.after.definition_id.removeprefix("d-") for each in values]
    for event_id, (_, values, _) in zip(IDS, HAPPENED, strict=True)
}
KEYS_OF_AN_AGENT = {each: keys for each, (_, _, keys) in zip(IDS, HAPPENED, strict=True) if keys is not None}

CHANGES = f"changes {{ definition {{ key label }} before {VALUE[5:]} after {VALUE[5:]} }}"
NODE = f"""__typename id
  ... on ContactCreatedEvent {{ {CHANGES} }} ... on AttributesChangedEvent {{ {CHANGES} }}
  ... on ContactsMergedEvent {{ {CHANGES} }} ... on ContactsUnmergedEvent {{ {CHANGES} }}
  ... on AttributeSyncChangedEvent {{ definition {{ key label }} syncBefore syncAfter crmMessage }}"""
PAGE = f"""query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {{
  contact(id: $id) {{ timeline(first: $first, after: $after, last: $last, before: $before) {{
    totalCount nodes {{ {NODE} }} edges {{ cursor node {{ id }} }}
    pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }}
  }} }}
}}"""


@pytest.fixture(autouse=True)
async def secrets(world: World) -> None:
    """A contact with a timeline, and one without."""
    hidden = [a_definition(each, position=40, is_admin_only=True) for each in ("solvency", "risk")]
    await world.add_organization(an_organization("acme"), [], hidden)
    await world.add_contacts(a_contact("c1"), a_contact("c2"))
    await add_events(world, *EVENTS)


async def page(world: World, agent: str = "jo", **arguments: Any) -> Answer:
    data = await ask(world, PAGE, {"id": contact_gid("c1"), **arguments}, agent=agent)
    found: Answer = data["contact"]["timeline"]
    edges = found["edges"]
    assert [each["node"]["id"] for each in edges] == ids_of(found)
    places = (found["pageInfo"]["startCursor"], found["pageInfo"]["endCursor"])
    assert places == ((edges[0]["cursor"], edges[-1]["cursor"]) if edges else (None, None))
    return found


def ids_of(found: Answer) -> list[str]:
    return [each["id"] for each in found["nodes"]]


def keys_of(nodes: list[Answer]) -> dict[str, list[str]]:
    """Return the attributes of which each event tells."""

    def about(node: Answer) -> list[Answer]:
        found: list[Answer] = [node] if "definition" in node else node.get("changes", [])
        return found

    return {each["id"]: [of["definition"]["key"] for of in about(each)] for each in nodes}


async def test_an_agent_is_told_what_else_happened_and_an_admin_all(world: World) -> None:
    everything = await page(world, "ada")
    assert (ids_of(everything), everything["totalCount"]) == (IDS, len(IDS))
    assert keys_of(everything["nodes"]) == KEYS_OF_AN_ADMIN
    assert [each for each in SECRETS if each not in json.dumps(everything)] == []
    told = await page(world)
    assert (ids_of(told), told["totalCount"]) == (list(KEYS_OF_AN_AGENT), len(KEYS_OF_AN_AGENT))
    assert keys_of(told["nodes"]) == KEYS_OF_AN_AGENT
    assert [each for each in SECRETS if each in json.dumps(told).lower()] == []


async def test_by_its_id_an_event_is_told_as_in_the_list(world: World) -> None:
    query = f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ {NODE} }} }}"
    listed = {agent: {each["id"]: each for each in (await page(world, agent))["nodes"]} for agent in ("jo", "ada")}
    for agent, nodes in listed.items():
        assert (await ask(world, query, {"ids": IDS}, agent=agent))["nodes"] == [nodes.get(each) for each in IDS]


@pytest.mark.parametrize("size", [1, 3])
async def test_every_page_of_an_agent_is_full(world: World, size: int) -> None:
    """From a place that only an admin could have been given, too: nothing tells that it was hidden."""
    whole = list(KEYS_OF_AN_AGENT)
    cursors = {each["node"]["id"]: each["cursor"] for each in (await page(world, "ada"))["edges"]}
    for number, each in enumerate(IDS):
        newer = [other for other in IDS[:number] if other in whole]
        older = [other for other in IDS[number + 1 :] if other in whole]
        own = each in whole
        forward = await page(world, first=size, after=cursors[each])
        assert ids_of(forward) == older[:size]
        info = forward["pageInfo"]
        assert (info["hasNextPage"], info["hasPreviousPage"]) == (len(older) > size, bool(newer) or own)
        backward = await page(world, last=size, before=cursors[each])
        assert ids_of(backward) == newer[-size:]
        info = backward["pageInfo"]
        assert (info["hasNextPage"], info["hasPreviousPage"]) == (bool(older) or own, len(newer) > size)


async def test_timelines_of_a_page_of_contacts_are_one_command_and_their_counts_another(
    world: World, commands: Commands
) -> None:
    query = "{ contacts { nodes { timeline(first: 2) { nodes { __typename } %s } } } }"
    found = [("find", "contacts"), ("aggregate", "1")]
    assert await commands_of(world, commands, query % "", {}) == found
    assert await commands_of(world, commands, query % "totalCount", {}) == [*found, ("aggregate", "1")]


@pytest.mark.parametrize("cursor", ["", "x", "WyJub3RlIiwxNzk1NDI0NDAwMDAwLCJuMSJd"])
async def test_what_is_no_cursor_of_a_timeline_is_refused(world: World, cursor: str) -> None:
    mistake = await refused(world, PAGE, {"id": contact_gid("c1"), "after": cursor})
    assert (mistake.code, mistake.path) == ("BAD_USER_INPUT", ("contact", "timeline"))


async def test_a_contact_to_whom_nothing_happened_has_an_empty_timeline(world: World) -> None:
    data = await ask(world, PAGE, {"id": contact_gid("c2")})
    page_info = {"hasNextPage": False, "hasPreviousPage": False, "startCursor": None, "endCursor": None}
    assert data["contact"]["timeline"] == {"totalCount": 0, "nodes": [], "edges": [], "pageInfo": page_info}
