"""What `make fuzz` gives each argument, derived from the committed schema; running it is for `make fuzz`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLSchema, build_schema, parse, validate

from tests.fuzz.dictionaries import PROBABILITY, choices, configuration, places, texts_wanted
from tests.fuzz.seeds import Seeds, read_seeds

SCHEMA = Path(__file__).parents[2] / "schema.graphql"


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema(SCHEMA.read_text(encoding="utf-8"))


@pytest.fixture
def seeds() -> Seeds:
    read = Seeds()
    page = {"__typename": "PageInfo", "startCursor": "s", "endCursor": "e"}
    notes = {
        "__typename": "ContactNoteConnection",
        "pageInfo": page,
        "nodes": [{"__typename": "ContactNote", "id": "n"}],
    }
    option = {"__typename": "AttributeOption", "id": "o"}
    read.take({"__typename": "Contact", "id": "c", "notes": notes, "key": 'quoted "key" ☕', "options": [option]})
    return read


WRONG = ["o", "c", "n", "", "Q29udGFjdDo", "no id"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("Query.contact.id", ["c", *WRONG]),
        ("Query.node.id", ["c", "n", "o", *WRONG]),
        ("Query.nodes.ids[*]", ["c", "n", "o", *WRONG]),
        ("Mutation.contactNoteAdd.input.contactId", ["c", *WRONG]),
        ("Mutation.contactNoteEdit.input.noteId", ["n", *WRONG]),
        ("Mutation.contactAttributeSet.input.value.select", ["o", *WRONG]),
        ("Mutation.contactAttributeSet.input.value.multiSelect[*]", ["o", *WRONG]),
        ("Contact.attribute.key", ['quoted "key" ☕']),
        ("Contact.notes.after", ["e", "s"]),
        ("Query.contacts.after", []),
        ("Query.contacts.first", [0, 1, 2, 20, 100]),
        ("Query.contactByIdentity.network", None),
    ],
)
def test_an_argument_is_given_what_fits_it(
    schema: GraphQLSchema, seeds: Seeds, path: str, expected: list[object] | None
) -> None:
    found = {place.path: choices(place, seeds, schema) for place in places(schema)}
    assert found.get(path) == expected


def test_every_id_of_the_schema_has_its_dictionary(schema: GraphQLSchema, seeds: Seeds) -> None:
    read = tomllib.loads(configuration(seeds, schema))
    ids = [place.path for place in places(schema) if place.scalar == "ID"]
    assert len(ids) >= 11
    assert {read["parameters"][path]["probability"] for path in ids} == {1}
    key = read["parameters"]["Contact.attribute.key"]
    assert key["probability"] == PROBABILITY
    assert read["dictionaries"][key["dictionary"]] == {"values": ['quoted "key" ☕']}


def test_every_query_of_the_panel_is_asked_for_its_ids(schema: GraphQLSchema) -> None:
    asked: list[str] = []

    def ask(query: str, variables: Mapping[str, Any]) -> Any:
        assert validate(schema, parse(query)) == []
        asked.append(query)
        return {"__typename": "Query", "viewer": {"__typename": "Agent", "id": f"a{len(asked)}"}}

    seeds = read_seeds(ask, schema, texts_wanted(schema))
    assert seeds.ids == {"Agent": {f"a{each + 1}" for each in range(len(asked))}}
    assert len(asked) >= 4
    assert any("externalId" in query for query in asked)


def test_the_texts_that_arguments_ask_for_are_read(schema: GraphQLSchema) -> None:
    assert texts_wanted(schema) >= {"key", "externalId", "endCursor"}
