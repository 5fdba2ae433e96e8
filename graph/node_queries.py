"""`node` and `nodes`: anything by its global id."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated

import strawberry

from domain import attributes
from domain import privacy as privacy_model
from domain.capabilities import Capability
from domain.events import NoteVersion
from domain.paging import LARGEST_PAGE
from graph.agents import Agent, Organization, Team
from graph.attributes import TYPE_NAMES, contact_attribute
from graph.contact_groups import ContactGroup
from graph.contacts import Contact
from graph.conversation_notes import ConversationNote, DeletedConversationNote
from graph.conversations import Conversation
from graph.crm_settings import CrmSettings
from graph.definitions import AttributeDefinition
from graph.deleted_notes import DeletedContactNote
from graph.deletion import DeletedContact
from graph.errors import BadUserInput
from graph.identities import SocialIdentity, key_of
from graph.info import Info
from graph.merging import ContactMerge
from graph.nodes import GlobalId, Node, decode_id
from graph.note_revisions import ContactNoteRevision
from graph.notes import ContactNote
from graph.privacy import ErasureReceipt
from graph.queue_settings import QueueSettings, SkillSet
from graph.timeline_events import EVENT_TYPES, contact_event
from resolvers import (
    contact_groups,
    contacts,
    conversation_notes,
    conversations,
    deleted_notes,
    deletion,
    merging,
    notes,
    privacy,
    timeline,
)
from resolvers.context import Context

Finder = Callable[[Context, str], Awaitable[Node | None]]


async def _organization(context: Context, local_id: str) -> Node | None:
    own = context.directory.organization
    return Organization.of(own) if own.id == local_id else None


async def _agent(context: Context, local_id: str) -> Node | None:
    found = context.directory.agents.get(local_id)
    return None if found is None else Agent.of(found)


async def _team(context: Context, local_id: str) -> Node | None:
    found = context.directory.teams.get(local_id)
    return None if found is None else Team.of(found)


async def _definition(context: Context, local_id: str) -> Node | None:
    found = next((each for each in context.directory.definitions if each.id == local_id), None)
    return None if found is None else AttributeDefinition.of(found, context.languages)


async def _contact(context: Context, local_id: str) -> Node | None:
    found = await contacts.find(context, local_id)
    return None if found is None else Contact.of(found)


async def _group(context: Context, local_id: str) -> Node | None:
    found = contact_groups.find(context, local_id)
    return None if found is None else ContactGroup.of(found)


async def _skill_set(context: Context, local_id: str) -> Node | None:
    found = context.directory.queue.skill_set(local_id)
    return None if found is None else SkillSet.of(found)


async def _queue_settings(context: Context, local_id: str) -> Node | None:
    is_own = local_id == context.directory.organization.id
    return QueueSettings.of(context.directory.queue, context) if is_own else None


async def _crm_settings(context: Context, local_id: str) -> Node | None:
    is_own = local_id == context.directory.organization.id
    # To whom they are closed, there are none.
    is_theirs = is_own and context.refuses(Capability.MANAGE_CRM) is None
    return CrmSettings.of(context.directory.crm, context) if is_theirs else None


async def _conversation(context: Context, local_id: str) -> Node | None:
    found = await conversations.find(context, local_id)
    return None if found is None else Conversation.of(found)


async def _conversation_note(context: Context, local_id: str) -> Node | None:
    found = await conversation_notes.find(context, local_id)
    return None if found is None else ConversationNote.of(found)


async def _deleted_conversation_note(context: Context, local_id: str) -> Node | None:
    found = await conversation_notes.find_deleted(context, local_id)
    return None if found is None else DeletedConversationNote.of(found)


async def _identity(context: Context, local_id: str) -> Node | None:
    key = key_of(local_id)
    contact = None if key is None else await contacts.find_by_identity(context, key)
    if contact is None:
        return None
    return SocialIdentity.of(next(each for each in contact.identities if each.key == key))


async def _note(context: Context, local_id: str) -> Node | None:
    found = await notes.find(context, local_id)
    return None if found is None else ContactNote.of(found)


async def _merge(context: Context, local_id: str) -> Node | None:
    found = await merging.find(context, local_id)
    return None if found is None else ContactMerge.of(found)


async def _revision(context: Context, local_id: str) -> Node | None:
    note_id, _, version = local_id.rpartition(":")
    # A number has one spelling: another that leads to it was never given.
    if not version.isdecimal() or str(int(version)) != version:
        return None
    found = await notes.version_of(context, NoteVersion(note_id, int(version)))
    return None if found is None else ContactNoteRevision.of(found)


async def _deleted_note(context: Context, local_id: str) -> Node | None:
    found = await deleted_notes.find(context, local_id)
    return None if found is None else DeletedContactNote.of(found)


async def _attribute(context: Context, local_id: str) -> Node | None:
    contact_id, _, key = local_id.partition(":")
    definition = context.directory.definition(key)
    contact = await contacts.find(context, contact_id)
    if definition is None or contact is None:
        return None
    line = attributes.contact_attribute(contact, definition)
    return None if line is None else contact_attribute(context, line)


async def _event(context: Context, local_id: str) -> Node | None:
    found = await timeline.find(context, local_id)
    return None if found is None else contact_event(found)


async def _deletion(context: Context, local_id: str) -> Node | None:
    found = await deletion.find(context, local_id)
    return None if found is None else DeletedContact.of(found)


async def _receipt(context: Context, local_id: str) -> Node | None:
    found = await privacy.receipt(context, local_id)
    # To whom the receipts are closed, there is none.
    return ErasureReceipt.of(found) if isinstance(found, privacy_model.ErasureReceipt) else None


_FINDERS: Mapping[str, Finder] = {
    "Organization": _organization,
    "Agent": _agent,
    "Team": _team,
    "AttributeDefinition": _definition,
    "Contact": _contact,
    "ContactGroup": _group,
    "SkillSet": _skill_set,
    "QueueSettings": _queue_settings,
    "CrmSettings": _crm_settings,
    "Conversation": _conversation,
    "ConversationNote": _conversation_note,
    "DeletedConversationNote": _deleted_conversation_note,
    "SocialIdentity": _identity,
    "ContactMerge": _merge,
    "ContactNote": _note,
    "ContactNoteRevision": _revision,
    "DeletedContactNote": _deleted_note,
    "DeletedContact": _deletion,
    "ErasureReceipt": _receipt,
    **dict.fromkeys(TYPE_NAMES, _attribute),
    **dict.fromkeys((each.__name__ for each in EVENT_TYPES), _event),
}


def _global_id(given: strawberry.ID) -> GlobalId:
    found = decode_id(given)
    if found is None or found.type_name not in _FINDERS:
        raise BadUserInput("Give an id as an answer gave it to you.")
    return found


async def _find(context: Context, wanted: GlobalId) -> Node | None:
    found = await _FINDERS[wanted.type_name](context, wanted.local_id)
    if found is None:
        return None
    own = decode_id(found.id)
    # Of the type that the id says: a custom attribute's was never given as a common one's. The rest of the id may
    # differ: a contact that was merged into another one is found as that one, and so are its attributes.
    return found if own is not None and own.type_name == wanted.type_name else None


@strawberry.type
class NodeQueries:
    @strawberry.field(
        description="Anything by its id; null where there is none in the organization. What was a contact's that was "
        "merged into another one is found as that one's: compare the answer's `id`."
    )
    async def node(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Of any Node.")]
    ) -> Node | None:
        return await _find(info.context, _global_id(id))

    @strawberry.field(description="Several at once, in the order of the ids; null for each that is not there.")
    async def nodes(
        self,
        info: Info,
        ids: Annotated[list[strawberry.ID], strawberry.argument(description=f"At most {LARGEST_PAGE}, of any Nodes.")],
    ) -> list[Node | None]:
        if len(ids) > LARGEST_PAGE:
            raise BadUserInput(f"Ask for at most {LARGEST_PAGE} ids at a time.")
        wanted = [_global_id(each) for each in ids]
        return list(await asyncio.gather(*(_find(info.context, each) for each in wanted)))
