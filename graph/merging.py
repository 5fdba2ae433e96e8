"""Merges of contacts: what one would come to, and those that were made."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from domain import merging as model
from domain.attributes import HeldValue
from domain.definitions import AttributeDefinition as DefinitionModel
from domain.merging import MergeField, MergePosition, Side, position
from domain.paging import Page
from graph.agents import Agent
from graph.definitions import AttributeDefinition
from graph.info import Info
from graph.nodes import Node, encode_id
from graph.paging import PageInfo, decode_cursor, encode_cursor, milliseconds, moment, page_info
from graph.provenance import Provenance
from graph.values import AttributeValue, attribute_value
from resolvers import contacts, merging, unmerging
from resolvers.agents import find_agent
from resolvers.context import Context

if TYPE_CHECKING:
    from graph.contacts import Contact


@strawberry.type(description="How much goes from one contact to the other.")
class ContactMergeMoves:
    identities: int = strawberry.field(description="All that the other contact writes from.")
    notes: int = strawberry.field(description="All of the other contact's notes. They keep author, time and place.")
    events: int = strawberry.field(description="What happened to the other contact so far.")
    attributes: int = strawberry.field(description="Values that change on the survivor.")
    conversations: int = strawberry.field(description="All of the other contact's conversations.")

    @classmethod
    def of(cls, moves: model.MergeMoves) -> Self:
        return cls(
            identities=moves.identities,
            notes=moves.notes,
            events=moves.events,
            attributes=moves.values,
            conversations=moves.conversations,
        )


@strawberry.type(description="What one of the two contacts has, where they differ.")
class ContactMergeCandidate:
    text: str | None = strawberry.field(description="The name, or the address of the picture; null for an attribute.")
    value: AttributeValue | None = strawberry.field(description="What an attribute holds; null for NAME and AVATAR.")
    provenance: Provenance | None = strawberry.field(
        description="Who or what set the attribute's value, and when; null for NAME and AVATAR."
    )

    @classmethod
    def of(cls, candidate: str | HeldValue, definition: DefinitionModel | None, languages: tuple[str, ...]) -> Self:
        if isinstance(candidate, str):
            return cls(text=candidate, value=None, provenance=None)
        held = candidate.value
        value = None if definition is None or held is None else attribute_value(held, definition, languages)
        return cls(text=None, value=value, provenance=Provenance.of(candidate.provenance))


@strawberry.type(description="Something that both contacts have, and not the same. Show both, and let an admin choose.")
class ContactMergeConflict:
    field: MergeField = strawberry.field(description="What they differ in: hand it back in the choice.")
    definition: AttributeDefinition | None = strawberry.field(
        description="Of the attribute: hand its `key` back in the choice; null for NAME and AVATAR."
    )
    survivor: ContactMergeCandidate = strawberry.field(description="What the contact has that stays.")
    other: ContactMergeCandidate = strawberry.field(description="What the contact has that becomes part of it.")
    chosen: Side | None = strawberry.field(
        description="Whose is taken: by a choice, or the survivor's for NAME and AVATAR without one. Null where the "
        "merge is refused until somebody has chosen."
    )

    @classmethod
    def of(cls, conflict: model.MergeConflict, context: Context) -> Self:
        found = [each for each in context.directory.definitions if each.id == conflict.point.definition_id]
        definition = found[0] if found else None
        languages = context.languages
        return cls(
            field=conflict.point.field,
            definition=None if definition is None else AttributeDefinition.of(definition, languages),
            survivor=ContactMergeCandidate.of(conflict.survivor, definition, languages),
            other=ContactMergeCandidate.of(conflict.other, definition, languages),
            chosen=conflict.chosen,
        )


@strawberry.type(description="What a merge comes to.")
class ContactMergePreview:
    moves: ContactMergeMoves = strawberry.field(description="What goes to the survivor.")
    conflicts: list[ContactMergeConflict] = strawberry.field(
        description="Where both have something else: the name first, then the picture, then attributes."
    )

    @classmethod
    def of(cls, preview: model.MergePreview, context: Context) -> Self:
        return cls(
            moves=ContactMergeMoves.of(preview.moves),
            conflicts=[ContactMergeConflict.of(each, context) for each in preview.conflicts],
        )


@strawberry.type(description="That another contact became part of this one.")
class ContactMerge(Node):
    merged_at: datetime = strawberry.field(description="When it was made.")
    other_name: str = strawberry.field(
        description="The name of the other contact, as it was; empty where that was a deleted contact's."
    )
    merged_contact_id: strawberry.ID = strawberry.field(
        description="The id that the other contact had. It names the survivor while the merge stands, and the other "
        "contact again once it is undone."
    )
    is_undone: bool = strawberry.field(description="Whether the two are two again.")
    undone_at: datetime | None = strawberry.field(description="When it was undone, if it was.")
    record: strawberry.Private[model.Merge]

    @strawberry.field(description="Who made it.")
    async def merged_by(self, info: Info) -> Agent:
        return Agent.of(await find_agent(info.context, self.record.agent_id))

    @strawberry.field(description="Who undid it, if somebody did.")
    async def undone_by(self, info: Info) -> Agent | None:
        end = self.record.end
        return None if end is None else Agent.of(await find_agent(info.context, end.agent_id))

    @strawberry.field(description="The contact that stayed; null only if it was deleted a moment ago.")
    async def contact(self, info: Info) -> Annotated["Contact", strawberry.lazy("graph.contacts")] | None:
        from graph.contacts import Contact  # noqa: PLC0415 - the two types hold each other

        found = await contacts.find(info.context, self.record.survivor_id)
        return None if found is None else Contact.of(found)

    @strawberry.field(
        description="Whether to offer *Undo*: it was not undone, the asking agent may, and nothing that is known of "
        "the contact contradicts it. A dry run of `contactUnmerge` says it for certain, and says why not."
    )
    async def can_unmerge(self, info: Info) -> bool:
        return await unmerging.can_unmerge(info.context, self.record)

    @classmethod
    def of(cls, merge: model.Merge) -> Self:
        return cls(
            id=encode_id("ContactMerge", merge.id),
            merged_at=merge.at,
            other_name=merge.other_name,
            merged_contact_id=encode_id("Contact", merge.other_id),
            is_undone=merge.end is not None,
            undone_at=None if merge.end is None else merge.end.at,
            record=merge,
        )


@strawberry.type(description="A merge and its place in the list.")
class ContactMergeEdge:
    node: ContactMerge = strawberry.field(description="The merge.")
    cursor: str = strawberry.field(description="Its place: hand it back as `after` or `before`.")

    @classmethod
    def of(cls, merge: model.Merge) -> Self:
        place = position(merge)
        return cls(node=ContactMerge.of(merge), cursor=encode_cursor("merge", milliseconds(place.at), place.id))


@strawberry.type(description="A page of a contact's merges, newest first.")
class ContactMergeConnection:
    edges: list[ContactMergeEdge] = strawberry.field(description="The merges with their places.")
    nodes: list[ContactMerge] = strawberry.field(description="The merges alone.")
    page_info: PageInfo = strawberry.field(description="Where the page lies in the list.")
    contact_id: strawberry.Private[str]

    @strawberry.field(description="How many there are in all. Counted only when asked for.")
    async def total_count(self, info: Info) -> int:
        return await merging.count(info.context, self.contact_id)

    @classmethod
    def of(cls, page: Page[model.Merge], contact_id: str) -> Self:
        edges = [ContactMergeEdge.of(each) for each in page.rows]
        return cls(
            edges=edges,
            nodes=[each.node for each in edges],
            page_info=page_info(page, [each.cursor for each in edges]),
            contact_id=contact_id,
        )


def merge_position(cursor: str) -> MergePosition:
    at, merge_id = decode_cursor(cursor, "merge", int, str)
    return MergePosition(moment(int(at)), str(merge_id))
