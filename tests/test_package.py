"""What is shipped is what was tested: the wheel is built, opened and used."""

import os
import shutil
import sqlite3
import subprocess
import sys
import tomllib
from configparser import ConfigParser
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("bot", "handlers", "jobs")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> ZipFile:
    """The wheel, built from a copy: a build leaves traces, and old traces end up in the next wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    for package in PACKAGES:
        shutil.copytree(ROOT / package, source / package, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    for name in ("LICENSE", "README.md", "pyproject.toml"):
        shutil.copy(ROOT / name, source)
    command = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(folder),
        str(source),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    [path] = folder.glob("*.whl")
    return ZipFile(path)


@pytest.fixture(scope="module")
def unpacked(wheel: ZipFile, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's content in a folder of its own."""
    folder = tmp_path_factory.mktemp("unpacked")
    wheel.extractall(folder)
    return folder


def winbell(unpacked: Path, working_folder: Path, *words: str, **settings: str) -> str:
    """What the command prints when it runs from the unpacked wheel, in a folder that holds nothing else."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", *words],
        cwd=working_folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(unpacked), **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_holds_every_file_of_the_packages_and_nothing_else(wheel: ZipFile) -> None:
    """Migrations, templates, samples and static files are shipped, not only modules."""
    sources = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.parent.name != "__pycache__" and not path.name.startswith(".")
    }
    assert {name for name in wheel.namelist() if ".dist-info/" not in name} == sources


def test_the_wheel_carries_the_licence_and_the_command(wheel: ZipFile) -> None:
    """Whoever installs the wheel gets the licence's text and a command named winbell."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    information = f"winbell-{version}.dist-info"
    commands = ConfigParser()
    commands.read_string(wheel.read(f"{information}/entry_points.txt").decode())
    assert dict(commands["console_scripts"]) == {"winbell": "bot.cli:main"}
    assert wheel.read(f"{information}/licenses/LICENSE") == (ROOT / "LICENSE").read_bytes()


def test_an_installed_winbell_brings_a_database_to_its_schema(unpacked: Path, tmp_path: Path) -> None:
    """The migrations inside the wheel are enough to make a database: no checkout is needed."""
    winbell(unpacked, tmp_path, "migrate", WINBELL_DATABASE_URL="sqlite:///fresh.db")
    newest = max(path.name for path in (unpacked / "bot/store/migrations/versions").glob("*.py"))
    with sqlite3.connect(tmp_path / "fresh.db") as database:
        [[revision]] = database.execute("SELECT version_num FROM alembic_version")
    database.close()
    assert newest.startswith(revision)


def test_an_installed_winbell_writes_its_first_files(unpacked: Path, tmp_path: Path) -> None:
    """The commented settings and agreement come out of the wheel: no checkout is needed."""
    winbell(unpacked, tmp_path, "init")
    assert {path.name for path in tmp_path.iterdir()} == {".env", "agreement.toml"}
