"""Random histories of a small market: a few people, leads and deals, told in partial snapshots full of holes.

Each event is made from one number, so that a history that fails shrinks to the few numbers that matter. Each history
has a theme, which leaves most kinds of events, fields and names out: what remains meets more often.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from bot.sources.events import Event
from bot.sources.schema import read_statement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

START: Final = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)  # a Monday

_PEOPLE: Final = ("ana@seller.example", "ben@seller.example", "cho@seller.example")
_EMAILS: Final = ("dana@prospect.example", "lee@prospect.example", "sam@prospect.example")
_LEADS: Final = ("L1", "L2", "L3", "L4")
_DEALS: Final = ("D1", "D2", "D3")
_MATERIAL: Final = {
    "asset": ("Ebook", "ebook", "WEBINAR", "Webinar"),
    "campaign": ("Spring", "SPRING", "Autumn"),
    "channel": ("paid_search", "Paid_Search", "organic"),
}


_KINDS: Final = (
    ("lead",) * 3
    + ("deal",) * 3
    + (
        "touch",
        "touch",
        "activity",
        "activity",
        "person",
        "campaign",
        "lead_merger",
        "deal_merger",
        "deletion",
    )
)
_FIELDS: Final = (
    *(
        "email",
        "company",
        "owner_email",
        "stage",
        "score",
        "created_at",
        "segment",
        "asset",
        "campaign",
        "channel",
    ),
    *(
        "id",
        "at",
        "kind",
        "direction",
        "outcome",
        "by_email",
        "team",
        "manager_email",
        "name",
        "amount",
        "currency",
    ),
    *("contributors", "contact_emails", "lead_ids", "close_date", "closed_at"),
)


def event(number: int, kind: str, at: str, data: dict[str, Any]) -> Event:
    """An event as the generic source would read it."""
    told = read_statement({"type": kind, "timestamp": at, "data": data})
    return Event(f"e{number:02}", told.type, told.at, told.data)


@st.composite
def histories(draw: Callable[[Any], Any]) -> list[Event]:
    """2 to 26 events about a few people, leads and deals; many of them at the same instants."""
    theme = _Theme(draw(st.integers(0, 2**32)))
    size = draw(st.integers(2, 26))
    seeds = draw(st.lists(st.integers(0, 2**32), min_size=size, max_size=size))
    return [_Teller(theme, seed).event(number) for number, seed in enumerate(seeds)]


@st.composite
def tellings(draw: Callable[[Any], Any], history: list[Event]) -> list[list[Event]]:
    """A history in another order, some of it told twice, in parcels of any size."""
    again = draw(st.lists(st.sampled_from(history), max_size=6))
    order = draw(st.permutations(history + again))
    size = min(draw(st.sampled_from((1, 1, 2, 7, 100))), len(order))
    return [order[start : start + size] for start in range(0, len(order), size)]


def by_time(history: Iterable[Event]) -> list[Event]:
    """A history as it happened."""
    return sorted(history, key=lambda e: (e.at, e.id))


class _Theme:
    """What a history is about: some kinds of events, some fields, a few names, and how often instants coincide."""

    def __init__(self, seed: int) -> None:
        chance = random.Random(seed)
        self.kinds = chance.sample(_KINDS, chance.randint(2, 6))
        self.silent_fields = {name for name in _FIELDS if chance.random() < chance.choice((0.2, 0.5))}
        self.instants = chance.choice((3, 12, 48))
        self.people, self.emails, self.leads, self.deals = (
            names[: chance.randint(2, len(names))] for names in (_PEOPLE, _EMAILS, _LEADS, _DEALS)
        )


class _Teller:
    """Tells one random event of a theme."""

    def __init__(self, theme: _Theme, seed: int) -> None:
        self._theme = theme
        self._random = random.Random(seed)

    def event(self, number: int) -> Event:
        """The event that the seed stands for."""
        kind, data = getattr(self, f"_{self._one(self._theme.kinds)}")()
        return event(number, kind, self._instant(), data)

    def _one(self, values: Sequence[Any]) -> Any:
        return self._random.choice(values)

    def _some(self, values: Sequence[Any]) -> list[Any]:
        return self._random.sample(values, self._random.randint(0, 2))

    def _instant(self) -> str:
        return (START + self._random.randint(0, self._theme.instants) * timedelta(hours=5)).isoformat()

    def _moment(self) -> str:
        day = (START + timedelta(days=self._random.randint(0, 14))).date().isoformat()
        return self._one((self._instant(), day))

    def _perhaps(self, **fields: Any) -> dict[str, Any]:
        """Some of the fields: most are left out or have a value, a few are cleared."""
        found = {}
        for name, value in fields.items():
            chance = self._random.random() if name not in self._theme.silent_fields else 1
            if chance < 0.12:
                found[name] = None
            elif chance < 0.55:
                found[name] = value() if callable(value) else self._one(value)
        return found

    def _person(self) -> tuple[str, dict[str, Any]]:
        known = self._perhaps(
            name=("Ana", "Ben"), team=("north", "north", "south"), manager_email=self._theme.people
        )
        return "person.updated", {"email": self._one(self._theme.people), **known}

    def _campaign(self) -> tuple[str, dict[str, Any]]:
        known = self._perhaps(
            channel=_MATERIAL["channel"],
            assets=lambda: self._some(_MATERIAL["asset"]),
            starts_on=("2026-11-03",),
        )
        return "campaign.updated", {"name": self._one(_MATERIAL["campaign"]), **known}

    def _lead(self) -> tuple[str, dict[str, Any]]:
        known = self._perhaps(
            email=self._theme.emails,
            company=("Northwind", "Globex"),
            owner_email=self._theme.people,
            stage=("lead", "mql", "mql", "sql", "customer", "disqualified"),
            score=(10, 80, 95),
            created_at=self._moment,
            segment=("smb", "enterprise"),
            **_MATERIAL,
        )
        return self._one(("lead.created", "lead.updated")), {"id": self._one(self._theme.leads), **known}

    def _act(self, **known: Any) -> dict[str, Any]:
        whose = {"lead_id": self._one(self._theme.leads), "email": self._one(self._theme.emails)}
        for name in self._one(((), ("lead_id",), ("email",))):
            del whose[name]
        return whose | self._perhaps(id=("A1", "A2", "A3"), at=self._instant, **known)

    def _touch(self) -> tuple[str, dict[str, Any]]:
        return "touch.recorded", self._act(kind=("webinar", "visit"), **_MATERIAL)

    def _activity(self) -> tuple[str, dict[str, Any]]:
        return "activity.logged", self._act(
            kind=("call", "email"),
            direction=("outbound", "inbound"),
            outcome=("connected", "no_answer", "automatic"),
            by_email=self._theme.people,
        )

    def _deal(self) -> tuple[str, dict[str, Any]]:
        known = self._perhaps(
            amount=("1000", "2500.50", "-10", "0"),
            currency=("USD", "EUR", "JPY", "ABC"),
            owner_email=self._theme.people,
            contributors=lambda: [{"email": email} for email in self._some(self._theme.people)],
            contact_emails=lambda: self._some(self._theme.emails),
            lead_ids=lambda: self._some(self._theme.leads),
            stage=("prospecting", "engaging", "Won", "lost", "strange"),
            created_at=self._moment,
            close_date=self._moment,
            closed_at=self._moment,
            kind=("new", "renewal"),
            segment=("smb", "enterprise"),
        )
        verb = self._one(("created", "updated", "updated", "won", "won", "lost", "reopened"))
        return f"deal.{verb}", {"id": self._one(self._theme.deals), **known}

    def _lead_merger(self) -> tuple[str, dict[str, Any]]:
        survivor, gone = self._random.sample(self._theme.leads, 2)
        return "lead.merged", {"id": survivor, "merged_from": [gone]}

    def _deal_merger(self) -> tuple[str, dict[str, Any]]:
        survivor, gone = self._random.sample(self._theme.deals, 2)
        return "deal.merged", {"id": survivor, "merged_from": [gone]}

    def _deletion(self) -> tuple[str, dict[str, Any]]:
        kind, ids = self._one((("lead", self._theme.leads), ("deal", self._theme.deals)))
        return f"{kind}.deleted", {"id": self._one(ids)}
