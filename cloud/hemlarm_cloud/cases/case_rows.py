"""Cases as case work finds and leaves them, whatever they are made of: alarms' signals, or conditions.

A case that nobody has taken yet is free: case work rearranges it as more becomes known. One that an operator has taken
is held: things are added to it, and nothing is taken away. One that was closed by people is done.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Row, Table, exists, insert, select, update

from hemlarm_cloud.actor import SYSTEM
from hemlarm_cloud.cases.categories import URGENCY
from hemlarm_cloud.handling import log, planning, taskwork
from hemlarm_cloud.store.schema_cases import alarm_case, case_task
from hemlarm_cloud.store.transaction import Transaction

ACTOR = "system:cases"

CANCELLED, RESTORED, MERGED = "cancelled-by-user", "restored", "merged"
_BY_ITSELF = (CANCELLED, RESTORED, MERGED)

CASES_MAX = 500

_TOLD = ("category", "test", "cancelled_ms", "latest_ms")
"""What of a case's changes its log tells."""

Cases = dict[int, Row[Any]]


class Wanted(NamedTuple):
    """What should be one case: `members` are (id, case it is in now) of the rows that it is made of.

    `closes` is the outcome with which it closes by itself, as long as nobody has taken it.
    """

    members: tuple[tuple[int, int | None], ...]
    kind: str
    category: str
    began_ms: int
    latest_ms: int
    summary: str
    test: bool = False
    cancelled_ms: int | None = None
    closes: str | None = None
    follows: int | None = None
    settles: bool = False
    """Whether something in it changes which tasks are needed."""
    has_ended: bool = False
    """Whether the last of its faults has just ended."""


def load(tx: Transaction, ids: Iterable[int | None]) -> Cases:
    """Return these cases' rows."""
    wanted = sorted({case for case in ids if case is not None})
    if not wanted:
        return {}
    found = tx.connection.execute(select(alarm_case).where(alarm_case.c.id.in_(wanted)).limit(CASES_MAX))
    return {row.id: row for row in found}


def is_free(case: Row[Any]) -> bool:
    """Whether case work may rearrange it: nobody took it, and if it is closed it closed by itself."""
    return case.answered_ms is None and (case.closed_ms is None or case.outcome in _BY_ITSELF)


def is_held(case: Row[Any]) -> bool:
    """Whether an operator has taken it and not closed it."""
    return case.answered_ms is not None and case.closed_ms is None


def is_done(case: Row[Any]) -> bool:
    """Whether people have closed it."""
    return not is_free(case) and not is_held(case)


def reconcile(
    tx: Transaction, site: int, wanted: Sequence[Wanted], cases: Cases, table: Table, now_ms: int, whole: bool = True
) -> list[int]:
    """Bring a site's cases to what is wanted, and return the case of each.

    `cases` are all that the members are in now, none of them done. `table` is that of the members, whose `case`
    follows. Unless it is the `whole` of what the cases are made of, nothing in them is taken back.
    """
    made: list[int | None] = _assigned(wanted, cases)
    left: dict[int, int] = {}
    for indices in _by_case(made):
        each = _joined([wanted[index] for index in indices])
        known = made[indices[0]]
        row = None if known is None else cases[known]
        target = _open(tx, site, each, now_ms) if row is None else int(row.id)
        moved = [member for member, now_in in each.members if _moves(now_in, target, cases)]
        _move(tx, table, moved, target)
        left |= {now_in: target for _, now_in in each.members if now_in is not None and now_in != target}
        if row is None:
            _begin(tx, target, each, now_ms)
        elif is_held(row) or not whole:
            _add(tx, row, each, bool(moved), now_ms)
        else:
            _rearrange(tx, row, each, bool(moved), now_ms)
        for index in indices:
            made[index] = target
    for emptied, target in sorted(left.items()):
        if is_free(cases[emptied]) and not _has_members(tx, table, emptied):
            _merge(tx, cases[emptied], target, now_ms)
    return [case for case in made if case is not None]


def _by_case(assigned: Sequence[int | None]) -> list[list[int]]:
    """Return the indices of what is to be one case; what has none yet is a new one each."""
    groups: dict[int, list[int]] = {}
    alone = []
    for index, case in enumerate(assigned):
        if case is None:
            alone.append([index])
        else:
            groups.setdefault(case, []).append(index)
    return [*groups.values(), *alone]


def _joined(several: Sequence[Wanted]) -> Wanted:
    """What an operator has taken as one stays one, though it turned out to be several."""
    foremost = min(several, key=lambda each: (_urgency(each), each.began_ms))
    cancelled = [each.cancelled_ms for each in several if each.cancelled_ms is not None]
    return foremost._replace(
        members=tuple(member for each in several for member in each.members),
        began_ms=min(each.began_ms for each in several),
        latest_ms=max(each.latest_ms for each in several),
        test=all(each.test for each in several),
        cancelled_ms=max(cancelled) if len(cancelled) == len(several) else None,
        closes=foremost.closes if all(each.closes for each in several) else None,
        settles=any(each.settles for each in several),
        has_ended=all(each.closes for each in several) and any(each.has_ended for each in several),
    )


def _assigned(wanted: Sequence[Wanted], cases: Cases) -> list[int | None]:
    """Return the case of each: a held one first, then the oldest free one that no other has, None for a new one."""
    taken: set[int] = set()
    assigned: list[int | None] = []
    for each in wanted:
        now_in = sorted({case for _, case in each.members if case is not None})
        held = [case for case in now_in if is_held(cases[case])]
        free = [case for case in now_in if is_free(cases[case]) and case not in taken]
        chosen = next(iter(held or free), None)
        if chosen is not None:
            taken.add(chosen)
        assigned.append(chosen)
    return assigned


def _moves(now_in: int | None, target: int, cases: Cases) -> bool:
    return now_in != target and (now_in is None or is_free(cases[now_in]))


def _move(tx: Transaction, table: Table, members: list[int], case_id: int) -> None:
    if not members:
        return
    values: dict[str, Any] = {"case": case_id}
    if "handling" in table.c:
        values["handling"] = "case"
    tx.connection.execute(update(table).where(table.c.id.in_(members)).values(values))


def _has_members(tx: Transaction, table: Table, case_id: int) -> bool:
    return bool(tx.connection.scalar(select(exists().where(table.c.case == case_id))))


def _facts(each: Wanted) -> dict[str, Any]:
    return {
        **{"kind": each.kind, "category": each.category, "urgency": _urgency(each)},
        **{"began_ms": each.began_ms, "latest_ms": each.latest_ms},
        **{"test": each.test, "cancelled_ms": each.cancelled_ms, "summary": each.summary[:200]},
    }


def _urgency(each: Wanted) -> int:
    """A service task waits behind every fault, whatever it is about."""
    return URGENCY["service"] if each.kind == "service" else URGENCY[each.category]


def _open(tx: Transaction, site: int, each: Wanted, now_ms: int) -> int:
    row = {**_facts(each), "site": site, "state": "new", "opened_ms": now_ms, "follows": each.follows}
    case_id = int(tx.connection.execute(insert(alarm_case).returning(alarm_case.c.id), row).scalar_one())
    detail = {"summary": row["summary"], "category": each.category}
    log.write(tx, case_id, site, ACTOR, "opened", detail, now_ms)
    return case_id


def _begin(tx: Transaction, case_id: int, each: Wanted, now_ms: int) -> None:
    planning.begin(tx, case_id, now_ms)
    if each.cancelled_ms is not None:
        planning.cancelled(tx, case_id, now_ms)
    if each.closes is not None:
        planning.closed_by_itself(tx, case_id, each.closes, now_ms)


def _rearrange(tx: Transaction, row: Row[Any], each: Wanted, moved: bool, now_ms: int) -> None:
    """Bring a free case to exactly what is wanted."""
    facts = _facts(each)
    changed = {name: value for name, value in facts.items() if getattr(row, name) != value}
    reopened = row.closed_ms is not None and each.closes != row.outcome
    if reopened:
        changed |= {"state": "new", "closed_ms": None, "outcome": None}
        _reopen_tasks(tx, row.id)
        log.write(tx, row.id, row.site, ACTOR, "reopened", {"was": row.outcome}, now_ms)
    _update(tx, row, changed, moved, now_ms)
    if reopened or each.settles or changed.keys() & {"kind", "category", "test", "cancelled_ms"}:
        planning.recategorised(tx, row.id, now_ms)
    if "cancelled_ms" in changed and each.cancelled_ms is not None:
        planning.cancelled(tx, row.id, now_ms)
    if each.closes is not None and (reopened or row.closed_ms is None):
        planning.closed_by_itself(tx, row.id, each.closes, now_ms)


def _add(tx: Transaction, row: Row[Any], each: Wanted, moved: bool, now_ms: int) -> None:
    """Add to a case that somebody works on: it can become more urgent and longer, and nothing else."""
    facts: dict[str, Any] = {
        "began_ms": min(row.began_ms, each.began_ms),
        "latest_ms": max(row.latest_ms, each.latest_ms),
    }
    if _urgency(each) < row.urgency:
        facts |= {"category": each.category, "urgency": _urgency(each), "summary": each.summary[:200]}
        facts["test"] = row.test and each.test
    if each.cancelled_ms is not None and row.cancelled_ms is None:
        facts["cancelled_ms"] = each.cancelled_ms
    elif each.kind == "alarm" and each.cancelled_ms is None and row.cancelled_ms is not None:
        facts["cancelled_ms"] = None
    changed = {name: value for name, value in facts.items() if getattr(row, name) != value}
    _update(tx, row, changed, moved, now_ms)
    if "category" in changed or each.settles:
        planning.recategorised(tx, row.id, now_ms)
    if changed.get("cancelled_ms") is not None:
        planning.cancelled(tx, row.id, now_ms)
    if each.has_ended:
        log.write(tx, row.id, row.site, ACTOR, "restored", {}, now_ms)


def _update(tx: Transaction, row: Row[Any], changed: dict[str, Any], moved: bool, now_ms: int) -> None:
    if not changed and not moved:
        return
    values = {**changed, "version": alarm_case.c.version + 1}
    tx.connection.execute(update(alarm_case).where(alarm_case.c.id == row.id).values(values))
    told = {name: value for name, value in changed.items() if name in _TOLD}
    log.write(tx, row.id, row.site, ACTOR, "signals" if moved else "changed", told, now_ms)


def _reopen_tasks(tx: Transaction, case_id: int) -> None:
    """What the centre left out or did by itself when the case closed is to be done after all."""
    by_itself = update(case_task).where(case_task.c.case == case_id, case_task.c.done_by.in_([SYSTEM.name, ACTOR]))
    values = {"state": "open", "result": None, "done_by": None, "done_ms": None, "version": case_task.c.version + 1}
    tx.connection.execute(by_itself.values(values))


def _merge(tx: Transaction, row: Row[Any], target: int, now_ms: int) -> None:
    """Close a case of which nothing is left: all of it belongs to another."""
    if row.closed_ms is None or row.outcome != MERGED:
        values = {
            "state": "closed",
            "outcome": MERGED,
            "closed_ms": now_ms,
            "wake_ms": None,
            "version": row.version + 1,
        }
        tx.connection.execute(update(alarm_case).where(alarm_case.c.id == row.id).values(values))
        taskwork.drop_open(tx, row.id, SYSTEM.name, now_ms)
        log.write(tx, row.id, row.site, ACTOR, "merged", {"into": target}, now_ms)
