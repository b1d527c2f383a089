"""Statements of the hot path, compiled once: what the ingest says to the database for every group of events.

SQLAlchemy looks a statement up in its cache at each execution, which costs a worker that has just woken up several
times what SQLite needs for the statement itself.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ClauseElement, Connection, CursorResult, Dialect


class Prepared:
    """One statement for one dialect. `columns` are the values that an INSERT gets."""

    def __init__(self, statement: ClauseElement, dialect: Dialect, columns: Sequence[str] | None = None) -> None:
        compiled: Any = statement.compile(dialect=dialect, column_keys=columns)
        self._sql = str(compiled)
        self._order: list[str] | None = compiled.positiontup
        self._constants: dict[str, Any] = {k: v for k, v in compiled.params.items() if v is not None}

    def run(self, connection: Connection, **values: Any) -> CursorResult[Any]:
        """Execute it once."""
        return connection.exec_driver_sql(self._sql, self._parameters(values))

    def run_many(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Execute it for every row."""
        connection.exec_driver_sql(self._sql, [self._parameters(row) for row in rows])

    def _parameters(self, values: Mapping[str, Any]) -> Any:
        known = {**self._constants, **values}
        return known if self._order is None else tuple(known[name] for name in self._order)
