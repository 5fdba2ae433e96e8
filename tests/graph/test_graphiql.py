"""The GraphiQL page: what it is told, what it may load, and what it is where the bundle is not built."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from graph import graphiql
from graph.graphiql import DemoToken, GraphiqlConfig, graphiql_page

MINA = DemoToken("Mina Okafor, ADMIN, ENTERPRISE", "mina's token")
JO = DemoToken("Jo Park, AGENT, TEAM", "jo's token")
MANIFEST = {
    "_runtime.js": {"file": "assets/runtime-1.js"},
    "_monaco.js": {"file": "assets/monaco-2.js", "css": ["assets/monaco-3.css"]},
    "src/main.jsx": {
        "file": "assets/main-4.js",
        "imports": ["_runtime.js"],
        "dynamicImports": ["_monaco.js"],
        "css": ["assets/main-5.css"],
    },
}


@pytest.fixture
def not_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    bundle = tmp_path / "graphiql"
    monkeypatch.setattr(graphiql, "_bundle", lambda: bundle)
    return bundle


@pytest.fixture
def built(not_built: Path) -> Path:
    (not_built / "assets").mkdir(parents=True)
    (not_built / "assets" / "main-4.js").write_text("1")
    (not_built / "manifest.json").write_text(json.dumps(MANIFEST))
    return not_built


def told(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="contact-graph-config">(.*?)</script>', page)
    assert found
    config: dict[str, Any] = json.loads(found[1])
    return config


def addresses(page: str) -> list[str]:
    return re.findall(r'(?:src|href)="(?!data:)([^"]+)"', page)


@pytest.mark.usefixtures("built")
def test_the_bundled_page_loads_its_own_files_alone() -> None:
    page = graphiql_page(GraphiqlConfig("/graphql"))

    assert addresses(page) == [
        "/graphiql/assets/runtime-1.js",
        "/graphiql/assets/main-5.css",
        "/graphiql/assets/monaco-3.css",
        "/graphiql/assets/main-4.js",
    ]
    assert "<title>Contact Graph</title>" in page


@pytest.mark.usefixtures("built")
def test_the_first_token_is_preset() -> None:
    assert told(graphiql_page(GraphiqlConfig("/graphql", (MINA, JO)))) == {
        "endpoint": "/graphql",
        "token": MINA.token,
        "tokens": [{"label": MINA.label, "token": MINA.token}, {"label": JO.label, "token": JO.token}],
    }


@pytest.mark.usefixtures("built")
def test_outside_demo_mode_no_token_is_preset() -> None:
    assert told(graphiql_page(GraphiqlConfig("/api"))) == {"endpoint": "/api", "token": None, "tokens": []}


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize("label", ["</script><script>alert(1)</script>", "<!--<script>", "\u2028 & \" ' \\"])
def test_no_label_can_leave_the_element_that_holds_it(label: str) -> None:
    page = graphiql_page(GraphiqlConfig("/graphql", (DemoToken(label, "t"),)))

    assert told(page)["tokens"] == [{"label": label, "token": "t"}]
    assert page.count("<script") == 2
    assert "<!--" not in page


@pytest.mark.usefixtures("built")
def test_the_policy_of_the_bundled_page_names_no_other_host() -> None:
    headers = graphiql.page_headers()
    policy = headers["Content-Security-Policy"]

    assert headers["Cache-Control"] == "no-store"
    assert policy == graphiql.bundled_policy()
    assert "://" not in policy
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe-eval" not in policy


def test_without_the_bundle_the_page_comes_from_a_cdn_and_says_so(not_built: Path) -> None:
    assert not graphiql.bundle_is_built()
    page = graphiql_page(GraphiqlConfig("/graphql", (MINA,)))

    assert told(page)["token"] == MINA.token
    assert "GraphiQL is not built here" in page
    assert all(re.fullmatch(r"https://unpkg\.com/[a-z-]+@\d+\.\d+\.\d+/.+", each) for each in addresses(page))
    assert page.count('integrity="sha384-') == len(addresses(page)) == 4
    assert not not_built.exists()


@pytest.mark.usefixtures("not_built")
def test_without_the_bundle_the_examples_come_from_the_checkout() -> None:
    examples = told(graphiql_page(GraphiqlConfig("/graphql")))["examples"]

    assert [each["query"][0] for each in examples] == ["#"] * len(examples)
    assert json.loads(examples[0]["variables"]) == {"network": "TWITTER", "externalId": "117501995"}


@pytest.mark.usefixtures("not_built")
def test_the_policy_of_the_cdn_page_allows_its_pinned_files_alone() -> None:
    policy = graphiql.page_headers()["Content-Security-Policy"]
    page = graphiql_page(GraphiqlConfig("/graphql"))

    scripts = re.search(r"script-src ([^;]+)", policy)
    assert scripts
    assert scripts[1].split()[1:] == [each for each in addresses(page) if each.endswith(".js")]
    assert scripts[1].startswith("'sha256-")
    assert "connect-src 'self'" in policy


async def get(path: str) -> httpx.Response:
    app = Starlette(routes=[Mount("/graphiql/assets", graphiql.static_assets())])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        return await client.get(path)


@pytest.mark.usefixtures("built")
async def test_a_file_of_the_bundle_is_kept_for_ever() -> None:
    answer = await get("/graphiql/assets/main-4.js")

    assert answer.text == "1"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Type"].startswith("text/javascript")


@pytest.mark.usefixtures("not_built")
async def test_a_file_of_a_missing_bundle_is_not_found() -> None:
    assert (await get("/graphiql/assets/main-4.js")).status_code == 404
