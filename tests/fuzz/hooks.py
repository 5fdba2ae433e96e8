"""Read by Schemathesis itself: what it does not know of the operations that it is to invent."""

from __future__ import annotations

from pathlib import Path

from graphql import (
    REMOVE,
    ArgumentNode,
    DocumentNode,
    GraphQLInputObjectType,
    NullValueNode,
    ObjectValueNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    VisitorAction,
    build_schema,
    get_named_type,
    visit,
)
from hypothesis import strategies as st
from schemathesis import graphql, hook
from schemathesis.graphql import nodes

SCHEMA = build_schema(Path("schema.graphql").read_text(encoding="utf-8"))
"""Lies where Schemathesis is started, and says what it does not ask for: which inputs are `@oneOf`."""

FORWARD, BACKWARD = {"first", "after"}, {"last", "before"}

TEXTS = ("EmailAddress", "LanguageTag", "PhoneNumber", "URL")
"""Scalars that are texts, beside those that Schemathesis knows by their names."""


class _Sensible(Visitor):
    """Page in one direction, and give one member of a `@oneOf` input: else nearly all would be refused at once."""

    def __init__(self, types: TypeInfo, dropped: set[str], member: int) -> None:
        super().__init__()
        self._types, self._dropped, self._member = types, dropped, member

    def leave_argument(self, node: ArgumentNode, *_: object) -> VisitorAction:
        return REMOVE if node.name.value in self._dropped else None

    def leave_object_value(self, node: ObjectValueNode, *_: object) -> ObjectValueNode | None:
        kind = self._types.get_input_type()
        of = get_named_type(kind) if kind else None
        given = [each for each in node.fields if not isinstance(each.value, NullValueNode)]
        if isinstance(of, GraphQLInputObjectType) and of.is_one_of and given:
            return ObjectValueNode(fields=(given[self._member % len(given)],))
        return None


def flatmap_body(_context: object, body: DocumentNode) -> st.SearchStrategy[DocumentNode]:
    def made(dropped: set[str], member: int) -> DocumentNode:
        types = TypeInfo(SCHEMA)
        document: DocumentNode = visit(body, TypeInfoVisitor(types, _Sensible(types, dropped, member)))
        return document

    # Now and then both: what becomes of a page in two directions has to be seen as well.
    dropped = st.sampled_from([FORWARD, BACKWARD, BACKWARD, set[str]()])
    return st.builds(made, dropped, st.integers(0, 10))


hook(flatmap_body)
for each in TEXTS:
    graphql.scalar(each, st.text().map(nodes.String))
