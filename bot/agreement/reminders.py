"""`[contact]` and `[reminders]`: what counts as a contact, and how owners are reminded of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.agreement import values
from bot.agreement.reading import REQUIRED, Fault, Key, ListOf, Section, Table, Value
from bot.domain.agreement import DEFAULT_STEPS, ContactRule, Reminders, Step

if TYPE_CHECKING:
    from collections.abc import Iterator

_CONTACT: Final = ContactRule()
_DEFAULT: Final = Reminders()
_LONGEST_OPTION: Final = 75
"""Slack's limit for the text of an option in a menu."""

COUNTS: Final = Key(
    "counts",
    ListOf(Value(values.one_of(*_CONTACT.counts)), least=1, finish=values.unique("kind")),
    default=_CONTACT.counts,
)
OWNER_WORD: Final = Key("owner_word_counts", Value(values.boolean), default=_CONTACT.owner_word_counts)
CONTACT: Final = Key("contact", Table(COUNTS, OWNER_WORD), default=Section())

STEP_AT: Final = Key[str]("at", Value(values.step_at), default=REQUIRED)
STEP_TO: Final = Key[str]("to", Value(values.step_to), default=REQUIRED)
STEP_OFFER: Final = Key[str | None]("offer", Value(values.one_of("hand over")), default=None)

CHANNEL: Final = Key("channel", Value(values.channel), default=_DEFAULT.channel)
ON_ASSIGNMENT: Final = Key("on_assignment", Value(values.boolean), default=_DEFAULT.on_assignment)
AT_RISK: Final = Key("at_risk", Value(values.number(0, 1, above=True, below=True)), default=_DEFAULT.at_risk)
STEPS: Final = Key[tuple[Section, ...] | None](
    "steps", ListOf(Table(STEP_AT, STEP_TO, STEP_OFFER)), default=None
)
MAX_PER_DAY: Final = Key(
    "max_per_person_per_day", Value(values.whole(1, 1000)), default=_DEFAULT.max_per_person_per_day
)
BUNDLE: Final = Key("bundle_minutes", Value(values.minutes(0, 1440)), default=_DEFAULT.bundle)
MAX_SNOOZES: Final = Key("max_snoozes", Value(values.whole(0, 100)), default=_DEFAULT.max_snoozes)
NOT_A_FIT: Final = Key(
    "not_a_fit",
    ListOf(Value(values.text(_LONGEST_OPTION)), least=1, finish=values.unique("reason")),
    default=_DEFAULT.not_a_fit,
)


def _check_steps(reminders: Section) -> Iterator[Fault]:
    """A step is known by its moment and receiver, and is sent once."""
    seen: set[str] = set()
    sections = reminders.get(STEPS)
    for at, section in enumerate(sections or ()):
        step = _step(section)
        if step.key in seen:
            yield (STEPS.name, at, STEP_AT.name), f"{step.at} to {step.to} is written twice"
        seen.add(step.key)


REMINDERS: Final = Key(
    "reminders",
    Table(
        *(CHANNEL, ON_ASSIGNMENT, AT_RISK, STEPS, MAX_PER_DAY, BUNDLE, MAX_SNOOZES, NOT_A_FIT),
        checks=(_check_steps,),
    ),
    default=Section(),
)


def build_contact(contact: Section) -> ContactRule:
    """What counts as a contact attempt."""
    return ContactRule(counts=contact.get(COUNTS), owner_word_counts=contact.get(OWNER_WORD))


def build(reminders: Section) -> Reminders:
    """How owners are reminded."""
    sections = reminders.get(STEPS)
    steps = DEFAULT_STEPS if sections is None else tuple(_step(section) for section in sections)
    return Reminders(
        channel=reminders.get(CHANNEL),
        on_assignment=reminders.get(ON_ASSIGNMENT),
        at_risk=reminders.get(AT_RISK),
        steps=steps,
        max_per_person_per_day=reminders.get(MAX_PER_DAY),
        bundle=reminders.get(BUNDLE),
        max_snoozes=reminders.get(MAX_SNOOZES),
        not_a_fit=reminders.get(NOT_A_FIT),
    )


def _step(section: Section) -> Step:
    return Step(section.get(STEP_AT), section.get(STEP_TO), section.get(STEP_OFFER))
