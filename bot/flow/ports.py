"""What the flows ask of the outside, as small protocols."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from bot.domain.delivery import CannotLook, Refused

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.clock import Clock
    from bot.domain.agreement import Agreement
    from bot.domain.delivery import Account, DoNotDisturb, Look, Outcome, Rejected
    from bot.store.database import Database


class Slack(Protocol):
    """The workspace, as far as delivery needs it. No method raises for what Slack answers."""

    async def account_of(self, email: str) -> Account | Refused | Rejected:
        """The account behind an address."""
        ...

    async def email_of(self, slack_id: str) -> str | Refused | Rejected | None:
        """The address of an account; None if it shows none."""
        ...

    async def do_not_disturb(self, slack_id: str) -> DoNotDisturb | Refused | Rejected:
        """The present or next quiet span of an account's schedule; Rejected where the app may not see it."""
        ...

    async def direct_channel(self, slack_id: str) -> str | Refused | Rejected:
        """The id of the direct-message channel with somebody."""
        ...

    async def channel_named(self, name: str) -> str | Refused | Rejected | None:
        """The id of a channel as the agreement names it; None if the bot sees none of that name."""
        ...

    async def post(
        self, channel: str, payload: dict[str, Any], uid: str, thread_ts: str | None = None
    ) -> Outcome:
        """Post a message marked with `uid`, or a reply in a thread; never repeats a call whose fate is unknown."""
        ...

    async def edit(self, channel: str, ts: str, payload: dict[str, Any]) -> Outcome:
        """Edit a message."""
        ...

    async def look_for(self, channel: str, uid: str, since: datetime, thread_ts: str | None = None) -> Look:
        """Look for a message by its mark among those posted in a channel, or in a thread, since an instant."""
        ...


class NotConnected:
    """The workspace as short commands see it: they never call it, and a running `serve` does the delivering."""

    _answer = Refused("not connected to Slack")

    async def account_of(self, email: str) -> Account | Refused | Rejected:  # noqa: ARG002
        """Not connected."""
        return self._answer

    async def email_of(self, slack_id: str) -> str | Refused | Rejected | None:  # noqa: ARG002
        """Not connected."""
        return self._answer

    async def do_not_disturb(self, slack_id: str) -> DoNotDisturb | Refused | Rejected:  # noqa: ARG002
        """Not connected."""
        return self._answer

    async def direct_channel(self, slack_id: str) -> str | Refused | Rejected:  # noqa: ARG002
        """Not connected."""
        return self._answer

    async def channel_named(self, name: str) -> str | Refused | Rejected | None:  # noqa: ARG002
        """Not connected."""
        return self._answer

    async def post(
        self,
        channel: str,  # noqa: ARG002
        payload: dict[str, Any],  # noqa: ARG002
        uid: str,  # noqa: ARG002
        thread_ts: str | None = None,  # noqa: ARG002
    ) -> Outcome:
        """Not connected."""
        return self._answer

    async def edit(self, channel: str, ts: str, payload: dict[str, Any]) -> Outcome:  # noqa: ARG002
        """Not connected."""
        return self._answer

    async def look_for(
        self,
        channel: str,  # noqa: ARG002
        uid: str,  # noqa: ARG002
        since: datetime,  # noqa: ARG002
        thread_ts: str | None = None,  # noqa: ARG002
    ) -> Look:
        """Not connected."""
        return CannotLook("not connected to Slack", 60.0)


@dataclass(slots=True)
class Office:
    """Everything a flow needs at hand. `agreement` is the one in force; `roll` gives random numbers in [0, 1)."""

    database: Database
    clock: Clock
    agreement: Agreement
    slack: Slack
    roll: Callable[[], float]
