"""`contact-graph import`: contacts from a table."""

import sys
from pathlib import Path

from graph.app import database_of
from graph.command_error import CommandError
from graph.settings import Demo, Settings
from graph.tables import read_mapping, read_rows
from resolvers.demo_organizations import ENTERPRISE
from resolvers.imports import Import, ImportReport


async def import_file(
    settings: Settings, file: Path, mapping: Path | None, organization_id: str | None, *, is_dry_run: bool
) -> int:
    """Import the file and tell what became of its rows; returns the exit status. Raises CommandError, TableError."""
    if organization_id is None and settings.demo is Demo.OFF:
        raise CommandError("Say whose contacts they become: --organization ID")
    async with database_of(settings, may_share=True) as database:
        directory = await database.directory(organization_id or ENTERPRISE.organization.id)
        if directory is None:
            raise CommandError("There is no such organization: create one with contact-graph add-organization.")
        found = read_mapping(mapping or _beside(file), directory.definitions)
        stores = database.stores(directory.organization.id)
        report = ImportReport()
        try:
            async for batch in Import(stores, directory, found, is_dry_run=is_dry_run).run(read_rows(file, found)):
                report += batch
                _show_progress(report)
        finally:
            # Also where it broke off: what was written by then stays.
            _tell(report, is_dry_run=is_dry_run)
    return 1 if report.rejected else 0


def _beside(file: Path) -> Path:
    if not file.exists():
        raise CommandError(f"{file}: there is no such file.")
    return file.with_suffix(".toml")


def _show_progress(report: ImportReport) -> None:
    if sys.stderr.isatty():
        print(f"\r{report.rows} rows", end="", file=sys.stderr, flush=True)


def _tell(report: ImportReport, *, is_dry_run: bool) -> None:
    if sys.stderr.isatty():
        print("\r", end="", file=sys.stderr)
    for each in report.remarks:
        print(f"line {each.line}: kept otherwise: {each.text}")
    for each in report.rejected:
        print(f"line {each.line}: rejected: {each.text}")
    would = "would be " if is_dry_run else ""
    print(
        f"{report.rows} rows: {report.created} {would}created, {report.updated} {would}updated, "
        f"{report.unchanged} unchanged, {report.rejected_rows} rejected"
    )
    if is_dry_run:
        print("This was a dry run: nothing was written.")
