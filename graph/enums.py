"""The enums of the schema: the domain's own, each value described for a front-end developer."""

from enum import Enum

import strawberry
from strawberry.types.enum import StrawberryEnumDefinition

from domain.agents import Plan, Role
from domain.attributes import LockReason, Source, SyncState
from domain.capabilities import Barrier, Capability
from domain.contacts import LookUpOutcome, Network
from domain.conversations import ConversationState
from domain.definitions import AttributeCategory, ValueType
from domain.duplicates import DuplicateKind
from domain.group_rules import GroupMatch, GroupOperator
from domain.merging import MergeField, Side
from domain.networks import HandleKind
from domain.ordering import Direction, OrderField
from domain.queue_settings import SkillMatch
from domain.unmerging import ContradictionKind


def describe(enum: type[Enum], description: str, *, name: str | None = None, **values: str) -> None:
    """Make a domain enum one of the schema. A value left without a description is a KeyError."""
    strawberry.enum(enum, name=name, description=description)
    definition: StrawberryEnumDefinition = enum.__strawberry_definition__  # type: ignore[attr-defined]
    for value in definition.values:
        value.description = values[value.name]


describe(
    Plan,
    "What the organization pays for, smallest first.",
    PROFESSIONAL="The smallest plan: contacts can be read and marked as VIP.",
    TEAM="For a team: as PROFESSIONAL.",
    BUSINESS="Adds filling in attributes and writing notes.",
    ADVANCED="As BUSINESS, with more around it.",
    ENTERPRISE="Adds the CRM.",
)
describe(
    Role,
    "What an agent may do within the plan.",
    AGENT="Works with contacts.",
    ADMIN="Also decides what contacts have: definitions, groups, settings.",
)
describe(
    Capability,
    "Something that a plan and a role allow or not.",
    SET_VIP="Set and clear VIP.",
    WRITE_NOTES="Add, edit, delete and restore contact notes, of any author.",
    FILL_ATTRIBUTES="Set and clear attributes.",
    EDIT_LOCKED_ATTRIBUTES="Set and clear attributes that the admins closed to agents.",
    USE_CRM="Look contacts up in the CRM, and edit what it manages, where it takes edits.",
    EDIT_CONTACTS="Create and rename contacts, and add, change and remove their identities.",
    HANDLE_CONVERSATIONS="Receive, assign, resolve and reopen conversations, and set their topics.",
    DELETE_CONTACTS="Delete and erase contacts, export what is kept of one, and see the log of deletions.",
    MERGE_CONTACTS="Make one contact of two that are one person, and undo it.",
    MANAGE_DEFINITIONS="Create, change, order and archive attribute definitions.",
    MANAGE_GROUPS="Create, change, order and delete contact groups.",
    MANAGE_TEAMS="Create, change and delete teams, and say who is in them.",
    MANAGE_QUEUE="Decide which conversations are answered sooner, and by which teams.",
    MANAGE_CRM="Connect the organization to its CRM.",
)
describe(
    SkillMatch,
    "How many of a skill set's criteria its conversations meet.",
    name="SkillSetMatch",
    ANY="At least one of them.",
    ALL="Every one of them.",
    NONE="Not one of them.",
)
describe(
    GroupMatch,
    "How many of a group's conditions its contacts meet.",
    name="ContactGroupMatch",
    ALL="Every one of them.",
    ANY="At least one of them.",
)
describe(
    GroupOperator,
    "How the values of an attribute are compared; an empty attribute meets no condition. False and 0 are values.",
    name="ContactGroupOperator",
    GREATER_THAN="Greater, or later: with one value.",
    AT_LEAST="Greater or the same, later or the same: with one value.",
    LESS_THAN="Less, or earlier: with one value.",
    AT_MOST="Less or the same, earlier or the same: with one value.",
    EQUALS="The same, without regard to letter case: with one value.",
    ANY_OF="The same as one of several values.",
    CONTAINS="Has the text somewhere in it, without regard to accents and letter case; of MULTI_SELECT, has chosen all "
    "the options of the one value.",
    IS="That very one: of yes or no, a single option, a language.",
    NOT_EMPTY="Has a value, whichever: with none to compare with.",
)
describe(
    ConversationState,
    "Where a conversation is.",
    NEW="Waits in the queue: nobody answers it yet.",
    PENDING="An agent has it, and is to answer it.",
    RESOLVED="Done. It is opened again when the contact writes again.",
)
describe(
    Barrier,
    "Which of the two refused.",
    PLAN="The organization's plan does not include it: offer the upgrade.",
    ROLE="The agent's role does not include it: an admin can do it.",
)
describe(
    AttributeCategory,
    "Who fills the attribute, which is also how a panel groups it.",
    COMMON="E-mail address, phone number, URL and the like: every organization has them.",
    CRM="Filled from the company's CRM, which is the source of truth: draw the cloud icon.",
    CUSTOM="Defined by the organization's admins.",
)
describe(
    ValueType,
    "What an attribute holds; it decides the member of `AttributeValue` and the field of `AttributeValueInput`.",
    TEXT="Any text, line ends included: `TextValue`.",
    NUMBER="A finite number, whole or not: `NumberValue`.",
    BOOLEAN="Yes or no; no is a value: `BooleanValue`.",
    DATE="A day of the calendar, in no time zone: `DateValue`.",
    DATETIME="A moment: `DateTimeValue`.",
    EMAIL="An e-mail address: `EmailValue`.",
    PHONE="A phone number: `PhoneValue`.",
    URL="An address on the web: `UrlValue`.",
    SELECT="One of the definition's options: `SelectValue`.",
    MULTI_SELECT="Any of the definition's options; none of them is a value: `MultiSelectValue`.",
    LANGUAGE="A language: `LanguageValue`.",
)
describe(
    LockReason,
    "Why the asking agent cannot edit an attribute. The mutations refuse for the same reason.",
    ROLE="The admins closed it to agents.",
    PLAN="The organization's plan does not include editing it.",
    CRM_READ_ONLY="The CRM manages it and takes no edits: draw the cloud without the pencil.",
    ARCHIVED="The admins took it out of use; what it holds is still shown.",
)
describe(
    Source,
    "Who or what set a value.",
    name="ProvenanceSource",
    AGENT="An agent, in the panel.",
    CRM="The company's CRM.",
    NETWORK="The social network, with a message or a profile.",
    IMPORT="A file that was imported.",
    API="Another program.",
    SYSTEM="Nobody: it came about by itself at a time that was set before, such as an expiry.",
)
describe(
    SyncState,
    "Where a CRM-managed value stands between here and the CRM.",
    IN_SYNC="Both have the same value, as far as is known.",
    PENDING="Edited here; the CRM has not confirmed it yet.",
    REJECTED="Edited here; the CRM refused it.",
    CONFLICT="Edited here and in the CRM at once: somebody has to choose.",
)
describe(
    LookUpOutcome,
    "What came of asking the CRM the last time.",
    NEVER_ASKED="The CRM was never asked about this contact.",
    FOUND="The contact is in the CRM: show it as validated.",
    NOT_FOUND="The CRM does not know the contact.",
    AMBIGUOUS="The CRM has several records that fit.",
    FAILED="The CRM did not answer; it will be asked again.",
)
describe(
    Network,
    "A social network or channel that people write from; draw its logo.",
    TWITTER="X, formerly Twitter. The external id is the numeric user id.",
    FACEBOOK="Facebook Messenger and pages.",
    INSTAGRAM="Instagram.",
    YOUTUBE="YouTube. The external id is the channel id.",
    WHATSAPP="WhatsApp. The handle is a phone number.",
    LINKEDIN="LinkedIn.",
    TIKTOK="TikTok.",
    TELEGRAM="Telegram.",
    EMAIL="E-mail. The handle is an address.",
    SMS="Text messages. The handle is a phone number.",
    WEB_CHAT="The chat on the company's own site.",
)
describe(
    HandleKind,
    "What a handle of a network is: how to show it, and what to let an agent type. Kinds may be added.",
    USER_NAME="A name that the person has there; kept without the leading `@`.",
    EMAIL="An e-mail address.",
    PHONE="A phone number, kept in E.164.",
)
describe(
    OrderField,
    "What a list of contacts can be ordered by; the same of it are ordered by id.",
    name="ContactOrderField",
    NAME="The name, without regard to accents and letter case.",
    CREATED_AT="When the contact was first seen.",
    UPDATED_AT="When the contact or one of its attributes last changed.",
    VIP_SINCE="Since when the contact is a VIP, an expired one included: filter by `isVip` for those who are. Who is "
    "none comes last, whichever way.",
    NOTE_COUNT="How many notes the contact has.",
)
describe(
    Direction,
    "Which way a list is ordered.",
    name="OrderDirection",
    ASC="From A to Z, from old to new, from few to many.",
    DESC="From Z to A, from new to old, from many to few.",
)
describe(
    DuplicateKind,
    "What two contacts have in common. Kinds may be added.",
    name="PossibleDuplicateReasonKind",
    SAME_EMAIL="The same e-mail address, as an identity or in an attribute, without regard to letter case.",
    SAME_PHONE="The same phone number, as an identity or in an attribute.",
)
describe(
    Side,
    "One of the two contacts of a merge.",
    name="ContactMergeSide",
    SURVIVOR="The contact that stays.",
    OTHER="The contact that becomes part of it.",
)
describe(
    MergeField,
    "What two contacts can differ in so that somebody may choose.",
    name="ContactMergeField",
    NAME="The name. Without a choice, the survivor's stays.",
    AVATAR="The picture. Without a choice, the survivor's stays.",
    ATTRIBUTE="An attribute, named by its key. Where both have a value, somebody has to choose.",
)
describe(
    ContradictionKind,
    "What happened since that contradicts undoing a merge. Kinds may be added.",
    name="UnmergeContradictionKind",
    LATER_MERGE="The survivor was part of another merge since: undo that one first.",
    IDENTITY_GONE="The survivor no longer has an identity that came from the other contact.",
    VALUE_CHANGED="A value that came from the other contact was changed.",
    VALUE_TAKEN="The attribute is unique, and another contact holds the other contact's value by now.",
    NAME_CHANGED="The name came from the other contact, and was changed.",
    AVATAR_CHANGED="The picture came from the other contact, and was changed.",
    VIP_CHANGED="The VIP status came from the other contact, and was changed.",
)
