"""The whole lifecycle: overlays, requests, leases, merging, timers."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("lead", schema=None) as batch_op:
        batch_op.add_column(sa.Column("flags", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("request", sa.JSON(), nullable=True))
        batch_op.add_column(
            sa.Column("stage_before", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=True)
        )
        batch_op.add_column(sa.Column("returns", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("questions", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("is_extended", sa.Boolean(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("is_final", sa.Boolean(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("lease_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("suspended_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(
            sa.Column("merged_into", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True)
        )
        batch_op.add_column(
            sa.Column("replied_by", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=True)
        )
        batch_op.add_column(sa.Column("warn_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("warned_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("overdue_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.create_index(batch_op.f("ix_lead_merged_into"), ["merged_into"], unique=False)
        batch_op.create_index(batch_op.f("ix_lead_warn_at"), ["warn_at"], unique=False)
    # Leads from before the timers are warned about at their deadline at the latest.
    op.execute("UPDATE lead SET warn_at = answer_by")


def downgrade() -> None:
    with op.batch_alter_table("lead", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lead_warn_at"))
        batch_op.drop_index(batch_op.f("ix_lead_merged_into"))
        batch_op.drop_column("overdue_at")
        batch_op.drop_column("warned_at")
        batch_op.drop_column("warn_at")
        batch_op.drop_column("replied_by")
        batch_op.drop_column("merged_into")
        batch_op.drop_column("suspended_at")
        batch_op.drop_column("lease_until")
        batch_op.drop_column("is_final")
        batch_op.drop_column("is_extended")
        batch_op.drop_column("questions")
        batch_op.drop_column("returns")
        batch_op.drop_column("stage_before")
        batch_op.drop_column("request")
        batch_op.drop_column("flags")
