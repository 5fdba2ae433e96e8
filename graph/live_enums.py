"""What subscriptions tell of, described."""

from domain.live import ChangeKind, QueueChangeKind
from graph.enums import describe

describe(
    ChangeKind,
    "Why a subscription answers.",
    name="ContactChangeKind",
    STARTED="The subscription has begun: what happens from here on is told.",
    CHANGED="Something happened: `event` says what.",
    DELETED="The contact was deleted, and the subscription ends.",
)
describe(
    QueueChangeKind,
    "What became of the queue. Kinds may be added: ask `queue` anew for one that you do not know.",
    STARTED="The subscription has begun: what happens from here on is told.",
    PLACED="The conversation waits: it came, or its place, its score, its teams or anything else of it changed.",
    LEFT="The conversation does not wait here: somebody took it, it is done, or other teams answer it.",
    CONTACT_DELETED="A contact was deleted with all of their conversations.",
)
