"""The demo with a few of its people: what is to be seen does not depend on how many there are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from domain.import_mappings import ImportMapping
from graph.demo import demo_tables
from resolvers.demo import DemoTable
from resolvers.imports import NumberedRow

TABLES = demo_tables()


def some(table: DemoTable, *places: int) -> DemoTable:
    """Return the table with these of its rows alone."""

    def rows(mapping: ImportMapping) -> Iterable[NumberedRow]:
        return [each for place, each in enumerate(table.rows(mapping)) if place in places]

    return DemoTable(table.mapping, rows)


SMALL = replace(TABLES, people=some(TABLES.people, 0, 1, 2), crm=some(TABLES.crm, 0, 1))
