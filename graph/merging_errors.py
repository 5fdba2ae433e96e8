"""How merging two contacts, and undoing it, can end without having happened."""

from typing import Self

import strawberry

from domain.merging import Unresolved
from domain.outcomes import ErrorCode
from domain.unmerging import Contradicted, Contradiction, ContradictionKind
from graph.definitions import AttributeDefinition
from graph.errors import UserError
from graph.identities import SocialIdentity
from graph.merging import ContactMergePreview
from resolvers.context import Context


@strawberry.type(
    description="Both contacts have a value, and not the same, in attributes for which no choice was given. Nothing "
    "was changed. Show the conflicts, and repeat with a choice for each one whose `chosen` is null."
)
class MergeUnresolved(UserError):
    preview: ContactMergePreview = strawberry.field(description="The same as of a dry run.")

    @classmethod
    def of(cls, outcome: Unresolved, context: Context) -> Self:
        return cls(
            code=ErrorCode.MERGE_UNRESOLVED,
            message="Choose whose value to keep: the two contacts differ in some attributes.",
            path=["input", "choices"],
            preview=ContactMergePreview.of(outcome.preview, context),
        )


@strawberry.type(description="Something that happened since the merge and contradicts undoing it.")
class UnmergeContradiction:
    kind: ContradictionKind = strawberry.field(description="What it is.")
    identity: SocialIdentity | None = strawberry.field(
        description="Of IDENTITY_GONE: the identity, as the other contact had it."
    )
    definition: AttributeDefinition | None = strawberry.field(
        description="Of VALUE_CHANGED and VALUE_TAKEN: what the attribute is."
    )

    @classmethod
    def of(cls, reason: Contradiction, context: Context) -> Self:
        found = [each for each in context.directory.definitions if each.id == reason.definition_id]
        return cls(
            kind=reason.kind,
            identity=None if reason.identity is None else SocialIdentity.of(reason.identity),
            definition=AttributeDefinition.of(found[0], context.languages) if found else None,
        )


@strawberry.type(description="The merge cannot be undone, because of what happened since. Nothing was changed.")
class UnmergeContradicted(UserError):
    reasons: list[UnmergeContradiction] = strawberry.field(description="All of them; at least one.")

    @classmethod
    def of(cls, outcome: Contradicted, context: Context) -> Self:
        return cls(
            code=ErrorCode.UNMERGE_CONTRADICTED,
            message="What happened since contradicts undoing the merge: undo that first, where it can be undone.",
            path=["input", "mergeId"],
            reasons=[UnmergeContradiction.of(each, context) for each in outcome.reasons],
        )
