"""Contact groups: the type, its conditions, and the list of all."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Self, assert_never

import strawberry

from domain import group_rules as rules
from domain.contact_groups import broken_conditions
from domain.finding import TooBroad
from domain.group_rules import GroupMatch, GroupOperator
from domain.ordering import BY_NAME
from graph.definitions import AttributeDefinition
from graph.info import Info
from graph.nodes import Node, encode_id
from graph.orders import contact_position
from graph.paging import After, Before, First, Last, page_request
from graph.values import AttributeValue, attribute_value
from resolvers import contact_groups
from resolvers.context import Context

if TYPE_CHECKING:
    from graph.finding import ContactConnection


@strawberry.type(description="What an attribute holds compares so with the values; an empty attribute never does.")
class AttributeGroupCondition:
    definition: AttributeDefinition = strawberry.field(description="Of the attribute.")
    operator: GroupOperator = strawberry.field(description="How it is compared.")
    values: list[AttributeValue] = strawberry.field(description="With what: one, several of ANY_OF, none of NOT_EMPTY.")
    is_broken: bool = strawberry.field(
        description="Whether the attribute is out of use, so that nobody meets the condition: say so, and offer to "
        "change it."
    )


@strawberry.type(description="Whether the contact is a VIP now.")
class VipGroupCondition:
    is_vip: bool = strawberry.field(description="False where those are meant who are none.")


ContactGroupCondition = Annotated[
    AttributeGroupCondition | VipGroupCondition,
    strawberry.union(
        "ContactGroupCondition", description="One of the conditions of a group. Kinds may be added: show unknown ones."
    ),
]


@strawberry.type(
    description="Contacts who have something in common: a rule of the admins over attributes and VIP. Who is in it "
    "follows from what is known of each contact at the moment. One with a condition on an attribute that the asking "
    "agent cannot see is not there for them."
)
class ContactGroup(Node):
    version: int = strawberry.field(description="Grows with each change; state it when you change the group.")
    name: str = strawberry.field(description="To be shown; no two groups have the same.")
    match: GroupMatch = strawberry.field(description="How many of the conditions a contact has to meet.")
    record: strawberry.Private[rules.ContactGroup]

    @strawberry.field(description="What a contact of the group meets.")
    def conditions(self, info: Info) -> list[ContactGroupCondition]:
        return list(_conditions(info.context, self.record.rule))

    @strawberry.field(
        description="Who is in it now, by name. A rule that takes long to answer ends in an error with the code "
        "TOO_BROAD."
    )
    async def contacts(
        self,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> Annotated["ContactConnection", strawberry.lazy("graph.finding")]:
        from graph.finding import ContactConnection, refuse_as_too_broad  # noqa: PLC0415 - contacts have groups

        request = page_request(first, after, last, before, contact_position(BY_NAME))
        query = contact_groups.query_of(info.context, self.record)
        page = await contact_groups.members(info.context, query, request)
        return refuse_as_too_broad() if isinstance(page, TooBroad) else ContactConnection.of(page, query)

    @classmethod
    def of(cls, group: rules.ContactGroup) -> Self:
        return cls(
            id=encode_id("ContactGroup", group.id),
            version=group.version,
            name=group.name,
            match=group.rule.match,
            record=group,
        )


def _conditions(context: Context, rule: rules.GroupRule) -> Iterable[ContactGroupCondition]:
    definitions = {each.id: each for each in context.directory.definitions}
    broken = broken_conditions(rule, definitions.values())
    for index, each in enumerate(rule.conditions):
        match each:
            case rules.AttributeCondition(definition_id, operator, operands):
                definition = definitions[definition_id]
                yield AttributeGroupCondition(
                    definition=AttributeDefinition.of(definition, context.languages),
                    operator=operator,
                    values=[attribute_value(value, definition, context.languages) for value in operands],
                    is_broken=index in broken,
                )
            case rules.VipCondition(is_vip):
                yield VipGroupCondition(is_vip=is_vip)
            case _:
                assert_never(each)


@strawberry.type
class ContactGroupQueries:
    @strawberry.field(description="All groups that the asking agent may know of, in the order the admins chose.")
    def contact_groups(self, info: Info) -> list[ContactGroup]:
        return [ContactGroup.of(each) for each in contact_groups.every(info.context)]
