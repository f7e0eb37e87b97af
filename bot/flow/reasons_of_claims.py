"""Why somebody is asked about a win: credit that is said to be missing, and two deals that look the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.flow import claims as flow
from bot.flow.reason_facts import Fact, Subject
from bot.flow.reasons_of_wins import of_deals
from bot.store import claims, people, records

if TYPE_CHECKING:
    from bot.domain.agreement import Agreement
    from bot.store.claims import Claim
    from bot.store.database import Session
    from bot.store.outbox import Message

_STATES: Final = {"offered": "not answered yet", "confirmed": "confirmed", "declined": "declined"}
_MERGES: Final = {"merged": "they are the same", "kept": "they are two"}


def claim(session: Session, agreement: Agreement, message: Message) -> tuple[str, list[Fact], Subject]:
    """Who says that what is missing from which win, and what the other side answered."""
    rule = (
        "Somebody says that something is missing from a win, so people of the other side are asked. "
        "Nothing changes before one of them confirms."
    )
    return _about(session, agreement, message, rule)


def claim_answer(session: Session, agreement: Agreement, message: Message) -> tuple[str, list[Fact], Subject]:
    """What became of a claim, for whoever made it."""
    rule = "Whoever said that something was missing from a win hears what the other side answered."
    return _about(session, agreement, message, rule)


def merge_offer(session: Session, agreement: Agreement, message: Message) -> tuple[str, list[Fact], Subject]:
    """Which win by hand and which deal of a CRM look the same, and what was answered."""
    rule = (
        "A deal of the CRM has the customer and the amount of a win that was entered by hand, so whoever entered it is "
        "asked once whether they are the same."
    )
    deal, by_hand = str(message.ref["deal"]), str(message.ref["by_hand"])
    facts = [
        Fact("Deal", f"{flow.title_of(session, agreement, deal)} ({deal})"),
        Fact(
            "Entered by hand", str(records.load(session, "deal", by_hand).record.get("customer") or by_hand)
        ),
        Fact("Answer", _MERGES.get(message.ref.get("answer") or "", _STATES["offered"])),
    ]
    return rule, facts, of_deals(session, [deal, by_hand])


def _about(
    session: Session, agreement: Agreement, message: Message, rule: str
) -> tuple[str, list[Fact], Subject]:
    made = claims.find(session, message.ref["claim"])
    if made is None:
        return rule, [], Subject(frozenset())
    return rule, _facts(session, agreement, made), of_deals(session, [made.deal_key])


def _facts(session: Session, agreement: Agreement, made: Claim) -> list[Fact]:
    def name(email: str) -> str:
        person = people.by_email(session, [email]).get(email)
        return (person.name if person is not None else None) or email

    what = name(made.name) if made.kind == "person" else made.name
    facts = [
        Fact("Deal", f"{flow.title_of(session, agreement, made.deal_key)} ({made.deal_key})"),
        Fact("Proposed", f"{made.kind}: {what}"),
        Fact("Proposed by", name(made.by_email) if made.by_email else made.by_slack_id),
        Fact("Because", made.why),
        Fact("Proposed at", at=made.at),
        Fact("Decided by", made.side),
        Fact("Answer", _STATES[made.state]),
    ]
    if made.touched_on is not None:
        facts.insert(2, Fact("Touched on", made.touched_on.isoformat()))
    if made.settled_by is not None:
        facts += [Fact("Answered by", name(made.settled_by)), Fact("Answered at", at=made.settled_at)]
    return facts
