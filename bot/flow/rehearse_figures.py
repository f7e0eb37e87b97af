"""What a rehearsal says in figures: how promises were kept, who would have got how many messages, what is at stake."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from bot.domain import figures
from bot.flow.figures import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from bot.domain.agreement import Agreement
    from bot.domain.rehearsal import Message
    from bot.flow.rehearse_work import Outcome, Verdict

MONEY: Final = ("value_at_risk", "value_breached")
_AT_STAKE: Final = frozenset({"at_risk", "late"})
_BROKEN: Final = frozenset({"breached", "late"})


class Known(NamedTuple):
    """What figures are told with: the agreement in force, people's names, and what a lead is worth (minor units)."""

    present: Agreement
    names: Mapping[str, str | None]
    value: Callable[[str], int | None]


def figures_of(agreement: Agreement, outcome: Outcome, known: Known) -> dict[str, Any]:
    """The figures of one agreement: plain values, as the JSON of the command shows them.

    What `report sla` has too is called and counted as there.
    """
    verdicts = [verdict for verdict in outcome.verdicts if verdict.state != "closed"]
    return {
        "agreement": agreement.name,
        **_kept(verdicts),
        "still_waiting": sum(each.state == "late" and not each.ended for each in verdicts),
        "said": sum(each.how == "said" for each in verdicts),
        "seen": sum(each.how == "seen" for each in verdicts),
        **_followed_up(verdicts),
        "value_at_risk": _worth(
            known, [each for each in verdicts if each.state in _AT_STAKE and not each.ended]
        ),
        "value_breached": _worth(known, [each for each in verdicts if each.state in _BROKEN]),
        **_messages(outcome.messages, known),
        "tiers": [
            {"name": name, **_kept([each for each in verdicts if each.tier == name])}
            for name in dict.fromkeys(tier.name for tier in agreement.tiers)
        ],
    }


def breached(outcome: Outcome) -> set[str]:
    """The leads whose promise was broken, by id: once each, whatever their cycles."""
    return {each.lead.partition("/")[2] for each in outcome.verdicts if each.state in _BROKEN}


def difference(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """By how much each figure of `other` is more than that of `one`; None where one of them is undefined."""
    found: dict[str, Any] = {}
    for name, before in one.items():
        after = other[name]
        if name in MONEY:
            known = before is not None and after is not None
            found[name] = format(Decimal(after) - Decimal(before), "f") if known else None
        elif not isinstance(before, str | list | dict) and not isinstance(after, str | list | dict):
            found[name] = after - before if before is not None and after is not None else None
    found.pop("busiest", None)
    return found


def _kept(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """First contacts; one that was no longer owed is not among them."""
    states = Counter(each.state for each in verdicts)
    minutes = sorted(each.minutes for each in verdicts if each.minutes is not None)
    met, broken = states["met"], states["breached"] + states["late"]
    return {
        "met": met,
        "breached": broken,
        "open": states["open"] + states["at_risk"],
        "at_risk": states["at_risk"],
        "rate": figures.rate(met, met + broken),
        "first_contact_minutes_median": figures.median(minutes),
        "first_contact_minutes_p90": figures.percentile(minutes, 90),
    }


def _followed_up(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    states = Counter(each.follow_up for each in verdicts)
    return {
        "follow_up_open": states["open"],
        "kept": states["kept"],
        "broken": states["broken"],
        "exhausted": sum(each.exhausted for each in verdicts),
    }


def _worth(known: Known, verdicts: Iterable[Verdict]) -> str | None:
    found = [known.value(each.lead) for each in verdicts]
    told = [value for value in found if value is not None]
    return shown(known.present, sum(told)) if told or not found else None


def _messages(sent: Sequence[Message], known: Known) -> dict[str, Any]:
    roles = Counter(message.role for message in sent)
    days = Counter((message.to, message.day) for message in sent if message.to is not None)
    by_person = Counter(message.to for message in sent if message.to is not None)
    most: dict[str, int] = {}
    for (email, _), count in days.items():
        most[email] = max(count, most.get(email, 0))
    busiest = min(days.items(), key=lambda item: (-item[1], item[0][1], item[0][0]), default=None)
    return {
        "messages": len(sent),
        "messages_to_owners": roles["owner"],
        "messages_to_managers": roles["manager"],
        "messages_to_others": roles["other"],
        "messages_to_channel": roles["channel"],
        "messages_a_day_median": figures.median(sorted(days.values())),
        "messages_a_day_worst": max(days.values(), default=None),
        "busiest": None
        if busiest is None
        else {**_called(busiest[0][0], known), "day": busiest[0][1].isoformat(), "messages": busiest[1]},
        "people": [
            {**_called(email, known), "messages": by_person[email], "most_in_a_day": most[email]}
            for email in sorted(by_person, key=lambda email: (-by_person[email], email))
        ],
    }


def _called(email: str, known: Known) -> dict[str, Any]:
    return {"name": email, "label": known.names.get(email) or email}
