"""The demo with a few of its people: what is to be seen does not depend on how many there are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from domain.import_mappings import ImportMapping
from graph.demo import demo_tables
from resolvers.demo import DemoTable
from resolvers.imports import NumberedRow

TABLES = demo_tables()


def _some(table: DemoTable, count: int) -> DemoTable:
    def rows(mapping: ImportMapping) -> Iterable[NumberedRow]:
        return list(table.rows(mapping))[:count]

    return DemoTable(table.mapping, rows)


SMALL = replace(TABLES, people=_some(TABLES.people, 3), crm=_some(TABLES.crm, 2))
