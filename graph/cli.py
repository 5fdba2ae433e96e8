"""The commands of `contact-graph`."""

import argparse
import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from domain.agents import Plan, Role
from graph import commands, commands_crm, commands_export, commands_import, commands_privacy
from graph.app import DatabaseError
from graph.command_error import CommandError
from graph.schema import create_schema
from graph.serve import serve
from graph.settings import Settings, SettingsError
from graph.tables import TableError

if TYPE_CHECKING:
    from graph.command_error import Subparsers


def main(arguments: Sequence[str] | None = None, environ: Mapping[str, str] | None = None) -> int:
    """Run a command; returns the exit status: 0, 1 where it failed, 2 where the arguments or settings are wrong."""
    given = _parser().parse_args(arguments)
    variables = os.environ if environ is None else environ
    try:
        return _run(given, variables)
    except SettingsError as problem:
        return _fail(problem, 2)
    except (CommandError, DatabaseError, TableError) as problem:
        return _fail(problem, 1)
    except KeyboardInterrupt:
        return 130


def _fail(problem: Exception, status: int) -> int:
    print(f"contact-graph: {problem}", file=sys.stderr)
    return status


def _run(given: argparse.Namespace, environ: Mapping[str, str]) -> int:
    if given.command == "schema":
        print(create_schema().as_str())
        return 0
    settings = Settings.of(environ)
    match given.command:
        case "serve":
            return serve(settings)
        case "token":
            print(asyncio.run(commands.token(settings, given.email, given.organization)))
            return 0
        case "import":
            return asyncio.run(commands_import.import_file(settings, commands_import.options_of(given)))
        case "export":
            return asyncio.run(commands_export.export_file(settings, given.file, given.organization))
        case "crm":
            return asyncio.run(commands_crm.import_list(settings, given))
        case "erase":
            print(asyncio.run(commands_privacy.erase(settings, given)))
            return 0
        case "export-person":
            asyncio.run(commands_privacy.export_person(settings, given))
            return 0
        case "add-organization":
            plan = Plan(given.plan)
            print(asyncio.run(commands.add_organization(settings, given.name, plan, given.language, given.region)))
            return 0
        case _:
            print(asyncio.run(commands.add_agent(settings, given)))
            return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="contact-graph",
        description="The GraphQL backend of a contact panel. Settings come from the environment: see README.md.",
    )
    commands_of = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands_of.add_parser("serve", help="start the server", description="Start the server, until Ctrl-C.")
    commands_of.add_parser("schema", help="print the GraphQL schema", description="Print the schema as SDL.")
    _add_token(commands_of)
    commands_import.add_parser(commands_of)
    commands_export.add_parser(commands_of)
    commands_crm.add_parser(commands_of)
    commands_privacy.add_parsers(commands_of)
    _add_organization(commands_of)
    _add_agent(commands_of)
    return parser


def _add_token(commands_of: "Subparsers") -> None:
    parser = commands_of.add_parser(
        "token",
        help="print a token for an agent",
        description="Print a bearer token for an agent, and nothing else. In demo mode without an address: for the "
        "demo's administrator.",
    )
    parser.add_argument("email", nargs="?", metavar="AGENT-EMAIL", help="whom the token is for")
    parser.add_argument("--organization", metavar="ID", help="which one, where several have an agent of that address")


def _add_organization(commands_of: "Subparsers") -> None:
    parser = commands_of.add_parser(
        "add-organization",
        help="create an organization",
        description="Create an organization with the common attributes, and print its id.",
    )
    parser.add_argument("name", help="as the company writes it")
    plans = [each.value for each in Plan]
    parser.add_argument("--plan", type=str.upper, choices=plans, default=Plan.ENTERPRISE.value)
    parser.add_argument("--language", default="en", metavar="TAG", help="BCP 47, where an agent chose none")
    parser.add_argument("--region", default="US", metavar="CC", help="country of phone numbers without a prefix")


def _add_agent(commands_of: "Subparsers") -> None:
    parser = commands_of.add_parser(
        "add-agent", help="add an agent to an organization", description="Add an agent, and print their id."
    )
    parser.add_argument("organization", metavar="ORGANIZATION-ID")
    parser.add_argument("email", metavar="AGENT-EMAIL")
    parser.add_argument("name", help="to be shown beside notes")
    parser.add_argument("--id", help="the subject of their tokens, where a provider issues them")
    parser.add_argument("--admin", dest="role", action="store_const", const=Role.ADMIN, default=Role.AGENT)


if __name__ == "__main__":
    sys.exit(main())
