"""The four forms about a lead, and the small views that stand in for them, as Slack's views take them.

The block ids are the names of the fields in `bot.domain.answering.Faulty`, so that an error finds its place; `EXACT`
alone is a second way to say `until`. Every input has the action id `VALUE`. A view carries nothing but the lead's
reference: who may answer is asked again when the form comes back.
Source of the limits: https://docs.slack.dev/reference/views/modal-views and /reference/block-kit/block-elements
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Literal

from bot.domain.answering import KINDS, NOTE, OUTCOMES, ActivityKind, LeadForm, Outcome
from bot.domain.when import zone_named
from bot.render import blocks
from bot.render.nudge import HAND_OVER, LOG, NOT_A_FIT, SNOOZE
from bot.render.text import clean, counted, cut, day

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from bot.render.blocks import Block

Form = Literal["log_details", "snooze", "hand_over", "not_a_fit"]
"""The callback id of a form."""
View = dict[str, Any]

FORMS: Final[Mapping[Form, str]] = {
    "log_details": LOG,
    "snooze": SNOOZE,
    "hand_over": HAND_OVER,
    "not_a_fit": NOT_A_FIT,
}
"""Every form with its title, which is the label of the entry that opens it."""
VALUE: Final = "value"
EXACT: Final = "exact"
SHORT: Final = 300
"""Letters of a next step, of a reason for a hand-over, of what marketing is told."""

_TITLE: Final = 24
_OPTION: Final = 75
_SENTENCE: Final = 1000
_NAME: Final = 160
_DOTS: Final = 10
_ENTRIES: Final = 100
_PROBLEM: Final = "problem"
_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_KINDS: Final[Mapping[ActivityKind, str]] = {
    "call": "Call",
    "email": "E-mail",
    "meeting": "Meeting",
    "message": "Message",
}
_OUTCOMES: Final[Mapping[Outcome, str]] = {
    "connected": "Reached them",
    "no_answer": "No answer",
    "bounced": "Bounced",
    "asked_to_be_called": "Asked to be called",
}
_HELD: Final[Mapping[str, tuple[str, str]]] = {
    "plain_text_input": ("value", "initial_value"),
    "datepicker": ("selected_date", "initial_date"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "multi_users_select": ("selected_users", "initial_users"),
    "users_select": ("selected_user", "initial_user"),
    "static_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
}
"""Where an element's state says what was entered, and the member that enters it beforehand."""


def form(name: Form, facts: LeadForm) -> View:
    """The form of that name about one lead."""
    return _DRAWN[name](facts)


def opening(name: Form) -> View:
    """What stands there while the facts of a form are read."""
    return _view(
        FORMS[name], _words("One moment… If this stays, please close it and press again.", "opening")
    )


def taking_longer(title: str) -> View:
    """What stands there while an answer is still being stored; it may be closed."""
    return _view(title, _words("Taking a moment longer… You can close this: what you entered is on its way."))


def said(title: str, sentence: str) -> View:
    """A sentence in place of a form."""
    return _view(title, _words(sentence))


def noted(title: str) -> View:
    """The answer was stored, after the form was gone already."""
    return said(title, "Done. The reminder shows your answer.")


def again(view: Mapping[str, Any], sentence: str) -> View:
    """The same form once more, holding what was entered, with a sentence on top that says why.

    `view` is a view as Slack sends it with a submission.
    """
    state = (view.get("state") or {}).get("values") or {}
    kept = {
        name: view[name]
        for name in ("type", "callback_id", "private_metadata", "title", "submit", "close")
        if view.get(name)
    }
    filled = [_filled(block, state) for block in view["blocks"] if block.get("block_id") != _PROBLEM]
    return {**kept, "blocks": [_words(sentence, _PROBLEM, bold=True), *filled]}


# --- the four ------------------------------------------------------------------------------------------------


def _log_details(facts: LeadForm) -> View:
    now = int(facts.now.timestamp()) // 60 * 60
    return _form(
        "log_details",
        facts,
        _input("kind", "What was it?", _select(_named(_KINDS, KINDS), "call")),
        _input("outcome", "How did it go?", _dots(_named(_OUTCOMES, OUTCOMES))),
        _input("at", "When", {"type": "datetimepicker", "initial_date_time": now}),
        _input("call_back_at", "Call back at", {"type": "datetimepicker"}, optional=True),
        _input("note", "Note", _lines(NOTE), optional=True),
        _input("next_step", "Next step", _line(SHORT), optional=True),
        submit="Save",
    )


def _snooze(facts: LeadForm) -> View:
    if facts.snoozes_left <= 0:
        sentence = (
            "By the agreement this lead cannot be snoozed any more. Contact it, log details or hand it over."
        )
        return _form("snooze", facts, _words(sentence))
    offered = [(str(int(at.timestamp())), _moment(at, facts)) for at in facts.suggestions[:_DOTS]]
    exactly: Block = {"type": "datetimepicker"}
    if offered:
        times = [
            _input("until", "Until", _dots(offered, offered[0][0]), hint=f"Working times, in {facts.zone}."),
            _input(EXACT, "Or exactly at", exactly, optional=True, hint="A time chosen here wins."),
        ]
    else:
        times = [_input(EXACT, "Until", exactly)]
    return _form("snooze", facts, *times, _words(_left(facts.snoozes_left)), submit=SNOOZE)


def _hand_over(facts: LeadForm) -> View:
    return _form(
        "hand_over",
        facts,
        _input(
            "person",
            "To whom?",
            {"type": "users_select", "placeholder": _plain("Choose somebody", _OPTION)},
            hint="They are asked in a message of their own. Nothing changes until they accept.",
        ),
        _input("reason", "Why?", _lines(SHORT), optional=True),
        submit=HAND_OVER,
    )


def _not_a_fit(facts: LeadForm) -> View:
    reasons = [(reason, reason) for reason in facts.reasons[:_ENTRIES]]
    chosen = _dots(reasons) if len(reasons) <= _DOTS else _select(reasons)
    return _form(
        "not_a_fit",
        facts,
        _input("reason", "Why is it not a fit?", chosen),
        _input(
            "words",
            "For marketing",
            _lines(SHORT),
            optional=True,
            hint="Marketing reads the reason and these words, without your name.",
        ),
        submit=NOT_A_FIT,
    )


_DRAWN: Final[Mapping[Form, Callable[[LeadForm], View]]] = {
    "log_details": _log_details,
    "snooze": _snooze,
    "hand_over": _hand_over,
    "not_a_fit": _not_a_fit,
}


# --- pieces --------------------------------------------------------------------------------------------------


def _form(name: Form, facts: LeadForm, *parts: Block, submit: str | None = None) -> View:
    lead = clean(facts.lead, _NAME) or "a lead without a name"
    view = _view(FORMS[name], blocks.rich(blocks.words(lead, bold=True)), *parts)
    view |= {"callback_id": name, "private_metadata": facts.ref}
    if submit is None:
        return view
    return view | {"submit": _plain(submit, _TITLE), "close": _plain("Cancel", _TITLE)}


def _view(title: str, *parts: Block) -> View:
    close = _plain("Close", _TITLE)
    return {"type": "modal", "title": _plain(title, _TITLE), "close": close, "blocks": list(parts)}


def _input(
    block_id: str, label: str, element: Block, *, optional: bool = False, hint: str | None = None
) -> Block:
    block: Block = {
        "type": "input",
        "block_id": block_id,
        "label": _plain(label, _OPTION),
        "element": element | {"action_id": VALUE},
        "optional": optional,
    }
    return block if hint is None else block | {"hint": _plain(hint, _SENTENCE)}


def _dots(choices: Iterable[tuple[str, str]], chosen: str | None = None) -> Block:
    return _offering("radio_buttons", choices, chosen)


def _select(choices: Iterable[tuple[str, str]], chosen: str | None = None) -> Block:
    return _offering("static_select", choices, chosen)


def _offering(kind: str, choices: Iterable[tuple[str, str]], chosen: str | None) -> Block:
    options = [{"text": _plain(label, _OPTION), "value": value} for value, label in choices]
    element: Block = {"type": kind, "options": options}
    initial = next((option for option in options if option["value"] == chosen), None)
    return element if initial is None else element | {"initial_option": initial}


def _lines(limit: int) -> Block:
    return _line(limit) | {"multiline": True}


def _line(limit: int) -> Block:
    return {"type": "plain_text_input", "max_length": limit}


def _named(names: Mapping[Any, str], order: Iterable[str]) -> list[tuple[str, str]]:
    return [(value, names[value]) for value in order]


def _moment(at: datetime, facts: LeadForm) -> str:
    """`Today 14:00`, `Tomorrow 09:00`, `Mon 23 Nov 09:00` in the reader's zone."""
    try:
        zone = zone_named(facts.zone)
    except ValueError:
        local, today = at.astimezone(UTC), facts.now.astimezone(UTC).date()
    else:
        local, today = at.astimezone(zone), facts.now.astimezone(zone).date()
    near = {0: "Today", 1: "Tomorrow"}.get((local.date() - today).days)
    return f"{near or f'{_WEEKDAYS[local.weekday()]} {day(local.date(), today.year)}'} {local:%H:%M}"


def _left(snoozes: int) -> str:
    if snoozes == 1:
        return "This is the last time that this lead can be snoozed."
    return f"{counted(snoozes, 'snooze')} left for this lead."


def _words(sentence: str, block_id: str | None = None, *, bold: bool = False) -> Block:
    block = blocks.rich(blocks.words(clean(sentence, _SENTENCE), bold=bold))
    return block if block_id is None else block | {"block_id": block_id}


def _plain(text: str, limit: int) -> Block:
    return {"type": "plain_text", "text": cut(text, limit), "emoji": False}


def _filled(block: Mapping[str, Any], state: Mapping[str, Any]) -> Block:
    """The block with what was entered; an option goes back exactly as it was offered."""
    if block["type"] != "input":
        return dict(block)
    element = dict(block["element"])
    held = (state.get(block["block_id"]) or {}).get(element["action_id"]) or {}
    entered, initial = _HELD[element["type"]]
    value = held.get(entered)
    if entered == "selected_option" and value is not None:
        value = next((one for one in element["options"] if one["value"] == value["value"]), None)
    element.pop(initial, None)
    return {**block, "element": element | {initial: value} if value else element}
