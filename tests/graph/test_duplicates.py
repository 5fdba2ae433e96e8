"""Possible duplicates in the API: whom, why, what speaks against it, and what an agent never learns."""

from __future__ import annotations

from domain.contacts import Network
from domain.definitions import ValueType
from domain.values import EmailValue, PhoneValue
from graph.nodes import encode_id
from tests.builders import a_contact, a_definition, an_identity, an_organization, held
from tests.conftest import Commands, World
from tests.graph.asking_graphql import Answer, ask, contact_gid, execute_in, refused

QUERY = """query ($id: ID!, $first: Int) { contact(id: $id) { possibleDuplicates(first: $first) {
  contact { id } reasons { kind value }
  contradictions { network own { id } others { id } }
} } }"""
MAIL, PHONE = "jane@example.com", "+12025550101"
ME = a_contact(
    "c1",
    identities=(an_identity("1"), an_identity(MAIL, network=Network.EMAIL, handle=MAIL)),
    values=(held("phone", PhoneValue(PHONE)), held("secret", EmailValue("hidden@example.com"))),
)
BY_VALUE = a_contact("c2", values=(held("email", EmailValue("Jane@Example.com")),))
BY_NUMBER = a_contact(
    "c3", identities=(an_identity(PHONE[1:], network=Network.WHATSAPP), an_identity("2")), values=BY_VALUE.values
)
NAMESAKE = a_contact("c4", name=ME.name, identities=(an_identity("jane", network=Network.TELEGRAM),))
BY_SECRET = a_contact("c5", values=(held("email", EmailValue("hidden@example.com")),))
SHARED_SECRET = a_contact("c6", values=(held("secret", EmailValue(MAIL)), held("pager", PhoneValue(PHONE))))
SECRET = a_definition("secret", ValueType.EMAIL, position=30, is_admin_only=True)


async def fill(world: World) -> None:
    await world.add_organization(an_organization(), [], [SECRET])
    await world.add_contacts(ME, BY_VALUE, BY_NUMBER, NAMESAKE, BY_SECRET, SHARED_SECRET)
    theirs = a_contact("x1", identities=(an_identity(PHONE, network=Network.SMS),))
    await world.add_contacts(theirs, organization_id="other")


async def duplicates(world: World, agent: str, **given: object) -> list[Answer]:
    found = await ask(world, QUERY, {"id": contact_gid("c1"), **given}, agent=agent)
    answer: list[Answer] = found["contact"]["possibleDuplicates"]
    return answer


def suggested(contact_id: str, *reasons: tuple[str, str], contradictions: tuple[Answer, ...] = ()) -> Answer:
    return {
        "contact": {"id": contact_gid(contact_id)},
        "reasons": [{"kind": kind, "value": value} for kind, value in reasons],
        "contradictions": list(contradictions),
    }


SAME_MAIL, SAME_PHONE = ("SAME_EMAIL", MAIL), ("SAME_PHONE", PHONE)
TWO_ACCOUNTS = {
    "network": "TWITTER",
    "own": [{"id": encode_id("SocialIdentity", "TWITTER:1")}],
    "others": [{"id": encode_id("SocialIdentity", "TWITTER:2")}],
}
FOR_AGENTS = [
    suggested("c2", SAME_MAIL),
    suggested("c3", SAME_MAIL, SAME_PHONE, contradictions=(TWO_ACCOUNTS,)),
]
HIDDEN = ("SAME_EMAIL", "hidden@example.com")


async def test_an_agent_learns_of_nobody_by_what_is_hidden(world: World) -> None:
    await fill(world)
    assert await duplicates(world, "jo") == FOR_AGENTS
    assert await duplicates(world, "ada") == [
        FOR_AGENTS[0],
        suggested("c5", HIDDEN),
        suggested("c6", SAME_MAIL),
        FOR_AGENTS[1],
    ]
    # From the other side, the hidden address leads to nobody either.
    query = "query ($id: ID!) { contact(id: $id) { possibleDuplicates { contact { id } } } }"
    for agent, found in (("jo", []), ("ada", [{"contact": {"id": contact_gid("c1")}}])):
        data = await ask(world, query, {"id": contact_gid("c5")}, agent=agent)
        assert data["contact"]["possibleDuplicates"] == found


async def test_the_likeliest_are_as_many_as_asked_for(world: World) -> None:
    await fill(world)
    assert await duplicates(world, "jo", first=1) == FOR_AGENTS[:1]
    assert await duplicates(world, "jo", first=0) == []
    mistake = await refused(world, QUERY, {"id": contact_gid("c1"), "first": 101})
    assert (mistake.code, mistake.path) == ("BAD_USER_INPUT", ("contact", "possibleDuplicates"))


async def test_they_take_two_commands_for_any_number_of_contacts(world: World, commands: Commands) -> None:
    await fill(world)
    context = await world.context()
    commands.clear()
    query = "{ contacts { nodes { id possibleDuplicates { contact { id } } } } }"
    asked = await execute_in(context, query)
    assert asked.data is not None
    assert commands.names() == ["find"] * 3
    found = {
        each["id"]: [of["contact"]["id"] for of in each["possibleDuplicates"]]
        for each in asked.data["contacts"]["nodes"]
    }
    c1, c2, c3 = (contact_gid(each) for each in ("c1", "c2", "c3"))
    assert {each: of for each, of in found.items() if of} == {c1: [c2, c3], c2: [c1, c3], c3: [c2, c1]}
    # Who has neither an address nor a number costs nothing.
    alone = await world.context()
    commands.clear()
    await execute_in(alone, QUERY, {"id": contact_gid("c4")})
    assert commands.names() == ["find"]
