"""A whole company's history: 8,800 deals of 30 sellers come in by `winbell import`, and every figure is the known one.

The files are public practice data that is not part of this repository; MAVEN_CRM names the folder that holds them.
"""

from __future__ import annotations

import json
import os
import random
from fractions import Fraction
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.config import load
from bot.groundwork import open_database
from bot.store.tables import MessageRow
from tests.support.cli import winbell

EXAMPLES = Path(__file__).parent.parent / "examples"
LAST_SECOND = "2017-12-31T23:59:59Z"
OPEN_WITHOUT_A_DATE = 500  # Prospecting: the files do not say since when
pytestmark = [
    pytest.mark.skipif(
        "MAVEN_CRM" not in os.environ, reason="MAVEN_CRM does not name the folder of the data set"
    ),
    pytest.mark.timeout(600),
]


@pytest.fixture(scope="module")
def folder() -> Path:
    return Path(os.environ["MAVEN_CRM"])


@pytest.fixture(scope="module")
def truth(folder):
    return json.loads((folder / "truth.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def shuffled(folder, tmp_path_factory):
    """The same deals, their rows in another order."""
    header, *rows = (folder / "sales_pipeline.csv").read_text("utf-8").splitlines(keepends=True)
    random.Random(2017).shuffle(rows)
    path = tmp_path_factory.mktemp("maven") / "shuffled.csv"
    path.write_text(header + "".join(rows), "utf-8")
    return path


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def company(request, folder, shuffled):
    """The whole history in a fresh database: on SQLite as the file tells it, on PostgreSQL in the other order."""
    made = request.getfixturevalue("sqlite_files" if request.param == "sqlite" else "postgres")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WINBELL_DATABASE_URL", made.url())
        deals = folder / "sales_pipeline.csv" if request.param == "sqlite" else shuffled
        assert (
            imported(folder / "sales_teams.csv", "maven-people-import.toml")
            == "35 new, 0 known before, 0 skipped"
        )
        assert imported(deals, "maven-import.toml") == "8800 new, 0 known before, 0 skipped"
        yield


def imported(path, map_name):
    said = winbell("import", path, "--map", EXAMPLES / map_name, "--as-of", LAST_SECOND)
    assert (said.code, said.err) == (0, "")
    return said.out.strip().partition(": ")[2]


def report(name, by, *words):
    said = winbell("report", name, "--by", by, "--format", "json", *words)
    assert (said.code, said.err) == (0, "")
    return json.loads(said.out)


def email(person):
    """How the import map names somebody."""
    return f"{person}@maven.example".lower()


def told(row):
    """A row of `report wins` in the words of the truth: counts and sums."""
    return {"won": row["count"], "lost": row["lost"], "revenue": Fraction(row["amount"])}


def agrees(figure, known, digits):
    """Whether a figure, rounded half up to these digits, is the known one: off by half a unit at most.

    A figure is a float, whose own last bit may lie beyond the half.
    """
    return abs(Fraction(figure) - Fraction(str(known))) <= Fraction(1, 2 * 10**digits) + Fraction(1, 10**12)


def disagreements(rows, known):
    """Every row of `report wins` that differs from the truth, by name; and the names that only one of them has."""
    found = {row["name"]: row for row in rows}
    wrong = sorted(set(found) ^ set(known))
    for name in set(found) & set(known):
        row, facts = found[name], known[name]
        same = (
            told(row) == {key: facts[key] for key in ("won", "lost", "revenue")}
            and agrees(row["win_rate"], facts["win_rate"], 4)
            and agrees(row["cycle_days_mean"], facts["mean_cycle_days"], 2)
            and row["cycle_days_median"] == facts["median_cycle_days"]
        )
        wrong += [] if same else [(row, facts)]
    return wrong


@pytest.mark.parametrize(
    ("by", "known"),
    [("owner", "agents"), ("manager", "managers"), ("team", "offices"), ("quarter", "quarters")],
)
def test_wins_of_every_group(company, truth, by, known):
    """Counts, sums, win rate and cycle of each owner, manager, team and quarter are the known ones."""
    named = {
        (email(name) if by in {"owner", "manager"} else name): facts for name, facts in truth[known].items()
    }
    assert disagreements(report("wins", by)["rows"], named) == []


@pytest.mark.parametrize("by", ["owner", "month", "quarter", "team", "manager", "kind"])
def test_wins_of_all(company, truth, by):
    """However they are grouped, all wins together are the known ones."""
    total, known = report("wins", by)["total"], truth["won"]
    assert told(total) == {
        "won": known["count"],
        "lost": truth["stages"]["Lost"]["count"],
        "revenue": known["revenue"],
    }
    assert agrees(total["win_rate"], known["win_rate"], 4)
    assert agrees(total["cycle_days_mean"], known["mean_cycle_days"], 4)
    assert total["cycle_days_median"] == known["median_cycle_days"]


def test_months_sum_to_their_quarters(company, truth):
    """The truth has no months; those of each quarter sum to it, from March to December."""
    rows = report("wins", "month")["rows"]
    assert [row["name"] for row in rows] == [f"2017-{month:02}" for month in range(3, 13)]
    sums = {}
    for row in rows:
        quarter = f"2017-Q{(int(row['name'][5:]) + 2) // 3}"
        for name, value in told(row).items():
            sums.setdefault(quarter, {"won": 0, "lost": 0, "revenue": 0})[name] += value
    assert sums == {
        name: {key: facts[key] for key in ("won", "lost", "revenue")}
        for name, facts in truth["quarters"].items()
    }


def test_each_persons_quarters(company, truth):
    """A report from the first to the last day of a quarter is that quarter of each owner and manager."""
    spans = {"2017-Q2": ("2017-04-01", "2017-06-30"), "2017-Q4": ("2017-10-01", "2017-12-31")}
    for by, known in (("owner", "agent_quarter"), ("manager", "manager_quarter")):
        for quarter, (first, last) in spans.items():
            rows = report("wins", by, "--from", first, "--to", last)["rows"]
            named = {
                email(name): quarters[quarter]
                for name, quarters in truth[known].items()
                if quarter in quarters
            }
            assert {row["name"]: told(row) for row in rows} == named


def test_the_pipeline_by_stage(company, truth):
    """The open deals of each stage are counted, in the order of the agreement, with the label as the file writes it."""
    made = report("pipeline", "stage")
    rows = [(row["name"], row["count"], row["amount"], row["weighted"]) for row in made["rows"]]
    stages = truth["stages"]
    assert rows == [
        ("prospecting", stages["Prospecting"]["count"], "0.00", "0.00"),
        ("engaging", stages["Engaging"]["count"], "0.00", "0.00"),
    ]
    assert made["total"]["count"] == stages["Prospecting"]["count"] + stages["Engaging"]["count"]


@pytest.mark.parametrize("day", ["2017-03-31", "2017-06-30", "2017-09-30", "2017-12-31"])
def test_the_pipeline_of_a_day(company, truth, day):
    """As of the end of a day: what was open then, and the velocity by the closes of the 90 days that end with it."""
    known = truth["snapshots"][day]
    total = report("pipeline", "owner", "--as-of", f"{day}T23:59:59.999999Z")["total"]
    count = known["open_engaging_count"] + OPEN_WITHOUT_A_DATE
    assert total["count"] == count
    assert agrees(
        total["win_rate"], Fraction(known["won_in_90_days_to_date"], known["closed_in_90_days_to_date"]), 9
    )
    expected = Fraction(str(known["velocity_per_day"])) * count / known["open_engaging_count"]
    assert abs(Fraction(total["velocity_per_day"]) - expected) <= Fraction(1, 100)


def test_importing_again_changes_nothing(company, folder, shuffled):
    """The same rows, as they were or in another order, are all known before; not one figure moves."""
    before = [report("wins", by, "--as-of", LAST_SECOND) for by in ("owner", "month")]
    for path in (shuffled, folder / "sales_pipeline.csv"):
        assert imported(path, "maven-import.toml") == "0 new, 8800 known before, 0 skipped"
    assert (
        imported(folder / "sales_teams.csv", "maven-people-import.toml")
        == "0 new, 35 known before, 0 skipped"
    )
    assert [report("wins", by, "--as-of", LAST_SECOND) for by in ("owner", "month")] == before


def test_nothing_is_posted(company):
    """All that history puts not one message into the outbox."""
    database = open_database(load().database_url, serve=False)
    try:
        assert (
            database.read_now(lambda s: s.execute(select(func.count()).select_from(MessageRow)).scalar_one())
            == 0
        )
    finally:
        database.close()
