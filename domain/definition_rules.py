"""What an attribute definition has to keep to, whoever makes or changes it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from domain.definitions import AttributeCategory, AttributeDefinition, SyncRule, ValueRules, ValueType
from domain.outcomes import ErrorCode, Invalid
from domain.patterns import pattern_problem
from domain.search import MOST_SOURCES, SEARCHABLE_TYPES
from domain.value_rules import LONGEST_TEXT

LONGEST_PATTERN = 500
"""Code points."""
MOST_DEFINITIONS = 200
MOST_OPTIONS = 500

WITH_OPTIONS = frozenset({ValueType.SELECT, ValueType.MULTI_SELECT})
_WITH_DATES = frozenset({ValueType.DATE, ValueType.DATETIME})
NEVER_UNIQUE = WITH_OPTIONS | {ValueType.BOOLEAN}
_KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")


def key_problem(key: str) -> Invalid | None:
    if _KEY.fullmatch(key):
        return None
    advice = "Give a key of 1 to 60 small letters of English, digits and underscores that begins with a letter."
    return Invalid(ErrorCode.NOT_A_KEY, advice, ("input", "key"))


def too_many(definition: AttributeDefinition, others: Iterable[AttributeDefinition]) -> Invalid | None:
    """Return of what there would be too many in the organization, or None. `others` may include the definition."""
    besides = [each for each in others if each.id != definition.id]
    if len(besides) >= MOST_DEFINITIONS:
        advice = f"An organization has at most {MOST_DEFINITIONS} attributes, archived ones included."
        return Invalid(ErrorCode.TOO_MANY, advice, ("input", "key"))
    if definition.is_searchable and sum(each.is_searchable for each in besides) >= MOST_SOURCES:
        advice = f"At most {MOST_SOURCES} attributes can be searched: take another one out of the search first."
        return Invalid(ErrorCode.TOO_MANY, advice, ("input", "isSearchable"))
    return None


def contradiction(definition: AttributeDefinition) -> Invalid | None:
    """Return the first thing in which the definition does not agree with itself or with what we can keep, or None."""
    return (
        _options_problem(definition)
        or _unfitting(definition)
        or _impossible(definition.rules)
        or _pattern_problem(definition.rules.pattern)
        or _exposed(definition)
        or _unmanaged(definition)
    )


def _options_problem(definition: AttributeDefinition) -> Invalid | None:
    at = ("input", "options")
    if definition.value_type not in WITH_OPTIONS:
        advice = "Only SELECT and MULTI_SELECT have options."
        return Invalid(ErrorCode.CONTRADICTORY_RULES, advice, at) if definition.options else None
    if all(each.is_archived for each in definition.options):
        return Invalid(ErrorCode.CONTRADICTORY_RULES, "Give at least one option to choose.", at)
    if len(definition.options) > MOST_OPTIONS:
        advice = f"Give at most {MOST_OPTIONS} options, archived ones included."
        return Invalid(ErrorCode.TOO_MANY, advice, at)
    return None


def _unfitting(definition: AttributeDefinition) -> Invalid | None:
    """Return which rule is none of the value type's, if any."""
    rules, value_type = definition.rules, definition.value_type
    for names, fitting in _FITTING.items():
        for name in names:
            if getattr(rules, name) is not None and value_type not in fitting:
                return _contradictory(name, f"A {value_type.value} attribute has no such rule.")
    if rules.is_unique and value_type in NEVER_UNIQUE:
        advice = f"A {value_type.value} attribute cannot be unique: there are too few values for all contacts."
        return _contradictory("is_unique", advice)
    return None


def _impossible(rules: ValueRules) -> Invalid | None:
    for name in ("min_length", "max_length"):
        bound = getattr(rules, name)
        if bound is not None and not 1 <= bound <= LONGEST_TEXT:
            return _contradictory(name, f"Give a length of 1 to {LONGEST_TEXT}.")
    for least, most in (("min_number", "max_number"), ("min_length", "max_length"), ("earliest", "latest")):
        low, high = getattr(rules, least), getattr(rules, most)
        if low is not None and high is not None and low > high:
            advice = f"Give `{_RULE_NAMES[least]}` and `{_RULE_NAMES[most]}` so that a value can be between them."
            return _contradictory(least, advice)
    return None


def _contradictory(name: str, advice: str) -> Invalid:
    return Invalid(ErrorCode.CONTRADICTORY_RULES, advice, ("input", "rules", _RULE_NAMES[name]))


def _pattern_problem(pattern: str | None) -> Invalid | None:
    if pattern is None:
        return None
    is_long = len(pattern) > LONGEST_PATTERN
    problem = f"Give a pattern of at most {LONGEST_PATTERN} characters." if is_long else pattern_problem(pattern)
    return None if problem is None else Invalid(ErrorCode.NOT_A_PATTERN, problem, ("input", "rules", "pattern"))


_FITTING = {
    ("min_number", "max_number"): frozenset({ValueType.NUMBER}),
    ("min_length", "max_length", "pattern"): frozenset({ValueType.TEXT}),
    ("earliest", "latest"): _WITH_DATES,
}
_RULE_NAMES = {
    "min_number": "minNumber",
    "max_number": "maxNumber",
    "min_length": "minLength",
    "max_length": "maxLength",
    "earliest": "earliest",
    "latest": "latest",
    "pattern": "pattern",
    "is_unique": "isUnique",
}


def _exposed(definition: AttributeDefinition) -> Invalid | None:
    if definition.is_searchable and definition.value_type not in SEARCHABLE_TYPES:
        advice = f"A {definition.value_type.value} attribute cannot be searched: filter by it."
        return Invalid(ErrorCode.CONTRADICTORY_RULES, advice, ("input", "isSearchable"))
    if definition.is_admin_only and (definition.is_searchable or definition.is_look_up):
        advice = "What only admins see can neither be searched nor looked up by: results would tell of it."
        return Invalid(ErrorCode.CONTRADICTORY_RULES, advice, ("input", "isAdminOnly"))
    return None


def _unmanaged(definition: AttributeDefinition) -> Invalid | None:
    if definition.category is not AttributeCategory.CRM and definition.sync_rule is not SyncRule.ALWAYS_CRM:
        advice = "Only an attribute that the CRM manages has such a rule: there is no other value than ours."
        return Invalid(ErrorCode.CONTRADICTORY_RULES, advice, ("input", "syncRule"))
    return None
