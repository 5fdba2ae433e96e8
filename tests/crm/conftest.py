"""CRMs on loopback, one of each for all tests."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from crm.http_client import HttpClient, HttpLimits
from tests.crm.hubspot_server import HubSpotHost, hubspot_host
from tests.crm.serving import NOBODY, RunningCrm, running_demo_crm


@pytest_asyncio.fixture(scope="session")
async def hubspot() -> AsyncIterator[HubSpotHost]:
    async with hubspot_host() as host:
        yield host


@pytest_asyncio.fixture(scope="session")
async def served_demo() -> AsyncIterator[RunningCrm]:
    async with running_demo_crm() as running:
        yield running


@pytest.fixture
def demo(served_demo: RunningCrm) -> RunningCrm:
    """The demo's CRM, with three customers: one server for all tests, which remembers none of them."""
    served_demo.forget()
    return served_demo


@pytest_asyncio.fixture
async def client() -> AsyncIterator[HttpClient]:
    """A client that may ask this machine, and has patience with one that is busy."""
    limits = HttpLimits(connect_seconds=5.0, total_seconds=10.0, answer_bytes=100_000, allow_private=True)
    client = HttpClient(limits, trust=NOBODY)
    yield client
    await client.close()


@pytest_asyncio.fixture
async def hasty() -> AsyncIterator[HttpClient]:
    """One that has none, for what is not answered at all."""
    client = HttpClient(HttpLimits(connect_seconds=0.3, total_seconds=0.3, allow_private=True), trust=NOBODY)
    yield client
    await client.close()
