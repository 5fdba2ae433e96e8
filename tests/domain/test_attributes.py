"""The lines of the panel: which there are, in which order, and what each holds."""

from __future__ import annotations

import pytest

from domain.attributes import ContactAttribute, contact_attribute, contact_attributes
from domain.definitions import AttributeCategory, AttributeDefinition
from domain.values import MultiSelectValue, TextValue
from tests.builders import EVERY_TYPE, a_contact, a_definition, held

SHOWN_EMPTY = [
    "email",
    "phone",
    "website",
    "account",
    "segment",
    "bio",
    "followers",
    "newsletter",
    "birthday",
    "last_met",
    "sizes",
    "language",
    "rank",
    "nickname",
]
JANE = a_contact(
    "c",
    values=(
        held("fax", TextValue("12")),
        held("pager", TextValue("34")),
        held("bio", TextValue("Likes tea."), version=3),
        held("rank", None, version=2),
        held("sizes", MultiSelectValue(())),
        held("account", TextValue("A-1")),
    ),
)


def keys(lines: list[ContactAttribute]) -> list[str]:
    return [each.definition.key for each in lines]


def definition_of(key: str) -> AttributeDefinition:
    return next(each for each in EVERY_TYPE if each.key == key)


def test_a_contact_without_values_has_a_line_for_each_live_definition_in_their_order() -> None:
    assert keys(contact_attributes(a_contact(), EVERY_TYPE)) == SHOWN_EMPTY
    assert keys(contact_attributes(a_contact(), EVERY_TYPE[::-1])) == SHOWN_EMPTY[::-1]


def test_a_value_of_an_archived_definition_keeps_its_line_and_a_switched_off_one_never_has_one() -> None:
    assert keys(contact_attributes(JANE, EVERY_TYPE)) == [*SHOWN_EMPTY, "fax"]


def test_without_the_empty_lines_those_with_a_value_remain() -> None:
    lines = contact_attributes(JANE, EVERY_TYPE, include_empty=False)
    assert keys(lines) == ["account", "bio", "sizes", "fax"]


@pytest.mark.parametrize(
    ("categories", "wanted"),
    [
        ({AttributeCategory.COMMON}, ["email", "phone", "website"]),
        ({AttributeCategory.CRM}, ["account", "segment"]),
        ({AttributeCategory.CUSTOM}, [*SHOWN_EMPTY[5:], "fax"]),
        ({AttributeCategory.CRM, AttributeCategory.COMMON}, SHOWN_EMPTY[:5]),
        (set(), []),
    ],
)
def test_the_categories_asked_for_are_the_ones_shown(categories: set[AttributeCategory], wanted: list[str]) -> None:
    assert keys(contact_attributes(JANE, EVERY_TYPE, categories=frozenset(categories))) == wanted


@pytest.mark.parametrize("key", [each.key for each in EVERY_TYPE])
def test_one_line_asked_for_alone_is_the_one_of_the_list(key: str) -> None:
    lines = {each.definition.key: each for each in contact_attributes(JANE, EVERY_TYPE)}
    assert contact_attribute(JANE, definition_of(key)) == lines.get(key)


def test_a_line_holds_the_value_and_its_version() -> None:
    line = contact_attribute(JANE, definition_of("bio"))
    assert line == ContactAttribute("c", definition_of("bio"), JANE.held("d-bio"))
    assert (line.value, line.version) == (TextValue("Likes tea."), 3)


def test_a_cleared_value_is_empty_but_keeps_its_version() -> None:
    line = contact_attribute(JANE, definition_of("rank"))
    assert line == ContactAttribute("c", definition_of("rank"), held("rank", None, version=2))
    assert (line.value, line.version) == (None, 2)


def test_a_value_never_set_is_empty_at_version_zero() -> None:
    line = contact_attribute(JANE, definition_of("email"))
    assert line == ContactAttribute("c", definition_of("email"), None)
    assert (line.value, line.version) == (None, 0)


def test_a_cleared_value_of_an_archived_definition_has_no_line() -> None:
    definition = a_definition("fax", is_archived=True)
    contact = a_contact(values=(held("fax", None),))
    assert contact_attribute(contact, definition) is None
    assert contact_attributes(contact, [definition]) == []


def test_a_switched_off_and_archived_definition_has_no_line_whatever_it_holds() -> None:
    definition = a_definition("fax", is_archived=True, is_enabled=False)
    contact = a_contact(values=(held("fax", TextValue("12")),))
    assert contact_attribute(contact, definition) is None
