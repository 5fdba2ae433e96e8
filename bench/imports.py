"""How many contacts a second `contact-graph import` takes into the embedded database.

    python -m bench.imports [CONTACTS]

Prints the rate of creating them, of importing the same file again (nothing changes), and the processor time of both
sides a contact: on a shared machine the last is what can be compared.
"""

from __future__ import annotations

import asyncio
import sys
import time
from concurrent.futures import Executor
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.people import write_people
from domain.agents import Organization, Plan
from graph.import_process import a_reader, seldom_collected
from graph.tables import read_mapping, read_rows
from persistence.database import Database, open_database
from persistence.driver import Driver
from resolvers.demo_organizations import demo_definitions
from resolvers.imports import Import, ImportReport

ORGANIZATION = Organization("bench", "Bench", Plan.BUSINESS, "en", "US")


async def imported(database: Database, table: Path, reader: Executor) -> ImportReport:
    directory = await database.directory(ORGANIZATION.id)
    assert directory is not None
    mapping = read_mapping(table.with_suffix(".toml"), directory.definitions)
    report = ImportReport()
    run = Import(database.stores(ORGANIZATION.id), directory, mapping, reader=reader)
    async for batch in run.run(read_rows(table, mapping)):
        report += batch
    return report


async def mongod_seconds(driver: Driver) -> float:
    status = await driver.command("serverStatus")
    usage = status["extra_info"]
    return float(usage["user_time_us"] + usage["system_time_us"]) / 1e6


async def main(count: int) -> None:
    with TemporaryDirectory() as folder, seldom_collected(), a_reader() as reader:
        table = write_people(Path(folder), count)
        async with open_database(uri=None, name="bench", data_folder=Path(folder) / "data") as database:
            await database.organizations.put(ORGANIZATION, (), demo_definitions(ORGANIZATION, ()))
            for what in ("created", "unchanged"):
                began, own, server = time.perf_counter(), time.process_time(), await mongod_seconds(database.driver)
                report = await imported(database, table, reader)
                assert getattr(report, what) == count, report
                wall, own = time.perf_counter() - began, time.process_time() - own
                server = await mongod_seconds(database.driver) - server
                print(
                    f"{count} {what}: {count / wall:,.0f} contacts a second; processor a contact: "
                    f"{own / count * 1e6:.0f} µs here, {server / count * 1e6:.0f} µs in MongoDB"
                )


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000))
