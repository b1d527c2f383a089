"""Wrong attempts: each further one at the same login, or from the same address, waits longer. Kept over restarts."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, insert, literal, select, update

from hemlarm_cloud.errors import RefusedError
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_access import login_attempt
from hemlarm_cloud.store.transaction import Transaction

FREE = 5
"""Wrong attempts in a row before the first lock: who mistypes is no burglar."""

FREE_OF_ADDRESS = 20
"""From one address: a whole office may sit behind it."""

FIRST_LOCK_MS = 60_000
LOCK_MS_MAX = 3_600_000
"""A minute, then twice as long each time, up to an hour: 5 + 29 guesses a day."""

FORGOTTEN_MS = 24 * 3_600_000
"""After a day without a wrong one all is as before."""

_KEY_MAX = 180


class LockedError(RefusedError):
    """Too many wrong attempts; `until_ms` tells when the next one counts."""

    def __init__(self, until_ms: int) -> None:
        super().__init__("too many wrong attempts: wait, or choose a new password by mail")
        self.until_ms = until_ms


def login_key(login: str) -> str:
    """Return what is tried at when somebody signs in with this login."""
    return f"login {login}"[:_KEY_MAX]


def address_key(address: str, what: str = "login") -> str:
    """Return what tries when somebody does so from this address."""
    return f"{what} from {address}"[:_KEY_MAX]


def expect_free(reading: Queries, keys: Iterable[str], now_ms: int) -> None:
    """Let pass while none of these keys is locked. Raises LockedError."""
    query = select(login_attempt.c.locked_until_ms).where(login_attempt.c.key.in_(list(keys)))
    until_ms = max(reading.connection.scalars(query), default=0)
    if now_ms < until_ms:
        raise LockedError(until_ms)


def failed(tx: Transaction, key: str, now_ms: int, free: int = FREE) -> int:
    """Count a wrong attempt, and return until when the key is locked now; 0 if it is not."""
    query = select(login_attempt).where(login_attempt.c.key == key)
    row = tx.connection.execute(query).one_or_none()
    before = 0 if row is None or now_ms - row.last_ms >= FORGOTTEN_MS else row.failures
    failures = before + 1
    until_ms = now_ms + lock_ms(failures, free) if failures >= free else 0
    values = {"failures": failures, "last_ms": now_ms, "locked_until_ms": until_ms}
    if row is None:
        tx.connection.execute(insert(login_attempt), {"key": key, **values})
    else:
        tx.connection.execute(update(login_attempt).where(login_attempt.c.key == key).values(values))
    return until_ms


def lock_ms(failures: int, free: int = FREE) -> int:
    """Return how long the lock is after so many wrong attempts in a row, in milliseconds."""
    return min(LOCK_MS_MAX, FIRST_LOCK_MS << min(failures - free, 10)) if failures >= free else 0


def succeeded(tx: Transaction, key: str) -> None:
    """Forget the wrong attempts: the right one came."""
    tx.connection.execute(delete(login_attempt).where(login_attempt.c.key == key))


def forget_old(tx: Transaction, now_ms: int) -> int:
    """Take away what counts no more, and return how many those were."""
    return tx.connection.execute(delete(login_attempt).where(_is_old(now_ms))).rowcount


def old(now_ms: int) -> Select[Any]:
    """Return the query for what `forget_old` would take away."""
    return select(literal(1)).select_from(login_attempt).where(_is_old(now_ms))


def _is_old(now_ms: int) -> ColumnElement[bool]:
    return and_(login_attempt.c.last_ms <= now_ms - FORGOTTEN_MS, login_attempt.c.locked_until_ms <= now_ms)
