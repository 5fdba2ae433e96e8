"""The mapping of an import: what it spells, and what each wrong entry is told."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from domain.attributes import Source
from domain.contacts import Network
from domain.import_mappings import AttributeColumn, IdentityColumns, ImportMapping, MappingError, mapping_of
from tests.builders import EVERY_TYPE

NETWORKS = "TWITTER, FACEBOOK, INSTAGRAM, YOUTUBE, WHATSAPP, LINKEDIN, TIKTOK, TELEGRAM, EMAIL, SMS, WEB_CHAT"
LIVE_KEYS = (
    "email, phone, website, account, segment, bio, followers, newsletter, birthday, last_met, sizes, language, rank, "
    "nickname, pager"
)
LEAST = {"name": "Name", "key": ["Id"]}
TWITTER = {"network": "TWITTER", "handle": "X"}


def test_the_least_mapping_names_two_columns_and_has_the_usual_settings() -> None:
    assert mapping_of(LEAST, EVERY_TYPE) == ImportMapping(
        name="Name",
        key=("Id",),
        identities=(),
        attributes={},
        separator=";",
        source=Source.IMPORT,
        may_create=True,
        record_id=None,
    )


FULL: Mapping[str, object] = {
    "name": "Name",
    "key": ["Id", "City"],
    "identities": [
        {
            "network": "TWITTER",
            "handle": "X",
            "external_id": "X id",
            "profile_url": "https://x.com/{handle}",
            "if_taken": "leave out",
        },
        {"network": "YOUTUBE", "external_id": "Channel"},
        {"network": "SMS", "handle": "Mobile", "if_taken": "reject"},
    ],
    "attributes": {
        "bio": "About",
        "account": {"column": "Account"},
        "website": {"column": "Site", "if_invalid": "leave out"},
        "pager": {"column": "Pager", "if_invalid": "reject"},
    },
    "separator": "|",
    "source": "CRM",
    "create": False,
    "record_id": "Record",
}


def test_the_fullest_mapping_is_read_entry_by_entry() -> None:
    assert mapping_of(FULL, EVERY_TYPE) == ImportMapping(
        name="Name",
        key=("Id", "City"),
        identities=(
            IdentityColumns(Network.TWITTER, "X", "X id", "https://x.com/{handle}", may_be_left_out=True),
            IdentityColumns(Network.YOUTUBE, None, "Channel", None, may_be_left_out=False),
            IdentityColumns(Network.SMS, "Mobile", None, None, may_be_left_out=False),
        ),
        attributes={
            "bio": AttributeColumn("About", may_be_left_out=False),
            "account": AttributeColumn("Account", may_be_left_out=False),
            "website": AttributeColumn("Site", may_be_left_out=True),
            "pager": AttributeColumn("Pager", may_be_left_out=False),
        },
        separator="|",
        source=Source.CRM,
        may_create=False,
        record_id="Record",
    )


def test_a_table_of_ones_own_names_contacts_by_their_ids() -> None:
    found = mapping_of({"name": "N", "id": "Our id"}, EVERY_TYPE)
    assert (found.contact_id, found.identities, found.key) == ("Our id", (), ())
    assert found.columns() == {"N", "Our id"}


def test_the_columns_are_all_those_that_any_entry_names() -> None:
    wanted = {"Name", "Id", "City", "X", "X id", "Channel", "Mobile", "About", "Account", "Site", "Pager", "Record"}
    assert mapping_of(FULL, EVERY_TYPE).columns() == wanted
    assert mapping_of(LEAST, EVERY_TYPE).columns() == {"Name", "Id"}


@pytest.mark.parametrize("network", list(Network))
def test_an_identity_may_be_of_any_network(network: Network) -> None:
    found = mapping_of({"name": "N", "identities": [{"network": network.value, "handle": "H"}]}, EVERY_TYPE)
    assert found.identities == (IdentityColumns(network, "H"),)


def test_the_identities_are_rejected_where_taken_unless_it_says_otherwise() -> None:
    found = mapping_of({"name": "N", "identities": [TWITTER]}, EVERY_TYPE)
    assert found.identities[0].may_be_left_out is False


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        (
            {"colour": "red"},
            "«colour» is no entry; "
            "there are attributes, create, id, identities, key, name, record_id, separator, source.",
        ),
        ({"name": None}, "name: expected a text, found None."),
        ({"name": ""}, "name: expected a text, found ''."),
        ({"name": 3}, "name: expected a text, found 3."),
        ({"key": "Id"}, "key: expected a list of columns, found 'Id'."),
        ({"key": ["Id", 3]}, "key: expected a list of columns, found ['Id', 3]."),
        ({"separator": ""}, "separator: expected a text, found ''."),
        ({"separator": 1}, "separator: expected a text, found 1."),
        ({"source": "AGENT"}, "source: expected one of IMPORT, CRM, found «AGENT»."),
        ({"source": "crm"}, "source: expected one of IMPORT, CRM, found «crm»."),
        ({"source": True}, "source: expected a text, found True."),
        ({"create": "no"}, "create: expected true or false, found 'no'."),
        ({"create": 0}, "create: expected true or false, found 0."),
        ({"record_id": ""}, "record_id: expected a text, found ''."),
        ({"record_id": 7}, "record_id: expected a text, found 7."),
        ({"record_id": "Record"}, "record_id: only a list of the CRM's has one; expected «CRM» as the source."),
        (
            {"key": []},
            "identities: expected at least one, or a «key»: nothing else tells whom a row is about.",
        ),
        ({"identities": {"network": "SMS"}}, "identities: expected one or more [[identities]] tables."),
        ({"identities": ["SMS"]}, "identities: expected one or more [[identities]] tables."),
        ({"attributes": ["bio"]}, "attributes: expected a table of attribute keys and columns."),
        ({"attributes": {"bio": 3}}, "bio: expected a text, found 3."),
        ({"attributes": {"bio": ""}}, "bio: expected a text, found ''."),
        ({"attributes": {"bio": {}}}, "column: expected a text, found None."),
        ({"attributes": {"bio": {"column": 3}}}, "column: expected a text, found 3."),
        (
            {"attributes": {"bio": {"column": "B", "if_taken": "reject"}}},
            "attributes: bio: «if_taken» is no entry; there are column, if_invalid.",
        ),
        (
            {"attributes": {"bio": {"column": "B", "if_invalid": "skip"}}},
            "if_invalid: expected «reject» or «leave out», found «skip».",
        ),
        ({"attributes": {"height": "H"}}, f"attributes: «height» is no attribute; there are {LIVE_KEYS}."),
        ({"attributes": {"fax": "Fax"}}, f"attributes: «fax» is no attribute; there are {LIVE_KEYS}."),
        (
            {"attributes": {"bio": "B", "account": "A"}},
            "attributes: «account» is managed by the CRM, and takes its values from there alone.",
        ),
    ],
)
def test_a_wrong_entry_is_named_with_what_was_expected(entries: Mapping[str, object], message: str) -> None:
    with pytest.raises(MappingError) as raised:
        mapping_of({**LEAST, **entries}, EVERY_TYPE)
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        (
            {"chanel": "a"},
            "identities: «chanel» is no entry; there are external_id, handle, if_taken, network, profile_url.",
        ),
        ({"network": "MYSPACE"}, f"network: expected one of {NETWORKS}, found «MYSPACE»."),
        ({"network": "sms"}, f"network: expected one of {NETWORKS}, found «sms»."),
        ({"network": 1}, "network: expected a text, found 1."),
        ({"handle": ""}, "handle: expected a text, found ''."),
        ({"external_id": ""}, "external_id: expected a text, found ''."),
        ({"profile_url": 1}, "profile_url: expected a text, found 1."),
        ({"if_taken": "ignore"}, "if_taken: expected «reject» or «leave out», found «ignore»."),
        ({"if_taken": False}, "if_taken: expected a text, found False."),
    ],
)
def test_a_wrong_entry_of_an_identity_is_named_too(entries: Mapping[str, object], message: str) -> None:
    with pytest.raises(MappingError) as raised:
        mapping_of({"name": "Name", "identities": [TWITTER, {**TWITTER, **entries}]}, EVERY_TYPE)
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({}, "name: expected a text, found None."),
        ({"name": "N", "identities": [{"handle": "X"}]}, "network: expected a text, found None."),
        (
            {"name": "N", "identities": [{"network": "SMS"}]},
            "identities: expected the entry «handle» or «external_id», or both.",
        ),
    ],
)
def test_an_entry_that_must_be_there_is_asked_for(table: Mapping[str, object], message: str) -> None:
    with pytest.raises(MappingError) as raised:
        mapping_of(table, EVERY_TYPE)
    assert str(raised.value) == message
