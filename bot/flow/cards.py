"""Where a win is shown: a card in each channel, many at once in one message, and what its thread is told.

A card is never deleted and never posted twice: what became of its deal is told by an edit. See
docs/adr/0013-the-card-of-a-win.md.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from bot.domain import routing, winning
from bot.domain.delivery import GATHER
from bot.flow import corrections, goals, told
from bot.store import cards, outbox, wins

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from bot.domain.agreement import Agreement
    from bot.store.database import Session
    from bot.store.outbox import Message
    from bot.store.wins import Win

WINDOW: Final = timedelta(minutes=1)
"""Wins of this span count as many at once."""
LISTED: Final = 40
"""Wins in one message, at most; further ones begin another."""


def card_key(deal_key: str, number: int) -> str:
    """The natural key of a win's card in the wins channel."""
    return f"win:{deal_key}:{number}"


def keep(session: Session, agreement: Agreement, win: Win, now: datetime) -> None:
    """Make what Slack shows of a win true: its cards, the messages that list it, their threads, and the goals."""
    new = False
    if not win.silent:
        new = _keep_shown(session, agreement, win, now)
    goals.keep(session, agreement, win, now, new=new)


def _keep_shown(session: Session, agreement: Agreement, win: Win, now: datetime) -> bool:
    """Make what shows a win true; returns whether it is shown for the first time."""
    new = False
    if win.status == "won" and winning.is_fresh(win.won_at, now, agreement.wins.fresh):
        for channel, key in _places(agreement, win):
            new = _appear(session, agreement, win, channel, key, now) or new
    for channel, message in cards.of_win(session, win.deal_key, win.number).items():
        if message.ref.get("deleted"):
            continue
        _show(session, win, corrections.latest(session, message), now)
        if win.status == "won" and (message.ts is not None or message.state in told.TRIED):
            _tell_thread(session, agreement, win, channel, message, now)
    return new


def show_deal_again(session: Session, deal_key: str, now: datetime) -> None:
    """What the messages about a deal say has changed otherwise: they are drawn anew, and edited if they differ."""
    for message in cards.of_deal(session, deal_key):
        corrections.show_again(session, message, now)


def win_of(session: Session, uid: str) -> tuple[str, int] | None:
    """The win (deal, number) whose card carries this reference on its buttons; None if there is none."""
    message = outbox.by_uid(session, uid)
    if message is None or message.kind not in {"win", "wins"}:
        return None
    if message.kind == "win":
        return str(message.ref["deal"]), int(message.ref["number"])
    listed = cards.wins_on(session, message.parent_id or message.id)
    return listed[0] if len(listed) == 1 else None


def ref_of(session: Session, message: Message, deal_key: str, number: int) -> str:
    """The reference for what people do with a win that a message shows: that of its own card, also in a list.

    So it means this win for ever, however many the message lists by the time that somebody sends a form.
    """
    if message.kind == "win":
        return message.uid
    single = outbox.by_key(session, _key_of(session, deal_key, number, message.target))
    return message.uid if single is None else single.uid


def ended(session: Session, message: Message, digest: str, reason: str, now: datetime) -> bool:
    """Whether Slack's word is the end of a message, or of its edits, of which no admin needs to hear.

    One that takes no more edits says in its thread what it should say (`digest`), if that does not say it yet. One
    that somebody deleted is not said again, nor is anything below it.
    """
    if message.ts is None:
        above = outbox.find(session, message.parent_id) if message.parent_id is not None else None
        if above is None or reason not in corrections.NO_THREAD:
            return False
        outbox.settle(session, message.id, state="cancelled", next_at=None, error=reason)
        corrections.thread_is_gone(session, above, reason)
        return True
    if reason == corrections.DELETED:
        corrections.deleted(session, message, reason)
        return True
    if reason not in corrections.CLOSED or message.kind not in corrections.KINDS:
        return False
    _closed(session, message, digest, reason, now)
    return True


def _closed(session: Session, message: Message, digest: str, reason: str, now: datetime) -> None:
    cards.cannot_be_edited(session, message, digest, reason)
    cards.keep_ref(session, message, closed=True)
    if message.kind == "win":
        win = wins.find(session, message.ref["deal"], message.ref["number"])
        if win is None or told.is_told(session, win, message):
            return
    corrections.correct(session, message, now)


# --- where it is shown ---


def _places(agreement: Agreement, win: Win) -> Iterator[tuple[str, str]]:
    """The channels of a win, each with the key of its card there."""
    channels = routing.channels(
        agreement.wins,
        worth=told.worth(agreement, win.amount_minor, win.currency, win),
        currency=agreement.currency,
        kind=win.kind,
        segment=win.segment,
        team=win.team,
    )
    for channel in channels:
        key = card_key(win.deal_key, win.number)
        yield channel, key if channel == agreement.wins.channel else f"{key}:{channel}"


def _appear(session: Session, agreement: Agreement, win: Win, channel: str, key: str, now: datetime) -> bool:
    """A win is to be shown in a channel; once it was, it stays where it is. Returns whether it is new there."""
    known = outbox.by_key(session, key)
    if known is None:
        _queue(session, agreement, win, channel, key, now)
    elif known.ref.get("left"):
        cards.keep_ref(session, known, left=False)
        cards.place(session, win.deal_key, win.number, channel, known.id)
    return known is None


def _queue(session: Session, agreement: Agreement, win: Win, channel: str, key: str, now: datetime) -> None:
    """A card of its own, unless many wins came within a minute."""
    recent = cards.queued_since(session, channel, now - WINDOW)
    singles = [message for message in recent if message.kind == "win"]
    waiting = [message for message in singles if message.ts is None and message.state in told.WAITS]
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
    if message.ref.get("deleted"):
        return
    if message.ref.get("closed"):
        if message.kind == "win" and not told.is_told(session, win, message):
            corrections.correct(session, message, now)
        return
    alone = message.kind == "win" and message.parent_id is None
    if alone and message.ts is None and win.status != "won":
        why = f"the deal was {win.status} first"
        if message.state in told.WAITS and cards.cancel(session, message.id, why):
            cards.cancel_replies(session, message.id, why)
        return
    if message.state in {"sent", "cancelled"}:
        outbox.show_again(session, message, now)


# --- what its thread is told ---


def _tell_thread(
    session: Session, agreement: Agreement, win: Win, channel: str, message: Message, now: datetime
) -> None:
    """A reply for what changed much; one that waits to be posted tells the latest by itself."""
    key = _key_of(session, win.deal_key, win.number, channel)
    win = _filled_in(session, win)
    said, replies = told.thread_of(session, win, key)
    waits = replies and replies[-1].ts is None and replies[-1].state in told.WAITS
    if waits or not told.changed(agreement, win, said):
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


def _key_of(session: Session, deal_key: str, number: int, channel: str) -> str:
    key = card_key(deal_key, number)
    there = f"{key}:{channel}"
    return there if outbox.by_key(session, there) is not None else key
