"""Statements of the hot path, compiled once and said to the database's driver itself.

SQLAlchemy looks a statement up in its cache at each execution and wraps its result, which costs several times what
SQLite needs for the statement itself.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ClauseElement, Connection, Dialect


class Prepared:
    """One statement for one dialect. `columns` are the values that an INSERT gets."""

    def __init__(self, statement: ClauseElement, dialect: Dialect, columns: Sequence[str] | None = None) -> None:
        compiled: Any = statement.compile(dialect=dialect, column_keys=columns)
        self._sql = str(compiled)
        self._order: list[str] | None = compiled.positiontup
        self._constants: dict[str, Any] = {k: v for k, v in compiled.params.items() if v is not None}

    def run(self, connection: Connection, **values: Any) -> Any:
        """Execute it once within the connection's transaction, and return the driver's cursor (DB-API 2.0).

        What the driver raises is its own error, which the store explains as it does SQLAlchemy's.
        """
        cursor = _driver(connection).cursor()
        cursor.execute(self._sql, self._parameters(values))
        return cursor

    def run_many(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Execute it for every row."""
        _driver(connection).cursor().executemany(self._sql, [self._parameters(row) for row in rows])

    def _parameters(self, values: Mapping[str, Any]) -> Any:
        if self._order is None:
            return {**self._constants, **values}
        if self._constants:
            values = {**self._constants, **values}
        return tuple([values[name] for name in self._order])


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection
