"""What finding contacts means, said as plainly as can be: every contact looked at, the list sorted whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import combinations
from typing import Any

from hypothesis import strategies as st

from domain.attributes import HeldValue, Provenance, Source
from domain.contacts import Contact, ContactValidation, IdentityKey, LookUpOutcome, Network, SocialIdentity
from domain.definitions import AttributeDefinition, ValueType
from domain.filters import (
    EVERYBODY,
    Above,
    AllOf,
    AnyOf,
    Below,
    Filter,
    Happened,
    Happening,
    HasAll,
    HasAny,
    HasNone,
    HasNotes,
    Holds,
    IsOneOf,
    IsVip,
    LookedUp,
    NoneOf,
    OfAttribute,
    OnNetwork,
    StartsWith,
    Test,
)
from domain.finding import ContactQuery, is_meant
from domain.ordering import ContactPosition, Direction, Order, position
from domain.values import (
    BooleanValue,
    DateTimeValue,
    DateValue,
    EmailValue,
    LanguageValue,
    MultiSelectValue,
    NumberValue,
    PhoneValue,
    SelectValue,
    TextValue,
    UrlValue,
    Value,
)
from domain.vip import VipStatus
from tests.builders import MORNING, a_definition

SEARCHED = ("text", "email", "phone", "url")
DEFINITIONS: tuple[AttributeDefinition, ...] = (
    *(a_definition(each.value.lower(), each, is_searchable=each.value.lower() in SEARCHED) for each in ValueType),
    a_definition("plain"),
)
"""One of each value type, and a text that is not searched."""
SOURCES = tuple(f"d-{each}" for each in SEARCHED)
NOW = MORNING + timedelta(hours=2)
OPTIONS = ("o1", "o2", "o3")
MOMENTS = [MORNING + timedelta(hours=each) for each in range(4)]
TEXTS = ["Jane", "jané  Roe", "ja", "O'Brien", "Ööl 54", "20", "", "Jane-Ann 2022243441", "Zoë & jane@x.com", "田中"]
EMAILS = ["jane@example.com", "JANE@Example.com", "jane.roe@x.org"]
PHONES = ["+12022243441", "+4930123456", "+12022243"]
URLS = ["https://example.com/Jane", "http://www.x.org"]

SAMPLES: dict[ValueType, list[Value]] = {
    ValueType.TEXT: [TextValue(each) for each in TEXTS],
    ValueType.NUMBER: [NumberValue(each) for each in (-1.5, 0.0, 1.0, 20.0)],
    ValueType.BOOLEAN: [BooleanValue(each) for each in (False, True)],
    ValueType.DATE: [DateValue(MORNING.date() + timedelta(days=each)) for each in range(3)],
    ValueType.DATETIME: [DateTimeValue(each) for each in MOMENTS],
    ValueType.EMAIL: [EmailValue(each) for each in EMAILS],
    ValueType.PHONE: [PhoneValue(each) for each in PHONES],
    ValueType.URL: [UrlValue(each) for each in URLS],
    ValueType.SELECT: [SelectValue(each) for each in OPTIONS],
    ValueType.MULTI_SELECT: [MultiSelectValue(each) for size in range(4) for each in combinations(OPTIONS, size)],
    ValueType.LANGUAGE: [LanguageValue(each) for each in ("pt", "pt-BR", "PT-br")],
}


def conditions_for(value_type: ValueType) -> list[Test]:
    """Return every kind of test that fits the type, with values that there are."""
    samples = SAMPLES[value_type]
    chosen = [each for size in (1, 2) for each in combinations(OPTIONS, size)]
    found: list[Test] = [Holds()]
    if value_type not in {ValueType.SELECT, ValueType.MULTI_SELECT}:
        found += [*(IsOneOf((each,)) for each in samples), IsOneOf(tuple(samples[:2]))]
    else:
        found += [HasAny(each) for each in chosen]
    if value_type is ValueType.MULTI_SELECT:
        found += [test(each) for each in chosen for test in (HasAll, HasNone)]
    if value_type is ValueType.TEXT:
        found += [StartsWith(each) for each in ("j", "JANÉ ", "o'", "20", "$", ".*", "田")]
    for each in samples:
        if isinstance(each, NumberValue | DateValue | DateTimeValue):
            found += [test(each, inclusive) for test in (Above, Below) for inclusive in (False, True)]
    return found


def _held(definition: AttributeDefinition) -> st.SearchStrategy[HeldValue]:
    value: st.SearchStrategy[Value | None] = st.none() | st.sampled_from(SAMPLES[definition.value_type])
    return value.map(lambda each: HeldValue(definition.id, each, Provenance(Source.IMPORT, MORNING), 1))


_VALUES = st.lists(st.sampled_from(DEFINITIONS), unique_by=lambda each: each.id, min_size=3, max_size=8).flatmap(
    lambda chosen: st.tuples(*map(_held, chosen))
)
_VIPS = st.builds(VipStatus, st.sampled_from(MOMENTS), st.just("jo"), st.none(), st.none() | st.sampled_from(MOMENTS))


def a_found_contact(contact_id: str) -> st.SearchStrategy[Contact]:
    """Make contacts that have much in common; the identity of each is its own."""

    def identities(chosen: tuple[Network, str]) -> tuple[SocialIdentity, ...]:
        network, handle = chosen
        return (SocialIdentity(IdentityKey(network, contact_id), handle, secondary_identifier="Jane Roe"),)

    handles = st.sampled_from(["@jane_roe", "+1 202-224-3441", "202 224", "jane@example.com", "+"])
    networks = st.sampled_from([Network.TWITTER, Network.WHATSAPP, Network.EMAIL, Network.WEB_CHAT])
    return st.builds(
        Contact,
        id=st.just(contact_id),
        version=st.just(1),
        name=st.sampled_from(TEXTS),
        avatar_url=st.none(),
        identities=st.just(()) | st.tuples(networks, handles).map(identities),
        values=_VALUES,
        vip=st.none() | _VIPS,
        validation=st.sampled_from(LookUpOutcome).map(ContactValidation),
        note_count=st.integers(0, 2),
        created_at=st.sampled_from(MOMENTS),
        updated_at=st.sampled_from(MOMENTS),
    )


def some_contacts(most: int) -> st.SearchStrategy[list[Contact]]:
    several = st.integers(0, most).map(lambda size: [a_found_contact(f"c{each}") for each in range(size)])
    return several.flatmap(lambda each: st.tuples(*each)).map(list)


_OF_ATTRIBUTES = st.sampled_from(DEFINITIONS).flatmap(
    lambda each: st.sampled_from(conditions_for(each.value_type)).map(lambda test: OfAttribute(each.id, test))
)
_CONDITIONS: st.SearchStrategy[Filter] = st.one_of(
    # As often as all the others together, of which there are fewer kinds.
    *[_OF_ATTRIBUTES] * 7,
    st.sampled_from(Network).map(OnNetwork),
    st.just(IsVip(NOW)),
    st.sampled_from(LookUpOutcome).map(LookedUp),
    st.builds(Happened, st.sampled_from(Happening), st.none() | st.sampled_from(MOMENTS), st.sampled_from(MOMENTS)),
    st.builds(Happened, st.sampled_from(Happening), st.sampled_from(MOMENTS), st.none()),
    st.just(HasNotes()),
)


def _together(inner: st.SearchStrategy[Filter]) -> st.SearchStrategy[Filter]:
    several = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return several.map(AllOf) | several.map(AnyOf) | several.map(NoneOf)


FILTERS: st.SearchStrategy[Filter] = st.just(AllOf(())) | st.recursive(_CONDITIONS, _together, max_leaves=5)

SOME_FILTERS: list[Filter] = [EVERYBODY, HasNotes(), NoneOf((IsVip(NOW),)), OnNetwork(Network.WEB_CHAT)]

SEVERAL_WORDS = [
    *("jane roe", "roe ja", "j r", "zo j", "ö 54", "ö r", "20 jane", "j 2 r", "jane +1 202", "ja o", "r j ex", "j zz"),
]
SEARCHES = [
    *SEVERAL_WORDS,
    *("j", "ja", "jan", "jane", "JANÉ", "brien", "obrien", "o'brien", "o", "ool", "j j"),
    *("2", "20", "202", "2022", "(202) 224-3441", "+1 202", "+1 202 224 3441", "12022243441", "030 123", "030 123456"),
    *("+49", "202 224", "20 5", "jane@", "jane@ex", "JANE@example.com", "jane.roe@x", "example", "com", "x.org"),
    *(".*", "$ne", "j.*", "jane$", "jan%", "田", "中", "{", "  ", "'", "@jane", "2022243", "0", "00"),
]


def in_order(contacts: Sequence[Contact], order: Order) -> list[Contact]:
    """Sort by the id, then by each key from the last to the first: what was sorted before stays among the same."""
    found = sorted(contacts, key=lambda each: each.id, reverse=order[-1].direction is Direction.DESC)
    for number in reversed(range(len(order))):
        keys = {each.id: position(each, order).keys[number] for each in found}
        with_key = [each for each in found if keys[each.id] is not None]
        is_descending = order[number].direction is Direction.DESC
        # Reversing keeps those of the same key in their order.
        with_key.sort(key=lambda each: keys[each.id], reverse=is_descending)  # type: ignore[arg-type,return-value]
        found = [*with_key, *(each for each in found if keys[each.id] is None)]
    return found


def listed(contacts: Sequence[Contact], query: ContactQuery) -> list[Contact]:
    return in_order([each for each in contacts if is_meant(each, query, DEFINITIONS)], query.order)


def beyond(whole: Sequence[Contact], place: ContactPosition | None, order: Order, *, backward: bool) -> list[Contact]:
    """Return who lies behind the place (before it, nearest first, where backward) in the list as it is now."""
    onward = list(reversed(whole)) if backward else list(whole)
    return onward if place is None else [each for each in onward if is_behind(each, place, order, backward=backward)]


def is_behind(contact: Contact, place: ContactPosition, order: Order, *, backward: bool) -> bool:
    here = position(contact, order)
    # Two keys of one field are of one type, which the checker cannot know.
    ours: tuple[Any, ...] = here.keys
    for key, one, other in zip(order, ours, place.keys, strict=True):
        if one != other:
            # Nothing comes last, whichever way.
            later = one is None or (other is not None and (one > other) is (key.direction is Direction.ASC))
            return later is not backward
    later = (here.id > place.id) is (order[-1].direction is Direction.ASC)
    return here.id != place.id and later is not backward
