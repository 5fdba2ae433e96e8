"""Agents look contacts up, link them to records and decide conflicts: over real CRMs, whatever those answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from crm.demo_faults import Answering, Switches
from domain.attributes import CrmSync, HeldValue, SyncState
from domain.contacts import Network
from domain.crm_settings import Connection, CrmSettings, Sealed
from domain.definitions import AttributeCategory, ValueRules
from domain.events import EventKind
from domain.values import TextValue
from tests.builders import MORNING, a_contact, a_definition, an_identity, an_organization, held
from tests.conftest import VAULT, World
from tests.crm.serving import ID, KEY, MARIA, RunningCrm
from tests.graph.asking_graphql import NOW_TEXT, Answer, ask, contact_gid
from tests.graph.cases.crm import BY_ACCOUNT, a_record, connect, in_conflict, put_records, standing
from tests.graph.mutations import change, failure, unchanged

STATE = replace(a_definition("state", category=AttributeCategory.CRM, position=30, is_editable=False), is_look_up=True)
PARTY = a_definition("party", category=AttributeCategory.CRM, position=31)
LOOK_UP: Answer = {"contactId": contact_gid("c1")}
TIMELINE = """query ($id: ID!) { contact(id: $id) { timeline { nodes {
  __typename source agent { name }
  ... on ContactLookedUpEvent { outcomeBefore outcomeAfter recordId }
  ... on AttributesChangedEvent { changes { definition { key } } }
  ... on AttributeSyncChangedEvent { definition { key } syncBefore syncAfter crmMessage }
} } } }"""


def over_http(crm: RunningCrm, key: str = KEY, **more: Any) -> Connection:
    sealed = VAULT.seal(key)
    assert sealed is not None
    return replace(crm.connection, secret=sealed, **more)


async def known(world: World, crm: RunningCrm, state: str) -> None:
    """A contact of whom the state is known, and a CRM that is asked by it."""
    await world.add_organization(an_organization("acme"), [], [STATE, PARTY])
    await connect(world, CrmSettings(1, over_http(crm)))
    await world.add_contacts(a_contact("c1", values=(held("state", TextValue(state)),)))


async def looked_up(world: World, **asking: Any) -> Answer:
    answer = await change(world, "contactLookUp", LOOK_UP, **asking)
    assert answer["__typename"] == "ContactLookUpSuccess", answer
    contact: Answer = answer["contact"]
    return contact


async def happened(world: World, agent: str = "jo") -> list[Answer]:
    data = await ask(world, TIMELINE, {"id": contact_gid("c1")}, agent=agent)
    found: list[Answer] = data["contact"]["timeline"]["nodes"]
    return found


def texts(contact: Mapping[str, Any]) -> Answer:
    return {each["key"]: each["value"]["text"] for each in contact["attributes"] if each["value"] is not None}


async def test_who_is_found_has_what_the_crm_knows(world: World, crm: RunningCrm) -> None:
    await known(world, crm, "MN")
    contact = await looked_up(world)
    assert contact["validation"] == {
        "isValidated": True,
        "outcome": "FOUND",
        "askedAt": NOW_TEXT,
        "recordId": "K000367",
        "recordUrl": f"{crm.url}/records/K000367",
        "failure": None,
        "retryAt": None,
        "candidates": [],
    }
    assert texts(contact) == {"state": "MN", "party": "Democrat"}
    assert crm.crm.looked_up == [{"state": "MN"}]
    jo: Answer = {"source": "CRM", "agent": {"name": "Jo"}}
    told = {each.pop("__typename"): each for each in await happened(world)}
    assert told == {
        "ContactLookedUpEvent": {
            **jo,
            "outcomeBefore": "NEVER_ASKED",
            "outcomeAfter": "FOUND",
            "recordId": "K000367",
        },
        "AttributesChangedEvent": {"source": "CRM", "agent": None, "changes": [{"definition": {"key": "party"}}]},
        "AttributeSyncChangedEvent": {
            **jo,
            "definition": {"key": "state"},
            "syncBefore": None,
            "syncAfter": "IN_SYNC",
            "crmMessage": None,
        },
    }


async def test_who_is_found_already_is_read_again_by_the_record(world: World, crm: RunningCrm) -> None:
    await known(world, crm, "MN")
    await looked_up(world)
    crm.held("K000367")["party"] = "Independent"
    crm.held("K000367")["state"] = "WI"
    assert texts(await looked_up(world)) == {"state": "WI", "party": "Independent"}
    assert crm.crm.looked_up[1:] == [{ID: "K000367"}]
    # And where the record is not there any more, that is what is told; what is known stays.
    crm.crm.records.records[:] = [MARIA]
    contact = await looked_up(world)
    assert (contact["validation"]["outcome"], contact["validation"]["isValidated"]) == ("NOT_FOUND", False)
    assert texts(contact) == {"state": "WI", "party": "Independent"}


async def test_nobody_is_found_who_is_not_there(world: World, crm: RunningCrm) -> None:
    await known(world, crm, "XX")
    contact = await looked_up(world)
    assert (contact["validation"]["outcome"], texts(contact)) == ("NOT_FOUND", {"state": "XX"})
    # The same outcome once more is no news.
    await looked_up(world)
    assert [each["__typename"] for each in await happened(world)] == ["ContactLookedUpEvent"]


async def test_of_several_an_agent_picks_one(world: World, crm: RunningCrm) -> None:
    await known(world, crm, "WA")
    validation = (await looked_up(world))["validation"]
    assert (validation["outcome"], validation["recordId"]) == ("AMBIGUOUS", None)
    assert validation["candidates"] == [
        {"recordId": "C000127", "name": "Maria Cantwell", "url": f"{crm.url}/records/C000127"},
        {"recordId": "S 33/b", "name": "Bernard Sanders", "url": f"{crm.url}/records/S%2033%2Fb"},
    ]
    picked = validation["candidates"][1]["recordId"]
    linked = await change(world, "contactCrmLink", {**LOOK_UP, "recordId": picked})
    assert linked["__typename"] == "ContactCrmLinkSuccess"
    assert (linked["contact"]["validation"]["outcome"], texts(linked["contact"])["party"]) == ("FOUND", "Independent")
    assert linked["contact"]["validation"]["candidates"] == []
    # The next look-up stays with it.
    assert (await looked_up(world))["validation"]["recordId"] == picked


@pytest.mark.parametrize(
    ("switches", "failed"),
    [
        (Switches(status=503), "SERVER_ERROR"),
        (Switches(status=429, retry_after="60"), "RATE_LIMITED"),
        (Switches(status=401), "UNAUTHORIZED"),
        (Switches(redirect_to="https://elsewhere.example.com"), "REDIRECTED"),
        (Switches(answering=Answering.INVALID_JSON), "UNREADABLE"),
    ],
)
async def test_a_crm_that_fails_takes_nothing_away(
    world: World, crm: RunningCrm, switches: Switches, failed: str
) -> None:
    await known(world, crm, "MN")
    found = await looked_up(world)
    crm.crm.switches = switches
    contact = await looked_up(world)
    assert contact["validation"] == {**found["validation"], "outcome": "FAILED", "failure": failed}
    assert contact["attributes"] == found["attributes"]
    before = await world.snapshot()
    linking = await change(world, "contactCrmLink", {**LOOK_UP, "recordId": "C000127"})
    assert failure(linking) == ("ValidationFailed", "CRM_FAILED", [])
    assert await world.snapshot() == before
    # And when it is well again, so is the contact.
    crm.crm.switches = Switches()
    assert (await looked_up(world))["validation"] == found["validation"]


async def test_a_crm_that_is_not_there_is_said_to_be_so(world: World, crm: RunningCrm) -> None:
    await known(world, crm, "MN")
    await connect(world, CrmSettings(2, over_http(crm, look_up_url="http://127.0.0.1:1/look-up")))
    assert (await looked_up(world))["validation"]["failure"] == "UNREACHABLE"
    # A credential that none of the keys opens is for the operator to mend.
    await connect(world, CrmSettings(3, replace(crm.connection, secret=Sealed("nonsense"))))
    assert (await looked_up(world))["validation"]["failure"] == "REFUSED"
    assert crm.asked() == 0


async def test_a_repetition_asks_nobody_again(world: World, crm: RunningCrm) -> None:
    await known(world, crm, "WA")
    for name, given in (("contactLookUp", {}), ("contactCrmLink", {"recordId": "C000127"})):
        keyed = {**LOOK_UP, **given, "idempotencyKey": name}
        first = await change(world, name, keyed)
        asked = crm.asked()
        assert await unchanged(world, name, keyed) == first
        assert crm.asked() == asked


async def test_without_a_crm_there_is_nobody_to_ask(world: World) -> None:
    await world.add_contacts(a_contact("c1", identities=(an_identity(),)))
    for name, given in (("contactLookUp", {}), ("contactCrmLink", {"recordId": "r1"})):
        assert failure(await unchanged(world, name, {**LOOK_UP, **given})) == ("ValidationFailed", "NO_CRM", [])


async def test_what_nobody_knows_cannot_be_asked_by(world: World) -> None:
    await connect(world, BY_ACCOUNT)
    # Of another network; and a handle stands for an id that is not known.
    identities = an_identity("1", network=Network.SMS), an_identity("@jane")
    await world.add_contacts(a_contact("c1", identities=identities))
    answer = await unchanged(world, "contactLookUp", LOOK_UP)
    assert failure(answer) == ("ValidationFailed", "NOTHING_TO_ASK_BY", ["input", "contactId"])


@pytest.mark.parametrize(
    ("record_id", "code"),
    [("r9", "UNKNOWN_RECORD"), ("", "BLANK"), ("r" * 201, "TOO_LONG"), ("r\x00", "FORBIDDEN_CHARACTER")],
)
async def test_a_record_that_the_crm_has_not_is_nobodys(world: World, record_id: str, code: str) -> None:
    await put_records(world, a_record("r1", "1001"))
    await connect(world, BY_ACCOUNT)
    await world.add_contacts(a_contact("c1"))
    answer = await unchanged(world, "contactCrmLink", {**LOOK_UP, "recordId": record_id})
    assert failure(answer) == ("ValidationFailed", code, ["input", "recordId"])


async def test_what_is_hidden_from_the_asker_comes_from_the_crm_and_stays_hidden(world: World, crm: RunningCrm) -> None:
    await known(world, crm, "MN")
    await world.add_organization(an_organization("acme"), [], [replace(PARTY, is_admin_only=True)])
    assert texts(await looked_up(world)) == {"state": "MN"}
    assert texts(await looked_up(world, agent="ada")) == {"state": "MN", "party": "Democrat"}
    kinds = [[each["__typename"] for each in await happened(world, agent)] for agent in ("jo", "ada")]
    assert ["AttributesChangedEvent" in each for each in kinds] == [False, True]


RESOLVE: Answer = {**LOOK_UP, "key": "segment"}


async def test_the_crms_value_is_taken(world: World) -> None:
    await world.add_contacts(a_contact("c1"))
    await in_conflict(world, "acme")
    line = (await change(world, "crmConflictResolve", {**RESOLVE, "accept": "CRM", "version": 1}))["attribute"]
    assert (line["value"]["option"]["id"], line["syncState"], line["conflict"]) == ("size-m", "IN_SYNC", None)
    assert (line["version"], line["syncedAt"]) == (2, NOW_TEXT)
    assert (line["provenance"]["source"], line["provenance"]["agent"]) == ("CRM", {"name": "Jo"})


@pytest.mark.parametrize("state", [SyncState.CONFLICT, SyncState.REJECTED])
async def test_ones_own_value_is_kept_and_written_once_more(world: World, state: SyncState) -> None:
    await world.add_contacts(a_contact("c1", values=(standing(state, "Medium", "No."),)))
    await connect(world, BY_ACCOUNT)
    line = (await change(world, "crmConflictResolve", {**RESOLVE, "accept": "LOCAL"}))["attribute"]
    assert (line["value"]["option"]["id"], line["syncState"], line["conflict"]) == ("size-s", "PENDING", None)
    assert (line["version"], line["syncedAt"], line["crmMessage"]) == (2, "2026-11-23T09:00:00.000Z", None)
    found = await world.stores().contacts.by_ids(["c1"])
    # The write expects what the CRM held when the agent decided.
    assert found["c1"].held("d-segment") == replace(
        found["c1"].values[0], sync=CrmSync(SyncState.PENDING, MORNING, "Medium")
    )


@pytest.mark.parametrize("state", [None, SyncState.IN_SYNC, SyncState.PENDING])
@pytest.mark.parametrize("accept", ["CRM", "LOCAL"])
async def test_where_nothing_is_in_conflict_there_is_nothing_to_decide(
    world: World, state: SyncState | None, accept: str
) -> None:
    values: tuple[HeldValue, ...] = () if state is None else (standing(state, "Medium"),)
    await world.add_contacts(a_contact("c1", values=values))
    answer = await unchanged(world, "crmConflictResolve", {**RESOLVE, "accept": accept})
    assert failure(answer) == ("ValidationFailed", "NO_CONFLICT", ["input", "key"])


async def test_a_value_of_the_crms_that_cannot_be_kept_is_not_taken(world: World) -> None:
    await world.add_contacts(a_contact("c1", values=(standing(SyncState.CONFLICT, "Gigantic"),)))
    answer = await unchanged(world, "crmConflictResolve", {**RESOLVE, "accept": "CRM"})
    assert (answer["__typename"], answer["path"]) == ("ValidationFailed", ["input", "accept"])
    assert answer["message"].startswith("The CRM's value cannot be kept. ")


async def test_a_value_that_another_contact_holds_alone_is_not_taken(world: World) -> None:
    unique = a_definition("badge", category=AttributeCategory.CRM, position=30, rules=ValueRules(is_unique=True))
    await world.add_organization(an_organization("acme"), [], [unique])
    undecided = replace(standing(SyncState.CONFLICT, "B-1"), definition_id="d-badge", value=TextValue("B-2"))
    theirs = a_contact("c2", name="Bob", values=(held("badge", TextValue("B-1")),))
    await world.add_contacts(a_contact("c1", values=(undecided,)), theirs)
    answer = await unchanged(world, "crmConflictResolve", {**LOOK_UP, "key": "badge", "accept": "CRM"})
    assert failure(answer) == ("ValueTaken", "VALUE_TAKEN", ["input", "accept"])


async def test_a_decision_is_an_entry_in_the_timeline(world: World) -> None:
    await world.add_contacts(a_contact("c1"))
    await in_conflict(world, "acme")
    await change(world, "crmConflictResolve", {**RESOLVE, "accept": "LOCAL"})
    assert [each["kind"] for each in (await world.snapshot())["contactEvents"]] == [EventKind.VALUES_CHANGED.value]
