"""What the events of a timeline share: the interface, and the fields that several of them have."""

from datetime import datetime
from typing import Self, TypeVar

import strawberry

from domain import contacts, vip
from domain import events as model
from domain.attributes import HeldValue, Source, SyncState
from domain.contacts import NEVER_ASKED, ContactValidation, LookUpOutcome
from domain.definitions import AttributeDefinition as DefinitionModel
from domain.events import MergedContact, NoteVersion, ValueStanding
from domain.identities import profile_url
from graph.agents import Agent
from graph.definitions import AttributeDefinition
from graph.info import Info
from graph.merging import ContactMerge
from graph.nodes import Node, encode_id
from graph.notes import ContactNote
from graph.scalars import URL
from graph.values import AttributeValue, attribute_value
from graph.vip import VipStatus
from resolvers import merging, notes
from resolvers.agents import find_agent
from resolvers.context import Context

S = TypeVar("S")


@strawberry.interface(
    description="Something that happened to a contact. Types may be added: show an unknown one by `at` and `agent`. No "
    "two types have a field of one name and different types, so that one selection can list them all."
)
class ContactEvent(Node):
    at: datetime = strawberry.field(description="When it happened.")
    source: Source = strawberry.field(description="The kind of origin.")
    event: strawberry.Private[model.ContactEvent]

    @strawberry.field(description="Who did it; null where no agent did, as in an import.")
    async def agent(self, info: Info) -> Agent | None:
        agent_id = self.event.agent_id
        return None if agent_id is None else Agent.of(await find_agent(info.context, agent_id))

    @classmethod
    def of(cls, event: model.ContactEvent) -> Self:
        """Make the event of this shape."""
        return cls(id=encode_id(cls.__name__, event.id), at=event.at, source=event.source, event=event)


@strawberry.type(
    description="An identity as it was at that moment. It has no id: the identity that has one may differ by now."
)
class IdentitySnapshot:
    network: contacts.Network = strawberry.field(description="The network, which decides the logo.")
    external_id: str = strawberry.field(description="The network's own id for the person, or `@` and the handle.")
    handle: str = strawberry.field(description="What people knew it by.")
    secondary_identifier: str | None = strawberry.field(description="A second one.")
    channel: str | None = strawberry.field(description="The company's own account that was written to.")
    picture_url: URL | None = strawberry.field(description="The profile picture.")
    profile_url: URL | None = strawberry.field(description="The profile on the network.")
    is_primary: bool = strawberry.field(description="Whether it was shown first.")

    @classmethod
    def of(cls, identity: contacts.SocialIdentity) -> Self:
        profile = profile_url(identity)
        return cls(
            network=identity.key.network,
            external_id=identity.key.external_id,
            handle=identity.handle,
            secondary_identifier=identity.secondary_identifier,
            channel=identity.channel,
            picture_url=None if identity.picture_url is None else URL(identity.picture_url),
            profile_url=None if profile is None else URL(profile),
            is_primary=identity.is_primary,
        )


@strawberry.type(description="What changed in one attribute.")
class AttributeChange:
    definition: AttributeDefinition = strawberry.field(description="Of the attribute, as it is now.")
    before: AttributeValue | None = strawberry.field(description="What it held; null where it was empty.")
    after: AttributeValue | None = strawberry.field(description="What it held from then on; null where it was emptied.")


Event = strawberry.Parent[ContactEvent]


def changes(root: Event, info: Info) -> list[AttributeChange]:
    context = info.context
    known = {each.id: each for each in context.directory.definitions}
    return [
        AttributeChange(
            definition=AttributeDefinition.of(definition, context.languages),
            before=_value(context, definition, each.before),
            after=_value(context, definition, each.after),
        )
        for each in root.event.values
        # One that another process has just made is heard of within the second.
        if (definition := known.get(each.after.definition_id)) is not None
    ]


def _value(context: Context, definition: DefinitionModel, held: HeldValue | None) -> AttributeValue | None:
    return None if held is None or held.value is None else attribute_value(held.value, definition, context.languages)


def name_before(root: Event) -> str:
    return _name(root.event.before)


def name_after(root: Event) -> str:
    return _name(root.event.after)


def _name(state: object) -> str:
    # One that was a deleted contact's is not kept.
    return "" if state is None else _as(str, state)


def identity_before(root: Event) -> IdentitySnapshot:
    return IdentitySnapshot.of(_as(contacts.SocialIdentity, root.event.before))


def identity_after(root: Event) -> IdentitySnapshot:
    return IdentitySnapshot.of(_as(contacts.SocialIdentity, root.event.after))


def vip_before(root: Event) -> VipStatus | None:
    before = root.event.before
    return None if before is None else VipStatus.of(_as(vip.VipStatus, before))


def vip_after(root: Event) -> VipStatus:
    return VipStatus.of(_as(vip.VipStatus, root.event.after))


def _note_version(root: Event) -> NoteVersion:
    return _as(NoteVersion, root.event.after or root.event.before)


def note_id(root: Event) -> strawberry.ID:
    return encode_id("ContactNote", _note_version(root).note_id)


def version_of_note(root: Event) -> int:
    return _note_version(root).version


async def note(root: Event, info: Info) -> ContactNote | None:
    found = await notes.find(info.context, _note_version(root).note_id)
    return None if found is None else ContactNote.of(found)


def _merged(root: Event) -> MergedContact:
    return _as(MergedContact, root.event.after or root.event.before)


def merged_id(root: Event) -> strawberry.ID:
    return encode_id("Contact", _merged(root).contact_id)


def merged_name(root: Event) -> str:
    return _merged(root).name


async def merge(root: Event, info: Info) -> ContactMerge | None:
    found = await merging.find(info.context, _merged(root).merge_id)
    return None if found is None else ContactMerge.of(found)


def outcome_before(root: Event) -> LookUpOutcome:
    return _validation(root.event.before).outcome


def outcome_after(root: Event) -> LookUpOutcome:
    return _validation(root.event.after).outcome


def record_id(root: Event) -> str | None:
    return _validation(root.event.after).record_id


def _validation(state: object) -> ContactValidation:
    # What the CRM said of a deleted contact too is not kept.
    return NEVER_ASKED if state is None else _as(ContactValidation, state)


def synced_definition(root: Event, info: Info) -> AttributeDefinition | None:
    wanted = _as(ValueStanding, root.event.after).definition_id
    found = next((each for each in info.context.directory.definitions if each.id == wanted), None)
    return None if found is None else AttributeDefinition.of(found, info.context.languages)


def sync_before(root: Event) -> SyncState | None:
    return None if root.event.before is None else _as(ValueStanding, root.event.before).state


def sync_after(root: Event) -> SyncState:
    return _as(ValueStanding, root.event.after).state


def crm_message(root: Event) -> str | None:
    return _as(ValueStanding, root.event.after).message


def _as(kind: type[S], state: object) -> S:
    if not isinstance(state, kind):
        raise TypeError(f"An event of this kind has a {kind.__name__}, and not {state!r}")
    return state
