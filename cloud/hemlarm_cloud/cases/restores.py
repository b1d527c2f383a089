"""Restores of alarms: each belongs to the case of the last alarm of the same detector before it, whenever it comes."""

from collections.abc import Collection, Sequence

from sqlalchemy import update

from hemlarm_cloud.cases import case_rows, meaning, signals
from hemlarm_cloud.cases.signals import Signal
from hemlarm_cloud.handling import log
from hemlarm_cloud.store.schema_cases import alarm_case, signal
from hemlarm_cloud.store.transaction import Transaction

Key = tuple[str, int, int]
"""Transmitter, code and zone: what a restore has in common with its alarm."""

LATEST_MS = 30 * 24 * meaning.HOUR_MS
"""A restore that comes later belongs to no case any more."""

_AT_MOST = 1000


def key(each: Signal) -> Key:
    """What this signal has in common with its alarm or its restore."""
    return each.transmitter, each.qcode % 1000, each.zone


def attach(tx: Transaction, site: int, keys: Collection[Key], since_ms: int, now_ms: int) -> None:
    """Put the restores of these detectors, none of them before `since_ms` new, to the cases of their alarms."""
    if not keys:
        return
    qcodes = {qualifier + code for _, code, _ in keys for qualifier in (1000, 3000)}
    query = signals.query().where(
        signal.c.site == site,
        signal.c.dated_ms.between(since_ms - LATEST_MS, since_ms + LATEST_MS),
        signal.c.qcode.in_(qcodes),
        signal.c.handling.in_(["case", "record"]),
    )
    newest = query.order_by(signal.c.dated_ms.desc(), signal.c.id.desc()).limit(_AT_MOST)
    cases: dict[Key, int | None] = {}
    moved: dict[int, list[Signal]] = {}
    for each in sorted(signals.read(tx.connection.execute(newest)), key=lambda one: one.order):
        if each.role == meaning.ALARM:
            cases[key(each)] = each.case
        elif key(each) in keys and (case := cases.get(key(each))) is not None and case != each.case:
            moved.setdefault(case, []).append(each)
    for case, restored in moved.items():
        put(tx, restored, case, now_ms)


def put(tx: Transaction, added: Sequence[Signal], case_id: int, now_ms: int) -> None:
    """Add signals to a case that change nothing in it but what there is to read."""
    ids = [each.id for each in added]
    tx.connection.execute(update(signal).where(signal.c.id.in_(ids)).values(case=case_id, handling="case"))
    grown = update(alarm_case).where(alarm_case.c.id == case_id).values(version=alarm_case.c.version + 1)
    tx.connection.execute(grown)
    told = {"qcodes": [each.qcode for each in added]}
    log.write(tx, case_id, added[0].site, case_rows.ACTOR, "signals", told, now_ms)
