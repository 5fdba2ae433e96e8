"""Nothing crosses an organization: what is another's is answered like what does not exist, wherever it is named."""

from __future__ import annotations

from dataclasses import replace

import pytest
import pytest_asyncio

from domain.agents import Plan
from domain.definitions import Option, ValueType
from domain.values import TextValue
from tests.builders import a_contact, a_definition, a_note, an_identity, an_organization, held
from tests.conftest import EmptyDatabase, Stored, World, put_organizations
from tests.graph.asking_graphql import Asked, absent_id, ask, execute, execute_in
from tests.graph.cases.tenancy import ACME, NOBODY, OTHER, Case, Tenant, gid, places
from tests.graph.mutations import MODULES, MUTATIONS, document

CASES: dict[str, Case] = {place: case for each in MODULES for place, case in getattr(each, "TENANCY", {}).items()}
NAMES_NOTHING: set[str] = {place for each in MODULES for place in getattr(each, "NAMES_NOTHING", ())}
FOR_ADMINS: set[str] = {place for each in MODULES for place in getattr(each, "FOR_ADMINS", ())}


async def fill(world: World) -> None:
    """Two organizations that may do everything and have the same things, by other names."""
    await put_organizations(world)
    for tenant in (ACME, OTHER):
        org = tenant.organization
        options = (Option(f"{org}-option", "Theirs"),)
        secret = replace(
            a_definition(f"secret_{org}", ValueType.SELECT, position=20, options=options), id=f"{org}-secret"
        )
        many = replace(
            a_definition(f"many_{org}", ValueType.MULTI_SELECT, position=21, options=options), id=f"{org}-many"
        )
        await world.add_organization(an_organization(org, plan=Plan.ENTERPRISE), [], [secret, many])
        bio = replace(held("bio", TextValue(f"Of {org}")), definition_id="d-bio" if tenant is ACME else "other-d-bio")
        contact = a_contact(tenant.contact(), name=org, identities=(an_identity(org),), values=(bio,), note_count=1)
        await world.add_contacts(contact, organization_id=org)
        await world.add_notes(
            a_note(tenant.contact(), f"Of {org}", id=f"{org}-n", author_id=tenant.agent), organization_id=org
        )
        for module in MODULES:
            if fill_tenant := getattr(module, "fill_tenant", None):
                await fill_tenant(world, tenant)


@pytest_asyncio.fixture(scope="module")
async def tenants(mongodb_uri: str, test_database: EmptyDatabase) -> Stored:
    return await Stored.of(mongodb_uri, f"{test_database.name}_tenants", fill)


@pytest.fixture(autouse=True)
def both(world: World, test_database: EmptyDatabase, tenants: Stored) -> None:
    test_database.empty()
    tenants.copy_to(test_database)


def test_every_place_where_something_can_be_named_has_a_case() -> None:
    keys = {each for each in places() if each.endswith(".idempotencyKey")}
    assert len(keys) == len(MUTATIONS)
    assert places() - keys == set(CASES) | NAMES_NOTHING


async def asked_by(world: World, me: Tenant, place: str, them: Tenant) -> Asked:
    query, variables = CASES[place](me, them)
    agent = me.admin if place in FOR_ADMINS else me.agent
    return await execute(world, query, variables, agent=agent, organization=me.organization)


@pytest.mark.parametrize(("me", "them"), [(ACME, OTHER), (OTHER, ACME)], ids=["acme asks", "other asks"])
async def test_what_is_anothers_is_answered_like_what_does_not_exist(world: World, me: Tenant, them: Tenant) -> None:
    before = await world.snapshot()
    for place in CASES:
        answer = await asked_by(world, me, place, them)
        assert answer == await asked_by(world, me, place, NOBODY), place
        assert answer.mistakes == (), place
        assert them.organization not in str(answer.data), place
        assert await world.snapshot() == before, place


@pytest.mark.parametrize("place", [each for each in CASES if not each.endswith(("(after)", "(before)"))])
async def test_the_same_question_about_ones_own_is_answered(world: World, place: str) -> None:
    """Without this, a case that names nothing at all would pass above."""
    own = await asked_by(world, ACME, place, ACME)
    nobodys = await asked_by(world, ACME, place, NOBODY)
    assert own.mistakes == ()
    assert own != nobodys


@pytest.mark.parametrize(("me", "them"), [(ACME, OTHER), (OTHER, ACME)])
async def test_each_node_of_another_is_null_and_of_ones_own_is_there(world: World, me: Tenant, them: Tenant) -> None:
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    for asker in (me, them):
        data = await ask(world, query, {"ids": me.node_ids()}, agent=asker.agent, organization=asker.organization)
        expected = [{"id": each} for each in me.node_ids()] if asker is me else [None] * len(me.node_ids())
        assert data["nodes"] == expected


async def test_lists_have_ones_own_alone(world: World) -> None:
    query = (
        "{ contacts { totalCount nodes { name notes { totalCount nodes { body } } } } attributeDefinitions { key } }"
    )
    for tenant in (ACME, OTHER):
        data = await ask(world, query, agent=tenant.agent, organization=tenant.organization)
        org = tenant.organization
        notes = {"totalCount": 1, "nodes": [{"body": f"Of {org}"}]}
        assert data["contacts"] == {"totalCount": 1, "nodes": [{"name": org, "notes": notes}]}
        keys = [each["key"] for each in data["attributeDefinitions"]]
        assert [each for each in keys if each.startswith(("secret", "many"))] == [f"secret_{org}", f"many_{org}"]


async def test_one_idempotency_key_in_two_organizations_is_two_keys(world: World) -> None:
    """Even of agents with one id, as a provider of identities might give them."""
    for tenant in (ACME, OTHER):
        context = await world.context(tenant.agent, tenant.organization)
        twin = replace(context, agent=replace(context.agent, id="twin"))
        given = {"contactId": gid("Contact", tenant.contact()), "body": tenant.organization, "idempotencyKey": "k1"}
        for _ in range(2):
            asked = await execute_in(twin, document("contactNoteAdd"), {"input": given})
            assert asked.data is not None
            assert asked.data["contactNoteAdd"]["noteEdge"]["node"]["body"] == tenant.organization
    assert sum(each["isLive"] for each in (await world.snapshot())["contactNotes"]) == 4


async def test_an_identity_may_be_a_contact_of_each_organization(world: World) -> None:
    shared = (an_identity("shared"),)
    for tenant in (ACME, OTHER):
        made = a_contact(absent_id(), name=f"Shared of {tenant.organization}", identities=shared)
        await world.add_contacts(made, organization_id=tenant.organization)
    query = '{ contactByIdentity(network: TWITTER, externalId: "shared") { name } }'
    for tenant in (ACME, OTHER):
        data = await ask(world, query, agent=tenant.agent, organization=tenant.organization)
        assert data == {"contactByIdentity": {"name": f"Shared of {tenant.organization}"}}
