"""Sends each standing order's report once for each month that has ended, whatever crashes and restarts come between.

The mail is put into the outbox in the transaction that notes the month as sent. A month that was missed is caught up
with, oldest first.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Row, select, update

from hemlarm_cloud.actor import Actor, Role
from hemlarm_cloud.errors import CentreError, InvalidError
from hemlarm_cloud.notices import outbox
from hemlarm_cloud.reports import catalogue, orders, subjects
from hemlarm_cloud.reports.model import Report
from hemlarm_cloud.reports.periods import local, month, month_after, month_at, month_before
from hemlarm_cloud.reports.subjects import Subject
from hemlarm_cloud.reports.words import Words
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_centre import report_order

ACTOR = Actor("system:reports", Role.SUPERVISOR)

SENT_FROM_HOUR = 6
"""On the first day of the month after, by the clocks there: what happened at night has come in by then."""

REPORTS_AT_ONCE = 1
"""Made by one call of `step`, which then asks to be called again at once: more urgent work comes in between. The
largest takes about half a second.
"""

_HOUR_MS = 3_600_000
_EASTERNMOST_MS = 14 * _HOUR_MS
"""No clock is further ahead of UTC, so none is in a later month."""
_PAGE = 200
_SUBJECT_MAX = 120


class _Mail(NamedTuple):
    report: Report
    content: bytes
    name: str


def step(store: Store, now_ms: int) -> int | None:
    """Send what is due, and return when to look again, in milliseconds since 1970."""
    made = 0
    for row in _waiting(store, now_ms):
        if made == REPORTS_AT_ONCE:
            return now_ms
        made += _send_if_due(store, row, now_ms)
    return now_ms if made else now_ms + _HOUR_MS


def _waiting(store: Store, now_ms: int) -> Iterator[Row[Any]]:
    """Orders whose last month is not the one that ended last, anywhere on earth."""
    table, after = report_order, 0
    newest = month_before(month_at(now_ms + _EASTERNMOST_MS, ZoneInfo("UTC")))
    while True:
        query = select(table).where(table.c.ended_ms.is_(None), table.c.last_month < newest, table.c.id > after)
        with store.read() as reading:
            rows: Sequence[Row[Any]] = reading.connection.execute(query.order_by(table.c.id).limit(_PAGE)).all()
        yield from rows
        if len(rows) < _PAGE:
            return
        after = rows[-1].id


def _send_if_due(store: Store, row: Row[Any], now_ms: int) -> bool:
    """Send an order's next month if that has ended. What takes long is done before the transaction that writes."""
    try:
        with store.read() as reading:
            subject = subjects.find(reading, ACTOR, orders.about_of(row), now_ms)
            wanted = month_after(row.last_month)
            if not _is_over(wanted, subject.zone, now_ms):
                return False
            mail = _made(_report(reading, row, subject, wanted, now_ms), row.form)
    except CentreError as error:
        return _give_up(store, row, str(error), now_ms)
    if _owner(subject) != row.customer:
        return _give_up(store, row, "what it is about belongs to another customer now", now_ms)
    return _put(store, row, mail, wanted, now_ms)


def _report(reading: Queries, row: Row[Any], subject: Subject, wanted: str, now_ms: int) -> Report:
    """The report of a month, or of how things are now where it is about no period."""
    period = wanted if catalogue.needs_period(row.report) else None
    return catalogue.of(reading, row.report, subject, period, row.language, now_ms)


def _made(report: Report, form: catalogue.Form) -> _Mail:
    return _Mail(report, catalogue.rendered(report, form), catalogue.file_name(report, form))


def _put(store: Store, row: Row[Any], mail: _Mail, wanted: str, now_ms: int) -> bool:
    words = Words(mail.report.language, mail.report.zone)
    told = {"code": mail.report.code, "title": mail.report.title, "period": wanted, "subject": mail.report.subject}
    with store.begin() as tx:
        table = report_order
        change = update(table).where(table.c.id == row.id, table.c.last_month == row.last_month)
        if tx.connection.execute(change.where(table.c.ended_ms.is_(None)).values(last_month=wanted)).rowcount == 0:
            return False
        try:
            outbox.put(
                tx,
                f"report:{row.id}:{wanted}",
                "mail",
                row.recipient,
                words.text("mail-subject", **told)[:_SUBJECT_MAX],
                words.text("mail-text", sender=words.text("sender"), **told),
                now_ms,
                site=row.site,
                attachment=mail.content,
                attachment_name=mail.name,
            )
        except InvalidError as error:
            orders.close(tx, ACTOR, row, str(error), now_ms)
    return True


def _give_up(store: Store, row: Row[Any], why: str, now_ms: int) -> bool:
    with store.begin() as tx:
        orders.close(tx, ACTOR, row, why, now_ms)
    return True


def _is_over(wanted: str, zone: ZoneInfo, now_ms: int) -> bool:
    ended_ms = month(wanted, zone).until_ms
    at = local(now_ms, zone)
    first_morning = month_at(now_ms, zone) == month_after(wanted) and at.day == 1 and at.hour < SENT_FROM_HOUR
    return now_ms >= ended_ms and not first_morning


def _owner(subject: Subject) -> int | None:
    return None if subject.customer is None else subject.customer.id
