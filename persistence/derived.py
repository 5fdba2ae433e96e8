"""What a contact's document holds beside the contact itself, so that indexes can answer: made anew with every write."""

from __future__ import annotations

from collections.abc import Sequence

from domain.contacts import Contact
from domain.definitions import AttributeDefinition
from domain.search import words_of
from domain.values import Value
from persistence.documents import from_contact
from persistence.driver import Document
from persistence.search_documents import from_words
from persistence.value_documents import comparable

WITHOUT_WORDS: Document = {"search": 0}
"""The projection of every read of contacts: what they are found by is longer than what they are."""


def contact_document(contact: Contact, organization_id: str, definitions: Sequence[AttributeDefinition]) -> Document:
    """Return the whole document of a contact.

    Args:
        contact: as it is to be kept.
        organization_id: whose it is.
        definitions: those of the organization that make a difference: unique and searchable ones.
    """
    document = from_contact(contact, organization_id)
    for held, stored in zip(contact.values, document["values"], strict=True):
        if held.value is not None:
            stored["k"] = comparable(held.value)
    if unique := _unique(contact, definitions):
        document["unique"] = unique
    if words := words_of(contact, definitions):
        document["search"] = from_words(words, document["nameKey"])
    # False, which sorts apart from every moment, and not absent: an index then holds those who are none as well.
    document["vipSince"] = False if contact.vip is None else contact.vip.since
    return document


def unique_key(definition_id: str, value: Value) -> str:
    """Name the value of a unique attribute: alike for values that compare the same, letter case aside."""
    return f"{definition_id}:{comparable(value)}"


def _unique(contact: Contact, definitions: Sequence[AttributeDefinition]) -> list[str]:
    found = [(each, contact.held(each.id)) for each in definitions if each.rules.is_unique]
    return [
        unique_key(definition.id, held.value)
        for definition, held in found
        if held is not None and held.value is not None
    ]
