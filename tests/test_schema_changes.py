"""What clients of an earlier schema rely on is still there."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql import build_schema
from graphql.utilities import find_breaking_changes

from tests.graph.asking_graphql import the_schema

RELEASED = Path(__file__).parent / "graph" / "released"

ACCEPTED: dict[str, set[str]] = {"foundation": set()}
"""For each earlier schema, the breaking changes that were made all the same, each with its reason beside it."""


@pytest.mark.parametrize("name", [each.stem for each in sorted(RELEASED.glob("*.graphql"))])
def test_the_schema_has_only_grown_since(name: str) -> None:
    earlier = build_schema((RELEASED / f"{name}.graphql").read_text("utf-8"))
    found = {each.description for each in find_breaking_changes(earlier, the_schema()._schema)}
    assert found == ACCEPTED[name]
