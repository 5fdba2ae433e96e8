"""Tables in files: each oddity of CSV read right or refused with its line, and mappings in TOML."""

from __future__ import annotations

import csv
import io
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.import_mappings import AttributeColumn, mapping_of
from graph.tables import RejectedRows, TableError, read_mapping, read_rows
from resolvers.imports import NumberedRow
from tests.builders import EVERY_TYPE

TO_A = mapping_of({"name": "a", "key": ["a"]}, ())
TO_A_AND_B = mapping_of({"name": "a", "key": ["b"]}, ())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "table.csv"


def rows_of(file: Path, content: bytes) -> list[NumberedRow]:
    file.write_bytes(content)
    return list(read_rows(file, TO_A))


def one(line: int, **cells: str) -> NumberedRow:
    return NumberedRow(line, cells, tuple(cells.values()))


READ: dict[str, tuple[bytes, list[NumberedRow]]] = {
    "a plain table": (b"a,b\n1,2\n", [one(2, a="1", b="2")]),
    "a byte order mark": (b"\xef\xbb\xbfa,b\n1,2\n", [one(2, a="1", b="2")]),
    "line ends of Windows": (b"a,b\r\n1,2\r\n3,4\r\n", [one(2, a="1", b="2"), one(3, a="3", b="4")]),
    "line ends of old Macs": (b"a,b\r1,2\r3,4", [one(2, a="1", b="2"), one(3, a="3", b="4")]),
    "no line end at the end": (b"a\n1", [one(2, a="1")]),
    "a header alone": (b"a,b\n", []),
    "columns in another order, and more of them": (b"c,a\n1,2\n", [one(2, c="1", a="2")]),
    "quotes within quotes": (b'a\n"say ""hi"", jo"\n', [one(2, a='say "hi", jo')]),
    "a quoted line end": (b'a,b\n"x\ny",1\nz,2\n', [one(2, a="x\ny", b="1"), one(4, a="z", b="2")]),
    "a quoted line end of Windows": (b'a\r\n"x\r\ny"\r\nz\r\n', [one(2, a="x\r\ny"), one(4, a="z")]),
    "a quoted line end in the header": (b'a,"b\nc"\n1,2\n', [one(3, **{"a": "1", "b\nc": "2"})]),
    "empty lines between": (b"a\n1\n\n\n2\n", [one(2, a="1"), one(5, a="2")]),
    "an empty cell": (b'a\n""\n', [one(2, a="")]),
    "ragged rows": (
        b"a,b\n1\n2,3,4\n,\n",
        [NumberedRow(2, None, ("1",)), NumberedRow(3, None, ("2", "3", "4")), one(4, a="", b="")],
    ),
    "a NUL, which the rules of the values refuse": (b"a\nx\x00y\n", [one(2, a="x\x00y")]),
    "separators of Unicode, which end no line": (
        "a\nx\u2028y\x0b\n2".encode(),
        [one(2, a="x\u2028y\x0b"), one(3, a="2")],
    ),
}


@pytest.mark.parametrize(("content", "rows"), READ.values(), ids=READ.keys())
def test_it_is_read_with_the_line_of_each_row(file: Path, content: bytes, rows: list[NumberedRow]) -> None:
    assert rows_of(file, content) == rows


REFUSED: dict[str, tuple[bytes, str]] = {
    "an empty file": (b"", ", line 1: expected the columns a; found nothing."),
    "a byte order mark alone": (b"\xef\xbb\xbf", ", line 1: expected the columns a; found nothing."),
    "a missing column": (b"x,y\n1,2\n", ", line 1: expected the columns a; found x, y."),
    "another letter case": (b"A\n1\n", ", line 1: expected the columns a; found A."),
    "semicolons": (b"a;b\n1;2\n", ", line 1: expected the columns a; found a;b."),
    "a column twice": (b"a,b,a\n1,2,3\n", ", line 1: a column is there twice: a, b, a."),
    "two columns without a name": (b"a,,\n1,2,3\n", ", line 1: a column is there twice: a, , ."),
    "an unclosed quote": (b'a\n1\n"2\n3\n', ", line 3: expected CSV: unexpected end of data"),
    "an unclosed quote in the header": (b'"a\n1\n', ", line 1: expected CSV: unexpected end of data"),
    "text after a quote": (b'a\n1\n"2"3\n', ", line 3: expected CSV: ',' expected after '\"'"),
    "a cell beyond all bounds": (
        b"a\n1\n" + b"x" * 200_000 + b"\n",
        ", line 3: expected CSV: field larger than field limit (131072)",
    ),
    "UTF-16": (
        "a\n1\n".encode("utf-16"),
        ": expected a file of CSV in UTF-8: 'utf-8' codec can't decode byte 0xff in position 0: invalid start byte",
    ),
    "Latin-1": (
        "a\nJosé\n".encode("latin-1"),
        ": expected a file of CSV in UTF-8: 'utf-8' codec can't decode byte 0xe9 in position 5: "
        "invalid continuation byte",
    ),
}


@pytest.mark.parametrize(("content", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_it_is_refused_with_the_place_and_what_was_expected(file: Path, content: bytes, message: str) -> None:
    with pytest.raises(TableError) as refused:
        rows_of(file, content)
    assert str(refused.value) == f"{file}{message}"


def test_every_missing_column_is_named(file: Path) -> None:
    file.write_bytes(b"x\n1\n")
    with pytest.raises(TableError) as refused:
        list(read_rows(file, TO_A_AND_B))
    assert str(refused.value) == f"{file}, line 1: expected the columns a, b; found x."


def test_rows_before_a_broken_one_are_given_before_it_is_refused(file: Path) -> None:
    file.write_bytes(b'a\n1\n2\n"3')
    rows = read_rows(file, TO_A)
    assert [next(rows), next(rows)] == [one(2, a="1"), one(3, a="2")]
    with pytest.raises(TableError, match="line 4: expected CSV"):
        next(rows)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(TableError) as refused:
        list(read_rows(tmp_path / "none.csv", TO_A))
    assert str(refused.value) == f"{tmp_path / 'none.csv'}: No such file or directory: expected a file of CSV."
    with pytest.raises(TableError) as refused:
        list(read_rows(tmp_path, TO_A))
    assert str(refused.value) == f"{tmp_path}: Is a directory: expected a file of CSV."


CELLS = st.text(st.characters(codec="utf-8") | st.sampled_from('",\r\n \x00;'), max_size=6)


@settings(max_examples=200)
@given(
    body=st.integers(1, 4).flatmap(lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=6)),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    has_mark=st.booleans(),
)
def test_what_a_writer_of_csv_wrote_is_read_back_with_its_lines(
    body: list[list[str]], line_end: str, has_mark: bool
) -> None:
    header = ["a", "b", "c", "d"][: len(body[0]) if body else 1]
    expected, content = [], _written(header, line_end)
    for cells in body:
        before = content.replace("\r\n", "\n").replace("\r", "\n").count("\n")
        expected.append(NumberedRow(before + 1, dict(zip(header, cells, strict=True)), tuple(cells)))
        content += _written(cells, line_end)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "table.csv"
        file.write_bytes(content.encode("utf-8-sig" if has_mark else "utf-8"))
        assert list(read_rows(file, TO_A)) == expected


def _written(cells: list[str], line_end: str) -> str:
    buffer = io.StringIO(newline="")
    # Python 3.11 leaves a line end in a cell unquoted unless it is one of the writer's own.
    quoting: Literal[0, 1] = csv.QUOTE_MINIMAL if line_end == "\r\n" else csv.QUOTE_ALL
    csv.writer(buffer, lineterminator=line_end, quoting=quoting).writerow(cells)
    return buffer.getvalue()


def test_rejected_rows_come_back_as_they_were_with_the_reasons_in_front(tmp_path: Path) -> None:
    source, rejected, again = (tmp_path / f"{each}.csv" for each in ("people", "rejected", "again"))
    source.write_bytes('\ufeffa,b\n"é\n",2\n3\n'.encode())
    first = list(read_rows(source, TO_A))
    with closing(RejectedRows(rejected, source)) as table:
        assert not rejected.exists()
        for row in first:
            table.add(["One, two.", "Three."], row.raw)
    assert rejected.read_bytes().decode() == (
        'rejected_because,a,b\r\n"One, two.; Three.","é\n",2\r\n"One, two.; Three.",3\r\n'
    )
    back = list(read_rows(rejected, TO_A))
    assert back == [
        NumberedRow(2, {"rejected_because": "One, two.; Three.", "a": "é\n", "b": "2"}, ("é\n", "2")),
        NumberedRow(4, None, ("3",)),
    ]
    # Rejected again, they do not gather reasons.
    with closing(RejectedRows(again, rejected)) as table:
        table.add(["Four."], back[0].raw)
    assert again.read_bytes().decode() == 'rejected_because,a,b\r\nFour.,"é\n",2\r\n'


def test_a_table_of_rejected_rows_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    source = tmp_path / "people.csv"
    source.write_text("a\n1\n")
    with closing(RejectedRows(tmp_path / "none" / "r.csv", source)) as table, pytest.raises(TableError) as refused:
        table.add(["No."], ["1"])
    assert str(refused.value) == (
        f"{tmp_path / 'none' / 'r.csv'}: No such file or directory: expected a file to write to."
    )


def test_a_mapping_is_read(tmp_path: Path) -> None:
    path = tmp_path / "people.toml"
    path.write_text('name = "Név"\nkey = ["id"]\n[attributes]\nbio = "about"\n', "utf-8")
    found = read_mapping(path, EVERY_TYPE)
    assert (found.name, found.key, found.attributes) == ("Név", ("id",), {"bio": AttributeColumn("about")})


BAD_MAPPINGS: dict[str, tuple[bytes, str]] = {
    "no TOML": (b"name = \n", "Invalid value (at line 1, column 8)"),
    "an entry twice": (b'name = "a"\nname = "b"\n', "Cannot overwrite a value (at line 2, column 11)"),
    "not UTF-8": (
        b'name = "Jos\xe9"',
        "'utf-8' codec can't decode byte 0xe9 in position 11: invalid continuation byte",
    ),
    "no name": (b'key = ["id"]', "name: expected a text, found None."),
    "an unknown entry": (
        b'name = "a"\ndelete = true',
        "«delete» is no entry; there are attributes, create, id, identities, key, name, record_id, separator, source.",
    ),
}


@pytest.mark.parametrize(("content", "message"), BAD_MAPPINGS.values(), ids=BAD_MAPPINGS.keys())
def test_a_bad_mapping_is_refused_with_its_place(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "people.toml"
    path.write_bytes(content)
    with pytest.raises(TableError) as refused:
        read_mapping(path, EVERY_TYPE)
    assert str(refused.value) == f"{path}: {message}"


def test_a_mapping_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(TableError) as refused:
        read_mapping(tmp_path / "none.toml", ())
    expected = f"{tmp_path / 'none.toml'}: No such file or directory: expected a mapping in TOML."
    assert str(refused.value) == expected
