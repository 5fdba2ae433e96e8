"""The bar: the 537 members of the real lists are looked up, and show everything that the CRM knows, twice the same."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import date

import pytest_asyncio

from crm.demo_records import Record
from domain.agents import Directory
from domain.attributes import SyncState
from domain.contacts import NEVER_ASKED, Contact, LookUpOutcome, Network
from domain.definitions import ValueType
from domain.paging import PageRequest
from domain.value_rules import phone_value
from domain.values import DateValue, MultiSelectValue, NumberValue, PhoneValue, SelectValue, TextValue, Value
from graph.demo import demo_tables, examples
from persistence.driver import Driver
from persistence.names import EVENTS
from persistence.organizations import OrganizationStore
from persistence.stores import Stores
from resolvers.demo_organizations import ENTERPRISE, demo_definitions
from resolvers.imports import Import
from tests.crm.serving import ID, running_demo_crm
from tests.resolvers.exchanging import Shop, running_shop

ORG = ENTERPRISE.organization.id


def rows() -> list[dict[str, str]]:
    with (examples() / "crm-directory.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def a_record(row: Mapping[str, str]) -> Record:
    record: Record = {name: text or None for name, text in row.items()}
    numbers: Record = {each: int(row[each]) if row[each] else None for each in ("district", "terms_served")}
    committees = [each for each in row["committees"].split("; ") if each]
    return {**record, **numbers, "committees": committees}


@pytest_asyncio.fixture
async def shop(driver: Driver) -> AsyncIterator[Shop]:
    async with running_demo_crm() as crm, running_shop(driver, crm) as made:
        crm.crm.records.records[:] = [a_record(each) for each in rows()]
        crm.crm.records.phone_aliases = ("phone", "district_office_phone")
        yield made
        # Before the server ends.
        await made.connections.close()
        await made.client.close()


async def everyone(stores: Stores) -> list[Contact]:
    return list((await stores.finding.page(PageRequest(10_000))).rows)


def shown(directory: Directory, contact: Contact) -> dict[str, object]:
    """Return what the panel shows of what the CRM manages, in words."""
    told: dict[str, object] = {}
    for definition in directory.definitions:
        held = contact.held(definition.id)
        if definition.crm_alias is None or held is None or held.value is None:
            continue
        assert held.sync is not None
        assert held.sync.state is SyncState.IN_SYNC
        labels = {each.id: each.label for each in definition.options}
        told[definition.key] = _plain(held.value, labels)
    return told


def _plain(value: Value, labels: Mapping[str, str]) -> object:
    match value:
        case TextValue(text):
            return text
        case NumberValue(number):
            return number
        case DateValue(day):
            return day
        case PhoneValue(number):
            return number
        case SelectValue(option_id):
            return labels[option_id]
        case MultiSelectValue(option_ids):
            return {labels[each] for each in option_ids}
    raise AssertionError(value)


def expected(row: Mapping[str, str]) -> dict[str, object]:
    phone = phone_value(row["district_office_phone"], region="US") if row["district_office_phone"] else None
    told: dict[str, object | None] = {
        **{each: row[each] or None for each in (ID, "chamber", "party", "state", "district_office_city")},
        **{each: float(row[each]) if row[each] else None for each in ("district", "terms_served")},
        "term_end": date.fromisoformat(row["term_end"]),
        "committees": {each for each in row["committees"].split("; ") if each} or None,
        "district_office_phone": phone.phone if isinstance(phone, PhoneValue) else None,
    }
    return {name: each for name, each in told.items() if each is not None}


async def test_everybody_who_can_be_asked_for_is_found_and_a_second_time_nothing_is_new(shop: Shop) -> None:
    tables = demo_tables()
    organizations = OrganizationStore(shop.world.driver)
    definitions = demo_definitions(ENTERPRISE.organization, tables.committees)
    await organizations.put(ENTERPRISE.organization, ENTERPRISE.agents, definitions, ENTERPRISE.teams)
    directory = await organizations.directory(ORG)
    assert directory is not None
    stores = shop.world.stores(ORG)
    mapping = tables.people.mapping(directory)
    async for _ in Import(stores, directory, mapping).run(tables.people.rows(mapping)):
        pass
    context = replace(await shop.context(), stores=stores)
    settings = replace(context.directory.crm, version=1, connection=shop.crm.taking_several, is_automatic=True)
    settings = replace(settings, identity_aliases=((Network.TWITTER, "twitter_id"),))
    await stores.transact(lambda changes: changes.crm_settings.put(settings))
    await shop.settle()

    contacts = await everyone(stores)
    assert len(contacts) == 537
    found = Counter(each.validation.outcome for each in contacts)
    by_account = {each[ID]: each for each in rows()}
    for each in contacts:
        validation = each.validation
        if validation.outcome is LookUpOutcome.FOUND:
            assert validation.record_id is not None
            row = by_account[validation.record_id]
            assert (each.name, shown(directory, each)) == (row["name"], expected(row))
    assert found == {LookUpOutcome.FOUND: 536, LookUpOutcome.NEVER_ASKED: 1}
    # Of one the list has neither a phone number nor an account.
    [unknown] = [each for each in contacts if each.validation == NEVER_ASKED]
    assert unknown.held(f"{ORG}-phone") is None
    assert Network.TWITTER not in {each.key.network for each in unknown.identities}
    types = {each.value_type for each in definitions if each.crm_alias is not None}
    assert types == {
        ValueType.TEXT,
        ValueType.NUMBER,
        ValueType.DATE,
        ValueType.PHONE,
        ValueType.SELECT,
        ValueType.MULTI_SELECT,
    }
    # As few requests as the CRM allows.
    assert shop.crm.asked() == 14

    events = await shop.world.driver.collection(EVENTS).count_documents({})
    shop.clock.advance(hours=1)
    await stores.transact(lambda changes: changes.crm.ask_again([each.id for each in contacts]))
    await shop.settle()
    now = shop.clock()
    asked_again = [
        each if each is unknown else replace(each, validation=replace(each.validation, asked_at=now))
        for each in contacts
    ]
    assert await everyone(stores) == asked_again
    assert await shop.world.driver.collection(EVENTS).count_documents({}) == events
