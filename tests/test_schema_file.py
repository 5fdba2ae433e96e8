"""The schema as it is committed and as a front-end developer reads it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    is_introspection_type,
    is_specified_scalar_type,
)

from domain.events import EventKind
from graph.schema import create_schema
from tests.graph.asking_graphql import the_schema
from tests.graph.mutations import MUTATIONS

ROOT = Path(__file__).parent.parent

SKETCH = {
    "Query": {
        "attributeDefinitions",
        "contact",
        "contactByIdentity",
        "contactExport",
        "contactGroups",
        "contacts",
        "conversationByExternalId",
        "crmSettings",
        "deletedContacts",
        "erasureReceipt",
        "erasureReceipts",
        "queueSettings",
        "networks",
        "node",
        "nodes",
        "queue",
        "viewer",
    },
    "Mutation": set(MUTATIONS),
    "Subscription": {"contactChanged", "queueChanged"},
    "Contact": {
        *("id", "version", "name", "avatarUrl", "identities", "validation", "attributes", "attribute", "vip", "notes"),
        *("createdAt", "updatedAt", "merges", "possibleDuplicates", "timeline", "deletedNotes"),
        *("conversations", "groups"),
    },
    "ContactMerge": {
        *("id", "mergedAt", "mergedBy", "otherName", "mergedContactId", "contact", "isUndone", "undoneAt", "undoneBy"),
        "canUnmerge",
    },
    "PossibleDuplicate": {"contact", "reasons", "contradictions"},
    "Attribute": {
        *("id", "definition", "key", "label", "position", "value", "isEmpty", "canEdit", "lockedBecause", "provenance"),
        *("version", "history"),
    },
    "AttributeHistoryConnection": {"edges", "nodes", "pageInfo", "totalCount"},
    "CrmAttribute": {
        *("syncState", "syncedAt", "staleAfter", "isStale", "crmRecordUrl", "crmMessage", "conflict"),
    },
    "CrmConflict": {"crmValue", "crmChangedAt", "localValue", "localChangedAt", "rulePrefers"},
    "ContactValidation": {
        *("isValidated", "outcome", "askedAt", "recordId", "recordUrl", "failure", "retryAt", "candidates"),
    },
    "CrmCandidate": {"recordId", "name", "url"},
    "CrmSettings": {
        *("id", "version", "connection", "identityAliases", "isAutomatic", "refreshHours", "health", "writesWaiting"),
    },
    "HttpCrm": {
        *("lookUpUrl", "writeUrl", "recordIdAlias", "nameAlias", "updatedAtAlias", "recordUrl", "takesSeveral"),
    },
    "HubSpotCrm": {"portalId"},
    "DirectoryCrm": {"records"},
    "CrmHealth": {"isUp", "succeededAt", "failedAt", "failure", "message", "retryAt"},
    "ContactLookedUpEvent": {"id", "at", "agent", "source"},
    "AttributeSyncChangedEvent": {"id", "at", "agent", "source"},
    "ContactNote": {
        *("id", "version", "body", "author", "createdAt", "isEdited", "editedAt", "editedBy", "contact"),
        "revisions",
    },
    "Conversation": {
        *("id", "version", "externalId", "contact", "identity", "network", "channel", "topics", "state"),
        *("assignedAgent", "assignedTeam", "receivedAt", "firstActivityAt", "lastActivityAt"),
        *("score", "scoreReasons", "teams", "skillSets", "notes", "deletedNotes"),
    },
    "ConversationConnection": {"edges", "nodes", "pageInfo", "totalCount"},
    "QueueSettings": {"id", "version", "prioritizedRules", "skillSets", "fallbackTeam"},
    "SkillSet": {"id", "name", "match", "criteria", "teams"},
    "ConversationNote": {
        *("id", "version", "body", "author", "createdAt", "isEdited", "editedAt", "editedBy", "conversation"),
        "revisions",
    },
    "ConversationNoteConnection": {"edges", "nodes", "pageInfo", "totalCount"},
    "DeletedConversationNoteConnection": {"edges", "nodes", "pageInfo", "totalCount"},
    "ContactGroup": {"id", "version", "name", "match", "conditions", "contacts"},
    "Team": {"id", "version", "name", "agents"},
    "DeletedContact": {"id", "contactId", "hint", "networks", "deletedAt", "deletedBy", "isErasure"},
    "ErasureReceipt": {
        *("id", "contactId", "erasedAt", "erasedBy", "reason", "counts", "document", "fingerprint"),
    },
    "ContactChange": {"cursor", "kind", "contact", "event"},
    "ContactExport": {"fileName", "json"},
    "UserError": {"code", "message", "path"},
    "PageInfo": {"hasNextPage", "hasPreviousPage", "startCursor", "endCursor"},
    "ContactConnection": {"edges", "nodes", "pageInfo", "totalCount"},
    "ContactNoteConnection": {"edges", "nodes", "pageInfo", "totalCount"},
    "ContactNoteRevisionConnection": {"edges", "nodes", "pageInfo", "totalCount"},
    "DeletedContactNoteConnection": {"edges", "nodes", "pageInfo", "totalCount"},
    "DeletedContactConnection": {"edges", "nodes", "pageInfo", "totalCount"},
    "ErasureReceiptConnection": {"edges", "nodes", "pageInfo", "totalCount"},
    "ContactEvent": {"id", "at", "agent", "source"},
    "ContactEventConnection": {"edges", "nodes", "pageInfo", "totalCount"},
    "ContactMergeConnection": {"edges", "nodes", "pageInfo", "totalCount"},
}
"""The names of the design, as far as they are built."""


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return the_schema()._schema


def own_types(schema: GraphQLSchema) -> list[object]:
    return [
        each
        for each in schema.type_map.values()
        if not is_introspection_type(each) and not is_specified_scalar_type(each)
    ]


def objects(schema: GraphQLSchema) -> dict[str, GraphQLObjectType | GraphQLInterfaceType]:
    found = [each for each in own_types(schema) if isinstance(each, GraphQLObjectType | GraphQLInterfaceType)]
    return {each.name: each for each in found}


def result_unions(schema: GraphQLSchema) -> dict[str, list[GraphQLObjectType]]:
    """The members of what each mutation answers with, by the mutation's name."""
    mutation = schema.mutation_type
    assert mutation is not None
    unions = {name: field.type for name, field in mutation.fields.items()}
    members = {}
    for name, answer in unions.items():
        assert isinstance(answer, GraphQLNonNull)
        assert isinstance(answer.of_type, GraphQLUnionType)
        members[name] = list(answer.of_type.types)
    return members


def test_the_committed_file_is_what_the_code_says() -> None:
    committed = (ROOT / "schema.graphql").read_text(encoding="utf-8")
    assert committed == create_schema().as_str() + "\n", "schema.graphql is not what the code says: run `make schema`"


def test_the_command_prints_the_committed_file() -> None:
    run = subprocess.run([sys.executable, "-m", "graph", "schema"], cwd=ROOT, capture_output=True, check=True)
    assert run.stdout == (ROOT / "schema.graphql").read_bytes(), "schema.graphql is out of date: run `make schema`"
    assert run.stderr == b""


def test_everything_has_a_description(schema: GraphQLSchema) -> None:
    without: list[str] = []

    def look(name: str, description: str | None) -> None:
        if not (description or "").strip():
            without.append(name)

    for each in own_types(schema):
        assert isinstance(
            each,
            GraphQLObjectType
            | GraphQLInterfaceType
            | GraphQLInputObjectType
            | GraphQLEnumType
            | GraphQLUnionType
            | GraphQLScalarType,
        )
        look(each.name, each.description)
        if isinstance(each, GraphQLObjectType | GraphQLInterfaceType):
            for name, field in each.fields.items():
                look(f"{each.name}.{name}", field.description)
                for argument, of in field.args.items():
                    look(f"{each.name}.{name}({argument}:)", of.description)
        elif isinstance(each, GraphQLInputObjectType):
            for name, given in each.fields.items():
                look(f"{each.name}.{name}", given.description)
        elif isinstance(each, GraphQLEnumType):
            for name, value in each.values.items():
                look(f"{each.name}.{name}", value.description)
    assert without == []


@pytest.mark.parametrize("name", SKETCH)
def test_the_names_of_the_design_are_there(schema: GraphQLSchema, name: str) -> None:
    missing = SKETCH[name] - set(objects(schema)[name].fields)
    assert missing == set()


def test_the_roots_have_nothing_that_the_design_has_not(schema: GraphQLSchema) -> None:
    """Whoever adds a root field adds it to the list above or to `tests/graph/cases`, whose tests walk over it."""
    found = objects(schema)
    assert set(found["Query"].fields) == SKETCH["Query"]
    assert set(found["Mutation"].fields) == SKETCH["Mutation"]
    assert set(found["Subscription"].fields) == SKETCH["Subscription"]


def test_every_mutation_takes_one_input_with_an_idempotency_key(schema: GraphQLSchema) -> None:
    for name, field in objects(schema)["Mutation"].fields.items():
        assert list(field.args) == ["input"], name
        given = field.args["input"].type
        assert isinstance(given, GraphQLNonNull)
        assert isinstance(given.of_type, GraphQLInputObjectType)
        assert "idempotencyKey" in given.of_type.fields, name
        is_edit = MUTATIONS[name].current is not None
        assert ("version" in given.of_type.fields) is is_edit, name


def test_every_mutation_answers_with_one_success_and_otherwise_user_errors(schema: GraphQLSchema) -> None:
    for name, members in result_unions(schema).items():
        errors = [each for each in members if any(of.name == "UserError" for of in each.interfaces)]
        successes = [each.name for each in members if each not in errors]
        assert successes == [f"{name[0].upper()}{name[1:]}Success"]


def test_no_two_members_of_the_value_union_share_a_field_name(schema: GraphQLSchema) -> None:
    union = schema.type_map["AttributeValue"]
    assert isinstance(union, GraphQLUnionType)
    names = [name for member in union.types for name in member.fields]
    assert sorted(names) == [
        *("boolean", "date", "dateTime", "email", "language", "number", "option", "options", "phone", "text", "url")
    ]


def test_all_that_can_happen_can_be_listed_in_one_selection(schema: GraphQLSchema) -> None:
    """A field of one name has one type in every event: otherwise a client would have to rename it."""
    event = schema.type_map["ContactEvent"]
    assert isinstance(event, GraphQLInterfaceType)
    shapes = schema.get_possible_types(event)
    assert len(shapes) == len(EventKind)
    fields = {(name, str(field.type)) for each in shapes for name, field in each.fields.items()}
    assert len({name for name, _ in fields}) == len(fields)


def test_the_given_value_is_a_one_of(schema: GraphQLSchema) -> None:
    given = schema.type_map["AttributeValueInput"]
    assert isinstance(given, GraphQLInputObjectType)
    assert len(given.fields) == 11
    told = the_schema().execute_sync('{ __type(name: "AttributeValueInput") { isOneOf } }')
    assert told.data == {"__type": {"isOneOf": True}}


def test_every_scalar_says_where_it_is_specified(schema: GraphQLSchema) -> None:
    scalars = [each for each in own_types(schema) if isinstance(each, GraphQLScalarType)]
    assert {each.name: each.specified_by_url is not None for each in scalars} == dict.fromkeys(
        ["DateTime", "Date", "EmailAddress", "PhoneNumber", "URL", "LanguageTag"], True
    )


def test_whatever_has_an_id_to_be_asked_for_is_a_node(schema: GraphQLSchema) -> None:
    nodes = {name for name, each in objects(schema).items() if any(of.name == "Node" for of in each.interfaces)}
    with_ids = {name for name, each in objects(schema).items() if "id" in each.fields}
    # An option's id is compared and handed to a mutation, and unique among options alone.
    assert with_ids - nodes == {"Node", "AttributeOption"}
