"""The pages are true: what exists is documented, and what is documented exists."""

import ast
import base64
import json
import re
import subprocess
import sys
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import get_args

import pytest
import typer

from bot.cli import REPORTS, app
from bot.config import VARIABLES
from bot.domain import follow_up
from bot.domain.agreement import Agreement
from bot.domain.winning import End
from bot.flow import credit_report, lead_reports, messages, notices, pace, reports
from bot.flow.figures import Period
from bot.groundwork import open_database
from bot.sources import generic
from bot.sources.importing import parse_map
from bot.sources.schema import SHAPES
from bot.store.tables import (
    ANSWER_KINDS,
    ANSWER_STATES,
    CLAIM_STATES,
    CLOCK_STATES,
    EVENT_STATES,
    MESSAGE_STATES,
)
from handlers import health, webhooks
from handlers.commands import COMMANDS
from handlers.manifest import SCOPES, manifest
from jobs import timetable

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
PACKAGES = ("bot", "handlers", "jobs")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")


def page(name):
    return (ROOT / name).read_text("utf-8")


def section(text, title, level="##"):
    """What stands below a heading, up to the next one of its level or above."""
    found = re.search(
        rf"^{level} {re.escape(title)}$(.*?)(?=^#{{1,{len(level)}}} |\Z)", text, re.MULTILINE | re.DOTALL
    )
    assert found, f"there is no heading {level} {title}"
    return found[1]


def rows(text):
    """The first cells of the tables, without their headings."""
    cells = re.findall(r"^\| *(.*?) *(?<!\\)\|", text, re.MULTILINE)
    return [cell for at, cell in enumerate(cells) if cell != "---" and cells[at + 1 : at + 2] != ["---"]]


def names(text):
    """The code names in the first cells of the tables."""
    return [name for cell in rows(text) for name in SPAN.findall(cell)]


def examples(text, kind):
    return [body for found, body in FENCE.findall(text) if found == kind]


def sources():
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def commands():
    """Each command by its words, with its options."""
    found = {}
    todo = [((), typer.main.get_command(app))]
    while todo:
        words, command = todo.pop()
        if words:
            options = {option for parameter in command.params for option in parameter.opts}
            found[words] = {option for option in options if option.startswith("--")}
        todo += [((*words, name), inner) for name, inner in getattr(command, "commands", {}).items()]
    return found


def test_every_command_has_its_row():
    """The page for operators lists each command with all its options, and no other command."""
    listed = {}
    for cell in rows(section(page("docs/operating.md"), "Commands")):
        words = [word.strip("[]") for word in cell.strip("`").replace("\\|", "|").split()]
        name = tuple(word for word in words[1:] if re.fullmatch(r"[a-z-]+", word) and word[0] != "-")
        listed[name] = {word for word in words if word.startswith("--")}
    assert listed == {words: options - {"--help"} for words, options in commands().items()}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_command_that_is_mentioned_exists(path):
    """Whoever types what a page shows is not told that there is no such command or option."""
    text = path.read_text("utf-8")
    blocks = [body for _, body in FENCE.findall(text)] + re.findall(r"^ {4,}.+$", text, re.MULTILINE)
    lines = [line for block in blocks for line in block.splitlines()] + SPAN.findall(FENCE.sub("", text))
    known = commands()
    for line in lines:
        words = re.sub(r"\[|\]|#.*", " ", line).split()
        for at, word in enumerate(words):
            if word != "winbell" and not word.endswith("bin/winbell"):
                continue
            rest = words[at + 1 :]
            if not rest or not re.fullmatch(r"[a-z]+", rest[0]):
                continue
            name = tuple(rest[:2]) if tuple(rest[:2]) in known else (rest[0],)
            assert name in known, line
            assert {option for option in rest if option.startswith("--")} <= known[name] | {"--help"}, line
            if name == ("report",) and len(rest) > 1 and rest[1].islower():
                assert rest[1] in REPORTS, line


def test_every_setting_is_documented():
    """The page for operators lists each variable once, and no page names another."""
    listed = names(section(page("docs/operating.md"), "Settings"))
    assert sorted(listed) == sorted(VARIABLES)
    mentioned = {
        name
        for path in PAGES
        for name in re.findall(r"\b(?:SLACK|WINBELL)_[A-Z_]+\b", path.read_text("utf-8"))
    }
    assert mentioned == set(VARIABLES)


def test_every_endpoint_is_documented():
    """The page for operators lists each address and its method."""
    quiet = [f"GET {route.path}" for route in health.routes(None, health.Metrics(), lambda: None)]
    url = manifest(base="https://winbell.seller.example", prefix="")["settings"]["interactivity"][
        "request_url"
    ]
    there = {
        f"POST {webhooks.PATH}generic",
        f"POST {url.removeprefix('https://winbell.seller.example')}",
        *quiet,
    }
    assert set(names(section(page("docs/operating.md"), "HTTP"))) == there


def test_every_metric_is_documented():
    """The page for operators lists each metric, and no metric that does not exist."""
    found = {
        metric.name + ("_total" if metric.type == "counter" else "")
        for metric in health.Metrics().registry.collect()
    }
    listed = names(section(page("docs/operating.md"), "Metrics"))
    assert {name.partition("{")[0] for name in listed} == found


def test_every_warning_and_error_is_explained():
    """Whoever finds a line in the log finds what it means and what to do."""
    listed = set(names(section(page("docs/operating.md"), "What the log says")))
    said = set()
    for path in (path for path in sources() if "playground" not in path.parts):
        for node in ast.walk(ast.parse(path.read_bytes())):
            is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            if (
                is_call
                and node.func.attr in {"warning", "error", "exception"}
                and "_log" in ast.unparse(node.func)
            ):
                texts = (inner.value for inner in ast.walk(node.args[0]) if isinstance(inner, ast.Constant))
                said |= {text.partition(";")[0] for text in texts if isinstance(text, str)}
    assert said - {name.partition(";")[0] for name in listed} == set()
    assert set(notices._ADVICE) - listed == set()


def test_every_type_of_event_is_documented_with_all_its_fields():
    """The page for senders explains each field of each type, and shows an example with every one of them."""
    text = page("docs/events.md")
    headings = re.findall(r"^### (.*)$", text, re.MULTILINE)
    assert sorted(name for heading in headings for name in heading.split(", ")) == sorted(SHAPES)
    for heading in headings:
        below = section(text, heading, "###")
        told = [json.loads(example) for example in examples(below, "json")]
        fields = set(SHAPES[heading.split(", ")[0]].fields)
        assert {name for event in told for name in event["data"]} == fields, heading
        assert fields - set(SPAN.findall(below)) == set(), heading
        assert {event["type"] for event in told} <= set(heading.split(", "))


@pytest.mark.parametrize("body", examples(page("docs/events.md"), "json"))
def test_every_example_of_an_event_is_taken(body):
    """What the page for senders shows can be sent as it stands."""
    assert generic.parse(body.encode(), delivery_id="evt-0", content_type="application/json")


def test_the_examples_of_imports_are_valid():
    """The maps and lines that the pages show, and the maps in the folder of examples, can be used."""
    text = page("docs/import.md")
    for line in "".join(examples(text, "json")).splitlines():
        assert generic.parse(line.encode(), delivery_id="evt-0", content_type="application/json")
    for body in [
        *examples(text, "toml"),
        *(path.read_text("utf-8") for path in ROOT.glob("examples/*.toml")),
    ]:
        assert parse_map(body, "map.toml").columns


def test_the_senders_of_the_pages_sign_as_agreed(tmp_path):
    """The program in the README, run as it stands, makes a request that Winbell takes."""
    secret = "whsec_" + base64.b64encode(b"a secret of this test alone, 32 B").decode()
    got = []

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(202)
            self.end_headers()

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        server.timeout = 20
        thread = threading.Thread(target=server.handle_request, daemon=True)
        thread.start()
        [program] = examples(page("README.md"), "python")
        (tmp_path / "send.py").write_text(
            program.replace("127.0.0.1:3000", f"127.0.0.1:{server.server_port}"), encoding="utf-8"
        )
        command = [sys.executable, str(tmp_path / "send.py")]
        subprocess.run(command, env={"WINBELL_WEBHOOK_SECRET": secret}, check=True, timeout=20)
        thread.join()
    [(headers, body)] = got
    keys = generic.decode_secrets(secret)
    delivery = generic.verify(headers, body, secrets=keys, token=None, now=datetime.now(UTC))
    [event] = generic.parse(body, delivery_id=delivery, content_type=headers["content-type"])
    assert (event.type, event.data["id"]) == ("deal.won", "D-1001")


@pytest.mark.parametrize(
    ("what", "states"),
    [
        ("event", EVENT_STATES),
        ("clock", CLOCK_STATES),
        ("follow-up", get_args(follow_up.State)),
        ("answer", ANSWER_STATES),
        ("message", MESSAGE_STATES),
        ("win", ("won", *get_args(End))),
        ("claim", CLAIM_STATES),
    ],
)
def test_every_state_is_drawn_and_explained(what, states):
    """The diagrams and tables of states use the names of the code, and all of them."""
    below = section(page("docs/states.md"), what)
    assert sorted(names(below)) == sorted(states)
    [diagram] = examples(below, "mermaid")
    drawn = {
        name for pair in re.findall(r"^ +(\S+) --> (\w+|\[\*\])", diagram, re.MULTILINE) for name in pair
    }
    assert drawn - {"[*]"} == set(states)


def test_every_kind_of_answer_is_explained():
    """The page of states says which states each kind of answer can be in."""
    told = dict(re.findall(r"^- `(\w+)`: (.*)$", section(page("docs/states.md"), "answer"), re.MULTILINE))
    assert set(told) == set(ANSWER_KINDS)
    assert {name for line in told.values() for name in SPAN.findall(line)} == set(ANSWER_STATES)


def test_every_message_about_a_win_is_explained():
    """The page of states tells how each kind of message lives on that is neither of a lead nor of the agreement."""
    others = {"nudge", "handover", "brief", "feedback", "notice", "agreement"}
    told = names(section(page("docs/states.md"), "The messages of a win"))
    assert sorted(told) == sorted(messages._PREPARING.keys() - others)


def test_every_report_is_documented_with_its_groups_and_fields(tmp_path):
    """The page of reports has a section for each report, which names every group and every figure."""
    text = page("docs/reports.md")
    groups = {
        "pipeline": reports.PIPELINE_BY,
        "wins": reports.WINS_BY,
        "channels": lead_reports.CHANNELS_BY,
        "credit": credit_report.CREDIT_BY,
        "sla": lead_reports.SLA_BY,
        "pace": pace.PACE_BY,
    }
    assert groups.keys() == REPORTS.keys()
    database = open_database(f"sqlite:///{tmp_path}/empty.db", serve=False)
    period = Period(None, None, datetime(2026, 11, 20, tzinfo=UTC))
    for name, make in REPORTS.items():
        below = section(text, name)
        assert f"Groups: {', '.join(f'`{group}`' for group in groups[name])}." in below.replace("\n", " "), (
            name
        )
        total = database.read_now(lambda s, make=make: make(s, Agreement(), period, None)).total
        of_a_deal = {"won_at", "credits"} if name == "wins" else set()
        assert set(names(below)) == total.keys() - {"name", "label"} | of_a_deal
    database.close()


def test_every_slash_command_and_scope_is_documented():
    """The page about Slack says what the app can do, and why it may what it may."""
    text = page("docs/slack-setup.md")
    assert [command.name for command in COMMANDS if f"`/{command.name}`" not in text] == []
    assert [
        command for command in COMMANDS if f"/{command.name} {command.usage}" not in page("CHANGELOG.md")
    ] == []
    assert sorted(names(section(text, "2. Print the manifest", "###"))) == sorted(SCOPES)


def test_every_job_is_documented():
    """The page of the architecture tells each job and how often it ticks."""
    below = section(page("docs/architecture.md"), "Jobs")
    told = dict(re.findall(r"^\| ([\w ]+) \| (\d+) s", below, re.MULTILINE))
    ticks = {
        name.removesuffix("_SECONDS"): getattr(timetable, name)
        for name in dir(timetable)
        if name.endswith("_SECONDS")
    }
    assert told == {name.lower().replace("_", " "): str(seconds) for name, seconds in ticks.items()}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_and_file_name_leads_somewhere(path):
    """Links between pages and the files and modules that a page names are there."""
    text = path.read_text("utf-8")
    links = [link for link in re.findall(r"\]\(([^)#\s]+)", text) if "://" not in link]
    assert [link for link in links if not (path.parent / link).exists()] == []
    files = re.findall(r"`((?:bot|handlers|jobs|tests|docs|examples|requirements)/[\w/.-]+)`", text)
    assert [name for name in files if not (ROOT / name).exists()] == []


def test_the_code_names_pages_that_are_there():
    """Whoever follows a comment to a page finds it."""
    named = {
        (path.relative_to(ROOT).as_posix(), name)
        for path in sources()
        for name in re.findall(r"\bdocs/[\w/-]+(?:\.md)?", path.read_text("utf-8"))
    }
    assert [pair for pair in sorted(named) if not (ROOT / pair[1]).exists()] == []


def test_every_decision_is_listed():
    """The list of decisions has each of them once, in order, under its own title."""
    folder = ROOT / "docs/adr"
    files = sorted(path.name for path in folder.glob("0*.md"))
    listed = re.findall(r"^\| \[(\d+)\]\((.*?)\) \|", page("docs/adr/README.md"), re.MULTILINE)
    assert listed == [(str(number), name) for number, name in enumerate(files, start=1)]
    for number, name in enumerate(files, start=1):
        text = (folder / name).read_text("utf-8")
        assert text.startswith(f"# {number}. ")
        parts = ("**Context.**", "**Options that lost.**", "**Decision.**", "**Consequences.**")
        assert [part for part in parts if part not in text] == [], name


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_page_speaks_of_winbell_alone(path):
    """Pages name no machine of ours, no number in somebody's tracker, and people at example domains only."""
    text = path.read_text("utf-8")
    assert re.findall(r"(?<![\w.])/(?:home|root|tmp|work|Users)/\S*", text) == []
    assert re.findall(r"(?i)\b(?:issue|ticket|pull request|pr) ?#?\d+|(?<![\w&])#\d+\b", text) == []
    assert re.findall(r"\b[\w.+-]+@(?!(?:[\w-]+\.)+example\b)[\w-]+\.[\w.]+", text) == []
    assert re.findall(r"(?i)\b(?:pypi|pythonhosted)\b", text) == []
