"""For every place of the schema where a client can name something: a question that names what is another's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType, get_named_type

from graph.nodes import encode_id
from graph.paging import encode_cursor
from tests.graph.asking_graphql import Answer, the_schema
from tests.graph.mutations import document


@dataclass(frozen=True, slots=True)
class Tenant:
    """An organization, who asks for it, and the local ids of what it has."""

    organization: str
    agent: str

    def contact(self) -> str:
        return f"{self.organization}-c"

    def node_ids(self) -> list[str]:
        """Of one thing of each type."""
        contact, org = self.contact(), self.organization
        names = {
            "Organization": org,
            "Agent": self.agent,
            "AttributeDefinition": f"{org}-secret",
            "Contact": contact,
            "ContactNote": f"{org}-n",
            "SocialIdentity": f"TWITTER:{org}",
            "CustomAttribute": f"{contact}:secret_{org}",
            "CommonAttribute": f"{contact}:email",
            "CrmAttribute": f"{contact}:segment",
        }
        return [encode_id(kind, name) for kind, name in names.items()]


ACME, OTHER = Tenant("acme", "jo"), Tenant("other", "mo")
NOBODY = Tenant("nobody", "nobody")
"""Has nothing: what naming something of theirs is answered with is how the absent is answered."""


def gid(kind: str, local_id: str) -> str:
    return encode_id(kind, local_id)


Case = Callable[[Tenant, Tenant], tuple[str, Answer]]
"""Makes a document and its variables of who asks and whose thing is named."""


def of_own_notes(argument: str) -> Case:
    query = f"""query ($id: ID!, $at: String) {{ contact(id: $id) {{
      notes({argument}: $at) {{ nodes {{ body }} pageInfo {{ hasNextPage hasPreviousPage }} }}
    }} }}"""
    return lambda me, them: (
        query,
        {"id": gid("Contact", me.contact()), "at": encode_cursor("note", 0, f"{them.organization}-n")},
    )


def of_contacts(argument: str) -> Case:
    # The place before all names, so that what lies beyond it is the whole list, whosever the cursor was.
    query = f"""query ($at: String) {{
      contacts({argument}: $at) {{ totalCount nodes {{ id }} pageInfo {{ hasNextPage hasPreviousPage }} }}
    }}"""
    return lambda me, them: (query, {"at": encode_cursor("contact", "", them.contact())})


def mutation(name: str, **given: Callable[[Tenant, Tenant], Any]) -> Case:
    return lambda me, them: (document(name), {"input": {key: of(me, them) for key, of in given.items()}})


def constant(value: Any) -> Callable[[Tenant, Tenant], Any]:
    return lambda _me, _them: value


def my_contact(me: Tenant, _them: Tenant) -> str:
    return gid("Contact", me.contact())


def their_contact(_me: Tenant, them: Tenant) -> str:
    return gid("Contact", them.contact())


def their_note(_me: Tenant, them: Tenant) -> str:
    return gid("ContactNote", f"{them.organization}-n")


def their_key(_me: Tenant, them: Tenant) -> str:
    return f"secret_{them.organization}"


TEXT = {"text": "Mine now."}
CASES: dict[str, Case] = {
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
    "Contact.attribute(key)": lambda me, them: (
        "query ($id: ID!, $key: String!) { contact(id: $id) { attribute(key: $key) { __typename } } }",
        {"id": gid("Contact", me.contact()), "key": f"secret_{them.organization}"},
    ),
    "Contact.notes(after)": of_own_notes("after"),
    "Contact.notes(before)": of_own_notes("before"),
    "contactNoteAdd.contactId": mutation("contactNoteAdd", contactId=their_contact, body=constant("x")),
    "contactNoteEdit.noteId": mutation("contactNoteEdit", noteId=their_note, body=constant("Mine now.")),
    "contactNoteDelete.noteId": mutation("contactNoteDelete", noteId=their_note),
    "contactVipSet.contactId": mutation("contactVipSet", contactId=their_contact),
    "contactVipClear.contactId": mutation("contactVipClear", contactId=their_contact),
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

NAMES_NOTHING = {
    *("contactNoteAdd.body", "contactNoteEdit.body", "contactVipSet.reason"),
    *(f"contactAttributeSet.value.{each}" for each in ("text", "email", "phone", "url", "language")),
}
"""Texts that are kept as they are and lead nowhere."""


def places() -> set[str]:
    """Every place of the schema where a client names something: an argument or input field of ID or String."""
    found: set[str] = set()
    schema = the_schema()._schema
    for each in schema.type_map.values():
        if isinstance(each, GraphQLObjectType | GraphQLInterfaceType) and not each.name.startswith("__"):
            for name, field in each.fields.items():
                for argument, of in field.args.items():
                    if each.name == "Mutation":
                        found |= inputs(name, get_named_type(of.type))
                    elif get_named_type(of.type).name in {"ID", "String"}:
                        found.add(f"{each.name}.{name}({argument})")
                    else:
                        found |= inputs(f"{each.name}.{name}({argument})", get_named_type(of.type))
    return found


def inputs(prefix: str, given: object) -> set[str]:
    if not isinstance(given, GraphQLInputObjectType):
        return set()
    found: set[str] = set()
    for name, field in given.fields.items():
        kind = get_named_type(field.type)
        found |= {f"{prefix}.{name}"} if kind.name in {"ID", "String"} else inputs(f"{prefix}.{name}", kind)
    return found
