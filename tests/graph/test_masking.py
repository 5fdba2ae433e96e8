import logging
from collections.abc import Iterator
from typing import Any

import pytest
from strawberry.extensions import SchemaExtension
from strawberry.types import ExecutionResult

from graph.extensions import schema_extensions
from graph.masking import ErrorCounts
from tests.graph.tiny import tiny_schema

SCHEMA = tiny_schema()


def unexpected(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [record for record in caplog.records if record.name == "contact_graph.graphql"]


async def errors_of(query: str, variables: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    result = await SCHEMA.execute(query, variable_values=variables)
    return [dict(error.formatted) for error in result.errors or ()]


@pytest.mark.parametrize(
    ("query", "variables", "code"),
    [
        ("{", None, "GRAPHQL_PARSE_FAILED"),
        ("{" + " hello" * 2000 + "}", None, "OPERATION_TOO_COMPLEX"),
        ("{ nope }", None, "GRAPHQL_VALIDATION_FAILED"),
        ("{ echo(of: 1, even: 3) }", None, "GRAPHQL_VALIDATION_FAILED"),
        ("query ($e: Even!) { echo(of: 1, even: $e) }", {"e": 3}, "BAD_USER_INPUT"),
        ("query ($e: Even!) { echo(of: 1, even: $e) }", {}, "BAD_USER_INPUT"),
        ("{ which(which: {name: null}) }", None, "BAD_USER_INPUT"),
        ("query ($w: Which!) { which(which: $w) }", {"w": {"name": "a", "number": 3}}, "BAD_USER_INPUT"),
        ("query A { hello } query B { hello }", None, "OPERATION_RESOLUTION_FAILURE"),
        ('{ fail(kind: "client") }', None, "BAD_USER_INPUT"),
        ('{ fail(kind: "global_id") }', None, "BAD_USER_INPUT"),
    ],
)
async def test_what_a_client_can_mend_is_said(
    query: str, variables: dict[str, Any] | None, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    for error in await errors_of(query, variables):
        assert error["extensions"]["code"] == code
        assert error["message"] != "Internal server error."
    assert not caplog.records


ONE_OF = "Give exactly one of the fields of Which, and not null"


@pytest.mark.parametrize(
    ("query", "given", "messages"),
    [
        (
            "query ($w: Which!) { which(which: $w) }",
            {"name": None},
            ["Give exactly one of the fields, and not null as `name`."],
        ),
        ("query ($w: Which!) { which(which: $w) }", {"name": None, "number": 3}, [f"{ONE_OF}."]),
        ("query ($w: Which!) { which(which: $w) }", {}, [f"{ONE_OF}."]),
        ('{ which(which: {name: "a", number: 3}) }', None, [f"{ONE_OF}."]),
        (
            "{ which(which: {name: null}) }",
            None,
            ["Leave `name` out, or give it a value that is not null.", f"{ONE_OF} as `name`."],
        ),
        (
            "query ($w: String) { which(which: {name: $w}) }",
            "a",
            [f"{ONE_OF}: declare the variable $w with an exclamation mark."],
        ),
        ("{ perhaps(name: null) }", None, ["Leave `name` out, or give it a value that is not null."]),
        (
            "query ($w: String) { perhaps(name: $w) }",
            None,
            ["Leave the field out, or give it a value that is not null."],
        ),
    ],
)
async def test_whoever_gives_null_is_told_what_to_give(query: str, given: object, messages: list[str]) -> None:
    errors = await errors_of(query, {"w": given} if "$w" in query else None)
    assert [each["message"] for each in errors] == messages
    assert {each["extensions"]["code"] for each in errors} == {"BAD_USER_INPUT"}


async def test_what_a_resolver_says_beside_its_code_stays() -> None:
    (error,) = await errors_of('{ fail(kind: "client") }')
    assert error["extensions"] == {"code": "BAD_USER_INPUT", "argument": "after"}
    assert (error["message"], error["path"]) == ("The cursor is not one of ours.", ["fail"])


@pytest.mark.parametrize(
    "query",
    [
        "{ fail }",
        '{ fail(kind: "foreign") }',
        '{ fail(kind: "codeless") }',
        "{ broken { never } }",
        "{ tooLarge }",
    ],
)
async def test_what_nobody_expected_is_masked_and_logged(query: str, caplog: pytest.LogCaptureFixture) -> None:
    (error,) = await errors_of(f"query Named {query}")
    assert error["message"] == "Internal server error."
    assert error["extensions"].keys() == {"code", "id"}
    assert error["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    assert error["path"]
    assert error["locations"]
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("contact_graph.graphql", logging.ERROR)
    path = ".".join(error["path"])
    assert record.getMessage() == f"{error['extensions']['id']} operation=Named path={path}"
    assert record.exc_info


async def test_one_failure_of_many_fields_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    errors = await errors_of("{ a: shared b: shared c: fail }")
    ids = {error["path"][0]: error["extensions"]["id"] for error in errors}
    assert ids["a"] == ids["b"] != ids["c"]
    assert len(unexpected(caplog)) == 2


async def test_errors_are_counted_by_code() -> None:
    counts = ErrorCounts()
    schema = tiny_schema(schema_extensions(counts=counts))
    for query in ("{ hello }", "{ fail }", "{ a: shared b: shared }", "{ nope }", "{"):
        await schema.execute(query)
    assert counts.by_code == {
        "INTERNAL_SERVER_ERROR": 3,
        "GRAPHQL_VALIDATION_FAILED": 1,
        "GRAPHQL_PARSE_FAILED": 1,
    }
    assert counts.unexpected == 3


class Faulty(SchemaExtension):
    """A bug in an extension, at the stage its class names."""


class AtOperation(Faulty):
    def on_operation(self) -> Iterator[None]:
        yield
        raise RuntimeError("hunter2")


class AtParse(Faulty):
    def on_parse(self) -> Iterator[None]:
        raise RuntimeError("hunter2")
        yield


class AtValidation(Faulty):
    def on_validate(self) -> Iterator[None]:
        yield
        raise RuntimeError("hunter2")


class AtExecution(Faulty):
    def on_execute(self) -> Iterator[None]:
        yield
        raise RuntimeError("hunter2")


@pytest.mark.parametrize("faulty", [AtOperation, AtParse, AtValidation, AtExecution])
async def test_a_bug_in_an_extension_is_masked(faulty: type[Faulty], caplog: pytest.LogCaptureFixture) -> None:
    schema = tiny_schema([*schema_extensions(), faulty])
    errors = (await schema.execute("{ hello }")).errors
    assert errors is not None
    (error,) = errors
    assert error.message == "Internal server error."
    assert (error.extensions or {})["code"] == "INTERNAL_SERVER_ERROR"
    assert len(unexpected(caplog)) == 1


async def test_the_errors_of_a_stream_are_labelled_and_counted_once(caplog: pytest.LogCaptureFixture) -> None:
    counts = ErrorCounts()
    schema = tiny_schema(schema_extensions(counts=counts))
    for query in ("subscription { count(to: 2) }", "{ fail }", "{ nope }", "subscription { nope }", "{"):
        async for result in await schema.stream(query):
            assert isinstance(result, ExecutionResult)
            assert all("code" in (error.extensions or {}) for error in result.errors or ())
    assert counts.by_code == {
        "INTERNAL_SERVER_ERROR": 1,
        "GRAPHQL_VALIDATION_FAILED": 2,
        "GRAPHQL_PARSE_FAILED": 1,
    }
    assert len(unexpected(caplog)) == 1


def test_no_extension_hooks_into_every_field() -> None:
    assert not any(make()._implements_resolve() for make in schema_extensions())
