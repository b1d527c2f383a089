"""A database as an older version of the cloud left it."""

from typing import Any

from alembic import command
from sqlalchemy import Connection, column, create_engine, insert, table

from hemlarm_cloud.store import database


def make_old_store(url: str, revision: str, rows: list[tuple[str, dict[str, Any]]]) -> None:
    """Create a database of this revision with these rows, each given by its table and its values."""
    engine = create_engine(url)
    with engine.begin() as connection:
        _upgrade(connection, revision)
        for name, values in rows:
            connection.execute(insert(table(name, *map(column, values))), values)
    engine.dispose()


def _upgrade(connection: Connection, revision: str) -> None:
    scripts = database._alembic_config()
    scripts.attributes["connection"] = connection
    command.upgrade(scripts, revision)
