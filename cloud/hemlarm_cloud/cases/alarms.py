"""Alarms of a site and the cases they are in: what is new is looked at together with what is near to it."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, or_

from hemlarm_cloud.cases import case_rows, meaning, restores, signals
from hemlarm_cloud.cases.case_rows import CANCELLED, Cases, Wanted
from hemlarm_cloud.cases.categories import ALARMS
from hemlarm_cloud.cases.grouping import LINKED_MS, TEST_MAX_MS, Incident, cancels, incidents
from hemlarm_cloud.cases.signals import Signal
from hemlarm_cloud.store.schema_cases import signal
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_protocol.contact_id_names import describe

ROLES = (
    *(meaning.ALARM, meaning.ALARM_ENDED, meaning.CANCEL),
    *(meaning.DISARM, meaning.TEST_BEGUN, meaning.TEST_ENDED),
)
"""Of the signals that can change what alarms belong together."""

NEAR_MAX = 1000
"""Signals looked at together. More than this of one incident is a panel gone mad: then its case only grows."""

_ROUNDS_MAX = 8
_CONFIRMED_QCODE = 1139

_is_alarm = and_(signal.c.qcode.between(1000, 1999), signal.c.category.in_(ALARMS))
_OTHERS = (meaning.CANCEL_QCODE, meaning.DISARM_QCODE)
_TESTS = (meaning.TEST_BEGUN_QCODE, meaning.TEST_ENDED_QCODE)
_NOT_SERVICE = signal.c.handling.in_(["case", "record"])


class _Near(NamedTuple):
    """The signals around what is new, their cases, and whether that is all of them."""

    signals: list[Signal]
    cases: Cases
    whole: bool


def take(tx: Transaction, site: int, new: Sequence[Signal], now_ms: int) -> None:
    """Bring the cases of one site to what its signals tell, `new` ones of which have just been stored."""
    grouped = [each for each in new if each.role != meaning.ALARM_ENDED]
    touched: set[restores.Key] = {restores.key(each) for each in new if each.role == meaning.ALARM_ENDED}
    if grouped:
        near = _near(tx, site, grouped)
        live = [each for each in near.signals if each.case is None or not case_rows.is_done(near.cases[each.case])]
        found = incidents(live)
        wanted = [_wanted(each, near) for each in found]
        live_cases = {case: row for case, row in near.cases.items() if not case_rows.is_done(row)}
        made = case_rows.reconcile(tx, site, wanted, live_cases, signal, now_ms, near.whole)
        touched |= _moved(found, made)
        _add_to_done(tx, near, {each.id for incident in found for each in incident.members}, grouped, now_ms)
    restores.attach(tx, site, touched, min(each.dated_ms for each in new), now_ms)


def _near(tx: Transaction, site: int, new: Sequence[Signal]) -> _Near:
    """Return what may belong together with what is new: everything that is linked with it, directly or by others."""
    from_ms, until_ms = _spans(new)
    found: list[Signal] = []
    cases: Cases = {}
    for _ in range(_ROUNDS_MAX):
        found = _between(tx, site, from_ms, until_ms)
        cases = case_rows.load(tx, (each.case for each in found))
        marks = [each.dated_ms for each in found if each.role == meaning.ALARM]
        live = [row for row in cases.values() if not case_rows.is_done(row)]
        marks += [row.began_ms for row in live] + [row.latest_ms for row in live]
        wider = (min([from_ms, *(m - LINKED_MS for m in marks)]), max([until_ms, *(m + LINKED_MS for m in marks)]))
        if wider == (from_ms, until_ms) or len(found) >= NEAR_MAX:
            break
        from_ms, until_ms = wider
    whole = len(found) < NEAR_MAX
    return _Near(found + _tests(tx, site, from_ms, until_ms), cases, whole)


def _spans(new: Iterable[Signal]) -> tuple[int, int]:
    """Return from when to when an alarm may be that what is new has to do with."""
    reach = {
        meaning.TEST_BEGUN: (0, TEST_MAX_MS),
        meaning.TEST_ENDED: (TEST_MAX_MS, 0),
        meaning.CANCEL: (LINKED_MS, 0),
        meaning.DISARM: (LINKED_MS, 0),
    }
    spans = [(each.dated_ms, *reach.get(each.role, (LINKED_MS, LINKED_MS))) for each in new]
    return min(at - before for at, before, _ in spans), max(at + after for at, _, after in spans)


def _between(tx: Transaction, site: int, from_ms: int, until_ms: int) -> list[Signal]:
    return _query(tx, site, from_ms, until_ms, or_(_is_alarm, signal.c.qcode.in_(_OTHERS)))


def _tests(tx: Transaction, site: int, from_ms: int, until_ms: int) -> list[Signal]:
    return _query(tx, site, from_ms - TEST_MAX_MS, until_ms + TEST_MAX_MS, signal.c.qcode.in_(_TESTS))


def _query(tx: Transaction, site: int, from_ms: int, until_ms: int, which: ColumnElement[bool]) -> list[Signal]:
    query = signals.query().where(signal.c.site == site, signal.c.dated_ms.between(from_ms, until_ms))
    newest = query.where(which, _NOT_SERVICE).order_by(signal.c.dated_ms.desc(), signal.c.id.desc()).limit(NEAR_MAX)
    return signals.read(tx.connection.execute(newest))


def _wanted(each: Incident, near: _Near) -> Wanted:
    foremost = each.foremost
    return Wanted(
        tuple((member.id, member.case) for member in each.members),
        "alarm",
        foremost.category,
        each.alarms[0].dated_ms,
        each.alarms[-1].dated_ms,
        summary(foremost),
        test=each.test,
        cancelled_ms=each.cancelled_ms,
        closes=CANCELLED if each.closes else None,
        follows=_follows(each, near),
        settles=any(alarm.case is None and alarm.qcode == _CONFIRMED_QCODE for alarm in each.alarms),
    )


def summary(each: Signal) -> str:
    """What a case is about, in a few words."""
    presumed = " presumed: the panel fell silent in its entry delay" if each.origin == meaning.CLOUD else ""
    return describe(each.qcode) + presumed + (f", zone {each.zone}" if each.zone else "")


def _follows(each: Incident, near: _Near) -> int | None:
    """Return the case that people had closed, of which this goes on."""
    from_ms, until_ms = each.alarms[0].dated_ms - LINKED_MS, each.alarms[-1].dated_ms + LINKED_MS
    closed = [
        row.id
        for row in near.cases.values()
        if case_rows.is_done(row) and row.began_ms <= until_ms and row.latest_ms >= from_ms
    ]
    return max(closed, default=None)


def _moved(found: Sequence[Incident], made: Sequence[int]) -> set[restores.Key]:
    """Return the keys of the alarms whose case is another than before."""
    return {
        restores.key(alarm)
        for incident, case in zip(found, made, strict=True)
        for alarm in incident.alarms
        if alarm.case != case
    }


def _add_to_done(tx: Transaction, near: _Near, placed: set[int], new: Sequence[Signal], now_ms: int) -> None:
    """A cancel that comes after people have closed the case belongs to it all the same."""
    done = [each for each in near.signals if each.case is not None and case_rows.is_done(near.cases[each.case])]
    for cancel in new:
        if cancel.id in placed or cancel.role != meaning.CANCEL:
            continue
        meant = [
            alarm.case
            for alarm in done
            if alarm.role == meaning.ALARM and cancels(cancel, alarm) and alarm.order < cancel.order
        ]
        if meant:
            restores.put(tx, [cancel], max(filter(None, meant)), now_ms)
