"""The steps of a provisioning up to the right code. What comes behind it is in `admission.py`.

Nothing of this admits a panel: broker and ingest look into another table.
"""

import hmac
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from cryptography import x509
from sqlalchemy import func, insert, select, update

from hemlarm_cloud.actor import Actor
from hemlarm_cloud.errors import ConflictError, InvalidError
from hemlarm_cloud.provisioning.first_configuration import configuration
from hemlarm_cloud.provisioning.looking import (
    CODE,
    DONE,
    ENDED,
    GIVING,
    REFUSED,
    ROOT,
    UNFINISHED,
    Provisioning,
    expect,
    expect_authority,
)
from hemlarm_cloud.provisioning.means import Means
from hemlarm_cloud.sites import audit
from hemlarm_cloud.store.schema_provisioning import provisioning
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_cloud.vault import Vault
from hemlarm_protocol import cbor
from hemlarm_protocol import provisioning as protocol
from hemlarm_protocol.errors import BadMessage

LIFE_MS = 15 * 60_000
"""From the first message to the code: somebody stands beside the panel."""

GIVING_MS = 30 * 86_400_000
"""From the code to the proof: the panel may have all on its flash while the installer's machine was lost."""

TRIES = 3
"""Wrong codes until it is over: who guesses has three chances in a million."""

BEGINS_AN_HOUR = 30
"""By one account, finished or not."""

PURPOSE = "provisioning"
NOTHING_LEFT: dict[str, Any] = {"shared": None, "root_key": None, "given": None}

_HOUR_MS = 3_600_000


def clear(tx: Transaction, now_ms: int) -> None:
    """End what was not finished in its time, and let go of its secrets."""
    late = (provisioning.c.state.in_(UNFINISHED), provisioning.c.expires_ms <= now_ms)
    tx.connection.execute(update(provisioning).where(*late).values(state=ENDED, **NOTHING_LEFT))


def begin(
    tx: Transaction,
    vault: Vault,
    means: Means,
    actor: Actor,
    site_id: int | None,
    first: bytes,
    now_ms: int,
    random: Callable[[int], bytes],
) -> tuple[Provisioning, bytes]:
    """Take a panel's first message; return the new provisioning and the answer for the panel.

    What this actor had begun for this site before, and nobody had typed the code of, ends. Raises NotFoundError,
    RefusedError, InvalidError for what no panel of ours sent, ConflictError for one that is known here, or after too
    many in an hour.
    """
    expect_authority(tx, actor, site_id, now_ms)
    _expect_patience(tx, actor, now_ms)
    try:
        facts, second, shared = protocol.answer(means.key.secret, random, first, now_ms // 1000)
    except BadMessage as error:
        raise InvalidError(
            f"m1: not for this cloud ({error}); its firmware must be built with the key that `hemlarm cloud "
            "provisioning-key` prints"
        ) from None
    panel_id = facts.panel.hex()
    if tx.panel(panel_id) is not None:
        raise ConflictError(f"panel {panel_id} is here already: let the panel begin anew")
    _end_former(tx, actor, site_id)
    row = {
        "state": ROOT,
        "site": site_id,
        "panel": panel_id,
        "board": facts.board,
        "firmware": facts.firmware,
        "serial": facts.serial.hex(),
        "began_by": actor.name,
        "began_ms": now_ms,
        "expires_ms": now_ms + LIFE_MS,
        "shared": vault.seal(PURPOSE, panel_id, shared),
    }
    made = int(tx.connection.execute(insert(provisioning).returning(provisioning.c.id), row).scalar_one())
    detail = {"panel": panel_id, "board": facts.board, "serial": facts.serial.hex()}
    audit.write(tx, actor, "begin-provisioning", f"provisioning {made}", detail, now_ms, site_id)
    return expect(tx, actor, made, now_ms), second


def take_root(
    tx: Transaction,
    vault: Vault,
    means: Means,
    actor: Actor,
    provisioning_id: int,
    third: bytes,
    site_file: str,
    now_ms: int,
    random: Callable[[int], bytes],
) -> Provisioning:
    """Take the panel's root key, and seal for the panel all that it needs. Repeated, it changes nothing.

    Raises NotFoundError, RefusedError, InvalidError, ConflictError for one that has ended.
    """
    found = expect(tx, actor, provisioning_id, now_ms)
    expect_authority(tx, actor, found.site, now_ms)
    if found.state in (CODE, GIVING, DONE):
        return found
    expect_state(found, ROOT)
    config = configuration(site_file, random)
    shared = shared_with(vault, found)
    try:
        root_key = protocol.root_key(shared, third)
    except BadMessage as error:
        raise InvalidError(f"m3: not what panel {found.panel} sent ({error}); begin anew") from None
    issued = means.authority.issue_panel(found.panel, datetime.fromtimestamp(now_ms / 1000, UTC))
    needed = {
        "host": means.host,
        "port": means.port,
        "certificate": issued.certificate,
        "key": issued.key,
        "authority": issued.authority,
        "time": now_ms // 1000,
        "config": config,
    }
    changes = {
        "state": CODE,
        "root_key": vault.wrap(found.panel, root_key),
        "certificate_serial": f"{x509.load_der_x509_certificate(issued.certificate).serial_number:x}",
        "given": cbor.encode(protocol.give(shared, needed)),
    }
    return change(tx, actor, found, changes, now_ms)


def type_code(
    tx: Transaction, vault: Vault, actor: Actor, provisioning_id: int, code: str, now_ms: int
) -> Provisioning:
    """Compare what somebody reads on the keypad; the state of what is returned tells what became of it.

    With the right one the panel may be given what it needs, after TRIES wrong ones it is over. Raises NotFoundError,
    RefusedError, ConflictError for one that does not wait for a code.
    """
    found = expect(tx, actor, provisioning_id, now_ms)
    expect_authority(tx, actor, found.site, now_ms)
    if found.state in (GIVING, DONE):
        return found
    expect_state(found, CODE)
    right = protocol.code(shared_with(vault, found))
    if hmac.compare_digest(right.encode(), code.encode()):
        changes: dict[str, Any] = {"state": GIVING, "typed_by": actor.name, "expires_ms": now_ms + GIVING_MS}
    else:
        over = found.tries + 1 >= TRIES
        changes = {"tries": found.tries + 1} | ({"state": REFUSED} | NOTHING_LEFT if over else {})
        detail = {"panel": found.panel, "wrong": found.tries + 1}
        audit.write(tx, actor, "wrong-provisioning-code", f"provisioning {found.id}", detail, now_ms, found.site)
    return change(tx, actor, found, changes, now_ms)


def shared_with(vault: Vault, found: Provisioning) -> bytes:
    """Return what the cloud and this panel have in common."""
    assert found.shared is not None
    return vault.open_sealed(PURPOSE, found.panel, found.shared)


def expect_state(found: Provisioning, *states: str) -> None:
    """Raise ConflictError unless it is in one of these states."""
    if found.state in states:
        return
    why = {
        ROOT: "it waits for the panel's message with the root key: send that first",
        CODE: "the code on the keypad has not been typed yet",
        REFUSED: "the code was wrong too often: begin anew",
        ENDED: "its time ran out, or it was begun anew: begin anew",
        DONE: "it is done",
    }
    raise ConflictError(f"provisioning {found.id} does not wait for this; {why.get(found.state, found.state)}")


def change(tx: Transaction, actor: Actor, found: Provisioning, changes: dict[str, Any], now_ms: int) -> Provisioning:
    """Store these changes, and return it as it is then."""
    tx.connection.execute(update(provisioning).where(provisioning.c.id == found.id).values(**changes))
    return expect(tx, actor, found.id, now_ms)


def _expect_patience(tx: Transaction, actor: Actor, now_ms: int) -> None:
    recent = (provisioning.c.began_by == actor.name, provisioning.c.began_ms > now_ms - _HOUR_MS)
    begun = tx.connection.scalar(select(func.count()).select_from(provisioning).where(*recent)) or 0
    if begun >= BEGINS_AN_HOUR:
        raise ConflictError(f"{BEGINS_AN_HOUR} provisionings were begun by this account within an hour: wait")


def _end_former(tx: Transaction, actor: Actor, site_id: int | None) -> None:
    at = provisioning.c.site.is_(None) if site_id is None else provisioning.c.site == site_id
    former = (at, provisioning.c.began_by == actor.name, provisioning.c.state.in_((ROOT, CODE)))
    tx.connection.execute(update(provisioning).where(*former).values(state=ENDED, **NOTHING_LEFT))
