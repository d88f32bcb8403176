"""console: the reason of a rejection's document, what was typed when a session had ended, a lead's newest event"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0026"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("lead_document") as table:
        table.add_column(sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=True))
    with op.batch_alter_table("lead") as table:
        table.add_column(sa.Column("last_event", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True))
    op.execute(
        "UPDATE lead SET last_event = (SELECT hash FROM lead_event WHERE lead_event.lead_id = lead.id"
        " ORDER BY seq DESC LIMIT 1)"
    )
    op.create_table(
        "typed_words",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("account_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_typed_words_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_typed_words")),
    )
    op.create_index(op.f("ix_typed_words_account_id"), "typed_words", ["account_id"])


def downgrade() -> None:
    op.drop_table("typed_words")
    with op.batch_alter_table("lead") as table:
        table.drop_column("last_event")
    with op.batch_alter_table("lead_document") as table:
        table.drop_column("reason")
