"""Importing values: unique ones belong to one contact, no is a value, and a batch is one version of each."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from domain.attributes import HeldValue, Source
from domain.definitions import ValueRules
from domain.events import EventKind, ValueChange, ValueKey
from domain.import_mappings import AttributeColumn, ImportMapping
from domain.paging import PageRequest
from domain.values import BooleanValue, NumberValue, TextValue
from resolvers.imports import ImportReport, NumberedRow, Remark
from tests.builders import a_contact, a_definition, an_identity, an_organization, held
from tests.conftest import Commands, World
from tests.resolvers.changing import log
from tests.resolvers.importing import MAPPING, everyone, imported

ACCOUNT = a_definition("card", label="Card number", position=30, rules=ValueRules(is_unique=True))
UNIQUE = replace(MAPPING, attributes={"card": AttributeColumn("Card"), "newsletter": AttributeColumn("Newsletter")})
LENIENT = replace(UNIQUE, attributes={"card": AttributeColumn("Card", may_be_left_out=True)})
IDENTITY = an_identity("@jane", handle="Jane", is_primary=True)
JANE = a_contact("c1", name="Jane", identities=(IDENTITY,), values=(held("card", TextValue("A-1")),))
TAKEN = "Card number: the value belongs to Jane"


@pytest.fixture(autouse=True)
async def cards(world: World) -> None:
    """Every contact's card number is its own, and A-1 is Jane's."""
    card = replace(ACCOUNT, id="other-d-card")
    await world.add_organization(an_organization("acme"), [], [ACCOUNT])
    await world.add_organization(an_organization("other"), [], [card])
    await world.add_contacts(JANE)
    theirs = replace(held("card", TextValue("B-1")), definition_id="other-d-card")
    await world.add_contacts(a_contact("x1", name="Theirs", values=(theirs,)), organization_id="other")


def row(line: int, name: str, card: str = "", newsletter: str = "", followers: str = "") -> NumberedRow:
    cells = {"Name": name, "Twitter": name, "Key": "", "Bio": "", "Card": card}
    return NumberedRow(line, {**cells, "Newsletter": newsletter, "Followers": followers})


async def test_a_row_whose_unique_value_is_anothers_is_rejected_and_the_batch_goes_on(
    world: World, commands: Commands
) -> None:
    rows = [row(2, "Bob", "a-1"), row(3, "Ann", "B-1"), row(4, "Zoe", "b-1"), row(5, "Jane", "A-1"), row(6, "Kim")]
    commands.clear()
    [report] = await imported(world, rows, mapping=UNIQUE)
    taken = (Remark(2, TAKEN), Remark(4, "Card number: the value belongs to Ann"))
    assert report == ImportReport(created=2, unchanged=1, rejected=taken)
    assert [each.name for each in await everyone(world)] == ["Ann", "Jane", "Kim"]
    searches = [each.command["filter"] for each in commands.sent if each.command.get("find") == "contacts"]
    assert [set(each) - {"org"} for each in searches[:3]] == [{"identities.key"}, {"importKey"}, {"unique"}]


async def test_a_unique_value_may_be_left_out_where_the_mapping_says_so(world: World) -> None:
    [report] = await imported(world, [row(2, "Bob", "A-1"), row(3, "Ann", "B-1")], mapping=LENIENT)
    assert report == ImportReport(created=2, remarks=(Remark(2, TAKEN),))
    assert {each.name: [held.value for held in each.values] for each in await everyone(world)} == {
        "Ann": [TextValue("B-1")],
        "Bob": [],
        "Jane": [TextValue("A-1")],
    }


async def test_what_a_row_gives_up_is_not_anothers_within_the_batch(world: World) -> None:
    rows = [row(2, "Jane", "A-2"), row(3, "Bob", "A-1")]
    [report] = await imported(world, rows, mapping=UNIQUE)
    assert report == ImportReport(updated=1, rejected=(Remark(3, TAKEN),))
    assert await imported(world, rows, mapping=UNIQUE) == [ImportReport(created=1, unchanged=1)]
    assert {each.name: each.values[0].value for each in await everyone(world)} == {
        "Bob": TextValue("A-1"),
        "Jane": TextValue("A-2"),
    }


async def test_one_unique_value_imported_for_many_at_once_is_one_contacts(world: World) -> None:
    results = await asyncio.gather(
        *(imported(world, [row(2, f"Person {each}", "C-1")], mapping=UNIQUE) for each in range(8))
    )
    reports = [report for result in results for report in result]
    assert sum(each.created for each in reports) == 1
    assert sum(each.rejected_rows for each in reports) == 7
    [holder] = [each for each in await everyone(world) if each.id != "c1"]
    assert {each.text for report in reports for each in report.rejected} == {
        f"Card number: the value belongs to {holder.name}"
    }


async def test_no_and_zero_are_values(world: World) -> None:
    columns = {"newsletter": AttributeColumn("Newsletter"), "followers": AttributeColumn("Followers")}
    mapping = replace(MAPPING, attributes=columns)
    await imported(world, [row(2, "Bob", newsletter="no", followers="0")], mapping=mapping)
    bob = next(each for each in await everyone(world) if each.name == "Bob")
    assert [each.value for each in bob.values] == [BooleanValue(False), NumberValue(0)]
    again = await imported(world, [row(2, "Bob", newsletter="false", followers="0")], mapping=mapping)
    assert again == [ImportReport(unchanged=1)]


FOLLOWERS: ImportMapping = replace(MAPPING, attributes={"followers": AttributeColumn("Followers")})


async def test_rows_about_one_contact_are_one_version_and_one_entry_of_the_history(world: World) -> None:
    """Of a new contact and of a known one; and no version at all where the last row takes back what the first said."""
    followers = [row(2, "Bob", followers="1"), row(3, "Bob", followers="2")]
    await imported(world, followers, mapping=FOLLOWERS)
    await imported(world, [row(2, "Bob", followers="3"), row(3, "Bob", followers="4")], mapping=FOLLOWERS)
    back = [row(2, "Bob", followers="5"), row(3, "Bob", followers="4")]
    assert await imported(world, back, mapping=FOLLOWERS, later=True) == [ImportReport(updated=2)]
    bob = next(each for each in await everyone(world) if each.name == "Bob")
    [kept] = bob.values
    assert (kept.value, kept.version) == (NumberValue(4), 2)
    key = ValueKey(bob.id, "d-followers")
    page = (await world.stores().events.histories([key], PageRequest(10)))[key]
    assert [(each.kind, each.source) for each in page.rows] == [
        (EventKind.VALUES_CHANGED, Source.IMPORT),
        (EventKind.CONTACT_CREATED, Source.IMPORT),
    ]
    newest, oldest = (each.values for each in page.rows)
    first = HeldValue("d-followers", NumberValue(2), kept.provenance, 1)
    assert (oldest, newest) == ((ValueChange(None, first),), (ValueChange(first, kept),))
    assert len(await log(world)) == 2
