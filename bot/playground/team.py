"""The stage `team`: three reps in three time zones keep an agreement with two tiers, one of them is away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.playground.moments import Answer, Moment, becomes, comes, is_away, touches, was_called
from bot.playground.story import CALCULATOR, DEMO, EBOOK, FAIR, JON, MAYA, WEBINAR, YUKI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.playground.story import Days

_AGREEMENT: Final = """\
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
holidays = { extra = ["{day_out}"] }  # Fernwood's day out

[stages]
open = ["discovery", "proposal", "negotiation"]
won = ["won"]
lost = ["lost"]
probability = { discovery = 0.1, proposal = 0.4, negotiation = 0.7 }

[[tier]]
name = "hot"
when = { min_score = 80 }
first_contact_hours = 1
attempts = 4
spacing_hours = [4, 8, 12]
within_hours = 40

[[tier]]
name = "everyone"
first_contact_hours = 4

[reminders]
channel = "#sales-ops"
on_assignment = true
bundle_minutes = 10
steps = [
    { at = "at_risk", to = "owner" },
    { at = "breach", to = "owner" },
    { at = "breach+50%", to = "manager" },
    { at = "breach+100%", to = "channel", offer = "hand over" },
]

[wins]
channel = "#wins"

[[promise]]
period = "month"
leads = 30

[digests]
channel = "#growth"
"""

HOT: Final = 92
"""The score of a lead of the tier `hot`."""


def agreement(days: Days) -> str:
    """The agreement of this stage: the working day after the opening is a holiday of the company."""
    return _AGREEMENT.replace("{day_out}", days.next().isoformat())


def tell(days: Days) -> Iterator[Moment]:
    """Yesterday and this morning: a lead of each kind."""
    yield is_away(days, JON, MAYA, (1, "09:00"))
    yield from _answered(days)
    yield from _put_off(days)
    yield from _late(days)
    yield from _new(days)


def _answered(days: Days) -> Iterator[Moment]:
    """Contacted in time, by the CRM's word and by a press; not a fit; of unknown origin."""
    lantern = ("Lantern Works", "Mira Solberg", "mira@lantern.example")
    yield comes(days, "L-401", lantern, MAYA, EBOOK, (2, "11:00"))
    yield was_called(days, "L-401", MAYA, (2, "11:25"))
    poppy = ("Poppy Seeds", "Hugo Blum", "hugo@poppy.example")
    yield comes(days, "L-402", poppy, MAYA, CALCULATOR, (1, "11:00"))
    given = {"reason": "student", "words": "Writes a thesis about us. Friendly, but will not buy."}
    yield Moment(days.at(1, "11:20"), answer=Answer(MAYA, "Hugo Blum", "Not a fit", given))
    orchid = ("Orchid Spa", "Lina Roth", "lina@orchid.example")
    yield comes(days, "L-403", orchid, MAYA, None, (1, "13:00"))
    yield was_called(days, "L-403", MAYA, (1, "13:20"))
    kawa = ("Kawa Tools", "Emi Ono", "emi@kawa.example")
    yield comes(days, "L-404", kawa, YUKI, WEBINAR, (0, "07:30"))
    yield Moment(days.at(0, "07:50"), answer=Answer(YUKI, "Emi Ono"))


def _put_off(days: Days) -> Iterator[Moment]:
    """Called twice and to be called again; snoozed; somebody else is asked to take one over."""
    tern = ("Tern Logistics", "Ana Ruiz", "ana@tern.example")
    yield comes(days, "L-411", tern, MAYA, DEMO, (2, "14:00"), score=HOT)
    yield was_called(days, "L-411", MAYA, (2, "14:20"), "no_answer")
    yield was_called(days, "L-411", MAYA, (1, "09:31"), "no_answer")
    cedar = ("Cedar & Sons", "Lee Wong", "lee@cedar.example")
    yield comes(days, "L-412", cedar, MAYA, WEBINAR, (1, "15:05"))
    until = int(days.at(0, "14:00").timestamp())
    yield Moment(days.at(1, "15:30"), answer=Answer(MAYA, "Lee Wong", "Snooze", {"exact": until}))
    kaze = ("Kaze Freight", "Haru Mori", "haru@kaze.example")
    yield comes(days, "L-413", kaze, MAYA, FAIR, (1, "16:40"))
    asked = {"person": YUKI, "reason": "They would like to speak Japanese."}
    yield Moment(days.at(0, "09:06"), answer=Answer(MAYA, "Haru Mori", "Hand over", asked))


def _late(days: Days) -> Iterator[Moment]:
    """Two hot leads that nobody called: Jon's, told to Maya who stands in, and Yuki's, told in her morning."""
    beacon = ("Beacon Tools", "Ivo Novak", "ivo@beacon.example")
    yield comes(days, "L-421", beacon, JON, WEBINAR, (1, "15:10"), score=HOT)
    hoshi = ("Hoshi Robotics", "Rin Kato", "rin@hoshi.example")
    yield comes(days, "L-422", hoshi, YUKI, DEMO, (1, "16:40"), score=HOT)


def _new(days: Days) -> Iterator[Moment]:
    """New ones, one that came back, one that asks for more, and one nobody owns; Freya's hour is nearly over."""
    heron = ("Heron Textiles", "Vera Nagy", "vera@heron.example")
    yield comes(days, "L-431", heron, MAYA, FAIR, (5, "10:00"))
    yield was_called(days, "L-431", MAYA, (5, "11:00"))
    yield becomes(days, "L-431", "disqualified", (4, "15:00"))
    yield becomes(days, "L-431", "mql", (1, "19:20"))
    yield touches(days, "mira@lantern.example", DEMO, (1, "20:05"))
    bluebird = ("Bluebird Post", "Max Dean", "max@bluebird.example")
    yield comes(days, "L-432", bluebird, JON, WEBINAR, (1, "18:30"))
    saltmarsh = ("Saltmarsh Energy", "Freya Holm", "freya@saltmarsh.example")
    yield comes(days, "L-433", saltmarsh, MAYA, DEMO, (0, "09:04"), score=HOT)
    drift = ("Drift Boats", "Paul Ek", "paul@drift.example")
    yield comes(days, "L-434", drift, None, DEMO, (0, "09:12"), score=HOT)
