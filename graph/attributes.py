"""Attributes of a contact: the union of the three categories."""

from collections.abc import Mapping
from typing import Annotated

import strawberry

from domain import attributes as model
from domain.attributes import LockReason, locked_because
from domain.definitions import AttributeCategory, localised
from graph.attribute_history import AttributeHistoryConnection, history_position
from graph.crm_attributes import CrmStanding
from graph.definitions import AttributeDefinition
from graph.info import Info
from graph.nodes import Node, encode_id
from graph.paging import After, Before, First, Last, page_request
from graph.provenance import Provenance
from graph.values import AttributeValue, attribute_value
from resolvers import attribute_history
from resolvers.context import Context


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

    @strawberry.field(
        description="Every version that the value had, newest first: who or what changed it, and to what. Any of them "
        "can be brought back with `contactAttributeRestore`."
    )
    async def history(
        self,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> AttributeHistoryConnection:
        request = page_request(first, after, last, before, history_position)
        page = await attribute_history.page(info.context, self.line, request)
        return AttributeHistoryConnection.of(info.context, self.line, page)


@strawberry.type(description="E-mail address, phone number, URL and the like, which every organization has.")
class CommonAttribute(Attribute):
    pass


@strawberry.type(description="An attribute that admins of the organization defined.")
class CustomAttribute(Attribute):
    pass


@strawberry.type(description="An attribute that the company's CRM manages: draw the cloud icon.")
class CrmAttribute(CrmStanding, Attribute):
    pass


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
