"""`make fuzz`: Schemathesis against the demo's server, with ids that exist.

It invents operations from the schema that the server tells. A server error, a null where the schema promises a value,
or an error in the server's log makes the status other than 0.

It lies among the tests because it is one, and starts the server as they do; pytest leaves it alone because it takes
minutes. Schemathesis has an environment of its own, since it pins what the tests may need in another version.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from graphql import build_client_schema, get_introspection_query, print_schema

from tests.fuzz.dictionaries import configuration, texts_wanted
from tests.fuzz.seeds import read_seeds
from tests.graph.conftest import DemoServer, start_demo_server
from tests.graph.processes import ask

ROOT = Path(__file__).parents[2]
SCHEMATHESIS = ROOT / ".venv-fuzz" / "bin" / "schemathesis"

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "25"))
"""How many operations to invent for each field of Query and Mutation, and a third as many that break the schema."""
SEED = os.environ.get("FUZZ_SEED", "1")
PATIENCE = float(os.environ.get("FUZZ_SECONDS", "600"))
"""For each of the two runs; what takes longer is given up, and has failed."""
LINES = 300
"""Of the log, at most."""


def main() -> int:
    log: list[str] = []
    with (
        tempfile.TemporaryDirectory(prefix="contact-graph-fuzz-") as folder,
        _served(Path(folder) / "data", log) as server,
    ):
        status = _fuzz(server, Path(folder))
    if any(line.startswith("ERROR") for line in log):
        _say("The server's log:", *log[:LINES])
        return status or 1
    return status


@contextmanager
def _served(data: Path, log: list[str]) -> Iterator[DemoServer]:
    """Serve the demo; all that the server says is read while it runs, so that it never waits for a reader."""
    server = start_demo_server(data)
    said = server.process.stdout
    assert said is not None
    reader = threading.Thread(target=lambda: log.extend(line.rstrip() for line in said))
    reader.start()
    try:
        yield server
    finally:
        server.process.send_signal(signal.SIGINT)
        server.process.wait(timeout=30)
        reader.join()
        said.close()


def _fuzz(server: DemoServer, folder: Path) -> int:
    token = server.tokens[0]

    def asked(query: str, variables: Mapping[str, Any]) -> Any:
        return ask(server.url, token, query, variables)

    schema = build_client_schema(asked(get_introspection_query(input_value_deprecation=True, one_of=True), {}))
    seeds = read_seeds(asked, schema, texts_wanted(schema))
    _say("Seeds: " + ", ".join(f"{name} {len(ids)}" for name, ids in sorted(seeds.ids.items())))
    (folder / "schemathesis.toml").write_text(configuration(seeds, schema), encoding="utf-8")
    # For the hooks.
    (folder / "schema.graphql").write_text(print_schema(schema), encoding="utf-8")
    # What is invented against the schema is left as it is: mended, it would be accepted, which counts as a failure.
    sensible = {"SCHEMATHESIS_HOOKS": "tests.fuzz.hooks", "PYTHONPATH": str(ROOT)}
    return _run(server, folder, "positive", EXAMPLES, sensible) | _run(server, folder, "negative", EXAMPLES // 3, {})


def _run(server: DemoServer, folder: Path, mode: str, examples: int, environ: Mapping[str, str]) -> int:
    command: list[str | Path] = [
        *(SCHEMATHESIS, "--no-color", "run", f"{server.url}/graphql"),
        *("--header", f"Authorization:Bearer {server.tokens[0]}"),
        *("--mode", mode, "--max-examples", str(examples), "--seed", SEED, "--generation-database", "none"),
        # Most of what is invented is refused, as it should be: a note of no characters, a language called "0".
        *("--exclude-checks", "positive_data_acceptance", "--continue-on-failure", "--request-timeout", "30"),
    ]
    try:
        done = subprocess.run(command, cwd=folder, env={**os.environ, **environ}, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        _say(f"Given up after {PATIENCE:.0f} seconds.")
        return 1
    return done.returncode


def _say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
