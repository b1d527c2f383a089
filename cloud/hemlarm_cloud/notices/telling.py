"""Tells the people of a home what happens there, as they chose: each signal is looked at once, in the commits' order.

The position moves in the transaction that puts the notices, so whatever ends the process, nothing is told twice and
nothing is left out.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from hemlarm_cloud.cases import meaning
from hemlarm_cloud.errors import InvalidError
from hemlarm_cloud.notices import choices, happenings, outbox
from hemlarm_cloud.notices.choices import ALARM, Reached
from hemlarm_cloud.notices.happenings import Happening, Place
from hemlarm_cloud.notices.outbox import SUBJECT_MAX, TEXT_MAX, Channel
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema import event
from hemlarm_cloud.store.schema_access import notice_choice
from hemlarm_cloud.store.schema_cases import alarm_case, lane, signal
from hemlarm_cloud.store.schema_centre import notice
from hemlarm_cloud.store.schema_sites import panel_user, person, site, zone_name
from hemlarm_cloud.store.transaction import Transaction

LANE = "notices"

AT_MOST = 200
"""Signals of one transaction."""

GROUPS_MAX = 20
"""Transactions of one call, so that the other steps get their turn."""

A_DAY_MAX: dict[Channel, int] = {"sms": 20, "mail": 60, "push": 200, "apps": 200}
"""Notices to one recipient about one site in 24 hours: a loose cable is no reason for a thousand SMS. Of alarms twice
as many are sent, for these come from people and not from cables.
"""

_DAY_MS = 86_400_000

_log = logging.getLogger(__name__)


def step(store: Store, now_ms: int) -> int | None:
    """Tell of what is new. Returns `now_ms` where more waits, and None where nothing does."""
    for _ in range(GROUPS_MAX):
        with store.read() as reading:
            if not _waits(reading):
                return None
        with store.begin() as tx:
            rows = _take(tx)
            tell(tx, rows, now_ms)
    return now_ms


def _position(reading: Queries) -> int | None:
    return reading.connection.scalar(select(lane.c.position).where(lane.c.name == LANE))


def _waits(reading: Queries) -> bool:
    newest = reading.connection.scalar(select(func.max(signal.c.id))) or 0
    return newest > (_position(reading) or 0)


def _take(tx: Transaction) -> Sequence[Row[Any]]:
    """Return the next signals with what their cases and events add, and move on behind them."""
    known = _position(tx)
    columns = (signal, alarm_case.c.category.label("case_category"), alarm_case.c.test, event.c.source)
    joined = signal.outerjoin(alarm_case, alarm_case.c.id == signal.c.case)
    joined = joined.outerjoin(event, (event.c.id == signal.c.origin_id) & (signal.c.origin == meaning.PANEL))
    query = select(*columns).select_from(joined).where(signal.c.id > (known or 0))
    rows = tx.connection.execute(query.order_by(signal.c.id).limit(AT_MOST)).all()
    if rows and known is None:
        tx.connection.execute(insert(lane).values(name=LANE, position=rows[-1].id))
    elif rows:
        tx.connection.execute(update(lane).where(lane.c.name == LANE).values(position=rows[-1].id))
    return rows


def tell(tx: Transaction, rows: Sequence[Row[Any]], now_ms: int) -> None:
    """Put the notices of these signals, which `_take` returned."""
    sites = sorted({row.site for row in rows})
    wanted = set(tx.connection.scalars(select(notice_choice.c.site).where(notice_choice.c.site.in_(sites)).distinct()))
    for site_id in sorted(wanted):
        _tell_of_site(tx, site_id, [row for row in rows if row.site == site_id], now_ms)


def _tell_of_site(tx: Transaction, site_id: int, rows: Sequence[Row[Any]], now_ms: int) -> None:
    found = tx.connection.execute(select(site).where(site.c.id == site_id)).one()
    if found.customer is None or (found.ended_ms is not None and found.ended_ms <= now_ms):
        return
    told = choices.to_tell(tx, site_id, found.customer, now_ms)
    people = _names(tx, select(panel_user.c.transmitter, panel_user.c.user, person.c.name).join(person), rows)
    zones = _names(tx, select(zone_name.c.transmitter, zone_name.c.zone, zone_name.c.name), rows)
    where = Place(site_id, found.name, found.time_zone)
    for row in rows:
        happening = _happening(row, people, zones)
        kind = happenings.kind(happening, now_ms)
        for channel in outbox.CHANNELS if kind else ():
            for reached in told.get((kind or "", channel), ()):
                _put(tx, row.id, happening, where, reached, channel, 2 if kind == ALARM else 1, now_ms)


def _names(tx: Transaction, query: Any, rows: Sequence[Row[Any]]) -> dict[tuple[str, int], str]:
    """Return names of users or zones, by transmitter and number."""
    transmitter = query.selected_columns[0]
    found = tx.connection.execute(query.where(transmitter.in_({row.transmitter for row in rows})))
    return {(of, number): name for of, number, name in found}


def _happening(row: Row[Any], people: Mapping[tuple[str, int], str], zones: Mapping[tuple[str, int], str]) -> Happening:
    return Happening(
        qcode=row.qcode,
        category=row.category,
        origin=row.origin,
        area=row.area,
        zone=row.zone,
        dated_ms=row.dated_ms,
        received_ms=row.received_ms,
        covered=row.handling == "service",
        test=bool(row.test),
        case=row.case,
        case_category=row.case_category,
        who=people.get((row.transmitter, row.user), "") if row.user else "",
        user=row.user,
        source=row.source or 0,
        zone_name=zones.get((row.transmitter, row.zone), "") if row.zone else "",
    )


def _put(
    tx: Transaction,
    signal_id: int,
    happening: Happening,
    where: Place,
    reached: Reached,
    channel: Channel,
    share: int,
    now_ms: int,
) -> None:
    text = happenings.compose(happening, where, reached.language, now_ms)
    thread = happenings.thread(happening, signal_id, channel == "sms")
    for recipient in reached.recipients[channel]:
        if _of_today(tx, recipient, where.id, now_ms) >= share * A_DAY_MAX[channel]:
            continue
        key = f"tell:{thread}:{reached.account}:{channel}:{recipient.rpartition('#')[2] if '#' in recipient else ''}"
        body = text.body[: TEXT_MAX[channel]]
        try:
            outbox.put(tx, key, channel, recipient, text.subject[:SUBJECT_MAX], body, now_ms, where.id, happening.case)
        except InvalidError as error:
            # One name that no text can hold must not keep all others from being told.
            _log.error("nobody is told of signal %d by %s: %s", signal_id, channel, error)


def _of_today(tx: Transaction, recipient: str, site_id: int, now_ms: int) -> int:
    query = select(func.count()).select_from(notice)
    of_it = (notice.c.site == site_id, notice.c.recipient == recipient, notice.c.created_ms > now_ms - _DAY_MS)
    return int(tx.connection.scalar(query.where(*of_it)) or 0)
