"""What finding contacts means, said as plainly as can be: every contact looked at, the list sorted whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from domain.attributes import HeldValue, Provenance, Source
from domain.contacts import Contact, ContactValidation, IdentityKey, LookUpOutcome, Network, SocialIdentity
from domain.definitions import AttributeDefinition, ValueType
from domain.filters import (
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
from domain.ordering import Direction, Order, position
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
NOW = MORNING + timedelta(hours=2)
OPTIONS = ("o1", "o2", "o3")
MOMENTS = [MORNING + timedelta(hours=each) for each in range(4)]
TEXTS = ["Jane", "jané  Roe", "ja", "O'Brien", "Ööl 54", "20", "", "Jane-Ann 2022243441", "Zoë & jane@x.com", "田中"]
EMAILS = ["jane@example.com", "JANE@Example.com", "jane.roe@x.org"]
PHONES = ["+12022243441", "+4930123456", "+12022243"]
URLS = ["https://example.com/Jane", "http://www.x.org"]
NUMBERS = [-1.5, 0.0, 1.0, 20.0]

VALUES: dict[ValueType, st.SearchStrategy[Any]] = {
    ValueType.TEXT: st.sampled_from(TEXTS).map(TextValue),
    ValueType.NUMBER: st.sampled_from(NUMBERS).map(NumberValue),
    ValueType.BOOLEAN: st.booleans().map(BooleanValue),
    ValueType.DATE: st.sampled_from(MOMENTS).map(lambda each: DateValue(each.date() + timedelta(days=each.hour % 3))),
    ValueType.DATETIME: st.sampled_from(MOMENTS).map(DateTimeValue),
    ValueType.EMAIL: st.sampled_from(EMAILS).map(EmailValue),
    ValueType.PHONE: st.sampled_from(PHONES).map(PhoneValue),
    ValueType.URL: st.sampled_from(URLS).map(UrlValue),
    ValueType.SELECT: st.sampled_from(OPTIONS).map(SelectValue),
    ValueType.MULTI_SELECT: st.lists(st.sampled_from(OPTIONS), unique=True).map(lambda x: MultiSelectValue(tuple(x))),
    ValueType.LANGUAGE: st.sampled_from(["pt", "pt-BR", "PT-br"]).map(LanguageValue),
}


def _held(definition: AttributeDefinition) -> st.SearchStrategy[HeldValue]:
    value: st.SearchStrategy[Value | None] = st.none() | VALUES[definition.value_type]
    return value.map(lambda each: HeldValue(definition.id, each, Provenance(Source.IMPORT, MORNING), 1))


_VALUES = st.lists(st.sampled_from(DEFINITIONS), unique_by=lambda each: each.id, max_size=5).flatmap(
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


def _bounded(value_type: ValueType) -> st.SearchStrategy[Test]:
    return st.builds(Above, VALUES[value_type], st.booleans()) | st.builds(Below, VALUES[value_type], st.booleans())


def _tests(definition: AttributeDefinition) -> st.SearchStrategy[Test]:
    kind = definition.value_type
    chosen = st.lists(st.sampled_from(OPTIONS), min_size=1, unique=True).map(tuple)
    found: st.SearchStrategy[Test] = st.just(Holds())
    if kind in {ValueType.SELECT, ValueType.MULTI_SELECT}:
        found |= chosen.map(HasAny)
    else:
        found |= st.lists(VALUES[kind], min_size=1, max_size=2).map(lambda each: IsOneOf(tuple(each)))
    if kind is ValueType.MULTI_SELECT:
        found |= chosen.map(HasAll) | chosen.map(HasNone)
    if kind is ValueType.TEXT:
        found |= st.sampled_from(["j", "JANÉ ", "o'", "20", "$", ".*", "田"]).map(StartsWith)
    if kind in {ValueType.NUMBER, ValueType.DATE, ValueType.DATETIME}:
        found |= _bounded(kind)
    return found


_CONDITIONS: st.SearchStrategy[Filter] = st.one_of(
    st.sampled_from(DEFINITIONS).flatmap(lambda each: _tests(each).map(lambda test: OfAttribute(each.id, test))),
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

SEARCHES = [
    *("j", "ja", "jan", "jane", "JANÉ", "jane roe", "roe ja", "brien", "obrien", "o'brien", "o", "zo j", "ool", "ö 54"),
    *("2", "20", "202", "2022", "(202) 224-3441", "+1 202", "+1 202 224 3441", "12022243441", "030 123", "030 123456"),
    *("+49", "jane +1 202", "202 224", "jane@", "jane@ex", "JANE@example.com", "jane.roe@x", "example", "com", "x.org"),
    *(".*", "$ne", "j.*", "jane$", "jan%", "田", "中", "{", "  ", "'", "@jane", "2022243", "0", "00", "20 jane"),
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
