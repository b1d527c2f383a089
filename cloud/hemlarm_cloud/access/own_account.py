"""What somebody changes about their own account: password and mail address, each with the password of today."""

from collections.abc import Callable

from hemlarm_cloud.access import attempts, credentials, letters, passwords, sign_up
from hemlarm_cloud.access.sessions import Session
from hemlarm_cloud.access.signing_in import WrongLoginError
from hemlarm_cloud.errors import ConflictError, InvalidError
from hemlarm_cloud.notices.addresses import is_address
from hemlarm_cloud.sites import audit
from hemlarm_cloud.store import Store

Random = Callable[[int], bytes]


def change_password(store: Store, session: Session, now: str, wanted: str, now_ms: int, random: Random) -> int:
    """Set a new password; returns how many other sessions that ended.

    Raises WrongLoginError for a wrong one of today, LockedError after too many, InvalidError for a weak new one.
    """
    _expect_password(store, session, now, now_ms)
    hashed = credentials.hashed(wanted, session.login)
    with store.begin() as tx:
        ended = credentials.set_password(tx, session.actor, session.account, hashed, now_ms, session.id)
        if is_address(session.login):
            letters.send(tx, "password-changed", "mail", session.login, session.language, now_ms, random)
    return ended


def change_mail(
    store: Store, session: Session, now: str, wanted: str, base_url: str, now_ms: int, random: Random
) -> str:
    """Send the link that proves a new mail address to be one's own; until it is opened the old one counts.

    Returns the new address. Raises WrongLoginError, LockedError, InvalidError, and ConflictError for staff, who sign in
    with a name that the centre gave them.
    """
    if not is_address(session.login):
        raise ConflictError("this account signs in with a name of the centre's; a supervisor changes it")
    login = sign_up.expect_mail(wanted)
    if login == session.login:
        raise InvalidError("mail: this is the address of today")
    _expect_password(store, session, now, now_ms)
    with store.begin() as tx:
        sign_up.send_confirmation(tx, session.account, login, base_url, session.language, now_ms, random)
        told = {"mail": login}
        audit.write(
            tx, session.actor, "ask-mail", f"account {session.account}", told, now_ms, customer=session.actor.customer
        )
    return login


def _expect_password(store: Store, session: Session, given: str, now_ms: int) -> None:
    keys = [attempts.login_key(session.login)]
    with store.read() as reading:
        attempts.expect_free(reading, keys, now_ms)
        row = credentials.of(reading, session.account)
    if row is None or not passwords.fits(row.password, given):
        with store.begin() as tx:
            attempts.failed(tx, keys[0], now_ms)
        raise WrongLoginError
    with store.begin() as tx:
        attempts.succeeded(tx, keys[0])
