"""The demo's data: made once, from real public contacts and a few invented people."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass

from domain.agents import Directory, Organization
from domain.contacts import Contact, Network
from domain.import_mappings import ImportMapping
from domain.imports import Row
from domain.ordering import position
from domain.paging import LARGEST_PAGE, PageRequest
from domain.queue_settings import NOTHING_SET
from domain.values import Value
from persistence.driver import Driver
from persistence.organizations import OrganizationStore
from persistence.stores import Stores
from resolvers import notes, vip
from resolvers.context import Context
from resolvers.demo_conversations import make_conversations, make_groups, make_queue_settings
from resolvers.demo_organizations import DEMO, ENTERPRISE, DemoOrganization, demo_definitions
from resolvers.imports import Import, NumberedRow


@dataclass(frozen=True, slots=True)
class DemoTable:
    """A table to import: the mapping is made once the definitions are known."""

    mapping: Callable[[Directory], ImportMapping]
    rows: Callable[[ImportMapping], Iterable[NumberedRow]]


@dataclass(frozen=True, slots=True)
class DemoTables:
    people: DemoTable
    invented: DemoTable
    crm: DemoTable
    committees: tuple[str, ...]


_log = logging.getLogger("contact_graph.demo")

_INVENTED_NOTES = (
    "Asked where order 1042 is; it left the warehouse on Friday.",
    "Prefers to be called after 5 pm.\nSpeak slowly: the line is bad out there.",
    "Sent a thank-you card. 💌",
)


async def make_demo(driver: Driver, tables: DemoTables) -> bool:
    """Make what of the demo is not there; returns whether anything had to be made.

    Every step can be repeated, and an organization is written after all that belongs to it: a demo that was
    interrupted is finished by the next start.
    """
    organizations = OrganizationStore(driver)
    made = False
    for each in DEMO:
        if await organizations.directory(each.organization.id) is None:
            _log.info("Making the demo's data of %s, once …", each.organization.name)
            await _make(driver, organizations, each, tables)
            made = True
    await _set_queue(driver, organizations, ENTERPRISE)
    return made


async def _set_queue(driver: Driver, organizations: OrganizationStore, demo: DemoOrganization) -> None:
    """Set the queue as a care team would, where nobody has set anything; once the organization is there."""
    directory = await organizations.directory(demo.organization.id)
    if directory is not None and directory.queue == NOTHING_SET:
        await make_queue_settings(Stores.of(driver, demo.organization.id), directory)


def _stable_id(organization: Organization) -> Callable[[Row], str]:
    """Name a demo's contact after whom it is, so that examples can name it too."""

    def make_id(row: Row) -> str:
        keys = [f"{each.identity.key.network.value}:{each.identity.key.external_id}" for each in row.identities]
        who = [*keys, row.import_key or ""][0]
        return hashlib.sha256(f"{organization.id} {who}".encode()).hexdigest()[:32]

    return make_id


async def _make(driver: Driver, organizations: OrganizationStore, demo: DemoOrganization, tables: DemoTables) -> None:
    organization = demo.organization
    definitions = demo_definitions(organization, tables.committees)
    directory = Directory(
        organization,
        {each.id: each for each in demo.agents},
        definitions,
        {each.id: each for each in demo.teams},
    )
    stores = Stores.of(driver, organization.id)
    imported = [tables.people, tables.invented]
    if demo is ENTERPRISE:
        imported.append(tables.crm)
    for table in imported:
        mapping = table.mapping(directory)
        async for _ in Import(stores, directory, mapping, make_id=_stable_id(organization)).run(table.rows(mapping)):
            pass
    contexts = [Context.of(each, directory, organizations, stores) for each in demo.agents]
    await _write_notes(contexts, stores)
    await make_groups(contexts[0])
    await organizations.put_teams(demo.teams)
    await make_conversations(contexts)
    await organizations.put(organization, demo.agents, definitions)


async def _write_notes(contexts: Sequence[Context], stores: Stores) -> None:
    place, more = None, True
    while more:
        page = await stores.finding.page(PageRequest(LARGEST_PAGE, place))
        # A page at a time, side by side: one after the other would keep a newcomer waiting.
        ends = await asyncio.gather(*(_write_about(contexts, each) for each in page.rows), return_exceptions=True)
        # Not before all have ended: none may write on while the next start does.
        for failure in filter(None, ends):
            raise failure
        place, more = position(page.rows[-1]), page.has_next


async def _write_about(contexts: Sequence[Context], contact: Contact) -> None:
    if any(each.key.network is Network.EMAIL for each in contact.identities):
        await _promote(contexts[0], contact)
        await _note(contexts, contact, _INVENTED_NOTES)
    else:
        await _note(contexts, contact, _facts(contact, contexts[0].directory))


def _facts(contact: Contact, directory: Directory) -> list[str]:
    """Return what may be noted about a real person: what the files say, and no more."""
    said: dict[str, str] = {}
    for key in ("location", "district_office_city", "district_office_phone", "term_end", "terms_served"):
        definition = directory.definition(key)
        held = None if definition is None else contact.held(definition.id)
        if held is not None and held.value is not None:
            said[key] = _plain(held.value)
    notes_about = []
    if "location" in said:
        notes_about.append(f"Office: {said['location']}.")
    if "district_office_city" in said and "district_office_phone" in said:
        notes_about.append(f"District office: {said['district_office_city']}, {said['district_office_phone']}.")
    if "term_end" in said and "terms_served" in said:
        notes_about.append(f"Terms served: {said['terms_served']}. The current one ends on {said['term_end']}.")
    return notes_about


def _plain(value: Value) -> str:
    content = astuple(value)[0]
    return f"{content:g}" if isinstance(content, float) else str(content)


async def _note(contexts: Sequence[Context], contact: Contact, bodies: Sequence[str]) -> None:
    # Those that a start before wrote are there: until the organization is, nobody else writes any.
    for number in range(contact.note_count, len(bodies)):
        context = contexts[number % len(contexts)]
        await notes.add(context, contact_id=contact.id, body=bodies[number], idempotency_key=None)


async def _promote(context: Context, contact: Contact) -> None:
    await vip.set_vip(
        context,
        contact_id=contact.id,
        reason="Writes in every week: answer the same day.",
        expires_at=None,
        version=None,
        idempotency_key=None,
    )
