"""Deliver: what the outbox holds is posted or edited, one message a second in a channel, and receipts are kept.

An attempt is claimed and committed before the call. Whatever happens to the process afterwards, the row tells that
the attempt was made, and its fate is looked up in the channel before anything is posted again.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from bot.domain import delivery
from bot.domain.delivery import CannotLook, Found, Refused, Rejected, Sent
from bot.flow import cards as flow_cards
from bot.flow import messages, notices, people
from bot.flow.messages import Drop, Hold
from bot.logs import log_of
from bot.store import cards, lanes, outbox
from bot.store import people as known_people

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.flow.ports import Office
    from bot.store.database import Session
    from bot.store.outbox import Message

POST: Final = "chat.postMessage"
EDIT: Final = "chat.update"
_EDITS_AT_ONCE: Final = 5
_LOOKS_AT_ONCE: Final = 5
_UNDER_WAY: Final = 16
_FOR_THE_CHANNEL: Final = frozenset({"nudge", "handover"})
"""What the agreement's channel takes where its person has left Slack."""
_NOBODY_THERE: Final = frozenset({"user_not_found", "user_disabled", "is_archived"})
"""Slack's words for direct messages that nobody reads any more."""

_log = log_of(__name__)


@dataclass(frozen=True, slots=True)
class Claimed:
    """An attempt that is committed and must be made now."""

    message: Message
    target: str
    payload: dict[str, Any]
    digest: str
    thread: tuple[str, str] | None = None
    """(channel id, ts) of the message above, for a reply."""


class Delivery:
    """Makes Slack show what the outbox says. One object a process; several processes may share a database."""

    def __init__(self, office: Office, attempt_done: Callable[[], None] = lambda: None) -> None:
        """`attempt_done` is called when an attempt ends: its lane may be free for the next."""
        self._office = office
        self._attempt_done = attempt_done
        self._under_way: set[asyncio.Task[None]] = set()

    async def round(self) -> int:
        """Start every attempt that is due and free; returns how many. Attempts go on by themselves."""
        now = self._office.clock.now()
        room = _UNDER_WAY - len(self._under_way)
        if room <= 0:
            return 0
        looks = await self._office.database.write(lambda s: _orphans_and_looks(s, now))
        candidates = await self._office.database.read(lambda s: self._candidates(s, now))
        candidates = await self._with_people(candidates[:room], now)
        await people.ask_dnd(self._office, candidates)
        claimed = (
            await self._office.database.write(lambda s: self._claim(s, candidates, now)) if candidates else []
        )
        for attempt in claimed:
            self._start(self._attempt(attempt))
        for message in looks:
            self._start(self._look(message))
        return len(claimed) + len(looks)

    async def finish(self, grace: float | None = None) -> None:
        """Wait until the attempts under way are done, at most `grace` seconds; no new ones are started."""
        if self._under_way:
            await asyncio.wait(set(self._under_way), timeout=grace)

    async def next_wake(self) -> datetime | None:
        """When the next waiting message can be taken; None if nothing waits but for the end of an attempt."""
        if len(self._under_way) >= _UNDER_WAY:
            return None
        now = self._office.clock.now()

        def ask(session: Session) -> datetime | None:
            post_from, edit_from = (lanes.free_at(session, f"method:{method}") for method in (POST, EDIT))
            return outbox.next_wake(session, now, post_from=post_from, edit_from=edit_from)

        return await self._office.database.read(ask)

    async def adopt_orphans(self) -> int:
        """At the start of the only process on a database: attempts of the one before it have an unknown fate."""
        now = self._office.clock.now()

        def adopt(session: Session) -> int:
            left = outbox.orphans(session, None)
            _give_up(session, left, now)
            return len(left)

        return await self._office.database.write(adopt)

    def _start(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        if not task.cancelled() and task.exception() is not None:
            # The claim stays as it is: its lease runs out, and its fate is looked up.
            _log.error("an attempt could not be recorded", extra={"reason": str(task.exception())})
        self._attempt_done()

    def _candidates(self, session: Session, now: datetime) -> list[Message]:
        found: list[Message] = []
        if not _paused(session, EDIT, now):
            found += outbox.to_edit(session, now, _EDITS_AT_ONCE)
        if not _paused(session, POST, now):
            found += outbox.to_post(session, now)
        return found

    async def _with_people(self, candidates: list[Message], now: datetime) -> list[Message]:
        """Find the people whom the messages name; a message whose people cannot be asked about waits."""

        def needed(session: Session) -> dict[int, list[str]]:
            return {
                message.id: people.to_find(session, messages.people_named(session, message), now)
                for message in candidates
            }

        needs = await self._office.database.read(needed) if candidates else {}
        wanted = {email for emails in needs.values() for email in emails}
        if not wanted:
            return candidates
        again = await people.find(self._office, sorted(wanted))
        if again is None:
            return candidates
        waiting = await self._office.database.read(needed)
        until = now + timedelta(seconds=again)

        def hold(session: Session) -> None:
            for message in candidates:
                if waiting[message.id]:
                    outbox.hold(session, message.id, until)

        await self._office.database.write(hold)
        return [message for message in candidates if not waiting[message.id]]

    def _claim(self, session: Session, candidates: list[Message], now: datetime) -> list[Claimed]:
        claimed = []
        for candidate in candidates:
            message = outbox.find(session, candidate.id)
            if message is None or message.state != candidate.state or message.tries != candidate.tries:
                continue
            attempt = _prepared(session, self._office, message, now)
            if attempt is not None:
                claimed.append(attempt)
        return claimed

    async def _attempt(self, attempt: Claimed) -> None:
        message = attempt.message
        try:
            outcome = await self._call(attempt)
        except Exception as error:  # noqa: BLE001  # an attempt without an end would be looked up as an orphan
            _log.exception("an attempt failed in an unexpected way", extra={"message_id": message.id})
            outcome = delivery.Unknown(f"{type(error).__name__}")
        now = self._office.clock.now()
        if isinstance(outcome, Sent):
            await self._office.database.write(lambda s: self._receipt(s, attempt, outcome, now))
            return
        next_ = delivery.after_failure(
            outcome,
            editing=message.ts is not None,
            tries=message.tries + 1,
            now=now,
            roll=self._office.roll(),
        )
        _log.warning(
            "message not delivered", extra={"key": message.key, "state": next_.state, "reason": next_.error}
        )

        def keep(session: Session) -> None:
            if isinstance(outcome, Rejected) and (
                self._left(session, attempt, outcome.reason, now)
                or flow_cards.ended(session, message, attempt.digest, outcome.reason, now)
            ):
                return
            outbox.settle(session, message.id, state=next_.state, next_at=next_.next_at, error=next_.error)
            if isinstance(outcome, Refused) and outcome.pauses and outcome.after:
                lanes.occupy(session, f"method:{outcome.pauses}", now + timedelta(seconds=outcome.after))
            if isinstance(outcome, Rejected) and outcome.reason == "channel_not_found":
                lanes.forget_channel(session, attempt.target)
                known_people.forget_dm(session, attempt.target.removeprefix("person:"))
            if next_.state == "dead" and message.ts is None:
                cards.cancel_replies(session, message.id, next_.error)
            if next_.tell_admin:
                notices.tell_admins(
                    session, self._office.agreement, message, attempt.target, next_.error, now
                )

        await self._office.database.write(keep)

    def _left(self, session: Session, attempt: Claimed, reason: str, now: datetime) -> bool:
        """Whether a message's person has left Slack: a reminder then goes to the agreement's channel, others end."""
        message, email = attempt.message, attempt.target.removeprefix("person:")
        if reason not in _NOBODY_THERE or email == attempt.target:
            return False
        known_people.left_slack(session, email, now)
        if message.kind not in people.PRIVATE or message.ts is not None:
            return False
        if message.kind not in _FOR_THE_CHANNEL:
            outbox.settle(session, message.id, state="cancelled", next_at=None, error=reason)
            return True
        outbox.retarget(session, message.id, self._office.agreement.reminders.channel)
        outbox.settle(session, message.id, state="pending", next_at=now, error=reason)
        return True

    async def _call(self, attempt: Claimed) -> delivery.Outcome:
        message = attempt.message
        if message.ts is not None and message.channel_id is not None:
            return await self._office.slack.edit(message.channel_id, message.ts, attempt.payload)
        if attempt.thread is not None:
            above, thread_ts = attempt.thread
            return await self._office.slack.post(above, attempt.payload, message.uid, thread_ts)
        channel = await self._channel(attempt.target)
        if not isinstance(channel, str):
            return channel
        return await self._office.slack.post(channel, attempt.payload, message.uid)

    async def _channel(self, target: str) -> str | Refused | Rejected:
        """Slack's id of where a message goes; asked once, then remembered."""
        database, slack = self._office.database, self._office.slack
        email = target.removeprefix("person:")
        if email != target:
            person = (await database.read(lambda s: known_people.by_email(s, [email]))).get(email)
            if person is None or person.slack_id is None:
                return Rejected("user_not_found")
            if person.dm_channel:
                return person.dm_channel
            slack_id = person.slack_id
            opened = await slack.direct_channel(slack_id)
            if isinstance(opened, str):
                await database.write(lambda s: known_people.keep_dm(s, slack_id, opened))
            return opened
        known = await database.read(lambda s: lanes.channel_id(s, target))
        if known:
            return known
        found = await slack.channel_named(target)
        if found is None:
            return target  # perhaps a private channel: Slack itself says whether the bot may write there
        if isinstance(found, str):
            now = self._office.clock.now()
            await database.write(lambda s: lanes.keep_channel(s, target, found, now))
        return found

    def _receipt(self, session: Session, attempt: Claimed, receipt: Sent | Found, now: datetime) -> None:
        """Keep the receipt; if the message should say something else by now, it is edited next."""
        outbox.sent(
            session,
            attempt.message.id,
            channel_id=receipt.channel_id,
            ts=receipt.ts,
            digest=attempt.digest,
            now=now,
        )
        message = outbox.find(session, attempt.message.id)
        if message is not None:
            prepared = messages.prepare(session, self._office.agreement, message, now)
            if isinstance(prepared, messages.Ready) and prepared.payload.digest() != message.sent_digest:
                outbox.show_again(session, message, now)

    async def _look(self, message: Message) -> None:
        since = (message.attempted_at or message.created_at) - timedelta(seconds=60)
        target = message.channel_id or message.target
        thread = await self._office.database.read(lambda s: _thread(s, message))
        channel = thread[0] if thread else message.channel_id or await self._channel(target)
        if isinstance(channel, Refused):
            found: delivery.Look = CannotLook(channel.reason, channel.after or 5.0)
        elif isinstance(channel, Rejected):
            found = CannotLook(channel.reason)
        else:
            found = await self._office.slack.look_for(
                channel, message.uid, since, thread[1] if thread else None
            )
        now = self._office.clock.now()
        if isinstance(found, Found):
            attempt = Claimed(message, target, message.payload or {}, message.digest or "")
            await self._office.database.write(lambda s: self._receipt(s, attempt, found, now))
            _log.info("a message of unknown fate was found in its channel", extra={"key": message.key})
            return
        looks = message.looks + (1 if isinstance(found, delivery.NotFound) else 0)
        next_ = delivery.after_look(found, kind=message.kind, looks=looks, now=now, roll=self._office.roll())

        def keep(session: Session) -> None:
            outbox.settle(
                session,
                message.id,
                state=next_.state,
                next_at=next_.next_at,
                error=next_.error,
                looks=next_.looks,
            )
            if next_.tell_admin:
                notices.tell_admins(session, self._office.agreement, message, target, next_.error, now)

        await self._office.database.write(keep)


def _prepared(session: Session, office: Office, message: Message, now: datetime) -> Claimed | None:
    """Decide on one message and, if it is to go, commit to the attempt."""
    if message.ref.get("deleted"):
        state = "cancelled" if message.ts is None else "sent"
        outbox.settle(session, message.id, state=state, next_at=None, error="somebody deleted it in Slack")
        return None
    prepared = messages.prepare(session, office.agreement, message, now)
    if isinstance(prepared, Hold):
        outbox.hold(session, message.id, prepared.until, prepared.reason)
        return None
    if isinstance(prepared, Drop):
        state = "sent" if message.ts is not None else "stale" if prepared.stale else "cancelled"
        outbox.settle(session, message.id, state=state, next_at=None, error=prepared.reason)
        if message.ts is None:
            cards.cancel_replies(session, message.id, prepared.reason)
        return None
    digest = prepared.payload.digest()
    if message.ts is not None and digest == message.sent_digest:
        outbox.settle(session, message.id, state="sent", next_at=None, error=None)
        outbox.turns(session, message.id, prepared.true_until)
        return None
    if prepared.target != message.target:
        outbox.retarget(session, message.id, prepared.target)
    if message.ts is None:
        free = lanes.free_at(session, prepared.target)
        if free is not None and free > now:
            outbox.hold(session, message.id, free)
            return None
        lanes.occupy(session, prepared.target, now + delivery.PACE)
    payload = prepared.payload.as_dict()
    if not outbox.claim(
        session,
        message,
        digest=digest,
        payload=payload,
        now=now,
        lease_until=now + delivery.LEASE,
        refresh_at=prepared.true_until,
    ):
        return None
    return Claimed(message, prepared.target, payload, digest, _thread(session, message))


def _thread(session: Session, message: Message) -> tuple[str, str] | None:
    """Where a reply goes: (channel id, ts) of the message above it; None for what is no reply."""
    above = None if message.parent_id is None else outbox.find(session, message.parent_id)
    if above is None or above.channel_id is None or above.ts is None:
        return None
    return above.channel_id, above.ts


def _orphans_and_looks(session: Session, now: datetime) -> list[Message]:
    """Give up the claims whose lease ran out, and take the messages to be looked up (each by one process)."""
    _give_up(session, outbox.orphans(session, now), now)
    outbox.refresh(session, now)
    looks = outbox.to_look_up(session, now, _LOOKS_AT_ONCE)
    for message in looks:
        outbox.hold(session, message.id, now + delivery.LEASE)
    return looks


def _give_up(session: Session, left: list[Message], now: datetime) -> None:
    for message in left:
        if message.ts is None:
            outbox.settle(
                session, message.id, state="ambiguous", next_at=now, error="the attempt was cut off"
            )
        else:
            outbox.settle(session, message.id, state="pending", next_at=now, error="the edit was cut off")


def _paused(session: Session, method: str, now: datetime) -> bool:
    until = lanes.free_at(session, f"method:{method}")
    return until is not None and until > now
