"""Where in a TOML text each key and each list item stands, so that a fault can name its line."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from typing import Final, TypeAlias

Path: TypeAlias = tuple[str | int, ...]
"""The way to a value: keys, and the place (from 0) in a list or in an array of tables."""

_BLANK: Final = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE: Final = re.compile(r"[ \t]*")
_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")
_STRING: Final = re.compile(r'"(?:[^"\\\n]|\\.)*"' + r"|'[^'\n]*'")
_LONG_STRING: Final = re.compile(r'"""(?:[^\\]|\\.)*?""""{0,2}' + r"|'''.*?''''{0,2}", re.DOTALL)
_PLAIN: Final = re.compile(r"[^,\]}#\n]+")


def locate(text: str) -> dict[Path, int]:
    """The line, from 1, of every key, table and list item of a *valid* TOML text, by its path.

    A key of an inline table and an item of a list have the line they stand on; a table that is only implied
    (`a` of `[a.b]`) has the line that first implies it. An array of tables has the line of its first.
    ValueError for a text that is not TOML, though not for every such text: parse it first.
    """
    scan = _Scan(text)
    scan.document()
    return scan.lines


class _Scan:
    """One walk over the text, which keeps its place and notes the line of whatever begins there."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Path, int] = {}
        self._text = text
        self._at = 0
        self._ends = [match.start() for match in re.finditer("\n", text)]
        self._last_index: dict[Path, int] = {}

    def document(self) -> None:
        base: Path = ()
        while self._peek():
            if self._text.startswith("[[", self._at):
                base = self._header(2)
            elif self._text.startswith("[", self._at):
                base = self._header(1)
            else:
                self._pair(base)

    def _header(self, brackets: int) -> Path:
        line = self._line()
        self._at += brackets
        *outer, name = self._key()
        self._at += brackets
        path: Path = ()
        for part in outer:
            path = self._latest((*path, part), line)
        path = (*path, name)
        if brackets == 1:
            self.lines[path] = line
            return self._latest(path, line)
        self._last_index[path] = self._last_index.get(path, -1) + 1
        return self._latest(path, line)

    def _latest(self, path: Path, line: int) -> Path:
        """The path itself, or that of the latest table where it is an array of tables."""
        self.lines.setdefault(path, line)
        if path in self._last_index:
            path = (*path, self._last_index[path])
            self.lines.setdefault(path, line)
        return path

    def _pair(self, base: Path) -> None:
        line = self._line()
        path = base
        for part in self._key():
            path = (*path, part)
            self.lines.setdefault(path, line)
        self._at += 1  # the equals sign
        self._take(_SPACE)
        self._value(path)

    def _key(self) -> list[str]:
        parts = []
        while True:
            self._take(_SPACE)
            parts.append(self._key_part())
            self._take(_SPACE)
            if not self._text.startswith(".", self._at):
                return parts
            self._at += 1

    def _key_part(self) -> str:
        if self._text[self._at : self._at + 1] in ("'", '"'):
            return str(tomllib.loads("key = " + self._take(_STRING))["key"])
        return self._take(_BARE_KEY)

    def _value(self, path: Path) -> None:
        first = self._text[self._at : self._at + 1]
        if first == "[":
            self._array(path)
        elif first == "{":
            self._inline_table(path)
        elif self._text.startswith(('"""', "'''"), self._at):
            self._take(_LONG_STRING)
        else:
            self._take(_STRING if first in ("'", '"') else _PLAIN)

    def _array(self, path: Path) -> None:
        self._at += 1
        index = 0
        while self._peek() != "]":
            self.lines[(*path, index)] = self._line()
            self._value((*path, index))
            index += 1
            self._skip_comma()
        self._at += 1

    def _inline_table(self, path: Path) -> None:
        self._at += 1
        while self._peek() != "}":
            self._pair(path)
            self._skip_comma()
        self._at += 1

    def _skip_comma(self) -> None:
        if self._peek() == ",":
            self._at += 1

    def _peek(self) -> str:
        """The next character that is not blank or comment; empty at the end."""
        self._take(_BLANK)
        return self._text[self._at : self._at + 1]

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        if match is None:
            message = f"line {self._line()} is not TOML"
            raise ValueError(message)
        self._at = match.end()
        return match[0]

    def _line(self) -> int:
        return bisect_left(self._ends, self._at) + 1
