"""The stored shape of an entry in the log of deleted contacts."""

from __future__ import annotations

from domain.contacts import Network
from domain.deletion import DeletedContact, DeletionPosition, position
from persistence.driver import Document


def from_deletion(deletion: DeletedContact, organization_id: str) -> Document:
    return {
        "_id": deletion.id,
        "org": organization_id,
        "deleted": deletion.deleted_id,
        "hint": deletion.hint,
        "networks": [each.value for each in deletion.networks],
        "place": deletion_place(position(deletion)),
        "admin": deletion.admin_id,
        "isErasure": deletion.is_erasure,
    }


def to_deletion(document: Document) -> DeletedContact:
    return DeletedContact(
        id=document["_id"],
        deleted_id=document["deleted"],
        hint=document["hint"],
        networks=tuple(Network(each) for each in document["networks"]),
        at=document["place"]["at"],
        admin_id=document["admin"],
        is_erasure=document["isErasure"],
    )


def deletion_place(place: DeletionPosition) -> Document:
    return {"at": place.at, "id": place.id}
