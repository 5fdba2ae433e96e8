"""A CRM that is asked at an address of the company's own.

Every request is a POST of JSON, signed as `crm.signatures` says.

Look-up: what is known of a person, as an object by alias, to the look-up address: `{"phone": "+12022243441"}`. The
answer is the record, as an object by alias that holds the alias of the record's id; an array of several where they
agree equally well; and 404, 204, `null`, `{}` or `[]` where nobody is known. Where the CRM takes several, an array of
such objects is sent, and answered by an array of the same length, whatever is known.

Values are text, numbers, booleans, `null` for a blank field, and arrays of texts. A field that is absent says nothing.

Write: `{"<alias of the id>": "…", "attributes": {alias: value}, "expected": {alias: value}}` to the write address, with
the header `Idempotency-Key`: repeating a key does nothing again. The CRM answers 2xx, with the record as it is now if
it likes; 409 with the record where a field holds neither what is expected nor what is to be written, and writes
nothing; 404 where there is no such record; 400 or 422 with `{"message": "…"}` for the agent where it does not take it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import assert_never

import orjson

from crm.http_client import HttpAnswer, HttpClient
from crm.http_records import Records, json_of_fields, message_of, unreadable
from crm.signatures import is_key, sign
from domain import clock
from domain.crm import (
    PASSING,
    CrmFailed,
    CrmRecord,
    FailureReason,
    FieldWrite,
    LookUpAnswer,
    LookUpQuery,
    RecordFound,
    RecordMissing,
    RecordsAmbiguous,
    RecordWritten,
    WriteAnswer,
    WriteConflict,
    WriteRejected,
)
from domain.crm_settings import HttpConnection

AT_ONCE = 8
"""Requests side by side to a CRM that takes one person at a time."""
NOBODY = "contact-graph-connection-test"
"""An id that no record has."""


class HttpConnector:
    """Asks the CRM. The client is closed by who gave it: it may be that of many connectors."""

    def __init__(
        self, connection: HttpConnection, key: str, client: HttpClient, now: Callable[[], datetime] = clock.now
    ) -> None:
        if not is_key(key):
            raise ValueError("The key of the signatures is none.")
        self._connection, self._key, self._client, self._now = connection, key, client, now
        self._records = Records(connection)
        self._places = asyncio.Semaphore(AT_ONCE)

    async def look_up(self, queries: Sequence[LookUpQuery], wanted: Collection[str]) -> Sequence[LookUpAnswer]:
        if not queries:
            return []
        if self._connection.takes_several:
            return await self._look_up_several(queries, wanted)
        return await self._look_up_singly(queries, wanted)

    async def _look_up_several(self, queries: Sequence[LookUpQuery], wanted: Collection[str]) -> Sequence[LookUpAnswer]:
        answer = await self._post(self._connection.look_up_url, [json_of_fields(each.fields) for each in queries])
        if isinstance(answer, HttpAnswer):
            if not _is_success(answer):
                answer = _refused(answer)
            elif isinstance(answer.json, list) and len(answer.json) == len(queries):
                return [self._records.answer_of(each, wanted) for each in answer.json]
            else:
                answer = unreadable("The answer must be a JSON array with one element for each that was asked for.")
        return [answer] * len(queries)

    async def _look_up_singly(self, queries: Sequence[LookUpQuery], wanted: Collection[str]) -> Sequence[LookUpAnswer]:
        failures: list[CrmFailed] = []

        async def look_up(query: LookUpQuery) -> LookUpAnswer:
            async with self._places:
                if failures:
                    # Whoever cannot answer now is not asked a hundred times more.
                    return failures[0]
                answer = await self._look_up_one(query, wanted)
                if isinstance(answer, CrmFailed) and answer.reason in PASSING:
                    failures.append(answer)
                return answer

        async with asyncio.TaskGroup() as group:
            asked = [group.create_task(look_up(each)) for each in queries]
        return [each.result() for each in asked]

    async def _look_up_one(self, query: LookUpQuery, wanted: Collection[str]) -> LookUpAnswer:
        answer = await self._post(self._connection.look_up_url, json_of_fields(query.fields))
        if isinstance(answer, CrmFailed):
            return answer
        if answer.status in (HTTPStatus.NOT_FOUND, HTTPStatus.NO_CONTENT):
            return RecordMissing()
        if not _is_success(answer):
            return _refused(answer)
        if answer.json is None and answer.body.strip() != b"null":
            return unreadable("The answer is no JSON.")
        return self._records.answer_of(answer.json, wanted)

    async def read(self, record_ids: Sequence[str], wanted: Collection[str]) -> Mapping[str, CrmRecord] | CrmFailed:
        alias = self._connection.record_id_alias
        answers = await self.look_up([LookUpQuery({alias: each}) for each in record_ids], wanted)
        found: dict[str, CrmRecord] = {}
        for record_id, answer in zip(record_ids, answers, strict=True):
            match answer:
                case CrmFailed():
                    return answer
                case RecordFound(record) if record.id == record_id:
                    found[record_id] = record
                case RecordMissing():
                    pass
                case RecordFound() | RecordsAmbiguous():
                    # Never another's: it would be written to later on.
                    return unreadable(f"Asked for the record of one «{alias}», it answers another one, or several.")
                case _:
                    assert_never(answer)
        return found

    async def write(self, write: FieldWrite) -> WriteAnswer:
        if self._connection.write_url is None:
            return CrmFailed(FailureReason.REFUSED, "The CRM is only read: it has no address for what is written.")
        content = {
            self._connection.record_id_alias: write.record_id,
            "attributes": json_of_fields(write.fields),
            "expected": json_of_fields(write.expected),
        }
        answer = await self._post(self._connection.write_url, content, {"idempotency-key": write.key})
        if isinstance(answer, CrmFailed):
            return answer
        record = self._record_of(write, answer)
        match answer.status:
            case _ if _is_success(answer):
                # It is written, whatever else is said.
                return RecordWritten(None if isinstance(record, CrmFailed) else record)
            case HTTPStatus.CONFLICT:
                return record if isinstance(record, CrmFailed) else WriteConflict(record)
            case HTTPStatus.NOT_FOUND:
                return RecordMissing()
            case HTTPStatus.BAD_REQUEST | HTTPStatus.UNPROCESSABLE_ENTITY:
                return WriteRejected(message_of(answer.json, "The CRM does not take it, and does not say why."))
            case _:
                return _refused(answer)

    def _record_of(self, write: FieldWrite, answer: HttpAnswer) -> CrmRecord | CrmFailed:
        record = self._records.record_of(answer.json, {*write.fields, *write.expected})
        if isinstance(record, CrmRecord) and record.id != write.record_id:
            return unreadable("It answers another record than the one that was to be written.")
        return record

    async def check(self) -> CrmFailed | None:
        (answer,) = await self.look_up([LookUpQuery({self._connection.record_id_alias: NOBODY})], ())
        match answer:
            case RecordMissing():
                return None
            case CrmFailed():
                return answer
            case RecordFound() | RecordsAmbiguous():
                return unreadable("It finds a record for an id that no record has.")
            case _:
                assert_never(answer)

    async def close(self) -> None:
        """Nothing is open that is its own."""

    async def _post(
        self, url: str, content: object, headers: Mapping[str, str] | None = None
    ) -> HttpAnswer | CrmFailed:
        body = orjson.dumps(content)
        told = {"content-type": "application/json", "accept": "application/json", **(headers or {})}
        return await self._client.send("POST", url, headers={**told, **sign(self._key, body, self._now())}, body=body)


def _is_success(answer: HttpAnswer) -> bool:
    return 200 <= answer.status < 300


def _refused(answer: HttpAnswer) -> CrmFailed:
    return CrmFailed(FailureReason.REFUSED, f"The CRM does not accept the request (status {answer.status}).")
