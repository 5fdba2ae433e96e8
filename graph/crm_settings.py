"""How the organization is connected to its CRM, for admins."""

from datetime import datetime, timedelta
from typing import Annotated, Self, assert_never

import strawberry

from domain import crm_settings as model
from domain import crm_tasks
from domain.capabilities import Capability
from domain.contacts import Network
from domain.crm import FailureReason
from graph.errors import NotAllowed
from graph.info import Info
from graph.nodes import Node, encode_id
from graph.scalars import URL
from resolvers import crm_settings
from resolvers.context import Context


@strawberry.type(description="A CRM that is asked at an address of the company's own. README.md has the protocol.")
class HttpCrm:
    look_up_url: URL = strawberry.field(description="Asked for a person by what is known of them.")
    write_url: URL | None = strawberry.field(description="Told what agents have changed; null where it is only read.")
    record_id_alias: str = strawberry.field(description="The alias that tells one record from all others.")
    name_alias: str | None = strawberry.field(description="The alias of a record's name, to tell several apart.")
    updated_at_alias: str | None = strawberry.field(description="The alias of when a record was changed last.")
    record_url: str | None = strawberry.field(
        description="Of a record's page in the CRM, with `{id}` where its id belongs."
    )
    takes_several: bool = strawberry.field(description="Whether it is asked for several people in one request.")


@strawberry.type(description="HubSpot's contacts.")
class HubSpotCrm:
    portal_id: str | None = strawberry.field(description="HubSpot's number of the company's account.")


@strawberry.type(description="A customer list that was imported with `contact-graph crm import`.")
class DirectoryCrm:
    records: int = strawberry.field(description="How many customers it has.")


CrmSystem = Annotated[
    HttpCrm | HubSpotCrm | DirectoryCrm,
    strawberry.union(
        "CrmSystem",
        description="The kinds of CRM. No credential is ever told, to nobody. Kinds may be added.",
    ),
]


@strawberry.type(description="What the CRM calls the id that a person has on a network.")
class CrmIdentityAlias:
    network: Network = strawberry.field(description="The network.")
    alias: str = strawberry.field(description="The CRM's name of the field.")


@strawberry.type(description="How calls to the CRM ended of late.")
class CrmHealth:
    is_up: bool = strawberry.field(description="Whether the last call succeeded; true before the first.")
    succeeded_at: datetime | None = strawberry.field(description="When a call last did.")
    failed_at: datetime | None = strawberry.field(description="When a call last failed.")
    failure: FailureReason | None = strawberry.field(description="Why the last call failed; null where it did not.")
    message: str | None = strawberry.field(description="For people: what happened, and what to do.")
    retry_at: datetime | None = strawberry.field(description="When it is asked again, where it is left alone.")

    @classmethod
    def of(cls, health: crm_tasks.CrmHealth) -> Self:
        return cls(
            is_up=health.failure is None,
            succeeded_at=health.succeeded_at,
            failed_at=health.failed_at,
            failure=health.failure,
            message=health.message,
            retry_at=health.retry_at,
        )


@strawberry.type(
    description="How the organization is connected to its CRM. Which attributes the CRM manages, what it calls them, "
    "which ones contacts are looked up by and whose value is kept is decided with each attribute definition."
)
class CrmSettings(Node):
    version: int = strawberry.field(description="Grows with each change; state it when you change them. 0 at first.")
    identity_aliases: list[CrmIdentityAlias] = strawberry.field(
        description="By which ids of networks contacts are looked up, beside their attributes."
    )
    is_automatic: bool = strawberry.field(
        description="Whether contacts are looked up by themselves: when they appear, when what they are looked up by "
        "changes, and again when what the CRM said becomes old."
    )
    refresh_hours: int = strawberry.field(description="How old what the CRM said becomes before it is asked again.")
    record: strawberry.Private[model.CrmSettings]

    @strawberry.field(description="To which CRM; null where there is none.")
    async def connection(self, info: Info) -> CrmSystem | None:
        found = self.record.connection
        return None if found is None else await _connection(info.context, found)

    @strawberry.field(description="How calls to the CRM ended of late, of all the server's processes.")
    async def health(self, info: Info) -> CrmHealth:
        return CrmHealth.of(await crm_settings.health(info.context))

    @strawberry.field(description="How many contacts have values that are yet to be written to the CRM.")
    async def writes_waiting(self, info: Info) -> int:
        return await crm_settings.writes_waiting(info.context)

    @classmethod
    def of(cls, settings: model.CrmSettings, context: Context) -> Self:
        return cls(
            # One for each organization.
            id=encode_id("CrmSettings", context.directory.organization.id),
            version=settings.version,
            identity_aliases=[
                CrmIdentityAlias(network=network, alias=alias) for network, alias in settings.identity_aliases
            ],
            is_automatic=settings.is_automatic,
            refresh_hours=settings.refresh_after // timedelta(hours=1),
            record=settings,
        )


async def _connection(context: Context, connection: model.Connection) -> CrmSystem:
    match connection:
        case model.HttpConnection():
            return HttpCrm(
                look_up_url=URL(connection.look_up_url),
                write_url=None if connection.write_url is None else URL(connection.write_url),
                record_id_alias=connection.record_id_alias,
                name_alias=connection.name_alias,
                updated_at_alias=connection.updated_at_alias,
                record_url=connection.record_url,
                takes_several=connection.takes_several,
            )
        case model.HubSpotConnection(_, portal_id):
            return HubSpotCrm(portal_id=portal_id)
        case model.DirectoryConnection():
            return DirectoryCrm(records=await crm_settings.directory_size(context))
        case _:
            assert_never(connection)


@strawberry.type
class CrmQueries:
    @strawberry.field(description="How the organization is connected to its CRM. An error for who may not manage it.")
    def crm_settings(self, info: Info) -> CrmSettings:
        if refused := info.context.refuses(Capability.MANAGE_CRM):
            raise NotAllowed(refused)
        return CrmSettings.of(info.context.directory.crm, info.context)
