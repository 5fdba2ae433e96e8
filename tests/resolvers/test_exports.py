"""Exporting: what is written is read again as what it was, for every network and value type."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime

from domain.agents import Directory
from domain.contacts import Contact, IdentityKey, Network, SocialIdentity
from domain.import_mappings import mapping_of
from domain.values import (
    BooleanValue,
    DateTimeValue,
    DateValue,
    EmailValue,
    LanguageValue,
    MultiSelectValue,
    NumberValue,
    PhoneValue,
    SelectValue,
    TextValue,
    UrlValue,
)
from resolvers import exports
from resolvers.imports import Import, ImportReport, NumberedRow
from tests.builders import EVERY_TYPE, a_contact, an_identity, an_organization, held
from tests.conftest import World
from tests.resolvers.importing import everyone

PHONES = {Network.SMS: "+12025550143", Network.WHATSAPP: "+12025550144"}


def an_account(network: Network) -> SocialIdentity:
    handle = PHONES.get(network) or ("jane@example.com" if network is Network.EMAIL else "Jane")
    return SocialIdentity(IdentityKey(network, f"id-{network.value}"), handle)


EVERY_NETWORK = tuple(replace(an_account(each), is_primary=number == 0) for number, each in enumerate(Network))
VALUES = (
    held("email", EmailValue("jane@example.com")),
    held("phone", PhoneValue("+12025550143")),
    held("website", UrlValue("https://example.com/a?b=c,d")),
    held("bio", TextValue('Says "hi",\nthen; goes. 💌')),
    held("followers", NumberValue(0.0)),
    held("newsletter", BooleanValue(False)),
    held("birthday", DateValue(date(1990, 2, 3))),
    held("last_met", DateTimeValue(datetime(2026, 1, 2, 3, 4, 5, 6000, UTC))),
    held("sizes", MultiSelectValue(())),
    held("language", LanguageValue("pt-BR")),
    held("nickname", TextValue("=1+1")),
)
CONTACTS = (
    a_contact("c1", name="Zoë, «the» Quill", identities=EVERY_NETWORK, values=VALUES),
    a_contact(
        "c2",
        name="Two Accounts",
        identities=(an_identity("7", handle="a", is_primary=True), an_identity("8", handle="b")),
        values=(held("sizes", MultiSelectValue(("size-s", "size-m"))), held("segment", SelectValue("size-m"))),
    ),
    a_contact("c3", name="Nobody's Handle", values=(held("bio", None, version=2),)),
)


def rows(text: str) -> list[NumberedRow]:
    header, *body = csv.reader(io.StringIO(text, newline=""))
    return [NumberedRow(line, dict(zip(header, each, strict=True))) for line, each in enumerate(body, 2)]


async def exported(world: World) -> tuple[str, str]:
    """Return the table and its mapping."""
    directory = (await world.context("ada")).directory
    table = await exports.table(world.stores(), directory)
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(table.header())
    async for batch in exports.batches(world.stores()):
        writer.writerows(table.row(each) for each in batch)
    return buffer.getvalue(), table.mapping()


async def reimported(world: World, organization: str, table: str, mapping: str) -> list[ImportReport]:
    # Sizes of the other organization have its own ids; labels name them.
    definitions = (
        EVERY_TYPE if organization == "acme" else [replace(each, id=f"{organization}-{each.id}") for each in EVERY_TYPE]
    )
    directory = Directory(an_organization(organization), {}, tuple(definitions))
    found = mapping_of(tomllib.loads(mapping), definitions)
    return [each async for each in Import(world.stores(organization), directory, found).run(rows(table))]


async def test_what_was_exported_changes_nothing_where_it_came_from(world: World) -> None:
    await world.add_contacts(*CONTACTS)
    table, mapping = await exported(world)
    before = await world.snapshot()
    assert await reimported(world, "acme", table, mapping) == [ImportReport(unchanged=3)]
    assert await world.snapshot() == before


async def test_what_was_mended_in_the_table_changes_the_contact_of_the_row(world: World) -> None:
    await world.add_contacts(*CONTACTS)
    table, mapping = await exported(world)
    mended = table.replace("Nobody's Handle", "Somebody's")
    assert await reimported(world, "acme", mended, mapping) == [ImportReport(updated=1, unchanged=2)]
    assert {each.id: each.name for each in await everyone(world)}["c3"] == "Somebody's"


async def test_another_organization_gets_the_same_people(world: World) -> None:
    await world.add_contacts(*CONTACTS)
    table, mapping = await exported(world)
    assert await reimported(world, "other", table, mapping) == [ImportReport(created=3)]
    assert await reimported(world, "other", table, mapping) == [ImportReport(unchanged=3)]
    theirs = {each.name: each for each in await everyone(world, "other")}
    assert _kept(theirs.values()) == {
        contact.name: (
            tuple(replace(each, profile_url=None) for each in contact.identities),
            # What the CRM manages is not anybody's to import.
            {
                f"other-{each.definition_id}": each.value
                for each in contact.values
                if each.definition_id != "d-segment" and each.value is not None
            },
        )
        for contact in CONTACTS
    }


def _kept(contacts: Iterable[Contact]) -> dict[str, object]:
    return {
        each.name: (each.identities, {value.definition_id: value.value for value in each.values}) for each in contacts
    }


async def test_everybody_is_walked_through_once(world: World, monkeypatch: object) -> None:
    await world.add_contacts(*(a_contact(f"n{each:04}") for each in range(exports.BATCH + 1)))
    await world.add_contacts(a_contact("theirs"), organization_id="other")
    sizes = [[each.id for each in batch] async for batch in exports.batches(world.stores())]
    assert [len(each) for each in sizes] == [exports.BATCH, 1]
    assert [each for batch in sizes for each in batch] == [f"n{each:04}" for each in range(exports.BATCH + 1)]
    assert [each async for each in exports.batches(world.stores("nobody"))] == []
