"""Contacts and anything by its id."""

from __future__ import annotations

from tests.graph.cases.tenancy import Case, gid

TENANCY: dict[str, Case] = {
    "Query.contact(id)": lambda _, them: (
        "query ($id: ID!) { contact(id: $id) { name } }",
        {"id": gid("Contact", them.contact())},
    ),
    "Query.contactByIdentity(externalId)": lambda _, them: (
        "query ($id: String!) { contactByIdentity(network: TWITTER, externalId: $id) { name } }",
        {"id": them.organization},
    ),
    "Query.node(id)": lambda _, them: ("query ($id: ID!) { node(id: $id) { __typename } }", {"id": them.node_ids()[4]}),
    "Query.nodes(ids)": lambda _, them: (
        "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename } }",
        {"ids": them.node_ids()},
    ),
}
