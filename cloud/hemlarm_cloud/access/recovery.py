"""A forgotten password: a link by mail, good once and for half an hour."""

from collections.abc import Callable

from sqlalchemy import select, update

from hemlarm_cloud.access import attempts, codes, credentials, letters
from hemlarm_cloud.access.signing_in import plain_login
from hemlarm_cloud.actor import Actor, Role
from hemlarm_cloud.notices.addresses import is_address
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_access import credential
from hemlarm_cloud.store.schema_sites import account

ASKED_FREE = 3
"""Mails that one may ask for to one address before it takes waiting."""

Random = Callable[[int], bytes]


def ask(store: Store, login: str, address: str, base_url: str, now_ms: int, random: Random) -> None:
    """Send a link to whoever signs in with this mail address, if anybody does. What is told is the same in each case.

    Raises LockedError after too many.
    """
    given = plain_login(login)
    keys = attempts.address_key(address, "forgotten"), f"forgotten {given}"
    with store.begin() as tx:
        attempts.expect_free(tx, keys, now_ms)
        attempts.failed(tx, keys[0], now_ms, attempts.FREE_OF_ADDRESS)
        attempts.failed(tx, keys[1], now_ms, ASKED_FREE)
        query = (
            select(credential)
            .join_from(credential, account, account.c.id == credential.c.account)
            .where(credential.c.login == given, account.c.revoked_ms.is_(None))
        )
        row = tx.connection.execute(query).one_or_none()
        if row is None or not is_address(given):
            return
        key = codes.issue_link(tx, "reset", given, now_ms, random, account=row.account)
        letters.send(tx, "reset", "mail", given, row.language, now_ms, random, link=f"{base_url}/forgotten/{key}")


def choose(store: Store, key: str, password: str, now_ms: int, random: Random) -> str:
    """Set a new password by a link and return the login that it is for; all sessions end, and no lock is left.

    Raises OldLinkError, and InvalidError for a password that will not do: then the link is good still.
    """
    with store.read() as reading:
        asked = codes.find_link(reading, "reset", key, now_ms)
    hashed = credentials.hashed(password, asked.subject)
    with store.begin() as tx:
        proved = codes.use_link(tx, "reset", key, now_ms)
        before = credentials.of(tx, proved.account)
        if before is None or before.login != proved.subject:
            raise codes.OldLinkError
        owner = tx.connection.execute(select(account).where(account.c.id == proved.account)).one()
        actor = Actor(f"{owner.role}:{owner.name}", Role(owner.role), owner.person, owner.customer, owner.installer)
        credentials.set_password(tx, actor, proved.account, hashed, now_ms)
        if before.verified_ms is None:
            # Whoever has the link reads the mail of this address.
            change = update(credential).where(credential.c.account == proved.account)
            tx.connection.execute(change.values(verified_ms=now_ms))
        attempts.succeeded(tx, attempts.login_key(proved.subject))
        letters.send(tx, "password-changed", "mail", proved.subject, before.language, now_ms, random)
    return str(proved.subject)
