"""An import does not bring back whom it has erased, unless it is asked to."""

from __future__ import annotations

from dataclasses import replace

from domain.import_mappings import AttributeColumn
from domain.privacy import ContactErased
from domain.values import EmailValue
from resolvers import privacy
from resolvers.imports import ImportReport, NumberedRow, Remark
from tests.builders import a_contact, held
from tests.conftest import World
from tests.resolvers.changing import asker
from tests.resolvers.importing import MAPPING, an_import, everyone, imported

BY_EMAIL = replace(MAPPING, attributes={"email": AttributeColumn("Email")})
REASON = "This person was erased at their request on 2026-11-23. To import them all the same, add --allow-erased."


def row(line: int, name: str, twitter: str = "", *, key: str = "", email: str = "") -> NumberedRow:
    return NumberedRow(line, {"Name": name, "Twitter": twitter, "Key": key, "Email": email})


ROWS = [
    row(2, "Jane Roe", "Jane", key="j1", email="office@x.com"),
    row(3, "Bob", "Bob", email="office@x.com"),
    row(4, "Zoe", "Zoe"),
]


async def erase(world: World, name: str) -> None:
    found = next(each for each in await everyone(world) if each.name == name)
    context = await asker(world, "ada")
    erased = await privacy.erase(context, contact_id=found.id, reason=None, idempotency_key=None)
    assert isinstance(erased, ContactErased)


async def test_the_same_table_does_not_bring_an_erased_person_back(world: World) -> None:
    await imported(world, ROWS, mapping=BY_EMAIL)
    await erase(world, "Jane Roe")
    before = await world.snapshot()
    # Bob shares an address with her, and is there: he is not touched. By key, another handle or the address alone too.
    others = [
        row(5, "J.", key="j1"),
        row(6, "J.", "JANE", key="j2"),
        row(7, "J.", "j9", email="OFFICE@x.com"),
        row(8, "J.", "j9"),
    ]
    for is_dry_run in (True, False):
        [report] = await imported(world, [*ROWS, *others[:3]], mapping=BY_EMAIL, is_dry_run=is_dry_run)
        assert report == ImportReport(unchanged=2, rejected=tuple(Remark(line, REASON) for line in (2, 5, 6, 7)))
        assert await world.snapshot() == before
    # A row that was refused is nobody whom a later one could be about.
    assert await imported(world, [others[2], others[3]], mapping=BY_EMAIL) == [
        ImportReport(created=1, rejected=(Remark(7, REASON),))
    ]


async def test_asked_to_it_brings_them_back(world: World) -> None:
    await imported(world, ROWS, mapping=BY_EMAIL)
    await erase(world, "Jane Roe")
    run = replace(await an_import(world, mapping=BY_EMAIL), may_bring_back=True)
    assert [each async for each in run.run(ROWS)] == [ImportReport(created=1, unchanged=2)]
    assert [each.name for each in await everyone(world)] == ["Bob", "Jane Roe", "Zoe"]


async def test_who_writes_in_again_is_new_and_no_table_tells_more_of_them(world: World) -> None:
    await imported(world, ROWS, mapping=BY_EMAIL)
    jane = next(each for each in await everyone(world) if each.name == "Jane Roe")
    await erase(world, "Jane Roe")
    again = a_contact("c9", name="Jane", identities=jane.identities, values=(held("email", EmailValue("new@x.com")),))
    await world.stores().transact(lambda changes: changes.contacts.insert(again))
    [report] = await imported(world, ROWS, mapping=BY_EMAIL)
    assert report == ImportReport(unchanged=2, rejected=(Remark(2, REASON),))
    assert [each for each in await everyone(world) if each.id == "c9"] == [again]


async def test_another_organization_knows_nothing_of_it(world: World) -> None:
    await imported(world, ROWS, mapping=BY_EMAIL)
    await erase(world, "Jane Roe")
    run = replace(await an_import(world, mapping=BY_EMAIL), stores=world.stores("other"))
    assert [each async for each in run.run(ROWS[:1])] == [ImportReport(created=1)]
