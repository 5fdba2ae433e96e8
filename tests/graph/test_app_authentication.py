"""Who gets in, over the whole application: a stranger is told why, and nothing else; the database says who may what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import httpx
import jwt
import pytest

from domain.agents import Plan, Role
from domain.ids import new_id
from graph.settings import Settings
from tests.builders import a_contact, a_note, an_agent, an_identity, an_organization, held
from tests.conftest import World
from tests.graph.apps import SECRET, ask, bearer, eventually, served
from tests.graph.conftest import App

VIEWER = "{ viewer { name role organization { name plan } capabilities } }"
ADD = (
    'mutation ($id: ID!) { contactNoteAdd(input: { contactId: $id, body: "Hello." }) { __typename '
    "... on Forbidden { barrier } } }"
)
GET_A_NEW_ONE = "The token is not valid: get a new one and repeat the request."
NOBODY_HERE = "The token names nobody here: ask an admin of the organization to add you as an agent."


def unsigned() -> dict[str, str]:
    token = jwt.encode({"sub": "jo", "org": "acme", "exp": 2_000_000_000}, "", algorithm="none")
    return {"authorization": f"Bearer {token}"}


def tampered() -> dict[str, str]:
    """A token of `jo` with the payload of `ada`, the administrator."""
    head, _, signature = bearer()["authorization"].split(".")
    _, payload, _ = bearer("ada")["authorization"].split(".")
    return {"authorization": f"{head}.{payload}.{signature}"}


# Made when the test runs: a whole run may outlast a token.
STRANGERS: dict[str, tuple[Callable[[], dict[str, str]], str]] = {
    "no token": (dict, "Sign in: send the header `Authorization: Bearer <token>`."),
    "another scheme": (
        lambda: {"authorization": "Basic am86am8="},
        "The Authorization header must read `Bearer <token>`, with one token.",
    ),
    "garbage": (lambda: {"authorization": "Bearer garbage"}, GET_A_NEW_ONE),
    "an unsigned token": (unsigned, GET_A_NEW_ONE),
    "a tampered token": (tampered, GET_A_NEW_ONE),
    "another secret": (lambda: bearer(secret="another secret, of 32 bytes or more"), GET_A_NEW_ONE),
    "an expired token": (
        lambda: bearer(life=timedelta(minutes=-1)),
        "The token has expired: get a new one and repeat the request.",
    ),
    "an unknown agent": (lambda: bearer("nobody"), NOBODY_HERE),
    "an agent of another organization": (lambda: bearer("mo", "acme"), NOBODY_HERE),
    "an organization that the agent is not in": (lambda: bearer("jo", "other"), NOBODY_HERE),
    "an unknown organization": (lambda: bearer("jo", "nowhere"), NOBODY_HERE),
    "an organization's name for its id": (lambda: bearer("jo", "Acme Ltd"), NOBODY_HERE),
    "an inactive agent": (lambda: bearer("gone"), "Your account is not active: ask an admin of the organization."),
    "a token without an organization": (
        lambda: bearer(organization_claim="tenant"),
        "The token lacks the claim `org`: get one which carries it.",
    ),
}


@pytest.mark.parametrize(("sign", "message"), STRANGERS.values(), ids=STRANGERS.keys())
async def test_a_stranger_is_told_why_and_nothing_else(
    sign: Callable[[], Mapping[str, str]], message: str, app: App, world: World
) -> None:
    contact = a_contact(identities=(an_identity(),))
    await world.add_contacts(contact)
    before = await world.snapshot()
    for query in (VIEWER, ADD, "{ contacts { nodes { name } } }", "{ __schema { types { name } } }", "{"):
        answer = await app.client.post("/graphql", json={"query": query, "variables": {"id": "x"}}, headers=sign())
        refusal = {"errors": [{"message": message, "extensions": {"code": "UNAUTHENTICATED"}}]}
        assert (answer.status_code, answer.json()) == (401, refusal)
        assert answer.headers["www-authenticate"] == "Bearer"
    assert await world.snapshot() == before


async def test_an_agent_is_known_by_the_token(app: App) -> None:
    assert (await ask(app.client, VIEWER))["viewer"] == {
        "name": "Jo",
        "role": "AGENT",
        "organization": {"name": "Acme Ltd", "plan": "ENTERPRISE"},
        "capabilities": [
            "SET_VIP",
            "WRITE_NOTES",
            "FILL_ATTRIBUTES",
            "USE_CRM",
            "EDIT_CONTACTS",
            "HANDLE_CONVERSATIONS",
        ],
    }
    theirs = await ask(app.client, VIEWER, headers=bearer("eve", "other"))
    assert theirs["viewer"]["organization"] == {"name": "Other Ltd", "plan": "BUSINESS"}


async def test_role_and_plan_in_the_token_count_for_nothing(app: App) -> None:
    claims = {"sub": "jo", "org": "acme", "exp": 2_000_000_000, "role": "ADMIN", "plan": "PROFESSIONAL"}
    forged = {"authorization": f"Bearer {jwt.encode(claims, SECRET, algorithm='HS256')}"}
    viewer = (await ask(app.client, "{ viewer { role organization { plan } } }", headers=forged))["viewer"]
    assert viewer == {"role": "AGENT", "organization": {"plan": "ENTERPRISE"}}


async def test_a_changed_role_and_plan_are_seen_soon(app: App, world: World) -> None:
    async def seen() -> object:
        viewer = (await ask(app.client, VIEWER))["viewer"]
        return viewer["role"], viewer["organization"]["plan"], viewer["capabilities"]

    every = ["SET_VIP", "WRITE_NOTES", "FILL_ATTRIBUTES", "USE_CRM", "EDIT_CONTACTS", "HANDLE_CONVERSATIONS"]
    assert await seen() == ("AGENT", "ENTERPRISE", every)
    await world.add_organization(an_organization(plan=Plan.PROFESSIONAL), [an_agent(role=Role.ADMIN)])
    small = ["SET_VIP", "EDIT_CONTACTS", "HANDLE_CONVERSATIONS"]
    small += ["DELETE_CONTACTS", "MERGE_CONTACTS", "MANAGE_DEFINITIONS", "MANAGE_GROUPS", "MANAGE_TEAMS"]
    await eventually(seen, ("ADMIN", "PROFESSIONAL", small))


async def test_who_is_deactivated_is_out_soon_and_may_come_back(app: App, world: World) -> None:
    async def seen() -> object:
        answer = await app.client.post("/graphql", json={"query": VIEWER}, headers=bearer())
        return answer.status_code

    assert await seen() == 200
    await world.add_organization(an_organization(), [an_agent(is_active=False)])
    await eventually(seen, 401)
    await world.add_organization(an_organization(), [an_agent()])
    await eventually(seen, 200)


async def test_nothing_of_another_organization_is_ever_shown(app: App, world: World) -> None:
    contact = a_contact(name="Secret Person", identities=(an_identity(),), values=(held("bio", None),), note_count=1)
    note = a_note(contact.id, "Secret words.", id=new_id())
    await world.add_contacts(contact)
    await world.add_notes(note)
    by_identity = '{ contactByIdentity(network: TWITTER, externalId: "1001") { id name notes { nodes { id } } } }'
    ours = (await ask(app.client, by_identity))["contactByIdentity"]
    assert ours["name"] == "Secret Person"
    note_id = ours["notes"]["nodes"][0]["id"]

    theirs = bearer("eve", "other")
    everything = (
        'query ($c: ID!, $n: ID!) { contactByIdentity(network: TWITTER, externalId: "1001") { id } '
        "contact(id: $c) { id } node(id: $n) { id } nodes(ids: [$c, $n]) { id } contacts { totalCount nodes { id } } }"
    )
    assert await ask(app.client, everything, {"c": ours["id"], "n": note_id}, theirs) == {
        "contactByIdentity": None,
        "contact": None,
        "node": None,
        "nodes": [None, None],
        "contacts": {"totalCount": 0, "nodes": []},
    }
    before = await world.snapshot()
    added = await ask(app.client, ADD, {"id": ours["id"]}, theirs)
    assert added["contactNoteAdd"]["__typename"] == "NotFound"
    assert await world.snapshot() == before


async def test_issuer_audience_and_claim_of_the_settings_are_asked_for(app: App) -> None:
    strict = Settings(secret=SECRET, issuer="https://login", audience="care", organization_claim="tenant")
    right: dict[str, Any] = {"issuer": "https://login", "audience": "care", "organization_claim": "tenant"}
    async with served(app.uri, app.database, strict) as client:

        async def status(**changes: Any) -> int:
            headers = bearer(**{**right, **changes})
            return (await client.post("/graphql", json={"query": VIEWER}, headers=headers)).status_code

        assert await status() == 200
        assert await status(issuer="https://other") == 401
        assert await status(audience="other") == 401
        assert await status(organization_claim="org") == 401


async def test_a_query_by_get_needs_a_token_as_well(app: App) -> None:
    by_get = httpx.URL("/graphql", params={"query": "{ viewer { name } }"})
    assert (await app.client.get(by_get)).status_code == 401
    answer = await app.client.get(by_get, headers=bearer())
    assert (answer.status_code, answer.json()) == (200, {"data": {"viewer": {"name": "Jo"}}})
