"""The GraphiQL page: bundled from npm, so that it works with the network cut.

Where the bundle is not built (see `web/build`), the page loads GraphiQL from a CDN and says so.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

BASE_PATH = "/graphiql/"
"""Under which the bundle was built (`base` in web/graphiql/vite.config.js)."""
ENTRY = "src/main.jsx"

FAVICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E"
    "%3Crect width='32' height='32' rx='7' fill='%23143a8c'/%3E"
    "%3Ccircle cx='16' cy='12' r='5' fill='%23fff'/%3E"
    "%3Cpath d='M6 27c1-6 5-9 10-9s9 3 10 9z' fill='%23fff'/%3E%3C/svg%3E"
)

CDN = "https://unpkg.com/"
# GraphiQL 4 is the last one that comes as plain scripts, so that its bytes can be pinned. Name and SHA-384 of each.
CDN_SCRIPTS = (
    (
        "react@18.3.1/umd/react.production.min.js",
        "DGyLxAyjq0f9SPpVevD6IgztCFlnMF6oW/XQGmfe+IsZ8TqEiDrcHkMLKI6fiB/Z",
    ),
    (
        "react-dom@18.3.1/umd/react-dom.production.min.js",
        "gTGxhz21lVGYNMcdJOyq01Edg0jhn/c22nsx0kyqP0TxaV5WVdsSH1fSDUf5YJj1",
    ),
    ("graphiql@4.1.2/graphiql.min.js", "9XdHu7ajgGJziD4J1zNBKQ842Q/+zZfDv+ib1eMhZWBH6hPAs806x+Jbcf0yNO6B"),
)
CDN_STYLE = (
    "graphiql@4.1.2/graphiql.min.css",
    "1el1QShFBnnXTx9x/Cprg82hZWKt0ry29OAYIXt05swbi0KcZDFoj0CWguMpopJr",
)
# No storage: a token of the last run cannot come back.
CDN_START = """
const config = JSON.parse(document.getElementById("contact-graph-config").textContent);
const preset = config.token ? { Authorization: `Bearer ${config.token}` } : undefined;
const headers = preset && JSON.stringify(preset, null, 2);
const tabs = config.examples.map((example) => ({ ...example, headers }));
if (window.GraphiQL) {
  const fetcher = GraphiQL.createFetcher({ url: config.endpoint, enableIncrementalDelivery: false });
  ReactDOM.createRoot(document.getElementById("graphiql")).render(
    React.createElement(GraphiQL, {
      // The schema is asked for before the headers editor is there.
      fetcher: (params, options) =>
        fetcher(params, params.operationName === "IntrospectionQuery" ? { headers: preset, ...options } : options),
      storage: null,
      shouldPersistHeaders: false,
      defaultHeaders: headers,
      defaultTabs: tabs.length ? tabs : undefined,
      variables: tabs[0]?.variables,
      defaultEditorToolsVisibility: "variables",
    }),
  );
}
"""


@dataclass(frozen=True, slots=True)
class DemoToken:
    """Somebody as whom the page can ask. `label` tells a person who: agent, role, plan."""

    label: str
    token: str


@dataclass(frozen=True, slots=True)
class GraphiqlConfig:
    """What the page is told. The first of `tokens` is preset; outside demo mode there is none."""

    endpoint: str
    tokens: tuple[DemoToken, ...] = ()


def bundle_is_built() -> bool:
    return (_bundle() / "manifest.json").is_file()


def graphiql_page(config: GraphiqlConfig) -> str:
    """Render the page. Not kept between calls, so that a bundle built meanwhile is used at once."""
    return _bundled_page(config) if bundle_is_built() else _cdn_page(config)


def page_headers() -> dict[str, str]:
    """Return the HTTP headers of the page; it carries tokens, so no cache keeps it."""
    return {
        "Cache-Control": "no-store",
        "Content-Security-Policy": bundled_policy() if bundle_is_built() else cdn_policy(),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }


def bundled_policy() -> str:
    """Return the Content-Security-Policy of the bundled page: nothing comes from, or goes to, anywhere else."""
    return _policy(
        scripts="'self'",
        styles="'self' 'unsafe-inline'",  # Monaco writes its theme and its positions as inline styles
    )


def cdn_policy() -> str:
    """Return the Content-Security-Policy of the page from the CDN: the pinned files and the one inline script."""
    script = base64.b64encode(hashlib.sha256(CDN_START.encode()).digest()).decode()
    return _policy(
        scripts=" ".join([f"'sha256-{script}'", *(CDN + name for name, _ in CDN_SCRIPTS)]),
        styles=f"'unsafe-inline' {CDN}{CDN_STYLE[0]}",
    )


def static_assets() -> StaticFiles:
    """Return what the application mounts at /graphiql/assets."""
    return _HashedFiles(directory=_bundle() / "assets", check_dir=False)


class _HashedFiles(StaticFiles):
    """Files whose names change with their content, so that a browser need never ask again."""

    async def check_config(self) -> None:
        """Accept a missing folder: the bundle may not be built, and then each name is a plain 404."""

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def _bundle() -> Path:
    return Path(__file__).parent / "static" / "graphiql"


def _bundled_page(config: GraphiqlConfig) -> str:
    manifest: dict[str, dict[str, Any]] = json.loads((_bundle() / "manifest.json").read_text("utf-8"))
    entry = manifest[ENTRY]
    # The chunks that the entry asks for first, fetched beside it instead of after it.
    chunks = [manifest[name] for name in (*entry.get("imports", ()), *entry.get("dynamicImports", ()))]
    styles = dict.fromkeys(name for chunk in (entry, *chunks) for name in chunk.get("css", ()))
    preloads = dict.fromkeys(manifest[name]["file"] for name in entry.get("imports", ()))
    head = [
        *(f'<link rel="modulepreload" href="{BASE_PATH}{name}">' for name in preloads),
        *(f'<link rel="stylesheet" href="{BASE_PATH}{name}">' for name in styles),
        f'<script type="module" src="{BASE_PATH}{entry["file"]}"></script>',
    ]
    return _page(_config_json(config), head, "Loading GraphiQL …", [])


def _cdn_page(config: GraphiqlConfig) -> str:
    def attributes(source: str, integrity: str) -> str:
        return f'="{CDN}{source}" integrity="sha384-{integrity}" crossorigin="anonymous"'

    notice = (
        "GraphiQL is not built here, so this page loads it from unpkg.com. If this text stays, that site cannot be "
        "reached: run <code>web/build</code> once where the npm registry can be, or send operations to "
        f"<code>{html.escape(config.endpoint)}</code> with any GraphQL client."
    )
    return _page(
        _config_json(config, examples=_examples()),
        [f'<link rel="stylesheet" href{attributes(*CDN_STYLE)}>'],
        notice,
        [
            *(f"<script src{attributes(*script)}></script>" for script in CDN_SCRIPTS),
            f"<script>{CDN_START}</script>",
        ],
    )


def _page(config: str, head: list[str], loading: str, tail: list[str]) -> str:
    lines = [
        "<!doctype html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        "<title>Contact Graph</title>",
        f'<link rel="icon" href="{FAVICON}">',
        "<style>html, body, #graphiql { height: 100%; margin: 0 }</style>",
        "<style>.loading { padding: 2rem; font: 1rem sans-serif }</style>",
        *head,
        "</head>",
        "<body>",
        f'<div id="graphiql"><p class="loading">{loading}</p></div>',
        '<noscript><p class="loading">GraphiQL needs JavaScript.</p></noscript>',
        f'<script type="application/json" id="contact-graph-config">{config}</script>',
        *tail,
        "</body>",
        "</html>",
    ]
    return "\n".join(lines) + "\n"


def _config_json(config: GraphiqlConfig, **more: object) -> str:
    told = {
        "endpoint": config.endpoint,
        "token": config.tokens[0].token if config.tokens else None,
        "tokens": [{"label": each.label, "token": each.token} for each in config.tokens],
        **more,
    }
    # No text of it can end the script element or open another one.
    return json.dumps(told).replace("<", "\\u003c")


def _examples() -> list[dict[str, str]]:
    """Return the example operations, which only a checkout has: the bundle carries its own."""
    return [
        {
            "query": path.read_text("utf-8"),
            "variables": variables.read_text("utf-8") if variables.is_file() else "",
        }
        for path in sorted((Path(__file__).parents[1] / "web" / "operations").glob("*.graphql"))
        for variables in [path.with_suffix(".variables.json")]
    ]


def _policy(*, scripts: str, styles: str) -> str:
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src {scripts}",
            f"style-src {styles}",
            "img-src 'self' data:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        ]
    )
