"""The order in which the fragments of a document can be worked through once each."""

from collections.abc import Iterator, Mapping

from graphql import FragmentDefinitionNode, FragmentSpreadNode, SelectionSetNode


def inside_out(fragments: Mapping[str, FragmentDefinitionNode]) -> Iterator[str]:
    """The names of the fragments, each after those it spreads; without recursion, since a chain may be long.

    A spread which closes a cycle is passed over: validation refuses it.
    """
    seen: set[str] = set()
    for start in fragments:
        if start in seen:
            continue
        seen.add(start)
        stack = [(start, spreads_of(fragments[start].selection_set))]
        while stack:
            name, spreads = stack[-1]
            following = next((s for s in spreads if s in fragments and s not in seen), None)
            if following is None:
                stack.pop()
                yield name
            else:
                seen.add(following)
                stack.append((following, spreads_of(fragments[following].selection_set)))


def spreads_of(selection_set: SelectionSetNode) -> Iterator[str]:
    """The names of the fragments spread anywhere in a selection set."""
    stack: list[SelectionSetNode] = [selection_set]
    while stack:
        for node in stack.pop().selections:
            if isinstance(node, FragmentSpreadNode):
                yield node.name.value
            elif (inner := getattr(node, "selection_set", None)) is not None:
                stack.append(inner)
