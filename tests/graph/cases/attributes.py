"""Attributes."""

from __future__ import annotations

from tests.graph.asking_graphql import contact_gid
from tests.graph.cases.case import MutationCase
from tests.graph.cases.selections import CONTACT, LINE
from tests.graph.cases.tenancy import Case, constant, gid, mutation, my_contact, their_contact, their_key

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
    "contactAttributeClear.contactId": mutation("contactAttributeClear", contactId=their_contact, key=constant("bio")),
    "contactAttributeClear.key": mutation("contactAttributeClear", contactId=my_contact, key=their_key),
}
NAMES_NOTHING = {f"contactAttributeSet.value.{each}" for each in ("text", "email", "phone", "url", "language")}
"""Texts that are kept as they are and lead nowhere."""
