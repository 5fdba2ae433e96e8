"""What of the change stream is told, and to whom. Another kind of subscription is one more source."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from domain.events import EventKind
from domain.live import Cursor, Gone, Happened, News, Notice, Placed, Topic, contact_topic, queue_topic
from persistence.driver import Document, Pipeline
from persistence.names import CONVERSATIONS, DELETED_CONTACTS, EVENTS

_JOINING = {EventKind.CONTACTS_MERGED.value, EventKind.CONTACTS_UNMERGED.value}


@dataclass(frozen=True, slots=True)
class Told:
    """What one new document tells."""

    topics: frozenset[Topic]
    news: News
    is_joining: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """A collection whose documents are told of, when they are new or replaced."""

    collection: str
    fields: tuple[str, ...]
    """Of the document, beside its id and its organization: nothing else is brought here from the database."""
    read: Callable[[Document], Told]


def _event(document: Document) -> Told:
    org, kind = document["org"], document["kind"]
    # Whatever changes a contact, a value or a note of one is in this log, in the same transaction.
    ids = {document["contact"]}
    if kind in _JOINING:
        ids |= {document[each]["contact"] for each in ("before", "after") if each in document}
    topics = frozenset(contact_topic(org, each) for each in ids)
    return Told(topics, Happened(document["_id"]), kind in _JOINING)


def _deletion(document: Document) -> Told:
    org, contact_id = document["org"], document["deleted"]
    return Told(frozenset({contact_topic(org, contact_id), queue_topic(org)}), Gone(contact_id))


def _conversation(document: Document) -> Told:
    return Told(frozenset({queue_topic(document["org"])}), Placed(document["_id"]))


SOURCES = (
    Source(EVENTS, ("contact", "kind", "before.contact", "after.contact"), _event),
    Source(DELETED_CONTACTS, ("deleted",), _deletion),
    # Whoever changes a conversation's place replaces it. What only moves with its contact stays where it is.
    Source(CONVERSATIONS, (), _conversation),
)
_READERS = {each.collection: each.read for each in SOURCES}


def pipeline(organization_ids: Collection[str] | None = None) -> Pipeline:
    """Return the stages of the change stream; None for all organizations."""
    written: Document = {
        "operationType": {"$in": ["insert", "replace"]},
        "ns.coll": {"$in": [each.collection for each in SOURCES]},
    }
    if organization_ids is not None:
        written["fullDocument.org"] = {"$in": sorted(organization_ids)}
    names = {"_id", "org", *(name for each in SOURCES for name in each.fields)}
    return [{"$match": written}, {"$project": {"ns": 1, **{f"fullDocument.{name}": 1 for name in sorted(names)}}}]


def notice_of(change: Mapping[str, Any]) -> Notice:
    told = _READERS[change["ns"]["coll"]](change["fullDocument"])
    return Notice(cursor_of(change["_id"]), told.topics, told.news, told.is_joining)


def cursor_of(token: Mapping[str, Any]) -> Cursor:
    """Return the place of a resume token: MongoDB makes them such that they can be compared."""
    return Cursor(token["_data"])
