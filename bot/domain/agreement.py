"""What sales and marketing agreed on, as values. Read from `agreement.toml` by `bot.agreement`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Literal

from bot.domain.worktime import Calendar

if TYPE_CHECKING:
    from collections.abc import Mapping

StageClass = Literal["open", "won", "lost", "unknown"]

_OFFICE_HOURS: Final = ((540, 1020),)
DEFAULT_CALENDAR: Final = Calendar(zone="UTC", weekly=(*(_OFFICE_HOURS,) * 5, (), ()))


def fold(text: str) -> str:
    """The form in which channels, assets, campaigns and stages are compared: no case, no surrounding space."""
    return " ".join(text.split()).casefold()


@dataclass(frozen=True, slots=True)
class Stages:
    """The deal stages as the CRM writes them. Names are kept as written; comparison is by `fold`."""

    open: tuple[str, ...] = ("prospecting", "engaging")
    won: tuple[str, ...] = ("won", "closedwon")
    lost: tuple[str, ...] = ("lost", "closedlost")
    probability: Mapping[str, Decimal] = field(
        default_factory=lambda: {"prospecting": Decimal("0.1"), "engaging": Decimal("0.3")}
    )
    """Chance of winning by folded stage name, 0 to 1."""

    def classify(self, stage: str | None) -> StageClass:
        """Open, won or lost; `unknown` for a stage that the agreement does not name (kept and listed)."""
        if stage is None:
            return "unknown"
        name = fold(stage)
        for kind, names in (("open", self.open), ("won", self.won), ("lost", self.lost)):
            if name in (fold(known) for known in names):
                return kind  # type: ignore[return-value]  # the tuple's literals are the three classes
        return "unknown"

    def rank(self, stage: str | None) -> int:
        """How far along a stage is: unknown first, then the open ones in order, lost, won."""
        if stage is None:
            return -2
        name = fold(stage)
        order = [fold(known) for known in self.open]
        if name in order:
            return order.index(name)
        return {"lost": len(order), "won": len(order) + 1}.get(self.classify(stage), -1)


@dataclass(frozen=True, slots=True)
class When:
    """The condition of a tier: all that is given must hold, a list means any of. Texts are compared by `fold`."""

    min_score: Decimal | None = None
    channel: tuple[str, ...] = ()
    campaign: tuple[str, ...] = ()
    asset: tuple[str, ...] = ()
    stage: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    segment: tuple[str, ...] = ()
    team: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tier:
    """What was promised for one kind of lead. Hours are working hours but for `min_gap` (wall clock)."""

    name: str = "all"
    when: When | None = None
    first_contact: timedelta = timedelta(hours=4)
    attempts: int = 1
    spacing: tuple[timedelta, ...] = (timedelta(hours=8),)
    within: timedelta = timedelta(hours=40)
    min_gap: timedelta = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class ContactRule:
    """Which activities are a contact attempt: outbound, not automatic, of one of these kinds."""

    counts: tuple[str, ...] = ("call", "email", "meeting", "message")
    owner_word_counts: bool = True


@dataclass(frozen=True, slots=True)
class Step:
    """One reminder of a clock: `at` is `at_risk`, `breach` or a share of the target after the breach (`breach+50%`)."""

    at: str
    to: str
    offer: str | None = None

    @property
    def key(self) -> str:
        """The step's name in keys; each (lead, cycle, step) is sent at most once, ever."""
        return f"{self.at}:{self.to}"

    def share(self, at_risk: Decimal) -> Decimal:
        """The part of the target, in working time, after which the step is due (1 = the due instant)."""
        if self.at == "at_risk":
            return at_risk
        if self.at == "breach":
            return Decimal(1)
        return Decimal(1) + Decimal(self.at.removeprefix("breach+").removesuffix("%")) / 100


DEFAULT_STEPS: Final = (
    Step("at_risk", "owner"),
    Step("breach", "owner"),
    Step("breach+50%", "manager"),
    Step("breach+100%", "channel", offer="hand over"),
)


@dataclass(frozen=True, slots=True)
class Reminders:
    """How owners are reminded. `channel` takes what has no owner, manager or Slack account."""

    channel: str = "#sales-ops"
    on_assignment: bool = False
    at_risk: Decimal = Decimal("0.75")
    steps: tuple[Step, ...] = DEFAULT_STEPS
    max_per_person_per_day: int = 6
    bundle: timedelta = timedelta(minutes=5)
    max_snoozes: int = 3
    not_a_fit: tuple[str, ...] = ("wrong industry", "no budget", "student", "duplicate", "spam")


@dataclass(frozen=True, slots=True)
class Route:
    """Another channel for wins that fit: all that is given must hold. Texts are compared by `fold`."""

    channel: str
    min_amount: Decimal | None = None
    """In the agreement's currency."""
    kind: str | None = None
    segment: tuple[str, ...] = ()
    team: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Goal:
    """What a team (None: everybody) wants to win in each period, in the agreement's currency."""

    period: str
    amount: Decimal
    team: str | None = None


@dataclass(frozen=True, slots=True)
class Wins:
    """Where wins are told, and until when a win first seen now is told at all (`fresh`, else booked silently).

    One under `minimum` (by its size, in the agreement's currency) gets no card. More than `group_after` within a
    minute become one message.
    """

    channel: str = "#wins"
    fresh: timedelta = timedelta(days=7)
    minimum: Decimal = Decimal(0)
    routes: tuple[Route, ...] = ()
    goals: tuple[Goal, ...] = ()
    group_after: int = 5
    rank_people: bool = False
    shown: Literal["company", "contact", "none"] = "company"
    """What a channel shows of the customer."""


@dataclass(frozen=True, slots=True)
class CreditRule:
    """How a win's money is shared among the touches (facts: attribution models), and among people.

    `contributors` are the shares of those who helped, by folded role, where the deal does not tell one.
    """

    model: str = "position"
    position: tuple[Decimal, Decimal] = (Decimal("0.4"), Decimal("0.4"))
    half_life_days: int = 30
    lookback_days: int = 90
    contributors: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Promise:
    """Marketing's side: so many leads, or leads worth so much, each period, through a channel (`all`: through any)."""

    period: str
    channel: str = "all"
    leads: int | None = None
    value: Decimal | None = None
    """In the agreement's currency."""


@dataclass(frozen=True, slots=True)
class Rate:
    """One unit of `currency` is worth `rate` units of the agreement's currency from day `since` on (None: ever)."""

    currency: str
    rate: Decimal
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """The whole agreement. All defaults are those of the public contract."""

    name: str = "Our agreement"
    timezone: str = "UTC"
    currency: str = "USD"
    admins: tuple[str, ...] = ()
    rates: tuple[Rate, ...] = ()
    calendar: Calendar = DEFAULT_CALENDAR
    stages: Stages = field(default_factory=Stages)
    tiers: tuple[Tier, ...] = (Tier(),)
    contact: ContactRule = ContactRule()
    reminders: Reminders = Reminders()
    wins: Wins = Wins()
    credit: CreditRule = CreditRule()
    promises: tuple[Promise, ...] = ()
    digest_channel: str | None = None
    earlier: tuple[tuple[datetime, Agreement], ...] = field(default=(), compare=False, repr=False)
    """The agreements before this one, oldest first, each with the instant (UTC) at which it was replaced."""

    @property
    def team_channel(self) -> str:
        """Where both sides read what concerns them all: the digests' channel, else the reminders'."""
        return self.digest_channel or self.reminders.channel

    def as_of(self, instant: datetime) -> Agreement:
        """The agreement that was in force at an instant; the first one before that."""
        return next((version for until, version in self.earlier if instant < until), self)

    def rate_on(self, currency: str, day: date) -> Decimal | None:
        """The rate into the agreement's currency in force on `day`; 1 for that currency itself, None if unknown."""
        if currency == self.currency:
            return Decimal(1)
        known = [r for r in self.rates if r.currency == currency and (r.since is None or r.since <= day)]
        return max(known, key=lambda r: r.since or date.min).rate if known else None
