"""Sample events for the page: what a CRM would tell the bot, one click away, each made afresh when it is chosen."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.playground.requests import Sample
from bot.playground.story import CALCULATOR, CUSTOMERS, DEMO, EXPANSION, JON, MAYA, YUKI, called, event, text

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.playground.story import Piece

Event = dict[str, Any]
_FIRST_NUMBER = 500
_OFFERED = {"amount": "19900.00", "currency": "USD"}
_IN_DOLLARS = {"amount": "23100.00", "currency": "USD"}
_IN_EUROS = {"amount": "21250.00", "currency": "EUR"}


class _Crm:
    """Remembers the deal and the lead that the last samples told of; the next ones go on with them."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._numbers = itertools.count(_FIRST_NUMBER)
        self._deal, self._is_open = "D-19", False
        self._correct = _IN_EUROS
        self._lead, self._email = "L-207", "mira@lantern.example"

    def opens(self) -> Event:
        self._is_open, self._correct = True, _IN_DOLLARS
        now = self._now()
        return event("deal.created", now, **self._expansion(now), stage="proposal", **_OFFERED)

    def won(self) -> Event:
        now = self._now()
        deal = {"id": self._deal}
        if not self._is_open:
            self._correct = _IN_EUROS
            deal = {**self._expansion(now), "amount": "18400.00", "currency": "EUR"}
        self._is_open = False
        return event("deal.won", now, **deal, closed_at=text(now))

    def corrected(self) -> Event:
        return event("deal.updated", self._now(), id=self._deal, **self._correct)

    def reopened(self) -> Event:
        return event("deal.reopened", self._now(), id=self._deal, stage="negotiation")

    def won_again(self) -> Event:
        return event("deal.won", self._now(), id=self._deal, closed_at=text(self._now()))

    def won_in_euros(self) -> Event:
        self._correct = _IN_EUROS
        now = self._now()
        return event("deal.won", now, id=self._deal, amount="20500.00", currency="EUR", closed_at=text(now))

    def churned(self) -> Event:
        now = self._now()
        return event("deal.updated", now, id=self._deal, churned_at=text(now))

    def _expansion(self, now: datetime) -> Event:
        """A new deal of a customer who has bought before."""
        self._deal = f"D-{next(self._numbers)}"
        customer = CUSTOMERS[EXPANSION]
        return {
            "id": self._deal,
            "name": f"{customer.company} expansion",
            "owner_email": MAYA,
            "kind": "expansion",
            "contact_emails": [customer.email],
            "lead_ids": [f"L-{EXPANSION}"],
            "contributors": [{"email": YUKI, "role": "sales engineer"}],
            "created_at": text(now - timedelta(days=21)),
        }

    def deleted(self) -> Event:
        return event("deal.deleted", self._now(), id=self._deal)

    def arrives(self) -> Event:
        number = next(self._numbers)
        self._lead, self._email = f"L-{number}", f"otto{number}@brightfield.example"
        return self._lead_event(self._now(), DEMO, owner_email=None)

    def assigned(self) -> Event:
        return event("lead.updated", self._now(), id=self._lead, owner_email=MAYA)

    def soon(self) -> Event:
        number = next(self._numbers)
        self._lead, self._email = f"L-{number}", f"otto{number}@brightfield.example"
        return self._lead_event(self._now() - timedelta(minutes=44, seconds=50), DEMO, owner_email=MAYA)

    def hot(self) -> Event:
        number = next(self._numbers)
        self._lead, self._email = f"L-{number}", f"otto{number}@brightfield.example"
        return self._lead_event(self._now(), DEMO, owner_email=JON, score=92)

    def asks(self) -> Event:
        now = self._now()
        what = {"asset": DEMO.asset, "channel": DEMO.channel, "kind": DEMO.kind}
        return event("touch.recorded", now, email=self._email, at=text(now), **what)

    def given_up(self) -> Event:
        return event("lead.updated", self._now(), id=self._lead, stage="disqualified")

    def is_back(self) -> Event:
        return event("lead.updated", self._now(), id=self._lead, stage="mql")

    def called(self) -> Event:
        return called(self._lead, MAYA, self._now())

    def comes_back(self) -> Event:
        self._lead = f"L-{next(self._numbers)}"
        return self._lead_event(self._now(), CALCULATOR, owner_email=MAYA)

    def away(self) -> Event:
        now = self._now()
        days = {
            "away_from": now.date().isoformat(),
            "away_until": (now + timedelta(days=2)).date().isoformat(),
        }
        return event("person.updated", now, email=MAYA, **days, delegate_email=JON)

    def back(self) -> Event:
        return event("person.updated", self._now(), email=MAYA, away_from=None, away_until=None)

    def spend(self) -> Event:
        now = self._now()
        spent = [{"on": now.date().isoformat(), "amount": "320.00", "currency": "EUR"}]
        return event("campaign.updated", now, name="Spring launch", spend=spent)

    def shouts(self) -> Event:
        now = self._now()
        name = "<!channel> `rm` *bold* & more"
        deal = {"id": f"D-{next(self._numbers)}", "name": name, "amount": "1", "currency": "EUR"}
        return event("deal.won", now, **deal, owner_email=JON, closed_at=text(now))

    def _lead_event(self, came: datetime, piece: Piece, **more: Any) -> Event:
        data = {
            "id": self._lead,
            "name": "Otto Klee",
            "company": "Brightfield Solar",
            "email": self._email,
            "asset": piece.asset,
            "campaign": piece.campaign,
            "channel": piece.channel,
            "stage": "mql",
            "created_at": text(came),
        }
        return event("lead.created", self._now(), **data, **more)


def samples(now: Callable[[], datetime]) -> tuple[Sample, ...]:
    """The sample events; `now` is the bot's clock."""
    crm = _Crm(now)
    return (
        Sample(
            "Deal opens", "A deal in dollars, not won yet: it is in /pipeline, and nobody is told", crm.opens
        ),
        Sample("Deal won", "The deal that opened, else a new one, is closed-won: a card in #wins", crm.won),
        Sample("Amount corrected", "The last deal's amount is another: its card is corrected", crm.corrected),
        Sample("Deal reopened", "The last deal is open again: its card is marked", crm.reopened),
        Sample("Deal won again", "The last deal is won after all: a new card that says so", crm.won_again),
        Sample(
            "Deal won again in euros",
            "The last deal is won after all, for another amount: a new card, in its currency",
            crm.won_in_euros,
        ),
        Sample(
            "Customer leaves", "The last deal has churned: /wins counts it, and keeps nothing", crm.churned
        ),
        Sample("Deal deleted", "The last deal is gone from the CRM: its card is marked", crm.deleted),
        Sample("Lead arrives", "A demo request that nobody owns yet; its hour begins", crm.arrives),
        Sample("Lead is assigned", "The last lead is Maya's now", crm.assigned),
        Sample(
            "Lead about to wait too long",
            "In ten seconds three quarters of its hour are over: Maya gets a reminder",
            crm.soon,
        ),
        Sample(
            "Lead is called", "The CRM logs a call to the last lead: its reminder settles itself", crm.called
        ),
        Sample(
            "Lead comes back",
            "The same address again, by another way: one contact, one clock",
            crm.comes_back,
        ),
        Sample("Hot lead for Jon", "Score 92; while Jon is away, who stands in for him is told", crm.hot),
        Sample("Lead asks for a demo", "The last lead touches again: its owner is told at once", crm.asks),
        Sample("Lead is disqualified", "Sales gives the last lead up: nothing more is due", crm.given_up),
        Sample("Lead is back in sales", "The last lead is an MQL again: a new clock begins", crm.is_back),
        Sample("Maya is away", "Until the day after tomorrow, what is for her goes to Jon", crm.away),
        Sample("Maya is back", "What is for Maya goes to Maya again", crm.back),
        Sample("Campaign spend", "What a campaign cost on a day", crm.spend),
        Sample("A name that tries to shout", "A customer called <!channel> pings nobody", crm.shouts),
    )
