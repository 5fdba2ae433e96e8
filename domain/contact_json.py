"""A contact as JSON, of many as of one: the same parts are told alike wherever they are told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, assert_never

from domain.attributes import CrmSync, HeldValue
from domain.contacts import Contact, ContactValidation, SocialIdentity
from domain.definitions import AttributeDefinition
from domain.values import (
    VALUE_TYPES,
    BooleanValue,
    DateTimeValue,
    DateValue,
    EmailValue,
    LanguageValue,
    MultiSelectValue,
    NumberValue,
    PhoneValue,
    SelectValue,
    TextValue,
    UrlValue,
    Value,
)
from domain.vip import VipStatus

Json = dict[str, Any]


def contact_json(contact: Contact, definitions: Sequence[AttributeDefinition]) -> Json:
    """Return the contact, its attributes by key; those of other definitions are left out.

    Agents are named by their ids alone.
    """
    held = [(each, contact.held(each.id)) for each in definitions]
    vip = contact.vip
    return {
        **fields_json(contact, None if vip is None else vip_json(vip, {"agentId": vip.agent_id})),
        "identities": [identity_json(each) for each in contact.identities],
        "attributes": {each.key: held_json(value, each, _origin(value)) for each, value in held if value is not None},
        "noteCount": contact.note_count,
    }


def _origin(held: HeldValue) -> Json:
    provenance = held.provenance
    return {"source": provenance.source.value, "at": time_text(provenance.at), "agentId": provenance.agent_id}


def fields_json(contact: Contact, vip: Json | None) -> Json:
    """Return what the contact is beside its identities and values; `vip` is its status as JSON."""
    return {
        "id": contact.id,
        "name": contact.name,
        "avatarUrl": contact.avatar_url,
        "createdAt": time_text(contact.created_at),
        "updatedAt": time_text(contact.updated_at),
        "version": contact.version,
        "importKey": contact.import_key,
        "vip": vip,
        "validation": validation_json(contact.validation),
    }


def vip_json(vip: VipStatus, by: Json) -> Json:
    """Return the status; `by` says who set it."""
    since, expires_at = time_text(vip.since), time_text(vip.expires_at)
    return {"since": since, **by, "reason": vip.reason, "expiresAt": expires_at}


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


def identity_json(identity: SocialIdentity) -> Json:
    return {
        "network": identity.key.network.value,
        "externalId": identity.key.external_id,
        "handle": identity.handle,
        "secondaryIdentifier": identity.secondary_identifier,
        "channel": identity.channel,
        "pictureUrl": identity.picture_url,
        "profileUrl": identity.profile_url,
        "isPrimary": identity.is_primary,
    }


def held_json(held: HeldValue, definition: AttributeDefinition | None, origin: Json) -> Json:
    """Return the value.

    Args:
        held: the value with its version.
        definition: of the value, where it is known: by it options have labels.
        origin: says who or what set it, and when.
    """
    value, sync = held.value, held.sync
    return {
        "type": None if value is None else VALUE_TYPES[type(value)].value,
        "value": None if value is None else _content(value, definition),
        "version": held.version,
        **origin,
        "crm": None if sync is None else _sync_json(sync),
    }


def _sync_json(sync: CrmSync) -> Json:
    return {
        "state": sync.state.value,
        "syncedAt": time_text(sync.synced_at),
        "crmField": sync.field,
        "message": sync.message,
        "changedAt": time_text(sync.changed_at),
    }


def _content(value: Value, definition: AttributeDefinition | None) -> object:
    match value:
        case TextValue(content) | EmailValue(content) | PhoneValue(content) | UrlValue(content):
            return content
        case LanguageValue(content):
            return content
        case NumberValue(number):
            return number
        case BooleanValue(boolean):
            return boolean
        case DateValue(moment) | DateTimeValue(moment):
            return time_text(moment)
        case SelectValue(option_id):
            return _option(option_id, definition)
        case MultiSelectValue(option_ids):
            return [_option(each, definition) for each in option_ids]
        case _:
            assert_never(value)


def _option(option_id: str, definition: AttributeDefinition | None) -> Json:
    option = None if definition is None else definition.option(option_id)
    return {"id": option_id, "label": None if option is None else option.label}


def time_text(moment: date | None) -> str | None:
    """Return a day as 2026-11-23 and a moment as 2026-11-23T09:00:00.000Z."""
    if isinstance(moment, datetime):
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return None if moment is None else moment.isoformat()
