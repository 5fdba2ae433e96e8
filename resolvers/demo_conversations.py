"""The demo's groups and conversations: of the invented people alone, some of whom wait, one is answered, one done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain.agents import Directory
from domain.contacts import Network
from domain.conversations import Conversation
from domain.group_rules import GroupMatch, GroupOperator, VipCondition
from domain.identities import GivenIdentity
from domain.queue_settings import OfGroup, OfTopic, QueueSettings, SkillMatch, SkillSet
from domain.values import BooleanValue, NumberValue
from persistence.stores import Stores
from resolvers import contact_groups, conversation_notes, conversations
from resolvers.contact_groups import GivenCondition, GivenConditions
from resolvers.context import Context
from resolvers.conversation_receiving import GivenConversation, receive
from resolvers.conversations import Assignment


@dataclass(frozen=True, slots=True)
class _Told:
    """One conversation: who writes from where, about what, and how long ago."""

    number: int
    network: Network
    handle: str
    topics: tuple[str, ...]
    minutes_ago: int
    external_id: str | None = None
    """The network's own id of the person."""
    team: int | None = None
    """Which of the organization's teams it was given to."""
    is_taken: bool = False
    is_done: bool = False
    notes: tuple[str, ...] = ()
    """What the agents wrote on it, the first one first."""


_TOLD = (
    _Told(
        1041,
        Network.EMAIL,
        "zoe.quill@example.com",
        ("Returns",),
        2_900,
        is_taken=True,
        is_done=True,
        notes=("Sent the label for the way back.", "The parcel is here: the money goes back today."),
    ),
    _Told(
        1042,
        Network.WHATSAPP,
        "+12025550118",
        ("Invoices",),
        190,
        team=0,
        notes=("Invoice 2207 went out twice: the second one is void.\nAccounting knows.",),
    ),
    _Told(1043, Network.INSTAGRAM, "zoequill", ("Delivery",), 95, external_id="9990000000000001"),
    _Told(1044, Network.EMAIL, "noor@example.com", ("Delivery", "Product advice"), 60, team=1),
    _Told(
        1045,
        Network.INSTAGRAM,
        "tadhg.obs",
        ("Product advice",),
        45,
        external_id="9990000000000003",
        is_taken=True,
        notes=("Asks which size fits a tall bicycle.", "The workshop answers by noon. 🚲"),
    ),
    _Told(1046, Network.WHATSAPP, "+12025550102", ("Invoices",), 20),
    _Told(1047, Network.WHATSAPP, "+12025550177", ("Returns",), 4, team=0),
)
CHANNELS = {Network.EMAIL: "care@{org}.example.com", Network.INSTAGRAM: "@{org}_care", Network.WHATSAPP: "+12025550199"}


_GROUPS: tuple[tuple[str, GivenConditions], ...] = (
    ("VIPs", (VipCondition(is_vip=True),)),
    ("Well known", (GivenCondition("followers", GroupOperator.AT_LEAST, (NumberValue(10_000),)),)),
    ("Newsletter readers", (GivenCondition("newsletter", GroupOperator.IS, (BooleanValue(True),)),)),
)


async def make_groups(admin: Context) -> None:
    """Make the groups; one whose name is there already stays as it is."""
    for name, conditions in _GROUPS:
        await contact_groups.create(admin, name=name, match=GroupMatch.ALL, conditions=conditions, idempotency_key=None)


async def make_queue_settings(stores: Stores, directory: Directory) -> None:
    """Let VIPs and returns go first, and VIPs to the team that is there for them, all at once."""
    org, groups = stores.organization_id, {each.name: each.id for each in directory.groups}
    vips, first_line, key_accounts = OfGroup(groups["VIPs"]), *directory.teams
    for_vips = SkillSet(f"{org}-key-accounts", "Key accounts", SkillMatch.ANY, (vips,), (key_accounts,))
    settings = QueueSettings(
        version=2, prioritized=(vips, OfTopic("Returns")), skill_sets=(for_vips,), fallback_team_id=first_line
    )
    await stores.transact(lambda changes: changes.queue.set_rules(settings))


async def make_conversations(contexts: Sequence[Context]) -> None:
    """Make them, as the organization's agents would have; those that are there stay as they are.

    Args:
        contexts: of the organization's agents: the last one takes what is taken, and all write notes.
    """
    for each in _TOLD:
        made = await _make(contexts[-1], each)
        if made and each.notes:
            await _write_notes(contexts, made, each)


async def _make(context: Context, told: _Told) -> Conversation | None:
    at = context.clock() - timedelta(minutes=told.minutes_ago)
    then, external_id = replace(context, clock=lambda: at), f"t-{told.number}"
    made = await context.stores.conversations.by_external_id(external_id)
    if made is None:
        given = GivenConversation(
            external_id=external_id,
            identity=GivenIdentity(told.network, told.external_id, told.handle),
            channel=CHANNELS[told.network].format(org=context.directory.organization.id),
            topics=told.topics,
            last_activity_at=at,
        )
        await receive(then, given, idempotency_key=None)
        made = await context.stores.conversations.by_external_id(external_id)
    if made and made.version == 1:
        await _hand_over(then, made.id, told)
    return made


async def _hand_over(context: Context, conversation_id: str, told: _Told) -> None:
    teams = list(context.directory.teams)
    to = Assignment(
        agent_id=context.agent.id if told.is_taken else None,
        is_agent_given=told.is_taken,
        team_id=None if told.team is None else teams[told.team % len(teams)],
        is_team_given=told.team is not None,
    )
    await conversations.assign(context, conversation_id=conversation_id, to=to, version=None, idempotency_key=None)
    if told.is_done:
        await conversations.resolve(context, conversation_id=conversation_id, version=None, idempotency_key=None)


async def _write_notes(contexts: Sequence[Context], conversation: Conversation, told: _Told) -> None:
    # Those that a start before wrote are there, as those on contacts.
    there = (await contexts[0].stores.conversation_notes.counts([conversation.id])).get(conversation.id, 0)
    for number in range(there, len(told.notes)):
        # Soon after what the contact wrote, which is longer ago.
        at = conversation.last_activity_at + timedelta(minutes=number + 1)
        await _note(contexts[number % len(contexts)], conversation.id, told.notes[number], at)


async def _note(context: Context, conversation_id: str, body: str, at: datetime) -> None:
    then = replace(context, clock=lambda: at)
    await conversation_notes.add(then, conversation_id=conversation_id, body=body, idempotency_key=None)
