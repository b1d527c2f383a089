"""One-time codes and links: each proves one thing, once, for a while. Only their hashes are stored."""

import base64
import hashlib
from collections.abc import Callable
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, Select, delete, insert, literal, select, update

from hemlarm_cloud.errors import NotFoundError
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_access import one_time_code
from hemlarm_cloud.store.transaction import Transaction

Purpose = Literal["sign-up", "finish", "mail", "reset", "invite"]

DIGITS = 6
TRIES_MAX = 5

MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000

LIFE_MS: dict[Purpose, int] = {
    "sign-up": 10 * MINUTE_MS,
    "finish": 30 * MINUTE_MS,
    "mail": DAY_MS,
    "reset": 30 * MINUTE_MS,
    "invite": 7 * DAY_MS,
}
"""How long each is good for: a code that came by SMS is typed at once, a mail may be read in the evening."""

_KEY_BYTES = 24


class OldLinkError(NotFoundError):
    """A link that was used, has become too old, or never was."""

    def __init__(self) -> None:
        super().__init__("this link has been used or is too old; ask for a new one")


def digits(random: Callable[[int], bytes]) -> str:
    """Return a code of six digits, each as likely as any other."""
    # 64 bits over a million: no digit is favoured by more than one in ten thousand billion.
    return str(int.from_bytes(random(8), "big") % 10**DIGITS).zfill(DIGITS)


def issue(tx: Transaction, purpose: Purpose, subject: str, code: str, now_ms: int, person: int | None = None) -> None:
    """Let a code prove this, in place of any before. Without a person it never fits: then it stands for nobody."""
    _put(tx, purpose, subject, _hash(purpose, subject, code), now_ms, None, person)


def try_code(tx: Transaction, purpose: Purpose, subject: str, code: str, now_ms: int) -> Row[Any] | None:
    """Return what this code proves, which it then does no more; None for a wrong one, which is counted.

    After five wrong ones, or ten minutes, none fits any more.
    """
    row = tx.connection.execute(_open(purpose, now_ms).where(one_time_code.c.subject == subject)).first()
    if row is None or row.tries >= TRIES_MAX:
        return None
    if row.code_hash == _hash(purpose, subject, code) and row.person is not None:
        use(tx, row.id, now_ms)
        return row
    change = update(one_time_code).where(one_time_code.c.id == row.id)
    tx.connection.execute(change.values(tries=one_time_code.c.tries + 1))
    return None


def issue_link(
    tx: Transaction,
    purpose: Purpose,
    subject: str,
    now_ms: int,
    random: Callable[[int], bytes],
    account: int | None = None,
    person: int | None = None,
) -> str:
    """Return the key of a new link that proves this, in place of any before. It is nowhere else."""
    key = base64.urlsafe_b64encode(random(_KEY_BYTES)).decode()
    _put(tx, purpose, subject, _hash(purpose, "", key), now_ms, account, person)
    return key


def find_link(reading: Queries, purpose: Purpose, key: str, now_ms: int) -> Row[Any]:
    """Return what a link proves. Raises OldLinkError."""
    hashed = _hash(purpose, "", key[:100])
    row = reading.connection.execute(_open(purpose, now_ms).where(one_time_code.c.code_hash == hashed)).first()
    if row is None:
        raise OldLinkError
    return row


def use_link(tx: Transaction, purpose: Purpose, key: str, now_ms: int) -> Row[Any]:
    """Return what a link proves, which it then does no more. Raises OldLinkError."""
    row = find_link(tx, purpose, key, now_ms)
    use(tx, row.id, now_ms)
    return row


def use(tx: Transaction, code_id: int, now_ms: int) -> None:
    """Let a code or link prove nothing any more. Raises OldLinkError if it did not before."""
    change = update(one_time_code).where(one_time_code.c.id == code_id, one_time_code.c.used_ms.is_(None))
    if tx.connection.execute(change.values(used_ms=now_ms)).rowcount != 1:
        raise OldLinkError


def withdraw(tx: Transaction, purpose: Purpose, person: int, now_ms: int) -> None:
    """Let whatever was sent to a person for this prove nothing any more."""
    mine = (one_time_code.c.purpose == purpose, one_time_code.c.person == person, one_time_code.c.used_ms.is_(None))
    tx.connection.execute(update(one_time_code).where(*mine).values(used_ms=now_ms))


def forget_old(tx: Transaction, now_ms: int) -> int:
    """Take away what has proved nothing for a week, and return how many those were."""
    return tx.connection.execute(delete(one_time_code).where(_is_old(now_ms))).rowcount


def old(now_ms: int) -> Select[Any]:
    """Return the query for what `forget_old` would take away."""
    return select(literal(1)).select_from(one_time_code).where(_is_old(now_ms))


def _is_old(now_ms: int) -> ColumnElement[bool]:
    return one_time_code.c.expires_ms < now_ms - 7 * DAY_MS


def _put(
    tx: Transaction, purpose: Purpose, subject: str, hashed: bytes, now_ms: int, account: int | None, person: int | None
) -> None:
    same = (one_time_code.c.purpose == purpose, one_time_code.c.subject == subject, one_time_code.c.used_ms.is_(None))
    tx.connection.execute(update(one_time_code).where(*same).values(used_ms=now_ms))
    row = {
        "purpose": purpose,
        "subject": subject,
        "code_hash": hashed,
        "account": account,
        "person": person,
        "created_ms": now_ms,
        "expires_ms": now_ms + LIFE_MS[purpose],
    }
    tx.connection.execute(insert(one_time_code), row)


def _open(purpose: Purpose, now_ms: int) -> Any:
    table = one_time_code
    return (
        select(table)
        .where(table.c.purpose == purpose, table.c.used_ms.is_(None), table.c.expires_ms > now_ms)
        .order_by(table.c.id.desc())
        .limit(1)
    )


def _hash(purpose: str, subject: str, code: str) -> bytes:
    return hashlib.sha256(f"{purpose}\n{subject}\n{code}".encode()).digest()
