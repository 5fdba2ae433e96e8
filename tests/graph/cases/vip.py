"""VIP."""

from __future__ import annotations

from tests.graph.asking_graphql import contact_gid
from tests.graph.cases.case import MutationCase
from tests.graph.cases.selections import CONTACT
from tests.graph.cases.tenancy import Case, mutation, their_contact

CASES = [
    MutationCase(
        name="contactVipSet",
        good={"contactId": contact_gid("c1"), "reason": "Ambassador"},
        other={"reason": None},
        selection=f"contact {{ {CONTACT} }}",
        missing=("contactId", "Contact"),
        current="Contact",
        capability="SET_VIP",
    ),
    MutationCase(
        name="contactVipClear",
        good={"contactId": contact_gid("c1")},
        other={"version": 1},
        selection=f"contact {{ {CONTACT} }}",
        missing=("contactId", "Contact"),
        current="Contact",
        capability="SET_VIP",
    ),
]

TENANCY: dict[str, Case] = {
    "contactVipSet.contactId": mutation("contactVipSet", contactId=their_contact),
    "contactVipClear.contactId": mutation("contactVipClear", contactId=their_contact),
}
NAMES_NOTHING = {"contactVipSet.reason"}
