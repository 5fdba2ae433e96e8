"""The rooms of the house: which way the arrows point, and that nothing happens before it is asked for."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("graph", "resolvers", "persistence", "crm", "domain")
LONGEST_FILE, LONGEST_FUNCTION = 250, 40


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def files() -> list[Path]:
    return sorted(each for room in ROOMS for each in (ROOT / room).rglob("*.py"))


def modules() -> list[str]:
    """Every module of the rooms, but those that run when they are imported."""
    names = []
    for room in ROOMS:
        package = importlib.import_module(room)
        found = pkgutil.walk_packages(package.__path__, prefix=f"{room}.")
        names += [room, *(each.name for each in found if not each.name.endswith("__main__"))]
    return names


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter over a copy of the rooms, so that neither its cache nor a planted violation is left behind."""
    command = [sys.executable, "-c", "import sys; from importlinter.cli import lint_imports_command as run; run()"]
    return subprocess.run([*command, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for room in ROOMS:
        # Code alone: what npm has built is large and no part of it.
        code = shutil.ignore_patterns("__pycache__", "static", "examples")
        shutil.copytree(ROOT / room, tmp_path / room, ignore=code)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_contracts_of_the_imports_hold(copy: Path) -> None:
    run = lint_imports(copy)
    assert run.returncode == 0, run.stdout
    assert "Contracts: 4 kept, 0 broken." in run.stdout


@pytest.mark.parametrize(
    ("file", "violation", "contract"),
    [
        ("domain/vip.py", "import resolvers.vip", "Arrows point down"),
        ("persistence/notes.py", "import crm", "Arrows point down"),
        ("resolvers/vip.py", "import graphql", "GraphQL and HTTP stay in graph"),
        ("resolvers/vip.py", "import bson", "MongoDB stays in persistence"),
        ("graph/vip.py", "import persistence.stores", "Only the composition root"),
    ],
)
def test_a_planted_violation_is_caught(copy: Path, file: str, violation: str, contract: str) -> None:
    with (copy / file).open("a", encoding="utf-8") as planted:
        planted.write(f"\n{violation}\n")
    run = lint_imports(copy)
    assert run.returncode == 1
    broken = [each for each in run.stdout.splitlines() if each.endswith("BROKEN") or " BROKEN " in each]
    assert [contract in each for each in broken] == [True]


WATCHED_IMPORT = """
import importlib, os, sys

def folder(path):
    return os.path.realpath(path) + os.sep

rooms = tuple(folder(os.path.join(ROOT, each)) for each in ROOMS)
installed = tuple({folder(each) for each in [*sys.path, sys.prefix, sys.base_prefix] if each} - {folder(ROOT)})
broken = []

def may_read(path):
    return path.endswith((".py", ".pyc", ".so")) if path.startswith(rooms) else (path + os.sep).startswith(installed)

class Environment(dict):
    def read(self, name):
        frame = sys._getframe(2)
        while frame.f_globals["__name__"] == "os":
            frame = frame.f_back
        if frame.f_globals["__name__"].partition(".")[0] in ROOMS:
            broken.append(f"reads the variable {name}")
    def __getitem__(self, name):
        self.read(name)
        return super().__getitem__(name)
    def get(self, name, default=None):
        self.read(name)
        return super().get(name, default)

def watch(event, arguments):
    if event == "open" and not isinstance(arguments[0], int):
        path, flags = os.path.realpath(os.fsdecode(arguments[0])), arguments[2]
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            broken.append(f"writes {path}")
        elif not may_read(path):
            broken.append(f"reads {path}")
    elif event in EVENTS:
        broken.append(event)

os.environ = Environment(os.environ)
sys.addaudithook(watch)
for name in MODULES:
    importlib.import_module(name)
sys.stdout.write("\\n".join(broken))
"""

FORBIDDEN_EVENTS = {
    *("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"),
    *("subprocess.Popen", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.fork", "os.posix_spawn"),
}


def import_watched(names: list[str], root: Path) -> list[str]:
    """Import the modules in a fresh interpreter with an empty environment; returns what they should not have done."""
    given = f"ROOT, ROOMS, EVENTS, MODULES = {str(root)!r}, {ROOMS!r}, {FORBIDDEN_EVENTS!r}, {names!r}\n"
    command = [sys.executable, "-B", "-c", given + WATCHED_IMPORT]
    run = subprocess.run(command, cwd=root, env={}, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout.splitlines()


def test_importing_any_module_touches_no_environment_file_or_network() -> None:
    assert import_watched(modules(), ROOT) == []


@pytest.mark.parametrize(
    ("violation", "told"),
    [
        ("import os; os.environ.get('HOME')", "reads the variable HOME"),
        ("import os; os.getenv('HOME')", "reads the variable HOME"),
        ("open('planted.txt', 'w').close()", "writes "),
        ("open('pyproject.toml').close()", "reads "),
        ("import socket; socket.socket().connect_ex(('127.0.0.1', 9))", "socket.connect"),
    ],
)
def test_a_module_that_does_is_caught(copy: Path, violation: str, told: str) -> None:
    with (copy / "domain/vip.py").open("a", encoding="utf-8") as planted:
        planted.write(f"\n{violation}\n")
    caught = import_watched(["domain.vip"], copy)
    assert [told in each for each in caught] == [True]


def test_no_other_distribution_claims_the_names_of_the_rooms() -> None:
    claimed = packages_distributions()
    assert {room: set(claimed.get(room, ())) - {"contact-graph"} for room in ROOMS} == {room: set() for room in ROOMS}


def test_the_wheel_has_the_rooms_that_the_contracts_are_about() -> None:
    tool = project()["tool"]
    assert tool["hatch"]["build"]["targets"]["wheel"]["packages"] == list(ROOMS)
    assert tool["importlinter"]["root_packages"] == list(ROOMS)


def test_no_file_is_long() -> None:
    lengths = {str(each.relative_to(ROOT)): len(each.read_text("utf-8").splitlines()) for each in files()}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_no_function_is_long() -> None:
    long = []
    for file in files():
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > LONGEST_FUNCTION:
                    long.append(f"{file.relative_to(ROOT)}:{node.lineno} {node.name}: {lines}")
    assert long == []
