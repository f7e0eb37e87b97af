"""What a channel was told of a win, by its card or in its thread, and what of that is something else by now."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from bot.domain import credit_rule
from bot.domain import goals as goal_rules
from bot.domain.agreement import fold
from bot.flow import figures
from bot.store import outbox, wins

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.agreement import Agreement
    from bot.store.database import Session
    from bot.store.outbox import Message
    from bot.store.wins import Credit, Win

WAITS: Final = frozenset({"pending", "retry"})
"""States of a message that nobody has tried to post, or that may be tried again."""
TRIED: Final = frozenset({"sending", "ambiguous", "dead"})
"""States of a message that may stand in Slack without a receipt."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a channel was last told aloud about a win: by its card, or in its thread."""

    amount_minor: int | None
    currency: str | None
    owner: str | None


def marketing_of(credits_now: Sequence[Credit]) -> list[list[str]]:
    """Marketing's part as it is told: (name, share as a fraction) of each asset, else campaign, else channel."""
    shares: dict[str, Fraction] = {}
    names: dict[str, str] = {}
    for part in credits_now:
        name = part.asset or part.campaign or part.channel or part.kind or ""
        shares[fold(name)] = shares.get(fold(name), Fraction(0)) + Fraction(part.share)
        names.setdefault(fold(name), name)
    return [[names[name], str(share)] for name, share in shares.items()]


def same_marketing(told: Sequence[Sequence[str]], now: Sequence[Sequence[str]]) -> bool:
    """Whether marketing's part is what was told, whatever the order and the case of its names."""
    return _folded(told) == _folded(now)


def people_of(session: Session, win: Win) -> list[list[str | None]]:
    """The people's parts as they are told: (e-mail, share) of each, the owner's first; none where it does not stand."""
    return [[part.email, part.share] for part in wins.people_of(session, win.deal_key, win.number)]


def same_people(told: Sequence[Sequence[str | None]] | None, now: Sequence[Sequence[str | None]]) -> bool:
    """Whether the people's parts are what was told; another owner with the same part is told by itself.

    A card of the time when this was not kept (None) has nothing to compare with.
    """
    return told is None or _parts(told) == _parts(now)


def told_by(session: Session, win: Win) -> dict[str, Any]:
    """What a card tells when it is posted, to be kept with it."""
    return {
        "status": win.status,
        "amount_minor": win.amount_minor,
        "currency": win.currency,
        "owner": win.owner_email,
        "marketing": marketing_of(wins.credits_of(session, win.deal_key, win.number)),
        "people": people_of(session, win),
    }


def news(session: Session, agreement: Agreement, win: Win, key: str) -> tuple[Told, Told] | None:
    """What of a win changed much since its channel was told: (told, to be told); None if nothing did.

    `key` is that of the win's card in the channel. What was not known before is no change: the card just names it.
    """
    told, _ = thread_of(session, win, key)
    return changed(agreement, win, told)


def worth(agreement: Agreement, minor: int | None, currency: str | None, win: Win) -> int | None:
    """Minor units of the agreement's currency, by the rate kept with the win, else by that of the day of the win."""
    # A rate that was agreed on later makes no win larger or smaller than it was booked.
    kept = currency == win.currency and credit_rule.rate_currency(win.parameters) == agreement.currency
    return figures.worth(agreement, minor, currency, win.rate if kept else None, win.won_on)


def thread_of(session: Session, win: Win, key: str) -> tuple[Told, list[Message]]:
    """What was last told aloud, and the replies below the card, the first one first."""
    told = Told(win.announced_amount_minor, win.announced_currency, win.announced_owner)
    replies: list[Message] = []
    while (reply := outbox.by_key(session, f"{key}:reply:{len(replies) + 1}")) is not None:
        replies.append(reply)
        if "told" in reply.ref and (reply.ts is not None or reply.state in TRIED):
            said = Told(**reply.ref["told"])
            known = said if said.amount_minor is not None else told
            told = Told(known.amount_minor, known.currency, said.owner or told.owner)
    return told, replies


def changed(agreement: Agreement, win: Win, told: Told) -> tuple[Told, Told] | None:
    """What of a win changed much since this was told of it: (told, to be told); None if nothing did."""
    next_ = told
    if _moved_much(agreement, win, told):
        next_ = replace(next_, amount_minor=win.amount_minor, currency=win.currency)
    if told.owner is not None and win.owner_email is not None and told.owner != win.owner_email:
        next_ = replace(next_, owner=win.owner_email)
    return (told, next_) if next_ != told else None


def _moved_much(agreement: Agreement, win: Win, told: Told) -> bool:
    if told.amount_minor is None or win.amount_minor is None:
        return False
    if told.currency == win.currency:
        return goal_rules.moved_much(told.amount_minor, win.amount_minor)
    was = worth(agreement, told.amount_minor, told.currency, win)
    now = worth(agreement, win.amount_minor, win.currency, win)
    return was is None or now is None or goal_rules.moved_much(was, now)


def is_told(session: Session, win: Win, message: Message) -> bool:
    """Whether a card that cannot be edited, or its thread, told all that counts: what stands, how much, and whose."""
    said = message.ref.get("told")
    if said is None:
        return False
    told = Told(said["amount_minor"], said["currency"], said["owner"])
    if message.parent_id is None:
        _, replies = thread_of(session, win, message.key)
        of_replies = [reply.ref["told"] for reply in replies if "told" in reply.ref]
        if replies and replies[-1].ts is None and replies[-1].state in WAITS:
            told = Told(win.amount_minor, win.currency, win.owner_email)
        elif of_replies:
            told = Told(**of_replies[-1])
    present = told_by(session, win)
    same_credit = win.status != "won" or (
        same_marketing(said["marketing"], present["marketing"])
        and same_people(said.get("people"), present["people"])
    )
    return (
        said["status"] == win.status
        and asdict(told) == {name: present[name] for name in ("amount_minor", "currency", "owner")}
        and same_credit
    )


def _folded(marketing: Sequence[Sequence[str]]) -> list[tuple[str, Fraction]]:
    return sorted((fold(name), Fraction(share)) for name, share in marketing)


def _parts(people: Sequence[Sequence[str | None]]) -> tuple[list[Fraction], list[tuple[str, Fraction]]]:
    """The owner's part, and those of the others who have one."""
    shares = [(str(email), Fraction(share or 0)) for email, share in people]
    return [share for _, share in shares[:1]], sorted(part for part in shares[1:] if part[1])
