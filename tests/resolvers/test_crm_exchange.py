"""The exchange with a CRM: contacts are looked up, and what agents have changed is written, in order and once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from crm.demo_crm import WRITE
from crm.demo_faults import Answering, Switches
from crm.guarded import Patience
from domain.attributes import CrmSync, Source, SyncState
from domain.contacts import ContactChanged, ContactValidation, CrmCandidate, LookUpOutcome
from domain.crm import FailureReason
from domain.crm_merge import Side
from domain.crm_settings import DirectoryConnection
from domain.definition_patches import DefinitionPatch
from domain.definitions import DefinitionChanged
from domain.deletion import ContactDeleted
from domain.events import EventKind, ValueStanding
from domain.merging import ContactsMerged
from domain.outcomes import Kind, NotFound
from domain.values import BooleanValue, NumberValue, PhoneValue, TextValue
from persistence.driver import Driver
from persistence.names import CRM_TASKS
from persistence.stores import Changes
from resolvers import contacts, crm_look_ups, definitions, deletion, merging
from resolvers.crm_connections import Connections
from resolvers.crm_exchange import MOST_WRITES, Exchange
from resolvers.merging import MergeOrder
from tests.builders import a_contact, an_identity
from tests.crm.serving import ID, MARIA, RunningCrm, happened, running_demo_crm, running_raw
from tests.resolvers.exchanging import Shop, a_caller, running_shop

LEFT_ALONE = Patience(attempts=1, failures=1, pause_seconds=2.0)
"""After one failure nothing is asked for longer than a test needs to see that, also on a busy machine."""
DEMOCRAT, INDEPENDENT, GREEN = TextValue("Democrat"), TextValue("Independent"), TextValue("Green")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def served() -> AsyncIterator[RunningCrm]:
    async with running_demo_crm() as running:
        yield running


@pytest_asyncio.fixture
async def shop(driver: Driver, served: RunningCrm) -> AsyncIterator[Shop]:
    async with running_shop(driver, served) as made:
        yield made


@pytest_asyncio.fixture
async def linked(shop: Shop) -> Shop:
    """One with a contact who was found."""
    await shop.connect()
    await shop.insert(a_caller())
    await shop.settle()
    shop.crm.crm.requests.clear()
    return shop


def switch(shop: Shop, **switches: Any) -> None:
    shop.crm.crm.switches = Switches(**switches)


def page(shop: Shop, record_id: str) -> str:
    return f"{shop.crm.url}/records/{record_id}"


# Looking up


async def test_a_new_contact_is_looked_up_by_itself_and_shows_what_the_crm_knows(shop: Shop) -> None:
    await shop.connect()
    await shop.insert(a_caller())
    assert await shop.settle() == 1
    contact, now = await shop.contact(), shop.clock()
    assert contact.validation == ContactValidation(LookUpOutcome.FOUND, now, "C000127", page(shop, "C000127"))
    values = {each.definition_id: each for each in contact.values}
    assert {each.removeprefix("d-"): held.value for each, held in values.items() if each != "d-phone"} == {
        "party": DEMOCRAT,
        "state": TextValue("WA"),
        "terms": NumberValue(6),
        "is_chair": BooleanValue(True),
    }
    assert values["d-terms"].sync == CrmSync(SyncState.IN_SYNC, now, 6.0)
    assert values["d-terms"].provenance.source is Source.CRM
    assert [each.kind for each in await shop.events()] == [EventKind.LOOKED_UP, EventKind.VALUES_CHANGED]
    # It is asked again when that is old.
    entry = (await shop.entries())["c1"]
    assert entry["lookUpDue"] == entry["due"] == now + timedelta(days=1)
    assert shop.crm.asked() == 1


async def test_twenty_contacts_are_one_request_where_the_crm_takes_several(shop: Shop) -> None:
    records = [{**MARIA, ID: f"N{each}", "phone": f"202-555-01{each:02}"} for each in range(20)]
    shop.crm.crm.records.records[:] = records
    await shop.connect()
    await shop.insert(*(a_caller(f"c{each}", f"+120255501{each:02}") for each in range(20)))
    await shop.settle()
    assert shop.crm.asked() == 1
    assert [(await shop.contact(f"c{each}")).validation.record_id for each in range(20)] == [
        f"N{each}" for each in range(20)
    ]
    # The next time by their records, in one request as well.
    shop.clock.advance(days=1)
    await shop.settle()
    assert shop.crm.asked() == 2
    assert shop.crm.crm.looked_up[1] == [{ID: each} for each in sorted(f"N{each}" for each in range(20))]
    # And one by one where it takes no several.
    await shop.connect(shop.crm.connection)
    shop.clock.advance(days=1)
    await shop.settle()
    assert shop.crm.asked() == 22


async def test_a_contact_nobody_knows_and_one_whom_several_records_fit(shop: Shop) -> None:
    twin = {**MARIA, ID: "C2", "name": "Maria C."}
    shop.crm.crm.records.records.append(twin)
    await shop.connect()
    await shop.insert(a_caller("c1"), a_caller("c2", "+12025550000"))
    await shop.settle()
    both, nobody = (await shop.contact("c1")).validation, (await shop.contact("c2")).validation
    candidates = (
        CrmCandidate("C000127", "Maria Cantwell", page(shop, "C000127")),
        CrmCandidate("C2", "Maria C.", page(shop, "C2")),
    )
    assert both == ContactValidation(LookUpOutcome.AMBIGUOUS, shop.clock(), candidates=candidates)
    assert nobody == ContactValidation(LookUpOutcome.NOT_FOUND, shop.clock())
    assert not both.is_validated
    assert (await shop.entries())["c2"]["lookUpDue"] == shop.clock() + timedelta(days=1)


async def test_failures_are_told_and_tried_again_after_ever_longer_until_it_works(shop: Shop) -> None:
    await shop.connect()
    await shop.insert(a_caller())
    switch(shop, status=503)
    for seconds in (15, 30, 60):
        await shop.settle()
        retry_at = shop.clock() + timedelta(seconds=seconds)
        failed, reason = LookUpOutcome.FAILED, FailureReason.SERVER_ERROR
        validation = ContactValidation(failed, shop.clock(), failure=reason, retry_at=retry_at)
        assert (await shop.contact()).validation == validation
        shop.clock.advance(seconds=seconds - 0.001)
        assert await shop.settle() == 0
        shop.clock.advance(seconds=0.001)
    assert shop.crm.asked() == 3
    switch(shop)
    await shop.settle()
    assert (await shop.contact()).validation.outcome is LookUpOutcome.FOUND
    assert (await shop.entries())["c1"]["attempts"] == 0
    # One event for all failures, one for the end of them.
    looked = [each.after for each in await shop.events() if each.kind is EventKind.LOOKED_UP]
    assert [each.outcome for each in looked if isinstance(each, ContactValidation)] == [
        LookUpOutcome.FAILED,
        LookUpOutcome.FOUND,
    ]


async def test_a_failure_takes_nothing_away_and_the_crm_says_when_to_come_again(linked: Shop) -> None:
    before = await linked.contact()
    linked.clock.advance(days=1)
    switch(linked, status=429, retry_after="90")
    await linked.settle()
    contact, retry_at = await linked.contact(), linked.clock() + timedelta(seconds=90)
    failed, reason = LookUpOutcome.FAILED, FailureReason.RATE_LIMITED
    expected = replace(before.validation, outcome=failed, asked_at=linked.clock(), failure=reason, retry_at=retry_at)
    assert contact == replace(before, validation=expected)
    assert contact.validation.is_validated
    assert (await linked.entries())["c1"]["due"] == retry_at


async def test_a_crm_that_is_left_alone_changes_nothing_and_is_asked_once_it_is_there_again(shop: Shop) -> None:
    shop.patience = LEFT_ALONE
    await shop.connect()
    await shop.insert(a_caller("c1"))
    switch(shop, status=503)
    await shop.settle()
    assert shop.crm.asked() == 1
    await shop.insert(a_caller("c2", "+12022243244"))
    before = await shop.contact("c2")
    await shop.settle()
    assert (shop.crm.asked(), await shop.contact("c2")) == (1, before)
    entry = (await shop.entries())["c2"]
    # Nothing was tried.
    assert "attempts" not in entry
    assert shop.clock() < entry["lookUpDue"] <= shop.clock() + timedelta(seconds=15)
    switch(shop)
    await asyncio.sleep(LEFT_ALONE.pause_seconds * 1.1)
    shop.clock.advance(seconds=15)
    await shop.settle()
    assert [(await shop.contact(each)).validation.outcome for each in ("c1", "c2")] == [LookUpOutcome.FOUND] * 2


async def test_while_a_crm_is_left_alone_an_edit_waits_and_is_not_forgotten(shop: Shop) -> None:
    shop.patience = LEFT_ALONE
    await shop.connect()
    await shop.insert(a_caller("c1"))
    await shop.settle()
    switch(shop, status=503)
    await shop.edit("party", "Independent")
    await shop.settle()
    shop.clock.advance(minutes=5)
    await shop.settle()
    assert shop.crm.asked(WRITE) == 1
    entry = (await shop.entries())["c1"]
    assert shop.clock() < entry["writeDue"] <= shop.clock() + timedelta(seconds=15)
    assert await shop.standing("party") == (INDEPENDENT, SyncState.PENDING)
    switch(shop)
    await asyncio.sleep(LEFT_ALONE.pause_seconds * 1.1)
    shop.clock.advance(seconds=15)
    await shop.settle()
    assert await shop.standing("party") == (INDEPENDENT, SyncState.IN_SYNC)


async def test_a_field_of_a_wrong_type_leaves_the_value_and_the_rest_is_kept(linked: Shop) -> None:
    linked.crm.held("C000127").update(terms_served="several", party="Independent")
    linked.clock.advance(days=1)
    await linked.settle()
    assert (await linked.contact()).validation.outcome is LookUpOutcome.FOUND
    # What the CRM holds by now is nothing that it could be in sync with.
    assert await linked.standing("terms") == (NumberValue(6), None)
    assert await linked.standing("party") == (INDEPENDENT, SyncState.IN_SYNC)


async def test_one_record_that_cannot_be_read_keeps_no_other_from_being_heard_of(linked: Shop) -> None:
    await linked.insert(a_caller("c2", "+12022243244"))
    await linked.settle()
    held: dict[str, Any] = linked.crm.held("C000127")
    # What no CRM may answer.
    held["party"] = {"no": "value"}
    linked.crm.held("K000367")["party"] = "Independent"
    before = await linked.contact()
    linked.clock.advance(days=1)
    await linked.settle()
    failed = (await linked.contact()).validation
    assert (failed.outcome, failed.failure, failed.record_id) == (
        LookUpOutcome.FAILED,
        FailureReason.UNREADABLE,
        "C000127",
    )
    assert (await linked.contact()).values == before.values
    assert (await linked.contact("c2")).validation.outcome is LookUpOutcome.FOUND
    assert await linked.standing("party", "c2") == (INDEPENDENT, SyncState.IN_SYNC)


async def test_wrong_types_everywhere_are_a_failure_that_writes_no_value(shop: Shop) -> None:
    await shop.connect()
    await shop.insert(a_caller())
    switch(shop, answering=Answering.WRONG_TYPES)
    before = await shop.contact()
    await shop.settle()
    validation = (await shop.contact()).validation
    assert (validation.outcome, validation.failure) == (LookUpOutcome.FAILED, FailureReason.UNREADABLE)
    # Somebody has to change something: it is tried all the same now and then.
    assert validation.retry_at == shop.clock() + timedelta(hours=1)
    assert (await shop.contact()) == replace(before, validation=validation)


async def test_what_is_old_is_asked_for_again_and_nothing_new_is_written_for_it(linked: Shop) -> None:
    before, events = await linked.contact(), await linked.events()
    linked.clock.advance(hours=23, minutes=59)
    assert await linked.settle() == 0
    linked.clock.advance(minutes=1)
    assert await linked.settle() == 1
    after = await linked.contact()
    assert after == replace(before, validation=replace(before.validation, asked_at=linked.clock()))
    assert await linked.events() == events


async def test_another_look_up_attribute_asks_anew_but_not_where_the_record_is_known(shop: Shop) -> None:
    await shop.connect()
    await shop.insert(a_contact("c1"))
    assert await shop.settle() == 0
    await shop.edit("phone", PhoneValue("+12025550000"))
    await shop.settle()
    assert (await shop.contact()).validation.outcome is LookUpOutcome.NOT_FOUND
    await shop.edit("phone", PhoneValue("+12022243441"))
    await shop.settle()
    assert (await shop.contact()).validation.record_id == "C000127"
    await shop.edit("phone", PhoneValue("+12022243244"))
    assert await shop.settle() == 0
    assert shop.crm.asked() == 2


async def test_a_record_that_is_gone_is_looked_for_by_what_else_is_known(linked: Shop) -> None:
    # As when two records become one there.
    linked.crm.held("C000127")[ID] = "C9"
    linked.clock.advance(days=1)
    assert await linked.settle() == 2
    assert (await linked.contact()).validation.record_id == "C9"
    linked.crm.crm.records.records.clear()
    linked.clock.advance(days=1)
    assert await linked.settle() == 2
    assert (await linked.contact()).validation == ContactValidation(LookUpOutcome.NOT_FOUND, linked.clock())
    # What was known last is shown still.
    assert (await linked.held("party")).value == DEMOCRAT


async def test_where_nothing_is_automatic_only_what_was_asked_for_is_done_once(shop: Shop) -> None:
    await shop.connect(is_automatic=False)
    await shop.insert(a_caller())
    assert await shop.settle() == 0
    await shop.stores.transact(lambda changes: changes.crm.ask_again(["c1"]))
    switch(shop, status=503, lasts=1)
    await shop.settle()
    assert (await shop.contact()).validation.outcome is LookUpOutcome.FAILED
    shop.clock.advance(seconds=15)
    await shop.settle()
    assert (await shop.contact()).validation.outcome is LookUpOutcome.FOUND
    shop.clock.advance(days=9)
    assert await shop.settle() == 0
    # A record that is gone is looked for when somebody asks.
    shop.crm.crm.records.records.clear()
    await shop.stores.transact(lambda changes: changes.crm.ask_again(["c1"]))
    assert await shop.settle() == 1
    assert (await shop.contact()).validation.outcome is LookUpOutcome.NOT_FOUND


async def test_who_was_asked_for_and_can_be_asked_by_nothing_is_not_due_for_ever(shop: Shop) -> None:
    await shop.connect(is_automatic=False)
    await shop.insert(a_contact("c1"))
    await shop.stores.transact(lambda changes: changes.crm.ask_again(["c1"]))
    assert await shop.settle() == 1
    assert ((await shop.contact()).validation.outcome, shop.crm.asked()) == (LookUpOutcome.NEVER_ASKED, 0)


async def test_what_is_asked_for_during_a_look_up_is_asked_once_more(linked: Shop) -> None:
    linked.clock.advance(days=1)
    switch(linked, slow_seconds=0.2, lasts=1)
    running = asyncio.create_task(linked.settle())
    await happened(lambda: linked.crm.asked() == 1)
    # The CRM tells that the record has changed: perhaps after it has made up its answer.
    await linked.stores.transact(lambda changes: changes.crm.ask_again(["c1"]))
    assert await running == 2
    assert linked.crm.asked() == 2
    assert "lookUpDue" in (await linked.entries())["c1"]


async def test_a_contact_that_is_merged_away_or_deleted_during_a_look_up_takes_no_answer(shop: Shop) -> None:
    await shop.connect()
    await shop.insert(a_caller("c1"), a_caller("c2", "+12022243244"), a_contact("c0", identities=(an_identity("5"),)))
    switch(shop, slow_seconds=0.3, lasts=1)
    running = asyncio.create_task(shop.worker().run())
    await happened(lambda: shop.crm.asked() == 1)
    context = await shop.context("ann")
    order = MergeOrder("c0", "c1")
    assert isinstance(await merging.merge(context, order, idempotency_key=None), ContactsMerged)
    deleted = await deletion.delete(context, contact_id="c2", version=None, idempotency_key=None)
    assert isinstance(deleted, ContactDeleted)
    before = await shop.contact("c0")
    assert await running == 3
    # The survivor's own look-up, by the twitter id, was in the same request, and its answer is by what it was then.
    after = await shop.contact("c0")
    assert after.validation.record_id is None
    assert after.values == before.values
    assert set(await shop.entries()) == {"c0"}
    # It is looked up by the phone number that it has by now.
    await shop.settle()
    assert (await shop.contact("c0")).validation.record_id == "C000127"


# Writing


async def test_an_edit_is_pending_is_written_and_is_in_sync(linked: Shop) -> None:
    made = await linked.edit("party", "Independent")
    was = await linked.contact()
    assert made.sync == CrmSync(SyncState.PENDING, was.validation.asked_at, "Democrat")
    await linked.settle()
    after = await linked.held("party")
    assert after == replace(made, sync=CrmSync(SyncState.IN_SYNC, linked.clock(), "Independent"))
    assert linked.written() == [("C000127", {"party": "Independent"})]
    assert linked.keys() == [f"c1:d-party:{made.version}"]
    stands = [each for each in await linked.events() if each.kind is EventKind.SYNC_CHANGED]
    assert [(each.before, each.after, each.source) for each in stands] == [
        (
            ValueStanding("d-party", SyncState.PENDING),
            ValueStanding("d-party", SyncState.IN_SYNC),
            Source.CRM,
        )
    ]
    assert "writeDue" not in (await linked.entries())["c1"]
    assert await linked.settle() == 0


async def test_a_value_that_is_emptied_is_blanked_there_and_numbers_go_by_their_alias(linked: Shop) -> None:
    await linked.edit("party", None)
    await linked.edit("terms", NumberValue(7))
    await linked.edit("badge", "B-1")
    linked.crm.held("C000127")["badge"] = None
    await linked.settle()
    assert linked.written() == [
        ("C000127", {"party": None}),
        ("C000127", {"terms_served": 7}),
        ("C000127", {"badge": "B-1"}),
    ]
    assert await linked.standing("party") == (None, SyncState.IN_SYNC)


async def test_edits_of_one_contact_are_written_in_their_order(linked: Shop) -> None:
    await linked.edit("state", "OR")
    await linked.edit("terms", NumberValue(7))
    await linked.edit("party", "Independent")
    await linked.edit("state", "ID")
    await linked.settle()
    # Of two edits of one value the last one, in its place.
    assert [values for _, values in linked.written()] == [
        {"terms_served": 7},
        {"party": "Independent"},
        {"state": "ID"},
    ]


async def test_more_values_than_one_turn_takes_are_written_in_the_next(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST_WRITES == 20
    monkeypatch.setattr("resolvers.crm_exchange.MOST_WRITES", 2)
    await shop.connect()
    await shop.insert(a_caller())
    await shop.settle()
    for key, value in (("state", TextValue("OR")), ("party", GREEN), ("terms", NumberValue(7))):
        await shop.edit(key, value)
    assert await shop.settle() == 2
    assert [list(values) for _, values in shop.written()] == [["state"], ["party"], ["terms_served"]]


async def test_an_edit_that_is_made_while_one_is_written_is_written_after_it(linked: Shop) -> None:
    first = await linked.edit("party", "Independent")
    switch(linked, slow_seconds=0.2, lasts=1)
    running = asyncio.create_task(linked.settle())
    await happened(lambda: linked.crm.asked(WRITE) == 1)
    second = await linked.edit("party", "Green")
    assert first.sync is not None
    assert second.sync == replace(first.sync, overtaken=("Independent",))
    await running
    assert [values for _, values in linked.written()] == [{"party": "Independent"}, {"party": "Green"}]
    assert await linked.standing("party") == (GREEN, SyncState.IN_SYNC)
    assert [each.after.value for each in await linked.history("party")] == [DEMOCRAT, INDEPENDENT, GREEN]


async def test_what_the_crm_refuses_is_rejected_with_its_words_and_kept(linked: Shop) -> None:
    made = await linked.edit("party", "Whig")
    await linked.edit("state", "OR")
    switch(linked, rejects_with="There are no Whigs.", lasts=1)
    await linked.settle()
    after = await linked.held("party")
    assert made.sync is not None
    assert after == replace(made, sync=replace(made.sync, state=SyncState.REJECTED, message="There are no Whigs."))
    # It keeps nothing else from being written.
    assert linked.written() == [("C000127", {"state": "OR"})]
    assert await linked.settle() == 0
    # Somebody insists.
    await linked.decide("party", Side.LOCAL)
    await linked.settle()
    assert await linked.standing("party") == (TextValue("Whig"), SyncState.IN_SYNC)
    assert linked.crm.held("C000127")["party"] == "Whig"


@pytest.mark.parametrize("side", Side)
async def test_what_both_have_changed_is_in_conflict_until_somebody_decides(linked: Shop, side: Side) -> None:
    made = await linked.edit("party", "Independent")
    linked.crm.crm.records.change("C000127", {"party": "Green"})
    await linked.settle()
    in_conflict = await linked.held("party")
    assert in_conflict.value == INDEPENDENT
    assert in_conflict.sync is not None
    assert (in_conflict.sync.state, in_conflict.sync.field) == (SyncState.CONFLICT, "Green")
    assert in_conflict.sync.changed_at is not None
    assert (in_conflict.version, linked.written()) == (made.version, [])
    assert await linked.settle() == 0
    await linked.decide("party", side)
    await linked.settle()
    value = GREEN if side is Side.CRM else INDEPENDENT
    assert await linked.standing("party") == (value, SyncState.IN_SYNC)
    assert linked.crm.held("C000127")["party"] == value.text
    values = [each.after.value for each in await linked.history("party")]
    assert values == [DEMOCRAT, INDEPENDENT, value]


async def test_both_have_made_the_same_change(linked: Shop) -> None:
    await linked.edit("party", "Independent")
    linked.crm.crm.records.change("C000127", {"party": "Independent"})
    await linked.settle()
    assert await linked.standing("party") == (INDEPENDENT, SyncState.IN_SYNC)


async def test_what_the_crm_has_changed_into_no_value_at_all_is_a_conflict_too(linked: Shop) -> None:
    await linked.edit("terms", NumberValue(7))
    linked.crm.crm.records.change("C000127", {"terms_served": "several"})
    await linked.settle()
    assert linked.crm.asked(WRITE) == 1
    after = await linked.held("terms")
    assert after.sync is not None
    assert (after.value, after.sync.state, after.sync.field) == (NumberValue(7), SyncState.CONFLICT, "several")
    await linked.decide("terms", Side.LOCAL)
    await linked.settle()
    assert linked.crm.held("C000127")["terms_served"] == 7


async def test_a_crm_that_says_changed_and_tells_nothing_new_is_not_asked_without_end(linked: Shop) -> None:
    body = b'{"account_number": "C000127"}'
    head = b"HTTP/1.1 409 Conflict\r\nconnection: close\r\ncontent-length: %d\r\n\r\n" % len(body)
    async with running_raw(head + body) as raw:
        own = replace(linked.crm.taking_several, write_url=f"http://127.0.0.1:{raw.port}/write")
        await linked.connect(own, version=2)
        await linked.edit("party", "Independent")
        await linked.settle()
        assert len(raw.requests) == 1
    assert await linked.standing("party") == (INDEPENDENT, SyncState.PENDING)
    assert (await linked.entries())["c1"]["writeDue"] == linked.clock() + timedelta(hours=1)
    await linked.connect(version=3)
    linked.clock.advance(hours=1)
    await linked.settle()
    assert await linked.standing("party") == (INDEPENDENT, SyncState.IN_SYNC)


async def test_a_record_that_is_gone_when_it_is_written_leaves_the_edit_for_the_one_that_is_found(linked: Shop) -> None:
    made = await linked.edit("party", "Independent")
    linked.crm.held("C000127")[ID] = "C9"
    await linked.settle()
    assert (await linked.contact()).validation.record_id == "C9"
    assert linked.written() == [("C9", {"party": "Independent"})]
    assert await linked.standing("party") == (made.value, SyncState.IN_SYNC)


async def test_a_record_that_is_gone_for_good_leaves_the_edit_waiting_and_nobody_busy(linked: Shop) -> None:
    await linked.edit("party", "Independent")
    linked.crm.crm.records.records.clear()
    await linked.settle()
    assert (await linked.contact()).validation.outcome is LookUpOutcome.NOT_FOUND
    assert await linked.standing("party") == (INDEPENDENT, SyncState.PENDING)
    assert await linked.settle() == 0
    linked.crm.forget()
    linked.clock.advance(days=1)
    await linked.settle()
    assert await linked.standing("party") == (INDEPENDENT, SyncState.IN_SYNC)


async def test_a_write_that_fails_is_tried_again_after_ever_longer_with_the_same_key(linked: Shop) -> None:
    made = await linked.edit("party", "Independent")
    await linked.edit("state", "OR")
    before = await linked.contact()
    switch(linked, status=503)
    for attempts, seconds in enumerate((15, 30, 60), 1):
        await linked.settle()
        # One after the other: what comes later waits too.
        assert linked.crm.asked(WRITE) == attempts
        entry = (await linked.entries())["c1"]
        assert (entry["writeDue"], entry["attempts"]) == (linked.clock() + timedelta(seconds=seconds), attempts)
        linked.clock.advance(seconds=seconds)
    assert await linked.contact() == before
    switch(linked)
    await linked.settle()
    assert linked.keys()[0] == f"c1:d-party:{made.version}"
    assert len(linked.keys()) == 2
    # What failed before is forgotten.
    entry = (await linked.entries())["c1"]
    assert (entry["attempts"], "writeDue" in entry) == (0, False)


async def test_a_value_that_cannot_be_written_any_more_keeps_nobody_busy(linked: Shop) -> None:
    await linked.edit("party", "Independent")
    admin = await linked.context("ann")

    async def patch(given: DefinitionPatch) -> None:
        done = await definitions.update(
            admin,
            definition_id="d-party",
            patch=given,
            version=None,
            is_dry_run=False,
            idempotency_key=None,
        )
        assert isinstance(done, DefinitionChanged)

    await patch(DefinitionPatch(is_enabled=False))
    await linked.settle()
    assert (linked.crm.asked(WRITE), "writeDue" in (await linked.entries())["c1"]) == (0, False)
    # Nothing is lost: once it is exchanged again, it is written.
    admin = await linked.context("ann")
    await patch(DefinitionPatch(is_enabled=True))
    await linked.settle()
    assert await linked.standing("party") == (INDEPENDENT, SyncState.IN_SYNC)


async def test_an_attribute_that_becomes_one_that_is_looked_up_by_finds_those_who_have_it(shop: Shop) -> None:
    await shop.connect()
    await shop.insert(a_contact("c1"))
    await shop.edit("badge", "Maria Cantwell")
    assert await shop.settle() >= 0
    assert shop.crm.asked() == 0
    done = await definitions.update(
        await shop.context("ann"),
        definition_id="d-badge",
        patch=DefinitionPatch(is_look_up=True, crm_alias="name"),
        version=None,
        is_dry_run=False,
        idempotency_key=None,
    )
    assert isinstance(done, DefinitionChanged)
    await shop.settle()
    assert (await shop.contact()).validation.record_id == "C000127"


async def test_an_answer_to_an_agent_that_comes_late_undoes_nothing_that_was_written_since(linked: Shop) -> None:
    # Who asked before the edit, and is answered what was before it.
    asking = linked.clock()
    await linked.edit("party", "Independent")
    await linked.settle()
    before, events = await linked.contact(), await linked.events()
    linked.crm.held("C000127")["party"] = "Democrat"
    context = replace(await linked.context(), clock=lambda: asking)
    done = await crm_look_ups.look_up(context, contact_id="c1", idempotency_key=None)
    assert isinstance(done, ContactChanged)
    assert (done.contact, await linked.contact(), await linked.events()) == (before, before, events)
    missing = await crm_look_ups.look_up(context, contact_id="nobody", idempotency_key=None)
    assert missing == NotFound(Kind.CONTACT)
    # Who asks now is told what is so now.
    done = await crm_look_ups.look_up(await linked.context(), contact_id="c1", idempotency_key=None)
    assert await linked.standing("party") == (DEMOCRAT, SyncState.IN_SYNC)


async def test_an_edit_that_comes_when_all_seems_to_be_written_is_not_forgotten(linked: Shop) -> None:
    known = await linked.contact()
    await linked.edit("party", "Independent")
    worker = linked.worker()
    [task] = await worker.tasks.take(linked.clock(), 10)
    directory = (await linked.context()).directory
    connector = linked.connections.of(directory)
    assert connector is not None
    await Exchange(directory, linked.stores, connector, linked.clock).write(task, known)
    assert (await linked.entries())["c1"]["writeDue"] <= linked.clock()
    await worker.tasks.give_back([task])
    await linked.settle()
    assert await linked.standing("party") == (INDEPENDENT, SyncState.IN_SYNC)


async def test_a_value_that_only_one_contact_may_hold_leaves_the_rest_of_the_answer(linked: Shop) -> None:
    await linked.insert(a_contact("c2"))
    await linked.edit("badge", "B-1", "c2")
    linked.crm.held("C000127").update(badge="B-1", party="Independent")
    linked.clock.advance(days=1)
    await linked.settle()
    contact = await linked.contact()
    assert contact.held("d-badge") is None
    assert (contact.validation.outcome, await linked.standing("party")) == (
        LookUpOutcome.FOUND,
        (INDEPENDENT, SyncState.IN_SYNC),
    )
    # Once it is free, it is taken.
    await linked.edit("badge", None, "c2")
    linked.clock.advance(days=1)
    await linked.settle()
    assert (await linked.held("badge")).value == TextValue("B-1")


async def test_a_merged_contacts_edits_are_the_survivors_and_a_deleted_ones_are_gone(linked: Shop) -> None:
    await linked.insert(a_contact("c0"), a_caller("c2", "+12022243244"))
    await linked.settle()
    await linked.edit("party", "Independent")
    await linked.edit("party", "Independent", "c2")
    context = await linked.context("ann")
    order = MergeOrder("c0", "c1")
    assert isinstance(await merging.merge(context, order, idempotency_key=None), ContactsMerged)
    deleted = await deletion.delete(context, contact_id="c2", version=None, idempotency_key=None)
    assert isinstance(deleted, ContactDeleted)
    await linked.settle()
    assert linked.written() == [("C000127", {"party": "Independent"})]
    assert await linked.standing("party", "c0") == (INDEPENDENT, SyncState.IN_SYNC)
    assert set(await linked.entries()) == {"c0"}
    assert await contacts.find(await linked.context(), "c2") is None


async def test_a_contact_that_is_deleted_while_it_is_written_comes_to_nothing(linked: Shop) -> None:
    await linked.edit("party", "Independent")
    await linked.edit("state", "OR")
    switch(linked, slow_seconds=0.2, lasts=1)
    running = asyncio.create_task(linked.settle())
    await happened(lambda: linked.crm.asked(WRITE) == 1)
    context = await linked.context("ann")
    await deletion.delete(context, contact_id="c1", version=None, idempotency_key=None)
    after = await linked.world.snapshot()
    await running
    assert await linked.world.snapshot() == after
    assert after[CRM_TASKS] == []
    assert linked.crm.asked(WRITE) == 1


async def test_a_contact_that_is_merged_away_while_it_is_written_is_written_by_the_survivors_turn(linked: Shop) -> None:
    await linked.insert(a_contact("c0"))
    await linked.edit("party", "Independent")
    switch(linked, slow_seconds=0.2, lasts=1)
    running = asyncio.create_task(linked.worker().run())
    await happened(lambda: linked.crm.asked(WRITE) == 1)
    merged = await merging.merge(await linked.context("ann"), MergeOrder("c0", "c1"), idempotency_key=None)
    assert isinstance(merged, ContactsMerged)
    await running
    # Not in this turn: another process may have the survivor.
    assert (linked.crm.asked(WRITE), await linked.standing("party", "c0")) == (1, (INDEPENDENT, SyncState.PENDING))
    await linked.settle()
    assert await linked.standing("party", "c0") == (INDEPENDENT, SyncState.IN_SYNC)
    # Whether it is found there or written once more: nothing else is.
    assert {each for _, values in linked.written() for each in values.items()} == {("party", "Independent")}


async def test_two_agents_and_the_crm_change_one_value_at_once_and_nothing_is_lost(linked: Shop) -> None:
    switch(linked, slow_seconds=0.05)
    settling = asyncio.create_task(linked.settle())
    edits = [linked.edit("party", f"Party {n}", agent_id="sam" if n % 2 else "ann") for n in range(6)]
    made = await asyncio.gather(*edits, _later(linked, "Green"))
    await settling
    switch(linked)
    await linked.settle()
    history = [each.after.value for each in await linked.history("party")]
    assert {each.value for each in made if each is not None} <= set(history)
    versions = [each.after.version for each in await linked.history("party")]
    assert versions == list(range(1, len(versions) + 1))
    conflicts = [
        each
        for each in await linked.events()
        if isinstance(each.after, ValueStanding) and each.after.state is SyncState.CONFLICT
    ]
    assert len(conflicts) <= 1
    if (await linked.standing("party"))[1] is SyncState.CONFLICT:
        await linked.decide("party", Side.LOCAL)
        await linked.settle()
    value, state = await linked.standing("party")
    assert state is SyncState.IN_SYNC
    assert isinstance(value, TextValue)
    assert linked.crm.held("C000127")["party"] == value.text


async def _later(shop: Shop, party: str) -> None:
    await asyncio.sleep(0.02)
    shop.crm.crm.records.change("C000127", {"party": party})


# Without a CRM


async def test_where_the_crm_is_taken_away_nothing_is_asked_and_the_edits_wait(linked: Shop) -> None:
    await linked.edit("party", "Independent")
    await linked.stores.transact(_disconnect)
    await linked.settle()
    assert (await linked.entries(), linked.crm.asked(), linked.crm.asked(WRITE)) == ({}, 0, 0)
    assert await linked.standing("party") == (INDEPENDENT, SyncState.PENDING)
    # It comes back: what waits is written.
    await linked.connect(version=3)
    await linked.settle()
    assert await linked.standing("party") == (INDEPENDENT, SyncState.IN_SYNC)


async def _disconnect(changes: Changes) -> None:
    settings = await changes.crm_settings.find()
    await changes.crm_settings.put(replace(settings, version=2, connection=None))


async def test_a_process_that_reaches_no_crm_says_so(shop: Shop) -> None:
    shop.connections = Connections()
    await shop.connect(DirectoryConnection())
    await shop.insert(a_caller())
    await shop.settle()
    validation = (await shop.contact()).validation
    assert (validation.outcome, validation.failure) == (LookUpOutcome.FAILED, FailureReason.REFUSED)
