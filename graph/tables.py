"""Tables in files: rows of CSV with their lines, and the mapping in TOML beside them."""

import csv
import tomllib
from collections.abc import Collection, Iterator
from pathlib import Path

from domain.definitions import AttributeDefinition
from domain.import_mappings import ImportMapping, MappingError, mapping_of
from resolvers.imports import NumberedRow


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
    """Yield the rows of a CSV file in UTF-8 with a header, one at a time; raises TableError."""
    line = 1
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            header = next(reader, [])
            _check(header, mapping, path)
            line = reader.line_num + 1
            for cells in reader:
                if cells:
                    fits = len(cells) == len(header)
                    yield NumberedRow(line, dict(zip(header, cells, strict=True)) if fits else None)
                line = reader.line_num + 1
    except OSError as problem:
        raise TableError(f"{path}: {problem.strerror}: expected a file of CSV.") from problem
    except UnicodeDecodeError as problem:
        raise TableError(f"{path}: expected a file of CSV in UTF-8: {problem}") from problem
    except csv.Error as problem:
        raise TableError(f"{path}, line {line}: expected CSV: {problem}") from problem


def _check(header: list[str], mapping: ImportMapping, path: Path) -> None:
    if len(set(header)) < len(header):
        raise TableError(f"{path}, line 1: a column is there twice: {', '.join(header)}.")
    absent = mapping.columns().difference(header)
    if absent:
        found = ", ".join(header) or "nothing"
        raise TableError(f"{path}, line 1: expected the columns {', '.join(sorted(absent))}; found {found}.")
