"""Behind the right code: the panel is given what it needs, and admitted when it proves that it has it.

So there is never a panel in the store, which is whom broker and ingest let in, that has not told that its root key is
on its flash; and one whose word was lost can be asked for it again, for it keeps the proof.
"""

import hmac
from typing import Any

from sqlalchemy import insert, select

from hemlarm_cloud.actor import Actor
from hemlarm_cloud.errors import ConflictError, InvalidError
from hemlarm_cloud.provisioning.looking import DONE, GIVING, Provisioning, expect
from hemlarm_cloud.provisioning.steps import NOTHING_LEFT, change, expect_state, shared_with
from hemlarm_cloud.sites import audit
from hemlarm_cloud.store import Panel
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_sites import transmitter
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_cloud.vault import Vault
from hemlarm_protocol import cbor, topics
from hemlarm_protocol import provisioning as protocol


def given(reading: Queries, actor: Actor, provisioning_id: int, now_ms: int) -> list[bytes]:
    """Return the pieces of what the panel needs, as often as it is asked for.

    Raises NotFoundError, and ConflictError before the right code was typed, or when all is over.
    """
    found = expect(reading, actor, provisioning_id, now_ms)
    expect_state(found, GIVING)
    assert found.given is not None
    pieces: Any = cbor.decode(found.given)
    return list(pieces)


def admit(tx: Transaction, vault: Vault, actor: Actor, provisioning_id: int, proof: bytes, now_ms: int) -> Provisioning:
    """Admit the panel that has all on its flash, at the site that it is for. Repeated, it changes nothing.

    Whoever brings the proof may; it is the panel's word, and the authority was asked for with the code. Raises
    NotFoundError, InvalidError for another proof, ConflictError for one that does not wait for it.
    """
    found = expect(tx, actor, provisioning_id, now_ms)
    if found.state == DONE:
        return found
    expect_state(found, GIVING)
    if not hmac.compare_digest(proof, protocol.proof(shared_with(vault, found))):
        raise InvalidError(f"proof: not that of panel {found.panel}")
    if tx.panel(found.panel) is not None:
        raise ConflictError(f"panel {found.panel} is here already")
    assert found.root_key is not None
    tx.add_panel(
        Panel(
            found.panel,
            topics.shard(found.panel),
            found.root_key,
            found.certificate_serial,
            now_ms,
            board=found.board,
            firmware=found.firmware,
        )
    )
    if found.site is not None:
        _place(tx, found, found.site, now_ms)
    detail = {"board": found.board, "serial": found.serial, "provisioning": found.id, "typed_by": found.typed_by}
    audit.write(tx, actor, "provision-panel", f"panel {found.panel}", detail, now_ms, found.site)
    return change(tx, actor, found, {"state": DONE} | NOTHING_LEFT, now_ms)


def _place(tx: Transaction, found: Provisioning, site_id: int, now_ms: int) -> None:
    """Make it a transmitter of its site."""
    there = select(transmitter.c.id).where(transmitter.c.id == found.panel)
    assert tx.connection.scalar(there) is None, "a panel reported that was never admitted"
    row = {"id": found.panel, "kind": "hemlarm", "site": site_id, "added_ms": now_ms}
    tx.connection.execute(insert(transmitter), row)
