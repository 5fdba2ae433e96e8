"""Finding people among HubSpot's contacts: what to search for, and whom the contacts that were found are."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product

import orjson

from crm.hubspot_answers import HubSpotContact
from crm.hubspot_api import Group, search_body
from crm.hubspot_fields import SEPARATOR, Key, keys_of_field, keys_of_text, searched, spelled
from domain.crm import LookUpQuery

EMAIL, FURTHER_EMAILS = "email", "hs_additional_emails"

MOST_GROUPS, MOST_FILTERS_OF_GROUP, MOST_FILTERS = 5, 6, 18
MOST_CROWDED = 4
"""Properties of a person in which very many agree; more are not told apart."""
MOST_VALUES = 100
LONGEST_VALUE = 200
LONGEST_BODY = 3_000
"""Characters of a search; HubSpot refuses a longer one."""
LONGEST_PROPERTIES = 1_500
"""Of these, what the names of the properties may take."""


@dataclass(slots=True)
class Pool:
    """The contacts that were heard of, by what they hold."""

    aliases: Collection[str]
    """Of the fields that people are recognized by."""
    contacts: dict[str, HubSpotContact] = field(default_factory=dict)
    _ids: defaultdict[tuple[str, Key], set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, contacts: Iterable[HubSpotContact]) -> None:
        for contact in contacts:
            self.contacts[contact.id] = contact
            for alias in self.aliases:
                for text in _texts(contact, alias):
                    for key in keys_of_text(text):
                        self._ids[alias, key].add(contact.id)

    def best(self, query: LookUpQuery) -> tuple[int, Sequence[HubSpotContact]]:
        """Return in how many fields a contact agrees at most, and those that agree in so many."""
        agreeing = Counter[str]()
        for alias, each in query.fields.items():
            agreeing.update({one for key in keys_of_field(each) for one in self._ids.get((alias, key), ())})
        most = max(agreeing.values(), default=0)
        return most, [contact for contact in self.contacts.values() if most and agreeing[contact.id] == most]


def _texts(contact: HubSpotContact, alias: str) -> Iterator[str | None]:
    yield contact.properties.get(alias)
    if alias == EMAIL:
        yield from (contact.properties.get(FURTHER_EMAILS) or "").split(SEPARATOR)


@dataclass(frozen=True, slots=True)
class Search:
    """One request, and the people whom it is about, by their place among the queries."""

    groups: Sequence[Group]
    people: frozenset[int]


def searchable(query: LookUpQuery) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Return by alias which values of which properties to search for.

    An e-mail address is not searched for, and neither is what no search has room for.
    """
    return {
        alias: searched(alias, each)
        for alias, each in query.fields.items()
        if alias != EMAIL and len(spelled(each)) <= LONGEST_VALUE
    }


def has_any(query: LookUpQuery, names: Collection[str]) -> bool:
    """Tell whether one of the properties is searched for."""
    return any(not each.keys().isdisjoint(names) for each in searchable(query).values())


def broad(queries: Mapping[int, LookUpQuery], properties: Sequence[str]) -> Iterator[Search]:
    """Yield as few searches as will do for everybody who agrees in anything with one of the people."""
    values_by_name: dict[str, tuple[str, ...]] = {}
    people = set[int]()
    room = _room(properties)
    for (name, value), having in _people_by_value(queries).items():
        added = {**values_by_name, name: (*values_by_name.get(name, ()), value)}
        if values_by_name and not _fits(_alternatives(added), room):
            yield Search(_alternatives(values_by_name), frozenset(people))
            added, people = {name: (value,)}, set()
        values_by_name = added
        people |= having
    if values_by_name:
        yield Search(_alternatives(values_by_name), frozenset(people))


def _people_by_value(queries: Mapping[int, LookUpQuery]) -> Mapping[tuple[str, str], set[int]]:
    """Return who has which value of which property: one property after the other, so that few searches name it."""
    people: dict[str, defaultdict[str, set[int]]] = {}
    for person, query in queries.items():
        for values_by_name in searchable(query).values():
            for name, values in values_by_name.items():
                for value in values:
                    people.setdefault(name, defaultdict(set))[value].add(person)
    return {(name, value): having for name, by_value in people.items() for value, having in by_value.items()}


def _alternatives(values_by_name: Mapping[str, tuple[str, ...]]) -> list[Group]:
    return [{name: values} for name, values in values_by_name.items()]


def narrow(
    queries: Mapping[int, LookUpQuery], size: int, crowded: Collection[str], properties: Sequence[str]
) -> Iterator[Search]:
    """Yield the searches for everybody who agrees in so many crowded properties at once with one of the people."""
    groups: list[Group] = []
    people = set[int]()
    room = _room(properties)
    for person, query in queries.items():
        for group in _groups(query, size, crowded):
            if groups and not _fits([*groups, group], room):
                yield Search(groups, frozenset(people))
                groups, people = [], set()
            groups = [*groups, group]
            people.add(person)
    if groups:
        yield Search(groups, frozenset(people))


def _groups(query: LookUpQuery, size: int, crowded: Collection[str]) -> Iterator[Group]:
    fields = [each for each in searchable(query).values() if not each.keys().isdisjoint(crowded)]
    for chosen in combinations(fields[:MOST_CROWDED], size):
        for filters in product(*(each.items() for each in chosen)):
            yield dict(filters)


def _room(properties: Sequence[str]) -> int:
    return LONGEST_BODY - len(orjson.dumps(search_body([], properties)))


def _fits(groups: Sequence[Group], room: int) -> bool:
    filters = [values for group in groups for values in group.values()]
    return (
        len(groups) <= MOST_GROUPS
        and len(filters) <= MOST_FILTERS
        and all(len(values) <= MOST_VALUES for values in filters)
        and len(orjson.dumps(search_body(groups, ()))) <= room
    )
