"""Trusted reporters, and sealed referrals to the discipline inspection body."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
TIME = sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    widen_channel(16, 24)
    op.add_column("account", sa.Column("certificate", TEXT(length=32), nullable=True))
    op.add_column("lead", sa.Column("reporter_channel", TEXT(length=24), nullable=True))
    op.create_index(op.f("ix_lead_reporter_channel"), "lead", ["reporter_channel"], unique=False)
    op.create_table(
        "lead_reporter",
        sa.Column("lead_id", TEXT(), nullable=False),
        sa.Column("account", TEXT(length=64), nullable=False),
        sa.Column("at", TIME(), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_lead_reporter_lead_id_lead")),
        sa.PrimaryKeyConstraint("lead_id", name=op.f("pk_lead_reporter")),
    )
    op.create_index(op.f("ix_lead_reporter_account"), "lead_reporter", ["account"], unique=False)
    op.create_table("referral", *referral_columns())
    op.create_index(op.f("ix_referral_lead_id"), "referral", ["lead_id"], unique=False)
    op.create_index(op.f("ix_referral_state"), "referral", ["state"], unique=False)


def referral_columns() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", TEXT(), nullable=False),
        sa.Column("number", TEXT(length=16), nullable=False),
        sa.Column("lead_id", TEXT(), nullable=False),
        sa.Column("state", TEXT(length=8), nullable=False),
        sa.Column("way", TEXT(length=4), nullable=False),
        sa.Column("reason", TEXT(length=8), nullable=False),
        sa.Column("why_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("wants_identity", sa.Boolean(), nullable=False),
        sa.Column("has_identity", sa.Boolean(), nullable=False),
        sa.Column("asked_by", TEXT(length=64), nullable=False),
        sa.Column("asked_at", TIME(), nullable=False),
        sa.Column("decided_by", TEXT(length=64), nullable=True),
        sa.Column("decided_at", TIME(), nullable=True),
        sa.Column("letter", sa.LargeBinary(), nullable=True),
        sa.Column("sha256", TEXT(length=64), nullable=True),
        sa.Column("receiver", TEXT(length=32), nullable=True),
        sa.Column("due_by", TIME(), nullable=True),
        sa.Column("taken_by", TEXT(length=64), nullable=True),
        sa.Column("taken_at", TIME(), nullable=True),
        sa.Column("receipt_no", TEXT(length=64), nullable=True),
        sa.Column("receipt_at", TIME(), nullable=True),
        sa.Column("receipt_sha256", TEXT(length=64), nullable=True),
        sa.Column("receipt_signature", TEXT(length=128), nullable=True),
        sa.Column("received_by", TEXT(length=64), nullable=True),
        sa.Column("received_at", TIME(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_referral_lead_id_lead")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
        sa.UniqueConstraint("number", name=op.f("uq_referral_number")),
    ]


def widen_channel(old: int, new: int) -> None:
    """The length of complaint.channel.

    SQLite enforces no length and cannot alter a column, and copying the table would drop what leads refer to: so
    only its words are changed, by the way its own paper gives for changes that touch no data (lang_altertable, 7).
    """
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        op.alter_column("complaint", "channel", type_=TEXT(length=new), existing_type=TEXT(length=old))
        return
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema=ON")
    connection.exec_driver_sql(
        "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = 'complaint'",
        (f"channel VARCHAR({old})", f"channel VARCHAR({new})"),
    )
    connection.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema=OFF")


def downgrade() -> None:
    op.drop_table("referral")
    op.drop_table("lead_reporter")
    op.drop_index(op.f("ix_lead_reporter_channel"), table_name="lead")
    op.drop_column("lead", "reporter_channel")
    op.drop_column("account", "certificate")
    widen_channel(24, 16)
