"""The mutations of the CRM's settings, for admins."""

from datetime import timedelta
from typing import Annotated, assert_never

import strawberry

from domain.capabilities import Forbidden as ForbiddenOutcome
from domain.contacts import Network
from domain.crm import FailureReason
from domain.crm_checks import LONGEST_ALIAS
from domain.crm_settings import (
    ConnectionTested,
    CrmSettingsChanged,
    DirectoryConnection,
    HttpConnection,
    HubSpotConnection,
    Sealed,
    StaleCrmSettings,
)
from domain.definition_patches import KEEP
from domain.outcomes import ErrorCode, Invalid, KeyReused
from graph.crm_settings import CrmSettings
from graph.errors import Conflict, Forbidden, IdempotencyKeyReused, ValidationFailed
from graph.info import Info
from graph.inputs import idempotency_key, version
from graph.paging import given
from resolvers import crm_settings
from resolvers.crm_settings import CrmPatch, GivenConnection

_CREDENTIAL = "It is kept encrypted, and told to nobody. Left out, the one that is there stays."
_UNSEALED = Sealed("")
"""In the place of a credential that is not sealed yet."""


@strawberry.input(description="A CRM at an address of the company's own. README.md has the protocol.")
class HttpCrmInput:
    look_up_url: str = strawberry.field(description="Asked for a person by what is known of them: HTTPS.")
    record_id_alias: str = strawberry.field(
        description=f"The alias that tells one record from all others: 1 to {LONGEST_ALIAS} characters."
    )
    secret: str | None = strawberry.field(
        description="The key that requests are signed with: 32 hexadecimal digits or more, such as `openssl rand -hex "
        f"32` prints. {_CREDENTIAL}",
        default=strawberry.UNSET,
    )
    write_url: str | None = strawberry.field(
        description="Told what agents have changed. Left out, the CRM is only read.", default=strawberry.UNSET
    )
    name_alias: str | None = strawberry.field(
        description="The alias of a record's name, by which an agent tells several apart.", default=strawberry.UNSET
    )
    updated_at_alias: str | None = strawberry.field(
        description="The alias of when a record was changed last, as ISO 8601.", default=strawberry.UNSET
    )
    record_url: str | None = strawberry.field(
        description="Of a record's page in the CRM, with `{id}` where its id belongs.", default=strawberry.UNSET
    )
    takes_several: bool = strawberry.field(
        description="Whether it can be asked for several people in one request.", default=False
    )

    def model(self) -> GivenConnection:
        connection = HttpConnection(
            look_up_url=self.look_up_url,
            secret=_UNSEALED,
            record_id_alias=self.record_id_alias,
            write_url=given(self.write_url),
            name_alias=given(self.name_alias),
            updated_at_alias=given(self.updated_at_alias),
            record_url=given(self.record_url),
            takes_several=self.takes_several,
        )
        return GivenConnection(connection, given(self.secret))


@strawberry.input(description="HubSpot's contacts, by its CRM v3 API.")
class HubSpotCrmInput:
    token: str | None = strawberry.field(
        description="The access token of a private app that may read and write contacts; up to 1,000 characters. "
        f"{_CREDENTIAL}",
        default=strawberry.UNSET,
    )
    portal_id: str | None = strawberry.field(
        description="HubSpot's number of the company's account, for links to a record's page.",
        default=strawberry.UNSET,
    )

    def model(self) -> GivenConnection:
        return GivenConnection(HubSpotConnection(_UNSEALED, given(self.portal_id)), given(self.token))


@strawberry.input(one_of=True, description="The kind of CRM: exactly one of the fields.")
class CrmSystemInput:
    http: strawberry.Maybe[HttpCrmInput] = strawberry.field(description="One of the company's own.")
    hub_spot: strawberry.Maybe[HubSpotCrmInput] = strawberry.field(description="HubSpot.")
    directory: strawberry.Maybe[bool] = strawberry.field(
        description="A customer list that was imported with `contact-graph crm import`: true."
    )

    def model(self) -> GivenConnection | Invalid:
        if self.http is not None:
            return self.http.value.model()
        if self.hub_spot is not None:
            return self.hub_spot.value.model()
        if self.directory is not None and self.directory.value:
            return GivenConnection(DirectoryConnection())
        advice = "Give true; or null in the place of the whole connection, to have none."
        return Invalid(ErrorCode.NO_CRM, advice, ("input", "connection", "directory"))


@strawberry.input(description="What the CRM calls the id that a person has on a network.")
class CrmIdentityAliasInput:
    network: Network = strawberry.field(description="Each network once.")
    alias: str = strawberry.field(description=f"The CRM's name of the field: 1 to {LONGEST_ALIAS} characters.")


@strawberry.input(description="What is to change of the connection to the CRM. What is left out stays.")
class CrmSettingsUpdateInput:
    connection: CrmSystemInput | None = strawberry.field(
        description="The CRM. Null disconnects it; what it said stays.", default=strawberry.UNSET
    )
    identity_aliases: list[CrmIdentityAliasInput] | None = strawberry.field(
        description="By which ids of networks contacts are looked up: all of them.", default=strawberry.UNSET
    )
    is_automatic: bool | None = strawberry.field(
        description="Whether contacts are looked up by themselves.", default=strawberry.UNSET
    )
    refresh_hours: int | None = strawberry.field(
        description="How old what the CRM said becomes before it is asked again: from 1 to 8,760 hours.",
        default=strawberry.UNSET,
    )
    version: int | None = version()
    idempotency_key: str | None = idempotency_key()

    def patch(self) -> CrmPatch | Invalid:
        aliases, automatic, hours = given(self.identity_aliases), given(self.is_automatic), given(self.refresh_hours)
        system = given(self.connection)
        connection = None if system is None else system.model()
        if isinstance(connection, Invalid):
            return connection
        return CrmPatch(
            connection=KEEP if self.connection is strawberry.UNSET else connection,
            identity_aliases=KEEP if aliases is None else tuple((each.network, each.alias) for each in aliases),
            is_automatic=KEEP if automatic is None else automatic,
            refresh_after=KEEP if hours is None else timedelta(hours=hours),
        )


@strawberry.input(description="Which connection to try.")
class CrmConnectionTestInput:
    connection: CrmSystemInput | None = strawberry.field(
        description="One that is not set yet; left out, the one that is.", default=strawberry.UNSET
    )
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="The settings are as they were asked for.")
class CrmSettingsUpdateSuccess:
    settings: CrmSettings = strawberry.field(description="As they are now.")


@strawberry.type(description="The CRM was tried.")
class CrmConnectionTestSuccess:
    is_working: bool = strawberry.field(description="Whether it answers as it should.")
    failure: FailureReason | None = strawberry.field(description="What is wrong; null where nothing is.")
    message: str = strawberry.field(description="For people: what is wrong and what to do, or that it works.")


CrmSettingsUpdateResult = Annotated[
    CrmSettingsUpdateSuccess | ValidationFailed | Conflict | Forbidden | IdempotencyKeyReused,
    strawberry.union("CrmSettingsUpdateResult", description="How changing the CRM's settings can end."),
]
CrmConnectionTestResult = Annotated[
    CrmConnectionTestSuccess | ValidationFailed | Forbidden | IdempotencyKeyReused,
    strawberry.union("CrmConnectionTestResult", description="How trying a connection can end."),
]


@strawberry.type
class CrmSettingsMutations:
    @strawberry.mutation(description="Connect the organization to its CRM, or change how it is connected.")
    async def crm_settings_update(
        self, info: Info, input: Annotated[CrmSettingsUpdateInput, strawberry.argument(description="The change.")]
    ) -> CrmSettingsUpdateResult:
        patch = input.patch()
        if isinstance(patch, Invalid):
            return ValidationFailed.of(patch)
        result = await crm_settings.change(
            info.context,
            patch=patch,
            version=given(input.version),
            idempotency_key=given(input.idempotency_key),
        )
        match result:
            case CrmSettingsChanged(settings):
                return CrmSettingsUpdateSuccess(settings=CrmSettings.of(settings, info.context))
            case StaleCrmSettings(current):
                return Conflict.with_current(CrmSettings.of(current, info.context))
            case ForbiddenOutcome():
                return Forbidden.of(result)
            case Invalid():
                return ValidationFailed.of(result)
            case KeyReused():
                return IdempotencyKeyReused.of(result)
            case _:
                assert_never(result)

    @strawberry.mutation(description="Try whether the CRM answers, and say in words what is wrong. Nothing is changed.")
    async def crm_connection_test(
        self, info: Info, input: Annotated[CrmConnectionTestInput, strawberry.argument(description="Which one.")]
    ) -> CrmConnectionTestResult:
        connection = given(input.connection)
        model = None if connection is None else connection.model()
        if isinstance(model, Invalid):
            return ValidationFailed.of(model)
        result = await crm_settings.test(info.context, model, given(input.idempotency_key))
        match result:
            case ConnectionTested(failed):
                message = "The CRM answers as it should." if failed is None else failed.message
                reason = None if failed is None else failed.reason
                return CrmConnectionTestSuccess(is_working=failed is None, failure=reason, message=message)
            case ForbiddenOutcome():
                return Forbidden.of(result)
            case Invalid():
                return ValidationFailed.of(result)
            case KeyReused():
                return IdempotencyKeyReused.of(result)
            case _:
                assert_never(result)
