"""`contact-graph import`: what it says of each row, and that a repetition or a dry run writes nothing."""

from __future__ import annotations

import gc
import re
import sys
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from domain.agents import Organization, Plan
from graph import commands_import
from graph.commands_import import _run_key
from graph.import_process import a_reader
from persistence.definition_documents import from_definition
from persistence.imports import ImportWriter
from resolvers.demo_organizations import demo_definitions
from tests.graph.commanding import LEGISLATORS, Commander
from tests.graph.conftest import DemoServer
from tests.graph.processes import ask, demo_of, run

REMARKS = (
    "line 322: kept otherwise: FACEBOOK RogerMarshallMD belongs to Roger Marshall\n"
    "line 530: kept otherwise: contact_form: Give a web address such as https://example.com/page.\n"
)
MAPPING = 'name = "name"\n[[identities]]\nnetwork = "EMAIL"\nhandle = "email"\n[attributes]\nphone = "phone"\n'


@pytest.fixture
def acme(commander: Commander) -> str:
    return commander.printed("add-organization", "Acme")


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Three rows: a good one, one with two mistakes, and a ragged one; its mapping lies beside it."""
    (tmp_path / "people.toml").write_text(MAPPING)
    path = tmp_path / "people.csv"
    path.write_text('name,email,phone\n"Zoë\nQuill",zoe@example.com,202-555-0143\n" ",none,+1 202 555 0118\nLin,lin\n')
    return path


def test_rejected_rows_are_told_with_line_and_reason(commander: Commander, acme: str, table: Path) -> None:
    ended = commander.run("import", str(table), "--organization", acme)
    assert (ended.status, ended.err) == (1, "")
    assert ended.out == (
        "line 4: rejected: name: Write something: the text is empty or only white space.\n"
        "line 4: rejected: email: Give an e-mail address such as name@example.com: "
        "An email address must have an @-sign.\n"
        "line 5: rejected: The row has more or fewer cells than the header.\n"
        "3 rows: 1 created, 0 updated, 0 unchanged, 2 rejected\n"
    )
    [contact] = commander.stored("contacts")
    assert (contact["name"], contact["org"]) == ("Zoë\nQuill", acme)
    assert [each["key"] for each in contact["identities"]] == ["EMAIL:zoe@example.com"]


def test_a_dry_run_tells_the_same_and_writes_nothing(commander: Commander, acme: str, table: Path) -> None:
    before = commander.everything()
    ended = commander.run("import", str(table), "--organization", acme, "--dry-run")
    assert (ended.status, ended.err) == (1, "")
    assert ended.out.endswith(
        "3 rows: 1 would be created, 0 would be updated, 0 unchanged, 2 rejected\n"
        "This was a dry run: nothing was written.\n"
    )
    assert commander.everything() == before


def test_a_repetition_changes_nothing_and_a_correction_one_contact(
    commander: Commander, acme: str, table: Path
) -> None:
    def end_of_import() -> str:
        return commander.run("import", str(table), "--organization", acme).out.splitlines()[-1]

    assert end_of_import() == "3 rows: 1 created, 0 updated, 0 unchanged, 2 rejected"
    before = commander.everything()
    assert end_of_import() == "3 rows: 0 created, 0 updated, 1 unchanged, 2 rejected"
    assert commander.everything() == before
    table.write_text("name,email,phone\nZoë,zoe@example.com,202-555-0199\n")
    assert end_of_import() == "1 rows: 0 created, 1 updated, 0 unchanged, 0 rejected"
    assert len(commander.stored("contacts")) == 1


def test_the_example_becomes_537_contacts_once(commander: Commander, acme: str) -> None:
    attributes = demo_definitions(Organization(acme, "Acme", Plan.BUSINESS, "en", "US"), ())[3:]
    commander.insert("attributeDefinitions", [from_definition(each, acme) for each in attributes])
    first = commander.run("import", LEGISLATORS, "--organization", acme)
    assert (first.status, first.err) == (0, "")
    assert first.out == f"{REMARKS}537 rows: 537 created, 0 updated, 0 unchanged, 0 rejected\n"
    before = commander.everything()
    assert len(before["contacts"]) == 537
    again = commander.run("import", LEGISLATORS, "--organization", acme)
    assert (again.status, again.err) == (0, "")
    assert again.out == f"{REMARKS}537 rows: 0 created, 0 updated, 537 unchanged, 0 rejected\n"
    assert commander.everything() == before


def test_what_was_imported_before_a_broken_line_is_told(commander: Commander, acme: str, table: Path) -> None:
    rows = "".join(f"Person {number},p{number}@example.com,\n" for number in range(510))
    table.write_text(f'name,email,phone\n{rows}"open')
    ended = commander.run("import", str(table), "--organization", acme)
    assert (ended.status, ended.out) == (1, "500 rows: 500 created, 0 updated, 0 unchanged, 0 rejected\n")
    assert ended.err == f"contact-graph: {table}, line 512: expected CSV: unexpected end of data\n"
    assert len(commander.stored("contacts")) == 500


def test_files_that_are_not_there_are_named(commander: Commander, acme: str, tmp_path: Path) -> None:
    ended = commander.run("import", str(tmp_path / "none.csv"), "--organization", acme)
    assert (ended.status, ended.out, ended.err) == (
        1,
        "",
        f"contact-graph: {tmp_path / 'none.csv'}: there is no such file.\n",
    )
    (tmp_path / "table.csv").write_text("name\n")
    ended = commander.run("import", str(tmp_path / "table.csv"), "--organization", acme)
    told = f"{tmp_path / 'table.toml'}: No such file or directory: expected a mapping in TOML."
    assert (ended.status, ended.out, ended.err) == (1, "", f"contact-graph: {told}\n")


def test_progress_is_shown_to_people_alone(
    commander: Commander, acme: str, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    ended = commander.run("import", str(table), "--organization", acme)
    assert re.fullmatch(r"\r3 rows, [\d,]+ a second \r", ended.err)
    assert ended.out.startswith("line 4: rejected")


def test_rejected_rows_are_given_back_to_be_mended(commander: Commander, acme: str, table: Path) -> None:
    rejected = table.with_name("mend.csv")
    given = ("import", str(table), "--organization", acme, "--rejected", str(rejected))
    ended = commander.run(*given)
    assert ended.out.endswith(
        f"2 rejected\nThe rejected rows are in {rejected}: mend them there and import that file.\n"
    )
    lines = rejected.read_text("utf-8").splitlines()
    assert lines[0] == "rejected_because,name,email,phone"
    assert lines[1].endswith(", ,none,+1 202 555 0118")
    assert lines[2] == "The row has more or fewer cells than the header.,Lin,lin"
    # Not over what may have been mended already.
    again = commander.run(*given)
    assert (again.status, again.out) == (1, "")
    assert again.err == (
        f"contact-graph: --rejected: {rejected} is there already; import or remove it, or name another file.\n"
    )
    mended = (
        rejected.read_text("utf-8")
        .replace(", ,none,", ",Noor,noor@example.com,")
        .replace("Lin,lin", "Lin,l@example.com,")
    )
    rejected.write_text(mended, "utf-8")
    mapping = ("--mapping", str(table.with_suffix(".toml")))
    back = commander.run("import", str(rejected), *mapping, "--organization", acme)
    assert (back.status, back.out) == (0, "2 rows: 2 created, 0 updated, 0 unchanged, 0 rejected\n")
    assert {each["name"] for each in commander.stored("contacts")} == {"Zoë\nQuill", "Noor", "Lin"}


def test_a_dry_run_gives_no_rows_back(commander: Commander, acme: str, table: Path) -> None:
    rejected = table.with_name("mend.csv")
    commander.run("import", str(table), "--organization", acme, "--rejected", str(rejected), "--dry-run")
    assert not rejected.exists()
    assert commander.stored("importRuns") == []


def test_a_broken_run_is_taken_up_where_it_broke_off(
    commander: Commander, acme: str, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "".join(
        f"Person {each},{'none' if each in {3, 510} else f'p{each}@example.com'},\n" for each in range(1_200)
    )
    table.write_text(f"name,email,phone\n{rows}")
    rejected = table.with_name("mend.csv")
    given = ("import", str(table), "--organization", acme, "--rejected", str(rejected))
    with monkeypatch.context() as planted:
        batches = []

        async def breaking(self: ImportWriter, *written: Any) -> None:
            batches.append(written)
            if len(batches) == 3:
                raise KeyboardInterrupt
            await put(self, *written)

        put = ImportWriter.put
        planted.setattr(ImportWriter, "put", breaking)
        assert commander.run(*given).status == 130
    # The second batch was told of; whether the third was could not be known.
    assert [each["line"] for each in commander.stored("importRuns")] == [501]
    assert len(commander.stored("contacts")) == 998
    ended = commander.run(*given)
    assert ended.out.startswith("Taken up again behind line 501, where it was broken off.\n")
    assert "700 rows: 200 created, 0 updated, 499 unchanged, 1 rejected\n" in ended.out
    assert commander.stored("importRuns") == []
    assert len(commander.stored("contacts")) == 1_198
    # A row of the batch in doubt may be there twice, but none is missing.
    assert [each.split(",")[1] for each in rejected.read_text("utf-8").splitlines()] == [
        "name",
        "Person 3",
        "Person 510",
        "Person 510",
    ]
    whole = commander.run("import", str(table), "--organization", acme, "--from-start")
    assert "1200 rows: 0 created, 0 updated, 1198 unchanged, 2 rejected\n" in whole.out


def test_a_large_table_is_read_by_a_process_of_its_own_to_the_same_end(
    commander: Commander, acme: str, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = ("import", str(table), "--organization", acme, "--dry-run")
    alone = commander.run(*given)
    readers, usual = [], gc.get_threshold()

    def counted() -> ProcessPoolExecutor:
        assert gc.get_threshold()[0] > usual[0]
        readers.append(a_reader())
        return readers[-1]

    monkeypatch.setattr(commands_import, "_WORTH_A_PROCESS", 0)
    monkeypatch.setattr(commands_import, "a_reader", counted)
    assert commander.run(*given) == alone
    assert (len(readers), gc.get_threshold()) == (1, usual)


def test_another_table_or_mapping_is_another_run(commander: Commander, acme: str, table: Path) -> None:
    runs = [{"_id": f"{acme}:{_run_key(table, table.with_suffix('.toml'))}", "line": 4, "at": datetime.now(UTC)}]
    commander.insert("importRuns", runs)
    mapping = table.with_name("other.toml")
    mapping.write_text(MAPPING + "\n")
    given = ("import", str(table), "--organization", acme)
    assert not commander.run(*given, "--dry-run").out.startswith("Taken up again")
    assert not commander.run(*given, "--mapping", str(mapping)).out.startswith("Taken up again")
    assert commander.run(*given).out.startswith("Taken up again behind line 4, where it was broken off.\n")


def test_while_the_server_runs_its_database_is_shared(demo_server: DemoServer, tmp_path: Path) -> None:
    settings = demo_of(demo_server.data)
    token = run("token", **settings)
    assert (token.returncode, token.stderr, token.stdout.count("\n"), token.stdout[:3]) == (0, "", 1, "eyJ")
    again = run("import", LEGISLATORS, **settings)
    assert (again.returncode, again.stderr) == (0, "")
    assert again.stdout == f"{REMARKS}537 rows: 0 created, 0 updated, 537 unchanged, 0 rejected\n"
    table = tmp_path / "late.csv"
    table.write_text("name,email,phone\nLate Comer,late@example.com,\n")
    table.with_suffix(".toml").write_text(MAPPING)
    new = run("import", str(table), "--organization", "meadow", **settings)
    assert (new.returncode, new.stdout) == (0, "1 rows: 1 created, 0 updated, 0 unchanged, 0 rejected\n")
    query = '{ contactByIdentity(network: EMAIL, externalId: "late@example.com") { name } }'
    by_name = {each: ask(demo_server.url, each, query)["contactByIdentity"] for each in demo_server.tokens}
    assert list(by_name.values()) == [None, None, {"name": "Late Comer"}, {"name": "Late Comer"}, None, None]
    assert ask(demo_server.url, token.stdout.strip(), "{ viewer { name } }") == {"viewer": {"name": "Amara Okafor"}}
