"""A contact as JSON: everything that is kept of it, with where each value came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple
from datetime import date, datetime
from typing import Any

from domain.attributes import HeldValue
from domain.contacts import Contact, SocialIdentity
from domain.definitions import AttributeDefinition
from domain.values import VALUE_TYPES, Value

Json = dict[str, Any]


def contact_json(contact: Contact, definitions: Sequence[AttributeDefinition]) -> Json:
    """Return the contact, its attributes by key; those of other definitions are left out."""
    held = [(each, contact.held(each.id)) for each in definitions]
    vip = contact.vip
    return {
        "id": contact.id,
        "name": contact.name,
        "avatarUrl": contact.avatar_url,
        "identities": [identity_json(each) for each in contact.identities],
        "attributes": {each.key: held_json(value) for each, value in held if value is not None},
        "vip": None
        if vip is None
        else {
            "since": _text(vip.since),
            "agentId": vip.agent_id,
            "reason": vip.reason,
            "expiresAt": None if vip.expires_at is None else _text(vip.expires_at),
        },
        "validation": {
            "outcome": contact.validation.outcome.value,
            "askedAt": None if contact.validation.asked_at is None else _text(contact.validation.asked_at),
            "recordId": contact.validation.record_id,
        },
        "noteCount": contact.note_count,
        "createdAt": _text(contact.created_at),
        "updatedAt": _text(contact.updated_at),
    }


def held_json(held: HeldValue) -> Json:
    value = held.value
    return {
        "type": None if value is None else VALUE_TYPES[type(value)].value,
        "value": None if value is None else _content(value),
        "version": held.version,
        "source": held.provenance.source.value,
        "at": _text(held.provenance.at),
        "agentId": held.provenance.agent_id,
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


def _content(value: Value) -> object:
    (content,) = astuple(value)
    if isinstance(content, tuple):
        return list(content)
    return _text(content) if isinstance(content, date | datetime) else content


def _text(moment: date | datetime) -> str:
    return moment.isoformat()
