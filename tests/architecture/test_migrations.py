"""The schema in the migrations is the schema in the tables, on both databases; every version can be built."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlmodel import SQLModel

import intake.store.tables  # noqa: F401 (fills the metadata)
from intake.store.database import Database
from intake.store.migrate import is_compared, upgrade


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
