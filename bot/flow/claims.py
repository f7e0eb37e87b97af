"""Somebody says that credit is missing; the other side confirms or declines; card and figures follow.

A claim is stored only where there is somebody to ask. Nothing of a win changes before the other side has said yes, and
every step is kept.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

from bot.domain import claiming
from bot.domain.agreement import fold
from bot.domain.claiming import ClaimAsked, Colleague, Faulty, Proposal, Side, WinForm
from bot.flow import cards, claimed, deals, win_names
from bot.flow.nudge_messages import hold_until
from bot.flow.people import who_is
from bot.flow.prepared import Drop, Prepared, Ready, named
from bot.flow.receivers import PERSON, Receivers
from bot.flow.statements import short_key
from bot.flow.whose import look_up
from bot.render.claim import claim, claim_answer
from bot.store import claims, outbox, people, records, wins

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from bot.domain.agreement import Agreement
    from bot.domain.answering import Press
    from bot.flow.ports import Office
    from bot.store.claims import Claim
    from bot.store.database import Session
    from bot.store.outbox import Message

Answer = Literal["settled", "already", "not asked", "not won", "gone"]
"""What became of a press: taken; settled before; somebody else was asked; the win does not stand; nothing known."""
_LIVING: Final = frozenset({"pending", "sending", "retry", "ambiguous", "sent"})


@dataclass(frozen=True, slots=True)
class Asked:
    """The proposal is stored, and people of this side are asked."""

    side: Side


@dataclass(frozen=True, slots=True)
class Nobody:
    """Nobody of this side is there to ask; nothing is stored."""

    side: Side


Proposed = Asked | Nobody | Faulty | Literal["already", "credited", "gone"]
"""What became of a proposal: besides these three, asked before; credited already; the win does not stand."""


async def form_for(office: Office, press: Press) -> WinForm | Literal["gone"]:
    """What a form about the win of a card needs to know; `gone` for one that does not stand."""
    return await office.database.read(lambda s: form_of(s, office.agreement, press.ref))


def form_of(session: Session, agreement: Agreement, ref: str) -> WinForm | Literal["gone"]:
    """`form_for` within a transaction."""
    place = standing(session, ref)
    return "gone" if place is None else WinForm(ref, title_of(session, agreement, place[0]))


def standing(session: Session, ref: str) -> tuple[str, int] | None:
    """The win (deal, number) behind a card's button, if it stands; of a deal that was merged away: the survivor's."""
    place = cards.win_of(session, ref)
    win = wins.find(session, *place) if place is not None else None
    if win is None or win.status not in {"won", "merged"}:
        return None
    if win.status == "merged":
        win = claimed.standing_of(session, win.deal_key)
    return (win.deal_key, win.number) if win is not None else None


def title_of(session: Session, agreement: Agreement, deal_key: str) -> str:
    """What a deal is called: its name, else its customer's company, as far as they may be shown; else its number."""
    name = win_names.deal_name(agreement, records.load(session, "deal", deal_key))
    if name:
        return name
    leads = [lead for contact in deals.contacts_of_deal(session, deal_key) for lead in contact.leads]
    companies = [win_names.shown_name(agreement, lead.record.get("company")) for lead in leads]
    return next(filter(None, companies), f"Deal {deal_key.partition('/')[2]}")


# --- proposing ---


async def propose(office: Office, press: Press, proposal: Proposal) -> Proposed:
    """Store a proposal and ask the other side.

    Raises StorageError while Slack cannot be asked who somebody is.
    """
    by = await who_is(office, press.slack_id)
    slack_id = None
    if proposal.kind == "person":
        slack_id = proposal.name
        email = await who_is(office, slack_id)
        if email is None:
            sentence = "Slack shows no e-mail address for this account. Choose somebody else."
            return Faulty("person", sentence)
        proposal = replace(proposal, name=email)
    now = office.clock.now()
    await look_up(office, await office.database.read(lambda s: _perhaps_asked(s, press, proposal, by)))
    return await office.database.write(
        lambda s: _propose(s, office.agreement, press, proposal, by, slack_id, now)
    )


def _perhaps_asked(session: Session, press: Press, proposal: Proposal, by: str | None) -> list[str]:
    place = standing(session, press.ref)
    if place is None:
        return []
    found = _candidates(session, place[0], _side(session, proposal, by))
    stand_ins = people.by_email(session, found).values()
    return [
        *found,
        *(
            email
            for person in stand_ins
            for email in (person.delegate_email, person.manager_email)
            if email is not None
        ),
    ]


def _propose(
    session: Session,
    agreement: Agreement,
    press: Press,
    proposal: Proposal,
    by: str | None,
    slack_id: str | None,
    now: datetime,
) -> Proposed:
    place = standing(session, press.ref)
    if place is None:
        return "gone"
    known = [one for one in claims.of_deal(session, place[0]) if _same(one, proposal)]
    if _is_credited(session, place, proposal) or any(one.state == "confirmed" for one in known):
        return "credited"
    offered = next((one for one in known if one.state == "offered"), None)
    if offered is not None and any(m.state in _LIVING for m in claims.messages_of(session, offered.id)):
        return "already"
    fault = _fault(session, agreement, place, proposal)
    if fault is not None:
        return fault
    side: Side = _side(session, proposal, by) if offered is None else offered.side  # type: ignore[assignment]  # its words
    asked = list(_receivers(session, agreement, place[0], side, press.slack_id, by, now))
    if offered is not None:
        asked = [one for one in asked if one != offered.by_email]
    if not asked:
        return Nobody(side)
    if proposal.kind == "person" and slack_id is not None:
        records.name(session, "person", proposal.name)
        people.linked(session, proposal.name, slack_id, now)
    made = offered or claims.add(
        session,
        deal_key=place[0],
        kind=proposal.kind,
        name=proposal.name,
        same=fold(proposal.name),
        before=len(known),
        touched_on=proposal.touched_on,
        why=proposal.why,
        side=side,
        at=now,
        by_slack_id=press.slack_id,
        by_email=by,
    )
    if made is None:
        return "already"
    for email in asked:
        key, target = claims.message_key(made.id, email), PERSON + email
        outbox.put(
            session, key=key, kind="claim", target=target, ref={"claim": made.id}, now=now, next_at=now
        )
    return Asked(side)


def _fault(
    session: Session, agreement: Agreement, place: tuple[str, int], proposal: Proposal
) -> Faulty | None:
    """What of a proposal would change nothing, so that nobody is asked in vain."""
    win = wins.find(session, *place)
    if win is None or proposal.kind == "person":
        return None
    return claimed.out_of_span(session, agreement, win, proposal.touched_on)


def _same(one: Claim, proposal: Proposal) -> bool:
    return one.kind == proposal.kind and fold(one.name) == fold(proposal.name)


def _is_credited(session: Session, place: tuple[str, int], proposal: Proposal) -> bool:
    if proposal.kind == "person":
        return proposal.name in {part.email for part in wins.people_of(session, *place)}
    booked = wins.credits_of(session, *place)
    names = [part.asset if proposal.kind == "asset" else part.campaign for part in booked]
    return fold(proposal.name) in {fold(name) for name in names if name}


def _side(session: Session, proposal: Proposal, by: str | None) -> Side:
    person = people.by_email(session, [by]).get(by) if by is not None else None
    return claiming.deciding_side(person.role if person is not None else None, proposal.kind)


def _candidates(session: Session, deal_key: str, side: Side) -> tuple[str, ...]:
    owner = records.load(session, "deal", deal_key).columns.get("owner_email")
    person = people.by_email(session, [owner]).get(owner) if owner else None
    colleagues = [
        Colleague(one.email, one.role, active=one.active is not False) for one in people.everyone(session)
    ]
    return claiming.candidates(side, colleagues, owner, person.manager_email if person else None)


def _receivers(
    session: Session,
    agreement: Agreement,
    deal_key: str,
    side: Side,
    proposer: str,
    by: str | None,
    now: datetime,
) -> Iterator[str]:
    """Who is asked: the first candidates who are there, or whoever stands in for them; never the proposer."""
    receivers, found = Receivers(session, agreement, now), set[str]()
    for candidate in _candidates(session, deal_key, side):
        if len(found) >= claiming.most_asked(side):
            return
        email = receivers.receiver(candidate)
        person = people.by_email(session, [email]).get(email) if email is not None else None
        if email is None or person is None or email in found or email == by:
            continue
        if person.slack_id == proposer or not claiming.may_decide(side, person.role):
            continue
        found.add(email)
        yield email


# --- answering ---


async def confirm(office: Office, press: Press) -> Answer:
    """The other side says yes: the claim counts from now on, at every settling of the deal."""
    now = office.clock.now()
    return await office.database.write(lambda s: _answer(s, office.agreement, press, now, "confirmed"))


async def decline(office: Office, press: Press) -> Answer:
    """The other side says no: figures stay as they are."""
    now = office.clock.now()
    return await office.database.write(lambda s: _answer(s, office.agreement, press, now, "declined"))


def _answer(session: Session, agreement: Agreement, press: Press, now: datetime, state: str) -> Answer:
    made = claims.by_ref(session, press.ref)
    if made is None:
        return "gone"
    asked = claims.messages_of(session, made.id)
    by = _who_answers(session, agreement, made, asked, press, now)
    if by is None:
        return "not asked"
    if made.state != "offered":
        return "already"
    if state == "confirmed" and claimed.standing_of(session, made.deal_key) is None:
        return "not won"
    if not claims.settle(session, made, state, now, by):
        return "already"
    if state == "confirmed":
        if made.kind != "person":
            folded = short_key(fold(made.name))
            records.remember_spelling(session, made.kind, folded, made.name, made.at, f"claim:{made.id}")
        survivor = claimed.survivor(session, made.deal_key)
        deals.settle_deal(session, agreement, survivor, now, silent=False, announce_since=None)
    for message in asked:
        outbox.show_again(session, message, now)
    if made.by_email is not None:
        outbox.put(
            session,
            key=f"claim:{made.id}:answer",
            kind="claim_answer",
            target=PERSON + made.by_email,
            ref={"claim": made.id},
            now=now,
            next_at=now,
        )
    return "settled"


def _who_answers(
    session: Session,
    agreement: Agreement,
    made: Claim,
    asked: list[Message],
    press: Press,
    now: datetime,
) -> str | None:
    """The address of who presses, if they were asked or stand in now for somebody who was; never the proposer's."""
    if press.slack_id == made.by_slack_id:
        return None
    receivers = Receivers(session, agreement, now)
    invited = [message.target.removeprefix(PERSON) for message in asked]
    stand_ins = [one for one in map(receivers.receiver, invited) if one is not None]
    known = people.by_email(session, [*invited, *stand_ins])
    side: Side = made.side  # type: ignore[assignment]  # the column holds these words
    for email in dict.fromkeys([*invited, *stand_ins]):
        person = known.get(email)
        if person is None or email == made.by_email:
            continue
        if person.slack_id == press.slack_id and (email in invited or claiming.may_decide(side, person.role)):
            return email
    return None


# --- what the messages say ---


def people_named(session: Session, message: Message) -> set[str]:
    """The e-mail of the proposed person, so that Slack knows who they are by the time the card names them."""
    made = claims.find(session, message.ref["claim"])
    return {made.name} if made is not None and made.kind == "person" else set()


def prepare(session: Session, agreement: Agreement, message: Message, now: datetime) -> Prepared:
    """Decide whether and how somebody is asked about a claim."""
    made = claims.find(session, message.ref["claim"])
    if made is None:
        return Drop("the claim is not known any more")
    if message.ts is None:
        if made.state != "offered":
            return Drop("it was answered before it was asked")
        if claimed.standing_of(session, made.deal_key) is None:
            return Drop("the win did not stand any more before it was asked")
        held = hold_direct(session, agreement, message, now)
        if held is not None:
            return held
    return Ready(claim(_facts(session, agreement, made)), message.target)


def prepare_answer(session: Session, agreement: Agreement, message: Message, now: datetime) -> Prepared:
    """Decide whether and how a proposer hears what became of their claim."""
    made = claims.find(session, message.ref["claim"])
    if made is None:
        return Drop("the claim is not known any more")
    held = hold_direct(session, agreement, message, now) if message.ts is None else None
    return held if held is not None else Ready(claim_answer(_facts(session, agreement, made)), message.target)


def hold_direct(session: Session, agreement: Agreement, message: Message, now: datetime) -> Prepared | None:
    """What keeps a direct message from being posted now: no account in Slack, or nobody is written to at this hour."""
    receiver = message.target.removeprefix(PERSON)
    person = people.by_email(session, [receiver]).get(receiver)
    if person is None or person.slack_id is None:
        return Drop("Slack knows no account of this address")
    return hold_until(session, agreement, receiver, person.timezone or agreement.timezone, now, limit=False)


def _facts(session: Session, agreement: Agreement, made: Claim) -> ClaimAsked:
    emails = [
        email
        for email in (made.by_email, made.settled_by, made.name if made.kind == "person" else None)
        if email
    ]
    known = people.by_email(session, emails)
    helper = known.get(made.name) if made.kind == "person" else None
    name = helper.name if helper is not None and helper.name else made.name
    return ClaimAsked(
        ref=made.ref,
        kind=made.kind,  # type: ignore[arg-type]  # the column holds these words
        name=name,
        deal=title_of(session, agreement, claimed.survivor(session, made.deal_key)),
        by=named(known, made.by_email or ""),
        why=made.why,
        touched_on=made.touched_on,
        state=made.state,  # type: ignore[arg-type]  # the column holds these words
        settled_by=named(known, made.settled_by) if made.settled_by else None,
        stands=claimed.standing_of(session, made.deal_key) is not None,
        follows=claimed.follows(session, agreement, made),
    )
