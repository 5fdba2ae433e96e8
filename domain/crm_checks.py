"""What is accepted of the settings of a CRM."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import assert_never

from domain.contacts import Network
from domain.crm_settings import (
    Connection,
    CrmSettings,
    DirectoryConnection,
    HttpConnection,
    HubSpotConnection,
)
from domain.outcomes import ErrorCode, Invalid
from domain.text import clean
from domain.value_rules import url_value

LONGEST_ALIAS = 100
"""Code points of what a CRM calls a field."""
SHORTEST_REFRESH = timedelta(hours=1)
LONGEST_REFRESH = timedelta(days=365)
RESERVED_ALIASES = frozenset({"attributes", "expected"})
"""What the body of a write holds beside the id of the record."""
_ID = "{id}"


def checked_settings(settings: CrmSettings) -> CrmSettings | Invalid:
    """Return the settings in the form that is kept, or why they are refused, with a path in `input`."""
    if not SHORTEST_REFRESH <= settings.refresh_after <= LONGEST_REFRESH:
        advice = f"Give from 1 to {LONGEST_REFRESH // timedelta(hours=1)} hours."
        return Invalid(
            ErrorCode.TOO_SMALL if settings.refresh_after < SHORTEST_REFRESH else ErrorCode.TOO_LARGE, advice
        ).at("input", "refreshHours")
    aliases: list[tuple[Network, str]] = []
    for index, (network, name) in enumerate(settings.identity_aliases):
        path = ("input", "identityAliases", str(index))
        if any(network is known for known, _ in aliases):
            return Invalid(ErrorCode.REPEATED_KEY, "Give each network once.", (*path, "network"))
        cleaned = clean(name.strip(), longest=LONGEST_ALIAS)
        if isinstance(cleaned, Invalid):
            return cleaned.at(*path, "alias")
        aliases.append((network, cleaned))
    connection = None if settings.connection is None else checked_connection(settings.connection)
    if isinstance(connection, Invalid):
        return connection
    return replace(settings, identity_aliases=tuple(aliases), connection=connection)


def checked_connection(connection: Connection) -> Connection | Invalid:
    match connection:
        case HttpConnection():
            return _http(connection)
        case HubSpotConnection(_, portal_id):
            if portal_id is not None and not (portal_id.isascii() and portal_id.isdecimal() and len(portal_id) <= 20):
                advice = "Give HubSpot's number of the account, such as 12345678."
                return Invalid(ErrorCode.NOT_A_NUMBER, advice, ("input", "connection", "hubSpot", "portalId"))
            return connection
        case DirectoryConnection():
            return connection
        case _:
            assert_never(connection)


def _http(connection: HttpConnection) -> HttpConnection | Invalid:
    given = {
        "lookUpUrl": _address(connection.look_up_url),
        "writeUrl": None if connection.write_url is None else _address(connection.write_url),
        "recordIdAlias": _id_alias(connection.record_id_alias),
        "nameAlias": _optional(connection.name_alias),
        "updatedAtAlias": _optional(connection.updated_at_alias),
        "recordUrl": None if connection.record_url is None else _page(connection.record_url),
    }
    kept: dict[str, str | None] = {}
    for name, found in given.items():
        if isinstance(found, Invalid):
            return found.at("input", "connection", "http", name)
        kept[name] = found
    return replace(
        connection,
        look_up_url=kept["lookUpUrl"] or "",
        write_url=kept["writeUrl"],
        record_id_alias=kept["recordIdAlias"] or "",
        name_alias=kept["nameAlias"],
        updated_at_alias=kept["updatedAtAlias"],
        record_url=kept["recordUrl"],
    )


def _address(given: str) -> str | Invalid:
    found = url_value(given)
    return found if isinstance(found, Invalid) else found.url


def _id_alias(alias: str) -> str | Invalid:
    cleaned = clean(alias.strip(), longest=LONGEST_ALIAS)
    if cleaned in RESERVED_ALIASES:
        advice = f"Give another alias: in what is written to the CRM, «{cleaned}» is something else."
        return Invalid(ErrorCode.NOT_A_KEY, advice)
    return cleaned


def _optional(alias: str | None) -> str | Invalid | None:
    return None if alias is None else clean(alias.strip(), longest=LONGEST_ALIAS)


def _page(template: str) -> str | Invalid:
    if _ID not in template:
        return Invalid(ErrorCode.NOT_A_URL, f"Put {_ID} where the record's id belongs.")
    page = url_value(template.replace(_ID, "0"))
    return page if isinstance(page, Invalid) else template.strip()
