"""What is past its date is removed by MongoDB itself, whether or not a server runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from domain.clock import now
from domain.notes import NoteDeleted, NoteEdited
from persistence.driver import connect
from persistence.embedded import embedded_mongodb
from persistence.indexes import ensure_indexes
from persistence.mongod import installed_mongod
from persistence.names import NOTES, REVISIONS
from resolvers import notes
from tests.builders import a_contact, a_note, an_agent, an_organization
from tests.conftest import World


@pytest.fixture
async def removing(tmp_path: Path) -> AsyncIterator[World]:
    """A MongoDB of its own, which removes what is past its date once a second; the tests' other one never does."""
    binary = tmp_path / "mongod"
    binary.write_text(f'#!/bin/sh\nexec "{installed_mongod()}" "$@" --setParameter=ttlMonitorSleepSecs=1\n')
    binary.chmod(0o700)
    async with embedded_mongodb(tmp_path / "data", binary=binary) as uri:
        driver = connect(uri, "retention")
        try:
            await ensure_indexes(driver)
            world = World(driver)
            await world.add_organization(an_organization("acme"), [an_agent("jo")])
            yield world
        finally:
            await driver.close()


async def test_a_deleted_note_is_removed_with_its_past_at_its_date(removing: World) -> None:
    await removing.add_contacts(a_contact("c1", note_count=3))
    await removing.add_notes(*(a_note("c1", id=each) for each in ("expired", "kept", "live")))
    context = replace(await removing.context(), clock=now)
    retentions = {"expired": timedelta(milliseconds=1), "kept": timedelta(days=30)}
    for note_id in ("expired", "kept", "live"):
        for body in ("Two.", "Three."):
            edited = await notes.edit(context, note_id=note_id, body=body, version=None, idempotency_key=None)
            assert isinstance(edited, NoteEdited)
    for note_id, retention in retentions.items():
        asking = replace(context, note_retention=retention)
        deleted = await notes.delete(asking, note_id=note_id, version=None, idempotency_key=None)
        assert isinstance(deleted, NoteDeleted)

    async def left(collection: str) -> set[str]:
        return {each["_id"] for each in await removing.driver.collection(collection).find().to_list(None)}

    kept = {f"{each}:{version}" for each in ("kept", "live") for version in (1, 2)}
    async with asyncio.timeout(60):
        while (await left(NOTES), await left(REVISIONS)) != ({"kept", "live"}, kept):  # noqa: ASYNC110 - mongod does it
            await asyncio.sleep(0.05)
    assert len(await left("contactEvents")) == 8
