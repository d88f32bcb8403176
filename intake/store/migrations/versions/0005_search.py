"""Full-text search, and indexes that keep lists fast over a million leads."""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0005"
down_revision = "0003"
branch_labels = None
depends_on = None

IS_OPEN = sa.text(
    "stage IN ('L10', 'L11', 'L20', 'L30', 'L31', 'L32', 'L33', 'L34', 'L35', 'L40', 'L50', 'L51', 'L60')"
)
# FTS5 follows the table by itself; "ascii" takes our words as they are cut (see classify/search_words.py).
SQLITE = (
    "CREATE VIRTUAL TABLE search_fts USING fts5(words, content='lead_search', content_rowid='id',"
    " tokenize='ascii', detail='none', columnsize=0)",
    "CREATE TRIGGER search_added AFTER INSERT ON lead_search BEGIN"
    " INSERT INTO search_fts(rowid, words) VALUES (new.id, new.words); END",
    "CREATE TRIGGER search_removed AFTER DELETE ON lead_search BEGIN"
    " INSERT INTO search_fts(search_fts, rowid, words) VALUES ('delete', old.id, old.words); END",
    "CREATE TRIGGER search_changed AFTER UPDATE ON lead_search BEGIN"
    " INSERT INTO search_fts(search_fts, rowid, words) VALUES ('delete', old.id, old.words);"
    " INSERT INTO search_fts(rowid, words) VALUES (new.id, new.words); END",
)


def upgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    op.create_table(
        "lead_search",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lead_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("words", sa.Text().with_variant(TSVECTOR(), "postgresql"), nullable=False),
        sa.Column("cut", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_lead_search_lead_id_lead")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_search")),
        sa.UniqueConstraint("lead_id", name=op.f("uq_lead_search_lead_id")),
    )
    for line in SQLITE if is_sqlite else ("CREATE INDEX search_words ON lead_search USING gin (words)",):
        op.execute(line)
    op.drop_index("ix_lead_decide_by", table_name="lead")
    op.create_index("ix_lead_deadline", "lead", ["decide_by", "id"])
    op.create_index(
        "ix_lead_open_deadline", "lead", ["decide_by", "id"], postgresql_where=IS_OPEN, sqlite_where=IS_OPEN
    )


def downgrade() -> None:
    op.drop_index("ix_lead_open_deadline", table_name="lead")
    op.drop_index("ix_lead_deadline", table_name="lead")
    op.create_index("ix_lead_decide_by", "lead", ["decide_by"])
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE search_fts")
    op.drop_table("lead_search")
