"""events by time"""

from alembic import op

revision = "0020"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_lead_event_at", "lead_event", ["at"])


def downgrade() -> None:
    op.drop_index("ix_lead_event_at", "lead_event")
