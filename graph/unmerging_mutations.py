"""The mutation that undoes a merge."""

from typing import Annotated, Self

import strawberry

from domain.capabilities import Forbidden as ForbiddenOutcome
from domain.outcomes import Invalid
from domain.unmerging import ContactsUnmerged, Contradicted, UnmergeForeseen
from graph.contacts import Contact
from graph.errors import Forbidden, IdempotencyKeyReused, NotFound, ValidationFailed, refusal
from graph.info import Info
from graph.inputs import idempotency_key, input_id
from graph.merging import ContactMerge, ContactMergeMoves
from graph.merging_errors import UnmergeContradicted
from graph.paging import given
from resolvers import unmerging


@strawberry.input(description="Which merge to undo.")
class ContactUnmergeInput:
    merge_id: strawberry.ID = strawberry.field(description="Of a ContactMerge.")
    dry_run: bool = strawberry.field(
        description="Whether to tell only what would come of it: nothing is written.", default=False
    )
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="The two contacts are two again; of a dry run: they can be.")
class ContactUnmergeSuccess:
    contact: Contact = strawberry.field(description="The survivor as it is now; of a dry run, unchanged.")
    other_contact: Contact | None = strawberry.field(
        description="The contact that is back, under its old id. Null of a dry run."
    )
    merge: ContactMerge = strawberry.field(description="The merge as it is now.")
    moves: ContactMergeMoves = strawberry.field(description="What went back, or would.")

    @classmethod
    def of(cls, outcome: ContactsUnmerged | UnmergeForeseen) -> Self:
        other = outcome.other if isinstance(outcome, ContactsUnmerged) else None
        return cls(
            contact=Contact.of(outcome.contact),
            other_contact=None if other is None else Contact.of(other),
            merge=ContactMerge.of(outcome.merge),
            moves=ContactMergeMoves.of(outcome.moves),
        )


ContactUnmergeResult = Annotated[
    ContactUnmergeSuccess | ValidationFailed | NotFound | Forbidden | UnmergeContradicted | IdempotencyKeyReused,
    strawberry.union("ContactUnmergeResult", description="How undoing a merge can end."),
]


@strawberry.type
class UnmergingMutations:
    @strawberry.mutation(
        description="Make two contacts again of what was merged; for admins. Both are as they were before, with newer "
        "versions; notes and history that came with the other contact go back to it. What happened to the survivor "
        "since stays with it: new notes, and changes of what was its own. Refused where something since contradicts "
        "it: a later merge of the survivor (undo that one first), an identity of the other contact that the survivor "
        "no longer has, a change of a name, picture, VIP status or value that came from the other contact, or somebody "
        "else who holds a unique value of the other contact by now."
    )
    async def contact_unmerge(
        self, info: Info, input: Annotated[ContactUnmergeInput, strawberry.argument(description="The merge.")]
    ) -> ContactUnmergeResult:
        merge_id = input_id(input.merge_id, "ContactMerge", "mergeId")
        if isinstance(merge_id, Invalid):
            return ValidationFailed.of(merge_id)
        result = await unmerging.unmerge(
            info.context, merge_id=merge_id, is_dry_run=input.dry_run, idempotency_key=given(input.idempotency_key)
        )
        match result:
            case ContactsUnmerged() | UnmergeForeseen():
                return ContactUnmergeSuccess.of(result)
            case Contradicted():
                return UnmergeContradicted.of(result, info.context)
            case ForbiddenOutcome():
                return Forbidden.of(result)
            case _:
                return refusal(result)
