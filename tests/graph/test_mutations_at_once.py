"""Every mutation asked for by many at once: a repetition is one change, and of those who saw one version one wins."""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from persistence.driver import Driver, connect
from tests.conftest import EmptyDatabase, World
from tests.graph.asking_graphql import Answer, ask
from tests.graph.cases.selections import CURRENT
from tests.graph.mutations import MUTATIONS, change, failure
from tests.graph.test_mutations_endings import FOR_ADMINS, NAMES, WITH_VERSION, fill, good

REPETITIONS, EDITS = 8, 6
MADE = re.compile(
    r"\b(?:[0-9a-f]{64}|[0-9a-f]{32})\b|Binary\(.*?\)|b'.*?'|b\".*?\"|"
    r"'(?:rescoring|crmSweep)': datetime\.datetime\(.*?\)"
)
"""Ids, hashes, secrets and the database's own time, which nobody can foretell."""

Snapshot = Mapping[str, list[dict[str, Any]]]


@pytest.fixture
async def elsewhere(world: World, mongodb_uri: str, test_database: EmptyDatabase) -> AsyncIterator[World]:
    """The same world as another process sees it."""
    driver: Driver = connect(mongodb_uri, test_database.name)
    try:
        yield World(driver)
    finally:
        await driver.close()


def told(snapshot: Snapshot) -> dict[str, list[str]]:
    """Spell everything that is in the database, but for what is made up anew each time."""
    return {name: sorted(MADE.sub("…", repr(each)) for each in documents) for name, documents in snapshot.items()}


async def put_back(world: World, snapshot: Snapshot) -> None:
    for name, documents in snapshot.items():
        await world.driver.collection(name).delete_many({})
        if documents:
            await world.driver.collection(name).insert_many(documents)


@pytest.mark.parametrize("name", NAMES)
async def test_many_repetitions_at_once_are_one_change_and_one_answer(
    world: World, elsewhere: World, name: str
) -> None:
    await fill(world, name)
    before, given = await world.snapshot(), good(name, idempotencyKey="k1")
    assert (await change(world, name, given, agent="ada"))["__typename"] == MUTATIONS[name].success
    once = told(await world.snapshot())
    await put_back(world, before)
    asked = [change([world, elsewhere][at % 2], name, given, agent="ada") for at in range(REPETITIONS)]
    answers = await asyncio.gather(*asked)
    assert answers[0]["__typename"] == MUTATIONS[name].success
    assert Counter(json.dumps(each) for each in answers) == {json.dumps(answers[0]): REPETITIONS}
    # All that is there is what one request alone leaves.
    assert told(await world.snapshot()) == once


# A move makes no new version, so that two admins both get their way; and who is merged is not there to be merged again.
MOVES = {"attributeDefinitionReorder", "contactGroupReorder"}
ONE_WINS = [each for each in WITH_VERSION if each not in {*MOVES, "contactMerge"}]


@pytest.mark.parametrize("name", ONE_WINS)
async def test_of_many_who_saw_one_version_one_wins_and_the_others_are_told_of_it(
    world: World, elsewhere: World, name: str
) -> None:
    await fill(world, name)
    case = MUTATIONS[name]
    before, given = await world.snapshot(), good(name, version=1)
    assert (await change(world, name, given, agent="ada"))["__typename"] == case.success
    once = told(await world.snapshot())
    await put_back(world, before)
    asked = [change([world, elsewhere][at % 2], name, given, agent="ada") for at in range(EDITS)]
    answers = await asyncio.gather(*asked)
    assert Counter(each["__typename"] for each in answers) == {case.success: 1, case.late: EDITS - 1}
    assert told(await world.snapshot()) == once
    losers = [each for each in answers if each["__typename"] == case.late]
    if case.late == "Conflict":
        current = await now(world, losers[0]["current"]["id"])
        for each in losers:
            assert failure(each) == ("Conflict", "CONFLICT", ["input", "version"])
            assert each["current"] == current
        assert current["version"] > 1


async def now(world: World, node_id: str) -> Answer:
    of_types = " ".join(f"... on {kind} {{ {fields} }}" for kind, fields in CURRENT.items())
    query = f"query ($id: ID!) {{ node(id: $id) {{ __typename id {of_types} }} }}"
    found: Answer = (await ask(world, query, {"id": node_id}, agent="ada"))["node"]
    return found


@pytest.mark.parametrize("name", FOR_ADMINS)
async def test_who_is_no_admin_any_more_is_answered_as_the_first_time(world: World, name: str) -> None:
    """They are told what they were told when they were: nothing is done, and nothing more is said."""
    await fill(world, name)
    given = good(name, idempotencyKey="k1")
    first = await change(world, name, given, agent="ada")
    await world.driver.collection("agents").update_one({"org": "acme", "agent": "ada"}, {"$set": {"role": "AGENT"}})
    before = await world.snapshot()
    assert await change(world, name, given, agent="ada") == first
    refused = await change(world, name, good(name, idempotencyKey="k2"), agent="ada")
    assert failure(refused) == ("Forbidden", "FORBIDDEN_BY_ROLE", [])
    assert await world.snapshot() == before
