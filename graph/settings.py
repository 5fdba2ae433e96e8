"""The settings: read once, from the environment, in the composition root."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import TypeVar

from domain.notes import NOTE_RETENTION
from graph.limits import Limits
from graph.live_limits import LiveLimits

T = TypeVar("T")
PREFIX = "CONTACT_GRAPH_"

_DATABASE = re.compile(r"[A-Za-z0-9_-]{1,63}")
_MONGODB_URI = re.compile(r"mongodb(\+srv)?://\S+")
_WEB_ADDRESS = re.compile(r"https?://\S+")
# 32 bytes: 43 digits and a padding. The last digit has four bits, and two that are none.
_KEY = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]=")
_ORIGIN = re.compile(r"\*|[a-z][a-z0-9+.-]*://[^\s/,;]+")


class SettingsError(ValueError):
    """A setting cannot be used; the message names it and what was expected."""


class Demo(Enum):
    OFF = "off"
    ON = "on"
    FORCED = "forced"
    """Also on another address than this machine's own, or over a MongoDB of yours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """README.md has the table of them."""

    host: str = "127.0.0.1"
    port: int = 8000
    mongodb_uri: str | None = None
    """None runs the embedded MongoDB."""
    database: str = "contact_graph"
    driver: str = "pymongo"
    data: Path = Path(".data")
    """The folder of the embedded MongoDB."""
    secret: str | None = None
    jwks_url: str | None = None
    issuer: str | None = None
    audience: str | None = None
    organization_claim: str = "org"
    note_retention_days: int = NOTE_RETENTION.days
    """How long a deleted note can be restored."""
    demo: Demo = Demo.OFF
    graphiql: bool = False
    allowed_origins: tuple[str, ...] = ()
    max_body_bytes: int = 1_000_000
    limits: Limits = field(default_factory=Limits)
    live: LiveLimits = field(default_factory=LiveLimits)
    crm_keys: tuple[str, ...] = ()
    """Credentials of CRMs are sealed with the first one, and opened with any."""
    crm_private: bool = False
    """Whether CRMs may be asked without HTTPS, and in private networks."""
    log_level: str = "info"

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> "Settings":
        """Return the settings that the variables spell; raises SettingsError."""
        read = _Reader(environ)
        demo = read.one_of("DEMO", {each.value: each for each in Demo}, Demo.OFF)
        settings = cls(
            host=read.text("HOST") or "127.0.0.1",
            port=read.number("PORT", 8000, 0, 65_535),
            mongodb_uri=environ.get("MONGODB_URI", "").strip() or None,
            database=read.text("DATABASE", _DATABASE, "a name of up to 63 letters, digits, - and _") or "contact_graph",
            driver=read.one_of("DRIVER", {"pymongo": "pymongo", "motor": "motor"}, "pymongo"),
            data=Path(read.text("DATA") or ".data"),
            secret=read.text("SECRET"),
            jwks_url=read.text("JWKS_URL", _WEB_ADDRESS, "an address such as https://login.example.com/jwks.json"),
            issuer=read.text("ISSUER"),
            audience=read.text("AUDIENCE"),
            organization_claim=read.text("ORGANIZATION_CLAIM") or "org",
            note_retention_days=read.number("NOTE_RETENTION_DAYS", NOTE_RETENTION.days, 1, 3_650),
            demo=demo,
            graphiql=read.one_of("GRAPHIQL", {"on": True, "off": False}, demo is not Demo.OFF),
            allowed_origins=read.origins("ALLOWED_ORIGINS"),
            max_body_bytes=read.number("MAX_BODY_BYTES", 1_000_000, 1_000, 100_000_000),
            limits=Limits(
                depth=read.number("MAX_DEPTH", Limits().depth, 1, 1_000),
                aliases=read.number("MAX_ALIASES", Limits().aliases, 0, 10_000),
                nodes=read.number("MAX_NODES", Limits().nodes, 1, 100_000_000),
                tokens=read.number("MAX_TOKENS", Limits().tokens, 100, 1_000_000),
            ),
            live=_live_limits(read),
            crm_keys=read.keys("CRM_KEYS"),
            crm_private=read.one_of("CRM_PRIVATE", {"on": True, "off": False}, False),
            log_level=read.one_of("LOG_LEVEL", {each: each for each in ("debug", "info", "warning", "error")}, "info"),
        )
        _check(settings, read)
        return settings


class _Reader:
    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._read: set[str] = set()

    def text(self, name: str, form: re.Pattern[str] | None = None, expected: str = "") -> str | None:
        self._read.add(PREFIX + name)
        text = self._environ.get(PREFIX + name, "").strip() or None
        if text is not None and form is not None and not form.fullmatch(text):
            raise SettingsError(f"{PREFIX}{name}: expected {expected}, found «{text}».")
        return text

    def origins(self, name: str) -> tuple[str, ...]:
        origins = tuple((self.text(name) or "").split())
        for each in origins:
            if not _ORIGIN.fullmatch(each):
                expected = "origins such as https://panel.example.com, without a path, with spaces between"
                raise SettingsError(f"{PREFIX}{name}: expected {expected}, found «{each}».")
        return origins

    def keys(self, name: str) -> tuple[str, ...]:
        keys = tuple((self.text(name) or "").split())
        if not all(_KEY.fullmatch(each) for each in keys):
            # What was given is no one's to read, not even in a log.
            raise SettingsError(f"{PREFIX}{name}: expected keys of 32 bytes in URL-safe base64, with spaces between.")
        return keys

    def number(self, name: str, default: int, least: int, most: int) -> int:
        text = self.text(name)
        if text is None:
            return default
        if text.isascii() and text.isdecimal() and least <= int(text) <= most:
            return int(text)
        raise SettingsError(f"{PREFIX}{name}: expected a whole number from {least} to {most}, found «{text}».")

    def one_of(self, name: str, choices: Mapping[str, T], default: T) -> T:
        text = self.text(name)
        if text is None:
            return default
        if text.lower() in choices:
            return choices[text.lower()]
        raise SettingsError(f"{PREFIX}{name}: expected one of {', '.join(choices)}, found «{text}».")

    def unknown(self) -> list[str]:
        return sorted(each for each in self._environ if each.startswith(PREFIX) and each not in self._read)


def _live_limits(read: _Reader) -> LiveLimits:
    usual = LiveLimits()
    return LiveLimits(
        connections=read.number("MAX_CONNECTIONS", usual.connections, 0, 1_000_000),
        operations=read.number("MAX_SUBSCRIPTIONS", usual.operations, 1, 10_000),
        message_bytes=read.number("MAX_MESSAGE_BYTES", usual.message_bytes, 1_000, 100_000_000),
        init_seconds=read.number("INIT_SECONDS", usual.init_seconds, 1, 600),
        waiting=read.number("MAX_WAITING", usual.waiting, 1, 100_000),
    )


def _check(settings: Settings, read: _Reader) -> None:
    if unknown := read.unknown():
        raise SettingsError(f"{unknown[0]}: there is no such setting; README.md lists them.")
    if settings.mongodb_uri is not None and not _MONGODB_URI.fullmatch(settings.mongodb_uri):
        # It may hold a password: the message does not repeat it.
        raise SettingsError("MONGODB_URI: expected an address such as mongodb://host:27017/?replicaSet=name.")
    if settings.secret is not None and len(settings.secret.encode()) < 32:
        raise SettingsError(f"{PREFIX}SECRET: expected at least 32 bytes, such as `openssl rand -hex 32` prints.")
    if settings.secret is not None and settings.jwks_url is not None:
        raise SettingsError(f"{PREFIX}SECRET and {PREFIX}JWKS_URL: expected one of them: tokens are signed in one way.")
    if settings.demo is not Demo.OFF and settings.jwks_url is not None:
        raise SettingsError(f"{PREFIX}JWKS_URL: the demo signs its tokens itself; leave out this or {PREFIX}DEMO.")
    if settings.demo is Demo.ON:
        _check_demo(settings)
    if settings.demo is Demo.OFF and settings.secret is None and settings.jwks_url is None:
        raise SettingsError(f"{PREFIX}SECRET or {PREFIX}JWKS_URL: expected one of them, to tell who asks.")


def _check_demo(settings: Settings) -> None:
    forced = f"set {PREFIX}DEMO=forced if you mean it: everyone who reaches it can read the demo's tokens."
    if settings.host not in {"127.0.0.1", "::1", "localhost"}:
        raise SettingsError(f"{PREFIX}HOST: the demo is served on 127.0.0.1 only, not on {settings.host}; {forced}")
    if settings.mongodb_uri is not None:
        raise SettingsError(f"MONGODB_URI: the demo runs on a database of its own, not on yours; {forced}")
