"""What an admin gives to make or change an attribute definition, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import Enum
from typing import Any, Final

from domain.definitions import AttributeDefinition, Option, SyncRule, ValueRules
from domain.ids import new_id
from domain.outcomes import ErrorCode, Invalid
from domain.text import clean
from domain.value_rules import language_value

LONGEST_LABEL = 100
"""Code points of a label, of a definition or an option, and of what the CRM calls it."""
LONGEST_DESCRIPTION = 500
"""Code points of a description and of a message."""
MOST_LANGUAGES = 50


class Keep(Enum):
    """Stands for what is not given: None takes a thing away."""

    KEEP = "KEEP"


KEEP: Final = Keep.KEEP
Texts = tuple[tuple[str, str], ...]
"""Pairs of a language tag and the text in it, as given."""


@dataclass(frozen=True, slots=True)
class GivenOption:
    """An option as an admin gives it: of that id, or a new one where it is None."""

    id: str | None
    label: str | Keep = KEEP
    labels: Texts | Keep = KEEP


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesPatch:
    required: bool | Keep = KEEP
    min_number: float | Keep | None = KEEP
    max_number: float | Keep | None = KEEP
    min_length: int | Keep | None = KEEP
    max_length: int | Keep | None = KEEP
    earliest: date | Keep | None = KEEP
    latest: date | Keep | None = KEEP
    is_unique: bool | Keep = KEEP
    pattern: str | Keep | None = KEEP
    message: str | Keep | None = KEEP


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionPatch:
    """What is to change: whatever is not given stays as it is. Its fields are called as those that they change."""

    label: str | Keep = KEEP
    labels: Texts | Keep = KEEP
    """All other languages."""
    description: str | Keep | None = KEEP
    descriptions: Texts | Keep = KEEP
    rules: RulesPatch | Keep = KEEP
    options: tuple[GivenOption, ...] | Keep = KEEP
    """All that can be chosen, in their order: one that is left out is archived."""
    is_enabled: bool | Keep = KEEP
    is_editable: bool | Keep = KEEP
    is_searchable: bool | Keep = KEEP
    is_look_up: bool | Keep = KEEP
    crm_alias: str | Keep | None = KEEP
    sync_rule: SyncRule | Keep = KEEP
    is_admin_only: bool | Keep = KEEP


def patched(definition: AttributeDefinition, patch: DefinitionPatch) -> AttributeDefinition | Invalid:
    """Return the definition with what is given in its place, texts in their kept form, or what of it is refused.

    Whether it agrees with itself is another question: `definition_rules.contradiction`.
    """
    changes = _given(patch)
    for name, value in changes.items():
        kept = _KEPT[name](definition, value) if name in _KEPT and value is not None else value
        if isinstance(kept, Invalid):
            return kept
        changes[name] = kept
    return replace(definition, **changes)


def _given(patch: DefinitionPatch | RulesPatch) -> dict[str, Any]:
    values = {each.name: getattr(patch, each.name) for each in fields(patch)}
    return {name: value for name, value in values.items() if value is not KEEP}


def _text(text: str, longest: int, *path: str) -> str | Invalid:
    kept = clean(text.strip(), longest=longest)
    return kept.at("input", *path) if isinstance(kept, Invalid) else kept


def _texts(texts: Texts, longest: int, *path: str) -> dict[str, str] | Invalid:
    if len(texts) > MOST_LANGUAGES:
        return Invalid(ErrorCode.TOO_MANY, f"Give at most {MOST_LANGUAGES} languages.", ("input", *path))
    kept: dict[str, str] = {}
    for number, (tag, text) in enumerate(texts):
        place = (*path, str(number))
        language, cleaned = language_value(tag), _text(text, longest, *place, "text")
        if isinstance(language, Invalid):
            return language.at("input", *place, "language")
        key = language.language.lower()
        if key in kept:
            return Invalid(ErrorCode.NOT_A_LANGUAGE, "Give each language once.", ("input", *place, "language"))
        if isinstance(cleaned, Invalid):
            return cleaned
        kept[key] = cleaned
    return kept


def _rules(definition: AttributeDefinition, patch: RulesPatch) -> ValueRules | Invalid:
    changes = _given(patch)
    if changes.get("message") is not None:
        changes["message"] = _text(changes["message"], LONGEST_DESCRIPTION, "rules", "message")
        if isinstance(changes["message"], Invalid):
            return changes["message"]
    return replace(definition.rules, **changes)


def _options(definition: AttributeDefinition, given: Sequence[GivenOption]) -> tuple[Option, ...] | Invalid:
    known = {each.id: each for each in definition.options}
    live: dict[str, Option] = {}
    for number, each in enumerate(given):
        path = ("options", str(number))
        if each.id is not None and each.id not in known:
            advice = "Give the id of an option of this attribute, or none."
            return Invalid(ErrorCode.UNKNOWN_OPTION, advice, ("input", *path, "id"))
        if each.id in live:
            return Invalid(ErrorCode.REPEATED_OPTION, "Give each option once.", ("input", *path, "id"))
        option = _option(Option(new_id(), "") if each.id is None else known[each.id], each, path)
        if isinstance(option, Invalid):
            return option
        live[option.id] = option
    archived = [replace(each, is_archived=True) for each in definition.options if each.id not in live]
    return (*live.values(), *archived)


def _option(before: Option, given: GivenOption, path: tuple[str, ...]) -> Option | Invalid:
    label = _text(before.label if given.label is KEEP else given.label, LONGEST_LABEL, *path, "label")
    labels = before.labels if given.labels is KEEP else _texts(given.labels, LONGEST_LABEL, *path, "labels")
    if isinstance(label, Invalid):
        return label
    if isinstance(labels, Invalid):
        return labels
    return Option(before.id, label, labels)


_KEPT: Mapping[str, Callable[[AttributeDefinition, Any], Any]] = {
    "label": lambda _, given: _text(given, LONGEST_LABEL, "label"),
    "labels": lambda _, given: _texts(given, LONGEST_LABEL, "labels"),
    "description": lambda _, given: _text(given, LONGEST_DESCRIPTION, "description"),
    "descriptions": lambda _, given: _texts(given, LONGEST_DESCRIPTION, "descriptions"),
    "rules": _rules,
    "options": _options,
    "crm_alias": lambda _, given: _text(given, LONGEST_LABEL, "crmAlias"),
}
"""How what is given for a field becomes what is kept; the others are kept as they are given."""
