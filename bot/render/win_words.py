"""Words that every message about wins uses, so that a win is called the same everywhere. None is escaped."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

from bot.domain.money import Money
from bot.domain.win_facts import CreditLine
from bot.render.text import NAME, clean, cut, money, percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.win_facts import WinCard

UNATTRIBUTED: Final = "unattributed"
BELL: Final = "🔔"
CREDIT_NOTE: Final = "Credit note"
MISSING: Final = "Something missing?"
THANKS: Final = "Say thanks"
KINDS: Final = {"renewal": "Renewal", "expansion": "Expansion"}
"""New business goes without a word."""
CLOSED_ABOVE: Final = "Slack takes no more changes to the message above. This is what is true now."
_AMOUNT: Final = 45


def called(deal_name: str | None, customer_name: str | None, deal_id: str, limit: int = NAME) -> str:
    """What a win is called: the deal's name, else its customer, else its number."""
    return clean(deal_name, limit) or clean(customer_name, limit) or f"Deal {clean(deal_id, limit)}"


def title(facts: WinCard, limit: int = NAME) -> str:
    """What a win is called."""
    return called(facts.deal_name, facts.customer, facts.deal_id, limit)


def customer(facts: WinCard, limit: int = NAME) -> str:
    """The customer, where the title does not say it already."""
    name = clean(facts.customer, limit)
    return "" if name.casefold() == title(facts, limit).casefold() else name


def amount(facts: WinCard) -> str:
    """The amount, as told where its currency is unknown; "" where there is none."""
    return in_money(facts.amount) if facts.amount is not None else clean(facts.amount_text, _AMOUNT)


def in_money(value: Money) -> str:
    """An amount in words of bounded length."""
    return cut(money(value), _AMOUNT)


def is_credit_note(facts: WinCard) -> bool:
    """Whether money goes back."""
    return facts.amount is not None and facts.amount.minor < 0


def is_celebrated(facts: WinCard) -> bool:
    """Only a win of a positive amount that stands is celebrated."""
    return facts.status == "won" and facts.amount is not None and facts.amount.minor > 0


def kind(facts: WinCard) -> str:
    """What sets a win apart from new business, in a word; "" for new business and where nobody said."""
    return CREDIT_NOTE if is_credit_note(facts) else KINDS.get(facts.kind or "", "")


def source(credit: CreditLine, limit: int = NAME) -> str:
    """An asset for itself; where only a campaign or a channel is known, with that word."""
    asset, campaign = clean(credit.asset, limit), clean(credit.campaign, limit)
    channel = clean(credit.channel, limit)
    if asset:
        return f"{asset} ({campaign})" if campaign else asset
    if campaign:
        return f"{campaign} (campaign)"
    return f"{channel} (channel)" if channel else UNATTRIBUTED


def part(credit: CreditLine, between: str = " · ") -> str:
    """A line's share, and its money where that is known."""
    share = percent(credit.share)
    return share if credit.amount is None else f"{share}{between}{in_money(credit.amount)}"


def credits_of(facts: WinCard, shown: int) -> tuple[Sequence[CreditLine], Sequence[CreditLine]]:
    """The lines shown, and those summed up."""
    known = facts.credits or (CreditLine(None, None, None, Fraction(1), facts.amount),)
    return known[:shown], known[shown:]


def nothing_known(facts: WinCard) -> bool:
    """Whether no touch is known for the customer."""
    return all(source(credit) == UNATTRIBUTED for credit in facts.credits)


def sum_of(credits_: Sequence[CreditLine]) -> CreditLine:
    """Several lines as one; without money where that of one is unknown."""
    share = sum((credit.share for credit in credits_), Fraction(0))
    amounts = [credit.amount for credit in credits_ if credit.amount is not None]
    whole = len(amounts) == len(credits_) and len({one.currency for one in amounts}) == 1
    total = Money(sum(one.minor for one in amounts), amounts[0].currency) if whole else None
    return CreditLine(None, None, None, share, total)
