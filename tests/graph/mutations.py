"""The documents of the mutations' tests: each asks for every field of every ending."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from tests.conftest import World
from tests.graph import cases
from tests.graph.asking_graphql import Answer, ask
from tests.graph.cases.case import MutationCase
from tests.graph.cases.selections import CURRENT

MODULES = [import_module(f"{cases.__name__}.{each.name}") for each in iter_modules(cases.__path__)]
MUTATIONS: Mapping[str, MutationCase] = {case.name: case for each in MODULES for case in getattr(each, "CASES", ())}

FORBIDDEN = "... on Forbidden { barrier capability plans roles }"
LOCKED = "... on AttributeLocked { reason }"


def selection(name: str) -> str:
    case = MUTATIONS[name]
    of_types = " ".join(f"... on {kind} {{ {fields} }}" for kind, fields in CURRENT.items())
    current = f"... on Conflict {{ current {{ __typename id {of_types} }} }}" if case.current else ""
    own = (LOCKED if case.is_locked else "") + (FORBIDDEN if case.capability else "")
    errors = f"__typename ... on UserError {{ code message path }} {own} {current}"
    return f"{{ {errors} ... on {case.success} {{ {case.selection} }} }}"


def document(name: str) -> str:
    return f"mutation ($input: {name[0].upper()}{name[1:]}Input!) {{ {name}(input: $input) {selection(name)} }}"


async def change(world: World, name: str, given: Mapping[str, Any], **asking: Any) -> Answer:
    """Run one mutation; returns its answer."""
    answer: Answer = (await ask(world, document(name), {"input": dict(given)}, **asking))[name]
    return answer


async def unchanged(world: World, name: str, given: Mapping[str, Any], **asking: Any) -> Answer:
    """Run one mutation that must write nothing; returns its answer."""
    before = await world.snapshot()
    answer = await change(world, name, given, **asking)
    assert await world.snapshot() == before
    return answer


def failure(answer: Answer) -> tuple[str, str, list[str]]:
    """Return what a program reacts to: the type, the code and the path. There is always a sentence for people."""
    assert answer["message"][0].isupper()
    assert answer["message"].endswith((".", "…")) or ":" in answer["message"]
    return answer["__typename"], answer["code"], answer["path"]
