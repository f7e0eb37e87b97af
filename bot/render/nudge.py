"""One reminder: all leads due for one person, or in the fallback channel, each answered in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.render import blocks
from bot.render.message import TEXT_LIMIT, Payload
from bot.render.text import about, clean, counted, escape, fit, listed, moment, person, plain_name, width

if TYPE_CHECKING:
    from bot.domain.facts import Nudge, NudgeLead
    from bot.render.blocks import Block, Part

LEADS_SHOWN: Final = 20
CONTACTED: Final = "Contacted"
LOG: Final = "Log details"
SNOOZE: Final = "Snooze"
HAND_OVER: Final = "Hand over"
NOT_A_FIT: Final = "Not a fit"
UNDO: Final = "Undo"
ACTION: Final = "contacted"
MENU: Final = "lead_menu"
OFFER_ACTION: Final = "hand_over"
UNDO_ACTION: Final = "undo"
MENU_ENTRIES: Final = ((LOG, "log"), (SNOOZE, "snooze"), (HAND_OVER, "hand_over"), (NOT_A_FIT, "not_a_fit"))
"""The label of each entry of a lead's menu, and what its value begins with (`log:<ref>`)."""
_WAITING: Final = frozenset({"new", "at_risk", "breached", "follow_up", "callback", "intent"})
_ASKS: Final = _WAITING | {"snoozed"}
_INTENTS: Final = {
    "demo_request": "asked for a demo",
    "call_request": "asked for a call",
    "return_visit": "came back after a quiet time",
}


def nudge(facts: Nudge) -> Payload:
    """The reminder. A waiting lead has the button `Contacted` and a menu; a settled one repeats the answer instead.

    At most 20 leads are drawn; what is beyond them is counted together with `facts.more`.
    """
    shown, more = facts.leads[:LEADS_SHOWN], facts.more + len(facts.leads[LEADS_SHOWN:])
    title = headline(facts, sum(lead.state in _WAITING for lead in shown), more)
    drawn: list[Block] = [blocks.header(title)]
    spoken, last = [f"{title}."], [f"And {counted(more, 'more lead')}."] if more > 0 else []
    if facts.at_stake is not None:
        stake = f"Worth about {about(facts.at_stake)} together, by own history"
        drawn.append(blocks.context(stake))
        spoken.append(f"{escape(stake)}.")
    for index, lead in enumerate(shown):
        drawn += lead_blocks(lead, index, facts.zone)
    if more > 0:
        drawn.append(blocks.context(f"and {counted(more, 'more lead')}"))
    told = _in_room([aloud(lead, facts.zone) for lead in shown], [*spoken, *last])
    return Payload("\n".join([*spoken, *told, *last]), tuple(drawn))


def _in_room(told: list[str], others: list[str]) -> list[str]:
    """The lines of the leads beside the other lines of a text; where they are too long the longest are cut."""
    room = TEXT_LIMIT - sum(width(line) + 1 for line in (*others, *told))
    if room >= 0:
        return told
    left = TEXT_LIMIT - sum(width(line) + 1 for line in others)
    limits: dict[int, int] = {}
    for count, index in enumerate(sorted(range(len(told)), key=lambda one: width(told[one]))):
        share = left // (len(told) - count) - 1
        limits[index] = min(width(told[index]), share)
        left -= limits[index] + 1
    return [fit(line, limits[index]) for index, line in enumerate(told)]


def headline(facts: Nudge, waiting: int, more: int) -> str:
    """The first line: how many leads wait, and for what."""
    if waiting + more == 0:
        snoozed = any(lead.state == "snoozed" for lead in facts.leads)
        return (
            ("Nothing to do just now" if snoozed else "All settled, thank you")
            if facts.leads
            else "No lead is waiting"
        )
    open_ = [lead for lead in facts.leads if lead.state in _WAITING]
    told = {lead.state for lead in open_}
    count = counted(waiting + more, "lead")
    if told == {"intent"}:
        return f"{count} showed interest"
    if told == {"new"} and all(lead.fresh for lead in open_) and not facts.to_channel:
        return "A new lead for you" if waiting + more == 1 else f"{count} for you"
    verb = "is" if waiting + more == 1 else "are"
    whose = "" if facts.to_channel else "your "
    if told & {"follow_up", "callback", "intent"}:
        return f"{count} {verb} waiting for {whose or 'the '}next contact"
    return f"{count} {verb} waiting for {whose or 'a '}first contact"


def lead_blocks(lead: NudgeLead, index: int, zone: str) -> list[Block]:
    """A lead with its buttons."""
    name, company = names(lead)
    first: list[Part] = [blocks.anchor(lead.url, name, bold=True)]
    if company:
        first.append(blocks.words(f", {company}"))
    if lead.state not in _ASKS:
        drawn = [blocks.rich(*first, *_settled(lead))]
    else:
        drawn = [blocks.rich(*blocks.lines([first, *_lines(lead, zone)]))]
    buttons = _buttons(lead, f"{name}, {company}" if company else name)
    return [*drawn, blocks.actions(f"lead:{index}:{lead.ref}", *buttons)] if buttons else drawn


def aloud(lead: NudgeLead, zone: str) -> str:
    """A lead as it is read aloud."""
    name, company = names(lead)
    who = escape(f"{name}, {company}" if company else name)
    if lead.state not in _ASKS:
        return f"{who}: {_answer_aloud(lead)}."
    owner = "; no owner yet" if lead.nobody else ""
    if lead.owner is not None:
        owner = f"; owner {person(lead.owner)}"
    worth = f"; {_worth(lead)}" if lead.worth is not None else ""
    came = f"; {escape(_came(lead))}" if _came(lead) else ""
    hand_over = f"; {_hand_over_aloud(lead)}" if lead.hand_over is not None else ""
    first = f"{_intent(lead)}, {moment(lead.intent_at, zone)}; " if lead.intent_at is not None else ""
    return f"{who}: {first}{_promise(lead, ', ')}{moment(lead.due, zone)}{worth}{came}{owner}{hand_over}."


def names(lead: NudgeLead) -> tuple[str, str]:
    """What the lead is called (name, else e-mail, else company), and the company beside it."""
    name, company = clean(lead.name) or clean(lead.email), clean(lead.company)
    return (name, company) if name else (company or "a lead without a name", "")


def _lines(lead: NudgeLead, zone: str) -> list[list[Part]]:
    """What is asked for and by when, how they came, and what became of a hand-over."""
    promise = _promise(lead)
    first: list[Part] = []
    if lead.intent_at is not None:
        said = _intent(lead)
        first.append(blocks.words(f"{said[0].upper()}{said[1:]} · "))
        first.append(blocks.time(lead.intent_at, moment(lead.intent_at, zone)))
        first.append(blocks.words(f"; {promise}"))
    else:
        first.append(blocks.words(promise[0].upper() + promise[1:]))
    first.append(blocks.time(lead.due, moment(lead.due, zone)))
    if lead.worth is not None:
        first.append(blocks.words(f" · {_worth(lead)}"))
    if lead.owner is not None:
        first += [blocks.words(" · "), blocks.who(lead.owner)]
    elif lead.nobody:
        first.append(blocks.words(" · no owner yet"))
    lines = [first]
    if _came(lead):
        lines.append([blocks.words(_came(lead))])
    if lead.hand_over is not None and lead.to is not None:
        words = (
            ("Hand over: waiting for ", "")
            if lead.hand_over == "offered"
            else ("", " could not take it over")
        )
        lines.append([blocks.words(words[0] + plain_name(lead.to) + words[1])])
    return lines


def _promise(lead: NudgeLead, joint: str = " · ") -> str:
    """What goes before the instant of a lead that waits; `joint` where the instant is of their own choice."""
    if lead.state == "intent":
        return f"{_intent(lead)}{joint}"
    if lead.state == "callback":
        return f"asked to be called{joint}"
    if lead.state == "snoozed":
        return f"{SNOOZE}: until "
    if lead.state == "follow_up":
        return f"contact {lead.attempt} of {lead.attempts} agreed by "
    return "first contact was agreed for " if lead.state == "breached" else "first contact agreed by "


def _intent(lead: NudgeLead) -> str:
    return _INTENTS.get(lead.intent or "", "showed interest")


def _came(lead: NudgeLead) -> str:
    source, since = clean(lead.source), listed([words for what in lead.since if (words := clean(what))])
    if source and since:
        return f"Came through {source}, then {since}"
    if since:
        return f"Touched {since}"
    return f"Came through {source}" if source else ""


def _worth(lead: NudgeLead) -> str:
    assert lead.worth is not None  # noqa: S101  # its callers looked
    few = (
        f" (few: {counted(lead.worth.cases, 'lead')})"
        if lead.worth.few
        else f" (of {lead.worth.cases} leads)"
    )
    return f"worth about {about(lead.worth.amount)}{few}"


def _settled(lead: NudgeLead) -> list[Part]:
    return [blocks.words(f" · {_answer(lead)}")]


def _answer(lead: NudgeLead) -> str:
    more = f": {answer}" if (answer := clean(lead.answer)) else ""
    if lead.state in {"handed_over", "reassigned"} and lead.to is not None:
        where = f"now with {plain_name(lead.to)}"
        return f"{HAND_OVER}: {where}" if lead.state == "handed_over" else where
    return {
        "said": CONTACTED,
        "seen": f"{CONTACTED}, seen in the CRM",
        "logged": f"{LOG}{more}",
        "not_a_fit": f"{NOT_A_FIT}{more}",
        "handed_over": HAND_OVER,
        "reassigned": "now with somebody else",
    }.get(lead.state, clean(lead.answer) or "no contact needed any more")


def _answer_aloud(lead: NudgeLead) -> str:
    return escape(_answer(lead))


def _hand_over_aloud(lead: NudgeLead) -> str:
    who = escape(plain_name(lead.to)) if lead.to is not None else "somebody"
    return (
        f"waiting for {who} to take it over"
        if lead.hand_over == "offered"
        else f"{who} could not take it over"
    )


def _buttons(lead: NudgeLead, who: str) -> list[Part]:
    found: list[Part] = []
    if lead.state in _ASKS:
        found.append(blocks.button(CONTACTED, action_id=ACTION, value=lead.ref, aloud=f"{CONTACTED}: {who}"))
        if lead.offer:
            found.append(
                blocks.button(HAND_OVER, action_id=OFFER_ACTION, value=lead.ref, aloud=f"{HAND_OVER}: {who}")
            )
        entries = tuple((label, f"{prefix}:{lead.ref}") for label, prefix in MENU_ENTRIES)
        found.append(blocks.menu(MENU, entries))
    if lead.undo is not None:
        found.append(blocks.button(UNDO, action_id=UNDO_ACTION, value=lead.undo, aloud=f"{UNDO}: {who}"))
    return found
