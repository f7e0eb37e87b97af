"""Import: files through the same inbox as webhooks, silently; a file is checked whole before anything is stored."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from bot.errors import FormatError
from bot.flow import apply
from bot.flow.accept import as_rows
from bot.flow.apply import Applied
from bot.sources.importing import ImportMap, bounded_lines, parse_map, read_rows
from bot.store import inbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date
    from pathlib import Path

    from bot.flow.ports import Office
    from bot.sources.events import Event

SOURCE: Final = "generic"
"""Imported records are those of the generic source: a later webhook speaks of the same deals."""
CHUNK: Final = 200
_PROBLEMS_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Checked:
    """What a file holds: good rows, and how many are faulty with the first of their problems."""

    good: int
    bad: int
    problems: tuple[str, ...]


@dataclass(slots=True)
class Imported:
    """What an import did: rows stored anew, rows that were there before, rows skipped."""

    new: int = 0
    known: int = 0
    skipped: int = 0
    set_aside: int = 0
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ImportFile:
    """A file to import, with how to read it. `as_of` is when rows without a time of their own were true."""

    path: Path
    map: ImportMap | None
    as_of: datetime
    zone: str

    @classmethod
    def at(cls, path: Path, map_path: Path | None, as_of: datetime | None, zone: str) -> ImportFile:
        """A file by path. Raises FormatError for a map that is not valid, or cannot be read."""
        made = parse_map(_read(map_path), str(map_path)) if map_path is not None else None
        when = as_of or datetime.fromtimestamp(path.stat().st_mtime, UTC)
        return cls(path, made, when, zone)

    def events(self) -> Iterator[Event | str]:
        """The rows in order, each an event or the problem it has; the file is never held as a whole."""
        with self.path.open("rb") as stream:
            for row in read_rows(bounded_lines(stream), self.map, as_of=self.as_of, zone=self.zone):
                yield (
                    row.event if row.event is not None else (row.problem or f"row {row.number}: not readable")
                )


def _read(map_path: Path) -> str:
    try:
        return map_path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise FormatError("--map", f"{map_path} cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise FormatError("--map", f"{map_path} is not UTF-8 text; save it as UTF-8") from error


def check(file: ImportFile, progress: Callable[[int], None] = lambda _rows: None) -> Checked:
    """Read a file as a whole and store nothing. Raises FormatError where the file itself is not readable."""
    good = bad = 0
    problems: list[str] = []
    for row in file.events():
        if isinstance(row, str):
            bad += 1
            if len(problems) < _PROBLEMS_SHOWN:
                problems.append(row)
        else:
            good += 1
        progress(1)
    return Checked(good, bad, tuple(problems))


async def bring_in(
    office: Office,
    file: ImportFile,
    announce_since: date | None,
    progress: Callable[[int], None] = lambda _rows: None,
) -> Imported:
    """Store and apply the good rows of a file; returns when everything is applied.

    Nothing older than `announce_since` is announced (None: nothing at all).
    """
    done = Imported()
    chunk: deque[Event] = deque()
    for row in file.events():
        if isinstance(row, str):
            done.skipped += 1
        else:
            chunk.append(row)
        if len(chunk) >= CHUNK:
            await _store(office, list(chunk), announce_since, done)
            progress(len(chunk))
            chunk.clear()
    if chunk:
        await _store(office, list(chunk), announce_since, done)
        progress(len(chunk))
    while (applied := await apply.apply_waiting(office, limit=CHUNK)) != Applied(0, 0):
        done.set_aside += applied.failed  # a batch of nothing but failures is passed, too
    return done


async def _store(office: Office, events: list[Event], announce_since: date | None, done: Imported) -> None:
    rows = as_rows(SOURCE, events, office.clock.now(), silent=True, announce_since=announce_since)
    new = len(await office.database.insert(lambda s: inbox.add(s, rows)))
    done.new += new
    done.known += len(rows) - new
    if new:
        applied = await apply.apply_waiting(office, limit=CHUNK)
        done.set_aside += applied.failed
