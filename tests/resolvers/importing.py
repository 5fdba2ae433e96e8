"""What the tests of the import share: a mapping, rows, and runs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from domain.attributes import Source
from domain.contacts import Contact, Network
from domain.import_mappings import AttributeColumn, IdentityColumns, ImportMapping
from domain.paging import PageRequest
from resolvers.imports import Import, ImportReport, NumberedRow
from tests.conftest import World
from tests.resolvers.changing import NOW

MAPPING = ImportMapping(
    name="Name",
    key=("Key",),
    identities=(IdentityColumns(Network.TWITTER, "Twitter"),),
    attributes={"bio": AttributeColumn("Bio"), "followers": AttributeColumn("Followers", may_be_left_out=True)},
    separator=";",
    source=Source.IMPORT,
    may_create=True,
    record_id=None,
)


def row(line: int, name: str, twitter: str = "", *, key: str = "", bio: str = "", followers: str = "") -> NumberedRow:
    cells = {"Name": name, "Twitter": twitter, "Key": key, "Bio": bio, "Followers": followers}
    return NumberedRow(line, cells)


async def an_import(
    world: World, *, mapping: ImportMapping = MAPPING, is_dry_run: bool = False, later: bool = False
) -> Import:
    context = await world.context()
    at = NOW + timedelta(hours=1) if later else NOW
    return Import(world.stores(), context.directory, mapping, is_dry_run, lambda: at)


async def imported(
    world: World,
    rows: Iterable[NumberedRow],
    *,
    mapping: ImportMapping = MAPPING,
    is_dry_run: bool = False,
    later: bool = False,
) -> list[ImportReport]:
    run = await an_import(world, mapping=mapping, is_dry_run=is_dry_run, later=later)
    return [each async for each in run.run(rows)]


async def everyone(world: World, organization_id: str = "acme") -> list[Contact]:
    """Return all contacts of the organization by name."""
    return list((await world.stores(organization_id).finding.page(PageRequest(10_000))).rows)
