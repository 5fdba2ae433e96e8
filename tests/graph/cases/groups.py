"""Contact groups: made, changed, put in order, deleted."""

from __future__ import annotations

from collections.abc import Callable

from domain.agents import Role
from domain.group_rules import VipCondition
from graph.nodes import encode_id
from graph.paging import encode_cursor
from tests.builders import a_group
from tests.conftest import World
from tests.graph.asking_graphql import Answer
from tests.graph.cases.case import MutationCase
from tests.graph.cases.selections import GROUP
from tests.graph.cases.tenancy import Case, Tenant, constant, gid, mutation, their_key

G1, G2 = encode_id("ContactGroup", "g1"), encode_id("ContactGroup", "g2")
VIPS: Answer = {"isVip": True}


async def two_groups(world: World, organization: str) -> None:
    groups = [a_group("g1", position=0), a_group("g2", VipCondition(is_vip=False), position=1)]
    await world.add_groups(*groups, organization_id=organization)


def of_one(name: str, good: Answer, other: Answer, selection: str, late: str = "Conflict", *more: str) -> MutationCase:
    return MutationCase(
        name=name,
        good={"groupId": G1, **good},
        other=other,
        selection=selection,
        missing=("groupId", "ContactGroup"),
        current="ContactGroup",
        capability="MANAGE_GROUPS",
        role=Role.ADMIN,
        prepare=two_groups,
        events=0,
        late=late,
        elsewhere=frozenset(more),
    )


CASES = [
    MutationCase(
        name="contactGroupCreate",
        good={"name": "Regulars", "match": "ANY", "conditions": [VIPS]},
        other={"match": "ALL"},
        selection=f"group {{ {GROUP} }}",
        missing=None,
        current=None,
        capability="MANAGE_GROUPS",
        role=Role.ADMIN,
        events=0,
        elsewhere=frozenset({"GroupNameTaken"}),
    ),
    of_one(
        "contactGroupUpdate",
        {"name": "Regulars"},
        {"match": "ANY"},
        f"group {{ {GROUP} }}",
        "Conflict",
        "GroupNameTaken",
    ),
    of_one("contactGroupReorder", {"afterId": G2}, {"version": 1}, "groups { id }"),
    of_one("contactGroupDelete", {}, {"version": 1}, "deletedGroupId", "NotFound"),
]


async def fill_tenant(world: World, tenant: Tenant) -> None:
    org = tenant.organization
    groups = [a_group(f"{org}-g", name=f"Of {org}"), a_group(f"{org}-g2", name=f"Second of {org}", position=1)]
    await world.add_groups(*groups, organization_id=org)


Conditions = Callable[[Tenant, Tenant], object]


def their_group(_me: Tenant, them: Tenant) -> str:
    return gid("ContactGroup", f"{them.organization}-g")


def of_members(argument: str) -> Case:
    query = f"""query ($id: ID!, $at: String) {{ node(id: $id) {{ ... on ContactGroup {{
      contacts({argument}: $at) {{ nodes {{ name }} pageInfo {{ hasNextPage hasPreviousPage }} }} }} }} }}"""
    at = encode_cursor("contact", "", "x")
    return lambda _, them: (query, {"id": their_group(them, them), "at": at})


STALE = constant(99)

TENANCY: dict[str, Case] = {
    "contactGroupUpdate.groupId": mutation("contactGroupUpdate", groupId=their_group, version=STALE),
    "contactGroupReorder.groupId": mutation("contactGroupReorder", groupId=their_group, version=STALE),
    "contactGroupReorder.afterId": mutation(
        "contactGroupReorder",
        groupId=lambda me, _: gid("ContactGroup", f"{me.organization}-g2"),
        afterId=their_group,
        version=STALE,
    ),
    "contactGroupDelete.groupId": mutation("contactGroupDelete", groupId=their_group, version=STALE),
}


def on(key: Callable[[Tenant, Tenant], str], operator: str, **values: Callable[[Tenant, Tenant], object]) -> Conditions:
    """Make a condition on the attribute of a key, with the values if there are any."""

    def conditions(me: Tenant, them: Tenant) -> object:
        given = [{name: of(me, them)} for name, of in values.items()]
        return [{"attribute": {"key": key(me, them), "operator": operator, "values": given}}]

    return conditions


def creating(conditions: Conditions) -> Case:
    return mutation("contactGroupCreate", name=constant("New"), match=constant("ALL"), conditions=conditions)


def updating(conditions: Conditions) -> Case:
    mine = lambda me, _: gid("ContactGroup", f"{me.organization}-g")  # noqa: E731 - a callback like the others
    return mutation("contactGroupUpdate", groupId=mine, conditions=conditions, version=STALE)


# No select is greater than anything: one's own attribute is refused for another reason than what is not there.
NAMED: dict[str, Conditions] = {
    "key": on(their_key, "GREATER_THAN"),
    "values.select": on(
        lambda me, _: f"secret_{me.organization}", "IS", select=lambda _, them: f"{them.organization}-option"
    ),
    "values.multiSelect": on(
        lambda me, _: f"many_{me.organization}", "ANY_OF", multiSelect=lambda _, them: [f"{them.organization}-option"]
    ),
}
for what, named in NAMED.items():
    TENANCY[f"contactGroupCreate.conditions.attribute.{what}"] = creating(named)
    TENANCY[f"contactGroupUpdate.conditions.attribute.{what}"] = updating(named)
FOR_ADMINS = set(TENANCY)
TENANCY |= {"ContactGroup.contacts(after)": of_members("after"), "ContactGroup.contacts(before)": of_members("before")}
NAMES_NOTHING = {
    *(f"{name}.name" for name in ("contactGroupCreate", "contactGroupUpdate")),
    *(
        f"{name}.conditions.attribute.values.{each}"
        for name in ("contactGroupCreate", "contactGroupUpdate")
        for each in ("text", "email", "phone", "url", "language")
    ),
}
