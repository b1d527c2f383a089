"""Who may report from outside: accounts of foreign transmitters, added, shown and removed by supervisors.

A new account's transmitter gets a site that stands in for its own, until it is registered at one that is known.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, select, update

from hemlarm_cloud.actor import CENTRE_ROLES, Actor
from hemlarm_cloud.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from hemlarm_cloud.ingest.levels import LEVELS_S
from hemlarm_cloud.receive import accounts, times
from hemlarm_cloud.receive.accounts import DC_09, SOS_ACCESS, Account, AccountSettings
from hemlarm_cloud.receive.keeping import CODE_MAX
from hemlarm_cloud.receive.sos_access import new_password
from hemlarm_cloud.sites import audit, changes, values
from hemlarm_cloud.sites.transmitters import ensure_transmitter
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_centre import foreign_account
from hemlarm_cloud.store.schema_sites import transmitter
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_cloud.trade.sos_access import AUTHENTICATION_LENGTH, is_printable
from hemlarm_cloud.vault import Vault

CODES_MAX = 50
"""Codes of a transmitter's own."""
QCODES = range(1100, 7000)
KEY_BYTES = 32
"""Of a key that we draw; 16 and 24 are taken too."""

_CODES = {SOS_ACCESS: re.compile(r"[A-Za-z0-9._-]{1,15}"), DC_09: re.compile(r"[0-9A-Fa-f]{1,16}")}
_ALLOWED = {SOS_ACCESS: "1 to 15 letters, digits, . _ or -", DC_09: "1 to 16 hexadecimal digits"}


@dataclass(frozen=True)
class Wanted:
    """An account to add.

    `code` is the transmitter's, or the DC-09 account. Without a `secret` one is drawn: a password of 15 characters, or
    a key, which is written in hexadecimal digits. `encrypted` False is a DC-09 line without a key. `level_s` is the
    longest silence, none for one that is not supervised. `codes` says what codes of its own mean, in Contact ID.
    """

    protocol: str
    code: str
    secret: str = ""
    encrypted: bool = True
    level_s: int | None = None
    type: str = ""
    time_zone: str = "Europe/Stockholm"
    codes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Added:
    """An account and its secret, which is shown this once; empty for a line without encryption."""

    transmitter: str
    secret: str


def add(
    tx: Transaction, vault: Vault, actor: Actor, wanted: Wanted, random: Callable[[int], bytes], now_ms: int
) -> Added:
    """Let a transmitter report. Raises RefusedError, InvalidError, and ConflictError for one that may already."""
    changes.expect_supervisor(actor, "letting a foreign transmitter report")
    settings = _settings(wanted)
    identity = _identity(wanted)
    secret, shown = _secret(wanted, random)
    site = ensure_transmitter(tx, identity, wanted.protocol, now_ms)
    if _row(tx, identity) is not None:
        raise ConflictError(f"transmitter {identity} may report already; give it a new secret, or remove it first")
    _set_ended(tx, identity, None)
    accounts.add(tx, vault, Account(identity, settings, secret, None, wanted.level_s, None, None, 0))
    told = {"protocol": wanted.protocol, "level_s": wanted.level_s, "encrypted": secret is not None}
    audit.write(tx, actor, "add-foreign-account", f"transmitter {identity}", told, now_ms, site=site)
    return Added(identity, shown)


def renew(
    tx: Transaction, vault: Vault, actor: Actor, identity: str, random: Callable[[int], bytes], now_ms: int
) -> Added:
    """Give a transmitter a new secret; the old one ends at once. Raises RefusedError, NotFoundError, ConflictError."""
    changes.expect_supervisor(actor, "giving a foreign transmitter a new secret")
    row = _expect(tx, identity)
    if row.secret is None:
        raise ConflictError(f"transmitter {identity[:60]} has a line without encryption; remove it and add it anew")
    secret, shown = _drawn(row.kind, random)
    accounts.set_secret(tx, vault, identity, secret)
    audit.write(tx, actor, "renew-foreign-secret", f"transmitter {identity}", {}, now_ms, site=row.site)
    return Added(identity, shown)


def remove(tx: Transaction, actor: Actor, identity: str, now_ms: int) -> None:
    """Refuse a transmitter from now on; what it reported stays. Raises RefusedError, NotFoundError."""
    changes.expect_supervisor(actor, "refusing a foreign transmitter")
    row = _expect(tx, identity)
    accounts.remove(tx, identity)
    _set_ended(tx, identity, now_ms)
    audit.write(tx, actor, "remove-foreign-account", f"transmitter {identity}", {}, now_ms, site=row.site)


def one(reading: Queries, actor: Actor, identity: str) -> dict[str, Any]:
    """Show an account, without its secret. Raises RefusedError, NotFoundError."""
    _expect_centre(actor)
    return _shown(_expect(reading, identity))


def listed(reading: Queries, actor: Actor, after: str = "", limit: int = 100) -> list[dict[str, Any]]:
    """List accounts by their transmitters' ids, those behind `after`. Raises RefusedError, InvalidError."""
    _expect_centre(actor)
    query = _query().where(foreign_account.c.transmitter > after).order_by(foreign_account.c.transmitter)
    return [_shown(row) for row in reading.connection.execute(query.limit(values.page(limit)))]


def _identity(wanted: Wanted) -> str:
    protocol = values.one_of(wanted.protocol, "protocol", tuple(accounts.PREFIXES))
    if not _CODES[protocol].fullmatch(wanted.code):
        raise InvalidError(f"code {wanted.code[:40]!r}: it takes {_ALLOWED[protocol]}")
    return accounts.transmitter_id(protocol, wanted.code.upper() if protocol == DC_09 else wanted.code)


def _settings(wanted: Wanted) -> AccountSettings:
    if wanted.level_s is not None and wanted.level_s not in LEVELS_S:
        raise InvalidError(f"level_s {wanted.level_s}: use one of {', '.join(map(str, LEVELS_S))}, or none")
    if not times.is_zone(wanted.time_zone):
        raise InvalidError("time_zone: write a name of the time zone database, such as Europe/Stockholm")
    kind = values.text(wanted.type, "type", 5)
    if len(wanted.codes) > CODES_MAX:
        raise InvalidError(f"codes: {len(wanted.codes)} of them; it takes {CODES_MAX}")
    codes = {values.text(code, "codes", CODE_MAX, 1): qcode for code, qcode in wanted.codes.items()}
    for code, qcode in codes.items():
        if qcode not in QCODES:
            raise InvalidError(f"codes: {code} means {qcode}; write Contact ID with its qualifier, such as 1130")
    return AccountSettings(kind, wanted.time_zone, tuple(sorted(codes.items())))


def _secret(wanted: Wanted, random: Callable[[int], bytes]) -> tuple[bytes | None, str]:
    """The secret as it is stored, and as it is shown."""
    if wanted.protocol == DC_09 and not wanted.encrypted:
        if wanted.secret:
            raise InvalidError("secret: a line without encryption has none")
        return None, ""
    if not wanted.secret:
        return _drawn(wanted.protocol, random)
    if wanted.protocol == SOS_ACCESS:
        if len(wanted.secret) != AUTHENTICATION_LENGTH or not is_printable(wanted.secret):
            raise InvalidError(f"secret: a password has {AUTHENTICATION_LENGTH} printable characters of ISO-8859-1")
        return wanted.secret.encode(), wanted.secret
    if not re.fullmatch("(?:[0-9A-Fa-f]{16}){2,4}", wanted.secret):
        raise InvalidError("secret: a key has 32, 48 or 64 hexadecimal digits")
    return bytes.fromhex(wanted.secret), wanted.secret


def _drawn(protocol: str, random: Callable[[int], bytes]) -> tuple[bytes, str]:
    if protocol == SOS_ACCESS:
        password = new_password(random)
        return password.encode(), password
    key = random(KEY_BYTES)
    return key, key.hex()


def _query() -> Any:
    columns = [transmitter.c.kind, transmitter.c.site, transmitter.c.name]
    query = select(foreign_account, *columns)
    return query.join_from(foreign_account, transmitter, transmitter.c.id == foreign_account.c.transmitter)


def _row(reading: Queries, identity: str) -> Row[Any] | None:
    found: Row[Any] | None = reading.connection.execute(
        _query().where(foreign_account.c.transmitter == identity)
    ).one_or_none()
    return found


def _expect(reading: Queries, identity: str) -> Row[Any]:
    row = _row(reading, identity)
    if row is None:
        raise NotFoundError(f"no foreign transmitter {identity[:60]!r} may report here; the list shows them all")
    return row


def _expect_centre(actor: Actor) -> None:
    if actor.role not in CENTRE_ROLES:
        raise RefusedError("foreign transmitters' accounts: these are the centre's own")


def _set_ended(tx: Transaction, identity: str, ended_ms: int | None) -> None:
    tx.connection.execute(update(transmitter).where(transmitter.c.id == identity).values(ended_ms=ended_ms))


def _shown(row: Row[Any]) -> dict[str, Any]:
    settings = AccountSettings.unpack(row.settings)
    return {
        "transmitter": row.transmitter,
        "protocol": row.kind,
        "site": row.site,
        "name": row.name,
        "encrypted": row.secret is not None if row.kind == DC_09 else None,
        "level_s": row.level_s,
        "heard_ms": row.heard_ms,
        "silent_ms": row.silent_ms,
        "type": settings.type,
        "time_zone": settings.time_zone,
        "codes": dict(settings.codes),
    }
