"""What goes to the ministry's and the province's platform, and what is pulled from them."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0023"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "inbound_pull",
        sa.Column("system", text(length=32), nullable=False),
        sa.Column("cursor", text(length=200), nullable=False),
        sa.Column("run_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("lease_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("answered_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_error", text(length=256), nullable=True),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("system", name=op.f("pk_inbound_pull")),
    )
    op.create_table(
        "directory_body",
        sa.Column("id", text(), nullable=False),
        sa.Column("number", text(length=64), nullable=True),
        sa.Column("name", text(length=256), nullable=False),
        sa.Column("kind", text(length=64), nullable=True),
        sa.Column("region", text(length=16), nullable=True),
        sa.Column("parent_name", text(length=256), nullable=True),
        sa.Column("is_ended", sa.Boolean(), nullable=False),
        sa.Column("organisation", text(length=32), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_body")),
    )
    op.create_table(
        "directory_duty",
        sa.Column("id", text(), nullable=False),
        sa.Column("number", text(length=64), nullable=False),
        sa.Column("name", text(length=512), nullable=False),
        sa.Column("kind", text(length=64), nullable=True),
        sa.Column("body", text(length=256), nullable=False),
        sa.Column("organisation", text(length=32), nullable=True),
        sa.Column("region", text(length=16), nullable=True),
        sa.Column("basis", sa.Text(), nullable=True),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_duty")),
    )
    op.create_index("ix_directory_body_organisation", "directory_body", ["organisation"])
    op.create_index("ix_directory_duty_organisation", "directory_duty", ["organisation"])
    op.create_index("ix_directory_duty_region", "directory_duty", ["region"])
    with op.batch_alter_table("outbox") as batch_op:
        batch_op.add_column(sa.Column("receipt", text(length=64), nullable=True))
    with op.batch_alter_table("lead") as batch_op:
        batch_op.add_column(sa.Column("verdict", text(length=16), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("lead") as batch_op:
        batch_op.drop_column("verdict")
    with op.batch_alter_table("outbox") as batch_op:
        batch_op.drop_column("receipt")
    op.drop_table("directory_duty")
    op.drop_table("directory_body")
    op.drop_table("inbound_pull")
