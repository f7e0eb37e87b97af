"""What failed can be seen and tried again, and no fault shows a secret or a traceback."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from bot.sources.events import Event
from bot.sources.schema import read_statement, to_json
from bot.store import inbox, outbox
from bot.store.database import Database
from tests.support.cli import winbell

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
CANARY = "canary0canary0canary0canary0canary0"
SECRETS = {
    "SLACK_BOT_TOKEN": f"xoxb-{CANARY}",
    "SLACK_APP_TOKEN": f"xapp-{CANARY}",
    "SLACK_SIGNING_SECRET": CANARY,
    "WINBELL_WEBHOOK_SECRET": "whsec_Y2FuYXJ5MGNhbmFyeTBjYW5hcnkwY2FuYXJ5MA==",
    "WINBELL_WEBHOOK_TOKEN": CANARY,
}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A working folder of its own, with a database at the current schema."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "250")
    assert winbell("migrate").code == 0
    return tmp_path


@pytest.fixture
def database(folder):
    made = Database(f"sqlite:///{folder / 'winbell.db'}")
    yield made
    made.close()


def stored(database, number, kind="deal.won", error=None, **data):
    """An event in the inbox; with `error` it was set aside."""
    read = read_statement({"type": kind, "timestamp": "2026-11-20T14:00:00Z", "data": data})
    told = Event(f"e{number:02}", read.type, read.at, read.data)
    row = inbox.NewEvent("generic", told.id, told.type, to_json(told), NOW)
    database.write_now(lambda s: inbox.add(s, [row]))
    if error is not None:
        database.write_now(lambda s: inbox.mark_failed(s, number, error=error, next_try_at=None))


def queued(database, key, state, error, **ref):
    """A message of the outbox in this state."""

    def put(session):
        number = outbox.put(session, key=key, kind="notice", target="#ops", ref=ref, now=NOW, next_at=NOW)
        outbox.settle(session, number, state=state, next_at=NOW, error=error)
        return number

    return database.write_now(put)


def test_events_that_failed(database):
    """They are listed with their error, shown whole, and applied when they are tried again."""
    stored(database, 1, error="ValueError: a bug that was mended", id="D-1", amount="5", currency="USD")
    stored(database, 2, error="KeyError: another", id="D-2")
    listed = winbell("inbox")
    assert (listed.code, listed.err) == (0, "")
    for words in (
        "dead",
        "deal.won",
        "generic/e01",
        "ValueError: a bug that was mended",
        "KeyError: another",
    ):
        assert words in listed.out
    shown = json.loads(winbell("inbox", "show", "1").out)
    assert (shown["state"], shown["error"], shown["data"]) == (
        "dead",
        "ValueError: a bug that was mended",
        {"id": "D-1", "amount": "5", "currency": "USD"},
    )
    assert winbell("inbox", "retry", "1").out == "1 events to be tried again: 1 applied, 0 failed\n"
    assert winbell("inbox", "retry").out == "1 events to be tried again: 1 applied, 0 failed\n"
    assert winbell("inbox").out == "no event failed\n"
    assert json.loads(winbell("report", "wins", "--format", "json").out)["total"]["count"] == 2


def test_messages_that_failed(database):
    """Given up, waiting and of unknown fate: listed, shown, and put back where a running bot finds them."""
    for number, state in enumerate(("dead", "retry", "ambiguous"), start=1):
        assert queued(database, f"k{number}", state, f"reason {number}", what="w", advice="a") == number
    listed = winbell("outbox")
    for words in ("dead", "retry", "ambiguous", "#ops", "reason 1", "reason 2", "reason 3"):
        assert words in listed.out
    shown = json.loads(winbell("outbox", "show", "1").out)
    assert (shown["key"], shown["state"], shown["to"], shown["error"]) == ("k1", "dead", "#ops", "reason 1")
    said = winbell("outbox", "retry", "1", "3")
    assert said.out == "2 messages to be tried again; a running `serve` delivers them\n"
    states = [json.loads(winbell("outbox", "show", str(number)).out)["state"] for number in (1, 2, 3)]
    assert states == ["pending", "retry", "ambiguous"]


def test_words_from_outside_do_not_steer_the_terminal(database):
    """Escape codes and line breaks in names and errors are shown as a sign, in every table."""
    stored(database, 1, error="bad \x1b[31mred\nline", id="D-1")
    stored(database, 2, "deal.updated", id="D-2", stage="Le\x1b[31mgal")
    stored(database, 3, "person.updated", email="maya@seller.example", name="Ma\x1b[31mya")
    stored(database, 4, id="D-4", owner_email="maya@seller.example")
    assert winbell("inbox", "retry", "2").code == 0
    for command in (("inbox",), ("report", "pipeline"), ("report", "wins")):
        said = winbell(*command)
        assert (said.code, "\x1b" in said.out, "\ufffd[31m" in said.out) == (0, False, True)


@pytest.mark.parametrize(
    ("settings", "command"),
    [
        ({}, ("report", "weather")),
        ({}, ("inbox", "show", "9")),
        ({}, ("report", "wins", "--as-of", "9999-12-31T23:59:59-14:00")),
        ({}, ("inbox", "show", "99999999999999999999")),
        ({}, ("outbox", "retry", "99999999999999999999")),
        ({}, ("import", "nowhere.csv")),
        ({"WINBELL_DATABASE_URL": f"postgresql://bell:{CANARY}@127.0.0.1:1/winbell"}, ("report", "wins")),
        ({"WINBELL_DATABASE_URL": f"postgresql://bell:{CANARY}@[/winbell"}, ("report", "wins")),
        ({"WINBELL_DATABASE_URL": f"oracle://bell:{CANARY}@host/winbell"}, ("migrate",)),
        ({"WINBELL_DATABASE_URL": "sqlite:////nowhere/winbell.db"}, ("serve",)),
        ({"WINBELL_AGREEMENT": "nowhere.toml"}, ("serve",)),
        ({"SLACK_BOT_TOKEN": f"xoxp-{CANARY}"}, ("serve",)),
        ({"SLACK_BOT_TOKEN": f"xapp-{CANARY}"}, ("serve",)),
        ({"SLACK_BOT_TOKEN": ""}, ("serve",)),
        ({"SLACK_APP_TOKEN": f"xoxb-{CANARY}"}, ("serve",)),
        ({"SLACK_APP_TOKEN": "", "SLACK_SIGNING_SECRET": ""}, ("serve",)),
        ({"SLACK_API_URL": f"ftp://{CANARY}"}, ("serve",)),
        ({"WINBELL_HOST": f"{CANARY} x"}, ("serve",)),
        ({"WINBELL_PORT": CANARY}, ("serve",)),
        ({"WINBELL_PUBLIC_URL": CANARY}, ("serve",)),
        ({"WINBELL_WEBHOOK_SECRET": CANARY}, ("serve",)),
        ({"WINBELL_WEBHOOK_TOKEN": CANARY[:20]}, ("serve",)),
        ({"WINBELL_COMMAND_PREFIX": f"/{CANARY}"}, ("serve",)),
    ],
)
def test_no_fault_shows_a_secret(monkeypatch, settings, command):
    """With every secret set, a fault ends with 1 or 2, says something, and holds no secret and no traceback.

    A setting that is wrong is named.
    """
    for name, value in (SECRETS | settings).items():
        monkeypatch.setenv(name, value)
    said = winbell(*command)
    assert said.code == (1 if settings or command == ("inbox", "show", "9") else 2)
    assert said.err
    for name in settings:
        assert name in said.err or "the database does not answer" in said.err
    for shown in (said.out, said.err):
        assert "canary" not in shown
        assert "Y2FuYXJ5" not in shown
        assert "Traceback" not in shown


@pytest.mark.parametrize("command", [("report", "wins"), ("migrate",), ("serve",)])
def test_a_file_that_is_no_database(folder, monkeypatch, command):
    """Another file stands where the database should be: it is named, refused and left as it is."""
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("WINBELL_DATABASE_URL", "sqlite:///notes.txt")
    text = "Not a database, only a text that is long enough to be looked at for a while.\n" * 20
    (folder / "notes.txt").write_text(text)
    said = winbell(*command)
    assert (said.code, said.out) == (1, "")
    assert said.err == "winbell: WINBELL_DATABASE_URL: the database cannot be used: file is not a database\n"
    assert (folder / "notes.txt").read_text() == text


def test_settings_from_a_file(folder):
    """`.env` in the working folder is read, and the environment wins over it."""
    (folder / ".env").write_text("WINBELL_DATABASE_URL=sqlite:///other.db\nWINBELL_COMMAND_PREFIX=acme-\n")
    assert winbell("migrate").out == "the database was brought to the current schema\n"
    assert (folder / "other.db").exists()
    assert "/acme-pipeline" in winbell("manifest").out


def test_the_environment_wins(folder, monkeypatch):
    """A variable of the environment stands over the same one in `.env`."""
    (folder / ".env").write_text("WINBELL_COMMAND_PREFIX=file-\n")
    monkeypatch.setenv("WINBELL_COMMAND_PREFIX", "env-")
    assert "/env-pipeline" in winbell("manifest").out


def test_a_period_the_wrong_way_round():
    """--from after --to is a slip, not an empty report."""
    said = winbell("report", "wins", "--from", "2026-12-01", "--to", "2026-11-01")
    assert (said.code, said.err) == (2, "winbell: --from 2026-12-01 lies after --to 2026-11-01; swap them\n")
