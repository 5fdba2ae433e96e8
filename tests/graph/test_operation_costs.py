"""What the panel and the queue cost the database: a fixed number of commands, whatever is there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from starlette.types import ASGIApp, Message

from crm.demo_faults import Switches
from domain.attributes import SyncState
from domain.contacts import ContactValidation, LookUpOutcome
from domain.crm import FailureReason
from domain.crm_settings import CrmSettings
from domain.values import SelectValue, TextValue
from graph.app import Database, create_app
from graph.authentication import issue_token
from graph.nodes import encode_id
from graph.settings import Settings
from persistence.directory_cache import DirectoryCache
from persistence.live import Hub
from persistence.organizations import OrganizationStore
from tests.builders import MORNING, a_contact, a_conversation, a_note, an_identity, held
from tests.conftest import Commands, World
from tests.crm.serving import RunningCrm
from tests.graph.asking_graphql import Answer, ask, execute_in
from tests.graph.cases.crm import connect
from tests.graph.test_crm_look_ups import over_http
from tests.graph.test_operations import document

PANEL, QUEUE, WAITING = document("01-panel"), document("02-queue-page"), document("08-queue")
STANDING = """query ($network: Network!, $externalId: String!) {
  contactByIdentity(network: $network, externalId: $externalId) {
    validation { isValidated outcome askedAt recordId recordUrl failure retryAt candidates { recordId } }
    attributes(categories: [CRM]) { ... on CrmAttribute {
      syncState syncedAt staleAfter isStale crmRecordUrl crmMessage
      conflict { crmChangedAt localChangedAt rulePrefers crmValue { __typename } localValue { __typename } }
    } }
  }
}"""
NOTES_EACH = (0, 3, 150)
DIRECTORY = ("agents", "attributeDefinitions", "contactGroups", "organizations", "teams")
AGENTS = ("jo", "ada", "gone")
SECRET = "a secret of the tests, long enough for HS256"


async def fill(world: World, contacts: int, notes_each: int) -> None:
    """Make contacts c0, c1 …, each with an identity, values and notes by all three agents."""
    bio = held("bio", TextValue("Hello."), agent_id="ada")
    ids = [f"c{each}" for each in range(contacts)]
    await world.add_contacts(
        *(a_contact(each, identities=(an_identity(each),), values=(bio,), note_count=notes_each) for each in ids)
    )
    written = [a_note(each, author_id=AGENTS[number % 3]) for each in ids for number in range(notes_each)]
    if written:
        await world.add_notes(*written)


def sent(commands: Commands) -> list[tuple[str, str]]:
    """Name and collection of each command, `1` for documents that it brings along; but for the change stream's."""
    return [
        (each.command_name, str(each.command[each.command_name]))
        for each in commands.sent
        if each.command.get("collection") != "$cmd.aggregate"
    ]


async def commands_of(world: World, commands: Commands, query: str, variables: Answer) -> list[tuple[str, str]]:
    """Ask with the directory in the context already, as with a warm cache."""
    context = await world.context()
    commands.clear()
    asked = await execute_in(context, query, variables)
    assert asked.mistakes == ()
    return sent(commands)


CONTACTS_AND_NOTES = [("find", "contacts"), ("aggregate", "1")]


@pytest.mark.parametrize("contacts", [1, 5, 50])
@pytest.mark.parametrize("notes_each", NOTES_EACH)
async def test_the_panel_takes_two_commands(world: World, commands: Commands, contacts: int, notes_each: int) -> None:
    await fill(world, contacts, notes_each)
    given = {"network": "TWITTER", "externalId": "c0"}
    assert await commands_of(world, commands, PANEL, given) == CONTACTS_AND_NOTES


@pytest.mark.parametrize("contacts", [1, 5, 50])
@pytest.mark.parametrize("notes_each", NOTES_EACH)
async def test_the_queue_takes_two_commands(world: World, commands: Commands, contacts: int, notes_each: int) -> None:
    await fill(world, contacts, notes_each)
    assert await commands_of(world, commands, QUEUE, {"first": 50}) == CONTACTS_AND_NOTES


async def test_the_largest_page_of_the_queue_takes_two_commands(world: World, commands: Commands) -> None:
    await fill(world, 120, 4)
    assert await commands_of(world, commands, QUEUE, {"first": 100}) == CONTACTS_AND_NOTES


async def test_a_later_page_of_the_queue_takes_three_commands(world: World, commands: Commands) -> None:
    """The third says whether there is a page before."""
    await fill(world, 60, 4)
    first = await ask(world, QUEUE, {"first": 50})
    given = {"first": 50, "after": first["contacts"]["pageInfo"]["endCursor"]}
    expected = [("find", "contacts"), ("find", "contacts"), ("aggregate", "1")]
    assert await commands_of(world, commands, QUEUE, given) == expected


@pytest.mark.parametrize("conversations", [1, 50])
@pytest.mark.parametrize("notes_each", NOTES_EACH)
async def test_those_who_wait_take_three_commands(
    world: World, commands: Commands, conversations: int, notes_each: int
) -> None:
    await fill(world, 10, notes_each)
    waiting = [a_conversation(f"c{each % 10}", team_id="first-line") for each in range(conversations)]
    await world.add_conversations(*waiting)
    expected = [("find", "conversations"), *CONTACTS_AND_NOTES]
    assert await commands_of(world, commands, WAITING, {"first": 50}) == expected
    team = {"first": 50, "team": encode_id("Team", "first-line")}
    assert await commands_of(world, commands, WAITING, team) == expected


async def test_the_panel_of_who_is_known_to_a_crm_takes_as_many_and_asks_it_nothing(
    world: World, commands: Commands, crm: RunningCrm
) -> None:
    """However the CRM fares: what it said is in the contact."""
    crm.crm.switches = Switches(is_hanging=True)
    await connect(world, CrmSettings(1, over_http(crm), is_automatic=True))
    size = SelectValue("size-s")
    values = tuple(held(key, size, sync=state) for key, state in (("segment", SyncState.CONFLICT), ("account", None)))
    known = ContactValidation(LookUpOutcome.FAILED, MORNING, "r1", failure=FailureReason.TIMED_OUT)
    await world.add_contacts(a_contact("c0", identities=(an_identity("c0"),), values=values, validation=known))
    given = {"network": "TWITTER", "externalId": "c0"}
    assert await commands_of(world, commands, PANEL, given) == CONTACTS_AND_NOTES
    assert await commands_of(world, commands, STANDING, given) == [("find", "contacts")]
    assert crm.asked() == 0


async def test_the_panel_of_nobody_takes_one_command(world: World, commands: Commands) -> None:
    given = {"network": "TWITTER", "externalId": "nobody"}
    assert await commands_of(world, commands, PANEL, given) == [("find", "contacts")]


async def test_nothing_is_counted_that_nobody_asks_for(world: World, commands: Commands) -> None:
    await fill(world, 5, 3)
    query = "{ contacts(first: 2) { nodes { notes { totalCount } } %s } }"
    assert await commands_of(world, commands, query % "", {}) == CONTACTS_AND_NOTES
    counted = await commands_of(world, commands, query % "totalCount", {})
    assert sorted(counted) == [("aggregate", "1"), ("aggregate", "contacts"), ("find", "contacts")]


async def test_an_agent_of_another_process_takes_one_command_more(world: World, commands: Commands) -> None:
    """One who joined since the directory was read, however many notes they wrote."""
    await world.add_contacts(a_contact("c1", identities=(an_identity("c1"),)))
    await world.add_notes(*(a_note("c1", author_id="newcomer") for _ in range(5)))
    given = {"network": "TWITTER", "externalId": "c1"}
    assert await commands_of(world, commands, PANEL, given) == [*CONTACTS_AND_NOTES, ("find", "agents")]


@asynccontextmanager
async def lifespan_of(app: ASGIApp) -> AsyncIterator[None]:
    """Begin and end an application as a server does."""
    incoming: asyncio.Queue[Message] = asyncio.Queue()
    outgoing: asyncio.Queue[Message] = asyncio.Queue()
    running = asyncio.ensure_future(app({"type": "lifespan"}, incoming.get, outgoing.put))
    incoming.put_nowait({"type": "lifespan.startup"})
    assert await outgoing.get() == {"type": "lifespan.startup.complete"}
    try:
        yield
    finally:
        incoming.put_nowait({"type": "lifespan.shutdown"})
        assert await outgoing.get() == {"type": "lifespan.shutdown.complete"}
        await running


@asynccontextmanager
async def database_over(world: World) -> AsyncIterator[Database]:
    cache = DirectoryCache(world.driver)
    following = asyncio.create_task(cache.follow())
    await cache.is_followed.wait()
    try:
        yield Database(world.driver, OrganizationStore(world.driver), cache, Hub(world.driver))
    finally:
        following.cancel()
        await asyncio.wait({following})


@pytest.fixture
async def client(world: World) -> AsyncIterator[httpx.AsyncClient]:
    """Jo's, of the whole application over the tests' database."""
    app = create_app(Settings(secret=SECRET), open_own=lambda: database_over(world))
    token = issue_token(
        SECRET, agent_id="jo", organization_id="acme", lifetime=timedelta(minutes=5), now=datetime.now(UTC)
    )
    headers = {"authorization": f"Bearer {token}"}
    async with (
        lifespan_of(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test", headers=headers) as made,
    ):
        yield made


@pytest.mark.parametrize("notes_each", NOTES_EACH)
async def test_a_whole_request_takes_no_more_with_a_warm_cache(
    world: World, commands: Commands, client: httpx.AsyncClient, notes_each: int
) -> None:
    await fill(world, 5, notes_each)

    async def requested(query: str, variables: Answer) -> list[tuple[str, str]]:
        commands.clear()
        answer = await client.post("/graphql", json={"query": query, "variables": variables})
        assert (answer.status_code, "errors" in answer.json()) == (200, False)
        return sent(commands)

    directory = [("find", each) for each in sorted(DIRECTORY)]
    assert sorted(await requested("{ viewer { name } }", {})) == directory
    assert await requested("{ viewer { name } }", {}) == []
    given = {"network": "TWITTER", "externalId": "c3"}
    assert await requested(PANEL, given) == CONTACTS_AND_NOTES
    assert await requested(QUEUE, {"first": 50}) == CONTACTS_AND_NOTES
