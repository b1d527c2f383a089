"""What case work cannot handle, because of a fault of ours, goes before people as it is: nothing is ever in the way."""

from sqlalchemy import update

from hemlarm_cloud.cases import lanes, signals
from hemlarm_cloud.cases.categories import ALARMS, URGENCY
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_cases import alarm_case, signal
from hemlarm_cloud.supervision import service_cases
from hemlarm_protocol.contact_id_names import describe


def give_to_people(store: Store, trouble: str, now_ms: int) -> bool:
    """Make a signal of the next row, with a case of its own as urgent as the signal is. False where nothing waits.

    `trouble` names what went wrong.
    """
    with store.begin() as tx:
        taken = lanes.take(tx, 1)
        if taken is None:
            return False
        (row,) = signals.store(tx, taken, now_ms)
        summary = f"{describe(row.qcode)} of {row.transmitter}: not handled ({trouble}), look at the site"
        case_id = service_cases.open_case(tx, f"unhandled:{row.origin}:{row.id}", row.site, summary, now_ms)
        kind = "alarm" if row.category in ALARMS else "fault"
        seen = {"kind": kind, "category": row.category, "urgency": URGENCY[row.category]}
        tx.connection.execute(update(alarm_case).where(alarm_case.c.id == case_id).values(seen))
        tx.connection.execute(update(signal).where(signal.c.id == row.id).values(handling="case", case=case_id))
    return True
