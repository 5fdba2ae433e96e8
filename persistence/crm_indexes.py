"""The indexes of what is kept for the exchange with CRMs, and of the customer lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pymongo import ASCENDING, IndexModel

from persistence.contact_indexes import FIRST_MOMENT
from persistence.names import (
    BY_KEYS,
    BY_ORGANIZATION,
    BY_OWN_ID,
    CRM_HEALTH,
    CRM_NOTIFICATIONS,
    CRM_RECORDS,
    CRM_TASKS,
    DUE,
    WRITES_DUE,
)

NOTIFICATION_LIFE_SECONDS = 60 * 60
"""How long it is remembered that a notification came: longer than one is accepted after it was signed."""

CRM_INDEXES: Mapping[str, Sequence[IndexModel]] = {
    CRM_RECORDS: [
        IndexModel([("org", ASCENDING), ("_id", ASCENDING)], name=BY_ORGANIZATION),
        IndexModel([("org", ASCENDING), ("keys", ASCENDING)], name=BY_KEYS),
    ],
    CRM_TASKS: [
        IndexModel([("_id", ASCENDING), ("org", ASCENDING)], name=BY_OWN_ID),
        IndexModel([("due", ASCENDING)], name=DUE, partialFilterExpression={"due": {"$exists": True}}),
        IndexModel(
            [("org", ASCENDING), ("writeDue", ASCENDING)],
            name=WRITES_DUE,
            # As of every moment, and so that those that are counted need not be looked at.
            partialFilterExpression={"writeDue": {"$gte": FIRST_MOMENT}},
        ),
    ],
    CRM_HEALTH: [IndexModel([("_id", ASCENDING), ("org", ASCENDING)], name=BY_OWN_ID)],
    CRM_NOTIFICATIONS: [IndexModel([("at", ASCENDING)], name="expiry", expireAfterSeconds=NOTIFICATION_LIFE_SECONDS)],
}
