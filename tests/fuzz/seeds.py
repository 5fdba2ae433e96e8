"""What the server really holds: ids by their type and texts by their field, read through the panel's own queries."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLString,
    NameNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    parse,
    print_ast,
    validate,
    visit,
)

OPERATIONS = Path(__file__).parents[2] / "web" / "operations"
ENOUGH = 100
LONGEST = 200

Ask = Callable[[str, Mapping[str, Any]], Any]
"""Asks the server; returns the data."""


class Seeds:
    def __init__(self) -> None:
        self.ids: defaultdict[str, set[str]] = defaultdict(set)
        """By the name of the type."""
        self.texts: defaultdict[str, set[str]] = defaultdict(set)
        """By the name of the field."""
        self.cursors: defaultdict[str, set[str]] = defaultdict(set)
        """By the name of the connection's type."""

    def take(self, answer: object) -> None:
        """Keep every id, text and cursor of an answer, at any depth."""
        for each in _objects(answer):
            for name, value in each.items():
                if name == "id":
                    _keep(self.ids[each["__typename"]], value)
                elif name == "pageInfo":
                    for cursor in (value.get("startCursor"), value.get("endCursor")):
                        _keep(self.cursors[each["__typename"]], cursor or "")
                elif isinstance(value, str) and name != "__typename":
                    _keep(self.texts[name], value)


def read_seeds(ask: Ask, schema: GraphQLSchema, wanted: frozenset[str]) -> Seeds:
    """Ask all that the panel asks, and for the id and the wanted fields of everything on the way."""
    seeds = Seeds()
    for document, variables in _queries():
        enlarged = _enlarged(document, schema, wanted)
        if validate(schema, enlarged):
            # Two members of a union may call fields of different types the same.
            enlarged = _enlarged(document, schema, frozenset())
        seeds.take(ask(print_ast(enlarged), variables))
    return seeds


def _queries() -> Iterator[tuple[DocumentNode, Mapping[str, Any]]]:
    """Yield the queries of the panel with their variables: a new one is picked up by being there."""
    for path in sorted(OPERATIONS.glob("*.graphql")):
        document = parse(path.read_text(encoding="utf-8"))
        operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
        if [each.operation for each in operations] == [OperationType.QUERY]:
            variables = path.with_suffix(".variables.json")
            yield document, json.loads(variables.read_text(encoding="utf-8")) if variables.exists() else {}


class _Enlarge(Visitor):
    def __init__(self, types: TypeInfo, wanted: frozenset[str]) -> None:
        super().__init__()
        self._types, self._wanted = types, wanted

    def leave_selection_set(self, node: SelectionSetNode, *_: object) -> SelectionSetNode:
        parent = self._types.get_parent_type()
        names = ["__typename"]
        if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType):
            for name, each in parent.fields.items():
                of = each.type.of_type if isinstance(each.type, GraphQLNonNull) else each.type
                if name == "id" or (name in self._wanted and of is GraphQLString and not each.args):
                    names.append(name)
        added = tuple(FieldNode(name=NameNode(value=each)) for each in names)
        return SelectionSetNode(selections=(*node.selections, *added))


def _enlarged(document: DocumentNode, schema: GraphQLSchema, wanted: frozenset[str]) -> DocumentNode:
    types = TypeInfo(schema)
    enlarged: DocumentNode = visit(document, TypeInfoVisitor(types, _Enlarge(types, wanted)))
    return enlarged


def _objects(answer: object) -> Iterator[dict[str, Any]]:
    inside: Iterable[object] = ()
    if isinstance(answer, dict):
        yield answer
        inside = answer.values()
    elif isinstance(answer, list):
        inside = answer
    for each in inside:
        yield from _objects(each)


def _keep(kept: set[str], value: str) -> None:
    if 0 < len(value) <= LONGEST and len(kept) < ENOUGH:
        kept.add(value)
