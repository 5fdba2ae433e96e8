"""Privacy: erasures, their receipts, and the export of one person."""

from __future__ import annotations

from domain.agents import Role
from tests.conftest import World
from tests.erasing import a_receipt, add_receipts
from tests.graph.asking_graphql import contact_gid
from tests.graph.cases.case import MutationCase
from tests.graph.cases.deletion import of_admins_list
from tests.graph.cases.tenancy import Case, Tenant, gid, mutation, their_contact

RECEIPT = """id contactId erasedAt erasedBy { name } reason document fingerprint
  counts { notes revisions values identities events merges conversations conversationNotes answers }"""

CASES = [
    MutationCase(
        name="contactErase",
        good={"contactId": contact_gid("c1"), "reason": "Asked by letter."},
        other={"reason": None},
        selection=f"deletedContactId receipt {{ {RECEIPT} }}",
        missing=("contactId", "Contact"),
        current=None,
        capability="DELETE_CONTACTS",
        role=Role.ADMIN,
        events=0,
    ),
]


async def fill_tenant(world: World, tenant: Tenant) -> None:
    await add_receipts(world, a_receipt(f"{tenant.organization}-x", organization_id=tenant.organization))


TENANCY: dict[str, Case] = {
    "Query.contactExport(id)": lambda _, them: (
        "query ($id: ID!) { contactExport(id: $id) { fileName json } }",
        {"id": gid("Contact", them.contact())},
    ),
    "Query.erasureReceipt(id)": lambda _, them: (
        "query ($id: ID!) { erasureReceipt(id: $id) { fingerprint } }",
        {"id": gid("ErasureReceipt", f"{them.organization}-x")},
    ),
    "Query.erasureReceipts(after)": of_admins_list("erasureReceipts", "after", "receipt"),
    "Query.erasureReceipts(before)": of_admins_list("erasureReceipts", "before", "receipt"),
    "contactErase.contactId": mutation("contactErase", contactId=their_contact),
}
NAMES_NOTHING = {"contactErase.reason"}
FOR_ADMINS = set(TENANCY)
