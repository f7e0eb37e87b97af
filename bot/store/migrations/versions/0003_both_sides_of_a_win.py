"""Both sides of a win: people's credit, where a win is shown, credit that is questioned, thanks."""

import json

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "credit_claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", AutoString(), nullable=False),
        sa.Column("deal_key", AutoString(), nullable=False),
        sa.Column("kind", AutoString(), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("touched_on", sa.Date(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("side", AutoString(), nullable=False),
        sa.Column("state", AutoString(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by_slack_id", AutoString(), nullable=False),
        sa.Column("by_email", AutoString(), nullable=True),
        sa.Column("settled_at", UTCDateTime(), nullable=True),
        sa.Column("settled_by", AutoString(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('asset', 'campaign', 'person')", name=op.f("ck_credit_claim_kind_known")
        ),
        sa.CheckConstraint(
            "state IN ('offered', 'confirmed', 'declined')", name=op.f("ck_credit_claim_state_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_claim")),
        sa.UniqueConstraint("ref", name=op.f("uq_credit_claim_ref")),
    )
    with op.batch_alter_table("credit_claim", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_credit_claim_deal_key"), ["deal_key"], unique=False)

    op.create_table(
        "thanks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deal_key", AutoString(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by_slack_id", AutoString(), nullable=False),
        sa.Column("to_json", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thanks")),
    )
    with op.batch_alter_table("thanks", schema=None) as batch_op:
        batch_op.create_index("ix_thanks_at", ["at"], unique=False)
        batch_op.create_index("ix_thanks_deal", ["deal_key", "number"], unique=False)

    op.create_table(
        "win_card",
        sa.Column("deal_key", AutoString(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("channel", AutoString(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("deal_key", "number", "channel", name=op.f("pk_win_card")),
    )
    with op.batch_alter_table("win_card", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_win_card_message_id"), ["message_id"], unique=False)

    op.create_table(
        "win_person",
        sa.Column("deal_key", AutoString(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("email", AutoString(), nullable=True),
        sa.Column("role", AutoString(), nullable=True),
        sa.Column("share", AutoString(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("deal_key", "number", "position", name=op.f("pk_win_person")),
    )
    with op.batch_alter_table("win_person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_win_person_email"), ["email"], unique=False)

    with op.batch_alter_table("deal", schema=None) as batch_op:
        batch_op.add_column(sa.Column("churned", AutoString(), nullable=True))

    with op.batch_alter_table("lead", schema=None) as batch_op:
        batch_op.add_column(sa.Column("forgotten_at", UTCDateTime(), nullable=True))
        batch_op.create_index(
            "ix_lead_to_forget",
            ["key"],
            unique=False,
            sqlite_where=sa.text("deleted AND forgotten_at IS NULL"),
            postgresql_where=sa.text("deleted AND forgotten_at IS NULL"),
        )

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("parent_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("redraw", sa.Boolean(), nullable=True))

    with op.batch_alter_table("win", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", AutoString(), nullable=True))
        batch_op.add_column(sa.Column("segment", AutoString(), nullable=True))
        batch_op.add_column(sa.Column("team", AutoString(), nullable=True))
        batch_op.create_index("ix_win_owner", ["owner_email", "status"], unique=False)

    _keep_cards()


def _keep_cards() -> None:
    """Until now each card was found by its key alone."""
    connection = op.get_bind()
    cards = connection.execute(
        sa.text("SELECT id, target, ref_json FROM message WHERE kind = 'win' ORDER BY id")
    ).all()
    for number, target, ref in cards:
        told = json.loads(ref)
        connection.execute(
            sa.text(
                "INSERT INTO win_card (deal_key, number, channel, message_id) VALUES (:deal, :win, :channel, :message)"
            ),
            {"deal": told["deal"], "win": told["number"], "channel": target, "message": number},
        )


def downgrade() -> None:
    with op.batch_alter_table("lead", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_lead_to_forget",
            sqlite_where=sa.text("deleted AND forgotten_at IS NULL"),
            postgresql_where=sa.text("deleted AND forgotten_at IS NULL"),
        )
        batch_op.drop_column("forgotten_at")

    with op.batch_alter_table("win", schema=None) as batch_op:
        batch_op.drop_index("ix_win_owner")
        batch_op.drop_column("team")
        batch_op.drop_column("segment")
        batch_op.drop_column("kind")

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_column("redraw")
        batch_op.drop_column("parent_id")

    with op.batch_alter_table("deal", schema=None) as batch_op:
        batch_op.drop_column("churned")

    with op.batch_alter_table("win_person", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_win_person_email"))

    op.drop_table("win_person")
    with op.batch_alter_table("win_card", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_win_card_message_id"))

    op.drop_table("win_card")
    with op.batch_alter_table("thanks", schema=None) as batch_op:
        batch_op.drop_index("ix_thanks_deal")
        batch_op.drop_index("ix_thanks_at")

    op.drop_table("thanks")
    with op.batch_alter_table("credit_claim", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_credit_claim_deal_key"))

    op.drop_table("credit_claim")
