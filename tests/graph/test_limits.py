from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from graphql import GraphQLSchema, OperationDefinitionNode, build_schema, get_introspection_query, parse

from graph.document_cache import DocumentCache
from graph.extensions import schema_extensions
from graph.limits import Cost, Limits, Meter, excesses, size_of_values
from tests.graph.tiny import tiny_schema

LIMITS = Limits()

# The shape of the product's schema where it matters to the limits.
PRODUCT = build_schema("""
    type Query {
      contacts(first: Int, after: String, last: Int): Contacts!
      node(id: ID!): Contact
      nodes(ids: [ID!]!): [Contact]!
    }
    type Contacts { nodes: [Contact!]!  edges: [Edge!]!  pageInfo: PageInfo!  totalCount: Int! }
    type Edge { node: Contact!  cursor: String! }
    type PageInfo { hasNextPage: Boolean! }
    type Contact { id: ID!  name: String!  attributes: [Attribute!]!  notes(first: Int, after: String): Notes! }
    union Attribute = Common | Custom
    type Common { key: String!  definition: Definition!  value: Value }
    type Custom { key: String!  definition: Definition!  value: Value }
    type Definition { label: String! }
    type Value { text: String! }
    type Notes { nodes: [Note!]! }
    type Note { body: String!  author: Agent!  contact: Contact! }
    type Agent { name: String! }
""")

QUEUE = """
    query Queue($first: Int = 50, $after: String) {
      contacts(first: $first, after: $after) {
        totalCount pageInfo { hasNextPage }
        edges { cursor node { ...Row notes(first: 3) { nodes { body author { name } } } } }
      }
    }
    fragment Row on Contact {
      id name
      attributes {
        ... on Common { key definition { label } value { text } }
        ... on Custom { key definition { label } value { text } }
      }
    }
"""


def cost_of(query: str, schema: GraphQLSchema = PRODUCT, size: Callable[[str], int | None] = lambda _: 100) -> Cost:
    document = parse(query)
    (operation,) = (d for d in document.definitions if isinstance(d, OperationDefinitionNode))
    return Meter(schema, document, LIMITS, size).measure(operation)


def refused(query: str, limits: Limits = LIMITS, schema: GraphQLSchema = PRODUCT) -> set[str]:
    document = parse(query)
    meter = Meter(schema, document, limits, lambda _: limits.largest_page)
    errors = [
        error
        for operation in document.definitions
        if isinstance(operation, OperationDefinitionNode)
        for error in excesses(operation, meter.measure(operation), limits)
    ]
    assert all((e.extensions or {})["code"] == "OPERATION_TOO_COMPLEX" for e in errors)
    return {str((e.extensions or {})["limit"]) for e in errors}


def test_the_queue_query_has_ample_room() -> None:
    cost = cost_of(QUEUE, size=lambda _: 50)
    assert (cost.depth, cost.aliases, cost.directives) == (7, 0, 0)
    assert cost.nodes * 10 < LIMITS.nodes
    assert cost_of(QUEUE).nodes * 5 < LIMITS.nodes
    assert cost.fields * 10 < LIMITS.fields


@pytest.mark.parametrize("schema", [PRODUCT, tiny_schema()._schema], ids=["product", "tiny"])
async def test_the_introspection_query_has_ample_room(schema: GraphQLSchema) -> None:
    query = get_introspection_query(
        specified_by_url=True, directive_is_repeatable=True, schema_description=True, input_value_deprecation=True
    )
    cost = cost_of(query, schema)
    assert (cost.depth, cost.aliases, cost.directives) == (1, 0, 0)
    assert cost.nodes * 10 <= LIMITS.nodes
    assert cost.fields * 5 < LIMITS.fields
    assert parse(query, max_tokens=LIMITS.tokens)
    assert not (await tiny_schema().execute(query)).errors


@pytest.mark.parametrize(
    ("selection", "nodes"),
    [
        ("{ name }", 1),
        ("{ notes(first: 3) { nodes { body } } }", 1 + 3 * 2),
        ("{ notes { nodes { body } } }", 1 + 20 * 2),
        ("{ notes(first: null) { nodes { body } } }", 1 + 20 * 2),
        ("{ notes(first: $n) { nodes { body } } }", 1 + 100 * 2),
        ("{ notes(first: 5000) { nodes { body } } }", 1 + 100 * 2),
        ("{ notes(first: %s) { nodes { body } } }" % ("9" * 5000), 1 + 100 * 2),
        ("{ notes(first: 0) { nodes { body } } }", 1 + 1 * 2),
        ("{ notes(first: -5) { nodes { body } } }", 1 + 1 * 2),
        ('{ notes(first: "x") { nodes { body } } }', 1 + 100 * 2),
        ("{ attributes { __typename } }", 2),
        ("{ unknown { unknown } }", 2),
    ],
)
def test_a_list_counts_as_many_as_it_asks_for(selection: str, nodes: int) -> None:
    assert cost_of(f'query ($n: Int) {{ node(id: "1") {selection} }}').nodes == nodes


def test_of_first_and_last_the_larger_counts() -> None:
    assert cost_of("{ contacts(first: 2, last: 7) { totalCount } }").nodes == 7


def test_ids_count_one_by_one() -> None:
    assert cost_of('{ nodes(ids: ["1", "2", "3"]) { id notes(first: 2) { nodes { body } } } }').nodes == 3 * (1 + 2 * 2)
    assert cost_of("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }").nodes == 100
    assert cost_of("{ nodes { id } }").nodes == 1


def test_a_plain_list_counts_what_its_field_says() -> None:
    assert cost_of("{ author { badges { name } } }", tiny_schema()._schema).nodes == 1 + 30


@pytest.mark.parametrize(
    ("query", "limit"),
    [
        ("{ contacts {" + "nodes { notes { nodes { contact {" * 4 + " id " + "}" * 18, "depth"),
        ("{" + " ".join(f"a{n}: node(id: 1) {{ id }}" for n in range(31)) + "}", "aliases"),
        ("{ __schema {" + " ".join(f"a{n}: description" for n in range(31)) + "} }", "aliases"),
        ("{ node(id: 1) { id " + "@include(if: true) " * 21 + "} }", "directives"),
        ("query Q " + "@a " * 21 + "{ node(id: 1) { id } }", "directives"),
        ("{ ...F " + "@a " * 21 + "} fragment F on Query { node(id: 1) { id } }", "directives"),
        ("{ ... " + "@a " * 21 + "{ node(id: 1) { id } } }", "directives"),
        ("{" + " __typename" * 2001 + "}", "fields"),
        ("{ contacts(first: 100) { nodes { notes(first: 100) { nodes { body } } } } }", "nodes"),
        ("{" + " ".join(f"a{n}: __schema {{ description }}" for n in range(11)) + "}", "nodes"),
    ],
)
def test_each_limit_is_held(query: str, limit: str) -> None:
    assert limit in refused(query)
    loose = replace(LIMITS, **{limit: 10**12})
    assert limit not in refused(query, loose)


def test_the_message_says_the_limit_and_what_to_do() -> None:
    document = parse("{" + " __typename" * 2001 + "}")
    (operation,) = document.definitions
    assert isinstance(operation, OperationDefinitionNode)
    (error,) = excesses(operation, Cost(fields=2001), LIMITS)
    assert error.message == (
        "The operation is too complex: fields is 2001, and the limit is 2000. "
        "Select fewer fields, or spread fewer fragments."
    )
    assert error.extensions == {
        "code": "OPERATION_TOO_COMPLEX",
        "limit": "fields",
        "maximum": 2000,
        "actual": 2001,
    }


PAGES = "query ($first: Int = 7, $ids: [ID!], $other: Int) { contacts(first: $first) { totalCount } }"


@pytest.mark.parametrize(
    ("name", "values", "size"),
    [
        ("first", {"first": 3}, 3),
        ("first", {}, 7),
        ("first", {"first": None}, None),
        ("first", {"first": "x"}, 100),
        ("first", {"first": True}, 100),
        ("ids", {"ids": ["1", "2"]}, 2),
        ("other", {}, None),
        ("unknown", {}, None),
    ],
)
def test_the_size_a_variable_asks_for(name: str, values: dict[str, Any], size: int | None) -> None:
    (operation,) = parse(PAGES).definitions
    assert isinstance(operation, OperationDefinitionNode)
    assert size_of_values(operation, values, 100)(name) == size


NESTED = """
    query Deep($n: Int, $m: Int!) {
      authors(first: $n) { nodes { friends(first: $m) { nodes { friends { nodes { name } } } } } }
    }
    query Other { hello }
"""


@pytest.mark.parametrize(
    ("name", "variables", "passes"),
    [
        ("Deep", {"n": 3, "m": 3}, True),
        ("Deep", {"n": 100, "m": 100}, False),
        ("Deep", {"m": 100}, False),
        ("Deep", {"m": 3}, True),
        ("Other", {}, True),
    ],
)
async def test_what_the_variables_ask_for_is_what_is_billed(name: str, variables: dict[str, Any], passes: bool) -> None:
    cache = DocumentCache()
    schema = tiny_schema(schema_extensions(cache=cache))
    for _ in range(2):
        result = await schema.execute(NESTED, variables, operation_name=name)
        codes = [(error.extensions or {})["code"] for error in result.errors or ()]
        assert codes == ([] if passes else ["OPERATION_TOO_COMPLEX"])
    assert len(cache) == 1
