"""The forms about a win: what is missing, thanks, and a win entered by hand; and the sentences that answer them.

The block ids are the names of the fields in `bot.domain.claiming.Faulty`, so that an error finds its place. Every input
has the action id `VALUE`. A view carries nothing but a reference.
Source of the limits: https://docs.slack.dev/reference/views/modal-views and /reference/block-kit/block-elements
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

from bot.domain.claiming import ASSETS, KINDS, NAME, THANKED, THANKS, WHY
from bot.render import blocks
from bot.render.forms import VALUE, View
from bot.render.text import clean, cut

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.domain.claiming import HandForm, Side, WinForm
    from bot.render.blocks import Block

MISSING_ACTION: Final = "win_missing"
THANKS_ACTION: Final = "win_thanks"
ADD: Final = "add_win"
"""The callback id of the shortcut, and of the form that it opens."""
Form = Literal["claim_form", "thanks_form", "add_win"]
TITLES: Final[Mapping[Form, str]] = {
    "claim_form": "Something missing?",
    "thanks_form": "Say thanks",
    "add_win": "Add a win",
}
"""Every form by its callback id, with its title."""
_TITLE: Final = 24
_LABEL: Final = 75
_HINT: Final = 1000
_AMOUNT: Final = 40
_CODE: Final = 3
_LINES: Final = 2000
_WHAT: Final = {"asset": "An asset", "campaign": "A campaign", "person": "A person"}

GONE: Final = (
    "This win does not stand at the moment, so there is nothing to say about it. Nothing was changed."
)
CREDITED: Final = "This is credited already: the card names it. Nothing was changed."
ALREADY_ASKED: Final = "This was proposed already, and the other side is asked. Nothing more to do."
SETTLED: Final = "This is settled already. Nothing more to do."
NOT_ASKED: Final = "Somebody else was asked about this, so the answer is theirs to give. Nothing was changed."
NOT_WON: Final = (
    "The deal does not count as won at the moment, so there is nothing to credit. Nothing was changed."
)
ENTERED: Final = (
    "Saved. It counts like any other win. Its card says that it was entered by hand; a win that is too old or too "
    "small for a card, as the agreement has it, gets none."
)
ENTERED_ALREADY: Final = "This win is there already: the same customer, amount and day. Nothing was changed."
TOO_MANY: Final = (
    "This customer has many wins of this amount by hand already. Please enter this one in the CRM."
)
_NOBODY: Final = {
    "sales": (
        "Nobody of sales can be asked, so nothing was stored. It would help if the CRM told the deal's owner, or who "
        "has the role sales or manager (person.updated)."
    ),
    "marketing": (
        "Nobody of marketing can be asked, so nothing was stored. It would help if the CRM told who has the role "
        "marketing (person.updated)."
    ),
}
_ASKED: Final = {
    "sales": "Sales is asked in a direct message. You hear from me when they have answered.",
    "marketing": "Marketing is asked in a direct message. You hear from me when they have answered.",
}


def asked(side: Side) -> str:
    """The proposal is on its way."""
    return _ASKED[side]


def nobody(side: Side) -> str:
    """Nobody is there to decide, and what would help."""
    return _NOBODY[side]


def opening(name: Form) -> View:
    """What stands there while the facts of a form are read."""
    return _view(name, _words("One moment… If this stays, please close it and press again."))


def claim_form(facts: WinForm) -> View:
    """What is missing from a win, and why."""
    return _form(
        "claim_form",
        facts.ref,
        _title(facts),
        _input("what", "What is missing?", _dots([(kind, _WHAT[kind]) for kind in KINDS])),
        _input(
            "name",
            "Name of the asset or campaign",
            _line(NAME),
            optional=True,
            hint="Best as marketing calls it, so that it is found with the others of that name.",
        ),
        _input("person", "Or who helped", _person("users_select"), optional=True),
        _input("day", "Day on which they touched it", {"type": "datepicker"}, optional=True),
        _input(
            "why",
            "Why?",
            _line(WHY) | {"multiline": True},
            hint="The other side reads this and confirms or declines.",
        ),
        submit="Propose",
    )


def thanks_form(facts: WinForm) -> View:
    """Whom to thank for a win, and in which words."""
    people = _person("multi_users_select") | {"max_selected_items": THANKED}
    return _form(
        "thanks_form",
        facts.ref,
        _title(facts),
        _input("people", "Whom?", people),
        _input(
            "words",
            "In a sentence",
            _line(THANKS),
            hint="It appears on the card. Nobody gets a notification.",
        ),
        submit="Say thanks",
    )


def hand_form(facts: HandForm) -> View:
    """A win that no CRM tells of."""
    helpers = _person("multi_users_select") | {"max_selected_items": THANKED}
    return _form(
        "add_win",
        facts.ref,
        _input("customer", "Customer", _line(NAME)),
        _input("amount", "Amount", _line(_AMOUNT), hint="A plain number, like 12500.50."),
        _input("currency", "Currency", _line(_CODE) | {"initial_value": facts.currency}),
        _input("day", "Won on", {"type": "datepicker", "initial_date": facts.today.isoformat()}),
        _input("rep", "Whose win is it?", _person("users_select") | {"initial_user": facts.slack_id}),
        _input("contributors", "Who helped?", helpers, optional=True),
        _input(
            "assets",
            "What of marketing did they touch?",
            _line(_LINES) | {"multiline": True},
            optional=True,
            hint=f"One on a line, at most {ASSETS}.",
        ),
        submit="Add",
    )


def _form(name: Form, ref: str, *parts: Block, submit: str) -> View:
    view = _view(name, *parts) | {"callback_id": name, "private_metadata": ref}
    return view | {"submit": _plain(submit, _TITLE), "close": _plain("Cancel", _TITLE)}


def _view(name: Form, *parts: Block) -> View:
    close = _plain("Close", _TITLE)
    return {"type": "modal", "title": _plain(TITLES[name], _TITLE), "close": close, "blocks": list(parts)}


def _title(facts: WinForm) -> Block:
    return _words(clean(facts.title, NAME) or "A deal without a name", bold=True)


def _words(sentence: str, *, bold: bool = False) -> Block:
    return blocks.rich(blocks.words(sentence, bold=bold))


def _input(
    block_id: str, label: str, element: Block, *, optional: bool = False, hint: str | None = None
) -> Block:
    block: Block = {
        "type": "input",
        "block_id": block_id,
        "label": _plain(label, _LABEL),
        "element": element | {"action_id": VALUE},
        "optional": optional,
    }
    return block if hint is None else block | {"hint": _plain(hint, _HINT)}


def _dots(choices: list[tuple[str, str]]) -> Block:
    options = [{"text": _plain(label, _LABEL), "value": value} for value, label in choices]
    return {"type": "radio_buttons", "options": options, "initial_option": options[0]}


def _person(kind: str) -> Block:
    return {"type": kind, "placeholder": _plain("Choose", _LABEL)}


def _line(limit: int) -> Block:
    return {"type": "plain_text_input", "max_length": limit}


def _plain(text: str, limit: int) -> dict[str, Any]:
    return {"type": "plain_text", "text": cut(text, limit), "emoji": False}
