"""The ways in which a change can end without having happened. They are values: exceptions are for bugs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What an id was expected to name."""

    CONTACT = "CONTACT"
    NOTE = "NOTE"
    DEFINITION = "DEFINITION"
    IDENTITY = "IDENTITY"
    VERSION = "VERSION"
    MERGE = "MERGE"
    CONVERSATION = "CONVERSATION"
    GROUP = "GROUP"
    AGENT = "AGENT"
    TEAM = "TEAM"
    SKILL_SET = "SKILL_SET"


class ErrorCode(Enum):
    """Why nothing was changed: one code an ending, for programs; the words for people are in the message."""

    NOT_FOUND = "NOT_FOUND"
    CONFLICT = "CONFLICT"
    FORBIDDEN_BY_PLAN = "FORBIDDEN_BY_PLAN"
    FORBIDDEN_BY_ROLE = "FORBIDDEN_BY_ROLE"
    ATTRIBUTE_LOCKED = "ATTRIBUTE_LOCKED"
    IDEMPOTENCY_KEY_REUSED = "IDEMPOTENCY_KEY_REUSED"
    NOT_AN_ID = "NOT_AN_ID"
    BLANK = "BLANK"
    TOO_LONG = "TOO_LONG"
    TOO_SHORT = "TOO_SHORT"
    FORBIDDEN_CHARACTER = "FORBIDDEN_CHARACTER"
    WRONG_TYPE = "WRONG_TYPE"
    NOT_A_NUMBER = "NOT_A_NUMBER"
    TOO_SMALL = "TOO_SMALL"
    TOO_LARGE = "TOO_LARGE"
    NOT_A_BOOLEAN = "NOT_A_BOOLEAN"
    NOT_A_DATE = "NOT_A_DATE"
    TOO_EARLY = "TOO_EARLY"
    TOO_LATE = "TOO_LATE"
    NOT_AN_EMAIL = "NOT_AN_EMAIL"
    NOT_A_PHONE = "NOT_A_PHONE"
    NOT_A_URL = "NOT_A_URL"
    NOT_A_LANGUAGE = "NOT_A_LANGUAGE"
    UNKNOWN_OPTION = "UNKNOWN_OPTION"
    REPEATED_OPTION = "REPEATED_OPTION"
    REPEATED_KEY = "REPEATED_KEY"
    REQUIRED = "REQUIRED"
    NOT_IN_THE_FUTURE = "NOT_IN_THE_FUTURE"
    TOO_MANY = "TOO_MANY"
    VALUE_TAKEN = "VALUE_TAKEN"
    VALUES_REFUSED = "VALUES_REFUSED"
    IDENTITY_TAKEN = "IDENTITY_TAKEN"
    ANOTHER_IDENTITY = "ANOTHER_IDENTITY"
    KEY_TAKEN = "KEY_TAKEN"
    NOT_A_KEY = "NOT_A_KEY"
    NOT_A_PATTERN = "NOT_A_PATTERN"
    PATTERN_MISMATCH = "PATTERN_MISMATCH"
    CONTRADICTORY_RULES = "CONTRADICTORY_RULES"
    ATTRIBUTE_DISABLED = "ATTRIBUTE_DISABLED"
    WRONG_OPERATOR = "WRONG_OPERATOR"
    NAME_TAKEN = "NAME_TAKEN"
    TEAM_IN_USE = "TEAM_IN_USE"
    SAME_CONTACT = "SAME_CONTACT"
    MERGE_UNRESOLVED = "MERGE_UNRESOLVED"
    UNMERGE_CONTRADICTED = "UNMERGE_CONTRADICTED"
    NO_CRM = "NO_CRM"
    NO_CRM_KEY = "NO_CRM_KEY"
    NOTHING_TO_ASK_BY = "NOTHING_TO_ASK_BY"
    UNKNOWN_RECORD = "UNKNOWN_RECORD"
    CRM_FAILED = "CRM_FAILED"
    NO_CONFLICT = "NO_CONFLICT"
    NOT_A_CREDENTIAL = "NOT_A_CREDENTIAL"


@dataclass(frozen=True, slots=True)
class Invalid:
    """An input that cannot be accepted. `message` says to a person what to do about it."""

    code: ErrorCode
    message: str
    path: tuple[str, ...] = ()
    """Where in the mutation's input, by the names of the API."""

    def at(self, *path: str) -> Invalid:
        return Invalid(self.code, self.message, path)


@dataclass(frozen=True, slots=True)
class NotFound:
    """Nothing of that kind and id in the asker's organization."""

    kind: Kind


@dataclass(frozen=True, slots=True)
class KeyReused:
    """The idempotency key came before with another input."""
