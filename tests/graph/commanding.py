"""Commands run in this process, over a database of their own in the tests' MongoDB."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from pymongo import MongoClient

from graph.cli import main
from graph.demo import examples
from tests.graph.apps import SECRET

LEGISLATORS = str(examples() / "legislators.csv")
INVENTED = str(examples() / "invented.csv")


@dataclass(frozen=True, slots=True)
class Ended:
    status: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Commander:
    settings: Mapping[str, str]
    capsys: pytest.CaptureFixture[str]

    def run(self, *arguments: str, **changed: str) -> Ended:
        """Run a command to its end, as a shell would."""
        self.capsys.readouterr()
        environ = {name: value for name, value in {**self.settings, **changed}.items() if value}
        try:
            status = main(arguments, environ)
        except SystemExit as ended:
            status = ended.code if isinstance(ended.code, int) else 1
        said = self.capsys.readouterr()
        return Ended(status, said.out, said.err)

    def printed(self, *arguments: str, **changed: str) -> str:
        """Run a command that has to succeed, and return the one line it prints."""
        ended = self.run(*arguments, **changed)
        assert (ended.status, ended.err, ended.out.count("\n")) == (0, "", 1), ended
        return ended.out.removesuffix("\n")

    def stored(self, collection: str) -> list[dict[str, Any]]:
        uri, name = self.settings["MONGODB_URI"], self.settings["CONTACT_GRAPH_DATABASE"]
        with MongoClient[dict[str, Any]](uri, tz_aware=True) as client:
            return client[name][collection].find().sort("_id").to_list()

    def insert(self, collection: str, documents: list[dict[str, Any]]) -> None:
        """Write what no command writes yet."""
        with MongoClient[dict[str, Any]](self.settings["MONGODB_URI"]) as client:
            client[self.settings["CONTACT_GRAPH_DATABASE"]][collection].insert_many(documents)

    def everything(self) -> dict[str, list[dict[str, Any]]]:
        names = ("organizations", "agents", "attributeDefinitions", "contacts", "contactNotes", "contactEvents")
        return {name: self.stored(name) for name in names}


def settings_over(uri: str, data: Path) -> dict[str, str]:
    return {
        "MONGODB_URI": uri,
        "CONTACT_GRAPH_DATABASE": f"test_{uuid4().hex}",
        "CONTACT_GRAPH_DATA": str(data),
        "CONTACT_GRAPH_SECRET": SECRET,
    }
