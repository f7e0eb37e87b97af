"""`winbell` on the command line: what it prints, how it ends, and that it never shows a traceback or a secret."""

from __future__ import annotations

import csv
import io
import json

import pytest

from bot.cli import REPORTS
from tests.support.cli import winbell

SECRET = "whsec_Y2FuYXJ5LWNhbmFyeS1jYW5hcnktY2FuYXJ5"
TOKEN = "xoxb-canary-canary"
COMMANDS = ("serve", "demo", "manifest", "init", "migrate", "import", "report", "sweep", "inbox", "outbox")
PEOPLE = [
    {
        "type": "person.updated",
        "timestamp": "2026-11-01T08:00:00Z",
        "data": {"email": "maya@seller.example", "name": "=Maya"},
    }
]
DEALS = [
    {
        "type": "deal.won",
        "timestamp": "2026-11-10T12:00:00Z",
        "data": {
            "id": "D-1",
            "name": "Fleet",
            "amount": "100.50",
            "currency": "USD",
            "owner_email": "maya@seller.example",
            "created_at": "2026-11-01",
            "closed_at": "2026-11-10",
        },
    },
    {
        "type": "deal.updated",
        "timestamp": "2026-11-11T12:00:00Z",
        "data": {
            "id": "D-2",
            "stage": "Legal",
            "amount": "7",
            "currency": "ABC",
            "owner_email": "gone@seller.example",
        },
    },
]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A working folder of its own, with secrets in the environment that must never be seen."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WINBELL_WEBHOOK_SECRET", SECRET)
    monkeypatch.setenv("SLACK_BOT_TOKEN", TOKEN)
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


def lines(path, events):
    path.write_text("".join(json.dumps(event) + "\n" for event in events))
    return path


def imported(folder, *events):
    said = winbell("import", lines(folder / "history.jsonl", events or [*PEOPLE, *DEALS]))
    assert said.code == 0, said.err
    return said


@pytest.mark.parametrize("command", [(), *[(name,) for name in COMMANDS]])
def test_every_command_explains_itself(command):
    """`--help` ends with 0 and says what the command does."""
    said = winbell(*command, "--help")
    assert (said.code, "Usage" in said.out, said.err) == (0, True, "")


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (
            ("report", "weather"),
            2,
            "there is no such report; there are pipeline, wins, credit, channels, sla, pace",
        ),
        (
            ("report", "wins", "--by", "moon"),
            2,
            "this report groups by owner, month, quarter, team, manager, kind, deal",
        ),
        (("report", "wins", "--from", "yesterday"), 2, "--from yesterday: write a day as 2026-11-20"),
        (("report", "wins", "--as-of", "2026-11-20T15:00:00"), 2, "an instant needs its offset"),
        (("report", "wins", "--format", "xml"), 2, "choose table, json or csv"),
        (("report", "wins", "--split", "80/30"), 2, "--split 80/30: write two parts that are 100 together"),
        (("report", "wins", "--pool", "5"), 2, "--pool: give --split with it"),
        (("report", "credit", "--split", "80/20"), 2, "--split: only the report wins has it"),
        (("sweep", "--at", "noon"), 2, "write an instant as 2026-11-20T15:00:00Z"),
        (("manifest", "--http", "winbell"), 2, "give the bot's public address"),
        (("inbox", "show", "7"), 1, "there is no event 7"),
        (("outbox", "show", "7"), 1, "there is no message 7"),
        (("serve",), 1, "SLACK_APP_TOKEN: set it"),
    ],
)
def test_faults_are_one_sentence(words, code, says):
    """1 for a failure, 2 for wrong usage; one sentence on standard error that says what to do."""
    said = winbell(*words)
    assert (said.code, said.out, said.err.count("\n")) == (code, "", 1)
    assert said.err.startswith("winbell: ")
    assert says in said.err


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("WINBELL_DATABASE_URL", "mysql://u:canary@h/d", "WINBELL_DATABASE_URL"),
        ("WINBELL_DATABASE_URL", "sqlite:////nowhere/at/all/w.db", "there is no folder /nowhere/at/all"),
        ("WINBELL_WEBHOOK_TOKEN", "canary", "WINBELL_WEBHOOK_TOKEN"),
        ("WINBELL_WEBHOOK_SECRET", "whsec_canary", "WINBELL_WEBHOOK_SECRET"),
        ("WINBELL_PORT", "canary", "WINBELL_PORT"),
        ("WINBELL_AGREEMENT", "nowhere.toml", "WINBELL_AGREEMENT"),
    ],
)
def test_a_wrong_setting_is_named_and_never_shown(monkeypatch, name, value, says):
    """The sentence names the variable, never its value."""
    monkeypatch.setenv(name, value)
    said = winbell("report", "wins")
    assert (said.code, said.out) == (1, "")
    assert says in said.err
    assert "canary" not in said.err
    assert "Traceback" not in said.err


def test_an_agreement_that_is_not_valid_is_refused_with_its_lines(folder):
    """Every fault is told with its line."""
    (folder / "agreement.toml").write_text('timezone = "Mars/Base"\n[hours]\nmon = ["9-5"]\n')
    said = winbell("report", "wins")
    assert (said.code, said.out) == (1, "")
    assert "line 1, timezone" in said.err
    assert "line 3, hours.mon" in said.err


def test_a_promise_that_its_hours_never_fill_is_refused(folder):
    """It would fail for every lead, so it is told at once."""
    (folder / "agreement.toml").write_text(
        '[hours]\nmon = ["09:00-09:01"]\n[[tier]]\nname = "slow"\nfirst_contact_hours = 40\n'
    )
    said = winbell("report", "wins")
    assert (said.code, said.out) == (1, "")
    assert "tier slow: first_contact_hours and its steps do not fit" in said.err


def test_a_report_as_json(folder):
    """The object of the contract, with money as decimal strings and what was not converted apart."""
    imported(folder)
    found = json.loads(winbell("report", "wins", "--format", "json", "--as-of", "2026-11-20T15:00:00Z").out)
    assert found == {
        "report": "wins",
        "by": "owner",
        "from": None,
        "to": None,
        "as_of": "2026-11-20T15:00:00Z",
        "currency": "USD",
        "rows": [
            {
                "name": "maya@seller.example",
                "label": "=Maya",
                "count": 1,
                "amount": "100.50",
                "lost": 0,
                "win_rate": 1.0,
                "cycle_days_mean": 9.0,
                "cycle_days_median": 9.0,
                "kept": "100.50",
            }
        ],
        "total": {
            "name": None,
            "label": None,
            "count": 1,
            "amount": "100.50",
            "lost": 0,
            "win_rate": 1.0,
            "cycle_days_mean": 9.0,
            "cycle_days_median": 9.0,
            "kept": "100.50",
        },
        "not_converted": [],
    }
    pipeline = json.loads(winbell("report", "pipeline", "--format", "json").out)
    assert [(row["name"], row["count"], row["amount"]) for row in pipeline["rows"]] == [("Legal", 1, "0.00")]
    assert pipeline["not_converted"] == [{"currency": "ABC", "count": 1, "amount": "7"}]


def test_credits_stand_beside_the_deal(folder):
    """`--by deal` shows what touched the customer; nothing known is one part without a name."""
    imported(folder)
    (row,) = json.loads(winbell("report", "wins", "--by", "deal", "--format", "json").out)["rows"]
    assert (row["name"], row["label"], row["won_at"]) == ("D-1", "Fleet", "2026-11-10")
    assert row["credits"] == [
        {"asset": None, "campaign": None, "channel": None, "share": 1.0, "amount": "100.50"}
    ]


def test_a_commission_pool_is_previewed_in_every_format(folder):
    """`--split` shares a pool by net new and expansion; table, JSON and CSV say the same."""
    imported(folder)
    words = ("report", "wins", "--split", "80/20", "--pool", "1000")
    found = json.loads(winbell(*words, "--format", "json").out)
    assert (found["report"], found["by"]) == ("wins", "owner")
    assert found["rows"] == [
        {
            "name": "maya@seller.example",
            "label": "=Maya",
            "new": "100.50",
            "expansion": "0.00",
            "pool_share": 0.8,
            "payout": "800.00",
        }
    ]
    told = ("pool", "payout", "not_paid", "net_new_part", "renewal")
    assert [found["total"][name] for name in told] == ["1000.00", "800.00", "200.00", 0.8, "0.00"]
    rows = list(csv.DictReader(io.StringIO(winbell(*words, "--format", "csv").out)))
    assert [(row["name"], row["payout"]) for row in rows] == [
        ("maya@seller.example", "800.00"),
        ("total", "800.00"),
    ]
    table = winbell(*words).out
    assert "800.00" in table
    assert "not paid: 200.00" in table


def test_the_last_second_of_a_day_is_the_whole_day(folder):
    """A deal closed on a day counts for whoever asks at 23:59:59, and not for a second earlier."""
    imported(folder)
    counts = [
        json.loads(
            winbell("report", "wins", "--as-of", f"2026-11-10T23:59:{second}Z", "--format", "json").out
        )
        for second in ("58", "59")
    ]
    assert [found["total"]["count"] for found in counts] == [0, 1]


def test_a_report_as_csv_computes_nothing(folder):
    """A name that a spreadsheet would compute is quoted; numbers stay numbers."""
    imported(folder)
    rows = list(csv.DictReader(io.StringIO(winbell("report", "wins", "--format", "csv").out)))
    assert [(row["name"], row["label"], row["amount"]) for row in rows] == [
        ("maya@seller.example", "'=Maya", "100.50"),
        ("total", "total", "100.50"),
    ]


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_is_a_table_for_people(folder, name):
    """The default format has a title and a total."""
    imported(folder)
    said = winbell("report", name)
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith(f"{name} by ")
    assert "total" in said.out


def test_what_was_kept_but_not_understood_is_listed(folder):
    """An unknown stage, currency or owner does not stop the rest and is not hidden."""
    imported(folder)
    said = winbell("inbox")
    assert said.code == 0
    assert "no event failed" in said.out
    for value in ("Legal", "ABC", "gone@seller.example"):
        assert value in said.out


def test_a_faulty_row_stores_nothing_of_its_file(folder):
    """Row and reason are told; with --skip-bad the good rows are stored."""
    bad = {"type": "deal.won", "timestamp": "2026-11-10", "data": {"id": "D-9"}}
    path = lines(folder / "mixed.jsonl", [*DEALS, bad])
    said = winbell("import", path)
    assert said.code == 1
    assert "row 3" in said.err
    assert "timestamp" in said.err
    assert "Nothing was stored" in said.err
    assert json.loads(winbell("report", "wins", "--format", "json").out)["total"]["count"] == 0
    assert winbell("import", path, "--skip-bad").out == "mixed.jsonl: 2 new, 0 known before, 1 skipped\n"
    assert json.loads(winbell("report", "wins", "--format", "json").out)["total"]["count"] == 1


def test_the_same_file_twice_changes_nothing(folder):
    """Rows that were there before are counted as such."""
    assert imported(folder).out == "history.jsonl: 3 new, 0 known before, 0 skipped\n"
    assert imported(folder).out == "history.jsonl: 0 new, 3 known before, 0 skipped\n"
    assert winbell("outbox").out == "every message arrived\n"


def test_an_import_announces_only_what_it_is_told_to(folder):
    """Nothing by default; with --announce-since the wins of that day and later, if they are fresh."""
    imported(folder)
    assert winbell("outbox", "show", "1").code == 1
    event = {"type": "deal.won", "timestamp": "2026-11-10T12:00:00Z", "data": {"id": "D-3", "amount": "5"}}
    path = lines(folder / "more.jsonl", [event])
    assert winbell("import", path, "--announce-since", "2026-11-11").code == 0
    assert winbell("outbox", "show", "1").code == 1


def test_a_sweep_at_an_instant_sends_nothing(folder):
    """`--at` prints what would be sent then, and leaves everything as it is."""
    lead = {"id": "L-1", "name": "Dana", "created_at": "2026-11-16T09:00:00Z"}
    event = {"type": "lead.created", "timestamp": "2026-11-16T09:00:00Z", "data": lead}
    (folder / "agreement.toml").write_text(
        "[hours]\nalways = true\n[[tier]]\nname = 'all'\nfirst_contact_hours = 8000\n"
    )
    imported(folder, event)
    for _ in range(2):
        said = winbell("sweep", "--at", "2027-08-01T00:00:00Z")
        assert said.out.startswith("to #sales-ops:\n1 lead is waiting for a first contact.\nDana: ")
    assert winbell("sweep").out == "0 leads put into reminders, 0 clocks looked at\n"
    assert winbell("sweep", "--at", "2026-11-16T10:00:00Z").out == "nothing would be sent\n"


def test_init_writes_what_is_missing_and_leaves_the_rest(folder):
    """The files are commented, private where they hold secrets, and never overwritten."""
    (folder / "agreement.toml").write_text("# mine\n")
    said = winbell("init")
    assert said.out == "wrote .env\nagreement.toml is there already and was left as it is\n"
    assert (folder / ".env").stat().st_mode & 0o077 == 0
    assert (folder / "agreement.toml").read_text() == "# mine\n"
    assert winbell("init", "fresh").code == 0
    assert "first_contact_hours" in (folder / "fresh" / "agreement.toml").read_text()
    assert winbell("migrate").code == 0


def test_migrate_says_what_it_did():
    """Once there is something to do, then nothing."""
    assert winbell("migrate").out == "the database was brought to the current schema\n"
    assert winbell("migrate").out == "the database is current\n"


def test_the_manifest_is_json_alone(monkeypatch):
    """It needs no token, and the prefix of the settings is in its commands."""
    monkeypatch.delenv("SLACK_BOT_TOKEN")
    monkeypatch.setenv("WINBELL_COMMAND_PREFIX", "acme-")
    made = json.loads(winbell("manifest").out)
    assert [command["command"] for command in made["features"]["slash_commands"]] == [
        "/acme-leads",
        "/acme-pipeline",
        "/acme-sla",
        "/acme-wins",
    ]


def test_retries_of_nothing():
    """Retrying is harmless where nothing failed."""
    assert winbell("inbox", "retry").out == "0 events to be tried again: 0 applied, 0 failed\n"
    assert winbell("outbox", "retry").out == "0 messages to be tried again; a running `serve` delivers them\n"


def test_forgetting_says_what_was_forgotten(folder):
    """One of each is told as one; the file holds nothing of them any more, and a second time nobody is found."""
    lead = {"id": "L-1", "email": "dana@prospect.example", "name": "Dana Reyes"}
    touch = {"lead_id": "L-1", "asset": "Ebook"}
    events = [
        {"type": kind, "timestamp": "2026-11-01T08:00:00Z", "data": data}
        for kind, data in (("lead.created", lead), ("touch.recorded", touch))
    ]
    (folder / "events.jsonl").write_text("\n".join(map(json.dumps, events)))
    assert winbell("import", "events.jsonl").code == 0
    files = [path for path in folder.iterdir() if path.name.startswith("winbell.db")]
    assert any(b"Dana Reyes" in path.read_bytes() for path in files)
    said = winbell("forget", " Dana@Prospect.example")
    assert (said.code, said.out) == (
        0,
        (
            "forgotten: 1 lead, 1 touch or activity, 1 stored event; "
            "0 posts will be drawn anew by `winbell serve`\n"
        ),
    )
    files = [path for path in folder.iterdir() if path.name.startswith("winbell.db")]
    assert [path.name for path in files if b"Dana Reyes" in path.read_bytes()] == []
    assert winbell("forget", "dana@prospect.example").out == "dana@prospect.example is not in the records\n"
