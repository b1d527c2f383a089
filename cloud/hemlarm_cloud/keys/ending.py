"""The end of a panel's keys: revoked by people, or forgotten by the panel itself.

A panel that was reset at its keypad says so last of all. Its keys are then shut out here too: whoever had copied them
has nothing. The homes' history stays, and so does what the panel sealed, which was opened as it came.
"""

from sqlalchemy import select, update

from hemlarm_cloud.actor import SYSTEM, Actor
from hemlarm_cloud.errors import ConflictError, NotFoundError
from hemlarm_cloud.keys import moves, rotation
from hemlarm_cloud.sites import audit, changes
from hemlarm_cloud.store import Store, schema
from hemlarm_cloud.store.schema_keys import panel_certificate, panel_rekey
from hemlarm_cloud.store.schema_sites import transmitter
from hemlarm_cloud.store.transaction import Transaction

AT_ONCE = 100
LOOK_MS = 5_000


def revoke(tx: Transaction, actor: Actor, panel: str, now_ms: int, why: str = "") -> None:
    """Shut a panel out for good: brokers and ingest refuse it within a minute. By supervisors.

    Raises RefusedError, NotFoundError, ConflictError.
    """
    changes.expect_supervisor(actor, "revoking a panel")
    if not tx.revoke_panel(panel, now_ms):
        if tx.panel(panel) is None:
            raise NotFoundError(f"no panel {panel} here; `hemlarm cloud panel list` shows them all")
        raise ConflictError(f"panel {panel} was revoked before")
    told = {"why": why} if why else {}
    audit.write(tx, actor, "revoke-panel", f"panel {panel}", told, now_ms, site=rotation.site_of(tx, panel))
    _forget_secrets(tx, panel, now_ms)


def step(store: Store, now_ms: int) -> int | None:
    """End the panels that have reported their reset. As the steps of `cases/steps.py`."""
    with store.begin() as tx:
        panels = _reset_panels(tx)
        for panel in panels:
            revoke(tx, SYSTEM, panel, now_ms, "reset to factory state at its keypad")
            change = update(transmitter).where(transmitter.c.id == panel, transmitter.c.ended_ms.is_(None))
            tx.connection.execute(change.values(ended_ms=now_ms))
            moves.reset(tx, panel)
    return now_ms if len(panels) == AT_ONCE else now_ms + LOOK_MS


def _reset_panels(tx: Transaction) -> list[str]:
    """Panels that live on here though they said that they end. Their cases read the event first: it stays stored."""
    panel, event = schema.panel, schema.event  # By the index that has these few events alone.
    query = select(event.c.panel).distinct().join(panel, panel.c.id == event.c.panel)
    query = query.where(schema.RESET, panel.c.revoked_ms.is_(None))
    return list(tx.connection.scalars(query.order_by(event.c.panel).limit(AT_ONCE)))


def _forget_secrets(tx: Transaction, panel: str, now_ms: int) -> None:
    """What waited for the panel waits no more. Its last root key stays, for events that come late by another way."""
    unfinished = (panel_rekey.c.panel == panel, panel_rekey.c.state.in_(rotation.UNFINISHED))
    gone = {"private": None, "root_next": None, "root_before": None}
    change = update(panel_rekey).where(*unfinished)
    tx.connection.execute(change.values(state=rotation.EXPIRED, changed_ms=now_ms, **gone))
    tx.connection.execute(update(panel_certificate).where(panel_certificate.c.panel == panel).values(document=None))
