"""Attribute definitions: what the admins decided a contact can have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum


class AttributeCategory(Enum):
    """Who fills the attribute, which is also how the panel groups it."""

    COMMON = "COMMON"
    CRM = "CRM"
    CUSTOM = "CUSTOM"


class ValueType(Enum):
    TEXT = "TEXT"
    NUMBER = "NUMBER"
    BOOLEAN = "BOOLEAN"
    DATE = "DATE"
    DATETIME = "DATETIME"
    EMAIL = "EMAIL"
    PHONE = "PHONE"
    URL = "URL"
    SELECT = "SELECT"
    MULTI_SELECT = "MULTI_SELECT"
    LANGUAGE = "LANGUAGE"


class SyncRule(Enum):
    """Whose value it is, where ours and that of the CRM differ."""

    ALWAYS_CRM = "ALWAYS_CRM"
    PREFER_CRM = "PREFER_CRM"
    """The CRM's, unless that is blank."""
    MOST_RECENT = "MOST_RECENT"
    NEVER = "NEVER"
    """The attribute is not exchanged with the CRM."""


@dataclass(frozen=True, slots=True)
class Option:
    """A choice of SELECT and MULTI_SELECT. The id is stable: renaming an option keeps every value."""

    id: str
    label: str
    labels: Mapping[str, str] = field(default_factory=dict)
    is_archived: bool = False


@dataclass(frozen=True, slots=True)
class ValueRules:
    """Bounds that a value keeps to, each inclusive; lengths are Unicode code points of the normalised text."""

    required: bool = False
    min_number: float | None = None
    max_number: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    earliest: date | None = None
    latest: date | None = None
    is_unique: bool = False
    """No two contacts hold the same value; see `persistence.derived` for what counts as the same."""
    pattern: str | None = None
    """A regular expression in RE2's syntax, which the whole text has to match: its time is linear in the text."""
    message: str | None = None
    """What the admins want people to read when a value breaks one of these rules."""


@dataclass(frozen=True, slots=True)
class AttributeDefinition:
    """One attribute of the organization. Key and value type never change."""

    id: str
    key: str
    label: str
    category: AttributeCategory
    value_type: ValueType
    position: int
    labels: Mapping[str, str] = field(default_factory=dict)
    """The label in other languages, by BCP 47 tag."""
    description: str | None = None
    descriptions: Mapping[str, str] = field(default_factory=dict)
    """The description in other languages, by BCP 47 tag."""
    rules: ValueRules = field(default_factory=ValueRules)
    options: tuple[Option, ...] = ()
    is_enabled: bool = True
    is_editable: bool = True
    is_searchable: bool = False
    is_look_up: bool = False
    crm_alias: str | None = None
    sync_rule: SyncRule = SyncRule.ALWAYS_CRM
    """Of one that the CRM manages."""
    is_archived: bool = False
    is_admin_only: bool = False
    """Agents neither see nor change it, and cannot learn of its values by search, filter, order, history or error."""
    version: int = 1

    @property
    def is_deriving(self) -> bool:
        """Tell whether indexes hold a part of its values, so that contacts are found by them."""
        return self.rules.is_unique or self.is_searchable

    def option(self, option_id: str) -> Option | None:
        return next((each for each in self.options if each.id == option_id), None)


@dataclass(frozen=True, slots=True)
class DefinitionChanged:
    """The definition was made or changed, or would be; `impact` says what the change means for values that are held."""

    definition: AttributeDefinition
    impact: DefinitionImpact


@dataclass(frozen=True, slots=True)
class DefinitionsReordered:
    definitions: tuple[AttributeDefinition, ...]
    """All of them in their new order."""


@dataclass(frozen=True, slots=True)
class DefinitionImpact:
    """What contacts hold for the definition, and what of it does not fit it as it is or would be."""

    values_held: int = 0
    values_broken: int = 0
    """They stay as they are, but would be refused if they were set now."""
    values_with_archived_options: int = 0
    """They keep their option, which nobody else can choose any more."""
    duplicates: int = 0
    """Values that several contacts hold: while there is one, the attribute cannot become unique."""


@dataclass(frozen=True, slots=True)
class StaleDefinition:
    """The caller saw an older version. Nothing was changed; this is the definition now."""

    current: AttributeDefinition


@dataclass(frozen=True, slots=True)
class KeyTaken:
    """Another definition has the key, for good."""

    definition: AttributeDefinition


@dataclass(frozen=True, slots=True)
class DuplicateValues:
    """Why an attribute cannot become unique: several contacts hold the same value."""

    duplicates: int
    """How many values several contacts hold."""
    contact_ids: tuple[str, str]
    """Two who hold the same one."""


def moved(
    definitions: Sequence[AttributeDefinition], definition_id: str, after_id: str | None
) -> tuple[AttributeDefinition, ...]:
    """Return the definitions in their order with one moved behind another, or to the front, numbered from 0.

    Both are among them, and they are not the same.
    """
    rest = [each for each in definitions if each.id != definition_id]
    [taken] = [each for each in definitions if each.id == definition_id]
    place = 0 if after_id is None else [each.id for each in rest].index(after_id) + 1
    in_order = [*rest[:place], taken, *rest[place:]]
    return tuple(replace(each, position=number) for number, each in enumerate(in_order))


def localised(label: str, labels: Mapping[str, str], languages: Sequence[str]) -> str:
    """Return the label in the first language that has one: the exact tag, then its primary subtag, then `label`.

    `labels` has lower-case keys. `languages` is in order of preference and ends with the one that `label` is in: who
    prefers that one gets `label`, and no translation into a language they would rather not read.
    """
    if not labels:
        return label
    own = _primary(languages[-1]) if languages else ""
    for language in languages:
        primary = _primary(language)
        if found := labels.get(language.lower()) or labels.get(primary):
            return found
        if primary == own:
            return label
    return label


def _primary(tag: str) -> str:
    return tag.partition("-")[0].lower()
