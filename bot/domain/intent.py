"""What the touches of a contact tell the lead's owner: in words, since they came, and which of them show intent.

Every instant is UTC and aware. Touches may come in any order; they are read in the order of their time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from bot.domain.agreement import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.domain.credit import Touch

Kind: TypeAlias = Literal["demo_request", "call_request", "return_visit"]

QUIET: Final = timedelta(days=14)
"""A visit after so long without any touch is a return. A day is 24 hours here."""
TOLD_EVERY: Final = timedelta(hours=24)
"""How often a lead's owner is told of intent."""
MOST_TOLD: Final = 3
"""How many different touches a line of context names."""

_OWN_TOUCH: Final = timedelta(hours=24)
_REQUESTS: Final[tuple[Kind, ...]] = ("demo_request", "call_request")
_IN_WORDS: Final = {
    "visit": "the site",
    "download": "a download",
    "webinar": "a webinar",
    "demo_request": "a demo request",
    "call_request": "a call request",
    "email_click": "an e-mail",
    "ad": "an ad",
    "event": "an event",
}
"""What a touch that names nothing was, as a noun: it stands in a list with the names of others."""


@dataclass(frozen=True, slots=True)
class Intent:
    """A touch that says "now is a good moment". `what` is the touch in words."""

    touch_id: str
    at: datetime
    kind: Kind
    what: str


Told: TypeAlias = tuple[datetime, Kind]
"""An intent that the owner was told of: when, and of which kind."""


def in_words(touch: Touch) -> str | None:
    """What was touched: the asset, else the campaign, else what kind of thing, else the channel; None of nothing."""
    for name in (touch.asset, touch.campaign):
        if name and fold(name):
            return name
    if touch.kind and fold(touch.kind):
        return _IN_WORDS.get(touch.kind, touch.kind.replace("_", " "))
    return channel_in_words(touch.channel) if touch.channel and fold(touch.channel) else None


def channel_in_words(channel: str) -> str:
    """`paid_search` as people say it: `Paid search`."""
    words = " ".join(channel.replace("_", " ").split())
    return words[:1].upper() + words[1:] or channel


def without_name(kind: str) -> str | None:
    """What a touch with intent of this kind is called where it names neither asset nor campaign."""
    return _IN_WORDS.get("visit" if kind == "return_visit" else kind)


def touched_since(touches: Iterable[Touch], created_at: datetime, came: str | None = None) -> tuple[str, ...]:
    """What a contact touched after their creation, in words: at most the 3 latest different ones, the newest last.

    `came` is the asset, else campaign, else channel by which they came: a touch of that within 24 hours of the
    creation is the same touch and is not told again. Names are compared without case and surrounding space, and
    shown as the newest touch writes them.
    """
    own = fold(came) if came else None
    found: dict[str, str] = {}
    for touch in sorted(touches, key=_by_time, reverse=True):
        what = in_words(touch)
        if what is None or touch.at <= created_at or fold(what) in found:
            continue
        if fold(what) == own and touch.at - created_at <= _OWN_TOUCH:
            continue
        found[fold(what)] = what
        if len(found) == MOST_TOLD:
            break
    return tuple(reversed(found.values()))


def intents(
    touches: Iterable[Touch], created_at: datetime, known_until: datetime, own_asset: str | None = None
) -> tuple[Intent, ...]:
    """The touches that show intent, after the lead's creation and up to `known_until`, in the order of time.

    Those are a demo request, a call request, and a visit after 14 days or more without any touch of the contact;
    the creation counts as a touch, and the visit itself ends the silence. A touch of `own_asset`, the one by which
    the lead came, within 24 hours of the creation is how they came, not intent.
    """
    own = fold(own_asset) if own_asset else None
    found = []
    last = created_at
    for touch in sorted(touches, key=_by_time):
        if touch.at > known_until:
            break
        kind = _kind(touch, touch.at - last >= QUIET)
        last = max(last, touch.at)
        if kind is None or touch.at <= created_at:
            continue
        if own and fold(touch.asset or "") == own and touch.at - created_at <= _OWN_TOUCH:
            continue
        found.append(Intent(touch.id, touch.at, kind, in_words(touch) or kind))
    return tuple(found)


def allowed(intent: Intent, told: Iterable[Told], limit: timedelta = TOLD_EVERY) -> bool:
    """Whether the owner may be told: at most one intent of a lead within `limit` (24 hours) is.

    A request is told even so where only return visits were. Exactly the limit apart is far enough.
    """
    near = [kind for at, kind in told if abs(intent.at - at) < limit]
    if intent.kind in _REQUESTS:
        near = [kind for kind in near if kind in _REQUESTS]
    return not near


def _kind(touch: Touch, after_silence: bool) -> Kind | None:
    for request in _REQUESTS:
        if touch.kind == request:
            return request
    return "return_visit" if touch.kind == "visit" and after_silence else None


def _by_time(touch: Touch) -> tuple[datetime, bool, str]:
    # Of what happens in one instant the visit comes last: who asks for a demo does so on the site.
    return (touch.at, touch.kind == "visit", touch.id)
