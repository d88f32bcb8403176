"""The schema in the migrations is the schema in the tables, on both databases; every version can be built."""

from importlib import import_module

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlmodel import SQLModel

import intake.store.tables  # noqa: F401 (fills the metadata)
from intake.store.database import Database
from intake.store.migrate import is_compared, upgrade
from intake.store.tables import leads


async def test_migrations_and_tables_agree(database_url, tmp_path):
    database = Database(database_url)
    await upgrade(database, tmp_path)
    await upgrade(database, tmp_path)

    async with database.engine.connect() as connection:
        differences = await connection.run_sync(
            lambda c: compare_metadata(
                MigrationContext.configure(c, opts={"compare_type": True, "include_object": is_compared}),
                SQLModel.metadata,
            )
        )
    await database.close()

    assert differences == []


def test_the_index_of_open_leads_holds_the_stages_that_lists_call_open():
    migration = import_module("intake.store.migrations.versions.0005_search")

    assert str(migration.IS_OPEN) == str(leads.IS_OPEN)
