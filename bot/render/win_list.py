"""Many wins in one message: a line each, both sides beside each other, each corrected when its deal changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.domain.money import Money
from bot.render import blocks
from bot.render import win_words as say
from bot.render.message import Payload
from bot.render.text import clean, counted, escape, percent, person, plain_name

if TYPE_CHECKING:
    from bot.domain.win_facts import WinCard, WinList
    from bot.render.blocks import Block, Part

CREDITS_SHOWN: Final = 2
_NAMES: Final = (48, 28, 12)
"""Characters of a name, fewer where the message would grow too large."""
_CHOICE: Final = 28
"""Characters of a win's name where one is chosen from many."""
_LARGEST: Final = 9_000
"""Characters of all lines and choices; Slack refuses a message whose blocks have many more."""


def win_list(facts: WinList) -> Payload:
    """What was won in all, then two lines for each win: the win, and both sides of it; below, what to do with one.

    A win that stands no more keeps its place, struck, with the word for it.
    """
    standing = [win for win in facts.wins if win.status == "won"]
    head = _head(standing)
    drawn: list[Block] = [blocks.context(say.CLOSED_ABOVE)] if facts.above_is_closed else []
    bell = f"{say.BELL} " if any(say.is_celebrated(win) for win in standing) else ""
    chosen = _choices(standing)
    offered = sum(len(option["text"]["text"]) for choice in chosen for option in choice["options"])
    drawn += [blocks.header(bell + head), *_lines(facts, _LARGEST - offered)]
    if chosen:
        drawn.append(blocks.actions("wins", *chosen))
    return Payload(f"{escape(head)}. {' '.join(map(_aloud, facts.wins))}", tuple(drawn))


def _head(standing: list[WinCard]) -> str:
    amounts = [win.amount for win in standing if win.amount is not None]
    total = counted(len(standing), "win")
    if len(amounts) == len(standing) and len({amount.currency for amount in amounts}) == 1:
        whole = Money(sum(amount.minor for amount in amounts), amounts[0].currency)
        return f"{total} · {say.in_money(whole)}"
    return total


def _choices(standing: list[WinCard]) -> list[Part]:
    """What the buttons of a card do, for one of the wins: Slack has no room for two buttons below each of 40."""
    known = [(win, win.ref) for win in standing if win.ref is not None]
    missing = [(say.title(win, _CHOICE), ref) for win, ref in known]
    thanks = [(say.title(win, _CHOICE), ref) for win, ref in known if not say.is_credit_note(win)]
    offered = (("win_missing", say.MISSING, missing), ("win_thanks", say.THANKS, thanks))
    return [blocks.select(action, label, entries) for action, label, entries in offered if entries]


def _lines(facts: WinList, largest: int) -> list[Block]:
    for limit in _NAMES:
        drawn = [blocks.lines([_win(win, limit), _sides(win, limit)]) for win in facts.wins]
        if sum(len(part.get("text", "")) for line in drawn for part in line) <= largest:
            break
    return [blocks.rich(*line) for line in drawn]


def _win(win: WinCard, limit: int) -> list[Part]:
    gone = win.status != "won"
    parts = [blocks.words(f"{win.status} · ")] if gone else []
    amount = say.amount(win)
    if amount:
        parts += [blocks.words(amount, bold=not gone, strike=gone), blocks.words(" · ")]
    parts.append(blocks.anchor(win.url, say.title(win, limit)))
    more = [say.customer(win, limit), say.kind(win), "won again" if win.number > 1 else ""]
    if win.was_amount is not None and not gone:
        more.append(f"amount was {say.in_money(win.was_amount)}")
    told = "".join(f" · {piece}" for piece in more if piece)
    return [*parts, blocks.words(told)] if told else parts


def _sides(win: WinCard, limit: int) -> list[Part]:
    owner = win.owner
    parts = [blocks.words("owner not known") if owner is None else blocks.who(owner)]
    with_ = f" and {len(win.contributors)} more" if win.contributors else ""
    if win.was_owner is not None and win.status == "won":
        with_ += f" (was {clean(plain_name(win.was_owner), limit)})"
    if win.status != "won":
        return [*parts, blocks.words(with_)] if with_ else parts
    if say.nothing_known(win):
        return [*parts, blocks.words(f"{with_} · {say.UNATTRIBUTED}")]
    shown, rest = say.credits_of(win, CREDITS_SHOWN)
    assets = [f"{say.source(credit, limit)} {percent(credit.share)}" for credit in shown]
    if rest:
        assets.append(f"{len(rest)} more {percent(say.sum_of(rest).share)}")
    return [*parts, blocks.words(f"{with_} · with {', '.join(assets)}")]


def _aloud(win: WinCard) -> str:
    what = [piece for piece in (say.title(win), say.customer(win), say.kind(win).lower()) if piece]
    line = escape(", ".join([*what, say.amount(win) or "no amount given"]))
    by = "owner not known" if win.owner is None else person(win.owner)
    if win.status != "won":
        return f"{win.status}: {line}, by {by}."
    shown, rest = say.credits_of(win, CREDITS_SHOWN)
    assets = [say.source(credit) for credit in shown] + ([f"{len(rest)} more"] if rest else [])
    credited = say.UNATTRIBUTED if say.nothing_known(win) else f"with {escape(' and '.join(assets))}"
    was = "" if win.was_amount is None else f"; the amount was {escape(say.in_money(win.was_amount))}"
    again = " again" if win.number > 1 else ""
    return f"Won{again}: {line}, by {by}, {credited}{was}."
