"""Cases of lasting faults: of one site and one family of faults there is one case, until all of it has ended."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Row, or_, select, update

from hemlarm_cloud.cases import case_rows, lasting, meaning
from hemlarm_cloud.cases.case_rows import RESTORED, Cases, Wanted
from hemlarm_cloud.cases.lasting import Span
from hemlarm_cloud.store.schema_cases import condition, signal
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_protocol.contact_id_names import describe

_ROUNDS_MAX = 5
_NEAR_MAX = 500


def rows(tx: Transaction, ids: Sequence[int]) -> list[Row[Any]]:
    """Return these conditions, in the order of their ids."""
    if not ids:
        return []
    return list(tx.connection.execute(select(condition).where(condition.c.id.in_(ids)).order_by(condition.c.id)))


def lasting_row(tx: Transaction, transmitter: str, kind: str, zone: int) -> Row[Any] | None:
    """Return the condition of this that lasts, if one does."""
    this = (condition.c.transmitter == transmitter, condition.c.kind == kind, condition.c.zone == zone)
    return tx.connection.execute(select(condition).where(*this, condition.c.ended_ms.is_(None))).one_or_none()


def take(tx: Transaction, changed: Iterable[Row[Any]], now_ms: int, ripe: Collection[int] = ()) -> None:
    """Bring the cases of faults to what conditions have become; of `ripe` ones the time has come to be a case."""
    groups: dict[tuple[int, tuple[str, ...]], list[Row[Any]]] = {}
    for row in changed:
        if row.case is not None or _is_for_people(row, ripe):
            groups.setdefault((row.site, meaning.family(row.kind)), []).append(row)
    for (site, kinds), group in groups.items():
        _take_site(tx, site, kinds, group, now_ms, ripe)


def link(tx: Transaction, told_again: Sequence[Row[Any]]) -> None:
    """What was told again of conditions can be read in their cases too, but not in a region's: there are thousands."""
    cases = case_rows.load(tx, (row.case for row in told_again))
    for row in told_again:
        if row.case is not None and cases[row.case].kind != "incident":
            _link(tx, row, row.case)


def _is_for_people(row: Row[Any], ripe: Collection[int]) -> bool:
    """Whether a condition without a case gets one."""
    return row.id in ripe or (not row.quiet and not meaning.fault_of_kind(row.kind).delay_ms and row.due_ms is None)


def _take_site(
    tx: Transaction, site: int, kinds: tuple[str, ...], group: Sequence[Row[Any]], now_ms: int, ripe: Collection[int]
) -> None:
    near = _near(tx, site, kinds, group)
    cases = case_rows.load(tx, (row.case for row in near))
    live = {
        row.id: row for row in near if (_is_for_people(row, ripe) if row.case is None else _is_live(cases, row.case))
    }
    spans = lasting.overlapping(Span(row.id, row.began_ms, row.ended_ms) for row in live.values())
    new = {row.id for row in group}
    wanted = [_wanted(kinds, [live[span.id] for span in each], new) for each in spans]
    live_cases = {case: row for case, row in cases.items() if _is_live(cases, case)}
    made = case_rows.reconcile(tx, site, wanted, live_cases, condition, now_ms)
    for each, case in zip(spans, made, strict=True):
        for span in each:
            _link(tx, live[span.id], case)


def _is_live(cases: Cases, case: int) -> bool:
    """Whether a case is still being made: people have not closed it, and it is not the region's."""
    return cases[case].kind != "incident" and not case_rows.is_done(cases[case])


def _near(tx: Transaction, site: int, kinds: tuple[str, ...], group: Sequence[Row[Any]]) -> list[Row[Any]]:
    """Return the conditions of one family at a site that lasted at the same time as these, directly or by others."""
    from_ms = min(row.began_ms for row in group)
    until_ms = _until(group)
    found: list[Row[Any]] = []
    for _ in range(_ROUNDS_MAX):
        query = select(condition).where(condition.c.site == site, condition.c.kind.in_(kinds))
        query = query.where(or_(condition.c.ended_ms.is_(None), condition.c.ended_ms >= from_ms))
        if until_ms is not None:
            query = query.where(condition.c.began_ms <= until_ms)
        found = list(tx.connection.execute(query.order_by(condition.c.id.desc()).limit(_NEAR_MAX)))
        wider = (min([from_ms, *(row.began_ms for row in found)]), _until([*group, *found]))
        if wider == (from_ms, until_ms):
            break
        from_ms, until_ms = wider
    return found


def _until(group: Sequence[Row[Any]]) -> int | None:
    ends = [row.ended_ms for row in group]
    return None if None in ends else max(ends)


def _wanted(kinds: tuple[str, ...], group: Sequence[Row[Any]], new: set[int]) -> Wanted:
    there = {row.kind for row in group}
    kind = next(kind for kind in kinds if kind in there)
    ends = [row.ended_ms for row in group if row.ended_ms is not None]
    over = len(ends) == len(group)
    return Wanted(
        tuple((row.id, row.case) for row in group),
        meaning.fault_of_kind(kind).case_kind,
        meaning.kind_category(kind),
        min(row.began_ms for row in group),
        max(row.began_ms for row in group),
        summary(kind, [row.zone for row in group if row.kind == kind]),
        closes=RESTORED if over else None,
        has_ended=over and any(row.id in new for row in group),
    )


def summary(kind: str, zones: Iterable[int]) -> str:
    """What a case is about, in a few words."""
    codes = meaning.kind_codes(kind)
    named = sorted({zone for zone in zones if zone})
    where = f", zone {', '.join(map(str, named))}" if named and kind not in (meaning.PATH, meaning.SILENT_PATH) else ""
    return (describe(1000 + codes[0]) if codes else kind) + where


def _link(tx: Transaction, row: Row[Any], case: int) -> None:
    """The signals that told of a condition can be read in its case."""
    codes = meaning.kind_codes(row.kind)
    if row.kind in (meaning.PATH, meaning.SILENT_PATH):
        codes = tuple(code for code in codes if meaning.fault_zone(code, 0, meaning.PANEL) == row.zone)
    this = [
        signal.c.transmitter == row.transmitter,
        signal.c.qcode.in_([qualifier + code for code in codes for qualifier in (1000, 3000)]),
        signal.c.dated_ms >= row.began_ms,
        (signal.c.origin == meaning.CLOUD) == (row.kind in meaning.FOUND_BY_CLOUD),
        signal.c.handling == "condition",
    ]
    if row.ended_ms is not None:
        this.append(signal.c.dated_ms <= row.ended_ms)
    if row.kind not in (meaning.PATH, *meaning.FOUND_BY_CLOUD):
        this.append(signal.c.zone == row.zone)
    tx.connection.execute(update(signal).where(*this).values(case=case))
