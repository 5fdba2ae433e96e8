"""Every ending of every mutation, as the schema lists them: each is reached, and each failure wrote nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from domain import capabilities
from domain.agents import Plan, Role
from domain.capabilities import ROLES_WITH, Capability
from domain.values import TextValue
from domain.vip import VipStatus
from graph.nodes import encode_id
from tests.builders import MORNING, a_contact, a_note, an_agent, held
from tests.conftest import World
from tests.graph.asking_graphql import Answer, absent_id, contact_gid, make_organization, note_gid, the_schema
from tests.graph.mutations import MUTATIONS, change, failure, unchanged
from tests.test_schema_file import result_unions

NAMES = list(MUTATIONS)
WITH_MISSING = [each.name for each in MUTATIONS.values() if each.missing]
WITH_VERSION = [each.name for each in MUTATIONS.values() if each.current]
FORBIDDEN = [each.name for each in MUTATIONS.values() if each.capability]
FOR_ADMINS = [each.name for each in MUTATIONS.values() if each.role is Role.ADMIN]
LOCKED = [each.name for each in MUTATIONS.values() if each.is_locked]


def good(name: str, /, **more: Any) -> Answer:
    return {**MUTATIONS[name].good, **more}


async def fill(world: World, name: str, organization: str = "acme") -> None:
    """Make a contact who is a VIP, has a bio, and has a note; and what else the mutation needs."""
    bio = held("bio", TextValue("Old."))
    if organization != "acme":
        bio = bio.__class__(f"{organization}-d-bio", bio.value, bio.provenance, 1)
    contact = a_contact("c1", values=(bio,), vip=VipStatus(MORNING, "ada", None, None), note_count=1)
    await world.add_contacts(contact, organization_id=organization)
    await world.add_notes(a_note("c1", id="n1"), organization_id=organization)
    await MUTATIONS[name].prepare(world, organization)


def test_the_endings_that_are_tested_are_those_of_the_schema() -> None:
    tested = {name: case.endings for name, case in MUTATIONS.items()}
    assert tested == {name: {each.name for each in of} for name, of in result_unions(the_schema()._schema).items()}


@pytest.mark.parametrize("name", NAMES)
async def test_a_success_changes_something_and_leaves_a_trace(world: World, name: str) -> None:
    await fill(world, name)
    before = await world.snapshot()
    answer = await change(world, name, good(name), agent="ada")
    assert answer["__typename"] == MUTATIONS[name].success
    after = await world.snapshot()
    assert (after == before) is MUTATIONS[name].is_trial
    assert len(after["contactEvents"]) == len(before["contactEvents"]) + MUTATIONS[name].events
    assert (after["agents"], after["idempotentAnswers"]) == (before["agents"], [])


@pytest.mark.parametrize("name", NAMES)
async def test_an_idempotency_key_that_cannot_be_kept_is_refused(world: World, name: str) -> None:
    await fill(world, name)
    forbidden = dict.fromkeys(("a\x00", "a\ud800"), "FORBIDDEN_CHARACTER")
    for key, code in {"": "BLANK", " ": "BLANK", "k" * 201: "TOO_LONG", **forbidden}.items():
        answer = await unchanged(world, name, good(name, idempotencyKey=key), agent="ada")
        assert failure(answer) == ("ValidationFailed", code, ["input", "idempotencyKey"])


@pytest.mark.parametrize("name", WITH_MISSING)
async def test_what_is_not_there_is_not_found(world: World, name: str) -> None:
    await fill(world, name)
    argument, kind = MUTATIONS[name].missing or ("", "")
    answer = await unchanged(world, name, good(name, **{argument: encode_id(kind, absent_id())}), agent="ada")
    assert failure(answer) == ("NotFound", "NOT_FOUND", ["input", argument])


@pytest.mark.parametrize("name", WITH_MISSING)
async def test_what_is_no_id_of_the_type_is_refused(world: World, name: str) -> None:
    await fill(world, name)
    argument, _ = MUTATIONS[name].missing or ("", "")
    for wrong in ("nonsense", encode_id("Organization", "acme")):
        answer = await unchanged(world, name, good(name, **{argument: wrong}), agent="ada")
        assert failure(answer) == ("ValidationFailed", "NOT_AN_ID", ["input", argument])


@pytest.mark.parametrize("name", WITH_VERSION)
async def test_a_stale_version_is_a_conflict_with_the_current_object(world: World, name: str) -> None:
    await fill(world, name)
    answer = await unchanged(world, name, good(name, version=7), agent="ada")
    assert failure(answer) == ("Conflict", "CONFLICT", ["input", "version"])
    assert answer["current"]["version"] == 1
    expected = MUTATIONS[name].current
    assert answer["current"]["__typename"] == ("CustomAttribute" if expected == "Attribute" else expected)


@pytest.mark.parametrize("name", FORBIDDEN)
async def test_a_plan_that_does_not_include_it_is_said_before_anything_is_looked_for(
    world: World, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    # Every plan has VIP today; should one lose it, the mutations must ask the same table.
    only_enterprise: Mapping[Capability, Any] = dict.fromkeys(Capability, frozenset({Plan.ENTERPRISE}))
    for capability, plans in only_enterprise.items():
        monkeypatch.setitem(capabilities.PLANS_WITH, capability, plans)
    await make_organization(world, "nord", an_agent("al", role=Role.ADMIN), plan=Plan.TEAM)
    await fill(world, name, "nord")
    case = MUTATIONS[name]
    absent = {} if case.missing is None else {case.missing[0]: encode_id(case.missing[1], absent_id())}
    for given in (good(name), good(name, **absent)):
        answer = await unchanged(world, name, given, agent="al", organization="nord")
        assert failure(answer) == ("Forbidden", "FORBIDDEN_BY_PLAN", [])
        assert (answer["barrier"], answer["plans"]) == ("PLAN", ["ENTERPRISE"])
        assert answer["capability"] == case.capability
        assert answer["roles"] == [each.value for each in Role if each in ROLES_WITH[Capability(case.capability)]]


@pytest.mark.parametrize("name", [each for each in NAMES if "Note" in each])
async def test_a_small_plan_writes_no_notes(world: World, name: str) -> None:
    await make_organization(world, "nord", an_agent("al", role=Role.ADMIN), plan=Plan.TEAM)
    await fill(world, name, "nord")
    answer = await unchanged(world, name, good(name), agent="al", organization="nord")
    assert failure(answer) == ("Forbidden", "FORBIDDEN_BY_PLAN", [])
    assert answer["plans"] == ["BUSINESS", "ADVANCED", "ENTERPRISE"]


def test_the_roles_of_the_cases_are_those_of_the_table() -> None:
    by_case = {name: MUTATIONS[name].role is Role.ADMIN for name in FORBIDDEN}
    by_table = {name: ROLES_WITH[Capability(MUTATIONS[name].capability)] == {Role.ADMIN} for name in FORBIDDEN}
    assert by_case == by_table


@pytest.mark.parametrize("name", FOR_ADMINS)
async def test_what_is_an_admins_is_refused_to_an_agent_before_anything_is_looked_for(world: World, name: str) -> None:
    await fill(world, name)
    case = MUTATIONS[name]
    absent = {} if case.missing is None else {case.missing[0]: encode_id(case.missing[1], absent_id())}
    for given in (good(name), good(name, **absent)):
        answer = await unchanged(world, name, given, agent="jo")
        assert failure(answer) == ("Forbidden", "FORBIDDEN_BY_ROLE", [])
        assert (answer["barrier"], answer["capability"], answer["roles"]) == ("ROLE", case.capability, ["ADMIN"])


@pytest.mark.parametrize("name", LOCKED)
async def test_a_locked_attribute_is_said_before_the_contact_is_looked_for(world: World, name: str) -> None:
    await fill(world, name)
    for contact_id in (contact_gid("c1"), contact_gid(absent_id())):
        answer = await unchanged(world, name, good(name, contactId=contact_id, key="rank"))
        assert failure(answer) == ("AttributeLocked", "ATTRIBUTE_LOCKED", ["input", "key"])
        assert answer["reason"] == "ROLE"


@pytest.mark.parametrize("name", NAMES)
async def test_a_key_that_came_with_another_input_is_refused(world: World, name: str) -> None:
    await fill(world, name)
    await change(world, name, good(name, idempotencyKey="k1"), agent="ada")
    given = good(name, **MUTATIONS[name].other, idempotencyKey="k1")
    answer = await unchanged(world, name, given, agent="ada")
    assert failure(answer) == ("IdempotencyKeyReused", "IDEMPOTENCY_KEY_REUSED", ["input", "idempotencyKey"])


@pytest.mark.parametrize("name", NAMES)
async def test_a_repetition_with_its_key_changes_nothing_and_is_answered_as_the_first(world: World, name: str) -> None:
    await fill(world, name)
    given = good(name, idempotencyKey=" k1 ")
    first = await change(world, name, given, agent="ada")
    assert first["__typename"] == MUTATIONS[name].success
    assert await unchanged(world, name, given, agent="ada") == first


@pytest.mark.parametrize("name", FORBIDDEN)
async def test_a_repetition_is_answered_as_the_first_though_it_would_be_refused_by_now(
    world: World, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    await fill(world, name)
    given = good(name, idempotencyKey="k1")
    first = await change(world, name, given, agent="ada")
    monkeypatch.setitem(capabilities.PLANS_WITH, Capability(MUTATIONS[name].capability), frozenset())
    assert await unchanged(world, name, given, agent="ada") == first


@pytest.mark.parametrize("name", NAMES)
async def test_a_key_of_one_mutation_is_not_to_be_used_with_another(world: World, name: str) -> None:
    await fill(world, name)
    following = NAMES[(NAMES.index(name) + 1) % len(NAMES)]
    await change(world, name, good(name, idempotencyKey="k1"), agent="ada")
    answer = await unchanged(world, following, good(following, idempotencyKey="k1"), agent="ada")
    assert failure(answer) == ("IdempotencyKeyReused", "IDEMPOTENCY_KEY_REUSED", ["input", "idempotencyKey"])


async def test_a_key_is_the_agents_own(world: World) -> None:
    await fill(world, "contactNoteAdd")
    given = good("contactNoteAdd", idempotencyKey="k1")
    answers = [await change(world, "contactNoteAdd", given, agent=agent) for agent in ("jo", "ada", "jo")]
    assert answers[0]["noteEdge"] == answers[2]["noteEdge"]
    assert answers[1]["noteEdge"]["node"]["author"] == {"name": "Ada"}


async def test_what_failed_is_not_remembered(world: World) -> None:
    """The input that was mended, or the same one when it can succeed, may come with the same key."""
    await fill(world, "contactNoteAdd")
    await unchanged(world, "contactNoteAdd", good("contactNoteAdd", body="", idempotencyKey="k1"))
    stale = good("contactNoteEdit", version=2, idempotencyKey="k1")
    assert (await unchanged(world, "contactNoteEdit", stale))["__typename"] == "Conflict"
    await change(world, "contactNoteEdit", good("contactNoteEdit"))
    answer = await change(world, "contactNoteEdit", {**stale, "body": "Third."})
    assert answer["note"]["version"] == 3
    assert note_gid("n1") == answer["note"]["id"]
