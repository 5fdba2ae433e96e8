"""`contact-graph crm import`: what becomes of each row, that a repetition writes nothing, and what is removed."""

from __future__ import annotations

import asyncio
import csv
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crm.directory import DirectoryConnector
from domain.agents import Organization, Plan
from domain.crm import Field, LookUpAnswer, LookUpQuery, RecordFound
from domain.definitions import AttributeCategory, ValueType
from domain.value_rules import phone_value
from domain.values import PhoneValue
from graph.demo import examples
from persistence.crm_directory import CrmRecordWriter
from persistence.definition_documents import from_definition
from persistence.driver import connect
from persistence.stores import Stores
from resolvers.demo_organizations import demo_definitions
from tests.builders import a_definition
from tests.graph.commanding import LEGISLATORS, Commander, Ended

LIST = str(examples() / "crm-directory.csv")
TABLE = "id,name,page,tags,city\nA-1,Jane,https://crm.example/1,Gold; Silver,Bonn\nA-2,Bob,,,\n"


@pytest.fixture
def acme(commander: Commander) -> str:
    """An organization of which the CRM manages several tags, and one city."""
    organization_id = commander.printed("add-organization", "Acme")
    crm = AttributeCategory.CRM
    definitions = [
        replace(a_definition("labels", ValueType.MULTI_SELECT, crm), crm_alias="tags"),
        a_definition("city", ValueType.TEXT, crm),
    ]
    commander.insert("attributeDefinitions", [from_definition(each, organization_id) for each in definitions])
    return organization_id


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "list.csv"
    path.write_text(TABLE)
    return path


def run(commander: Commander, organization: str, table: Path, *more: str) -> Ended:
    given = ("--record-id", "id", "--name", "name", "--url-column", "page")
    return commander.run("crm", "import", str(table), "--organization", organization, *given, *more)


def records(commander: Commander) -> dict[str, dict[str, Any]]:
    return {each["record"]: each for each in commander.stored("crmRecords")}


def fields(commander: Commander, record_id: str) -> dict[str, Any]:
    return {each["alias"]: each["value"] for each in records(commander)[record_id]["fields"]}


def test_each_row_becomes_a_record_and_each_column_a_field(commander: Commander, acme: str, table: Path) -> None:
    ended = run(commander, acme, table)
    assert (ended.status, ended.err) == (0, "")
    assert ended.out == "2 rows: 2 new, 0 changed, 0 unchanged, 0 rejected; 0 removed\n"
    jane, bob = records(commander)["A-1"], records(commander)["A-2"]
    assert (jane["org"], jane["name"], jane["url"]) == (acme, "Jane", "https://crm.example/1")
    assert (bob["org"], bob["name"], "url" in bob) == (acme, "Bob", False)
    assert fields(commander, "A-1") == {
        "id": "A-1",
        "name": "Jane",
        "page": "https://crm.example/1",
        "tags": ["Gold", "Silver"],
        "city": "Bonn",
    }
    assert fields(commander, "A-2") == {"id": "A-2", "name": "Bob", "page": None, "tags": None, "city": None}


def test_names_and_pages_are_told_where_asked_for(commander: Commander, acme: str, table: Path) -> None:
    ended = commander.run("crm", "import", str(table), "--organization", acme, "--record-id", "id", "--separator", " ")
    told = "--separator: expected what stands between two options, such as a semicolon."
    assert (ended.status, ended.out, ended.err) == (1, "", f"contact-graph: {told}\n")
    assert records(commander) == {}
    ended = commander.run("crm", "import", str(table), "--organization", acme, "--record-id", "id", "--separator", "l")
    assert ended.status == 0
    assert not {"name", "url"} & set(records(commander)["A-1"])
    assert fields(commander, "A-1")["tags"] == ["Go", "d; Si", "ver"]


def test_a_repetition_writes_nothing_and_a_correction_one_record(commander: Commander, acme: str, table: Path) -> None:
    run(commander, acme, table)
    before = records(commander)
    assert run(commander, acme, table).out == "2 rows: 0 new, 0 changed, 2 unchanged, 0 rejected; 0 removed\n"
    assert records(commander) == before
    table.write_text("id,name,page,city\nA-2,Bob,,Rome\nA-3,Lin,,\n")
    assert run(commander, acme, table).out == "2 rows: 1 new, 1 changed, 0 unchanged, 0 rejected; 0 removed\n"
    after = records(commander)
    assert after["A-1"] == before["A-1"]
    assert fields(commander, "A-2") == {"id": "A-2", "name": "Bob", "page": None, "tags": None, "city": "Rome"}
    assert set(after) == {"A-1", "A-2", "A-3"}


def test_rejected_rows_are_told_with_line_and_reason_and_the_others_imported(
    commander: Commander, acme: str, table: Path
) -> None:
    table.write_text(TABLE + " ,Zoe,,,\nA-1,Other,,,\nA-4,Ann,nowhere,,\nA-5\nA-6,Lin,,,\n")
    ended = run(commander, acme, table)
    assert (ended.status, ended.err) == (1, "")
    assert ended.out == (
        "line 4: rejected: id: Write something: the text is empty or only white space.\n"
        "line 5: rejected: id: A-1 stands in line 2 already.\n"
        "line 6: rejected: page: Give a web address such as https://example.com/page.\n"
        "line 7: rejected: The row has more or fewer cells than the header.\n"
        "7 rows: 3 new, 0 changed, 0 unchanged, 4 rejected; 0 removed\n"
    )
    assert {name: each["name"] for name, each in records(commander).items()} == {
        "A-1": "Jane",
        "A-2": "Bob",
        "A-6": "Lin",
    }


def test_what_is_repeated_far_below_is_rejected_too(commander: Commander, acme: str, table: Path) -> None:
    rows = "".join(f"{each},,,,\n" for each in range(600))
    table.write_text(f"id,name,page,tags,city\n{rows}3,,,,\n")
    ended = run(commander, acme, table)
    assert ended.out == (
        "line 602: rejected: id: 3 stands in line 5 already.\n"
        "601 rows: 600 new, 0 changed, 0 unchanged, 1 rejected; 0 removed\n"
    )
    # A batch of which every row is rejected.
    table.write_text("id,name,page,tags,city\n,,,,\n")
    assert run(commander, acme, table).out.endswith("1 rows: 0 new, 0 changed, 0 unchanged, 1 rejected; 0 removed\n")


def test_the_list_is_replaced_where_asked_for(commander: Commander, acme: str, table: Path) -> None:
    run(commander, acme, table)
    other = commander.printed("add-organization", "Other")
    run(commander, other, table)
    theirs = [each for each in commander.stored("crmRecords") if each["org"] == other]
    table.write_text("id,name,page,city\nA-2,Bob,,\nA-3,Lin,,\n")
    ended = run(commander, acme, table, "--replace")
    assert (ended.status, ended.err) == (0, "")
    assert ended.out == "2 rows: 1 new, 0 changed, 1 unchanged, 0 rejected; 1 removed\n"
    ours = [each["record"] for each in commander.stored("crmRecords") if each["org"] == acme]
    assert ours == ["A-2", "A-3"]
    assert [each for each in commander.stored("crmRecords") if each["org"] == other] == theirs


@pytest.mark.parametrize(
    ("content", "out"),
    [
        (
            "id,name,page\nA-2,Bob,\n,,\n",
            "line 3: rejected: id: Write something: the text is empty or only white space.\n"
            "2 rows: 0 new, 0 changed, 1 unchanged, 1 rejected; 0 removed\n"
            "Nothing was removed, for rows were rejected.\n",
        ),
        (
            "id,name,page\n",
            "0 rows: 0 new, 0 changed, 0 unchanged, 0 rejected; 0 removed\n"
            "Nothing was removed, for the file has no rows.\n",
        ),
    ],
    ids=["rejected rows", "no rows"],
)
def test_nothing_is_removed_for_a_file_that_may_not_be_the_whole_list(
    content: str, out: str, commander: Commander, acme: str, table: Path
) -> None:
    run(commander, acme, table)
    before = records(commander)
    table.write_text(content)
    ended = run(commander, acme, table, "--replace")
    assert (ended.status, ended.out, ended.err) == (1, out, "")
    assert records(commander) == before


def test_an_empty_file_that_is_not_to_replace_the_list_is_in_order(
    commander: Commander, acme: str, table: Path
) -> None:
    table.write_text("id,name,page\n")
    ended = run(commander, acme, table)
    told = "0 rows: 0 new, 0 changed, 0 unchanged, 0 rejected; 0 removed\n"
    assert (ended.status, ended.out, ended.err) == (0, told, "")


def test_a_file_that_breaks_off_removes_nothing_and_is_told_up_to_there(
    commander: Commander, acme: str, table: Path
) -> None:
    run(commander, acme, table)
    rows = "".join(f"{each},,,,\n" for each in range(510))
    table.write_text(f'id,name,page,tags,city\n{rows}"open')
    ended = run(commander, acme, table, "--replace")
    assert (ended.status, ended.out) == (1, "500 rows: 500 new, 0 changed, 0 unchanged, 0 rejected; 0 removed\n")
    assert ended.err == f"contact-graph: {table}, line 512: expected CSV: unexpected end of data\n"
    assert len(records(commander)) == 502


def test_a_broken_run_is_taken_up_by_running_it_again(
    commander: Commander, acme: str, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table.write_text("id,name,page\n" + "".join(f"{each},Name {each},\n" for each in range(1_200)))
    with monkeypatch.context() as planted:
        batches = []

        async def breaking(self: CrmRecordWriter, *told: Any) -> Any:
            batches.append(told)
            if len(batches) == 3:
                raise KeyboardInterrupt
            return await put_many(self, *told)

        put_many = CrmRecordWriter.put_many
        planted.setattr(CrmRecordWriter, "put_many", breaking)
        assert run(commander, acme, table, "--replace").status == 130
    before = records(commander)
    assert len(before) == 1_000
    ended = run(commander, acme, table, "--replace")
    assert ended.out == "1200 rows: 200 new, 0 changed, 1000 unchanged, 0 rejected; 0 removed\n"
    after = records(commander)
    assert len(after) == 1_200
    assert {name: after[name] for name in before} == before


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"--organization": "none"}, "There is no such organization: create one with contact-graph add-organization."),
        ({"--organization": None}, "Say whose customers they are: --organization ID"),
        ({"--record-id": "key"}, "{table}, line 1: expected the columns key; found id, name, page, tags, city."),
        ({"--name": "who"}, "{table}, line 1: expected the columns who; found id, name, page, tags, city."),
        ({"--url-column": "link"}, "{table}, line 1: expected the columns link; found id, name, page, tags, city."),
    ],
)
def test_what_is_wrong_is_named_and_nothing_written(
    changed: dict[str, str | None], message: str, commander: Commander, acme: str, table: Path
) -> None:
    options = {"--organization": acme, "--record-id": "id", "--name": "name", **changed}
    given = [part for name, value in options.items() if value is not None for part in (name, value)]
    ended = commander.run("crm", "import", str(table), *given)
    assert (ended.status, ended.err) == (1, f"contact-graph: {message.format(table=table)}\n")
    assert records(commander) == {}


def test_a_file_that_is_not_there_is_named(commander: Commander, acme: str, tmp_path: Path) -> None:
    ended = run(commander, acme, tmp_path / "none.csv")
    told = f"{tmp_path / 'none.csv'}: No such file or directory: expected a file of CSV."
    assert (ended.status, ended.err) == (1, f"contact-graph: {told}\n")


def test_progress_is_shown_to_people_alone(
    commander: Commander, acme: str, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    ended = run(commander, acme, table)
    assert re.fullmatch(r"\r2 rows, [\d,]+ a second \r", ended.err)
    assert ended.out.startswith("2 rows: 2 new")


def test_the_help_says_what_is_asked_for(commander: Commander) -> None:
    ended = commander.run("crm", "import", "--help", CONTACT_GRAPH_SECRET="")
    told = " ".join(ended.out.split())
    assert (ended.status, ended.err) == (0, "")
    assert told.startswith("usage: contact-graph crm import [-h]")
    for each in ("--record-id", "--name", "--url-column", "--separator", "--replace", "an empty cell is a blank field"):
        assert each in told


def known_of(row: dict[str, str]) -> LookUpQuery:
    """What the panel knows of a contact of the example: a number in E.164, and the id at Twitter."""
    phone = phone_value(row["phone"], "US")
    known: dict[str, Field] = {"phone": phone.phone} if isinstance(phone, PhoneValue) else {}
    return LookUpQuery(known | ({"twitter_id": row["twitter_id"]} if row["twitter_id"] else {}))


async def looked_up(commander: Commander, organization_id: str, queries: list[LookUpQuery]) -> list[LookUpAnswer]:
    driver = connect(commander.settings["MONGODB_URI"], commander.settings["CONTACT_GRAPH_DATABASE"])
    try:
        connector = DirectoryConnector(Stores.of(driver, organization_id).crm_records, "US")
        parts = [queries[at : at + 100] for at in range(0, len(queries), 100)]
        return [answer for part in parts for answer in await connector.look_up(part, ["name"])]
    finally:
        await driver.close()


def test_every_contact_of_the_example_is_found_in_the_example_list(commander: Commander) -> None:
    organization_id = commander.printed("add-organization", "Acme")
    every = demo_definitions(Organization(organization_id, "Acme", Plan.ENTERPRISE, "en", "US"), ())[3:]
    commander.insert("attributeDefinitions", [from_definition(each, organization_id) for each in every])
    columns = ("--record-id", "account_number", "--name", "name")
    first = commander.run("crm", "import", LIST, "--organization", organization_id, *columns)
    assert (first.status, first.err) == (0, "")
    assert first.out == "537 rows: 537 new, 0 changed, 0 unchanged, 0 rejected; 0 removed\n"
    before = commander.stored("crmRecords")
    assert fields(commander, "K000367")["committees"][1] == "Senate Committee on Commerce, Science, and Transportation"

    with Path(LEGISLATORS).open(encoding="utf-8", newline="") as file:
        people = [(each["name"], known_of(each)) for each in csv.DictReader(file)]
    # Of one who was elected lately the example knows neither: he is found by his name.
    assert [name for name, query in people if not query.fields] == ["James Gallagher"]
    queries = [query if query.fields else LookUpQuery({"name": name.upper()}) for name, query in people]
    answers = asyncio.run(looked_up(commander, organization_id, queries))
    assert len(answers) == 537
    found = [each.record.name if isinstance(each, RecordFound) else each for each in answers]
    assert found == [name for name, _ in people]

    again = commander.run("crm", "import", LIST, "--organization", organization_id, *columns)
    assert (again.status, again.err) == (0, "")
    assert again.out == "537 rows: 0 new, 0 changed, 537 unchanged, 0 rejected; 0 removed\n"
    assert commander.stored("crmRecords") == before
