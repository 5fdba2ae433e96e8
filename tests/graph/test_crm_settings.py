"""How an organization is connected to its CRM: set and tried by its admins, and no credential ever told."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from crm.demo_faults import Switches
from crm.vault import NO_KEYS
from domain.agents import Plan, Role
from domain.crm import FailureReason
from domain.crm_settings import CrmSettings, DirectoryConnection, HttpConnection, Sealed
from domain.crm_tasks import CrmHealth
from graph.nodes import encode_id
from tests.builders import MORNING, a_contact, an_agent
from tests.conftest import VAULT, World
from tests.crm.serving import KEY, RunningCrm
from tests.graph.asking_graphql import MORNING_TEXT, Answer, ask, execute, execute_in, make_organization
from tests.graph.cases.crm import a_record, connect, put_records
from tests.graph.cases.selections import CRM_SETTINGS
from tests.graph.mutations import change, document, failure, unchanged
from tests.happening import one_of_each

TOKEN = "pat-na1-11111111-2222"
OTHER_KEY = "0" * 32
QUERY = f"{{ crmSettings {{ {CRM_SETTINGS} }} }}"
HTTP: Answer = {
    "lookUpUrl": "https://crm.example.com/look-up",
    "secret": KEY,
    "recordIdAlias": " id ",
    "writeUrl": "https://crm.example.com/write",
    "nameAlias": "full_name",
    "updatedAtAlias": "changed",
    "recordUrl": "https://crm.example.com/people/{id}",
    "takesSeveral": True,
}
HTTP_SHOWN: Answer = {
    "__typename": "HttpCrm",
    **{name: value for name, value in HTTP.items() if name != "secret"},
    "recordIdAlias": "id",
}
HUBSPOT: Answer = {"token": TOKEN, "portalId": "123"}
HEALTHY = {"isUp": True, **dict.fromkeys(("succeededAt", "failedAt", "failure", "message", "retryAt"))}
UNSET: Answer = {
    "id": encode_id("CrmSettings", "acme"),
    "version": 0,
    "isAutomatic": False,
    "refreshHours": 24,
    "identityAliases": [],
    "connection": None,
    "health": HEALTHY,
    "writesWaiting": 0,
}


async def shown(world: World) -> Answer:
    found: Answer = (await ask(world, QUERY, agent="ada"))["crmSettings"]
    return found


async def updated(world: World, **given: Any) -> Answer:
    """Change the settings; returns them, which are those that are read then."""
    answer = await change(world, "crmSettingsUpdate", given, agent="ada")
    assert answer["__typename"] == "CrmSettingsUpdateSuccess", answer
    settings: Answer = answer["settings"]
    assert await shown(world) == settings
    return settings


async def refused(world: World, name: str = "crmSettingsUpdate", **given: Any) -> tuple[str, str, list[str]]:
    return failure(await unchanged(world, name, given, agent="ada"))


async def kept(world: World) -> CrmSettings:
    return (await world.context("ada")).directory.crm


async def test_before_anything_is_set_there_is_no_crm(world: World) -> None:
    assert await shown(world) == UNSET


async def test_each_kind_of_crm_is_told_whole_but_for_its_credential(world: World) -> None:
    await put_records(world, a_record("r1", "1001"), a_record("r2", "1002"))
    await put_records(world, a_record("r3", "1003"), organization="other")
    hubspot, directory = {"__typename": "HubSpotCrm"}, {"__typename": "DirectoryCrm", "records": 2}
    kinds: list[tuple[Answer | None, Answer | None]] = [
        ({"http": HTTP}, HTTP_SHOWN),
        (
            {"http": {name: HTTP[name] for name in ("lookUpUrl", "recordIdAlias")}},
            {**dict.fromkeys(HTTP_SHOWN), **{name: HTTP_SHOWN[name] for name in ("__typename", "lookUpUrl")}}
            | {"recordIdAlias": "id", "takesSeveral": False},
        ),
        ({"hubSpot": HUBSPOT}, {**hubspot, "portalId": "123"}),
        ({"hubSpot": {}}, {**hubspot, "portalId": None}),
        ({"directory": True}, directory),
        (None, None),
    ]
    for version, (given, connection) in enumerate(kinds, 1):
        settings = await updated(world, connection=given)
        assert settings == {**UNSET, "version": version, "connection": connection}
        # Once more is no change.
        assert await updated(world, connection=given) == settings


async def test_what_is_left_out_stays(world: World) -> None:
    aliases = [{"network": "TWITTER", "alias": "twitter_id"}, {"network": "EMAIL", "alias": "mail"}]
    first = await updated(world, connection={"directory": True}, identityAliases=aliases, isAutomatic=True)
    assert (first["identityAliases"], first["isAutomatic"], first["version"]) == (aliases, True, 1)
    second = await updated(world, refreshHours=8760)
    assert second == {**first, "version": 2, "refreshHours": 8760}
    # What cannot be absent is not taken away by null.
    assert await updated(world, identityAliases=None, isAutomatic=None, refreshHours=None) == second
    assert await updated(world, identityAliases=[], isAutomatic=False) == {
        **second,
        "version": 3,
        "identityAliases": [],
        "isAutomatic": False,
    }


IN_HTTP, IN_HUBSPOT = ("connection", "http"), ("connection", "hubSpot")


def of_http(given: Answer) -> Answer:
    return {"connection": {"http": given}}


def of_hubspot(given: Answer) -> Answer:
    return {"connection": {"hubSpot": given}}


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"refreshHours": 0}, "TOO_SMALL", ["refreshHours"]),
        ({"refreshHours": 8761}, "TOO_LARGE", ["refreshHours"]),
        ({"connection": {"directory": False}}, "NO_CRM", ["connection", "directory"]),
        (of_http({**HTTP, "lookUpUrl": "nonsense"}), "NOT_A_URL", [*IN_HTTP, "lookUpUrl"]),
        (of_http({**HTTP, "writeUrl": "ftp://a.b"}), "NOT_A_URL", [*IN_HTTP, "writeUrl"]),
        (
            {"connection": {"http": {**HTTP, "recordUrl": "https://a.b"}}},
            "NOT_A_URL",
            ["connection", "http", "recordUrl"],
        ),
        (of_http({**HTTP, "recordIdAlias": " "}), "BLANK", [*IN_HTTP, "recordIdAlias"]),
        (of_http({**HTTP, "nameAlias": "n" * 101}), "TOO_LONG", [*IN_HTTP, "nameAlias"]),
        (of_http({**HTTP, "secret": "short"}), "NOT_A_CREDENTIAL", [*IN_HTTP, "secret"]),
        (of_http({**HTTP, "secret": None}), "NOT_A_CREDENTIAL", [*IN_HTTP, "secret"]),
        (of_hubspot({"portalId": "1"}), "NOT_A_CREDENTIAL", [*IN_HUBSPOT, "token"]),
        (of_hubspot({**HUBSPOT, "token": "t" * 1001}), "TOO_LONG", [*IN_HUBSPOT, "token"]),
        (
            {"connection": {"hubSpot": {**HUBSPOT, "portalId": "x"}}},
            "NOT_A_NUMBER",
            ["connection", "hubSpot", "portalId"],
        ),
        (
            {"identityAliases": [{"network": "SMS", "alias": "a"}, {"network": "SMS", "alias": "b"}]},
            *("REPEATED_KEY", ["identityAliases", "1", "network"]),
        ),
        ({"identityAliases": [{"network": "SMS", "alias": ""}]}, "BLANK", ["identityAliases", "0", "alias"]),
    ],
)
async def test_what_is_wrong_is_said_where_it_is(world: World, given: Answer, code: str, path: list[str]) -> None:
    assert await refused(world, **given) == ("ValidationFailed", code, ["input", *path])
    if "connection" in given:
        assert await refused(world, "crmConnectionTest", **given) == ("ValidationFailed", code, ["input", *path])


async def test_exactly_one_kind_of_crm_is_given(world: World) -> None:
    for wrong in ({}, {"http": HTTP, "directory": True}):
        before = await world.snapshot()
        given = {"input": {"connection": wrong}}
        asked = await execute(world, document("crmSettingsUpdate"), given, agent="ada")
        assert [each.code for each in asked.mistakes] == ["BAD_USER_INPUT"]
        assert await world.snapshot() == before


async def test_a_credential_is_told_to_nobody_and_kept_sealed(world: World) -> None:
    """Not in answers, errors, events and first answers that are remembered; nor in what a thief of the disk reads."""
    for number, (given, credential) in enumerate([({"http": HTTP}, KEY), ({"hubSpot": HUBSPOT}, TOKEN)]):
        keyed = {"connection": given, "idempotencyKey": f"k{number}"}
        answers = [
            await change(world, "crmSettingsUpdate", keyed, agent="ada"),
            await change(world, "crmSettingsUpdate", keyed, agent="ada"),
            await change(world, "crmSettingsUpdate", {**keyed, "idempotencyKey": "k", "version": 99}, agent="ada"),
            await change(world, "crmSettingsUpdate", keyed, agent="jo"),
            await change(world, "crmConnectionTest", {"connection": given, "idempotencyKey": "t"}, agent="ada"),
            await shown(world),
        ]
        connection = (await kept(world)).connection
        sealed = connection.secret if isinstance(connection, HttpConnection) else getattr(connection, "token", None)
        assert sealed is not None
        assert VAULT.open(sealed) == credential
        told = json.dumps(answers)
        for secret in (credential, sealed):
            assert secret not in told
        assert credential not in repr(await world.snapshot())
        for wrong in ({**given, "nothing": 1}, {next(iter(given)): {**next(iter(given.values())), "nothing": 1}}):
            asked = await execute(world, document("crmSettingsUpdate"), {"input": {"connection": wrong}}, agent="ada")
            assert asked.data is None
            assert credential not in repr(asked.mistakes), asked.mistakes
            assert "'nothing'." in asked.mistakes[0].message


@pytest.mark.parametrize(
    "connection",
    [
        *({"hubSpot": TOKEN}, TOKEN, {"hubSpot": {"token": [TOKEN]}}, {"hubSpot": {"tokn": TOKEN}}),
        *({"http": {"secret": TOKEN}}, {"hubSpot": {"token": {"x": TOKEN}}}),
    ],
)
async def test_an_input_that_is_no_connection_is_not_repeated(world: World, connection: object) -> None:
    given = {"input": {"connection": connection}}
    asked = await execute(world, document("crmSettingsUpdate"), given, agent="ada")
    assert asked.data is None
    for each in asked.mistakes:
        assert each.message.endswith((".", "?"))
        assert TOKEN not in each.message
    literal = json.dumps(connection).replace('{"', "{").replace('":', ":")
    query = f"mutation {{ crmSettingsUpdate(input: {{connection: {literal}}}) {{ __typename }} }}"
    asked = await execute(world, query, agent="ada")
    assert asked.data is None
    assert TOKEN not in repr(asked.mistakes)


async def test_a_credential_that_is_not_given_stays(world: World) -> None:
    await updated(world, connection={"http": HTTP})
    before = (await kept(world)).connection
    assert isinstance(before, HttpConnection)
    bare = {name: value for name, value in HTTP.items() if name != "secret"}
    await updated(world, connection={"http": {**bare, "nameAlias": "name"}})
    after = (await kept(world)).connection
    assert after == replace(before, name_alias="name")
    # Another one takes its place.
    await updated(world, connection={"http": {**HTTP, "secret": OTHER_KEY}})
    changed = (await kept(world)).connection
    assert isinstance(changed, HttpConnection)
    assert VAULT.open(changed.secret) == OTHER_KEY
    # The key of one kind of CRM is no token of another.
    assert await refused(world, connection={"hubSpot": {}}) == (
        *("ValidationFailed", "NOT_A_CREDENTIAL"),
        ["input", "connection", "hubSpot", "token"],
    )


async def test_a_credential_whose_key_is_lost_is_given_anew(world: World) -> None:
    lost = HttpConnection("https://crm.example.com/look-up", Sealed("nonsense"), "id")
    await connect(world, CrmSettings(1, lost))
    given = {"lookUpUrl": lost.look_up_url, "recordIdAlias": "id"}
    answer = await change(world, "crmConnectionTest", {}, agent="ada")
    assert (answer["isWorking"], answer["failure"]) == (False, "REFUSED")
    assert (await updated(world, connection={"http": {**given, "secret": KEY}}))["version"] == 2
    connection = (await kept(world)).connection
    assert isinstance(connection, HttpConnection)
    assert VAULT.open(connection.secret) == KEY


async def test_without_a_key_of_the_operators_no_credential_is_kept(world: World) -> None:
    context = replace(await world.context("ada"), vault=NO_KEYS)
    before = await world.snapshot()
    for name in ("crmSettingsUpdate", "crmConnectionTest"):
        asked = await execute_in(context, document(name), {"input": {"connection": {"http": HTTP}}})
        assert asked.data is not None
        told = asked.data[name]
        assert failure(told) == ("ValidationFailed", "NO_CRM_KEY", ["input", "connection", "http", "secret"])
        assert "CONTACT_GRAPH_CRM_KEYS" in told["message"]
    assert await world.snapshot() == before


async def test_a_stale_version_gets_the_settings_as_they_are(world: World) -> None:
    settings = await updated(world, connection={"directory": True}, version=0)
    answer = await unchanged(world, "crmSettingsUpdate", {"isAutomatic": True, "version": 0}, agent="ada")
    assert failure(answer) == ("Conflict", "CONFLICT", ["input", "version"])
    assert answer["current"] == {"__typename": "CrmSettings", **settings}


async def test_the_settings_are_the_admins_of_the_largest_plan(world: World) -> None:
    await make_organization(world, "nord", an_agent("al", role=Role.ADMIN), plan=Plan.ADVANCED)
    for agent, organization in (("jo", "acme"), ("al", "nord")):
        asked = await execute(world, QUERY, agent=agent, organization=organization)
        assert (asked.data, [each.code for each in asked.mistakes]) == (None, ["FORBIDDEN"])
        given: Answer = {"connection": {"directory": True}}
        for name in ("crmSettingsUpdate", "crmConnectionTest"):
            answer = await unchanged(world, name, given, agent=agent, organization=organization)
            assert answer["__typename"] == "Forbidden"
            assert (answer["roles"], answer["plans"]) == (["ADMIN"], ["ENTERPRISE"])


async def test_how_the_calls_ended_is_told(world: World) -> None:
    failed = CrmHealth(None, MORNING, FailureReason.RATE_LIMITED, "Wait.", MORNING + timedelta(minutes=1))
    cases: list[tuple[CrmHealth, Answer]] = [
        (CrmHealth(MORNING, None, None, None, None), {"succeededAt": MORNING_TEXT}),
        (
            failed,
            {
                "isUp": False,
                # Another process knows of that; it is not forgotten.
                "succeededAt": MORNING_TEXT,
                "failedAt": MORNING_TEXT,
                "failure": "RATE_LIMITED",
                "message": "Wait.",
                "retryAt": "2026-11-23T09:01:00.000Z",
            },
        ),
    ]
    for health, expected in cases:
        await world.stores().crm.keep_health(health)
        assert (await shown(world))["health"] == {**HEALTHY, **expected}
    # Another organization's is its own.
    assert (await world.stores("other").crm.health()).failure is None


def http(crm: RunningCrm, **more: Any) -> Answer:
    given: Answer = {"lookUpUrl": crm.connection.look_up_url, "recordIdAlias": "account_number", "secret": KEY}
    return {"connection": {"http": {**given, **more}}}


async def tried(world: World, **given: Any) -> tuple[bool, str | None, str]:
    answer = await unchanged(world, "crmConnectionTest", given, agent="ada")
    assert answer["__typename"] == "CrmConnectionTestSuccess", answer
    return answer["isWorking"], answer["failure"], answer["explanation"]


async def test_a_crm_is_tried_before_it_is_set(world: World, crm: RunningCrm) -> None:
    assert await tried(world, **http(crm)) == (True, None, "The CRM answers as it should.")
    assert (await tried(world, **http(crm, secret=OTHER_KEY)))[:2] == (False, "UNAUTHORIZED")
    crm.crm.switches = Switches(status=500)
    assert (await tried(world, **http(crm)))[:2] == (False, "SERVER_ERROR")
    assert (await tried(world, **http(crm, lookUpUrl="http://127.0.0.1:1/")))[:2] == (False, "UNREACHABLE")
    assert await shown(world) == UNSET


async def test_the_crm_that_is_set_is_tried_where_none_is_given(world: World, crm: RunningCrm) -> None:
    for nothing in ({}, {"connection": None}):
        answer = await unchanged(world, "crmConnectionTest", nothing, agent="ada")
        assert failure(answer) == ("ValidationFailed", "NO_CRM", ["input", "connection"])
    await updated(world, **http(crm))
    for given in ({}, {"connection": None}):
        assert await tried(world, **given) == (True, None, "The CRM answers as it should.")
    # With the credential that is there.
    bare = {name: value for name, value in http(crm)["connection"]["http"].items() if name != "secret"}
    assert (await tried(world, connection={"http": bare}))[0]
    await connect(world, CrmSettings(9, DirectoryConnection()))
    works, reason, message = await tried(world)
    assert (works, reason) == (False, "REFUSED")
    assert "contact-graph crm import" in message


async def test_a_trial_that_is_repeated_is_answered_as_the_first_time(world: World, crm: RunningCrm) -> None:
    crm.crm.switches = Switches(status=500)
    given = {**http(crm), "idempotencyKey": "k1"}
    first = await change(world, "crmConnectionTest", given, agent="ada")
    crm.crm.switches = Switches()
    asked = crm.asked()
    assert first["failure"] == "SERVER_ERROR"
    assert await unchanged(world, "crmConnectionTest", given, agent="ada") == first
    assert crm.asked() == asked
    # With another key it is tried anew.
    again = await change(world, "crmConnectionTest", {**given, "idempotencyKey": "k2"}, agent="ada")
    assert again["isWorking"]


async def test_a_change_has_every_contact_looked_at_again(world: World) -> None:
    await world.add_contacts(a_contact("c1"))
    await world.stores().transact(lambda changes: changes.events.add(*one_of_each()))
    await updated(world, connection={"directory": True})
    organizations = {each["_id"]: each for each in (await world.snapshot())["organizations"]}
    assert ["crmSweep" in organizations[each] for each in ("acme", "other")] == [True, False]
