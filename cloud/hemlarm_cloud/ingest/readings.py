"""What panels tell of their temperatures, plugs, locks and areas: of each the last that was told."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import delete, insert, select

from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_homes import panel_reading
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_protocol import message_names

_KINDS = message_names.READING_KINDS


class Told(NamedTuple):
    """All that a panel knew when it spoke: kind, number and value in turn, as in `household.Readings`."""

    items: Sequence[int]
    at_ms: int


def write(tx: Transaction, told: dict[str, Told]) -> None:
    """Keep what these panels told in place of what they told before; readings of kinds not known here are left out."""
    for panel, (items, at_ms) in told.items():
        known = {(kind, number): value for kind, number, value in _groups(items) if kind in _KINDS}
        tx.connection.execute(delete(panel_reading).where(panel_reading.c.panel == panel))
        rows = [
            {"panel": panel, "kind": kind, "number": number, "value": value, "told_ms": at_ms}
            for (kind, number), value in known.items()
        ]
        if rows:
            tx.connection.execute(insert(panel_reading), rows)


def readings_of(reading: Queries, panel: str) -> dict[tuple[int, int], int]:
    """Return what a panel last told, by kind and number."""
    query = select(panel_reading).where(panel_reading.c.panel == panel)
    return {(row.kind, row.number): row.value for row in reading.connection.execute(query)}


def _groups(items: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    return zip(items[0::3], items[1::3], items[2::3], strict=True)
