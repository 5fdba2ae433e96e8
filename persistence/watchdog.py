"""The small process between the server and its private mongod, and what an end of mongod means.

Why a process: the server may die of SIGKILL, so it cannot be the one that stops mongod. Linux's parent-death signal
alone will not do, for it fires when the *thread* that forked ends, and a server has many. So the server starts
this file as a script and holds the write end of its standard input: however the server ends, the system closes
the pipe, and the watchdog stops mongod cleanly. A normal stop takes the same way. Should the watchdog itself be
killed, Linux's parent-death signal ends mongod: sound here, because it is the main thread that forks, and no other
thread runs yet.

It runs isolated and without site-packages, to start in milliseconds: standard library only.
"""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

CANNOT_EXECUTE = 126
"""The exit code when the system refused to run mongod; the log has the reason."""

_PR_SET_PDEATHSIG = 1

_INCOMPATIBLE_DATA = 62
_KILLED_BY_SIGILL = 128 + signal.SIGILL
_ABORTED = 14
_KILLED_BY_SIGABRT = 128 + signal.SIGABRT
_LIBRARY = re.compile(r"error while loading shared libraries: ([^\s:]+)")
_LIBRARY_CURES = {
    "libcurl.so.4": "install libcurl (Debian and Ubuntu: apt-get install libcurl4)",
    "libcrypto.so.3": "it needs OpenSSL 3, which Ubuntu 22.04, Debian 12 and later have",
    "libssl.so.3": "it needs OpenSSL 3, which Ubuntu 22.04, Debian 12 and later have",
}
_OTHER_VERSION = (
    "its data files were written by an incompatible version of MongoDB: "
    "choose another folder with CONTACT_GRAPH_DATA, or open them with the version that wrote them"
)
_CAUSES_BY_TEXT = {
    r"Exec format error": "mongod was built for another processor or operating system than this one",
    r"cannot execute .*Permission denied": "mongod may not be executed: give the file its x permission, "
    "or move it off a volume mounted noexec",
    r"cannot execute .*No such file": "mongod or the C library it was built for (glibc) is missing: "
    "a system on musl, such as Alpine, cannot run it",
    r"GLIBC\S* not found": "mongod needs a newer C library: Ubuntu 22.04, Debian 12 or later",
    r"No space left on device": "the disk is full: make room, or choose another folder with CONTACT_GRAPH_DATA",
    r"Wrong mongod version|UPGRADE PROBLEM|unsupported upgrade or downgrade": _OTHER_VERSION,
}
_GAVE_UP = "mongod gave up, most often for its data files are damaged; its log has the reason"
_CAUSES_BY_CODE = {
    _KILLED_BY_SIGILL: "this processor lacks the AVX instructions that MongoDB 5 and later need",
    _INCOMPATIBLE_DATA: _OTHER_VERSION,
    _ABORTED: _GAVE_UP,
    _KILLED_BY_SIGABRT: _GAVE_UP,
}


def explain(code: int, output: str) -> str:
    """The cause of an end of mongod, and the way out where one is known, from its exit code and its output."""
    library = _LIBRARY.search(output)
    if library:
        cure = _LIBRARY_CURES.get(library[1], "install the package of your system that has it")
        return f"the shared library {library[1]} is missing: {cure}"
    for pattern, cause in _CAUSES_BY_TEXT.items():
        if re.search(pattern, output):
            return cause
    return _CAUSES_BY_CODE.get(code, f"mongod {describe(code)}")


def describe(code: int) -> str:
    """An exit code in words; above 128, as in a shell, and below 0, as in Python, it was a signal."""
    if code > 128 or code < 0:
        return f"was killed by signal {abs(code) % 128}"
    return f"ended with exit code {code}"


@dataclass(frozen=True, slots=True)
class LogBound:
    """How much a log may hold, and how often that is looked at."""

    limit_bytes: int = 8_000_000
    check_seconds: float = 60


def supervise(
    command: Sequence[str], *, lifeline: int, log: Path, grace: float, log_bound: LogBound | None = None
) -> int:
    """Run a command until it ends, or until the lifeline does.

    Args:
        command: the program and its arguments.
        lifeline: the read end of a pipe: when it ends, so does the program, by SIGTERM.
        log: where the program writes, appending.
        grace: seconds between SIGTERM and SIGKILL.
        log_bound: what the log may grow to.

    Returns:
        The exit code as a shell gives it: 128 and the signal's number if a signal ended the program.
    """
    try:
        # Nothing here comes from a caller of the API: the command is the server's own.
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, preexec_fn=_dying_with(os.getpid()))  # noqa: S603
    except OSError as error:
        with log.open("a") as report:
            report.write(f"cannot execute {command[0]}: {error.strerror}\n")
        return CANNOT_EXECUTE
    ended = threading.Event()
    threading.Thread(target=_stop_at_end, args=(lifeline, child, grace), daemon=True).start()
    threading.Thread(target=_bound_while, args=(ended, log, log_bound or LogBound()), daemon=True).start()
    code = child.wait()
    ended.set()
    return code if code >= 0 else 128 - code


def _dying_with(watchdog: int) -> Callable[[], None] | None:
    if sys.platform != "linux":  # pragma: no cover - only Linux has a parent-death signal
        return None
    prctl = ctypes.CDLL(None).prctl

    def tie() -> None:  # pragma: no cover - runs between fork and exec, where nothing measured survives
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        # The watchdog may have died before the line above: then the signal never comes.
        if os.getppid() != watchdog:
            os._exit(CANNOT_EXECUTE)

    return tie


def _stop_at_end(lifeline: int, child: subprocess.Popen[bytes], grace: float) -> None:
    # Nobody writes, so this returns at the end. Not by sys.stdin: a thread inside its buffer aborts the interpreter.
    os.read(lifeline, 1)
    child.terminate()
    try:
        child.wait(grace)
    except subprocess.TimeoutExpired:
        child.kill()


def _bound_while(ended: threading.Event, log: Path, log_bound: LogBound) -> None:
    while not ended.wait(log_bound.check_seconds):
        if log.stat().st_size > log_bound.limit_bytes:
            # Copied and emptied rather than renamed, for the program keeps the file open.
            shutil.copyfile(log, previous(log))
            os.truncate(log, 0)


def previous(log: Path) -> Path:
    """Where the part before the present log is kept."""
    return log.with_name(f"{log.name}.1")


if __name__ == "__main__":  # pragma: no cover - runs in a process of its own; supervise() is measured in the tests' one
    sys.exit(supervise(sys.argv[3:], lifeline=0, log=Path(sys.argv[1]), grace=float(sys.argv[2])))
