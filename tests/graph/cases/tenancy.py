"""For every place of the schema where a client can name something: a question that names what is another's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType, get_named_type

from graph.nodes import encode_id
from graph.paging import encode_cursor
from tests.graph.asking_graphql import Answer, the_schema


@dataclass(frozen=True, slots=True)
class Tenant:
    """An organization, who asks for it, and the local ids of what it has."""

    organization: str
    agent: str
    admin: str = "nobody"
    """Asks in the place of the agent where `FOR_ADMINS` of a module of cases names the place."""

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
            "Conversation": f"{org}-v",
            "ContactGroup": f"{org}-g",
            "Team": f"{org}-team",
            "SkillSet": f"{org}-s",
            "QueueSettings": org,
            "ContactNoteRevision": f"{org}-n:1",
            "DeletedContactNote": f"{org}-gone",
            "SocialIdentity": f"TWITTER:{org}",
            "CustomAttribute": f"{contact}:secret_{org}",
            "CommonAttribute": f"{contact}:email",
            "CrmAttribute": f"{contact}:segment",
        }
        return [encode_id(kind, name) for kind, name in names.items()]


ERROR = "... on UserError { code message path }"

ACME, OTHER = Tenant("acme", "jo", "ada"), Tenant("other", "mo", "eve")
NOBODY = Tenant("nobody", "nobody")
"""Has nothing: what naming something of theirs is answered with is how the absent is answered."""


def gid(kind: str, local_id: str) -> str:
    return encode_id(kind, local_id)


Case = Callable[[Tenant, Tenant], tuple[str, Answer]]
"""Makes a document and its variables of who asks and whose thing is named."""


def of_list(field: str, argument: str, kind: str, *before: str | int) -> Case:
    """Ask for a list of one's own contact with a cursor that names what is another's in its last part."""
    query = f"""query ($id: ID!, $at: String) {{ contact(id: $id) {{
      {field}({argument}: $at) {{ nodes {{ __typename }} pageInfo {{ hasNextPage hasPreviousPage }} }}
    }} }}"""
    return lambda me, them: (
        query,
        {"id": gid("Contact", me.contact()), "at": encode_cursor(kind, *before, f"{them.organization}-n")},
    )


def mutation(name: str, /, **given: Callable[[Tenant, Tenant], Any]) -> Case:
    query = f"mutation ($input: {name[0].upper()}{name[1:]}Input!) {{ {name}(input: $input) {{ __typename {ERROR} }} }}"
    return lambda me, them: (query, {"input": {key: of(me, them) for key, of in given.items()}})


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


def inputs(prefix: str, given: object, around: frozenset[str] = frozenset()) -> set[str]:
    """Return the places in an input; one that holds inputs of its own type is looked into once."""
    if not isinstance(given, GraphQLInputObjectType) or given.name in around:
        return set()
    found: set[str] = set()
    for name, field in given.fields.items():
        kind = get_named_type(field.type)
        place = f"{prefix}.{name}"
        found |= {place} if kind.name in {"ID", "String"} else inputs(place, kind, around | {given.name})
    return found
