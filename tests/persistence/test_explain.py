"""Every query of the product reads what it returns and no more, by an index that is the only one considered."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from inspect import getmembers, isfunction
from pkgutil import iter_modules
from typing import Any, get_type_hints
from uuid import uuid4

import pytest
import pytest_asyncio

from persistence.crm_tasks import CrmTaskStore
from persistence.driver import Document, Driver, connect
from persistence.organizations import OrganizationStore
from persistence.stores import Changes, Stores
from tests.conftest import Commands
from tests.persistence import explain_cases
from tests.persistence.explain_cases.case import Act, Case, Costs
from tests.persistence.explaining import Cost, costs_of
from tests.persistence.noise import KEPT, make_noise


@dataclass(frozen=True, slots=True)
class Noisy:
    driver: Driver
    commands: Commands
    kept: Mapping[str, list[Document]]
    """What a call may change, as it is before and after each."""


@pytest_asyncio.fixture(scope="module")
async def noisy(mongodb_uri: str) -> AsyncIterator[Noisy]:
    commands = Commands()
    driver = connect(mongodb_uri, f"test_{uuid4().hex}", listeners=[commands])
    try:
        await make_noise(driver)
        kept = {name: await driver.collection(name).find({"org": "acme"}).to_list(None) for name in KEPT}
        yield Noisy(driver, commands, kept)
    finally:
        await driver.drop()
        await driver.close()


READING = {"find", "aggregate"}


async def spent(noisy: Noisy, act: Act) -> list[Cost]:
    """Do it, put back what it changed, so that its commands find what they found, and explain them."""
    driver, commands = noisy.driver, noisy.commands
    commands.clear()
    await act(Stores.of(driver, "acme"))
    sent = list(commands.sent)
    written = {str(each.command.get(each.command_name)) for each in sent if each.command_name not in READING}
    for name in written & noisy.kept.keys():
        await put_back(driver, name, noisy.kept[name])
    return await costs_of(driver, sent)


async def put_back(driver: Driver, name: str, kept: Sequence[Document]) -> None:
    found = {each["_id"]: each for each in await driver.collection(name).find({"org": "acme"}).to_list(None)}
    changed = [each for each in kept if found.pop(each["_id"], None) != each]
    await driver.collection(name).delete_many({"_id": {"$in": [*found, *(each["_id"] for each in changed)]}})
    if changed:
        await driver.collection(name).insert_many(changed)


MODULES = [import_module(f"{explain_cases.__name__}.{each.name}") for each in iter_modules(explain_cases.__path__)]
CASES: list[Case] = [case for module in MODULES for case in getattr(module, "CASES", ())]


@pytest.mark.parametrize(("name", "how", "act", "costs"), CASES, ids=[f"{name} {how}" for name, how, _, _ in CASES])
async def test_a_query_reads_what_it_returns(noisy: Noisy, name: str, how: str, act: Act, costs: Costs) -> None:
    found = await spent(noisy, act)
    # Sorted, for commands sent at once arrive in any order.
    assert sorted((each.command, each.examined) for each in found) == sorted(costs)
    for each in found:
        assert each.examined <= each.returned or each.command == "aggregate"
        assert "COLLSCAN" not in each.stages
        assert "SORT" not in each.stages
        # A plan that is tried out beside the right one reads documents that no statistics tell of.
        assert each.tried == 0


def test_every_method_of_every_store_is_explained() -> None:
    methods = {
        f"{store.__name__}.{name}"
        for store in [*_stores_of(Changes), *_stores_of(Stores), OrganizationStore, CrmTaskStore]
        for name, _ in getmembers(store, isfunction)
        if not name.startswith("_")
    }
    assert {name for name, *_ in CASES} == methods


def _stores_of(bundle: type[Any]) -> list[type[Any]]:
    found = [each for each in get_type_hints(bundle).values() if each.__module__.startswith("persistence.")]
    return [each for each in found if each is not Driver]
