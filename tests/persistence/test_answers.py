"""First answers, remembered by idempotency key."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.answers import RecordedAnswer, Success
from domain.attribute_changes import ValuesChanged
from domain.attributes import AttributeChanged
from domain.contact_groups import GroupChanged, GroupDeleted, GroupsReordered
from domain.contacts import ContactChanged, ContactCreated, Network
from domain.conversation_notes import (
    ConversationNoteAdded,
    ConversationNoteDeleted,
    ConversationNoteEdited,
    ConversationNoteRestored,
)
from domain.conversations import ConversationChanged
from domain.crm import CrmFailed, FailureReason
from domain.crm_settings import ConnectionTested, CrmSettings, CrmSettingsChanged, HttpConnection, Sealed
from domain.definitions import DefinitionChanged, DefinitionImpact, DefinitionsReordered
from domain.deletion import ContactDeleted, DeletedContact
from domain.events import ContactEvent, EventKind
from domain.group_rules import AttributeCondition, GroupOperator, VipCondition
from domain.identity_changes import IdentityChanged, IdentityRemoved
from domain.merging import (
    NAME,
    ContactsMerged,
    Merge,
    MergeConflict,
    MergeEnd,
    MergeField,
    MergeMoves,
    MergePoint,
    MergePreview,
    Side,
)
from domain.notes import NoteAdded, NoteDeleted, NoteEdited, NoteRestored
from domain.privacy import ContactErased, ErasureCounts, ErasureReceipt
from domain.queue_settings import (
    NOTHING_SET,
    OfChannel,
    OfGroup,
    OfTopic,
    PrioritizedRulesChanged,
    QueueMoves,
    QueueSettings,
    QueueSettingsChanged,
    SkillMatch,
    SkillSet,
    SkillSetChanged,
)
from domain.teams import TeamChanged, TeamDeleted
from domain.unmerging import ContactsUnmerged
from domain.values import TextValue
from persistence.answer_documents import contacts_of
from persistence.names import ANSWERS
from persistence.stores import Changes
from tests.builders import (
    EVERY_TYPE,
    MORNING,
    a_contact,
    a_conversation,
    a_conversation_note,
    a_group,
    a_note,
    a_team,
    an_identity,
    held,
)
from tests.conftest import World

CONTACT = a_contact("c1", identities=(an_identity(),), values=(held("bio", TextValue("hi")),))
NOTE = a_note("c1", id="n1")
DELETION = DeletedContact("x1", "c1", "Ja…", (Network.TWITTER, Network.EMAIL), MORNING, "ada", is_erasure=False)
RECEIPT = ErasureReceipt("x1", "acme", "c1", MORNING, "ada", "Asked for it.", ErasureCounts(1, 2, 3, 4, 5, 6, 7, 8, 9))
MERGE = Merge("m1", "c1", "c2", "J. Roe", MORNING, "ada")
MOVES = MergeMoves(1, 2, 3, 4)
CONFLICTS = (
    MergeConflict(NAME, "Jane Roe", "J. Roe", Side.SURVIVOR),
    MergeConflict(MergePoint(MergeField.ATTRIBUTE, "d-bio"), CONTACT.values[0], CONTACT.values[0], Side.OTHER),
)
GROUP = a_group(
    "g1", AttributeCondition("d-bio", GroupOperator.CONTAINS, (TextValue("x"),)), VipCondition(is_vip=False)
)
SETTINGS = QueueSettings(
    version=3,
    prioritized=(OfGroup("g1"), OfTopic("Returns"), OfChannel("@acme")),
    skill_sets=(SkillSet("s1", "Returns", SkillMatch.NONE, (OfTopic("Returns"),), ("first-line", "second-line")),),
    fallback_team_id="first-line",
)
CONVERSATION_NOTE = a_conversation_note(id="k1")
CRM_SETTINGS = CrmSettings(
    3,
    HttpConnection("https://crm.example.com/look-up", Sealed("s"), "id", "https://crm.example.com/write", "name"),
    ((Network.TWITTER, "twitter_id"),),
    True,
    timedelta(hours=2),
)
SUCCESSES: list[Success] = [
    CrmSettingsChanged(CRM_SETTINGS),
    ConnectionTested(None),
    ConnectionTested(CrmFailed(FailureReason.UNAUTHORIZED, "Give another token.")),
    NoteAdded(NOTE, CONTACT),
    NoteEdited(NOTE),
    NoteDeleted(NOTE, CONTACT, MORNING),
    NoteRestored(replace(NOTE, restored_at=MORNING, restored_by_id="ada"), CONTACT),
    ContactCreated(CONTACT),
    ContactChanged(CONTACT),
    IdentityChanged(CONTACT, CONTACT.identities[0].key),
    IdentityRemoved(CONTACT, CONTACT.identities[0].key),
    ContactDeleted(DELETION),
    ContactErased(RECEIPT),
    GroupChanged(GROUP),
    GroupDeleted("g1"),
    GroupsReordered((GROUP, a_group("g2"))),
    TeamChanged(replace(a_team("first-line", "jo", "ada"), version=3)),
    TeamDeleted("first-line"),
    QueueSettingsChanged(SETTINGS),
    SkillSetChanged(SETTINGS, SETTINGS.skill_sets[0]),
    PrioritizedRulesChanged(NOTHING_SET, QueueMoves(3, 2, 1)),
    ConversationChanged(a_conversation("c1", topics=("Delivery",), agent_id="jo", team_id="first-line")),
    ConversationNoteAdded(CONVERSATION_NOTE, a_conversation("c1", "v1")),
    ConversationNoteEdited(replace(CONVERSATION_NOTE, version=2, edited_at=MORNING, edited_by_id="ada")),
    ConversationNoteDeleted(CONVERSATION_NOTE, a_conversation("c1", "v1"), MORNING),
    ConversationNoteRestored(CONVERSATION_NOTE, a_conversation("c1", "v1")),
    AttributeChanged(CONTACT, "d-bio"),
    ValuesChanged(CONTACT, ("d-bio", "d-rank")),
    DefinitionChanged(EVERY_TYPE[4], DefinitionImpact(3, 2, 1, 4)),
    DefinitionsReordered(EVERY_TYPE),
    ContactsMerged(CONTACT, MERGE, MergePreview(MOVES, CONFLICTS)),
    ContactsUnmerged(CONTACT, a_contact("c2"), replace(MERGE, end=MergeEnd(MORNING, "ada")), MOVES),
]
OF_NO_CONTACT = (
    ContactDeleted
    | ContactErased
    | CrmSettingsChanged
    | ConnectionTested
    | DefinitionChanged
    | DefinitionsReordered
    | GroupChanged
    | QueueSettingsChanged
    | SkillSetChanged
    | PrioritizedRulesChanged
    | GroupDeleted
    | TeamChanged
    | TeamDeleted
    | GroupsReordered
)


def test_every_success_is_tried_here() -> None:
    assert {type(each) for each in SUCCESSES} == set(Success.__args__)


@pytest.mark.parametrize("success", SUCCESSES, ids=lambda each: type(each).__name__)
async def test_an_answer_comes_back_as_it_was_given(world: World, success: Success) -> None:
    answer = RecordedAnswer("f1", success)
    stores = world.stores()
    await stores.transact(lambda changes: changes.answers.record("jo", "k1", answer, MORNING))
    assert await stores.transact(lambda changes: changes.answers.find("jo", "k1")) == answer
    [document] = (await world.snapshot())["idempotentAnswers"]
    assert (document["_id"], document["at"]) == ('["acme", "jo", "k1"]', MORNING)
    assert (document["kind"], document["org"]) == (type(success).__name__, "acme")
    # Those that say nothing of a contact stay when it goes.
    about = [] if isinstance(success, OF_NO_CONTACT) else ["c1"]
    both = isinstance(success, ContactsMerged | ContactsUnmerged)
    assert document.get("contacts", []) == [*about, *(["c2"] if both else [])]


def test_an_answer_is_of_every_contact_that_is_anywhere_in_it() -> None:
    """Also in shapes that no success has yet: one that was overlooked would outlive its contact."""
    change = ContactEvent("e1", "c2", MORNING, EventKind.VIP_SET, "jo")
    carried = {"a": [NOTE, (a_note("c3"),)], "b": frozenset({NoteEdited(a_note("c4"))}), "c": None, "d": "c5"}
    assert contacts_of((ContactChanged(a_contact("c6")), change, carried, NoteEdited)) == {"c1", "c2", "c3", "c4", "c6"}
    assert contacts_of((MERGE, None)) == {"c1", "c2"}
    assert contacts_of(ContactDeleted(DELETION)) == set()


async def test_an_answer_can_be_of_one_more_contact(world: World) -> None:
    at = [MORNING, MORNING + timedelta(hours=1), MORNING + timedelta(hours=2)]
    answers = [NoteEdited(NOTE), NoteEdited(NOTE), NoteEdited(a_note("c3"))]

    async def work(changes: Changes) -> None:
        for number, (moment, each) in enumerate(zip(at, answers, strict=True)):
            await changes.answers.record("jo", f"k{number}", RecordedAnswer("f1", each), moment)

    for each in ("acme", "other"):
        await world.stores(each).transact(work)
    for _ in range(2):
        await world.stores().transact(lambda changes: changes.answers.share("c1", "c2", at[1]))
    found = {(each["org"], each["at"]): each["contacts"] for each in (await world.snapshot())["idempotentAnswers"]}
    assert found == {
        ("acme", at[0]): ["c1"],
        ("acme", at[1]): ["c1", "c2"],
        ("acme", at[2]): ["c3"],
        ("other", at[0]): ["c1"],
        ("other", at[1]): ["c1"],
        ("other", at[2]): ["c3"],
    }


async def test_a_key_is_its_agents_own(world: World) -> None:
    answer = RecordedAnswer("f1", NoteEdited(NOTE))
    await world.stores().transact(lambda changes: changes.answers.record("jo", "k1", answer, MORNING))
    assert await world.stores().transact(lambda changes: changes.answers.find("ada", "k1")) is None
    assert await world.stores().transact(lambda changes: changes.answers.find("jo", "k2")) is None
    assert await world.stores("other").transact(lambda changes: changes.answers.find("jo", "k1")) is None


async def test_an_answer_of_an_unknown_kind_is_an_error(world: World) -> None:
    document = {"_id": '["acme", "jo", "k1"]', "at": MORNING, "fingerprint": "f", "kind": "ContactRead"}
    await world.driver.collection(ANSWERS).insert_one(document)
    with pytest.raises(ValueError, match="of a kind that this version does not know: ContactRead"):
        await world.stores().transact(lambda changes: changes.answers.find("jo", "k1"))
