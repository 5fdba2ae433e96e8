"""What a contact holds once the CRM was heard of: by state, rule and what was told, and after any sequence at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.attribute_changes import change_of, with_changes
from domain.attributes import CrmSync, HeldValue, Provenance, Source, SyncState
from domain.contacts import Contact
from domain.crm import CrmRecord, Field
from domain.crm_merge import (
    CrmMerge,
    Side,
    is_pending,
    merged_record,
    pending,
    rejected,
    side_by_rule,
    with_held,
    written,
)
from domain.crm_values import field_of_value, value_of_field
from domain.definitions import AttributeCategory, AttributeDefinition, SyncRule, ValueType
from domain.events import ValueChange
from domain.outcomes import Invalid
from domain.values import NumberValue, TextValue, Value
from tests.builders import MORNING, a_contact, a_definition

NOW = MORNING + timedelta(hours=3)
SYNCED = MORNING - timedelta(days=1)
EARLIER, LATER = MORNING - timedelta(hours=1), MORNING + timedelta(hours=1)
"""Than the value was set here."""
EXCHANGED = [each for each in SyncRule if each is not SyncRule.NEVER]
CITY = a_definition("city", ValueType.TEXT, AttributeCategory.CRM)
ROOMS = a_definition("rooms", ValueType.NUMBER, AttributeCategory.CRM)


def ours(
    text: str | None = "Ours",
    state: SyncState | None = None,
    known: Field | None = "Old",
    *,
    definition: AttributeDefinition = CITY,
    value: Value | None = None,
    message: str | None = None,
) -> HeldValue:
    """Return what was set here in the morning, in its third version."""
    sync = None if state is None else CrmSync(state, SYNCED, known, message)
    own = value or (None if text is None else TextValue(text))
    return HeldValue(definition.id, own, Provenance(Source.AGENT, MORNING, "jo"), 3, sync)


STATES: dict[str, HeldValue | None] = {
    "nothing": None,
    "never in sync": ours(),
    "in sync": ours("Old", SyncState.IN_SYNC),
    "pending": ours(state=SyncState.PENDING),
    "rejected": ours(state=SyncState.REJECTED, message="No."),
    "in conflict": ours(state=SyncState.CONFLICT),
}


def heard(
    held: HeldValue | None,
    told: Field | None,
    *,
    at: datetime | None = LATER,
    definition: AttributeDefinition = CITY,
    now: datetime = NOW,
) -> CrmMerge:
    contact = a_contact("c1", values=() if held is None else (held,))
    record = CrmRecord("r1", {definition.key: told}, updated_at=at)
    return merged_record(contact, record, [definition], region="US", now=now)


def expected(outcome: str, held: HeldValue | None, told: Field | None, at: datetime | None) -> HeldValue | None:
    match outcome, held:
        case "same", _:
            return held
        case "taken", _:
            version, value = (1 if held is None else 4), None if told is None else TextValue(str(told))
            in_sync = CrmSync(SyncState.IN_SYNC, NOW, told)
            return HeldValue(CITY.id, value, Provenance(Source.CRM, NOW), version, in_sync)
        case "kept", HeldValue():
            return replace(held, sync=None)
        case "agreed", HeldValue():
            return replace(held, sync=CrmSync(SyncState.IN_SYNC, NOW, told))
        case "conflict", HeldValue():
            return replace(held, sync=CrmSync(SyncState.CONFLICT, SYNCED, told, None, at or NOW))
    raise AssertionError(outcome)


ALWAYS, PREFER, RECENT = EXCHANGED
# What was held, what is told and when it was changed there; what that comes to by each rule.
TABLE: list[tuple[str, str | None, datetime | None, dict[SyncRule, str]]] = [
    ("nothing", "Old", EARLIER, dict.fromkeys(EXCHANGED, "taken")),
    ("nothing", None, LATER, dict.fromkeys(EXCHANGED, "same")),
    ("never in sync", "Ours", EARLIER, dict.fromkeys(EXCHANGED, "agreed")),
    ("never in sync", "New", LATER, dict.fromkeys(EXCHANGED, "taken")),
    ("never in sync", "New", MORNING, dict.fromkeys(EXCHANGED, "taken")),
    ("never in sync", "New", None, dict.fromkeys(EXCHANGED, "taken")),
    ("never in sync", "New", EARLIER, {ALWAYS: "taken", PREFER: "taken", RECENT: "kept"}),
    ("never in sync", None, LATER, {ALWAYS: "taken", PREFER: "kept", RECENT: "taken"}),
    ("never in sync", None, EARLIER, {ALWAYS: "taken", PREFER: "kept", RECENT: "kept"}),
    ("in sync", "Old", LATER, dict.fromkeys(EXCHANGED, "same")),
    ("in sync", "New", LATER, dict.fromkeys(EXCHANGED, "taken")),
    # Its clock may be wrong; nobody has changed anything here.
    ("in sync", "New", EARLIER, dict.fromkeys(EXCHANGED, "taken")),
    ("in sync", None, LATER, {ALWAYS: "taken", PREFER: "kept", RECENT: "taken"}),
    ("pending", "Old", LATER, dict.fromkeys(EXCHANGED, "same")),
    ("pending", "Ours", LATER, dict.fromkeys(EXCHANGED, "agreed")),
    ("pending", "New", LATER, dict.fromkeys(EXCHANGED, "conflict")),
    ("pending", "New", None, dict.fromkeys(EXCHANGED, "conflict")),
    ("pending", None, EARLIER, dict.fromkeys(EXCHANGED, "conflict")),
    ("rejected", "Old", LATER, dict.fromkeys(EXCHANGED, "same")),
    ("rejected", "Ours", LATER, dict.fromkeys(EXCHANGED, "agreed")),
    ("rejected", "New", EARLIER, dict.fromkeys(EXCHANGED, "taken")),
    ("rejected", None, LATER, dict.fromkeys(EXCHANGED, "taken")),
    ("in conflict", "Old", LATER, dict.fromkeys(EXCHANGED, "same")),
    ("in conflict", "Ours", LATER, dict.fromkeys(EXCHANGED, "agreed")),
    ("in conflict", "New", EARLIER, dict.fromkeys(EXCHANGED, "conflict")),
    ("in conflict", None, LATER, dict.fromkeys(EXCHANGED, "conflict")),
]


def test_the_table_has_every_state_with_every_thing_told() -> None:
    known = {(state, told) for state, told, _, _ in TABLE}
    wanted = {(state, told) for state in STATES for told in ("Ours", "Old", "New", None)}
    # In sync, ours is the old one; and with nothing held one is as new as the other.
    missing = {("in sync", "Ours"), ("nothing", "Ours"), ("nothing", "New"), ("never in sync", "Old")}
    assert wanted - known == missing
    assert all(set(each) == set(EXCHANGED) for *_, each in TABLE)


@pytest.mark.parametrize("rule", EXCHANGED)
@pytest.mark.parametrize(("state", "told", "at", "outcomes"), TABLE)
def test_what_is_held_follows_from_state_rule_and_what_is_told(
    state: str, told: str | None, at: datetime | None, outcomes: dict[SyncRule, str], rule: SyncRule
) -> None:
    held, definition = STATES[state], replace(CITY, sync_rule=rule)
    merge = heard(held, told, at=at, definition=definition)
    after = merge.contact.held(CITY.id)
    outcome = outcomes[rule]
    assert after == expected(outcome, held, told, at)
    change = [] if after is None or after == held else [ValueChange(held, after)]
    assert list(merge.changes) == (change if outcome == "taken" else [])
    assert list(merge.standings) == ([] if outcome == "taken" else change)
    assert merge.unreadable == ()


@pytest.mark.parametrize("told", ["Old", "New", "Ours", None])
@pytest.mark.parametrize("held", STATES.values(), ids=STATES)
@pytest.mark.parametrize(
    "changes", [{"sync_rule": SyncRule.NEVER}, {"is_enabled": False}, {"is_archived": True}], ids=str
)
def test_what_is_not_exchanged_stays(held: HeldValue | None, told: str | None, changes: Mapping[str, Any]) -> None:
    merge = heard(held, told, definition=replace(CITY, **changes))
    assert merge == CrmMerge(a_contact("c1", values=() if held is None else (held,)))


def test_a_field_that_was_not_told_says_nothing_and_one_is_known_by_its_alias() -> None:
    definitions = [replace(CITY, crm_alias="town"), ROOMS]
    contact = a_contact("c1", values=(ours("Old", SyncState.IN_SYNC),))
    silent = merged_record(contact, CrmRecord("r1", {"city": "New"}), definitions, region="US", now=NOW)
    assert silent == CrmMerge(contact)
    told = merged_record(contact, CrmRecord("r1", {"town": "New", "rooms": 3.0}), definitions, region="US", now=NOW)
    assert [each.after.value for each in told.changes] == [TextValue("New"), NumberValue(3)]


@pytest.mark.parametrize("state", [SyncState.PENDING, SyncState.REJECTED, SyncState.CONFLICT])
def test_another_spelling_of_what_is_known_is_no_news_but_is_what_a_write_expects_then(state: SyncState) -> None:
    held = ours(definition=ROOMS, value=NumberValue(3), state=state, known="4", message="No.")
    after = heard(held, 4.0, definition=ROOMS).contact.held(ROOMS.id)
    assert held.sync is not None
    assert after == replace(held, sync=replace(held.sync, field=4.0))


def test_a_value_that_the_crm_spells_otherwise_is_in_sync_as_it_spells_it() -> None:
    held = ours(definition=ROOMS, value=NumberValue(3), state=SyncState.IN_SYNC, known="3")
    after = replace(held, sync=CrmSync(SyncState.IN_SYNC, NOW, 3.0))
    assert heard(held, 3.0, definition=ROOMS).standings == (ValueChange(held, after),)


@pytest.mark.parametrize(
    ("state", "known", "after"),
    [
        (None, None, None),
        (SyncState.IN_SYNC, 4.0, None),
        (SyncState.PENDING, 4.0, CrmSync(SyncState.CONFLICT, SYNCED, "many", None, LATER)),
        (SyncState.CONFLICT, 4.0, CrmSync(SyncState.CONFLICT, SYNCED, "many", None, LATER)),
        (SyncState.REJECTED, 4.0, CrmSync(SyncState.REJECTED, SYNCED, "many", "No.")),
        (SyncState.PENDING, "many", CrmSync(SyncState.PENDING, SYNCED, "many", "No.")),
        (SyncState.CONFLICT, "many", CrmSync(SyncState.CONFLICT, SYNCED, "many", "No.")),
    ],
)
def test_a_field_that_means_no_value_leaves_the_value_and_is_not_said_to_be_the_same(
    state: SyncState | None, known: Field | None, after: CrmSync | None
) -> None:
    held = ours(definition=ROOMS, value=NumberValue(3), state=state, known=known, message="No.")
    merge = heard(held, "many", definition=ROOMS)
    assert merge.contact.held(ROOMS.id) == replace(held, sync=after)
    assert (merge.changes, merge.unreadable) == ((), ("rooms",))
    assert heard(None, "many", definition=ROOMS) == CrmMerge(a_contact("c1"), unreadable=("rooms",))
    untimed = heard(ours(state=SyncState.PENDING, definition=ROOMS, known=4.0), "many", definition=ROOMS, at=None)
    [standing] = untimed.standings
    assert standing.after.sync == CrmSync(SyncState.CONFLICT, SYNCED, "many", None, NOW)


def test_an_answer_that_comes_late_undoes_nothing_that_was_heard_since() -> None:
    held = ours("New", SyncState.IN_SYNC, "New")
    asked_before, asked_then = SYNCED - timedelta(seconds=1), SYNCED
    assert heard(held, "Old", now=asked_before) == CrmMerge(a_contact("c1", values=(held,)))
    [change] = heard(held, "Old", now=asked_then).changes
    assert change.after.value == TextValue("Old")


def test_no_other_value_is_touched_and_none_changes_its_place() -> None:
    values = (replace(ours(), definition_id="d-x"), ours(), replace(ours(), definition_id="d-y"))
    contact = a_contact("c1", values=values)
    merge = with_held(contact, {CITY.id: ours("New")})
    assert merge.contact == replace(contact, values=(values[0], ours("New"), values[2]))
    assert with_held(contact, {CITY.id: ours()}).contact is contact


def test_what_was_to_be_written_before_and_has_been_is_no_conflict() -> None:
    pending = ours(state=SyncState.PENDING)
    assert pending.sync is not None
    held = replace(pending, sync=replace(pending.sync, overtaken=("First", "Second")))
    assert held.sync is not None
    merge = heard(held, "First")
    assert merge.contact.held(CITY.id) == replace(held, sync=replace(held.sync, field="First"))
    assert merge.changes == ()
    [standing] = heard(held, "Third").standings
    assert standing.after.sync == CrmSync(SyncState.CONFLICT, SYNCED, "Third", None, LATER)


def test_a_value_knows_which_edits_have_been_overtaken_before_the_crm_has_heard_of_any() -> None:
    both = Worlds(ROOMS, crm=1.0)
    both.hear()
    known = []
    for number in range(2, 15):
        both.edit(NumberValue(number))
        assert both.held is not None
        assert both.held.sync is not None
        known.append(both.held.sync.overtaken)
    assert known[:3] == [(), (2.0,), (2.0, 3.0)]
    assert known[-1] == tuple(float(each) for each in range(4, 14))
    both.deliver()
    assert both.held is not None
    assert both.held.sync == CrmSync(SyncState.IN_SYNC, both.at, 14.0)


# What the rule would decide


@pytest.mark.parametrize(
    ("rule", "told", "changed_at", "side"),
    [
        (SyncRule.ALWAYS_CRM, "New", EARLIER, Side.CRM),
        (SyncRule.ALWAYS_CRM, None, EARLIER, Side.CRM),
        (SyncRule.PREFER_CRM, "New", EARLIER, Side.CRM),
        (SyncRule.PREFER_CRM, None, LATER, Side.LOCAL),
        (SyncRule.MOST_RECENT, "New", LATER, Side.CRM),
        (SyncRule.MOST_RECENT, "New", MORNING, Side.CRM),
        (SyncRule.MOST_RECENT, None, EARLIER, Side.LOCAL),
        (SyncRule.NEVER, "New", LATER, Side.LOCAL),
    ],
)
def test_the_rule_prefers_a_side(rule: SyncRule, told: str | None, changed_at: datetime, side: Side) -> None:
    held = replace(ours(), sync=CrmSync(SyncState.CONFLICT, SYNCED, told, None, changed_at))
    assert side_by_rule(replace(CITY, sync_rule=rule), held, region="US") is side


def test_what_means_no_value_cannot_be_preferred_and_what_is_not_in_conflict_is_not_decided() -> None:
    unreadable = ours(definition=ROOMS, value=NumberValue(3), state=SyncState.CONFLICT, known="many")
    assert side_by_rule(ROOMS, unreadable, region="US") is Side.LOCAL
    others = [each for name, each in STATES.items() if each is not None and name != "in conflict"]
    assert [side_by_rule(CITY, each, region="US") for each in others] == [None] * 4


# What was written


def test_what_the_crm_has_taken_is_in_sync() -> None:
    sent = ours(state=SyncState.PENDING)
    contact = a_contact("c1", values=(sent,))
    after = replace(sent, sync=CrmSync(SyncState.IN_SYNC, NOW, "OURS"))
    expected = CrmMerge(replace(contact, values=(after,)), standings=(ValueChange(sent, after),))
    assert written(contact, sent, "OURS", NOW) == expected


def test_an_edit_that_came_meanwhile_is_sent_next_and_expects_what_was_sent() -> None:
    sent = ours(state=SyncState.PENDING)
    newer = replace(sent, value=TextValue("Newer"), version=4)
    contact = a_contact("c1", values=(newer,))
    [standing] = written(contact, sent, "Ours", NOW).standings
    assert standing == ValueChange(newer, replace(newer, sync=CrmSync(SyncState.PENDING, NOW, "Ours")))
    # What the CRM says of the older one is nobody's concern any more.
    assert rejected(contact, sent, "No.") == CrmMerge(contact)


def test_what_the_crm_refuses_is_kept_with_its_words() -> None:
    sent = ours(state=SyncState.PENDING)
    contact = a_contact("c1", values=(sent,))
    after = replace(sent, sync=CrmSync(SyncState.REJECTED, SYNCED, "Old", "No."))
    assert rejected(contact, sent, "No.").contact == replace(contact, values=(after,))


@pytest.mark.parametrize("held", [None, *[each for each in STATES.values() if each and not is_pending(each)]])
def test_what_has_been_settled_meanwhile_stays_settled(held: HeldValue | None) -> None:
    contact, sent = a_contact("c1", values=() if held is None else (held,)), ours(state=SyncState.PENDING)
    assert written(contact, sent, "Ours", NOW) == CrmMerge(contact)
    assert rejected(contact, sent, "No.") == CrmMerge(contact)


def test_what_waits_is_in_the_order_of_the_edits() -> None:
    keys = ["b", "a", "later", "off", "never", "custom", "settled", "none"]
    definitions = {each: a_definition(each, ValueType.TEXT, AttributeCategory.CRM) for each in keys}
    definitions["off"] = replace(definitions["off"], is_enabled=False)
    definitions["never"] = replace(definitions["never"], sync_rule=SyncRule.NEVER)
    definitions["custom"] = replace(definitions["custom"], category=AttributeCategory.CUSTOM)

    def edit(key: str, at: datetime = MORNING, state: SyncState | None = SyncState.PENDING) -> HeldValue:
        made = ours(definition=definitions[key], state=state)
        return replace(made, provenance=Provenance(Source.AGENT, at))

    values = [edit(each) for each in keys[:6]]
    values += [edit("settled", state=SyncState.IN_SYNC), edit("none", state=None)]
    values[2] = edit("later", LATER)
    waiting = pending(a_contact(values=tuple(reversed(values))), definitions.values())
    assert [each.key for each, _ in waiting] == ["a", "b", "later"]
    assert [held for _, held in waiting] == [values[1], values[0], values[2]]


# After any sequence at all

FIELDS: Sequence[Field | None] = (None, "", 1.0, "1", 2.0, " 2 ", "many")
VALUES = (None, NumberValue(1), NumberValue(2), NumberValue(3))


@dataclass
class Worlds:
    """A contact here and its record there, with everything that happened to the value."""

    definition: AttributeDefinition
    contact: Contact = field(default_factory=lambda: a_contact("c1"))
    crm: Field | None = None
    crm_at: datetime = MORNING
    tells_time: bool = True
    at: datetime = MORNING
    history: list[ValueChange] = field(default_factory=list)
    edits: list[HeldValue] = field(default_factory=list)

    @property
    def held(self) -> HeldValue | None:
        return self.contact.held(self.definition.id)

    @property
    def crm_value(self) -> Value | Invalid | None:
        return value_of_field(self.definition, self.crm, region="US")

    def tick(self) -> datetime:
        self.at += timedelta(minutes=1)
        return self.at

    def edit(self, value: Value | None) -> None:
        by = Provenance(Source.AGENT, self.tick(), "jo")
        made = change_of(self.contact, self.definition, value, version=None, provenance=by)
        if made is not None:
            assert isinstance(made, ValueChange)
            self.history.append(made)
            self.edits.append(made.after)
            self.contact = with_changes(self.contact, [made])

    def change_there(self, told: Field | None) -> None:
        self.crm, self.crm_at = told, self.tick()

    def _record(self) -> CrmRecord:
        return CrmRecord("r1", {"rooms": self.crm}, updated_at=self.crm_at if self.tells_time else None)

    def _keep(self, merge: CrmMerge) -> None:
        for each in merge.standings:
            assert each.before is not None
            assert replace(each.before, sync=None) == replace(each.after, sync=None)
        assert self.contact == replace(merge.contact, values=self.contact.values)
        self.history += merge.changes
        self.contact = merge.contact

    def hear(self) -> None:
        record, now = self._record(), self.tick()
        self._keep(merged_record(self.contact, record, [self.definition], region="US", now=now))
        # The same once more is no news.
        again = merged_record(self.contact, record, [self.definition], region="US", now=self.tick())
        assert (again.contact, again.changes, again.standings) == (self.contact, (), ())
        self._check_heard()

    def _check_heard(self) -> None:
        held, told = self.held, self.crm_value
        if held is None:
            assert told is None or isinstance(told, Invalid)
        elif held.sync is not None and held.sync.state is SyncState.IN_SYNC:
            assert (held.value, held.sync.field) == (told, self.crm)
        else:
            assert isinstance(told, Invalid) or held.value != told

    def deliver(self, meanwhile: Value | None = None, *, refuses: bool = False, is_lost: bool = False) -> None:
        for definition, sent in pending(self.contact, [self.definition]):
            told, known = field_of_value(definition, sent.value), None if sent.sync is None else sent.sync.field
            is_taken = _spelled(self.crm) in {_spelled(known), _spelled(told)}
            if is_taken and not refuses:
                self.change_there(told)
            if is_lost:
                continue
            if meanwhile is not None:
                self.edit(meanwhile)
            if refuses:
                self._keep(rejected(self.contact, sent, "No."))
            elif is_taken:
                self._keep(written(self.contact, sent, told, self.tick()))
            else:
                self.hear()
                assert self.held is not None
                # Never twice the same.
                assert self.held.sync != sent.sync or self.held.version > sent.version

    def decide(self, side: Side) -> None:
        held = self.held
        if held is None or held.sync is None or held.sync.state not in {SyncState.CONFLICT, SyncState.REJECTED}:
            return
        told = value_of_field(self.definition, held.sync.field, region="US")
        if side is Side.CRM and not isinstance(told, Invalid):
            sync = CrmSync(SyncState.IN_SYNC, self.tick(), held.sync.field)
            after = HeldValue(held.definition_id, told, Provenance(Source.CRM, self.at, "jo"), held.version + 1, sync)
        else:
            sync = CrmSync(SyncState.PENDING, held.sync.synced_at, held.sync.field)
            by = Provenance(Source.AGENT, self.tick(), "jo")
            after = HeldValue(held.definition_id, held.value, by, held.version + 1, sync)
        made = ValueChange(held, after)
        self.history.append(made)
        self.contact = with_changes(self.contact, [made])

    def check_history(self) -> None:
        """Nothing was ever held, here, that the history does not tell of, each version beyond the one before."""
        held: HeldValue | None = None
        for each in self.history:
            assert each.after.version > (0 if held is None else held.version)
            assert (None if each.before is None else each.before.value) == (None if held is None else held.value)
            held = each.after
        assert (None if self.held is None else self.held.value) == (None if held is None else held.value)
        told = [(each.after.version, each.after.value) for each in self.history]
        assert all((each.version, each.value) in told for each in self.edits)


def _spelled(told: Field | None) -> str:
    return f"{told:.15g}" if isinstance(told, float) else str(told or "").strip()


OPERATIONS = st.one_of(
    st.tuples(st.just("edit"), st.sampled_from(VALUES)),
    st.tuples(st.just("change_there"), st.sampled_from(FIELDS)),
    st.tuples(st.just("hear")),
    st.tuples(st.just("deliver")),
    st.tuples(st.just("deliver"), st.sampled_from(VALUES)),
    st.tuples(st.just("refuse")),
    st.tuples(st.just("break off")),
    st.tuples(st.just("decide"), st.sampled_from(Side)),
)


@given(st.sampled_from(EXCHANGED), st.booleans(), st.lists(OPERATIONS, max_size=15), st.sampled_from(Side))
def test_after_any_sequence_nothing_is_lost_and_both_agree_or_say_that_they_do_not(
    rule: SyncRule, tells_time: bool, operations: list[tuple[str, object]], last: Side
) -> None:
    both = Worlds(replace(ROOMS, sync_rule=rule), tells_time=tells_time)
    for name, *arguments in operations:
        if name == "refuse":
            both.deliver(refuses=True)
        elif name == "break off":
            both.deliver(is_lost=True)
        else:
            getattr(both, name)(*arguments)
        both.check_history()
    both.hear()
    # Once people have decided, and what waits was sent, there is nothing left to do.
    both.decide(last)
    both.deliver()
    both.hear()
    both.check_history()
    held = both.held
    if held is None or held.sync is None:
        return
    assert held.sync.state is SyncState.IN_SYNC
    assert held.value == both.crm_value


@pytest.mark.parametrize("rule", EXCHANGED)
def test_a_value_that_both_change_at_once_is_one_conflict_and_then_one_value(rule: SyncRule) -> None:
    both = Worlds(replace(ROOMS, sync_rule=rule), crm=1.0)
    both.hear()
    both.edit(NumberValue(2))
    both.change_there(3.0)
    both.deliver()
    held = both.held
    assert held is not None
    assert held.sync is not None
    assert (held.value, held.sync.state, held.sync.field) == (NumberValue(2), SyncState.CONFLICT, 3.0)
    both.decide(Side.LOCAL)
    both.deliver()
    both.hear()
    assert (both.crm, both.held and both.held.value) == (2.0, NumberValue(2))
    both.check_history()
