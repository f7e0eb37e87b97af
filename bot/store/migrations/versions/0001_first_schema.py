"""The first schema."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "activity",
        sa.Column("key", AutoString(), nullable=False),
        sa.Column("lead_key", AutoString(), nullable=True),
        sa.Column("email", AutoString(), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("kind", AutoString(), nullable=True),
        sa.Column("direction", AutoString(), nullable=True),
        sa.Column("outcome", AutoString(), nullable=True),
        sa.Column("by_email", AutoString(), nullable=True),
        sa.Column("data_json", sa.Text(), nullable=False),
        sa.Column("stamps_json", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_activity")),
    )
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_activity_email"), ["email"], unique=False)
        batch_op.create_index(batch_op.f("ix_activity_lead_key"), ["lead_key"], unique=False)

    op.create_table(
        "agreement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", AutoString(), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("in_force_from", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
    )
    op.create_table(
        "answer",
        sa.Column("lead_key", AutoString(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("kind", AutoString(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by_slack_id", AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("lead_key", "cycle", "kind", name=op.f("pk_answer")),
    )
    op.create_table(
        "campaign",
        sa.Column("key", AutoString(), nullable=False),
        sa.Column("data_json", sa.Text(), nullable=False),
        sa.Column("stamps_json", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_campaign")),
    )
    op.create_table(
        "channel",
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("channel_id", AutoString(), nullable=False),
        sa.Column("checked_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_channel")),
    )
    op.create_table(
        "clock",
        sa.Column("lead_key", AutoString(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("started_at", UTCDateTime(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("at_risk_at", UTCDateTime(), nullable=False),
        sa.Column("tier", AutoString(), nullable=False),
        sa.Column("owner_email", AutoString(), nullable=True),
        sa.Column("state", AutoString(), nullable=False),
        sa.Column("stopped_at", UTCDateTime(), nullable=True),
        sa.Column("stopped_how", AutoString(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("breached_owner", AutoString(), nullable=True),
        sa.Column("quiet_before", UTCDateTime(), nullable=True),
        sa.Column("next_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('running', 'met', 'breached', 'closed')", name=op.f("ck_clock_state_known")
        ),
        sa.PrimaryKeyConstraint("lead_key", "cycle", name=op.f("pk_clock")),
    )
    with op.batch_alter_table("clock", schema=None) as batch_op:
        batch_op.create_index(
            "ix_clock_next",
            ["next_at"],
            unique=False,
            sqlite_where=sa.text("next_at IS NOT NULL"),
            postgresql_where=sa.text("next_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_clock_owner_next",
            ["owner_email", "next_at"],
            unique=False,
            sqlite_where=sa.text("next_at IS NOT NULL"),
            postgresql_where=sa.text("next_at IS NOT NULL"),
        )

    op.create_table(
        "clock_step",
        sa.Column("lead_key", AutoString(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("step", AutoString(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("outcome", AutoString(), nullable=False),
        sa.Column("decided_at", UTCDateTime(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("lead_key", "cycle", "step", name=op.f("pk_clock_step")),
    )
    op.create_table(
        "credit",
        sa.Column("deal_key", AutoString(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("touch_key", AutoString(), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=True),
        sa.Column("asset", AutoString(), nullable=True),
        sa.Column("campaign", AutoString(), nullable=True),
        sa.Column("channel", AutoString(), nullable=True),
        sa.Column("kind", AutoString(), nullable=True),
        sa.Column("share", AutoString(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("deal_key", "number", "position", name=op.f("pk_credit")),
    )
    op.create_table(
        "deal",
        sa.Column("key", AutoString(), nullable=False),
        sa.Column("described", sa.Boolean(), nullable=False),
        sa.Column("stage", AutoString(), nullable=True),
        sa.Column("stage_class", AutoString(), nullable=False),
        sa.Column("owner_email", AutoString(), nullable=True),
        sa.Column("amount", AutoString(), nullable=True),
        sa.Column("currency", AutoString(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("segment", AutoString(), nullable=True),
        sa.Column("kind", AutoString(), nullable=True),
        sa.Column("created", AutoString(), nullable=True),
        sa.Column("ended", AutoString(), nullable=True),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("merged_into", AutoString(), nullable=True),
        sa.Column("merged_at", UTCDateTime(), nullable=True),
        sa.Column("first_at", UTCDateTime(), nullable=True),
        sa.Column("data_json", sa.Text(), nullable=False),
        sa.Column("stamps_json", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_deal")),
    )
    with op.batch_alter_table("deal", schema=None) as batch_op:
        batch_op.create_index("ix_deal_ended", ["ended_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_deal_merged_into"), ["merged_into"], unique=False)
        batch_op.create_index(
            "ix_deal_open",
            ["stage_class"],
            unique=False,
            sqlite_where=sa.text("stage_class IN ('open', 'unknown')"),
            postgresql_where=sa.text("stage_class IN ('open', 'unknown')"),
        )
        batch_op.create_index(batch_op.f("ix_deal_owner_email"), ["owner_email"], unique=False)

    op.create_table(
        "deal_contact",
        sa.Column("deal_key", AutoString(), nullable=False),
        sa.Column("email", AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("deal_key", "email", name=op.f("pk_deal_contact")),
    )
    with op.batch_alter_table("deal_contact", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deal_contact_email"), ["email"], unique=False)

    op.create_table(
        "deal_lead",
        sa.Column("deal_key", AutoString(), nullable=False),
        sa.Column("lead_key", AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("deal_key", "lead_key", name=op.f("pk_deal_lead")),
    )
    with op.batch_alter_table("deal_lead", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deal_lead_lead_key"), ["lead_key"], unique=False)

    op.create_table(
        "deal_stage",
        sa.Column("deal_key", AutoString(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("event_id", AutoString(), nullable=False),
        sa.Column("verb", AutoString(), nullable=False),
        sa.Column("stage", AutoString(), nullable=True),
        sa.PrimaryKeyConstraint("deal_key", "at", "event_id", name=op.f("pk_deal_stage")),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", AutoString(), nullable=False),
        sa.Column("event_id", AutoString(), nullable=False),
        sa.Column("type", AutoString(), nullable=False),
        sa.Column("body_json", sa.Text(), nullable=False),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.Column("state", AutoString(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", UTCDateTime(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("silent", sa.Boolean(), nullable=False),
        sa.Column("announce_since", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "state IN ('stored', 'applied', 'parked', 'dead')", name=op.f("ck_event_state_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("source", "event_id", name=op.f("uq_event_source_event_id")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index(
            "ix_event_waiting",
            ["next_try_at", "id"],
            unique=False,
            sqlite_where=sa.text("state IN ('stored', 'parked')"),
            postgresql_where=sa.text("state IN ('stored', 'parked')"),
        )

    op.create_table(
        "lead",
        sa.Column("key", AutoString(), nullable=False),
        sa.Column("described", sa.Boolean(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("merged_into", AutoString(), nullable=True),
        sa.Column("email", AutoString(), nullable=True),
        sa.Column("owner_email", AutoString(), nullable=True),
        sa.Column("first_at", UTCDateTime(), nullable=True),
        sa.Column("first_received_at", UTCDateTime(), nullable=True),
        sa.Column("quiet_before", UTCDateTime(), nullable=True),
        sa.Column("data_json", sa.Text(), nullable=False),
        sa.Column("stamps_json", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_lead")),
    )
    with op.batch_alter_table("lead", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lead_email"), ["email"], unique=False)
        batch_op.create_index(batch_op.f("ix_lead_merged_into"), ["merged_into"], unique=False)
        batch_op.create_index(batch_op.f("ix_lead_owner_email"), ["owner_email"], unique=False)

    op.create_table(
        "lead_statement",
        sa.Column("lead_key", AutoString(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("event_id", AutoString(), nullable=False),
        sa.Column("fields_json", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("lead_key", "at", "event_id", name=op.f("pk_lead_statement")),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", AutoString(), nullable=False),
        sa.Column("uid", AutoString(), nullable=False),
        sa.Column("kind", AutoString(), nullable=False),
        sa.Column("target", AutoString(), nullable=False),
        sa.Column("ref_json", sa.Text(), nullable=False),
        sa.Column("state", AutoString(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("next_at", UTCDateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("lease_until", UTCDateTime(), nullable=True),
        sa.Column("attempted_at", UTCDateTime(), nullable=True),
        sa.Column("lane", AutoString(), nullable=True),
        sa.Column("digest", AutoString(), nullable=True),
        sa.Column("payload_json", sa.Text(), nullable=True),
        sa.Column("channel_id", AutoString(), nullable=True),
        sa.Column("ts", AutoString(), nullable=True),
        sa.Column("sent_digest", AutoString(), nullable=True),
        sa.Column("sent_at", UTCDateTime(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('pending', 'sending', 'sent', 'retry', 'ambiguous', 'dead', 'cancelled', 'stale')",
            name=op.f("ck_message_state_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("key", name=op.f("uq_message_key")),
        sa.UniqueConstraint("uid", name=op.f("uq_message_uid")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index(
            "ix_message_sending",
            ["lease_until"],
            unique=False,
            sqlite_where=sa.text("state = 'sending'"),
            postgresql_where=sa.text("state = 'sending'"),
        )
        batch_op.create_index("ix_message_target", ["kind", "target", "sent_at"], unique=False)
        batch_op.create_index(
            "ix_message_waiting",
            ["next_at", "id"],
            unique=False,
            sqlite_where=sa.text("state IN ('pending', 'retry', 'ambiguous')"),
            postgresql_where=sa.text("state IN ('pending', 'retry', 'ambiguous')"),
        )

    op.create_table(
        "nudge_item",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("lead_key", AutoString(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("ref", AutoString(), nullable=False),
        sa.Column("step", AutoString(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("message_id", "lead_key", "cycle", name=op.f("pk_nudge_item")),
        sa.UniqueConstraint("ref", name=op.f("uq_nudge_item_ref")),
    )
    op.create_table(
        "pace",
        sa.Column("lane", AutoString(), nullable=False),
        sa.Column("next_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("lane", name=op.f("pk_pace")),
    )
    op.create_table(
        "person",
        sa.Column("email", AutoString(), nullable=False),
        sa.Column("described", sa.Boolean(), nullable=False),
        sa.Column("name", AutoString(), nullable=True),
        sa.Column("team", AutoString(), nullable=True),
        sa.Column("manager_email", AutoString(), nullable=True),
        sa.Column("timezone", AutoString(), nullable=True),
        sa.Column("slack_user_id", AutoString(), nullable=True),
        sa.Column("slack_found_id", AutoString(), nullable=True),
        sa.Column("slack_checked_at", UTCDateTime(), nullable=True),
        sa.Column("slack_timezone", AutoString(), nullable=True),
        sa.Column("dm_channel", AutoString(), nullable=True),
        sa.Column("data_json", sa.Text(), nullable=False),
        sa.Column("stamps_json", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("email", name=op.f("pk_person")),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_slack_found_id"), ["slack_found_id"], unique=False)

    op.create_table(
        "spelling",
        sa.Column("kind", AutoString(), nullable=False),
        sa.Column("folded", AutoString(), nullable=False),
        sa.Column("written", AutoString(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("event_id", AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "folded", name=op.f("pk_spelling")),
    )
    op.create_table(
        "touch",
        sa.Column("key", AutoString(), nullable=False),
        sa.Column("lead_key", AutoString(), nullable=True),
        sa.Column("email", AutoString(), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("asset", AutoString(), nullable=True),
        sa.Column("campaign", AutoString(), nullable=True),
        sa.Column("channel", AutoString(), nullable=True),
        sa.Column("kind", AutoString(), nullable=True),
        sa.Column("data_json", sa.Text(), nullable=False),
        sa.Column("stamps_json", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_touch")),
    )
    with op.batch_alter_table("touch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_touch_email"), ["email"], unique=False)
        batch_op.create_index(batch_op.f("ix_touch_lead_key"), ["lead_key"], unique=False)

    op.create_table(
        "win",
        sa.Column("deal_key", AutoString(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("won_at", UTCDateTime(), nullable=False),
        sa.Column("won_on", sa.Date(), nullable=False),
        sa.Column("status", AutoString(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("silent", sa.Boolean(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", AutoString(), nullable=True),
        sa.Column("owner_email", AutoString(), nullable=True),
        sa.Column("model", AutoString(), nullable=False),
        sa.Column("parameters", AutoString(), nullable=False),
        sa.Column("rate", AutoString(), nullable=True),
        sa.Column("announced_amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("announced_currency", AutoString(), nullable=True),
        sa.Column("announced_owner", AutoString(), nullable=True),
        sa.PrimaryKeyConstraint("deal_key", "number", name=op.f("pk_win")),
    )
    with op.batch_alter_table("win", schema=None) as batch_op:
        batch_op.create_index("ix_win_won_on", ["won_on"], unique=False)

    op.create_table(
        "win_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deal_key", AutoString(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("field", AutoString(), nullable=False),
        sa.Column("was", AutoString(), nullable=True),
        sa.Column("now", AutoString(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_win_change")),
    )
    with op.batch_alter_table("win_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_win_change_deal_key"), ["deal_key"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("win_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_win_change_deal_key"))

    op.drop_table("win_change")
    with op.batch_alter_table("win", schema=None) as batch_op:
        batch_op.drop_index("ix_win_won_on")

    op.drop_table("win")
    with op.batch_alter_table("touch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_touch_lead_key"))
        batch_op.drop_index(batch_op.f("ix_touch_email"))

    op.drop_table("touch")
    op.drop_table("spelling")
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_slack_found_id"))

    op.drop_table("person")
    op.drop_table("pace")
    op.drop_table("nudge_item")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_message_waiting",
            sqlite_where=sa.text("state IN ('pending', 'retry', 'ambiguous')"),
            postgresql_where=sa.text("state IN ('pending', 'retry', 'ambiguous')"),
        )
        batch_op.drop_index("ix_message_target")
        batch_op.drop_index(
            "ix_message_sending",
            sqlite_where=sa.text("state = 'sending'"),
            postgresql_where=sa.text("state = 'sending'"),
        )

    op.drop_table("message")
    op.drop_table("lead_statement")
    with op.batch_alter_table("lead", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lead_owner_email"))
        batch_op.drop_index(batch_op.f("ix_lead_merged_into"))
        batch_op.drop_index(batch_op.f("ix_lead_email"))

    op.drop_table("lead")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_event_waiting",
            sqlite_where=sa.text("state IN ('stored', 'parked')"),
            postgresql_where=sa.text("state IN ('stored', 'parked')"),
        )

    op.drop_table("event")
    op.drop_table("deal_stage")
    with op.batch_alter_table("deal_lead", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deal_lead_lead_key"))

    op.drop_table("deal_lead")
    with op.batch_alter_table("deal_contact", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deal_contact_email"))

    op.drop_table("deal_contact")
    with op.batch_alter_table("deal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deal_owner_email"))
        batch_op.drop_index(
            "ix_deal_open",
            sqlite_where=sa.text("stage_class IN ('open', 'unknown')"),
            postgresql_where=sa.text("stage_class IN ('open', 'unknown')"),
        )
        batch_op.drop_index(batch_op.f("ix_deal_merged_into"))
        batch_op.drop_index("ix_deal_ended")

    op.drop_table("deal")
    op.drop_table("credit")
    op.drop_table("clock_step")
    with op.batch_alter_table("clock", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_clock_owner_next",
            sqlite_where=sa.text("next_at IS NOT NULL"),
            postgresql_where=sa.text("next_at IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_clock_next",
            sqlite_where=sa.text("next_at IS NOT NULL"),
            postgresql_where=sa.text("next_at IS NOT NULL"),
        )

    op.drop_table("clock")
    op.drop_table("channel")
    op.drop_table("campaign")
    op.drop_table("answer")
    op.drop_table("agreement")
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_activity_lead_key"))
        batch_op.drop_index(batch_op.f("ix_activity_email"))

    op.drop_table("activity")
