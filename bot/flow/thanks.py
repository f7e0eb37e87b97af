"""Thanks about a win: kept, and shown as one collected line of its card; nobody is notified by it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final, Literal

from bot.domain import claiming
from bot.domain.claiming import Faulty
from bot.flow import cards, claims
from bot.flow.people import who_is
from bot.store import people, records, thanks
from bot.store.thanks import Word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from bot.domain.answering import Press
    from bot.flow.ports import Office
    from bot.store.database import Session

AT_ONCE: Final = timedelta(minutes=1)
"""The same words to the same people within this span are one word of thanks."""

Thanked = Faulty | Literal["settled", "gone"]
"""What became of it: `settled` (also for the same words twice), or `gone` where the win does not stand."""


async def thank(office: Office, press: Press, to: Sequence[str], words: str | None) -> Thanked:
    """Keep a word of thanks from whoever presses to these Slack accounts; the card is drawn anew.

    Raises StorageError while Slack cannot be asked who somebody is.
    """
    fault = claiming.read_thanks(to, words, press.slack_id)
    if fault is not None:
        return fault
    accounts = {slack_id: await who_is(office, slack_id) for slack_id in (press.slack_id, *to)}
    said = " ".join(str(words).split())[: claiming.THANKS]
    now = office.clock.now()
    return await office.database.write(lambda s: _keep(s, press, accounts, tuple(to), said, now))


def _keep(
    session: Session,
    press: Press,
    accounts: Mapping[str, str | None],
    to: tuple[str, ...],
    words: str,
    now: datetime,
) -> Thanked:
    place = claims.standing(session, press.ref)
    if place is None:
        return "gone"
    for slack_id, email in accounts.items():
        if email is not None:
            # So that the card can name somebody of whom no CRM has told.
            records.name(session, "person", email)
            people.linked(session, email, slack_id, now)
    word = Word(*place, now, press.slack_id, to, words)
    if thanks.add(session, word, unless_since=now - AT_ONCE):
        cards.show_deal_again(session, place[0], now)
    return "settled"
