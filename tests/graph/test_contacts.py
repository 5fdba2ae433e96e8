"""Contacts as they are read: one by its id or an identity, and the list by name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.contacts import ContactValidation, IdentityKey, LookUpOutcome, Network, SocialIdentity
from tests.builders import MORNING, a_contact, an_identity
from tests.conftest import World
from tests.graph.asking_graphql import MORNING_TEXT, absent_id, ask, contact_gid, refused

HEADER = """
  __typename id version name avatarUrl createdAt updatedAt
  validation { __typename isValidated outcome askedAt recordId }
  identities {
    __typename id network externalId handle secondaryIdentifier channel pictureUrl profileUrl isPrimary
  }
"""
ONE = f"query ($id: ID!) {{ contact(id: $id) {{ {HEADER} }} }}"
BY_IDENTITY = (
    "query ($network: Network!, $id: String!) { contactByIdentity(network: $network, externalId: $id) { id } }"
)
NAMES = "query ($first: Int) { contacts(first: $first) { totalCount nodes { name } edges { node { name } } } }"

WHOLE_IDENTITY = SocialIdentity(
    IdentityKey(Network.WHATSAPP, "12022243441"),
    "+1 202-224-3441",
    channel="Support",
    secondary_identifier="Jane R.",
    picture_url="https://cdn.example.com/p.png",
    profile_url="https://wa.me/12022243441",
    is_primary=True,
)


async def test_the_header_is_whole(world: World) -> None:
    contact = replace(
        a_contact(
            "c1",
            name="Jane Roe",
            identities=(WHOLE_IDENTITY, an_identity("7", network=Network.WEB_CHAT, handle="guest")),
            validation=ContactValidation(LookUpOutcome.FOUND, MORNING, "0035g"),
            version=3,
        ),
        avatar_url="https://cdn.example.com/a.png",
    )
    await world.add_contacts(contact)
    assert await ask(world, ONE, {"id": contact_gid("c1")}) == {
        "contact": {
            "__typename": "Contact",
            "id": "Q29udGFjdDpjMQ",
            "version": 3,
            "name": "Jane Roe",
            "avatarUrl": "https://cdn.example.com/a.png",
            "createdAt": MORNING_TEXT,
            "updatedAt": MORNING_TEXT,
            "validation": {
                "__typename": "ContactValidation",
                "isValidated": True,
                "outcome": "FOUND",
                "askedAt": MORNING_TEXT,
                "recordId": "0035g",
            },
            "identities": [
                {
                    "__typename": "SocialIdentity",
                    "id": "U29jaWFsSWRlbnRpdHk6V0hBVFNBUFA6MTIwMjIyNDM0NDE",
                    "network": "WHATSAPP",
                    "externalId": "12022243441",
                    "handle": "+1 202-224-3441",
                    "secondaryIdentifier": "Jane R.",
                    "channel": "Support",
                    "pictureUrl": "https://cdn.example.com/p.png",
                    "profileUrl": "https://wa.me/12022243441",
                    "isPrimary": True,
                },
                {
                    "__typename": "SocialIdentity",
                    "id": "U29jaWFsSWRlbnRpdHk6V0VCX0NIQVQ6Nw",
                    "network": "WEB_CHAT",
                    "externalId": "7",
                    "handle": "guest",
                    "secondaryIdentifier": None,
                    "channel": None,
                    "pictureUrl": None,
                    "profileUrl": "https://x.com/guest",
                    "isPrimary": False,
                },
            ],
        }
    }


async def test_a_contact_of_whom_nothing_is_known_has_empty_lists_and_nulls(world: World) -> None:
    await world.add_contacts(a_contact("c1"))
    query = "query ($id: ID!) { contact(id: $id) { avatarUrl identities { id } vip { since } notes { totalCount } } }"
    data = await ask(world, query, {"id": contact_gid("c1")})
    assert data["contact"] == {"avatarUrl": None, "identities": [], "vip": None, "notes": {"totalCount": 0}}


@pytest.mark.parametrize("outcome", list(LookUpOutcome))
async def test_only_who_was_found_is_validated(world: World, outcome: LookUpOutcome) -> None:
    await world.add_contacts(a_contact("c1", validation=ContactValidation(outcome)))
    query = "query ($id: ID!) { contact(id: $id) { validation { isValidated outcome askedAt recordId } } }"
    data = await ask(world, query, {"id": contact_gid("c1")})
    is_found = outcome is LookUpOutcome.FOUND
    expected = {"isValidated": is_found, "outcome": outcome.value, "askedAt": None, "recordId": None}
    assert data["contact"]["validation"] == expected


async def test_nobody_is_null(world: World) -> None:
    assert await ask(world, ONE, {"id": contact_gid(absent_id())}) == {"contact": None}
    assert await ask(world, BY_IDENTITY, {"network": "TWITTER", "id": "1"}) == {"contactByIdentity": None}


async def test_a_contact_is_found_by_each_of_their_identities(world: World) -> None:
    others = tuple(an_identity("1", network=each) for each in Network)
    await world.add_contacts(a_contact("c1", identities=others), a_contact("c2", identities=(an_identity("2"),)))
    for network in Network:
        found = await ask(world, BY_IDENTITY, {"network": network.value, "id": "1"})
        assert found == {"contactByIdentity": {"id": contact_gid("c1")}}, network


async def test_an_identity_is_that_very_text(world: World) -> None:
    await world.add_contacts(a_contact("c1", identities=(an_identity("1"),)))
    for external_id in ("", "2", "11", "@1", "0", "\u0661", "1\x00", "$ne", "TWITTER:1", "1" * 5_000):
        found = await ask(world, BY_IDENTITY, {"network": "TWITTER", "id": external_id})
        assert found == {"contactByIdentity": None}, external_id


async def test_an_identity_is_of_its_network_alone(world: World) -> None:
    await world.add_contacts(a_contact("c1", identities=(an_identity("1", network=Network.FACEBOOK),)))
    assert await ask(world, BY_IDENTITY, {"network": "INSTAGRAM", "id": "1"}) == {"contactByIdentity": None}


async def test_a_network_that_there_is_not_is_refused(world: World) -> None:
    mistake = await refused(world, BY_IDENTITY, {"network": "MYSPACE", "id": "1"})
    assert (mistake.code, mistake.path) == ("BAD_USER_INPUT", ())


async def test_contacts_are_listed_by_name_without_regard_to_accents_and_case(world: World) -> None:
    names = ["Zoé", "ändi", "Anders", "zoe a", "  Émile", "Ångström", "étienne"]
    await world.add_contacts(*(a_contact(name=each) for each in names))
    data = await ask(world, NAMES)
    in_order = [{"name": each} for each in ("Anders", "ändi", "Ångström", "  Émile", "étienne", "Zoé", "zoe a")]
    assert data["contacts"] == {"totalCount": 7, "nodes": in_order, "edges": [{"node": each} for each in in_order]}


async def test_namesakes_are_listed_by_id(world: World) -> None:
    await world.add_contacts(*(a_contact(each, name="Jane Roe") for each in ("c3", "c1", "c2")))
    data = await ask(world, "{ contacts { nodes { id } } }")
    assert [each["id"] for each in data["contacts"]["nodes"]] == [contact_gid(each) for each in ("c1", "c2", "c3")]


async def test_an_organization_without_contacts_has_an_empty_list(world: World) -> None:
    query = "{ contacts { totalCount nodes { id } edges { cursor } pageInfo { hasNextPage endCursor } } }"
    assert await ask(world, query) == {
        "contacts": {
            "totalCount": 0,
            "nodes": [],
            "edges": [],
            "pageInfo": {"hasNextPage": False, "endCursor": None},
        }
    }


async def test_twenty_contacts_are_listed_where_no_number_is_given_and_all_are_counted(world: World) -> None:
    await world.add_contacts(*(a_contact(name=f"Contact {each:02}") for each in range(23)))
    for variables in ({}, {"first": None}):
        data = await ask(world, NAMES, variables)
        assert data["contacts"]["totalCount"] == 23
        assert [each["name"] for each in data["contacts"]["nodes"]] == [f"Contact {each:02}" for each in range(20)]
