"""Merging, its undoing, and possible duplicates."""

from __future__ import annotations

from domain.agents import Role
from domain.contacts import Network
from tests.builders import a_contact, a_note, an_identity
from tests.conftest import World
from tests.graph.asking_graphql import contact_gid
from tests.graph.cases.case import MutationCase
from tests.graph.cases.selections import CONTACT
from tests.graph.cases.tenancy import Case, Tenant, constant, gid, mutation, my_contact, of_list, their_contact
from tests.merging import add_merged

MERGE = "id mergedAt mergedBy { name } otherName mergedContactId contact { id } isUndone undoneAt undoneBy { name }"
MOVES = "moves { identities notes events attributes }"
CANDIDATE = "text value { __typename ... on TextValue { text } } provenance { source at agent { name } }"
PREVIEW = f"""preview {{ {MOVES} conflicts {{
  field definition {{ key }} survivor {{ {CANDIDATE} }} other {{ {CANDIDATE} }} chosen
}} }}"""
OTHER = a_contact("c2", name="J. Roe", identities=(an_identity("j", network=Network.TELEGRAM),), note_count=1)


async def two_contacts(world: World, organization_id: str) -> None:
    await world.add_contacts(OTHER, organization_id=organization_id)
    await world.add_notes(a_note("c2", id="n2"), organization_id=organization_id)


async def a_merge(world: World, organization_id: str) -> None:
    await world.add_notes(a_note("c2", id="n2"), organization_id=organization_id)
    await add_merged(world, "c1", OTHER, organization_id=organization_id)


CASES = [
    MutationCase(
        name="contactMerge",
        good={"survivorId": contact_gid("c1"), "otherId": contact_gid("c2")},
        other={"otherVersion": 1},
        selection=f"contact {{ {CONTACT} }} mergedContactId merge {{ {MERGE} }} {PREVIEW}",
        missing=("survivorId", "Contact"),
        current="Contact",
        capability="MERGE_CONTACTS",
        role=Role.ADMIN,
        elsewhere=frozenset({"MergeUnresolved"}),
        prepare=two_contacts,
    ),
    MutationCase(
        name="contactUnmerge",
        good={"mergeId": gid("ContactMerge", "m1")},
        other={"dryRun": True},
        selection=f"contact {{ {CONTACT} }} otherContact {{ {CONTACT} }} merge {{ {MERGE} }} {MOVES}",
        missing=("mergeId", "ContactMerge"),
        current=None,
        capability="MERGE_CONTACTS",
        role=Role.ADMIN,
        elsewhere=frozenset({"UnmergeContradicted"}),
        prepare=a_merge,
        events=2,
    ),
]


async def fill_tenant(world: World, tenant: Tenant) -> None:
    org = tenant.organization
    await add_merged(world, tenant.contact(), a_contact(f"{org}-old"), merge_id=f"{org}-m", organization_id=org)


CHOICE = "contactMerge.choices.key"
TENANCY: dict[str, Case] = {
    "Contact.merges(after)": of_list("merges", "after", "merge", 0),
    "Contact.merges(before)": of_list("merges", "before", "merge", 0),
    "contactMerge.survivorId": mutation("contactMerge", survivorId=their_contact, otherId=my_contact),
    # Without the path, which names the argument: «other» is also the name of an organization.
    "contactMerge.otherId": lambda me, them: (
        "mutation ($input: ContactMergeInput!) { contactMerge(input: $input) { ... on UserError { code message } } }",
        {"input": {"survivorId": my_contact(me, them), "otherId": their_contact(me, them)}},
    ),
    CHOICE: mutation(
        "contactMerge",
        survivorId=my_contact,
        otherId=constant(contact_gid("nobody")),
        choices=lambda _, them: [{"field": "ATTRIBUTE", "key": f"secret_{them.organization}", "from": "OTHER"}],
    ),
    "contactUnmerge.mergeId": mutation(
        "contactUnmerge", mergeId=lambda _, them: gid("ContactMerge", f"{them.organization}-m")
    ),
}
FOR_ADMINS = {each for each in TENANCY if not each.startswith("Contact.")}
