"""`contact-graph crm`: the customer list of an organization without a CRM elsewhere."""

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from domain.crm_directory_rows import ListColumns, several_of
from domain.crm_values import SEPARATOR
from domain.definitions import AttributeDefinition
from graph.app import database_of
from graph.command_error import CommandError
from graph.commands_import import Progress
from graph.settings import Demo, Settings
from graph.tables import rows_with
from resolvers.crm_directory import ListImport, ListReport
from resolvers.demo_organizations import ENTERPRISE
from resolvers.imports import NumberedRow

if TYPE_CHECKING:
    from graph.command_error import Subparsers


def add_parser(commands_of: "Subparsers") -> None:
    crm = commands_of.add_parser(
        "crm",
        help="keep a customer list, in place of a CRM",
        description="Keep the customer list in which an organization without a CRM elsewhere looks people up.",
    )
    of_crm = crm.add_subparsers(dest="crm_command", required=True, metavar="COMMAND")
    parser = of_crm.add_parser(
        "import",
        help="import the list from a CSV file",
        description="Import the customer list from a CSV file, a row a record. Its columns are called as the aliases "
        "of the attributes that the CRM manages; an empty cell is a blank field. It can be repeated, also where it "
        "was broken off: a record that says the same already is not written. What the file does not tell of a record "
        "stays. Rejected rows are listed with their line and the reason; the exit status is then 1.",
    )
    parser.add_argument("file", type=Path, metavar="FILE.csv", help="the table: UTF-8, with a header")
    parser.add_argument("--organization", metavar="ID", help="whose customers they are; in demo mode the largest")
    parser.add_argument("--record-id", metavar="COLUMN", required=True, help="what tells each record from all others")
    parser.add_argument("--name", metavar="COLUMN", help="what an agent tells several records apart by")
    parser.add_argument("--url-column", metavar="COLUMN", help="the address of the record's page, http or https")
    parser.add_argument(
        "--separator",
        metavar="TEXT",
        default=SEPARATOR,
        help="between the options in a cell of an attribute that may have several; by default a semicolon",
    )
    parser.add_argument(
        "--replace",
        action="store_true",
        help="remove the records that are not in the file, unless a row is rejected or there is none",
    )


async def import_list(settings: Settings, given: argparse.Namespace) -> int:
    """Import the list and tell what became of its rows; returns the exit status. Raises CommandError, TableError."""
    if given.organization is None and settings.demo is Demo.OFF:
        raise CommandError("Say whose customers they are: --organization ID")
    if not given.separator.strip():
        raise CommandError("--separator: expected what stands between two options, such as a semicolon.")
    async with database_of(settings, may_share=True) as database:
        directory = await database.directory(given.organization or ENTERPRISE.organization.id)
        if directory is None:
            raise CommandError("There is no such organization: create one with contact-graph add-organization.")
        columns = _columns(given, directory.definitions)
        organization = directory.organization
        run = ListImport(database.stores(organization.id), columns, organization.region)
        return await _run(run, rows_with(given.file, columns.needed()), does_replace=given.replace)


def _columns(given: argparse.Namespace, definitions: Iterable[AttributeDefinition]) -> ListColumns:
    return ListColumns(
        record_id=given.record_id,
        name=given.name,
        url=given.url_column,
        several=several_of(definitions),
        separator=given.separator.strip(),
    )


async def _run(run: ListImport, rows: Iterable[NumberedRow], *, does_replace: bool) -> int:
    report, removed, progress = ListReport(), 0, Progress()
    try:
        async for batch in run.run(rows):
            report += batch
            progress.show(report.rows)
        # A record whose row was rejected may be in the file, and a file without rows is hardly the whole list.
        may_remove = report.rows > 0 and not report.rejected
        if does_replace and may_remove:
            removed = await run.remove_absent()
    finally:
        # Also where it broke off: what was written by then stays.
        progress.end()
        _tell(report, removed)
    if does_replace and not may_remove:
        why = "for rows were rejected" if report.rejected else "for the file has no rows"
        print(f"Nothing was removed, {why}.")
        return 1
    return 1 if report.rejected else 0


def _tell(report: ListReport, removed: int) -> None:
    for each in report.rejected:
        print(f"line {each.line}: rejected: {each.text}")
    print(
        f"{report.rows} rows: {report.new} new, {report.changed} changed, {report.unchanged} unchanged, "
        f"{report.rejected_rows} rejected; {removed} removed"
    )
