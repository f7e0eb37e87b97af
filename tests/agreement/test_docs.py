"""The page that explains the agreement is true."""

import re
from pathlib import Path

import pytest

from bot.agreement import parse
from bot.agreement.schema import every_key

YEARS = (2026, 2026)
PAGE = (Path(__file__).resolve().parents[2] / "docs" / "agreement.md").read_text("utf-8")
ROW = re.compile(r"^\| (`[a-z].*?) \| (.*?) \| (.*?) \| (.*?) \|$", re.MULTILINE)
CODE = re.compile(r"`([^`]+)`")
SEVERAL = ("tier", "promise")


def rows():
    return [(CODE.findall(keys), fallback, acts) for keys, fallback, _, acts in ROW.findall(PAGE)]


def test_every_key_has_its_row():
    """The page lists every key once, and no key that does not exist."""
    listed = [key for keys, _, _ in rows() for key in keys]
    assert sorted(listed) == sorted(key for key, _ in every_key())


def test_the_page_says_which_keys_act():
    """A key that this version acts on is marked yes, another not yet."""
    marked = {key: not acts.startswith("not yet") for keys, _, acts in rows() for key in keys}
    assert marked == dict(every_key())


@pytest.mark.parametrize(
    ("key", "fallback"),
    [
        (keys[0], CODE.findall(fallback)[0])
        for keys, fallback, _ in rows()
        if len(keys) == 1 and "`" in fallback
    ],
)
def test_a_default_of_the_page_is_the_default(key, fallback):
    """Writing a key with the default of the page changes nothing."""
    *tables, name = key.split(".")
    header = "" if not tables else f"[[{tables[0]}]]" if tables[0] in SEVERAL else f"[{'.'.join(tables)}]"
    beside = 'period = "month"\nleads = 1' if key == "promise.channel" else ""
    without = parse(f"{header}\n{beside}", horizon=YEARS).agreement
    assert parse(f"{header}\n{beside}\n{name} = {fallback}", horizon=YEARS).agreement == without
