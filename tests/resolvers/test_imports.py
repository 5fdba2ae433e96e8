"""Importing contacts: what becomes of each row, and exactly what is written."""

from __future__ import annotations

from dataclasses import replace

from domain.attributes import HeldValue, Provenance, Source
from domain.contacts import Contact, IdentityKey, Network, SocialIdentity
from domain.events import EventKind, ValueChange, creation_values
from domain.import_mappings import IdentityColumns
from domain.values import NumberValue, TextValue
from resolvers.imports import ImportReport, NumberedRow, Remark
from tests.builders import a_contact, held
from tests.conftest import Commands, World
from tests.resolvers.changing import NOW, happened, log
from tests.resolvers.importing import MAPPING, an_import, everyone, imported, row

BY_IMPORT = Provenance(Source.IMPORT, NOW)
JANE = SocialIdentity(IdentityKey(Network.TWITTER, "@jane"), "Jane", is_primary=True)


def created(contact: Contact, name: str, **fields: object) -> Contact:
    """Return the contact of a new row; its id is the database's word."""
    bare = replace(a_contact(contact.id, name=name), created_at=NOW, updated_at=NOW, import_key=contact.import_key)
    return replace(bare, **fields)  # type: ignore[arg-type]


async def test_new_rows_become_contacts(world: World) -> None:
    rows = [row(2, "Jane Roe", "Jane", bio="hi", followers="7"), row(3, "Bob", key="b1")]
    assert await imported(world, rows) == [ImportReport(created=2)]
    bob, jane = await everyone(world)
    values = (
        HeldValue("d-bio", TextValue("hi"), BY_IMPORT, 1),
        HeldValue("d-followers", NumberValue(7), BY_IMPORT, 1),
    )
    assert jane == created(jane, "Jane Roe", identities=(JANE,), values=values)
    assert bob == created(bob, "Bob")
    assert (jane.import_key, bob.import_key is None) == (None, False)
    for event, contact in zip(await log(world), (jane, bob), strict=True):
        began_with = creation_values(contact.values)
        expected = happened(EventKind.CONTACT_CREATED, None, contact.name, *began_with, agent=None, contact=contact.id)
        assert event == replace(expected, source=Source.IMPORT)


async def test_a_known_contact_is_changed_where_the_row_says_otherwise(world: World) -> None:
    followers = held("followers", NumberValue(1), version=4)
    values = (held("nickname", TextValue("J")), followers)
    before = a_contact("c1", name="Jane", identities=(JANE,), values=values, note_count=3, version=2)
    await world.add_contacts(before)
    rows = [row(2, "Jane Roe", "Jane", bio="hi", followers="7")]
    assert await imported(world, rows) == [ImportReport(updated=1)]
    changed = HeldValue("d-followers", NumberValue(7), BY_IMPORT, 5)
    added = HeldValue("d-bio", TextValue("hi"), BY_IMPORT, 1)
    [after] = await everyone(world)
    held_now = {each.definition_id: each for each in after.values}
    assert held_now == {"d-nickname": values[0], "d-followers": changed, "d-bio": added}
    assert replace(after, values=values) == replace(before, name="Jane Roe", version=3, updated_at=NOW)
    changes = (ValueChange(followers, changed), ValueChange(None, added))
    assert await log(world) == [
        happened(EventKind.CONTACT_RENAMED, "Jane", "Jane Roe", agent=None, source=Source.IMPORT),
        happened(EventKind.VALUES_CHANGED, None, None, *changes, agent=None, source=Source.IMPORT),
    ]


async def test_the_same_rows_again_change_nothing(world: World, commands: Commands) -> None:
    rows = [row(2, "Jane Roe", "Jane", bio="hi"), row(3, "Bob", key="b1", followers="7")]
    await imported(world, rows)
    before = await world.snapshot()
    commands.clear()
    assert await imported(world, rows, later=True) == [ImportReport(unchanged=2)]
    assert set(commands.names()) == {"find", "commitTransaction"}
    assert await world.snapshot() == before


async def test_two_rows_about_one_contact_make_one_contact_as_the_last_one_says(world: World) -> None:
    rows = [row(2, "Jane", "Jane", bio="one"), row(3, "Jane Roe", "JANE", bio="two"), row(4, "Jane Roe", "JANE")]
    assert await imported(world, rows) == [ImportReport(created=1, updated=1, unchanged=1)]
    [jane] = await everyone(world)
    assert (jane.name, [each.value for each in jane.values]) == ("Jane Roe", [TextValue("two")])
    assert [each.kind for each in await log(world)] == [EventKind.CONTACT_CREATED]


async def test_rejected_rows_are_told_by_line_and_the_others_are_written(world: World) -> None:
    rows = [
        NumberedRow(2, None),
        row(3, "", "Jane", bio="\0"),
        row(5, "Jane Roe", "Jane"),
        row(6, "Nobody"),
    ]
    [report] = await imported(world, rows)
    assert (report.created, report.updated, report.unchanged, report.remarks) == (1, 0, 0, ())
    assert report.rejected == (
        Remark(2, "The row has more or fewer cells than the header."),
        Remark(3, "Name: Write something: the text is empty or only white space."),
        Remark(3, "Bio: Remove the character U+0000: it cannot be kept in a text."),
        Remark(6, "Fill in one of the identities: nothing tells whom the row is about."),
    )
    assert (report.rejected_rows, report.rows) == (3, 4)
    assert [each.name for each in await everyone(world)] == ["Jane Roe"]


async def test_a_value_that_may_be_left_out_is_and_remarked(world: World) -> None:
    [report] = await imported(world, [row(2, "Jane", "Jane", bio="hi", followers="many")])
    text = "Followers: Write a number such as 12.5: «many» cannot be read."
    assert report == ImportReport(created=1, remarks=(Remark(2, text),))
    [jane] = await everyone(world)
    assert [each.value for each in jane.values] == [TextValue("hi")]


async def test_new_contacts_are_named_as_the_run_says(world: World) -> None:
    run = replace(await an_import(world), make_id=lambda row: f"id of {row.name}")
    assert [each async for each in run.run([row(2, "Jane", "Jane")])] == [ImportReport(created=1)]
    assert [each.id for each in await everyone(world)] == ["id of Jane"]


async def test_rows_rejected_while_merging_are_told_in_the_order_of_their_lines(world: World) -> None:
    mapping = replace(MAPPING, may_create=False)
    rows = [row(2, "Bob", "Bob"), NumberedRow(3, None), row(4, "Ann", "Ann")]
    before = await world.snapshot()
    [report] = await imported(world, rows, mapping=mapping)
    assert [each.line for each in report.rejected] == [2, 3, 4]
    assert report.rejected[0].text == "No contact has one of the row's identities."
    assert await world.snapshot() == before


async def test_a_value_that_an_agent_set_is_kept_and_remarked(world: World) -> None:
    own = held("bio", TextValue("mine"), source=Source.AGENT, agent_id="jo")
    before = a_contact("c1", name="Jane", identities=(JANE,), values=(own,))
    await world.add_contacts(before)
    snapshot = await world.snapshot()
    [report] = await imported(world, [row(2, "Jane", "Jane", bio="theirs")])
    assert report == ImportReport(unchanged=1, remarks=(Remark(2, "A value that an agent set was kept"),))
    assert await world.snapshot() == snapshot


async def test_a_change_without_values_is_written_and_logs_no_value(world: World) -> None:
    await world.add_contacts(a_contact("c1", name="Jane", identities=(JANE,)))
    rows = [row(2, "Jane Roe", "Jane")]
    assert await imported(world, rows) == [ImportReport(updated=1)]
    [jane] = await everyone(world)
    assert (jane.name, jane.version) == ("Jane Roe", 2)
    renamed = happened(EventKind.CONTACT_RENAMED, "Jane", "Jane Roe", agent=None, source=Source.IMPORT)
    assert await log(world) == [renamed]
    # The same again is no change, and nothing that happened.
    assert await imported(world, rows) == [ImportReport(unchanged=1)]
    assert await log(world) == [renamed]


async def test_what_becomes_of_identities_is_logged(world: World) -> None:
    before = a_contact("c1", name="Jane", identities=(JANE,))
    await world.add_contacts(before)
    mapping = replace(MAPPING, identities=(*MAPPING.identities, IdentityColumns(Network.EMAIL, "Mail")))
    cells = {**(row(2, "Jane", "@JANE").cells or {}), "Mail": "jane@example.com"}
    assert await imported(world, [NumberedRow(2, cells)], mapping=mapping) == [ImportReport(updated=1)]
    [after] = await everyone(world)
    was, (now, added) = before.identities[0], after.identities
    assert (now.handle, added.key.network, added.is_primary) == ("JANE", Network.EMAIL, False)
    assert await log(world) == [
        happened(EventKind.IDENTITY_CHANGED, was, now, agent=None, source=Source.IMPORT),
        happened(EventKind.IDENTITY_ADDED, None, added, agent=None, source=Source.IMPORT),
    ]


async def test_another_organizations_contact_of_the_same_identity_is_left_alone(world: World) -> None:
    theirs = a_contact("x1", name="Theirs", identities=(JANE,))
    await world.add_contacts(theirs, organization_id="other")
    assert await imported(world, [row(2, "Jane", "Jane")]) == [ImportReport(created=1)]
    assert await everyone(world, "other") == [theirs]
