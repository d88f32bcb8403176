"""Version vectors of shared cases; files that other authorities offer; the pace of calls."""

import datetime as dt

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
TIME = sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    op.create_table(
        "shared_case",
        sa.Column("lead_id", TEXT(), nullable=False),
        sa.Column("ours", sa.Integer(), nullable=False),
        sa.Column("theirs", sa.Integer(), nullable=False),
        sa.Column("acked", sa.Integer(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("held_by", TEXT(length=4), nullable=False),
        sa.Column("hotline_deadline", TIME(), nullable=True),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_shared_case_lead_id_lead")),
        sa.PrimaryKeyConstraint("lead_id", name=op.f("pk_shared_case")),
    )
    op.create_table(
        "their_file",
        sa.Column("id", TEXT(), nullable=False),
        sa.Column("lead_id", TEXT(), nullable=False),
        sa.Column("source", TEXT(length=32), nullable=False),
        sa.Column("offer_hash", TEXT(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("state", TEXT(length=8), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("run_at", TIME(), nullable=False),
        sa.Column("lease_until", TIME(), nullable=True),
        sa.Column("last_error", TEXT(length=256), nullable=True),
        sa.Column("attachment_id", TEXT(length=32), nullable=True),
        sa.Column("offered_at", TIME(), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_their_file_lead_id_lead")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_their_file")),
    )
    pace = op.create_table(
        "send_pace",
        sa.Column("system", TEXT(length=32), nullable=False),
        sa.Column("next_at", TIME(), nullable=False),
        sa.PrimaryKeyConstraint("system", name=op.f("pk_send_pace")),
    )
    # There from the start: two workers that both add it would get in each other's way.
    op.bulk_insert(pace, [{"system": "hotline12345", "next_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}])
    with op.batch_alter_table("their_file", schema=None) as batch_op:
        batch_op.create_index("ix_their_file_due", ["state", "run_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_their_file_lead_id"), ["lead_id"], unique=False)


def downgrade() -> None:
    op.drop_table("send_pace")
    op.drop_table("their_file")
    op.drop_table("shared_case")
