"""Links between leads, and patterns over several leads."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0009"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    words, times = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
    op.create_table(
        "lead_link",
        sa.Column("id", words(), nullable=False),
        sa.Column("lead_a", words(), nullable=False),
        sa.Column("lead_b", words(), nullable=False),
        sa.Column("kind", words(length=16), nullable=False),
        sa.Column("by", words(length=64), nullable=False),
        sa.Column("at", times(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["lead_a"], ["lead.id"], name=op.f("fk_lead_link_lead_a_lead")),
        sa.ForeignKeyConstraint(["lead_b"], ["lead.id"], name=op.f("fk_lead_link_lead_b_lead")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_link")),
        sa.UniqueConstraint("lead_a", "lead_b", name=op.f("uq_lead_link_lead_a")),
    )
    op.create_index(op.f("ix_lead_link_lead_a"), "lead_link", ["lead_a"])
    op.create_index(op.f("ix_lead_link_lead_b"), "lead_link", ["lead_b"])
    op.create_table(
        "pattern_finding",
        sa.Column("id", words(), nullable=False),
        sa.Column("kind", words(length=16), nullable=False),
        sa.Column("agency_code", words(length=32), nullable=True),
        sa.Column("agency_name", words(length=128), nullable=True),
        sa.Column("problem", words(length=8), nullable=True),
        sa.Column("parties", words(length=64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first_seen", times(), nullable=False),
        sa.Column("last_seen", times(), nullable=False),
        sa.Column("found_at", times(), nullable=False),
        sa.Column("state", words(length=12), nullable=False),
        sa.Column("decided_by", words(length=64), nullable=True),
        sa.Column("decided_at", times(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pattern_finding")),
    )
    op.create_index(
        "ix_pattern_finding_matter", "pattern_finding", ["kind", "agency_code", "problem", "parties"]
    )
    op.create_index(op.f("ix_pattern_finding_state"), "pattern_finding", ["state"])
    op.create_table(
        "pattern_lead",
        sa.Column("finding_id", words(), nullable=False),
        sa.Column("lead_id", words(), nullable=False),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["pattern_finding.id"], name=op.f("fk_pattern_lead_finding_id_pattern_finding")
        ),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_pattern_lead_lead_id_lead")),
        sa.PrimaryKeyConstraint("finding_id", "lead_id", name=op.f("pk_pattern_lead")),
    )
    op.create_index(op.f("ix_pattern_lead_lead_id"), "pattern_lead", ["lead_id"])


def downgrade() -> None:
    op.drop_table("pattern_lead")
    op.drop_table("pattern_finding")
    op.drop_table("lead_link")
