"""The mutations of VIP: who, when, why and until when; and that the next question sees it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.builders import a_contact
from tests.conftest import World
from tests.graph.asking_graphql import MORNING_TEXT, NOW, NOW_TEXT, Answer, ask, contact_gid
from tests.graph.cases.selections import CONTACT
from tests.graph.mutations import change, failure, unchanged

CONTACT_ID = contact_gid("c1")


@pytest.fixture(autouse=True)
async def contact(world: World) -> None:
    await world.add_contacts(a_contact("c1"))


def the_contact(version: int, vip: Answer | None, updated: str = NOW_TEXT) -> Answer:
    notes = {"totalCount": 0, "nodes": list[Answer]()}
    return {"id": CONTACT_ID, "version": version, "name": "Jane Roe", "updatedAt": updated, "vip": vip, "notes": notes}


def status(**more: object) -> Answer:
    return {"since": NOW_TEXT, "reason": None, "expiresAt": None, "setBy": {"name": "Jo"}, **more}


async def test_a_promotion_keeps_who_when_why_and_until_when(world: World) -> None:
    given = {"contactId": CONTACT_ID, "reason": "Büro 😀", "expiresAt": "2100-01-01T01:00:00.0009+01:00", "version": 1}
    answer = await change(world, "contactVipSet", given)
    vip = status(reason="Büro 😀", expiresAt="2100-01-01T00:00:00.000Z")
    assert answer == {"__typename": "ContactVipSetSuccess", "contact": the_contact(2, vip)}
    read = await ask(world, f"query ($id: ID!) {{ contact(id: $id) {{ {CONTACT} }} }}", {"id": CONTACT_ID}, agent="ada")
    assert read == {"contact": the_contact(2, vip)}


async def test_a_promotion_needs_no_reason_and_no_expiry(world: World) -> None:
    answer = await change(world, "contactVipSet", {"contactId": CONTACT_ID, "reason": None, "expiresAt": None})
    assert answer["contact"] == the_contact(2, status())


async def test_promoting_again_keeps_who_was_first_but_another_reason_is_a_change(world: World) -> None:
    given = {"contactId": CONTACT_ID, "reason": "One"}
    await change(world, "contactVipSet", given)
    later = NOW + timedelta(hours=1)
    same = await unchanged(world, "contactVipSet", given, agent="ada", now=later)
    assert same["contact"] == the_contact(2, status(reason="One"))
    other = await change(world, "contactVipSet", {**given, "reason": "Two"}, agent="ada", now=later)
    hour = "2099-11-23T13:00:00.000Z"
    assert other["contact"] == the_contact(3, status(since=hour, reason="Two", setBy={"name": "Ada"}), hour)


async def test_who_is_an_ordinary_contact_again_has_no_status(world: World) -> None:
    await change(world, "contactVipSet", {"contactId": CONTACT_ID})
    answer = await change(world, "contactVipClear", {"contactId": CONTACT_ID, "version": 2})
    assert answer == {"__typename": "ContactVipClearSuccess", "contact": the_contact(3, None)}
    again = await unchanged(world, "contactVipClear", {"contactId": CONTACT_ID})
    assert again == answer


async def test_clearing_what_is_clear_changes_nothing(world: World) -> None:
    answer = await unchanged(world, "contactVipClear", {"contactId": CONTACT_ID})
    assert answer["contact"] == the_contact(1, None, MORNING_TEXT)


@pytest.mark.parametrize("expires_at", [NOW, NOW - timedelta(milliseconds=1), NOW - timedelta(days=9_000)])
async def test_an_expiry_is_in_the_future(world: World, expires_at: object) -> None:
    given = {"contactId": CONTACT_ID, "expiresAt": str(expires_at)}
    answer = await unchanged(world, "contactVipSet", given)
    assert failure(answer) == ("ValidationFailed", "NOT_IN_THE_FUTURE", ["input", "expiresAt"])


@pytest.mark.parametrize(
    ("reason", "code"),
    [("", "BLANK"), ("\u200b", "BLANK"), ("😀" * 501, "TOO_LONG"), ("a\x07", "FORBIDDEN_CHARACTER")],
)
async def test_a_reason_says_something_in_up_to_500_characters(world: World, reason: str, code: str) -> None:
    answer = await unchanged(world, "contactVipSet", {"contactId": CONTACT_ID, "reason": reason})
    assert failure(answer) == ("ValidationFailed", code, ["input", "reason"])
    longest = await change(world, "contactVipSet", {"contactId": CONTACT_ID, "reason": "😀" * 500})
    assert longest["contact"]["vip"]["reason"] == "😀" * 500


@pytest.mark.parametrize("not_an_id", ["", "c1", "Q29udGFjdE5vdGU6bjE", "Q29udGFjdDo"])
async def test_what_is_no_contacts_id_is_refused(world: World, not_an_id: str) -> None:
    for name in ("contactVipSet", "contactVipClear"):
        answer = await unchanged(world, name, {"contactId": not_an_id})
        assert failure(answer) == ("ValidationFailed", "NOT_AN_ID", ["input", "contactId"])


async def test_a_conflict_carries_the_contact_whole(world: World) -> None:
    await change(world, "contactVipSet", {"contactId": CONTACT_ID, "reason": "One"}, agent="ada")
    current = {"__typename": "Contact", **the_contact(2, status(reason="One", setBy={"name": "Ada"}))}
    for name in ("contactVipSet", "contactVipClear"):
        answer = await unchanged(world, name, {"contactId": CONTACT_ID, "version": 1})
        assert (failure(answer), answer["current"]) == (("Conflict", "CONFLICT", ["input", "version"]), current)


async def test_an_edited_attribute_or_note_does_not_make_the_contacts_version_stale(world: World) -> None:
    await change(world, "contactAttributeSet", {"contactId": CONTACT_ID, "key": "bio", "value": {"text": "x"}})
    await change(world, "contactNoteAdd", {"contactId": CONTACT_ID, "body": "x"})
    answer = await change(world, "contactVipSet", {"contactId": CONTACT_ID, "version": 1})
    assert answer["contact"]["version"] == 2


async def test_mutations_of_one_document_see_each_other(world: World) -> None:
    document = f"""mutation ($id: ID!) {{
      on: contactVipSet(input: {{contactId: $id}}) {{ ... on ContactVipSetSuccess {{ contact {{ {CONTACT} }} }} }}
      note: contactNoteAdd(input: {{contactId: $id, body: "x"}}) {{
        ... on ContactNoteAddSuccess {{ noteEdge {{ node {{ contact {{
          vip {{ since }} notes {{ totalCount }}
        }} }} }} }} }}
      off: contactVipClear(input: {{contactId: $id, version: 2}}) {{
        ... on ContactVipClearSuccess {{ contact {{ version vip {{ since }} }} }} }}
    }}"""
    data = await ask(world, document, {"id": CONTACT_ID})
    assert data == {
        "on": {"contact": the_contact(2, status())},
        "note": {"noteEdge": {"node": {"contact": {"vip": {"since": NOW_TEXT}, "notes": {"totalCount": 1}}}}},
        "off": {"contact": {"version": 3, "vip": None}},
    }
