"""Accounts: who may use the interface at all, each by a token that is shown once and stored only as its hash."""

import base64
import hashlib
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, insert, select, update

from hemlarm_cloud.actor import CENTRE_ROLES, Actor, Role
from hemlarm_cloud.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from hemlarm_cloud.sites import audit, values
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_sites import account, authority_list, customer, person
from hemlarm_cloud.store.transaction import Transaction

TOKEN_BYTES = 32
"""Drawn by the caller for each new token: beyond any guessing, so that the stored hash needs no salt and no toil."""

NAME_MAX = 48
"""With its role in front a name fits the logs' 64 characters."""

_PREFIX = "hemlarm_"
"""Makes a token known for one when it turns up where it should not."""

_SHOWN = ("id", "name", "role", "person", "customer", "installer", "created_ms", "expires_ms", "revoked_ms")


@dataclass(frozen=True)
class Created:
    """A new account or a new token of one. The token is nowhere else; whoever has it is the account."""

    id: int
    token: str


def create(
    tx: Transaction,
    actor: Actor,
    name: str,
    role: str,
    token_bytes: bytes,
    now_ms: int,
    person: int | None = None,
    customer: int | None = None,
    installer: int | None = None,
    expires_ms: int | None = None,
) -> Created:
    """Add an account and return it with its token, made of 32 random bytes of the caller's. By supervisors only.

    A customer's account names its customer, an installer's the company's list; a person, if any, is one of theirs.
    Raises RefusedError, InvalidError, NotFoundError, and ConflictError for a name that is taken.
    """
    _expect_supervisor(actor)
    values.moment(expires_ms, "expires_ms")
    row = {
        "name": _name(name),
        "role": Role(values.one_of(role, "role", tuple(Role))),
        "person": person,
        "customer": customer,
        "installer": installer,
        "created_ms": now_ms,
        "expires_ms": expires_ms,
    }
    _check_owner(tx, row)
    if tx.connection.scalar(select(account.c.id).where(account.c.name == row["name"])) is not None:
        raise ConflictError(f"an account {row['name']!r} is there already; choose another name")
    token = _token(token_bytes)
    made = tx.connection.execute(insert(account).returning(account.c.id), row | {"token_hash": _hash(token)})
    account_id = int(made.scalar_one())
    told = {key: row[key] for key in ("name", "role", "person", "installer", "expires_ms")}
    audit.write(tx, actor, "create-account", f"account {account_id}", told, now_ms, customer=customer)
    return Created(account_id, token)


def find(reading: Queries, token: str, now_ms: int) -> Actor | None:
    """Return who a token stands for, or None if it is unknown, expired or revoked."""
    # What is no token is not hashed: it may be megabytes.
    if len(token) != len(_PREFIX) + 43 or not token.isascii():
        return None
    found = reading.connection.execute(select(account).where(account.c.token_hash == _hash(token))).one_or_none()
    if found is None or found.revoked_ms is not None:
        return None
    if found.expires_ms is not None and now_ms >= found.expires_ms:
        return None
    return Actor(f"{found.role}:{found.name}", Role(found.role), found.person, found.customer, found.installer)


def revoke(tx: Transaction, actor: Actor, account_id: int, now_ms: int) -> None:
    """Shut an account out, for good. By supervisors only. Raises RefusedError, NotFoundError, ConflictError."""
    found = _expect_account(tx, actor, account_id)
    if found.revoked_ms is not None:
        raise ConflictError(f"account {account_id} was revoked before")
    tx.connection.execute(update(account).where(account.c.id == account_id).values(revoked_ms=now_ms))
    _tell(tx, actor, "revoke-account", found, now_ms)


def renew(tx: Transaction, actor: Actor, account_id: int, token_bytes: bytes, now_ms: int) -> Created:
    """Give an account a new token; the old one ends at once. Raises RefusedError, NotFoundError, ConflictError."""
    found = _expect_account(tx, actor, account_id)
    if found.revoked_ms is not None:
        raise ConflictError(f"account {account_id} is revoked; create another")
    token = _token(token_bytes)
    tx.connection.execute(update(account).where(account.c.id == account_id).values(token_hash=_hash(token)))
    _tell(tx, actor, "renew-token", found, now_ms)
    return Created(account_id, token)


def accounts(reading: Queries, actor: Actor, after_id: int = 0, limit: int = 100) -> list[dict[str, Any]]:
    """Return accounts without their tokens, oldest first, for supervisors. Raises RefusedError, InvalidError."""
    _expect_supervisor(actor)
    columns = [account.c[name] for name in _SHOWN]
    query = select(*columns).where(account.c.id > after_id).order_by(account.c.id).limit(values.page(limit))
    return [row._asdict() for row in reading.connection.execute(query)]


def one(reading: Queries, actor: Actor, account_id: int) -> dict[str, Any]:
    """Return an account without its token, for supervisors. Raises RefusedError, NotFoundError."""
    found = _expect_account(reading, actor, account_id)
    return {name: getattr(found, name) for name in _SHOWN}


def _expect_supervisor(actor: Actor) -> None:
    if actor.role is not Role.SUPERVISOR:
        raise RefusedError("accounts are for supervisors; ask one of them")


def _expect_account(reading: Queries, actor: Actor, account_id: int) -> Row[Any]:
    _expect_supervisor(actor)
    found = reading.connection.execute(select(account).where(account.c.id == account_id)).one_or_none()
    if found is None:
        raise NotFoundError(f"no account {account_id} here; `hemlarm cloud account list` shows them all")
    return found


def _name(name: str) -> str:
    given = values.text(name, "name", NAME_MAX, 1)
    if ":" in given:
        raise InvalidError("name: a colon would make it look like another account's in the logs; leave it out")
    return given


def _check_owner(tx: Transaction, row: dict[str, Any]) -> None:
    """See to it that the account names what its role needs, and nothing that another tenant has."""
    role = row["role"]
    needed = {Role.CUSTOMER: ("customer",), Role.INSTALLER: ("installer",)}.get(role, ())
    for name in ("customer", "installer"):
        if (row[name] is not None) != (name in needed):
            raise InvalidError(f"{name}: an account of role {role} {'names one' if name in needed else 'has none'}")
    if row["person"] is not None and role in CENTRE_ROLES:
        raise InvalidError("person: only accounts of customers and installers belong to one")
    if role is Role.CUSTOMER:
        _expect_row(tx, select(customer.c.id).where(customer.c.id == row["customer"]), f"customer {row['customer']}")
    if role is Role.INSTALLER:
        company = authority_list
        query = select(company.c.id).where(company.c.id == row["installer"], company.c.kind == "installer")
        _expect_row(tx, query, f"installer company {row['installer']}")
    if row["person"] is not None:
        owner = (
            person.c.customer == row["customer"] if role is Role.CUSTOMER else person.c.installer == row["installer"]
        )
        _expect_row(tx, select(person.c.id).where(person.c.id == row["person"], owner), f"person {row['person']}")


def _expect_row(tx: Transaction, query: Any, name: str) -> None:
    if tx.connection.scalar(query) is None:
        raise NotFoundError(f"no {name} here of whom an account of this kind could be")


def _token(token_bytes: bytes) -> str:
    assert len(token_bytes) == TOKEN_BYTES
    return _PREFIX + base64.urlsafe_b64encode(token_bytes).rstrip(b"=").decode()


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _tell(tx: Transaction, actor: Actor, action: str, found: Row[Any], now_ms: int) -> None:
    audit.write(tx, actor, action, f"account {found.id}", {"name": found.name}, now_ms, customer=found.customer)
