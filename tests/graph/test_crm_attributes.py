"""The attributes that the CRM manages, as the panel draws them: each with where it stands."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from domain.attributes import CrmSync, HeldValue, Provenance, Source, SyncState
from domain.contacts import ContactValidation, CrmCandidate, LookUpOutcome
from domain.crm import FailureReason
from domain.crm_settings import CrmSettings, DirectoryConnection
from domain.definitions import SyncRule
from domain.values import TextValue
from tests.builders import EVERY_TYPE, MORNING, a_contact, a_definition, an_organization
from tests.conftest import Commands, World
from tests.graph.asking_graphql import MORNING_TEXT, Answer, ask, contact_gid
from tests.graph.cases.crm import connect, put_contact, standing
from tests.graph.cases.selections import LINE, VALIDATION
from tests.graph.mutations import change, failure, unchanged
from tests.graph.test_operation_costs import commands_of
from tests.graph.test_operations import document

NOON = MORNING + timedelta(hours=3)
NOON_TEXT, NEXT_DAY_TEXT = "2026-11-23T12:00:00.000Z", "2026-11-24T09:00:00.000Z"
QUERY = f"query ($id: ID!, $key: String!) {{ contact(id: $id) {{ {VALIDATION} attribute(key: $key) {{ {LINE} }} }} }}"
FIELDS = ("syncState", "syncedAt", "staleAfter", "isStale", "crmMessage", "conflict", "crmRecordUrl")
FOUND = ContactValidation(LookUpOutcome.FOUND, MORNING, "r1", "https://crm.example.com/r1")
NOTHING = dict(zip(FIELDS, (None, None, None, False, None, None, None), strict=True))
SMALL, MEDIUM = {"option": {"id": "size-s"}}, {"option": {"id": "size-m"}}


async def shown(world: World, *values: HeldValue, key: str = "segment", now: datetime = MORNING) -> Answer:
    """Return where the attribute stands of a contact that holds these values."""
    contact = a_contact("c1", values=values, validation=FOUND)
    await put_contact(world, contact)
    data = await ask(world, QUERY, {"id": contact_gid("c1"), "key": key}, now=now)
    line: Answer = data["contact"]["attribute"]
    return {name: line[name] for name in FIELDS}


@pytest.fixture(autouse=True)
async def connected(world: World) -> None:
    await world.add_contacts(a_contact("c1"))
    await connect(world, CrmSettings(1, DirectoryConnection(), refresh_after=timedelta(days=1)))


async def test_what_was_never_exchanged_stands_nowhere(world: World) -> None:
    expected = {**NOTHING, "crmRecordUrl": "https://crm.example.com/r1"}
    assert await shown(world) == expected
    unsynced = replace(standing(SyncState.IN_SYNC, None), sync=None)
    assert await shown(world, unsynced) == expected


@pytest.mark.parametrize(
    ("state", "message", "expected"),
    [
        (SyncState.IN_SYNC, None, {}),
        (SyncState.PENDING, None, {}),
        (SyncState.REJECTED, "No.", {"crmMessage": "No.", "conflict": {"crmChangedAt": None, "rulePrefers": None}}),
        (SyncState.CONFLICT, None, {"conflict": {"crmChangedAt": MORNING_TEXT, "rulePrefers": "CRM"}}),
    ],
)
async def test_each_state_says_what_there_is_to_be_known(
    world: World, state: SyncState, message: str | None, expected: Answer
) -> None:
    sides = {"crmValue": MEDIUM, "localValue": SMALL, "localChangedAt": MORNING_TEXT}
    conflict = {**sides, **expected["conflict"]} if "conflict" in expected else None
    assert await shown(world, standing(state, "Medium", message)) == {
        "syncState": state.value,
        "syncedAt": MORNING_TEXT,
        "staleAfter": NEXT_DAY_TEXT,
        "isStale": False,
        "crmMessage": expected.get("crmMessage"),
        "conflict": conflict,
        "crmRecordUrl": "https://crm.example.com/r1",
    }


async def test_a_value_is_stale_from_then_on_and_shown_all_the_same(world: World) -> None:
    held = standing(SyncState.IN_SYNC, "Small")
    due = MORNING + timedelta(days=1)
    for now, is_stale in ((due, False), (due + timedelta(milliseconds=1), True)):
        found = await shown(world, held, now=now)
        assert (found["isStale"], found["staleAfter"]) == (is_stale, NEXT_DAY_TEXT)
    # The admins decide how old that is.
    await connect(world, CrmSettings(2, DirectoryConnection(), refresh_after=timedelta(hours=1)))
    found = await shown(world, held, now=NOON)
    assert (found["isStale"], found["staleAfter"]) == (True, "2026-11-23T10:00:00.000Z")


async def test_what_agreed_when_the_record_was_read_last_is_as_fresh_as_that(world: World) -> None:
    """Without a write to each value each time; what has yet to be written was not confirmed by it."""
    later = replace(FOUND, asked_at=NOON)
    for state, expected in ((SyncState.IN_SYNC, NOON_TEXT), (SyncState.PENDING, MORNING_TEXT)):
        await put_contact(world, a_contact("c1", values=(standing(state, "Small"),), validation=later))
        data = await ask(world, QUERY, {"id": contact_gid("c1"), "key": "segment"})
        assert data["contact"]["attribute"]["syncedAt"] == expected
    # A look-up that failed confirms nothing.
    failed = replace(later, outcome=LookUpOutcome.FAILED)
    await put_contact(world, a_contact("c1", values=(standing(SyncState.IN_SYNC, "Small"),), validation=failed))
    data = await ask(world, QUERY, {"id": contact_gid("c1"), "key": "segment"})
    assert data["contact"]["attribute"]["syncedAt"] == MORNING_TEXT


@pytest.mark.parametrize(
    ("rule", "field", "crm_value", "prefers"),
    [
        (SyncRule.ALWAYS_CRM, None, None, "CRM"),
        (SyncRule.PREFER_CRM, None, None, "LOCAL"),
        (SyncRule.PREFER_CRM, "Medium", MEDIUM, "CRM"),
        (SyncRule.MOST_RECENT, "Medium", MEDIUM, "CRM"),
        (SyncRule.NEVER, "Medium", MEDIUM, "LOCAL"),
        # Nothing that the attribute could hold is nothing to be taken.
        (SyncRule.ALWAYS_CRM, "Gigantic", None, "LOCAL"),
    ],
)
async def test_a_conflict_says_whose_value_the_rule_would_keep(
    world: World, rule: SyncRule, field: str | None, crm_value: Answer | None, prefers: str
) -> None:
    segment = next(each for each in EVERY_TYPE if each.key == "segment")
    await world.add_organization(an_organization("acme"), [], [replace(segment, sync_rule=rule)])
    conflict = (await shown(world, standing(SyncState.CONFLICT, field)))["conflict"]
    assert (conflict["crmValue"], conflict["localValue"], conflict["rulePrefers"]) == (crm_value, SMALL, prefers)


async def test_a_value_that_was_emptied_here_may_be_in_conflict_too(world: World) -> None:
    emptied = replace(standing(SyncState.CONFLICT, "Medium"), value=None)
    conflict = (await shown(world, emptied))["conflict"]
    assert (conflict["crmValue"], conflict["localValue"]) == (MEDIUM, None)


async def test_an_edit_waits_to_be_written_and_says_so_at_once(world: World) -> None:
    await put_contact(world, a_contact("c1", values=(standing(SyncState.IN_SYNC, "Small"),), validation=FOUND))
    given = {"contactId": contact_gid("c1"), "key": "segment", "value": {"select": "size-m"}, "version": 1}
    line = (await change(world, "contactAttributeSet", given))["attribute"]
    assert (line["syncState"], line["syncedAt"], line["conflict"]) == ("PENDING", MORNING_TEXT, None)
    cleared = await change(world, "contactAttributeClear", {"contactId": contact_gid("c1"), "key": "segment"})
    assert (cleared["attribute"]["syncState"], cleared["attribute"]["isEmpty"]) == ("PENDING", True)
    settings = await ask(world, "{ crmSettings { writesWaiting } }", agent="ada")
    assert settings == {"crmSettings": {"writesWaiting": 1}}


async def test_what_the_crm_alone_may_change_is_refused(world: World) -> None:
    account = HeldValue(
        "d-account", TextValue("A-1"), Provenance(Source.CRM, MORNING), 1, CrmSync(SyncState.IN_SYNC, MORNING, "A-1")
    )
    await put_contact(world, a_contact("c1", values=(account,), validation=FOUND))
    for name, given in (("contactAttributeSet", {"value": {"text": "A-2"}}), ("contactAttributeClear", {})):
        for agent in ("jo", "ada"):
            named = {"contactId": contact_gid("c1"), "key": "account", **given}
            answer = await unchanged(world, name, named, agent=agent)
            assert failure(answer) == ("AttributeLocked", "ATTRIBUTE_LOCKED", ["input", "key"])
            assert answer["reason"] == "CRM_READ_ONLY"


NONE_OF_IT: Answer = {"recordId": None, "recordUrl": None, "failure": None, "retryAt": None, "candidates": []}


@pytest.mark.parametrize(
    ("validation", "expected"),
    [
        (
            FOUND,
            {"isValidated": True, "outcome": "FOUND", "recordId": "r1", "recordUrl": "https://crm.example.com/r1"},
        ),
        (ContactValidation(LookUpOutcome.NOT_FOUND, MORNING), {"isValidated": False, "outcome": "NOT_FOUND"}),
        (
            ContactValidation(
                *(LookUpOutcome.AMBIGUOUS, MORNING),
                candidates=(CrmCandidate("r1", "Jane", "https://crm.example.com/r1"), CrmCandidate("r2", None, None)),
            ),
            {
                "isValidated": False,
                "outcome": "AMBIGUOUS",
                "candidates": [
                    {"recordId": "r1", "name": "Jane", "url": "https://crm.example.com/r1"},
                    {"recordId": "r2", "name": None, "url": None},
                ],
            },
        ),
        (
            ContactValidation(
                *(LookUpOutcome.FAILED, MORNING, "r1", None, ()), failure=FailureReason.TIMED_OUT, retry_at=NOON
            ),
            # What was known is known still.
            {
                "isValidated": True,
                "outcome": "FAILED",
                "recordId": "r1",
                "failure": "TIMED_OUT",
                "retryAt": NOON_TEXT,
            },
        ),
        (
            ContactValidation(LookUpOutcome.FAILED, MORNING, failure=FailureReason.UNAUTHORIZED),
            {"isValidated": False, "outcome": "FAILED", "failure": "UNAUTHORIZED"},
        ),
    ],
)
async def test_the_last_look_up_is_told_whole(world: World, validation: ContactValidation, expected: Answer) -> None:
    await put_contact(world, a_contact("c1", validation=validation))
    data = await ask(world, QUERY, {"id": contact_gid("c1"), "key": "segment"})
    assert data["contact"]["validation"] == {**NONE_OF_IT, "askedAt": MORNING_TEXT, **expected}
    assert data["contact"]["attribute"]["crmRecordUrl"] == validation.record_url


@pytest.mark.parametrize("reason", list(FailureReason))
async def test_each_reason_has_a_name(world: World, reason: FailureReason) -> None:
    validation = ContactValidation(LookUpOutcome.FAILED, MORNING, failure=reason)
    await put_contact(world, a_contact("c1", validation=validation))
    data = await ask(world, QUERY, {"id": contact_gid("c1"), "key": "segment"})
    assert data["contact"]["validation"]["failure"] == reason.value


async def test_what_is_hidden_from_agents_is_hidden_here(world: World) -> None:
    segment = next(each for each in EVERY_TYPE if each.key == "segment")
    hidden = replace(segment, label="Solvency", is_admin_only=True)
    await world.add_organization(an_organization("acme"), [], [hidden])
    held = standing(SyncState.CONFLICT, "Medium")
    await put_contact(world, a_contact("c1", values=(held,), validation=FOUND))
    operation, variables = document("52-crm-attributes"), {"contactId": contact_gid("c1")}
    told = {agent: json.dumps(await ask(world, operation, variables, agent=agent)) for agent in ("jo", "ada")}
    assert [word in told["ada"] for word in ("Solvency", "segment", "CONFLICT", "Medium")] == [True] * 4
    assert [word in told["jo"] for word in ("Solvency", "segment", "CONFLICT", "Medium")] == [False] * 4
    assert "account" in told["jo"]
    given = {"contactId": contact_gid("c1"), "key": "segment", "accept": "CRM"}
    answer = await unchanged(world, "crmConflictResolve", given)
    assert failure(answer) == ("NotFound", "NOT_FOUND", ["input", "key"])
    assert answer == await unchanged(world, "crmConflictResolve", {**given, "key": "shoe"})


async def test_where_all_attributes_stand_costs_one_command(world: World, commands: Commands) -> None:
    values = (standing(SyncState.CONFLICT, "Medium"),)
    await put_contact(world, a_contact("c1", values=values, validation=FOUND))
    asked = await commands_of(world, commands, document("52-crm-attributes"), {"contactId": contact_gid("c1")})
    assert asked == [("find", "contacts")]


async def test_a_value_of_a_text_is_told_as_a_text(world: World) -> None:
    town = a_definition("town", category=EVERY_TYPE[3].category, position=30)
    await world.add_organization(an_organization("acme"), [], [town])
    held = replace(standing(SyncState.CONFLICT, "Rome"), definition_id="d-town", value=TextValue("Bern"))
    conflict = (await shown(world, held, key="town"))["conflict"]
    assert (conflict["crmValue"], conflict["localValue"]) == ({"text": "Rome"}, {"text": "Bern"})
