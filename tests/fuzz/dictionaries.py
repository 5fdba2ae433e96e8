"""Which argument is given which of the seeds, derived from the schema: a new argument is picked up by being there."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from graphql import (
    GraphQLArgument,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    get_named_type,
    is_introspection_type,
)

from tests.fuzz.seeds import Seeds

PROBABILITY = 0.95
"""The rest of the time, an argument is given what Schemathesis invents."""

DEEPEST = 8

KINDS = {"select": "AttributeOption", "multiSelect": "AttributeOption"}
"""The types of ids whose arguments do not say it. `noteId` takes the ids of each type whose name ends in Note."""

CURSORS = {"after", "before"}

NUMBERS = {"version": [0, 1, 2, 3], "first": [0, 1, 2, 20, 100], "last": [0, 1, 2, 20, 100]}
"""By the argument's name: an invented version is always a conflict, and an invented page is nearly always too large."""


@dataclass(frozen=True, slots=True)
class Place:
    """An argument, or a field of an input within one."""

    path: str
    """As Schemathesis writes it: `Mutation.contactNoteAdd.input.contactId`, with `[*]` for each of a list."""
    name: str
    scalar: str
    returned: str
    """The type that the field with the argument returns."""


def places(schema: GraphQLSchema) -> Iterator[Place]:
    for each in schema.type_map.values():
        if isinstance(each, GraphQLObjectType) and not is_introspection_type(each):
            for field_name, field in each.fields.items():
                returned = get_named_type(field.type).name
                start = f"{each.name}.{field_name}"
                for path, name, scalar in _within(start, field.args.items(), DEEPEST):
                    yield Place(path, name, scalar, returned)


def _within(
    start: str, given: Iterable[tuple[str, GraphQLArgument | GraphQLInputField]], deepest: int
) -> Iterator[tuple[str, str, str]]:
    for name, each in given:
        path, kind = _unwrapped(f"{start}.{name}", each.type)
        if isinstance(kind, GraphQLScalarType):
            yield path, name, kind.name
        elif isinstance(kind, GraphQLInputObjectType) and deepest:
            # An input may hold itself.
            yield from _within(path, kind.fields.items(), deepest - 1)


def _unwrapped(path: str, kind: GraphQLInputType) -> tuple[str, GraphQLInputType]:
    while isinstance(kind, GraphQLNonNull | GraphQLList):
        if isinstance(kind, GraphQLList):
            path += "[*]"
        kind = kind.of_type
    return path, kind


def texts_wanted(schema: GraphQLSchema) -> frozenset[str]:
    """Return the names of the fields whose texts an argument may be given."""
    named = {each.name for each in places(schema) if each.scalar == "String"} - CURSORS
    return frozenset({*named, "startCursor", "endCursor"})


def choices(place: Place, seeds: Seeds, schema: GraphQLSchema) -> list[str] | list[int]:
    """Return what the place is to be given; nothing where only inventing makes sense."""
    if place.scalar == "ID":
        return [*sorted(_ids(place, seeds, schema)), *_wrong_ids(seeds)]
    if place.scalar == "String":
        found = seeds.cursors.get(place.returned) if place.name in CURSORS else seeds.texts.get(place.name)
        return sorted(found or ())
    return NUMBERS.get(place.name, []) if place.scalar == "Int" else []


def _ids(place: Place, seeds: Seeds, schema: GraphQLSchema) -> set[str]:
    returned = schema.type_map[place.returned]
    if place.name == "id" and isinstance(returned, GraphQLObjectType):
        kinds = {place.returned}
    elif place.name in KINDS:
        kinds = {KINDS[place.name]}
    else:
        stem = place.name.removesuffix("s").removesuffix("Id")
        kinds = {each for each in seeds.ids if each.endswith(stem[:1].upper() + stem[1:])}
    found = set[str]().union(*(seeds.ids.get(each, ()) for each in kinds))
    # `node` takes any; and where nothing fits, an id of another type is still more telling than an invented one.
    return found or set().union(*seeds.ids.values())


def _wrong_ids(seeds: Seeds) -> list[str]:
    """Return one of each type, and what is none: in place of what would be invented, which is never nearly right."""
    return [*(min(ids) for _, ids in sorted(seeds.ids.items())), "", "Q29udGFjdDo", "no id"]


def configuration(seeds: Seeds, schema: GraphQLSchema) -> str:
    """Return a schemathesis.toml that binds every place to a dictionary of what there is to choose from."""
    dictionaries: dict[str, str] = {}
    parameters = []
    for place in places(schema):
        # A string of JSON is one of TOML, as long as nothing in it is escaped in halves.
        if chosen := json.dumps(choices(place, seeds, schema), ensure_ascii=False)[1:-1]:
            probability = 1 if place.scalar == "ID" else PROBABILITY
            name = dictionaries.setdefault(chosen, f"d{len(dictionaries)}")
            parameters.append(f'"{place.path}" = {{ dictionary = "{name}", probability = {probability} }}')
    lines = [
        line for values, name in dictionaries.items() for line in (f"[dictionaries.{name}]", f"values = [{values}]")
    ]
    return "\n".join([*lines, "[parameters]", *parameters, ""])
