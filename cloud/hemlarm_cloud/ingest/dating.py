"""Dates for events: by the panel's clock where the session agrees, by the session where it does not."""

from hemlarm_cloud.ingest.moment import Moment
from hemlarm_cloud.ingest.served_panels import ServedPanel
from hemlarm_cloud.store import BootTime, Event
from hemlarm_cloud.store.dating import CLOCK_SLACK_MS, DRIFT, UPTIME_MS_MAX
from hemlarm_cloud.store.transaction import Transaction


def dated(tx: Transaction, row: Event, served: ServedPanel, now: Moment) -> Event:
    """Return an event that is no void record with its date. What stays an estimate is left for `date_what_is_left`."""
    told = _told(tx, row, served, now) if row.uptime_ms <= UPTIME_MS_MAX else None
    panel_ms = row.panel_time_ms
    if told is None:
        if panel_ms is not None and panel_ms <= row.received_ms + CLOCK_SLACK_MS:
            return row._replace(dated_ms=panel_ms, dating="panel")
        served.undated.add(row.kid)
        return row
    session_ms = told[0] + row.uptime_ms
    slack_ms = CLOCK_SLACK_MS + abs(told[1] - row.uptime_ms) // DRIFT
    if panel_ms is not None and abs(panel_ms - session_ms) <= slack_ms:
        return row._replace(dated_ms=panel_ms, dating="panel")
    return row._replace(dated_ms=session_ms, dating="session")


def _told(tx: Transaction, row: Event, served: ServedPanel, now: Moment) -> tuple[int, int] | None:
    told = served.boots.told(row.kid, row.boot, now)
    if told is None:
        stored = tx.boot_time(row.panel, row.kid, row.boot)
        told = (stored.epoch_ms, stored.uptime_ms) if stored else None
    return told


def tell_boots(tx: Transaction, panel: str, served: ServedPanel, now: Moment) -> None:
    """Store when the panel's boots began, and date their events anew where that was not known, or wrong."""
    for boot in served.boots.news(now):
        for kid in boot.kids:
            before = tx.boot_time(panel, kid, boot.number)
            corrected_ms = boot.correction_ms(before, now) if before else None
            told = BootTime(panel, kid, boot.number, boot.epoch_ms(now), boot.uptime_ms)
            tx.keep_boot_time(told)
            if corrected_ms != 0:
                tx.date_boot(told, corrected_ms)
                served.undated.add(kid)


def date_what_is_left(tx: Transaction, panel: str, served: ServedPanel) -> None:
    """Estimate the dates that no session tells, from what is known by now of the events around them."""
    for kid in served.undated:
        tx.date_between(panel, kid)
