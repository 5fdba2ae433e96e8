"""What a row of a table says: names, values and identities checked, and everything that is wrong with it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.contacts import IdentityKey, Network, SocialIdentity
from domain.definitions import ValueType
from domain.identities import LONGEST_NAME
from domain.import_mappings import ImportMapping, mapping_of
from domain.imports import Rejected, Row, RowIdentity, row_of
from domain.values import MultiSelectValue, NumberValue, TextValue, UrlValue
from tests.builders import EVERY_TYPE, a_definition

PHONE_ADVICE = "Give a phone number with its country prefix, such as +1 202-224-3441."
URL_ADVICE = "Give a web address such as https://example.com/page."
NOTHING_TELLS = "Fill in one of the identities: nothing tells whom the row is about."
BLANK = "Write something: the text is empty or only white space."


def a_mapping(**entries: object) -> ImportMapping:
    return mapping_of({"name": "Name", "key": ["No"], **entries}, EVERY_TYPE)


def read(mapping: ImportMapping, region: str = "US", **cells: str) -> Row | Rejected:
    """Read a row whose other cells are empty."""
    every = dict.fromkeys(mapping.columns(), "") | {"Name": "Jane Roe"} | cells
    return row_of(mapping, every, EVERY_TYPE, region)


def accepted(mapping: ImportMapping, region: str = "US", **cells: str) -> Row:
    row = read(mapping, region, **cells)
    assert isinstance(row, Row)
    return row


def test_the_least_row_has_a_name_and_what_tells_whom_it_is_about() -> None:
    row = accepted(a_mapping(), No="7")
    assert row == Row("Jane Roe", row.import_key, (), {}, None, ())


def test_a_name_is_trimmed_and_normalised() -> None:
    assert accepted(a_mapping(), No="7", Name=" Zoe\u0308 \n").name == "Zo\u00eb"


def test_a_name_may_have_two_hundred_code_points_and_no_more() -> None:
    assert LONGEST_NAME == 200
    assert accepted(a_mapping(), No="7", Name="\U0001f680" * 200).name == "\U0001f680" * 200
    message = "Name: Shorten the text by 1: at most 200 characters are kept."
    assert read(a_mapping(), No="7", Name="\U0001f680" * 201) == Rejected((message,))


def test_every_problem_of_a_row_is_told_with_its_column() -> None:
    mapping = a_mapping(
        identities=[
            {"network": "SMS", "handle": "Mobile"},
            {"network": "YOUTUBE", "external_id": "Channel"},
            {"network": "EMAIL", "handle": "Mail"},
        ],
        attributes={"followers": "Fans", "website": "Site", "bio": "About"},
    )
    cells = {"Name": " ", "Mobile": "12", "Channel": "a\x00", "Fans": "-1", "Site": "javascript:x", "About": "ok"}
    assert read(mapping, **cells) == Rejected(
        (
            f"Name: {BLANK}",
            "Fans: Give a number of 0 or more.",
            f"Site: {URL_ADVICE}",
            f"Mobile: {PHONE_ADVICE}",
            "Channel: Remove the character U+0000: it cannot be kept in a text.",
        )
    )


def test_a_row_that_tells_of_nobody_is_rejected_with_its_other_problems() -> None:
    mapping = a_mapping(identities=[{"network": "SMS", "handle": "Mobile"}], attributes={"followers": "Fans"})
    assert read(mapping) == Rejected((NOTHING_TELLS,))
    cannot = "Fans: Write a number such as 12.5: «many» cannot be read."
    assert read(mapping, Name="", Fans="many") == Rejected((f"Name: {BLANK}", cannot, NOTHING_TELLS))


def test_a_row_with_an_identity_that_is_refused_does_tell_of_someone() -> None:
    mapping = a_mapping(identities=[{"network": "SMS", "handle": "Mobile"}])
    assert read(mapping, Mobile="12") == Rejected((f"Mobile: {PHONE_ADVICE}",))


def test_values_are_read_and_checked_and_empty_cells_are_left_out() -> None:
    mapping = a_mapping(attributes={"followers": "Fans", "sizes": "Sizes", "bio": "About"}, separator="|")
    row = accepted(mapping, No="7", Fans=" 12 ", Sizes="Medium | Small", About="  ")
    values = {"d-followers": NumberValue(12), "d-sizes": MultiSelectValue(("size-s", "size-m"))}
    assert (row.values, row.remarks) == (values, ())


def test_a_value_that_may_be_left_out_is_left_out_with_a_remark() -> None:
    mapping = a_mapping(attributes={"website": {"column": "Site", "if_invalid": "leave out"}, "bio": "About"})
    row = accepted(mapping, No="7", Site="nowhere", About="Likes tea.")
    assert (row.values, row.remarks) == ({"d-bio": TextValue("Likes tea.")}, (f"Site: {URL_ADVICE}",))
    kept = accepted(mapping, No="7", Site="https://example.com")
    assert (kept.values, kept.remarks) == ({"d-website": UrlValue("https://example.com")}, ())


def test_a_value_is_held_by_the_definition_and_not_by_its_key() -> None:
    definitions = [a_definition("bio", ValueType.TEXT)]
    mapping = mapping_of({"name": "N", "key": ["N"], "attributes": {"bio": "B"}}, definitions)
    row = row_of(mapping, {"N": "Jane", "B": "Likes tea."}, definitions, "US")
    assert isinstance(row, Row)
    assert row.values == {"d-bio": TextValue("Likes tea.")}


@pytest.mark.parametrize(("cell", "contact_id"), [(" c1 ", "c1"), ("c1", "c1")])
def test_a_row_may_name_its_contact_alone(cell: str, contact_id: str) -> None:
    mapping = replace(a_mapping(), key=(), contact_id="Our id")
    row = accepted(mapping, **{"Our id": cell})
    assert (row.contact_id, row.import_key, row.identities) == (contact_id, None, ())
    nobody = "Fill in one of the identities: nothing tells whom the row is about."
    assert read(mapping, **{"Our id": " "}) == Rejected((nobody,))


@pytest.mark.parametrize(("cell", "record_id"), [(" R-1 ", "R-1"), ("", None), ("  ", None)])
def test_the_record_id_is_the_trimmed_cell(cell: str, record_id: str | None) -> None:
    assert accepted(a_mapping(record_id="Record", source="CRM"), No="7", Record=cell).record_id == record_id


def key_of(*cells: str) -> str | None:
    columns = [f"K{each}" for each in range(len(cells))]
    identities = [{"network": "TWITTER", "handle": "X"}]
    mapping = a_mapping(key=columns, identities=identities)
    return accepted(mapping, X="jane", **dict(zip(columns, cells, strict=True))).import_key


def test_an_import_key_is_the_same_for_the_same_cells_and_no_others() -> None:
    keys = [key_of(*each) for each in (["a"], ["b"], ["a", "b"], ["b", "a"], ["ab", "c"], ["a", "bc"], ["A"])]
    keys += [key_of(*each) for each in (["a\nb"], ["a\nb", "c"], ["a", "b\nc"], ["a\\nb"], ["\u00e4"], ["\ud800"])]
    assert None not in keys
    assert len(set(keys)) == len(keys)
    assert key_of("a", "b") == key_of(" a ", "b\n")
    assert key_of("\u00e4") == key_of("a\u0308")


def test_an_import_key_needs_all_its_cells() -> None:
    assert key_of("a", "") is None
    assert key_of(" ", "b") is None
    assert key_of() is None


def identity(
    network: Network, external_id: str, handle: str, profile_url: str | None = None, *, has_handle: bool = True
) -> RowIdentity:
    key = IdentityKey(network, external_id)
    return RowIdentity(SocialIdentity(key, handle, profile_url=profile_url), False, has_handle)


def one(network: str, **entries: str) -> ImportMapping:
    """A mapping of one identity with the columns Handle and Id."""
    return a_mapping(key=[], identities=[{"network": network, "handle": "Handle", "external_id": "Id", **entries}])


@pytest.mark.parametrize(
    ("network", "handle", "external_id", "wanted"),
    [
        ("TWITTER", " @Jane ", " 42 ", identity(Network.TWITTER, "42", "Jane")),
        ("TWITTER", "@Jane", "", identity(Network.TWITTER, "@jane", "Jane")),
        ("TWITTER", "Jane", "", identity(Network.TWITTER, "@jane", "Jane")),
        ("TWITTER", "Zoe\u0308", "", identity(Network.TWITTER, "@zo\u00eb", "Zo\u00eb")),
        ("TWITTER", "", "42", identity(Network.TWITTER, "42", "42", has_handle=False)),
        ("SMS", "(202) 224-3441", "", identity(Network.SMS, "+12022243441", "+12022243441")),
        ("WHATSAPP", "+49 30 901820", "", identity(Network.WHATSAPP, "+4930901820", "+4930901820")),
        ("WHATSAPP", "+49 30 901820", "w-1", identity(Network.WHATSAPP, "w-1", "+4930901820")),
        ("EMAIL", "Jane@EXAMPLE.com", "", identity(Network.EMAIL, "jane@example.com", "Jane@example.com")),
    ],
)
def test_an_identity_is_written_as_its_network_writes_it(
    network: str, handle: str, external_id: str, wanted: RowIdentity
) -> None:
    assert accepted(one(network), Handle=handle, Id=external_id).identities == (wanted,)


def test_a_handle_and_an_id_may_have_two_hundred_code_points() -> None:
    longest = "\u0130" * 200
    row = accepted(one("TWITTER"), Handle=f"@{longest}")
    assert row.identities == (identity(Network.TWITTER, "@" + "i\u0307" * 200, longest),)
    assert accepted(one("TWITTER"), Id="4" * 200).identities[0].identity.key.external_id == "4" * 200


def test_the_id_that_stands_for_a_handle_ignores_letter_case_and_how_accents_are_encoded() -> None:
    row = accepted(one("TWITTER"), Handle="\u01f0\u0390ANE")
    assert row.identities == (identity(Network.TWITTER, "@\u01f0\u0390ane", "\u01f0\u0390ANE"),)


def test_a_number_without_prefix_is_read_in_the_region() -> None:
    row = accepted(one("SMS"), "DE", Handle="030 901820")
    assert row.identities == (identity(Network.SMS, "+4930901820", "+4930901820"),)


def test_an_identity_needs_only_one_of_its_columns() -> None:
    by_id = a_mapping(identities=[{"network": "YOUTUBE", "external_id": "Channel"}])
    wanted = identity(Network.YOUTUBE, "UC7", "UC7", has_handle=False)
    assert accepted(by_id, Channel="UC7").identities == (wanted,)
    by_handle = a_mapping(identities=[{"network": "YOUTUBE", "handle": "Name"}])
    assert accepted(by_handle, Name="Jane").identities == (identity(Network.YOUTUBE, "@jane", "Jane"),)


@pytest.mark.parametrize(
    ("network", "handle", "external_id", "message"),
    [
        ("TWITTER", "@", "42", BLANK),
        ("TWITTER", "a" * 201, "", "Shorten the text by 1: at most 200 characters are kept."),
        ("TWITTER", "jane", "4" * 201, "Shorten the text by 1: at most 200 characters are kept."),
        ("TWITTER", "jane", "4\x7f", "Remove the character U+007F: it cannot be kept in a text."),
        ("SMS", "call me", "", PHONE_ADVICE),
        ("WHATSAPP", "", "w-1", PHONE_ADVICE),
        ("SMS", "+1 202-224-3441 x5", "", PHONE_ADVICE),
        (
            "EMAIL",
            "jane",
            "",
            "Give an e-mail address such as name@example.com: An email address must have an @-sign.",
        ),
    ],
)
def test_an_identity_that_is_none_is_refused(network: str, handle: str, external_id: str, message: str) -> None:
    assert read(one(network), Handle=handle, Id=external_id) == Rejected((f"Handle: {message}",))


def test_a_profile_url_is_filled_with_what_is_safe_in_one() -> None:
    mapping = one("TWITTER", profile_url="https://x.com/{handle}?id={external_id}")
    row = accepted(mapping, Handle="@J\u00e4ne {external_id}", Id="4&2")
    url = "https://x.com/J%C3%A4ne%20%7Bexternal_id%7D?id=4%262"
    assert row.identities == (identity(Network.TWITTER, "4&2", "J\u00e4ne {external_id}", url),)


def test_a_profile_url_that_is_none_is_refused() -> None:
    assert read(one("TWITTER", profile_url="{handle}"), Handle="jane") == Rejected((f"Handle: {URL_ADVICE}",))


def test_an_identity_carries_whether_it_may_be_left_out() -> None:
    row = accepted(one("TWITTER", if_taken="leave out"), Handle="jane")
    assert [each.may_be_left_out for each in row.identities] == [True]
