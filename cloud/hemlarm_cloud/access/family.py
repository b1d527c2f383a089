"""The family: each has a login and a level of their own. Who has authority A invites, changes and takes away."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, func, or_, select, update

from hemlarm_cloud.access import codes, letters, sessions, sign_up
from hemlarm_cloud.access.credentials import hashed
from hemlarm_cloud.actor import Actor
from hemlarm_cloud.errors import ConflictError, InvalidError, RefusedError
from hemlarm_cloud.sites import audit, levels, lists, people
from hemlarm_cloud.sites.people import Details
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_access import credential, login_session, one_time_code
from hemlarm_cloud.store.schema_sites import account, authority, authority_list, person
from hemlarm_cloud.store.transaction import Transaction

MEMBERS_MAX = 200

LEVELS = ("A", "B", "C")

Random = Callable[[int], bytes]


@dataclass
class Member:
    """Somebody of the customer's. `levels` are (list, its name, level); `seen_ms` is when they were last here."""

    person: int
    name: str
    email: str
    levels: list[tuple[int, str, str]] = field(default_factory=list)
    login: str = ""
    confirmed: bool = False
    seen_ms: int | None = None
    invited_ms: int | None = None

    @property
    def level(self) -> str:
        """The highest of the person's levels, or nothing."""
        return min((level for _, _, level in self.levels), default="")


def is_head(reading: Queries, actor: Actor, now_ms: int) -> bool:
    """Tell whether this person may invite others: authority A on a list of the customer's."""
    try:
        people.expect_at_customer(reading, actor, _customer(actor), now_ms)
    except RefusedError:
        return False
    return True


def members(reading: Queries, actor: Actor, now_ms: int) -> list[Member]:
    """Return who of the actor's customer has a level or a login, the highest levels first. Raises RefusedError."""
    found: dict[int, Member] = {}
    for row in reading.connection.execute(_people(_customer(actor))):
        member = found.setdefault(row.id, Member(row.id, row.name, row.email))
        if row.list is not None:
            member.levels.append((row.list, row.list_name, row.level))
    _add_logins(reading, found)
    _add_invitations(reading, found, now_ms)
    known = [member for member in found.values() if member.levels or member.login]
    return sorted(known, key=lambda member: (member.level or "Z", member.name.casefold(), member.person))


def invite(
    tx: Transaction,
    actor: Actor,
    wanted: Details,
    level: str,
    list_id: int,
    base_url: str,
    now_ms: int,
    random: Random,
) -> int:
    """Put a person on record with a level, and mail the link by which they choose a password; returns the person.

    It takes what `sites.people.add` and `sites.levels.give` take. Raises RefusedError, NotFoundError, InvalidError.
    """
    if not wanted.email:
        raise InvalidError("email: the invitation goes there; write NAME@DOMAIN")
    person_id = people.add(tx, actor, wanted, now_ms, _customer(actor))
    levels.give(tx, actor, list_id, person_id, level, lists.expect(tx, actor, list_id).version, now_ms)
    invite_again(tx, actor, person_id, base_url, now_ms, random)
    return person_id


def invite_again(tx: Transaction, actor: Actor, person_id: int, base_url: str, now_ms: int, random: Random) -> None:
    """Mail an invitation to somebody on record without a login. Raises RefusedError, NotFoundError, ConflictError."""
    people.expect_at_customer(tx, actor, _customer(actor), now_ms)
    row = people.expect(tx, actor, person_id)
    login = sign_up.expect_mail(row.email)
    if _login_of(tx, person_id):
        raise ConflictError(f"{row.name} has a login already")
    codes.withdraw(tx, "invite", person_id, now_ms)
    key = codes.issue_link(tx, "invite", login, now_ms, random, person=person_id)
    inviter = tx.connection.scalar(select(person.c.name).where(person.c.id == actor.person)) or ""
    link = f"{base_url}/invited/{key}"
    letters.send(tx, "invite", "mail", login, row.language, now_ms, random, name=row.name, inviter=inviter, link=link)
    audit.write(tx, actor, "invite", f"person {person_id}", {"mail": login}, now_ms, customer=row.customer)


def accept(store: Store, key: str, password: str, language: str, now_ms: int, random: Random) -> int:
    """Give whoever was invited a login with this password and return the account. Raises OldLinkError, InvalidError."""
    with store.read() as reading:
        asked = codes.find_link(reading, "invite", key, now_ms)
    password_hash = hashed(password, asked.subject)
    with store.begin() as tx:
        proved = codes.use_link(tx, "invite", key, now_ms)
        account_id = sign_up.open_account(tx, proved.person, proved.subject, password_hash, language, now_ms, random)
        # The invitation came by mail, so the address is proved.
        change = update(credential).where(credential.c.account == account_id)
        tx.connection.execute(change.values(verified_ms=now_ms))
    return account_id


def change_level(tx: Transaction, actor: Actor, person_id: int, list_id: int, level: str, now_ms: int) -> None:
    """Give a person another level. Raises RefusedError, NotFoundError, InvalidError, ConflictError."""
    if level not in LEVELS:
        raise InvalidError("level: A, B or C")
    levels.give(tx, actor, list_id, person_id, level, lists.expect(tx, actor, list_id).version, now_ms)
    _expect_head_left(tx, actor, now_ms)


def remove(tx: Transaction, actor: Actor, person_id: int, now_ms: int) -> None:
    """Take a person's levels and login; who is signed in so is out at once. The person stays on record.

    Raises RefusedError, NotFoundError, and ConflictError for oneself and for the last one with authority A.
    """
    people.expect_at_customer(tx, actor, _customer(actor), now_ms)
    row = people.expect(tx, actor, person_id)
    if person_id == actor.person:
        raise ConflictError("one cannot take oneself away; have another one with authority A do it")
    held = select(authority.c.list).where(authority.c.person == person_id)
    for list_id in tx.connection.scalars(held).all():
        levels.take(tx, actor, list_id, person_id, lists.expect(tx, actor, list_id).version, now_ms)
    mine = select(account.c.id).where(account.c.person == person_id, account.c.revoked_ms.is_(None))
    for account_id in tx.connection.scalars(mine).all():
        tx.connection.execute(update(account).where(account.c.id == account_id).values(revoked_ms=now_ms))
        tx.connection.execute(
            update(credential).where(credential.c.account == account_id).values(login=f"removed {account_id}")
        )
        sessions.end_all(tx, account_id, now_ms)
    codes.withdraw(tx, "invite", person_id, now_ms)
    _expect_head_left(tx, actor, now_ms)
    audit.write(tx, actor, "remove-member", f"person {person_id}", {}, now_ms, customer=row.customer)


def _customer(actor: Actor) -> int:
    if actor.customer is None:
        raise RefusedError("a family is a customer's; this account belongs to none")
    return actor.customer


def _expect_head_left(tx: Transaction, actor: Actor, now_ms: int) -> None:
    query = (
        select(func.count())
        .select_from(authority)
        .join(authority_list, authority_list.c.id == authority.c.list)
        .where(authority.c.level == "A", authority_list.c.customer == actor.customer)
        .where(or_(authority.c.until_ms.is_(None), authority.c.until_ms > now_ms))
    )
    if not tx.connection.scalar(query):
        raise ConflictError("somebody must have authority A; give it to another first")


def _login_of(reading: Queries, person_id: int) -> str:
    query = (
        select(credential.c.login)
        .join_from(credential, account, account.c.id == credential.c.account)
        .where(account.c.person == person_id, account.c.revoked_ms.is_(None), credential.c.verified_ms.is_not(None))
    )
    return str(reading.connection.scalar(query.limit(1)) or "")


def _people(customer_id: int) -> Select[Any]:
    held = (
        select(authority.c.person, authority.c.level, authority.c.list, authority_list.c.name.label("list_name"))
        .join_from(authority, authority_list, authority_list.c.id == authority.c.list)
        .where(authority_list.c.customer == customer_id)
        .subquery()
    )
    return (
        select(person.c.id, person.c.name, person.c.email, held.c.list, held.c.list_name, held.c.level)
        .select_from(person)
        .outerjoin(held, held.c.person == person.c.id)
        .where(person.c.customer == customer_id)
        .order_by(person.c.id)
        .limit(5 * MEMBERS_MAX)
    )


def _add_logins(reading: Queries, found: dict[int, Member]) -> None:
    seen = func.max(login_session.c.seen_ms).label("seen_ms")
    query = (
        select(account.c.person, credential.c.login, credential.c.verified_ms, seen)
        .join_from(account, credential, credential.c.account == account.c.id)
        .outerjoin(login_session, login_session.c.account == account.c.id)
        .where(account.c.person.in_(list(found)), account.c.revoked_ms.is_(None))
        .group_by(account.c.person, credential.c.login, credential.c.verified_ms)
    )
    for row in reading.connection.execute(query):
        member = found[row.person]
        member.login, member.confirmed, member.seen_ms = row.login, row.verified_ms is not None, row.seen_ms


def _add_invitations(reading: Queries, found: dict[int, Member], now_ms: int) -> None:
    table = one_time_code
    query = select(table.c.person, table.c.created_ms).where(
        table.c.purpose == "invite",
        table.c.person.in_(list(found)),
        table.c.used_ms.is_(None),
        table.c.expires_ms > now_ms,
    )
    for row in reading.connection.execute(query):
        found[row.person].invited_ms = row.created_ms
