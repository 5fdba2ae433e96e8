"""The settings: each variable right and wrong; the message names it and what was expected."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from graph.limits import Limits
from graph.settings import Demo, Settings, SettingsError

SECRET = "0123456789abcdef0123456789abcdef"
SIGNED = {"CONTACT_GRAPH_SECRET": SECRET}
DEFAULTS = Settings(secret=SECRET)
KEY, OLDER_KEY = "a" * 42 + "A=", "-_" * 21 + "A="

RIGHT: list[tuple[str, str, Settings]] = [
    ("HOST", "0.0.0.0", replace(DEFAULTS, host="0.0.0.0")),
    ("HOST", " ", DEFAULTS),
    ("PORT", "0", replace(DEFAULTS, port=0)),
    ("PORT", " 65535 ", replace(DEFAULTS, port=65_535)),
    ("PORT", "", DEFAULTS),
    ("DATABASE", "care-2", replace(DEFAULTS, database="care-2")),
    ("DRIVER", "Motor", replace(DEFAULTS, driver="motor")),
    ("DATA", "some/folder", replace(DEFAULTS, data=Path("some/folder"))),
    ("SECRET", "ä" * 16, replace(DEFAULTS, secret="ä" * 16)),
    ("ISSUER", "https://login.example.com/", replace(DEFAULTS, issuer="https://login.example.com/")),
    ("AUDIENCE", "contact-graph", replace(DEFAULTS, audience="contact-graph")),
    ("ORGANIZATION_CLAIM", "tenant", replace(DEFAULTS, organization_claim="tenant")),
    ("NOTE_RETENTION_DAYS", "1", replace(DEFAULTS, note_retention_days=1)),
    ("NOTE_RETENTION_DAYS", "3650", replace(DEFAULTS, note_retention_days=3_650)),
    ("DEMO", "off", DEFAULTS),
    ("GRAPHIQL", "ON", replace(DEFAULTS, graphiql=True)),
    ("GRAPHIQL", "off", DEFAULTS),
    (
        "ALLOWED_ORIGINS",
        "https://panel.example.com  http://localhost:5173",
        replace(DEFAULTS, allowed_origins=("https://panel.example.com", "http://localhost:5173")),
    ),
    ("ALLOWED_ORIGINS", "*", replace(DEFAULTS, allowed_origins=("*",))),
    ("MAX_BODY_BYTES", "1000", replace(DEFAULTS, max_body_bytes=1_000)),
    ("MAX_DEPTH", "3", replace(DEFAULTS, limits=Limits(depth=3))),
    ("MAX_ALIASES", "0", replace(DEFAULTS, limits=Limits(aliases=0))),
    ("MAX_NODES", "500", replace(DEFAULTS, limits=Limits(nodes=500))),
    ("MAX_TOKENS", "100", replace(DEFAULTS, limits=Limits(tokens=100))),
    ("CRM_KEYS", KEY, replace(DEFAULTS, crm_keys=(KEY,))),
    # The first one seals, and each of them opens.
    ("CRM_KEYS", f" {KEY}  {OLDER_KEY} ", replace(DEFAULTS, crm_keys=(KEY, OLDER_KEY))),
    ("CRM_KEYS", " ", DEFAULTS),
    ("CRM_PRIVATE", "On", replace(DEFAULTS, crm_private=True)),
    ("CRM_PRIVATE", "off", DEFAULTS),
    ("LOG_LEVEL", "warning", replace(DEFAULTS, log_level="warning")),
]


@pytest.mark.parametrize(("name", "text", "settings"), RIGHT, ids=[f"{name}={text}" for name, text, _ in RIGHT])
def test_a_variable_sets_its_setting_and_no_other(name: str, text: str, settings: Settings) -> None:
    assert Settings.of({**SIGNED, f"CONTACT_GRAPH_{name}": text}) == settings


def test_a_secret_alone_is_enough() -> None:
    assert Settings.of(SIGNED) == DEFAULTS
    assert Settings.of({**SIGNED, "PATH": "/bin", "CONTACT_GRAPHS": "x"}) == DEFAULTS


def test_the_defaults_are_a_loopback_server_over_the_embedded_mongodb() -> None:
    expected = ("127.0.0.1", 8000, None, "contact_graph", "pymongo", Path(".data"), Demo.OFF, False)
    found = DEFAULTS
    assert (
        found.host,
        found.port,
        found.mongodb_uri,
        found.database,
        found.driver,
        found.data,
        found.demo,
        found.graphiql,
    ) == expected


@pytest.mark.parametrize("uri", ["mongodb://a.example.com,b.example.com/?replicaSet=care", "mongodb+srv://x.example"])
def test_a_mongodb_of_ones_own_is_taken(uri: str) -> None:
    assert Settings.of({**SIGNED, "MONGODB_URI": f" {uri} "}) == replace(DEFAULTS, mongodb_uri=uri)
    assert Settings.of({**SIGNED, "MONGODB_URI": " "}) == DEFAULTS


def test_an_openid_provider_stands_in_for_the_secret() -> None:
    found = Settings.of({"CONTACT_GRAPH_JWKS_URL": "https://login.example.com/keys"})
    assert found == Settings(jwks_url="https://login.example.com/keys")


WRONG = [
    ("PORT", "65536", "expected a whole number from 0 to 65535, found «65536»."),
    ("PORT", "-1", "expected a whole number from 0 to 65535, found «-1»."),
    ("PORT", "٣", "expected a whole number from 0 to 65535, found «٣»."),
    ("PORT", "80.0", "expected a whole number from 0 to 65535, found «80.0»."),
    ("DATABASE", "a.b", "expected a name of up to 63 letters, digits, - and _, found «a.b»."),
    ("DATABASE", "x" * 64, f"expected a name of up to 63 letters, digits, - and _, found «{'x' * 64}»."),
    ("DRIVER", "mysql", "expected one of pymongo, motor, found «mysql»."),
    ("SECRET", "x" * 31, "expected at least 32 bytes, such as `openssl rand -hex 32` prints."),
    ("JWKS_URL", "keys.json", "expected an address such as https://login.example.com/jwks.json, found «keys.json»."),
    ("NOTE_RETENTION_DAYS", "0", "expected a whole number from 1 to 3650, found «0»."),
    ("NOTE_RETENTION_DAYS", "3651", "expected a whole number from 1 to 3650, found «3651»."),
    ("NOTE_RETENTION_DAYS", "a month", "expected a whole number from 1 to 3650, found «a month»."),
    ("DEMO", "yes", "expected one of off, on, forced, found «yes»."),
    ("GRAPHIQL", "1", "expected one of on, off, found «1»."),
    (
        "ALLOWED_ORIGINS",
        "https://a.example.com https://b.example.com/",
        "expected origins such as https://panel.example.com, without a path, with spaces between, "
        "found «https://b.example.com/».",
    ),
    (
        "ALLOWED_ORIGINS",
        "a.example.com",
        "expected origins such as https://panel.example.com, without a path, with spaces between, "
        "found «a.example.com».",
    ),
    ("MAX_BODY_BYTES", "999", "expected a whole number from 1000 to 100000000, found «999»."),
    ("MAX_DEPTH", "0", "expected a whole number from 1 to 1000, found «0»."),
    ("MAX_ALIASES", "10001", "expected a whole number from 0 to 10000, found «10001»."),
    ("MAX_NODES", "many", "expected a whole number from 1 to 100000000, found «many»."),
    ("MAX_TOKENS", "99", "expected a whole number from 100 to 1000000, found «99»."),
    # What was meant as a key is not repeated.
    *(
        ("CRM_KEYS", text, "expected keys of 32 bytes in URL-safe base64, with spaces between.")
        for text in ("a" * 43, "a" * 42 + "b=", "+/" * 21 + "A=", f"{KEY},{KEY}", f"{KEY} short")
    ),
    ("CRM_PRIVATE", "yes", "expected one of on, off, found «yes»."),
    ("LOG_LEVEL", "loud", "expected one of debug, info, warning, error, found «loud»."),
    ("PROT", "80", "there is no such setting; README.md lists them."),
]


@pytest.mark.parametrize(("name", "text", "message"), WRONG, ids=[f"{name}={text[:40]}" for name, text, _ in WRONG])
def test_a_wrong_variable_is_named_with_what_was_expected(name: str, text: str, message: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.of({**SIGNED, f"CONTACT_GRAPH_{name}": text})
    assert str(refused.value) == f"CONTACT_GRAPH_{name}: {message}"


@pytest.mark.parametrize("uri", ["host:27017", "http://jo:swordfish@host", "mongodb://jo:sword fish@host"])
def test_a_wrong_mongodb_uri_is_named_without_its_password(uri: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.of({**SIGNED, "MONGODB_URI": uri})
    assert str(refused.value) == "MONGODB_URI: expected an address such as mongodb://host:27017/?replicaSet=name."


def test_without_a_way_to_tell_who_asks_there_is_no_start() -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.of({"CONTACT_GRAPH_SECRET": "  "})
    expected = "CONTACT_GRAPH_SECRET or CONTACT_GRAPH_JWKS_URL: expected one of them, to tell who asks."
    assert str(refused.value) == expected


def test_a_secret_and_a_provider_together_are_refused() -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.of({**SIGNED, "CONTACT_GRAPH_JWKS_URL": "https://login.example.com/keys"})
    assert str(refused.value) == (
        "CONTACT_GRAPH_SECRET and CONTACT_GRAPH_JWKS_URL: expected one of them: tokens are signed in one way."
    )


FORCED = "set CONTACT_GRAPH_DEMO=forced if you mean it: everyone who reaches it can read the demo's tokens."


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_the_demo_needs_no_secret_and_shows_graphiql_on_this_machine(host: str) -> None:
    found = Settings.of({"CONTACT_GRAPH_DEMO": "on", "CONTACT_GRAPH_HOST": host})
    assert found == Settings(demo=Demo.ON, graphiql=True, host=host)


def test_the_demo_can_be_without_graphiql() -> None:
    found = Settings.of({"CONTACT_GRAPH_DEMO": "on", "CONTACT_GRAPH_GRAPHIQL": "off"})
    assert found == Settings(demo=Demo.ON)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "127.0.0.2", "care.example.com"])
def test_the_demo_refuses_other_addresses(host: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.of({"CONTACT_GRAPH_DEMO": "on", "CONTACT_GRAPH_HOST": host})
    assert str(refused.value) == (f"CONTACT_GRAPH_HOST: the demo is served on 127.0.0.1 only, not on {host}; {FORCED}")


def test_the_demo_refuses_a_mongodb_of_yours() -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.of({"CONTACT_GRAPH_DEMO": "on", "MONGODB_URI": "mongodb://db.example.com"})
    expected = f"MONGODB_URI: the demo runs on a database of its own, not on yours; {FORCED}"
    assert str(refused.value) == expected


def test_the_demo_forced_by_name_takes_both() -> None:
    given = {"CONTACT_GRAPH_HOST": "0.0.0.0", "MONGODB_URI": "mongodb://db.example.com"}
    found = Settings.of({"CONTACT_GRAPH_DEMO": "FORCED", **given})
    expected = Settings(demo=Demo.FORCED, graphiql=True, host="0.0.0.0", mongodb_uri="mongodb://db.example.com")
    assert found == expected


@pytest.mark.parametrize("demo", ["on", "forced"])
def test_the_demo_signs_its_own_tokens_and_refuses_a_provider(demo: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.of({"CONTACT_GRAPH_DEMO": demo, "CONTACT_GRAPH_JWKS_URL": "https://login.example.com/keys"})
    expected = "CONTACT_GRAPH_JWKS_URL: the demo signs its tokens itself; leave out this or CONTACT_GRAPH_DEMO."
    assert str(refused.value) == expected


def test_the_demo_does_not_excuse_a_short_secret() -> None:
    with pytest.raises(SettingsError, match=r"^CONTACT_GRAPH_SECRET: expected at least 32 bytes"):
        Settings.of({"CONTACT_GRAPH_DEMO": "on", "CONTACT_GRAPH_SECRET": "short"})
