"""What panels tell of their firmware, as the ingest stores it: by which they came, and what became of an offer."""

from typing import Any

from sqlalchemy import Row, select, update

from hemlarm_cloud.ingest.batch import Batch
from hemlarm_cloud.store.schema import panel
from hemlarm_cloud.store.schema_updates import release_panel
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_cloud.updates import states
from hemlarm_protocol import message_names, messages, upkeep

_DONE, _EXPIRED, _BUSY = (
    number for number, name in message_names.STATUSES.items() if name in ("done", "expired", "busy")
)


def write(tx: Transaction, batch: Batch, now_ms: int) -> None:
    """Store what a batch says of firmware."""
    for panel_id in batch.opened:
        hello = batch.panels[panel_id].end.hello
        if hello is not None:
            _set_panel(tx, panel_id, firmware=hello.firmware, hello_ms=now_ms)
    for panel_id, told in batch.upkeep:
        if isinstance(told, upkeep.UpdateState):
            tell(tx, panel_id, told, now_ms)


def tell(tx: Transaction, panel_id: str, told: upkeep.UpdateState, now_ms: int) -> None:
    """Store what a panel made of its offer. Of an offer that is not this panel's nothing is stored but the floor."""
    _set_panel(tx, panel_id, firmware_floor=told.floor)
    state = states.OF_MESSAGE.get(told.state)
    found = _offered(tx, panel_id, told.id)
    if state is None or found is None:
        return
    values: dict[str, Any] = {"reason": told.reason, "got": told.got, "changed_ms": now_ms}
    if state == states.RUNNING and found.state == states.GOOD:
        return
    if found.state == states.WITHDRAWN and state in states.UNTRIED:
        return
    values["recall"] = None
    if state in (states.TRIAL, states.RUNNING) and found.trial_ms is None:
        values["trial_ms"] = now_ms
    if state == states.RUNNING and found.proved_ms is None:
        values["proved_ms"] = now_ms
    _set(tx, found, state=state, **values)


def answer(tx: Transaction, panel_id: str, result: messages.Result, now_ms: int) -> None:
    """Store a panel's answer to an offer. One that came too late or at a bad moment is offered again later."""
    table = release_panel
    recalled = (table.c.recall == result.id, table.c.panel == panel_id)
    if tx.connection.execute(update(table).where(*recalled).values(recall=None)).rowcount:
        return
    found = _offered(tx, panel_id, result.id)
    if found is None or found.state != states.OFFERED:
        return
    if result.status == _DONE:
        _set(tx, found, state=states.LOADING, changed_ms=now_ms)
    elif result.status in (_EXPIRED, _BUSY):
        _set(tx, found, state=states.WAITING, offer=None, changed_ms=now_ms)
    else:
        reason = result.detail if result.detail in message_names.UPDATE_REASONS else 0
        _set(tx, found, state=states.REFUSED, reason=reason, changed_ms=now_ms)


def _offered(tx: Transaction, panel_id: str, offer: bytes) -> Row[Any] | None:
    table = release_panel
    query = select(table).where(table.c.offer == offer, table.c.panel == panel_id)
    return tx.connection.execute(query).one_or_none()


def _set(tx: Transaction, row: Row[Any], **values: Any) -> None:
    table = release_panel
    this = (table.c.release == row.release, table.c.panel == row.panel)
    tx.connection.execute(update(table).where(*this).values(**values))


def _set_panel(tx: Transaction, panel_id: str, **values: Any) -> None:
    tx.connection.execute(update(panel).where(panel.c.id == panel_id).values(**values))
