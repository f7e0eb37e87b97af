"""Credit for a won deal: which touches count, which part each earned, and what that is in money.

Touches are in order of (time, id); shares sum to 1 and credits to the deal's amount, always. The models are
those of the usual attribution reports (HubSpot, Matomo, Salesforce, Google Analytics).
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Final, TypeAlias

from bot.domain.agreement import fold
from bot.domain.money import split

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from decimal import Decimal

Weights: TypeAlias = tuple[Fraction, ...]

_SAME_TOUCH: Final = timedelta(hours=24)
_STORY_HEAD, _STORY_TAIL = 2, 4
_KEY_SHARES: Final[Mapping[str, tuple[Fraction, ...]]] = {
    "u_lead": (Fraction(2, 5),) * 2,
    "w": (Fraction(3, 10),) * 3,
    "full_path": (Fraction(9, 40),) * 4,
}


@dataclass(frozen=True, slots=True)
class Touch:
    """A person met marketing `at` an aware instant: `asset` is the material, `channel` the way."""

    id: str
    at: datetime
    asset: str | None
    campaign: str | None
    channel: str | None
    kind: str | None


@dataclass(frozen=True, slots=True)
class Credit:
    """One touch's part of a deal: a share of 1, and minor units of its currency. No touch: unattributed."""

    touch: Touch | None
    share: Fraction
    minor: int


@dataclass(frozen=True, slots=True)
class Story:
    """The touches that a short story shows, in order, and how many it left out after the second."""

    shown: tuple[Touch, ...]
    left_out: int


def counting(touches: Iterable[Touch], won_at: datetime, lookback_days: int) -> tuple[Touch, ...]:
    """Return the touches that earn credit, in order of (time, id).

    They are those up to the won instant and at most the lookback before it; both ends count. A lookback of 0
    has no limit. A day is 24 hours here.
    """
    counted = [touch for touch in touches if touch.at <= won_at]
    if lookback_days > 0:
        limit = timedelta(days=lookback_days)
        counted = [touch for touch in counted if won_at - touch.at <= limit]
    return tuple(sorted(counted, key=lambda touch: (touch.at, touch.id)))


def weights(model: str, n: int, *, position: tuple[float | Decimal, float | Decimal] = (0.4, 0.4)) -> Weights:
    """Return the shares of n touches in order under `first`, `last`, `linear` or `position`.

    They sum to 1; there are none for n = 0. `position` = (a, b): a to the first, b to the last, the middle
    share 1-a-b evenly to the others; with two touches the middle share is halved between them. ValueError for
    another model, and where a, b or the middle is below 0.
    """
    if model not in {"first", "last", "linear", "position"}:
        raise ValueError(f"{model!r} is not a model by place; there are first, last, linear and position")
    if n <= 0:
        return ()
    if model == "linear":
        return (Fraction(1, n),) * n
    if model == "position":
        return _by_position(n, *position)
    key = 0 if model == "first" else n - 1
    return tuple(Fraction(int(at == key)) for at in range(n))


def key_weights(model: str, n: int, keys: Sequence[int | None]) -> Weights:
    """Return the shares of n touches in order under a model of key touches; they sum to 1, none for n = 0.

    `keys` are places in the order, from 0: `u_lead` takes (first, lead creation), 2/5 each; `w` adds the
    creation of the opportunity, 3/10 each; `full_path` adds the closing touch, 9/40 each. The rest goes
    evenly to the other touches. A touch that is several keys gets their shares added; with no other touch the
    rest goes to the keys in proportion. None is a milestone before every touch: its share joins the rest, so
    without any key the touches share evenly. ValueError for another model, a wrong number of keys, and a
    place outside the order.
    """
    if model not in _KEY_SHARES:
        raise ValueError(f"{model!r} is not a model of key touches; there are {', '.join(_KEY_SHARES)}")
    shares = _KEY_SHARES[model]
    if len(keys) != len(shares):
        raise ValueError(f"{model} has {len(shares)} key touches; {len(keys)} are given")
    if n <= 0:
        return ()
    if any(key is not None and not 0 <= key < n for key in keys):
        raise ValueError(f"the key touches {tuple(keys)} are not all among {n} touches")
    found = [Fraction(0)] * n
    for key, share in zip(keys, shares, strict=True):
        if key is not None:
            found[key] += share
    others = n - len({key for key in keys if key is not None})
    given = sum(found, Fraction(0))
    if others > 0:
        return tuple(share or (1 - given) / others for share in found)
    return tuple(share / given for share in found)


def key_places(touches: Sequence[Touch], milestones: Sequence[datetime | None]) -> tuple[int | None, ...]:
    """Return the place of each milestone's key touch: the last at or before it; None where there is none.

    The touches are in order of time, as `counting` gives them. A milestone of None did not happen.
    """
    times = [touch.at for touch in touches]
    places = [bisect_right(times, at) - 1 if at is not None else -1 for at in milestones]
    return tuple(place if place >= 0 else None for place in places)


def decay_weights(ages_days: Sequence[float], half_life: float) -> Weights:
    """Return the shares under time decay: 2 ** (-age / half life), divided by their sum; they sum to 1.

    Ages are days from the touch to the won instant. ValueError for a half-life that is not above zero.
    """
    if not half_life > 0:
        raise ValueError(f"a half-life is a number of days above zero; {half_life} is not")
    # Shares depend on differences of age only; counted from the youngest touch, old ones do not all become 0.
    youngest = min(ages_days, default=0)
    powers = [Fraction(2.0 ** ((youngest - age) / half_life)) for age in ages_days]
    whole = sum(powers, Fraction(0))
    return tuple(power / whole for power in powers)


def book(
    total_minor: int, touches: Sequence[Touch], weights: Sequence[Fraction | float]
) -> tuple[Credit, ...]:
    """Return one credit a touch, in order: `total_minor` split by the weights, exactly (`money.split`).

    Without a touch the whole is one credit to nobody, which is told as unattributed. Weights that do not sum
    to 1 are divided by their sum. ValueError where touches and weights are not equally many.
    """
    if len(touches) != len(weights):
        raise ValueError(f"{len(touches)} touches need as many weights; {len(weights)} are given")
    if not touches:
        return (Credit(None, Fraction(1), total_minor),)
    parts = split(total_minor, weights)
    exact = [Fraction(share) for share in weights]
    whole = sum(exact, Fraction(0))
    return tuple(
        Credit(touch, share / whole, minor) for touch, share, minor in zip(touches, exact, parts, strict=True)
    )


def story(touches: Sequence[Touch]) -> Story:
    """Return what a short story shows: repeats in a row once, and of over 6 the first 2 and the last 4.

    The touches are in order. A repeat is a touch of the same asset as the one before it (without an asset: of
    the same campaign, channel and kind), compared without case and surrounding space; the first of a row is
    shown. Repeats are not "left out".
    """
    told = [touch for at, touch in enumerate(touches) if at == 0 or _same(touch) != _same(touches[at - 1])]
    left_out = max(0, len(told) - _STORY_HEAD - _STORY_TAIL)
    if left_out:
        told = told[:_STORY_HEAD] + told[-_STORY_TAIL:]
    return Story(tuple(told), left_out)


def own_touch(lead_touch: Touch, touches: Iterable[Touch]) -> Touch | None:
    """Return a lead's own asset, campaign and channel as a touch; None where that says nothing new.

    Nothing new is: where all three are missing, and where the contact's other `touches` have the same asset
    (compared without case and surrounding space) at most 24 hours before or after it.
    """
    names = (lead_touch.asset, lead_touch.campaign, lead_touch.channel)
    if not any(_folded(name) for name in names):
        return None
    asset = _folded(lead_touch.asset)
    near = (touch for touch in touches if abs(touch.at - lead_touch.at) <= _SAME_TOUCH)
    known = any(_folded(touch.asset) == asset for touch in near)
    return None if asset and known else lead_touch


def _by_position(n: int, a: float | Decimal, b: float | Decimal) -> Weights:
    first, last = Fraction(str(a)), Fraction(str(b))
    middle = 1 - first - last
    if min(first, last, middle) < 0:
        raise ValueError(
            f"the first and last touch get at least 0 each and at most 1 together; {a}, {b} do not"
        )
    if n == 1:
        return (Fraction(1),)
    if n == 2:
        return (first + middle / 2, last + middle / 2)
    return (first, *(middle / (n - 2),) * (n - 2), last)


def _folded(name: str | None) -> str:
    return fold(name) if name is not None else ""


def _same(touch: Touch) -> tuple[str, ...]:
    asset = _folded(touch.asset)
    if asset:
        return (asset,)
    return ("", _folded(touch.campaign), _folded(touch.channel), _folded(touch.kind))
