"""A deal's wins, computed anew from all that is known: what stands, what is booked, what the wins channel must show."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from bot.domain import claiming, credit_rule, winning
from bot.domain import credit as crediting
from bot.domain.credit import Touch
from bot.domain.credit_rule import Milestones
from bot.domain.people_credit import Contributor
from bot.domain.when import When, parse_instant, wall_to_instant, zone_named
from bot.domain.winning import StageStatement
from bot.flow import books, cards, leads
from bot.flow.books import Ground
from bot.store import claims, outbox, records, wins
from bot.store.by_hand import is_by_hand

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from bot.domain.agreement import Agreement
    from bot.domain.winning import DealLife
    from bot.store.database import Session
    from bot.store.records import Contact, Stored
    from bot.store.wins import Win


_NOON: Final = time(12)
_HELPED: Final = "helped"
"""The role of somebody whose part both sides confirmed."""


def settle_deal(
    session: Session,
    agreement: Agreement,
    key: str,
    now: datetime,
    *,
    silent: bool,
    announce_since: date | None,
) -> None:
    """Make a deal's stage, wins, credits and cards true.

    A win seen for the first time is announced unless it is older than the agreement's `fresh_days`, or comes silently
    (an import) and is older than `announce_since`; then it is booked and nothing is posted, ever.
    """
    deal = records.load(session, "deal", key)
    if deal.new:
        return
    life = _life(session, agreement, key, deal)
    ending = _ending(agreement, deal, life)
    _keep_stage(session, agreement, deal, life, ending)
    if not deal.columns["described"]:
        return
    known = wins.of_deal(session, key)
    for episode in life.wins:
        before = known.pop(episode.number, None)
        won_when = ending if episode.ended_by is None and ending else None
        after = books.of_win(session, agreement, deal, episode, before, won_when)
        if before is None:
            quiet = silent and (announce_since is None or after.won_on < announce_since)
            quiet = quiet or not winning.is_fresh(after.won_at, now, agreement.wins.fresh)
            after = replace(after, silent=quiet)
        _keep_win(session, agreement, deal, before, after, now)
    for left_over in known.values():
        if left_over.status == "won":
            # Late news made two wins one; the booking goes, and its card must not go on telling it.
            gone = replace(left_over, status="reopened", ended_at=now)
            _keep_win(session, agreement, deal, left_over, gone, now)


def touches_of_deal(
    session: Session,
    agreement: Agreement,
    deal_key: str,
    won_at: datetime | None = None,
    lookback_days: int | None = None,
) -> tuple[list[Touch], list[Contact]]:
    """Every touch of the deal's contacts, the leads' own ones and confirmed claims included, and the contacts.

    Of a claim only the day is known, or not even that: one of the day of `won_at` was no later than the win. It is left
    out where a touch that counts for that win is the claimed one. Where the deal's contacts have no touch that counts,
    those of the wins by hand that became part of it stand. What counts is at most `lookback_days` before the win; None:
    the agreement's.
    """
    if lookback_days is None:
        lookback_days = agreement.credit.lookback_days
    contacts = contacts_of_deal(session, deal_key)
    touches = _touches_of(session, agreement, contacts)
    if not _counting(touches.values(), won_at, lookback_days):
        for key in wins_by_hand(session, deal_key):
            by_hand = _touches_of(session, agreement, contacts_of_deal(session, key))
            # What was entered with a win was touched before it, whenever the CRM says that it was.
            touches |= {
                t.id: t if won_at is None else replace(t, at=min(t.at, won_at)) for t in by_hand.values()
            }
    for touch, on_a_day in _claimed(session, agreement, deal_key, won_at):
        counted = _counting(touches.values(), won_at, lookback_days)
        if not claiming.is_recorded(touch, counted, on_a_day=on_a_day):
            touches[touch.id] = touch
    return sorted(touches.values(), key=lambda t: (t.at, t.id)), contacts


def _touches_of(session: Session, agreement: Agreement, contacts: Iterable[Contact]) -> dict[str, Touch]:
    # A touch told of one contact's lead and another's address is still one touch.
    return {t.id: t for contact in contacts for t in touches_of_contact(session, agreement, contact)}


def _counting(touches: Iterable[Touch], won_at: datetime | None, lookback_days: int) -> Sequence[Touch]:
    return tuple(touches) if won_at is None else crediting.counting(touches, won_at, lookback_days)


def wins_by_hand(session: Session, deal_key: str) -> list[str]:
    """The deals entered by hand that became part of this one."""
    return [key for key, _ in records.deals_merged_into(session, deal_key) if is_by_hand(key)]


def contacts_of_deal(session: Session, deal_key: str) -> list[Contact]:
    """The people of the customer whom a deal names, by their leads or addresses, each once."""
    emails, lead_keys = records.links_of_deal(session, deal_key)
    contacts: list[Contact] = []
    seen_leads: set[str] = set()
    seen_emails: set[str] = set()
    for seed in [{"lead_keys": [key]} for key in lead_keys] + [{"emails": [email]} for email in emails]:
        contact = records.contact_of(session, **seed)
        if seen_leads & set(contact.lead_keys) or seen_emails & contact.emails:
            continue
        seen_leads.update(contact.lead_keys)
        seen_emails.update(contact.emails)
        contacts.append(contact)
    return contacts


def _claimed(
    session: Session, agreement: Agreement, deal_key: str, won_at: datetime | None
) -> Iterator[tuple[Touch, bool]]:
    """The touches that both sides agreed on, and whether they named its day; those with a day first."""
    made = [claim for claim in claims.confirmed(session, deal_key) if claim.kind != "person"]
    for claim in sorted(made, key=lambda one: (one.touched_on is None, one.id)):
        at = claimed_at(session, agreement, deal_key, claim.touched_on, won_at)
        asset, campaign = (claim.name, None) if claim.kind == "asset" else (None, claim.name)
        yield Touch(f"claim:{claim.id}", at, asset, campaign, None, None), claim.touched_on is not None


def claimed_at(
    session: Session, agreement: Agreement, deal_key: str, touched_on: date | None, won_at: datetime | None
) -> datetime:
    """When a claimed touch was: at noon of its day, else when the deal was made; no later than a win of its day."""
    zone = agreement.timezone
    if touched_on is not None:
        at = wall_to_instant(datetime.combine(touched_on, _NOON), zone)
    else:
        at = _created_of(agreement, records.load(session, "deal", deal_key))
    if won_at is not None and touched_on in {None, won_at.astimezone(zone_named(zone)).date()}:
        return min(at, won_at)
    return at


def _created_of(agreement: Agreement, deal: Stored) -> datetime:
    """When a deal was made at its source; where it does not say, when it was first stated."""
    told = deal.record.get("created_at")
    if told:
        return When.parse(str(told), "created_at").starts(agreement.timezone)
    first: datetime = deal.columns["first_at"]
    return first


def touches_of_contact(session: Session, agreement: Agreement, contact: Contact) -> list[Touch]:
    """The recorded touches of a contact, and those that its leads' own asset, campaign and channel are."""
    recorded = [
        Touch(row["key"], row["at"], row["asset"], row["campaign"], row["channel"], row["kind"])
        for row in records.touches_of(session, contact)
    ]
    own: list[Touch] = []
    for lead in sorted(contact.leads, key=lambda item: item.key):
        if lead.columns["described"]:
            get = lead.record.get
            at = leads.created_of(agreement, lead)
            mine = Touch(f"lead:{lead.key}", at, get("asset"), get("campaign"), get("channel"), None)
            touch = crediting.own_touch(mine, recorded + own)
            if touch is not None:
                own.append(touch)
    return recorded + own


def _life(session: Session, agreement: Agreement, key: str, deal: Stored) -> DealLife:
    told = [StageStatement(*row) for row in records.deal_statements(session, key)]  # type: ignore[arg-type]
    return winning.life(
        told,
        agreement.stages,
        merged_at=deal.columns["merged_at"] if deal.columns["merged_into"] else None,
        carried=_carried(session, agreement, key),
    )


def _carried(session: Session, agreement: Agreement, key: str) -> tuple[datetime, int] | None:
    """A merge moves the win number to the survivor: later wins are counted after those it brought.

    A win by hand is the same winning as the survivor's own, told by somebody else: it brings none.
    """
    merged = [one for one in records.deals_merged_into(session, key) if not is_by_hand(one[0])]
    if not merged:
        return None
    count = 0
    for other, at in merged:
        told = [StageStatement(*row) for row in records.deal_statements(session, other)]  # type: ignore[arg-type]
        count += len(winning.life(told, agreement.stages, merged_at=at).wins)
    return min(at for _, at in merged), count


def _ending(agreement: Agreement, deal: Stored, life: DealLife) -> When | None:
    if life.stage_class not in {"won", "lost"} or life.since is None:
        return None
    get = deal.record.get
    closed_at, close_date = get("closed_at"), get("close_date")
    previous = (
        life.wins[-1].previous_end
        if life.stage_class == "won"
        else (life.wins[-1].ended_at if life.wins else None)
    )
    if life.stage_class == "lost" and previous is not None and previous >= life.since:
        previous = None
    return winning.closed_when(
        life.since,
        previous,
        When.parse(str(closed_at), "closed_at") if closed_at else None,
        _stated_at(deal, "closed_at"),
        When.parse(str(close_date), "close_date") if close_date else None,
        _stated_at(deal, "close_date"),
        agreement.timezone,
    )


def _stated_at(deal: Stored, field: str) -> datetime | None:
    stated = deal.record.stated_at(field)
    return parse_instant(stated, field) if stated else None


def _keep_stage(
    session: Session, agreement: Agreement, deal: Stored, life: DealLife, ending: When | None
) -> None:
    minor, _ = books.amount_of(agreement, deal)
    columns = {
        "stage": life.stage,
        "stage_class": life.stage_class,
        "amount_minor": minor,
        "ended": ending.text if ending else None,
        "ended_at": ending.ends(agreement.timezone) if ending else None,
        "ended_on": ending.on(agreement.timezone) if ending else None,
    }
    if any(deal.columns.get(name) != value for name, value in columns.items()):
        deal.columns |= columns
        records.save(session, "deal", deal)


def _keep_win(
    session: Session, agreement: Agreement, deal: Stored, before: Win | None, after: Win, now: datetime
) -> None:
    ground = _ground(session, agreement, deal, after) if after.status == "won" else None
    books.keep(session, before, after, ground, now)
    cards.keep(session, agreement, after, now)
    if before is None or before.status != after.status:
        _show_questions_again(session, deal.key, now)


def _show_questions_again(session: Session, deal_key: str, now: datetime) -> None:
    """Whether there is something to credit is another now: questions that wait for an answer say so."""
    for claim in claims.of_deal(session, deal_key):
        if claim.state == "offered":
            for message in claims.messages_of(session, claim.id):
                if message.ts is not None:
                    outbox.show_again(session, message, now)


def milestones_of(agreement: Agreement, deal: Stored, contacts: Sequence[Contact]) -> Milestones:
    """When the deal's contacts first became a lead, and when the deal was made; where it is not told, first stated.

    A lead that was deleted or forgotten since became one all the same: no money moves because of it.
    """
    created = [
        leads.created_of(agreement, lead)
        for contact in contacts
        for lead in contact.leads
        if lead.columns["described"]
    ]
    return Milestones(min(created, default=None), _created_of(agreement, deal))


def _ground(session: Session, agreement: Agreement, deal: Stored, win: Win) -> Ground:
    lookback_days = credit_rule.read(win.model, win.parameters).lookback_days
    touches, contacts = touches_of_deal(session, agreement, deal.key, win.won_at, lookback_days)
    told = deal.record.get("contributors") or [
        helper
        for key in wins_by_hand(session, deal.key)
        for helper in records.load(session, "deal", key).record.get("contributors") or ()
    ]
    helpers = [Contributor(str(c["email"]), c.get("role"), _fraction(c.get("share"))) for c in told]
    helpers += [
        Contributor(claim.name.strip().lower(), _HELPED)
        for claim in claims.confirmed(session, deal.key)
        if claim.kind == "person"
    ]
    return Ground(tuple(touches), milestones_of(agreement, deal, contacts), tuple(helpers))


def _fraction(share: str | None) -> Fraction | None:
    return None if share is None else Fraction(share)
