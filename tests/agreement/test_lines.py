"""Where each key of a TOML text stands."""

import string
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.agreement.lines import locate

CASES = [
    ("a = 1\n\nb = 2", {("a",): 1, ("b",): 3}),
    ("# first\na = 1 # a = 2\n", {("a",): 2}),
    ("a = 1\r\nb = 2\r\n", {("a",): 1, ("b",): 2}),
    ("[t]\n  a = 1\n[u]\nb = 2", {("t",): 1, ("t", "a"): 2, ("u",): 3, ("u", "b"): 4}),
    ("a.b.c = 1\na.d = 2", {("a",): 1, ("a", "b"): 1, ("a", "b", "c"): 1, ("a", "d"): 2}),
    ("[ a . 'b c' ]\nd = 1", {("a",): 1, ("a", "b c"): 1, ("a", "b c", "d"): 2}),
    ("[a.b]\nx = 1\n[a]\ny = 2", {("a",): 3, ("a", "b"): 1, ("a", "b", "x"): 2, ("a", "y"): 4}),
    ('"caf\\u00e9.x" = 1', {("café.x",): 1}),
    ('"a\\"]" = "# no comment"\nb = \'\'', {('a"]',): 1, ("b",): 2}),
    (
        "t = { a = 1, 'b' = { c = [2] } }\nu = 1",
        {("t",): 1, ("t", "a"): 1, ("t", "b"): 1, ("t", "b", "c"): 1, ("t", "b", "c", 0): 1, ("u",): 2},
    ),
    (
        "l = [ # comment ]\n  1,\n\n  [2, 3], # ,\n]\nz = 1",
        {("l",): 1, ("l", 0): 2, ("l", 1): 4, ("l", 1, 0): 4, ("l", 1, 1): 4, ("z",): 6},
    ),
    (
        "s = [\n { at = 'x' },\n { at = 'y', to = 1 },\n]",
        {("s",): 1, ("s", 0): 2, ("s", 0, "at"): 2, ("s", 1): 3, ("s", 1, "at"): 3, ("s", 1, "to"): 3},
    ),
    ('a = """\n"" \\""" b = 1\n"""""\nc = 1', {("a",): 1, ("c",): 4}),
    ("a = '''\nb = 1\n'''\nc = 1", {("a",): 1, ("c",): 4}),
    (
        "d = 2026-12-24 10:00:00 # at\nf = 1.5e3\nb = true",
        {("d",): 1, ("f",): 2, ("b",): 3},
    ),
    (
        "[[t]]\nn = 1\n[t.w]\nx = 1\n\n[[t]]\nn = 2\n[t.w]\nx = 2",
        {
            ("t",): 1,
            ("t", 0): 1,
            ("t", 0, "n"): 2,
            ("t", 0, "w"): 3,
            ("t", 0, "w", "x"): 4,
            ("t", 1): 6,
            ("t", 1, "n"): 7,
            ("t", 1, "w"): 8,
            ("t", 1, "w", "x"): 9,
        },
    ),
    (
        "[[a]]\n[[a.b]]\n[[a.b]]\n[[a]]\n[[a.b]]\nc = 1",
        {
            ("a",): 1,
            ("a", 0): 1,
            ("a", 0, "b"): 2,
            ("a", 0, "b", 0): 2,
            ("a", 0, "b", 1): 3,
            ("a", 1): 4,
            ("a", 1, "b"): 5,
            ("a", 1, "b", 0): 5,
            ("a", 1, "b", 0, "c"): 6,
        },
    ),
    ("", {}),
    ("# only a comment", {}),
]


@pytest.mark.parametrize(("text", "lines"), CASES, ids=range(len(CASES)))
def test_every_key_table_and_item_has_its_line(text, lines):
    """Keys, tables, inline tables and list items are found on the line where they are written."""
    tomllib.loads(text)
    assert locate(text) == lines


@pytest.mark.parametrize("text", ["= 1", "a = ", "a", "a = { b = ", "a = [1,", "€ = 1", "a = 'x"])
def test_a_text_that_is_not_toml_ends_with_an_error(text):
    """A text that is no TOML raises ValueError; it is never read for ever."""
    with pytest.raises(ValueError, match="is not TOML"):
        locate(text)


NAMES = st.text(string.ascii_letters + " .#[]{}='\"é\t", min_size=1, max_size=6)
LEAVES = st.one_of(
    st.integers(-9, 9), st.booleans(), st.text("ab#[]{},='\"\\\n. ", max_size=8), st.dates(), st.floats(0, 1)
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=6,
)
TABLES = st.recursive(
    st.dictionaries(NAMES, VALUES, max_size=3),
    lambda inner: st.dictionaries(
        NAMES, st.one_of(VALUES, inner, st.lists(inner, min_size=1, max_size=3)), max_size=3
    ),
    max_leaves=8,
)
FILLERS = st.lists(st.sampled_from(["", "# a = 1", "   # [x]", "\t"]), max_size=2)


def quoted(text):
    escaped = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}
    return '"' + "".join(escaped.get(letter, letter) for letter in text) + '"'


class Writer:
    """Writes a document as TOML and notes on which line it wrote what."""

    def __init__(self, draw):
        self.draw, self.rows, self.lines = draw, [""], {}

    def write(self, text):
        self.rows[-1] += text

    def end_line(self):
        self.rows += [*self.draw(FILLERS), ""]

    def note(self, path):
        self.lines.setdefault(path, len(self.rows))

    def value(self, value, path):
        if isinstance(value, dict):
            self.write("{ ")
            for at, (name, item) in enumerate(value.items()):
                self.write(", " if at else "")
                self.note((*path, name))
                self.write(f"{quoted(name)} = ")
                self.value(item, (*path, name))
            self.write(" }")
        elif isinstance(value, list):
            self.write("[")
            self.end_line()
            for at, item in enumerate(value):
                self.note((*path, at))
                self.value(item, (*path, at))
                self.write(",")
                self.end_line()
            self.write("]")
        elif isinstance(value, str):
            self.write(quoted(value))
        else:
            self.write(str(value).lower())

    def table(self, table, path, header):
        later = []
        for name, item in table.items():
            several = isinstance(item, list) and item and all(isinstance(one, dict) for one in item)
            if (isinstance(item, dict) or several) and self.draw(st.booleans()):
                later.append((name, item))
                continue
            self.note((*path, name))
            self.write(f"{quoted(name)} = ")
            self.value(item, (*path, name))
            self.end_line()
        for name, item in later:
            inner = [*header, quoted(name)]
            for at, one in enumerate(item if isinstance(item, list) else [item]):
                self.note((*path, name))
                where = (*path, name, at) if isinstance(item, list) else (*path, name)
                self.note(where)
                brackets = ("[[", "]]") if isinstance(item, list) else ("[", "]")
                self.write(brackets[0] + ".".join(inner) + brackets[1])
                self.end_line()
                self.table(one, where, inner)


@given(st.data(), TABLES)
def test_any_document_is_found_line_by_line(data, document):
    """Whatever is nested in whatever, every key and item has the line on which a writer put it."""
    writer = Writer(data.draw)
    writer.table(document, (), [])
    text = "\n".join(writer.rows)
    assert tomllib.loads(text) == document
    assert locate(text) == writer.lines
