"""The lists that machines act upon tell the truth: what is imported, declared, pinned and layered."""

import ast
import re
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
OURS = {"bot", "handlers", "jobs", "tests"}

LOADED_BY_NAME = {
    "httptools",  # uvicorn's parser
    "psycopg",  # SQLAlchemy's driver for postgresql:// addresses
    "python-dotenv",  # pydantic-settings reads .env with it
    "tzdata",  # zoneinfo's zones where the machine has none
    "uvloop",  # uvicorn's event loop
}

TOOLS = {
    "build",
    "import-linter",
    "mypy",
    "pip-audit",
    "pip-tools",
    "pytest-asyncio",
    "pytest-timeout",
    "pytest-xdist",
    "ruff",
}


@cache
def project() -> dict[str, Any]:
    """What pyproject.toml says."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def names(requirements: list[str]) -> set[str]:
    """The normalised names in a list of requirements; comments and options have none."""
    found = (re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", line) for line in requirements)
    return {re.sub(r"[._-]+", "-", match[0]).lower() for match in found if match}


def run_time() -> set[str]:
    """The distributions that pyproject.toml declares."""
    return names(project()["project"]["dependencies"])


def lines(name: str) -> list[str]:
    """The lines of a requirement file."""
    return (ROOT / "requirements" / name).read_text(encoding="utf-8").splitlines()


def imported(*folders: str) -> set[str]:
    """The distributions that the modules in the folders import, for types alone too."""
    modules: set[str] = set()
    for path in (path for folder in folders for path in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Import):
                modules |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                modules.add(str(node.module).partition(".")[0])
    known = packages_distributions()
    return names([known.get(name, [name])[0] for name in modules - OURS - sys.stdlib_module_names])


def test_every_run_time_dependency_is_used_and_every_import_is_declared() -> None:
    """The list in pyproject.toml is what the code imports and what its libraries load by name."""
    assert imported("bot", "handlers", "jobs") | LOADED_BY_NAME == run_time()


def test_every_development_dependency_is_used_and_every_import_of_the_tests_is_declared() -> None:
    """The list in dev.in is the tools and what the tests import: nothing is there by chance."""
    assert (imported("tests") - run_time()) | TOOLS == names(lines("dev.in"))


def test_every_declared_package_is_pinned() -> None:
    """`make pins` was run after the last change of a list."""
    assert run_time() - names(lines("run.txt")) == set()
    assert names(lines("dev.in")) - names(lines("dev.txt")) == set()


@pytest.mark.parametrize("name", ["run.txt", "dev.txt"])
def test_pins_hold_names_versions_and_hashes_only(name: str) -> None:
    """Where packages come from is each machine's own setting, and every file is known by its hash."""
    text = "\n".join(line for line in lines(name) if not line.lstrip().startswith("#"))
    pin = r"[a-z0-9-]+==[0-9][0-9a-z.+]*(?: ; [^\n]*\S)?(?: \\\n    --hash=sha256:[0-9a-f]{64})+\n*"
    assert re.sub(pin, "", text + "\n") == ""


def test_both_lists_of_pins_agree() -> None:
    """Development runs on the versions that Winbell ships with."""
    run, dev = (
        dict(re.findall(r"^([a-z0-9-]+)==(\S+)", "\n".join(lines(name)), re.MULTILINE))
        for name in ("run.txt", "dev.txt")
    )
    assert {name: dev[name] for name in run.keys() & dev.keys()} == {
        name: run[name] for name in run.keys() & dev.keys()
    }


@cache
def parts() -> set[str]:
    """The parts of the program, as the import contracts name them."""
    folder = ROOT / "bot"
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    packages = {path.parent.name for path in folder.glob("*/__init__.py")}
    return {f"bot.{name}" for name in modules | packages} | {"handlers", "jobs"}


def contract(name: str) -> dict[str, Any]:
    """The import contract of that name."""
    [found] = [one for one in project()["tool"]["importlinter"]["contracts"] if one["name"] == name]
    return dict(found)


def test_every_part_stands_in_a_layer() -> None:
    """A new part of the program gets its place in the import order before it is merged."""
    order = contract("A line imports only from the lines below it; siblings do not know each other")
    assert {name.strip() for line in order["layers"] for name in line.split("|")} == parts()


def test_sql_is_closed_to_every_part_but_the_store() -> None:
    """A new part of the program reaches tables through the store from its first day."""
    assert set(contract("SQL has one address")["source_modules"]) == parts() - {"bot.store"}
