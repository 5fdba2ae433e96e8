"""What an admin gives: only that changes, in the form that it is kept in, or is refused at its place."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from domain.definition_patches import (
    LONGEST_DESCRIPTION,
    LONGEST_LABEL,
    MOST_LANGUAGES,
    DefinitionPatch,
    GivenOption,
    RulesPatch,
    patched,
)
from domain.definitions import AttributeDefinition, Option, ValueRules, ValueType
from domain.outcomes import ErrorCode, Invalid
from tests.builders import SIZES, a_definition

FULL = replace(
    a_definition("size", ValueType.SELECT, labels={"de": "Größe"}, options=SIZES),
    description="How large",
    descriptions={"de": "Wie groß"},
    crm_alias="Size__c",
    rules=ValueRules(True, 1.0, 2.0, 3, 4, date(2000, 1, 1), date(2001, 1, 1), True, "a", "So."),
)


def after(patch: DefinitionPatch, before: AttributeDefinition = FULL) -> AttributeDefinition:
    found = patched(before, patch)
    assert isinstance(found, AttributeDefinition)
    return found


def test_what_is_not_given_stays_as_it_is() -> None:
    assert after(DefinitionPatch()) == FULL
    assert after(DefinitionPatch(rules=RulesPatch())) == FULL


def test_each_thing_changes_alone() -> None:
    assert after(DefinitionPatch(label=" Gro\u0308ße ")) == replace(FULL, label="Größe")
    labels = (("PT-br", " Tamanho "), ("fr", "Taille"))
    assert after(DefinitionPatch(labels=labels)) == replace(FULL, labels={"pt-br": "Tamanho", "fr": "Taille"})
    assert after(DefinitionPatch(descriptions=(("de-AT", "Wie"),))) == replace(FULL, descriptions={"de-at": "Wie"})
    assert after(DefinitionPatch(labels=(), descriptions=())) == replace(FULL, labels={}, descriptions={})
    assert after(DefinitionPatch(description=" New ")) == replace(FULL, description="New")
    assert after(DefinitionPatch(crm_alias=" New__c ")) == replace(FULL, crm_alias="New__c")
    for name in ("is_enabled", "is_editable", "is_searchable", "is_look_up", "is_admin_only"):
        flag: dict[str, Any] = {name: not getattr(FULL, name)}
        assert after(DefinitionPatch(**flag)) == replace(FULL, **flag)


def test_none_takes_away_what_may_be_absent() -> None:
    assert after(DefinitionPatch(description=None, crm_alias=None)) == replace(FULL, description=None, crm_alias=None)
    some = RulesPatch(min_number=None, max_length=None, latest=None, pattern=None, message=None)
    rules = ValueRules(True, None, 2.0, 3, None, date(2000, 1, 1), None, True)
    assert after(DefinitionPatch(rules=some)).rules == rules
    others = RulesPatch(max_number=None, min_length=None, earliest=None, required=False, is_unique=False)
    assert after(DefinitionPatch(rules=others), replace(FULL, rules=rules)).rules == ValueRules()


def test_rules_are_set_one_by_one() -> None:
    patch = DefinitionPatch(rules=RulesPatch(max_number=9.0, message=" Up to nine. "))
    assert after(patch).rules == replace(FULL.rules, max_number=9.0, message="Up to nine.")


def test_options_are_renamed_moved_archived_brought_back_and_added_by_their_ids() -> None:
    given = (
        GivenOption("size-x"),
        GivenOption("size-s", "Tiny", (("fr", "Petit"),)),
        GivenOption(None, "Medium"),
    )
    back, renamed, new, archived = after(DefinitionPatch(options=given)).options
    assert back == Option("size-x", "Huge")
    assert renamed == Option("size-s", "Tiny", {"fr": "Petit"})
    assert archived == Option("size-m", "Medium", {}, True)
    assert (new.label, new.labels, new.is_archived, len(new.id)) == ("Medium", {}, False, 32)
    assert after(DefinitionPatch(options=(GivenOption("size-s", labels=()),))).options[0] == Option("size-s", "Small")
    assert after(DefinitionPatch(options=(GivenOption("size-s", "Tiny"),))).options[0].labels == {"de": "Klein"}


def test_new_options_have_ids_of_their_own() -> None:
    made = after(DefinitionPatch(options=(GivenOption(None, "A"), GivenOption(None, "A"))))
    assert len({each.id for each in made.options}) == 5


MANY = tuple((f"a{chr(97 + n // 26)}{chr(97 + n % 26)}", "x") for n in range(MOST_LANGUAGES + 1))
REFUSED: list[tuple[DefinitionPatch, ErrorCode, str]] = [
    (DefinitionPatch(label=" "), ErrorCode.BLANK, "label"),
    (DefinitionPatch(label="x" * (LONGEST_LABEL + 1)), ErrorCode.TOO_LONG, "label"),
    (DefinitionPatch(label="a\x07"), ErrorCode.FORBIDDEN_CHARACTER, "label"),
    (DefinitionPatch(labels=(("de", "x"), ("german!", "x"))), ErrorCode.NOT_A_LANGUAGE, "labels.1.language"),
    (DefinitionPatch(labels=(("pt-br", "x"), ("PT-BR", "y"))), ErrorCode.NOT_A_LANGUAGE, "labels.1.language"),
    (DefinitionPatch(labels=(("de", "x" * 101),)), ErrorCode.TOO_LONG, "labels.0.text"),
    (DefinitionPatch(labels=MANY), ErrorCode.TOO_MANY, "labels"),
    (DefinitionPatch(descriptions=(("de", ""),)), ErrorCode.BLANK, "descriptions.0.text"),
    (DefinitionPatch(description="x" * (LONGEST_DESCRIPTION + 1)), ErrorCode.TOO_LONG, "description"),
    (DefinitionPatch(description=""), ErrorCode.BLANK, "description"),
    (DefinitionPatch(crm_alias="x" * 101), ErrorCode.TOO_LONG, "crmAlias"),
    (DefinitionPatch(rules=RulesPatch(message="")), ErrorCode.BLANK, "rules.message"),
    (DefinitionPatch(rules=RulesPatch(message="x" * 501)), ErrorCode.TOO_LONG, "rules.message"),
    (DefinitionPatch(options=(GivenOption("nobodys"),)), ErrorCode.UNKNOWN_OPTION, "options.0.id"),
    (
        DefinitionPatch(options=(GivenOption("size-s"), GivenOption("size-s"))),
        ErrorCode.REPEATED_OPTION,
        "options.1.id",
    ),
    (DefinitionPatch(options=(GivenOption("size-s"), GivenOption(None))), ErrorCode.BLANK, "options.1.label"),
    (DefinitionPatch(options=(GivenOption("size-s", "x" * 101),)), ErrorCode.TOO_LONG, "options.0.label"),
    (
        DefinitionPatch(options=(GivenOption(None, "A", (("de", "x"), ("fr", ""))),)),
        ErrorCode.BLANK,
        "options.0.labels.1.text",
    ),
]


@pytest.mark.parametrize(("patch", "code", "place"), REFUSED, ids=[f"{r[2]}-{r[1].value}" for r in REFUSED])
def test_what_cannot_be_kept_is_refused_at_its_place(patch: DefinitionPatch, code: ErrorCode, place: str) -> None:
    found = patched(FULL, patch)
    assert isinstance(found, Invalid)
    assert (found.code, found.path) == (code, ("input", *place.split(".")))


def test_the_longest_texts_and_the_most_languages_are_kept() -> None:
    label, hint = "ä" * LONGEST_LABEL, "😀" * LONGEST_DESCRIPTION
    patch = DefinitionPatch(label=label, labels=MANY[:-1], description=hint, rules=RulesPatch(message=hint))
    made = after(patch)
    assert (made.label, len(made.labels), made.description, made.rules.message) == (label, MOST_LANGUAGES, hint, hint)
