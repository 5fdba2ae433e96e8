"""What an attribute definition has to keep to, whoever makes or changes it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from domain.definitions import AttributeDefinition, Option, ValueRules, ValueType
from domain.outcomes import ErrorCode, Invalid
from domain.patterns import pattern_problem
from domain.text import clean
from domain.value_rules import LONGEST_TEXT, language_value

LONGEST_LABEL = 100
"""Code points of a label, of a definition or an option."""
LONGEST_DESCRIPTION = 500
"""Code points of a description and of a message."""
LONGEST_PATTERN = 500
MOST_DEFINITIONS = 200
MOST_OPTIONS = 500
MOST_LANGUAGES = 50

SEARCHABLE = frozenset({ValueType.TEXT, ValueType.EMAIL, ValueType.PHONE, ValueType.URL})
_WITH_OPTIONS = frozenset({ValueType.SELECT, ValueType.MULTI_SELECT})
_WITH_DATES = frozenset({ValueType.DATE, ValueType.DATETIME})
_NEVER_UNIQUE = _WITH_OPTIONS | {ValueType.BOOLEAN, ValueType.LANGUAGE}
_KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")


def key_problem(key: str) -> Invalid | None:
    if _KEY.fullmatch(key):
        return None
    advice = "Give a key of 1 to 60 small letters of English, digits and underscores that begins with a letter."
    return Invalid(ErrorCode.NOT_A_KEY, advice, ("input", "key"))


def checked_definition(given: AttributeDefinition) -> AttributeDefinition | Invalid:
    """Return the definition with its texts as they are kept, or the first thing that is wrong with it."""
    label = _text(given.label, LONGEST_LABEL, "label")
    if isinstance(label, Invalid):
        return label
    labels = _texts(given.labels, LONGEST_LABEL, "labels")
    if isinstance(labels, Invalid):
        return labels
    descriptions = _texts(given.descriptions, LONGEST_DESCRIPTION, "descriptions")
    if isinstance(descriptions, Invalid):
        return descriptions
    description = None if given.description is None else _text(given.description, LONGEST_DESCRIPTION, "description")
    if isinstance(description, Invalid):
        return description
    alias = None if given.crm_alias is None else _text(given.crm_alias, LONGEST_LABEL, "crmAlias")
    if isinstance(alias, Invalid):
        return alias
    definition = replace(
        given, label=label, labels=labels, description=description, descriptions=descriptions, crm_alias=alias
    )
    options = _options(definition)
    if isinstance(options, Invalid):
        return options
    rules = _rules(definition)
    if isinstance(rules, Invalid):
        return rules
    return _contradiction(definition) or replace(definition, options=options, rules=rules)


def _text(text: str, longest: int, *path: str) -> str | Invalid:
    kept = clean(text.strip(), longest=longest)
    return kept.at("input", *path) if isinstance(kept, Invalid) else kept


def _texts(texts: Mapping[str, str], longest: int, *path: str) -> dict[str, str] | Invalid:
    if len(texts) > MOST_LANGUAGES:
        return Invalid(ErrorCode.TOO_MANY, f"Give at most {MOST_LANGUAGES} languages.", ("input", *path))
    kept = {}
    for tag, text in texts.items():
        language = language_value(tag)
        if isinstance(language, Invalid):
            return language.at("input", *path)
        cleaned = _text(text, longest, *path)
        if isinstance(cleaned, Invalid):
            return cleaned
        kept[language.language.lower()] = cleaned
    return kept


def _options(definition: AttributeDefinition) -> tuple[Option, ...] | Invalid:
    at = ("input", "options")
    if definition.value_type not in _WITH_OPTIONS:
        if definition.options:
            return Invalid(ErrorCode.CONTRADICTORY_RULES, "Only SELECT and MULTI_SELECT have options.", at)
        return ()
    if all(each.is_archived for each in definition.options):
        return Invalid(ErrorCode.CONTRADICTORY_RULES, "Give at least one option to choose.", at)
    if len(definition.options) > MOST_OPTIONS:
        advice = f"Give at most {MOST_OPTIONS} options, archived ones included."
        return Invalid(ErrorCode.TOO_MANY, advice, at)
    kept = []
    for number, option in enumerate(definition.options):
        label = _text(option.label, LONGEST_LABEL, "options", str(number), "label")
        if isinstance(label, Invalid):
            return label
        labels = _texts(option.labels, LONGEST_LABEL, "options", str(number), "labels")
        if isinstance(labels, Invalid):
            return labels
        kept.append(replace(option, label=label, labels=labels))
    return tuple(kept)


def _rules(definition: AttributeDefinition) -> ValueRules | Invalid:
    rules, value_type = definition.rules, definition.value_type
    for names, fitting in _FITTING.items():
        for name in names:
            if getattr(rules, name) is not None and value_type not in fitting:
                advice = f"A {value_type.value} attribute has no such rule."
                return Invalid(ErrorCode.CONTRADICTORY_RULES, advice, ("input", "rules", _RULE_NAMES[name]))
    for least, most in (("min_number", "max_number"), ("min_length", "max_length"), ("earliest", "latest")):
        low, high = getattr(rules, least), getattr(rules, most)
        if low is not None and high is not None and low > high:
            advice = f"Give `{_RULE_NAMES[least]}` and `{_RULE_NAMES[most]}` so that a value can be between them."
            return Invalid(ErrorCode.CONTRADICTORY_RULES, advice, ("input", "rules", _RULE_NAMES[least]))
    for name in ("min_length", "max_length"):
        bound = getattr(rules, name)
        if bound is not None and not 1 <= bound <= LONGEST_TEXT:
            advice = f"Give a length of 1 to {LONGEST_TEXT}."
            return Invalid(ErrorCode.CONTRADICTORY_RULES, advice, ("input", "rules", _RULE_NAMES[name]))
    if rules.is_unique and value_type in _NEVER_UNIQUE:
        advice = f"A {value_type.value} attribute cannot be unique: there are too few values for all contacts."
        return Invalid(ErrorCode.CONTRADICTORY_RULES, advice, ("input", "rules", "isUnique"))
    return _with_texts(rules)


def _with_texts(rules: ValueRules) -> ValueRules | Invalid:
    if rules.message is not None:
        message = _text(rules.message, LONGEST_DESCRIPTION, "rules", "message")
        if isinstance(message, Invalid):
            return message
        rules = replace(rules, message=message)
    if rules.pattern is None:
        return rules
    if len(rules.pattern) > LONGEST_PATTERN:
        advice = f"Give a pattern of at most {LONGEST_PATTERN} characters."
        return Invalid(ErrorCode.NOT_A_PATTERN, advice, ("input", "rules", "pattern"))
    if problem := pattern_problem(rules.pattern):
        return Invalid(ErrorCode.NOT_A_PATTERN, problem, ("input", "rules", "pattern"))
    return rules


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
}


def _contradiction(definition: AttributeDefinition) -> Invalid | None:
    if definition.is_searchable and definition.value_type not in SEARCHABLE:
        advice = f"A {definition.value_type.value} attribute cannot be searched: filter by it."
        return Invalid(ErrorCode.CONTRADICTORY_RULES, advice, ("input", "isSearchable"))
    if definition.is_admin_only and (definition.is_searchable or definition.is_look_up):
        advice = "What only admins see can neither be searched nor looked up by: results would tell of it."
        return Invalid(ErrorCode.CONTRADICTORY_RULES, advice, ("input", "isAdminOnly"))
    return None
