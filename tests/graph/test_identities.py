"""Identities as front ends see them: networks, the primary one first, and who has an identity already."""

from __future__ import annotations

import pytest

from domain.contacts import Network
from graph.nodes import encode_id
from tests.builders import a_contact, an_identity
from tests.conftest import World
from tests.graph.asking_graphql import Answer, ask, contact_gid, execute
from tests.graph.test_operations import document

FIRST = an_identity("1", is_primary=True)
SECOND = an_identity("2", network=Network.YOUTUBE, handle="jr")
BY_IDENTITY = """query ($network: Network!, $id: String!) {
  contactByIdentity(network: $network, externalId: $id) { id } }"""
IDENTITIES = """query ($id: ID!) { contact(id: $id) { version identities {
  id network externalId handle profileUrl isPrimary } } }"""


@pytest.fixture(autouse=True)
async def seeded(world: World) -> None:
    await world.add_contacts(
        a_contact("c1", identities=(SECOND, FIRST)), a_contact("c2", name="Bob", identities=(an_identity("9"),))
    )


def gid(key: str) -> str:
    return encode_id("SocialIdentity", key)


async def identities(world: World) -> Answer:
    found: Answer = (await ask(world, IDENTITIES, {"id": contact_gid("c1")}))["contact"]
    return found


async def test_the_networks_have_what_a_front_end_draws(world: World) -> None:
    networks = {each["network"]: each for each in (await ask(world, document("37-networks")))["networks"]}
    assert set(networks) == {each.value for each in Network}
    assert networks["TWITTER"] == {
        "network": "TWITTER",
        "name": "X",
        "logoKey": "x",
        "profileUrlPattern": "https://x.com/{handle}",
        "handleKind": "USER_NAME",
    }
    assert networks["WEB_CHAT"]["profileUrlPattern"] is None
    assert (networks["EMAIL"]["handleKind"], networks["WHATSAPP"]["handleKind"]) == ("EMAIL", "PHONE")


async def test_the_primary_one_is_first_and_a_profile_follows_the_pattern(world: World) -> None:
    assert (await identities(world))["identities"] == [
        {
            "id": gid("TWITTER:1"),
            "network": "TWITTER",
            "externalId": "1",
            "handle": "jane",
            "profileUrl": "https://x.com/jane",
            "isPrimary": True,
        },
        {
            "id": gid("YOUTUBE:2"),
            "network": "YOUTUBE",
            "externalId": "2",
            "handle": "jr",
            "profileUrl": "https://x.com/jr",
            "isPrimary": False,
        },
    ]


async def test_a_contact_is_found_by_a_number_in_any_usual_form(world: World) -> None:
    add = {"contactId": contact_gid("c1"), "identity": {"network": "SMS", "handle": "(202) 224-3441"}}
    added = await ask(world, document("32-identity-add"), {"input": add})
    assert added["contactIdentityAdd"]["identity"]["externalId"] == "+12022243441"
    for form in ("+12022243441", "+1 202-224-3441", "(202) 224-3441"):
        found = await ask(world, BY_IDENTITY, {"network": "SMS", "id": form})
        assert found == {"contactByIdentity": {"id": contact_gid("c1")}}, form


async def test_who_has_an_identity_already_is_said(world: World) -> None:
    async def add(external_id: str) -> Answer:
        given = {"contactId": contact_gid("c1"), "identity": {"network": "TWITTER", "externalId": external_id}}
        answer: Answer = (await ask(world, document("32-identity-add"), {"input": given}))["contactIdentityAdd"]
        return answer

    before = await world.snapshot()
    assert await add("9") == {
        "__typename": "IdentityTaken",
        "contact": {"id": contact_gid("c2"), "name": "Bob"},
        "code": "IDENTITY_TAKEN",
        "message": "Bob has this identity already.",
        "path": ["input", "identity"],
    }
    own = await add("1")
    assert (own["__typename"], own["contact"]["id"]) == ("IdentityTaken", contact_gid("c1"))
    assert own["message"] == "The contact has this identity already: change it with `contactIdentityUpdate`."
    assert await world.snapshot() == before


async def test_left_out_stays_and_null_empties(world: World) -> None:
    async def update(**given: object) -> Answer:
        named = {"contactId": contact_gid("c1"), "identityId": gid("YOUTUBE:2")}
        answer = await ask(world, document("33-identity-update"), {"input": {**named, **given}})
        found: Answer = answer["contactIdentityUpdate"]
        return found

    first = (await update(channel="@acme", secondaryIdentifier="Jane R"))["identity"]
    assert (first["channel"], first["secondaryIdentifier"]) == ("@acme", "Jane R")
    second = (await update(channel=None))["identity"]
    assert (second["channel"], second["secondaryIdentifier"], second["handle"]) == (None, "Jane R", "jr")
    # What was told goes, and the pattern takes its place.
    third = (await update(profileUrl=None))["identity"]
    assert third["profileUrl"] == "https://www.youtube.com/channel/2"
    emptied = await update(handle=None)
    assert (emptied["__typename"], emptied["code"]) == ("ValidationFailed", "BLANK")
    assert emptied["path"] == ["input", "handle"]


async def test_the_next_becomes_primary_where_the_primary_is_removed(world: World) -> None:
    given = {"input": {"contactId": contact_gid("c1"), "identityId": gid("TWITTER:1")}}
    answer = (await ask(world, document("34-identity-remove"), given))["contactIdentityRemove"]
    assert answer["removedIdentityId"] == gid("TWITTER:1")
    left = answer["contact"]["identities"]
    assert [(each["id"], each["isPrimary"]) for each in left] == [(gid("YOUTUBE:2"), True)]
    assert await ask(world, BY_IDENTITY, {"network": "TWITTER", "id": "1"}) == {"contactByIdentity": None}


async def test_one_is_made_the_first_of_the_list(world: World) -> None:
    given = {"input": {"contactId": contact_gid("c1"), "identityId": gid("YOUTUBE:2")}}
    answer = (await ask(world, document("35-identity-make-primary"), given))["contactIdentityMakePrimary"]
    assert (answer["identity"]["id"], answer["identity"]["isPrimary"]) == (gid("YOUTUBE:2"), True)
    assert [each["id"] for each in answer["contact"]["identities"]] == [gid("YOUTUBE:2"), gid("TWITTER:1")]


@pytest.mark.parametrize("wrong", ["", "x", contact_gid("c1"), encode_id("SocialIdentity", "NOWHERE:1")])
async def test_what_is_no_identitys_id_is_refused(world: World, wrong: str) -> None:
    before = await world.snapshot()
    for name in ("33-identity-update", "34-identity-remove", "35-identity-make-primary"):
        given = {"contactId": contact_gid("c1"), "identityId": wrong}
        (answer,) = (await ask(world, document(name), {"input": given})).values()
        assert (answer["__typename"], answer["code"]) == ("ValidationFailed", "NOT_AN_ID")
        assert answer["path"] == ["input", "identityId"]
    assert await world.snapshot() == before


async def test_a_contact_is_made_with_its_place_among_all(world: World) -> None:
    given = {
        "name": "Carl Moe",
        "identities": [{"network": "TELEGRAM", "handle": "@carl"}, {"network": "EMAIL", "handle": "carl@example.com"}],
        "values": [{"key": "bio", "value": {"text": "Sails."}}],
    }
    answer = (await ask(world, document("30-contact-create"), {"input": given}))["contactCreate"]
    edge = answer["contactEdge"]
    assert [each["handle"] for each in edge["node"]["identities"]] == ["carl", "carl@example.com"]
    after = "query ($after: String) { contacts(first: 5, after: $after) { nodes { name } } }"
    data = await ask(world, after, {"after": edge["cursor"]})
    # Behind Bob and Carl comes Jane.
    assert data["contacts"]["nodes"] == [{"name": "Jane Roe"}]


async def test_nobody_is_made_where_something_is_wrong(world: World) -> None:
    async def create(**given: object) -> Answer:
        answer = await ask(world, document("30-contact-create"), {"input": {"name": "C", "identities": [], **given}})
        found: Answer = answer["contactCreate"]
        return found

    before = await world.snapshot()
    taken = await create(
        identities=[{"network": "SMS", "handle": "+12022243441"}, {"network": "TWITTER", "externalId": "9"}]
    )
    assert (taken["__typename"], taken["path"]) == ("IdentityTaken", ["input", "identities", "1"])
    values = [{"key": "bio", "value": {"text": "x"}}, {"key": "rank", "value": {"text": "1"}}]
    refused = await create(values=values)
    assert refused["__typename"] == "ValuesRefused"
    assert [(each["code"], each["path"][:3]) for each in refused["errors"]] == [
        ("ATTRIBUTE_LOCKED", ["input", "values", "1"])
    ]
    assert await world.snapshot() == before
    asked = await execute(world, document("30-contact-create"), {"input": {"name": "C"}})
    assert [each.code for each in asked.mistakes] == ["BAD_USER_INPUT"]
