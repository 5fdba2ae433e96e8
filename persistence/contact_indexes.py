"""The indexes of contacts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from pymongo import ASCENDING, DESCENDING, IndexModel

from persistence.names import (
    BY_CREATION,
    BY_EXPIRY,
    BY_IDENTITY,
    BY_IMPORT_KEY,
    BY_MERGED_ID,
    BY_NAME,
    BY_NOTE_COUNT,
    BY_ORGANIZATION,
    BY_RECORD,
    BY_UNIQUE,
    BY_UPDATE,
    BY_VALUE,
    BY_VIP,
    BY_WORD,
    CONTACTS,
    NEWEST_VIP,
)

FIRST_MOMENT = datetime(1, 1, 1, tzinfo=UTC)
"""What every moment lies at or behind, and no value of another type."""

CONTACT_INDEXES: Mapping[str, Sequence[IndexModel]] = {
    CONTACTS: [
        IndexModel([("org", ASCENDING), ("_id", ASCENDING)], name=BY_ORGANIZATION),
        IndexModel(
            [("org", ASCENDING), ("identities.key", ASCENDING)],
            name=BY_IDENTITY,
            unique=True,
            # A contact without identities would otherwise count as having the identity null.
            partialFilterExpression={"identities.key": {"$exists": True}},
        ),
        IndexModel(
            [("org", ASCENDING), ("importKey", ASCENDING)],
            name=BY_IMPORT_KEY,
            unique=True,
            partialFilterExpression={"importKey": {"$exists": True}},
        ),
        IndexModel(
            [("org", ASCENDING), ("values.d", ASCENDING), ("values.k", ASCENDING)],
            name=BY_VALUE,
            # Of a contact that holds something; one that holds nothing is in no search for values.
            partialFilterExpression={"values.d": {"$exists": True}},
        ),
        IndexModel(
            [("org", ASCENDING), ("unique", ASCENDING)],
            name=BY_UNIQUE,
            unique=True,
            partialFilterExpression={"unique": {"$exists": True}},
        ),
        IndexModel(
            [("org", ASCENDING), ("validation.record", ASCENDING)],
            name=BY_RECORD,
            partialFilterExpression={"validation.record": {"$exists": True}},
        ),
        IndexModel(
            [("org", ASCENDING), ("mergedIds", ASCENDING)],
            name=BY_MERGED_ID,
            unique=True,
            partialFilterExpression={"mergedIds": {"$exists": True}},
        ),
        IndexModel([("org", ASCENDING), ("nameKey", ASCENDING), ("_id", ASCENDING)], name=BY_NAME),
        IndexModel(
            [("org", ASCENDING), ("search.grams", ASCENDING), ("nameKey", ASCENDING), ("_id", ASCENDING)],
            name=BY_WORD,
            partialFilterExpression={"search.grams": {"$exists": True}},
        ),
        IndexModel([("org", ASCENDING), ("created", ASCENDING), ("_id", ASCENDING)], name=BY_CREATION),
        IndexModel([("org", ASCENDING), ("updated", ASCENDING), ("_id", ASCENDING)], name=BY_UPDATE),
        IndexModel([("org", ASCENDING), ("noteCount", ASCENDING), ("_id", ASCENDING)], name=BY_NOTE_COUNT),
        IndexModel(
            [("org", ASCENDING), ("vipSince", ASCENDING), ("nameKey", ASCENDING), ("_id", ASCENDING)], name=BY_VIP
        ),
        IndexModel(
            [("org", ASCENDING), ("vipSince", DESCENDING), ("nameKey", ASCENDING), ("_id", ASCENDING)],
            name=NEWEST_VIP,
            # Those who are none are listed by name alone, either way: the index above does for them.
            partialFilterExpression={"vipSince": {"$gte": FIRST_MOMENT}},
        ),
        IndexModel(
            [("vip.expires", ASCENDING)],
            name=BY_EXPIRY,
            partialFilterExpression={"vip.expires": {"$exists": True}},
        ),
    ],
}
