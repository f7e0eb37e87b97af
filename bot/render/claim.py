"""The other side is asked whether credit is missing, and answers in place; whoever proposed it hears the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.domain.claiming import NAME, WHY
from bot.render import blocks
from bot.render.message import Payload
from bot.render.text import clean, day, escape, money, plain_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.claiming import ClaimAsked, MergeOffer
    from bot.render.blocks import Part

CONFIRM: Final = "Confirm"
DECLINE: Final = "Decline"
CONFIRM_ACTION: Final = "claim_confirm"
DECLINE_ACTION: Final = "claim_decline"
MERGE: Final = "Merge"
KEEP: Final = "Keep both"
MERGE_ACTION: Final = "merge_confirm"
KEEP_ACTION: Final = "merge_keep"
_WHAT: Final = {"asset": "Asset", "campaign": "Campaign", "person": "Person"}
_CONFIRMED: Final = "Confirmed by {}. The card and all figures follow."
_CONFIRMED_IN_VAIN: Final = (
    "Confirmed by {}. It lies outside the days that count for this win, so the card and the figures "
    "stay as they are."
)
_DECLINED: Final = "Declined by {}. Nothing was changed."
_AFTER: Final = "The card and all figures follow once you confirm. Nothing changes before."
_IN_VAIN: Final = (
    "It lies outside the days that count for this win: the card and the figures stay as they are either way."
)
_NOT_WON: Final = (
    "The deal does not count as won at the moment, so there is nothing to credit. You can decline, or wait."
)
_MERGED: Final = {
    "merged": "Merged. The CRM's deal counts, and the card of the one entered by hand says so.",
    "kept": "Both are kept. You will not be asked again about these two.",
    "gone": "Settled meanwhile. Nothing to do.",
}


def claim(facts: ClaimAsked) -> Payload:
    """The question with its two buttons; once it is answered, the answer instead."""
    head = f"{plain_name(facts.by)} says that something is missing from a win"
    deal, what = clean(facts.deal) or "A deal without a name", _what(facts)
    lines = [deal, what, f"“{clean(facts.why, WHY)}”"]
    drawn: list[list[Part]] = [[blocks.words(deal, bold=True)], *([blocks.words(line)] for line in lines[1:])]
    if facts.state != "offered":
        lines.append(_settled(facts))
        drawn.append([blocks.words(lines[-1])])
        return _said(head, lines, drawn)
    yes = blocks.button(CONFIRM, action_id=CONFIRM_ACTION, value=facts.ref, aloud=f"{CONFIRM}: {what}")
    no = blocks.button(DECLINE, action_id=DECLINE_ACTION, value=facts.ref, aloud=f"{DECLINE}: {what}")
    after = (_AFTER if facts.follows else _IN_VAIN) if facts.stands else _NOT_WON
    asked = _said(head, [*lines, after], drawn)
    row = blocks.actions(f"claim:{facts.ref}", *([yes, no] if facts.stands else [no]))
    return Payload(asked.text, (*asked.blocks, row, blocks.context(after)))


def claim_answer(facts: ClaimAsked) -> Payload:
    """What became of a proposal, for whoever made it."""
    lines = [clean(facts.deal) or "A deal without a name", _what(facts), _settled(facts)]
    drawn: list[list[Part]] = [[blocks.words(lines[0], bold=True)], *([blocks.words(x)] for x in lines[1:])]
    return _said(f"You said that something was missing: {facts.state}", lines, drawn)


def merge_offer(facts: MergeOffer) -> Payload:
    """The question whether two deals are one, with its two buttons; once it is answered, the answer instead."""
    head = "This looks like the same win. Merge them?"
    amount = "" if facts.amount is None else f" · {money(facts.amount)}"
    deal = clean(facts.deal) or "a deal without a name"
    state = "won" if facts.deal_is_won else "open"
    won_on = "" if facts.won_on is None else f", won on {day(facts.won_on, year=None)}"
    first = f"Entered by hand: {clean(facts.by_hand)}{amount}{won_on}"
    lines = [first, f"In the CRM ({state}): {deal}{amount}"]
    drawn: list[list[Part]] = [
        [blocks.words(first)],
        [
            blocks.words(f"In the CRM ({state}): "),
            blocks.anchor(facts.url, deal, bold=True),
            blocks.words(amount or " "),
        ],
    ]
    if facts.state != "offered":
        lines.append(_MERGED[facts.state])
        drawn.append([blocks.words(lines[-1])])
        return _said(head, lines, drawn)
    buttons = [
        blocks.button(MERGE, action_id=MERGE_ACTION, value=facts.ref, aloud=f"{MERGE}: {deal}"),
        blocks.button(KEEP, action_id=KEEP_ACTION, value=facts.ref, aloud=f"{KEEP}: {deal}"),
    ]
    asked = _said(head, lines, drawn)
    return Payload(asked.text, (*asked.blocks, blocks.actions(f"merge:{facts.ref}", *buttons)))


def _said(head: str, lines: Sequence[str], drawn: list[list[Part]]) -> Payload:
    spoken = "\n".join(escape(line) for line in (head, *lines))
    return Payload(spoken, (blocks.header(head), blocks.rich(*blocks.lines(drawn))))


def _what(facts: ClaimAsked) -> str:
    touched = "" if facts.touched_on is None else f", touched on {day(facts.touched_on, year=None)}"
    return f"{_WHAT.get(facts.kind, 'Credit')}: {clean(facts.name, NAME) or 'without a name'}{touched}"


def _settled(facts: ClaimAsked) -> str:
    by = plain_name(facts.settled_by) if facts.settled_by is not None else "somebody"
    if facts.state == "declined":
        return _DECLINED.format(by)
    return (_CONFIRMED if facts.follows else _CONFIRMED_IN_VAIN).format(by)
