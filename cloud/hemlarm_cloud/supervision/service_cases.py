"""Service cases that no signal makes: something at the centre or in its papers that people have to see to."""

from sqlalchemy import insert, select

from hemlarm_cloud.actor import SYSTEM
from hemlarm_cloud.cases.categories import SERVICE, URGENCY
from hemlarm_cloud.handling import log, planning
from hemlarm_cloud.store.schema_cases import alarm_case
from hemlarm_cloud.store.transaction import Transaction

SUMMARY_MAX = 200
KEY_MAX = 80
"""Characters, as in the schema."""


def open_case(tx: Transaction, key: str, site: int | None, summary: str, now_ms: int) -> int | None:
    """Open a service case of a site, or of no site, and return its id; None if one with this key was ever opened.

    `key` says what it is about ("service-mode:17"), so that whoever does its work again after a crash opens none twice.
    """
    assert 1 <= len(key) <= KEY_MAX
    table = alarm_case
    if tx.connection.scalar(select(table.c.id).where(table.c.key == key)) is not None:
        return None
    case = {
        "site": site,
        "kind": "service",
        "key": key,
        "category": SERVICE,
        "urgency": URGENCY[SERVICE],
        "state": "new",
        "began_ms": now_ms,
        "latest_ms": now_ms,
        "opened_ms": now_ms,
        "summary": summary[:SUMMARY_MAX],
    }
    case_id = int(tx.connection.execute(insert(table).returning(table.c.id), case).scalar_one())
    log.write(tx, case_id, site, SYSTEM.name, "opened", {"summary": case["summary"]}, now_ms)
    planning.begin(tx, case_id, now_ms)
    return case_id
