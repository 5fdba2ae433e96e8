"""What the mutations of contact groups take."""

import strawberry

from domain.contact_groups import LONGEST_NAME, MOST_CONDITIONS, MOST_OPERANDS
from domain.group_rules import GroupMatch, GroupOperator, VipCondition
from graph.inputs import idempotency_key, version
from graph.paging import given
from graph.values import AttributeValueInput, given_value
from resolvers.contact_groups import GivenCondition, GivenConditions, GroupPatch

NAME = f"1 to {LONGEST_NAME} characters. No two groups have the same, letter case and accents aside."
CONDITIONS = f"1 to {MOST_CONDITIONS}."
STAYS = "Left out, it stays."


@strawberry.input(description="Compares what an attribute holds.")
class AttributeGroupConditionInput:
    key: str = strawberry.field(description="The key of a definition that is in use.")
    operator: GroupOperator = strawberry.field(
        description="One that the value type takes. NUMBER, DATE and DATETIME: GREATER_THAN, AT_LEAST, LESS_THAN, "
        "AT_MOST, EQUALS. TEXT: EQUALS, ANY_OF, CONTAINS. EMAIL, PHONE and URL: EQUALS, ANY_OF. BOOLEAN: IS. SELECT "
        "and LANGUAGE: IS, ANY_OF. MULTI_SELECT: ANY_OF, CONTAINS. All of them: NOT_EMPTY."
    )
    values: list[AttributeValueInput] | None = strawberry.field(
        description="To compare with, in the field of the value type: one; up to "
        f"{MOST_OPERANDS} with ANY_OF; none with NOT_EMPTY.",
        default=strawberry.UNSET,
    )

    def condition(self) -> GivenCondition:
        operands = tuple(given_value(each) for each in given(self.values) or ())
        return GivenCondition(self.key, self.operator, operands)


@strawberry.input(one_of=True, description="One condition: exactly one of the fields.")
class ContactGroupConditionInput:
    attribute: strawberry.Maybe[AttributeGroupConditionInput] = strawberry.field(description="About an attribute.")
    is_vip: strawberry.Maybe[bool] = strawberry.field(description="Whether the contact is a VIP.")


def _conditions(inputs: list[ContactGroupConditionInput]) -> GivenConditions:
    return tuple(
        VipCondition(each.is_vip.value) if each.is_vip is not None else each.attribute.value.condition()  # type: ignore[union-attr]
        for each in inputs
    )


@strawberry.input(description="Whom a new group is to be of.")
class ContactGroupCreateInput:
    name: str = strawberry.field(description=NAME)
    match: GroupMatch = strawberry.field(description="How many of the conditions a contact has to meet.")
    conditions: list[ContactGroupConditionInput] = strawberry.field(description=CONDITIONS)
    idempotency_key: str | None = idempotency_key()

    def given(self) -> GivenConditions:
        return _conditions(self.conditions)


@strawberry.input(description="What to change of which group. Who is in it follows at once.")
class ContactGroupUpdateInput:
    group_id: strawberry.ID = strawberry.field(description="Of a ContactGroup.")
    name: str | None = strawberry.field(description=f"{NAME} {STAYS}", default=strawberry.UNSET)
    match: GroupMatch | None = strawberry.field(
        description=f"How many of the conditions a contact has to meet. {STAYS}", default=strawberry.UNSET
    )
    conditions: list[ContactGroupConditionInput] | None = strawberry.field(
        description=f"All of them, in the place of those before: {CONDITIONS} {STAYS}", default=strawberry.UNSET
    )
    version: int | None = version()
    idempotency_key: str | None = idempotency_key()

    def patch(self) -> GroupPatch:
        conditions = given(self.conditions)
        return GroupPatch(given(self.name), given(self.match), None if conditions is None else _conditions(conditions))


@strawberry.input(description="Where to put which group.")
class ContactGroupReorderInput:
    group_id: strawberry.ID = strawberry.field(description="Of a ContactGroup.")
    after_id: strawberry.ID | None = strawberry.field(
        description="Of the ContactGroup to put it behind; null or left out for the first place.",
        default=strawberry.UNSET,
    )
    version: int | None = version()
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="Which group to delete.")
class ContactGroupDeleteInput:
    group_id: strawberry.ID = strawberry.field(description="Of a ContactGroup.")
    version: int | None = version()
    idempotency_key: str | None = idempotency_key()
