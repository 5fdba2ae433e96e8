"""The whole application: its pages and headers, what each setting does, and a start that fails."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from starlette.types import Message

from graph.app import app_from_environment, create_app
from graph.graphiql import page_headers
from graph.limits import Limits
from graph.nodes import encode_id
from graph.settings import Demo, Settings, SettingsError
from tests.builders import EVERY_TYPE, a_contact, a_note, an_agent, an_identity, an_organization
from tests.conftest import World
from tests.graph.apps import HTML, SETTINGS, ask, bearer, eventually, served
from tests.graph.conftest import App
from tests.graph.small_demo import SMALL

BIO = "{ attributeDefinitions { key label } }"
VIEWER = {"query": "{ viewer { name } }"}


async def bio_label(app: App, languages: str | None, agent_id: str = "jo") -> str:
    headers = bearer(agent_id) if languages is None else {**bearer(agent_id), "accept-language": languages}
    found = (await ask(app.client, BIO, headers=headers))["attributeDefinitions"]
    labels: dict[str, str] = {each["key"]: each["label"] for each in found}
    return labels["bio"]


@pytest.mark.parametrize(
    ("languages", "label"),
    [
        (None, "Bio"),
        ("de", "Über"),
        ("de-AT", "Über"),
        ("pt-BR", "Sobre"),
        ("fr, de;q=0.5", "Über"),
        ("de;q=0.4, pt-BR;q=0.5", "Sobre"),
        ("en, de;q=0.9", "Bio"),
        ("de;q=0", "Bio"),
        (",;=q*", "Bio"),
    ],
)
async def test_the_accepted_languages_decide_the_labels(languages: str | None, label: str, app: App) -> None:
    assert await bio_label(app, languages) == label


async def test_an_agents_own_language_decides_where_the_request_names_none(app: App, world: World) -> None:
    await world.add_organization(an_organization(), [an_agent("kai", language="de")])

    async def labels() -> object:
        signed = await app.client.post("/graphql", json=VIEWER, headers=bearer("kai"))
        return signed.status_code

    await eventually(labels, 200)
    assert [await bio_label(app, None, "kai"), await bio_label(app, "pt-BR", "kai")] == ["Über", "Sobre"]


async def test_health_is_up_while_the_database_answers(app: App) -> None:
    answer = await app.client.get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "up"})


async def test_outside_the_demo_a_browser_gets_no_page(app: App) -> None:
    answer = await app.client.get("/graphql", headers={"accept": HTML})
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (401, "UNAUTHENTICATED")
    assert [(await app.client.get(path)).status_code for path in ("/", "/graphiql/assets/x.js")] == [404, 404]


def told(page: httpx.Response) -> dict[str, object]:
    found = re.search(r'<script type="application/json" id="contact-graph-config">(.*?)</script>', page.text)
    assert found is not None
    config: dict[str, object] = json.loads(found[1])
    return config


async def test_graphiql_outside_the_demo_has_a_policy_and_no_token(app: App) -> None:
    async with served(app.uri, app.database, replace(SETTINGS, graphiql=True)) as client:
        page = await client.get("/graphql", headers={"accept": HTML})
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert page.headers.items() >= {name.lower(): value for name, value in page_headers().items()}.items()
        assert (told(page)["endpoint"], told(page)["token"], told(page)["tokens"]) == ("/graphql", None, [])
        assert "eyJ" not in page.text
        moved = await client.get("/")
        assert (moved.status_code, moved.headers["location"]) == (307, "/graphql")
        # What is no browser, or brings a query, is answered as ever.
        assert (await client.get("/graphql", headers={"accept": "application/json"})).status_code == 401
        query = await client.get("/graphql?query={viewer{name}}", headers={"accept": HTML, **bearer()})
        assert query.json() == {"data": {"viewer": {"name": "Jo"}}}


async def test_the_demos_page_presets_the_token_of_the_largest_organizations_admin(small_demo: str) -> None:
    settings = replace(SETTINGS, graphiql=True, demo=Demo.FORCED)
    async with served(small_demo, "demo_of_the_app", settings) as client:
        config = told(await client.get("/graphql", headers={"accept": HTML}))
        tokens = config["tokens"]
        assert isinstance(tokens, list)
        assert [each["label"] for each in tokens] == [
            "Amara Okafor, admin, Enterprise",
            "Jonas Lind, agent, Enterprise",
            "Mei Tanaka, admin, Business",
            "Luca Moretti, agent, Business",
            "Sofía Reyes, admin, Professional",
            "Théo Blanc, agent, Professional",
        ]
        assert config["token"] == tokens[0]["token"]
        for each in tokens:
            signed = {"authorization": f"Bearer {each['token']}"}
            viewer = (await ask(client, "{ viewer { name role organization { plan } } }", headers=signed))["viewer"]
            told_so = f"{viewer['name']}, {viewer['role'].lower()}, {viewer['organization']['plan'].title()}"
            assert told_so == each["label"]


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "[::1]:8000"])
async def test_the_demo_answers_who_names_this_machine(host: str, demo_client: httpx.AsyncClient) -> None:
    assert (await demo_client.get("/graphql", headers={"accept": HTML, "host": host})).status_code == 200


@pytest.mark.parametrize("host", ["rebound.example.com", "127.0.0.1.example.com", "", "127.0.0.1@example.com"])
async def test_the_demo_tells_no_token_to_a_site_whose_name_leads_here(
    host: str, demo_client: httpx.AsyncClient
) -> None:
    answer = await demo_client.get("/graphql", headers={"accept": HTML, "host": host})
    assert (answer.status_code, answer.text) == (400, "Invalid host header")


@pytest.fixture
def small_demo(mongodb_uri: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let a start make the demo of a few people alone; returns where."""
    monkeypatch.setattr("graph.app.demo_tables", lambda: SMALL)
    return mongodb_uri


@pytest_asyncio.fixture
async def demo_client(small_demo: str) -> AsyncIterator[httpx.AsyncClient]:
    settings = replace(SETTINGS, graphiql=True, demo=Demo.ON)
    async with served(small_demo, "demo_of_the_app", settings) as client:
        yield client


async def preflight(client: httpx.AsyncClient, origin: str, method: str = "POST") -> httpx.Response:
    asked = {"access-control-request-method": method, "access-control-request-headers": "authorization,content-type"}
    return await client.options("/graphql", headers={"origin": origin, **asked})


async def test_other_sites_are_let_in_only_where_they_are_named(app: App) -> None:
    panel = "https://panel.example.com"
    async with served(app.uri, app.database, replace(SETTINGS, allowed_origins=(panel,))) as client:
        allowed = await preflight(client, panel)
        assert (allowed.status_code, allowed.headers["access-control-allow-origin"]) == (200, panel)
        assert allowed.headers["access-control-max-age"] == "3600"
        for origin in ("https://evil.example.com", "http://panel.example.com", f"{panel}.evil.example", "null"):
            refused = await preflight(client, origin)
            assert (refused.status_code, refused.headers.get("access-control-allow-origin")) == (400, None)
            answer = await client.post("/graphql", json=VIEWER, headers={**bearer(), "origin": origin})
            assert "access-control-allow-origin" not in answer.headers
        assert (await preflight(client, panel, "DELETE")).status_code == 400
        for headers, status in ((bearer(), 200), ({}, 401)):
            # An error must be readable as well, or the panel could not tell its agent to sign in.
            answer = await client.post("/graphql", json=VIEWER, headers={**headers, "origin": panel})
            assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (status, panel)
            assert "access-control-allow-credentials" not in answer.headers


async def test_without_the_setting_no_other_site_is_let_in(app: App) -> None:
    refused = await preflight(app.client, "https://panel.example.com")
    assert (refused.status_code, refused.headers.get("access-control-allow-origin")) == (405, None)
    answer = await app.client.post("/graphql", json=VIEWER, headers={**bearer(), "origin": "https://a.example.com"})
    assert (answer.status_code, answer.headers.get("access-control-allow-origin")) == (200, None)


async def test_the_limits_of_the_settings_hold(app: App) -> None:
    tight = replace(SETTINGS, max_body_bytes=1_000, limits=Limits(depth=2, nodes=50))
    async with served(app.uri, app.database, tight) as client:

        async def code(query: str) -> tuple[int, str | None]:
            accept = {"accept": "application/graphql-response+json"}
            answer = await client.post("/graphql", json={"query": query}, headers={**bearer(), **accept})
            errors = answer.json().get("errors")
            return answer.status_code, errors and errors[0]["extensions"]["code"]

        assert await code("{ viewer { name } }") == (200, None)
        assert await code("{ viewer { name } } #" + "x" * 1_000) == (413, "REQUEST_TOO_LARGE")
        assert await code("{ viewer { organization { name } } }") == (422, "OPERATION_TOO_COMPLEX")
        assert await code("{ contacts(first: 60) { totalCount } }") == (422, "OPERATION_TOO_COMPLEX")


async def test_deleted_notes_can_be_restored_for_as_long_as_the_operator_says(app: App, world: World) -> None:
    await world.add_contacts(a_contact("c1", note_count=1))
    await world.add_notes(a_note("c1", id="n1"))
    delete = f"""mutation {{ contactNoteDelete(input: {{noteId: "{encode_id("ContactNote", "n1")}"}}) {{
      ... on ContactNoteDeleteSuccess {{ restorableUntil contact {{ deletedNotes {{ nodes {{ deletedAt }} }} }} }}
    }} }}"""
    async with served(app.uri, app.database, replace(SETTINGS, note_retention_days=2)) as client:
        done = (await ask(client, delete))["contactNoteDelete"]
    [deleted] = done["contact"]["deletedNotes"]["nodes"]
    until, at = (datetime.fromisoformat(each) for each in (done["restorableUntil"], deleted["deletedAt"]))
    assert until - at == timedelta(days=2)


async def started(app_settings: Settings) -> list[Message]:
    """Begin the lifespan and return what the application tells its server."""
    told_messages: list[Message] = []

    async def receive() -> Message:
        return {"type": "lifespan.startup"}

    async def send(message: Message) -> None:
        told_messages.append(message)

    with pytest.raises(Exception, match="cannot be used"):
        await create_app(app_settings)({"type": "lifespan", "asgi": {}, "state": {}}, receive, send)
    return told_messages


async def test_a_start_without_a_database_says_why_in_plain_words(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    [failed] = await started(replace(SETTINGS, data=file))
    assert failed["type"] == "lifespan.startup.failed"
    assert failed["message"] == (
        f"The data folder {file} cannot be used (File exists): choose another folder with CONTACT_GRAPH_DATA. "
        "Or set MONGODB_URI to use a MongoDB of your own."
    )


def test_any_server_can_build_it_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTACT_GRAPH_SECRET", "short")
    with pytest.raises(SettingsError, match=r"^CONTACT_GRAPH_SECRET: expected at least 32 bytes"):
        app_from_environment()
    monkeypatch.setenv("CONTACT_GRAPH_SECRET", "x" * 32)
    assert callable(app_from_environment())


async def test_a_contact_is_found_over_the_whole_application(app: App, world: World) -> None:
    await world.add_contacts(a_contact(name="Zoë", identities=(an_identity(),)))
    query = (
        '{ contactByIdentity(network: TWITTER, externalId: "1001") { name attributes { ... on Attribute { key } } } }'
    )
    found = (await ask(app.client, query))["contactByIdentity"]
    keys = [each.key for each in EVERY_TYPE if each.key not in {"fax", "pager"}]
    assert found == {"name": "Zoë", "attributes": [{"key": key} for key in keys]}
