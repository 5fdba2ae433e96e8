"""Contacts and anything by its id."""

from __future__ import annotations

from graph.paging import encode_cursor
from tests.graph.cases.tenancy import Case, gid


def of_contacts(argument: str) -> Case:
    # The place before all names, so that what lies beyond it is the whole list, whosever the cursor was.
    query = f"""query ($at: String) {{
      contacts({argument}: $at) {{ totalCount nodes {{ id }} pageInfo {{ hasNextPage hasPreviousPage }} }}
    }}"""
    return lambda me, them: (query, {"at": encode_cursor("contact", "", them.contact())})


TENANCY: dict[str, Case] = {
    "Query.contact(id)": lambda _, them: (
        "query ($id: ID!) { contact(id: $id) { name } }",
        {"id": gid("Contact", them.contact())},
    ),
    "Query.contactByIdentity(externalId)": lambda _, them: (
        "query ($id: String!) { contactByIdentity(network: TWITTER, externalId: $id) { name } }",
        {"id": them.organization},
    ),
    "Query.contacts(after)": of_contacts("after"),
    "Query.contacts(before)": of_contacts("before"),
    "Query.node(id)": lambda _, them: ("query ($id: ID!) { node(id: $id) { __typename } }", {"id": them.node_ids()[4]}),
    "Query.nodes(ids)": lambda _, them: (
        "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename } }",
        {"ids": them.node_ids()},
    ),
}
