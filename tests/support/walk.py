"""A walk through weeks of simulated time: whatever may happen to a clock happens, and promises are checked on the way.

It runs on the flows themselves, with a workspace that records what it is told to show.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from bot.clock import ManualClock
from bot.domain import worktime
from bot.domain.agreement import Agreement, Reminders, Tier, When
from bot.domain.answering import Logged, Press
from bot.domain.delivery import Account, DoNotDisturb, Found, NotFound, Rejected, Sent
from bot.domain.steps import INTENT
from bot.flow import answers, apply, messages, reminders
from bot.flow.accept import as_rows
from bot.flow.deliver import Delivery
from bot.flow.lead_lines import Asked, lines_of
from bot.flow.ports import Office
from bot.sources.events import Event
from bot.sources.schema import read_statement
from bot.store import answers as kept
from bot.store import clocks, inbox, nudges, outbox, records

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.store.clocks import Clock
    from bot.store.database import Database, Session
    from bot.store.outbox import Message

MONDAY: Final = datetime(
    2026, 10, 19, 8, tzinfo=UTC
)  # the clocks change on the way, in London and in New York
ZONES: Final = {
    "maya": "America/New_York",
    "jon": "Europe/London",
    "ann": "Asia/Tokyo",
    "mona": "Europe/London",
}
PEOPLE: Final = {f"{name}@seller.example": f"U{name.upper()}" for name in ZONES}
HOUR: Final = timedelta(hours=1)
AGREEMENT: Final = Agreement(
    tiers=(
        Tier("hot", When(min_score=Decimal(80)), HOUR, 3, (2 * HOUR,), 16 * HOUR),
        Tier("mql", When(stage=("mql", "sql")), 4 * HOUR, 2, (6 * HOUR,)),
    ),
    reminders=Reminders(on_assignment=True, max_per_person_per_day=50),
)


@dataclass(slots=True)
class Wall:
    """A workspace that shows what it is told, and remembers when."""

    now: Callable[[], datetime]
    posted: list[tuple[datetime, str, str, dict[str, Any]]] = field(default_factory=list)
    shown: dict[str, dict[str, Any]] = field(default_factory=dict)
    uids: dict[str, str] = field(default_factory=dict)

    async def account_of(self, email: str) -> Account | Rejected:
        name = email.partition("@")[0]
        return Account(PEOPLE.get(email), ZONES.get(name))

    async def email_of(self, slack_id: str) -> str | None:
        return next((email for email, known in PEOPLE.items() if known == slack_id), None)

    async def do_not_disturb(self, slack_id: str) -> DoNotDisturb:  # noqa: ARG002
        return DoNotDisturb(None, None)

    async def direct_channel(self, slack_id: str) -> str:
        return f"D{slack_id}"

    async def channel_named(self, name: str) -> str:
        return name

    async def post(self, channel: str, payload: dict[str, Any], uid: str) -> Sent:
        ts = f"{len(self.posted) + 1}.000"
        self.posted.append((self.now(), channel, ts, payload))
        self.shown[ts], self.uids[uid] = payload, ts
        return Sent(channel, ts)

    async def edit(self, channel: str, ts: str, payload: dict[str, Any]) -> Sent:
        self.shown[ts] = payload
        return Sent(channel, ts)

    async def look_for(self, channel: str, uid: str, since: datetime) -> Found | NotFound:  # noqa: ARG002
        return Found(channel, self.uids[uid]) if uid in self.uids else NotFound()


def elements(payload: dict[str, Any]) -> list[tuple[str, str]]:
    """Every button and menu entry of a message: (action id, value)."""
    found = []
    for block in payload["blocks"]:
        for one in block.get("elements", ()) if block["type"] == "actions" else ():
            options = [option["value"] for option in one.get("options", ())]
            found += [(one["action_id"], value) for value in options or [one.get("value", "")]]
    return found


class Walk:
    """One walk. `step` does something at random, settles, and checks; AssertionError names a broken promise."""

    def __init__(self, database: Database, seed: int) -> None:
        self.roll = random.Random(seed)  # a walk, not a secret
        self.database = database
        self.clock = ManualClock(MONDAY)
        self.wall = Wall(self.clock.now)
        self.office = Office(database, self.clock, AGREEMENT, self.wall, roll=lambda: 0.5)
        self.delivery = Delivery(self.office)
        self.leads: list[str] = []
        self.number = 0
        self.sent_with: dict[tuple[str, int, str], int] = {}
        self.looked = 0
        self.log: list[str] = []

    # --- what may happen ---

    async def step(self) -> None:
        """Something happens; then everything that follows from it, and the promises."""
        act = self.roll.choice(
            [
                self.lead,
                self.lead,
                self.lead,
                self.change,
                self.call,
                self.call,
                self.touch,
                self.away,
                self.restart,
            ]
            + [self.press] * 6
            + [self.pass_time] * 5
            + [self.sleep]
        )
        self.log.append(f"{self.clock.now():%d %H:%M} {act.__name__}")
        await act()
        await self.settle()
        await self.check()

    async def tells(self, what: str, when: datetime | None = None, /, **data: Any) -> None:
        """The CRM tells something."""
        self.number += 1
        self.log.append(f"   {what} {data}")
        told = read_statement(
            {"type": what, "timestamp": (when or self.clock.now()).isoformat(), "data": data}
        )
        event = Event(f"e{self.number:05}", told.type, told.at, told.data)
        await self.database.insert(lambda s: inbox.add(s, as_rows("generic", [event], self.clock.now())))

    async def start(self) -> None:
        """The team."""
        for name, zone in ZONES.items():
            await self.tells(
                "person.updated",
                email=f"{name}@seller.example",
                name=name.capitalize(),
                timezone=zone,
                manager_email="mona@seller.example" if name != "mona" else None,
                delegate_email="jon@seller.example" if name == "maya" else None,
            )
        await self.settle()

    async def lead(self) -> None:
        self.leads.append(f"L{len(self.leads) + 1}")
        owner = self.roll.choice(["maya", "jon", "ann", "nobody", None])
        address = self.roll.choice([*self.leads, self.leads[-1], self.leads[-1], self.leads[-1]])
        await self.tells(
            "lead.created",
            id=self.leads[-1],
            name=f"Lead {self.leads[-1]}",
            email=f"{address}@prospect.example",
            owner_email=f"{owner}@seller.example" if owner else None,
            stage=self.roll.choice(["lead", "mql", "mql"]),
            score=self.roll.choice([10, 90]),
            created_at=self.clock.now().isoformat(),
        )

    async def change(self) -> None:
        if self.leads:
            told = self.roll.choice(
                [
                    {"stage": "lead"},
                    {"stage": "mql"},
                    {"stage": "sql"},
                    {"stage": "disqualified"},
                    {"owner_email": "ann@seller.example"},
                    {"owner_email": "jon@seller.example"},
                    {"score": 85},
                ]
            )
            await self.tells("lead.updated", id=self.roll.choice(self.leads[-6:]), **told)

    async def call(self) -> None:
        if self.leads:
            at = self.clock.now() - timedelta(minutes=self.roll.choice([0, 1, 20, 300]))
            await self.tells(
                "activity.logged",
                lead_id=self.roll.choice(self.leads[-6:]),
                kind="call",
                direction=self.roll.choice(["outbound", "outbound", "inbound"]),
                outcome=self.roll.choice(["connected", "no_answer"]),
                at=at.isoformat(),
            )

    async def touch(self) -> None:
        if self.leads:
            lead = self.roll.choice(self.leads[-6:])
            now = self.clock.now().isoformat()
            await self.tells("touch.recorded", lead_id=lead, kind="demo_request", at=now)

    async def away(self) -> None:
        who = self.roll.choice(["maya", "jon", "mona"])
        today = self.clock.now().date()
        until = today + timedelta(days=self.roll.randint(-1, 3))
        await self.tells(
            "person.updated",
            email=f"{who}@seller.example",
            away_from=today.isoformat(),
            away_until=until.isoformat(),
        )

    async def restart(self) -> None:
        self.delivery = Delivery(self.office)
        await self.delivery.adopt_orphans()

    async def press(self) -> None:
        """Somebody presses something that a message shows, now and then something that it showed before."""
        every = (
            self.wall.posted
            if self.roll.random() < 0.1
            else [(at, channel, ts, self.wall.shown[ts]) for at, channel, ts, _ in self.wall.posted]
        )
        shown = [(channel, what) for _, channel, _, one in every[-12:] for what in elements(one)]
        if not shown:
            return
        channel, (action, value) = self.roll.choice(shown)
        who = channel.removeprefix("D") if channel.startswith("D") else self.roll.choice([*PEOPLE.values()])
        if self.roll.random() < 0.1:
            who = self.roll.choice([*PEOPLE.values()])
        entry, _, ref = value.partition(":") if action == "lead_menu" else (action, "", value)
        result = await self.answer(entry, Press(ref, who))
        self.log.append(f"   {who} {entry} {ref[:6]} -> {result}")

    def answer(self, entry: str, press: Press) -> Awaitable[Any]:
        """One answer, with whatever its form would hold."""
        now, roll = self.clock.now(), self.roll
        if entry == "log":
            back = now + timedelta(hours=roll.choice([1, 30])) if roll.random() < 0.4 else None
            outcome = "asked_to_be_called" if back else roll.choice(["connected", "no_answer"])
            at = now - timedelta(minutes=roll.choice([0, 5, 240]))
            return answers.log_details(self.office, press, Logged("call", outcome, at, call_back_at=back))
        if entry == "snooze":
            return answers.snooze(self.office, press, now + timedelta(hours=roll.choice([1, 5, 40])))
        if entry == "hand_over":
            return answers.hand_over(self.office, press, roll.choice([*PEOPLE.values()]), "please")
        if entry == "not_a_fit":
            return answers.not_a_fit(self.office, press, "student", None)
        plain = {
            "contacted": answers.answer_contacted,
            "undo": answers.undo,
            "accept": answers.accept,
            "decline": answers.decline,
        }
        return plain[entry](self.office, press)

    async def pass_time(self) -> None:
        """Time passes as it does with the bot running: whatever falls due meanwhile is looked at."""
        end = self.clock.now() + timedelta(minutes=self.roll.choice([1, 7, 30, 120, 300]))
        while True:
            looks = await self.database.read(lambda s: [clock.next_at for clock in clocks.every(s)])
            wake = await self.delivery.next_wake()
            following = [at for at in (*looks, wake) if at is not None and self.clock.now() < at < end]
            if not following:
                break
            self.clock.move_to(min(following))
            await self.settle()
        self.clock.move_to(max(end, self.clock.now()))

    async def sleep(self) -> None:
        """The bot is down for hours or days; or the machine's clock jumps back for a moment and then forth."""
        if self.roll.random() < 0.3:
            now = self.clock.now()
            self.clock.move_to(now - timedelta(minutes=self.roll.choice([5, 60])))
            await self.settle()
            self.clock.move_to(now)
        else:
            self.clock.advance(timedelta(hours=self.roll.choice([3, 20, 70])))

    # --- what follows ---

    async def settle(self) -> None:
        """Apply, sweep and deliver until nothing is due."""
        while True:
            done = await apply.apply_waiting(self.office)
            assert done.failed == 0
            swept = await reminders.sweep(self.office)
            started = await self.delivery.round()
            await self.delivery.finish()
            if done.applied or started or swept.clocks:
                continue
            wake = await self.delivery.next_wake()
            if wake is None or wake > self.clock.now() + timedelta(seconds=2):
                return
            self.clock.move_to(max(wake, self.clock.now() + timedelta(milliseconds=1)))

    # --- the promises ---

    async def check(self) -> None:
        """No step told twice, none outside hours, none lost; every message shows the present truth."""
        try:
            self.within_hours()
            await self.database.read(self.promises)
        except AssertionError as broken:
            raise AssertionError("\n".join([*self.log[-40:], str(broken)])) from broken

    def within_hours(self) -> None:
        for at, channel, _, payload in self.wall.posted[self.looked :]:
            name = channel.removeprefix("DU").lower()
            zone = ZONES.get(name, AGREEMENT.timezone) if channel.startswith("D") else AGREEMENT.timezone
            local = at.astimezone(ZoneInfo(zone))
            open_ = worktime.is_open(AGREEMENT.calendar.in_zone(zone), at)
            feedback = "not a fit" in payload["text"].lower() or "fit" in payload["text"].lower()
            assert open_ or feedback, f"written to {channel} at {local}: {payload['text']}"
        self.looked = len(self.wall.posted)

    def promises(self, session: Session) -> None:
        now = self.clock.now()
        contact_of = {key: min(records.contact_of(session, lead_keys=[key]).lead_keys) for key in self.keys}
        sent = {message.id: message for message in self.of_kind(session, "nudge")}
        for message in sent.values():
            for item in nudges.items_of(session, message.id) if message.ts else ():
                place = contact_of[item.lead_key], item.cycle, item.step
                first = self.sent_with.setdefault(place, message.id)
                assert first == message.id, f"{place} told by {first} and by {message.id}"
        for clock in clocks.every(session):
            self.none_lost(session, clock, sent, now)
            self.none_after_an_answer(session, clock)
        for message in (*sent.values(), *self.of_kind(session, "handover")):
            if message.ts is not None and message.state == "sent":
                prepared = messages.prepare(session, AGREEMENT, message, now)
                assert isinstance(prepared, messages.Ready), prepared
                true, shown = elements(prepared.payload.as_dict()), elements(self.wall.shown[message.ts])
                assert true == shown, f"{message.key} shows {shown} and not {true}\n{prepared.payload.text}"

    @property
    def keys(self) -> list[str]:
        return [f"generic/{lead}" for lead in self.leads]

    def of_kind(self, session: Session, kind: str) -> list[Message]:
        return [message for message in outbox.latest(session, 10_000) if message.kind == kind]

    def none_lost(self, session: Session, clock: Clock, sent: dict[int, Message], now: datetime) -> None:
        """Whatever stands and is due was told, is over by a later step, or waits for the receiver's hours."""
        contact = records.contact_of(session, lead_keys=[clock.lead_key])
        made = {d.step: d for d in clocks.decisions(session, contact.lead_keys) if d.cycle == clock.cycle}
        for step in clock.steps:
            if step.at > now or (clock.quiet_before is not None and step.due_at < clock.quiet_before):
                continue
            assert step.key in made, f"{clock.lead_key} {clock.cycle} {step} was never decided"
            decided = made[step.key]
            if decided.outcome != "queued":
                continue
            message = sent[decided.message_id]
            items = nudges.items_of(session, message.id)
            inside = any(i.lead_key in contact.lead_keys and i.cycle == clock.cycle for i in items)
            if message.ts is not None:
                assert inside, f"{step} of {clock.lead_key} is not in {message.key}"
            elif message.state in {"pending", "retry"}:
                assert message.next_at > now, f"{message.key} waits for nothing: {message.held}"
                assert inside, f"{step} of {clock.lead_key} is not in {message.key}, which waits"
            else:
                asked = Asked("", clock.lead_key, clock.cycle, step.key, step.due_at)
                (line,) = lines_of(session, AGREEMENT, [asked], now, receiver=None)
                assert not line.waits, f"{step} of {clock.lead_key} was dropped with {message.key}"

    def none_after_an_answer(self, session: Session, clock: Clock) -> None:
        """A first contact that was made, and a lead that left, have no step of the agreement any more."""
        contact = records.contact_of(session, lead_keys=[clock.lead_key])
        said = [
            a
            for a in kept.of_leads(session, contact.lead_keys)
            if a.kind in {"contacted", "logged"} and a.at >= clock.started_at
        ]
        first = [step for step in clock.steps if not step.key.startswith((INTENT, "attempt-", "callback-"))]
        asked = [step for step in first if not step.key.startswith(("snoozed-", "declined-"))]
        if clock.ended_at is not None:
            assert clock.steps == ()
        elif clock.stopped_at is not None or (said and clock.cycle == 1):
            assert asked == [], f"{clock} with {said} still asks by {asked}"
