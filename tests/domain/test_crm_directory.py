"""A customer list as a CRM: what counts as the same, whose a record is, and what a write makes of it."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.crm import (
    CrmRecord,
    Field,
    FieldWrite,
    LookUpQuery,
    RecordFound,
    RecordMissing,
    RecordsAmbiguous,
    RecordWritten,
    WriteConflict,
)
from domain.crm_directory import answers, field_keys, folded, query_keys, record_keys, with_fields
from domain.crm_directory_writes import is_told, told_over, written
from tests.builders import MORNING

PHONE = "+12022243441"
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


def listed(field: Field | None, region: str = "US") -> set[str]:
    """The keys of a field of a record, without the alias."""
    return {each.removeprefix("a:") for each in field_keys("a", field, region, is_asked=False)}


def asked(field: Field, region: str = "US") -> set[str]:
    return {each.removeprefix("a:") for each in field_keys("a", field, region, is_asked=True)}


def finds(query: Field, record: Field, region: str = "US") -> bool:
    return bool(asked(query, region) & listed(record, region))


KEYS: list[tuple[Field | None, set[str]]] = [
    ("Jane", {"jane"}),
    ("  Jane Doe\t", {"jane doe"}),
    ("STRASSE", {"strasse"}),
    ("Straße", {"strasse"}),
    ("Zoe\u0308", {"zo\u00eb"}),
    ("202-224-3441", {"202-224-3441", PHONE}),
    ("(202) 224 3441", {"(202) 224 3441", PHONE}),
    ("2022243441", {"2022243441", PHONE}),
    (PHONE, {PHONE}),
    ("+49 30 1234567", {"+49 30 1234567", "+49301234567"}),
    # What is no phone number as a whole is none.
    ("C2022243441", {"c2022243441"}),
    ("call 202-224-3441", {"call 202-224-3441"}),
    ("202-224-3441 ext. 5", {"202-224-3441 ext. 5"}),
    ("202-224-3441,202-224-3244,202-224-5141", {"202-224-3441,202-224-3244,202-224-5141"}),
    ("117501995", {"117501995"}),
    ("911", {"911"}),
    (6.0, {"6"}),
    (6, {"6"}),
    (-0.0, {"0"}),
    (6.5, {"6.5"}),
    (117501995.0, {"117501995"}),
    (12345678901234567890.0, {"12345678901234567168"}),
    (float("inf"), {"inf"}),
    (2022243441.0, {"2022243441"}),
    (True, {"true"}),
    (False, {"false"}),
    (("Gold", " Silver ", ""), {"gold", "silver"}),
    (("202-224-3441",), {"202-224-3441", PHONE}),
    ((), set()),
    ("", set()),
    (" \u200b\n", set()),
    (None, set()),
]


@pytest.mark.parametrize(("field", "keys"), KEYS, ids=[repr(each) for each, _ in KEYS])
def test_a_record_is_found_by_these_keys(field: Field | None, keys: set[str]) -> None:
    assert listed(field) == keys


@pytest.mark.parametrize(
    ("query", "record", "is_found"),
    [
        (PHONE, "202-224-3441", True),
        ("202-224-3441", PHONE, True),
        (PHONE, "2022243441", True),
        ("2022243441", "2022243441", True),
        # Digits alone are no phone number that is looked for: the account of another one is not this one's.
        ("12022243441", "2022243441", False),
        (6.0, "6", True),
        (6.5, "6.5", True),
        ("6", "6.0", False),
        (True, "TRUE", True),
        (True, 1.0, False),
        (("a", "b"), ("B", "c"), True),
        (("a", "b"), ("c", "d"), False),
        ("b", ("a", "B"), True),
    ],
)
def test_what_counts_as_the_same(query: Field, record: Field, *, is_found: bool) -> None:
    assert finds(query, record) is is_found


def test_a_number_without_prefix_is_read_in_the_region() -> None:
    assert listed("030 1234567", "DE") == {"030 1234567", "+49301234567"}
    assert not finds("0301234567", "301234567", "DE")
    assert finds("+49301234567", "0301234567", "DE")
    # A decimal of few digits is none, although every digit of it could be dialled there.
    assert listed("1250.5", "DE") == {"1250.5"}
    assert listed("1" * 7 + " " * 40 + "1", "DE") == {"1" * 7 + " " * 40 + "1"}


@given(TEXTS, st.sampled_from(["US", "DE"]))
@example("\u0390", "US")
@example("\u0345\u0301", "US")
def test_a_text_is_alike_however_it_is_composed_padded_or_cased(text: str, region: str) -> None:
    keys = listed(text, region)
    for same in (
        unicodedata.normalize("NFC", text),
        unicodedata.normalize("NFD", text),
        f" \t{text}\n ",
        unicodedata.normalize("NFD", text).casefold(),
        folded(text),
    ):
        assert listed(same, region) == keys
        assert asked(same, region) == asked(text, region) <= keys


@given(TEXTS, TEXTS)
def test_keys_say_nothing_but_the_text_and_its_number(one: str, other: str) -> None:
    if finds(one, other):
        assert folded(one) == folded(other) or any(each.startswith("+") for each in asked(one) & listed(other))


@given(st.floats(allow_nan=False) | st.integers(-(2**63), 2**63 - 1))
def test_equal_numbers_and_no_others_are_alike(number: float) -> None:
    assert listed(number) == listed(float(number)) or float(number) != number
    [text] = listed(number)
    assert float(text) == float(number)
    assert not text.endswith(".0")


@given(st.tuples(TEXTS, TEXTS), st.tuples(TEXTS, TEXTS))
@example(("a", "b:c"), ("a:b", "c"))
@example(("a\\", ":b"), ("a\\:", "b"))
def test_no_two_aliases_meet_in_a_key(one: tuple[str, str], other: tuple[str, str]) -> None:
    def keys(alias: str, text: str) -> frozenset[str]:
        return field_keys(alias, text, "US", is_asked=False)

    if one[0] != other[0]:
        assert not keys(*one) & keys(*other)


def test_the_keys_of_records_and_queries_are_those_of_their_fields() -> None:
    fields: dict[str, Field] = {"phone": "2022243441", "name": "Jane"}
    assert record_keys(CrmRecord("1", {**fields, "fax": None}), "US") == {
        "phone:2022243441",
        f"phone:{PHONE}",
        "name:jane",
    }
    assert query_keys(LookUpQuery(fields), "US") == {"phone:2022243441", "name:jane"}


def a_record(record_id: str, **fields: Field | None) -> CrmRecord:
    return CrmRecord(record_id, fields, f"Name {record_id}")


JANE, BOB = a_record("1", phone="202-224-3441", city="Bonn"), a_record("2", phone="202-224-3244", city="Bonn")


def test_the_record_that_agrees_in_most_is_the_persons() -> None:
    queries = [
        LookUpQuery({"phone": PHONE, "city": "BONN"}),
        LookUpQuery({"city": "bonn"}),
        LookUpQuery({"city": "Rome"}),
        LookUpQuery({"phone": PHONE, "city": "Rome", "fax": "1"}),
        LookUpQuery({"phone": "Bonn"}),
        # One for each, which is one too many for either.
        LookUpQuery({"phone": ("202-224-3441", "202-224-3244")}),
        LookUpQuery({"phone": ("202-224-3441", PHONE)}),
    ]
    assert answers(queries, [BOB, JANE], "US") == [
        RecordFound(JANE),
        RecordsAmbiguous((JANE, BOB)),
        RecordMissing(),
        RecordFound(JANE),
        RecordMissing(),
        RecordsAmbiguous((JANE, BOB)),
        RecordFound(JANE),
    ]


def test_of_many_that_agree_twenty_are_told_always_the_same() -> None:
    records = [a_record(f"{each:02}", city="Bonn") for each in range(30)]
    [answer] = answers([LookUpQuery({"city": "Bonn"})], reversed(records), "US")
    assert answer == RecordsAmbiguous(tuple(records[:20]))


SINGLE: tuple[Field, ...] = ("x", "X ", "y", PHONE, "202-224-3441", "2022243441", 6.0, "6", True, "true")
LISTS = st.lists(st.sampled_from(["x", "y", "z", PHONE]), max_size=3).map(lambda each: (*each,))
TOLD: st.SearchStrategy[Field] = st.sampled_from(SINGLE) | LISTS
FIELDS: st.SearchStrategy[Field | None] = st.sampled_from([None, ""]) | TOLD
ALIASES = st.sampled_from(["a", "b", "a:b"])


@st.composite
def records(draw: st.DrawFn) -> list[CrmRecord]:
    fields = st.lists(st.dictionaries(ALIASES, FIELDS), max_size=25)
    return [CrmRecord(f"{place:02}", each) for place, each in enumerate(draw(fields))]


QUERIES = st.lists(st.dictionaries(ALIASES, TOLD, min_size=1).map(LookUpQuery), max_size=4)


@given(QUERIES, records(), st.randoms())
def test_the_answer_is_that_of_comparing_each_with_each(
    queries: list[LookUpQuery], held: list[CrmRecord], chance: Random
) -> None:
    def agreements(query: LookUpQuery, record: CrmRecord) -> int:
        return sum(
            bool(
                field_keys(alias, field, "US", is_asked=True)
                & field_keys(alias, record.fields.get(alias), "US", is_asked=False)
            )
            for alias, field in query.fields.items()
        )

    expected: list[object] = []
    for query in queries:
        most = max((agreements(query, each) for each in held), default=0)
        best = [each for each in held if most and agreements(query, each) == most]
        if not best:
            expected.append(RecordMissing())
        else:
            expected.append(RecordFound(best[0]) if len(best) == 1 else RecordsAmbiguous(tuple(best[:20])))
    shuffled = list(held)
    chance.shuffle(shuffled)
    assert answers(queries, shuffled, "US") == expected


@given(QUERIES, records())
def test_the_keys_of_a_query_find_every_record_that_counts(queries: list[LookUpQuery], held: list[CrmRecord]) -> None:
    keys = {key for each in queries for key in query_keys(each, "US")}
    found = [each for each in held if keys & record_keys(each, "US")]
    assert answers(queries, found, "US") == answers(queries, held, "US")


def test_only_wanted_fields_are_told() -> None:
    assert with_fields(JANE, {"city", "none"}) == replace(JANE, fields={"city": "Bonn"})


HELD = CrmRecord("1", {"city": "Bonn", "fax": None}, "Jane", "https://crm.example/1", MORNING)


def test_what_a_record_is_not_told_stays() -> None:
    told = CrmRecord("1", {"city": None, "phone": PHONE})
    after = replace(HELD, fields={"city": None, "fax": None, "phone": PHONE})
    assert told_over(HELD, told) == after
    renamed = CrmRecord("1", {}, "Jane Doe", "https://crm.example/2")
    assert told_over(HELD, renamed) == replace(HELD, name="Jane Doe", url="https://crm.example/2")


@pytest.mark.parametrize(
    "told",
    [
        replace(HELD, name="Jane Doe"),
        replace(HELD, url=None),
        replace(HELD, fields={"city": "bonn", "fax": None}),
        replace(HELD, fields={"city": "Bonn"}),
        replace(HELD, fields={"city": ("Bonn",), "fax": None}),
    ],
)
def test_a_record_is_told_anew_where_a_letter_differs(told: CrmRecord) -> None:
    assert is_told(HELD, HELD)
    assert not is_told(HELD, told)


def test_true_is_not_told_by_one() -> None:
    assert not is_told(CrmRecord("1", {"vip": True}), CrmRecord("1", {"vip": 1.0}))


def write(fields: dict[str, Field | None], expected: dict[str, Field | None]) -> FieldWrite:
    return FieldWrite("k", "1", fields, expected)


def test_fields_that_are_as_expected_are_set_and_no_other() -> None:
    asked_for = write({"city": "Rome", "phone": PHONE}, {"city": "Bonn", "phone": None, "fax": ""})
    assert written(HELD, asked_for, "US") == replace(HELD, fields={"city": "Rome", "fax": None, "phone": PHONE})


def test_a_field_is_blanked_and_one_of_which_nothing_is_expected_is_set() -> None:
    assert written(HELD, write({"city": None}, {}), "US") == replace(HELD, fields={"city": None, "fax": None})


def test_what_is_written_already_is_written_whatever_was_expected() -> None:
    assert written(HELD, write({"city": "Bonn"}, {"city": "Rome", "fax": "1"}), "US") == RecordWritten(HELD)
    assert written(HELD, write({"phone": None}, {"phone": "1"}), "US") == RecordWritten(HELD)
    assert written(HELD, write({}, {}), "US") == RecordWritten(HELD)
    # To the letter: a correction of the case is one.
    assert written(HELD, write({"city": "BONN"}, {"city": "Bonn"}), "US") == replace(
        HELD, fields={"city": "BONN", "fax": None}
    )
    one = CrmRecord("1", {"vip": 1.0})
    assert written(one, write({"vip": True}, {"vip": 1.0}), "US") == CrmRecord("1", {"vip": True})


def test_half_of_it_written_already_is_no_conflict() -> None:
    asked_for = write({"city": "Bonn", "fax": "1"}, {"city": "Rome", "fax": None})
    assert written(HELD, asked_for, "US") == replace(HELD, fields={"city": "Bonn", "fax": "1"})


@pytest.mark.parametrize(
    "asked_for",
    [
        write({"city": "Rome"}, {"city": "Oslo"}),
        write({"city": "Rome"}, {"city": None}),
        write({"fax": "1"}, {"fax": "2"}),
        # Expected of a field that is not written, too.
        write({"fax": "1"}, {"city": "Rome"}),
        write({"city": "Rome", "fax": "1"}, {"city": "Bonn", "fax": "2"}),
    ],
)
def test_a_field_that_changed_meanwhile_is_a_conflict(asked_for: FieldWrite) -> None:
    assert written(HELD, asked_for, "US") == WriteConflict(HELD)


SAME: list[tuple[Field | None, Field | None, bool]] = [
    (None, " ", True),
    ((), "", True),
    (" Jane ", "jane", True),
    ("202-224-3441", PHONE, True),
    ("202-224-3441", "+12022243244", False),
    ("12022243441", "2022243441", False),
    ("6.0", 6.0, True),
    (6.0, "6", True),
    ("7", 6.0, False),
    ("six", 6.0, False),
    ("Yes", True, True),
    (False, "n", True),
    ("yes", False, False),
    (True, 1.0, False),
    (1, 1.0, True),
    (("a", "b"), ("B", "A"), True),
    (("a", "b"), ("a",), False),
    (("a",), ("a", "b"), False),
    ("a", ("a",), True),
    ("2026-11-23T09:00:00Z", "2026-11-23T10:00:00+01:00", True),
    ("2026-11-23T09:00:00Z", "2026-11-23T10:00:00Z", False),
    # Nobody knows when that was.
    ("2026-11-23T09:00:00", "2026-11-23 09:00", False),
    ("2026-11-23T09:00:00Z", "soon", False),
    (6.5, 7.5, False),
]


@pytest.mark.parametrize(("held", "expected", "is_same"), SAME, ids=[f"{a!r} {b!r}" for a, b, _ in SAME])
def test_what_is_expected_may_be_spelled_otherwise(
    held: Field | None, expected: Field | None, *, is_same: bool
) -> None:
    record = CrmRecord("1", {"a": held})
    after = written(record, write({"a": "new"}, {"a": expected}), "US")
    assert after == (CrmRecord("1", {"a": "new"}) if is_same else WriteConflict(record))
