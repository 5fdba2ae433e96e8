"""Values: set, cleared, brought back, and set together; one attribute is unique."""

from __future__ import annotations

import random
from collections.abc import Mapping

from domain.attribute_changes import GivenValue, ValuesChanged, ValuesRefused, ValueTaken
from domain.attributes import AttributeChanged, StaleAttribute
from domain.contacts import Contact
from domain.events import EventKind, ValueChange
from domain.outcomes import Kind, NotFound
from domain.values import BooleanValue, NumberValue, TextValue, Value
from resolvers import attribute_history, attribute_sets, attributes
from resolvers.context import Context
from tests.resolvers.at_once.operation import Known, Maker, Operation, Tell, Written, is_next, seen

KEYS = ("bio", "followers", "newsletter", "card")
"""Of which `card` is unique."""


def _value(chance: random.Random, key: str, number: int) -> Value:
    if key == "followers":
        return NumberValue(float(number))
    if key == "newsletter":
        return BooleanValue(chance.random() < 0.5)
    # Few cards, so that contacts are after the same.
    return TextValue(f"Card {number % 4}" if key == "card" else f"Text {number}")


def _told(known: Known, contact_id: str, stated: Mapping[str, int | None]) -> Tell:
    """Tell for a mutation that stated the versions, by key."""

    def tell(answer: object, context: Context) -> Written | None:
        match answer:
            case AttributeChanged(contact, _) | ValuesChanged(contact, _):
                return _written(known, contact, context, stated)
            case StaleAttribute():
                _is_stale(answer, contact_id, stated)
                _see(known, answer.current)
                return None
            case ValueTaken(definition_id, holder):
                held = holder.held(definition_id)
                assert (definition_id, holder.id != contact_id, held is not None) == ("d-card", True, True)
                return None
            case ValuesRefused(problems):
                assert problems
                for each in problems:
                    assert isinstance(each.problem, StaleAttribute | ValueTaken)
                    if isinstance(each.problem, StaleAttribute):
                        _is_stale(each.problem, contact_id, stated)
                return None
            case NotFound(kind):
                assert kind is Kind.VERSION
                return None
            case _:
                raise AssertionError(answer)

    return tell


def _is_stale(stale: StaleAttribute, contact_id: str, stated: Mapping[str, int | None]) -> None:
    held, version = stale.current.held(stale.definition_id), stated[stale.definition_id.removeprefix("d-")]
    assert stale.current.id == contact_id
    assert version not in {None, 0 if held is None else held.version}


def _see(known: Known, contact: Contact) -> None:
    for each in contact.values:
        known.value_versions[contact.id, each.definition_id.removeprefix("d-")] = each.version


def _written(known: Known, contact: Contact, context: Context, stated: Mapping[str, int | None]) -> Written | None:
    """What is of the moment of this context is what the answer says was written by it."""
    _see(known, contact)
    mine = [each for each in contact.values if each.provenance.at == context.clock()]
    if not mine:
        return None
    assert {each.provenance.agent_id for each in mine} == {context.agent.id}
    assert all(is_next(each.version, stated[each.definition_id.removeprefix("d-")]) for each in mine)
    return Written(contact.id, EventKind.VALUES_CHANGED, values=tuple(ValueChange(None, each) for each in mine))


def value_set(chance: random.Random, known: Known, number: int) -> Operation:
    contact_id, key = chance.choice(known.contacts), chance.choice(KEYS)
    given, version = _value(chance, key, number), seen(known.value_versions.get((contact_id, key)), chance)

    async def act(context: Context, idempotency_key: str | None) -> object:
        return await attributes.set_value(
            context, contact_id=contact_id, key=key, given=given, version=version, idempotency_key=idempotency_key
        )

    return Operation(act, _told(known, contact_id, {key: version}))


def value_clear(chance: random.Random, known: Known, _number: int) -> Operation:
    contact_id, key = chance.choice(known.contacts), chance.choice(KEYS)
    version = seen(known.value_versions.get((contact_id, key)), chance)

    async def act(context: Context, idempotency_key: str | None) -> object:
        return await attributes.clear_value(
            context, contact_id=contact_id, key=key, version=version, idempotency_key=idempotency_key
        )

    return Operation(act, _told(known, contact_id, {key: version}))


def value_restore(chance: random.Random, known: Known, _number: int) -> Operation:
    contact_id, key = chance.choice(known.contacts), chance.choice(KEYS)
    last = known.value_versions.get((contact_id, key), 0)
    restored, version = chance.randint(1, last + 1), seen(last, chance)

    async def act(context: Context, idempotency_key: str | None) -> object:
        return await attribute_history.restore(
            context,
            contact_id=contact_id,
            key=key,
            restore_version=restored,
            version=version,
            idempotency_key=idempotency_key,
        )

    return Operation(act, _told(known, contact_id, {key: version}))


def values_set(chance: random.Random, known: Known, number: int) -> Operation:
    contact_id = chance.choice(known.contacts)
    values = [
        GivenValue(
            key,
            None if chance.random() < 0.2 else _value(chance, key, number),
            seen(known.value_versions.get((contact_id, key)), chance) if chance.random() < 0.3 else None,
        )
        for key in chance.sample(KEYS, chance.randint(1, 4))
    ]

    async def act(context: Context, idempotency_key: str | None) -> object:
        return await attribute_sets.set_values(
            context, contact_id=contact_id, values=values, idempotency_key=idempotency_key
        )

    return Operation(act, _told(known, contact_id, {each.key: each.version for each in values}))


MAKERS: tuple[Maker, ...] = (value_set, value_set, value_clear, value_restore, values_set)
