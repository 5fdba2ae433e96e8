"""The indexes of notes of either kind, and of their earlier versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pymongo import ASCENDING, DESCENDING, IndexModel

from persistence.names import (
    BY_ID,
    BY_MERGE,
    BY_OWN_ID,
    CONVERSATION_NOTE_REVISIONS,
    CONVERSATION_NOTES,
    NEWEST_FIRST,
    NOTES,
    OF_CONTACT,
    OF_CONVERSATION,
    OF_NOTE,
    REVISIONS,
)

# Led by the id: an index led by the organization would be tried out for an owner's newest notes as well, and the
# pipeline of a `$lookup` takes no hint.
_BY_ID = IndexModel([("_id", ASCENDING), ("org", ASCENDING), ("isLive", ASCENDING)], name=BY_ID)
_OF_CONTACT = IndexModel([("contact", ASCENDING), ("org", ASCENDING)], name=OF_CONTACT)
_EXPIRY = IndexModel(
    [("purge", ASCENDING)],
    name="expiry",
    expireAfterSeconds=0,
    # Of deleted notes alone, and said by a field that no query names: those that ask for the date would otherwise
    # consider this index.
    partialFilterExpression={"deleter": {"$exists": True}},
)
_REVISIONS = (
    # None is led by the organization, for the reason given above.
    IndexModel([("_id", ASCENDING), ("org", ASCENDING)], name=BY_OWN_ID),
    IndexModel([("note", ASCENDING), ("org", ASCENDING), ("place", DESCENDING)], name=OF_NOTE),
    _OF_CONTACT,
    IndexModel(
        [("purge", ASCENDING)],
        name="expiry",
        expireAfterSeconds=0,
        partialFilterExpression={"purge": {"$exists": True}},
    ),
)

NOTE_INDEXES: Mapping[str, Sequence[IndexModel]] = {
    NOTES: [
        _BY_ID,
        IndexModel(
            [("org", ASCENDING), ("contact", ASCENDING), ("isLive", ASCENDING), ("place", DESCENDING)],
            name=NEWEST_FIRST,
        ),
        IndexModel(
            [("org", ASCENDING), ("mergedFrom", ASCENDING), ("isLive", ASCENDING)],
            name=BY_MERGE,
            partialFilterExpression={"mergedFrom": {"$exists": True}},
        ),
        _EXPIRY,
    ],
    REVISIONS: _REVISIONS,
    CONVERSATION_NOTES: [
        _BY_ID,
        IndexModel(
            [("org", ASCENDING), ("conversation", ASCENDING), ("isLive", ASCENDING), ("place", DESCENDING)],
            name=OF_CONVERSATION,
        ),
        _OF_CONTACT,
        _EXPIRY,
    ],
    CONVERSATION_NOTE_REVISIONS: _REVISIONS,
}
