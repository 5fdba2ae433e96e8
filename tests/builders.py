"""Plain functions that make the domain's values, with defaults that a test need not care about."""

from __future__ import annotations

from datetime import UTC, date, datetime

from domain.agents import Agent, Organization, Plan, Role, Team
from domain.attributes import CrmSync, HeldValue, Provenance, Source, SyncState
from domain.contacts import NEVER_ASKED, Contact, ContactValidation, IdentityKey, Network, SocialIdentity
from domain.conversation_notes import ConversationNote
from domain.conversations import Conversation, ConversationState
from domain.definitions import AttributeCategory, AttributeDefinition, Option, ValueRules, ValueType
from domain.deleted_notes import DeletedNote
from domain.group_rules import Condition, ContactGroup, GroupMatch, GroupRule, VipCondition
from domain.ids import new_id
from domain.notes import NOTE_RETENTION, ContactNote, N
from domain.values import Value
from domain.vip import VipStatus

MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def an_organization(
    id: str = "acme", *, plan: Plan = Plan.ENTERPRISE, language: str = "en", region: str = "US"
) -> Organization:
    return Organization(id, f"{id.title()} Ltd", plan, language, region)


def an_agent(
    id: str = "jo",
    *,
    organization_id: str = "acme",
    role: Role = Role.AGENT,
    is_active: bool = True,
    language: str | None = None,
) -> Agent:
    email = f"{id}@{organization_id}.example.com"
    return Agent(id, organization_id, id.title(), email, role, is_active, language, None)


def a_definition(
    key: str = "bio",
    value_type: ValueType = ValueType.TEXT,
    category: AttributeCategory = AttributeCategory.CUSTOM,
    *,
    position: int = 0,
    label: str | None = None,
    labels: dict[str, str] | None = None,
    rules: ValueRules | None = None,
    options: tuple[Option, ...] = (),
    is_enabled: bool = True,
    is_editable: bool = True,
    is_archived: bool = False,
    is_searchable: bool = False,
    is_admin_only: bool = False,
) -> AttributeDefinition:
    return AttributeDefinition(
        id=f"d-{key}",
        key=key,
        label=label or key.title(),
        category=category,
        value_type=value_type,
        position=position,
        labels=labels or {},
        rules=rules or ValueRules(),
        options=options,
        is_enabled=is_enabled,
        is_editable=is_editable,
        is_archived=is_archived,
        is_searchable=is_searchable,
        is_admin_only=is_admin_only,
    )


SIZES = (Option("size-s", "Small", {"de": "Klein"}), Option("size-m", "Medium"), Option("size-x", "Huge", {}, True))

EVERY_TYPE: tuple[AttributeDefinition, ...] = (
    a_definition("email", ValueType.EMAIL, AttributeCategory.COMMON, position=0),
    a_definition("phone", ValueType.PHONE, AttributeCategory.COMMON, position=1),
    a_definition("website", ValueType.URL, AttributeCategory.COMMON, position=2),
    a_definition("account", ValueType.TEXT, AttributeCategory.CRM, position=3, is_editable=False),
    a_definition("segment", ValueType.SELECT, AttributeCategory.CRM, position=4, options=SIZES),
    a_definition("bio", ValueType.TEXT, position=5, label="Bio", labels={"de": "Über", "pt-br": "Sobre"}),
    a_definition("followers", ValueType.NUMBER, position=6, rules=ValueRules(min_number=0, max_number=1e9)),
    a_definition("newsletter", ValueType.BOOLEAN, position=7),
    a_definition("birthday", ValueType.DATE, position=8, rules=ValueRules(earliest=date(1900, 1, 1))),
    a_definition("last_met", ValueType.DATETIME, position=9),
    a_definition("sizes", ValueType.MULTI_SELECT, position=10, options=SIZES),
    a_definition("language", ValueType.LANGUAGE, position=11),
    a_definition("rank", ValueType.TEXT, position=12, is_editable=False),
    a_definition("nickname", ValueType.TEXT, position=13, rules=ValueRules(required=True)),
    a_definition("fax", ValueType.TEXT, position=14, is_archived=True),
    a_definition("pager", ValueType.TEXT, position=15, is_enabled=False),
)
"""Every value type, category and lock: what the organizations of the tests have."""


def an_identity(
    external_id: str = "1001", *, network: Network = Network.TWITTER, handle: str = "jane", is_primary: bool = False
) -> SocialIdentity:
    profile = f"https://x.com/{handle}"
    key = IdentityKey(network, external_id)
    return SocialIdentity(key, handle, profile_url=profile, is_primary=is_primary)


def held(
    key: str,
    value: Value | None,
    *,
    version: int = 1,
    source: Source = Source.IMPORT,
    agent_id: str | None = None,
    sync: SyncState | None = None,
) -> HeldValue:
    state = None if sync is None else CrmSync(sync, MORNING)
    return HeldValue(f"d-{key}", value, Provenance(source, MORNING, agent_id), version, state)


def a_contact(
    id: str | None = None,
    *,
    name: str = "Jane Roe",
    identities: tuple[SocialIdentity, ...] = (),
    values: tuple[HeldValue, ...] = (),
    vip: VipStatus | None = None,
    validation: ContactValidation = NEVER_ASKED,
    note_count: int = 0,
    version: int = 1,
    import_key: str | None = None,
) -> Contact:
    return Contact(
        id=id or new_id(),
        version=version,
        name=name,
        avatar_url=None,
        identities=identities,
        values=values,
        vip=vip,
        validation=validation,
        note_count=note_count,
        created_at=MORNING,
        updated_at=MORNING,
        import_key=import_key,
    )


def a_conversation(
    contact_id: str = "c1",
    id: str | None = None,
    *,
    external_id: str | None = None,
    identity: IdentityKey | None = None,
    topics: tuple[str, ...] = (),
    state: ConversationState = ConversationState.NEW,
    agent_id: str | None = None,
    team_id: str | None = None,
    received_at: datetime = MORNING,
    last_activity_at: datetime | None = None,
    version: int = 1,
) -> Conversation:
    own_id = id or new_id()
    return Conversation(
        id=own_id,
        version=version,
        external_id=external_id or f"x-{own_id}",
        contact_id=contact_id,
        identity=identity or IdentityKey(Network.TWITTER, "1001"),
        channel=None,
        topics=topics,
        state=state,
        agent_id=agent_id,
        team_id=team_id,
        received_at=received_at,
        first_activity_at=received_at,
        last_activity_at=last_activity_at or received_at,
    )


def a_group(
    id: str = "g1",
    *conditions: Condition,
    name: str | None = None,
    match: GroupMatch = GroupMatch.ALL,
    position: int = 0,
    version: int = 1,
) -> ContactGroup:
    """Make a group, of VIPs unless it is said of whom."""
    rule = GroupRule(match, conditions or (VipCondition(is_vip=True),))
    return ContactGroup(id, version, name or f"Group {id}", rule, position)


def a_team(id: str = "first-line", *agent_ids: str, organization_id: str = "acme") -> Team:
    return Team(id, organization_id, id.replace("-", " ").title(), agent_ids)


def a_note(
    contact_id: str,
    body: str = "Prefers mornings.",
    *,
    id: str | None = None,
    author_id: str = "jo",
    created_at: datetime = MORNING,
    version: int = 1,
) -> ContactNote:
    return ContactNote(id or new_id(), contact_id, version, body, author_id, created_at)


def a_conversation_note(
    conversation_id: str = "v1",
    body: str = "Asks for a refund.",
    *,
    contact_id: str = "c1",
    id: str | None = None,
    author_id: str = "jo",
    created_at: datetime = MORNING,
    version: int = 1,
) -> ConversationNote:
    own_id = id or new_id()
    return ConversationNote(own_id, contact_id, version, body, author_id, created_at, conversation_id=conversation_id)


def a_deleted_note(
    note: N, *, at: datetime = MORNING, agent_id: str = "ada", until: datetime | None = None
) -> DeletedNote[N]:
    return DeletedNote(note, at, agent_id, at + NOTE_RETENTION if until is None else until)
