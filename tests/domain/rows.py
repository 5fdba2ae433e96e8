"""Rows of an import and what they are merged into, with defaults that a test need not care about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from domain.attributes import Source
from domain.contacts import Contact, IdentityKey, Network, SocialIdentity
from domain.import_mappings import ImportMapping
from domain.import_merge import Imported, KnownContacts, merged
from domain.imports import Rejected, Row, RowIdentity
from domain.values import Value
from tests.builders import MORNING

LATER = MORNING + timedelta(hours=1)
"""When the rows are imported: after the contacts were made."""


def a_mapping(source: Source = Source.IMPORT, *, may_create: bool = True) -> ImportMapping:
    return ImportMapping("Name", ("No",), (), {}, ";", source, may_create, None)


def seen(
    external_id: str,
    network: Network = Network.TWITTER,
    *,
    handle: str = "jane",
    profile_url: str | None = None,
    may_be_left_out: bool = False,
    has_handle: bool = True,
) -> RowIdentity:
    """An identity as a row gives it."""
    identity = SocialIdentity(IdentityKey(network, external_id), handle, profile_url=profile_url)
    return RowIdentity(identity, may_be_left_out, has_handle)


def a_row(
    *identities: RowIdentity,
    name: str = "Jane Roe",
    import_key: str | None = None,
    values: Mapping[str, Value] | None = None,
    record_id: str | None = None,
    remarks: tuple[str, ...] = (),
) -> Row:
    return Row(name, import_key, identities, values or {}, record_id, remarks)


def merge(
    row: Row, *contacts: Contact, mapping: ImportMapping | None = None, now: datetime = LATER
) -> Imported | Rejected:
    """Merge the row where these contacts are known; a new contact's id is `new`."""
    return merged(row, KnownContacts.of(contacts), mapping or a_mapping(), now, lambda _: "new")


def imported(row: Row, *contacts: Contact, mapping: ImportMapping | None = None, now: datetime = LATER) -> Imported:
    outcome = merge(row, *contacts, mapping=mapping, now=now)
    assert isinstance(outcome, Imported)
    return outcome
