"""What the server says it did for each command that the product sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pymongo.monitoring import CommandStartedEvent

from persistence.driver import Driver

_ENVELOPE = frozenset(
    {
        *("lsid", "$clusterTime", "$db", "$readPreference", "txnNumber", "autocommit", "startTransaction"),
        *("readConcern", "writeConcern", "apiVersion", "bypassDocumentValidation"),
    }
)
# The further batches of a `find` are counted with it.
_NO_QUERY = frozenset({"insert", "getMore", "commitTransaction", "abortTransaction"})


@dataclass(frozen=True, slots=True)
class Cost:
    """`examined` counts documents fetched, `returned` those given or matched; `tried` other plans considered."""

    command: str
    examined: int
    returned: int
    stages: frozenset[str]
    tried: int


async def costs_of(driver: Driver, sent: Sequence[CommandStartedEvent]) -> list[Cost]:
    """Explain every query among the commands, and the pipeline of each `$lookup` on its own as well."""
    commands = [each for event in sent for each in _queries(event)]
    return [await _cost(driver, each) for each in commands]


def _queries(event: CommandStartedEvent) -> Iterator[dict[str, Any]]:
    command = {name: value for name, value in event.command.items() if name not in _ENVELOPE}
    match event.command_name:
        case "find" | "findAndModify":
            yield command
        case "aggregate":
            yield command
            yield from _lookups(command["pipeline"])
        case "update":
            # One statement at a time can be explained.
            for statement in command["updates"]:
                yield {"update": command["update"], "updates": [statement]}
        case "delete":
            for statement in command["deletes"]:
                yield {"delete": command["delete"], "deletes": [statement]}
        case name:
            assert name in _NO_QUERY, f"{name} cannot be explained here: is it a query?"


def _lookups(pipeline: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Spell what the server runs for each row that a `$lookup` starts from."""
    rows = pipeline[0].get("$documents", [])
    for lookup in (each["$lookup"] for each in pipeline if "$lookup" in each):
        match, *rest = lookup["pipeline"]
        for row in rows:
            joined = {"$and": [{lookup["foreignField"]: {"$eq": row[lookup["localField"]]}}, match["$match"]]}
            yield {"aggregate": lookup["from"], "pipeline": [{"$match": joined}, *rest], "cursor": {}}


async def _cost(driver: Driver, command: dict[str, Any]) -> Cost:
    answer = await driver.command("explain", command)
    roots = [each for each in _maps(answer) if "executionStages" in each]
    lookups = [each for each in answer.get("stages", []) if "$lookup" in each]
    matched = sum(each.get("nMatched", 0) for each in _maps(answer) if each.get("stage") == "UPDATE")
    matched += sum(each.get("nWouldDelete", 0) for each in _maps(answer) if each.get("stage") == "DELETE")
    scans = {"COLLSCAN" for each in lookups if int(each["collectionScans"])}
    return Cost(
        command=next(iter(command)),
        examined=sum(int(each["totalDocsExamined"]) for each in [*roots, *lookups]),
        returned=_given(answer, roots) or matched,
        stages=frozenset({each["stage"] for each in _maps(answer) if "stage" in each} | scans),
        tried=sum(len(each.get("rejectedPlans", [])) for each in _maps(answer)),
    )


def _given(answer: Mapping[str, Any], roots: Sequence[Mapping[str, Any]]) -> int:
    if "stages" in answer:
        return int(answer["stages"][-1]["nReturned"])
    return sum(int(each["nReturned"]) for each in roots)


def _maps(node: object) -> Iterator[Mapping[str, Any]]:
    """Walk through every map of the answer, but for those of plans that were only tried."""
    if isinstance(node, Mapping):
        yield node
        for name, each in node.items():
            if name not in {"rejectedPlans", "allPlansExecution", "command"}:
                yield from _maps(each)
    elif isinstance(node, list):
        for each in node:
            yield from _maps(each)
