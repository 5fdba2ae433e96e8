"""The filter of contacts: whom each condition leaves, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain.contacts import ContactValidation, LookUpOutcome, Network
from domain.values import (
    BooleanValue,
    DateTimeValue,
    DateValue,
    EmailValue,
    LanguageValue,
    MultiSelectValue,
    NumberValue,
    PhoneValue,
    SelectValue,
    TextValue,
    UrlValue,
)
from domain.vip import VipStatus
from graph.filter_inputs import DEEPEST, MOST_CONDITIONS
from tests.builders import EVERY_TYPE, MORNING, a_contact, a_definition, an_agent, an_identity, an_organization, held
from tests.conftest import World
from tests.graph.asking_graphql import MORNING_TEXT, NOW, Answer, ask, refused

LIST = "query ($filter: ContactFilter) { contacts(filter: $filter) { totalCount nodes { name } } }"
LATER = "2026-11-23T10:00:00.000Z"

FULL = replace(
    a_contact(
        "c1",
        name="Full",
        identities=(an_identity("1", network=Network.TWITTER),),
        values=(
            held("bio", TextValue("Café  au lait")),
            held("followers", NumberValue(20)),
            held("newsletter", BooleanValue(True)),
            held("birthday", DateValue(date(1990, 5, 17))),
            held("last_met", DateTimeValue(MORNING)),
            held("email", EmailValue("jane@example.com")),
            held("phone", PhoneValue("+12022243441")),
            held("website", UrlValue("https://x.org/A")),
            held("segment", SelectValue("size-x")),
            held("sizes", MultiSelectValue(("size-s", "size-m"))),
            held("language", LanguageValue("pt-BR")),
        ),
        vip=VipStatus(MORNING, "jo", None, None),
        validation=ContactValidation(LookUpOutcome.FOUND, MORNING),
        note_count=1,
    ),
    updated_at=MORNING + timedelta(hours=1),
)
ZERO = a_contact(
    "c2",
    name="Zero",
    values=(
        held("followers", NumberValue(0)),
        held("newsletter", BooleanValue(False)),
        held("sizes", MultiSelectValue(())),
        held("bio", None),
    ),
    vip=VipStatus(MORNING, "jo", None, NOW),
    validation=ContactValidation(LookUpOutcome.NOT_FOUND, MORNING),
)
BARE = replace(a_contact("c3", name="Bare"), created_at=MORNING - timedelta(hours=1))


async def names(world: World, wanted: Answer | None, **asking: Any) -> set[str]:
    found = (await ask(world, LIST, {"filter": wanted}, **asking))["contacts"]
    assert found["totalCount"] == len(found["nodes"])
    return {each["name"] for each in found["nodes"]}


def of(key: str, **condition: Any) -> Answer:
    return {"attribute": {"key": key, **condition}}


EVERYONE, NOBODY = {"Full", "Zero", "Bare"}, set[str]()
LEAVES: list[tuple[Answer | None, set[str]]] = [
    (None, EVERYONE),
    ({}, EVERYONE),
    ({"isVip": None}, EVERYONE),
    ({"and": [{}]}, EVERYONE),
    (of("bio", isEmpty=True), {"Zero", "Bare"}),
    (of("bio", isEmpty=False), {"Full"}),
    (of("followers", isEmpty=False), {"Full", "Zero"}),
    (of("newsletter", isEmpty=True), {"Bare"}),
    (of("sizes", isEmpty=True), {"Bare"}),
    (of("bio", text={"equals": "CAFE au Lait"}), {"Full"}),
    (of("bio", text={"equals": "CAFE"}), NOBODY),
    (of("bio", text={"anyOf": ["x", "Café au lait"]}), {"Full"}),
    (of("bio", text={"startsWith": "cafe A"}), {"Full"}),
    (of("bio", text={"startsWith": ".*"}), NOBODY),
    (of("bio", text={"startsWith": "c", "equals": "x"}), NOBODY),
    (of("followers", number={"equals": 0}), {"Zero"}),
    (of("followers", number={"greaterThan": 0}), {"Full"}),
    (of("followers", number={"atLeast": 0}), {"Full", "Zero"}),
    (of("followers", number={"lessThan": 20}), {"Zero"}),
    (of("followers", number={"atMost": 20, "greaterThan": 0}), {"Full"}),
    (of("newsletter", boolean={"equals": False}), {"Zero"}),
    (of("newsletter", boolean={"equals": True}), {"Full"}),
    (of("birthday", date={"equals": "1990-05-17"}), {"Full"}),
    (of("birthday", date={"after": "1990-05-17"}), NOBODY),
    (of("birthday", date={"onOrAfter": "1990-05-17", "before": "1990-05-18"}), {"Full"}),
    (of("birthday", date={"onOrBefore": "1990-05-16"}), NOBODY),
    (of("last_met", dateTime={"atOrAfter": MORNING_TEXT, "before": LATER}), {"Full"}),
    (of("last_met", dateTime={"after": MORNING_TEXT}), NOBODY),
    (of("last_met", dateTime={"atOrBefore": MORNING_TEXT}), {"Full"}),
    (of("email", email={"equals": "JANE@example.com"}), {"Full"}),
    (of("email", email={"anyOf": ["a@example.com"]}), NOBODY),
    (of("phone", phone={"equals": "(202) 224-3441"}), {"Full"}),
    (of("website", url={"anyOf": ["https://X.org/a"]}), {"Full"}),
    (of("segment", select={"anyOf": ["size-m", "size-x"]}), {"Full"}),
    (of("segment", select={"anyOf": ["size-m"]}), NOBODY),
    (of("sizes", multiSelect={"anyOf": ["size-m", "size-x"]}), {"Full"}),
    (of("sizes", multiSelect={"allOf": ["size-m", "size-s"]}), {"Full"}),
    (of("sizes", multiSelect={"allOf": ["size-m", "size-x"]}), NOBODY),
    (of("sizes", multiSelect={"noneOf": ["size-m"]}), {"Zero"}),
    (of("language", language={"anyOf": ["de", "PT-br"]}), {"Full"}),
    (of("language", language={"anyOf": ["pt"]}), NOBODY),
    ({"network": "TWITTER"}, {"Full"}),
    ({"network": "SMS"}, NOBODY),
    ({"isVip": True}, {"Full"}),
    ({"isVip": False}, {"Zero", "Bare"}),
    ({"isValidated": True}, {"Full"}),
    ({"isValidated": False}, {"Zero", "Bare"}),
    ({"lookUpOutcome": "NOT_FOUND"}, {"Zero"}),
    ({"lookUpOutcome": "NEVER_ASKED"}, {"Bare"}),
    ({"createdAt": {"before": MORNING_TEXT}}, {"Bare"}),
    ({"createdAt": {"atOrAfter": MORNING_TEXT, "before": LATER}}, {"Full", "Zero"}),
    ({"updatedAt": {"atOrAfter": LATER}}, {"Full"}),
    ({"hasNotes": True}, {"Full"}),
    ({"hasNotes": False}, {"Zero", "Bare"}),
    ({"hasNotes": False, "isVip": False, "lookUpOutcome": "NEVER_ASKED"}, {"Bare"}),
    ({"or": [{"hasNotes": True}, {"lookUpOutcome": "NOT_FOUND"}]}, {"Full", "Zero"}),
    ({"and": [{"hasNotes": False}, of("followers", isEmpty=False)]}, {"Zero"}),
    ({"not": [{"hasNotes": True}, {"lookUpOutcome": "NOT_FOUND"}]}, {"Bare"}),
    ({"not": [{"not": [{"or": [{"and": [{"hasNotes": True}]}]}]}]}, {"Full"}),
]


async def test_each_condition_leaves_those_who_meet_it(world: World) -> None:
    await world.add_contacts(FULL, ZERO, BARE)
    await world.add_contacts(a_contact("x1", name="Theirs", note_count=1), organization_id="other")
    for wanted, expected in LEAVES:
        assert await names(world, wanted) == expected, wanted


UNKNOWN = "There is no attribute of that key: ask `attributeDefinitions` for those there are."
ONE = "Give the key and exactly one condition: `isEmpty`, or that of the value type."
NONE = "Give a condition on the attribute: there is none in the one for its value type."
COUNT = "Give 1 to 100 values to compare with."


def nested(depth: int) -> Answer:
    return {} if depth == 1 else {"and": [nested(depth - 1)]}


REFUSED: list[tuple[Answer, str]] = [
    (of("nothing", isEmpty=True), UNKNOWN),
    # Switched off: nowhere is it shown.
    (of("pager", isEmpty=True), UNKNOWN),
    (of("bio"), ONE),
    (of("bio", isEmpty=True, text={"equals": "x"}), ONE),
    (of("bio", text={}), NONE),
    (of("followers", number={}), NONE),
    (of("newsletter", boolean={"equals": None}), NONE),
    (of("segment", select={}), NONE),
    (of("bio", number={"equals": 1}), "Use the conditions for TEXT: «bio» has none of NUMBER."),
    (of("bio", text={"anyOf": []}), COUNT),
    (of("sizes", multiSelect={"anyOf": ["size-s"] * 101}), COUNT),
    (of("bio", text={"startsWith": " "}), "Write what the text starts with: letters, digits or signs."),
    (of("phone", phone={"equals": "x"}), "Give a phone number with its country prefix, such as +1 202-224-3441."),
    (
        of("segment", select={"anyOf": ["nothing"]}),
        "Give ids of options of «segment»: size-s (Small), size-m (Medium), size-x (Huge).",
    ),
    ({"createdAt": {}}, "Give `atOrAfter`, `before` or both."),
    ({"and": []}, "Give a filter in `and`, or leave it out."),
    ({"or": []}, "Give a filter in `or`, or leave it out."),
    ({"not": []}, "Give a filter in `not`, or leave it out."),
    (nested(DEEPEST + 1), "Nest filters less: at most 5 deep."),
    ({"or": [{"hasNotes": True}] * (MOST_CONDITIONS + 1)}, "Give fewer conditions: at most 30."),
]


async def test_what_means_nothing_is_refused_with_advice(world: World) -> None:
    await world.add_contacts(FULL, BARE)
    for wanted, message in REFUSED:
        mistake = await refused(world, LIST, {"filter": wanted})
        assert (mistake.code, mistake.path, mistake.message) == ("BAD_USER_INPUT", ("contacts",), message), wanted
    assert await names(world, nested(DEEPEST)) == {"Full", "Bare"}
    assert await names(world, {"or": [{"hasNotes": True}] * MOST_CONDITIONS}) == {"Full"}


async def test_a_hidden_attribute_is_answered_like_none(world: World) -> None:
    secret = a_definition("secret", is_admin_only=True)
    theirs = replace(a_definition("theirs"), id="other-d-theirs")
    await world.add_organization(an_organization(), [an_agent("jo")], [*EVERY_TYPE, secret])
    await world.add_organization(an_organization("other"), [], [theirs])
    await world.add_contacts(a_contact("c1", name="Spy", values=(held("secret", TextValue("007")),)))
    assert await names(world, of("secret", text={"equals": "007"}), agent="ada") == {"Spy"}
    conditions: list[Answer] = [
        *({"isEmpty": False}, {"text": {"equals": "007"}}, {"number": {"equals": 7}}, {"text": {}}),
    ]
    for condition in conditions:
        unknown = await refused(world, LIST, {"filter": of("nothing", **condition)})
        for key in ("secret", "theirs"):
            assert await refused(world, LIST, {"filter": of(key, **condition)}) == unknown


async def test_what_is_archived_can_still_be_filtered_by(world: World) -> None:
    await world.add_contacts(a_contact("c1", name="Fax", values=(held("fax", TextValue("5")),)), BARE)
    assert await names(world, of("fax", text={"equals": "5"})) == {"Fax"}


@pytest.mark.parametrize("depth", [30, 5_000])
async def test_however_deep_a_filter_is_it_is_refused(world: World, depth: int) -> None:
    deep: Answer = {}
    for _ in range(depth):
        deep = {"and": [deep]}
    mistake = await refused(world, LIST, {"filter": deep})
    assert mistake.code == "BAD_USER_INPUT"
