"""Regional incidents: one cause that strikes many sites at once is one case, and not one of each site.

However many sites it strikes, each group of conditions costs the same: an incident is joined by time and region, and
its members are never read as a whole.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row, case, func, insert, literal, or_, select, update

from hemlarm_cloud.actor import SYSTEM
from hemlarm_cloud.cases import case_rows, dense, fault_cases, meaning
from hemlarm_cloud.cases.categories import URGENCY
from hemlarm_cloud.cases.dense import WITHIN_MS, Struck
from hemlarm_cloud.handling import log, planning, taskwork
from hemlarm_cloud.store.schema_cases import alarm_case, condition
from hemlarm_cloud.store.transaction import Transaction

OVER_PERCENT = 10
"""An incident is over when fewer of its sites than this still have the fault; those get a case of their own."""

_NEAR_MAX = 2000
_ROUNDS_MAX = 8
_OPEN_MAX = 500

_own = alarm_case.alias("own")


def take(tx: Transaction, changed: Sequence[Row[Any]], now_ms: int) -> set[int]:
    """Put conditions that are part of something greater to its case. Returns which ones are, and need none of theirs.

    `changed` are conditions that have begun, ended or moved.
    """
    regional = [row for row in changed if row.kind in meaning.REGIONAL and not row.quiet]
    cases = _incidents_of(tx, regional)
    members = {row.id for row in regional if row.case in cases}
    groups: dict[tuple[str, str], list[Struck]] = {}
    for row in regional:
        if row.id not in members:
            groups.setdefault((row.kind, row.region), []).append(Struck(row.id, row.site, row.began_ms, row.case))
    for (kind, region), struck in groups.items():
        members |= _strike(tx, kind, region, struck, now_ms)
    for incident in sorted({row.case for row in regional if row.case in cases and row.ended_ms is not None}):
        _end_if_over(tx, incident, now_ms)
    return members


def _incidents_of(tx: Transaction, rows: Iterable[Row[Any]]) -> set[int]:
    ids = {row.case for row in rows if row.case is not None}
    if not ids:
        return set()
    query = select(alarm_case.c.id).where(alarm_case.c.id.in_(sorted(ids)), alarm_case.c.kind == "incident")
    return set(tx.connection.scalars(query))


def _strike(tx: Transaction, kind: str, region: str, struck: Sequence[Struck], now_ms: int) -> set[int]:
    """Join these conditions to open incidents, or make one of them. Returns those that are part of one."""
    joined: set[int] = set()
    left = list(struck)
    for incident in _open(tx, kind, region):
        near = [each for each in left if dense.is_near(each, incident.began_ms, incident.latest_ms)]
        if near:
            joined |= _attach(tx, incident, kind, near, now_ms)
            left = [each for each in left if each.id not in joined]
    if left:
        from_ms, until_ms = min(each.began_ms for each in left), max(each.began_ms for each in left)
        free = _unattached(tx, kind, region, (from_ms - WITHIN_MS, until_ms + WITHIN_MS))
        for cluster in dense.clusters(free):
            incident = _begin(tx, kind, region, cluster, now_ms)
            joined |= _attach(tx, incident, kind, cluster, now_ms)
    return joined


def _open(tx: Transaction, kind: str, region: str) -> list[Row[Any]]:
    """Return the open incidents of a kind of fault in a region; the index of the queue has the open cases."""
    query = select(alarm_case).where(
        alarm_case.c.urgency == URGENCY[meaning.kind_category(kind)],
        alarm_case.c.closed_ms.is_(None),
        alarm_case.c.incident.is_(None),
        alarm_case.c.kind == "incident",
        alarm_case.c.region == region,
    )
    found = tx.connection.execute(query.order_by(alarm_case.c.id).limit(_OPEN_MAX))
    return [row for row in found if row.key.split(":")[1] == kind]


def _unattached(tx: Transaction, kind: str, region: str, between_ms: tuple[int, int]) -> list[Struck]:
    """Return the conditions of a time that are part of no incident and that no operator has in a case."""
    columns = (condition.c.id, condition.c.site, condition.c.began_ms, condition.c.case)
    query = select(*columns).outerjoin(_own, _own.c.id == condition.c.case)
    query = query.where(
        condition.c.kind == kind,
        condition.c.region == region,
        condition.c.began_ms.between(*between_ms),
        condition.c.quiet.is_(False),
        or_(condition.c.case.is_(None), (_own.c.kind != "incident") & _own.c.answered_ms.is_(None)),
    )
    found = tx.connection.execute(query.order_by(condition.c.began_ms, condition.c.id).limit(_NEAR_MAX))
    return [Struck._make(row) for row in found]


def _begin(tx: Transaction, kind: str, region: str, cluster: Sequence[Struck], now_ms: int) -> Row[Any]:
    category = meaning.kind_category(kind)
    what = fault_cases.summary(kind, ())
    values = {
        **{"kind": "incident", "key": f"incident:{kind}:{min(each.id for each in cluster)}", "state": "new"},
        **{"category": category, "urgency": URGENCY[category], "region": region, "sites": 0},
        **{"began_ms": cluster[0].began_ms, "latest_ms": cluster[0].began_ms, "opened_ms": now_ms},
        "summary": f"{what} at many sites" + (f" in {region}" if region else ""),
    }
    case_id = tx.connection.execute(insert(alarm_case).returning(alarm_case.c.id), values).scalar_one()
    log.write(tx, case_id, None, case_rows.ACTOR, "opened", {"summary": values["summary"]}, now_ms)
    planning.begin(tx, case_id, now_ms)
    return tx.connection.execute(select(alarm_case).where(alarm_case.c.id == case_id)).one()


def _attach(tx: Transaction, incident: Row[Any], kind: str, struck: Sequence[Struck], now_ms: int) -> set[int]:
    """Make conditions part of an incident, and with them what is now near to it. Returns which."""
    attached: set[int] = set()
    sites, from_ms, until_ms = incident.sites, incident.began_ms, incident.latest_ms
    looked = (from_ms - WITHIN_MS, until_ms + WITHIN_MS) if incident.sites else (from_ms, from_ms)
    new = _not_held(tx, struck)
    for _ in range(_ROUNDS_MAX):
        if not new:
            break
        sites += _new_sites(tx, incident.id, new)
        _point(tx, incident.id, new, now_ms)
        attached |= {each.id for each in new}
        from_ms = min([from_ms, *(each.began_ms for each in new)])
        until_ms = max([until_ms, *(each.began_ms for each in new)])
        reach = (from_ms - WITHIN_MS, until_ms + WITHIN_MS)
        # Only what has come within reach is looked at: the rest is thousands that are part of it already.
        margins = [(reach[0], looked[0]), (looked[1], reach[1])]
        new = [
            each
            for margin in margins
            if margin[0] < margin[1]
            for each in _unattached(tx, kind, incident.region, margin)
        ]
        looked = reach
    _grow(tx, incident, sites, from_ms, until_ms, now_ms)
    return attached


def _not_held(tx: Transaction, struck: Sequence[Struck]) -> list[Struck]:
    cases = case_rows.load(tx, (each.case for each in struck))
    return [each for each in struck if each.case is None or case_rows.is_free(cases[each.case])]


def _new_sites(tx: Transaction, incident: int, struck: Sequence[Struck]) -> int:
    sites = {each.site for each in struck}
    query = select(condition.c.site).where(condition.c.site.in_(sorted(sites)), condition.c.case == incident)
    return len(sites - set(tx.connection.scalars(query)))


def _point(tx: Transaction, incident: int, struck: Sequence[Struck], now_ms: int) -> None:
    """Point conditions to an incident. Cases that they had and nobody took are merged into it."""
    ids = [each.id for each in struck]
    pointed = update(condition).where(condition.c.id.in_(ids)).values(case=incident, due_ms=None)
    tx.connection.execute(pointed)
    for case_id, row in sorted(case_rows.load(tx, (each.case for each in struck)).items()):
        merged = {"state": "closed", "outcome": case_rows.MERGED, "closed_ms": now_ms, "wake_ms": None}
        change = update(alarm_case).where(alarm_case.c.id == case_id)
        tx.connection.execute(change.values(merged | {"incident": incident, "version": row.version + 1}))
        taskwork.drop_open(tx, case_id, SYSTEM.name, now_ms)
        log.write(tx, case_id, row.site, case_rows.ACTOR, "merged", {"into": incident}, now_ms)


def _grow(tx: Transaction, incident: Row[Any], sites: int, from_ms: int, until_ms: int, now_ms: int) -> None:
    values = {"sites": sites, "began_ms": from_ms, "latest_ms": until_ms, "version": alarm_case.c.version + 1}
    tx.connection.execute(update(alarm_case).where(alarm_case.c.id == incident.id).values(values))
    # Logged when it has doubled: one line for each group would bury the rest.
    if sites.bit_length() != incident.sites.bit_length():
        log.write(tx, incident.id, None, case_rows.ACTOR, "grown", {"sites": sites}, now_ms)


def _end_if_over(tx: Transaction, incident_id: int, now_ms: int) -> None:
    incident = tx.connection.execute(select(alarm_case).where(alarm_case.c.id == incident_id)).one()
    if incident.closed_ms is not None:
        return
    few = incident.sites * OVER_PERCENT // 100 + 1
    lasts = select(condition.c.id).where(condition.c.case == incident_id, condition.c.ended_ms.is_(None))
    left = tx.connection.scalar(select(func.count()).select_from(lasts.limit(few).subquery())) or 0
    if left * 100 >= incident.sites * OVER_PERCENT:
        return
    if case_rows.is_held(incident):
        if left == 0:
            log.write(tx, incident_id, None, case_rows.ACTOR, "restored", {}, now_ms)
        return
    planning.closed_by_itself(tx, incident_id, case_rows.RESTORED, now_ms)
    _release(tx, incident_id, now_ms)


def _release(tx: Transaction, incident_id: int, now_ms: int) -> None:
    """What still lasts when an incident is over becomes something for people again, when its time has come."""
    delays = {kind: meaning.fault_of_kind(kind).delay_ms for kind in meaning.REGIONAL}
    delay_ms = case(*((condition.c.kind == kind, literal(ms)) for kind, ms in delays.items()), else_=literal(0))
    due_ms = case((delay_ms == 0, literal(now_ms)), else_=condition.c.began_ms + delay_ms)
    this = (condition.c.case == incident_id, condition.c.ended_ms.is_(None))
    tx.connection.execute(update(condition).where(*this).values(case=None, due_ms=due_ms))
