"""Demo mode: the tables it is made of, and the tokens that let a newcomer in."""

import base64
import csv
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from crm.vault import Vault
from domain import clock
from domain.agents import Agent
from domain.import_mappings import ImportMapping
from graph.authentication import issue_token
from graph.graphiql import DemoToken
from graph.settings import Demo, Settings, SettingsError
from graph.tables import read_mapping, read_rows
from resolvers.demo import DemoTable, DemoTables
from resolvers.demo_organizations import DEMO
from resolvers.imports import NumberedRow

TOKEN_LIFE = timedelta(days=30)


def examples() -> Path:
    return Path(__file__).parent / "examples"


def demo_tables() -> DemoTables:
    return DemoTables(
        people=_table("legislators"),
        invented=_table("invented"),
        crm=_table("crm-directory"),
        committees=_committees(),
    )


def _table(name: str) -> DemoTable:
    def rows(mapping: ImportMapping) -> Iterator[NumberedRow]:
        return read_rows(examples() / f"{name}.csv", mapping)

    return DemoTable(lambda directory: read_mapping(examples() / f"{name}.toml", directory.definitions), rows)


def _committees() -> tuple[str, ...]:
    with (examples() / "crm-directory.csv").open(encoding="utf-8", newline="") as file:
        named = {each for row in csv.DictReader(file) for each in row["committees"].split("; ") if each}
    return tuple(sorted(named))


def signing_secret(settings: Settings) -> str:
    """Return the secret that tokens are signed with: the operator's, else one made for this data folder alone."""
    return settings.secret or _own_secret(settings.data)


def _own_secret(folder: Path) -> str:
    try:
        return _kept_secret(folder)
    except OSError as problem:
        raise SettingsError(
            f"CONTACT_GRAPH_DATA: expected a folder that can be written to; {problem.filename}: {problem.strerror}."
        ) from problem


def _kept_secret(folder: Path) -> str:
    path = folder / "secret"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Written aside and then linked into place: of two processes that make one at once, both read the same.
    aside = folder / f"secret.{os.getpid()}"
    if not path.exists():
        aside.touch(mode=0o600)
        aside.write_text(secrets.token_hex(32), "ascii")
        with suppress(FileExistsError):
            path.hardlink_to(aside)
        aside.unlink()
    return path.read_text("ascii")


def crm_vault(settings: Settings) -> Vault:
    """Return what seals the credentials of CRMs: with the operator's keys, or in the demo with one of its own."""
    if settings.crm_keys or settings.demo is Demo.OFF:
        return Vault(settings.crm_keys)
    own = hashlib.sha256(f"credentials of CRMs {signing_secret(settings)}".encode()).digest()
    return Vault([base64.urlsafe_b64encode(own).decode()])


def token_for(agent: Agent, settings: Settings) -> str:
    return issue_token(
        signing_secret(settings),
        agent_id=agent.id,
        organization_id=agent.organization_id,
        lifetime=TOKEN_LIFE,
        now=clock.now(),
        issuer=settings.issuer,
        audience=settings.audience,
        organization_claim=settings.organization_claim,
    )


def demo_tokens(settings: Settings) -> tuple[DemoToken, ...]:
    """Return a token for each role on each plan, the administrator of the largest first; none outside the demo."""
    if settings.demo is Demo.OFF:
        return ()
    return tuple(
        DemoToken(
            f"{agent.name}, {agent.role.value.lower()}, {demo.organization.plan.value.title()}",
            token_for(agent, settings),
        )
        for demo in DEMO
        for agent in demo.agents
    )
