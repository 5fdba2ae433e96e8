"""Contacts as a table: the columns, the rows, and the mapping by which an import reads them again."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.contacts import Contact, Network, SocialIdentity
from domain.definitions import AttributeCategory, AttributeDefinition
from domain.value_texts import text_of_value

SEPARATOR = ";"
"""Between the options in a cell."""


@dataclass(frozen=True, slots=True)
class IdentityPlace:
    """The columns of a contact's nth identity on a network, counted from 1."""

    network: Network
    number: int

    @property
    def handle(self) -> str:
        suffix = "" if self.number == 1 else f"_{self.number}"
        return f"{self.network.value.lower()}{suffix}"

    @property
    def external_id(self) -> str:
        return f"{self.handle}_id"


@dataclass(frozen=True, slots=True)
class ExportTable:
    """A table wide enough for the contacts that it was laid out for."""

    places: tuple[IdentityPlace, ...]
    definitions: tuple[AttributeDefinition, ...]

    def header(self) -> list[str]:
        identities = [each for place in self.places for each in (place.handle, place.external_id)]
        return ["id", "name", *identities, *(_column(each) for each in self.definitions)]

    def row(self, contact: Contact) -> list[str]:
        identities = _by_place(contact.identities)
        found = [identities.get(each) for each in self.places]
        cells = [each for one in found for each in (("", "") if one is None else (one.handle, one.key.external_id))]
        return [contact.id, contact.name, *cells, *(self._cell(contact, each) for each in self.definitions)]

    @staticmethod
    def _cell(contact: Contact, definition: AttributeDefinition) -> str:
        held = contact.held(definition.id)
        return "" if held is None or held.value is None else text_of_value(definition, held.value, separator=SEPARATOR)

    def mapping(self) -> str:
        """Return the TOML by which an import reads the table, where it may set what the table says."""
        lines = ['name = "name"', 'id = "id"', 'key = ["id"]', f"separator = {json.dumps(SEPARATOR)}"]
        for place in self.places:
            lines += ["", "[[identities]]", f'network = "{place.network.value}"']
            lines += [f'handle = "{place.handle}"', f'external_id = "{place.external_id}"']
        # What the CRM manages comes from there alone, and what is archived is set by nobody.
        importable = [each for each in self.definitions if each.category is not AttributeCategory.CRM]
        lines += ["", "[attributes]", *(f"{each.key} = {json.dumps(_column(each))}" for each in importable)]
        return "\n".join(lines) + "\n"


def table_for(widths: Counter[Network], definitions: Sequence[AttributeDefinition]) -> ExportTable:
    """Return the table for contacts with at most so many identities on each network."""
    places = [IdentityPlace(each, number) for each in Network for number in range(1, widths[each] + 1)]
    return ExportTable(tuple(places), tuple(each for each in definitions if not each.is_archived))


def widths(contacts: Iterable[Contact]) -> Counter[Network]:
    """Return the most identities that one of the contacts has on each network."""
    most: Counter[Network] = Counter()
    for contact in contacts:
        most |= Counter(each.key.network for each in contact.identities)
    return most


def _by_place(identities: Iterable[SocialIdentity]) -> dict[IdentityPlace, SocialIdentity]:
    counted: dict[Network, int] = defaultdict(int)
    places = {}
    for each in identities:
        counted[each.key.network] += 1
        places[IdentityPlace(each.key.network, counted[each.key.network])] = each
    return places


def _column(definition: AttributeDefinition) -> str:
    """Return the column's name: the key, which could be the name of another column without its mark."""
    return f"attribute.{definition.key}"
