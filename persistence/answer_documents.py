"""The stored shape of the answers that are remembered: one pair of functions for each kind of success."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, is_dataclass
from typing import Any

from domain.answers import Success
from domain.attribute_changes import ValuesChanged
from domain.attributes import AttributeChanged
from domain.contact_groups import GroupChanged, GroupDeleted, GroupsReordered
from domain.contacts import Contact, ContactChanged, ContactCreated
from domain.conversation_notes import (
    ConversationNoteAdded,
    ConversationNoteDeleted,
    ConversationNoteEdited,
    ConversationNoteRestored,
)
from domain.conversations import ConversationChanged
from domain.crm import CrmFailed, FailureReason
from domain.crm_settings import ConnectionTested, CrmSettingsChanged
from domain.definitions import DefinitionChanged, DefinitionImpact, DefinitionsReordered
from domain.deletion import ContactDeleted
from domain.identity_changes import IdentityChanged, IdentityRemoved
from domain.merging import ContactsMerged
from domain.notes import NoteAdded, NoteDeleted, NoteEdited, NoteRestored
from domain.privacy import ContactErased
from domain.queue_settings import PrioritizedRulesChanged, QueueMoves, QueueSettingsChanged, SkillSetChanged
from domain.teams import TeamChanged, TeamDeleted
from domain.unmerging import ContactsUnmerged
from persistence import conversation_note_answers as conversation_notes
from persistence.conversation_documents import from_conversation, to_conversation
from persistence.crm_documents import from_crm_settings, to_crm_settings
from persistence.definition_documents import from_definition, to_definition
from persistence.deletion_documents import from_deletion, to_deletion
from persistence.documents import from_contact, identity_key, to_contact, to_identity_key
from persistence.driver import Document
from persistence.group_documents import from_group, to_group
from persistence.merge_documents import from_merge, from_moves, from_preview, to_merge, to_moves, to_preview
from persistence.note_documents import from_note, to_note
from persistence.privacy_documents import from_receipt, to_receipt
from persistence.queue_documents import from_settings, from_skill_set, to_settings, to_skill_set
from persistence.team_documents import from_team, to_team


@dataclass(frozen=True, slots=True)
class Codec:
    write: Callable[[Any, str], Document]
    """Takes the success and the organization's id."""
    read: Callable[[Document], Success]


def _note(success: NoteEdited, org: str) -> Document:
    return {"note": from_note(success.note, org)}


def _note_of_contact(success: NoteAdded | NoteDeleted | NoteRestored, org: str) -> Document:
    return {"note": from_note(success.note, org), "contact": from_contact(success.contact, org)}


def _deleted_note(success: NoteDeleted, org: str) -> Document:
    return {**_note_of_contact(success, org), "until": success.restorable_until}


def _contact(success: ContactCreated | ContactChanged, org: str) -> Document:
    return {"contact": from_contact(success.contact, org)}


def _identity(success: IdentityChanged | IdentityRemoved, org: str) -> Document:
    return {"contact": from_contact(success.contact, org), "identity": identity_key(success.key)}


def _attribute(success: AttributeChanged, org: str) -> Document:
    return {"contact": from_contact(success.contact, org), "definition": success.definition_id}


def _values(success: ValuesChanged, org: str) -> Document:
    return {"contact": from_contact(success.contact, org), "definitions": list(success.definition_ids)}


def _deletion(success: ContactDeleted, org: str) -> Document:
    return {"deletion": from_deletion(success.deletion, org)}


def _erasure(success: ContactErased, _org: str) -> Document:
    return {"receipt": from_receipt(success.receipt)}


def _conversation(success: ConversationChanged, org: str) -> Document:
    return {"conversation": from_conversation(success.conversation, org)}


def _group(success: GroupChanged, org: str) -> Document:
    return {"group": from_group(success.group, org)}


def _no_group(success: GroupDeleted, _org: str) -> Document:
    return {"group": success.group_id}


def _groups(success: GroupsReordered, org: str) -> Document:
    return {"groups": [from_group(each, org) for each in success.groups]}


def _queue_settings(success: QueueSettingsChanged, _org: str) -> Document:
    return {"settings": from_settings(success.settings)}


def _skill_set(success: SkillSetChanged, _org: str) -> Document:
    return {"settings": from_settings(success.settings), "skillSet": from_skill_set(success.skill_set)}


def _team(success: TeamChanged, _org: str) -> Document:
    return {"team": from_team(success.team)}


def _no_team(success: TeamDeleted, _org: str) -> Document:
    return {"team": success.team_id}


def _crm_settings(success: CrmSettingsChanged, _org: str) -> Document:
    return {"settings": from_crm_settings(success.settings)}


def _tested(success: ConnectionTested, _org: str) -> Document:
    failed = success.failed
    return {} if failed is None else {"failure": failed.reason.value, "message": failed.message}


def _to_tested(document: Document) -> ConnectionTested:
    # How long the CRM asked to be left alone is told to nobody.
    has_failed = "failure" in document
    return ConnectionTested(CrmFailed(FailureReason(document["failure"]), document["message"]) if has_failed else None)


def _prioritized(success: PrioritizedRulesChanged, _org: str) -> Document:
    return {"settings": from_settings(success.settings), "moves": asdict(success.moves)}


def _to_prioritized(document: Document) -> PrioritizedRulesChanged:
    return PrioritizedRulesChanged(to_settings(document["settings"]), QueueMoves(**document["moves"]))


def _definition(success: DefinitionChanged, org: str) -> Document:
    return {"definition": from_definition(success.definition, org), "impact": asdict(success.impact)}


def _definitions(success: DefinitionsReordered, org: str) -> Document:
    return {"definitions": [from_definition(each, org) for each in success.definitions]}


def _merged(success: ContactsMerged, org: str) -> Document:
    return {
        "contact": from_contact(success.contact, org),
        "merge": from_merge(success.merge, org),
        "preview": from_preview(success.preview),
    }


def _to_merged(document: Document) -> ContactsMerged:
    contact, merge = to_contact(document["contact"]), to_merge(document["merge"])
    return ContactsMerged(contact, merge, to_preview(document["preview"]))


def _unmerged(success: ContactsUnmerged, org: str) -> Document:
    return {
        "contact": from_contact(success.contact, org),
        "other": from_contact(success.other, org),
        "merge": from_merge(success.merge, org),
        "moves": from_moves(success.moves),
    }


def _to_unmerged(document: Document) -> ContactsUnmerged:
    contact, other = to_contact(document["contact"]), to_contact(document["other"])
    return ContactsUnmerged(contact, other, to_merge(document["merge"]), to_moves(document["moves"]))


CODECS: Mapping[type[Success], Codec] = {
    NoteAdded: Codec(_note_of_contact, lambda d: NoteAdded(to_note(d["note"]), to_contact(d["contact"]))),
    NoteEdited: Codec(_note, lambda d: NoteEdited(to_note(d["note"]))),
    NoteDeleted: Codec(_deleted_note, lambda d: NoteDeleted(to_note(d["note"]), to_contact(d["contact"]), d["until"])),
    NoteRestored: Codec(_note_of_contact, lambda d: NoteRestored(to_note(d["note"]), to_contact(d["contact"]))),
    ContactCreated: Codec(_contact, lambda d: ContactCreated(to_contact(d["contact"]))),
    ContactChanged: Codec(_contact, lambda d: ContactChanged(to_contact(d["contact"]))),
    IdentityChanged: Codec(
        _identity, lambda d: IdentityChanged(to_contact(d["contact"]), to_identity_key(d["identity"]))
    ),
    IdentityRemoved: Codec(
        _identity, lambda d: IdentityRemoved(to_contact(d["contact"]), to_identity_key(d["identity"]))
    ),
    ContactDeleted: Codec(_deletion, lambda d: ContactDeleted(to_deletion(d["deletion"]))),
    ContactErased: Codec(_erasure, lambda d: ContactErased(to_receipt(d["receipt"]))),
    AttributeChanged: Codec(_attribute, lambda d: AttributeChanged(to_contact(d["contact"]), d["definition"])),
    ValuesChanged: Codec(_values, lambda d: ValuesChanged(to_contact(d["contact"]), tuple(d["definitions"]))),
    DefinitionChanged: Codec(
        _definition, lambda d: DefinitionChanged(to_definition(d["definition"]), DefinitionImpact(**d["impact"]))
    ),
    DefinitionsReordered: Codec(
        _definitions, lambda d: DefinitionsReordered(tuple(to_definition(each) for each in d["definitions"]))
    ),
    ContactsMerged: Codec(_merged, _to_merged),
    ContactsUnmerged: Codec(_unmerged, _to_unmerged),
    GroupChanged: Codec(_group, lambda d: GroupChanged(to_group(d["group"]))),
    GroupDeleted: Codec(_no_group, lambda d: GroupDeleted(d["group"])),
    GroupsReordered: Codec(_groups, lambda d: GroupsReordered(tuple(map(to_group, d["groups"])))),
    QueueSettingsChanged: Codec(_queue_settings, lambda d: QueueSettingsChanged(to_settings(d["settings"]))),
    SkillSetChanged: Codec(
        _skill_set, lambda d: SkillSetChanged(to_settings(d["settings"]), to_skill_set(d["skillSet"]))
    ),
    PrioritizedRulesChanged: Codec(_prioritized, _to_prioritized),
    TeamChanged: Codec(_team, lambda d: TeamChanged(to_team(d["team"]))),
    TeamDeleted: Codec(_no_team, lambda d: TeamDeleted(d["team"])),
    CrmSettingsChanged: Codec(_crm_settings, lambda d: CrmSettingsChanged(to_crm_settings(d["settings"]))),
    ConnectionTested: Codec(_tested, _to_tested),
    ConversationChanged: Codec(_conversation, lambda d: ConversationChanged(to_conversation(d["conversation"]))),
    ConversationNoteAdded: Codec(conversation_notes.from_listed, conversation_notes.to_added),
    ConversationNoteEdited: Codec(conversation_notes.from_edited, conversation_notes.to_edited),
    ConversationNoteDeleted: Codec(conversation_notes.from_deleted, conversation_notes.to_deleted),
    ConversationNoteRestored: Codec(conversation_notes.from_listed, conversation_notes.to_restored),
}
_NAMES_OF_CONTACTS = ("contact_id", "survivor_id", "other_id")
_BY_NAME: Mapping[str, Codec] = {each.__name__: codec for each, codec in CODECS.items()}


def from_success(success: Success, organization_id: str) -> Document:
    return {"kind": type(success).__name__, **CODECS[type(success)].write(success, organization_id)}


def to_success(document: Document) -> Success:
    codec = _BY_NAME.get(document["kind"])
    if codec is None:
        raise ValueError(f"A recorded answer of a kind that this version does not know: {document['kind']}")
    return codec.read(document)


def contacts_of(success: object) -> set[str]:
    """Return the ids of the contacts whose data the success carries, however deep."""
    if isinstance(success, Contact):
        return {success.id}
    if isinstance(success, Mapping):
        return contacts_of(tuple(success.values()))
    if isinstance(success, tuple | list | set | frozenset):
        return {found for each in success for found in contacts_of(each)}
    if not is_dataclass(success) or isinstance(success, type):
        return set()
    named = (getattr(success, each, None) for each in _NAMES_OF_CONTACTS)
    own = {each for each in named if isinstance(each, str)}
    return own.union(*(contacts_of(getattr(success, each.name)) for each in fields(success)))
