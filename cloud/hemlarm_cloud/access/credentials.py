"""What an account signs in with: its login, its password, its language."""

from typing import Any

from sqlalchemy import Row, insert, select, update

from hemlarm_cloud.access import passwords, sessions
from hemlarm_cloud.access.signing_in import plain_login
from hemlarm_cloud.actor import Actor
from hemlarm_cloud.errors import ConflictError, InvalidError, NotFoundError
from hemlarm_cloud.sites import audit
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_access import credential
from hemlarm_cloud.store.schema_sites import account
from hemlarm_cloud.store.transaction import Transaction

LANGUAGES = ("sv", "en")


def give(
    tx: Transaction,
    actor: Actor,
    account_id: int,
    login: str,
    password_hash: str,
    now_ms: int,
    language: str = "sv",
    verified: bool = False,
) -> None:
    """Let an account sign in with this login and the password behind this hash; one that could has new ones now.

    What was open of it ends. Raises NotFoundError, and ConflictError for a login that another account has.
    """
    given = plain_login(login)
    if not given:
        raise InvalidError("login: a mail address, or a name of the centre's people")
    owner = tx.connection.execute(select(account).where(account.c.id == account_id)).one_or_none()
    if owner is None:
        raise NotFoundError(f"no account {account_id} here; `hemlarm cloud account list` shows them all")
    taken = select(credential.c.account).where(credential.c.login == given, credential.c.account != account_id)
    if tx.connection.scalar(taken) is not None:
        raise ConflictError("login: another account signs in with this; choose another")
    row = {
        "login": given,
        "password": password_hash,
        "verified_ms": now_ms if verified else None,
        "language": language,
        "changed_ms": now_ms,
    }
    before = of(tx, account_id)
    if before is None:
        tx.connection.execute(insert(credential), {"account": account_id, **row})
    else:
        change = update(credential).where(credential.c.account == account_id)
        tx.connection.execute(change.values(**row, version=before.version + 1))
    sessions.end_all(tx, account_id, now_ms)
    audit.write(tx, actor, "give-login", f"account {account_id}", {"login": given}, now_ms, customer=owner.customer)


def of(reading: Queries, account_id: int) -> Row[Any] | None:
    """Return what an account signs in with, or None if it cannot."""
    return reading.connection.execute(select(credential).where(credential.c.account == account_id)).one_or_none()


def speak(tx: Transaction, account_id: int, language: str) -> None:
    """Set the language that an account's pages are in. Raises InvalidError."""
    if language not in LANGUAGES:
        raise InvalidError(f"language: one of {', '.join(LANGUAGES)}")
    tx.connection.execute(update(credential).where(credential.c.account == account_id).values(language=language))


def set_password(
    tx: Transaction, actor: Actor, account_id: int, password_hash: str, now_ms: int, but_session: int | None = None
) -> int:
    """Set a new password and end the other sessions; returns how many those were. Raises NotFoundError."""
    before = of(tx, account_id)
    if before is None:
        raise NotFoundError(f"account {account_id} does not sign in with a password")
    change = update(credential).where(credential.c.account == account_id)
    tx.connection.execute(change.values(password=password_hash, changed_ms=now_ms, version=before.version + 1))
    ended = sessions.end_all(tx, account_id, now_ms, but_session)
    audit.write(
        tx, actor, "change-password", f"account {account_id}", {"ended": ended}, now_ms, customer=actor.customer
    )
    return ended


def hashed(password: str, login: str) -> str:
    """Return the hash of a new password for this login. Raises InvalidError for a weak one."""
    passwords.expect_good(password, plain_login(login))
    return passwords.hashed(password)
