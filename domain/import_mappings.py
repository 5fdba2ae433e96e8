"""How the columns of a table become contacts: the mapping that its owner writes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from domain.attributes import Source
from domain.contacts import Network
from domain.definitions import AttributeCategory, AttributeDefinition


@dataclass(frozen=True, slots=True)
class IdentityColumns:
    """At least one of the two columns is there."""

    network: Network
    handle: str | None = None
    """Where it is absent or its cell is empty, a new identity takes its id for a handle."""
    external_id: str | None = None
    """Where it is absent or its cell is empty, `@` and the handle stand for the network's id."""
    profile_url: str | None = None
    """With `{handle}` and `{external_id}` where they belong."""
    may_be_left_out: bool = False
    """Import the row without this identity where it belongs to another contact, and say so; else reject the row."""


@dataclass(frozen=True, slots=True)
class AttributeColumn:
    column: str
    may_be_left_out: bool = False
    """Import the row without this value where it is refused or another contact's, and say so; else reject the row."""


@dataclass(frozen=True, slots=True)
class ImportMapping:
    """Each text but `separator` names a column."""

    name: str
    key: tuple[str, ...]
    """The columns that tell a row without identities from the others, when the file is imported again."""
    identities: tuple[IdentityColumns, ...]
    attributes: Mapping[str, AttributeColumn]
    """By attribute key."""
    separator: str
    """Between the options in the cell of a MULTI_SELECT."""
    source: Source
    may_create: bool
    """False: a row whose contact is not there is rejected."""
    record_id: str | None
    """For a CRM's list: the column of its own ids. A contact that a row is about counts as validated."""
    contact_id: str | None = None
    """For a table that was exported: the column of the contacts' own ids, which tell more surely than anything else."""

    def columns(self) -> frozenset[str]:
        identities = [each for one in self.identities for each in (one.handle, one.external_id)]
        attributes = [each.column for each in self.attributes.values()]
        named = [self.name, *self.key, *identities, *attributes, self.record_id, self.contact_id]
        return frozenset(each for each in named if each is not None)


class MappingError(ValueError):
    """The mapping cannot be used; the message names the entry and what was expected."""


_ENTRIES = frozenset({"attributes", "create", "id", "identities", "key", "name", "record_id", "separator", "source"})


def mapping_of(table: Mapping[str, object], definitions: Collection[AttributeDefinition]) -> ImportMapping:
    """Return the mapping that a TOML table spells; raises MappingError."""
    _expect_only(table, _ENTRIES, "")
    source = _source(table)
    mapping = ImportMapping(
        name=_text(table, "name"),
        key=tuple(_texts(table, "key")),
        identities=tuple(_identity(each) for each in _tables(table, "identities")),
        attributes=_attributes(table, definitions, source),
        separator=_text(table, "separator", ";"),
        source=source,
        may_create=_flag(table, "create", default=True),
        record_id=_optional_text(table, "record_id"),
        contact_id=_optional_text(table, "id"),
    )
    if mapping.record_id is not None and source is not Source.CRM:
        raise MappingError("record_id: only a list of the CRM's has one; expected «CRM» as the source.")
    if not mapping.identities and not mapping.key and mapping.contact_id is None:
        raise MappingError("identities: expected at least one, or a «key»: nothing else tells whom a row is about.")
    return mapping


def _source(table: Mapping[str, object]) -> Source:
    known = {each.value: each for each in (Source.IMPORT, Source.CRM)}
    source = _text(table, "source", Source.IMPORT.value)
    if source not in known:
        raise MappingError(f"source: expected one of {', '.join(known)}, found «{source}».")
    return known[source]


def _identity(table: Mapping[str, object]) -> IdentityColumns:
    _expect_only(table, {"network", "handle", "external_id", "profile_url", "if_taken"}, "identities: ")
    network = _text(table, "network")
    if network not in Network.__members__:
        raise MappingError(f"network: expected one of {', '.join(Network.__members__)}, found «{network}».")
    if "handle" not in table and "external_id" not in table:
        raise MappingError("identities: expected the entry «handle» or «external_id», or both.")
    return IdentityColumns(
        network=Network[network],
        handle=_optional_text(table, "handle"),
        external_id=_optional_text(table, "external_id"),
        profile_url=_optional_text(table, "profile_url"),
        may_be_left_out=_may_be_left_out(table, "if_taken"),
    )


def _attributes(
    table: Mapping[str, object], definitions: Collection[AttributeDefinition], source: Source
) -> Mapping[str, AttributeColumn]:
    found = table.get("attributes", {})
    if not isinstance(found, Mapping):
        raise MappingError("attributes: expected a table of attribute keys and columns.")
    by_key = {each.key: each for each in definitions if not each.is_archived}
    for key in found:
        definition = by_key.get(key)
        if definition is None:
            raise MappingError(f"attributes: «{key}» is no attribute; there are {', '.join(by_key)}.")
        if definition.category is AttributeCategory.CRM and source is not Source.CRM:
            raise MappingError(f"attributes: «{key}» is managed by the CRM, and takes its values from there alone.")
    return {key: _attribute(found, key) for key in found}


def _attribute(attributes: Mapping[str, object], key: str) -> AttributeColumn:
    entry = attributes[key]
    if not isinstance(entry, Mapping):
        return AttributeColumn(_text(attributes, key))
    _expect_only(entry, {"column", "if_invalid"}, f"attributes: {key}: ")
    return AttributeColumn(_text(entry, "column"), _may_be_left_out(entry, "if_invalid"))


def _may_be_left_out(table: Mapping[str, object], entry: str) -> bool:
    found = _text(table, entry, "reject")
    if found not in {"reject", "leave out"}:
        raise MappingError(f"{entry}: expected «reject» or «leave out», found «{found}».")
    return found == "leave out"


def _expect_only(table: Mapping[str, object], known: Collection[str], where: str) -> None:
    for entry in table:
        if entry not in known:
            raise MappingError(f"{where}«{entry}» is no entry; there are {', '.join(sorted(known))}.")


def _text(table: Mapping[str, object], entry: str, default: str | None = None) -> str:
    found = table.get(entry, default)
    if not isinstance(found, str) or not found:
        raise MappingError(f"{entry}: expected a text, found {found!r}.")
    return found


def _optional_text(table: Mapping[str, object], entry: str) -> str | None:
    return _text(table, entry) if entry in table else None


def _texts(table: Mapping[str, object], entry: str) -> list[str]:
    found = table.get(entry, [])
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise MappingError(f"{entry}: expected a list of columns, found {found!r}.")
    return found


def _tables(table: Mapping[str, object], entry: str) -> list[Mapping[str, object]]:
    found = table.get(entry, [])
    if not isinstance(found, list) or not all(isinstance(each, Mapping) for each in found):
        raise MappingError(f"{entry}: expected one or more [[{entry}]] tables.")
    return found


def _flag(table: Mapping[str, object], entry: str, *, default: bool) -> bool:
    found = table.get(entry, default)
    if not isinstance(found, bool):
        raise MappingError(f"{entry}: expected true or false, found {found!r}.")
    return found
