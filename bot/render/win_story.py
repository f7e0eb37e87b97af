"""The answer to `/wins explain DEAL`: how the credit of one deal was found, line by line, for a narrow screen.

Nobody is mentioned: an explanation is read by one person and must not ring at another's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from bot.domain.money import Money, to_decimal_string
from bot.domain.wins_facts import Shares, UnclearDeal
from bot.render import blocks
from bot.render import win_words as say
from bot.render.explain_words import Section
from bot.render.message import Payload
from bot.render.text import clean, counted, day, escape, listed, percent, plain_name, width
from bot.render.wall_time import WallClock

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from bot.domain.wins_facts import (
        ClaimTold,
        DealMeant,
        PersonPart,
        StoryChange,
        TouchPart,
        WinStory,
        WinTold,
    )
    from bot.render.blocks import Block, Part
    from bot.render.explain_words import Line

CHARACTERS: Final = 10_500
"""UTF-16 units that the sections show at most; Slack takes few more."""
_SECTIONS: Final = blocks.BLOCKS - 4
_SOUGHT: Final = 120
_WORDS: Final = 120
_SHARED: Final = 6
"""Names of one change of shares."""
_SMALL: Final = 100
"""Up to this denominator a share is told as a fraction, too."""
_MODELS: Final = {
    "first": "All to the first touch",
    "last": "All to the last touch",
    "linear": "Equal parts",
    "position": "Position-based",
    "u_lead": "U-shaped by lead creation: 40% first touch, 40% lead creation, 20% between the others",
    "w": "W-shaped: 30% each first touch, lead creation, deal creation, 10% between the others",
    "full_path": "Full path: 22.5% each first touch, lead creation, deal creation, win, 10% between the others",
    "time_decay": "Time decay",
}
_ENDED: Final = {
    "reopened": "the deal was opened again",
    "lost": "the deal was lost after all",
    "deleted": "the deal was deleted",
    "merged": "the deal became part of another one",
}
_STATES: Final = {
    "offered": "waits for an answer",
    "pending": "waits for an answer",
    "open": "waits for an answer",
    "confirmed": "confirmed",
    "declined": "declined",
}


@dataclass(frozen=True, slots=True)
class Room:
    """How much is told: lines of one kind, and how many of the latest wins."""

    lines: int
    wins: int


_ROOMS: Final = (Room(10**6, 10**6), Room(40, 8), Room(20, 4), Room(10, 3), Room(6, 2), Room(4, 1))


def win_story(view: WinStory | UnclearDeal) -> Payload:
    """The deal's wins, the latest first: model, touches that count and that do not, people, log; then the claims.

    Where that is too much for a message, the middle of long lists is left out, then the earliest wins; it says so.
    """
    if isinstance(view, UnclearDeal):
        return _unclear(view)
    clock = WallClock(view.zone, view.as_of)
    told = _sections(view, clock, _ROOMS[-1])
    for room in _ROOMS:
        found = _sections(view, clock, room)
        if len(found) <= _SECTIONS and sum(map(_length, found)) <= CHARACTERS:
            told = found
            break
    title = say.called(view.deal_name, view.customer, view.deal_key.partition("/")[2])
    subtitle = f"{clean(view.deal_key)} · as of {clock.on(view.as_of.replace(second=0))} · times of {clean(view.zone)}"
    drawn: list[Block] = [blocks.header(title), blocks.context(subtitle)]
    if view.url:
        drawn.append(blocks.rich(blocks.anchor(view.url, "Open the deal")))
    drawn += [_drawn(section) for section in told]
    spoken = [f"{title}. {subtitle}.", *map(_aloud, told)]
    return Payload("\n".join(escape(line) for line in spoken), tuple(drawn))


def unclear_sentence(found: UnclearDeal) -> str:
    """Why no single deal was found, and what to type instead."""
    sought = clean(found.sought, _SOUGHT)
    if not found.candidates:
        named = f"No deal is known as “{sought}”" if sought else "No deal was named"
        return f"{named}; give its id, or its name as the CRM writes it."
    count = counted(len(found.candidates) + found.more, "deal")
    return f"{count} match “{sought}”. Please be more precise, best by id:"


# --- in words ---


def _sections(view: WinStory, clock: WallClock, room: Room) -> list[Section]:
    found = []
    if not view.wins:
        stage = f" Its stage is {clean(view.stage)}." if clean(view.stage) else ""
        found.append(Section("No win", ((f"This deal has not been won.{stage}",),)))
    if view.churned is not None:
        left = clock.on(view.churned) if isinstance(view.churned, datetime) else clock.day(view.churned)
        found.append(Section("Kept revenue", ((f"The customer left {left}.",),)))
    for win in view.wins[: room.wins]:
        found += _win(win, clock, room)
    earlier = len(view.wins) - room.wins
    if earlier > 0:
        found.append(Section("Earlier", ((f"{counted(earlier, 'earlier win')} not shown here",),)))
    if view.claims:
        lines = [line for claim in view.claims for line in _claim(claim, clock)]
        found.append(Section("Said to be missing", _some(lines, room.lines, "line")))
    return found


def _win(win: WinTold, clock: WallClock, room: Room) -> list[Section]:
    found = [Section(_head(win), tuple((line,) for line in _about(win, clock)))]
    if win.status == "won":
        found.append(Section("Marketing", _marketing(win, clock, room)))
        if win.left_out:
            lines: list[Line] = [(clean(one.what), clock.on(one.at), clean(one.why)) for one in win.left_out]
            found.append(Section("Touches that do not count", _some(lines, room.lines, "touch")))
        if win.people:
            parts = [_person(part) for part in win.people]
            rounding = _rounding([part.odd for part in win.people], win.amount)
            found.append(Section("Sales", (*_some(parts, room.lines, "person"), *rounding)))
    if win.changes:
        steps: list[Line] = [(clock.on(change.at), _change(change, clock)) for change in win.changes]
        found.append(Section("What changed since", _some(steps, room.lines, "change")))
    return found


def _head(win: WinTold) -> str:
    kind = say.KINDS.get(win.kind or "", "")
    return (
        f"Win {win.number}"
        + (f" · {kind}" if kind else "")
        + ("" if win.status == "won" else f" · {win.status}")
    )


def _about(win: WinTold, clock: WallClock) -> list[str]:
    amount = "no amount in a known currency" if win.amount is None else say.in_money(win.amount)
    owner = "owner not known" if win.owner is None else plain_name(win.owner)
    lines = [f"{'Won' if win.status == 'won' else 'Was won'} {clock.on(win.won_at)} · {amount} · {owner}"]
    if win.converted is not None and win.amount is not None:
        at = f"1 {win.amount.currency} = {clean(win.rate)} {win.converted.currency}"
        lines.append(f"In figures {say.in_money(win.converted)}, at the rate kept with the win: {at}")
    elif win.no_rate and win.amount is not None:
        lines.append(f"No rate for {win.amount.currency} is known, so figures list it apart")
    if win.status != "won":
        when = "" if win.ended_at is None else f" {clock.on(win.ended_at)}"
        lines.append(f"Does not count: {_ENDED[win.status]}{when}. Nothing is credited.")
    return lines


def _marketing(win: WinTold, clock: WallClock, room: Room) -> tuple[Line, ...]:
    model = _MODELS.get(win.model, clean(win.model))
    lines: list[Line] = [(f"{model}; {'; '.join(clean(one, _WORDS) for one in win.numbers)}.",)]
    if win.milestones:
        told = [f"{clean(name)} {clock.on(at) if at else 'not known'}" for name, at in win.milestones]
        lines.append((f"Milestones, each pointing at the last touch before it: {listed(told)}.",))
    if not win.touches:
        whole = "" if win.unattributed is None else f": {say.in_money(win.unattributed)}"
        return (*lines, (f"No touch counts, so all of it is {say.UNATTRIBUTED}{whole}.",))
    parts = [_touch(part, clock) for part in win.touches]
    rounding = _rounding([part.odd for part in win.touches], win.amount)
    return (*lines, *_some(parts, room.lines, "touch"), *rounding)


def _touch(part: TouchPart, clock: WallClock) -> Line:
    claim = f"claim {part.claim}, confirmed" if part.claim is not None else ""
    keys = ", ".join(map(clean, part.keys))
    share = _share(part.share)
    told = (clean(part.what), clock.on(part.at), keys, claim, share, _money(part.exact, part.amount))
    return tuple(cell for cell in told if cell)


def _person(part: PersonPart) -> Line:
    who = "owner not known" if part.person is None else plain_name(part.person)
    told = (who, clean(part.role), _share(part.share), _money(part.exact, part.amount))
    return tuple(cell for cell in told if cell)


def _share(share: Fraction) -> str:
    exact = f" ({share})" if 1 < share.denominator <= _SMALL and (share * 1000).denominator > 1 else ""
    return f"{percent(share)}{exact}"


def _money(exact: Fraction | None, amount: Money | None) -> str:
    """The booked amount; before it the exact one, where that had to be rounded."""
    if amount is None:
        return ""
    if exact is None or exact.denominator == 1:
        return say.in_money(amount)
    return f"{_unrounded(exact, amount.currency)} → {say.in_money(amount)}"


def _unrounded(exact: Fraction, currency: str) -> str:
    """An exact amount in major units with three decimals more than the currency has, cut; `…` where there are more."""
    thousandths, rest = divmod(abs(exact) * 1000, 1)
    whole, decimals = divmod(int(thousandths), 1000)
    told = to_decimal_string(Money(whole, currency))
    point = "" if "." in told else "."
    more = f"{decimals:03}" + "…" if rest else f"{decimals:03}".rstrip("0")
    return f"{'-' if exact < 0 else ''}{told}{point}{more}"


def _rounding(odd: Sequence[bool], amount: Money | None) -> tuple[Line, ...]:
    """How the units were given away that rounding down leaves over."""
    over = sum(odd)
    if not over or amount is None:
        return ()
    unit = say.in_money(Money(-1 if amount.minor < 0 else 1, amount.currency))
    places = [str(at) for at, has in enumerate(odd, 1) if has]
    shown = listed([*places[:_SHARED], *([f"{over - _SHARED} more"] if over > _SHARED else [])])
    times = {1: "once", 2: "twice"}.get(over, f"{over:,} times")
    line = f"Cut to whole units, the parts leave {unit} over {times}; the largest rests get it: here number {shown}."
    return ((line,),)


def _change(change: StoryChange, clock: WallClock) -> str:
    return f"{clean(change.what)}: {_value(change.was, clock)} → {_value(change.now, clock)}"


def _value(value: Money | Shares | datetime | str | None, clock: WallClock) -> str:
    if value is None:
        return "none"
    if isinstance(value, Money):
        return say.in_money(value)
    if isinstance(value, datetime):
        return clock.on(value)
    if isinstance(value, Shares):
        told = [
            f"{clean(name) or 'without a name'} {percent(share)}" for name, share in value.parts[:_SHARED]
        ]
        more = len(value.parts) - len(told)
        return listed([*told, *([f"{more} more"] if more > 0 else [])]) or "nobody"
    return clean(value) or "none"


def _claim(claim: ClaimTold, clock: WallClock) -> list[Line]:
    by = "somebody" if claim.by is None else plain_name(claim.by)
    on = "" if claim.touched_on is None else f", touched on {day(claim.touched_on, None)}"
    state = _STATES.get(claim.state, clean(claim.state))
    if claim.settled_at is not None:
        who = "" if claim.settled_by is None else f" by {plain_name(claim.settled_by)}"
        state = f"{state}{who}, {clock.on(claim.settled_at)}"
    else:
        state = f"{state} of {clean(claim.side)}"
    what = f"{claim.number}. {clean(claim.kind)} {clean(claim.name)}{on}"
    return [(what, f"{by}, {clock.on(claim.at)}", f"“{clean(claim.why, _WORDS)}”", state)]


def _some(lines: Sequence[Line], most: int, what: str) -> tuple[Line, ...]:
    """All lines, or the first and the last ones, and how many are left out between them."""
    if len(lines) <= most:
        return tuple(lines)
    head = (most + 1) // 2
    left = len(lines) - most
    plural = {"person": "people", "touch": "touches"}.get(what)
    return (
        *lines[:head],
        (f"… {counted(left, what, plural)} left out …",),
        *lines[len(lines) - (most - head) :],
    )


# --- as a message ---


def _unclear(found: UnclearDeal) -> Payload:
    sentence = unclear_sentence(found)
    if not found.candidates:
        return Payload(escape(sentence), (blocks.rich(blocks.words(sentence)),))
    told = [_candidate(one) for one in found.candidates]
    lines = [[blocks.words(sentence)], *([blocks.words(f"• {one}")] for one in told)]
    if found.more:
        lines.append([blocks.words(f"and {found.more:,} more")])
    more = f"; and {found.more:,} more" if found.more else ""
    return Payload(escape(f"{sentence} {'; '.join(told)}{more}."), (blocks.rich(*blocks.lines(lines)),))


def _candidate(one: DealMeant) -> str:
    name = f" ({clean(one.name)})" if clean(one.name) else ""
    return f"{clean(one.key)}{name}{', won' if one.won else ''}"


def _drawn(section: Section) -> Block:
    """The title and the sentences as they are, each line of several cells with a bullet."""
    lines: list[list[Part]] = [[blocks.words(section.title, bold=True)]]
    for line in section.lines:
        bullet = "• " if len(line) > 1 else ""
        lines.append([blocks.words(bullet + " · ".join(line))])
    return blocks.rich(*blocks.lines(lines))


def _length(section: Section) -> int:
    return width(section.title) + sum(width(cell) + 3 for line in section.lines for cell in line)


def _aloud(section: Section) -> str:
    told = "; ".join(", ".join(cell.removesuffix(".") for cell in line) for line in section.lines)
    return f"{section.title}: {told}."
