"""The story of the local workspace: Fernwood, a made-up company; its people, its agreement, eight weeks of its past.

Every address ends in `.example`. All times are told in working days before the morning on which the story opens.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from bot.domain.when import wall_to_instant, zone_named

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

ZONE: Final = "Europe/Berlin"
OPENS_AT: Final = time(10, 0)
"""The wall time at which the story opens, on a working morning."""

AGREEMENT: Final = """\
name = "Fernwood growth agreement"
timezone = "Europe/Berlin"
currency = "EUR"
admins = ["noor.haddad@fernwood.example"]
conversion = { USD = "0.92", GBP = "1.17", JPY = "0.0061" }

[hours]
mon = ["09:00-17:30"]
tue = ["09:00-17:30"]
wed = ["09:00-17:30"]
thu = ["09:00-17:30"]
fri = ["09:00-17:30"]
sat = []
sun = []

[stages]
open = ["discovery", "proposal", "negotiation"]
won = ["won"]
lost = ["lost"]
probability = { discovery = 0.1, proposal = 0.4, negotiation = 0.7 }

[[tier]]
name = "asked for a demo"
when = { asset = "Demo request" }
first_contact_hours = 1

[[tier]]
name = "everyone"
first_contact_hours = 2

[reminders]
channel = "#sales-ops"
steps = [ { at = "at_risk", to = "owner" }, { at = "breach", to = "owner" } ]

[wins]
channel = "#wins"
"""


class Person(NamedTuple):
    """Somebody at Fernwood. `role` is one of an event's roles; the operator has none."""

    email: str
    name: str
    role: str | None
    zone: str
    team: str | None


PEOPLE: Final = (
    Person("maya.okafor@fernwood.example", "Maya Okafor", "sales", "Europe/Berlin", "Europe"),
    Person("jon.park@fernwood.example", "Jon Park", "sales", "America/New_York", "Americas"),
    Person("yuki.tanaka@fernwood.example", "Yuki Tanaka", "sales", "Asia/Tokyo", "Asia"),
    Person("rui.costa@fernwood.example", "Rui Costa", "manager", "Europe/Lisbon", None),
    Person("lena.brandt@fernwood.example", "Lena Brandt", "marketing", "Europe/Berlin", None),
    Person("amara.diallo@fernwood.example", "Amara Diallo", "marketing", "Europe/London", None),
    Person("noor.haddad@fernwood.example", "Noor Haddad", None, "Europe/Berlin", None),
)
MAYA, JON, YUKI = (person.email for person in PEOPLE if person.role == "sales")
MANAGER = "rui.costa@fernwood.example"
OPERATOR = "noor.haddad@fernwood.example"


class Piece(NamedTuple):
    """A piece of marketing: its name, the campaign it belongs to, the channel people come by, the kind of touch."""

    asset: str
    campaign: str | None
    channel: str
    kind: str


EBOOK = Piece("Warehouse automation ebook", "Spring launch", "paid_search", "download")
WEBINAR = Piece("Robot picking webinar", "Autumn webinars", "email", "webinar")
DEMO = Piece("Demo request", None, "organic", "demo_request")
CALCULATOR = Piece("Fleet calculator", "Spring launch", "organic", "visit")
FAIR = Piece("Logistics fair Hamburg", "Trade fairs", "event", "event")
_PIECES: Final = (EBOOK, WEBINAR, DEMO, CALCULATOR, FAIR)

CAMPAIGNS: Final = (
    ("Spring launch", "paid_search", ("1450.00", "1610.00", "1380.00", "1520.00")),
    ("Autumn webinars", "email", ("240.00", "240.00", "310.00", "240.00")),
    ("Trade fairs", "event", ("5200.00", "0.00", "0.00", "2600.00")),
)


class Customer(NamedTuple):
    """One story of the past. `minutes` to the first call (None: never called), `stage` the deal is in by now."""

    company: str
    name: str
    email: str
    owner: str
    piece: Piece | None
    minutes: int | None
    amount: str
    currency: str
    stage: str
    days: int
    """Working days from the lead to the end of its deal."""


CUSTOMERS: Final = (
    Customer("Northwind Robotics", "Dana Reyes", "dana@northwind.example", JON, EBOOK, 22, "12400", "USD", "won", 9),
    Customer("Alder & Ash", "Tomas Berg", "tomas@alderash.example", MAYA, DEMO, 14, "7900", "EUR", "won", 6),
    Customer("Blue Harbour", "Priya Nair", "priya@blueharbour.example", YUKI, FAIR, 95, "15200", "EUR", "lost", 12),
    Customer("Kestrel Foods", "Ola Lind", "ola@kestrel.example", MAYA, WEBINAR, 31, "21800", "EUR", "won", 14),
    Customer("Marigold Clinics", "Ines Duarte", "ines@marigold.example", MAYA, EBOOK, 48, "5600", "EUR", "lost", 5),
    Customer("Quarry Lane", "Sam Whitfield", "sam@quarrylane.example", JON, CALCULATOR, 17, "9300", "USD", "lost", 11),
    Customer("Tidewater Freight", "Hana Sato", "hana@tidewater.example", YUKI, DEMO, 40, "2650000", "JPY", "won", 10),
    Customer("Vantage Optics", "Luc Moreau", "luc@vantage.example", MAYA, FAIR, 130, "18700", "EUR", "won", 13),
    Customer("Pinewood Paper", "Eva Holt", "eva@pinewood.example", MAYA, EBOOK, 26, "6400", "EUR", "won", 8),
    Customer("Osprey Cargo", "Ben Okoro", "ben@osprey.example", JON, WEBINAR, None, "11000", "USD", "lost", 9),
    Customer("Juniper Dairy", "Aino Virta", "aino@juniper.example", MAYA, DEMO, 12, "8800", "EUR", "won", 7),
    Customer("Silverline Tyres", "Omar Aziz", "oa@silverline.example", YUKI, CALCULATOR, 55, "13900", "EUR", "lost", 9),
    Customer("Cobalt Paints", "Greta Lang", "greta@cobalt.example", MAYA, EBOOK, 33, "10250", "EUR", "won", 7),
    Customer("Harrier Sports", "Mia Cole", "mia@harrier.example", JON, FAIR, 61, "16400", "USD", "lost", 6),
    Customer("Larkspur Toys", "Nils Aaen", "nils@larkspur.example", MAYA, WEBINAR, 24, "7150", "EUR", "lost", 6),
    Customer("Meridian Books", "Zoe Hart", "zoe@meridian.example", JON, DEMO, 19, "9900", "GBP", "negotiation", 0),
    Customer("Hollow Oak Timber", "Finn Rask", "finn@oak.example", JON, EBOOK, 28, "17600", "USD", "negotiation", 0),
    Customer("Sakura Stationery", "Ren Ito", "ren@saku.example", YUKI, WEBINAR, 37, "4200000", "JPY", "negotiation", 0),
    Customer("Copper Kettle", "Lotte Vos", "lotte@kettle.example", MAYA, FAIR, 44, "18400", "EUR", "negotiation", 0),
    Customer("Granite Gym", "Alex Moss", "alex@granite.example", JON, CALCULATOR, 21, "12900", "EUR", "negotiation", 0),
    Customer("Willow Pharma", "Clara Beck", "clara@willow.example", MAYA, DEMO, 16, "24500", "EUR", "proposal", 0),
    Customer("Orchard Hotels", "Theo Lamb", "theo@orchard.example", JON, WEBINAR, 52, "14300", "USD", "proposal", 0),
    Customer("Nimbus Air Parts", "Kei Mori", "kei@nimbus.example", YUKI, EBOOK, None, "3100000", "JPY", "discovery", 0),
    Customer("Fjord Seafood", "Ida Moe", "ida@fjord.example", MAYA, CALCULATOR, 29, "8600", "EUR", "discovery", 0),
)  # fmt: skip
EXPANSION: Final = 7
"""The customer whose second deal the sample "Deal won" tells: Vantage Optics."""

_FIRST_LEAD: Final = 46
_LAST_OF_PAST: Final = 7
"""Working days before the opening: the past ends there, and what is told aloud begins."""


class Days:
    """Working days, counted back from the day on which the story opens; wall times are Fernwood's."""

    def __init__(self, opens: datetime) -> None:
        self._days = [opens.astimezone(_zone()).date()]

    def next(self) -> date:
        """The first working day (Monday to Friday) after the opening."""
        day = self._days[0] + timedelta(days=1)
        while day.weekday() > 4:
            day += timedelta(days=1)
        return day

    def away_until(self) -> datetime:
        """When somebody who is on leave comes back: a week after the morning of the opening."""
        return _wall(self._days[0] + timedelta(days=7), time(9))

    def at(self, back: int, clock: str) -> datetime:
        """The instant of a wall time, so many working days (Monday to Friday) before the opening."""
        while len(self._days) <= back:
            day = self._days[-1] - timedelta(days=1)
            while day.weekday() > 4:
                day -= timedelta(days=1)
            self._days.append(day)
        return _wall(self._days[back], time.fromisoformat(clock))


def opening_near(now: datetime) -> datetime:
    """The working morning on which the story opens: today's, or the last one where today is none."""
    day = now.astimezone(_zone()).date()
    while day.weekday() > 4:
        day -= timedelta(days=1)
    return _wall(day, OPENS_AT)


def begins(days: Days) -> datetime:
    """When what is told aloud begins; everything before is brought in silently."""
    return days.at(_LAST_OF_PAST - 1, "08:30")


def history(days: Days) -> Iterator[dict[str, Any]]:
    """Eight weeks that are over, to be brought in silently, like an import: people, campaigns, leads, deals."""
    first = days.at(_FIRST_LEAD, "08:00")
    for person in PEOPLE:
        manager = MANAGER if person.role == "sales" else None
        known = {"email": person.email, "name": person.name, "role": person.role, "timezone": person.zone}
        yield event("person.updated", first, **known, manager_email=manager, team=person.team)
    for name, channel, weeks in CAMPAIGNS:
        spent = [
            {
                "on": days.at(_FIRST_LEAD - 10 * number, "09:00").date().isoformat(),
                "amount": amount,
                "currency": "EUR",
            }
            for number, amount in enumerate(weeks)
        ]
        assets = [piece.asset for piece in _PIECES if piece.campaign == name]
        yield event(
            "campaign.updated",
            days.at(_LAST_OF_PAST, "09:00"),
            name=name,
            channel=channel,
            assets=assets,
            spend=spent,
        )
    for number, customer in enumerate(CUSTOMERS):
        yield from _life(days, number, customer)


def _life(days: Days, number: int, customer: Customer) -> Iterator[dict[str, Any]]:
    """A lead, the first call, what else touched them, their deal."""
    back = _FIRST_LEAD - number * 5 // 3
    came = days.at(back, f"{9 + number % 7:02}:{number * 7 % 60:02}")
    yield event("lead.created", came, **lead(f"L-{number}", customer, customer.piece, came), stage="sql")
    if customer.minutes is not None:
        yield called(f"L-{number}", customer.owner, came + timedelta(minutes=customer.minutes))
    for step in range(1 + number % 3):
        piece = _PIECES[(number + step) % len(_PIECES)]
        if piece is not customer.piece and back - step > _LAST_OF_PAST:
            at = days.at(back - 1 - step, "11:20")
            told = {
                "asset": piece.asset,
                "campaign": piece.campaign,
                "channel": piece.channel,
                "kind": piece.kind,
            }
            yield event("touch.recorded", at, email=customer.email, at=text(at), **told)
    opened = days.at(back - 1, "14:00")
    deal = {
        "id": f"D-{number}",
        "name": f"{customer.company} rollout",
        "owner_email": customer.owner,
        "kind": "new",
        "amount": customer.amount,
        "currency": customer.currency,
        "contact_emails": [customer.email],
        "lead_ids": [f"L-{number}"],
        "created_at": text(opened),
    }
    stage = customer.stage
    if stage in {"won", "lost"}:
        yield event("deal.created", opened, **deal, stage="discovery")
        ended = days.at(back - customer.days, "15:30")
        yield event(f"deal.{stage}", ended, id=deal["id"], closed_at=text(ended))
    else:
        yield event("deal.created", opened, **deal, stage=stage)


def lead(key: str, customer: Customer, piece: Piece | None, came: datetime) -> dict[str, Any]:
    """What a CRM tells of a new lead; without a piece nobody knows what brought them."""
    brought = (
        {"asset": piece.asset, "campaign": piece.campaign, "channel": piece.channel}
        if piece is not None
        else {}
    )
    return {
        "id": key,
        "name": customer.name,
        "company": customer.company,
        "email": customer.email,
        "owner_email": customer.owner,
        **brought,
        "created_at": text(came),
    }


def called(lead_id: str, by: str, at: datetime, outcome: str = "connected") -> dict[str, Any]:
    """A call that the CRM has logged."""
    what = {"kind": "call", "direction": "outbound", "outcome": outcome}
    return event("activity.logged", at, lead_id=lead_id, by_email=by, at=text(at), **what)


def event(what: str, when: datetime, /, **data: Any) -> dict[str, Any]:
    """An event as the generic source takes it; exact to the millisecond, so that a quick hand's second one is later."""
    exact = when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"type": what, "timestamp": exact, "data": data}


def text(at: datetime) -> str:
    """An instant as events write it."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _zone() -> ZoneInfo:
    return zone_named(ZONE)


def _wall(day: date, clock: time) -> datetime:
    return wall_to_instant(datetime.combine(day, clock), ZONE)
