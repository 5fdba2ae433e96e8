"""Whatever was imported before: a row imported twice changes nothing the second time, and nobody is taken apart."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import count

from hypothesis import example, given, settings
from hypothesis import strategies as st

from domain.attributes import Source
from domain.contacts import Contact, Network
from domain.import_merge import Imported, KnownContacts, merged
from domain.imports import Row
from domain.values import NumberValue, TextValue, Value
from tests.builders import a_contact, an_identity, held
from tests.domain.rows import LATER, a_mapping, a_row, seen

NETWORKS = st.sampled_from([Network.TWITTER, Network.LINKEDIN, Network.SMS])
IDENTITIES = st.builds(
    seen,
    st.sampled_from(["1", "2", "@jane"]),
    NETWORKS,
    handle=st.sampled_from(["jane", "john"]),
    profile_url=st.sampled_from([None, "https://example.com/a", "https://example.com/b"]),
    may_be_left_out=st.booleans(),
    has_handle=st.booleans(),
)
VALUES: st.SearchStrategy[dict[str, Value]] = st.dictionaries(
    st.sampled_from(["d-bio", "d-age"]),
    st.one_of(st.builds(TextValue, st.sampled_from("ab")), st.builds(NumberValue, st.integers(0, 1))),
)
ROWS = st.builds(
    lambda identities, **rest: a_row(*identities, **rest),
    st.lists(IDENTITIES, max_size=3),
    name=st.sampled_from(["Jane", "John"]),
    import_key=st.sampled_from([None, "k", "l"]),
    values=VALUES,
    record_id=st.sampled_from([None, "r-1", "r-2"]),
).filter(lambda row: bool(row.identities) or row.import_key is not None)
SOURCES = st.sampled_from([Source.IMPORT, Source.CRM])


def an_agents_contact() -> Contact:
    """Known before any row, with a value that an agent set."""
    identities = (an_identity("1", is_primary=True), an_identity("3"))
    return a_contact("known", identities=identities, values=(held("bio", TextValue("c"), source=Source.AGENT),))


@settings(max_examples=500)
@given(st.lists(st.tuples(ROWS, SOURCES), max_size=6), ROWS, SOURCES)
@example([], a_row(seen("1"), seen("2")), Source.IMPORT)
@example([], a_row(seen("1"), seen("1", handle="john")), Source.IMPORT)
@example([(a_row(seen("2"), import_key="k"), Source.IMPORT)], a_row(seen("1"), import_key="k"), Source.IMPORT)
@example([(a_row(import_key="k"), Source.IMPORT)], a_row(seen("2"), import_key="k"), Source.CRM)
def test_a_row_imported_twice_changes_nothing_the_second_time(
    before: list[tuple[Row, Source]], row: Row, source: Source
) -> None:
    known, ids = KnownContacts.of([an_agents_contact()]), count()
    for each, its_source in before:
        merged(each, known, a_mapping(its_source), LATER, lambda _: f"c{next(ids)}")
    first = merged(row, known, a_mapping(source), LATER, lambda _: f"c{next(ids)}")
    second = merged(row, known, a_mapping(source), LATER + timedelta(days=1), lambda _: f"c{next(ids)}")
    if isinstance(first, Imported):
        assert second == Imported(first.after, first.after, first.remarks)
        assert second.after.version == first.after.version
    else:
        assert second == first


@settings(max_examples=300)
@given(st.lists(st.tuples(ROWS, SOURCES), max_size=8))
@example([(a_row(import_key="k"), Source.IMPORT), (a_row(seen("1"), import_key="k"), Source.IMPORT)])
@example([(a_row(seen("1"), import_key="k"), Source.IMPORT), (a_row(seen("2"), import_key="k"), Source.IMPORT)])
def test_no_identity_and_no_import_key_ever_belongs_to_two_contacts(rows: list[tuple[Row, Source]]) -> None:
    known, ids = KnownContacts.of([an_agents_contact()]), count()
    contacts = {"known": an_agents_contact()}
    for row, source in rows:
        outcome = merged(row, known, a_mapping(source), LATER, lambda _: f"c{next(ids)}")
        if isinstance(outcome, Imported):
            assert outcome.before == contacts.get(outcome.after.id)
            contacts[outcome.after.id] = outcome.after
    owners = Counter(identity.key for each in contacts.values() for identity in each.identities)
    keys = Counter(each.import_key for each in contacts.values() if each.import_key is not None)
    assert set(owners.values()) | set(keys.values()) <= {1}
    assert all(sum(one.is_primary for one in each.identities) == bool(each.identities) for each in contacts.values())
    assert contacts["known"].values[0] == an_agents_contact().values[0]
