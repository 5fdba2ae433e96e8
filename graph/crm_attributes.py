"""Where an attribute of the CRM stands: what is in conflict, and what the CRM has refused."""

from datetime import datetime
from typing import Self

import strawberry

from domain import attributes as model
from domain.attributes import HeldValue, SyncState
from domain.crm_merge import Side, side_by_rule
from domain.crm_values import value_of_field
from domain.outcomes import Invalid
from graph.info import Info
from graph.values import AttributeValue, attribute_value
from resolvers.context import Context


@strawberry.type(description="Two values, of which somebody has to choose one with `crmConflictResolve`.")
class CrmConflict:
    crm_value: AttributeValue | None = strawberry.field(
        description="What the CRM holds; null where it is blank there, or nothing that this attribute can hold."
    )
    crm_changed_at: datetime | None = strawberry.field(description="When it was changed there, or that was noticed.")
    local_value: AttributeValue | None = strawberry.field(description="What was set here; null where it was emptied.")
    local_changed_at: datetime = strawberry.field(description="When it was set here.")
    rule_prefers: Side | None = strawberry.field(description="Which one the attribute's rule would keep.")

    @classmethod
    def of(cls, context: Context, line: model.ContactAttribute, held: HeldValue) -> Self:
        definition, region, sync = line.definition, context.directory.organization.region, held.sync
        told = None if sync is None else value_of_field(definition, sync.field, region=region)
        crm_value = None if told is None or isinstance(told, Invalid) else told
        languages = context.languages
        return cls(
            crm_value=None if crm_value is None else attribute_value(crm_value, definition, languages),
            crm_changed_at=None if sync is None else sync.changed_at,
            local_value=None if held.value is None else attribute_value(held.value, definition, languages),
            local_changed_at=held.provenance.at,
            rule_prefers=side_by_rule(definition, held, region=region),
        )


@strawberry.type
class CrmStanding:
    """The fields of an attribute that tell where its value stands; a part of `CrmAttribute`."""

    line: strawberry.Private[model.ContactAttribute]

    @strawberry.field(description="Where the value stands between here and the CRM; null where neither has one.")
    def sync_state(self) -> SyncState | None:
        held = self.line.held
        return None if held is None or held.sync is None else held.sync.state

    @strawberry.field(description="When the CRM last confirmed the value.")
    def synced_at(self) -> datetime | None:
        return _synced_at(self.line)

    @strawberry.field(
        description="From when on the value may be out of date: the CRM is asked again then. It is shown all the same."
    )
    def stale_after(self, info: Info) -> datetime | None:
        synced_at = _synced_at(self.line)
        return None if synced_at is None else synced_at + info.context.directory.crm.refresh_after

    @strawberry.field(description="Whether the CRM was last heard of longer ago than that: say so beside the value.")
    def is_stale(self, info: Info) -> bool:
        synced_at = _synced_at(self.line)
        return synced_at is not None and info.context.clock() > synced_at + info.context.directory.crm.refresh_after

    @strawberry.field(description="The record's page in the CRM: link the cloud icon to it.")
    def crm_record_url(self) -> str | None:
        return self.line.record_url

    @strawberry.field(description="The CRM's words, where it refused what was set here; else null.")
    def crm_message(self) -> str | None:
        held = self.line.held
        return None if held is None or held.sync is None else held.sync.message

    @strawberry.field(description="What is to be decided, where the state is CONFLICT or REJECTED; else null.")
    def conflict(self, info: Info) -> CrmConflict | None:
        held = self.line.held
        if held is None or held.sync is None or held.sync.state not in {SyncState.CONFLICT, SyncState.REJECTED}:
            return None
        return CrmConflict.of(info.context, self.line, held)


def _synced_at(line: model.ContactAttribute) -> datetime | None:
    held = line.held
    if held is None or held.sync is None:
        return None
    known = (held.sync.synced_at, line.heard_at if held.sync.state is SyncState.IN_SYNC else None)
    return max((each for each in known if each is not None), default=None)
