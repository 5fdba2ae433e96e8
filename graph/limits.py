"""How large an operation may be, measured before it runs.

A fragment is measured once, however often it is spread: the work is linear in the size of the document, while what
is measured (a fragment spread twice counts twice) may be exponential in it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLCompositeType,
    GraphQLError,
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    is_composite_type,
)

from graph.fragments import inside_out

TOO_COMPLEX: Final = "OPERATION_TOO_COMPLEX"

# Introspection answers from the schema and has a depth rule of its own in graphql-core. What it costs does not
# depend on what is selected of it but on the size of the schema, so each root field has one price.
_INTROSPECTION_NODES: Final = {"__schema": 2000, "__type": 200}

# Sums and products stop here: beyond every limit, and small enough to be cheap.
_SATURATED: Final = 1_000_000_000

SizeOfVariable = Callable[[str], int | None]


@dataclass(frozen=True, slots=True)
class Limits:
    """The most one operation may have; each counts what its fragments add at every spread.

    ``nodes`` are the objects it may return, where a list counts as many as its ``first`` or ``last`` asks for
    (``page`` without one, at most ``largest_page``). ``tokens`` bounds the document before it is parsed.
    """

    depth: int = 15
    aliases: int = 30
    directives: int = 20
    fields: int = 2000
    nodes: int = 20_000
    tokens: int = 1000
    page: int = 20
    largest_page: int = 100


_ADVICE: Final = {
    "depth": "Select fewer levels, and ask for the rest in another operation.",
    "aliases": "Ask for fewer aliased fields, or use a field which takes a list.",
    "directives": "Use fewer directives.",
    "fields": "Select fewer fields, or spread fewer fragments.",
    "nodes": "Ask for smaller pages (`first`, `last`), or for fewer lists inside lists.",
}


@dataclass(frozen=True, slots=True)
class Cost:
    """What one selection, or a whole operation, amounts to."""

    depth: int = 0
    aliases: int = 0
    directives: int = 0
    fields: int = 0
    nodes: int = 0

    @staticmethod
    def beside(parts: Iterable["Cost"]) -> "Cost":
        depth = aliases = directives = count = nodes = 0
        for part in parts:
            depth = max(depth, part.depth)
            aliases += part.aliases
            directives += part.directives
            count += part.fields
            nodes += part.nodes
        return Cost(depth, *(min(total, _SATURATED) for total in (aliases, directives, count, nodes)))


def excesses(operation: OperationDefinitionNode, cost: Cost, limits: Limits) -> list[GraphQLError]:
    """One error for each limit the operation exceeds."""
    return [
        GraphQLError(
            f"The operation is too complex: {name} is {actual if actual < _SATURATED else 'astronomic'}, "
            f"and the limit is {limit}. {_ADVICE[name]}",
            operation,
            extensions={"code": TOO_COMPLEX, "limit": name, "maximum": limit, "actual": actual},
        )
        for name in (field.name for field in fields(Cost))
        if (actual := getattr(cost, name)) > (limit := getattr(limits, name))
    ]


class Meter:
    """Measures the operations of one document. What is unknown in it costs little: validation refuses it.

    ``size_of_variable`` says how many rows a paging variable asks for; None is the same as no argument.
    """

    def __init__(
        self, schema: GraphQLSchema, document: DocumentNode, limits: Limits, size_of_variable: SizeOfVariable
    ) -> None:
        self._schema, self._limits, self._size_of_variable = schema, limits, size_of_variable
        fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
        self._fragments: dict[str, Cost] = {}
        for name in inside_out(fragments):
            fragment = fragments[name]
            on = self._composite(schema.get_type(fragment.type_condition.name.value))
            self._fragments[name] = self._selection_set(fragment.selection_set, on)

    def measure(self, operation: OperationDefinitionNode) -> Cost:
        root = self._schema.get_root_type(operation.operation)
        cost = self._selection_set(operation.selection_set, root)
        return Cost.beside((cost, Cost(directives=len(operation.directives or ()))))

    def _selection_set(self, node: SelectionSetNode | None, parent: GraphQLCompositeType | None) -> Cost:
        if node is None:
            return Cost()
        return Cost.beside(self._selection(selection, parent) for selection in node.selections)

    def _selection(self, node: SelectionNode, parent: GraphQLCompositeType | None) -> Cost:
        directives, inner = len(node.directives or ()), Cost()
        if isinstance(node, FieldNode):
            return self._field(node, parent, directives)
        if isinstance(node, FragmentSpreadNode):
            inner = self._fragments.get(node.name.value, inner)
        elif isinstance(node, InlineFragmentNode):
            condition = node.type_condition
            on = self._composite(self._schema.get_type(condition.name.value)) if condition else parent
            inner = self._selection_set(node.selection_set, on)
        return Cost.beside((inner, Cost(directives=directives))) if directives else inner

    def _field(self, node: FieldNode, parent: GraphQLCompositeType | None, directives: int) -> Cost:
        name = node.name.value
        definition = self._schema.get_field(parent, name) if parent is not None else None
        inner_type = self._composite(get_named_type(definition.type)) if definition else None
        inner = self._selection_set(node.selection_set, inner_type)
        introspection = _INTROSPECTION_NODES.get(name)
        if introspection is not None:
            depth, nodes = 1, introspection
        else:
            rows = self._rows(node, definition) if node.selection_set else 0
            depth, nodes = 1 + inner.depth, min(rows * (1 + inner.nodes), _SATURATED)
        return Cost(
            depth,
            inner.aliases + (node.alias is not None),
            inner.directives + directives,
            inner.fields + 1,
            nodes,
        )

    def _rows(self, node: FieldNode, definition: GraphQLField | None) -> int:
        """How many objects the field returns for one parent."""
        if definition is None:
            return 1
        arguments = {argument.name.value: argument.value for argument in node.arguments or ()}
        if "first" in definition.args or "last" in definition.args:
            asked = (self._size(arguments[name]) for name in ("first", "last") if name in arguments)
            sizes = [size for size in asked if size is not None]
            return max(1, *sizes) if sizes else self._limits.page
        if "ids" in definition.args:
            return self._size(arguments["ids"]) or 1 if "ids" in arguments else 1
        return assumed_rows(definition)

    def _size(self, value: ValueNode) -> int | None:
        largest = self._limits.largest_page
        match value:
            case VariableNode():
                size = self._size_of_variable(value.name.value)
            case IntValueNode():
                # Longer than nine digits is more than every page, and int() of thousands of them is slow.
                size = int(value.value) if len(value.value) < 10 else largest
            case ListValueNode():
                size = len(value.values)
            case NullValueNode():
                size = None
            case _:
                size = largest
        return None if size is None else min(max(size, 0), largest)

    @staticmethod
    def _composite(type_: GraphQLNamedType | None) -> GraphQLCompositeType | None:
        return type_ if is_composite_type(type_) else None


def assumed_rows(definition: GraphQLField) -> int:
    """What a field says of its own list: ``strawberry.field(metadata={"rows": 30})``; 1 where it says nothing."""
    metadata = getattr(definition.extensions.get("strawberry-definition"), "metadata", None) or {}
    return int(metadata.get("rows", 1))


def size_of_values(operation: OperationDefinitionNode, values: Mapping[str, Any], otherwise: int) -> SizeOfVariable:
    """The sizes a request's variables ask for; what is no size counts as ``otherwise`` (coercion refuses it later)."""
    defaults = {d.variable.name.value: d.default_value for d in operation.variable_definitions or ()}

    def size(name: str) -> int | None:
        value = values.get(name)
        if name not in values and isinstance(default := defaults.get(name), IntValueNode):
            value = int(default.value) if len(default.value) < 10 else otherwise
        if isinstance(value, list):
            return len(value)
        return value if value is None or type(value) is int else otherwise

    return size
