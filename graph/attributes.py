"""Attributes of a contact: the union of the three categories, and the mutations that set and clear a value."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

import strawberry

from domain import attributes as model
from domain.attributes import LockReason, Source, SyncState, locked_because
from domain.definitions import AttributeCategory, localised
from graph.agents import Agent
from graph.definitions import AttributeDefinition
from graph.info import Info
from graph.nodes import Node, encode_id
from graph.values import AttributeValue, attribute_value
from resolvers.agents import find_agent
from resolvers.context import Context


@strawberry.type(description="Who or what set a value, and when. For a cleared one: who cleared it.")
class Provenance:
    source: Source = strawberry.field(description="The kind of origin.")
    at: datetime = strawberry.field(description="When it was set.")
    agent_id: strawberry.Private[str | None]

    @strawberry.field(description="Who set it; null unless the source is AGENT.")
    async def agent(self, info: Info) -> Agent | None:
        return None if self.agent_id is None else Agent.of(await find_agent(info.context, self.agent_id))

    @classmethod
    def of(cls, provenance: model.Provenance) -> "Provenance":
        return cls(source=provenance.source, at=provenance.at, agent_id=provenance.agent_id)


@strawberry.interface(
    description="One line of the panel: an attribute and what the contact holds for it. It says what to draw, so that "
    "no client needs to know the rules. Its id is the same whether it is empty or not."
)
class Attribute(Node):
    key: str = strawberry.field(description="The definition's stable key.")
    label: str = strawberry.field(description="The definition's name for people, in the asker's language.")
    position: int = strawberry.field(description="Its place in the order that the admins chose.")
    version: int = strawberry.field(
        description="Grows with each change of this value alone; 0 if never set. State it in an edit so that nobody's "
        "change is overwritten unseen."
    )
    value: AttributeValue | None = strawberry.field(description="Null where it is empty.")
    is_empty: bool = strawberry.field(description="Draw *Add* where this and `canEdit` are true.")
    can_edit: bool = strawberry.field(description="Whether the asking agent may set and clear it: draw the pencil.")
    locked_because: LockReason | None = strawberry.field(description="Why not, where `canEdit` is false.")
    provenance: Provenance | None = strawberry.field(description="Null where it was never set.")
    line: strawberry.Private[model.ContactAttribute]

    @strawberry.field(description="What the admins decided about it: rules, options and the rest.")
    def definition(self, info: Info) -> AttributeDefinition:
        return AttributeDefinition.of(self.line.definition, info.context.languages)


@strawberry.type(description="E-mail address, phone number, URL and the like, which every organization has.")
class CommonAttribute(Attribute):
    pass


@strawberry.type(description="An attribute that admins of the organization defined.")
class CustomAttribute(Attribute):
    pass


@strawberry.type(description="An attribute that the company's CRM manages: draw the cloud icon.")
class CrmAttribute(Attribute):
    @strawberry.field(description="Where the value stands between here and the CRM; null where neither has one.")
    def sync_state(self) -> SyncState | None:
        held = self.line.held
        return None if held is None or held.sync is None else held.sync.state

    @strawberry.field(description="When the CRM last confirmed the value.")
    def synced_at(self) -> datetime | None:
        held = self.line.held
        return None if held is None or held.sync is None else held.sync.synced_at


ContactAttribute = Annotated[
    CommonAttribute | CrmAttribute | CustomAttribute,
    strawberry.union(
        "ContactAttribute",
        description="One line of the panel, by who fills it. All members share the fields of `Attribute`.",
    ),
]

_TYPES: Mapping[AttributeCategory, type[CommonAttribute] | type[CrmAttribute] | type[CustomAttribute]] = {
    AttributeCategory.COMMON: CommonAttribute,
    AttributeCategory.CRM: CrmAttribute,
    AttributeCategory.CUSTOM: CustomAttribute,
}
TYPE_NAMES = tuple(each.__name__ for each in _TYPES.values())


def contact_attribute(context: Context, line: model.ContactAttribute) -> ContactAttribute:
    definition, held, languages = line.definition, line.held, context.languages
    lock, value = locked_because(definition, context.plan, context.role), line.value
    kind = _TYPES[definition.category]
    return kind(
        id=encode_id(kind.__name__, f"{line.contact_id}:{definition.key}"),
        key=definition.key,
        label=localised(definition.label, definition.labels, languages),
        position=definition.position,
        version=line.version,
        value=None if value is None else attribute_value(value, definition, languages),
        is_empty=value is None,
        can_edit=lock is None,
        locked_because=lock,
        provenance=None if held is None else Provenance.of(held.provenance),
        line=line,
    )
