"""Finding contacts: what is looked for, which of the contacts are meant, and in what order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from domain.contacts import Contact
from domain.definitions import AttributeDefinition
from domain.filters import EVERYBODY, Filter, passes
from domain.ordering import BY_NAME, Order
from domain.search import Search, words_of


@dataclass(frozen=True, slots=True)
class ContactQuery:
    """A list of contacts: those that the search finds and the filter lets pass, in the order."""

    search: Search | None = None
    filter: Filter = EVERYBODY
    order: Order = BY_NAME


EVERYONE = ContactQuery()
"""All contacts by name."""


@dataclass(frozen=True, slots=True)
class TooBroad:
    """The database could not answer in time: too many contacts have to be looked at for the few that are meant."""


def is_meant(contact: Contact, query: ContactQuery, definitions: Sequence[AttributeDefinition]) -> bool:
    """Tell whether the contact is in the list; `definitions` are the organization's."""
    found = query.search is None or query.search.fits(words_of(contact, definitions))
    return found and passes(contact, query.filter)
