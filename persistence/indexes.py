"""The collections and their indexes, as data. Every query of the product is served by one of these."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from pymongo import ASCENDING, DESCENDING, IndexModel

from persistence.contact_indexes import CONTACT_INDEXES
from persistence.conversation_indexes import CONVERSATION_INDEXES
from persistence.crm_indexes import CRM_INDEXES
from persistence.driver import Driver
from persistence.names import (
    AGENTS,
    ANSWERS,
    BY_AGENT,
    BY_CONTACT,
    BY_CONTACTS,
    BY_EMAIL,
    BY_GROUP_NAME,
    BY_HASH,
    BY_KEY,
    BY_MERGE,
    BY_NAMED,
    BY_ORGANIZATION,
    BY_OWN_ID,
    BY_PLACE,
    BY_SUBJECT,
    BY_SURVIVOR,
    BY_VERSION,
    DEFINITIONS,
    DELETED_CONTACTS,
    DERIVING,
    EVENTS,
    GROUPS,
    IMPORT_RUNS,
    MERGES,
    OF_WHOM,
    PENDING,
    RECEIPTS,
    SECRETS,
    TOMBSTONES,
    UNFINISHED,
)
from persistence.note_indexes import NOTE_INDEXES

ANSWER_LIFE_SECONDS = 24 * 60 * 60
"""How long an idempotency key is remembered."""

IMPORT_RUN_LIFE_SECONDS = 30 * 24 * 60 * 60
"""How long a run that was broken off can be taken up again."""

_BY_ORGANIZATION = IndexModel([("org", ASCENDING), ("_id", ASCENDING)], name=BY_ORGANIZATION)
# Led by the id, for the reason given with those of the notes.
_BY_OWN_ID = IndexModel([("_id", ASCENDING), ("org", ASCENDING)], name=BY_OWN_ID)
_BY_PLACE = IndexModel([("org", ASCENDING), ("place", DESCENDING)], name=BY_PLACE)

INDEXES: Mapping[str, Sequence[IndexModel]] = {
    AGENTS: [
        IndexModel([("org", ASCENDING), ("agent", ASCENDING)], name=BY_AGENT, unique=True),
        IndexModel([("email", ASCENDING), ("org", ASCENDING)], name=BY_EMAIL, unique=True),
    ],
    DEFINITIONS: [
        IndexModel([("org", ASCENDING), ("key", ASCENDING)], name=BY_KEY, unique=True),
        IndexModel(
            [("org", ASCENDING), ("isDeriving", ASCENDING)],
            name=DERIVING,
            partialFilterExpression={"isDeriving": True},
        ),
        IndexModel(
            [("org", ASCENDING), ("pending", ASCENDING)],
            name=PENDING,
            partialFilterExpression={"pending": {"$exists": True}},
        ),
        _BY_OWN_ID,
    ],
    GROUPS: [
        _BY_OWN_ID,
        IndexModel([("org", ASCENDING), ("nameKey", ASCENDING)], name=BY_GROUP_NAME, unique=True),
    ],
    EVENTS: [
        # Led by the contact: one led by the organization would be tried out for the history of a value as well.
        IndexModel([("contact", ASCENDING), ("org", ASCENDING), ("place", DESCENDING)], name=BY_CONTACT),
        _BY_OWN_ID,
        IndexModel(
            [("org", ASCENDING), ("subjects", ASCENDING), ("place", DESCENDING)],
            name=BY_SUBJECT,
            partialFilterExpression={"subjects": {"$exists": True}},
        ),
        IndexModel(
            [(each, ASCENDING) for each in ("contact", "org", "values.d", "values.after.version")],
            name=BY_VERSION,
            # Not considered for what happened to a contact, which is of every kind.
            partialFilterExpression={"values": {"$exists": True}},
        ),
        IndexModel(
            [("org", ASCENDING), ("mergedFrom", ASCENDING)],
            name=BY_MERGE,
            partialFilterExpression={"mergedFrom": {"$exists": True}},
        ),
        IndexModel(
            [(each, ASCENDING) for each in ("named", "org", "contact")],
            name=BY_NAMED,
            partialFilterExpression={"named": {"$exists": True}},
        ),
    ],
    MERGES: [
        _BY_OWN_ID,
        IndexModel([("org", ASCENDING), ("survivor", ASCENDING), ("place", DESCENDING)], name=BY_SURVIVOR),
        # Led by the contact: one led by the organization would be tried out for the list of merges as well.
        IndexModel([("about", ASCENDING), ("org", ASCENDING), ("isStanding", ASCENDING)], name=OF_WHOM),
    ],
    IMPORT_RUNS: [IndexModel([("at", ASCENDING)], name="expiry", expireAfterSeconds=IMPORT_RUN_LIFE_SECONDS)],
    ANSWERS: [
        IndexModel([("at", ASCENDING)], name="expiry", expireAfterSeconds=ANSWER_LIFE_SECONDS),
        IndexModel(
            [("org", ASCENDING), ("contacts", ASCENDING)],
            name=BY_CONTACTS,
            partialFilterExpression={"contacts": {"$exists": True}},
        ),
    ],
    DELETED_CONTACTS: [
        _BY_OWN_ID,
        _BY_PLACE,
        IndexModel(
            [("org", ASCENDING), ("isUnfinished", ASCENDING)],
            name=UNFINISHED,
            partialFilterExpression={"isUnfinished": True},
        ),
    ],
    RECEIPTS: [_BY_OWN_ID, _BY_PLACE],
    SECRETS: [_BY_ORGANIZATION],
    TOMBSTONES: [IndexModel([("org", ASCENDING), ("hash", ASCENDING)], name=BY_HASH, unique=True)],
    **CONTACT_INDEXES,
    **CONVERSATION_INDEXES,
    **CRM_INDEXES,
    **NOTE_INDEXES,
}


async def ensure_indexes(driver: Driver) -> None:
    """Create what is missing. On a large collection this takes long: run it before the servers start."""
    await asyncio.gather(*(driver.collection(name).create_indexes(list(models)) for name, models in INDEXES.items()))
