"""The tables. Every instant is stored in UTC; texts named `*_json` hold canonical JSON; money is minor units.

Records that a source describes (person, lead, touch, activity, deal, campaign) keep all that was ever stated in
`data_json` and, for each field, the stamp of the statement that stands in `stamps_json` (see `domain.merging`).
The other columns of a record are copies of those values, there to be searched.
"""

from __future__ import annotations

from datetime import date, datetime  # SQLModel reads the annotations at run time
from typing import Any, Final

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

EVENT_STATES: Final = ("stored", "applied", "parked", "dead")
MESSAGE_STATES: Final = ("pending", "sending", "sent", "retry", "ambiguous", "dead", "cancelled", "stale")
CLOCK_STATES: Final = ("running", "met", "breached", "closed")
CLAIM_KINDS: Final = ("asset", "campaign", "person")
CLAIM_STATES: Final = ("offered", "confirmed", "declined")
ANSWER_KINDS: Final = ("contacted", "logged", "snoozed", "handed_over", "not_a_fit")
ANSWER_STATES: Final = ("given", "offered", "accepted", "declined", "undone")


def _one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class EventRow(SQLModel, table=True):
    """The inbox: one row an event, kept with what became of it."""

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("source", "event_id"),
        _one_of("state", EVENT_STATES),
        Index("ix_event_waiting", "next_try_at", "id", **_where("state IN ('stored', 'parked')")),
    )
    id: int | None = Field(default=None, primary_key=True)
    source: str
    event_id: str
    type: str
    body_json: str = Field(sa_type=Text)
    received_at: datetime
    state: str = "stored"
    tries: int = 0
    next_try_at: datetime
    error: str | None = Field(default=None, sa_type=Text)
    silent: bool = False
    announce_since: date | None = None


class PersonRow(SQLModel, table=True):
    """Somebody of the seller, known by e-mail, with what Slack said of them."""

    __tablename__ = "person"
    email: str = Field(primary_key=True)
    described: bool = False
    name: str | None = None
    team: str | None = None
    role: str | None = None
    manager_email: str | None = None
    timezone: str | None = None
    active: bool | None = None
    away_from: str | None = None
    away_until: str | None = None
    delegate_email: str | None = None
    slack_user_id: str | None = None
    slack_found_id: str | None = Field(default=None, index=True)
    slack_checked_at: datetime | None = None
    slack_timezone: str | None = None
    dm_channel: str | None = None
    dnd_from: datetime | None = None
    dnd_until: datetime | None = None
    dnd_checked_at: datetime | None = None
    data_json: str = Field(default="{}", sa_type=Text)
    stamps_json: str = Field(default="{}", sa_type=Text)


class LeadRow(SQLModel, table=True):
    """A lead; `described` is false for a stub that was only named. `forgotten_at`: its person's data is gone."""

    __tablename__ = "lead"
    __table_args__ = (Index("ix_lead_to_forget", "key", **_where("deleted AND forgotten_at IS NULL")),)
    key: str = Field(primary_key=True)
    described: bool = False
    deleted: bool = False
    merged_into: str | None = Field(default=None, index=True)
    email: str | None = Field(default=None, index=True)
    owner_email: str | None = Field(default=None, index=True)
    first_at: datetime | None = None
    first_received_at: datetime | None = None
    quiet_before: datetime | None = None
    forgotten_at: datetime | None = None
    data_json: str = Field(default="{}", sa_type=Text)
    stamps_json: str = Field(default="{}", sa_type=Text)


class LeadStatementRow(SQLModel, table=True):
    """What a lead's tier depends on, statement by statement: finds the instant of its first match."""

    __tablename__ = "lead_statement"
    lead_key: str = Field(primary_key=True)
    at: datetime = Field(primary_key=True)
    event_id: str = Field(primary_key=True)
    fields_json: str = Field(sa_type=Text)


class TouchRow(SQLModel, table=True):
    """One dated contact of a lead or an e-mail address with marketing material."""

    __tablename__ = "touch"
    key: str = Field(primary_key=True)
    lead_key: str | None = Field(default=None, index=True)
    email: str | None = Field(default=None, index=True)
    at: datetime
    asset: str | None = None
    campaign: str | None = None
    channel: str | None = None
    kind: str | None = None
    data_json: str = Field(default="{}", sa_type=Text)
    stamps_json: str = Field(default="{}", sa_type=Text)


class ActivityRow(SQLModel, table=True):
    """One logged act of a person toward a lead."""

    __tablename__ = "activity"
    key: str = Field(primary_key=True)
    lead_key: str | None = Field(default=None, index=True)
    email: str | None = Field(default=None, index=True)
    at: datetime
    kind: str | None = None
    direction: str | None = None
    outcome: str | None = None
    by_email: str | None = None
    data_json: str = Field(default="{}", sa_type=Text)
    stamps_json: str = Field(default="{}", sa_type=Text)


class DealRow(SQLModel, table=True):
    """A deal as it stands now."""

    __tablename__ = "deal"
    __table_args__ = (
        Index("ix_deal_open", "stage_class", **_where("stage_class IN ('open', 'unknown')")),
        Index("ix_deal_ended", "ended_on"),
    )
    key: str = Field(primary_key=True)
    described: bool = False
    stage: str | None = None
    stage_class: str = "unknown"
    owner_email: str | None = Field(default=None, index=True)
    amount: str | None = None
    currency: str | None = None
    amount_minor: int | None = Field(default=None, sa_column=Column(BigInteger))
    segment: str | None = None
    kind: str | None = None
    created: str | None = None
    churned: str | None = None
    ended: str | None = None
    ended_at: datetime | None = None
    ended_on: date | None = None
    merged_into: str | None = Field(default=None, index=True)
    merged_at: datetime | None = None
    first_at: datetime | None = None
    data_json: str = Field(default="{}", sa_type=Text)
    stamps_json: str = Field(default="{}", sa_type=Text)


class DealStageRow(SQLModel, table=True):
    """Every statement about a deal's stage; the deal's wins are a fold over them in the order of their time."""

    __tablename__ = "deal_stage"
    deal_key: str = Field(primary_key=True)
    at: datetime = Field(primary_key=True)
    event_id: str = Field(primary_key=True)
    verb: str
    stage: str | None = None


class DealContactRow(SQLModel, table=True):
    """A contact of a deal, by e-mail."""

    __tablename__ = "deal_contact"
    deal_key: str = Field(primary_key=True)
    email: str = Field(primary_key=True, index=True)


class DealLeadRow(SQLModel, table=True):
    """A lead of a deal."""

    __tablename__ = "deal_lead"
    deal_key: str = Field(primary_key=True)
    lead_key: str = Field(primary_key=True, index=True)


class CampaignRow(SQLModel, table=True):
    """A campaign, known by its folded name."""

    __tablename__ = "campaign"
    key: str = Field(primary_key=True)
    data_json: str = Field(default="{}", sa_type=Text)
    stamps_json: str = Field(default="{}", sa_type=Text)


class SpellingRow(SQLModel, table=True):
    """How the earliest event wrote a channel, asset, campaign or stage."""

    __tablename__ = "spelling"
    kind: str = Field(primary_key=True)
    folded: str = Field(primary_key=True)
    written: str
    at: datetime
    event_id: str


class WinRow(SQLModel, table=True):
    """One win of a deal: (deal, number). `status` is `won` while it stands, else what ended it."""

    __tablename__ = "win"
    __table_args__ = (Index("ix_win_won_on", "won_on"), Index("ix_win_owner", "owner_email", "status"))
    deal_key: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    won_at: datetime
    won_on: date
    status: str
    ended_at: datetime | None = None
    silent: bool
    amount_minor: int | None = Field(default=None, sa_column=Column(BigInteger))
    currency: str | None = None
    owner_email: str | None = None
    model: str
    parameters: str
    rate: str | None = None
    kind: str | None = None
    segment: str | None = None
    team: str | None = None
    announced_amount_minor: int | None = Field(default=None, sa_column=Column(BigInteger))
    announced_currency: str | None = None
    announced_owner: str | None = None


class CreditRow(SQLModel, table=True):
    """A touch's part of a win; no touch key means `unattributed`."""

    __tablename__ = "credit"
    deal_key: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    position: int = Field(primary_key=True)
    touch_key: str | None = None
    at: datetime | None = None
    asset: str | None = None
    campaign: str | None = None
    channel: str | None = None
    kind: str | None = None
    share: str
    amount_minor: int | None = Field(default=None, sa_column=Column(BigInteger))


class WinPersonRow(SQLModel, table=True):
    """A person's part of a win, the owner's first; their shares sum to 1, their amounts to the win's amount."""

    __tablename__ = "win_person"
    deal_key: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    position: int = Field(primary_key=True)
    email: str | None = Field(default=None, index=True)
    role: str | None = None
    share: str
    amount_minor: int | None = Field(default=None, sa_column=Column(BigInteger))


class WinCardRow(SQLModel, table=True):
    """Which message shows a win in a channel: a card of its own, or one that lists many."""

    __tablename__ = "win_card"
    deal_key: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    message_id: int = Field(index=True)


class ClaimRow(SQLModel, table=True):
    """Credit that somebody says is missing from a deal: an asset, a campaign or a person, until it is decided.

    `side` (`sales` or `marketing`) is the one that confirms or declines. `touched_on` is the day of the touch.
    """

    __tablename__ = "credit_claim"
    __table_args__ = (
        _one_of("kind", CLAIM_KINDS),
        _one_of("state", CLAIM_STATES),
        UniqueConstraint("ref"),
    )
    id: int | None = Field(default=None, primary_key=True)
    ref: str
    deal_key: str = Field(index=True)
    kind: str
    name: str
    touched_on: date | None = None
    why: str = Field(sa_type=Text)
    side: str
    state: str
    at: datetime
    by_slack_id: str
    by_email: str | None = None
    settled_at: datetime | None = None
    settled_by: str | None = None


class ThanksRow(SQLModel, table=True):
    """A word of thanks about a win, from one person to others (`to_json`: Slack accounts)."""

    __tablename__ = "thanks"
    __table_args__ = (Index("ix_thanks_deal", "deal_key", "number"), Index("ix_thanks_at", "at"))
    id: int | None = Field(default=None, primary_key=True)
    deal_key: str
    number: int
    at: datetime
    by_slack_id: str
    to_json: str = Field(sa_type=Text)
    words: str = Field(sa_type=Text)


class WinChangeRow(SQLModel, table=True):
    """The log of what changed about a win after it was booked."""

    __tablename__ = "win_change"
    id: int | None = Field(default=None, primary_key=True)
    deal_key: str = Field(index=True)
    number: int
    at: datetime
    field: str
    was: str | None = None
    now: str | None = None


class ClockRow(SQLModel, table=True):
    """One cycle of a contact's clock, kept under the lead that began it. `next_at` is when the sweep must look.

    `state` judges the first contact, `follow_up` the commitment of attempts that follows it.
    """

    __tablename__ = "clock"
    __table_args__ = (
        _one_of("state", CLOCK_STATES),
        Index("ix_clock_next", "next_at", **_where("next_at IS NOT NULL")),
        Index("ix_clock_started", "started_at"),
        Index(
            "ix_clock_open",
            "owner_email",
            "due_at",
            **_where("ended_at IS NULL AND (stopped_at IS NULL OR follow_up = 'open')"),
        ),
        Index("ix_clock_owner_next", "owner_email", "next_at", **_where("next_at IS NOT NULL")),
    )
    lead_key: str = Field(primary_key=True)
    cycle: int = Field(primary_key=True)
    started_at: datetime
    due_at: datetime
    at_risk_at: datetime
    tier: str
    owner_email: str | None = None
    owner_since: datetime | None = None
    state: str
    stopped_at: datetime | None = None
    stopped_how: str | None = None
    minutes: int | None = None
    breached_owner: str | None = None
    ended_at: datetime | None = None
    attempts: int = 0
    attempt_due_at: datetime | None = None
    within_at: datetime | None = None
    follow_up: str | None = None
    exhausted_at: datetime | None = None
    steps_json: str = Field(default="[]", sa_type=Text)
    quiet_before: datetime | None = None
    next_at: datetime | None = None


class ClockStepRow(SQLModel, table=True):
    """What became of one step of a clock; (lead, cycle, step) is decided at most once, ever."""

    __tablename__ = "clock_step"
    lead_key: str = Field(primary_key=True)
    cycle: int = Field(primary_key=True)
    step: str = Field(primary_key=True)
    due_at: datetime
    outcome: str
    reason: str | None = None
    decided_at: datetime
    message_id: int | None = None


class AnswerRow(SQLModel, table=True):
    """What a person in Slack answered about a lead; kept for ever, also when it was taken back.

    `slot` is what can be answered only once (such as the first contact of a cycle); it is free again after an undo.
    """

    __tablename__ = "lead_answer"
    __table_args__ = (
        _one_of("kind", ANSWER_KINDS),
        _one_of("state", ANSWER_STATES),
        UniqueConstraint("ref"),
        UniqueConstraint("slot"),
        Index("ix_lead_answer_kind", "kind", "at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    ref: str
    slot: str | None = None
    lead_key: str = Field(index=True)
    cycle: int
    kind: str
    state: str
    at: datetime
    by_slack_id: str
    by_email: str | None = None
    settled_at: datetime | None = None
    data_json: str = Field(default="{}", sa_type=Text)


class WorthRow(SQLModel, table=True):
    """What leads were worth so far, by channel, asset or segment: their number, the won ones, and the revenue."""

    __tablename__ = "worth"
    by: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    leads: int
    won: int
    revenue_minor: int = Field(sa_column=Column(BigInteger, nullable=False))
    currency: str
    made_at: datetime


class MessageRow(SQLModel, table=True):
    """The outbox: one row a message, by natural key for ever; what Slack shows is made to follow it."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("key"),
        UniqueConstraint("uid"),
        _one_of("state", MESSAGE_STATES),
        Index("ix_message_waiting", "next_at", "id", **_where("state IN ('pending', 'retry', 'ambiguous')")),
        Index("ix_message_sending", "lease_until", **_where("state = 'sending'")),
        Index("ix_message_refresh", "refresh_at", **_where("refresh_at IS NOT NULL")),
        Index("ix_message_target", "kind", "target", "sent_at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    key: str
    uid: str
    kind: str
    target: str
    ref_json: str = Field(sa_type=Text)
    state: str = "pending"
    created_at: datetime
    next_at: datetime
    tries: int = 0
    looks: int = 0
    lease_until: datetime | None = None
    attempted_at: datetime | None = None
    lane: str | None = None
    digest: str | None = None
    payload_json: str | None = Field(default=None, sa_type=Text)
    channel_id: str | None = None
    ts: str | None = None
    parent_id: int | None = None
    sent_digest: str | None = None
    sent_at: datetime | None = None
    refresh_at: datetime | None = None
    redraw: bool | None = None
    held: str | None = None
    error: str | None = Field(default=None, sa_type=Text)


class NudgeItemRow(SQLModel, table=True):
    """A lead in a reminder; `ref` is the opaque value of its button."""

    __tablename__ = "nudge_item"
    __table_args__ = (UniqueConstraint("ref"),)
    message_id: int = Field(primary_key=True)
    lead_key: str = Field(primary_key=True, index=True)
    cycle: int = Field(primary_key=True)
    ref: str
    step: str
    due_at: datetime


class PaceRow(SQLModel, table=True):
    """When the next call in a lane (a channel, or a method of the Web API) is allowed."""

    __tablename__ = "pace"
    lane: str = Field(primary_key=True)
    next_at: datetime


class ChannelRow(SQLModel, table=True):
    """Slack's id of a channel that the agreement names."""

    __tablename__ = "channel"
    name: str = Field(primary_key=True)
    channel_id: str
    checked_at: datetime


class AgreementRow(SQLModel, table=True):
    """Every agreement that was in force, with when it came in force."""

    __tablename__ = "agreement"
    id: int | None = Field(default=None, primary_key=True)
    digest: str
    name: str
    body: str = Field(sa_type=Text)
    in_force_from: datetime
