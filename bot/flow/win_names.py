"""What a win, its customer and its touches are called, as far as the agreement lets them be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.agreement import fold
from bot.flow.statements import short_key
from bot.store import records

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.domain.agreement import Agreement
    from bot.domain.credit import Touch
    from bot.store.credit_figures import Share
    from bot.store.database import Session
    from bot.store.records import Contact, Stored
    from bot.store.wins import Credit


def customer(agreement: Agreement, contacts: Iterable[Contact]) -> str | None:
    """The company, with the contact's name before it where the agreement shows that; None where it shows neither."""
    shown = agreement.wins.shown
    if shown == "none":
        return None
    leads = [lead for contact in contacts for lead in contact.leads]
    companies = [lead.record.get("company") for lead in leads]
    names = [lead.record.get("name") for lead in leads if shown == "contact" and not lead.columns["deleted"]]
    return ", ".join([*filter(None, names)][:1] + [*filter(None, companies)][:1]) or None


def deal_name(agreement: Agreement, deal: Stored) -> str | None:
    """The deal's name, which may hold the customer's: none where the agreement shows no customer."""
    return shown_name(agreement, deal.record.get("name"))


def shown_name(agreement: Agreement, told: object) -> str | None:
    """A deal's name as its source tells it, where the agreement lets it be shown."""
    return str(told) if told and agreement.wins.shown != "none" else None


class Spelled:
    """How assets, campaigns and channels are shown: as the earliest event wrote them."""

    def __init__(self, session: Session) -> None:
        self._known = {kind: records.spellings(session, kind) for kind in ("asset", "campaign", "channel")}

    def of(self, kind: str, text: str) -> str:
        """A name as it is shown."""
        return self._known[kind].get(short_key(fold(text)), text)

    def known_as(self, kind: str, words: str) -> str | None:
        """The asset, campaign or channel that somebody means by its whole name; None if there is none."""
        return self._known[kind].get(short_key(fold(words)))

    def what(self, touch: Touch | Credit) -> str:
        """What was touched, in words: the asset, else the campaign, else the kind, else the channel."""
        for kind in ("asset", "campaign"):
            told = getattr(touch, kind)
            if told:
                return self.of(kind, told)
        return (touch.kind or touch.channel or "touch").replace("_", " ").capitalize()

    def touch(self, touch: Touch | Share) -> str | None:
        """What was touched: the asset, else the campaign, else the channel; None for no touch at all."""
        for kind in ("asset", "campaign", "channel"):
            told = getattr(touch, kind)
            if told:
                return self.of(kind, told)
        return None
