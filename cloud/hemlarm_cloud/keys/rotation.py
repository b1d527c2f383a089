"""Changing a panel's root key: asked for here, agreed between panel and ingest, and proved by a session under the new.

    asked --answer--> answered --session under the new key--> proved --its first incarnation--> finished
      '--not answered in time--> expired

From `answered` until `finished` the panel may hold either key, so both are taken. The panel's row holds the one that
was proved last. What the former one sealed is read until the panel has shown that nothing of it waits.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Row, insert, select, update

from hemlarm_cloud.actor import Actor
from hemlarm_cloud.errors import ConflictError, NotFoundError
from hemlarm_cloud.sites import audit, changes
from hemlarm_cloud.store import schema
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_keys import panel_rekey
from hemlarm_cloud.store.schema_sites import transmitter
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_cloud.vault import Vault
from hemlarm_protocol import rekeying, x25519

LIFE_MS = 7 * 86_400_000
"""How long a panel may take to answer: it may be unplugged in a summer house until the weekend."""

REKEY_FIRMWARE = 1_005
"""The first firmware that can change its root key."""

PURPOSE = "rekey"
"""What the cloud's half of a change is sealed for; its owner is the change's id in hexadecimal."""

ID_BYTES = 8

ASKED, ANSWERED, PROVED, FINISHED, EXPIRED = "asked", "answered", "proved", "finished", "expired"
UNFINISHED = (ASKED, ANSWERED, PROVED)


def ask(
    tx: Transaction, vault: Vault, actor: Actor, panel: str, random: Callable[[int], bytes], now_ms: int, why: str = ""
) -> bytes:
    """Have a panel's root key changed in its next session, and return the change's id. By supervisors.

    `why` stands in the audit log. Raises RefusedError, NotFoundError, ConflictError.
    """
    changes.expect_supervisor(actor, "changing a panel's root key")
    known = expect_living(tx, panel)
    if known.firmware is not None and known.firmware < REKEY_FIRMWARE:
        raise ConflictError(
            f"panel {panel} has firmware {_version(known.firmware)}: update it, then change its root key"
        )
    open_ = unfinished(tx, panel)
    if open_ is not None:
        raise ConflictError(
            f"panel {panel} is changing its root key already ({open_.state}); it does so when it is connected"
        )
    rekey_id, private = random(ID_BYTES), random(x25519.KEY_BYTES)
    row = {
        "id": rekey_id,
        "panel": panel,
        "asked_by": actor.name,
        "asked_ms": now_ms,
        "expires_ms": now_ms + LIFE_MS,
        "state": ASKED,
        "public": x25519.public_key(private),
        "private": vault.seal(PURPOSE, rekey_id.hex(), private),
        "changed_ms": now_ms,
    }
    tx.connection.execute(insert(panel_rekey), row)
    told = {"id": rekey_id.hex()} | ({"why": why} if why else {})
    audit.write(tx, actor, "rekey", f"panel {panel}", told, now_ms, site=site_of(tx, panel))
    return rekey_id


def answered(tx: Transaction, vault: Vault, panel: str, rekey_id: bytes, public: bytes, now_ms: int) -> bool:
    """Take the panel's half, from which the new root key follows; False for a change that does not wait for it.

    A panel that lost its half answers with another one, and the last one counts: it has kept it before it answered.
    Raises BadMessage for a key that is none, VaultError.
    """
    row = tx.connection.execute(select(panel_rekey).where(panel_rekey.c.id == rekey_id)).one_or_none()
    if row is None or row.panel != panel or row.state not in (ASKED, ANSWERED):
        return False
    private = vault.open_sealed(PURPOSE, rekey_id.hex(), bytes(row.private))
    common = x25519.shared_secret(private, public)
    before = vault.unwrap(panel, bytes(_panel(tx, panel).root_key))
    root_key = rekeying.next_root(before, common, bytes.fromhex(panel), rekey_id)
    _set(tx, row, now_ms, state=ANSWERED, root_next=vault.wrap(panel, root_key))
    return True


def proved(tx: Transaction, panel: str, now_ms: int) -> bool:
    """The panel has opened a session under the new root key: that is the panel's from now on."""
    row = unfinished(tx, panel)
    if row is None or row.state != ANSWERED:
        return False
    before = _panel(tx, panel).root_key
    change = update(schema.panel).where(schema.panel.c.id == panel)
    tx.connection.execute(change.values(root_key=row.root_next))
    _set(tx, row, now_ms, state=PROVED, root_before=before, root_next=None, private=None)
    return True


def finished(tx: Transaction, panel: str, now_ms: int) -> bool:
    """The panel numbers its events under the new root key and holds the former one no more: so it goes here too."""
    row = unfinished(tx, panel)
    if row is None or row.state != PROVED:
        return False
    _set(tx, row, now_ms, state=FINISHED, root_before=None)
    return True


def expire(tx: Transaction, now_ms: int) -> int:
    """Give up the changes that nobody has answered in time; returns how many."""
    late = (panel_rekey.c.state == ASKED, panel_rekey.c.expires_ms <= now_ms)
    change = update(panel_rekey).where(*late).values(state=EXPIRED, private=None, changed_ms=now_ms)
    return tx.connection.execute(change).rowcount


def unfinished(reading: Queries, panel: str) -> Row[Any] | None:
    """Return the change of a panel's root key that is under way, or None."""
    query = select(panel_rekey).where(panel_rekey.c.panel == panel, panel_rekey.c.state.in_(UNFINISHED))
    return reading.connection.execute(query).one_or_none()


def latest(reading: Queries, panel: str) -> Row[Any] | None:
    """Return the last change of a panel's root key that was asked for, or None."""
    query = select(panel_rekey).where(panel_rekey.c.panel == panel)
    return reading.connection.execute(query.order_by(panel_rekey.c.asked_ms.desc()).limit(1)).one_or_none()


def roots(reading: Queries, vault: Vault, panel: str, wrapped: bytes) -> list[bytes]:
    """Return the root keys under which a panel may speak, that of its row (`wrapped`) first. Raises VaultError."""
    row = unfinished(reading, panel)
    others = (row.root_next, row.root_before) if row is not None else ()
    return [vault.unwrap(panel, bytes(each)) for each in (wrapped, *others) if each is not None]


def expect_living(reading: Queries, panel: str) -> Row[Any]:
    """Return a panel's row. Raises NotFoundError, and ConflictError for one that was revoked."""
    row = reading.connection.execute(select(schema.panel).where(schema.panel.c.id == panel)).one_or_none()
    if row is None:
        raise NotFoundError(f"no panel {panel} here; `hemlarm cloud panel list` shows them all")
    if row.revoked_ms is not None:
        raise ConflictError(f"panel {panel} was revoked, and its keys are ended; provision it anew")
    return row


def site_of(reading: Queries, panel: str) -> int | None:
    """Return the site where a panel is registered, if it is."""
    found: int | None = reading.connection.scalar(select(transmitter.c.site).where(transmitter.c.id == panel))
    return found


def _panel(reading: Queries, panel: str) -> Row[Any]:
    return reading.connection.execute(select(schema.panel).where(schema.panel.c.id == panel)).one()


def _set(tx: Transaction, row: Row[Any], now_ms: int, **values: Any) -> None:
    tx.connection.execute(update(panel_rekey).where(panel_rekey.c.id == row.id).values(changed_ms=now_ms, **values))


def _version(firmware: int) -> str:
    return f"{firmware // 1000}.{firmware % 1000}"
