"""Mutations that are sent together: each is answered with what has happened up to it."""

from __future__ import annotations

from domain.events import ContactEvent, EventKind, creation_values
from domain.values import EmailValue
from graph.nodes import encode_id
from tests.builders import MORNING, a_contact, a_note, held
from tests.conftest import World
from tests.graph.asking_graphql import Answer, ask, contact_gid, note_gid
from tests.graph.cases.notes import delete_note
from tests.happening import add_events
from tests.merging import add_merged


def an_account(handle: str) -> Answer:
    return {"identityId": encode_id("SocialIdentity", f"TELEGRAM:@{handle}")}


# The mutation, its input beside the contact or the note, and the event that it makes.
OF_CONTACT: list[tuple[str, Answer, str]] = [
    ("contactRename", {"name": "Jane"}, "ContactRenamed"),
    ("contactIdentityAdd", {"identity": {"network": "TELEGRAM", "handle": "ann"}}, "IdentityAdded"),
    ("contactIdentityUpdate", {**an_account("ann"), "channel": "Support"}, "IdentityChanged"),
    ("contactIdentityAdd", {"identity": {"network": "TELEGRAM", "handle": "bea"}}, "IdentityAdded"),
    ("contactIdentityMakePrimary", an_account("bea"), "IdentityChanged"),
    ("contactIdentityRemove", an_account("ann"), "IdentityRemoved"),
    ("contactAttributeSet", {"key": "bio", "value": {"text": "One."}}, "AttributesChanged"),
    ("contactAttributesSet", {"values": [{"key": "bio", "value": {"text": "Two."}}]}, "AttributesChanged"),
    ("contactAttributeClear", {"key": "bio"}, "AttributesChanged"),
    ("contactAttributeRestore", {"key": "bio", "restoreVersion": 1}, "AttributesChanged"),
    ("contactVipSet", {}, "VipSet"),
    ("contactVipClear", {}, "VipCleared"),
    ("contactNoteAdd", {"body": "One."}, "NoteAdded"),
]
OF_NOTE: list[tuple[str, Answer, str]] = [
    ("contactNoteEdit", {"body": "Two."}, "NoteEdited"),
    ("contactNoteRevert", {"restoreVersion": 1}, "NoteEdited"),
    ("contactNoteDelete", {}, "NoteDeleted"),
    ("contactNoteRestore", {}, "NoteRestored"),
]


async def test_what_one_operation_changes_is_told_by_each_of_its_mutations(world: World) -> None:
    await world.add_contacts(a_contact("c1", note_count=1), a_contact("c2"))
    await world.add_notes(a_note("c1", id="n1"))
    await add_merged(world, "c1", a_contact("c3"))
    steps = [
        *((name, {"contactId": contact_gid("c1"), **given}, kind) for name, given, kind in OF_CONTACT),
        *((name, {"noteId": note_gid("n1"), **given}, kind) for name, given, kind in OF_NOTE),
        ("contactUnmerge", {"mergeId": encode_id("ContactMerge", "m1")}, "ContactsUnmerged"),
        ("contactMerge", {"survivorId": contact_gid("c1"), "otherId": contact_gid("c2")}, "ContactsMerged"),
    ]
    declared, selected = [], []
    for number, (name, _, _) in enumerate(steps):
        type_name = f"{name[0].upper()}{name[1:]}"
        contact = "contact { timeline(first: 1) { totalCount nodes { __typename } } }"
        # Whoever edits a note is told the note.
        found = f"note {{ {contact} }}" if name in {"contactNoteEdit", "contactNoteRevert"} else contact
        declared.append(f"$m{number}: {type_name}Input!")
        selected.append(f"m{number}: {name}(input: $m{number}) {{ ... on {type_name}Success {{ {found} }} }}")
    operation = f"mutation ({', '.join(declared)}) {{ {' '.join(selected)} }}"
    answers = await ask(world, operation, {f"m{number}": each[1] for number, each in enumerate(steps)}, agent="ada")
    told = [each.get("note", each)["contact"]["timeline"] for each in answers.values()]
    # One event was there, and each mutation makes one.
    assert told == [
        {"totalCount": number + 2, "nodes": [{"__typename": f"{kind}Event"}]}
        for number, (_, _, kind) in enumerate(steps)
    ]


PAST = """contact {
  attribute(key: "email") { ... on Attribute { history { totalCount nodes { isEmpty } } } }
  deletedNotes { totalCount nodes { noteId } }
}"""


async def test_what_comes_and_goes_with_another_contact_is_told_at_once(world: World) -> None:
    await world.add_contacts(a_contact("c1"))
    email = held("email", EmailValue("j@example.com"))
    began = ContactEvent("e1", "c3", MORNING, EventKind.CONTACT_CREATED, None, None, "J.", creation_values((email,)))
    await add_events(world, began)
    await delete_note(world, "acme", "c3", "n3")
    await add_merged(world, "c1", a_contact("c3", values=(email,)))
    operation = f"""mutation ($vip: ContactVipSetInput!, $part: ContactUnmergeInput!, $merge: ContactMergeInput!) {{
      before: contactVipSet(input: $vip) {{ ... on ContactVipSetSuccess {{ {PAST} }} }}
      parted: contactUnmerge(input: $part) {{ ... on ContactUnmergeSuccess {{ {PAST} }} }}
      merged: contactMerge(input: $merge) {{ ... on ContactMergeSuccess {{ {PAST} }} }}
    }}"""
    given = {
        "vip": {"contactId": contact_gid("c1")},
        "part": {"mergeId": encode_id("ContactMerge", "m1")},
        "merge": {"survivorId": contact_gid("c1"), "otherId": contact_gid("c3")},
    }
    answers = await ask(world, operation, given, agent="ada")

    def past(*emptied: bool, notes: int) -> Answer:
        history = {"totalCount": len(emptied), "nodes": [{"isEmpty": each} for each in emptied]}
        found = {"totalCount": notes, "nodes": [{"noteId": note_gid("n3")}] * notes}
        return {"contact": {"attribute": {"history": history}, "deletedNotes": found}}

    assert answers == {
        "before": past(False, False, notes=1),
        "parted": past(True, False, notes=0),
        "merged": past(False, True, False, False, notes=1),
    }
