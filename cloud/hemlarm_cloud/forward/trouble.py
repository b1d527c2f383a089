"""What people must know of forwarding becomes a service case: one for each site and destination while it is open."""

from typing import Any

from sqlalchemy import Row, insert, select, update

from hemlarm_cloud.cases.categories import SERVICE, URGENCY
from hemlarm_cloud.forward.outbox import Item
from hemlarm_cloud.handling import log, planning
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema import panel
from hemlarm_cloud.store.schema_cases import alarm_case
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_protocol import contact_id_names

ACTOR = "system:forwarding"
ALERT_KIND = "forward-refused"


def refused(tx: Transaction, item: Item, destination_name: str, why: str, now_ms: int) -> None:
    """A receiver will never take this signal: somebody must tell it by other means, and mend what is wrong."""
    summary = f"{destination_name} refuses what happens at this site: somebody must call there"
    what = f"{contact_id_names.describe(item.qcode)} ({item.qcode}, zone {item.zone})"
    _tell(tx, item.site, summary, {"signal": what, "dated_ms": item.dated_ms, "why": why}, now_ms)
    if tx.connection.scalar(select(panel.c.id).where(panel.c.id == item.transmitter)):
        tx.add_alert(item.transmitter, ALERT_KIND, f"{destination_name}: {what}: {why}", now_ms)


def unreachable(tx: Transaction, destination_name: str, why: str, now_ms: int) -> None:
    """Nothing reaches a destination; what is for it waits."""
    _tell(tx, None, _unreachable_text(destination_name), {"why": why}, now_ms)


def reached(tx: Transaction, destination_name: str, now_ms: int) -> None:
    """A destination is reached again: its case closes, unless somebody has taken it."""
    row = _open(tx, None, _unreachable_text(destination_name))
    if row is None:
        return
    if row.answered_ms is None:
        planning.closed_by_itself(tx, row.id, "restored", now_ms)
    else:
        log.write(tx, row.id, None, ACTOR, "restored", {"destination": destination_name}, now_ms)


def _unreachable_text(destination_name: str) -> str:
    return f"{destination_name} is not reached: what is forwarded there waits"


def _tell(tx: Transaction, site_id: int | None, summary: str, detail: dict[str, Any], now_ms: int) -> None:
    """Open a service case with this summary, or add to the open one."""
    row = _open(tx, site_id, summary)
    if row is not None:
        values = {"latest_ms": max(row.latest_ms, now_ms), "version": row.version + 1}
        tx.connection.execute(update(alarm_case).where(alarm_case.c.id == row.id).values(values))
        log.write(tx, row.id, site_id, ACTOR, "forwarding", detail, now_ms)
        return
    values = {
        **{"site": site_id, "kind": "service", "category": SERVICE, "urgency": URGENCY[SERVICE], "state": "new"},
        **{"began_ms": now_ms, "latest_ms": now_ms, "opened_ms": now_ms, "summary": summary[:200]},
    }
    case_id = int(tx.connection.execute(insert(alarm_case).returning(alarm_case.c.id), values).scalar_one())
    log.write(tx, case_id, site_id, ACTOR, "opened", detail, now_ms)
    planning.begin(tx, case_id, now_ms)


def _open(reading: Queries, site_id: int | None, summary: str) -> Row[Any] | None:
    table = alarm_case
    query = select(table).where(
        table.c.closed_ms.is_(None),
        table.c.incident.is_(None),
        table.c.urgency == URGENCY[SERVICE],
        table.c.site == site_id,
        table.c.summary == summary[:200],
    )
    return reading.connection.execute(query.order_by(table.c.id).limit(1)).one_or_none()
