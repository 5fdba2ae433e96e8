"""The CRM tells that records have changed: their contacts are looked up again."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import orjson

from crm.signatures import Signed, verify
from crm.vault import Vault
from domain.agents import Directory
from domain.crm_settings import HttpConnection
from persistence.stores import Changes, Stores

MOST_RECORDS = 1_000
"""Of which one notification may tell."""
_log = logging.getLogger("contact_graph.crm")


@dataclass(frozen=True, slots=True)
class NotificationTaken:
    contacts: int
    """How many are looked up again; none where the notification had come before."""


@dataclass(frozen=True, slots=True)
class NotificationUnreadable:
    """It is not of the form that was agreed on."""


@dataclass(frozen=True, slots=True)
class NotificationUnsigned:
    """Nobody knows who sent it. The reason is not told to whom it may concern."""


@dataclass(frozen=True, slots=True)
class NotificationPostponed:
    """It cannot be told by now who sent it: it may be sent again."""


NotificationResult = NotificationTaken | NotificationUnreadable | NotificationUnsigned | NotificationPostponed


async def take(
    directory: Directory | None, stores: Stores, vault: Vault, headers: Mapping[str, str], body: bytes, now: datetime
) -> NotificationResult:
    """Take a notification, signed with the key of the connection; a second time it does nothing.

    Args:
        directory: of the organization; None where there is none of that name.
        stores: of the organization.
        vault: opens the key.
        headers: with the signature.
        body: as it came: `{"recordIds": ["…"]}`.
        now: when it came.
    """
    connection = None if directory is None else directory.crm.connection
    if not isinstance(connection, HttpConnection):
        return NotificationUnsigned()
    try:
        key = vault.open(connection.secret)
    except ValueError as problem:
        _log.warning("A notification of a CRM is not taken: %s", problem)
        return NotificationPostponed()
    signed = verify(key, headers, body, now)
    if not isinstance(signed, Signed):
        return NotificationUnsigned()
    record_ids = _record_ids(body)
    if record_ids is None:
        return NotificationUnreadable()
    replay_key = signed.replay_key

    async def work(changes: Changes) -> NotificationTaken:
        if not await changes.crm_settings.take_notification(replay_key, now):
            return NotificationTaken(0)
        contact_ids = await changes.crm.ids_by_records(record_ids)
        await changes.crm.ask_again(contact_ids)
        return NotificationTaken(len(contact_ids))

    return await stores.transact(work)


def _record_ids(body: bytes) -> list[str] | None:
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    ids = given.get("recordIds") if isinstance(given, dict) else None
    if not isinstance(ids, list) or len(ids) > MOST_RECORDS or not all(isinstance(each, str) for each in ids):
        return None
    return ids
