"""Finding contacts as they grow in number: `python -m bench.finding [CONTACTS]`, 100,000 by default.

Each search and order is timed at 10,000 contacts and at CONTACTS, in one embedded MongoDB; what is printed last is how
many times longer it takes with more of them, where the product does not give up. Writing is timed with and without what
searches are indexed by.
"""

from __future__ import annotations

import asyncio
import math
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from domain.attributes import HeldValue, Provenance, Source
from domain.contacts import NEVER_ASKED, Contact, IdentityKey, Network, SocialIdentity
from domain.definitions import AttributeCategory, AttributeDefinition, ValueType
from domain.filters import HasNotes, IsOneOf, IsVip, NoneOf, OfAttribute
from domain.finding import ContactQuery
from domain.ids import new_id
from domain.ordering import ORDERS, position
from domain.outcomes import Invalid
from domain.paging import PageRequest
from domain.search import search_for, searched_sources
from domain.values import EmailValue, PhoneValue, TextValue, Value
from domain.vip import VipStatus
from persistence.deadlines import TooSlowError
from persistence.derived import contact_document
from persistence.driver import Document, Driver, connect
from persistence.embedded import embedded_mongodb
from persistence.finding import PATIENCE_MS, FindingStore
from persistence.indexes import ensure_indexes
from persistence.mongod import EmbeddedLimits
from persistence.names import BY_WORD, CONTACTS

FEW, BATCH, REPETITIONS = 10_000, 250, 31
GIVEN_UP = math.inf
FIRST_NAMES = tuple(
    f"{first}{second}{last}"
    for first in ("Ja", "Jo", "Mar", "An", "Lu", "Chlo", "Zo", "Xa", "Ó", "Pri", "Qu")
    for second in ("n", "ri", "l", "s")
    for last in ("e", "a", "us", "")
)
SEVERAL_WORDS = ("jane b", "ja b", "ma j", "xa q", "bu zu", "com b", "pri qu ltd")
"""Of a rare word and a common one, of two common ones, and of some that nobody has at once."""
SYLLABLES = tuple(f"{one}{two}" for one in "bdfklmnprstvz" for two in "aeio")
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def a_definition(key: str, value_type: ValueType, *, is_searchable: bool = True) -> AttributeDefinition:
    return AttributeDefinition(
        new_id(), key, key.title(), AttributeCategory.COMMON, value_type, 0, is_searchable=is_searchable
    )


DEFINITIONS = {
    each.key: each
    for each in (
        a_definition("email", ValueType.EMAIL),
        a_definition("phone", ValueType.PHONE),
        a_definition("company", ValueType.TEXT),
        a_definition("plan", ValueType.TEXT, is_searchable=False),
    )
}


def contacts(dice: Random) -> Iterator[Contact]:
    """Make people without end, of whom one in a hundred is a VIP."""
    number = 0
    while True:
        first, last = dice.choice(FIRST_NAMES), a_name(dice)
        handle = f"{first}{last}{number % 1000}".lower()
        values: dict[str, Value] = {
            "email": EmailValue(f"{first}.{last}{number % 97}@{a_name(dice)}.com".lower()),
            "phone": PhoneValue(f"+1202{dice.randint(2_000_000, 9_999_999)}"),
            "company": TextValue(f"{a_name(dice)} {a_name(dice)} Ltd"),
            "plan": TextValue(dice.choice(["free", "pro"])),
        }
        held = (HeldValue(DEFINITIONS[key].id, each, PROVENANCE, 1) for key, each in values.items())
        moment = NOW + timedelta(seconds=number)
        yield Contact(
            id=new_id(),
            version=1,
            name=f"{first} {last}",
            avatar_url=None,
            identities=(SocialIdentity(IdentityKey(Network.TWITTER, f"{number}"), handle),),
            values=tuple(held),
            vip=VipStatus(moment, "ada", None, None) if number % 100 == 0 else None,
            validation=NEVER_ASKED,
            note_count=dice.choice([0, 0, 0, 1, 2, 10]),
            created_at=moment,
            updated_at=moment,
        )
        number += 1


PROVENANCE = Provenance(Source.IMPORT, NOW)


def a_name(dice: Random) -> str:
    return "".join(dice.choice(SYLLABLES) for _ in range(dice.randint(2, 4))).title()


async def fill(driver: Driver, organization_id: str, count: int, *, is_searched: bool = True) -> float:
    """Keep that many contacts; returns how many a second the database took."""
    made, spent = contacts(Random(count)), 0.0
    definitions = tuple(DEFINITIONS.values())
    for _ in range(count // BATCH):
        documents = [contact_document(each, organization_id, definitions) for each in islice(made, BATCH)]
        if not is_searched:
            documents = [without_words(each) for each in documents]
        began = time.perf_counter()
        await driver.collection(CONTACTS).insert_many(documents)
        spent += time.perf_counter() - began
    return count / spent


def without_words(document: Document) -> Document:
    return {name: each for name, each in document.items() if name != "search"}


def searched(text: str) -> ContactQuery:
    found = search_for(text, sources=searched_sources(DEFINITIONS.values()), region="US")
    if isinstance(found, Invalid):
        raise SystemExit(found.message)
    return ContactQuery(search=found)


def queries(someone: Contact) -> dict[str, ContactQuery]:
    """Return what is timed, some of it about one contact."""
    last = someone.name.split()[1]
    email = next(str(each.value.email) for each in someone.values if isinstance(each.value, EmailValue))
    phone = next(each.value.phone for each in someone.values if isinstance(each.value, PhoneValue))
    plan, address = DEFINITIONS["plan"].id, DEFINITIONS["email"].id
    texts = {each: each for each in ("j", "ma", "mar", "jane", "joris", *SEVERAL_WORDS)}
    texts |= {"three letters of a surname": last[:3], "a surname": last, "a name": someone.name}
    texts |= {"an e-mail": email, "half an e-mail": email[:12], "a phone number": phone, "half a number": phone[2:8]}
    orders = {" ".join(f"{key.field.value} {key.direction.value}" for key in each): each for each in ORDERS}
    return {
        **{f"search {name}": searched(text) for name, text in texts.items()},
        **{f"order {name}": ContactQuery(order=each) for name, each in orders.items()},
        "filter plan is pro": ContactQuery(filter=OfAttribute(plan, IsOneOf((TextValue("pro"),)))),
        "filter e-mail is": ContactQuery(filter=OfAttribute(address, IsOneOf((EmailValue(email),)))),
        "filter no VIP": ContactQuery(filter=NoneOf((IsVip(NOW),))),
        "filter VIP": ContactQuery(filter=IsVip(NOW)),
        "filter notes, newest": ContactQuery(filter=HasNotes(), order=ORDERS[3]),
    }


async def timed(few: Work, many: Work) -> tuple[float, float]:
    """Return the medians of the milliseconds that they take, by turns: what else the machine does meets both.

    What is given up is not tried again: it takes for ever.
    """
    spent: dict[Work, list[float]] = {few: [], many: []}
    for _ in range(REPETITIONS):
        for work in (few, many):
            if GIVEN_UP not in spent[work]:
                spent[work].append(await spent_on(work))
    fast, slow = (GIVEN_UP if GIVEN_UP in each else median(each) for each in spent.values())
    return fast, slow


async def spent_on(work: Work) -> float:
    began = time.perf_counter()
    try:
        await work()
    except TooSlowError:
        return GIVEN_UP
    return (time.perf_counter() - began) * 1000


def shown(name: str, fast: float, slow: float) -> str:
    times = [f"given up after {PATIENCE_MS // 1000} s" if each == GIVEN_UP else f"{each:.2f}" for each in (fast, slow)]
    ratio = "" if GIVEN_UP in (fast, slow) else f"{slow / fast:.2f}"
    return f"{name:44}{times[0]:>20}{times[1]:>20}{ratio:>8}"


Work = Callable[[], Awaitable[Any]]


async def times(few: FindingStore, many: FindingStore) -> AsyncIterator[tuple[str, float, float]]:
    found = {store: (await store.page(PageRequest(100))).rows[50] for store in (few, many)}
    asked = {store: queries(someone) for store, someone in found.items()}

    def page(store: FindingStore, name: str, *, is_first: bool) -> Work:
        query = asked[store][name]
        place = None if is_first else position(found[store], query.order)
        return lambda: store.page(PageRequest(20, place), query)

    for name in asked[few]:
        for is_first in (True, False):
            label = name if is_first else f"{name}, after"
            yield label, *await timed(*(page(each, name, is_first=is_first) for each in (few, many)))
    yield "count everyone", *await timed(few.count, many.count)
    for text in SEVERAL_WORDS:
        query = searched(text)
        yield f"count {text}", *await timed(*(partial(each.count, query) for each in (few, many)))


async def report(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        limits = EmbeddedLimits(cache_gigabytes=2)
        async with embedded_mongodb(Path(folder), limits=limits) as uri:
            driver = connect(uri, "bench")
            await ensure_indexes(driver)
            # Something to begin with: nobody counts the first writes of a new database.
            await fill(driver, "warm", FEW)
            plain = await fill(driver, "plain", FEW, is_searched=False)
            few = await fill(driver, "few", FEW)
            many = await fill(driver, "many", count)
            print(f"contacts a second, in batches of {BATCH}: {plain:,.0f} without words, {few:,.0f} with; {many:,.0f}")
            sizes = await driver.command("collStats", CONTACTS)
            for name, size in sorted(sizes["indexSizes"].items(), key=lambda each: -each[1]):
                print(f"{size / 1e6:10,.1f} MB  {name}")
            share = sizes["indexSizes"][BY_WORD] / sizes["totalIndexSize"]
            print(f"{sizes['size'] / 1e6:10,.1f} MB of documents; words are {share:.0%} of the indexes\n")
            print(f"{'p50 of a page of 20, in ms':44}{FEW:>20,}{count:>20,}   ratio")
            async for name, fast, slow in times(FindingStore(driver, "few"), FindingStore(driver, "many")):
                print(shown(name, fast, slow))
            await driver.close()


if __name__ == "__main__":
    asyncio.run(report(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
