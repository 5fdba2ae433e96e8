"""Values of all eleven types, given through the API and read back from it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import a_contact
from tests.conftest import World
from tests.graph.asking_graphql import NOW_TEXT, Answer, ask, attribute_gid, contact_gid, refused
from tests.graph.cases.selections import VALUE
from tests.graph.mutations import change, document, failure, unchanged

READ = f"""query ($id: ID!, $key: String!) {{
  contact(id: $id) {{ attribute(key: $key) {{ ... on Attribute {{ {VALUE} }} }} }}
}}"""

SMALL = {"id": "size-s", "label": "Small", "isArchived": False}
MEDIUM = {"id": "size-m", "label": "Medium", "isArchived": False}

ROUND_TRIPS: list[tuple[str, Answer, str, Answer]] = [
    ("bio", {"text": "Grüße 👩‍👧"}, "TextValue", {"text": "Grüße 👩‍👧"}),
    ("bio", {"text": "a\r\nb\rc"}, "TextValue", {"text": "a\nb\nc"}),
    ("bio", {"text": "e\u0301" * 5_000}, "TextValue", {"text": "\u00e9" * 5_000}),
    ("bio", {"text": "\U0001d4b3" * 5_000}, "TextValue", {"text": "\U0001d4b3" * 5_000}),
    ("followers", {"number": 0}, "NumberValue", {"number": 0.0}),
    ("followers", {"number": 12.5}, "NumberValue", {"number": 12.5}),
    ("followers", {"number": 1e9}, "NumberValue", {"number": 1e9}),
    ("newsletter", {"boolean": False}, "BooleanValue", {"boolean": False}),
    ("newsletter", {"boolean": True}, "BooleanValue", {"boolean": True}),
    ("birthday", {"date": "1900-01-01"}, "DateValue", {"date": "1900-01-01"}),
    ("birthday", {"date": "2024-02-29"}, "DateValue", {"date": "2024-02-29"}),
    (
        "last_met",
        {"dateTime": "2026-11-23T09:30:00.1239+02:00"},
        "DateTimeValue",
        {"dateTime": "2026-11-23T07:30:00.123Z"},
    ),
    ("email", {"email": " Jane@EXAMPLE.com "}, "EmailValue", {"email": "Jane@example.com"}),
    ("phone", {"phone": "(202) 224-3441"}, "PhoneValue", {"phone": "+12022243441"}),
    ("phone", {"phone": "+49 30 12345678"}, "PhoneValue", {"phone": "+493012345678"}),
    ("website", {"url": "https://example.com/a?b=ü#c"}, "UrlValue", {"url": "https://example.com/a?b=ü#c"}),
    ("segment", {"select": "size-m"}, "SelectValue", {"option": MEDIUM}),
    ("sizes", {"multiSelect": ["size-m", "size-s"]}, "MultiSelectValue", {"options": [SMALL, MEDIUM]}),
    ("sizes", {"multiSelect": []}, "MultiSelectValue", {"options": []}),
    ("language", {"language": "PT-br"}, "LanguageValue", {"language": "pt-BR"}),
    ("language", {"language": "zh-hant-tw"}, "LanguageValue", {"language": "zh-Hant-TW"}),
]


@pytest.fixture
async def contact(world: World) -> str:
    """The global id of a contact who holds nothing."""
    await world.add_contacts(a_contact("c1"))
    return contact_gid("c1")


async def test_each_type_of_value_is_given_and_read_back(world: World, contact: str) -> None:
    version: dict[str, int] = {}
    for key, given, kind, expected in ROUND_TRIPS:
        version[key] = version.get(key, 0) + 1
        answer = await change(world, "contactAttributeSet", {"contactId": contact, "key": key, "value": given})
        attribute = answer["attribute"]
        assert attribute["value"] == {"__typename": kind, **expected}
        assert (attribute["version"], attribute["isEmpty"]) == (version[key], False)
        read = await ask(world, READ, {"id": contact, "key": key})
        assert read["contact"]["attribute"] == {"value": {"__typename": kind, **expected}}


def test_the_round_trips_cover_every_type() -> None:
    given = {name for _, value, _, _ in ROUND_TRIPS for name in value}
    assert given == {
        *("text", "number", "boolean", "date", "dateTime", "email", "phone", "url", "select", "multiSelect", "language")
    }


REFUSED: list[tuple[str, Answer, str]] = [
    ("bio", {"text": ""}, "BLANK"),
    ("bio", {"text": " \n\u200b"}, "BLANK"),
    ("bio", {"text": "x" * 5_001}, "TOO_LONG"),
    ("bio", {"text": "a\x00b"}, "FORBIDDEN_CHARACTER"),
    ("bio", {"number": 1}, "WRONG_TYPE"),
    ("followers", {"text": "12"}, "WRONG_TYPE"),
    ("followers", {"number": -0.5}, "TOO_SMALL"),
    ("followers", {"number": 1e9 + 1}, "TOO_LARGE"),
    ("newsletter", {"text": "yes"}, "WRONG_TYPE"),
    ("birthday", {"date": "1899-12-31"}, "TOO_EARLY"),
    ("birthday", {"dateTime": "2000-01-01T00:00:00Z"}, "WRONG_TYPE"),
    ("last_met", {"date": "2000-01-01"}, "WRONG_TYPE"),
    ("email", {"email": "jane@"}, "NOT_AN_EMAIL"),
    ("email", {"text": "jane@example.com"}, "WRONG_TYPE"),
    ("phone", {"phone": "12"}, "NOT_A_PHONE"),
    ("website", {"url": "javascript:alert(1)"}, "NOT_A_URL"),
    ("website", {"url": "example.com"}, "NOT_A_URL"),
    ("segment", {"select": "size-x"}, "UNKNOWN_OPTION"),
    ("segment", {"select": "Medium"}, "UNKNOWN_OPTION"),
    ("segment", {"multiSelect": ["size-m"]}, "WRONG_TYPE"),
    ("sizes", {"multiSelect": ["size-m", "size-m"]}, "REPEATED_OPTION"),
    ("sizes", {"multiSelect": ["size-m", "size-x"]}, "UNKNOWN_OPTION"),
    ("language", {"language": "english!"}, "NOT_A_LANGUAGE"),
]


async def test_what_does_not_fit_is_refused_with_its_code_at_the_value(world: World, contact: str) -> None:
    before = await world.snapshot()
    for key, given, code in REFUSED:
        answer = await change(world, "contactAttributeSet", {"contactId": contact, "key": key, "value": given})
        assert failure(answer) == ("ValidationFailed", code, ["input", "value"]), (key, given)
    assert await world.snapshot() == before


async def test_a_number_beyond_all_numbers_is_refused(world: World, contact: str) -> None:
    """JSON has none, but a literal of the document has."""
    literal = (
        f'mutation {{ contactAttributeSet(input: {{contactId: "{contact}", key: "followers", value: {{number: %s}}}})'
    )
    selected = "{ __typename ... on UserError { code path } }"
    before = await world.snapshot()
    for number in ("1e999", "-1e999"):
        data = await ask(world, f"{literal % number} {selected} }}")
        assert data["contactAttributeSet"] == {
            "__typename": "ValidationFailed",
            "code": "NOT_A_NUMBER",
            "path": ["input", "value"],
        }
    assert await world.snapshot() == before


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"text": "a", "number": 1},
        {"text": None},
        {"text": None, "number": 1},
        {"nothing": 1},
        {"text": 7},
        {"number": "7"},
        {"number": True},
        {"boolean": 1},
        {"boolean": "true"},
        {"date": "23.11.2026"},
        {"dateTime": "2026-11-23T09:30:00"},
        {"multiSelect": [None]},
        {"select": 1.5},
        None,
        "text",
        [{"text": "a"}, {"text": "b"}],
    ],
)
async def test_what_the_types_do_not_allow_is_refused_before_anything_runs(
    world: World, contact: str, value: Any
) -> None:
    before = await world.snapshot()
    given = {"input": {"contactId": contact, "key": "bio", "value": value}}
    mistake = await refused(world, document("contactAttributeSet"), given)
    assert (mistake.code, mistake.path) == ("BAD_USER_INPUT", ())
    assert await world.snapshot() == before


async def test_one_option_alone_may_be_given_as_a_list_of_one(world: World, contact: str) -> None:
    given = {"contactId": contact, "key": "sizes", "value": {"multiSelect": "size-s"}}
    answer = await change(world, "contactAttributeSet", given)
    assert answer["attribute"]["value"] == {"__typename": "MultiSelectValue", "options": [SMALL]}


async def test_setting_what_is_set_already_changes_nothing(world: World, contact: str) -> None:
    for key, first, again in (
        ("phone", {"phone": "+1 202 224 3441"}, {"phone": "202-224-3441"}),
        ("bio", {"text": "e\u0301"}, {"text": "\u00e9"}),
        ("sizes", {"multiSelect": ["size-s", "size-m"]}, {"multiSelect": ["size-m", "size-s"]}),
        ("newsletter", {"boolean": False}, {"boolean": False}),
    ):
        given = {"contactId": contact, "key": key, "value": first}
        await change(world, "contactAttributeSet", given)
        answer = await unchanged(world, "contactAttributeSet", {**given, "value": again}, agent="ada")
        assert answer["attribute"]["version"] == 1
        assert answer["attribute"]["provenance"]["agent"] == {"name": "Jo"}


async def test_the_success_has_the_line_whole_and_the_contact(world: World, contact: str) -> None:
    given = {"contactId": contact, "key": "segment", "value": {"select": "size-s"}}
    assert await change(world, "contactAttributeSet", given, agent="ada") == {
        "__typename": "ContactAttributeSetSuccess",
        "attribute": {
            "__typename": "CrmAttribute",
            "id": attribute_gid("c1", "segment"),
            "key": "segment",
            "version": 1,
            "isEmpty": False,
            "canEdit": True,
            "lockedBecause": None,
            "value": {"__typename": "SelectValue", "option": SMALL},
            "provenance": {"source": "AGENT", "at": NOW_TEXT, "agent": {"name": "Ada"}},
            "syncState": "PENDING",
            "syncedAt": None,
            "staleAfter": None,
            "isStale": False,
            "crmRecordUrl": None,
            "crmMessage": None,
            "conflict": None,
        },
        "contact": {
            "id": contact,
            "version": 1,
            "name": "Jane Roe",
            "updatedAt": NOW_TEXT,
            "vip": None,
            "notes": {"totalCount": 0, "nodes": []},
        },
    }
