"""Every ending of every mutation, as the schema lists them: each is reached, and each failure wrote nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from domain import capabilities
from domain.agents import Plan
from domain.capabilities import Capability
from domain.values import TextValue
from domain.vip import VipStatus
from tests.builders import MORNING, a_contact, a_note, an_agent, held
from tests.conftest import World
from tests.graph.asking_graphql import Answer, absent_id, contact_gid, make_organization, note_gid, the_schema
from tests.graph.mutations import change, failure, unchanged
from tests.test_schema_file import result_unions

GOOD: Mapping[str, Answer] = {
    "contactNoteAdd": {"contactId": contact_gid("c1"), "body": "Call back."},
    "contactNoteEdit": {"noteId": note_gid("n1"), "body": "Prefers evenings."},
    "contactNoteDelete": {"noteId": note_gid("n1")},
    "contactVipSet": {"contactId": contact_gid("c1"), "reason": "Ambassador"},
    "contactVipClear": {"contactId": contact_gid("c1")},
    "contactAttributeSet": {"contactId": contact_gid("c1"), "key": "bio", "value": {"text": "New."}},
    "contactAttributeClear": {"contactId": contact_gid("c1"), "key": "bio"},
}
"""For each mutation an input that changes something."""

OTHER: Mapping[str, Answer] = {
    "contactNoteAdd": {"body": "Call back!"},
    "contactNoteEdit": {"body": "Prefers noon."},
    "contactNoteDelete": {"version": 1},
    "contactVipSet": {"reason": None},
    "contactVipClear": {"version": 1},
    "contactAttributeSet": {"value": {"text": "Newer."}},
    "contactAttributeClear": {"key": "newsletter"},
}
"""What makes another input of it."""

MUTATIONS = list(GOOD)
WITH_VERSION = [each for each in MUTATIONS if each != "contactNoteAdd"]
OF_ATTRIBUTES = [each for each in MUTATIONS if each.startswith("contactAttribute")]

NOT_FOUND = {each: ["input", "noteId" if "noteId" in given else "contactId"] for each, given in GOOD.items()}


async def fill(world: World, organization: str = "acme") -> None:
    """Make a contact who is a VIP, has a bio, and has a note."""
    bio = held("bio", TextValue("Old."))
    if organization != "acme":
        bio = bio.__class__(f"{organization}-d-bio", bio.value, bio.provenance, 1)
    contact = a_contact("c1", values=(bio,), vip=VipStatus(MORNING, "ada", None, None), note_count=1)
    await world.add_contacts(contact, organization_id=organization)
    await world.add_notes(a_note("c1", id="n1"), organization_id=organization)


ENDINGS = {
    "Success": MUTATIONS,
    "ValidationFailed": MUTATIONS,
    "NotFound": MUTATIONS,
    "Conflict": WITH_VERSION,
    "Forbidden": [each for each in MUTATIONS if each not in OF_ATTRIBUTES],
    "AttributeLocked": OF_ATTRIBUTES,
    "IdempotencyKeyReused": MUTATIONS,
}
"""Which mutations the tests below bring to which ending."""


def test_the_endings_that_are_tested_are_those_of_the_schema() -> None:
    tested = {
        name: {
            each.replace("Success", f"{name[0].upper()}{name[1:]}Success") for each in ENDINGS if name in ENDINGS[each]
        }
        for name in MUTATIONS
    }
    assert tested == {name: {each.name for each in of} for name, of in result_unions(the_schema()._schema).items()}


@pytest.mark.parametrize("name", ENDINGS["Success"])
async def test_a_success_changes_something_and_leaves_a_trace(world: World, name: str) -> None:
    await fill(world)
    before = await world.snapshot()
    answer = await change(world, name, GOOD[name])
    assert answer["__typename"] == f"{name[0].upper()}{name[1:]}Success"
    after = await world.snapshot()
    assert len(after["contactEvents"]) == len(before["contactEvents"]) + 1
    assert (after["agents"], after["attributeDefinitions"]) == (before["agents"], before["attributeDefinitions"])
    assert after["idempotentAnswers"] == []


@pytest.mark.parametrize("name", ENDINGS["ValidationFailed"])
async def test_an_idempotency_key_that_cannot_be_kept_is_refused(world: World, name: str) -> None:
    await fill(world)
    forbidden = dict.fromkeys(("a\x00", "a\ud800"), "FORBIDDEN_CHARACTER")
    for key, code in {"": "BLANK", " ": "BLANK", "k" * 201: "TOO_LONG", **forbidden}.items():
        answer = await unchanged(world, name, {**GOOD[name], "idempotencyKey": key})
        assert failure(answer) == ("ValidationFailed", code, ["input", "idempotencyKey"])


@pytest.mark.parametrize("name", ENDINGS["NotFound"])
async def test_what_is_not_there_is_not_found(world: World, name: str) -> None:
    await fill(world)
    argument = NOT_FOUND[name][1]
    absent = (note_gid if argument == "noteId" else contact_gid)(absent_id())
    answer = await unchanged(world, name, {**GOOD[name], argument: absent})
    assert failure(answer) == ("NotFound", "NOT_FOUND", ["input", argument])


@pytest.mark.parametrize("name", ENDINGS["Conflict"])
async def test_a_stale_version_is_a_conflict_with_the_current_object(world: World, name: str) -> None:
    await fill(world)
    answer = await unchanged(world, name, {**GOOD[name], "version": 7})
    assert failure(answer) == ("Conflict", "CONFLICT", ["input", "version"])
    assert answer["current"]["version"] == 1
    kind = "CustomAttribute" if name in OF_ATTRIBUTES else "ContactNote" if "Note" in name else "Contact"
    assert answer["current"]["__typename"] == kind


@pytest.mark.parametrize("name", ENDINGS["Forbidden"])
async def test_a_plan_that_does_not_include_it_is_said_before_anything_is_looked_for(
    world: World, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    # Every plan has VIP today; should one lose it, the mutations must ask the same table.
    only_enterprise: Mapping[Capability, Any] = dict.fromkeys(Capability, frozenset({Plan.ENTERPRISE}))
    for capability, plans in only_enterprise.items():
        monkeypatch.setitem(capabilities.PLANS_WITH, capability, plans)
    await make_organization(world, "nord", an_agent("al"), plan=Plan.TEAM)
    await fill(world, "nord")
    absent = contact_gid(absent_id())
    for given in (GOOD[name], {**GOOD[name], **({"contactId": absent} if "contactId" in GOOD[name] else {})}):
        answer = await unchanged(world, name, given, agent="al", organization="nord")
        assert failure(answer) == ("Forbidden", "FORBIDDEN_BY_PLAN", [])
        assert (answer["barrier"], answer["plans"], answer["roles"]) == ("PLAN", ["ENTERPRISE"], ["AGENT", "ADMIN"])
        assert answer["capability"] == ("WRITE_NOTES" if "Note" in name else "SET_VIP")


@pytest.mark.parametrize("name", [each for each in MUTATIONS if "Note" in each])
async def test_a_small_plan_writes_no_notes(world: World, name: str) -> None:
    await make_organization(world, "nord", an_agent("al"), plan=Plan.TEAM)
    await fill(world, "nord")
    answer = await unchanged(world, name, GOOD[name], agent="al", organization="nord")
    assert failure(answer) == ("Forbidden", "FORBIDDEN_BY_PLAN", [])
    assert answer["plans"] == ["BUSINESS", "ADVANCED", "ENTERPRISE"]


@pytest.mark.parametrize("name", ENDINGS["AttributeLocked"])
async def test_a_locked_attribute_is_said_before_the_contact_is_looked_for(world: World, name: str) -> None:
    await fill(world)
    for contact_id in (contact_gid("c1"), contact_gid(absent_id())):
        answer = await unchanged(world, name, {**GOOD[name], "contactId": contact_id, "key": "rank"})
        assert failure(answer) == ("AttributeLocked", "ATTRIBUTE_LOCKED", ["input", "key"])
        assert answer["reason"] == "ROLE"


@pytest.mark.parametrize("name", ENDINGS["IdempotencyKeyReused"])
async def test_a_key_that_came_with_another_input_is_refused(world: World, name: str) -> None:
    await fill(world)
    await change(world, name, {**GOOD[name], "idempotencyKey": "k1"})
    answer = await unchanged(world, name, {**GOOD[name], **OTHER[name], "idempotencyKey": "k1"})
    assert failure(answer) == ("IdempotencyKeyReused", "IDEMPOTENCY_KEY_REUSED", ["input", "idempotencyKey"])


@pytest.mark.parametrize("name", MUTATIONS)
async def test_a_repetition_with_its_key_changes_nothing_and_is_answered_as_the_first(world: World, name: str) -> None:
    await fill(world)
    given = {**GOOD[name], "idempotencyKey": " k1 "}
    first = await change(world, name, given)
    assert await unchanged(world, name, given) == first


@pytest.mark.parametrize("name", MUTATIONS)
async def test_a_key_of_one_mutation_is_not_to_be_used_with_another(world: World, name: str) -> None:
    await fill(world)
    following = MUTATIONS[(MUTATIONS.index(name) + 1) % len(MUTATIONS)]
    await change(world, name, {**GOOD[name], "idempotencyKey": "k1"})
    answer = await unchanged(world, following, {**GOOD[following], "idempotencyKey": "k1"})
    assert failure(answer) == ("IdempotencyKeyReused", "IDEMPOTENCY_KEY_REUSED", ["input", "idempotencyKey"])


async def test_a_key_is_the_agents_own(world: World) -> None:
    await fill(world)
    given = {**GOOD["contactNoteAdd"], "idempotencyKey": "k1"}
    answers = [await change(world, "contactNoteAdd", given, agent=agent) for agent in ("jo", "ada", "jo")]
    assert answers[0]["noteEdge"] == answers[2]["noteEdge"]
    assert answers[1]["noteEdge"]["node"]["author"] == {"name": "Ada"}


async def test_what_failed_is_not_remembered(world: World) -> None:
    """The input that was mended, or the same one when it can succeed, may come with the same key."""
    await fill(world)
    await unchanged(world, "contactNoteAdd", {**GOOD["contactNoteAdd"], "body": "", "idempotencyKey": "k1"})
    stale = {**GOOD["contactNoteEdit"], "version": 2, "idempotencyKey": "k1"}
    assert (await unchanged(world, "contactNoteEdit", stale))["__typename"] == "Conflict"
    await change(world, "contactNoteEdit", GOOD["contactNoteEdit"])
    answer = await change(world, "contactNoteEdit", {**stale, "body": "Third."})
    assert answer["note"]["version"] == 3
