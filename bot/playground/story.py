"""The seeded story of the local workspace: a made-up company, its people, eight weeks of history, leads that wait."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from bot.playground.page import Sample

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

AGREEMENT: Final = """\
name = "Fernwood growth agreement"
timezone = "Europe/Berlin"
currency = "EUR"
admins = ["ops@fernwood.example"]
conversion = { USD = "0.92" }

[hours]
always = true            # in the demo it is always working time

[stages]
open = ["discovery", "proposal", "negotiation"]
won = ["won"]
lost = ["lost"]
probability = { discovery = 0.1, proposal = 0.4, negotiation = 0.7 }

[[tier]]
name = "everyone"
first_contact_hours = 1

[reminders]
channel = "#sales-ops"
steps = [ { at = "at_risk", to = "owner" }, { at = "breach", to = "owner" } ]

[wins]
channel = "#wins"
"""

PEOPLE: Final = (
    ("maya.okafor@fernwood.example", "Maya Okafor", "sales", "Europe/Berlin"),
    ("jon.park@fernwood.example", "Jon Park", "sales", "America/New_York"),
    ("yuki.tanaka@fernwood.example", "Yuki Tanaka", "sales", "Asia/Tokyo"),
    ("rui.costa@fernwood.example", "Rui Costa", "manager", "Europe/Lisbon"),
    ("lena.brandt@fernwood.example", "Lena Brandt", "marketing", "Europe/Berlin"),
    ("ops@fernwood.example", "Noor Haddad", "manager", "Europe/Berlin"),
)
MAYA, JON, YUKI = (email for email, _, role, _ in PEOPLE if role == "sales")

_COMPANIES: Final = (
    ("Northwind Robotics", "Dana Reyes", "dana@northwind.example"),
    ("Alder & Ash", "Tomas Berg", "tomas@alderash.example"),
    ("Blue Harbour", "Priya Nair", "priya@blueharbour.example"),
    ("Kestrel Foods", "Ola Lind", "ola@kestrel.example"),
    ("Marigold Clinics", "Ines Duarte", "ines@marigold.example"),
    ("Quarry Lane", "Sam Whitfield", "sam@quarrylane.example"),
    ("Tidewater Freight", "Hana Sato", "hana@tidewater.example"),
    ("Vantage Optics", "Luc Moreau", "luc@vantage.example"),
)
_ASSETS: Final = (
    ("Warehouse automation ebook", "spring-launch", "paid_search", "download"),
    ("Robot picking webinar", "autumn-webinars", "email", "webinar"),
    ("Demo request", None, "organic", "demo_request"),
    ("Fleet calculator", "spring-launch", "organic", "visit"),
)
_STAGES: Final = ("discovery", "proposal", "negotiation", "won", "lost", "won", "discovery", "proposal")


def history(now: datetime) -> Iterator[dict[str, Any]]:
    """What happened before the demo starts: brought in silently, like an import."""
    for email, name, role, zone in PEOPLE:
        manager = "rui.costa@fernwood.example" if role == "sales" else None
        data = {
            "email": email,
            "name": name,
            "role": role,
            "timezone": zone,
            "manager_email": manager,
            "team": "Europe",
        }
        yield _event("person.updated", now - timedelta(days=60), **data)
    for number, (company, name, email) in enumerate(_COMPANIES):
        owner = (MAYA, JON, YUKI)[number % 3]
        came = now - timedelta(days=56 - 6 * number, hours=number)
        asset, campaign, channel, _ = _ASSETS[number % 4]
        lead: dict[str, Any] = {
            "id": f"L-{number}",
            "name": name,
            "email": email,
            "company": company,
            "owner_email": owner,
        }
        lead |= {
            "asset": asset,
            "campaign": campaign,
            "channel": channel,
            "stage": "sql",
            "created_at": _text(came),
        }
        yield _event("lead.created", came, **lead)
        call = {
            "lead_id": f"L-{number}",
            "kind": "call",
            "direction": "outbound",
            "outcome": "connected",
            "by_email": owner,
        }
        yield _event("activity.logged", came + timedelta(minutes=25), **call)
        for step, (touched, named, way, kind) in enumerate(_ASSETS[: 1 + number % 3]):
            touch = {"email": email, "asset": touched, "campaign": named, "channel": way, "kind": kind}
            at = came + timedelta(days=2 + step)
            yield _event("touch.recorded", at, at=_text(at), **touch)
        closed = came + timedelta(days=10 + number)
        deal: dict[str, Any] = {
            "id": f"D-{number}",
            "name": f"{company} rollout",
            "owner_email": owner,
            "kind": "new",
        }
        deal |= {
            "amount": str(7500 + 2150 * number),
            "currency": "EUR" if number % 3 else "USD",
            "stage": _STAGES[number],
        }
        deal |= {"contact_emails": [email], "lead_ids": [f"L-{number}"], "created_at": _text(came)}
        if _STAGES[number] in {"won", "lost"}:
            deal["closed_at"] = _text(closed)
        yield _event("deal.updated", closed, **deal)


def opening(now: datetime) -> Iterator[dict[str, Any]]:
    """What happens as the demo opens: a win to see, a lead that waits, one whose promise is about to run out."""
    yield _event(
        "deal.won", now, id="D-2", closed_at=_text(now), contributors=[{"email": JON, "role": "sdr"}]
    )
    soon = now - timedelta(minutes=44, seconds=50)
    lead = {
        "name": "Freya Holm",
        "company": "Saltmarsh Energy",
        "email": "freya@saltmarsh.example",
        "owner_email": MAYA,
    }
    asset = {"asset": "Warehouse automation ebook", "channel": "paid_search", "stage": "mql"}
    yield _event("lead.created", soon, id="L-100", created_at=_text(soon), **lead, **asset)
    fresh = now - timedelta(minutes=5)
    lead = {
        "name": "Arun Patel",
        "company": "Copperfield",
        "email": "arun@copperfield.example",
        "owner_email": JON,
    }
    asset = {"asset": "Robot picking webinar", "channel": "email", "stage": "mql"}
    yield _event("lead.created", fresh, id="L-101", created_at=_text(fresh), **lead, **asset)


def samples(now: Callable[[], datetime]) -> tuple[Sample, ...]:
    """Sample events for the page, each made afresh when it is chosen."""
    numbers = itertools.count(200)
    latest: dict[str, str] = {"deal": "D-2", "lead": "L-101"}

    def won() -> dict[str, Any]:
        number = next(numbers)
        latest["deal"] = f"D-{number}"
        deal = {
            "name": "Vantage Optics expansion",
            "amount": "18400.00",
            "currency": "EUR",
            "owner_email": MAYA,
        }
        people = {
            "contact_emails": ["luc@vantage.example"],
            "lead_ids": ["L-7"],
            "contributors": [{"email": YUKI, "role": "sales engineer"}],
        }
        days = {"created_at": _text(now() - timedelta(days=21)), "closed_at": _text(now())}
        return _event("deal.won", now(), id=latest["deal"], kind="new", **deal, **people, **days)

    def lead_soon() -> dict[str, Any]:
        number = next(numbers)
        latest["lead"] = f"L-{number}"
        came = now() - timedelta(minutes=59, seconds=50)
        lead = {"name": "Mira Solberg", "company": "Lantern Works", "email": f"mira{number}@lantern.example"}
        return _event(
            "lead.created",
            now(),
            id=latest["lead"],
            created_at=_text(came),
            owner_email=MAYA,
            asset="Fleet calculator",
            **lead,
        )

    return (
        Sample("Deal won", "A deal is closed-won: a card in #wins", won),
        Sample(
            "Amount corrected",
            "The last deal's amount is another: its card is corrected",
            lambda: _event("deal.updated", now(), id=latest["deal"], amount="21250.00", currency="EUR"),
        ),
        Sample(
            "Deal reopened",
            "The last deal is open again: its card is marked",
            lambda: _event("deal.reopened", now(), id=latest["deal"], stage="negotiation"),
        ),
        Sample(
            "Deal won again",
            "The last deal is won after all: a new card that says so",
            lambda: _event("deal.won", now(), id=latest["deal"], closed_at=_text(now())),
        ),
        Sample(
            "Lead about to wait too long",
            "Its promise runs out in ten seconds: Maya gets a reminder",
            lead_soon,
        ),
        Sample(
            "Call logged in the CRM",
            "The last lead was called: its reminder settles itself",
            lambda: _event(
                "activity.logged",
                now(),
                lead_id=latest["lead"],
                kind="call",
                direction="outbound",
                outcome="connected",
                by_email=MAYA,
            ),
        ),
        Sample(
            "A name that tries to shout",
            "A customer called <!channel> pings nobody",
            lambda: _event(
                "deal.won",
                now(),
                id=f"D-{next(numbers)}",
                name="<!channel> `rm` *bold* & more",
                amount="1",
                currency="EUR",
                owner_email=JON,
                closed_at=_text(now()),
            ),
        ),
    )


def _event(what: str, when: datetime, /, **data: Any) -> dict[str, Any]:
    return {"type": what, "timestamp": _text(when), "data": data}


def _text(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
