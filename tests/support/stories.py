"""Random histories of a small market: a few people, leads and deals, told in partial snapshots full of holes.

Each event is made from one number, so that a history that fails shrinks to the few numbers that matter.
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


def event(number: int, kind: str, at: str, data: dict[str, Any]) -> Event:
    """An event as the generic source would read it."""
    told = read_statement({"type": kind, "timestamp": at, "data": data})
    return Event(f"e{number:02}", told.type, told.at, told.data)


@st.composite
def histories(draw: Callable[[Any], Any]) -> list[Event]:
    """2 to 26 events about a few people, leads and deals; many of them at the same instants."""
    size = draw(st.integers(2, 26))
    seeds = draw(st.lists(st.integers(0, 2**32), min_size=size, max_size=size))
    return [_Teller(seed).event(number) for number, seed in enumerate(seeds)]


@st.composite
def tellings(draw: Callable[[Any], Any], history: list[Event]) -> list[list[Event]]:
    """A history in another order, some of it told twice, in parcels of any size."""
    again = draw(st.lists(st.sampled_from(history), max_size=6))
    order = draw(st.permutations(history + again))
    size = draw(st.integers(1, len(order)))
    return [order[start : start + size] for start in range(0, len(order), size)]


def by_time(history: Iterable[Event]) -> list[Event]:
    """A history as it happened."""
    return sorted(history, key=lambda e: (e.at, e.id))


class _Teller:
    """Tells one random event."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def event(self, number: int) -> Event:
        """The event that the seed stands for."""
        often = (self._lead, self._lead, self._deal, self._deal, self._touch, self._activity)
        seldom = (self._person, self._campaign, self._merger, self._deletion)
        kind, data = self._one(often * 2 + seldom)()
        return event(number, kind, self._instant(), data)

    def _one(self, values: Sequence[Any]) -> Any:
        return self._random.choice(values)

    def _some(self, values: Sequence[Any]) -> list[Any]:
        return self._random.sample(values, self._random.randint(0, 2))

    def _instant(self) -> str:
        return (START + self._random.randint(0, 48) * timedelta(hours=5)).isoformat()

    def _moment(self) -> str:
        day = (START + timedelta(days=self._random.randint(0, 14))).date().isoformat()
        return self._one((self._instant(), day))

    def _perhaps(self, **fields: Any) -> dict[str, Any]:
        """Some of the fields: most are left out or have a value, a few are cleared."""
        found = {}
        for name, value in fields.items():
            chance = self._random.random()
            if chance < 0.12:
                found[name] = None
            elif chance < 0.55:
                found[name] = value() if callable(value) else self._one(value)
        return found

    def _person(self) -> tuple[str, dict[str, Any]]:
        known = self._perhaps(name=("Ana", "Ben"), team=("north", "north", "south"), manager_email=_PEOPLE)
        return "person.updated", {"email": self._one(_PEOPLE), **known}

    def _campaign(self) -> tuple[str, dict[str, Any]]:
        known = self._perhaps(
            channel=_MATERIAL["channel"],
            assets=lambda: self._some(_MATERIAL["asset"]),
            starts_on=("2026-11-03",),
        )
        return "campaign.updated", {"name": self._one(_MATERIAL["campaign"]), **known}

    def _lead(self) -> tuple[str, dict[str, Any]]:
        known = self._perhaps(
            email=_EMAILS,
            company=("Northwind", "Globex"),
            owner_email=_PEOPLE,
            stage=("lead", "mql", "mql", "customer", "disqualified"),
            score=(10, 80, 95),
            created_at=self._moment,
            segment=("smb", "enterprise"),
            **_MATERIAL,
        )
        return self._one(("lead.created", "lead.updated")), {"id": self._one(_LEADS), **known}

    def _act(self, **known: Any) -> dict[str, Any]:
        whose = {"lead_id": self._one(_LEADS), "email": self._one(_EMAILS)}
        for name in self._one(((), ("lead_id",), ("email",))):
            del whose[name]
        return whose | self._perhaps(id=("A1", "A2", "A3"), at=self._instant, **known)

    def _touch(self) -> tuple[str, dict[str, Any]]:
        return "touch.recorded", self._act(kind=("webinar", "visit"), **_MATERIAL)

    def _activity(self) -> tuple[str, dict[str, Any]]:
        return "activity.logged", self._act(
            kind=("call", "email"),
            direction=("outbound", "inbound"),
            outcome=("connected", "automatic"),
            by_email=_PEOPLE,
        )

    def _deal(self) -> tuple[str, dict[str, Any]]:
        known = self._perhaps(
            amount=("1000", "2500.50", "-10", "0"),
            currency=("USD", "EUR", "JPY", "ABC"),
            owner_email=_PEOPLE,
            contributors=lambda: [{"email": email} for email in self._some(_PEOPLE)],
            contact_emails=lambda: self._some(_EMAILS),
            lead_ids=lambda: self._some(_LEADS),
            stage=("prospecting", "engaging", "Won", "lost", "strange"),
            created_at=self._moment,
            close_date=self._moment,
            closed_at=self._moment,
            kind=("new", "renewal"),
            segment=("smb", "enterprise"),
        )
        verb = self._one(("created", "updated", "updated", "won", "won", "lost", "reopened"))
        return f"deal.{verb}", {"id": self._one(_DEALS), **known}

    def _merger(self) -> tuple[str, dict[str, Any]]:
        kind, ids = self._one((("lead", _LEADS), ("deal", _DEALS)))
        survivor, *gone = self._random.sample(ids, self._one((2, 2, 3)))
        return f"{kind}.merged", {"id": survivor, "merged_from": gone}

    def _deletion(self) -> tuple[str, dict[str, Any]]:
        kind, ids = self._one((("lead", _LEADS), ("deal", _DEALS)))
        return f"{kind}.deleted", {"id": self._one(ids)}
