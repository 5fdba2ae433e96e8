"""Receiving: what an integration tells makes one conversation and one contact, however often and at once it is told."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.attributes import Source
from domain.contacts import Contact, Network
from domain.conversations import Conversation, ConversationChanged, ConversationState, Placement
from domain.events import EventKind
from domain.identities import GivenIdentity
from domain.outcomes import ErrorCode, Invalid
from resolvers import conversation_receiving, deletion
from resolvers.context import Context
from resolvers.conversation_receiving import GivenConversation
from tests.builders import a_contact, a_conversation, an_identity
from tests.conftest import World
from tests.merging import add_merged
from tests.resolvers.changing import NOW, asker, happened, log
from tests.resolvers.importing import everyone

JANE = a_contact("c1", identities=(an_identity("1", is_primary=True),))
FROM_JANE = GivenConversation("x1", GivenIdentity(Network.TWITTER, "1", "jane"))
FROM_NOBODY = GivenConversation("x2", GivenIdentity(Network.TELEGRAM, handle="@bob"))
EARLIER = NOW - timedelta(hours=3)


async def receive(context: Context, given: GivenConversation) -> object:
    return await conversation_receiving.receive(context, given, idempotency_key=None)


async def received(world: World, given: GivenConversation, later: timedelta = timedelta()) -> Conversation:
    result = await receive(await asker(world, at=NOW + later), given)
    assert isinstance(result, ConversationChanged)
    kept = await world.stores().conversations.by_ids([result.conversation.id])
    assert kept == {result.conversation.id: result.conversation}
    return result.conversation


async def test_a_conversation_of_a_known_contact_waits_in_the_queue(world: World) -> None:
    await world.add_contacts(JANE)
    given = replace(
        FROM_JANE,
        contact_name="Somebody else",
        channel=" @acme ",
        topics=("Delivery", "delivery"),
        first_activity_at=EARLIER,
        last_activity_at=EARLIER + timedelta(hours=1),
    )
    made = await received(world, given)
    expected = replace(
        a_conversation("c1", made.id, external_id="x1", identity=JANE.identities[0].key, topics=("Delivery",)),
        channel="@acme",
        received_at=NOW,
        first_activity_at=EARLIER,
        last_activity_at=EARLIER + timedelta(hours=1),
        placement=Placement(("topic:delivery", "channel:@acme")),
    )
    assert made == expected
    assert await everyone(world) == [JANE]
    assert await log(world) == []


async def test_who_is_not_known_is_a_new_contact(world: World) -> None:
    made = await received(world, FROM_NOBODY)
    [bob] = await everyone(world)
    [identity] = bob.identities
    assert (bob.name, identity.handle, identity.is_primary) == ("bob", "bob", True)
    assert (made.contact_id, made.identity, made.first_activity_at) == (bob.id, identity.key, NOW)
    event = happened(EventKind.CONTACT_CREATED, None, "bob", agent=None, contact=bob.id, source=Source.NETWORK)
    assert await log(world) == [event]
    named = replace(FROM_NOBODY, external_id="x3", identity=GivenIdentity(Network.SMS, handle="+12022243441"))
    await received(world, replace(named, contact_name="Carla"))
    assert [each.name for each in await everyone(world)] == ["bob", "Carla"]


async def test_whose_old_id_leads_to_a_survivor_writes_to_the_survivor(world: World) -> None:
    await world.add_contacts(a_contact("c2", name="Ann"))
    await add_merged(world, "c2", JANE)
    assert (await received(world, FROM_JANE)).contact_id == "c2"


async def test_what_comes_again_is_no_second_one(world: World) -> None:
    await world.add_contacts(JANE)
    first = await received(world, replace(FROM_JANE, last_activity_at=EARLIER))
    before = await world.snapshot()
    # The same message, an older one, and one that says other things of what is known already.
    for again in (EARLIER, EARLIER - timedelta(hours=1)):
        told = replace(FROM_JANE, last_activity_at=again, topics=("Other",), channel="other")
        assert await received(world, told, later=timedelta(hours=1)) == first
    assert await world.snapshot() == before
    later = await received(world, replace(FROM_JANE, last_activity_at=EARLIER + timedelta(hours=1)))
    assert later == replace(first, last_activity_at=EARLIER + timedelta(hours=1), version=2)


async def test_who_writes_after_it_was_done_waits_again(world: World) -> None:
    await world.add_contacts(JANE)
    done = a_conversation("c1", "v1", external_id="x1", state=ConversationState.RESOLVED)
    await world.add_conversations(done)
    again = await received(world, FROM_JANE)
    assert again == replace(done, state=ConversationState.NEW, last_activity_at=NOW, version=2)


async def test_a_clock_that_is_ahead_does_not_hide_later_messages(world: World) -> None:
    await world.add_contacts(JANE)
    ahead = replace(FROM_JANE, first_activity_at=NOW + timedelta(days=2), last_activity_at=NOW + timedelta(days=1))
    made = await received(world, ahead)
    assert (made.first_activity_at, made.last_activity_at) == (NOW, NOW)
    later = await received(world, FROM_JANE, later=timedelta(hours=1))
    assert later.last_activity_at == NOW + timedelta(hours=1)


async def test_who_was_deleted_is_a_new_contact_also_by_the_same_conversation(world: World) -> None:
    await world.add_contacts(JANE)
    old = await received(world, FROM_JANE)
    await deletion.delete(await asker(world, "ada"), contact_id="c1", version=None, idempotency_key=None)
    # Left over for the moment that the removal takes.
    await world.add_conversations(old)
    made = await received(world, FROM_JANE)
    [jane] = await everyone(world)
    assert (made.contact_id, made.id != old.id, jane.id != "c1") == (jane.id, True, True)
    assert await world.stores().conversations.by_ids([old.id]) == {}


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        pytest.param(replace(FROM_JANE, external_id=" "), ErrorCode.BLANK, ("input", "externalId"), id="no id"),
        pytest.param(
            replace(FROM_JANE, identity=GivenIdentity(Network.SMS, handle="1")),
            *(ErrorCode.NOT_A_PHONE, ("input", "identity", "handle")),
            id="no identity",
        ),
        pytest.param(
            replace(FROM_JANE, contact_name="\0"),
            *(ErrorCode.FORBIDDEN_CHARACTER, ("input", "contactName")),
            id="no name",
        ),
        pytest.param(replace(FROM_JANE, channel=""), ErrorCode.BLANK, ("input", "channel"), id="no channel"),
        pytest.param(replace(FROM_JANE, topics=("a", "")), ErrorCode.BLANK, ("input", "topics", "1"), id="no topic"),
    ],
)
async def test_what_cannot_be_is_refused_and_not_written(
    world: World, given: GivenConversation, code: ErrorCode, path: tuple[str, ...]
) -> None:
    before = await world.snapshot()
    refused = await receive(await asker(world), given)
    assert isinstance(refused, Invalid)
    assert (refused.code, refused.path) == (code, path)
    assert await world.snapshot() == before


async def test_told_thirty_times_at_once_it_is_one_conversation_of_one_contact(world: World) -> None:
    context = await asker(world)
    results = await asyncio.gather(*(receive(context, FROM_NOBODY) for _ in range(30)))
    [made] = {each.conversation for each in results if isinstance(each, ConversationChanged)}
    assert len(results) == 30
    [bob] = await everyone(world)
    assert made.contact_id == bob.id
    assert await world.stores().conversations.counts([bob.id]) == {bob.id: 1}


async def test_thirty_conversations_of_one_newcomer_at_once_make_one_contact(world: World) -> None:
    context = await asker(world)
    given = [replace(FROM_NOBODY, external_id=f"x{each}") for each in range(30)]
    results = await asyncio.gather(*(receive(context, each) for each in given))
    made = [each.conversation for each in results if isinstance(each, ConversationChanged)]
    [bob] = await everyone(world)
    assert isinstance(bob, Contact)
    assert ({each.contact_id for each in made}, len({each.id for each in made})) == ({bob.id}, 30)
    assert await world.stores().conversations.counts([bob.id]) == {bob.id: 30}
    assert [each.kind for each in await log(world)] == [EventKind.CONTACT_CREATED]
