"""Deletion, and its log."""

from __future__ import annotations

from domain.agents import Role
from graph.paging import encode_cursor
from tests.conftest import World
from tests.erasing import a_deletion, add_deletions
from tests.graph.asking_graphql import contact_gid
from tests.graph.cases.case import MutationCase
from tests.graph.cases.tenancy import Case, Tenant, mutation, their_contact

ENTRY = "id contactId hint networks deletedAt isErasure deletedBy { name }"
FAR_AHEAD = 4_102_444_800_000
"""The milliseconds of 2100: before all entries of a list that is newest first."""

CASES = [
    MutationCase(
        name="contactDelete",
        good={"contactId": contact_gid("c1")},
        other={"version": 1},
        selection=f"deletedContactId deletedContact {{ {ENTRY} }}",
        missing=("contactId", "Contact"),
        current="Contact",
        capability="DELETE_CONTACTS",
        role=Role.ADMIN,
        events=0,
        late="NotFound",
    ),
]


def of_admins_list(field: str, argument: str, kind: str) -> Case:
    # The place before all, so that what lies beyond it is the whole list, whosever the cursor was.
    query = f"""query ($at: String) {{
      {field}({argument}: $at) {{ totalCount nodes {{ id }} pageInfo {{ hasNextPage hasPreviousPage }} }}
    }}"""
    return lambda _, them: (query, {"at": encode_cursor(kind, FAR_AHEAD, f"{them.organization}-x")})


async def fill_tenant(world: World, tenant: Tenant) -> None:
    entry = a_deletion(f"{tenant.organization}-x", deleted_id=f"{tenant.organization}-gone")
    await add_deletions(world, entry, organization_id=tenant.organization)


TENANCY: dict[str, Case] = {
    "Query.deletedContacts(after)": of_admins_list("deletedContacts", "after", "deletion"),
    "Query.deletedContacts(before)": of_admins_list("deletedContacts", "before", "deletion"),
    "contactDelete.contactId": mutation("contactDelete", contactId=their_contact),
}
FOR_ADMINS = set(TENANCY)
