"""The CRM: what is asked of it, what is written to it, and what it can answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

MOST_CANDIDATES = 20
"""Records of which an agent may choose one."""
Field = str | float | bool | tuple[str, ...]
"""What a field of a CRM's record holds, as the CRM spells it; `domain.crm_values` turns it into a value and back."""


@dataclass(frozen=True, slots=True)
class CrmRecord:
    """What the CRM knows of one person."""

    id: str
    """The CRM's own; an update names the record by it."""
    fields: Mapping[str, Field | None]
    """By alias. None is a blank field; one that is absent was not told, and says nothing."""
    name: str | None = None
    """For an agent who has to tell several records apart."""
    url: str | None = None
    """Of the record's page in the CRM, http or https."""
    updated_at: datetime | None = None
    """When the record was changed last, where the CRM tells; aware."""


@dataclass(frozen=True, slots=True)
class LookUpQuery:
    """What is known of a person. The record that agrees in most of it is the person's."""

    fields: Mapping[str, Field]
    """By alias; at least one, and none of them blank."""


class FailureReason(Enum):
    """Why the CRM could not be asked, or its answer not be used."""

    TIMED_OUT = "TIMED_OUT"
    UNREACHABLE = "UNREACHABLE"
    """The name is unknown, the connection was refused or broke off, or its certificate is not trusted."""
    RATE_LIMITED = "RATE_LIMITED"
    SERVER_ERROR = "SERVER_ERROR"
    UNAUTHORIZED = "UNAUTHORIZED"
    """The credentials are not accepted, or lack a permission."""
    ADDRESS_REFUSED = "ADDRESS_REFUSED"
    """The address is private, or not HTTPS, and the operator has not allowed that."""
    REDIRECTED = "REDIRECTED"
    TOO_LARGE = "TOO_LARGE"
    UNREADABLE = "UNREADABLE"
    """The answer is not JSON, or not of the shape that was agreed on."""
    REFUSED = "REFUSED"
    """The CRM does not accept the request as it is."""
    PAUSED = "PAUSED"
    """It failed too often: it is not asked before a while has passed."""


PASSING = frozenset(
    {
        FailureReason.TIMED_OUT,
        FailureReason.UNREACHABLE,
        FailureReason.RATE_LIMITED,
        FailureReason.SERVER_ERROR,
        FailureReason.PAUSED,
    }
)
"""Failures that may be over when it is tried again. Of the others somebody has to change something."""


@dataclass(frozen=True, slots=True)
class CrmFailed:
    """The CRM gave no answer that can be used."""

    reason: FailureReason
    message: str
    """For an admin: what happened, and what to do. Never a credential, never a record's content."""
    retry_after: timedelta | None = None
    """How long the CRM asked to be left alone."""


@dataclass(frozen=True, slots=True)
class RecordFound:
    record: CrmRecord


@dataclass(frozen=True, slots=True)
class RecordMissing:
    """The CRM knows nobody of whom that is true, or has no such record any more."""


@dataclass(frozen=True, slots=True)
class RecordsAmbiguous:
    """Several records agree equally well; at most MOST_CANDIDATES of them."""

    candidates: tuple[CrmRecord, ...]


LookUpAnswer = RecordFound | RecordMissing | RecordsAmbiguous | CrmFailed


@dataclass(frozen=True, slots=True)
class FieldWrite:
    """Fields to set in a record, in one step."""

    key: str
    """The same in each attempt: a CRM that knows it does the write once."""
    record_id: str
    fields: Mapping[str, Field | None]
    """By alias; None blanks."""
    expected: Mapping[str, Field | None]
    """By alias, what the fields held when the CRM was heard of last. Where one holds anything else, and not what is to
    be written either, nothing is written."""


@dataclass(frozen=True, slots=True)
class RecordWritten:
    """The fields hold what was to be written."""

    record: CrmRecord | None = None
    """As it is now, where the CRM tells."""


@dataclass(frozen=True, slots=True)
class WriteRejected:
    """The CRM does not take what was to be written."""

    message: str
    """The CRM's words, for the agent who made the edit; at most 500 characters."""


@dataclass(frozen=True, slots=True)
class WriteConflict:
    """The CRM changed a field meanwhile. Nothing was written."""

    record: CrmRecord


WriteAnswer = RecordWritten | WriteRejected | WriteConflict | RecordMissing | CrmFailed
