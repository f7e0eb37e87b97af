"""The whole agreement: answers of every kind, follow-up, people who are away, what leads are worth."""

import json
import secrets

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lead_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", AutoString(), nullable=False),
        sa.Column("slot", AutoString(), nullable=True),
        sa.Column("lead_key", AutoString(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("kind", AutoString(), nullable=False),
        sa.Column("state", AutoString(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by_slack_id", AutoString(), nullable=False),
        sa.Column("by_email", AutoString(), nullable=True),
        sa.Column("settled_at", UTCDateTime(), nullable=True),
        sa.Column("data_json", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('contacted', 'logged', 'snoozed', 'handed_over', 'not_a_fit')",
            name=op.f("ck_lead_answer_kind_known"),
        ),
        sa.CheckConstraint(
            "state IN ('given', 'offered', 'accepted', 'declined', 'undone')",
            name=op.f("ck_lead_answer_state_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_answer")),
        sa.UniqueConstraint("ref", name=op.f("uq_lead_answer_ref")),
        sa.UniqueConstraint("slot", name=op.f("uq_lead_answer_slot")),
    )
    with op.batch_alter_table("lead_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lead_answer_lead_key"), ["lead_key"], unique=False)
        batch_op.create_index("ix_lead_answer_kind", ["kind", "at"], unique=False)

    op.create_table(
        "worth",
        sa.Column("by", AutoString(), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("leads", sa.Integer(), nullable=False),
        sa.Column("won", sa.Integer(), nullable=False),
        sa.Column("revenue_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", AutoString(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("by", "name", name=op.f("pk_worth")),
    )
    _keep_answers()
    op.drop_table("answer")
    with op.batch_alter_table("clock", schema=None) as batch_op:
        batch_op.add_column(sa.Column("owner_since", UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("ended_at", UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("attempt_due_at", UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("within_at", UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("follow_up", AutoString(), nullable=True))
        batch_op.add_column(sa.Column("exhausted_at", UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("steps_json", sa.Text(), nullable=False, server_default="[]"))

    with op.batch_alter_table("clock", schema=None) as batch_op:
        batch_op.alter_column("attempts", server_default=None)
        batch_op.alter_column("steps_json", server_default=None)
        batch_op.create_index("ix_clock_started", ["started_at"], unique=False)
        batch_op.create_index(
            "ix_clock_open",
            ["owner_email", "due_at"],
            unique=False,
            sqlite_where=sa.text("ended_at IS NULL AND (stopped_at IS NULL OR follow_up = 'open')"),
            postgresql_where=sa.text("ended_at IS NULL AND (stopped_at IS NULL OR follow_up = 'open')"),
        )

    with op.batch_alter_table("clock_step", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reason", AutoString(), nullable=True))

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("refresh_at", UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("held", AutoString(), nullable=True))
        batch_op.create_index(
            "ix_message_refresh",
            ["refresh_at"],
            unique=False,
            sqlite_where=sa.text("refresh_at IS NOT NULL"),
            postgresql_where=sa.text("refresh_at IS NOT NULL"),
        )

    with op.batch_alter_table("nudge_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_nudge_item_lead_key"), ["lead_key"], unique=False)

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("role", AutoString(), nullable=True))
        batch_op.add_column(sa.Column("active", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("away_from", AutoString(), nullable=True))
        batch_op.add_column(sa.Column("away_until", AutoString(), nullable=True))
        batch_op.add_column(sa.Column("delegate_email", AutoString(), nullable=True))
        batch_op.add_column(sa.Column("dnd_from", UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("dnd_until", UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("dnd_checked_at", UTCDateTime(), nullable=True))
    _copy_what_people_are()


def _keep_answers() -> None:
    connection = op.get_bind()
    for lead_key, cycle, kind, at, by in connection.execute(
        sa.text("SELECT lead_key, cycle, kind, at, by_slack_id FROM answer")
    ).all():
        connection.execute(
            sa.text(
                "INSERT INTO lead_answer (ref, slot, lead_key, cycle, kind, state, at, by_slack_id, data_json) "
                "VALUES (:ref, :slot, :lead, :cycle, :kind, 'given', :at, :by, '{}')"
            ),
            {
                "ref": secrets.token_hex(16),
                "slot": f"{lead_key}:{cycle}:{kind}:1",
                "lead": lead_key,
                "cycle": cycle,
                "kind": kind,
                "at": at,
                "by": by,
            },
        )


def _copy_what_people_are() -> None:
    """The columns repeat what the records have held all along."""
    connection = op.get_bind()
    columns = ("role", "active", "away_from", "away_until", "delegate_email")
    written = ", ".join(f"{name} = :{name}" for name in columns)
    for email, told in connection.execute(sa.text("SELECT email, data_json FROM person")).all():
        data = json.loads(told)
        if any(name in data for name in columns):
            connection.execute(
                sa.text(f"UPDATE person SET {written} WHERE email = :email"),  # noqa: S608  # names of our own
                {"email": email, **{name: data.get(name) for name in columns}},
            )


def downgrade() -> None:
    with op.batch_alter_table("nudge_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_nudge_item_lead_key"))

    with op.batch_alter_table("person", schema=None) as batch_op:
        for name in (
            "dnd_checked_at",
            "dnd_until",
            "dnd_from",
            "delegate_email",
            "away_until",
            "away_from",
            "active",
            "role",
        ):
            batch_op.drop_column(name)

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_message_refresh",
            sqlite_where=sa.text("refresh_at IS NOT NULL"),
            postgresql_where=sa.text("refresh_at IS NOT NULL"),
        )
        batch_op.drop_column("held")
        batch_op.drop_column("refresh_at")

    with op.batch_alter_table("clock_step", schema=None) as batch_op:
        batch_op.drop_column("reason")

    with op.batch_alter_table("clock", schema=None) as batch_op:
        batch_op.drop_index("ix_clock_open")
        batch_op.drop_index("ix_clock_started")
        for name in (
            "steps_json",
            "exhausted_at",
            "follow_up",
            "within_at",
            "attempt_due_at",
            "attempts",
            "ended_at",
            "owner_since",
        ):
            batch_op.drop_column(name)

    op.create_table(
        "answer",
        sa.Column("lead_key", AutoString(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("kind", AutoString(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by_slack_id", AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("lead_key", "cycle", "kind", name=op.f("pk_answer")),
    )
    op.execute(
        "INSERT INTO answer (lead_key, cycle, kind, at, by_slack_id) "
        "SELECT lead_key, cycle, 'contacted', min(at), min(by_slack_id) FROM lead_answer "
        "WHERE kind = 'contacted' AND state = 'given' GROUP BY lead_key, cycle"
    )
    op.drop_table("worth")
    with op.batch_alter_table("lead_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lead_answer_lead_key"))

    op.drop_table("lead_answer")
