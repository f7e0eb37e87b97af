"""The card of one win: what was won, by whom on both sides, and the customer's way to it."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

from bot.domain.facts import CreditLine
from bot.domain.money import Money
from bot.render import blocks
from bot.render.message import Payload
from bot.render.text import clean, cut, day, escape, listed, money, percent, person, plain_name, slack_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.facts import Contribution, Named, StoryTouch, WinCard
    from bot.render.blocks import Block, Part

CREDITS_SHOWN: Final = 8
PEOPLE_SHOWN: Final = 8
TOUCHES_SHOWN: Final = 8
UNATTRIBUTED: Final = "unattributed"
_BELL: Final = "🔔"
_ROLE: Final = 40
_AMOUNT: Final = 45
_MODELS: Final = {
    "first": "all to the first touch",
    "last": "all to the last touch",
    "linear": "equal",
    "position": "position-based",
    "u_lead": "U-shaped by lead creation",
    "w": "W-shaped",
    "full_path": "full path",
    "time_decay": "time decay",
}
_ENDINGS: Final = {
    "reopened": "The deal is open again, so this win does not count for now.",
    "lost": "The deal was lost after all, so this win does not count.",
    "deleted": "The deal was deleted, so this win does not count.",
    "merged": "The deal became part of another one, so this win is not counted here.",
}


def win_card(facts: WinCard) -> Payload:
    """The card: the amount and the deal at a glance, sales and marketing side by side, the story in one line.

    A win that no longer counts is set back and says so, with what it was. Only a positive amount is
    celebrated. What is left out of the story stands in its middle, after the first half (rounded up) of the
    touches given.
    """
    if facts.status == "won":
        return Payload(_won_aloud(facts), tuple(_won(facts)))
    return Payload(_withdrawn_aloud(facts), tuple(_withdrawn(facts)))


def _won(facts: WinCard) -> list[Block]:
    drawn = [
        blocks.header(_headline(facts)),
        blocks.rich(*_about(facts)),
        blocks.side_by_side(("Sales", "Marketing"), (_sales(facts), _marketing(facts))),
    ]
    if facts.story:
        drawn.append(blocks.rich(blocks.words(" → ".join(_story(facts)))))
    if not _nothing_known(facts):
        drawn.append(blocks.context(f"Shares: {_model(facts)}"))
    if facts.was_amount is not None or facts.was_owner is not None:
        drawn.append(blocks.context(*_correction(facts)))
    return drawn


def _withdrawn(facts: WinCard) -> list[Block]:
    what = " · ".join(part for part in (_amount(facts), _title(facts), _customer(facts)) if part)
    was: list[Part] = [blocks.words(f"Was won on {_won_on(facts)}")]
    if facts.owner is not None:
        was += [blocks.words(" by "), blocks.who(facts.owner)]
    if facts.url:
        was += [blocks.words(" · "), blocks.anchor(facts.url, "Open the deal")]
    return [
        blocks.context(f"{facts.status} · {_ENDINGS[facts.status]}"),
        blocks.rich(*blocks.lines([[blocks.words(what, strike=True)], was])),
    ]


def _headline(facts: WinCard) -> str:
    parts = (_amount(facts), _title(facts), "won again" if facts.number > 1 else "")
    line = " · ".join(part for part in parts if part)
    return f"{_BELL} {line}" if facts.amount is not None and facts.amount.minor > 0 else line


def _about(facts: WinCard) -> list[Part]:
    customer = _customer(facts)
    parts = [blocks.words(customer, bold=True), blocks.words(" · ")] if customer else []
    parts.append(blocks.words(f"Won on {_won_on(facts)}" + ("" if _amount(facts) else " · no amount given")))
    if facts.url:
        parts += [blocks.words(" · "), blocks.anchor(facts.url, "Open the deal")]
    return parts


def _sales(facts: WinCard) -> list[Part]:
    owner = blocks.words("owner not known") if facts.owner is None else blocks.who(facts.owner, bold=True)
    drawn: list[list[Part]] = [[owner]]
    for helper in facts.contributors[:PEOPLE_SHOWN]:
        role = clean(helper.role, _ROLE)
        drawn.append([blocks.who(helper.person), *([blocks.words(f" · {role}")] if role else [])])
    if more := facts.contributors[PEOPLE_SHOWN:]:
        drawn.append([blocks.words(f"and {len(more)} more")])
    return blocks.lines(drawn)


def _marketing(facts: WinCard) -> list[Part]:
    credits_, rest = _credits(facts)
    drawn: list[list[Part]] = [
        [blocks.words(_source(credit), bold=True), blocks.words(f" · {_part(credit)}")] for credit in credits_
    ]
    if rest:
        drawn.append([blocks.words(f"and {len(rest)} more · {_part(_sum(rest))}")])
    if _nothing_known(facts):
        drawn.append([blocks.words("No touches are known for this customer.")])
    return blocks.lines(drawn)


def _correction(facts: WinCard) -> list[str | Named]:
    changes = []
    if facts.was_amount is not None:
        changes.append(f"amount was {_money(facts.was_amount)}")
    if facts.was_owner is None:
        return [f"Corrected: {changes[0]}"]
    if slack_id(facts.was_owner):
        return [f"Corrected: {', '.join([*changes, 'owner was'])}", facts.was_owner]
    return [f"Corrected: {', '.join([*changes, f'owner was {plain_name(facts.was_owner)}'])}"]


def _won_aloud(facts: WinCard) -> str:
    credits_, rest = _credits(facts)
    assets = [f"{_source(credit)} with {_part(credit, ', ')}" for credit in credits_]
    if rest:
        assets.append(f"{len(rest)} more with {_part(_sum(rest), ', ')}")
    sentences = [
        f"{'Won again' if facts.number > 1 else 'Won'}: {_what_aloud(facts)}.",
        f"Sales: {_people_aloud(facts.owner, facts.contributors)}.",
        f"Marketing: {escape('; '.join(assets))}.",
    ]
    if facts.story:
        sentences.append(f"The way there: {escape(', then '.join(_story(facts, '{} more')))}.")
    changes = []
    if facts.was_amount is not None:
        changes.append(f"the amount was {escape(_money(facts.was_amount))}")
    if facts.was_owner is not None:
        changes.append(f"the owner was {person(facts.was_owner)}")
    if changes:
        sentences.append(f"Corrected: {listed(changes)}.")
    return " ".join(sentences)


def _withdrawn_aloud(facts: WinCard) -> str:
    by = "" if facts.owner is None else f" by {person(facts.owner)}"
    return (
        f"{facts.status}: {_what_aloud(facts)}. {_ENDINGS[facts.status]} It was won on {_won_on(facts)}{by}."
    )


def _what_aloud(facts: WinCard) -> str:
    what = [part for part in (_title(facts), _customer(facts)) if part]
    return escape(", ".join([*what, _amount(facts) or "no amount given"]))


def _people_aloud(owner: Named | None, helpers: Sequence[Contribution]) -> str:
    lead = "owner not known" if owner is None else person(owner)
    names = []
    for helper in helpers[:PEOPLE_SHOWN]:
        role = escape(clean(helper.role, _ROLE))
        names.append(f"{person(helper.person)} ({role})" if role else person(helper.person))
    if more := helpers[PEOPLE_SHOWN:]:
        names.append(f"{len(more)} more")
    return f"{lead}, with {listed(names)}" if names else lead


def _title(facts: WinCard) -> str:
    return clean(facts.deal_name) or clean(facts.customer) or f"Deal {clean(facts.deal_id)}"


def _customer(facts: WinCard) -> str:
    customer = clean(facts.customer)
    return "" if customer.casefold() == _title(facts).casefold() else customer


def _amount(facts: WinCard) -> str:
    return _money(facts.amount) if facts.amount is not None else clean(facts.amount_text, _AMOUNT)


def _money(amount: Money) -> str:
    return cut(money(amount), _AMOUNT)


def _won_on(facts: WinCard) -> str:
    return day(facts.won_on, year=None)


def _model(facts: WinCard) -> str:
    return _MODELS.get(facts.model) or clean(facts.model)


def _credits(facts: WinCard) -> tuple[Sequence[CreditLine], Sequence[CreditLine]]:
    """The lines shown, and those summed up."""
    known = facts.credits or (CreditLine(None, None, None, Fraction(1), facts.amount),)
    return known[:CREDITS_SHOWN], known[CREDITS_SHOWN:]


def _nothing_known(facts: WinCard) -> bool:
    return all(_source(credit) == UNATTRIBUTED for credit in facts.credits)


def _source(credit: CreditLine) -> str:
    asset, campaign, channel = clean(credit.asset), clean(credit.campaign), clean(credit.channel)
    if asset:
        return f"{asset} ({campaign})" if campaign else asset
    if campaign:
        return f"{campaign} (campaign)"
    return f"{channel} (channel)" if channel else UNATTRIBUTED


def _part(credit: CreditLine, between: str = " · ") -> str:
    share = percent(credit.share)
    return share if credit.amount is None else f"{share}{between}{_money(credit.amount)}"


def _sum(credits_: Sequence[CreditLine]) -> CreditLine:
    share = sum((credit.share for credit in credits_), Fraction(0))
    amounts = [credit.amount for credit in credits_ if credit.amount is not None]
    whole = len(amounts) == len(credits_) and len({amount.currency for amount in amounts}) == 1
    total = Money(sum(amount.minor for amount in amounts), amounts[0].currency) if whole else None
    return CreditLine(None, None, None, share, total)


def _story(facts: WinCard, gap: str = "… {} more …") -> list[str]:
    touches, left_out = list(facts.story), facts.story_left_out
    if (surplus := len(touches) - TOUCHES_SHOWN) > 0:
        half = TOUCHES_SHOWN // 2
        touches, left_out = touches[:half] + touches[-half:], left_out + surplus
    steps = [_step(touch, facts.won_on.year) for touch in touches]
    if left_out > 0:
        steps.insert((len(steps) + 1) // 2, gap.format(left_out))
    return steps


def _step(touch: StoryTouch, year: int) -> str:
    return f"{clean(touch.what) or 'a touch without a name'}, {day(touch.day, year)}"
