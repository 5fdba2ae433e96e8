"""`contact-graph import`: contacts from a table."""

import argparse
import hashlib
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from graph.app import database_of
from graph.command_error import CommandError
from graph.import_process import a_reader, seldom_collected
from graph.settings import Demo, Settings
from graph.tables import RejectedRows, read_mapping, read_rows
from resolvers.demo_organizations import ENTERPRISE
from resolvers.imports import Import, ImportReport, NumberedRow

if TYPE_CHECKING:
    from graph.command_error import Subparsers


_WORTH_A_PROCESS = 1_000_000
"""Bytes of a table from which on a process of its own reads it: it takes a second to start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """What was asked for."""

    file: Path
    mapping: Path | None
    organization_id: str | None
    rejected: Path | None
    is_dry_run: bool
    is_from_start: bool
    may_bring_back: bool


def add_parser(commands_of: "Subparsers") -> None:
    parser = commands_of.add_parser(
        "import",
        help="import contacts from a CSV file",
        description="Import contacts from a CSV file. It can be repeated: nobody is there twice, and a row is written "
        "whole or not at all. Where it was broken off, it is taken up again. Rejected rows are listed with their line "
        "and the reason; the exit status is then 1.",
    )
    parser.add_argument("file", type=Path, metavar="FILE.csv", help="the table: UTF-8, with a header")
    parser.add_argument(
        "--mapping", type=Path, metavar="FILE.toml", help="what its columns mean; by default the .toml beside it"
    )
    parser.add_argument("--organization", metavar="ID", help="whose contacts they become; in demo mode the largest")
    parser.add_argument("--dry-run", action="store_true", help="tell what would happen, and write nothing")
    parser.add_argument(
        "--rejected",
        type=Path,
        metavar="FILE.csv",
        help="write the rejected rows to this file, with the reasons, to be mended and imported with the same mapping",
    )
    parser.add_argument(
        "--allow-erased", action="store_true", help="import also those who were erased at their own request"
    )
    parser.add_argument("--from-start", action="store_true", help="do not take up where it was broken off")


def options_of(given: argparse.Namespace) -> ImportOptions:
    return ImportOptions(
        file=given.file,
        mapping=given.mapping,
        organization_id=given.organization,
        rejected=given.rejected,
        is_dry_run=given.dry_run,
        is_from_start=given.from_start,
        may_bring_back=given.allow_erased,
    )


async def import_file(settings: Settings, options: ImportOptions) -> int:
    """Import the file and tell what became of its rows; returns the exit status. Raises CommandError, TableError."""
    if options.organization_id is None and settings.demo is Demo.OFF:
        raise CommandError("Say whose contacts they become: --organization ID")
    mapping = options.mapping or _beside(options.file)
    async with database_of(settings, may_share=True) as database:
        directory = await database.directory(options.organization_id or ENTERPRISE.organization.id)
        if directory is None:
            raise CommandError("There is no such organization: create one with contact-graph add-organization.")
        found = read_mapping(mapping, directory.definitions)
        stores, key = database.stores(directory.organization.id), _run_key(options.file, mapping)
        is_large = options.file.stat().st_size > _WORTH_A_PROCESS
        with seldom_collected(), a_reader() if is_large else nullcontext() as reader:
            run = Import(
                stores,
                directory,
                found,
                is_dry_run=options.is_dry_run,
                run_key=key,
                reader=reader,
                may_bring_back=options.may_bring_back,
            )
            done = 0 if options.is_dry_run or options.is_from_start else await run.resumes_behind()
            rows = (each for each in read_rows(options.file, found) if each.line > done)
            return await _run(run, rows, options, done)


async def _run(run: Import, rows: Iterable[NumberedRow], options: ImportOptions, done: int) -> int:
    if done:
        print(f"Taken up again behind line {done}, where it was broken off.")
    report, kept, progress = ImportReport(), _KeptRows(rows), Progress()
    with _rejected_rows(options, done) as rejected:
        try:
            async for batch in run.run(kept):
                report += batch
                kept.give(batch, rejected)
                progress.show(report.rows)
        finally:
            # Also where it broke off: what was written by then stays.
            progress.end()
            _tell(report, options)
    return 1 if report.rejected else 0


def _beside(file: Path) -> Path:
    if not file.exists():
        raise CommandError(f"{file}: there is no such file.")
    return file.with_suffix(".toml")


def _run_key(file: Path, mapping: Path) -> str:
    """Return what names this table with this mapping: whatever they say, and wherever they lie."""
    digest = hashlib.sha256()
    for path in (mapping, file):
        try:
            with path.open("rb") as opened:
                digest.update(hashlib.file_digest(opened, "sha256").digest())
        except OSError as problem:
            raise CommandError(f"{path}: {problem.strerror}.") from problem
    return digest.hexdigest()


def _rejected_rows(options: ImportOptions, done: int) -> closing[RejectedRows] | nullcontext[None]:
    path = options.rejected
    if path is None or options.is_dry_run:
        return nullcontext()
    if path.exists() and not done:
        raise CommandError(f"--rejected: {path} is there already; import or remove it, or name another file.")
    return closing(RejectedRows(path, options.file))


@dataclass(slots=True)
class _KeptRows:
    """The rows on their way to the import, kept until it is known what became of them."""

    rows: Iterable[NumberedRow]
    waiting: dict[int, NumberedRow] = field(default_factory=dict)

    def __iter__(self) -> Iterator[NumberedRow]:
        for each in self.rows:
            self.waiting[each.line] = each
            yield each

    def give(self, report: ImportReport, rejected: RejectedRows | None) -> None:
        """Hand the rejected rows on, and let go of those that the report is about."""
        reasons: dict[int, list[str]] = defaultdict(list)
        for each in report.rejected:
            reasons[each.line].append(each.text)
        lines = sorted(self.waiting)[: report.rows]
        for line in lines:
            row = self.waiting.pop(line)
            if rejected is not None and line in reasons:
                rejected.add(reasons[line], row.raw)


class Progress:
    """How far it has come, on a line of its own, where somebody watches."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._is_watched = sys.stderr.isatty()

    def show(self, rows: int) -> None:
        if self._is_watched:
            rate = rows / max(time.monotonic() - self._began, 0.001)
            print(f"\r{rows:,} rows, {rate:,.0f} a second ", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        if self._is_watched:
            print("\r", end="", file=sys.stderr)


def _tell(report: ImportReport, options: ImportOptions) -> None:
    for each in report.remarks:
        print(f"line {each.line}: kept otherwise: {each.text}")
    for each in report.rejected:
        print(f"line {each.line}: rejected: {each.text}")
    would = "would be " if options.is_dry_run else ""
    print(
        f"{report.rows} rows: {report.created} {would}created, {report.updated} {would}updated, "
        f"{report.unchanged} unchanged, {report.rejected_rows} rejected"
    )
    if options.is_dry_run:
        print("This was a dry run: nothing was written.")
    elif report.rejected and options.rejected is not None:
        print(f"The rejected rows are in {options.rejected}: mend them there and import that file.")
