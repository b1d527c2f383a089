"""Signing up: customer number and phone, a code by SMS, then mail address and password, then a link by mail.

Nothing that a stranger can see tells which customers, phones or mail addresses there are.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Row, or_, select, update

from hemlarm_cloud.access import attempts, codes, credentials, letters
from hemlarm_cloud.access.signing_in import plain_login
from hemlarm_cloud.actor import SYSTEM, Role
from hemlarm_cloud.errors import ConflictError, InvalidError, RefusedError
from hemlarm_cloud.notices.addresses import is_address
from hemlarm_cloud.sites import accounts, audit
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_access import credential
from hemlarm_cloud.store.schema_sites import account, authority, authority_list, customer, person
from hemlarm_cloud.store.transaction import Transaction

ASKED_FREE = 3
"""Codes that one may ask for, at one customer number and phone, before it takes waiting."""

TRIED_FREE = 20
"""Wrong codes from one address before that takes waiting too."""

Random = Callable[[int], bytes]


class WrongCodeError(RefusedError):
    """A code that does not fit, or fits no more."""

    def __init__(self) -> None:
        super().__init__("this code does not fit, or is too old; try again, or ask for a new one")


def plain_phone(phone: str) -> str:
    """Return a phone number as it is on record: + and the country; one that begins with 0 is Swedish."""
    bare = "".join(character for character in phone if character in "+0123456789")[:20]
    if bare.startswith("00"):
        return "+" + bare[2:]
    return "+46" + bare[1:] if bare.startswith("0") else bare


def ask_code(store: Store, number: str, phone: str, address: str, now_ms: int, random: Random) -> None:
    """Send a code by SMS to the account holder with this customer number and phone, if there is one.

    Who has an account already is told so by SMS. Raises LockedError after too many, whether there is one or not.
    """
    subject = _subject(number, phone)
    keys = attempts.address_key(address, "sign-up"), f"sign-up {subject}"
    code = codes.digits(random)
    with store.begin() as tx:
        attempts.expect_free(tx, keys, now_ms)
        attempts.failed(tx, keys[0], now_ms, attempts.FREE_OF_ADDRESS)
        attempts.failed(tx, keys[1], now_ms, ASKED_FREE)
        holder = _holder(tx, number, phone, now_ms)
        is_new = holder is not None and not _has_account(tx, holder.id)
        codes.issue(tx, "sign-up", subject, code, now_ms, holder.id if holder and is_new else None)
        if holder is not None:
            topic = "code" if is_new else "has-account"
            letters.send(tx, topic, "sms", holder.phone, holder.language, now_ms, random, code=code)


def prove_phone(store: Store, number: str, phone: str, code: str, address: str, now_ms: int, random: Random) -> str:
    """Return the key for the next step if the code fits. Raises WrongCodeError, and LockedError after too many."""
    key = attempts.address_key(address, "code")
    with store.begin() as tx:
        attempts.expect_free(tx, [key], now_ms)
        given = "".join(character for character in code if character in "0123456789")[:20]
        proved = codes.try_code(tx, "sign-up", _subject(number, phone), given, now_ms)
        if proved is not None:
            attempts.succeeded(tx, f"sign-up {_subject(number, phone)}")
            return codes.issue_link(tx, "finish", f"person {proved.person}", now_ms, random, person=proved.person)
        attempts.failed(tx, key, now_ms, TRIED_FREE)
    raise WrongCodeError


def finish(
    store: Store, key: str, mail: str, password: str, base_url: str, language: str, now_ms: int, random: Random
) -> str:
    """Make the account, and send the link that makes it active; returns the mail address that it went to.

    Raises OldLinkError, and InvalidError that begins with "mail" or "password".
    """
    login = expect_mail(mail)
    with store.read() as reading:
        codes.find_link(reading, "finish", key, now_ms)
    hashed = credentials.hashed(password, login)
    with store.begin() as tx:
        proved = codes.use_link(tx, "finish", key, now_ms)
        account_id = open_account(tx, proved.person, login, hashed, language, now_ms, random)
        send_confirmation(tx, account_id, login, base_url, language, now_ms, random)
    return login


def expect_mail(mail: str) -> str:
    """Return a mail address as one signs in with it. Raises InvalidError."""
    login = plain_login(mail)
    if not is_address(login):
        raise InvalidError("mail: write NAME@DOMAIN")
    return login


def open_account(
    tx: Transaction, person_id: int, login: str, password_hash: str, language: str, now_ms: int, random: Random
) -> int:
    """Give a person an account with this login, in place of one whose mail address was never confirmed; returns its id.

    Raises ConflictError if the person has one, and InvalidError for a login that somebody else has.
    """
    owner = tx.connection.execute(select(person).where(person.c.id == person_id)).one()
    if _has_account(tx, person_id):
        raise ConflictError("this person has an account already; sign in, or choose a new password")
    _drop_unconfirmed(tx, login, person_id, now_ms)
    found = _account_of(tx, person_id)
    if found is None:
        name = f"{owner.name[:34].replace(':', ' ')} {person_id}"
        token = random(accounts.TOKEN_BYTES)
        made = accounts.create(
            tx, SYSTEM, name, Role.CUSTOMER, token, now_ms, person=person_id, customer=owner.customer
        )
        account_id = made.id
    else:
        account_id = found.id
    try:
        credentials.give(tx, SYSTEM, account_id, login, password_hash, now_ms, language)
    except ConflictError:
        raise InvalidError("mail: there is an account with this address already; sign in, or use another") from None
    return account_id


def send_confirmation(
    tx: Transaction, account_id: int, mail: str, base_url: str, language: str, now_ms: int, random: Random
) -> None:
    """Send the link that proves a mail address to be this account's."""
    key = codes.issue_link(tx, "mail", mail, now_ms, random, account=account_id)
    letters.send(tx, "confirm", "mail", mail, language, now_ms, random, link=f"{base_url}/confirm/{key}")


def confirm(store: Store, key: str, now_ms: int, random: Random) -> str:
    """Take a mail address as an account's own from now on, and return it. Raises OldLinkError, and InvalidError for one
    that has become somebody else's.
    """
    with store.begin() as tx:
        proved = codes.use_link(tx, "mail", key, now_ms)
        before = credentials.of(tx, proved.account)
        taken = select(credential.c.account).where(
            credential.c.login == proved.subject, credential.c.account != proved.account
        )
        if before is None or tx.connection.scalar(taken) is not None:
            raise InvalidError("mail: there is another account with this address; use another")
        change = update(credential).where(credential.c.account == proved.account)
        values = {"login": proved.subject, "verified_ms": now_ms, "version": before.version + 1}
        tx.connection.execute(change.values(values))
        if before.login != proved.subject and is_address(before.login):
            letters.send(
                tx, "mail-changed", "mail", before.login, before.language, now_ms, random, login=proved.subject
            )
        owner = tx.connection.execute(select(account).where(account.c.id == proved.account)).one()
        told = {"login": [before.login, proved.subject]}
        audit.write(tx, SYSTEM, "confirm-mail", f"account {owner.id}", told, now_ms, customer=owner.customer)
        if owner.person is not None:
            blank = update(person).where(person.c.id == owner.person, person.c.email == "")
            tx.connection.execute(blank.values(email=proved.subject, version=person.c.version + 1))
    return str(proved.subject)


def _holder(reading: Queries, number: str, phone: str, now_ms: int) -> Row[Any] | None:
    """Return the person of this customer who has this phone and authority A."""
    query = (
        select(person)
        .join_from(person, customer, customer.c.id == person.c.customer)
        .join(authority, authority.c.person == person.c.id)
        .join(authority_list, authority_list.c.id == authority.c.list)
        .where(customer.c.number == number.strip()[:20], person.c.phone == plain_phone(phone), person.c.phone != "")
        .where(authority.c.level == "A", authority_list.c.customer == customer.c.id)
        .where(or_(authority.c.until_ms.is_(None), authority.c.until_ms > now_ms))
        .order_by(person.c.id)
        .limit(1)
    )
    return reading.connection.execute(query).first()


def _account_of(reading: Queries, person_id: int) -> Row[Any] | None:
    """Return a person's account that signs in, or could once its mail address is confirmed."""
    query = (
        select(account, credential.c.verified_ms, credential.c.login)
        .join_from(account, credential, credential.c.account == account.c.id)
        .where(account.c.person == person_id, account.c.revoked_ms.is_(None))
        .order_by(account.c.id.desc())
        .limit(1)
    )
    return reading.connection.execute(query).first()


def _has_account(reading: Queries, person_id: int) -> bool:
    found = _account_of(reading, person_id)
    return found is not None and found.verified_ms is not None


def _drop_unconfirmed(tx: Transaction, login: str, person_id: int, now_ms: int) -> None:
    """Free a login that somebody else claimed and never confirmed: a mistyped address locks nobody out."""
    query = (
        select(credential.c.account)
        .join_from(credential, account, account.c.id == credential.c.account)
        .where(credential.c.login == login, credential.c.verified_ms.is_(None), account.c.person != person_id)
    )
    other = tx.connection.scalar(query)
    if other is not None:
        tx.connection.execute(
            update(credential).where(credential.c.account == other).values(login=f"unconfirmed {other} {now_ms}")
        )


def _subject(number: str, phone: str) -> str:
    return f"{number.strip()[:20]} {plain_phone(phone)}"
