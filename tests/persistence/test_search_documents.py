"""What a contact's document holds for searching, and that it stays there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.contacts import Contact
from domain.finding import ContactQuery
from domain.paging import PageRequest
from domain.search import Search, Word, search_for
from domain.values import TextValue
from domain.vip import VipStatus
from persistence.driver import DriverName
from persistence.search_documents import from_words, longest_gram
from tests.builders import MORNING, a_contact, a_definition, an_identity, an_organization, held
from tests.conftest import Commands, World

SEARCHED = a_definition("notes", is_searchable=True)


def test_a_word_is_indexed_by_beginnings_and_kept_by_source() -> None:
    words = [Word("roe"), Word("mark"), Word("mark", "d-a"), Word("markus", "d-a"), Word("54"), Word("2022243", "d-b")]
    address = Word("jane.roe@example.com", "d-b")
    assert from_words([*words, address], "ann") == {
        "grams": sorted(
            [
                *("r", "ro", "m", "ma", "mark", "5", "54"),
                *("d-b|202", "d-b|202224", "d-b|jane.roe@e", "d-b|jane.roe@example"),
            ]
        ),
        "words": [
            {"w": ["roe", "mark", "54"]},
            {"s": "d-a", "w": ["mark", "markus"]},
            {"s": "d-b", "w": ["#2022243", "jane.roe@example.com"]},
        ],
    }


@pytest.mark.parametrize(
    ("name_key", "word", "grams"),
    [
        # «ma» leads to who looks for «ma» and «mar», «mark» to everything longer: both are found by the name.
        ("mark twain", "mark", ["m"]),
        ("mark twain", "twain", ["t", "tw", "twai"]),
        ("mara twain", "mark", ["m", "mark"]),
        ("mark twain", "marktwain", ["m", "mark"]),
        ("ma", "mark", ["m", "ma", "mark"]),
        ("54 street", "54", ["5", "54"]),
        ("2022243 street", "2022243", ["202", "202224"]),
        ("a@b.example", "a@b.example", ["a@b.exampl"]),
        ("x", "+4930123", []),
    ],
)
def test_what_the_name_begins_with_is_left_to_the_name(name_key: str, word: str, grams: list[str]) -> None:
    assert from_words([Word(word)], name_key)["grams"] == grams


def test_the_longest_indexed_beginning_is_looked_for() -> None:
    looked_for = {
        "j": "j",
        "ja": "ja",
        "jan": "ja",
        "jane": "jane",
        "janet": "jane",
        "20": "20",
        "20222": "202",
        "2022243441": "202224",
        "a@b": "",
        "jane@roe.example": "jane@roe.example",
        "+49301": "",
    }
    assert {each: longest_gram(each) for each in looked_for} == looked_for


async def found(world: World, text: str) -> list[Contact]:
    search = search_for(text, sources=("d-notes",), region="US")
    assert isinstance(search, Search)
    return list((await world.stores().finding.page(PageRequest(10), ContactQuery(search=search))).rows)


async def test_every_write_keeps_what_a_contact_is_found_by_and_no_read_has_it(
    world: World, commands: Commands, driver_name: DriverName
) -> None:
    await world.add_organization(an_organization(), [], [SEARCHED])
    stores = world.stores()
    identity = an_identity("7")
    first = a_contact("c1", name="Mark", identities=(identity,), values=(held("notes", TextValue("Likes tea")),))
    await stores.transact(lambda changes: changes.contacts.insert(first))
    assert await found(world, "mark tea") == [first]
    second = replace(first, name="Zoe", values=(held("notes", TextValue("Likes coffee")),))
    await stores.transact(lambda changes: changes.contacts.put(second))
    assert [await found(world, each) for each in ("mark", "tea", "zoe cof")] == [[], [], [second]]
    third = replace(second, name="Ann", vip=VipStatus(MORNING, "jo", None, None))
    imported = a_contact("c2", name="Ann", import_key="k")
    await stores.transact(lambda changes: changes.imports.put([imported], [third]))
    assert await found(world, "ann") == [third, imported]
    noted = await stores.transact(lambda changes: changes.contacts.count_notes("c1", more=1))
    assert await found(world, "ann") == [noted, imported]
    commands.clear()
    await stores.contacts.by_ids(["c1"])
    await stores.contacts.by_identities([identity.key])
    await stores.finding.page(PageRequest(10))
    await stores.transact(lambda changes: changes.contacts.find("c1"))
    await stores.transact(lambda changes: changes.imports.find([identity.key], []))
    await stores.transact(lambda changes: changes.contacts.count_notes("c1", more=1))
    for each in commands.sent:
        if each.command_name in {"find", "findAndModify"}:
            assert each.command.get("projection", each.command.get("fields")) == {"search": 0}, each.command
