"""Where a win is shown: a card in each channel, many at once in one message, and what its thread is told.

A card is never deleted and never posted twice: what became of its deal is told by an edit. See
docs/adr/0013-the-card-of-a-win.md.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from bot.domain import goals as goal_rules
from bot.domain import money, routing, winning
from bot.domain.agreement import fold
from bot.domain.money import Money
from bot.flow import goals
from bot.store import cards, outbox, wins

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from bot.domain.agreement import Agreement
    from bot.store.database import Session
    from bot.store.outbox import Message
    from bot.store.wins import Credit, Win

CLOSED: Final = frozenset({"edit_window_closed", "cant_update_message"})
"""Slack's words for a message that can be edited no more."""
KINDS: Final = frozenset({"win", "wins", "goal"})
"""Messages that are kept true; a reply tells what changed at its time and stays."""
WINDOW: Final = timedelta(minutes=1)
"""Wins of this span count as many at once."""
GATHER: Final = timedelta(seconds=1.5)
"""How long cards that come together wait for more of them."""
LISTED: Final = 40
"""Wins in one message, at most; further ones begin another."""

_WAITS: Final = frozenset({"pending", "retry"})
_TRIED: Final = frozenset({"sending", "ambiguous", "dead"})


@dataclass(frozen=True, slots=True)
class Told:
    """What a channel was last told aloud about a win: by its card, or in its thread."""

    amount_minor: int | None
    currency: str | None
    owner: str | None


def card_key(deal_key: str, number: int) -> str:
    """The natural key of a win's card in the wins channel."""
    return f"win:{deal_key}:{number}"


def keep(session: Session, agreement: Agreement, win: Win, now: datetime) -> None:
    """Make what Slack shows of a win true: its cards, the messages that list it, their threads, and the goals."""
    if win.silent:
        return
    if win.status == "won" and winning.is_fresh(win.won_at, now, agreement.wins.fresh):
        for channel, key in _places(agreement, win):
            _appear(session, agreement, win, channel, key, now)
    for channel, message in cards.of_win(session, win.deal_key, win.number).items():
        _show(session, win, _latest(session, message), now)
        if win.status == "won" and (message.ts is not None or message.state in _TRIED):
            _tell_thread(session, agreement, win, channel, message, now)
    goals.keep(session, agreement, win, now)


def show_deal_again(session: Session, deal_key: str, now: datetime) -> None:
    """What the messages about a deal say has changed otherwise: they are drawn anew, and edited if they differ."""
    for message in cards.of_deal(session, deal_key):
        latest = _latest(session, message)
        if latest.state == "sent" and not latest.ref.get("closed"):
            outbox.show_again(session, latest, now)


def win_of(session: Session, uid: str) -> tuple[str, int] | None:
    """The win (deal, number) whose card carries this reference on its buttons; None if there is none."""
    message = outbox.by_uid(session, uid)
    if message is None or message.kind not in {"win", "wins"}:
        return None
    if message.kind == "win":
        return str(message.ref["deal"]), int(message.ref["number"])
    listed = cards.wins_on(session, message.parent_id or message.id)
    return listed[0] if len(listed) == 1 else None


def closed(session: Session, message: Message, digest: str, reason: str, now: datetime) -> None:
    """Slack takes no more edits of a message: what it should say goes into its thread, if that does not say it yet."""
    cards.cannot_be_edited(session, message, digest, reason)
    cards.keep_ref(session, message, closed=True)
    if message.kind == "win":
        win = wins.find(session, message.ref["deal"], message.ref["number"])
        if win is None or _is_told(session, win, message):
            return
    if message.kind in {"win", "wins"}:
        _correct(session, message, now)


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


def told_by(session: Session, win: Win) -> dict[str, Any]:
    """What a card tells when it is posted, to be kept with it."""
    return {
        "status": win.status,
        "amount_minor": win.amount_minor,
        "currency": win.currency,
        "owner": win.owner_email,
        "marketing": marketing_of(wins.credits_of(session, win.deal_key, win.number)),
    }


def news(session: Session, agreement: Agreement, win: Win, key: str) -> tuple[Told, Told] | None:
    """What of a win changed much since its channel was told: (told, to be told); None if nothing did.

    `key` is that of the win's card in the channel. What was not known before is no change: the card just names it.
    """
    told, _ = _told(session, win, key)
    return _news(agreement, win, told)


# --- where it is shown ---


def _places(agreement: Agreement, win: Win) -> Iterator[tuple[str, str]]:
    """The channels of a win, each with the key of its card there."""
    told = routing.channels(
        agreement.wins,
        worth=_worth(agreement, win.amount_minor, win.currency, win),
        currency=agreement.currency,
        kind=win.kind,
        segment=win.segment,
        team=win.team,
    )
    for channel in told:
        key = card_key(win.deal_key, win.number)
        yield channel, key if channel == agreement.wins.channel else f"{key}:{channel}"


def _worth(agreement: Agreement, minor: int | None, currency: str | None, win: Win) -> int | None:
    """Minor units of the agreement's currency, by the rate of the day of the win."""
    rate = (
        agreement.rate_on(currency, win.won_on) if currency and money.digits(currency) is not None else None
    )
    if minor is None or currency is None or rate is None:
        return None
    return money.convert(Money(minor, currency), rate, agreement.currency).minor


def _appear(session: Session, agreement: Agreement, win: Win, channel: str, key: str, now: datetime) -> None:
    """A win is to be shown in a channel; once it was, it stays where it is."""
    known = outbox.by_key(session, key)
    if known is None:
        _queue(session, agreement, win, channel, key, now)
    elif known.ref.get("left"):
        cards.keep_ref(session, known, left=False)
        cards.place(session, win.deal_key, win.number, channel, known.id)


def _queue(session: Session, agreement: Agreement, win: Win, channel: str, key: str, now: datetime) -> None:
    """A card of its own, unless many wins came within a minute."""
    recent = cards.queued_since(session, channel, now - WINDOW)
    singles = [message for message in recent if message.kind == "win"]
    waiting = [message for message in singles if message.ts is None and message.state in _WAITS]
    together = [message for message in waiting if message.created_at > now - GATHER]
    due = now + GATHER if together else now
    ref = {"deal": win.deal_key, "number": win.number}
    made = outbox.put(session, key=key, kind="win", target=channel, ref=ref, now=now, next_at=due)
    if made is None:
        return
    cards.place(session, win.deal_key, win.number, channel, made)
    if len(singles) + 1 > agreement.wins.group_after:
        _gather(session, recent, [*[message.id for message in waiting], made], channel, now)
        return
    for message in together:
        outbox.hold(session, message.id, max(message.next_at, due))


def _gather(
    session: Session, recent: Sequence[Message], singles: Sequence[int], channel: str, now: datetime
) -> None:
    """Cards that were not posted yet are shown by one message that lists them all."""
    lists = [
        message
        for message in recent
        if message.kind == "wins" and message.state != "dead" and not message.ref.get("closed")
    ]
    into = lists[-1] if lists else None
    for single in singles:
        if into is None or len(cards.wins_on(session, into.id)) >= LISTED:
            into = _new_list(session, single, channel, now)
        if not cards.cancel(session, single, "told in one message with others"):
            continue  # it is on its way
        cards.move(session, single, into.id)
        outbox.show_again(session, into, max(now, into.next_at) if into.ts is None else now)


def _new_list(session: Session, first: int, channel: str, now: datetime) -> Message:
    card = outbox.find(session, first)
    assert card is not None  # noqa: S101  # it was put there in the same transaction
    key = f"wins:{channel}:{card.ref['deal']}:{card.ref['number']}"
    outbox.put(session, key=key, kind="wins", target=channel, ref={}, now=now, next_at=now + GATHER)
    made = outbox.by_key(session, key)
    assert made is not None  # noqa: S101  # put just now, or before
    return made


def leave_list(session: Session, message: Message, deal_key: str, number: int) -> None:
    """A win that was never told stands no more: the list goes without it, and a card of its own may come later."""
    cards.leave(session, deal_key, number, message.id)
    key = card_key(deal_key, number)
    for single in (outbox.by_key(session, f"{key}:{message.target}"), outbox.by_key(session, key)):
        if single is not None and single.state == "cancelled":
            cards.keep_ref(session, single, left=True)
            return


def _show(session: Session, win: Win, message: Message, now: datetime) -> None:
    """Post or edit what shows a win, if it says something else by now."""
    if message.ref.get("closed"):
        if message.kind == "win" and not _is_told(session, win, message):
            _correct(session, message, now)
        return
    alone = message.kind == "win" and message.parent_id is None
    if alone and message.ts is None and win.status != "won":
        why = f"the deal was {win.status} first"
        if message.state in _WAITS and cards.cancel(session, message.id, why):
            cards.cancel_replies(session, message.id, why)
        return
    if message.state in {"sent", "cancelled"}:
        outbox.show_again(session, message, now)


# --- what its thread is told ---


def _tell_thread(
    session: Session, agreement: Agreement, win: Win, channel: str, message: Message, now: datetime
) -> None:
    """A reply for what changed much; one that waits to be posted tells the latest by itself."""
    key = _key_in(session, win, channel)
    win = _filled_in(session, win)
    told, replies = _told(session, win, key)
    if (replies and replies[-1].ts is None and replies[-1].state in _WAITS) or not _news(
        agreement, win, told
    ):
        return
    outbox.put(
        session,
        key=f"{key}:reply:{len(replies) + 1}",
        kind="reply",
        target=message.target,
        ref={"deal": win.deal_key, "number": win.number, "card": key},
        now=now,
        next_at=now,
        parent_id=message.id,
    )


def _filled_in(session: Session, win: Win) -> Win:
    """What was missing when a win was told, and is known by now, counts as told: the card names it."""
    amount = (win.announced_amount_minor, win.announced_currency)
    if amount[0] is None:
        amount = (win.amount_minor, win.currency)
    owner = win.announced_owner or win.owner_email
    filled = replace(
        win, announced_amount_minor=amount[0], announced_currency=amount[1], announced_owner=owner
    )
    if filled != win:
        wins.announced(session, replace(win, amount_minor=amount[0], currency=amount[1], owner_email=owner))
    return filled


def _key_in(session: Session, win: Win, channel: str) -> str:
    key = card_key(win.deal_key, win.number)
    there = f"{key}:{channel}"
    return there if outbox.by_key(session, there) is not None else key


def _told(session: Session, win: Win, key: str) -> tuple[Told, list[Message]]:
    """What was last told aloud, and the replies below the card, the first one first."""
    told = Told(win.announced_amount_minor, win.announced_currency, win.announced_owner)
    replies: list[Message] = []
    while (reply := outbox.by_key(session, f"{key}:reply:{len(replies) + 1}")) is not None:
        replies.append(reply)
        if "told" in reply.ref and (reply.ts is not None or reply.state in _TRIED):
            said = Told(**reply.ref["told"])
            known = said if said.amount_minor is not None else told
            told = Told(known.amount_minor, known.currency, said.owner or told.owner)
    return told, replies


def _news(agreement: Agreement, win: Win, told: Told) -> tuple[Told, Told] | None:
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
    was = _worth(agreement, told.amount_minor, told.currency, win)
    now = _worth(agreement, win.amount_minor, win.currency, win)
    return was is None or now is None or goal_rules.moved_much(was, now)


# --- where Slack takes no more edits ---


def _latest(session: Session, message: Message) -> Message:
    """The message that says what another one cannot say any more, else that one itself."""
    while (instead := message.ref.get("instead")) is not None:
        found = outbox.find(session, int(instead))
        if found is None:
            break
        message = found
    return message


def _is_told(session: Session, win: Win, message: Message) -> bool:
    """Whether a card that cannot be edited, or its thread, told all that counts: what stands, how much, and whose."""
    said = message.ref.get("told")
    if said is None:
        return False
    told = Told(said["amount_minor"], said["currency"], said["owner"])
    if message.parent_id is None:
        _, replies = _told(session, win, message.key)
        of_replies = [reply.ref["told"] for reply in replies if "told" in reply.ref]
        if replies and replies[-1].ts is None and replies[-1].state in _WAITS:
            told = Told(win.amount_minor, win.currency, win.owner_email)
        elif of_replies:
            told = Told(**of_replies[-1])
    present = told_by(session, win)
    same_credit = win.status != "won" or same_marketing(said["marketing"], present["marketing"])
    return (
        said["status"] == win.status
        and asdict(told) == {name: present[name] for name in ("amount_minor", "currency", "owner")}
        and same_credit
    )


def _folded(marketing: Sequence[Sequence[str]]) -> list[tuple[str, Fraction]]:
    return sorted((fold(name), Fraction(share)) for name, share in marketing)


def _correct(session: Session, message: Message, now: datetime) -> None:
    """What a message should say is posted in its thread; later corrections edit that reply."""
    key, _, count = message.key.rpartition(":correction:") if message.parent_id else (message.key, "", "0")
    made = outbox.put(
        session,
        key=f"{key}:correction:{int(count) + 1}",
        kind=message.kind,
        target=message.target,
        ref={name: message.ref[name] for name in ("deal", "number") if name in message.ref},
        now=now,
        next_at=now,
        parent_id=message.parent_id or message.id,
    )
    cards.keep_ref(session, message, instead=made)
