"""The schema: the roots, put together from the features."""

from collections.abc import Callable, Sequence

import strawberry
from strawberry.extensions import SchemaExtension
from strawberry.schema.config import StrawberryConfig

from graph import crm_enums as crm_enums  # as below
from graph import enums as enums  # describes the domain's enums before a type refers to them
from graph import error_codes as error_codes  # as above
from graph import live_enums as live_enums  # as above
from graph.agents import Agent
from graph.attribute_mutations import AttributeMutations
from graph.attribute_sets import AttributeSetMutations
from graph.contact_groups import ContactGroupQueries
from graph.contact_mutations import ContactMutations
from graph.contacts import ContactQueries
from graph.conversation_mutations import ConversationMutations
from graph.conversation_note_mutations import ConversationNoteMutations
from graph.conversation_note_revisions import ConversationNotePastMutations
from graph.conversations import ConversationQueries
from graph.crm_mutations import CrmMutations
from graph.crm_settings import CrmQueries
from graph.crm_settings_mutations import CrmSettingsMutations
from graph.definition_mutations import DefinitionMutations
from graph.definitions import DefinitionQueries
from graph.deletion import DeletionQueries
from graph.deletion_mutations import DeletionMutations
from graph.finding import FindingQueries
from graph.group_mutations import ContactGroupMutations
from graph.identities import NetworkQueries
from graph.identity_mutations import IdentityMutations
from graph.info import Info
from graph.live import LiveExecutor, LiveSubscriptions
from graph.live_queue import QueueSubscriptions
from graph.masking import QuietSchema
from graph.merging_mutations import MergingMutations
from graph.node_queries import NodeQueries
from graph.note_mutations import NoteMutations
from graph.note_past_mutations import NotePastMutations
from graph.privacy import PrivacyQueries
from graph.privacy_mutations import PrivacyMutations
from graph.queue_mutations import QueueMutations
from graph.queue_settings import QueueSettingsQueries
from graph.queues import QueueQueries
from graph.scalars import SCALARS
from graph.team_mutations import TeamMutations
from graph.timeline_events import EVENT_TYPES
from graph.unmerging_mutations import UnmergingMutations
from graph.vip_mutations import VipMutations


@strawberry.type(description="Everything that can be read. All of it is the asking agent's own organization's.")
class Query(
    ContactGroupQueries,
    ContactQueries,
    ConversationQueries,
    CrmQueries,
    DefinitionQueries,
    DeletionQueries,
    FindingQueries,
    NetworkQueries,
    NodeQueries,
    PrivacyQueries,
    QueueQueries,
    QueueSettingsQueries,
):
    @strawberry.field(description="The asking agent.")
    def viewer(self, info: Info) -> Agent:
        return Agent.of(info.context.agent)


@strawberry.type(
    description="Everything that can be changed. Each mutation takes one `input` and answers with a union of one "
    "success and named errors, all of them a `UserError`; an error changed nothing."
)
class Mutation(
    ContactMutations,
    IdentityMutations,
    NoteMutations,
    NotePastMutations,
    VipMutations,
    AttributeMutations,
    AttributeSetMutations,
    DefinitionMutations,
    DeletionMutations,
    PrivacyMutations,
    MergingMutations,
    UnmergingMutations,
    ConversationMutations,
    ConversationNoteMutations,
    ConversationNotePastMutations,
    ContactGroupMutations,
    TeamMutations,
    QueueMutations,
    CrmMutations,
    CrmSettingsMutations,
):
    pass


@strawberry.type(
    description="What is told while it happens, over graphql-transport-ws (WebSocket) or graphql-sse (server-sent "
    "events, one connection each). One that ends for a reason ends with an error whose code is TOO_SLOW, HISTORY_LOST, "
    "TOKEN_EXPIRED or AGENT_INACTIVE."
)
class Subscription(LiveSubscriptions, QueueSubscriptions):
    pass


def create_schema(extensions: Sequence[Callable[[], SchemaExtension]] = ()) -> strawberry.Schema:
    return QuietSchema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        execution_context_class=LiveExecutor,
        # Those that no field names, but only an interface.
        types=list(EVENT_TYPES),
        extensions=list(extensions),
        config=StrawberryConfig(scalar_map=dict(SCALARS)),
    )
