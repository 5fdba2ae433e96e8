"""The demo: exactly what it holds for each plan, and that an interrupted one is finished without doubling anything."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from domain.contact_groups import filter_of
from domain.definitions import AttributeCategory
from domain.finding import ContactQuery
from domain.import_mappings import ImportMapping
from graph.demo import demo_tokens, examples, signing_secret, token_for
from graph.settings import Demo, Settings, SettingsError
from persistence.driver import Driver, connect
from persistence.embedded import embedded_mongodb
from persistence.finding import FindingStore
from persistence.indexes import ensure_indexes
from persistence.organizations import OrganizationStore
from resolvers import conversation_notes, conversations, demo_conversations, notes
from resolvers.demo import DemoTable, DemoTables, make_demo
from resolvers.demo_organizations import BUSINESS, DEMO, ENTERPRISE, PROFESSIONAL, DemoOrganization, demo_agent
from resolvers.imports import NumberedRow
from tests.builders import MORNING
from tests.graph.apps import SETTINGS
from tests.graph.small_demo import SMALL, TABLES, some

OF_WHOM_NOTHING_IS_SAID = 536
"""The place of James Gallagher in the table."""
INVENTED = {
    "Zoë Abernathy-Quill",
    "Ibrahim Vandersloot",
    "Lin Xiaoyun 林晓云",
    "Noor Castellanos",
    "Tadhg Ó Briain-Søndergaard",
}
Rows = list[dict[str, Any]]


async def rows_of(driver: Driver, collection: str, made: DemoOrganization) -> Rows:
    query = {"org": made.organization.id}
    return await driver.collection(collection).find(query).sort("_id").to_list(None)


def without_times(value: Any) -> Any:
    """Leave out what differs from one making to the next."""
    if isinstance(value, dict):
        return {key: without_times(each) for key, each in value.items() if not isinstance(each, datetime)}
    return [without_times(each) for each in value] if isinstance(value, list) else value


@asynccontextmanager
async def demo_in(data: Path) -> AsyncIterator[Driver]:
    """Look into a folder that a server made the demo in."""
    async with embedded_mongodb(data) as uri:
        driver = connect(uri, SETTINGS.database)
        try:
            yield driver
        finally:
            await driver.close()


async def test_its_organizations_hold_exactly_what_their_plans_include(made_demo: Path, tmp_path: Path) -> None:
    shutil.copytree(made_demo, tmp_path / "data")
    async with demo_in(tmp_path / "data") as driver:
        await hold_what_their_plans_include(driver)


async def hold_what_their_plans_include(driver: Driver) -> None:
    expected = {
        # contacts, validated ones, notes by the number that a contact has, definitions that the CRM manages
        ENTERPRISE: (542, 536, {3: 535, 2: 6, 0: 1}, 10),
        BUSINESS: (542, 0, {1: 536, 3: 5, 0: 1}, 0),
        PROFESSIONAL: (542, 0, {0: 542}, 0),
    }
    for made, (contacts, validated, noted, managed) in expected.items():
        people = await rows_of(driver, "contacts", made)
        assert len(people) == contacts
        assert sum(each.get("validation", {}).get("outcome") == "FOUND" for each in people) == validated
        assert sum("validation" not in each for each in people) == contacts - validated
        assert {each["name"] for each in people if "vip" in each} == INVENTED
        assert Counter(each.get("noteCount", 0) for each in people) == noted
        written = await rows_of(driver, "contactNotes", made)
        assert len(written) == sum(each * count for each, count in noted.items())
        per_contact = Counter(each["contact"] for each in written)
        assert per_contact == {each["_id"]: each["noteCount"] for each in people if each.get("noteCount", 0)}
        directory = await OrganizationStore(driver).directory(made.organization.id)
        assert directory is not None
        assert directory.agents == {each.id: each for each in made.agents}
        crm = [each for each in directory.definitions if each.category is AttributeCategory.CRM]
        assert (len(crm), len(directory.definitions)) == (managed, managed + 13)
    assert await make_demo(driver, TABLES) is False


async def test_both_agents_of_an_organization_wrote_notes_and_its_admin_promoted(small: Driver) -> None:
    for made in (ENTERPRISE, BUSINESS):
        admin, agent = (each.id for each in made.agents)
        assert {each["author"] for each in await rows_of(small, "contactNotes", made)} == {admin, agent}
        vips = [each["vip"] for each in await rows_of(small, "contacts", made) if "vip" in each]
        assert [(each["agent"], each["reason"]) for each in vips] == [
            (admin, "Writes in every week: answer the same day.")
        ] * 5


async def test_its_groups_have_somebody_in_them(small: Driver) -> None:
    for made in DEMO:
        directory = await OrganizationStore(small).directory(made.organization.id)
        assert directory is not None
        assert [each.name for each in directory.groups] == ["VIPs", "Well known", "Newsletter readers"]
        store = FindingStore(small, made.organization.id)
        rules = [filter_of(each.rule, directory.definitions, MORNING) for each in directory.groups]
        assert [await store.count(ContactQuery(filter=each)) for each in rules] == [5, 2, 3]


async def test_its_queue_makes_sense(small: Driver) -> None:
    for made in DEMO:
        everyone = {each["_id"]: each["name"] for each in await rows_of(small, "contacts", made)}
        told = sorted(await rows_of(small, "conversations", made), key=lambda each: each["external"])
        # Of invented people alone, who were known before they wrote.
        assert {everyone[each["contact"]] for each in told} == INVENTED
        assert [each["state"] for each in told] == ["RESOLVED", "NEW", "NEW", "NEW", "PENDING", "NEW", "NEW"]
        first_line, key_accounts = (each.id for each in made.teams)
        assert [each.get("team") for each in told] == [None, first_line, None, key_accounts, None, None, first_line]
        assert {each.get("agent") for each in told} == {None, made.agents[-1].id}
        # No two of them are of one moment.
        assert len({each["received"] for each in told}) == 7
        # All of these people are VIPs: that moves them up where the plan has it, and returns before the others.
        scores = [2, 1, 1, 1, 1, 1, 2] if made is ENTERPRISE else [0] * 7
        scores[0] = 0
        assert [each["queue"]["score"] for each in told] == scores
        routed = [] if made is not ENTERPRISE else [key_accounts]
        assert all(each.get("routed", []) == routed for each in told[1:])


async def test_agents_wrote_notes_on_its_conversations_where_the_plan_has_notes(small: Driver) -> None:
    for made in (ENTERPRISE, BUSINESS):
        told = {each["_id"]: each for each in await rows_of(small, "conversations", made)}
        written = sorted(await rows_of(small, "conversationNotes", made), key=lambda each: each["created"])
        on_each = [told[each["conversation"]]["external"] for each in written]
        assert on_each == ["t-1041", "t-1041", "t-1042", "t-1045", "t-1045"]
        assert {each["author"] for each in written} == {each.id for each in made.agents}
        assert {each["body"] for each in written[:2]} == {
            "Sent the label for the way back.",
            "The parcel is here: the money goes back today.",
        }
        for each in written:
            assert each["contact"] == told[each["conversation"]]["contact"]
            # Soon after the contact wrote.
            assert timedelta() < each["created"] - told[each["conversation"]]["last"] < timedelta(minutes=3)
    assert await rows_of(small, "conversationNotes", PROFESSIONAL) == []


async def test_what_it_says_of_real_people_is_in_the_files(small: Driver) -> None:
    [maria] = [each for each in await rows_of(small, "contacts", ENTERPRISE) if each["name"] == "Maria Cantwell"]
    notes = [each for each in await rows_of(small, "contactNotes", ENTERPRISE) if each["contact"] == maria["_id"]]
    assert {(each["body"], each["author"]) for each in notes} == {
        ("Office: 511 Hart Senate Office Building Washington DC 20510.", "harbour-amara"),
        ("District office: Everett, +14253030114.", "harbour-jonas"),
        ("Terms served: 6. The current one ends on 2031-01-03.", "harbour-amara"),
    }
    assert maria["_id"] == "ade0e72b5ba5afd1a943eb32a8a8bd85"


async def test_of_whom_the_files_say_nothing_nothing_is_noted(driver: Driver) -> None:
    await make_demo(driver, replace(SMALL, people=some(TABLES.people, OF_WHOM_NOTHING_IS_SAID)))
    [james] = [each for each in await rows_of(driver, "contacts", ENTERPRISE) if each["name"] == "James Gallagher"]
    assert all(each["contact"] != james["_id"] for each in await rows_of(driver, "contactNotes", ENTERPRISE))


@pytest_asyncio.fixture(scope="module")
async def small(mongodb_uri: str) -> AsyncIterator[Driver]:
    """The small demo, to be looked at alone."""
    driver = connect(mongodb_uri, "small_demo")
    await ensure_indexes(driver)
    assert await make_demo(driver, SMALL) is True
    yield driver
    await driver.drop()
    await driver.close()


class BrokenOffError(Exception):
    """The start that makes the demo ends here."""


@pytest.mark.parametrize("step", ["people", "crm", "note 1", "note 20", "receive 3", "assign 3", "write 2", "put"])
async def test_an_interrupted_one_is_finished_without_doubling_anything(
    step: str, driver: Driver, small: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        tables = breaking(step, broken)
        with pytest.raises(BrokenOffError):
            await make_demo(driver, tables)
    assert await OrganizationStore(driver).directory("harbour") is None
    assert await make_demo(driver, SMALL) is True
    whole, again = [[without_times(await rows_of(each, "contacts", of)) for of in DEMO] for each in (small, driver)]
    assert again == whole
    kinds = ("contactNotes", "contactEvents", "conversations", "conversationNotes", "contactGroups", "teams")
    count, counted = [[len(await rows_of(each, name, of)) for name in kinds for of in DEMO] for each in (small, driver)]
    assert counted == count
    assert await make_demo(driver, SMALL) is False


def breaking(step: str, patch: pytest.MonkeyPatch) -> DemoTables:
    """Let the making break off at the step."""

    def broken(_mapping: ImportMapping) -> Iterable[NumberedRow]:
        raise BrokenOffError

    if step == "people":
        return replace(SMALL, people=DemoTable(SMALL.people.mapping, broken))
    if step == "crm":
        return replace(SMALL, crm=DemoTable(SMALL.crm.mapping, broken))
    if step == "put":

        async def put(*_: object) -> None:
            raise BrokenOffError

        patch.setattr(OrganizationStore, "put", put)
        return SMALL
    what, _, number = step.partition(" ")
    module, name = {
        "note": (notes, "add"),
        "receive": (demo_conversations, "receive"),
        "assign": (conversations, "assign"),
        "write": (conversation_notes, "add"),
    }[what]
    left, do = int(number), getattr(module, name)

    async def some_of_it(*given: Any, **named: Any) -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            raise BrokenOffError
        return await do(*given, **named)

    # The product looks it up in the module.
    patch.setattr(module, name, some_of_it)
    return SMALL


def test_an_agent_of_the_demo_is_known_by_the_address() -> None:
    assert demo_agent("mei@meadow.example.com") == BUSINESS.agents[0]
    assert demo_agent("nobody@meadow.example.com") is None


def test_the_examples_are_all_there() -> None:
    names = {f"{name}.{kind}" for name in ("legislators", "invented", "crm-directory") for kind in ("csv", "toml")}
    assert {each.name for each in examples().iterdir()} == {*names, "README.md"}
    assert len(TABLES.committees) == 49
    assert TABLES.committees == tuple(sorted(TABLES.committees))


def test_outside_the_demo_there_are_no_tokens(tmp_path: Path) -> None:
    assert demo_tokens(Settings(secret="x" * 32, data=tmp_path, graphiql=True)) == ()
    assert list(tmp_path.iterdir()) == []


def test_the_secret_is_the_operators_or_one_that_the_folder_keeps_to_itself(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "data"
    settings = Settings(demo=Demo.ON, data=folder)
    secret = signing_secret(settings)
    assert len(secret) == 64
    assert signing_secret(settings) == secret
    assert signing_secret(replace(settings, data=tmp_path / "other")) != secret
    assert signing_secret(replace(settings, secret="y" * 32)) == "y" * 32
    kept = folder / "secret"
    assert (list(folder.iterdir()), kept.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (
        [kept],
        0o600,
        0o700,
    )


def test_of_two_that_make_a_secret_at_once_both_use_the_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(demo=Demo.ON, data=tmp_path)

    def faster(_bytes: int) -> str:
        (tmp_path / "secret").write_text("the other one's", "ascii")
        return "mine"

    monkeypatch.setattr("graph.demo.secrets.token_hex", faster)
    assert signing_secret(settings) == "the other one's"
    assert [each.name for each in tmp_path.iterdir()] == ["secret"]


def test_a_folder_that_takes_no_secret_is_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(SettingsError) as refused:
        token_for(ENTERPRISE.agents[0], Settings(demo=Demo.ON, data=file))
    expected = f"CONTACT_GRAPH_DATA: expected a folder that can be written to; {file}: File exists."
    assert str(refused.value) == expected
