"""Signing in: a login and its password, tried a few times at most."""

from collections.abc import Callable
from typing import Any, NamedTuple

from sqlalchemy import Row, or_, select, update

from hemlarm_cloud.access import attempts, passwords, sessions
from hemlarm_cloud.actor import Actor, Role
from hemlarm_cloud.errors import RefusedError
from hemlarm_cloud.sites import audit
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_access import credential
from hemlarm_cloud.store.schema_sites import account

LOGIN_MAX = 120


class WrongLoginError(RefusedError):
    """Login and password do not belong together; which of the two is wrong is not told."""

    def __init__(self) -> None:
        super().__init__("this login and this password do not belong together; try again, or choose a new password")


class NotVerifiedError(RefusedError):
    """The password is right, but the mail address has not been proved yet."""

    def __init__(self) -> None:
        super().__init__("the mail address is not confirmed yet; open the link in the mail that we sent")


class Signed(NamedTuple):
    """A browser that has signed in: the session's token, and who it is."""

    token: str
    role: Role
    language: str


def plain_login(login: str) -> str:
    """Return a login as it is stored: upper case and blanks around it make no difference."""
    return login.strip().lower()[:LOGIN_MAX]


def sign_in(
    store: Store, login: str, password: str, address: str, agent: str, now_ms: int, random: Callable[[int], bytes]
) -> Signed:
    """Sign a browser in. Raises WrongLoginError, NotVerifiedError, and LockedError after too many wrong attempts.

    The hash is reckoned outside the transactions: it takes 50 ms, in which others may write.
    """
    given = plain_login(login)
    keys = attempts.login_key(given), attempts.address_key(address)
    with store.read() as reading:
        attempts.expect_free(reading, keys, now_ms)
        row = _find(reading, given, now_ms)
    fits = passwords.fits(row.password if row else passwords.nobodys(), password)
    if row is None or not fits:
        _count(store, keys, now_ms)
        raise WrongLoginError
    fresh = passwords.hashed(password) if passwords.is_outdated(row.password) else row.password
    with store.begin() as tx:
        # Looked up again: somebody may have tried, or changed the password, meanwhile.
        attempts.expect_free(tx, keys, now_ms)
        if row.verified_ms is None:
            raise NotVerifiedError
        change = update(credential).where(credential.c.account == row.account, credential.c.password == row.password)
        if tx.connection.execute(change.values(password=fresh)).rowcount != 1:
            raise WrongLoginError
        attempts.succeeded(tx, keys[0])
        token = sessions.begin(tx, row.account, now_ms, random, agent)
        actor = Actor(f"{row.role}:{row.name}", Role(row.role), row.person, row.customer, row.installer)
        audit.write(tx, actor, "sign-in", f"account {row.account}", {}, now_ms, customer=row.customer)
    return Signed(token, Role(row.role), row.language)


def _count(store: Store, keys: tuple[str, str], now_ms: int) -> None:
    with store.begin() as tx:
        attempts.expect_free(tx, keys, now_ms)
        attempts.failed(tx, keys[0], now_ms)
        attempts.failed(tx, keys[1], now_ms, attempts.FREE_OF_ADDRESS)


def _find(reading: Queries, login: str, now_ms: int) -> Row[Any] | None:
    columns = [account.c[name] for name in ("name", "role", "person", "customer", "installer")]
    query = (
        select(credential, *columns)
        .join_from(credential, account, account.c.id == credential.c.account)
        .where(credential.c.login == login, account.c.revoked_ms.is_(None))
        .where(or_(account.c.expires_ms.is_(None), account.c.expires_ms > now_ms))
    )
    return reading.connection.execute(query).one_or_none()
