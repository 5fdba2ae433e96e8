"""Where the commands find the mongod of a server that runs, and that they never find another one."""

from __future__ import annotations

from pathlib import Path

import pytest

from persistence.data_folder import announced, announced_uri, sole_use
from persistence.embedded import embedded_mongodb

URI = "mongodb://127.0.0.1:4711/?replicaSet=contact-graph&directConnection=true"


def test_it_is_announced_while_it_runs_and_no_longer(tmp_path: Path) -> None:
    assert announced_uri(tmp_path) is None
    with announced(tmp_path, URI) as uri:
        assert (uri, announced_uri(tmp_path)) == (URI, URI)
    assert announced_uri(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_it_is_no_longer_announced_after_a_failure(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), announced(tmp_path, URI):
        raise KeyboardInterrupt
    assert announced_uri(tmp_path) is None


def test_that_somebody_else_took_the_note_away_is_no_failure(tmp_path: Path) -> None:
    with announced(tmp_path, URI):
        (tmp_path / "mongod.uri").unlink()
    assert announced_uri(tmp_path) is None


def test_only_this_user_may_read_it(tmp_path: Path) -> None:
    with announced(tmp_path, URI):
        assert (tmp_path / "mongod.uri").stat().st_mode & 0o777 == 0o600


def test_a_note_that_is_just_being_written_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "mongod.uri").touch()
    assert announced_uri(tmp_path) is None


def test_a_folder_that_is_not_there_says_nothing(tmp_path: Path) -> None:
    assert announced_uri(tmp_path / "none") is None


async def test_who_takes_the_folder_takes_away_what_a_killed_server_left(tmp_path: Path) -> None:
    (tmp_path / "mongod.uri").write_text(URI)
    async with sole_use(tmp_path):
        assert announced_uri(tmp_path) is None


async def test_the_embedded_mongodb_is_announced_with_its_uri(tmp_path: Path) -> None:
    async with embedded_mongodb(tmp_path) as uri:
        assert announced_uri(tmp_path) == uri
    assert announced_uri(tmp_path) is None
