"""Attributes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from domain.events import ContactEvent, EventKind, ValueChange
from domain.values import TextValue
from graph.attributes import TYPE_NAMES
from graph.paging import encode_cursor
from tests.builders import MORNING, held
from tests.conftest import World
from tests.graph.asking_graphql import Answer, contact_gid
from tests.graph.cases.case import MutationCase
from tests.graph.cases.selections import CONTACT, LINE
from tests.graph.cases.tenancy import ERROR, Case, Tenant, constant, gid, mutation, my_contact, their_contact, their_key


async def remember_more(world: World, organization: str) -> None:
    """Log that the bio was something else once; numbered so that the versions after it can be told from it."""
    definition_id = "d-bio" if organization == "acme" else f"{organization}-d-bio"
    once = replace(held("bio", TextValue("Once."), version=4), definition_id=definition_id)
    event = ContactEvent("e1", "c1", MORNING, EventKind.VALUES_CHANGED, "jo", values=(ValueChange(None, once),))
    await world.stores(organization).transact(lambda changes: changes.events.add(event))


CASES = [
    MutationCase(
        name="contactAttributeSet",
        good={"contactId": contact_gid("c1"), "key": "bio", "value": {"text": "New."}},
        other={"value": {"text": "Newer."}},
        selection=f"attribute {{ __typename {LINE} }} contact {{ {CONTACT} }}",
        missing=("contactId", "Contact"),
        current="Attribute",
        capability=None,
        is_locked=True,
        elsewhere=frozenset({"ValueTaken"}),
    ),
    MutationCase(
        name="contactAttributeRestore",
        good={"contactId": contact_gid("c1"), "key": "bio", "restoreVersion": 4},
        other={"restoreVersion": 5},
        selection=f"attribute {{ __typename {LINE} }} contact {{ {CONTACT} }}",
        missing=("contactId", "Contact"),
        current="Attribute",
        capability=None,
        is_locked=True,
        elsewhere=frozenset({"ValueTaken"}),
        prepare=remember_more,
    ),
    MutationCase(
        name="contactAttributesSet",
        good={
            "contactId": contact_gid("c1"),
            "values": [{"key": "bio", "value": {"text": "New."}}, {"key": "followers", "value": {"number": 0}}],
        },
        other={"values": [{"key": "bio", "value": None}]},
        selection=f"attributes {{ __typename {LINE} }} contact {{ {CONTACT} }}",
        missing=("contactId", "Contact"),
        current=None,
        capability=None,
        elsewhere=frozenset({"ValuesRefused"}),
    ),
    MutationCase(
        name="contactAttributeClear",
        good={"contactId": contact_gid("c1"), "key": "bio"},
        other={"key": "newsletter"},
        selection=f"attribute {{ __typename {LINE} }} contact {{ {CONTACT} }}",
        missing=("contactId", "Contact"),
        current="Attribute",
        capability=None,
        is_locked=True,
    ),
]

TEXT = {"text": "Mine now."}


def several(key: Callable[[Tenant, Tenant], str], value: Callable[[Tenant, Tenant], Answer]) -> Case:
    """Set the one value with the mutation that takes several."""
    values = {"values": lambda me, them: [{"key": key(me, them), "value": value(me, them)}]}
    asked = mutation("contactAttributesSet", contactId=my_contact, **values)

    def with_errors(me: Tenant, them: Tenant) -> tuple[str, Answer]:
        query, variables = asked(me, them)
        return query.replace(ERROR, f"{ERROR} ... on ValuesRefused {{ errors {{ code message path }} }}"), variables

    return with_errors


def of_history(argument: str) -> Case:
    """Ask for the history of one's own attribute with a cursor that names what happened to another's."""
    query = f"""query ($id: ID!, $at: String) {{ contact(id: $id) {{ attribute(key: "bio") {{ ... on Attribute {{
      history({argument}: $at) {{ nodes {{ version }} pageInfo {{ hasNextPage hasPreviousPage }} }}
    }} }} }} }}"""
    return lambda me, them: (
        query,
        {"id": gid("Contact", me.contact()), "at": encode_cursor("history", 0, f"{them.organization}-e")},
    )


TENANCY: dict[str, Case] = {
    "Contact.attribute(key)": lambda me, them: (
        "query ($id: ID!, $key: String!) { contact(id: $id) { attribute(key: $key) { __typename } } }",
        {"id": gid("Contact", me.contact()), "key": f"secret_{them.organization}"},
    ),
    "contactAttributeSet.contactId": mutation(
        "contactAttributeSet", contactId=their_contact, key=constant("bio"), value=constant(TEXT)
    ),
    "contactAttributeSet.key": mutation(
        "contactAttributeSet", contactId=my_contact, key=their_key, value=constant(TEXT)
    ),
    "contactAttributeSet.value.select": mutation(
        "contactAttributeSet",
        contactId=my_contact,
        key=lambda me, _: f"secret_{me.organization}",
        value=lambda _, them: {"select": f"{them.organization}-option"},
    ),
    "contactAttributeSet.value.multiSelect": mutation(
        "contactAttributeSet",
        contactId=my_contact,
        key=lambda me, _: f"many_{me.organization}",
        value=lambda _, them: {"multiSelect": [f"{them.organization}-option"]},
    ),
    "contactAttributeRestore.contactId": mutation(
        "contactAttributeRestore", contactId=their_contact, key=constant("bio"), restoreVersion=constant(1)
    ),
    "contactAttributeRestore.key": mutation(
        "contactAttributeRestore", contactId=my_contact, key=their_key, restoreVersion=constant(1)
    ),
    "contactAttributesSet.contactId": mutation(
        "contactAttributesSet", contactId=their_contact, values=constant([{"key": "bio", "value": TEXT}])
    ),
    "contactAttributesSet.values.key": several(their_key, lambda me, _: {"select": f"{me.organization}-option"}),
    "contactAttributesSet.values.value.select": several(
        lambda me, _: f"secret_{me.organization}", lambda _, them: {"select": f"{them.organization}-option"}
    ),
    "contactAttributesSet.values.value.multiSelect": several(
        lambda me, _: f"many_{me.organization}", lambda _, them: {"multiSelect": [f"{them.organization}-option"]}
    ),
    **{
        f"{kind}.history({argument})": of_history(argument)
        for kind in ("Attribute", *TYPE_NAMES)
        for argument in ("after", "before")
    },
    "contactAttributeClear.contactId": mutation("contactAttributeClear", contactId=their_contact, key=constant("bio")),
    "contactAttributeClear.key": mutation("contactAttributeClear", contactId=my_contact, key=their_key),
}
NAMES_NOTHING = {
    f"{value}.{each}"
    for value in ("contactAttributeSet.value", "contactAttributesSet.values.value")
    for each in ("text", "email", "phone", "url", "language")
}
"""Texts that are kept as they are and lead nowhere."""
