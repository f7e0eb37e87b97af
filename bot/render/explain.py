"""One lead's clock explained: as a private message, as lines for a terminal, and as data for programs.

All three say the same. Nobody is mentioned: an explanation is read by one person and must not ring at another's.
"""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from bot.domain.explain_facts import Unclear
from bot.domain.when import instant_text
from bot.render import blocks
from bot.render.explain_words import ALL, Room, sections, subtitle_of, title_of
from bot.render.message import Payload
from bot.render.text import clean, counted, escape, width

if TYPE_CHECKING:
    from bot.domain.explain_facts import Candidate, Explanation
    from bot.render.blocks import Block, Part
    from bot.render.explain_words import Section

CHARACTERS: Final = 11_000
"""UTF-16 units that a message shows at most; Slack takes few more."""
_ROOMS: Final = (
    ALL,
    Room(ledger=20),
    Room(ledger=10),
    Room(ledger=10, cycles=2, summaries=10),
    Room(ledger=10, cycles=1, summaries=10),
    Room(ledger=7, cycles=1, summaries=5, lines=30),
    Room(ledger=7, cycles=1, summaries=5, lines=15),
    Room(ledger=5, cycles=1, summaries=3, lines=6),
)
_MANY: Final = 12
"""More clocks than this never fit in full, so that nobody need try."""
_SOUGHT: Final = 120
_LABEL: Final = 28
_UNIT: Final = re.compile(r"(\d) (h|min|s)\b")
_MINUTE: Final = timedelta(minutes=1)


def explain(view: Explanation | Unclear) -> Payload:
    """The answer to `/sla explain LEAD`: within 50 blocks and 11,000 characters.

    Where that is too little, the ledger is cut first, then older clocks, then the oldest lines; the message says so and
    names the command that shows the rest.
    """
    if isinstance(view, Unclear):
        return _unclear(view)
    room, told = _ROOMS[-1], sections(view, _ROOMS[-1])
    rooms = _ROOMS if len(view.cycles) <= _MANY else [wide for wide in _ROOMS if wide.cycles <= _MANY]
    for wide in rooms:
        found = sections(view, wide)
        if len(found) <= blocks.BLOCKS - 3 and sum(_length(section) for section in found) <= CHARACTERS - 500:
            room, told = wide, found
            break
    title, subtitle = title_of(view), subtitle_of(view)
    drawn: list[Block] = [blocks.header(title), blocks.context(subtitle)]
    drawn += [_drawn(section) for section in told]
    spoken = [f"{title}. {subtitle}.", *(_aloud(section) for section in told)]
    if room is not ALL:
        more = f"Shortened; winbell explain {clean(view.lead_key)} shows all of it."
        drawn.append(blocks.context(more))
        spoken.insert(1, more)
    return Payload("\n".join(escape(line) for line in spoken), tuple(drawn))


def explain_text(view: Explanation) -> str:
    """The same as plain lines for a terminal, nothing left out, the columns of a section aligned."""
    lines = [title_of(view), subtitle_of(view)]
    for section in sections(view):
        lines += ["", section.title, *_rows(section)]
    return "\n".join(lines)


def explain_data(view: Explanation) -> dict[str, Any]:
    """The same as JSON holds it: instants as UTC text, durations as minutes in a field named `…_minutes`."""
    made: dict[str, Any] = _plain(view)
    return made


def unclear_sentence(found: Unclear) -> str:
    """Why no single lead was found, and what to type instead."""
    sought = clean(found.sought, _SOUGHT)
    if not found.candidates:
        named = f"no lead is known as “{sought}”" if sought else "no lead was named"
        return f"{named}; give its id, its e-mail, or its name as the CRM writes it"
    listed = "; ".join(_candidate(one) for one in found.candidates)
    more = f"; and {found.more:,} more" if found.more else ""
    count = len(found.candidates) + found.more
    return f"{counted(count, 'lead')} match “{sought}”; be more precise, best by id: {listed}{more}"


def _unclear(found: Unclear) -> Payload:
    sentence = unclear_sentence(found)
    if not found.candidates:
        said = f"{sentence[0].upper()}{sentence[1:]}."
        return Payload(escape(said), (blocks.rich(blocks.words(said)),))
    count = counted(len(found.candidates) + found.more, "lead")
    title = f"{count} match “{clean(found.sought, _SOUGHT)}”. Please be more precise, best by id:"
    lines = [[blocks.words(title)], *([blocks.words(f"• {_candidate(one)}")] for one in found.candidates)]
    if found.more:
        lines.append([blocks.words(f"and {found.more:,} more")])
    return Payload(escape(f"{sentence[0].upper()}{sentence[1:]}."), (blocks.rich(*blocks.lines(lines)),))


def _candidate(one: Candidate) -> str:
    company = f", {clean(one.company)}" if clean(one.company) else ""
    return f"{clean(one.key)} ({clean(one.name)}{company})"


def _drawn(section: Section) -> Block:
    """The title and the sentences as they are, what has cells as a list with a bullet each."""
    title = [blocks.words(section.title, bold=True)]
    elements: list[Part] = []
    plain: list[list[Part]] = [title]
    for listed, together in groupby(section.lines, key=lambda line: len(line) > 1):
        parts = [[blocks.words(_unbroken(" · ".join(cell for cell in line if cell)))] for line in together]
        if not listed:
            plain += parts
            continue
        elements += _paragraph(plain)
        plain = []
        items = [{"type": "rich_text_section", "elements": part} for part in parts]
        elements.append({"type": "rich_text_list", "style": "bullet", "elements": items})
    return {"type": "rich_text", "elements": [*elements, *_paragraph(plain)]}


def _unbroken(line: str) -> str:
    """A number stays on one line with its unit, however narrow the screen."""
    return _UNIT.sub("\\1\u00a0\\2", line)


def _paragraph(lines: list[list[Part]]) -> list[Part]:
    return [{"type": "rich_text_section", "elements": blocks.lines(lines)}] if lines else []


def _length(section: Section) -> int:
    return width(section.title) + sum(width(cell) + 3 for line in section.lines for cell in line)


def _aloud(section: Section) -> str:
    told = "; ".join(", ".join(cell.removesuffix(".") for cell in line if cell) for line in section.lines)
    return f"{section.title}: {told}."


def _rows(section: Section) -> list[str]:
    """The lines of a section, its cells below each other."""
    columns = max((len(line) for line in section.lines), default=0)
    table = [line for line in section.lines if len(line) > 1]
    wide = [
        min(max((len(line[column]) for line in table if len(line) > column + 1), default=0), 60)
        for column in range(columns)
    ]
    wide[:1] = [min(size, _LABEL) for size in wide[:1]]
    return [
        "  " + "  ".join(cell.ljust(wide[number]) for number, cell in enumerate(line)).rstrip()
        for line in section.lines
    ]


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        found = {}
        for field in fields(value):
            one = getattr(value, field.name)
            name = f"{field.name}_minutes" if field.type in {"timedelta", "timedelta | None"} else field.name
            found[name] = _plain(one)
        return found
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        minutes = value / _MINUTE
        return int(minutes) if minutes.is_integer() else minutes
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value
