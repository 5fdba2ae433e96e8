"""GraphiQL in a real browser that can reach nothing but the server: see web/browser/graphiql.mjs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Protocol

import pytest

WEB = Path(__file__).parents[2] / "web"
BROWSER = WEB / "browser"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")


class DemoServer(Protocol):
    """The server in demo mode, listening."""

    @property
    def url(self) -> str: ...


def missing() -> str | None:
    if shutil.which("node") is None or shutil.which("npm") is None:
        return "node and npm are not installed"
    if shutil.which(CHROMIUM) is None:
        return f"no browser at {CHROMIUM} (another path: CHROMIUM)"
    return None


@pytest.fixture(scope="session")
def browser_tools() -> None:
    """Prepare the page and its driver. In CI, what is missing is a failure: the test must not vanish unseen."""
    if reason := missing():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    if not (BROWSER / "node_modules" / "playwright-core").is_dir():
        subprocess.run(["npm", "ci", "--no-progress"], cwd=BROWSER, check=True, timeout=300)
    subprocess.run([WEB / "build"], check=True, timeout=300)


# The tools come first: the page is built before the server starts.
def test_graphiql_works_with_the_network_cut(browser_tools: None, demo_server: DemoServer, tmp_path: Path) -> None:
    done = subprocess.run(
        ["node", "graphiql.mjs", f"{demo_server.url}/graphql", tmp_path],
        cwd=BROWSER,
        env={**os.environ, "CHROMIUM": CHROMIUM},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )

    assert done.stdout, done.stderr
    result = json.loads(done.stdout)
    assert result["failures"] == []
    assert done.returncode == 0
    assert result["tabs"][0] == "ContactPanel"
    assert result["rootType"] == "Query"
    assert (tmp_path / "graphiql.png").stat().st_size > 10_000
