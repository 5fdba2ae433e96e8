"""Merging contacts that the CRM knows: what waits for it reaches the right record, and nobody else's task does harm."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from crm.http_client import HttpClient
from domain.attributes import CrmSync, HeldValue, Provenance, Source, SyncState
from domain.contacts import Contact, ContactValidation, CrmCandidate, LookUpOutcome
from domain.crm import Field
from domain.merging import ContactsMerged, MergeField, Side
from domain.unmerging import ContactsUnmerged
from domain.values import TextValue
from persistence.crm_tasks import CrmTaskStore
from persistence.organizations import OrganizationStore
from persistence.stores import Changes
from resolvers import crm_look_ups, merging, unmerging
from resolvers.crm_worker import CrmWorker
from resolvers.merging import GivenChoice, MergeOrder
from tests.builders import MORNING
from tests.conftest import World
from tests.crm.serving import AMY, RunningCrm
from tests.resolvers.changing import NOW, stored
from tests.resolvers.crm_asking import (
    MARIAS_ID,
    OF_MARIA,
    PARTY,
    STATE,
    Asking,
    a_caller,
    asking,
    found,
    from_crm,
    over_http,
)

AMYS_ID = str(AMY["account_number"])
THEIR_PARTY = GivenChoice(MergeField.ATTRIBUTE, "party", Side.OTHER)


def waiting(text: str, field: Field | None) -> HeldValue:
    """Make what an agent has set, and the CRM has not heard of."""
    sync = CrmSync(SyncState.PENDING, MORNING, field)
    return HeldValue(PARTY.id, TextValue(text), Provenance(Source.AGENT, MORNING, "jo"), 2, sync)


@pytest.fixture
async def crm(world: World, client: HttpClient, demo: RunningCrm) -> AsyncIterator[Asking]:
    async with asking(world, client) as made:
        await made.connect(over_http(demo))
        yield made


async def add(world: World, *contacts: Contact) -> None:
    """Add contacts as who changes them does: with what is to be done about them."""
    await world.add_contacts(*contacts)

    async def work(changes: Changes) -> None:
        for each in contacts:
            await changes.contacts.put(each)

    await world.stores().transact(work)


async def merge(crm: Asking, *choices: GivenChoice) -> str:
    result = await merging.merge(await crm.context("ada"), MergeOrder("c1", "c2", choices), idempotency_key=None)
    assert isinstance(result, ContactsMerged), result
    assert await stored(crm.world) == result.contact
    return result.merge.id


async def unmerge(crm: Asking, merge_id: str) -> ContactsUnmerged:
    context = await crm.context("ada")
    result = await unmerging.unmerge(context, merge_id=merge_id, is_dry_run=False, idempotency_key=None)
    assert isinstance(result, ContactsUnmerged), result
    return result


async def exchange(crm: Asking) -> None:
    """Do all that is due."""
    organizations = OrganizationStore(crm.world.driver)
    worker = CrmWorker(CrmTaskStore(crm.world.driver), organizations, crm.world.stores, crm.connections)
    async with asyncio.timeout(10):
        while await worker.run():
            pass


async def party(world: World, contact_id: str = "c1") -> tuple[object, SyncState | None]:
    held = (await stored(world, contact_id)).held(PARTY.id)
    assert held is not None
    return held.value, None if held.sync is None else held.sync.state


async def test_what_waited_is_delivered_to_the_survivors_record(crm: Asking, demo: RunningCrm, world: World) -> None:
    amys = waiting("Whig", "Democrat")
    await add(world, a_caller(None, OF_MARIA[0], validation=found()))
    await add(world, a_caller(None, amys, contact_id="c2", validation=found(AMYS_ID)))
    assert [each["_id"] for each in await crm.tasks() if "writeDue" in each] == ["c2"]
    await merge(crm, THEIR_PARTY)
    assert await party(world) == (TextValue("Whig"), SyncState.PENDING)
    await exchange(crm)
    # The entry of the one that is gone did nothing, and is gone.
    assert (demo.held(MARIAS_ID)["party"], demo.held(AMYS_ID)["party"]) == ("Whig", "Democrat")
    assert [each.record_id for each in demo.crm.records.applied] == [MARIAS_ID]
    assert await party(world) == (TextValue("Whig"), SyncState.IN_SYNC)
    assert [each["_id"] for each in await crm.tasks()] in ([], ["c1"])
    assert (await stored(world)).validation == found()


async def test_what_waited_is_delivered_where_the_survivor_gets_the_others_record(
    crm: Asking, demo: RunningCrm, world: World
) -> None:
    await add(world, a_caller(None))
    await add(world, a_caller(None, waiting("Whig", "Democrat"), contact_id="c2", validation=found(AMYS_ID)))
    await merge(crm)
    await exchange(crm)
    assert (demo.held(MARIAS_ID)["party"], demo.held(AMYS_ID)["party"]) == ("Democrat", "Whig")
    assert await party(world) == (TextValue("Whig"), SyncState.IN_SYNC)


async def test_what_only_waited_for_a_record_is_delivered_once_there_is_one(
    crm: Asking, demo: RunningCrm, world: World
) -> None:
    """The other contact was known to the CRM by nothing; the survivor is."""
    await add(world, a_caller(None, validation=found()))
    await add(world, a_caller(None, waiting("Whig", None), contact_id="c2"))
    demo.held(MARIAS_ID)["party"] = None
    await merge(crm)
    await exchange(crm)
    assert demo.held(MARIAS_ID)["party"] == "Whig"


async def test_what_the_crm_holds_unknown_to_us_is_not_overwritten(crm: Asking, demo: RunningCrm, world: World) -> None:
    await add(world, a_caller(None, validation=found()))
    await add(world, a_caller(None, waiting("Whig", "Whatever"), contact_id="c2", validation=found(AMYS_ID)))
    await merge(crm)
    await exchange(crm)
    assert demo.held(MARIAS_ID)["party"] == "Democrat"
    assert await party(world) == (TextValue("Whig"), SyncState.CONFLICT)


async def test_undone_before_anything_was_written_each_has_its_own(crm: Asking, demo: RunningCrm, world: World) -> None:
    mine = a_caller(None, OF_MARIA[0], validation=found())
    theirs = a_caller(None, waiting("Whig", "Democrat"), contact_id="c2", validation=found(AMYS_ID))
    await add(world, mine, theirs)
    undone = await unmerge(crm, await merge(crm, THEIR_PARTY))
    assert (undone.contact.validation, undone.other.validation) == (found(), found(AMYS_ID))
    assert undone.other.values == theirs.values
    await exchange(crm)
    # What the other waited with is delivered to its own record now.
    assert (demo.held(MARIAS_ID)["party"], demo.held(AMYS_ID)["party"]) == ("Democrat", "Whig")
    assert await party(world) == (TextValue("Democrat"), SyncState.IN_SYNC)
    assert await party(world, "c2") == (TextValue("Whig"), SyncState.IN_SYNC)


async def test_undone_after_it_was_written_the_survivors_record_has_its_own_again(
    crm: Asking, demo: RunningCrm, world: World
) -> None:
    await add(world, a_caller(None, OF_MARIA[0], validation=found()))
    await add(world, a_caller(None, waiting("Whig", "Democrat"), contact_id="c2", validation=found(AMYS_ID)))
    merge_id = await merge(crm, THEIR_PARTY)
    await exchange(crm)
    assert demo.held(MARIAS_ID)["party"] == "Whig"
    await unmerge(crm, merge_id)
    assert await party(world) == (TextValue("Democrat"), SyncState.PENDING)
    await exchange(crm)
    assert (demo.held(MARIAS_ID)["party"], demo.held(AMYS_ID)["party"]) == ("Democrat", "Whig")
    # And to be asked again changes nothing of that.
    for contact_id, value in (("c1", "Democrat"), ("c2", "Whig")):
        await crm_look_ups.look_up(await crm.context(), contact_id=contact_id, idempotency_key=None)
        assert await party(world, contact_id) == (TextValue(value), SyncState.IN_SYNC)


async def test_a_record_that_was_asked_for_meanwhile_goes_back_to_the_other(
    crm: Asking, demo: RunningCrm, world: World
) -> None:
    await add(world, a_caller("+12025550100"), a_caller(None, contact_id="c2", validation=found(AMYS_ID)))
    merge_id = await merge(crm)
    await crm_look_ups.look_up(await crm.context(), contact_id="c1", idempotency_key=None)
    known = await stored(world)
    assert (known.validation.record_id, known.held(STATE.id)) == (AMYS_ID, from_crm("state", TextValue("MN"), "MN"))
    undone = await unmerge(crm, merge_id)
    assert undone.contact.validation.outcome is LookUpOutcome.NEVER_ASKED
    assert {each.definition_id for each in known.values} >= {PARTY.id, STATE.id}
    # What that record told is the other's as well.
    assert [each.definition_id for each in undone.contact.values if each.value is not None] == ["d-phone"]
    assert undone.other.validation == found(AMYS_ID)
    assert (await stored(world, "c1")).validation.record_id is None


async def test_what_is_only_read_is_what_the_survivors_record_says(crm: Asking, world: World) -> None:
    """Taken over it stands for nothing of its own: the CRM is asked, and says what holds."""
    await add(world, a_caller(None, validation=found()))
    amys = from_crm("state", TextValue("MN"), "MN")
    await add(world, a_caller(None, amys, contact_id="c2", validation=found(AMYS_ID)))
    await merge(crm)
    held = (await stored(world)).held(STATE.id)
    assert held is not None
    assert (held.value, held.sync) == (TextValue("MN"), None)
    await crm_look_ups.look_up(await crm.context(), contact_id="c1", idempotency_key=None)
    held = (await stored(world)).held(STATE.id)
    assert held is not None
    assert held.value == TextValue("WA")


async def test_candidates_go_along_and_one_can_be_picked(crm: Asking, world: World) -> None:
    candidates = (CrmCandidate(MARIAS_ID, "Maria", None), CrmCandidate(AMYS_ID))
    ambiguous = ContactValidation(LookUpOutcome.AMBIGUOUS, NOW, candidates=candidates)
    await add(world, a_caller(None), a_caller(None, contact_id="c2", validation=ambiguous))
    merge_id = await merge(crm)
    assert (await stored(world)).validation == ambiguous
    undone = await unmerge(crm, merge_id)
    assert (undone.contact.validation.candidates, undone.other.validation) == ((), ambiguous)
    await merge(crm)
    # By the id of the one that is gone, too.
    await crm_look_ups.link(await crm.context(), contact_id="c2", record_id=AMYS_ID, idempotency_key=None)
    assert (await stored(world)).validation.record_id == AMYS_ID


async def test_whoever_is_looked_up_by_itself_is_once_more_by_what_both_know(
    crm: Asking, demo: RunningCrm, world: World
) -> None:
    await crm.connect(over_http(demo), is_automatic=True)
    await add(world, a_caller(None), a_caller(contact_id="c2"))
    merge_id = await merge(crm)
    await exchange(crm)
    # Once: the entry of the one that is gone has asked for nobody.
    assert (demo.asked(), (await stored(world)).validation.record_id) == (1, MARIAS_ID)
    undone = await unmerge(crm, merge_id)
    await exchange(crm)
    assert (undone.other.id, (await stored(world, "c2")).validation.record_id) == ("c2", MARIAS_ID)
