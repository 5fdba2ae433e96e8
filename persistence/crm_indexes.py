"""The indexes of the customer lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pymongo import ASCENDING, IndexModel

from persistence.names import BY_KEYS, BY_ORGANIZATION, CRM_RECORDS

CRM_INDEXES: Mapping[str, Sequence[IndexModel]] = {
    CRM_RECORDS: [
        IndexModel([("org", ASCENDING), ("_id", ASCENDING)], name=BY_ORGANIZATION),
        IndexModel([("org", ASCENDING), ("keys", ASCENDING)], name=BY_KEYS),
    ],
}
