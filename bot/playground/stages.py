"""From where the local workspace starts: the last days of the story, told aloud, and what is going on as it opens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.errors import UsageError
from bot.playground import team
from bot.playground.moments import Answer, Moment, comes, is_away, was_called, won
from bot.playground.story import AGREEMENT, CALCULATOR, DEMO, EBOOK, FAIR, JON, MAYA, WEBINAR, YUKI, event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from bot.playground.story import Days


@dataclass(frozen=True, slots=True)
class Stage:
    """One way to start. `tell` gives what happens in the last days before the opening and at it."""

    name: str
    description: str
    tell: Callable[[Days], Iterable[Moment]]
    agreement: Callable[[Days], str] = lambda _: AGREEMENT
    """What its people agreed on."""


def stage_named(name: str) -> Stage:
    """A stage by name. Raises UsageError that lists them."""
    for stage in STAGES:
        if stage.name == name:
            return stage
    raise UsageError(f"--stage {name}: there is no such stage; there are {', '.join(NAMES)}")


def moments(stage: Stage, days: Days) -> list[Moment]:
    """What happens in a stage, in the order of time."""
    return sorted(stage.tell(days), key=lambda moment: moment.at)


def _quiet(days: Days) -> Iterator[Moment]:
    yield from _wins(days)
    yield from _answered(days)
    yield from _away(days)


def _busy(days: Days) -> Iterator[Moment]:
    yield from _quiet(days)
    yield from _waiting(days)


def _team(days: Days) -> Iterator[Moment]:
    yield from _wins(days)
    yield from team.tell(days)


def _breach(days: Days) -> Iterator[Moment]:
    yield from _busy(days)
    late = (
        ("L-301", "Saffron Bikes", "Nora Wills", "nora@saffron.example", MAYA, DEMO, 1, "15:10"),
        ("L-302", "Beacon Tools", "Ivo Novak", "ivo@beacon.example", MAYA, DEMO, 1, "15:40"),
        ("L-303", "Harbour Grain", "Pia Lund", "pia@harbourgrain.example", MAYA, DEMO, 1, "16:05"),
        ("L-304", "Summit Lamps", "Cal Reed", "cal@summit.example", JON, DEMO, 1, "15:20"),
        ("L-305", "Anchor Bakery", "Rosa Pinto", "rosa@anchor.example", None, DEMO, 1, "14:30"),
        ("L-306", "Maple Movers", "Ed Stone", "ed@maple.example", None, DEMO, 1, "15:55"),
    )
    for key, company, name, email, owner, piece, back, clock in late:
        yield comes(days, key, (company, name, email), owner, piece, (back, clock))


def _slack_down(days: Days) -> Iterator[Moment]:
    yield Moment(days.at(0, "09:30"), fault=("chat.postMessage", "500"))
    yield from _busy(days)
    yield won(days, 15, 0, "09:36")
    yield won(days, 20, 0, "09:48")


# --- what the stages are made of ---


def _wins(days: Days) -> Iterator[Moment]:
    """Five wins of the last days, one of them corrected."""
    yield won(days, 16, 6, "15:20", helper=MAYA)
    yield won(days, 17, 4, "11:05")
    yield won(days, 18, 2, "16:40", helper=YUKI)
    corrected = days.at(1, "09:30")
    yield Moment(corrected, event("deal.updated", corrected, id="D-18", amount="19150.00", currency="EUR"))
    yield won(days, 19, 1, "16:10")


def _answered(days: Days) -> Iterator[Moment]:
    """Leads that were contacted in time, late, and by a press that the CRM does not know of yet."""
    yield comes(
        days, "L-101", ("Lighthouse Radio", "Tess Monk", "tess@lighthouse.example"), MAYA, EBOOK, (1, "13:10")
    )
    yield was_called(days, "L-101", MAYA, (1, "13:25"))
    yield comes(days, "L-102", ("Poppy Seeds", "Hugo Blum", "hugo@poppy.example"), MAYA, DEMO, (1, "10:30"))
    yield was_called(days, "L-102", MAYA, (1, "12:40"))
    yield comes(days, "L-103", ("Redwood Labs", "Kim Tran", "kim@redwood.example"), JON, DEMO, (2, "15:30"))
    yield Moment(days.at(2, "16:20"), answer=Answer(JON, "Kim Tran"))


def _away(days: Days) -> Iterator[Moment]:
    """Yuki is on leave since yesterday."""
    yield is_away(days, YUKI, MAYA, (1, "09:00"))


def _waiting(days: Days) -> Iterator[Moment]:
    """Leads that wait: breached, at risk, about to breach, in another night, nobody's, and one who came twice."""
    yield comes(days, "L-201", ("Tern Logistics", "Ana Ruiz", "ana@tern.example"), MAYA, DEMO, (1, "14:00"))
    yield comes(days, "L-202", ("Cedar & Sons", "Lee Wong", "lee@cedar.example"), YUKI, WEBINAR, (1, "10:00"))
    yield comes(
        days, "L-203", ("Bluebird Post", "Max Dean", "max@bluebird.example"), JON, WEBINAR, (1, "16:00")
    )
    twice = ("Copperfield", "Arun Patel", "arun@copperfield.example")
    yield comes(days, "L-204", twice, MAYA, WEBINAR, (1, "16:45"))
    yield comes(days, "L-205", twice, MAYA, CALCULATOR, (0, "09:20"))
    yield comes(
        days,
        "L-206",
        ("Saltmarsh Energy", "Freya Holm", "freya@saltmarsh.example"),
        MAYA,
        DEMO,
        (0, "09:01:30"),
    )
    yield comes(
        days, "L-207", ("Lantern Works", "Mira Solberg", "mira@lantern.example"), MAYA, DEMO, (0, "09:03")
    )
    yield comes(days, "L-208", ("Drift Boats", "Paul Ek", "paul@drift.example"), None, DEMO, (0, "09:12"))
    yield comes(
        days, "L-209", ("Heron Textiles", "Vera Nagy", "vera@heron.example"), MAYA, FAIR, (0, "09:40")
    )


STAGES: Final = (
    Stage(
        "team",
        "three reps in three time zones, one of them away, two tiers, and a holiday ahead",
        _team,
        team.agreement,
    ),
    Stage(
        "busy", "some wins, and leads in every state: answered, late, waiting, about to wait too long", _busy
    ),
    Stage("quiet", "a calm morning: some wins, every lead answered", _quiet),
    Stage("breach", "a bad morning: promises of yesterday are broken, two leads have no owner", _breach),
    Stage("slack-down", "Slack takes no messages since 09:30; what has to be said waits", _slack_down),
)
NAMES: Final = tuple(stage.name for stage in STAGES)
