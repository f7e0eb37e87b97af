"""`winbell rehearse` on the command line: how it ends, what it prints, and that it leaves everything as it was."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.groundwork import parse_agreement
from tests.support.cli import winbell

CAME = (datetime.now(UTC) - timedelta(days=10)).replace(hour=10, minute=0, second=0, microsecond=0)
FASTER = 'name = "Faster"\n[[tier]]\nname = "all"\nfirst_contact_hours = 1\n[hours]\nalways = true\n'


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A working folder with a lead of ten days ago that was called after two hours, and an agreement to try."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "agreement.toml").write_text("[hours]\nalways = true\n")
    (tmp_path / "faster.toml").write_text(FASTER)
    lead = {"id": "L-1", "owner_email": "ana@seller.example", "created_at": CAME.isoformat()}
    called = CAME + timedelta(hours=2)
    call = {"lead_id": "L-1", "kind": "call", "direction": "outbound", "at": called.isoformat()}
    events = [
        {"type": "lead.created", "timestamp": CAME.isoformat(), "data": lead},
        {"type": "activity.logged", "timestamp": called.isoformat(), "data": call},
    ]
    (tmp_path / "history.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events))
    assert winbell("import", "history.jsonl").code == 0
    return tmp_path


def test_a_table_for_people():
    """Both agreements side by side with the difference, who would have got how many, and what would have breached."""
    said = winbell("rehearse", "faster.toml")
    assert (said.code, said.err) == (0, "")
    cells = [[cell.strip() for cell in line.split("│")[1:-1]] for line in said.out.splitlines()]
    assert ["agreement", "Our agreement", "Faster", "-"] in cells
    assert ["met", "1", "0", "-1"] in cells
    assert ["breached", "0", "1", "1"] in cells
    assert ["busiest", "-", f"ana@seller.example, {CAME:%Y-%m-%d}", "-"] in cells
    assert ["ana@seller.example", "0", "2 (2)"] in cells
    assert said.out.endswith("newly breached: 1 lead (L-1)\nno longer breached: 0 leads\n")


def test_json_for_scripts():
    """One object, of the days asked for."""
    day = f"{CAME:%Y-%m-%d}"
    said = winbell("rehearse", "faster.toml", "--from", day, "--to", day, "--format", "json")
    assert (said.code, said.err) == (0, "")
    made = json.loads(said.out)
    assert made.keys() == {"rehearsal"}
    made = made["rehearsal"]
    assert (made["from"], made["to"], made["currency"]) == (day, day, "USD")
    assert (made["present"]["met"], made["rehearsed"]["breached"]) == (1, 1)
    assert made["newly_breached"] == {"count": 1, "leads": ["L-1"]}
    before = f"{CAME - timedelta(days=1):%Y-%m-%d}"
    none = json.loads(winbell("rehearse", "faster.toml", "--to", before, "--format", "json").out)["rehearsal"]
    assert none["rehearsed"]["breached"] == 0


def test_every_figure_is_documented():
    """The page for operators explains each field of an agreement's figures, and no other."""
    page = (Path(__file__).parent.parent / "docs/operating.md").read_text("utf-8")
    section = page.partition("## Trying an agreement\n")[2].partition("\n## ")[0]
    cells = re.findall(r"^\| (`.*?`) \|", section, re.MULTILINE)
    made = json.loads(winbell("rehearse", "faster.toml", "--format", "json").out)["rehearsal"]
    assert {name for cell in cells for name in re.findall(r"`(\w+)`", cell)} == made["present"].keys()
    assert list(made["present"]["tiers"][0])[1:] == list(made["present"])[1:8]
    plain = {"agreement", "busiest", "people", "tiers"}
    assert made["difference"].keys() == made["present"].keys() - plain


def test_an_agreement_that_is_not_valid_is_explained(folder):
    """Exit code 1, the file, the field and what would be valid; nothing on standard output."""
    (folder / "faulty.toml").write_text("[[tier]]\nfirst_contact_hours = -1\n")
    said = winbell("rehearse", "faulty.toml")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("winbell: faulty.toml")
    assert "first_contact_hours" in said.err


def test_what_is_not_acted_on_yet_is_a_warning(folder):
    """The warnings of the parser go to standard error; the rehearsal is made."""
    text = FASTER + '[economics]\nhourly_cost = "36"\n'
    (folder / "more.toml").write_text(text)
    warnings = parse_agreement(text, "more.toml", CAME).warnings
    said = winbell("rehearse", "more.toml", "--format", "json")
    assert (said.code, said.err) == (0, "".join(f"winbell: {warning}\n" for warning in warnings))
    assert json.loads(said.out)["rehearsal"]["rehearsed"]["agreement"] == "Faster"


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("missing.toml",),
        ("faster.toml", "--from", "yesterday"),
        ("faster.toml", "--from", "2026-02-01", "--to", "2026-01-01"),
        ("faster.toml", "--from", "2190-01-01"),
        ("faster.toml", "--format", "csv"),
    ],
)
def test_wrong_usage(words):
    """Exit code 2 with a reason."""
    said = winbell("rehearse", *words)
    assert (said.code, said.out, bool(said.err)) == (2, "", True)


def test_a_file_that_is_no_text(folder):
    """Exit code 1 with the name of the file."""
    (folder / "binary.toml").write_bytes(b"\xff\xfe\x00")
    said = winbell("rehearse", "binary.toml")
    assert (said.code, said.out, said.err.startswith("winbell: binary.toml cannot be read")) == (1, "", True)


def test_the_database_file_stays_as_it_is(folder):
    """Not a byte of the database changes, and the agreement in force stays."""
    before = (folder / "winbell.db").read_bytes()
    assert winbell("rehearse", "faster.toml").code == 0
    assert (folder / "winbell.db").read_bytes() == before
