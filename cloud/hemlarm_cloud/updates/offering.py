"""Who is offered a release now: panels of the open rings that can be reached, and whose home has no alarm."""

from typing import Any

from sqlalchemy import ColumnElement, exists, func, select, update

from hemlarm_cloud.cases.categories import ALARMS
from hemlarm_cloud.store.schema_cases import alarm_case
from hemlarm_cloud.store.schema_sites import transmitter
from hemlarm_cloud.store.schema_updates import release_panel
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_cloud.updates import states
from hemlarm_cloud.updates.health import lasting_fault
from hemlarm_cloud.updates.releases import message_id

AT_A_TIME = 40
"""Panels of a release that load at a time: a broken version reaches no more of a large ring before it is seen."""

LOADING_MAX_MS = 3_600_000
"""A panel that has said nothing for so long counts as one of those no more."""

OFFER_LIFE_MS = 600_000
"""An offer that was not answered by then is made anew when the panel can be reached again."""

AGAIN_MS = 300_000
"""A panel that has put an offer off is asked again so much later."""

_table = release_panel


def offer(tx: Transaction, release: int, ring: int, now_ms: int) -> int:
    """Offer it to as many panels of the rings up to this one as may load at a time. Returns to how many."""
    unanswered = (_table.c.release == release, _table.c.state == states.OFFERED)
    late = update(_table).where(*unanswered, _table.c.offered_ms <= now_ms - OFFER_LIFE_MS)
    tx.connection.execute(late.values(state=states.WAITING, offer=None))
    loading = (_table.c.release == release, _table.c.state.in_((states.OFFERED, states.LOADING)))
    busy = select(func.count()).where(*loading, _table.c.changed_ms > now_ms - LOADING_MAX_MS)
    room = AT_A_TIME - (tx.connection.scalar(busy) or 0)
    if room <= 0:
        return 0
    waiting = (_table.c.release == release, _table.c.ring <= ring, _table.c.state == states.WAITING)
    rested = (_table.c.offered_ms.is_(None)) | (_table.c.offered_ms <= now_ms - AGAIN_MS)
    query = select(_table.c.panel).where(*waiting, rested, ~lasting_fault(), ~alarmed())
    chosen = tx.connection.scalars(query.order_by(_table.c.ring, _table.c.panel).limit(room)).all()
    for panel in chosen:
        values = {
            "state": states.OFFERED,
            "offer": message_id("offer", release, panel, now_ms),
            "offered_ms": now_ms,
            "changed_ms": now_ms,
        }
        this = (_table.c.release == release, _table.c.panel == panel)
        tx.connection.execute(update(_table).where(*this).values(values))
    return len(chosen)


def alarmed() -> ColumnElement[bool]:
    """The condition on `release_panel` that the panel's site has an alarm that nobody has closed."""
    of_site = (transmitter.c.id == _table.c.panel, transmitter.c.ended_ms.is_(None))
    lasting: Any = (alarm_case.c.state != "closed", alarm_case.c.category.in_(ALARMS))
    joined = exists().where(*of_site, alarm_case.c.site == transmitter.c.site, *lasting)
    return joined.correlate(_table)
