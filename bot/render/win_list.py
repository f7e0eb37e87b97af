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
"""Characters of a name, fewer where the table would grow too large."""
_TABLE: Final = 9_000
"""Characters in all cells; Slack allows 10,000."""


def win_list(facts: WinList) -> Payload:
    """What was won in all, then a row for each win: the win, who sold it, what of marketing had a part in it.

    A win that stands no more keeps its row, struck, with the word for it.
    """
    standing = [win for win in facts.wins if win.status == "won"]
    head = _head(standing)
    drawn: list[Block] = [blocks.context(say.CLOSED_ABOVE)] if facts.above_is_closed else []
    bell = f"{say.BELL} " if any(say.is_celebrated(win) for win in standing) else ""
    drawn += [blocks.header(bell + head), _table(facts)]
    return Payload(f"{escape(head)}. {' '.join(map(_aloud, facts.wins))}", tuple(drawn))


def _head(standing: list[WinCard]) -> str:
    amounts = [win.amount for win in standing if win.amount is not None]
    total = counted(len(standing), "win")
    if len(amounts) == len(standing) and len({amount.currency for amount in amounts}) == 1:
        whole = Money(sum(amount.minor for amount in amounts), amounts[0].currency)
        return f"{total} · {say.in_money(whole)}"
    return total


def _table(facts: WinList) -> Block:
    for limit in _NAMES:
        rows = [[_win(win, limit), _sales(win, limit), _marketing(win, limit)] for win in facts.wins]
        if sum(len(part.get("text", "")) for row in rows for cell in row for part in cell) <= _TABLE:
            break
    return {
        "type": "table",
        "column_settings": [{"is_wrapped": True}] * 3,
        "rows": [
            [blocks.rich(blocks.words(name, bold=True)) for name in ("Win", "Sales", "Marketing")],
            *([blocks.rich(*cell) for cell in row] for row in rows),
        ],
    }


def _win(win: WinCard, limit: int) -> list[Part]:
    gone = win.status != "won"
    first = [blocks.words(f"{win.status} · ")] if gone else []
    amount = say.amount(win)
    if amount:
        first += [blocks.words(amount, bold=not gone, strike=gone), blocks.words(" · ")]
    label = blocks.anchor(win.url, say.title(win, limit)) if win.url else blocks.words(say.title(win, limit))
    first.append(label)
    more = [say.customer(win, limit), say.kind(win), "won again" if win.number > 1 else ""]
    if win.was_amount is not None and not gone:
        more.append(f"amount was {say.in_money(win.was_amount)}")
    second = " · ".join(piece for piece in more if piece)
    return blocks.lines([first, [blocks.words(second)]] if second else [first])


def _sales(win: WinCard, limit: int) -> list[Part]:
    owner = win.owner
    drawn = [[blocks.words("owner not known") if owner is None else blocks.who(owner)]]
    if win.contributors:
        drawn.append([blocks.words(f"and {len(win.contributors)} more")])
    if win.was_owner is not None and win.status == "won":
        drawn.append([blocks.words(f"was {clean(plain_name(win.was_owner), limit)}")])
    return blocks.lines(drawn)


def _marketing(win: WinCard, limit: int) -> list[Part]:
    shown, rest = say.credits_of(win, CREDITS_SHOWN)
    drawn = [f"{say.source(credit, limit)} {percent(credit.share)}" for credit in shown]
    if rest:
        drawn.append(f"and {len(rest)} more {percent(say.sum_of(rest).share)}")
    return blocks.lines([[blocks.words(line)] for line in drawn])


def _aloud(win: WinCard) -> str:
    what = [piece for piece in (say.title(win), say.customer(win), say.kind(win).lower()) if piece]
    line = escape(", ".join([*what, say.amount(win) or "no amount given"]))
    by = "owner not known" if win.owner is None else person(win.owner)
    if win.status != "won":
        return f"{win.status}: {line}, by {by}."
    shown, rest = say.credits_of(win, CREDITS_SHOWN)
    assets = [say.source(credit) for credit in shown] + ([f"{len(rest)} more"] if rest else [])
    was = "" if win.was_amount is None else f"; the amount was {escape(say.in_money(win.was_amount))}"
    again = " again" if win.number > 1 else ""
    return f"Won{again}: {line}, by {by}, with {escape(' and '.join(assets))}{was}."
