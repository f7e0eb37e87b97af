"""`winbell import`: what is faulty is told by row, column and reason, and nothing of a faulty file is stored."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.cli import winbell

MAP = """
type = "deal.updated"
timezone = "America/New_York"
[columns]
id = "Opportunity"
name = "{Account} {Product}"
owner_email = "{Rep}@seller.example"
stage = "Stage"
amount = "Value"
currency = "=USD"
closed_at = "Closed"
[values.stage]
Won = "won"
"""
HEADER = "Opportunity,Account,Product,Rep,Stage,Value,Closed"
GOOD = "D-1,Northwind,Robot,maya,Won,1000.50,2026-11-10"
AS_OF = ("--as-of", "2026-11-20T00:00:00Z")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A working folder of its own, with the map in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "map.toml").write_text(MAP)
    return tmp_path


def table(folder, *rows, name="deals.csv", encoding="utf-8", header=HEADER, end="\n"):
    path = folder / name
    path.write_bytes((end.join([header, *rows]) + end).encode(encoding))
    return path


def brought(path, *words):
    return winbell("import", path, "--map", "map.toml", *AS_OF, *words)


def wins():
    """(number of wins, amount) by owner."""
    rows = json.loads(winbell("report", "wins", "--format", "json").out)["rows"]
    return {row["name"]: (row["count"], row["amount"]) for row in rows}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (
            "D-2,Globex,Robot,ben,Won,much,2026-11-10",
            "row 2, column Value: must be a decimal like 12500.00; it is 'much' (line 3)",
        ),
        ("D-2,Globex,Robot,ben,Won,1.23456,2026-11-10", "row 2, column Value: has more than 4 decimals"),
        ("D-2,Globex,Robot,ben,Won,5,10/11/2026", "row 2, column Closed: must be"),
        (
            "D-2,Globex,Robot,ben,Won,5,2026-02-30",
            "row 2, column Closed: 2026-02-30 is not a date of the calendar",
        ),
        ("D-2,Globex,Robot,ben,Won", "row 2: has 5 cells, the header 7 (line 3)"),
        (",Globex,Robot,ben,Won,5,2026-11-10", "row 2, column Opportunity: "),
    ],
)
def test_a_faulty_row(folder, row, reason):
    """Number, column and reason; nothing of the file is stored, and nothing of another file in the same call."""
    said = brought(table(folder, GOOD, row))
    assert (said.code, said.out) == (1, "")
    first, last = said.err.splitlines()
    assert first.startswith("deals.csv: ")
    assert reason in first
    assert last == "winbell: deals.csv: has faulty rows; correct them, or give --skip-bad. Nothing was stored"
    assert wins() == {}


def test_skip_bad_stores_the_good_rows(folder):
    """With --skip-bad the good rows are stored and the faulty ones told and counted."""
    path = table(
        folder, GOOD, "D-2,Globex,Robot,ben,Won,much,2026-11-10", "D-3,Globex,Robot,ben,Won,5,2026-11-11"
    )
    said = brought(path, "--skip-bad")
    assert (said.code, said.out) == (0, "deals.csv: 2 new, 0 known before, 1 skipped\n")
    assert "row 2, column Value" in said.err
    assert wins() == {"maya@seller.example": (1, "1000.50"), "ben@seller.example": (1, "5.00")}


def test_many_faulty_rows_are_counted(folder):
    """The first twenty are told, the others counted."""
    said = brought(table(folder, *[f"D-{number},a,b,c,Won,x,2026-11-10" for number in range(25)]))
    assert said.code == 1
    assert said.err.splitlines()[20] == "deals.csv: and 5 more faulty rows"
    assert len(said.err.splitlines()) == 22


def test_one_faulty_file_of_two(folder):
    """The files of one call are checked before any of them is stored."""
    good, bad = table(folder, GOOD), table(folder, "x", name="bad.csv")
    said = winbell("import", good, bad, "--map", "map.toml", *AS_OF)
    assert said.code == 1
    assert said.err.splitlines()[-1].startswith("winbell: bad.csv: has faulty rows")
    assert wins() == {}


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("divider", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_shapes_of_tables(folder, divider, encoding, end):
    """Comma, semicolon and tab, with and without a byte order mark, with either line end."""
    rows = [HEADER.replace(",", divider), GOOD.replace("Northwind", "Müller").replace(",", divider)]
    path = table(folder, rows[1], header=rows[0], encoding=encoding, end=end)
    assert brought(path).out == "deals.csv: 1 new, 0 known before, 0 skipped\n"
    (row,) = json.loads(winbell("report", "wins", "--by", "deal", "--format", "json").out)["rows"]
    assert (row["name"], row["label"], row["won_at"]) == ("D-1", "Müller Robot", "2026-11-10")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "file: is empty"),
        (HEADER.encode() + b"\nD-1,M\xfcller,Robot,maya,Won,5,2026-11-10\n", "is not UTF-8"),
        (b"Opportunity,Account\nD-1,a\n", "Product"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "UTF-8"),
    ],
)
def test_files_that_are_no_table_of_this_map(folder, content, reason):
    """Empty, in another encoding, without a column of the map, not a table at all: told, and nothing stored."""
    (folder / "deals.csv").write_bytes(content)
    said = brought(folder / "deals.csv")
    assert (said.code, said.out) == (1, "")
    assert reason in said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "--map: map.toml cannot be read"),
        (b"\xff\xfe", "--map: map.toml is not UTF-8 text"),
        (b"type = ", "map.toml"),
        (b'type = "deal.sung"\n[columns]\nid = "Opportunity"\n', "type"),
        (b'type = "deal.updated"\n[columns]\ncolour = "Account"\n', "colour"),
    ],
)
def test_a_faulty_map(folder, content, reason):
    """A map that is missing, unreadable or wrong is one sentence that names it."""
    (folder / "map.toml").unlink()
    if content is not None:
        (folder / "map.toml").write_bytes(content)
    said = brought(table(folder, GOOD))
    assert (said.code, said.out, said.err.count("\n")) == (1, "", 1)
    assert reason in said.err


def test_a_table_without_a_map(folder):
    """The header is not known: the sentence says what is needed."""
    said = winbell("import", table(folder, GOOD))
    assert (said.code, said.err) == (
        1,
        f"winbell: header: is not known; say with --map what its columns mean: {HEADER.replace(',', ', ')}\n",
    )


def test_when_rows_were_true(folder):
    """Without --as-of a file's own date says when its rows were true: of two, the later one stands."""
    newer = table(folder, GOOD.replace("1000.50", "2"), name="newer.csv")
    older = table(folder, GOOD.replace("1000.50", "1"), name="older.csv")
    for path, day in ((newer, 20), (older, 19)):
        moment = datetime(2026, 11, day, tzinfo=UTC).timestamp()
        os.utime(path, (moment, moment))
        assert winbell("import", path, "--map", "map.toml").code == 0
    assert wins() == {"maya@seller.example": (1, "2.00")}
    assert winbell("import", older, "--map", "map.toml", "--as-of", "2026-11-21T00:00:00Z").code == 0
    assert wins() == {"maya@seller.example": (1, "1.00")}


def test_shuffled_and_twice(folder):
    """The same rows in another order are all known before."""
    rows = [f"D-{number},a,b,c,Won,{number},2026-11-10" for number in range(300)]
    assert brought(table(folder, *rows)).out == "deals.csv: 300 new, 0 known before, 0 skipped\n"
    before = winbell("report", "wins", "--format", "json", "--as-of", "2026-11-20T00:00:00Z").out
    assert brought(table(folder, *rows[::-1])).out == "deals.csv: 0 new, 300 known before, 0 skipped\n"
    assert winbell("report", "wins", "--format", "json", "--as-of", "2026-11-20T00:00:00Z").out == before


def test_announcing_wins(folder):
    """--announce-since puts the fresh wins of that day and later into the outbox, for a running bot to tell."""
    now = datetime.now(UTC)
    events = [
        {"type": "deal.won", "timestamp": now.isoformat(), "data": {"id": f"D-{days}", "closed_at": closed}}
        for days in (0, 2, 4)
        for closed in [(now - timedelta(days=days)).isoformat()]
    ]
    path = folder / "wins.jsonl"
    path.write_text("".join(json.dumps(event) + "\n" for event in events))
    since = (now - timedelta(days=3)).date().isoformat()
    assert (
        winbell("import", path, "--announce-since", since).out
        == "wins.jsonl: 3 new, 0 known before, 0 skipped\n"
    )
    told = [json.loads(winbell("outbox", "show", str(number)).out)["key"] for number in (1, 2)]
    assert told == ["win:generic/D-0:1", "win:generic/D-2:1"]
    assert winbell("outbox", "show", "3").code == 1
