"""Parts of what is kept of one person, as JSON."""

from __future__ import annotations

from datetime import date, datetime

from domain.attributes import CrmSync
from domain.contact_json import Json
from domain.contacts import ContactValidation


def validation_json(validation: ContactValidation) -> Json:
    return {
        "outcome": validation.outcome.value,
        "askedAt": time_text(validation.asked_at),
        "recordId": validation.record_id,
        "recordUrl": validation.record_url,
        "candidates": [
            {"recordId": each.record_id, "name": each.name, "url": each.url} for each in validation.candidates
        ],
        "failure": None if validation.failure is None else validation.failure.value,
        "retryAt": time_text(validation.retry_at),
    }


def sync_json(sync: CrmSync) -> Json:
    return {
        "state": sync.state.value,
        "syncedAt": time_text(sync.synced_at),
        "crmField": sync.field,
        "message": sync.message,
        "changedAt": time_text(sync.changed_at),
    }


def time_text(moment: date | None) -> str | None:
    """Return a day as 2026-11-23 and a moment as 2026-11-23T09:00:00.000Z."""
    if isinstance(moment, datetime):
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return None if moment is None else moment.isoformat()
