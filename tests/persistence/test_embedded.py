"""The embedded MongoDB, with the real mongod, real signals, and small programs in the place of broken ones."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import AsyncMongoClient, WriteConcern

from persistence.embedded import EmbeddedMongoError, embedded_mongodb
from persistence.mongod import EmbeddedLimits, installed_mongod
from persistence.watchdog import CANNOT_EXECUTE, LogBound, describe, explain, previous, supervise

ROOT = Path(__file__).parents[2]
SOON = 8.0
IMPATIENT = EmbeddedLimits(start_seconds=1, stop_seconds=0.3, predecessor_seconds=0.3)

Document = dict[str, Any]
Fake = Callable[[str], Path]

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a parent-death signal and /proc")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def fake(tmp_path: Path) -> Fake:
    """Make an executable that stands where mongod should."""

    def write(content: str) -> Path:
        path = tmp_path / "mongod"
        path.write_text(content)
        path.chmod(0o700)
        return path

    return write


@pytest.fixture(scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Path, str]]:
    folder = tmp_path_factory.mktemp("shared") / "data"
    async with embedded_mongodb(folder) as uri:
        yield folder, uri


def connect(uri: str) -> AsyncMongoClient[Document]:
    return AsyncMongoClient(uri, w="majority")


def port_of(uri: str) -> int:
    return int(uri.split(":")[2].split("/")[0])


def mongod_of(folder: Path) -> int:
    return int((folder / "db" / "mongod.lock").read_text())


def running(process: int) -> bool:
    try:
        return proc_stat(process)[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def parent_of(process: int) -> int:
    return int(proc_stat(process)[1])


def proc_stat(process: int) -> list[str]:
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()


def listening(process: int) -> list[str]:
    """The addresses and socket files on which a process listens, as the kernel writes them."""
    sockets = {str(each.readlink()) for each in Path(f"/proc/{process}/fd").iterdir() if each.is_symlink()}
    internet = [row for table in ("tcp", "tcp6") for row in rows(table) if row[3] == "0A"]
    addresses = [row[1] for row in internet if f"socket:[{row[9]}]" in sockets]
    return addresses + [row[7] for row in rows("unix") if len(row) > 7 and f"socket:[{row[6]}]" in sockets]


def rows(table: str) -> list[list[str]]:
    return [line.split() for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]]


def without_library(library: str) -> str:
    """A program that says what the loader says where a library is missing."""
    complaint = f"error while loading shared libraries: {library}: cannot open shared object file"
    return f"#!/bin/sh\necho 'mongod: {complaint}' >&2; exit 127"


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def until(condition: Callable[[], bool], seconds: float = SOON) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - other processes are waited for
            await asyncio.sleep(0.01)


async def numbers(uri: str) -> list[int]:
    async with connect(uri) as client:
        return [each["number"] async for each in client.host.writes.find(sort=[("number", 1)])]


def text_of(path: Path) -> str:
    return path.read_text()


def ended_cleanly(log: Path) -> bool:
    return '"exitCode":0' in log.read_text()


@dataclass(frozen=True, slots=True)
class Host:
    """A server in a process of its own, and the processes that it started."""

    process: asyncio.subprocess.Process
    mongod: int
    watchdog: int

    async def said(self) -> bytes:
        assert self.process.stdout
        return await self.process.stdout.read()


@asynccontextmanager
async def hosting(folder: Path, loop: str = "asyncio") -> AsyncIterator[Host]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.persistence.embedded_host", str(folder), loop),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        assert process.stdout
        assert (await process.stdout.readline()).startswith(b"ready ")
        mongod = mongod_of(folder)
        yield Host(process, mongod, parent_of(mongod))
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


class TestService:
    async def test_a_transaction_is_all_or_nothing(self, shared: tuple[Path, str]) -> None:
        async with connect(shared[1]) as client, client.start_session() as session:
            notes = client.panel.notes
            await notes.insert_one({"_id": 1})
            await session.start_transaction()
            await notes.insert_one({"_id": 2}, session=session)
            await session.abort_transaction()
            async with await session.start_transaction():
                await notes.insert_one({"_id": 3}, session=session)
            assert [note["_id"] async for note in notes.find(sort=[("_id", 1)])] == [1, 3]

    async def test_a_change_stream_tells_of_a_write(self, shared: tuple[Path, str]) -> None:
        async with connect(shared[1]) as client, await client.panel.contacts.watch() as stream:
            await client.panel.contacts.insert_one({"_id": "changed"})
            async with asyncio.timeout(SOON):
                assert (await anext(stream))["fullDocument"] == {"_id": "changed"}

    async def test_the_uri_serves_motor_as_well(self, shared: tuple[Path, str]) -> None:
        client: AsyncIOMotorClient[Document] = AsyncIOMotorClient(shared[1], w="majority")
        try:
            await client.panel.by_motor.insert_one({"_id": 1})
            assert await client.panel.by_motor.count_documents({}) == 1
        finally:
            client.close()

    async def test_it_is_one_journaled_primary(self, shared: tuple[Path, str]) -> None:
        async with connect(shared[1]) as client:
            hello = await client.admin.command("hello")
            assert hello["isWritablePrimary"]
            assert hello["hosts"] == [f"127.0.0.1:{port_of(shared[1])}"]
            journaled = client.panel.with_options(write_concern=WriteConcern(w="majority", j=True)).journaled
            assert (await journaled.insert_one({})).acknowledged

    @linux_only
    async def test_it_listens_on_loopback_alone(self, shared: tuple[Path, str]) -> None:
        assert listening(mongod_of(shared[0])) == [f"0100007F:{port_of(shared[1]):04X}"]

    async def test_its_folder_is_for_this_user_alone(self, shared: tuple[Path, str]) -> None:
        modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (shared[0], shared[0] / "db")}
        assert set(modes.values()) == {0o700}
        assert stat.S_IMODE((shared[0] / "mongod.log").stat().st_mode) == 0o600

    async def test_a_second_server_on_the_folder_is_refused(self, shared: tuple[Path, str]) -> None:
        with pytest.raises(EmbeddedMongoError) as refusal:
            async with embedded_mongodb(shared[0]):
                pytest.fail("two servers on one folder")
        assert f"{shared[0]} is in use by process {os.getpid()}: stop it or choose another" in str(refusal.value)
        assert "CONTACT_GRAPH_DATA" in str(refusal.value)
        async with connect(shared[1]) as client:
            assert await client.admin.command("ping")


class TestStartAndStop:
    async def test_data_are_there_at_the_next_start_whoever_took_the_port(self, folder: Path) -> None:
        async with embedded_mongodb(folder) as uri:
            async with connect(uri) as client:
                await client.host.writes.insert_one({"number": 1})
            mongod = mongod_of(folder)
        assert not running(mongod)
        assert ended_cleanly(folder / "mongod.log")
        # It accepts connections and never answers, which is the worst that can have taken a port.
        with socket.create_server(("127.0.0.1", port_of(uri))):
            began = time.monotonic()
            async with embedded_mongodb(folder) as second:
                assert time.monotonic() - began < SOON
                assert second != uri
                assert await numbers(second) == [1]
        assert ended_cleanly(previous(folder / "mongod.log"))

    @linux_only
    @pytest.mark.parametrize("victim", ["mongod", "watchdog"])
    async def test_an_early_end_is_logged(self, folder: Path, victim: str, caplog: pytest.LogCaptureFixture) -> None:
        async with embedded_mongodb(folder):
            mongod = mongod_of(folder)
            os.kill(mongod if victim == "mongod" else parent_of(mongod), signal.SIGKILL)
            await until(lambda: bool(caplog.records) and not running(mongod))
        assert [record.levelname for record in caplog.records] == ["ERROR"]
        assert caplog.records[0].name == "contact_graph.mongodb"
        assert "was killed by signal 9" in caplog.text
        assert str(folder / "mongod.log") in caplog.text

    async def test_a_stop_is_not_logged_as_an_early_end(self, folder: Path, caplog: pytest.LogCaptureFixture) -> None:
        async with embedded_mongodb(folder):
            pass
        assert not caplog.records

    @linux_only
    async def test_a_watchdog_that_hangs_does_not_hang_the_stop(self, folder: Path) -> None:
        async with embedded_mongodb(folder, limits=EmbeddedLimits(stop_seconds=0.2)):
            mongod = mongod_of(folder)
            os.kill(parent_of(mongod), signal.SIGSTOP)
        await until(lambda: not running(mongod))


@linux_only
class TestKilled:
    @pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
    async def test_sigkill_of_the_server_leaves_no_orphan_and_loses_nothing(self, folder: Path, loop: str) -> None:
        async with hosting(folder, loop) as host:
            os.killpg(host.process.pid, signal.SIGKILL)
            async with embedded_mongodb(folder) as uri:
                assert await numbers(uri) == [1]
                await until(lambda: not running(host.mongod) and not running(host.watchdog))

    async def test_sigkill_of_server_and_watchdog_leaves_no_orphan_and_loses_nothing(self, folder: Path) -> None:
        async with hosting(folder) as host:
            os.kill(host.watchdog, signal.SIGKILL)
            os.kill(host.process.pid, signal.SIGKILL)
            await until(lambda: not running(host.mongod))
            async with embedded_mongodb(folder) as uri:
                assert await numbers(uri) == [1]

    @pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
    async def test_ctrl_c_lets_the_server_finish_first(self, folder: Path, loop: str) -> None:
        async with hosting(folder, loop) as host:
            os.killpg(host.process.pid, signal.SIGINT)
            assert await host.said() == b"finished\n"
            await host.process.wait()
            assert not running(host.mongod)
            assert not running(host.watchdog)
            assert ended_cleanly(folder / "mongod.log")

    async def test_an_orphan_that_does_not_end_is_named(self, folder: Path) -> None:
        async with hosting(folder) as host:
            os.kill(host.watchdog, signal.SIGSTOP)
            host.process.kill()
            await host.process.wait()
            with pytest.raises(EmbeddedMongoError, match=f"in use by process {host.mongod}: stop it or choose"):
                async with embedded_mongodb(folder, limits=EmbeddedLimits(predecessor_seconds=0.3)):
                    pytest.fail("two on one folder")
            os.kill(host.watchdog, signal.SIGCONT)
            await until(lambda: not running(host.mongod))


class TestCannotStart:
    @pytest.mark.parametrize("wheels", [("no-such-wheel",), ("no-such-wheel", "empty-wheel")])
    def test_no_wheel(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wheels: tuple[str, ...]) -> None:
        (tmp_path / "empty_wheel-1.dist-info").mkdir()
        (tmp_path / "empty_wheel-1.dist-info" / "METADATA").write_text("Name: empty-wheel\nVersion: 1\n")
        monkeypatch.syspath_prepend(tmp_path)
        with pytest.raises(EmbeddedMongoError, match=r"not installed.*contact-graph\[embedded\].*MONGODB_URI"):
            installed_mongod(*wheels)

    @pytest.mark.parametrize(
        ("program", "message"),
        [
            (
                without_library("libcurl.so.4"),
                "the shared library libcurl.so.4 is missing: install libcurl .*apt-get install libcurl4",
            ),
            (
                without_library("libcrypto.so.3"),
                "libcrypto.so.3 is missing: it needs OpenSSL 3",
            ),
            (
                without_library("libz.so.1"),
                "libz.so.1 is missing: install the package",
            ),
            ('#!/bin/sh\necho "mongod: version \\`GLIBC_2.34\' not found" >&2; exit 1', "newer C library"),
            ("#!/bin/sh\nkill -ILL $$", "lacks the AVX instructions"),
            ("#!/bin/sh\nkill -KILL $$", "mongod was killed by signal 9"),
            ("this is no program", "built for another processor or operating system"),
            ("#!/no/such/interpreter", "the C library it was built for"),
            ("#!/bin/sh\necho 'write failed: No space left on device'; exit 100", "the disk is full"),
            ('#!/bin/sh\necho \'"msg":"Wrong mongod version"\'; exit 62', "an incompatible version of MongoDB"),
            ("#!/bin/sh\nexit 62", "an incompatible version of MongoDB"),
            ("#!/bin/sh\nexit 100", "mongod ended with exit code 100"),
        ],
    )
    async def test_a_binary_that_does_not_run(self, folder: Path, fake: Fake, program: str, message: str) -> None:
        with pytest.raises(EmbeddedMongoError, match=message) as failure:
            async with embedded_mongodb(folder, binary=fake(program)):
                pytest.fail("it runs")
        assert str(folder / "mongod.log") in str(failure.value)
        assert "MONGODB_URI" in str(failure.value)

    async def test_a_binary_that_may_not_be_executed(self, folder: Path, fake: Fake) -> None:
        binary = fake("#!/bin/sh")
        binary.chmod(0o600)
        with pytest.raises(EmbeddedMongoError, match="may not be executed"):
            async with embedded_mongodb(folder, binary=binary):
                pytest.fail("it runs")

    async def test_broken_data_files(self, folder: Path) -> None:
        (folder / "db").mkdir(parents=True)
        (folder / "db" / "WiredTiger.wt").write_bytes(b"nonsense" * 1000)
        (folder / "db" / "WiredTiger").write_text("nonsense")
        (folder / "db" / "WiredTiger.turtle").write_text("nonsense")
        with pytest.raises(EmbeddedMongoError, match=r"did not start: .*data files are damaged"):
            async with embedded_mongodb(folder):
                pytest.fail("it runs")

    async def test_one_that_is_never_ready_is_killed(self, folder: Path, fake: Fake) -> None:
        binary = fake("#!/bin/sh\ntrap '' TERM\necho process $$\nwhile :; do sleep 0.02; done")
        with pytest.raises(EmbeddedMongoError, match="not ready within 1 seconds"):
            async with embedded_mongodb(folder, binary=binary, limits=IMPATIENT):
                pytest.fail("it is ready")
        assert not running(int((folder / "mongod.log").read_text().split()[1]))

    async def test_one_that_listens_but_is_no_mongodb(self, folder: Path, fake: Fake) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            line = f'{{"id":23016, "attr":{{"port":{silent.getsockname()[1]}}}}}'
            binary = fake(f"#!/bin/sh\necho '{line}'\nexec sleep 60")
            with pytest.raises(EmbeddedMongoError, match="not ready within 1 seconds"):
                async with embedded_mongodb(folder, binary=binary, limits=IMPATIENT):
                    pytest.fail("it is ready")

    @pytest.mark.parametrize("below", [".", "deeper"])
    async def test_a_folder_that_cannot_be_used(self, tmp_path: Path, below: str) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(EmbeddedMongoError, match=r"cannot be used .*CONTACT_GRAPH_DATA.*MONGODB_URI"):
            async with embedded_mongodb(tmp_path / "file" / below):
                pytest.fail("a file is no folder")

    @linux_only
    async def test_a_start_that_fails_leaves_nothing_open(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        before = open_files()
        monkeypatch.setattr(sys, "executable", "/no/such/python")
        with pytest.raises(FileNotFoundError):
            async with embedded_mongodb(folder):
                pytest.fail("it runs")
        assert open_files() == before

    async def test_a_start_that_is_cancelled_stops_what_it_started(self, folder: Path, fake: Fake) -> None:
        binary = fake("#!/bin/sh\necho process $$\nexec sleep 60")
        log = folder / "mongod.log"
        start = asyncio.create_task(embedded_mongodb(folder, binary=binary).__aenter__())
        await until(lambda: log.exists() and "process" in log.read_text())
        start.cancel()
        with pytest.raises(asyncio.CancelledError):
            await start
        assert not running(int(log.read_text().split()[1]))


@contextmanager
def pipe() -> Iterator[tuple[int, Callable[[], None]]]:
    """A lifeline, and what cuts it."""
    watched, lifeline = os.pipe()
    ends = {lifeline}

    def cut() -> None:
        ends.discard(lifeline)
        os.close(lifeline)

    try:
        yield watched, cut
    finally:
        for end in list(ends):
            os.close(end)


@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
class TestWatchdog:
    """In this process, so that its branches are measured; the tests above run it as a process."""

    async def watch(
        self, script: str, log: Path, *, grace: float = SOON, cut_when: Callable[[], bool] | None = None
    ) -> int:
        with pipe() as (watched, cut):
            supervising = asyncio.create_task(
                asyncio.to_thread(
                    supervise,
                    ["/bin/sh", "-c", script],
                    lifeline=watched,
                    log=log,
                    grace=grace,
                    log_bound=LogBound(limit_bytes=100, check_seconds=0.01),
                )
            )
            if cut_when:
                await until(cut_when)
                cut()
            return await supervising

    @pytest.fixture
    def log(self, tmp_path: Path) -> Path:
        log = tmp_path / "program.log"
        log.touch()
        return log

    @pytest.mark.parametrize(("script", "code"), [("exit 0", 0), ("exit 3", 3), ("kill -KILL $$", 128 + 9)])
    async def test_it_ends_as_the_program_does(self, log: Path, script: str, code: int) -> None:
        assert await self.watch(script, log) == code

    async def test_the_end_of_the_lifeline_ends_the_program(self, log: Path) -> None:
        script = f"trap 'exit 7' TERM; echo up >> {log}; while :; do sleep 0.02; done"
        assert await self.watch(script, log, cut_when=lambda: "up" in log.read_text()) == 7

    async def test_a_program_that_does_not_listen_is_killed(self, log: Path) -> None:
        script = f"trap '' TERM; echo up >> {log}; while :; do sleep 0.02; done"
        assert await self.watch(script, log, grace=0.1, cut_when=lambda: "up" in log.read_text()) == 128 + 9

    def test_a_program_that_cannot_be_executed_is_reported(self, log: Path) -> None:
        log.write_text("earlier\n")
        assert supervise(["/no/such/program"], lifeline=-1, log=log, grace=1) == CANNOT_EXECUTE
        assert log.read_text() == "earlier\ncannot execute /no/such/program: No such file or directory\n"

    async def test_the_log_stays_bounded_and_keeps_its_last_part(self, log: Path) -> None:
        script = f"for i in $(seq 100); do echo line $i >> {log}; sleep 0.003; done; sleep 0.1; echo last >> {log}"
        assert await self.watch(script, log) == 0
        kept = text_of(previous(log)) + text_of(log)
        assert len(kept) < 700
        assert kept.endswith("last\n")

    @pytest.mark.parametrize(
        ("code", "words"),
        [(1, "ended with exit code 1"), (137, "was killed by signal 9"), (-15, "was killed by signal 15")],
    )
    def test_a_code_in_words(self, code: int, words: str) -> None:
        assert describe(code) == words
        assert explain(code, "") == f"mongod {words}"


async def test_it_keeps_changes_in_its_cache_and_forgets_soon_but_for_transactions_what_was_before(
    shared: tuple[Path, str],
) -> None:
    async with connect(shared[1]) as client:
        options = await client.admin.command("getCmdLineOpts")
        cache = options["parsed"]["storage"]["wiredTiger"]["engineConfig"]["configString"]
        assert cache == "eviction_dirty_target=40,eviction_dirty_trigger=60"
        past = await client.admin.command("getParameter", 1, minSnapshotHistoryWindowInSeconds=True)
        assert past["minSnapshotHistoryWindowInSeconds"] == 5
        # Any transaction goes on for longer than that.
        await client.admin.command("setParameter", 1, minSnapshotHistoryWindowInSeconds=0)
        rows = client.get_database("test").get_collection("past")
        await rows.insert_many([{"_id": each, "is_old": True} for each in range(100)])
        async with client.start_session() as session, await session.start_transaction():
            assert await rows.count_documents({"is_old": True}, session=session) == 100
            for turn in range(4):
                await asyncio.sleep(0.5)
                await rows.update_many({"_id": {"$gte": 50}}, {"$set": {"is_old": False, "turn": turn}})
            assert await rows.count_documents({"is_old": True}, session=session) == 100
            await rows.insert_one({"_id": 100, "is_old": True}, session=session)
        assert await rows.count_documents({"is_old": True}) == 51
