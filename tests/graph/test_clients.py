"""The schema and the panel's operations before the tools of front ends: see web/clients."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CLIENTS = ROOT / "web" / "clients"
OLDEST_NODE = (20, 19)
UNREACHABLE = re.compile(
    "ENOTFOUND|EAI_AGAIN|ECONN(REFUSED|RESET)|ETIMEDOUT|E(NET|HOST)UNREACH|ERR_SOCKET_TIMEOUT|E50[0-9]"
)


def missing() -> str | None:
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return "node and npm are not installed"
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if tuple(int(each) for each in told.removeprefix("v").split(".")[:2]) < OLDEST_NODE:
        return f"node {told} is older than 20.19"
    return None


def do_without(reason: str) -> None:
    """Skip; in CI, what is missing is a failure: the gates must not vanish unseen."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)


@pytest.fixture(scope="session")
def packages() -> Path:
    """Return the folder of the pinned packages; one process runs a whole file of tests, so nobody else installs."""
    if reason := missing():
        do_without(reason)
    folder, lock = CLIENTS / "node_modules", CLIENTS / "package-lock.json"
    installed = folder / ".package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        command = ["npm", "ci", "--prefer-offline", "--no-progress", "--ignore-scripts", "--loglevel=error"]
        done = subprocess.run(command, cwd=CLIENTS, capture_output=True, text=True, timeout=300, check=False)
        if UNREACHABLE.search(done.stderr):
            do_without("the npm registry cannot be reached")
        assert done.returncode == 0, done.stderr
    return folder


@dataclass(frozen=True, slots=True)
class FrontEnd:
    """A copy of what the tools read, so that what they write and what is planted stays out of the repository."""

    root: Path

    def run(self, script: str) -> tuple[int, str]:
        """Run a script of web/clients/package.json; returns its status and all that it said."""
        done = subprocess.run(
            ["npm", "run", "--silent", script],
            cwd=self.root / "web" / "clients",
            env={**os.environ, "NO_COLOR": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        return done.returncode, done.stdout

    def passes(self, script: str) -> None:
        status, said = self.run(script)
        assert status == 0, said

    def refuses(self, script: str, *because: str) -> None:
        status, said = self.run(script)
        assert status != 0, said
        assert [each for each in because if each not in said] == [], said

    @property
    def artifacts(self) -> Path:
        return self.root / "web" / "clients" / "generated" / "relay" / "artifacts"

    def change_schema(self, what: str, instead: str) -> None:
        schema = self.root / "schema.graphql"
        before = schema.read_text(encoding="utf-8")
        after, changes = re.subn(what, instead, before, count=1)
        assert changes == 1, what
        schema.write_text(after, encoding="utf-8")

    def add_operation(self, text: str) -> None:
        (self.root / "web" / "operations" / "99-planted.graphql").write_text(text, encoding="utf-8")


@pytest.fixture
def front_end(packages: Path, tmp_path: Path) -> FrontEnd:
    shutil.copy(ROOT / "schema.graphql", tmp_path)
    shutil.copytree(ROOT / "web" / "operations", tmp_path / "web" / "operations")
    unwanted = shutil.ignore_patterns("node_modules", "generated")
    shutil.copytree(CLIENTS, tmp_path / "web" / "clients", ignore=unwanted)
    (tmp_path / "web" / "clients" / "node_modules").symlink_to(packages)
    return FrontEnd(tmp_path)


def test_graphql_eslint_finds_nothing(front_end: FrontEnd) -> None:
    front_end.passes("lint")


def test_graphql_eslint_finds_what_is_planted(front_end: FrontEnd) -> None:
    front_end.change_schema(r"type PageInfo \{", "type PageInfo {\n  undescribed: Int")
    front_end.change_schema(r"hasNextPage: Boolean!", "hasNextPage: Boolean")
    front_end.change_schema(r"(type ContactEdge \{[^}]*?)node: Contact!", r"\1node: [Contact!]!")
    front_end.change_schema(r"(type Organization implements Node \{[^}]*?)id: ID!", r"\1id: ID")
    front_end.change_schema(r"(input AttributeValueInput @oneOf \{[^}]*?)text: String", r"\1text: String!")
    front_end.change_schema(r"input: ContactNoteAddInput!", "note: ContactNoteAddInput!")
    front_end.add_operation("query Planted($unused: Int) { viewer { id } }")
    front_end.refuses(
        "lint",
        *("@graphql-eslint/require-description", "@graphql-eslint/relay-page-info", "@graphql-eslint/relay-edge-types"),
        *("@graphql-eslint/strict-id-in-types", "@graphql-eslint/require-nullable-fields-with-oneof"),
        *("@graphql-eslint/input-name", "@graphql-eslint/no-unused-variables"),
    )


def test_the_generated_types_compile_and_hold(front_end: FrontEnd) -> None:
    front_end.passes("types")


def test_changes_that_break_front_ends_do_not_compile(front_end: FrontEnd) -> None:
    front_end.change_schema(r"(?=union AttributeValue = )", "type StampValue { stamp: Int! }\n")
    front_end.change_schema(r"union AttributeValue = ", "union AttributeValue = StampValue | ")
    front_end.change_schema(r"input AttributeValueInput @oneOf", "input AttributeValueInput")
    front_end.change_schema(r"(type TextValue \{[^}]*?)text: String!", r"\1text: String")
    front_end.refuses(
        "types",
        *("not assignable to parameter of type 'never'", "Unused '@ts-expect-error' directive"),
        "'value.text' is possibly 'null'",
    )


def test_graphql_codegen_refuses_a_scalar_without_a_type(front_end: FrontEnd) -> None:
    front_end.change_schema(r"scalar DateTime", "scalar Moment")
    front_end.refuses("types", "DateTime")


def test_graphql_codegen_finds_a_fault_in_an_operation(front_end: FrontEnd) -> None:
    front_end.add_operation("query Planted { viewer { shoeSize } }")
    front_end.refuses("types", 'Cannot query field "shoeSize" on type "Agent"')


def test_relay_compiles_every_operation_and_validates_the_outcome(front_end: FrontEnd) -> None:
    front_end.passes("relay")
    front_end.passes("relay-validate")
    operations = [each.read_text(encoding="utf-8") for each in (ROOT / "web" / "operations").glob("*.graphql")]
    names = re.findall(r"(?m)^(query|mutation|subscription) (\w+)", "\n".join(operations))
    assert len(names) >= len(operations)
    for kind, name in names:
        artifact = front_end.artifacts / f"{name}{kind.capitalize()}.graphql.ts"
        assert artifact.exists(), artifact.name


@pytest.mark.parametrize(
    ("what", "instead", "told"),
    [
        (r"type Contact implements Node", "type Contact", "Contact"),
        (r"edges: \[ContactNoteEdge!\]!", "edges: ContactNoteEdge!", "@connection"),
    ],
)
def test_relay_finds_a_fault_in_the_schema(front_end: FrontEnd, what: str, instead: str, told: str) -> None:
    front_end.change_schema(what, instead)
    front_end.refuses("relay", told)


def test_relay_finds_a_fault_in_an_operation(front_end: FrontEnd) -> None:
    front_end.add_operation("query Planted { viewer { shoeSize } }")
    front_end.refuses("relay", "The type `Agent` has no field `shoeSize`")


def test_relay_validates_what_it_has_compiled(front_end: FrontEnd) -> None:
    front_end.passes("relay")
    next(front_end.artifacts.glob("Viewer*")).write_text("// Planted.\n", encoding="utf-8")
    front_end.refuses("relay-validate", "Artifacts validation failed")
