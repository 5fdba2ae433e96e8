"""The indexes: there as they are declared, and made once."""

from __future__ import annotations

from typing import Any

import pytest
from pymongo.errors import DuplicateKeyError

from persistence.driver import Driver
from persistence.indexes import INDEXES, ensure_indexes
from persistence.names import AGENTS, ANSWERS, CONTACTS, DEFINITIONS


async def indexes(driver: Driver, collection: str) -> dict[str, dict[str, Any]]:
    return dict(await driver.collection(collection).index_information())


@pytest.mark.parametrize("collection", list(INDEXES))
async def test_every_declared_index_is_there_and_no_other(driver: Driver, collection: str) -> None:
    found = await indexes(driver, collection)
    declared = {each.document["name"]: list(each.document["key"].items()) for each in INDEXES[collection]}
    assert {name: each["key"] for name, each in found.items()} == {"_id_": [("_id", 1)], **declared}


async def test_making_them_again_changes_nothing(driver: Driver) -> None:
    before = [await indexes(driver, each) for each in INDEXES]
    await ensure_indexes(driver)
    assert [await indexes(driver, each) for each in INDEXES] == before


async def test_an_answer_is_remembered_for_a_day(driver: Driver) -> None:
    assert (await indexes(driver, ANSWERS))["expiry"]["expireAfterSeconds"] == 86_400


@pytest.mark.parametrize(
    ("collection", "fields"),
    [
        (AGENTS, {"email": "a@example.com"}),
        (DEFINITIONS, {"key": "bio"}),
        (CONTACTS, {"identities": [{"key": "TWITTER:1"}]}),
        (CONTACTS, {"importKey": "k"}),
        (CONTACTS, {"importKey": ["k", "j"]}),
        (CONTACTS, {"mergedIds": ["c1"]}),
    ],
    ids=["email", "definition key", "identity", "import key", "import keys", "merged id"],
)
async def test_what_is_unique_is_so_within_an_organization(
    driver: Driver, collection: str, fields: dict[str, Any]
) -> None:
    rows = driver.collection(collection)
    await rows.insert_one({"_id": 1, "org": "acme", **fields})
    await rows.insert_one({"_id": 2, "org": "other", **fields})
    with pytest.raises(DuplicateKeyError):
        await rows.insert_one({"_id": 3, "org": "acme", **fields})
    assert await rows.count_documents({}) == 2
