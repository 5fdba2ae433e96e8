"""Everything that is kept of one person, as one document of JSON.

The shape is described in docs/contact-export.md. Keys are there whatever the contact holds, in one order; times are ISO
8601 in UTC; an agent is an id and a name, and an attribute is named by its key and label, so that the document can be
read without the database.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

import orjson

from domain.agents import Agent, Directory, former_agent
from domain.attributes import HeldValue
from domain.contact_json import Json, fields_json, held_json, identity_json, time_text, validation_json, vip_json
from domain.contacts import Contact, ContactValidation, SocialIdentity
from domain.conversations import Conversation
from domain.definitions import AttributeDefinition
from domain.events import ContactEvent, MergedContact, NoteVersion, State, ValueChange, ValueStanding
from domain.note_revisions import NoteRevision
from domain.notes import N
from domain.parting import own_events, undone_merges
from domain.privacy import KeptNote, PersonRecord
from domain.vip import VipStatus

FORMAT = "contact-graph/contact-export/1"
"""Grows where a reader of the document would have to be changed."""


def person_json(person: PersonRecord, directory: Directory, at: datetime, by: Agent | None) -> str:
    """Return the document; `by` None where an operator asked for it on the command line."""
    write = _Writer(directory, {each.id: each for each in directory.definitions}, undone_merges(person.events))
    organization, contact = directory.organization, person.contact
    revisions: Mapping[str, list[NoteRevision]] = defaultdict(list)
    for each in (*person.revisions, *person.conversation_note_revisions):
        revisions[each.note_id].append(each)
    document = {
        "format": FORMAT,
        "exportedAt": time_text(at),
        "exportedBy": None if by is None else {"id": by.id, "name": by.name},
        "organization": {"id": organization.id, "name": organization.name},
        "contact": write.contact(contact),
        "identities": [identity_json(each) for each in contact.identities],
        "values": [{**write.definition(each.definition_id), **write.held(each)} for each in contact.values],
        "notes": [write.note(each, revisions[each.note.id]) for each in person.notes],
        "conversations": [write.conversation(each, person, revisions) for each in person.conversations],
        "timeline": [write.event(each) for each in own_events(person.events)],
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()


@dataclass(frozen=True, slots=True)
class _Writer:
    directory: Directory
    definitions: Mapping[str, AttributeDefinition]
    undone: frozenset[str]
    """Ids of merges: whom they were made with is somebody else again, and not told of."""

    def contact(self, contact: Contact) -> Json:
        return fields_json(contact, None if contact.vip is None else self.vip(contact.vip))

    def vip(self, vip: VipStatus) -> Json:
        return vip_json(vip, {"setBy": self.agent(vip.agent_id)})

    def conversation(
        self, conversation: Conversation, person: PersonRecord, revisions: Mapping[str, Sequence[NoteRevision]]
    ) -> Json:
        notes = [each for each in person.conversation_notes if each.note.conversation_id == conversation.id]
        team = self.directory.teams.get(conversation.team_id or "")
        return {
            "id": conversation.id,
            "externalId": conversation.external_id,
            "network": conversation.identity.network.value,
            "identityExternalId": conversation.identity.external_id,
            "channel": conversation.channel,
            "topics": list(conversation.topics),
            "state": conversation.state.value,
            "receivedAt": time_text(conversation.received_at),
            "firstActivityAt": time_text(conversation.first_activity_at),
            "lastActivityAt": time_text(conversation.last_activity_at),
            "agent": self.agent(conversation.agent_id),
            "team": None if team is None else {"id": team.id, "name": team.name},
            "version": conversation.version,
            "notes": [self.note(each, revisions.get(each.note.id, ())) for each in notes],
        }

    def agent(self, agent_id: str | None) -> Json | None:
        if agent_id is None:
            return None
        known = self.directory.agents.get(agent_id) or former_agent(agent_id, self.directory.organization.id)
        return {"id": agent_id, "name": known.name}

    def definition(self, definition_id: str) -> Json:
        known = self.definitions.get(definition_id)
        if known is None:
            return {"definitionId": definition_id, "key": None, "label": None, "category": None}
        return {"definitionId": known.id, "key": known.key, "label": known.label, "category": known.category.value}

    def held(self, held: HeldValue) -> Json:
        source, at, by = held.provenance.source, held.provenance.at, held.provenance.agent_id
        provenance = {"source": source.value, "at": time_text(at), "agent": self.agent(by)}
        return held_json(held, self.definitions.get(held.definition_id), {"provenance": provenance})

    def note(self, kept: KeptNote[N], revisions: Sequence[NoteRevision]) -> Json:
        note = kept.note
        return {
            "id": note.id,
            "body": note.body,
            "version": note.version,
            "createdAt": time_text(note.created_at),
            "author": self.agent(note.author_id),
            "editedAt": time_text(note.edited_at),
            "editedBy": self.agent(note.edited_by_id),
            "deletedAt": time_text(kept.deleted_at),
            "deletedBy": self.agent(kept.deleted_by_id),
            "earlierVersions": [self.revision(each) for each in revisions],
        }

    def revision(self, revision: NoteRevision) -> Json:
        by = self.agent(revision.agent_id)
        return {"version": revision.version, "body": revision.body, "at": time_text(revision.at), "by": by}

    def event(self, event: ContactEvent) -> Json:
        return {
            "id": event.id,
            "at": time_text(event.at),
            "kind": event.kind.value,
            "source": event.source.value,
            "agent": self.agent(event.agent_id),
            "before": self.state(event.before),
            "after": self.state(event.after),
            "values": [self.change(each) for each in event.values],
        }

    def state(self, state: State) -> object:
        match state:
            case None | str():
                return state
            case SocialIdentity():
                return identity_json(state)
            case NoteVersion(note_id, version):
                return {"noteId": note_id, "version": version}
            case VipStatus():
                return self.vip(state)
            case MergedContact(merge_id, contact_id, name):
                contact = {"contactId": contact_id, "name": name}
                return {"mergeId": merge_id, **(dict.fromkeys(contact) if merge_id in self.undone else contact)}
            case ContactValidation():
                return validation_json(state)
            case ValueStanding(definition_id, standing, message):
                return {**self.definition(definition_id), "state": standing.value, "message": message}
            case _:
                assert_never(state)

    def change(self, change: ValueChange) -> Json:
        before = None if change.before is None else self.held(change.before)
        return {**self.definition(change.after.definition_id), "before": before, "after": self.held(change.after)}
