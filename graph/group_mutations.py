"""The mutations of contact groups, for admins."""

from typing import Annotated, assert_never

import strawberry

from domain import contact_groups as model
from domain.capabilities import Forbidden as ForbiddenOutcome
from domain.contact_groups import GroupChanged, GroupDeleted, GroupsReordered, StaleGroup
from domain.outcomes import Invalid, KeyReused
from domain.outcomes import NotFound as NotFoundOutcome
from graph.contact_groups import ContactGroup
from graph.errors import Conflict, Forbidden, IdempotencyKeyReused, NotFound, ValidationFailed, refusal
from graph.group_errors import GroupNameTaken
from graph.group_inputs import (
    ContactGroupCreateInput,
    ContactGroupDeleteInput,
    ContactGroupReorderInput,
    ContactGroupUpdateInput,
)
from graph.info import Info
from graph.inputs import input_id
from graph.paging import given
from resolvers import contact_groups


@strawberry.type(description="The group is there.")
class ContactGroupCreateSuccess:
    group: ContactGroup = strawberry.field(description="As it is kept.")


@strawberry.type(description="The group is as it was asked for.")
class ContactGroupUpdateSuccess:
    group: ContactGroup = strawberry.field(description="As it is now.")


@strawberry.type(description="The group is in its place.")
class ContactGroupReorderSuccess:
    groups: list[ContactGroup] = strawberry.field(description="All of them in their new order.")


@strawberry.type(description="The group is gone. The contacts stay as they are.")
class ContactGroupDeleteSuccess:
    deleted_group_id: strawberry.ID = strawberry.field(description="Take the group of this id out of caches.")


ContactGroupCreateResult = Annotated[
    ContactGroupCreateSuccess | ValidationFailed | Forbidden | GroupNameTaken | IdempotencyKeyReused,
    strawberry.union("ContactGroupCreateResult", description="How making a group can end."),
]
ContactGroupUpdateResult = Annotated[
    ContactGroupUpdateSuccess
    | ValidationFailed
    | NotFound
    | Conflict
    | Forbidden
    | GroupNameTaken
    | IdempotencyKeyReused,
    strawberry.union("ContactGroupUpdateResult", description="How changing a group can end."),
]
ContactGroupReorderResult = Annotated[
    ContactGroupReorderSuccess | ValidationFailed | NotFound | Conflict | Forbidden | IdempotencyKeyReused,
    strawberry.union("ContactGroupReorderResult", description="How moving a group can end."),
]
ContactGroupDeleteResult = Annotated[
    ContactGroupDeleteSuccess | ValidationFailed | NotFound | Conflict | Forbidden | IdempotencyKeyReused,
    strawberry.union("ContactGroupDeleteResult", description="How deleting a group can end."),
]


@strawberry.type
class ContactGroupMutations:
    @strawberry.mutation(
        description="Make a group of those contacts who meet the conditions. It comes last in the order of the groups."
    )
    async def contact_group_create(
        self, info: Info, input: Annotated[ContactGroupCreateInput, strawberry.argument(description="The group.")]
    ) -> ContactGroupCreateResult:
        result = await contact_groups.create(
            info.context,
            name=input.name,
            match=input.match,
            conditions=input.given(),
            idempotency_key=given(input.idempotency_key),
        )
        match result:
            case GroupChanged(group):
                return ContactGroupCreateSuccess(group=ContactGroup.of(group))
            case model.GroupNameTaken():
                return GroupNameTaken.of(result)
            case ForbiddenOutcome():
                return Forbidden.of(result)
            case Invalid():
                return ValidationFailed.of(result)
            case KeyReused():
                return IdempotencyKeyReused.of(result)
            case _:
                assert_never(result)

    @strawberry.mutation(description="Change name or rule of a group. Who is in it follows at once.")
    async def contact_group_update(
        self, info: Info, input: Annotated[ContactGroupUpdateInput, strawberry.argument(description="The change.")]
    ) -> ContactGroupUpdateResult:
        group_id = input_id(input.group_id, "ContactGroup", "groupId")
        if isinstance(group_id, Invalid):
            return ValidationFailed.of(group_id)
        result = await contact_groups.update(
            info.context,
            group_id=group_id,
            patch=input.patch(),
            version=given(input.version),
            idempotency_key=given(input.idempotency_key),
        )
        match result:
            case GroupChanged(group):
                return ContactGroupUpdateSuccess(group=ContactGroup.of(group))
            case model.GroupNameTaken():
                return GroupNameTaken.of(result)
            case _:
                return _refused(result)

    @strawberry.mutation(
        description="Put a group behind another, or first. Two admins who move two of them at once both get their way."
    )
    async def contact_group_reorder(
        self, info: Info, input: Annotated[ContactGroupReorderInput, strawberry.argument(description="Where to.")]
    ) -> ContactGroupReorderResult:
        group_id = input_id(input.group_id, "ContactGroup", "groupId")
        if isinstance(group_id, Invalid):
            return ValidationFailed.of(group_id)
        after = given(input.after_id)
        after_id = None if after is None else input_id(after, "ContactGroup", "afterId")
        if isinstance(after_id, Invalid):
            return ValidationFailed.of(after_id)
        result = await contact_groups.reorder(
            info.context,
            group_id=group_id,
            after_id=after_id,
            version=given(input.version),
            idempotency_key=given(input.idempotency_key),
        )
        if isinstance(result, GroupsReordered):
            return ContactGroupReorderSuccess(groups=[ContactGroup.of(each) for each in result.groups])
        return _refused(result)

    @strawberry.mutation(description="Delete a group; the contacts stay as they are.")
    async def contact_group_delete(
        self, info: Info, input: Annotated[ContactGroupDeleteInput, strawberry.argument(description="Which one.")]
    ) -> ContactGroupDeleteResult:
        group_id = input_id(input.group_id, "ContactGroup", "groupId")
        if isinstance(group_id, Invalid):
            return ValidationFailed.of(group_id)
        result = await contact_groups.delete(
            info.context,
            group_id=group_id,
            version=given(input.version),
            idempotency_key=given(input.idempotency_key),
        )
        if isinstance(result, GroupDeleted):
            return ContactGroupDeleteSuccess(deleted_group_id=input.group_id)
        return _refused(result)


Refused = ForbiddenOutcome | Invalid | NotFoundOutcome | StaleGroup | KeyReused


def _refused(result: Refused) -> ValidationFailed | NotFound | Conflict | Forbidden | IdempotencyKeyReused:
    match result:
        case StaleGroup(current):
            return Conflict.with_current(ContactGroup.of(current))
        case ForbiddenOutcome():
            return Forbidden.of(result)
        case Invalid() | NotFoundOutcome() | KeyReused():
            return refusal(result)
        case _:
            assert_never(result)
