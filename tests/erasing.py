"""What the tests of deletion and privacy share: entries, receipts, and a search through the whole database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from domain.contacts import Network
from domain.deletion import DeletedContact
from domain.privacy import ErasureCounts, ErasureReceipt
from persistence.deletion_documents import from_deletion
from persistence.names import DELETED_CONTACTS, RECEIPTS
from persistence.privacy_documents import from_receipt
from tests.builders import MORNING
from tests.conftest import World


def a_deletion(
    entry_id: str = "x1", *, deleted_id: str = "c1", at: datetime = MORNING, is_erasure: bool = False
) -> DeletedContact:
    return DeletedContact(entry_id, deleted_id, "Ja…", (Network.TWITTER,), at, "ada", is_erasure)


def a_receipt(receipt_id: str = "x1", *, organization_id: str = "acme", at: datetime = MORNING) -> ErasureReceipt:
    return ErasureReceipt(
        receipt_id, organization_id, "c1", at, "ada", "Asked for it.", ErasureCounts(1, 2, 3, 4, 5, 6, 7, 8, 9)
    )


async def add_deletions(world: World, *entries: DeletedContact, organization_id: str = "acme") -> None:
    documents = [from_deletion(each, organization_id) for each in entries]
    await world.driver.collection(DELETED_CONTACTS).insert_many(documents)


async def add_receipts(world: World, *receipts: ErasureReceipt) -> None:
    await world.driver.collection(RECEIPTS).insert_many([from_receipt(each) for each in receipts])


async def traces_in_database(world: World, texts: Iterable[str]) -> set[tuple[str, str]]:
    """Return in which collections which of the texts are, in any spelling: every document of every collection."""
    names = await world.driver.collection("contacts").database.list_collection_names()
    found = set()
    for name in names:
        dump = repr(await world.driver.collection(name).find().to_list(None)).casefold()
        found |= {(name, each) for each in texts if each.casefold() in dump}
    return found
