"""Merging in the API: what is asked back, the endings that are its own, and the old id ever after."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from domain.contacts import Network
from domain.values import EmailValue, TextValue
from graph.nodes import encode_id
from tests.builders import MORNING, a_contact, a_note, an_identity, held
from tests.conftest import World
from tests.graph.asking_graphql import (
    MORNING_TEXT,
    NOW_TEXT,
    Answer,
    ask,
    attribute_gid,
    contact_gid,
    definition_gid,
    note_gid,
    refused,
)
from tests.graph.cases.merging import MERGE, MOVES, PREVIEW
from tests.graph.mutations import change, failure, unchanged
from tests.merging import add_merged

MINE = replace(
    a_contact(
        "c1",
        identities=(an_identity("1"),),
        values=(held("bio", TextValue("mine"), agent_id="jo"), held("email", EmailValue("a@example.com"))),
        note_count=1,
    ),
    avatar_url="https://example.com/1.png",
)
THEIRS = replace(
    a_contact(
        "c2",
        name="J. Roe",
        identities=(an_identity("2", network=Network.TELEGRAM, handle="roe"),),
        values=(held("bio", TextValue("theirs")), held("nickname", TextValue("J."))),
        note_count=1,
    ),
    avatar_url="https://example.com/2.png",
)
BOTH = {"survivorId": contact_gid("c1"), "otherId": contact_gid("c2")}
BIO = {"field": "ATTRIBUTE", "key": "bio", "from": "OTHER"}


async def fill(world: World) -> None:
    await world.add_contacts(MINE, THEIRS)
    await world.add_notes(a_note("c1", "Mine", id="n1"), a_note("c2", "Theirs", id="n2"))


def said(text: str) -> Answer:
    return {"text": text, "value": None, "provenance": None}


def held_text(text: str, agent: str | None = None) -> Answer:
    provenance = {"source": "IMPORT", "at": MORNING_TEXT, "agent": None if agent is None else {"name": agent}}
    return {"text": None, "value": {"__typename": "TextValue", "text": text}, "provenance": provenance}


def conflict(field: str, survivor: Answer, other: Answer, chosen: str | None, key: str | None = None) -> Answer:
    definition = None if key is None else {"key": key}
    return {"field": field, "definition": definition, "survivor": survivor, "other": other, "chosen": chosen}


def preview(bio: str | None, attributes: int) -> Answer:
    return {
        "moves": {"identities": 1, "notes": 1, "events": 0, "attributes": attributes},
        "conflicts": [
            conflict("NAME", said("Jane Roe"), said("J. Roe"), "SURVIVOR"),
            conflict("AVATAR", said("https://example.com/1.png"), said("https://example.com/2.png"), "SURVIVOR"),
            conflict("ATTRIBUTE", held_text("mine", "Jo"), held_text("theirs"), bio, "bio"),
        ],
    }


DOCUMENT = f"""mutation ($input: ContactMergeInput!) {{ contactMerge(input: $input) {{
  __typename ... on UserError {{ code message path }} ... on MergeUnresolved {{ {PREVIEW} }}
  ... on ContactMergeSuccess {{ contact {{ id }} mergedContactId merge {{ {MERGE} canUnmerge }} {PREVIEW} }}
}} }}"""


async def merge(world: World, **given: object) -> Answer:
    answer: Answer = (await ask(world, DOCUMENT, {"input": {**BOTH, **given}}, agent="ada"))["contactMerge"]
    return answer


async def test_what_needs_a_choice_is_shown_whole_and_merged_once_it_is_made(world: World) -> None:
    await fill(world)
    before = await world.snapshot()
    unresolved = await merge(world)
    assert failure(unresolved) == ("MergeUnresolved", "MERGE_UNRESOLVED", ["input", "choices"])
    assert unresolved["preview"] == preview(None, 1)
    foreseen = await merge(world, dryRun=True)
    assert foreseen == {
        "__typename": "ContactMergeSuccess",
        "contact": {"id": contact_gid("c1")},
        "mergedContactId": None,
        "merge": None,
        "preview": preview(None, 1),
    }
    assert await world.snapshot() == before
    made = await merge(world, choices=[BIO], version=1, otherVersion=1)
    merge_id = made["merge"].pop("id")
    assert made == {
        "__typename": "ContactMergeSuccess",
        "contact": {"id": contact_gid("c1")},
        "mergedContactId": contact_gid("c2"),
        "merge": {
            "mergedAt": NOW_TEXT,
            "mergedBy": {"name": "Ada"},
            "otherName": "J. Roe",
            "mergedContactId": contact_gid("c2"),
            "contact": {"id": contact_gid("c1")},
            "isUndone": False,
            "undoneAt": None,
            "undoneBy": None,
            "canUnmerge": True,
        },
        "preview": preview("OTHER", 2),
    }
    query = f"query ($id: ID!) {{ node(id: $id) {{ ... on ContactMerge {{ {MERGE} canUnmerge }} }} }}"
    for agent, can in (("ada", True), ("jo", False)):
        found = await ask(world, query, {"id": merge_id}, agent=agent)
        assert found["node"] == {"id": merge_id, **made["merge"], "canUnmerge": can}


async def test_what_is_wrong_with_the_other_is_said_of_it(world: World) -> None:
    await fill(world)
    missing = await unchanged(world, "contactMerge", {**BOTH, "otherId": contact_gid("c9")}, agent="ada")
    assert failure(missing) == ("NotFound", "NOT_FOUND", ["input", "otherId"])
    no_id = await unchanged(world, "contactMerge", {**BOTH, "otherId": note_gid("n1")}, agent="ada")
    assert failure(no_id) == ("ValidationFailed", "NOT_AN_ID", ["input", "otherId"])
    stale = await unchanged(world, "contactMerge", {**BOTH, "otherVersion": 7}, agent="ada")
    assert failure(stale) == ("Conflict", "CONFLICT", ["input", "otherVersion"])
    assert stale["current"]["id"] == contact_gid("c2")
    same = await unchanged(world, "contactMerge", {**BOTH, "otherId": contact_gid("c1")}, agent="ada")
    assert failure(same) == ("ValidationFailed", "SAME_CONTACT", ["input", "otherId"])
    unknown = {"field": "ATTRIBUTE", "key": "unknown", "from": "OTHER"}
    choice = await unchanged(world, "contactMerge", {**BOTH, "choices": [BIO, unknown]}, agent="ada")
    assert failure(choice) == ("ValidationFailed", "NOT_FOUND", ["input", "choices", "1", "key"])
    half = {"field": "ATTRIBUTE", "from": "OTHER"}
    choice = await unchanged(world, "contactMerge", {**BOTH, "choices": [half]}, agent="ada")
    assert failure(choice) == ("ValidationFailed", "NOT_A_KEY", ["input", "choices", "0", "key"])


OLD = """query ($id: ID!, $ids: [ID!]!, $attribute: ID!) {
  contact(id: $id) { id name notes { totalCount nodes { body contact { id } } } }
  node(id: $attribute) { id ... on CustomAttribute { value { ... on TextValue { text } } } }
  nodes(ids: $ids) { id }
}"""


async def test_the_old_ids_name_the_survivor_and_what_is_its_own(world: World) -> None:
    await fill(world)
    await merge(world, choices=[BIO])
    ids = [*(contact_gid(each) for each in ("c2", "c1")), attribute_gid("c2", "email"), note_gid("n2")]
    wrong = [encode_id("CommonAttribute", "c2:bio"), encode_id("CustomAttribute", "c2:unknown")]
    found = await ask(
        world, OLD, {"id": contact_gid("c2"), "ids": [*ids, *wrong], "attribute": attribute_gid("c2", "bio")}
    )
    both = [{"body": each, "contact": {"id": contact_gid("c1")}} for each in ("Theirs", "Mine")]
    assert found == {
        "contact": {"id": contact_gid("c1"), "name": "Jane Roe", "notes": {"totalCount": 2, "nodes": both}},
        "node": {"id": attribute_gid("c1", "bio"), "value": {"text": "theirs"}},
        "nodes": [
            *({"id": contact_gid("c1")} for _ in range(2)),
            {"id": attribute_gid("c1", "email")},
            {"id": note_gid("n2")},
            *(None, None),
        ],
    }
    noted = await change(world, "contactNoteAdd", {"contactId": contact_gid("c2"), "body": "By the old id"})
    assert noted["noteEdge"]["node"]["contact"] == {"id": contact_gid("c1")}
    promoted = await change(world, "contactVipSet", {"contactId": contact_gid("c2")})
    assert promoted["contact"]["id"] == contact_gid("c1")
    cleared = await change(world, "contactAttributeClear", {"contactId": contact_gid("c2"), "key": "bio"})
    assert cleared["attribute"]["id"] == attribute_gid("c1", "bio")
    # Of another organization it names nobody.
    theirs = await ask(
        world,
        "query ($id: ID!) { contact(id: $id) { id } }",
        {"id": contact_gid("c2")},
        agent="mo",
        organization="other",
    )
    assert theirs == {"contact": None}


UNMERGE = f"""mutation ($input: ContactUnmergeInput!) {{ contactUnmerge(input: $input) {{
  __typename ... on UserError {{ code message path }}
  ... on UnmergeContradicted {{ reasons {{ kind identity {{ id handle }} definition {{ id }} }} }}
  ... on ContactUnmergeSuccess {{
    contact {{ id name }} otherContact {{ id name notes {{ totalCount nodes {{ id }} }} }}
    merge {{ {MERGE} canUnmerge }} {MOVES}
  }}
}} }}"""


async def test_a_merge_is_undone_or_why_it_cannot_be_is_told(world: World) -> None:
    await fill(world)
    merge_id = (await merge(world, choices=[BIO]))["merge"]["id"]

    async def unmerge(**given: object) -> Answer:
        answer: Answer = (await ask(world, UNMERGE, {"input": {"mergeId": merge_id, **given}}, agent="ada"))[
            "contactUnmerge"
        ]
        return answer

    moves = {"identities": 1, "notes": 1, "events": 0, "attributes": 2}
    foreseen = await unmerge(dryRun=True)
    assert (foreseen["otherContact"], foreseen["moves"], foreseen["merge"]["isUndone"]) == (None, moves, False)
    assert foreseen["merge"]["canUnmerge"] is True
    changed = {"contactId": contact_gid("c1"), "key": "bio", "value": {"text": "since"}}
    await change(world, "contactAttributeSet", changed)
    before = await world.snapshot()
    contradicted = await unmerge()
    assert failure(contradicted) == ("UnmergeContradicted", "UNMERGE_CONTRADICTED", ["input", "mergeId"])
    reason = {"kind": "VALUE_CHANGED", "identity": None, "definition": {"id": definition_gid("bio")}}
    assert contradicted["reasons"] == [reason]
    assert await world.snapshot() == before

    other = await add_merged(world, "c1", a_contact("c3", name="Later"), merge_id="m3")
    later = await unmerge()
    assert later["reasons"] == [{"kind": "LATER_MERGE", "identity": None, "definition": None}]
    merge_id = encode_id("ContactMerge", other.id)
    undone = await unmerge()
    assert undone == {
        "__typename": "ContactUnmergeSuccess",
        "contact": {"id": contact_gid("c1"), "name": "Jane Roe"},
        "otherContact": {"id": contact_gid("c3"), "name": "Later", "notes": {"totalCount": 0, "nodes": []}},
        "merge": {
            "id": merge_id,
            "mergedAt": MORNING_TEXT,
            "mergedBy": {"name": "Ada"},
            "otherName": "Later",
            "mergedContactId": contact_gid("c3"),
            "contact": {"id": contact_gid("c1")},
            "isUndone": True,
            "undoneAt": NOW_TEXT,
            "undoneBy": {"name": "Ada"},
            "canUnmerge": False,
        },
        "moves": {"identities": 0, "notes": 0, "events": 0, "attributes": 0},
    }


async def test_a_lost_identity_is_named(world: World) -> None:
    await fill(world)
    made = await merge(world, choices=[BIO])
    survivor = (await world.stores().contacts.by_ids(["c1"]))["c1"]
    lost = replace(survivor, identities=survivor.identities[:1])
    await world.stores().transact(lambda changes: changes.contacts.put(lost))
    answer = (await ask(world, UNMERGE, {"input": {"mergeId": made["merge"]["id"]}}, agent="ada"))["contactUnmerge"]
    identity = {"id": encode_id("SocialIdentity", "TELEGRAM:2"), "handle": "roe"}
    assert answer["reasons"] == [{"kind": "IDENTITY_GONE", "identity": identity, "definition": None}]


MERGES = """query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
  contact(id: $id) { merges(first: $first, after: $after, last: $last, before: $before) {
    totalCount edges { cursor node { id } } nodes { id }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  } }
}"""


async def test_merges_are_paged_newest_first(world: World) -> None:
    await world.add_contacts(a_contact("c1"))
    for number in range(3):
        at = MORNING + timedelta(minutes=number)
        await add_merged(world, "c1", a_contact(f"o{number}"), merge_id=f"m{number}", at=at)
    newest_first = [{"id": encode_id("ContactMerge", f"m{each}")} for each in (2, 1, 0)]

    async def page(**given: object) -> Answer:
        answer: Answer = (await ask(world, MERGES, {"id": contact_gid("c1"), **given}))["contact"]["merges"]
        assert [each["node"] for each in answer["edges"]] == answer["nodes"]
        return answer

    first = await page(first=2)
    assert (first["nodes"], first["totalCount"]) == (newest_first[:2], 3)
    assert (first["pageInfo"]["hasNextPage"], first["pageInfo"]["hasPreviousPage"]) == (True, False)
    rest = await page(first=2, after=first["pageInfo"]["endCursor"])
    assert (rest["nodes"], rest["pageInfo"]["hasNextPage"]) == (newest_first[2:], False)
    assert (await page(last=2, before=rest["pageInfo"]["startCursor"]))["nodes"] == newest_first[:2]
    mistake = await refused(world, MERGES, {"id": contact_gid("c1"), "after": "WyJub3RlIiwxLCJuMSJd"})
    assert (mistake.code, mistake.path) == ("BAD_USER_INPUT", ("contact", "merges"))


async def test_a_merge_whose_contact_is_gone_has_none(world: World) -> None:
    await world.add_contacts(a_contact("c1"))
    await add_merged(world, "c1", a_contact("c2"), merge_id="m1")
    await world.driver.collection("contacts").delete_many({})
    query = "query ($id: ID!) { node(id: $id) { ... on ContactMerge { contact { id } canUnmerge } } }"
    found = await ask(world, query, {"id": encode_id("ContactMerge", "m1")}, agent="ada")
    assert found == {"node": {"contact": None, "canUnmerge": False}}


async def test_a_value_of_an_unknown_definition_is_told_without_it(world: World) -> None:
    """Another process can have made the definition that this one will hear of within the second."""
    mine, theirs = (held("newest", TextValue(each)) for each in ("mine", "theirs"))
    await world.add_contacts(a_contact("c1", values=(mine,)), a_contact("c2", values=(theirs,)))
    answer = await merge(world)
    [candidate] = answer["preview"]["conflicts"]
    assert (candidate["definition"], candidate["survivor"]["value"]) == (None, None)
    assert candidate["survivor"]["provenance"]["source"] == "IMPORT"
