"""What the tests of definitions share: mutations asked for without what most tests do not care about."""

from __future__ import annotations

from dataclasses import replace

from domain.definition_patches import DefinitionPatch
from domain.definitions import AttributeCategory, AttributeDefinition, ValueType
from persistence.organizations import OrganizationStore
from resolvers import definitions
from resolvers.context import Context
from resolvers.definitions import ArchiveResult, CreateResult, ReorderResult, UpdateResult
from tests.conftest import World
from tests.resolvers.changing import asker


async def admin(world: World) -> Context:
    """Return the context of a new request of an admin."""
    return await asker(world, "ada")


async def directory(world: World) -> tuple[AttributeDefinition, ...]:
    """Return the definitions as they are kept, in their order."""
    found = await OrganizationStore(world.driver).directory("acme")
    assert found is not None
    return found.definitions


async def kept(world: World, definition_id: str = "d-bio") -> AttributeDefinition:
    return next(each for each in await directory(world) if each.id == definition_id)


async def create(
    context: Context,
    patch: DefinitionPatch,
    *,
    key: str = "new",
    value_type: ValueType = ValueType.TEXT,
    idempotency_key: str | None = None,
) -> CreateResult:
    category = AttributeCategory.CUSTOM
    return await definitions.create(
        context, key=key, category=category, value_type=value_type, patch=patch, idempotency_key=idempotency_key
    )


async def update(
    context: Context,
    patch: DefinitionPatch,
    definition_id: str = "d-bio",
    *,
    version: int | None = None,
    dry_run: bool = False,
    idempotency_key: str | None = None,
) -> UpdateResult:
    return await definitions.update(
        context,
        definition_id=definition_id,
        patch=patch,
        version=version,
        is_dry_run=dry_run,
        idempotency_key=idempotency_key,
    )


async def set_archived(
    context: Context, definition_id: str = "d-bio", *, archived: bool = True, dry_run: bool = False
) -> ArchiveResult:
    return await definitions.set_archived(
        context,
        definition_id=definition_id,
        is_archived=archived,
        version=None,
        is_dry_run=dry_run,
        idempotency_key=None,
    )


async def move(
    context: Context, key: str, after: str | None, *, version: int | None = None, idempotency_key: str | None = None
) -> ReorderResult:
    return await definitions.reorder(
        context,
        definition_id=f"d-{key}",
        after_id=None if after is None else f"d-{after}",
        version=version,
        idempotency_key=idempotency_key,
    )


def told_of_changes(context: Context) -> tuple[Context, list[str]]:
    """Return the context, and a list that grows whenever it is told that definitions changed."""
    told: list[str] = []
    return replace(context, definitions_changed=lambda: told.append("changed")), told
