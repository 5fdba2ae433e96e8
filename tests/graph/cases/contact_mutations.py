"""Contacts that are made and renamed."""

from __future__ import annotations

from collections.abc import Callable

from tests.graph.asking_graphql import Answer, contact_gid
from tests.graph.cases.case import MutationCase
from tests.graph.cases.identities import IDENTITY, TEXTS, by_handle, by_id
from tests.graph.cases.selections import CONTACT, LINE
from tests.graph.cases.tenancy import ERROR, Case, Tenant, constant, mutation, of_list, their_contact

CASES = [
    MutationCase(
        name="contactCreate",
        good={
            "name": "Ann Roe",
            "identities": [{"network": "EMAIL", "handle": "Ann@Example.com"}],
            "values": [{"key": "bio", "value": {"text": "Hello."}}],
        },
        other={"name": "Ann"},
        selection=f"""contactEdge {{ cursor node {{ id }} }}
          contact {{ {CONTACT} avatarUrl identities {{ {IDENTITY} }} attribute(key: "bio") {{ {LINE} }} }}""",
        missing=None,
        current=None,
        capability="EDIT_CONTACTS",
        elsewhere=frozenset({"IdentityTaken", "ValuesRefused"}),
    ),
    MutationCase(
        name="contactRename",
        good={"contactId": contact_gid("c1"), "name": "Jane Doe"},
        other={"name": "Jane"},
        selection=f"contact {{ {CONTACT} }}",
        missing=("contactId", "Contact"),
        current="Contact",
        capability="EDIT_CONTACTS",
    ),
]


def creating(identity: Callable[[Tenant], dict[str, str]]) -> Case:
    """Make a contact with an identity that may be another's; one's own is beside it, so that nobody is made."""
    return mutation(
        "contactCreate",
        name=constant("New"),
        identities=lambda me, them: [identity(them), *([by_id(me)] if identity(them) != by_id(me) else [])],
    )


def with_value(key: Callable[[Tenant, Tenant], str], value: Callable[[Tenant, Tenant], Answer]) -> Case:
    values = {"values": lambda me, them: [{"key": key(me, them), "value": value(me, them)}]}
    asked = mutation("contactCreate", name=constant("New"), identities=constant([]), **values)

    def with_errors(me: Tenant, them: Tenant) -> tuple[str, Answer]:
        query, variables = asked(me, them)
        return query.replace(ERROR, f"{ERROR} ... on ValuesRefused {{ errors {{ code message path }} }}"), variables

    return with_errors


TENANCY: dict[str, Case] = {
    "Contact.timeline(after)": of_list("timeline", "after", "event", 0),
    "Contact.timeline(before)": of_list("timeline", "before", "event", 0),
    "contactRename.contactId": mutation("contactRename", contactId=their_contact, name=constant("Mine now.")),
    "contactCreate.identities.externalId": creating(by_id),
    "contactCreate.identities.handle": creating(by_handle),
    "contactCreate.values.key": with_value(
        lambda _, them: f"secret_{them.organization}", lambda _me, _them: {"text": "wrong"}
    ),
    "contactCreate.values.value.select": with_value(
        lambda me, _: f"secret_{me.organization}", lambda _, them: {"select": f"{them.organization}-option"}
    ),
    "contactCreate.values.value.multiSelect": with_value(
        lambda me, _: f"many_{me.organization}", lambda _, them: {"multiSelect": [f"{them.organization}-option"]}
    ),
}
NAMES_NOTHING = {
    *("contactRename.name", "contactCreate.name", "contactCreate.avatarUrl"),
    *(f"contactCreate.identities.{each}" for each in TEXTS),
    *(f"contactCreate.values.value.{each}" for each in ("text", "email", "phone", "url", "language")),
}
