"""What a foreign transmitter reported, as rows: each event once, however often its telegram is repeated."""

import hashlib
from dataclasses import dataclass

from sqlalchemy import insert, select

from hemlarm_cloud.store.schema_cases import foreign_event
from hemlarm_cloud.store.transaction import Transaction

REPEATED_MS = 120_000
"""Within this time the same telegram is a repetition, whose acknowledgement was lost. It is longer than a recorded
telegram's timestamp holds, and so short that the same thing happening again is an event of its own.
"""

TEXT_MAX = 200
CODE_MAX = 25

NUMBER_MAX = 65_535
"""Of areas, zones and users."""


@dataclass(frozen=True)
class ForeignEvent:
    """One event as it is stored. `telegram` is what came without its password, `qcode` the Contact ID it comes to."""

    transmitter: str
    telegram: bytes
    code: str
    qcode: int
    received_ms: int
    area: int = 0
    zone: int = 0
    user: int = 0
    text: str = ""
    happened_ms: int | None = None


def keep_once(tx: Transaction, event: ForeignEvent, content: bytes) -> bool:
    """Store an event unless one with the same `content` came from its transmitter within REPEATED_MS.

    Returns whether it was stored. `content` is what the telegram's repetition has too, and another event's has not.
    """
    span = event.received_ms // REPEATED_MS
    ours, before = (_fingerprint(b"span", number, content) for number in (span, span - 1))
    came_ms = _received_ms(tx, event.transmitter, ours)
    if came_ms is None:
        came_ms = _received_ms(tx, event.transmitter, before)
        if came_ms is None or came_ms < event.received_ms - REPEATED_MS:
            _add(tx, event, ours)
            return True
    return False


def keep_next(tx: Transaction, event: ForeignEvent, content: bytes, count: int) -> bool:
    """Store an event that nothing marks as one of its own, unless the transmitter's last one was the same and is new.

    `count` says how many came from it so; returns whether it was stored, and then there is one more.
    """
    came_ms = _received_ms(tx, event.transmitter, _fingerprint(b"count", count, content))
    if came_ms is not None and came_ms >= event.received_ms - REPEATED_MS:
        return False
    _add(tx, event, _fingerprint(b"count", count + 1, content))
    return True


def shown(text: str) -> str:
    """Return a transmitter's text as it is stored: one line, and no more than fits."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())[:TEXT_MAX]


def _received_ms(tx: Transaction, transmitter: str, fingerprint: bytes) -> int | None:
    table = foreign_event
    same = (table.c.transmitter == transmitter, table.c.fingerprint == fingerprint)
    found: int | None = tx.connection.scalar(select(table.c.received_ms).where(*same))
    return found


def _add(tx: Transaction, event: ForeignEvent, fingerprint: bytes) -> None:
    assert all(0 <= number <= NUMBER_MAX for number in (event.area, event.zone, event.user))
    assert len(event.code) <= CODE_MAX
    assert len(event.text) <= TEXT_MAX
    tx.connection.execute(insert(foreign_event), vars(event) | {"fingerprint": fingerprint})


def _fingerprint(rule: bytes, number: int, content: bytes) -> bytes:
    return hashlib.sha256(b"%s %d\n%s" % (rule, number, content)).digest()[:16]
