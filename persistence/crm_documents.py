"""The stored shape of how an organization is connected to its CRM: a part of the organization."""

from __future__ import annotations

from datetime import timedelta
from typing import assert_never

from domain.contacts import Network
from domain.crm_settings import (
    NO_CRM,
    Connection,
    CrmSettings,
    DirectoryConnection,
    HttpConnection,
    HubSpotConnection,
    Sealed,
)
from persistence.documents import without_none
from persistence.driver import Document

FIRST_SWEEP: Document = {"crmSweep": "$$NOW", "crmSweepBehind": None, "crmSweepIsLast": False}
"""Expressions, for fields of an organization: when the walk through all its contacts begins by which is entered what is
to be done about each, where it has come to, and whether another one follows."""


def from_crm_settings(settings: CrmSettings) -> Document:
    return without_none(
        {
            "version": settings.version,
            "connection": None if settings.connection is None else _from_connection(settings.connection),
            "identityAliases": [{"network": each.value, "alias": name} for each, name in settings.identity_aliases],
            "isAutomatic": settings.is_automatic,
            "refreshSeconds": int(settings.refresh_after.total_seconds()),
        }
    )


def to_crm_settings(document: Document | None) -> CrmSettings:
    if document is None:
        return NO_CRM
    connection = document.get("connection")
    return CrmSettings(
        version=document["version"],
        connection=None if connection is None else _to_connection(connection),
        identity_aliases=tuple((Network(each["network"]), each["alias"]) for each in document["identityAliases"]),
        is_automatic=document["isAutomatic"],
        refresh_after=timedelta(seconds=document["refreshSeconds"]),
    )


def _from_connection(connection: Connection) -> Document:
    match connection:
        case HttpConnection():
            return without_none(
                {
                    "kind": "HTTP",
                    "lookUp": connection.look_up_url,
                    "secret": connection.secret,
                    "recordId": connection.record_id_alias,
                    "write": connection.write_url,
                    "name": connection.name_alias,
                    "updatedAt": connection.updated_at_alias,
                    "recordUrl": connection.record_url,
                    "takesSeveral": connection.takes_several,
                }
            )
        case HubSpotConnection(token, portal_id):
            return without_none({"kind": "HUBSPOT", "token": token, "portal": portal_id})
        case DirectoryConnection():
            return {"kind": "DIRECTORY"}
        case _:
            assert_never(connection)


def _to_connection(document: Document) -> Connection:
    match document["kind"]:
        case "HTTP":
            return HttpConnection(
                look_up_url=document["lookUp"],
                secret=Sealed(document["secret"]),
                record_id_alias=document["recordId"],
                write_url=document.get("write"),
                name_alias=document.get("name"),
                updated_at_alias=document.get("updatedAt"),
                record_url=document.get("recordUrl"),
                takes_several=document["takesSeveral"],
            )
        case "HUBSPOT":
            return HubSpotConnection(Sealed(document["token"]), document.get("portal"))
        case "DIRECTORY":
            return DirectoryConnection()
        case unknown:
            raise ValueError(f"«{unknown}» is no kind of connection that this version knows")
