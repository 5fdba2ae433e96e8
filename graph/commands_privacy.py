"""The commands for the rights of a person: to be erased, and to be given what is kept of them."""

import argparse
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from domain import clock
from domain.agents import Agent, Directory
from domain.capabilities import Forbidden
from domain.contacts import IdentityKey, Network
from domain.outcomes import Invalid, KeyReused, NotFound
from domain.privacy import ContactErased, ErasureCounts, ErasureReceipt
from graph.app import Database, database_of
from graph.command_error import CommandError
from graph.nodes import decode_id
from graph.settings import Settings
from resolvers import privacy
from resolvers.context import Context
from resolvers.person_json import person_json

if TYPE_CHECKING:
    from graph.command_error import Subparsers

_NOBODY = "There is no such contact in the organization."


def add_parsers(commands_of: "Subparsers") -> None:
    erase = commands_of.add_parser(
        "erase",
        help="erase a person at their request",
        description="Erase a contact with everything that is kept about it, and print the receipt. It cannot be "
        "undone. An import that has the person again rejects the row, unless it is run with --allow-erased.",
    )
    _add_whom(erase)
    erase.add_argument("--agent", metavar="EMAIL", required=True, help="the admin in whose name it is done")
    erase.add_argument("--reason", metavar="TEXT", help="why, for the receipt: write nothing of the person")
    erase.add_argument("--dry-run", action="store_true", help="tell what would be removed, and remove nothing")
    export = commands_of.add_parser(
        "export-person",
        help="export everything that is kept of a person",
        description="Write everything that is kept of a contact as one document of JSON, to be given to the person: "
        "see docs/contact-export.md.",
    )
    _add_whom(export)
    export.add_argument("--output", type=Path, metavar="FILE", help="where to write it; by default to the terminal")


def _add_whom(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("contact", metavar="CONTACT", help="the contact's id, or NETWORK:externalId of an identity")
    parser.add_argument("--organization", metavar="ID", required=True, help="whose contact it is")


async def erase(settings: Settings, given: argparse.Namespace) -> str:
    """Erase the contact, or tell what that would remove; returns what to print. Raises CommandError."""
    async with database_of(settings, may_share=True) as database:
        directory = await _directory(database, given.organization)
        context = _context(database, directory, _admin(directory, given.agent))
        contact_id = await _contact_id(database, directory, given.contact)
        if given.dry_run:
            return _foretold(await privacy.would_erase(context, contact_id))
        result = await privacy.erase(context, contact_id=contact_id, reason=given.reason, idempotency_key=None)
    return _told(result)


async def export_person(settings: Settings, given: argparse.Namespace) -> None:
    """Write everything that is kept of the contact. Raises CommandError."""
    async with database_of(settings, may_share=True) as database:
        directory = await _directory(database, given.organization)
        contact_id = await _contact_id(database, directory, given.contact)
        at = clock.now()
        person = await database.stores(directory.organization.id).privacy.person(contact_id, at)
    if person is None:
        raise CommandError(_NOBODY)
    document = person_json(person, directory, at, None)
    if given.output is None:
        print(document)
        return
    try:
        given.output.write_text(f"{document}\n", encoding="utf-8")
    except OSError as problem:
        raise CommandError(f"{given.output}: {problem.strerror}.") from problem
    print(f"{given.output}: written.", file=sys.stderr)


async def _directory(database: Database, organization_id: str) -> Directory:
    directory = await database.directory(organization_id)
    if directory is None:
        raise CommandError("There is no such organization: create one with contact-graph add-organization.")
    return directory


def _admin(directory: Directory, email: str) -> Agent:
    """Return the agent of that address, who may turn out not to be allowed to do it."""
    for each in directory.agents.values():
        if each.email.casefold() == email.strip().casefold() and each.is_active:
            return each
    raise CommandError(f"No active agent of {directory.organization.name} has the address {email}.")


def _context(database: Database, directory: Directory, agent: Agent) -> Context:
    return Context.of(agent, directory, database.organizations, database.stores(directory.organization.id))


async def _contact_id(database: Database, directory: Directory, given: str) -> str:
    """Return the id of whom the text names: an id as the API or the database has it, or an identity."""
    network, separator, external_id = given.partition(":")
    if separator:
        if network.upper() not in Network.__members__:
            networks = ", ".join(each.value for each in Network)
            raise CommandError(f"«{network}» is no network: expected one of {networks}.")
        key = IdentityKey(Network[network.upper()], external_id)
        found = await database.stores(directory.organization.id).contacts.by_identities([key])
        if key not in found:
            raise CommandError(_NOBODY)
        return found[key].id
    opaque = decode_id(given)
    return opaque.local_id if opaque is not None and opaque.type_name == "Contact" else given


def _foretold(counts: ErasureCounts | Forbidden | NotFound) -> str:
    match counts:
        case ErasureCounts():
            return f"Would be removed: {_listed(counts)}.\nThis was a dry run: nothing was removed."
        case Forbidden():
            raise CommandError(_refused(counts))
        case NotFound():
            raise CommandError(_NOBODY)


def _told(result: privacy.ErasureResult) -> str:
    match result:
        case ContactErased(receipt):
            return _receipt(receipt)
        case Forbidden():
            raise CommandError(_refused(result))
        case Invalid(message=message):
            raise CommandError(f"--reason: {message}")
        case NotFound() | KeyReused():
            raise CommandError(_NOBODY)


def _receipt(receipt: ErasureReceipt) -> str:
    removed = f"Removed: {_listed(receipt.counts)}."
    return f"{removed}\nReceipt: {receipt.document}\nSHA-256: {receipt.fingerprint}"


def _listed(counts: ErasureCounts) -> str:
    return ", ".join(f"{number} {kind.replace('_', ' ')}" for kind, number in asdict(counts).items())


def _refused(refused: Forbidden) -> str:
    return f"The agent's {refused.barrier.value.lower()} does not include it: name an admin with --agent."
