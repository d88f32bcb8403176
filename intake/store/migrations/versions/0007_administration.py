"""Records of administration, one-time codes, versions of limits and routing."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0007"
down_revision = "0005"
branch_labels = None
depends_on = None


def _text(length: int) -> sqlmodel.sql.sqltypes.AutoString:
    return sqlmodel.sql.sqltypes.AutoString(length=length)


def _columns() -> dict[str, list[sa.Column]]:
    """New columns of tables that are there already."""
    utc = sqlmodel.sql.sqltypes.UTCDateTime
    return {
        "account": [
            sa.Column("version", sa.Integer(), server_default="1", nullable=False),
            sa.Column("must_change_password", sa.Boolean(), server_default="0", nullable=False),
            sa.Column("otp_sealed", sa.LargeBinary(), nullable=True),
            sa.Column("otp_confirmed_at", utc(), nullable=True),
            sa.Column("otp_step", sa.Integer(), server_default="0", nullable=False),
        ],
        "staff_session": [sa.Column("code_at", utc(), nullable=True)],
        "lead": [sa.Column("limits_version", sa.Integer(), server_default="0", nullable=False)],
    }


def upgrade() -> None:
    utc = sqlmodel.sql.sqltypes.UTCDateTime
    op.create_table(
        "admin_record",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", utc(), nullable=False),
        sa.Column("actor", _text(64), nullable=False),
        sa.Column("kind", _text(32), nullable=False),
        sa.Column("subject", _text(64), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("hash", _text(64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_admin_record")),
    )
    op.create_index(op.f("ix_admin_record_subject"), "admin_record", ["subject"])
    op.create_table(
        "recovery_code",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("account_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("code_index", _text(32), nullable=False),
        sa.Column("used_at", utc(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_recovery_code_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
    )
    op.create_index(op.f("ix_recovery_code_account_id"), "recovery_code", ["account_id"])
    op.create_table(
        "policy_version",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", _text(16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("author", _text(64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", utc(), nullable=False),
        sa.Column("approver", _text(64), nullable=True),
        sa.Column("in_force_from", utc(), nullable=True),
        sa.Column("retired_at", utc(), nullable=True),
        sa.Column("state", _text(16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_version")),
        sa.UniqueConstraint("kind", "version", name=op.f("uq_policy_version_kind")),
    )
    op.create_index(op.f("ix_policy_version_state"), "policy_version", ["state"])
    for table, columns in _columns().items():
        with op.batch_alter_table(table) as batch:
            for column in columns:
                batch.add_column(column)
    op.create_index(op.f("ix_lead_limits_version"), "lead", ["limits_version"])


def downgrade() -> None:
    op.drop_index(op.f("ix_lead_limits_version"), table_name="lead")
    for table, columns in _columns().items():
        with op.batch_alter_table(table) as batch:
            for column in columns:
                batch.drop_column(column.name)
    for table in ("policy_version", "recovery_code", "admin_record"):
        op.drop_table(table)
