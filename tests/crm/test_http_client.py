from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import tracemalloc
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from crm.http_answers import Bounded, TooLargeError, retry_after
from crm.http_client import HttpAnswer, HttpClient, HttpLimits
from domain.crm import CrmFailed, FailureReason
from tests.crm.certificates import certified
from tests.crm.serving import NOBODY, running_raw

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
SECRET = "pat-secret-1234"


def plain(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    told = "".join(f"{each}\r\n" for each in (*headers, f"Content-Length: {len(body)}"))
    return f"HTTP/1.1 {status}\r\n{told}\r\n".encode("latin-1") + body


async def asked(client: HttpClient, url: str, **given: Any) -> HttpAnswer | CrmFailed:
    return await client.send("POST", url, headers={"Authorization": f"Bearer {SECRET}"}, **given)


async def answered(client: HttpClient, *parts: bytes) -> HttpAnswer | CrmFailed:
    async with running_raw(*parts) as raw:
        return await asked(client, f"http://127.0.0.1:{raw.port}/path?query=1", body=b"{}")


def reason(answer: HttpAnswer | CrmFailed) -> FailureReason:
    assert isinstance(answer, CrmFailed), answer
    assert SECRET not in answer.message
    return answer.reason


async def test_an_answer_is_read_whole(client: HttpClient) -> None:
    answer = await answered(client, plain(b'{"a": [1]}', "X-Told: Yes"))
    assert answer == HttpAnswer(200, {"x-told": "Yes", "content-length": "10"}, b'{"a": [1]}', {"a": [1]})


async def test_a_request_carries_what_it_was_given_and_no_cookies(client: HttpClient) -> None:
    async with running_raw(plain(b"{}", "Set-Cookie: a=b")) as raw:
        await asked(client, f"http://127.0.0.1:{raw.port}/a%20b?c=d", body=b"{}")
        await asked(client, f"http://127.0.0.1:{raw.port}/", body=b"{}")
    first, second = (each.decode().lower() for each in raw.requests)
    assert first.startswith("post /a%20b?c=d http/1.1\r\n")
    assert f"host: 127.0.0.1:{raw.port}\r\n" in first
    assert f"authorization: bearer {SECRET}\r\n" in first
    assert "content-length: 2\r\n" in first
    assert "user-agent: contact-graph\r\n" in first
    assert "cookie" not in second


@pytest.mark.parametrize("body", [b"", b"null", b"{", b"\xff", b"[" * 100_000])
async def test_what_is_no_json_is_none(body: bytes, client: HttpClient) -> None:
    answer = await answered(client, plain(body))
    assert isinstance(answer, HttpAnswer)
    assert (answer.body, answer.json) == (body, None)


@pytest.mark.parametrize("status", ["201 Created", "204 No Content", "400 No", "404 No", "409 No", "418 No", "499 No"])
async def test_statuses_that_are_answers(status: str, client: HttpClient) -> None:
    answer = await answered(client, plain(b"", status=status))
    assert isinstance(answer, HttpAnswer)
    assert answer.status == int(status[:3])


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("300 Choose", FailureReason.REDIRECTED),
        ("301 Moved", FailureReason.REDIRECTED),
        ("304 Same", FailureReason.REDIRECTED),
        ("308 Moved", FailureReason.REDIRECTED),
        ("401 No", FailureReason.UNAUTHORIZED),
        ("403 No", FailureReason.UNAUTHORIZED),
        ("407 No", FailureReason.UNAUTHORIZED),
        ("429 No", FailureReason.RATE_LIMITED),
        ("500 No", FailureReason.SERVER_ERROR),
        ("503 No", FailureReason.SERVER_ERROR),
        ("599 No", FailureReason.SERVER_ERROR),
    ],
)
async def test_statuses_that_are_failures(status: str, expected: FailureReason, client: HttpClient) -> None:
    assert reason(await answered(client, plain(b"{}", "Location: http://127.0.0.1:1/", status=status))) is expected


@pytest.mark.parametrize("status", ["429 No", "503 No"])
@pytest.mark.parametrize("told", ["7", format_datetime(NOW + timedelta(seconds=7), usegmt=True)])
async def test_how_long_to_wait_is_told_in_both_spellings(status: str, told: str) -> None:
    client = HttpClient(HttpLimits(allow_private=True), trust=NOBODY, now=lambda: NOW)
    answer = await answered(client, plain(b"", f"Retry-After: {told}", status=status))
    await client.close()
    assert isinstance(answer, CrmFailed)
    assert answer.retry_after == timedelta(seconds=7)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("-1", None),
        ("1.5", None),
        ("²", None),
        ("0", timedelta()),
        ("9" * 5_000, timedelta(days=1)),
        ("Wed, 04 Mar 2026 05:06:17 GMT", timedelta(seconds=10)),
        ("Wed, 04 Mar 2026 05:06:17 -0000", timedelta(seconds=10)),
        ("Wed, 04 Mar 2026 07:06:17 +0200", timedelta(seconds=10)),
        ("Wed, 04 Mar 2020 05:06:17 GMT", timedelta()),
        ("Wed, 04 Mar 2099 05:06:17 GMT", timedelta(days=1)),
        ("Wed, 99 Mar 2026 05:06:17 GMT", None),
    ],
)
def test_how_long_to_wait_has_bounds(told: str | None, expected: timedelta | None) -> None:
    assert retry_after({} if told is None else {"retry-after": told}, NOW) == expected


async def test_an_answer_may_be_as_large_as_the_limit_and_no_larger(client: HttpClient) -> None:
    assert isinstance(await answered(client, plain(b"x" * 100_000)), HttpAnswer)
    assert reason(await answered(client, plain(b"x" * 100_001))) is FailureReason.TOO_LARGE


async def test_a_length_that_is_too_large_is_enough(client: HttpClient) -> None:
    told = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n"
    assert reason(await answered(client, told)) is FailureReason.TOO_LARGE


async def test_an_answer_without_a_length_is_bounded_while_it_comes(client: HttpClient) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunk = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
    assert reason(await answered(client, head, *[chunk] * 100)) is FailureReason.TOO_LARGE


async def test_a_compressed_answer_is_unpacked(client: HttpClient) -> None:
    answer = await answered(client, plain(gzip.compress(b'{"a": 1}'), "Content-Encoding: gzip"))
    assert isinstance(answer, HttpAnswer)
    assert (answer.body, answer.json) == (b'{"a": 1}', {"a": 1})


async def test_a_compressed_answer_may_become_as_large_as_the_limit_and_no_larger(client: HttpClient) -> None:
    head = "Content-Encoding: gzip"
    assert isinstance(await answered(client, plain(gzip.compress(b"x" * 100_000), head)), HttpAnswer)
    assert reason(await answered(client, plain(gzip.compress(b"x" * 100_001), head))) is FailureReason.TOO_LARGE
    bomb = gzip.compress(b"x" * 50_000_000)
    assert len(bomb) < 100_000
    assert reason(await answered(client, plain(bomb, head))) is FailureReason.TOO_LARGE


def test_what_is_too_large_is_not_even_unpacked() -> None:
    bomb = gzip.compress(b"x" * 50_000_000)
    bounded = Bounded.of({"content-encoding": "gzip"}, 100_000)
    tracemalloc.start()
    with pytest.raises(TooLargeError):
        bounded.take(bomb)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 5_000_000


# Without a time: tests are called the same in each process.
PACKED = gzip.compress(b"{}", mtime=0)


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", b"no gzip"),
        ("gzip", PACKED[:-4]),
        ("gzip, gzip", gzip.compress(PACKED, mtime=0)),
        ("br", b"{}"),
        ("deflate", b"{}"),
    ],
)
async def test_what_cannot_be_unpacked_is_unreadable(encoding: str, body: bytes, client: HttpClient) -> None:
    answer = await answered(client, plain(body, f"Content-Encoding: {encoding}"))
    assert reason(answer) is FailureReason.UNREADABLE


async def test_nothing_follows_a_compressed_answer(client: HttpClient) -> None:
    packed = gzip.compress(b"{}")
    chunks = [b"%x\r\n%b\r\n" % (len(each), each) for each in (packed, b"more" * 10_000)]
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert reason(await answered(client, head, *chunks, b"0\r\n\r\n")) is FailureReason.UNREADABLE


async def test_an_empty_answer_is_no_broken_one(client: HttpClient) -> None:
    answer = await answered(client, plain(b"", "Content-Encoding: gzip"))
    assert isinstance(answer, HttpAnswer)
    assert answer.body == b""


@pytest.mark.parametrize("parts", [(b"",), (b"HTTP/1.1 200 OK\r\n",), (b"nonsense\r\n\r\n",), (plain(b"{}")[:-1],)])
async def test_an_answer_that_breaks_off_is_none(parts: tuple[bytes, ...], client: HttpClient) -> None:
    assert reason(await answered(client, *parts)) is FailureReason.UNREACHABLE


async def test_nobody_listens(client: HttpClient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert reason(await asked(client, f"http://127.0.0.1:{port}/")) is FailureReason.UNREACHABLE


@pytest.mark.parametrize("host", ["nobody.invalid", "a..b", "a b", "a" * 64 + ".test"])
async def test_a_name_that_nobody_has(host: str, client: HttpClient) -> None:
    assert reason(await asked(client, f"http://{host}/")) is FailureReason.UNREACHABLE


async def test_a_server_that_takes_no_connection_is_not_waited_for() -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        await asyncio.sleep(30)
        return []

    client = HttpClient(HttpLimits(connect_seconds=0.05, allow_private=True), resolve=resolve, trust=NOBODY)
    assert reason(await asked(client, "http://crm.test/")) is FailureReason.TIMED_OUT
    await client.close()


async def test_an_address_that_takes_no_connection_leaves_time_for_the_next() -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.2", "127.0.0.1"]

    limits = HttpLimits(connect_seconds=0.6, total_seconds=0.6, allow_private=True)
    client = HttpClient(limits, resolve=resolve, trust=NOBODY)
    async with running_raw(plain(b"{}")) as raw:
        with full("127.0.0.2", raw.port):
            answer = await asked(client, f"http://crm.test:{raw.port}/")
    await client.close()
    assert isinstance(answer, HttpAnswer)


@contextmanager
def full(host: str, port: int) -> Iterator[None]:
    """Listen where nobody is let in: those who wait already leave no place."""
    with ExitStack() as opened:
        opened.enter_context(socket.create_server((host, port), backlog=0))
        for _ in range(4):
            waiting = opened.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex((host, port))
        yield


@pytest.mark.parametrize("credential", ["a\nb", "a\0b", "é", "\U0001f600"])
async def test_a_credential_that_no_request_can_carry_is_not_told(credential: str, client: HttpClient) -> None:
    async with running_raw(plain(b"{}")) as raw:
        answer = await client.send(
            "GET", f"http://127.0.0.1:{raw.port}/", headers={"Authorization": SECRET + credential}
        )
    assert reason(answer) is FailureReason.REFUSED
    assert raw.requests == []


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "localhost", "LOCALHOST", "127.1", "2130706433", "0x7f000001", "0x7f.1"),
        *("0177.0.0.1", "017700000001", "0", "0.0.0.0", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254"),
        *("2852039166", "0xa9fea9fe", "100.64.0.1", "224.0.0.1", "255.255.255.255", "[::1]", "[::]", "[fe80::1]"),
        *("[fd00::1]", "[ff02::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:a9fe:a9fe]"),
        *(
            "[2002:7f00:1::]",
            "[64:ff9b::7f00:1]",
            "[64:ff9b::169.254.169.254]",
            "\uff11\uff12\uff17.0.0.1",
            "\u2460\u2461\u2466.0.0.1",
        ),
    ],
)
async def test_a_private_address_is_refused_however_it_is_spelt(host: str) -> None:
    async with running_raw(plain(b"{}")) as raw:
        client = HttpClient(HttpLimits(connect_seconds=2.0), trust=NOBODY)
        answer = await asked(client, f"https://{host}:{raw.port}/")
        await client.close()
    assert reason(answer) is FailureReason.ADDRESS_REFUSED
    assert raw.requests == []


@pytest.mark.parametrize(
    "url",
    [
        *("http://crm.test/", "HTTP://crm.test/", "ftp://crm.test/", "file:///etc/passwd", "crm.test", "//crm.test/"),
        *("", "https://", "https:///path", "https:crm.test", "https://user@crm.test/", f"https://u:{SECRET}@crm.test/"),
        *(
            "https://crm.test/#part",
            "https://crm.test:99999/",
            "https://[::1/",
            "https://crm.test/\n",
            "https://crm.test:-1/",
            "https://crm.test:0/",
        ),
        "https://crm.test/" + "a" * 70_000,
    ],
)
async def test_what_is_no_address_of_a_crm_is_refused(url: str) -> None:
    client = HttpClient(trust=NOBODY)
    assert reason(await asked(client, url)) is FailureReason.ADDRESS_REFUSED
    await client.close()


async def test_no_proxy_of_the_environment_is_asked(client: HttpClient, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running_raw(plain(b"{}")) as proxy, running_raw(plain(b"[]")) as raw:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        answer = await asked(client, f"http://127.0.0.1:{raw.port}/")
    assert isinstance(answer, HttpAnswer)
    assert answer.json == []
    assert proxy.requests == []


async def test_the_certificate_is_that_of_the_name_and_not_of_the_address(tmp_path: Path) -> None:
    server, trust = certified(tmp_path, "crm.test")
    asked_for: list[str | None] = []

    def note(connection: ssl.SSLObject, name: str | None, context: ssl.SSLContext) -> None:
        asked_for.append(name)

    server.sni_callback = note

    async def resolve(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    client = HttpClient(HttpLimits(allow_private=True), resolve=resolve, trust=trust)
    async with running_raw(plain(b"{}"), trust=server) as raw:
        right = await asked(client, f"https://crm.test:{raw.port}/")
        wrong = await asked(client, f"https://other.test:{raw.port}/")
        bare = await asked(client, f"https://127.0.0.1:{raw.port}/")
    await client.close()
    assert isinstance(right, HttpAnswer)
    assert [reason(wrong), reason(bare)] == [FailureReason.UNREACHABLE] * 2
    assert asked_for == ["crm.test", "other.test", None]
    assert len(raw.requests) == 1


async def test_a_certificate_of_nobody_is_not_trusted(tmp_path: Path) -> None:
    server, _ = certified(tmp_path, "localhost")
    client = HttpClient(HttpLimits(allow_private=True))
    async with running_raw(plain(b"{}"), trust=server) as raw:
        assert reason(await asked(client, f"https://localhost:{raw.port}/")) is FailureReason.UNREACHABLE
    await client.close()
    assert raw.requests == []
