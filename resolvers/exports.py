"""Exporting contacts: all of an organization, batch by batch, as a table or as one JSON object each."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Sequence

from domain.agents import Directory
from domain.contacts import Contact, Network
from domain.exports import ExportTable, table_for, widths
from persistence.stores import Stores

BATCH = 500
"""Contacts read in one command."""


async def batches(stores: Stores) -> AsyncIterator[Sequence[Contact]]:
    """Yield all contacts of the organization by id. One that is made meanwhile may be there or not."""
    last: str | None = None
    while batch := await stores.contacts.behind(last, BATCH):
        yield batch
        last = batch[-1].id


async def table(stores: Stores, directory: Directory) -> ExportTable:
    """Return the table that all contacts fit into: the first of two walks through them."""
    most: Counter[Network] = Counter()
    async for batch in batches(stores):
        most |= widths(batch)
    return table_for(most, directory.definitions)
