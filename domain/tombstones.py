"""Tombstones: what an import knows an erased person by, without anything of them being kept."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from domain.contacts import Contact, IdentityKey, Network
from domain.imports import Rejected, Row
from domain.values import EmailValue, PhoneValue, Value

_BY_PHONE = frozenset({Network.SMS, Network.WHATSAPP})


@dataclass(frozen=True, slots=True)
class Traces:
    """What a person is known by."""

    own: frozenset[str]
    """Identities and the import key: they are one person's."""
    shared: frozenset[str]
    """E-mail addresses and phone numbers: several people may have one of an office or a family."""

    def all(self) -> frozenset[str]:
        return self.own | self.shared


def traces_of_contact(contact: Contact) -> Traces:
    identities = [each.key for each in contact.identities]
    return _traces(identities, (each.value for each in contact.values), _import_keys(contact))


def traces_of_row(row: Row) -> Traces:
    return _traces(
        [each.identity.key for each in row.identities],
        row.values.values(),
        [] if row.import_key is None else [row.import_key],
    )


def _import_keys(contact: Contact) -> list[str]:
    """Return the contact's own, and those of the contacts that became part of it."""
    return [*([] if contact.import_key is None else [contact.import_key]), *contact.merged_import_keys]


def _traces(identities: Iterable[IdentityKey], values: Iterable[Value | None], import_keys: Iterable[str]) -> Traces:
    keys = list(identities)
    own = {f"identity:{each.network.value}:{each.external_id}" for each in keys}
    own.update(f"import:{each}" for each in import_keys)
    return Traces(frozenset(own), frozenset([*_of_identities(keys), *_of_values(values)]))


def _of_identities(keys: Iterable[IdentityKey]) -> Iterator[str]:
    """Yield addresses and numbers as values spell them, so that one is known wherever a table has it."""
    for each in keys:
        if each.network is Network.EMAIL:
            yield f"email:{each.external_id.casefold()}"
        elif each.network in _BY_PHONE:
            yield f"phone:{each.external_id}"


def _of_values(values: Iterable[Value | None]) -> Iterator[str]:
    for each in values:
        match each:
            case EmailValue(email):
                yield f"email:{email.casefold()}"
            case PhoneValue(phone):
                yield f"phone:{phone}"
            case _:
                pass


def keyed_hash(secret: bytes, trace: str) -> str:
    """Return what is kept for a trace: nobody without the organization's secret can tell or try out whose it is."""
    return hmac.digest(secret, trace.encode(), hashlib.sha256).hex()


@dataclass(frozen=True, slots=True)
class Tombstones:
    """The traces of erased people among those of some rows, and when each was erased."""

    erased_at: Mapping[str, datetime] = field(default_factory=dict)

    def refuse(self, row: Row, before: Contact | None) -> Rejected | None:
        """Return why the row is not imported, or None. `before` is the contact whom it would change.

        A number or address alone refuses no row about a contact who is there: their colleague was erased.
        """
        if not self.erased_at:
            return None
        traces = traces_of_row(row)
        known = traces.all() if before is None else traces.own
        found = [self.erased_at[each] for each in known if each in self.erased_at]
        if not found:
            return None
        day = max(found).date().isoformat()
        return Rejected(
            (f"This person was erased at their request on {day}. To import them all the same, add --allow-erased.",)
        )
