"""How an organization is connected to its CRM."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, NewType

if TYPE_CHECKING:
    from domain.contacts import Network
    from domain.crm import CrmFailed

Sealed = NewType("Sealed", str)
"""A credential, encrypted: it is kept and compared so, and opened where a connector is made."""


@dataclass(frozen=True, slots=True)
class HttpConnection:
    """A CRM that is asked at an address of the company's own."""

    look_up_url: str
    """Takes what is known of a person as a JSON object by alias, and answers the record in the same way."""
    secret: Sealed
    """Opened: the key of the signatures, in hexadecimal digits."""
    record_id_alias: str
    """The alias that tells one record from all others."""
    write_url: str | None = None
    """Takes what is to be written; None where the CRM is only read."""
    name_alias: str | None = None
    updated_at_alias: str | None = None
    record_url: str | None = None
    """Of a record's page in the CRM, with `{id}` where its id belongs."""
    takes_several: bool = False
    """Whether the look-up takes a JSON array of such objects, and answers one of the same length."""


@dataclass(frozen=True, slots=True)
class HubSpotConnection:
    """HubSpot's contacts, by its public CRM v3 API."""

    token: Sealed
    """Opened: the access token of a private app that may read and write contacts."""
    portal_id: str | None = None
    """HubSpot's number of the company's account; None where the panel is not to link to the record's page."""


@dataclass(frozen=True, slots=True)
class DirectoryConnection:
    """A customer list that was imported from a file: for companies without a CRM."""


Connection = HttpConnection | HubSpotConnection | DirectoryConnection


@dataclass(frozen=True, slots=True)
class CrmSettings:
    version: int = 0
    connection: Connection | None = None
    identity_aliases: tuple[tuple[Network, str], ...] = ()
    """What the CRM calls the id that a person has on a network: contacts are looked up by it too."""
    is_automatic: bool = False
    """Whether contacts are looked up by themselves when what is known of them appears or changes."""
    refresh_after: timedelta = timedelta(days=1)
    """How old what the CRM said becomes before it is asked again; from then on it is shown as stale."""


NO_CRM = CrmSettings()


@dataclass(frozen=True, slots=True)
class CrmSettingsChanged:
    settings: CrmSettings


@dataclass(frozen=True, slots=True)
class StaleCrmSettings:
    """The caller saw an older version. Nothing was changed; these are the settings now."""

    current: CrmSettings


@dataclass(frozen=True, slots=True)
class ConnectionTested:
    failed: CrmFailed | None
    """What is wrong; None where the CRM answers as it should."""
