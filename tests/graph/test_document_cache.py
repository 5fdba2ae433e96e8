from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from graphql import FieldNode, GraphQLError, ValidationRule, build_schema, parse, specified_rules, validate
from strawberry.extensions import AddValidationRules, SchemaExtension

from graph.document_cache import DocumentCache, Prepared
from graph.extensions import schema_extensions
from graph.limits import Limits
from tests.graph.tiny import tiny_schema

QUERY = 'query A($n: String = "x") { hello(name: $n) }'


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often the real parser and the real validation ran, wherever they were called from."""
    counted = Counter[str]()

    def counting(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def function(*arguments: Any, **options: Any) -> Any:
            counted[name] += 1
            return real(*arguments, **options)

        return function

    for module in ("graph.document_cache", "strawberry.schema.schema"):
        monkeypatch.setattr(f"{module}.parse", counting("parse", parse))
        monkeypatch.setattr(f"{module}.validate", counting("validate", validate))
    return counted


async def test_a_document_is_parsed_and_validated_once(calls: Counter[str]) -> None:
    schema = tiny_schema()
    for n in range(5):
        result = await schema.execute(QUERY, variable_values={"n": str(n)})
        assert (result.data, result.errors) == ({"hello": f"hello {n}"}, None)
    assert calls == {"parse": 1, "validate": 1}


async def test_another_text_is_another_document(calls: Counter[str]) -> None:
    schema = tiny_schema()
    for query in (QUERY, QUERY + " ", QUERY):
        await schema.execute(query)
    assert calls == {"parse": 2, "validate": 2}


async def test_subscriptions_and_streams_hit_too(calls: Counter[str]) -> None:
    schema = tiny_schema()
    for _ in range(3):
        results = [result async for result in await schema.stream("subscription { count(to: 2) }")]
        assert len(results) == 2
    assert calls == {"parse": 1, "validate": 1}


async def test_a_syntax_error_is_reported_every_time_over_every_transport() -> None:
    schema = tiny_schema()
    for _ in range(2):
        result = await schema.execute("{")
        assert [(e.extensions or {})["code"] for e in result.errors or ()] == ["GRAPHQL_PARSE_FAILED"]
        streamed = [r async for r in await schema.stream("subscription {")]
        assert len(streamed) == 1
        assert streamed[0].errors  # type: ignore[union-attr]


async def test_an_invalid_document_displaces_nothing(calls: Counter[str]) -> None:
    cache = DocumentCache()
    schema = tiny_schema(schema_extensions(cache=cache))
    for _ in range(2):
        errors = (await schema.execute("{ nope }")).errors
        assert errors is not None
        assert len(errors) == 1
    assert (len(cache), calls["validate"]) == (0, 2)


async def test_no_more_than_five_validation_errors_are_looked_for() -> None:
    fields = " ".join(f"nope{n}" for n in range(20))
    errors = (await tiny_schema().execute(f"{{ {fields} }}")).errors
    assert errors is not None
    assert len(errors) == 6
    assert errors[5].message == "Too many validation errors, error limit reached. Validation aborted."
    assert {(error.extensions or {})["code"] for error in errors} == {"GRAPHQL_VALIDATION_FAILED"}


class NoHello(ValidationRule):
    def enter_field(self, node: FieldNode, *_: Any) -> None:
        if node.name.value == "hello":
            self.report_error(GraphQLError("No greetings.", node))


async def test_one_cache_serves_two_schemas_without_confusing_them(calls: Counter[str]) -> None:
    cache = DocumentCache()
    extensions = schema_extensions(cache=cache)
    plain, strict = tiny_schema(extensions), tiny_schema([*extensions, lambda: AddValidationRules([NoHello])])
    assert not (await plain.execute(QUERY)).errors
    assert (await strict.execute(QUERY)).errors
    assert not (await plain.execute(QUERY)).errors
    assert calls["validate"] == 2


async def test_rules_that_come_late_are_not_passed_over() -> None:
    class LateRule(SchemaExtension):
        def on_parse(self) -> Iterator[None]:
            yield
            self.execution_context.validation_rules += (NoHello,)

    cache = DocumentCache()
    extensions = schema_extensions(cache=cache)
    assert not (await tiny_schema(extensions).execute(QUERY)).errors
    assert (await tiny_schema([*extensions, LateRule]).execute(QUERY)).errors


async def test_another_extension_may_bring_the_document() -> None:
    class Trusted(SchemaExtension):
        def on_operation(self) -> Iterator[None]:
            self.execution_context.graphql_document = parse("{ hello }")
            yield

    cache = DocumentCache()
    schema = tiny_schema([Trusted, *schema_extensions(cache=cache)])
    for query in (None, "{ caller }"):
        assert (await schema.execute(query)).data == {"hello": "hello world"}
    # The text is not that of the document: kept under it, the document would answer others' requests.
    assert len(cache) == 0


@pytest.mark.parametrize(("tokens", "passes"), [(9, True), (8, False)])
async def test_the_parser_stops_at_the_token_limit(tokens: int, passes: bool) -> None:
    schema = tiny_schema(schema_extensions(Limits(tokens=tokens)))
    result = await schema.execute('{ hello(name: "x") caller }', context_value="Ada")
    assert (result.errors is None) is passes


SCHEMA = build_schema("type Query { a: Int }")
RULES = tuple(specified_rules)


def prepared() -> Prepared:
    return Prepared(parse("{ a }"), SCHEMA, RULES, False)


def test_the_least_recently_used_leaves_first() -> None:
    cache = DocumentCache(max_entries=2)
    for query in ("a", "b"):
        cache.put(query, prepared())
    assert cache.get("a", SCHEMA, RULES)
    cache.put("c", prepared())
    assert [query for query in "abc" if cache.get(query, SCHEMA, RULES)] == ["a", "c"]
    assert (len(cache), cache.characters) == (2, 2)


def test_the_sum_of_the_texts_is_bounded() -> None:
    cache = DocumentCache(max_characters=100)
    for n in range(50):
        cache.put(f"{n:030}", prepared())
        cache.put(f"{n:030}", prepared())
    assert (len(cache), cache.characters) == (3, 90)


def test_a_large_document_is_not_kept() -> None:
    cache = DocumentCache(max_document_characters=10)
    cache.put("x" * 11, prepared())
    assert (len(cache), cache.characters) == (0, 0)
    cache.put("x" * 10, prepared())
    assert (len(cache), cache.characters) == (1, 10)


async def test_a_large_document_runs_all_the_same() -> None:
    cache = DocumentCache()
    schema = tiny_schema(schema_extensions(cache=cache))
    result = await schema.execute("{ hello }" + "#" * 20_000)
    assert result.data == {"hello": "hello world"}
    assert len(cache) == 0
