"""`contact-graph erase` and `export-person`, and an import after an erasure."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from graph.nodes import encode_id
from tests.graph.commanding import Commander, Ended

MAPPING = 'name = "name"\n[[identities]]\nnetwork = "EMAIL"\nhandle = "email"\n[attributes]\nphone = "phone"\n'
ROWS = "name,email,phone\nZoë Quill,zoe@example.com,202-555-0143\nLin,lin@example.com,\n"
WHOM = "EMAIL:zoe@example.com"
NOBODY = "There is no such contact in the organization."
COUNTS = (
    "0 notes, 0 revisions, 1 values, 1 identities, 1 events, 0 merges, 0 conversations, 0 answers, 0 conversation notes"
)


@pytest.fixture
def acme(commander: Commander, tmp_path: Path) -> str:
    """An organization with an admin, an agent and two imported contacts."""
    organization = commander.printed("add-organization", "Acme")
    commander.printed("add-agent", organization, "ada@example.com", "Ada", "--admin", "--id", "ada")
    commander.printed("add-agent", organization, "jo@example.com", "Jo")
    (tmp_path / "people.csv").write_text(ROWS)
    (tmp_path / "people.toml").write_text(MAPPING)
    assert commander.run("import", str(tmp_path / "people.csv"), "--organization", organization).status == 0
    return organization


def everything(commander: Commander) -> object:
    return [commander.everything(), *(commander.stored(each) for each in ("deletedContacts", "erasureReceipts"))]


def erase(
    commander: Commander, organization: str, *more: str, whom: str = WHOM, agent: str = "ADA@example.com"
) -> Ended:
    return commander.run("erase", whom, "--organization", organization, "--agent", agent, *more)


def test_an_erasure_prints_the_receipt_and_the_table_does_not_bring_the_person_back(
    commander: Commander, acme: str, tmp_path: Path
) -> None:
    before = everything(commander)
    foretold = erase(commander, acme, "--dry-run")
    assert foretold == Ended(0, f"Would be removed: {COUNTS}.\nThis was a dry run: nothing was removed.\n", "")
    assert everything(commander) == before
    ended = erase(commander, acme, "--reason", "By letter.")
    assert (ended.status, ended.err) == (0, "")
    removed, receipt, fingerprint = ended.out.splitlines()
    [stored] = commander.stored("erasureReceipts")
    assert removed == f"Removed: {COUNTS}."
    document = receipt.removeprefix("Receipt: ")
    said = json.loads(document)
    assert (said["receipt"], said["erasedBy"], said["reason"]) == (stored["_id"], "ada", "By letter.")
    assert fingerprint == f"SHA-256: {hashlib.sha256(document.encode()).hexdigest()}"
    assert [each["name"] for each in commander.stored("contacts")] == ["Lin"]
    assert [(each["hint"], each["admin"]) for each in commander.stored("deletedContacts")] == [("Zo…", "ada")]

    again = ("import", str(tmp_path / "people.csv"), "--organization", acme)
    day = stored["place"]["at"].date().isoformat()
    reason = f"This person was erased at their request on {day}. To import them all the same, add --allow-erased."
    counted = "2 rows: 0 created, 0 updated, 1 unchanged, 1 rejected\n"
    assert commander.run(*again) == Ended(1, f"line 2: rejected: {reason}\n{counted}", "")
    brought_back = "2 rows: 1 created, 0 updated, 1 unchanged, 0 rejected\n"
    assert commander.run(*again, "--allow-erased") == Ended(0, brought_back, "")


def test_an_erasure_that_cannot_be_is_refused_and_writes_nothing(commander: Commander, acme: str) -> None:
    before = everything(commander)
    role = "The agent's role does not include it: name an admin with --agent."
    networks = "TWITTER, FACEBOOK, INSTAGRAM, YOUTUBE, WHATSAPP, LINKEDIN, TIKTOK, TELEGRAM, EMAIL, SMS, WEB_CHAT"
    blank = "--reason: Write something: the text is empty or only white space."
    no_organization = "There is no such organization: create one with contact-graph add-organization."
    wrong = [
        (erase(commander, acme, agent="jo@example.com"), role),
        (erase(commander, acme, "--dry-run", agent="jo@example.com"), role),
        (erase(commander, acme, agent="bo@example.com"), "No active agent of Acme has the address bo@example.com."),
        (erase(commander, acme, whom="EMAIL:none@example.com"), NOBODY),
        (erase(commander, acme, whom="nobody"), NOBODY),
        (erase(commander, acme, "--dry-run", whom="nobody"), NOBODY),
        (erase(commander, acme, whom="MYSPACE:1"), f"«MYSPACE» is no network: expected one of {networks}."),
        (erase(commander, acme, "--reason", " "), blank),
        (erase(commander, "nowhere"), no_organization),
    ]
    for ended, message in wrong:
        assert ended == Ended(1, "", f"contact-graph: {message}\n")
    assert everything(commander) == before


def test_a_person_is_exported_by_identity_or_by_either_id(commander: Commander, acme: str, tmp_path: Path) -> None:
    before = everything(commander)
    ended = commander.run("export-person", "email:zoe@example.com", "--organization", acme)
    assert (ended.status, ended.err) == (0, "")
    document = json.loads(ended.out)
    contact_id = document["contact"]["id"]
    assert (document["contact"]["name"], document["exportedBy"]) == ("Zoë Quill", None)
    assert [(each["key"], each["value"]) for each in document["values"]] == [("phone", "+12025550143")]
    file = tmp_path / "zoe.json"
    for whom in (contact_id, encode_id("Contact", contact_id)):
        given = ("export-person", whom, "--organization", acme, "--output", str(file))
        assert commander.run(*given) == Ended(0, "", f"{file}: written.\n")
        written = json.loads(file.read_text("utf-8"))
        assert {**written, "exportedAt": None} == {**document, "exportedAt": None}
    assert everything(commander) == before


def test_an_export_that_cannot_be_is_refused(commander: Commander, acme: str, tmp_path: Path) -> None:
    nowhere = tmp_path / "none" / "zoe.json"
    ended = commander.run("export-person", WHOM, "--organization", acme, "--output", str(nowhere))
    assert ended == Ended(1, "", f"contact-graph: {nowhere}: No such file or directory.\n")
    ended = commander.run("export-person", encode_id("ContactNote", "n1"), "--organization", acme)
    assert ended == Ended(1, "", f"contact-graph: {NOBODY}\n")
