"""Alembic migrations, run at start by `migrate.upgrade`."""
