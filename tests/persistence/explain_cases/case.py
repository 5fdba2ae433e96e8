"""One case: a method of a store, how it is called, and what its commands read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from persistence.crm_tasks import CrmTaskStore
from persistence.organizations import OrganizationStore
from persistence.stores import Changes, Stores

Act = Callable[[Stores], Awaitable[object]]
Costs = list[tuple[str, int]]
"""For each command, its name and the documents that it examines: which is what it returns or matches."""

Case = tuple[str, str, Act, Costs]
"""The method as `Store.method`, a word on how it is called, the call, and what it costs."""


def within(work: Callable[[Changes], Awaitable[object]]) -> Act:
    return lambda stores: stores.transact(work)


def organizations(work: Callable[[OrganizationStore], Awaitable[object]]) -> Act:
    return lambda stores: work(OrganizationStore(stores.driver))


def crm_tasks(work: Callable[[CrmTaskStore], Awaitable[object]]) -> Act:
    return lambda stores: work(CrmTaskStore(stores.driver))
