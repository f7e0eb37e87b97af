"""What people say about a win: credit that is missing, thanks, and a win entered by hand; and the rules of that.

Nobody changes credit alone: what one side proposes, the other one confirms or declines.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Literal

from bot.domain import money
from bot.domain.agreement import fold
from bot.errors import FormatError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date

    from bot.domain.credit import Touch
    from bot.domain.facts import Named
    from bot.domain.money import Money

Kind = Literal["asset", "campaign", "person"]
Side = Literal["sales", "marketing"]
KINDS: Final[tuple[Kind, ...]] = ("asset", "campaign", "person")
NAME: Final = 200
"""Letters of the name of an asset, a campaign or a customer."""
WHY: Final = 300
"""Letters of the sentence why credit is missing."""
THANKS: Final = 200
"""Letters of a word of thanks."""
THANKED: Final = 10
"""People who can be thanked at once, or have helped to win a deal entered by hand."""
ASSETS: Final = 20
"""Assets of a win entered by hand."""
REPEATED: Final = 9
"""Wins of one customer with one amount that can be entered by hand."""

_SAME_TOUCH: Final = timedelta(hours=24)
_SIDES: Final[dict[str, Side]] = {
    "sales": "sales",
    "manager": "sales",
    "success": "sales",
    "marketing": "marketing",
}
_ASKED: Final[dict[Side, int]] = {"sales": 1, "marketing": 3}
_SALES: Final = ("sales", "manager")
_OTHER: Final[dict[Side, tuple[str, ...]]] = {"sales": ("marketing",), "marketing": ("sales", "success")}


@dataclass(frozen=True, slots=True)
class Faulty:
    """Something that cannot be taken as it is: the field of the form, and what would be valid."""

    field: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """Credit that somebody says is missing; a person's `name` is their Slack account until it is looked up."""

    kind: Kind
    name: str
    touched_on: date | None
    why: str


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of the seller, as far as deciding on credit goes."""

    email: str
    role: str | None
    active: bool = True


@dataclass(frozen=True, slots=True)
class ByHand:
    """A win that somebody entered: the people are Slack accounts, the assets in the order in which they were named."""

    customer: str
    amount: Money
    rep: str
    contributors: tuple[str, ...]
    assets: tuple[str, ...]
    won_on: date


@dataclass(frozen=True, slots=True)
class WinForm:
    """What a form about a win needs to know before it opens."""

    ref: str
    title: str
    """What the win is called, as typed by somebody outside."""


@dataclass(frozen=True, slots=True)
class HandForm:
    """What the form for a win by hand needs to know before it opens; `ref` makes one win of two submissions."""

    ref: str
    slack_id: str
    currency: str
    today: date


@dataclass(frozen=True, slots=True)
class ClaimAsked:
    """The question whether credit is missing, as the other side reads it; people are told by name."""

    ref: str
    kind: Kind
    name: str
    deal: str
    by: Named
    why: str
    touched_on: date | None
    state: Literal["offered", "confirmed", "declined"]
    settled_by: Named | None = None
    stands: bool = True
    """Whether the deal counts as won, so that there is something to credit."""
    follows: bool = True
    """Whether card and figures change by a yes: a touch out of the span that counts changes nothing."""


@dataclass(frozen=True, slots=True)
class MergeOffer:
    """The question whether a win entered by hand and a CRM's deal are the same."""

    ref: str
    by_hand: str
    won_on: date | None
    """The day on which the one by hand was won: one customer may buy the same twice."""
    deal: str
    amount: Money | None
    deal_is_won: bool
    url: str | None
    state: Literal["offered", "merged", "kept", "gone"]


def side_of(role: str | None) -> Side | None:
    """The side on which somebody of a role stands; None where the role is not known."""
    return _SIDES.get(role or "")


def deciding_side(proposer_role: str | None, kind: Kind) -> Side:
    """The side that decides: the one opposite to the proposer's; unknown: marketing on people, sales on the rest."""
    own = side_of(proposer_role)
    if own is None:
        return "marketing" if kind == "person" else "sales"
    return "marketing" if own == "sales" else "sales"


def may_decide(side: Side, role: str | None) -> bool:
    """Whether somebody of a role may decide for a side, also as a stand-in: nobody who works on the other one.

    Managers and people of an unknown role may.
    """
    return role not in _OTHER[side]


def candidates(
    side: Side, colleagues: Iterable[Colleague], owner: str | None, manager: str | None
) -> tuple[str, ...]:
    """The addresses of those who may be asked for a side, the first one first.

    Sales: the deal's owner, else the owner's manager, else other active people of sales and managers, by address.
    Marketing: active people of the role marketing, by address. The first `most_asked` of them who are there are asked.
    """
    active = sorted((one for one in colleagues if one.active), key=lambda one: one.email)
    if side == "marketing":
        return tuple(one.email for one in active if one.role == "marketing")
    others = [one.email for one in active if one.role in _SALES]
    return tuple(dict.fromkeys([email for email in (owner, manager) if email] + others))


def most_asked(side: Side) -> int:
    """How many people of a side are asked at most."""
    return _ASKED[side]


def read_proposal(
    kind: str | None, name: str | None, person: str | None, day: date | None, why: str | None, today: date
) -> Proposal | Faulty:
    """A proposal as it was entered, or what is wrong with it. A person has no day."""
    known = next((one for one in KINDS if one == kind), None)
    if known is None:
        return Faulty("what", "Choose what is missing.")
    if known == "person" and not person:
        return Faulty("person", "Choose who helped.")
    if known != "person" and not (name or "").strip():
        return Faulty("name", f"Write the name of the {known}.")
    if known != "person" and day is not None and day > today:
        return Faulty("day", "Choose a day that has come, or none.")
    if not (why or "").strip():
        return Faulty("why", "Say in a sentence why. The other side reads it.")
    who = person if known == "person" else name
    return Proposal(
        known,
        " ".join(str(who).split())[:NAME],
        None if known == "person" else day,
        " ".join(str(why).split())[:WHY],
    )


def is_recorded(claimed: Touch, touches: Iterable[Touch], *, on_a_day: bool) -> bool:
    """Whether one of these touches is the claimed one: both would be the same part of a win twice.

    It has the same asset, or for a claimed campaign the same campaign, compared by `fold`, at most 24 hours before or
    after; where the claim is not about a day (`on_a_day`), at any time.
    """
    field = "asset" if claimed.asset else "campaign"
    sought = fold(getattr(claimed, field))
    return any(
        fold(getattr(one, field) or "") == sought
        for one in touches
        if not on_a_day or abs(one.at - claimed.at) <= _SAME_TOUCH
    )


def read_thanks(people: Collection[str], words: str | None, own: str) -> Faulty | None:
    """What is wrong with a word of thanks from the account `own` to others; None if nothing is."""
    if not people:
        return Faulty("people", "Choose whom to thank.")
    if own in people:
        return Faulty("people", "Thanks go to others. Please take yourself out.")
    if len(people) > THANKED:
        return Faulty("people", f"Choose at most {THANKED} people.")
    if not (words or "").strip():
        return Faulty("words", "Write a sentence.")
    return None


def read_by_hand(
    customer: str | None,
    amount: str | None,
    currency: str | None,
    rep: str | None,
    contributors: Sequence[str],
    assets: str | None,
    day: date | None,
    today: date,
) -> ByHand | Faulty:
    """A win as it was entered by hand, or what is wrong with it. Assets stand one on a line."""
    named = " ".join((customer or "").split())
    if not named:
        return Faulty("customer", "Write who the customer is.")
    try:
        worth = money.parse((amount or "").strip(), currency or "")
    except FormatError as error:
        advice = {
            "currency": "Write a currency by its three letters, like USD.",
            "amount": "Write the amount as a plain number like 12500.50: at most 14 digits, and 4 decimals.",
        }
        return Faulty(error.field, advice[error.field])
    if rep is None:
        return Faulty("rep", "Choose whose win it is.")
    if len(contributors) > THANKED:
        return Faulty("contributors", f"Choose at most {THANKED} people.")
    listed: dict[str, str] = {}
    for line in (assets or "").splitlines():
        if line.strip():
            listed.setdefault(fold(line), " ".join(line.split())[:NAME])
    if len(listed) > ASSETS:
        return Faulty("assets", f"Name at most {ASSETS} assets.")
    if day is None:
        return Faulty("day", "Choose the day on which it was won.")
    if day > today:
        return Faulty("day", "A win is entered after it was won. Choose a day that has come.")
    others = tuple(one for one in dict.fromkeys(contributors) if one != rep)
    return ByHand(named[:NAME], worth, rep, others, tuple(listed.values()), day)


def hand_ids(customer: str, amount: Money) -> tuple[str, ...]:
    """The ids that wins by hand of a customer and an amount have, in the order in which they are given out.

    So a deal of another source finds those with the same customer and amount by their keys. Customers are compared by
    `fold`.
    """
    told = f"{fold(customer)}\n{amount.minor} {amount.currency}"
    mark = hashlib.sha256(told.encode("utf-8", "backslashreplace")).hexdigest()[:20]
    return (mark, *(f"{mark}-{number}" for number in range(2, REPEATED + 1)))
