"""One row in every table for each of two tenants, made from the tables themselves, so that none is forgotten.

Every text of a tenant's rows has the tenant's canary in it, and its rows have ids that nobody else's have.
"""

import re
from datetime import timedelta
from typing import Any

from sqlalchemy import CheckConstraint, Column, Integer, LargeBinary, String, Table, Text, insert, select
from sqlalchemy.types import BigInteger, Boolean

from hemlarm_cloud.pictures import rows
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.all_tables import metadata
from hemlarm_cloud.store.schema_sites import site
from hemlarm_cloud.store.transaction import Transaction

NOW_MS = 1_800_000_000_000
_DAY_MS = timedelta(days=1) // timedelta(milliseconds=1)

_APART = 100_000
"""Between the first ids of two tables."""

SHARED = ("lane", "push_key", "firmware_image", "release", "release_panel")
"""Tables that belong to nobody."""

_TEXTS = {
    "time_zone": "Europe/Stockholm",
    "phone": "+46701234567",
    "other_phone": "+46701234568",
    "report": "ZR0047",
    "last_month": "",
    "media_type": "image/png",
    "only_if": "",
    "kinds": "burglary",
    "standard": "",
    "category": "intrusion",
    "shard": "aa",
    "primary_address": "127.0.0.1:1",
    "secondary_address": "",
    "region": "",
}
"""What has a meaning to the code that reads it, and so no canary."""

_OF_TABLES: dict[tuple[str, str], Any] = {
    ("transmitter", "kind"): "dc-09",
    ("plan_step", "kind"): "police",
    ("case_task", "kind"): "police",
    ("condition", "kind"): "mains",
    ("alert", "kind"): "test",
    ("account", "role"): "supervisor",
    ("authority_list", "kind"): "customer",
    ("signal", "origin"): "cloud",
    ("destination", "settings"): '{"account": "1234"}',
    ("foreign_account", "settings"): '{"type": "", "time_zone": "Europe/Stockholm", "codes": {}}',
}

_NEVER = ("password", "counter_password", "secret", "next_secret", "document")
"""Columns of sealed or encoded bytes, where they may stay empty."""


class Tenant:
    """A tenant's canary, and the ids of its rows by table."""

    def __init__(self, canary: str, first_id: int) -> None:
        self.canary = canary
        self.panel = f"{first_id:016x}"
        self.ids: dict[str, Any] = {}
        self._first_id = first_id

    def add_to(self, store: Store) -> None:
        """Adds the rows."""
        tables = [table for table in metadata.sorted_tables if table.name not in SHARED]
        with store.begin() as tx:
            for index, table in enumerate(tables):
                row = self._row(table, self._first_id + index * _APART)
                tx.connection.execute(insert(table), row)
                (key, *_) = table.primary_key
                self.ids[table.name] = row[key.name]
            tx.connection.execute(site.update().where(site.c.id == self.ids["site"]).values(name=self.canary))
            rows.complete(tx, self._with_key(tx), self.canary.encode(), "image/png", NOW_MS)

    def _with_key(self, tx: Transaction) -> int:
        """The tenant's picture, which shows its canary to whoever may look."""
        picture: int = self.ids["picture"]
        tx.picture_keys.make(picture)
        return picture

    def _row(self, table: Table, row_id: int) -> dict[str, Any]:
        row = {}
        for column in table.columns:
            value = self._value(table, column, row_id)
            if value is not None:
                row[column.name] = value
        return row

    def _value(self, table: Table, column: "Column[Any]", row_id: int) -> Any:
        if (table.name, column.name) in _OF_TABLES:
            return _OF_TABLES[table.name, column.name]
        if column.foreign_keys:
            return self._referred(column)
        if column.name == "panel" or (table.name, column.name) in (("panel", "id"), ("transmitter", "id")):
            return self.panel
        if column.name in ("id", "origin_id") and isinstance(column.type, (BigInteger, Integer)):
            return row_id
        allowed = _allowed(table, column.name)
        return allowed if allowed is not None else self._plain(column)

    def _referred(self, column: "Column[Any]") -> Any:
        (key, *_) = column.foreign_keys
        other = key.column
        if other.name in ("panel", "transmitter"):
            return self.panel
        return self.ids.get(other.table.name) if other.name == "id" else self._plain(column)

    def _plain(self, column: "Column[Any]") -> Any:
        if column.nullable and (column.name in _NEVER or not isinstance(column.type, (String, Text))):
            return None
        if isinstance(column.type, LargeBinary):
            return self.canary.encode()[: column.type.length or 100].ljust(column.type.length or 4, b"\1")
        if isinstance(column.type, Boolean):
            return False
        if isinstance(column.type, (Integer, BigInteger)):
            return (NOW_MS + _DAY_MS if column.name == "until_ms" else NOW_MS) if column.name.endswith("_ms") else 1
        return self._text(column)

    def _text(self, column: "Column[Any]") -> str:
        if column.name in ("detail", "settings"):
            return f'{{"note": "{self.canary}"}}'
        if column.name in ("email", "recipient"):
            return f"{self.canary}@example.se"
        return str(_TEXTS.get(column.name, self.canary))


def _allowed(table: Table, name: str) -> str | None:
    """The first value that a constraint allows, where there is one."""
    for constraint in table.constraints:
        if isinstance(constraint, CheckConstraint):
            found = re.match(rf"{name} IN \('([^']+)'", str(constraint.sqltext))
            if found:
                return found[1]
    return None


def snapshot(store: Store) -> dict[str, set[tuple[Any, ...]]]:
    """All rows of all tables."""
    with store.read() as reading:
        return {
            table.name: {tuple(row) for row in reading.connection.execute(select(table))}
            for table in metadata.sorted_tables
        }


def touched(before: dict[str, set[tuple[Any, ...]]], after: dict[str, set[tuple[Any, ...]]], of: Tenant) -> list[str]:
    """What became of a tenant's rows that somebody else had no business with: changed, gone, or referred to anew."""
    found = []
    for table in metadata.sorted_tables:
        names = [column.name for column in table.columns]
        for row in before[table.name] - after[table.name]:
            if of.canary in repr(row) or of.panel in repr(row):
                found.append(f"{table.name}: {dict(zip(names, row, strict=True))} was changed or is gone")
        for row in after[table.name] - before[table.name]:
            values = dict(zip(names, row, strict=True))
            if _refers(table, values, of):
                found.append(f"{table.name}: {values} came")
    return found


def _refers(table: Table, values: dict[str, Any], of: Tenant) -> bool:
    """Tell whether a row has anything to do with a tenant. The audit log's site and customer are no foreign keys."""
    referring = {column.name: key.column.table.name for column in table.columns for key in column.foreign_keys} | (
        {"site": "site", "customer": "customer", "on_behalf_of": "person"} if table.name == "audit" else {}
    )
    return any(values[name] is not None and values[name] == of.ids.get(other) for name, other in referring.items())
