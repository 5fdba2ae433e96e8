"""A thousand random mutations by twenty agents on ten contacts at once: nothing is lost, invented or told wrongly.

To add a kind of mutation, add a module to `tests.resolvers.at_once` that makes it, and, where it changes a contact's
own fields, its kind to OWN; what it writes is held to the log by itself.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib import import_module
from itertools import pairwise
from pkgutil import iter_modules

from domain.agents import Agent, Directory
from domain.contacts import Contact
from domain.definitions import ValueRules
from domain.events import ContactEvent, EventKind, NoteVersion
from domain.note_revisions import revision_of
from persistence.organizations import OrganizationStore
from resolvers.context import Context
from tests.builders import MORNING, a_contact, a_definition, an_agent, an_identity, an_organization
from tests.conftest import World
from tests.resolvers import at_once
from tests.resolvers.at_once.operation import Known, Maker, Written
from tests.resolvers.changing import log

AGENTS, CONTACTS, MUTATIONS = 20, 10, 1_000
SEED = 1
WAVE = 40
"""Mutations that run at once: two for each agent."""
REPEATED = 0.15
"""The part of them that is sent twice at once, with an idempotency key, as by a client that lost patience."""
OWN = {
    EventKind.CONTACT_RENAMED,
    EventKind.IDENTITY_ADDED,
    EventKind.IDENTITY_CHANGED,
    EventKind.IDENTITY_REMOVED,
    EventKind.VIP_SET,
    EventKind.VIP_CLEARED,
}
"""What changes a contact's own fields, and so its version."""
MODULES = [import_module(f"{at_once.__name__}.{each.name}") for each in iter_modules(at_once.__path__)]
MAKERS: list[Maker] = [maker for module in MODULES for maker in getattr(module, "MAKERS", ())]


@dataclass(frozen=True, slots=True)
class Office:
    """Who works, and on what."""

    world: World
    directory: Directory
    agents: Sequence[Agent]

    def context(self, agent: Agent, at: datetime) -> Context:
        organizations = OrganizationStore(self.world.driver)
        made = Context.of(agent, self.directory, organizations, self.world.stores())
        return replace(made, clock=lambda: at)


async def opened(world: World) -> Office:
    agents = [an_agent(f"a{each}") for each in range(AGENTS)]
    card = a_definition("card", position=30, rules=ValueRules(is_unique=True))
    await world.add_organization(an_organization("acme"), agents, [card])
    # Of whom each is known by something already: what is added is not the primary one.
    known_by = [an_identity(f"own-{each}", is_primary=True) for each in range(CONTACTS)]
    await world.add_contacts(*(a_contact(f"c{number}", identities=(each,)) for number, each in enumerate(known_by)))
    directory = await OrganizationStore(world.driver).directory("acme")
    assert directory is not None
    return Office(world, directory, agents)


async def work(office: Office, seed: int) -> dict[datetime, Written]:
    """Let the agents work; returns what the answers say was written, by the moment of the mutation."""
    chance, known = random.Random(seed), Known([f"c{each}" for each in range(CONTACTS)])
    written: dict[datetime, Written] = {}

    async def one(number: int) -> None:
        operation = chance.choice(MAKERS)(chance, known, number)
        at = MORNING + timedelta(seconds=number + 1)
        context = office.context(office.agents[number % AGENTS], at)
        is_repeated = chance.random() < REPEATED
        tries = [operation.act(context, f"k{number}" if is_repeated else None) for _ in range(1 + is_repeated)]
        told = [operation.tell(each, context) for each in await asyncio.gather(*tries)]
        claims = [each for each in told if each is not None]
        if claims:
            # Whichever was first: the other was answered as that one.
            assert claims[1:] == claims[:-1]
            written[at] = claims[0]

    for start in range(0, MUTATIONS, WAVE):
        await asyncio.gather(*(one(each) for each in range(start, start + WAVE)))
    return written


async def test_nothing_is_lost_invented_or_told_wrongly(world: World) -> None:
    office = await opened(world)
    written = await work(office, SEED)
    events = await log(world)
    contacts = await world.stores().contacts.by_ids([f"c{each}" for each in range(CONTACTS)])
    # Of a wave of that many, most succeed; were hardly any to, the rest would show nothing.
    assert len(written) > MUTATIONS / 4
    the_log_is_what_the_answers_say(office, events, written)
    by_contact: Mapping[str, list[ContactEvent]] = defaultdict(list)
    for event in events:
        by_contact[event.contact_id].append(event)
    for contact in contacts.values():
        values_have_their_whole_past(contact, by_contact[contact.id])
        own_versions_are_counted(contact, [each for each in written.values() if each.contact_id == contact.id])
    await notes_have_their_whole_past(world, contacts, events)
    keys = Counter(identity.key for each in contacts.values() for identity in each.identities)
    assert set(keys.values()) == {1}
    cards = Counter(held.value for each in contacts.values() if (held := each.held("d-card")) and held.value)
    assert set(cards.values()) == {1}


def the_log_is_what_the_answers_say(
    office: Office, events: Sequence[ContactEvent], written: Mapping[datetime, Written]
) -> None:
    """One entry for each success that changed something; none for what was stale, refused, the same, or repeated."""
    assert Counter(each.at for each in events) == Counter(written.keys())
    for event in events:
        told = written[event.at]
        number = int((event.at - MORNING).total_seconds()) - 1
        assert event.agent_id == office.agents[number % AGENTS].id
        assert (event.contact_id, event.kind, event.after) == (told.contact_id, told.kind, told.after)
        afters = {each.after.definition_id: each.after for each in event.values}
        assert afters == {each.after.definition_id: each.after for each in told.values}


def values_have_their_whole_past(contact: Contact, events: Sequence[ContactEvent]) -> None:
    past = defaultdict(list)
    for event in events:
        for change in event.values:
            past[change.after.definition_id].append(change)
    assert set(past) == {each.definition_id for each in contact.values}
    for definition_id, changes in past.items():
        changes.sort(key=lambda each: each.after.version)
        assert [each.after.version for each in changes] == list(range(1, len(changes) + 1))
        assert changes[0].before is None
        assert all(later.before == earlier.after for earlier, later in pairwise(changes))
        assert changes[-1].after == contact.held(definition_id)


def own_versions_are_counted(contact: Contact, written: Sequence[Written]) -> None:
    """Each change of the contact's own fields is one version, and the last of them is what is kept."""
    own = {each.contact.version: each.contact for each in written if each.kind in OWN and each.contact is not None}
    assert sum(each.kind in OWN for each in written) == len(own)
    assert sorted(own) == list(range(2, len(own) + 2))
    assert contact.version == 1 + len(own)
    if own:
        last = own[contact.version]
        assert (contact.name, contact.identities, contact.vip) == (last.name, last.identities, last.vip)


async def notes_have_their_whole_past(
    world: World, contacts: Mapping[str, Contact], events: Sequence[ContactEvent]
) -> None:
    past = defaultdict(list)
    for event in events:
        state = event.after or event.before
        if isinstance(state, NoteVersion):
            past[state.note_id].append(event)
    live = await world.stores().notes.by_ids(list(past))
    kept_notes = await world.stores().notes.kept_by_ids(list(past), MORNING)
    for note_id, changes in past.items():
        made = sorted((each for each in changes if each.after is not None), key=version_after)
        versions = [NoteVersion(note_id, each) for each in range(1, len(made) + 1)]
        assert [each.after for each in made] == versions
        assert [each.before for each in made] == [None, *versions[:-1]]
        deleted = [each.before for each in changes if each.kind is EventKind.NOTE_DELETED]
        restored = [each.before for each in made if each.kind is EventKind.NOTE_RESTORED]
        assert Counter(deleted) == Counter([*restored, *([] if note_id in live else versions[-1:])])
        earlier = await world.stores().revisions.by_versions(versions, MORNING)
        told = [*earlier.values(), revision_of(kept_notes[note_id])]
        # Each version is kept, as of whoever made it.
        assert {each.key: (each.agent_id, each.at) for each in told} == {
            each.after: (each.agent_id, each.at) for each in made
        }
        assert len(told) == len(versions)
    counts = Counter(each.contact_id for each in live.values())
    assert {each.id: each.note_count for each in contacts.values()} == {each: counts[each] for each in contacts}


def version_after(event: ContactEvent) -> int:
    assert isinstance(event.after, NoteVersion)
    return event.after.version
