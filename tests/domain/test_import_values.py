"""What a contact holds after a row, where some values are only one contact's; and a batch as one step."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from domain.attributes import Source
from domain.contacts import Contact
from domain.import_merge import Imported, KnownContacts, merged
from domain.import_values import UniqueValues, in_one_step
from domain.imports import Rejected, Row
from domain.values import NumberValue, TextValue, Value
from tests.builders import a_contact, an_identity, held
from tests.domain.rows import LATER, a_mapping, a_row, seen

UNIQUE = UniqueValues({"d-card": "Card", "d-seat": "Seat"}, lambda definition, value: f"{definition}:{value}".lower())
JANE = a_contact("c1", name="Jane", identities=(an_identity("1", is_primary=True),))


def merge(known: KnownContacts, row: Row) -> Imported | Rejected:
    return merged(row, known, a_mapping(), LATER, lambda row: row.name)


def numbered(card: str, twitter: str, **more: Value) -> Row:
    values = {"d-card": TextValue(card), **{f"d-{key}": value for key, value in more.items()}}
    return a_row(seen(twitter), name=f"No {twitter}", values=values)


def test_everything_that_is_anothers_is_a_reason() -> None:
    jane = replace(JANE, values=(held("card", TextValue("A")), held("seat", NumberValue(3)), held("bio", None)))
    known = KnownContacts.of([jane, a_contact("c2", name="Bob", identities=(an_identity("2"),))], UNIQUE)
    row = numbered("a", "9", seat=NumberValue(3), bio=TextValue("x"))
    clash = replace(row, identities=(*row.identities, seen("2"), seen("1")))
    assert merge(known, row) == Rejected(("Card: the value belongs to Jane", "Seat: the value belongs to Jane"))
    assert isinstance(merge(known, clash), Rejected)
    lenient = merge(known, replace(row, may_be_left_out=frozenset({"d-card", "d-seat"})))
    assert isinstance(lenient, Imported)
    assert lenient.remarks == ("Card: the value belongs to Jane", "Seat: the value belongs to Jane")
    assert [each.value for each in lenient.after.values] == [TextValue("x")]


def test_ones_own_and_what_an_agent_set_are_no_clash() -> None:
    own = replace(JANE, values=(held("card", TextValue("A")),))
    kept = a_contact("c2", identities=(an_identity("2"),), values=(held("card", TextValue("B"), source=Source.AGENT),))
    known = KnownContacts.of([own, kept], UNIQUE)
    spelled = merge(known, numbered("a", "1"))
    assert isinstance(spelled, Imported)
    assert [each.value for each in spelled.after.values] == [TextValue("a")]
    refused = merge(known, numbered("A", "2"))
    assert isinstance(refused, Imported)
    assert (refused.remarks, refused.after.values) == (("A value that an agent set was kept",), kept.values)


NUMBERS = st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 2)), max_size=8)


@given(NUMBERS, NUMBERS)
def test_a_batch_is_at_most_one_version_of_each_value_and_ends_where_its_last_row_does(
    earlier: list[tuple[str, int]], later: list[tuple[str, int]]
) -> None:
    def after(contact: Contact, rows: list[tuple[str, int]]) -> Contact:
        known = KnownContacts.of([contact])
        for key, number in rows:
            found = merge(known, a_row(seen("1"), values={f"d-{key}": NumberValue(number)}))
            assert isinstance(found, Imported)
            contact = found.after
        return contact

    before = after(JANE, earlier)
    rows = after(before, later)
    step = in_one_step(before, rows)
    assert {each.definition_id: each.value for each in step.values} == {
        each.definition_id: each.value for each in rows.values
    }
    assert replace(step, values=rows.values) == rows
    for each in step.values:
        was = before.held(each.definition_id)
        unchanged = was is not None and was.value == each.value
        assert each == was if unchanged else each.version == 1 + (0 if was is None else was.version)
    assert {each.version for each in in_one_step(None, rows).values} <= {1}
