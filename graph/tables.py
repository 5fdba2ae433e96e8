"""Tables in files: rows of CSV with their lines, and the mapping in TOML beside them."""

import csv
import tomllib
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import TextIO

from domain.definitions import AttributeDefinition
from domain.import_mappings import ImportMapping, MappingError, mapping_of
from resolvers.imports import NumberedRow

REASONS = "rejected_because"
"""The first column of a table of rejected rows."""


class TableError(ValueError):
    """The file cannot be read as a table; the message names the file, the place and what was expected."""


def read_mapping(path: Path, definitions: Collection[AttributeDefinition]) -> ImportMapping:
    """Return the mapping in a TOML file; raises TableError."""
    try:
        return mapping_of(tomllib.loads(path.read_text("utf-8")), definitions)
    except OSError as problem:
        raise TableError(f"{path}: {problem.strerror}: expected a mapping in TOML.") from problem
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, MappingError) as problem:
        raise TableError(f"{path}: {problem}") from problem


def read_rows(path: Path, mapping: ImportMapping) -> Iterator[NumberedRow]:
    """Yield the rows of a table that has the columns of the mapping; raises TableError."""
    return rows_with(path, mapping.columns())


def rows_with(path: Path, columns: Collection[str]) -> Iterator[NumberedRow]:
    """Yield the rows of a CSV file in UTF-8 with a header, one at a time; raises TableError.

    Args:
        path: of the file.
        columns: that are needed; it may have more.
    """
    line = 1
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            header = next(reader, [])
            _check(header, columns, path)
            line = reader.line_num + 1
            # A table of rejected rows that comes back has the reasons in front.
            own = 1 if header[:1] == [REASONS] else 0
            for cells in reader:
                if cells:
                    fits = len(cells) == len(header)
                    named = dict(zip(header, cells, strict=True)) if fits else None
                    yield NumberedRow(line, named, tuple(cells[own:]))
                line = reader.line_num + 1
    except OSError as problem:
        raise TableError(f"{path}: {problem.strerror}: expected a file of CSV.") from problem
    except UnicodeDecodeError as problem:
        raise TableError(f"{path}: expected a file of CSV in UTF-8: {problem}") from problem
    except csv.Error as problem:
        raise TableError(f"{path}, line {line}: expected CSV: {problem}") from problem


class RejectedRows:
    """A table of the rows that were rejected, to be mended and imported: the reasons stand in front of the cells."""

    def __init__(self, path: Path, source: Path) -> None:
        self._path = path
        self._source = source
        self._file: TextIO | None = None

    def add(self, reasons: Sequence[str], cells: Sequence[str]) -> None:
        """Append a row; the file is made with the first one. Raises TableError."""
        try:
            if self._file is None:
                self._file = self._open()
            csv.writer(self._file).writerow(["; ".join(reasons), *cells])
            self._file.flush()
        except OSError as problem:
            raise TableError(f"{self._path}: {problem.strerror}: expected a file to write to.") from problem

    def _open(self) -> TextIO:
        is_new = not self._path.exists()
        file = self._path.open("a", encoding="utf-8", newline="")
        if is_new:
            with self._source.open(encoding="utf-8-sig", newline="") as source:
                header = next(csv.reader(source))
            csv.writer(file).writerow([REASONS, *(each for each in header if each != REASONS)])
        return file

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


def _check(header: list[str], columns: Collection[str], path: Path) -> None:
    if len(set(header)) < len(header):
        raise TableError(f"{path}, line 1: a column is there twice: {', '.join(header)}.")
    absent = set(columns).difference(header)
    if absent:
        found = ", ".join(header) or "nothing"
        raise TableError(f"{path}, line 1: expected the columns {', '.join(sorted(absent))}; found {found}.")
