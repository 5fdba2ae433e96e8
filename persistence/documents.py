"""The stored shapes of a contact, and the way in and out of them."""

from __future__ import annotations

from domain.attributes import CrmSync, HeldValue, Provenance, Source, SyncState
from domain.contacts import (
    NEVER_ASKED,
    Contact,
    ContactValidation,
    CrmCandidate,
    IdentityKey,
    LookUpOutcome,
    Network,
    SocialIdentity,
)
from domain.crm import FailureReason
from domain.text import sort_key
from domain.vip import VipStatus
from persistence.driver import Document
from persistence.value_documents import from_field, from_value, to_field, to_value


def identity_key(key: IdentityKey) -> str:
    """Return the string that the unique index holds for an identity."""
    return f"{key.network.value}:{key.external_id}"


def to_identity_key(text: str) -> IdentityKey:
    network, _, external_id = text.partition(":")
    return IdentityKey(Network(network), external_id)


def without_none(document: Document) -> Document:
    """Leave out what is absent: an index or a filter on a field then sees only the documents that have it."""
    return {name: value for name, value in document.items() if value is not None}


def from_identity(identity: SocialIdentity) -> Document:
    return without_none(
        {
            "key": identity_key(identity.key),
            "handle": identity.handle,
            "channel": identity.channel,
            "secondary": identity.secondary_identifier,
            "picture": identity.picture_url,
            "profile": identity.profile_url,
            "primary": identity.is_primary or None,
        }
    )


def to_identity(document: Document) -> SocialIdentity:
    return SocialIdentity(
        key=to_identity_key(document["key"]),
        handle=document["handle"],
        channel=document.get("channel"),
        secondary_identifier=document.get("secondary"),
        picture_url=document.get("picture"),
        profile_url=document.get("profile"),
        is_primary=document.get("primary", False),
    )


def from_held(held: HeldValue) -> Document:
    provenance = held.provenance
    document: Document = {"d": held.definition_id}
    if held.value is not None:
        document["v"] = from_value(held.value)
    document |= {"source": provenance.source.value, "at": provenance.at, "version": held.version}
    if provenance.agent_id is not None:
        document["agent"] = provenance.agent_id
    return document if held.sync is None else document | _from_sync(held.sync)


def _from_sync(sync: CrmSync) -> Document:
    return without_none(
        {
            "sync": sync.state.value,
            "synced": sync.synced_at,
            "crm": from_field(sync.field),
            "crmSays": sync.message,
            "crmChanged": sync.changed_at,
            "crmOvertaken": [from_field(each) for each in sync.overtaken] or None,
        }
    )


def _to_sync(document: Document) -> CrmSync | None:
    if "sync" not in document:
        return None
    return CrmSync(
        state=SyncState(document["sync"]),
        synced_at=document.get("synced"),
        field=to_field(document.get("crm")),
        message=document.get("crmSays"),
        changed_at=document.get("crmChanged"),
        overtaken=tuple(to_field(each) for each in document.get("crmOvertaken", ())),
    )


def to_held(document: Document) -> HeldValue:
    return HeldValue(
        definition_id=document["d"],
        value=to_value(document["v"]) if "v" in document else None,
        provenance=Provenance(Source(document["source"]), document["at"], document.get("agent")),
        version=document["version"],
        sync=_to_sync(document),
    )


def from_vip(vip: VipStatus) -> Document:
    return without_none({"since": vip.since, "agent": vip.agent_id, "reason": vip.reason, "expires": vip.expires_at})


def to_vip(document: Document) -> VipStatus:
    return VipStatus(document["since"], document["agent"], document.get("reason"), document.get("expires"))


def from_validation(validation: ContactValidation) -> Document:
    return without_none(
        {
            "outcome": validation.outcome.value,
            "asked": validation.asked_at,
            "record": validation.record_id,
            "url": validation.record_url,
            "candidates": [_from_candidate(each) for each in validation.candidates] or None,
            "failure": None if validation.failure is None else validation.failure.value,
            "retry": validation.retry_at,
        }
    )


def to_validation(document: Document | None) -> ContactValidation:
    if document is None:
        return NEVER_ASKED
    failure = document.get("failure")
    return ContactValidation(
        outcome=LookUpOutcome(document["outcome"]),
        asked_at=document.get("asked"),
        record_id=document.get("record"),
        record_url=document.get("url"),
        candidates=tuple(
            CrmCandidate(each["record"], each.get("name"), each.get("url")) for each in document.get("candidates", ())
        ),
        failure=None if failure is None else FailureReason(failure),
        retry_at=document.get("retry"),
    )


def _from_candidate(candidate: CrmCandidate) -> Document:
    return without_none({"record": candidate.record_id, "name": candidate.name, "url": candidate.url})


def from_contact(contact: Contact, organization_id: str) -> Document:
    never_asked = contact.validation.outcome is LookUpOutcome.NEVER_ASKED
    return without_none(
        {
            "_id": contact.id,
            "org": organization_id,
            "version": contact.version,
            "name": contact.name,
            "nameKey": sort_key(contact.name),
            "avatar": contact.avatar_url,
            "identities": [from_identity(each) for each in contact.identities],
            "values": [from_held(each) for each in contact.values],
            "vip": None if contact.vip is None else from_vip(contact.vip),
            "validation": None if never_asked else from_validation(contact.validation),
            "noteCount": contact.note_count,
            "created": contact.created_at,
            "updated": contact.updated_at,
            "importKey": _from_import_keys(contact),
            "mergedIds": list(contact.merged_ids) or None,
        }
    )


def _from_import_keys(contact: Contact) -> str | list[str | None] | None:
    """Return the contact's own key alone, or as the first of all that lead to it."""
    if not contact.merged_import_keys:
        return contact.import_key
    return [contact.import_key, *contact.merged_import_keys]


def _to_import_keys(stored: str | list[str] | None) -> tuple[str | None, tuple[str, ...]]:
    return (stored[0], tuple(stored[1:])) if isinstance(stored, list) else (stored, ())


def to_contact(document: Document) -> Contact:
    vip = document.get("vip")
    import_key, merged_import_keys = _to_import_keys(document.get("importKey"))
    return Contact(
        id=document["_id"],
        version=document["version"],
        name=document["name"],
        avatar_url=document.get("avatar"),
        identities=tuple(to_identity(each) for each in document["identities"]),
        values=tuple(to_held(each) for each in document["values"]),
        vip=None if vip is None else to_vip(vip),
        validation=to_validation(document.get("validation")),
        note_count=document["noteCount"],
        created_at=document["created"],
        updated_at=document["updated"],
        import_key=import_key,
        merged_ids=tuple(document.get("mergedIds", ())),
        merged_import_keys=merged_import_keys,
    )
