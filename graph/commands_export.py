"""`contact-graph export`: all contacts of an organization, as CSV or JSON Lines."""

import csv
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import orjson

from domain.agents import Directory
from domain.contact_json import contact_json
from domain.contacts import Contact
from graph.app import Database, database_of
from graph.command_error import CommandError
from graph.settings import Demo, Settings
from resolvers import exports
from resolvers.demo_organizations import ENTERPRISE

if TYPE_CHECKING:
    from graph.command_error import Subparsers


def add_parser(commands_of: "Subparsers") -> None:
    parser = commands_of.add_parser(
        "export",
        help="export all contacts to CSV or JSON Lines",
        description="Export all contacts of an organization. A .csv comes with the .toml by which `import` reads it "
        "again, on contacts that are there or into another organization; a .jsonl has one contact on each line, with "
        "everything that is kept of it and where each value came from.",
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="a new file: .csv or .jsonl")
    parser.add_argument("--organization", metavar="ID", help="whose contacts; in demo mode the largest")


async def export_file(settings: Settings, file: Path, organization_id: str | None) -> int:
    """Export to the file and tell how many; returns the exit status. Raises CommandError."""
    if organization_id is None and settings.demo is Demo.OFF:
        raise CommandError("Say whose contacts: --organization ID")
    if file.suffix not in {".csv", ".jsonl"}:
        raise CommandError(f"{file}: expected a name that ends in .csv or .jsonl.")
    async with database_of(settings, may_share=True) as database:
        directory = await database.directory(organization_id or ENTERPRISE.organization.id)
        if directory is None:
            raise CommandError("There is no such organization: create one with contact-graph add-organization.")
        write = _write_csv if file.suffix == ".csv" else _write_json_lines
        count = await write(database, directory, file)
    print(f"{count} contacts are in {file}.")
    return 0


async def _write_csv(database: Database, directory: Directory, file: Path) -> int:
    table = await exports.table(database.stores(directory.organization.id), directory)
    # The mapping first: where it cannot be made, no table is left behind.
    with _new(file.with_suffix(".toml")) as mapping, _new(file) as opened:
        mapping.write(table.mapping())
        rows = csv.writer(opened)
        rows.writerow(table.header())
        return await _each(database, directory, lambda contact: rows.writerow(table.row(contact)))


async def _write_json_lines(database: Database, directory: Directory, file: Path) -> int:
    def write(contact: Contact) -> None:
        opened.write(orjson.dumps(contact_json(contact, directory.definitions)).decode() + "\n")

    with _new(file) as opened:
        return await _each(database, directory, write)


async def _each(database: Database, directory: Directory, write: Callable[[Contact], object]) -> int:
    """Write every contact, and say how far it has come where somebody watches; returns how many there were."""
    count, is_watched = 0, sys.stderr.isatty()
    async for batch in exports.batches(database.stores(directory.organization.id)):
        for each in batch:
            write(each)
        count += len(batch)
        if is_watched:
            print(f"\r{count:,} contacts ", end="", file=sys.stderr, flush=True)
    if is_watched:
        print("\r", end="", file=sys.stderr)
    return count


@contextmanager
def _new(file: Path) -> Iterator[TextIO]:
    """Open a file that is not there yet: what somebody keeps is never overwritten."""
    try:
        opened = file.open("x", encoding="utf-8", newline="")
    except OSError as problem:
        raise CommandError(f"{file}: {problem.strerror}: expected the name of a new file.") from problem
    with opened:
        yield opened
