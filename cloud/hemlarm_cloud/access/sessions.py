"""Sessions: a browser that has signed in, known by a token of which only the hash is stored."""

import base64
import hashlib
from collections.abc import Callable
from typing import Any, NamedTuple

from sqlalchemy import Row, insert, or_, select, update

from hemlarm_cloud.actor import CENTRE_ROLES, Actor, Role
from hemlarm_cloud.errors import NotFoundError
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_access import credential, login_session
from hemlarm_cloud.store.schema_sites import account, person
from hemlarm_cloud.store.transaction import Transaction

TOKEN_BYTES = 32

STAFF_MS = 12 * 3_600_000
"""How long the centre's people stay signed in: a long shift. Others do until they sign out."""

SEEN_EVERY_MS = 5 * 60_000
"""How old the note of when a session was last used may get before it is written anew."""

AGENT_MAX = 120


class Session(NamedTuple):
    """Who is signed in; `name` is the person's, or the account's of somebody who is none on record."""

    id: int
    account: int
    name: str
    login: str
    language: str
    actor: Actor
    seen_ms: int


def begin(tx: Transaction, account_id: int, now_ms: int, random: Callable[[int], bytes], agent: str = "") -> str:
    """Sign an account in and return the session's token, which is nowhere else. Whoever has it is the account."""
    token = base64.urlsafe_b64encode(random(TOKEN_BYTES)).rstrip(b"=").decode()
    role = tx.connection.scalar(select(account.c.role).where(account.c.id == account_id))
    row = {
        "token_hash": _hash(token),
        "account": account_id,
        "created_ms": now_ms,
        "seen_ms": now_ms,
        "expires_ms": now_ms + STAFF_MS if role in CENTRE_ROLES else None,
        "agent": agent[:AGENT_MAX],
    }
    tx.connection.execute(insert(login_session), row)
    return token


def find(reading: Queries, token: str, now_ms: int) -> Session | None:
    """Return whose session this is, or None for one that is unknown or has ended, or whose account has."""
    if len(token) != 43 or not token.isascii():
        return None
    query = (
        select(login_session.c.id.label("session"), login_session.c.seen_ms, credential.c.login, credential.c.language)
        .add_columns(account, person.c.name.label("person_name"))
        .join_from(login_session, account, account.c.id == login_session.c.account)
        .outerjoin(person, person.c.id == account.c.person)
        .join(credential, credential.c.account == account.c.id)
        .where(login_session.c.token_hash == _hash(token), login_session.c.ended_ms.is_(None))
        .where(or_(login_session.c.expires_ms.is_(None), login_session.c.expires_ms > now_ms))
        .where(account.c.revoked_ms.is_(None), or_(account.c.expires_ms.is_(None), account.c.expires_ms > now_ms))
    )
    row = reading.connection.execute(query).one_or_none()
    if row is None:
        return None
    actor = Actor(f"{row.role}:{row.name}", Role(row.role), row.person, row.customer, row.installer)
    return Session(row.session, row.id, row.person_name or row.name, row.login, row.language, actor, row.seen_ms)


def seen(tx: Transaction, session: Session, now_ms: int) -> None:
    """Note that a session is used."""
    tx.connection.execute(update(login_session).where(login_session.c.id == session.id).values(seen_ms=now_ms))


def end(tx: Transaction, account_id: int, session_id: int, now_ms: int) -> None:
    """End one of an account's sessions. Raises NotFoundError for one that is not the account's or has ended."""
    mine = (login_session.c.id == session_id, login_session.c.account == account_id)
    change = update(login_session).where(*mine, login_session.c.ended_ms.is_(None)).values(ended_ms=now_ms)
    if tx.connection.execute(change).rowcount != 1:
        raise NotFoundError(f"no open session {session_id} of yours")


def end_all(tx: Transaction, account_id: int, now_ms: int, but: int | None = None) -> int:
    """End an account's sessions, all but one perhaps, and return how many those were."""
    change = update(login_session).where(login_session.c.account == account_id, login_session.c.ended_ms.is_(None))
    if but is not None:
        change = change.where(login_session.c.id != but)
    return tx.connection.execute(change.values(ended_ms=now_ms)).rowcount


def open_ones(reading: Queries, account_id: int, now_ms: int, limit: int = 50) -> list[Row[Any]]:
    """Return an account's sessions that have not ended, the one used last first."""
    query = (
        select(login_session)
        .where(login_session.c.account == account_id, login_session.c.ended_ms.is_(None))
        .where(or_(login_session.c.expires_ms.is_(None), login_session.c.expires_ms > now_ms))
        .order_by(login_session.c.seen_ms.desc(), login_session.c.id.desc())
        .limit(limit)
    )
    return list(reading.connection.execute(query))


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
