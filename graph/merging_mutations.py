"""The mutation that makes one contact of two."""

from typing import Annotated, Self

import strawberry

from domain.capabilities import Forbidden as ForbiddenOutcome
from domain.merging import ContactsMerged, MergeField, MergeForeseen, NoSuchSide, Side, StaleSide, Unresolved
from domain.outcomes import Invalid, Kind
from domain.outcomes import NotFound as NotFoundOutcome
from graph.contacts import Contact
from graph.errors import Conflict, Forbidden, IdempotencyKeyReused, NotFound, ValidationFailed, refusal
from graph.info import Info
from graph.inputs import VERSION, idempotency_key, input_id, version
from graph.merging import ContactMerge, ContactMergePreview
from graph.merging_errors import MergeUnresolved
from graph.nodes import encode_id
from graph.paging import given
from resolvers import merging
from resolvers.context import Context
from resolvers.merging import GivenChoice, MergeOrder

_ARGUMENTS = {Side.SURVIVOR: ("survivorId", "version"), Side.OTHER: ("otherId", "otherVersion")}


@strawberry.input(description="Whose to take where the two contacts differ.")
class ContactMergeChoiceInput:
    field: MergeField = strawberry.field(description="What they differ in.")
    key: str | None = strawberry.field(
        description="The attribute definition's key; with ATTRIBUTE alone.", default=strawberry.UNSET
    )
    side: Side = strawberry.field(
        name="from", description="Whose is taken. Choosing a contact that has nothing there leaves it empty."
    )


@strawberry.input(description="Which two contacts are one person, and whose is taken where they differ.")
class ContactMergeInput:
    survivor_id: strawberry.ID = strawberry.field(description="Of the Contact that stays.")
    other_id: strawberry.ID = strawberry.field(
        description="Of the Contact that becomes part of it. Its id names the survivor from then on."
    )
    choices: list[ContactMergeChoiceInput] | None = strawberry.field(
        description="For the conflicts of a preview that need one, and for those that are to end otherwise than they "
        "would by themselves.",
        default=strawberry.UNSET,
    )
    dry_run: bool = strawberry.field(
        description="Whether to tell only what would come of it: nothing is written.", default=False
    )
    version: int | None = version()
    other_version: int | None = strawberry.field(
        description=f"Of the other contact. {VERSION}", default=strawberry.UNSET
    )
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="The two contacts are one; of a dry run: what would come of it.")
class ContactMergeSuccess:
    contact: Contact = strawberry.field(description="The survivor as it is now; of a dry run, unchanged.")
    merged_contact_id: strawberry.ID | None = strawberry.field(
        description="The id that the other contact had: take it out of lists. Null of a dry run."
    )
    merge: ContactMerge | None = strawberry.field(description="The merge, to be undone by. Null of a dry run.")
    preview: ContactMergePreview = strawberry.field(
        description="What moved or would move, and how each conflict ends. Of a dry run, one whose `chosen` is null "
        "has to be chosen before the merge can be made."
    )

    @classmethod
    def of(cls, outcome: ContactsMerged | MergeForeseen, context: Context) -> Self:
        merge = outcome.merge if isinstance(outcome, ContactsMerged) else None
        return cls(
            contact=Contact.of(outcome.contact),
            merged_contact_id=None if merge is None else encode_id("Contact", merge.other_id),
            merge=None if merge is None else ContactMerge.of(merge),
            preview=ContactMergePreview.of(outcome.preview, context),
        )


ContactMergeResult = Annotated[
    ContactMergeSuccess | ValidationFailed | NotFound | Conflict | Forbidden | MergeUnresolved | IdempotencyKeyReused,
    strawberry.union("ContactMergeResult", description="How merging two contacts can end."),
]


@strawberry.type
class MergingMutations:
    @strawberry.mutation(
        description="Make one contact of two that are one person; for admins. Identities, notes and history go to the "
        "survivor, and the other contact's id names the survivor from then on, wherever an id is taken. What is equal "
        "or on one side only is taken. Of two names and of two pictures the survivor's stays unless chosen otherwise; "
        "of two values of an attribute somebody has to choose. Of VIP the status that holds is kept, of the "
        "validation the one that found the contact; of both, the survivor's. Values keep their provenance and become "
        "the survivor's next version. It can be undone with `contactUnmerge`."
    )
    async def contact_merge(
        self, info: Info, input: Annotated[ContactMergeInput, strawberry.argument(description="The two contacts.")]
    ) -> ContactMergeResult:
        survivor_id = input_id(input.survivor_id, "Contact", "survivorId")
        other_id = input_id(input.other_id, "Contact", "otherId")
        for each in (survivor_id, other_id):
            if isinstance(each, Invalid):
                return ValidationFailed.of(each)
        choices = given(input.choices) or []
        order = MergeOrder(
            str(survivor_id),
            str(other_id),
            tuple(GivenChoice(each.field, given(each.key), each.side) for each in choices),
            given(input.version),
            given(input.other_version),
            input.dry_run,
        )
        result = await merging.merge(info.context, order, idempotency_key=given(input.idempotency_key))
        match result:
            case ContactsMerged() | MergeForeseen():
                return ContactMergeSuccess.of(result, info.context)
            case Unresolved():
                return MergeUnresolved.of(result, info.context)
            case NoSuchSide(side):
                return NotFound.of(NotFoundOutcome(Kind.CONTACT), _ARGUMENTS[side][0])
            case StaleSide(side, current):
                return Conflict.with_current(Contact.of(current), _ARGUMENTS[side][1])
            case ForbiddenOutcome():
                return Forbidden.of(result)
            case _:
                return refusal(result)
