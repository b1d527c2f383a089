"""Which sites are told to a Home Assistant, at which broker, and by whose authority."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import Row, delete, func, insert, select, update

from hemlarm_cloud.actor import Actor, Role
from hemlarm_cloud.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from hemlarm_cloud.forward import addresses
from hemlarm_cloud.scope import expect_site
from hemlarm_cloud.sites import audit, authority, values
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_access import home_assistant
from hemlarm_cloud.store.schema_sites import account, site
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_cloud.vault import Vault

CONNECTIONS_MAX = 500
"""Each has a thread and a connection of its own."""

ADDRESS_MAX, USER_MAX, PREFIX_MAX, PROBLEM_MAX, PASSWORD_MAX = 120, 60, 40, 200, 128
"""Characters, as in the schema."""

_PREFIX = re.compile(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*")
_PURPOSE = "home assistant"


@dataclass(frozen=True)
class Wish:
    """What a connection should be; `password` None leaves it as it is, or has none.

    `account` is whose authority counts: a customer's own one needs not be named. With `commands` Home Assistant may ask
    for what this account may ask for.
    """

    address: str
    account: int | None = None
    tls: bool = True
    user: str = ""
    password: str | None = field(default=None, repr=False)
    prefix: str = "homeassistant"
    commands: bool = False
    active: bool = True


class Kept(NamedTuple):
    """A connection as it is stored; the password is still sealed."""

    site: int
    address: str
    tls: bool
    user: str
    secret: bytes | None
    prefix: str
    commands: bool
    account: int
    active: bool
    problem: str
    version: int


_COLUMNS = tuple(home_assistant.c[name] for name in Kept._fields)


def keep(tx: Transaction, vault: Vault, actor: Actor, site_id: int, wish: Wish, now_ms: int) -> None:
    """Tell a site to a Home Assistant from now on, in place of what was set before. Off is what nobody asked for.

    By people of level A and supervisors. Raises NotFoundError, RefusedError, InvalidError, ConflictError.
    """
    _expect_may(tx, actor, site_id, now_ms)
    row: dict[str, Any] = _checked(wish) | {"account": _account(tx, actor, site_id, wish.account), "problem": ""}
    before = _find(tx, site_id)
    if before is None and _count(tx) >= CONNECTIONS_MAX:
        raise ConflictError(f"there are {CONNECTIONS_MAX} connections already, which is the most")
    if wish.password is not None:
        row["secret"] = _sealed(vault, site_id, wish.password)
    if before is None:
        tx.connection.execute(insert(home_assistant).values(site=site_id, **row))
    else:
        this = update(home_assistant).where(home_assistant.c.site == site_id)
        tx.connection.execute(this.values(version=before.version + 1, **row))
    told = {name: value for name, value in row.items() if name not in ("secret", "problem")}
    told["new password"] = wish.password is not None
    audit.write(tx, actor, "set-home-assistant", f"Home Assistant of site {site_id}", told, now_ms, site=site_id)


def remove(tx: Transaction, actor: Actor, site_id: int, now_ms: int) -> None:
    """Tell a site to no Home Assistant any more; what was told is taken back. Raises NotFoundError, RefusedError."""
    _expect_may(tx, actor, site_id, now_ms)
    if tx.connection.execute(delete(home_assistant).where(home_assistant.c.site == site_id)).rowcount == 0:
        raise NotFoundError(f"site {site_id} is told to no Home Assistant")
    audit.write(tx, actor, "end-home-assistant", f"Home Assistant of site {site_id}", {}, now_ms, site=site_id)


def show(reading: Queries, actor: Actor, site_id: int, now_ms: int) -> Kept:
    """Return a site's connection. Raises NotFoundError, RefusedError."""
    _expect_may(reading, actor, site_id, now_ms)
    found = _find(reading, site_id)
    if found is None:
        raise NotFoundError(f"site {site_id} is told to no Home Assistant; set its broker's address first")
    return found


def active(reading: Queries) -> list[Kept]:
    """Return all connections that are to be served."""
    query = select(*_COLUMNS).where(home_assistant.c.active).order_by(home_assistant.c.site).limit(CONNECTIONS_MAX)
    return [Kept._make(row) for row in reading.connection.execute(query)]


def password(vault: Vault, kept: Kept) -> str | None:
    """Return the password for the broker, None for none. Raises VaultError."""
    if kept.secret is None:
        return None
    return vault.open_sealed(_PURPOSE, str(kept.site), bytes(kept.secret)).decode()


def put_problem(tx: Transaction, site_id: int, version: int, problem: str) -> None:
    """Keep why a connection does not stand, "" for one that does, unless it has been set anew meanwhile."""
    this = (home_assistant.c.site == site_id) & (home_assistant.c.version == version)
    tx.connection.execute(update(home_assistant).where(this).values(problem=problem[:PROBLEM_MAX]))


def whose(reading: Queries, kept: Kept, now_ms: int) -> Actor:
    """Return by whose authority a site is told and asked. Raises RefusedError for an account that ended."""
    row = _usable(reading, kept.account, now_ms)
    if row is None:
        raise RefusedError(f"account {kept.account} has ended; name another one whose authority counts")
    return Actor(f"{row.role}:{row.name}", Role(row.role), row.person, row.customer, row.installer)


def _find(reading: Queries, site_id: int) -> Kept | None:
    row = reading.connection.execute(select(*_COLUMNS).where(home_assistant.c.site == site_id)).one_or_none()
    return None if row is None else Kept._make(row)


def _count(reading: Queries) -> int:
    return int(reading.connection.scalar(select(func.count()).select_from(home_assistant)) or 0)


def _expect_may(reading: Queries, actor: Actor, site_id: int, now_ms: int) -> None:
    expect_site(reading, actor, site_id)
    if actor.role not in (Role.CUSTOMER, Role.SUPERVISOR):
        raise RefusedError("whether a home is told to a Home Assistant is for its own people to say")
    authority.expect(reading, actor, site_id, "change-settings", now_ms)


def _account(reading: Queries, actor: Actor, site_id: int, account_id: int | None) -> int:
    """Return whose authority counts: the customer's own account, or the one of that customer's that is named."""
    customer = reading.connection.scalar(select(site.c.customer).where(site.c.id == site_id))
    owned = select(account.c.id).where(account.c.role == Role.CUSTOMER.value, account.c.customer == customer)
    owned = owned.where(account.c.person.is_not(None), account.c.revoked_ms.is_(None))
    if actor.role is Role.CUSTOMER:
        owned = owned.where(account.c.name == actor.name.partition(":")[2])
    elif account_id is None:
        raise InvalidError("account: say whose authority counts, by the id of an account of the site's customer")
    if account_id is not None:
        owned = owned.where(account.c.id == account_id)
    found: Sequence[int] = reading.connection.scalars(owned.limit(1)).all()
    if not found:
        raise InvalidError("account: it is none of this customer's people's; see `hemlarm cloud account list`")
    return found[0]


def _usable(reading: Queries, account_id: int, now_ms: int) -> Row[Any] | None:
    row = reading.connection.execute(select(account).where(account.c.id == account_id)).one_or_none()
    if row is None or row.revoked_ms is not None or (row.expires_ms is not None and row.expires_ms <= now_ms):
        return None
    return row


def _checked(wish: Wish) -> dict[str, Any]:
    address = values.text(wish.address, "address", ADDRESS_MAX, 1)
    try:
        addresses.split(address)
    except ValueError:
        raise InvalidError("address: write HOST:PORT, such as mqtt.example.se:8883") from None
    prefix = values.text(wish.prefix, "prefix", PREFIX_MAX, 1)
    if not _PREFIX.fullmatch(prefix):
        raise InvalidError("prefix: letters, digits, - and _ with / between, as Home Assistant's own setting")
    return {
        "address": address,
        "tls": wish.tls,
        "user": values.text(wish.user, "user", USER_MAX),
        "prefix": prefix,
        "commands": wish.commands,
        "active": wish.active,
    }


def _sealed(vault: Vault, site_id: int, given: str) -> bytes | None:
    """Return a new password sealed; an empty one takes the old one away."""
    if not given:
        return None
    return vault.seal(_PURPOSE, str(site_id), values.text(given, "password", PASSWORD_MAX, 1).encode())
