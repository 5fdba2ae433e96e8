"""Importing again what was imported before a merge: nobody is there twice."""

from __future__ import annotations

from domain.merging import ContactsMerged
from domain.unmerging import ContactsUnmerged
from resolvers import merging, unmerging
from resolvers.imports import ImportReport
from resolvers.merging import MergeOrder
from tests.conftest import World
from tests.resolvers.changing import asker
from tests.resolvers.importing import everyone, imported, row

ROWS = [row(2, "Bob", key="b1"), row(3, "Robert", key="b2"), row(4, "Jane Roe", "Jane"), row(5, "J. Roe", "Roe")]


async def test_rows_of_both_contacts_are_about_the_survivor_until_it_is_undone(world: World) -> None:
    await imported(world, ROWS)
    before = await everyone(world)
    bob, jay, jane, robert = before
    context = await asker(world, "ada")
    merges = []
    for survivor, other in ((bob, robert), (jane, jay)):
        made = await merging.merge(context, MergeOrder(survivor.id, other.id), idempotency_key=None)
        assert isinstance(made, ContactsMerged)
        merges.append(made.merge.id)
    assert await imported(world, ROWS) == [ImportReport(updated=2, unchanged=2)]
    names = {each.id: each.name for each in await everyone(world)}
    assert names == {bob.id: "Robert", jane.id: "J. Roe"}
    for each in merges:
        undone = await unmerging.unmerge(context, merge_id=each, is_dry_run=False, idempotency_key=None)
        assert isinstance(undone, ContactsUnmerged)
    report = await imported(world, ROWS)
    assert [(each.created, each.rejected) for each in report] == [(0, ())]
    after = await everyone(world)
    assert {each.id: each.name for each in after} == {each.id: each.name for each in before}
    assert {each.id: each.import_key for each in after} == {each.id: each.import_key for each in before}
