"""`winbell explain LEAD`: one lead's clock on the command line, and what is said where no single lead is meant."""

from __future__ import annotations

import json

import pytest

from tests.support.cli import winbell

AGREEMENT = """
name = "Northwind growth agreement"
timezone = "America/New_York"
[hours]
mon = ["09:00-17:00"]
tue = ["09:00-17:00"]
wed = ["09:00-17:00"]
thu = ["09:00-17:00"]
fri = ["09:00-17:00"]
holidays = { country = "US" }
[[tier]]
name = "hot"
when = { min_score = 80 }
first_contact_hours = 4
"""
LEADS = (
    {"id": "L-1", "name": "Dana Reyes", "company": "Fabrikam", "email": "dana@fabrikam.example", "score": 91},
    {"id": "L-2", "name": "Dana Roe", "company": "Litware", "score": 85},
    {"id": "L-3", "name": "Lee Chan", "score": 10},
)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A working folder with an agreement and three leads, created on the day before Thanksgiving at 16:00."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "agreement.toml").write_text(AGREEMENT)
    when = "2026-11-25T16:00:00-05:00"
    events = [
        {"type": "lead.created", "timestamp": when, "data": {**lead, "created_at": when}} for lead in LEADS
    ]
    events.append(
        {
            "type": "activity.logged",
            "timestamp": "2026-11-30T10:00:00-05:00",
            "data": {"lead_id": "L-2", "kind": "call", "at": "2026-11-30T10:00:00-05:00"},
        }
    )
    (tmp_path / "history.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events))
    assert winbell("import", "history.jsonl").code == 0
    return tmp_path


@pytest.mark.parametrize(
    "words",
    [("generic/L-1",), ("L-1",), ("dana@fabrikam.example",), ("Dana", "Reyes"), ("fabrikam",)],
)
def test_a_lead_is_explained_line_by_line(words):
    """The clock of the lead, found by whatever names it: the windows, the holiday, the sum."""
    said = winbell("explain", *words, "--at", "2026-11-27T11:30:00-05:00")
    assert (said.code, said.err) == (0, "")
    lines = [" ".join(line.split()) for line in said.out.splitlines()]
    assert lines[:2] == [
        "Dana Reyes, Fabrikam",
        "generic/L-1 · as of Fri 27 Nov, 11:30 · times of America/New_York",
    ]
    start = lines.index("Counted time")
    assert lines[start + 1 : start + 5] == [
        "Wed 25 Nov 16:00-17:00 1 h",
        "Thu 26 Nov closed on that date by the agreement",
        "Fri 27 Nov 09:00-11:30 2 h 30 min together 3 h 30 min",
        "Up to now 3 h 30 min of 4 h",
    ]


def test_json_has_the_same_content():
    """Instants are UTC, durations minutes; the state at an instant is that of the instant."""
    said = winbell("explain", "L-2", "--at", "2026-11-30T12:00:00-05:00", "--format", "json")
    assert (said.code, said.err) == (0, "")
    made = json.loads(said.out)
    (cycle,) = made["cycles"]
    assert (made["lead_key"], made["as_of"]) == ("generic/L-2", "2026-11-30T17:00:00Z")
    assert (cycle["state"], cycle["counted_minutes"], cycle["over_minutes"]) == ("breached", 600, 360)
    assert cycle["contact"]["at"] == "2026-11-30T15:00:00Z"
    before = winbell("explain", "L-2", "--at", "2026-11-27T09:00:00-05:00", "--format", "json")
    assert [one["state"] for one in json.loads(before.out)["cycles"]] == ["running"]


def test_a_lead_without_a_clock_is_explained_too():
    """No tier matches, or it did not exist yet: that is the answer, and no failure."""
    said = winbell("explain", "L-3", "--at", "2026-11-30T12:00:00-05:00")
    assert said.code == 0
    assert "No tier of Northwind growth agreement matches this lead, so no first contact is owed." in said.out
    said = winbell("explain", "L-3", "--at", "2026-11-20T12:00:00-05:00")
    assert said.code == 0
    assert "At that time the CRM had not told of the lead yet." in said.out


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (
            ("nobody",),
            1,
            "no lead is known as “nobody”; give its id, its e-mail, or its name as the CRM writes it",
        ),
        (
            ("dana",),
            1,
            (
                "2 leads match “dana”; be more precise, best by id: "
                "generic/L-1 (Dana Reyes, Fabrikam); generic/L-2 (Dana Roe, Litware)"
            ),
        ),
        (("L-1", "--format", "csv"), 2, "--format csv: choose text or json"),
        (("L-1", "--at", "noon"), 2, "--at noon: write an instant as 2026-11-20T15:00:00Z"),
    ],
)
def test_a_fault_is_one_sentence(words, code, says):
    """1 where no single lead is meant, 2 for wrong usage; one sentence that says what to type instead."""
    said = winbell("explain", *words)
    assert (said.code, said.out, said.err) == (code, "", f"winbell: {says}\n")


def test_the_command_explains_itself():
    """`--help` ends with 0 and says what the command does."""
    said = winbell("explain", "--help")
    assert (said.code, "Usage" in said.out, said.err) == (0, True, "")
