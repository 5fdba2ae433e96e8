"""What the tests of the mutations share."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from domain.agents import Plan
from domain.attributes import Source
from domain.contacts import Contact
from domain.events import ContactEvent, EventKind, State, ValueChange
from persistence.event_documents import to_event
from persistence.names import EVENTS
from resolvers.context import Context
from tests.builders import MORNING, an_agent, an_organization
from tests.conftest import World

NOW = MORNING + timedelta(hours=2)


async def asker(world: World, agent_id: str = "jo", organization_id: str = "acme", *, at: datetime = NOW) -> Context:
    """Return the context of a new request, at a time that is known."""
    return replace(await world.context(agent_id, organization_id), clock=lambda: at)


async def on_plan(world: World, plan: Plan) -> Context:
    """Return the context of an agent whose organization has the plan."""
    agent = an_agent("pat", organization_id="planned")
    await world.add_organization(an_organization("planned", plan=plan), [agent], [])
    return await asker(world, "pat", "planned")


async def log(world: World) -> list[ContactEvent]:
    """Return what was written about contacts, oldest first, without the ids that nobody can foretell."""
    found = await world.driver.collection(EVENTS).find().sort("_id").to_list(None)
    assert all(len(each["_id"]) == 32 for each in found)
    return [replace(to_event(each), id="") for each in found]


def happened(
    kind: EventKind,
    before: State = None,
    after: State = None,
    *values: ValueChange,
    agent: str | None = "jo",
    contact: str = "c1",
    source: Source = Source.AGENT,
) -> ContactEvent:
    """Spell what the log should say, by NOW."""
    return ContactEvent("", contact, NOW, kind, agent, before, after, values, source)


async def stored(world: World, contact_id: str = "c1") -> Contact:
    return (await world.stores().contacts.by_ids([contact_id]))[contact_id]
