"""The mutations of attributes: one value, and no other touched; and that the next question sees it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from domain.attributes import CrmSync, SyncState
from domain.values import SelectValue, TextValue
from persistence.names import CONTACTS
from tests.builders import MORNING, a_contact, held
from tests.conftest import World
from tests.graph.asking_graphql import MORNING_TEXT, NOW_TEXT, Answer, ask, attribute_gid, contact_gid
from tests.graph.mutations import change, failure, unchanged

CONTACT_ID = contact_gid("c1")
BIO: Answer = {"contactId": CONTACT_ID, "key": "bio"}


@pytest.fixture(autouse=True)
async def contact(world: World) -> None:
    """A contact with a bio, a nickname and a CRM value that is in sync."""
    segment = replace(held("segment", SelectValue("size-s")), sync=CrmSync(SyncState.IN_SYNC, MORNING))
    values = (held("bio", TextValue("Old."), version=3), segment, held("nickname", TextValue("J")))
    await world.add_contacts(a_contact("c1", values=values))


def the_bio(version: int, text: str | None, agent: str = "Jo") -> Answer:
    return {
        "__typename": "CustomAttribute",
        "id": attribute_gid("c1", "bio"),
        "key": "bio",
        "version": version,
        "isEmpty": text is None,
        "canEdit": True,
        "lockedBecause": None,
        "value": None if text is None else {"__typename": "TextValue", "text": text},
        "provenance": {"source": "AGENT", "at": NOW_TEXT, "agent": {"name": agent}},
    }


async def test_a_value_is_set_and_no_other_touched(world: World) -> None:
    before = (await world.snapshot())["contacts"][0]
    answer = await change(world, "contactAttributeSet", {**BIO, "value": {"text": "New."}, "version": 3})
    assert answer["attribute"] == the_bio(4, "New.")
    after = (await world.snapshot())["contacts"][0]
    assert {name for name in before if before[name] != after[name]} == {"values", "updated"}
    assert [each for each in after["values"] if each["d"] != "d-bio"] == [
        each for each in before["values"] if each["d"] != "d-bio"
    ]


async def test_a_cleared_value_is_empty_and_keeps_counting(world: World) -> None:
    answer = await change(world, "contactAttributeClear", {**BIO, "version": 3})
    assert answer["__typename"] == "ContactAttributeClearSuccess"
    assert answer["attribute"] == the_bio(4, None)
    again = await unchanged(world, "contactAttributeClear", BIO, agent="ada")
    assert again["attribute"] == the_bio(4, None)
    anew = await change(world, "contactAttributeSet", {**BIO, "value": {"text": "Old."}, "version": 4}, agent="ada")
    assert anew["attribute"] == the_bio(5, "Old.", agent="Ada")


async def test_clearing_what_was_never_set_writes_nothing(world: World) -> None:
    given = {"contactId": CONTACT_ID, "key": "followers", "version": 0}
    answer = await unchanged(world, "contactAttributeClear", given)
    assert (answer["attribute"]["version"], answer["attribute"]["provenance"]) == (0, None)


async def test_a_required_value_can_be_changed_but_not_cleared(world: World) -> None:
    given = {"contactId": CONTACT_ID, "key": "nickname"}
    answer = await unchanged(world, "contactAttributeClear", given)
    assert failure(answer) == ("ValidationFailed", "REQUIRED", ["input", "key"])
    changed = await change(world, "contactAttributeSet", {**given, "value": {"text": "Janie"}})
    assert changed["attribute"]["version"] == 2


@pytest.mark.parametrize("version", [0, 2, 3])
async def test_a_conflict_carries_the_line_whole(world: World, version: int) -> None:
    await change(world, "contactAttributeSet", {**BIO, "value": {"text": "Ada's."}}, agent="ada")
    stale = {**BIO, "version": version}
    for name, more in (("contactAttributeSet", {"value": {"text": "Mine."}}), ("contactAttributeClear", {})):
        answer = await unchanged(world, name, {**stale, **more})
        assert failure(answer) == ("Conflict", "CONFLICT", ["input", "version"])
        assert answer["current"] == the_bio(4, "Ada's.", agent="Ada")


async def test_a_value_that_is_new_may_be_asked_to_be_the_first(world: World) -> None:
    given = {"contactId": CONTACT_ID, "key": "followers", "value": {"number": 1}, "version": 0}
    assert (await change(world, "contactAttributeSet", given))["attribute"]["version"] == 1
    again = await unchanged(world, "contactAttributeSet", {**given, "value": {"number": 2}})
    assert failure(again) == ("Conflict", "CONFLICT", ["input", "version"])


async def test_the_same_value_with_a_stale_version_is_a_conflict_too(world: World) -> None:
    answer = await unchanged(world, "contactAttributeSet", {**BIO, "value": {"text": "Old."}, "version": 1})
    assert failure(answer) == ("Conflict", "CONFLICT", ["input", "version"])


@pytest.mark.parametrize("key", ["unknown", "", "BIO", "d-bio", "bio ", "$set", "values.0", "a\x00"])
async def test_a_key_that_there_is_not_is_not_found(world: World, key: str) -> None:
    for name, more in (("contactAttributeSet", {"value": {"text": "x"}}), ("contactAttributeClear", {})):
        answer = await unchanged(world, name, {"contactId": CONTACT_ID, "key": key, **more})
        assert failure(answer) == ("NotFound", "NOT_FOUND", ["input", "key"])
        assert answer["message"] == ("There is no such attribute: ask `attributeDefinitions` for those there are.")


@pytest.mark.parametrize("not_an_id", ["", "c1", attribute_gid("c1", "bio"), "Q29udGFjdDo"])
async def test_what_is_no_contacts_id_is_refused(world: World, not_an_id: str) -> None:
    for name, more in (("contactAttributeSet", {"value": {"text": "x"}}), ("contactAttributeClear", {})):
        answer = await unchanged(world, name, {"contactId": not_an_id, "key": "bio", **more})
        assert failure(answer) == ("ValidationFailed", "NOT_AN_ID", ["input", "contactId"])


async def test_an_edit_of_what_the_crm_manages_waits_for_the_crm(world: World) -> None:
    given = {"contactId": CONTACT_ID, "key": "segment", "value": {"select": "size-m"}}
    edited = (await change(world, "contactAttributeSet", given))["attribute"]
    assert (edited["syncState"], edited["syncedAt"]) == ("PENDING", MORNING_TEXT)
    cleared = (await change(world, "contactAttributeClear", {"contactId": CONTACT_ID, "key": "segment"}))["attribute"]
    assert (cleared["syncState"], cleared["syncedAt"], cleared["value"]) == ("PENDING", MORNING_TEXT, None)


async def test_mutations_of_one_document_see_each_other(world: World) -> None:
    lines = "attributes(includeEmpty: false) { ... on Attribute { key version } }"
    document = f"""mutation ($id: ID!) {{
      set: contactAttributeSet(input: {{contactId: $id, key: "followers", value: {{number: 7}}}}) {{
        ... on ContactAttributeSetSuccess {{ contact {{ {lines} }} }} }}
      clear: contactAttributeClear(input: {{contactId: $id, key: "bio", version: 3}}) {{
        ... on ContactAttributeClearSuccess {{ contact {{ {lines} }} }} }}
      stale: contactAttributeSet(input: {{contactId: $id, key: "bio", value: {{text: "x"}}, version: 3}}) {{
        ... on Conflict {{ current {{ ... on Attribute {{ version isEmpty }} }} }} }}
      note: contactNoteAdd(input: {{contactId: $id, body: "x"}}) {{
        ... on ContactNoteAddSuccess {{ noteEdge {{ node {{ contact {{ {lines} }} }} }} }} }}
    }}"""
    data = await ask(world, document, {"id": CONTACT_ID})
    before = [{"key": "segment", "version": 1}, {"key": "bio", "version": 3}]
    followers, nickname = {"key": "followers", "version": 1}, {"key": "nickname", "version": 1}
    after = [before[0], followers, nickname]
    assert data == {
        "set": {"contact": {"attributes": [*before, followers, nickname]}},
        "clear": {"contact": {"attributes": after}},
        "stale": {"current": {"version": 4, "isEmpty": True}},
        "note": {"noteEdge": {"node": {"contact": {"attributes": after}}}},
    }


async def test_values_of_one_contact_set_at_once_are_all_kept(world: World) -> None:
    """Each in an operation of its own, as from several agents: none overwrites another."""
    given = {
        "bio": {"text": "B"},
        "followers": {"number": 1},
        "newsletter": {"boolean": True},
        "language": {"language": "de"},
    }
    answers = await asyncio.gather(
        *(
            change(world, "contactAttributeSet", {"contactId": CONTACT_ID, "key": key, "value": value})
            for key, value in given.items()
        )
    )
    assert {each["__typename"] for each in answers} == {"ContactAttributeSetSuccess"}
    kept = await world.driver.collection(CONTACTS).find_one({"_id": "c1"})
    assert kept is not None
    assert {each["d"] for each in kept["values"]} == {"d-segment", "d-nickname", *(f"d-{key}" for key in given)}
