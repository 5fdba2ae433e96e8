"""What is accepted of the settings of a CRM: each refusal with its place."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.contacts import Network
from domain.crm_checks import LONGEST_ALIAS, RESERVED_ALIASES, checked_connection, checked_settings
from domain.crm_settings import (
    NO_CRM,
    CrmSettings,
    DirectoryConnection,
    HttpConnection,
    HubSpotConnection,
    Sealed,
)
from domain.outcomes import ErrorCode, Invalid

SECRET = Sealed("sealed")
HTTP = HttpConnection("https://crm.example.com/look-up", SECRET, "id")
FULL = HttpConnection(
    look_up_url="https://crm.example.com/look-up",
    secret=SECRET,
    record_id_alias="id",
    write_url="https://crm.example.com/write",
    name_alias="name",
    updated_at_alias="updated_at",
    record_url="https://crm.example.com/people/{id}?tab=1",
    takes_several=True,
)
ALIASES = ((Network.TWITTER, "twitter_id"), (Network.TELEGRAM, "telegram_id"))
AT_HTTP = ("input", "connection", "http")


@pytest.mark.parametrize(
    "connection",
    [
        HTTP,
        FULL,
        replace(FULL, record_id_alias="i" * LONGEST_ALIAS, name_alias="é" * LONGEST_ALIAS),
        # Only for the id they mean something else.
        replace(FULL, name_alias="attributes", updated_at_alias="expected"),
        HubSpotConnection(SECRET),
        HubSpotConnection(SECRET, "12345678"),
        HubSpotConnection(SECRET, "1" * 20),
        DirectoryConnection(),
        None,
    ],
)
def test_what_is_well_formed_is_kept_as_it_is(connection: HttpConnection | None) -> None:
    settings = CrmSettings(3, connection, ALIASES, is_automatic=True, refresh_after=timedelta(hours=6))
    assert checked_settings(settings) == settings


def test_white_space_around_what_is_given_is_not_kept() -> None:
    given = HttpConnection(
        look_up_url=f" {FULL.look_up_url}\n",
        secret=SECRET,
        record_id_alias=" id ",
        write_url=f" {FULL.write_url} ",
        name_alias=" name ",
        updated_at_alias="\tupdated_at",
        record_url=f" {FULL.record_url} ",
        takes_several=True,
    )
    settings = CrmSettings(connection=given, identity_aliases=((Network.TWITTER, " twitter_id "),))
    expected = CrmSettings(connection=FULL, identity_aliases=((Network.TWITTER, "twitter_id"),))
    assert checked_settings(settings) == expected


@pytest.mark.parametrize(
    ("change", "name", "code"),
    [
        ({"look_up_url": "ftp://crm.example.com/"}, "lookUpUrl", ErrorCode.NOT_A_URL),
        ({"look_up_url": ""}, "lookUpUrl", ErrorCode.NOT_A_URL),
        ({"write_url": "crm.example.com"}, "writeUrl", ErrorCode.NOT_A_URL),
        ({"write_url": "https://x.example/" + "a" * 3_000}, "writeUrl", ErrorCode.TOO_LONG),
        ({"record_id_alias": " "}, "recordIdAlias", ErrorCode.BLANK),
        ({"record_id_alias": "i" * (LONGEST_ALIAS + 1)}, "recordIdAlias", ErrorCode.TOO_LONG),
        ({"record_id_alias": "i\x00d"}, "recordIdAlias", ErrorCode.FORBIDDEN_CHARACTER),
        ({"record_id_alias": "attributes"}, "recordIdAlias", ErrorCode.NOT_A_KEY),
        ({"record_id_alias": " expected "}, "recordIdAlias", ErrorCode.NOT_A_KEY),
        ({"name_alias": ""}, "nameAlias", ErrorCode.BLANK),
        ({"updated_at_alias": "u" * (LONGEST_ALIAS + 1)}, "updatedAtAlias", ErrorCode.TOO_LONG),
        ({"record_url": "https://crm.example.com/people"}, "recordUrl", ErrorCode.NOT_A_URL),
        ({"record_url": "javascript:{id}"}, "recordUrl", ErrorCode.NOT_A_URL),
    ],
)
def test_each_part_of_an_http_connection_is_checked(change: dict[str, Any], name: str, code: ErrorCode) -> None:
    refused = checked_settings(CrmSettings(connection=replace(FULL, **change)))
    assert isinstance(refused, Invalid)
    assert (refused.code, refused.path) == (code, (*AT_HTTP, name))


def test_an_alias_that_the_protocol_uses_is_named() -> None:
    assert frozenset({"attributes", "expected"}) == RESERVED_ALIASES
    refused = checked_connection(replace(HTTP, record_id_alias="expected"))
    assert isinstance(refused, Invalid)
    assert "«expected»" in refused.message


@pytest.mark.parametrize("portal_id", ["", "12a", "١٢٣", "-1", "1" * 21, "1.5"])
def test_an_account_of_hubspot_is_a_number(portal_id: str) -> None:
    refused = checked_settings(CrmSettings(connection=HubSpotConnection(SECRET, portal_id)))
    assert isinstance(refused, Invalid)
    assert (refused.code, refused.path) == (ErrorCode.NOT_A_NUMBER, ("input", "connection", "hubSpot", "portalId"))


@pytest.mark.parametrize(
    ("aliases", "code", "path"),
    [
        (((Network.TWITTER, "a"), (Network.TWITTER, "b")), ErrorCode.REPEATED_KEY, ("1", "network")),
        (((Network.TWITTER, "a"), (Network.TELEGRAM, " ")), ErrorCode.BLANK, ("1", "alias")),
        (((Network.TWITTER, "a" * (LONGEST_ALIAS + 1)),), ErrorCode.TOO_LONG, ("0", "alias")),
    ],
)
def test_each_network_has_one_alias(
    aliases: tuple[tuple[Network, str], ...], code: ErrorCode, path: tuple[str, str]
) -> None:
    refused = checked_settings(CrmSettings(connection=HTTP, identity_aliases=aliases))
    assert isinstance(refused, Invalid)
    assert (refused.code, refused.path) == (code, ("input", "identityAliases", *path))


@pytest.mark.parametrize(
    ("refresh_after", "code"),
    [
        (timedelta(0), ErrorCode.TOO_SMALL),
        (timedelta(hours=1, microseconds=-1), ErrorCode.TOO_SMALL),
        (timedelta(hours=1), None),
        (timedelta(days=365), None),
        (timedelta(days=365, microseconds=1), ErrorCode.TOO_LARGE),
    ],
)
def test_what_the_crm_said_is_fresh_for_an_hour_at_least_and_a_year_at_most(
    refresh_after: timedelta, code: ErrorCode | None
) -> None:
    given = replace(NO_CRM, refresh_after=refresh_after)
    found = checked_settings(given)
    if code is None:
        assert found == given
    else:
        assert found == Invalid(code, "Give from 1 to 8760 hours.", ("input", "refreshHours"))
