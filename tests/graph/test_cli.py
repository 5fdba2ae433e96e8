"""`contact-graph`: its commands, their help, and how each way to get it wrong ends."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from domain.agents import Plan
from graph import cli, commands
from tests.graph.commanding import Commander

COMMANDS = {
    "serve": "start the server",
    "schema": "print the GraphQL schema",
    "token": "print a token for an agent",
    "import": "import contacts from a CSV file",
    "crm": "keep a customer list, in place of a CRM",
    "erase": "erase a person at their request",
    "export-person": "export everything that is kept of a person",
    "add-organization": "create an organization",
    "add-agent": "add an agent to an organization",
}


def words(text: str) -> str:
    """Return the text without its line breaks, which depend on the terminal."""
    return " ".join(text.split())


def test_help_lists_every_command_with_what_it_does(commander: Commander) -> None:
    ended = commander.run("--help")
    assert (ended.status, ended.err) == (0, "")
    for name, does in COMMANDS.items():
        assert f"{name} {does}" in words(ended.out)
    assert "Settings come from the environment: see README.md." in words(ended.out)


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("serve", "Start the server, until Ctrl-C."),
        ("schema", "Print the schema as SDL."),
        ("token", "Print a bearer token for an agent, and nothing else."),
        ("import", "Rejected rows are listed with their line and the reason; the exit status is then 1."),
        ("crm", "Keep the customer list in which an organization without a CRM elsewhere looks people up."),
        ("erase", "Erase a contact with everything that is kept about it, and print the receipt."),
        ("export-person", "Write everything that is kept of a contact as one document of JSON"),
        ("add-organization", "Create an organization with the common attributes, and print its id."),
        ("add-agent", "Add an agent, and print their id."),
    ],
)
def test_each_command_has_help_that_needs_no_settings(command: str, told: str, commander: Commander) -> None:
    ended = commander.run(command, "--help", CONTACT_GRAPH_SECRET="")
    assert (ended.status, ended.err) == (0, "")
    assert ended.out.startswith(f"usage: contact-graph {command} ")
    assert told in words(ended.out)


def test_the_plans_to_choose_from_are_listed(commander: Commander) -> None:
    plans = ",".join(each.value for each in Plan)
    assert f"{{{plans}}}" in words(commander.run("add-organization", "--help").out)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "the following arguments are required: COMMAND"),
        (("fly",), "invalid choice: 'fly'"),
        (("import",), "the following arguments are required: FILE.csv"),
        (("crm",), "the following arguments are required: COMMAND"),
        (("crm", "import", "a.csv"), "the following arguments are required: --record-id"),
        (("add-organization", "Acme", "--plan", "gold"), "argument --plan: invalid choice: 'GOLD'"),
        (("add-agent", "org", "a@example.com"), "the following arguments are required: name"),
        (("serve", "--fast"), "unrecognized arguments: --fast"),
    ],
)
def test_wrong_arguments_end_with_2_and_the_usage(
    arguments: tuple[str, ...], message: str, commander: Commander
) -> None:
    ended = commander.run(*arguments)
    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith("usage: contact-graph")
    assert message in ended.err


@pytest.mark.parametrize(
    "command", [("serve",), ("token", "a@example.com"), ("import", "a.csv"), ("add-agent", *"abc")]
)
def test_a_wrong_setting_ends_each_command_with_2_and_one_line(command: tuple[str, ...], commander: Commander) -> None:
    ended = commander.run(*command, CONTACT_GRAPH_SECRET="short")
    message = "CONTACT_GRAPH_SECRET: expected at least 32 bytes, such as `openssl rand -hex 32` prints."
    assert (ended.status, ended.out, ended.err) == (2, "", f"contact-graph: {message}\n")


def test_a_database_that_cannot_be_used_ends_with_1_and_one_line(commander: Commander) -> None:
    ended = commander.run("add-organization", "Acme", MONGODB_URI="mongodb://127.0.0.1:99999")
    message = "MONGODB_URI: Port must be an integer between 0 and 65535."
    assert (ended.status, ended.out, ended.err) == (1, "", f"contact-graph: {message}\n")


def test_ctrl_c_ends_a_command_as_in_a_shell(commander: Commander, monkeypatch: pytest.MonkeyPatch) -> None:
    async def token(*_: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(commands, "token", token)
    ended = commander.run("token", "a@example.com")
    assert (ended.status, ended.out, ended.err) == (130, "", "")


def test_the_schema_is_the_committed_one_and_needs_no_settings(commander: Commander) -> None:
    ended = commander.run("schema", CONTACT_GRAPH_SECRET="", CONTACT_GRAPH_PORT="nowhere")
    committed = (Path(cli.__file__).parents[1] / "schema.graphql").read_text("utf-8")
    assert (ended.status, ended.out, ended.err) == (0, committed, "")


def test_the_installed_command_and_the_module_are_the_same() -> None:
    programs = ([str(Path(sys.executable).with_name("contact-graph"))], [sys.executable, "-m", "graph"])
    helps = [subprocess.run([*each, "--help"], capture_output=True, text=True, check=True).stdout for each in programs]
    assert helps[0] == helps[1]
    assert helps[0].startswith("usage: contact-graph [-h] COMMAND ...\n")
