"""Who is told: the owner, their manager, a channel; whoever stands in while somebody is away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.domain import presence
from bot.flow.people import somebody
from bot.store import people

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from bot.domain.agreement import Agreement
    from bot.domain.presence import Somebody
    from bot.store.database import Session

PERSON: Final = "person:"


class Receivers:
    """Finds receivers for many leads; everybody is read once."""

    def __init__(
        self, session: Session, agreement: Agreement, now: datetime, soon: Iterable[str | None] = ()
    ) -> None:
        """`soon` are the owners who will be asked about."""
        self._session, self._agreement, self._now = session, agreement, now
        self._known: dict[str, Somebody] = {}
        self._asked: set[str] = set()
        self._load({email for email in soon if email is not None})

    def target(self, to: str, owner: str | None) -> str:
        """The target of a message (`person:e-mail` or a channel) for a step.

        `to` is `owner`, `manager` (of the owner), `channel` or an e-mail. What nobody with a Slack account can be told
        goes to the agreement's channel.
        """
        if to == "channel":
            return self._agreement.reminders.channel
        email = {"owner": owner, "manager": self._manager(owner)}.get(to, to)
        found = self.receiver(email) if email is not None else None
        return PERSON + found if found is not None else self._agreement.reminders.channel

    def receiver(self, email: str) -> str | None:
        """Who receives what is for somebody: they themselves, or whoever stands in for them; None if nobody does."""
        self._load({email})
        return presence.receiver(email, self._known, self._now, self._agreement.timezone)

    def _manager(self, owner: str | None) -> str | None:
        if owner is None:
            return None
        self._load({owner})
        return self._known[owner].manager_email if owner in self._known else None

    def _load(self, wanted: set[str]) -> None:
        """Read people, and those who may stand in for them."""
        while wanted := wanted - self._asked:
            self._asked |= wanted
            found = people.by_email(self._session, wanted)
            self._known |= {address: somebody(person) for address, person in found.items()}
            stand_ins = {
                other
                for person in found.values()
                for other in (person.delegate_email, person.manager_email)
                if other
            }
            wanted = stand_ins
