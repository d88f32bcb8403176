"""Alembic's entry: runs on the connection that `migrate.upgrade` hands over."""

from alembic import context
from sqlmodel import SQLModel

import intake.store.tables  # noqa: F401 (fills the metadata)
from intake.store.migrate import is_compared

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    compare_type=True,
    include_object=is_compared,
)
with context.begin_transaction():
    context.run_migrations()
