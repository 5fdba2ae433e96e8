"""How the organization is connected to its CRM; for admins."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import assert_never

from crm.connector import Connector
from crm.signatures import is_key
from domain.capabilities import Capability, Forbidden
from domain.contacts import Network
from domain.crm_checks import checked_settings
from domain.crm_settings import (
    Connection,
    ConnectionTested,
    CrmSettings,
    CrmSettingsChanged,
    DirectoryConnection,
    HttpConnection,
    HubSpotConnection,
    Sealed,
    StaleCrmSettings,
)
from domain.crm_tasks import CrmHealth
from domain.definition_patches import KEEP, Keep
from domain.outcomes import ErrorCode, Invalid, KeyReused
from domain.text import clean
from persistence.stores import Changes
from resolvers.context import Context
from resolvers.idempotency import answered, once

LONGEST_TOKEN = 1_000
"""Code points of an access token."""
Refused = Forbidden | Invalid | StaleCrmSettings


@dataclass(frozen=True, slots=True)
class GivenConnection:
    """A connection, and its credential as it was given: None keeps the one that is there."""

    connection: Connection
    # Not in what is shown of it where something fails.
    credential: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class CrmPatch:
    """What is to change; what is not given stays."""

    connection: GivenConnection | Keep | None = KEEP
    identity_aliases: tuple[tuple[Network, str], ...] | Keep = KEEP
    is_automatic: bool | Keep = KEEP
    refresh_after: timedelta | Keep = KEEP


async def change(
    context: Context, *, patch: CrmPatch, version: int | None, idempotency_key: str | None
) -> CrmSettingsChanged | Refused | KeyReused:
    async def work(changes: Changes) -> CrmSettingsChanged | Refused:
        if refused := context.refuses(Capability.MANAGE_CRM):
            return refused
        before = await changes.crm_settings.find()
        after = _patched(context, before, patch)
        if isinstance(after, Invalid):
            return after
        if version is not None and version != before.version:
            return StaleCrmSettings(before)
        if after == before:
            return CrmSettingsChanged(before)
        after = replace(after, version=before.version + 1)
        await changes.crm_settings.put(after)
        return CrmSettingsChanged(after)

    result = await once(context, idempotency_key, ("crmSettingsUpdate", patch, version), work)
    if isinstance(result, CrmSettingsChanged):
        context.definitions_changed()
    return result


async def test(
    context: Context, given: GivenConnection | None, idempotency_key: str | None
) -> ConnectionTested | Forbidden | Invalid | KeyReused:
    """Try the connection that is given, or else the one that is kept. Nothing is changed."""
    request = ("crmConnectionTest", given)
    if (first := await answered(context, idempotency_key, request, ConnectionTested)) is not None:
        return first
    if refused := context.refuses(Capability.MANAGE_CRM):
        return refused
    before = context.directory.crm
    settings = before if given is None else _patched(context, before, CrmPatch(given))
    if isinstance(settings, Invalid):
        return settings
    if settings.connection is None:
        return Invalid(ErrorCode.NO_CRM, "Give a connection, or set one first.", ("input", "connection"))
    connector: Connector = context.connections.made(context.directory.organization, settings.connection)
    try:
        failed = await connector.check()
    finally:
        await connector.close()

    async def tell(_changes: Changes) -> ConnectionTested:
        return ConnectionTested(failed)

    return await once(context, idempotency_key, request, tell)


async def health(context: Context) -> CrmHealth:
    return await context.stores.crm.health()


async def directory_size(context: Context) -> int:
    """Return how many customers the organization's imported list has."""
    return await context.stores.crm_records.count()


async def writes_waiting(context: Context) -> int:
    """Return how many contacts have values that the CRM is to hear of."""
    return await context.stores.crm.count_writes()


def _patched(context: Context, before: CrmSettings, patch: CrmPatch) -> CrmSettings | Invalid:
    connection = before.connection
    if not isinstance(patch.connection, Keep):
        given = patch.connection
        sealed = None if given is None else _sealed(context, before.connection, given)
        if isinstance(sealed, Invalid):
            return sealed
        connection = sealed
    return checked_settings(
        replace(
            before,
            connection=connection,
            identity_aliases=before.identity_aliases if patch.identity_aliases is KEEP else patch.identity_aliases,
            is_automatic=before.is_automatic if patch.is_automatic is KEEP else patch.is_automatic,
            refresh_after=before.refresh_after if patch.refresh_after is KEEP else patch.refresh_after,
        )
    )


def _sealed(context: Context, before: Connection | None, given: GivenConnection) -> Connection | Invalid:
    """Return the connection with its credential sealed: the one that is given, or the one that is there."""
    match given.connection:
        case HttpConnection():
            kept = before.secret if isinstance(before, HttpConnection) else None
            secret = _credential(context, given.credential, kept, ("input", "connection", "http", "secret"))
            return secret if isinstance(secret, Invalid) else replace(given.connection, secret=secret)
        case HubSpotConnection():
            kept = before.token if isinstance(before, HubSpotConnection) else None
            token = _credential(context, given.credential, kept, ("input", "connection", "hubSpot", "token"))
            return token if isinstance(token, Invalid) else replace(given.connection, token=token)
        case DirectoryConnection():
            return given.connection
        case _:
            assert_never(given.connection)


def _credential(context: Context, given: str | None, kept: Sealed | None, path: tuple[str, ...]) -> Sealed | Invalid:
    if given is None:
        return kept or Invalid(ErrorCode.NOT_A_CREDENTIAL, "Give the credential: there is none yet.", path)
    if path[-1] == "secret" and not is_key(given):
        advice = "Give 32 hexadecimal digits or more, in pairs, such as `openssl rand -hex 32` prints."
        return Invalid(ErrorCode.NOT_A_CREDENTIAL, advice, path)
    if isinstance(cleaned := clean(given, longest=LONGEST_TOKEN), Invalid):
        return cleaned.at(*path)
    # The same credential once more is no change: it would be sealed otherwise each time.
    if kept is not None and _opens_as(context, kept, cleaned):
        return kept
    return context.vault.seal(cleaned) or Invalid(
        ErrorCode.NO_CRM_KEY, "Ask the operator of the server to set CONTACT_GRAPH_CRM_KEYS first.", path
    )


def _opens_as(context: Context, kept: Sealed, text: str) -> bool:
    try:
        return context.vault.open(kept) == text
    except ValueError:
        return False
