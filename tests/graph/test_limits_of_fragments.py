"""Fragments are what made other limiters exponential."""

from typing import Any

import pytest
from graphql import parse
from hypothesis import given
from hypothesis import strategies as st

from graph.fragments import inside_out
from graph.limits import Cost, Meter
from tests.graph.test_limits import cost_of, refused
from tests.graph.tiny import tiny_schema


def bomb(levels: int) -> str:
    """Each fragment spreads the next one twice: the fields double with every level."""
    parts = (f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(levels))
    return "{ ...F0 }" + " ".join(parts) + f" fragment F{levels} on Query {{ a: __typename }}"


def visits_of(query: str, monkeypatch: pytest.MonkeyPatch) -> int:
    visits, real = 0, Meter._selection

    def counted(self: Meter, *arguments: Any) -> Cost:
        nonlocal visits
        visits += 1
        return real(self, *arguments)

    with monkeypatch.context() as patched:
        patched.setattr(Meter, "_selection", counted)
        cost_of(query)
    return visits


def test_nested_fragments_are_measured_in_linear_time(monkeypatch: pytest.MonkeyPatch) -> None:
    at_20, at_40 = (visits_of(bomb(levels), monkeypatch) for levels in (20, 40))
    assert (at_20, at_40) == (2 * 20 + 2, 2 * 40 + 2)
    assert cost_of(bomb(20)).aliases == 2**20
    assert {"aliases", "fields"} <= refused(bomb(40))


async def test_the_bomb_is_refused_without_being_validated(monkeypatch: pytest.MonkeyPatch) -> None:
    def unwanted(*_: object, **__: object) -> None:
        raise AssertionError("validated")

    monkeypatch.setattr("graph.document_cache.validate", unwanted)
    errors = (await tiny_schema().execute(bomb(20))).errors
    assert errors is not None
    assert {(error.extensions or {})["code"] for error in errors} == {"OPERATION_TOO_COMPLEX"}


def test_a_long_chain_and_a_cycle_are_measured_without_recursion() -> None:
    chain = "{ ...F0 }" + "".join(f"fragment F{n} on Query {{ ...F{n + 1} }}" for n in range(3000))
    assert cost_of(chain + "fragment F3000 on Query { __typename }").fields == 1
    cycle = "{ ...A } fragment A on Query { __typename ...B } fragment B on Query { ...A ...B }"
    assert cost_of(cycle).fields == 1


@given(st.dictionaries(st.sampled_from("ABCDEF"), st.lists(st.sampled_from("ABCDEFG"), max_size=4), min_size=1))
def test_a_fragment_comes_after_what_it_spreads(spreads: dict[str, list[str]]) -> None:
    text = "".join(
        f"fragment {name} on Query {{ __typename {' '.join(f'... on Query {{ ...{s} }}' for s in inner)} }}"
        for name, inner in spreads.items()
    )
    fragments: dict[str, Any] = {d.name.value: d for d in parse(text).definitions if hasattr(d, "name") and d.name}
    order = list(inside_out(fragments))
    assert sorted(order) == sorted(spreads)
    reach = {name: reachable(name, spreads) for name in spreads}
    for name, inner in spreads.items():
        for spread in inner:
            if spread in spreads and name not in reach[spread]:
                assert order.index(spread) < order.index(name)


def reachable(start: str, spreads: dict[str, list[str]]) -> set[str]:
    found, waiting = set[str](), [start]
    while waiting:
        for name in spreads.get(waiting.pop(), ()):
            if name not in found:
                found.add(name)
                waiting.append(name)
    return found
