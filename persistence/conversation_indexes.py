"""The indexes of conversations and of the teams that answer them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pymongo import ASCENDING, DESCENDING, IndexModel

from persistence.names import (
    BY_CONTACT,
    BY_EXTERNAL_ID,
    BY_MERGE,
    BY_OWN_ID,
    BY_RULES,
    BY_TEAM,
    CONVERSATIONS,
    OPEN_OF_CONTACT,
    OPEN_OF_TEAM,
    ORGANIZATIONS,
    QUEUE,
    QUEUE_OF_TEAM,
    RESCORING,
    SWEEPING,
    TEAMS,
)

CONVERSATION_INDEXES: Mapping[str, Sequence[IndexModel]] = {
    TEAMS: [IndexModel([("org", ASCENDING), ("team", ASCENDING)], name=BY_TEAM, unique=True)],
    ORGANIZATIONS: [
        IndexModel(
            [("_id", ASCENDING), ("rescoring", ASCENDING)],
            name=RESCORING,
            partialFilterExpression={"rescoring": {"$exists": True}},
        ),
        IndexModel(
            [("_id", ASCENDING), ("crmSweep", ASCENDING)],
            name=SWEEPING,
            partialFilterExpression={"crmSweep": {"$exists": True}},
        ),
    ],
    CONVERSATIONS: [
        IndexModel([("_id", ASCENDING), ("org", ASCENDING)], name=BY_OWN_ID),
        # Led by the contact, and those that are led by the organization partial, though of all: for a contact's
        # conversations, whose query names no other field, they would be tried out as well.
        IndexModel([("contact", ASCENDING), ("org", ASCENDING), ("place", DESCENDING)], name=BY_CONTACT),
        IndexModel(
            [("org", ASCENDING), ("external", ASCENDING)],
            name=BY_EXTERNAL_ID,
            unique=True,
            partialFilterExpression={"external": {"$exists": True}},
        ),
        IndexModel(
            [("org", ASCENDING), ("state", ASCENDING), ("queue", DESCENDING)],
            name=QUEUE,
            partialFilterExpression={"state": {"$exists": True}},
        ),
        IndexModel(
            [("org", ASCENDING), ("state", ASCENDING), ("teams", ASCENDING), ("queue", DESCENDING)],
            name=QUEUE_OF_TEAM,
            partialFilterExpression={"teams": {"$exists": True}},
        ),
        IndexModel([("org", ASCENDING), ("rules", ASCENDING)], name=BY_RULES, partialFilterExpression={"isOpen": True}),
        IndexModel(
            [("contact", ASCENDING), ("org", ASCENDING)],
            name=OPEN_OF_CONTACT,
            partialFilterExpression={"isOpen": True},
        ),
        IndexModel(
            # Says that it is open as well, though all in it are: or else each would be looked at to be counted.
            [("team", ASCENDING), ("org", ASCENDING), ("isOpen", ASCENDING)],
            name=OPEN_OF_TEAM,
            partialFilterExpression={"isOpen": True, "team": {"$exists": True}},
        ),
        IndexModel(
            [("org", ASCENDING), ("mergedFrom", ASCENDING)],
            name=BY_MERGE,
            partialFilterExpression={"mergedFrom": {"$exists": True}},
        ),
    ],
}
