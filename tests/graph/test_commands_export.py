"""`contact-graph export`: what it writes can be imported again, and nothing is overwritten."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import orjson
import pytest

from tests.graph.commanding import Commander

MAPPING = 'name = "name"\n[[identities]]\nnetwork = "EMAIL"\nhandle = "email"\n[attributes]\nphone = "phone"\n'


@pytest.fixture
def acme(commander: Commander, tmp_path: Path) -> str:
    """An organization with two contacts."""
    organization = commander.printed("add-organization", "Acme")
    (tmp_path / "people.toml").write_text(MAPPING)
    (tmp_path / "people.csv").write_text("name,email,phone\nZoë,zoe@example.com,202-555-0143\nLin,lin@example.com,\n")
    commander.run("import", str(tmp_path / "people.csv"), "--organization", organization)
    return organization


def test_a_table_comes_with_the_mapping_that_reads_it(commander: Commander, acme: str, tmp_path: Path) -> None:
    file = tmp_path / "out.csv"
    ended = commander.run("export", str(file), "--organization", acme)
    assert (ended.status, ended.out, ended.err) == (0, f"2 contacts are in {file}.\n", "")
    header, *lines = file.read_text("utf-8").splitlines()
    assert header == "id,name,email,email_id,attribute.email,attribute.phone,attribute.website"
    assert sorted(each.partition(",")[2] for each in lines) == [
        "Lin,lin@example.com,lin@example.com,,,",
        "Zoë,zoe@example.com,zoe@example.com,,+12025550143,",
    ]
    before = commander.everything()
    again = commander.run("import", str(file), "--organization", acme)
    assert again.out == "2 rows: 0 created, 0 updated, 2 unchanged, 0 rejected\n"
    assert commander.everything() == before


def test_json_lines_have_a_contact_each(commander: Commander, acme: str, tmp_path: Path) -> None:
    file = tmp_path / "out.jsonl"
    assert commander.printed("export", str(file), "--organization", acme) == f"2 contacts are in {file}."
    found = [orjson.loads(each) for each in file.read_bytes().splitlines()]
    assert sorted(each["name"] for each in found) == ["Lin", "Zoë"]
    [zoe] = [each for each in found if each["name"] == "Zoë"]
    assert zoe["attributes"]["phone"]["value"] == "+12025550143"
    assert zoe["attributes"]["phone"]["source"] == "IMPORT"
    assert not file.with_suffix(".toml").exists()


def test_nothing_that_is_kept_is_overwritten(commander: Commander, acme: str, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("mine")
    ended = commander.run("export", str(tmp_path / "mine.csv"), "--organization", acme)
    assert (ended.status, ended.out) == (1, "")
    assert ended.err == f"contact-graph: {tmp_path / 'mine.toml'}: File exists: expected the name of a new file.\n"
    assert (tmp_path / "mine.toml").read_text() == "mine"
    assert not (tmp_path / "mine.csv").exists()


def test_what_cannot_be_done_is_said(commander: Commander, acme: str, tmp_path: Path) -> None:
    file = str(tmp_path / "out.xls")
    cases = {
        ("--organization", acme): f"{file}: expected a name that ends in .csv or .jsonl.",
        (): "Say whose contacts: --organization ID",
    }
    for arguments, message in cases.items():
        ended = commander.run("export", file, *arguments)
        assert (ended.status, ended.err) == (1, f"contact-graph: {message}\n")
    nobody = commander.run("export", str(tmp_path / "out.csv"), "--organization", "nobody")
    assert nobody.err.startswith("contact-graph: There is no such organization")
    assert not (tmp_path / "out.csv").exists()


def test_progress_is_shown_to_people_alone(
    commander: Commander, acme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    ended = commander.run("export", str(tmp_path / "out.jsonl"), "--organization", acme)
    assert re.fullmatch(r"\r2 contacts \r", ended.err)
