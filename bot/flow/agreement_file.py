"""The agreement file while the bot runs: a valid change is put in force, an invalid one is told and changes nothing."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from bot.agreement import Parsed, parse_from
from bot.errors import AgreementError
from bot.flow import agreements, apply
from bot.logs import log_of
from bot.store import agreements as stored
from bot.store import clocks, outbox

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from bot.domain.agreement import Agreement
    from bot.flow.ports import Office
    from bot.store.database import Session

_ADVICE: Final = (
    "Correct the file; Winbell reads it again by itself. What was agreed before goes on until then."
)

_log = log_of(__name__)


async def adopt(office: Office, agreement: Agreement, body: str) -> bool:
    """Put an agreement in force; if it is another than before, open clocks and deals are computed anew.

    Returns whether it is. Where the process ends before all is computed, the next call does it again.
    """
    number = await agreements.put_in_force(office, agreement, body)
    if number is None and not await office.database.read(clocks.unfinished):
        return False
    await apply.recompute(office)
    if number is not None:
        await agreements.work_done(office, number)
    return True


@dataclass(frozen=True, slots=True)
class _Seen:
    """What stood on the disk: the file's text, or why there is none, and the texts of the files it names."""

    text: str | None
    fault: str
    beside: tuple[tuple[str, str | None], ...]
    year: int
    """Of the look: with a new one, the holidays of one more are looked up."""

    @property
    def mark(self) -> str:
        """Equal for the same content."""
        return hashlib.sha256(repr((self.text, self.fault, self.beside)).encode()).hexdigest()[:16]


@dataclass(slots=True)
class AgreementFile:
    """The file at `path` (and the rates it names), looked at again and again.

    A change is acted on when two looks in a row saw the same, so that a file is never taken while it is being written.
    """

    path: Path
    _settled: _Seen | None = None
    _changing: _Seen | None = None
    _names: tuple[str, ...] = ()

    async def look(self, office: Office) -> bool:
        """Look once; true if the outbox may have something new. Raises StorageError, and looks again next time."""
        now = office.clock.now()
        seen = await asyncio.to_thread(self._see, now)
        if seen == self._settled:
            self._changing = None
            return False
        if seen != self._changing:
            self._changing = seen
            return False
        taken, parsed = await asyncio.to_thread(self._parse, seen, now)
        if isinstance(parsed, Parsed) and taken.text is not None:
            changed = await adopt(office, parsed.agreement, taken.text)
            if changed:
                _log.info("another agreement is in force", extra={"agreement": parsed.agreement.name})
                for remark in parsed.warnings:
                    _log.info("a remark on the agreement", extra={"remark": remark})
        else:
            problems = parsed if isinstance(parsed, tuple) else ()
            changed = await office.database.write(lambda s: self._refuse(s, office, taken, problems, now))
        self._names = tuple(name for name, _ in taken.beside)
        self._settled = taken
        return changed

    def _see(self, now: datetime) -> _Seen:
        beside = tuple((name, _text(self.path.parent / name)[0]) for name in self._names)
        return _Seen(*_text(self.path), beside, now.year)

    def _parse(self, seen: _Seen, now: datetime) -> tuple[_Seen, Parsed | tuple[str, ...]]:
        """What was seen, with the files that its text names, and the agreement in it or what is wrong."""
        if seen.text is None:
            return replace(seen, beside=()), (seen.fault,)
        texts: dict[str, str | None] = {}

        def read_file(name: str) -> str:
            texts[name] = None
            texts[name] = text = (self.path.parent / name).read_text("utf-8")
            return text

        found: Parsed | tuple[str, ...]
        try:
            found = parse_from(seen.text, path=str(self.path), since=now, now=now, read_file=read_file)
        except AgreementError as error:
            found = error.problems
        return replace(seen, beside=tuple(texts.items())), found

    def _refuse(
        self, session: Session, office: Office, seen: _Seen, problems: tuple[str, ...], now: datetime
    ) -> bool:
        """Say once what is wrong; a file that was never there (the defaults hold) is not missed."""
        in_force = stored.versions(session)[-1:]
        body = in_force[0].body if in_force else ""
        if seen.text is None and not body:
            return False
        reason = "; ".join(problems)
        _log.warning(
            "the agreement file is not valid; the agreement in force stays",
            extra={"file": self.path.name, "reason": reason},
        )
        mark = seen.mark if seen.text is not None else f"{seen.mark}:{in_force[0].id}"
        agreement = office.agreement
        receivers = [f"person:{admin}" for admin in agreement.admins] or [agreement.reminders.channel]
        for receiver in receivers:
            outbox.put(
                session,
                key=f"notice:agreement:{mark}:{receiver}",
                kind="notice",
                target=receiver,
                ref={"what": f"{self.path.name} cannot be put in force: {reason}.", "advice": _ADVICE},
                now=now,
                next_at=now,
            )
        return True


def _text(path: Path) -> tuple[str | None, str]:
    """A file's text and "", or None and why there is none."""
    try:
        return path.read_text("utf-8"), ""
    except FileNotFoundError:
        return None, "the file is gone"
    except OSError as error:
        return None, f"the file cannot be read ({error.strerror})"
    except UnicodeDecodeError:
        return None, "the file is not UTF-8 text"
