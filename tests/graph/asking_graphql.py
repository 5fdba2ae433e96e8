"""Operations against the real schema, in the context that a request would have had."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

import strawberry

from domain.agents import Agent, Plan
from domain.definitions import AttributeDefinition
from domain.ids import new_id
from graph.document_cache import DocumentCache
from graph.extensions import schema_extensions
from graph.nodes import encode_id
from graph.schema import create_schema
from resolvers.context import Context
from tests.builders import EVERY_TYPE, an_organization
from tests.conftest import World

NOW = datetime(2099, 11, 23, 12, 0, tzinfo=UTC)
"""When the tests' mutations happen: far ahead, so that no remembered answer expires while a test looks at it."""
NOW_TEXT = "2099-11-23T12:00:00.000Z"
MORNING_TEXT = "2026-11-23T09:00:00.000Z"
"""`builders.MORNING`, as the API writes it."""

Answer = dict[str, Any]


@cache
def the_schema() -> strawberry.Schema:
    return create_schema(schema_extensions(cache=DocumentCache()))


@dataclass(frozen=True, slots=True)
class Mistake:
    """A top-level error: what a client may rely on of it."""

    code: str
    path: tuple[str | int, ...]
    message: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    data: Answer | None
    mistakes: tuple[Mistake, ...]


async def execute(
    world: World,
    document: str,
    variables: Mapping[str, Any] | None = None,
    *,
    agent: str = "jo",
    organization: str = "acme",
    languages: tuple[str, ...] = (),
    now: datetime = NOW,
) -> Asked:
    """Run one operation in a context of its own, as every request does."""
    context = replace(await world.context(agent, organization, languages), clock=lambda: now)
    return await execute_in(context, document, variables)


async def execute_in(context: Context, document: str, variables: Mapping[str, Any] | None = None) -> Asked:
    result = await the_schema().execute(document, variable_values=dict(variables or {}), context_value=context)
    mistakes = tuple(
        Mistake((each.extensions or {}).get("code", "none"), tuple(each.path or ()), each.message)
        for each in getattr(result, "errors", None) or ()
    )
    return Asked(getattr(result, "data", None), mistakes)


async def ask(
    world: World,
    document: str,
    variables: Mapping[str, Any] | None = None,
    *,
    agent: str = "jo",
    organization: str = "acme",
    languages: tuple[str, ...] = (),
    now: datetime = NOW,
) -> Answer:
    """Run an operation that must have no top-level error; returns its data."""
    asked = await execute(
        world, document, variables, agent=agent, organization=organization, languages=languages, now=now
    )
    assert asked.mistakes == ()
    assert asked.data is not None
    return asked.data


async def refused(world: World, document: str, variables: Mapping[str, Any] | None = None) -> Mistake:
    """Run an operation that must have exactly one top-level error; returns it."""
    asked = await execute(world, document, variables)
    assert len(asked.mistakes) == 1, asked
    return asked.mistakes[0]


def contact_gid(contact_id: str) -> str:
    return encode_id("Contact", contact_id)


def note_gid(note_id: str) -> str:
    return encode_id("ContactNote", note_id)


def definition_gid(key: str) -> str:
    return encode_id("AttributeDefinition", f"d-{key}")


def absent_id() -> str:
    """Return an id like those that there are, of nothing."""
    return new_id()


async def make_organization(
    world: World,
    organization_id: str,
    *agents: Agent,
    plan: Plan = Plan.ENTERPRISE,
    language: str = "en",
    definitions: Sequence[AttributeDefinition] = EVERY_TYPE,
) -> None:
    """Make one more organization, with definitions of its own that look like everyone's."""
    own = [replace(each, id=f"{organization_id}-{each.id}") for each in definitions]
    made = [replace(each, organization_id=organization_id) for each in agents]
    await world.add_organization(an_organization(organization_id, plan=plan, language=language), made, own)


def type_of(definition: AttributeDefinition) -> str:
    return {"COMMON": "CommonAttribute", "CRM": "CrmAttribute", "CUSTOM": "CustomAttribute"}[definition.category.value]


def attribute_gid(contact_id: str, key: str) -> str:
    definition = next(each for each in EVERY_TYPE if each.key == key)
    return encode_id(type_of(definition), f"{contact_id}:{key}")
