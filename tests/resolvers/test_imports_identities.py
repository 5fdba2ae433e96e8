"""Importing names and identities: what a row changes of them is told in the log, and only that."""

from __future__ import annotations

from dataclasses import replace

from domain.attributes import Source
from domain.contacts import IdentityKey, Network, SocialIdentity
from domain.events import ContactEvent, EventKind, State
from domain.import_mappings import IdentityColumns
from resolvers.imports import ImportReport, NumberedRow
from tests.builders import a_contact
from tests.conftest import World
from tests.resolvers.changing import happened, log, stored
from tests.resolvers.importing import MAPPING, imported

IDENTITIES = (
    IdentityColumns(Network.TWITTER, "Handle", "Id", profile_url="https://x.com/{handle}"),
    IdentityColumns(Network.SMS, "Mobile"),
)
BY_ID = replace(MAPPING, identities=IDENTITIES)
FIRST = SocialIdentity(IdentityKey(Network.TWITTER, "42"), "jane", channel="Support")
OTHER = SocialIdentity(IdentityKey(Network.EMAIL, "jane@example.com"), "jane@example.com")


def row(name: str, handle: str, *, mobile: str = "", key: str = "") -> NumberedRow:
    cells = {"Name": name, "Handle": handle, "Id": "42", "Mobile": mobile, "Key": key, "Bio": "", "Followers": ""}
    return NumberedRow(2, cells)


def by_import(kind: EventKind, before: State, after: State) -> ContactEvent:
    return happened(kind, before, after, agent=None, source=Source.IMPORT)


async def test_what_a_row_changes_of_the_name_and_the_identities_is_told(world: World) -> None:
    before = a_contact("c1", name="Jane", identities=(OTHER, replace(FIRST, is_primary=True)), version=4)
    await world.add_contacts(before)
    rows = [row("Jane Roe", "@Jane", mobile="(202) 224-3441")]
    assert await imported(world, rows, mapping=BY_ID) == [ImportReport(updated=1)]
    changed = replace(FIRST, handle="Jane", profile_url="https://x.com/Jane", is_primary=True)
    added = SocialIdentity(IdentityKey(Network.SMS, "+12022243441"), "+12022243441")
    after = await stored(world)
    assert (after.name, after.version, after.identities) == ("Jane Roe", 5, (OTHER, changed, added))
    assert await log(world) == [
        by_import(EventKind.CONTACT_RENAMED, "Jane", "Jane Roe"),
        by_import(EventKind.IDENTITY_CHANGED, replace(FIRST, is_primary=True), changed),
        by_import(EventKind.IDENTITY_ADDED, None, added),
    ]
    snapshot = await world.snapshot()
    assert await imported(world, rows, mapping=BY_ID, later=True) == [ImportReport(unchanged=1)]
    assert await world.snapshot() == snapshot


async def test_several_rows_about_one_contact_are_told_as_one_change(world: World) -> None:
    await world.add_contacts(a_contact("c1", name="Jane", identities=(FIRST,)))
    rows = [row("Jane R.", "@Jane"), row("Jane Roe", "@jane.roe")]
    assert await imported(world, rows, mapping=BY_ID) == [ImportReport(updated=2)]
    # Without a primary identity until then.
    changed = replace(FIRST, handle="jane.roe", profile_url="https://x.com/jane.roe", is_primary=True)
    assert (await stored(world)).identities == (changed,)
    assert await log(world) == [
        by_import(EventKind.CONTACT_RENAMED, "Jane", "Jane Roe"),
        by_import(EventKind.IDENTITY_CHANGED, FIRST, changed),
    ]


async def test_a_crm_tells_of_identities_and_never_of_the_name(world: World) -> None:
    await world.add_contacts(a_contact("c1", name="Jane", identities=(replace(FIRST, is_primary=True),)))
    rows = [row("Somebody", "jane", mobile="202-224-3441")]
    await imported(world, rows, mapping=replace(BY_ID, source=Source.CRM))
    kinds = [(each.kind, each.source, each.agent_id) for each in await log(world)]
    wanted = (EventKind.IDENTITY_CHANGED, EventKind.IDENTITY_ADDED)
    assert kinds == [(each, Source.CRM, None) for each in wanted]
    assert (await stored(world)).name == "Jane"
