"""The accounts of foreign transmitters, as telegrams need them: who may report, with which secret, and when it did.

Secrets are stored sealed. An account without a level is not supervised, and has no heartbeats.
"""

import json
from dataclasses import dataclass, replace

from sqlalchemy import delete, insert, select, update

from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_centre import foreign_account
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_cloud.vault import Vault

SOS_ACCESS, DC_09 = "sos-access", "dc-09"
PREFIXES = {SOS_ACCESS: "sos:", DC_09: "dc09:"}
"""What begins the ids of each protocol's transmitters; the code or account that it reports under follows."""

UNSUPERVISED_WRITE_MS = 3_600_000
WRITES_PER_LEVEL = 20
"""How often the time of a heartbeat is written within the longest silence: often enough for supervision."""

_PURPOSE = "foreign account"


@dataclass(frozen=True)
class AccountSettings:
    """What a protocol needs to know besides the secret.

    `type` is what an SOS Access transmitter calls its type; empty for any. `time_zone` is that of its clock. `codes`
    says what codes of its own mean, as Contact ID with the qualifier.
    """

    type: str = ""
    time_zone: str = "Europe/Stockholm"
    codes: tuple[tuple[str, int], ...] = ()

    def pack(self) -> str:
        """Return them as they are stored."""
        return json.dumps({"type": self.type, "time_zone": self.time_zone, "codes": dict(self.codes)}, sort_keys=True)

    @classmethod
    def unpack(cls, text: str) -> "AccountSettings":
        """Read what `pack` wrote."""
        found = json.loads(text)
        return cls(found["type"], found["time_zone"], tuple(sorted(found["codes"].items())))


@dataclass(frozen=True)
class Account:
    """One foreign transmitter. `secret` is its password or key, None for a DC-09 line without encryption."""

    transmitter: str
    settings: AccountSettings
    secret: bytes | None
    next_secret: bytes | None
    level_s: int | None
    heard_ms: int | None
    silent_ms: int | None
    sequence: int


def transmitter_id(protocol: str, code: str) -> str:
    """Return the id of a protocol's transmitter."""
    return PREFIXES[protocol] + code


def find(reading: Queries, vault: Vault, transmitter: str) -> Account | None:
    """Return a transmitter's account. Raises VaultError if its secret cannot be opened."""
    table = foreign_account
    row = reading.connection.execute(select(table).where(table.c.transmitter == transmitter)).one_or_none()
    if row is None:
        return None
    secret, following = (
        None if sealed is None else vault.open_sealed(_PURPOSE, transmitter, bytes(sealed))
        for sealed in (row.secret, row.next_secret)
    )
    settings = AccountSettings.unpack(row.settings)
    return Account(transmitter, settings, secret, following, row.level_s, row.heard_ms, row.silent_ms, row.sequence)


def add(tx: Transaction, vault: Vault, account: Account) -> None:
    """Store a new account of a transmitter that is stored already."""
    values = {
        "transmitter": account.transmitter,
        "settings": account.settings.pack(),
        "secret": _sealed(vault, account.transmitter, account.secret),
        "level_s": account.level_s,
    }
    tx.connection.execute(insert(foreign_account), values)


def remove(tx: Transaction, transmitter: str) -> bool:
    """Forget an account: whoever reports under it is refused. Returns False if there was none."""
    table = foreign_account
    return tx.connection.execute(delete(table).where(table.c.transmitter == transmitter)).rowcount == 1


def set_secret(tx: Transaction, vault: Vault, transmitter: str, secret: bytes | None) -> None:
    """Put a secret into the place of the one there is, and of one that was given out and not used yet."""
    _write(tx, transmitter, secret=_sealed(vault, transmitter, secret), next_secret=None)


def offer_secret(tx: Transaction, vault: Vault, transmitter: str, following: bytes) -> None:
    """Give out a password: it holds beside the old one, until `take_over` or the next that is given out."""
    _write(tx, transmitter, next_secret=_sealed(vault, transmitter, following))


def take_over(tx: Transaction, vault: Vault, account: Account) -> Account:
    """The password that was given out has been used: from now on it is the only one."""
    set_secret(tx, vault, account.transmitter, account.next_secret)
    return replace(account, secret=account.next_secret, next_secret=None)


def hear(tx: Transaction, account: Account, now_ms: int) -> None:
    """The transmitter has been heard; written down now and then, and at once when it was missed."""
    span_ms = UNSUPERVISED_WRITE_MS if account.level_s is None else account.level_s * 1000 // WRITES_PER_LEVEL
    before_ms = account.heard_ms
    if before_ms is None or account.silent_ms is not None or not 0 <= now_ms - before_ms < span_ms:
        _write(tx, account.transmitter, heard_ms=now_ms)


def count(tx: Transaction, account: Account, sequence: int, now_ms: int) -> None:
    """Write down the number of the last telegram taken."""
    _write(tx, account.transmitter, sequence=sequence, sequence_ms=now_ms)


def _write(tx: Transaction, transmitter: str, **values: object) -> None:
    table = foreign_account
    tx.connection.execute(update(table).where(table.c.transmitter == transmitter).values(**values))


def _sealed(vault: Vault, transmitter: str, secret: bytes | None) -> bytes | None:
    return None if secret is None else vault.seal(_PURPOSE, transmitter, secret)
