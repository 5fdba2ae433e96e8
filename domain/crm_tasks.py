"""What is to be done about contacts at the CRM, and how a connection has fared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.crm import FailureReason


@dataclass(frozen=True, slots=True)
class CrmTask:
    """A contact that has to be looked up, or has values that the CRM has not heard of."""

    organization_id: str
    contact_id: str
    asked: str | None
    """The fingerprint of what the contact is to be looked up by; None where nothing is known to ask by."""
    is_look_up_due: bool
    is_write_due: bool
    attempts: int
    """That failed since the last one that did not."""
    taker: str
    """Names who has it: one that kept it for too long has it no more."""
    look_up_due: datetime | None = None
    """As it was when it was taken: by another one it is known that the contact is to be looked up once more."""


@dataclass(frozen=True, slots=True)
class CrmSweep:
    """A walk through all contacts of an organization, to enter what is to be done about each."""

    organization_id: str
    begins_at: datetime
    behind: str | None
    """The id of the contact that it has come to; None before the first."""
    is_last: bool


@dataclass(frozen=True, slots=True)
class CrmHealth:
    """How the last call to an organization's CRM ended, and the last ones of either kind."""

    succeeded_at: datetime | None = None
    failed_at: datetime | None = None
    failure: FailureReason | None = None
    """Why the last call failed; None where the last one did not."""
    message: str | None = None
    """For an admin: what happened, and what to do."""
    retry_at: datetime | None = None
    """When the CRM is asked again, where it is left alone for a while."""


NEVER_CALLED = CrmHealth()
