"""Conversations as they are kept: by their ids, by contact, and by nobody of another organization."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from pymongo.errors import DuplicateKeyError

from domain.contacts import IdentityKey, Network
from domain.conversations import ConversationState, position
from domain.paging import Page, PageRequest
from tests.builders import MORNING, a_conversation
from tests.conftest import World

LATER = MORNING + timedelta(hours=1)
FULL = replace(
    a_conversation("c1", "v1", external_id="x1", topics=("Delivery", "Returns"), agent_id="jo", team_id="first-line"),
    channel="@acme",
    state=ConversationState.PENDING,
    last_activity_at=LATER,
    version=3,
    merged_from=("m1",),
)
BARE = a_conversation("c1", "v2", external_id="x2")
ANOTHERS = a_conversation("c2", "v3", external_id="x3", identity=IdentityKey(Network.SMS, "+1"))
THEIRS = a_conversation("c1", "v9", external_id="x1")


@pytest.fixture(autouse=True)
async def seeded(world: World) -> None:
    await world.add_conversations(FULL, BARE, ANOTHERS)
    await world.add_conversations(THEIRS, organization_id="other")


async def test_a_conversation_is_kept_whole(world: World) -> None:
    conversations = world.stores().conversations
    assert await conversations.by_ids(["v1", "v2", "v9", "nothing"]) == {"v1": FULL, "v2": BARE}
    assert await conversations.by_external_id("x1") == FULL
    assert await conversations.by_external_id("x9") is None
    assert await world.stores("other").conversations.by_external_id("x1") == THEIRS


async def test_those_of_a_contact_are_listed_the_last_active_first(world: World) -> None:
    conversations = world.stores().conversations
    pages = await conversations.pages(["c1", "c2", "nobody"], PageRequest(1))
    assert pages == {
        "c1": Page((FULL,), has_previous=False, has_next=True),
        "c2": Page((ANOTHERS,), has_previous=False, has_next=False),
        "nobody": Page((), has_previous=False, has_next=False),
    }
    [second] = (await conversations.pages(["c1"], PageRequest(1, position(FULL)))).values()
    assert second == Page((BARE,), has_previous=True, has_next=False)
    assert await conversations.counts(["c1", "c2", "nobody"]) == {"c1": 2, "c2": 1, "nobody": 0}


async def test_within_a_transaction_they_are_found_put_and_removed(world: World) -> None:
    stores = world.stores()
    changed = replace(BARE, version=2, state=ConversationState.RESOLVED)
    assert await stores.transact(lambda changes: changes.conversations.find("v2")) == BARE
    assert await stores.transact(lambda changes: changes.conversations.find("v9")) is None
    assert await stores.transact(lambda changes: changes.conversations.find_by_external_id("x2")) == BARE
    await stores.transact(lambda changes: changes.conversations.put(changed))
    await stores.transact(lambda changes: changes.conversations.remove("v1"))
    # Another organization's is left alone.
    await stores.transact(lambda changes: changes.conversations.remove("v9"))
    assert await stores.conversations.by_ids(["v1", "v2"]) == {"v2": changed}
    assert await world.stores("other").conversations.by_ids(["v9"]) == {"v9": THEIRS}


async def test_no_two_have_one_external_id(world: World) -> None:
    again, before = a_conversation("c2", external_id="x1"), await world.snapshot()
    with pytest.raises(DuplicateKeyError):
        await world.stores().transact(lambda changes: changes.conversations.insert(again))
    assert await world.snapshot() == before


async def test_what_was_written_from_an_identity_is_handed_over(world: World) -> None:
    stores, key = world.stores(), IdentityKey(Network.SMS, "+1")
    await stores.transact(lambda changes: changes.conversations.hand_over("c2", "c3", [key, BARE.identity]))
    await stores.transact(lambda changes: changes.conversations.hand_over("c1", "c3", [key]))
    assert await stores.conversations.counts(["c1", "c2", "c3"]) == {"c1": 2, "c2": 0, "c3": 1}
    assert await stores.conversations.by_ids(["v3"]) == {"v3": replace(ANOTHERS, contact_id="c3")}
