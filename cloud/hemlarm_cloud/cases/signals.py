"""What was committed becomes signals: each row exactly one, dated and ordered as well as is known by now."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, func, insert, select

from hemlarm_cloud.cases import lanes, meaning
from hemlarm_cloud.cases.categories import SERVICE, URGENCY, category
from hemlarm_cloud.homes import arming
from hemlarm_cloud.sites.register import ensure_transmitters
from hemlarm_cloud.store import presumed
from hemlarm_cloud.store.lines import path_of
from hemlarm_cloud.store.schema_cases import signal
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_protocol.contact_id import split

TEXT_MAX = 200

_CLOUD_QCODES = {
    "line-fault": meaning.SILENT_QCODE,
    "line-restored": meaning.HEARD_QCODE,
    "path-fault": 1350,
    "path-restored": 3350,
    presumed.ALERT_KIND: meaning.PRESUMED_QCODE,
}
"""Of the cloud's own alerts; any other one is for the record. A path's code is 1351 or 1352, by its number."""


class Signal(NamedTuple):
    """One signal as case work sees it: the columns of the table but for those that only people read."""

    id: int
    origin: str
    transmitter: str
    site: int
    qcode: int
    category: str
    area: int
    zone: int
    dated_ms: int
    order_key: str
    handling: str
    case: int | None
    received_ms: int

    @property
    def role(self) -> str:
        """What it asks of case work, see `meaning`."""
        return meaning.role(self.qcode, self.origin)

    @property
    def order(self) -> tuple[int, str, str]:
        """Its place among all signals of a site: total, and the same whatever order they came in."""
        return self.dated_ms, self.transmitter, self.order_key


COLUMNS = tuple(signal.c[name] for name in Signal._fields)


def query() -> Select[Any]:
    """Return a SELECT whose rows `read` understands."""
    return select(*COLUMNS)


def read(rows: Iterable[Row[Any]]) -> list[Signal]:
    """Return the signals of such rows."""
    return [Signal._make(row) for row in rows]


def store(tx: Transaction, taken: lanes.Taken, now_ms: int) -> list[Signal]:
    """Store the signals of what left a lane, in the order in which it was committed. All are records for now."""
    before = int(tx.connection.scalar(select(func.max(signal.c.id))) or 0)
    values = _MAKERS[taken.lane](tx, taken.rows)
    # Foreign transmitters are registered before anything of theirs is taken; panels may not be.
    sites = ensure_transmitters(tx, [value["transmitter"] for value in values], "hemlarm", now_ms)
    for value in values:
        value["site"] = sites[value["transmitter"]]
        value["category"] = about = _category(value["qcode"])
        value["urgency"] = URGENCY[about] if split(value["qcode"])[0] == 1 else URGENCY[SERVICE]
        value["handling"] = meaning.RECORD
    tx.connection.execute(insert(signal), values)
    arming.follow(tx, values)
    stored = read(tx.connection.execute(query().where(signal.c.id > before).order_by(signal.c.id)))
    assert len(stored) == len(taken.rows), "every row of a lane is one signal"
    return stored


def _category(qcode: int) -> str:
    """As `categories.category`, but for what declares numbers void, which is about nothing."""
    return category(qcode) if split(qcode)[1] >= 100 else SERVICE


def _from_events(_tx: Transaction, rows: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    return [
        {
            **_base(meaning.PANEL, row.id, row.panel, row.dated_ms, f"{row.kid.hex()}-{row.number:019d}"),
            **{"qcode": row.qcode, "area": row.area, "zone": row.zone, "user": row.user, "text": _result(row)},
            "received_ms": row.received_ms,
        }
        for row in rows
    ]


def _result(row: Row[Any]) -> str:
    """What a yearly test came to, which its detail tells."""
    if row.qcode != meaning.TEST_ENDED_QCODE:
        return ""
    return "passed" if row.detail == 1 else "not passed"


def _from_foreign(_tx: Transaction, rows: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    return [
        {
            **_base(meaning.FOREIGN, row.id, row.transmitter, _happened_ms(row), f"f{row.id:019d}"),
            **{"qcode": row.qcode, "area": row.area, "zone": row.zone, "user": row.user, "text": row.text[:TEXT_MAX]},
            "received_ms": row.received_ms,
        }
        for row in rows
    ]


CLOCK_SLACK_MS = 24 * meaning.HOUR_MS
"""A foreign transmitter's clock that is further off says nothing: its signals are dated by their arrival."""


def _happened_ms(row: Row[Any]) -> int:
    happened_ms = row.happened_ms
    if happened_ms is None or abs(happened_ms - row.received_ms) > CLOCK_SLACK_MS:
        return int(row.received_ms)
    return int(happened_ms)


def _from_alerts(tx: Transaction, rows: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    return [
        {
            **_base(meaning.CLOUD, row.id, row.panel, row.at_ms, f"c{row.id:019d}"),
            **{"qcode": _CLOUD_QCODES.get(row.kind, 0), "area": 0, "zone": 0, "user": 0, "text": row.detail[:TEXT_MAX]},
            "received_ms": row.at_ms,
            **_found_out(tx, row),
        }
        for row in rows
    ]


def _found_out(tx: Transaction, alert: Row[Any]) -> dict[str, Any]:
    """What the alert's own row does not tell: of a path which one, of a presumed alarm where and when it began."""
    if alert.kind in ("path-fault", "path-restored"):
        path = path_of(alert.detail)
        return {"qcode": _CLOUD_QCODES[alert.kind] + (path if path in (1, 2) else 0), "zone": path}
    if alert.kind != presumed.ALERT_KIND:
        return {}
    for delay in tx.raised_at(alert.panel, alert.at_ms):
        if presumed.alert_text(delay) == alert.detail:
            date = tx.date(delay.panel, delay.kid, delay.number)
            return {"area": delay.area, "zone": delay.zone, "dated_ms": date[0] if date else alert.at_ms}
    return {}


def _base(origin: str, origin_id: int, transmitter: str, dated_ms: int, order_key: str) -> dict[str, Any]:
    return {
        **{"origin": origin, "origin_id": origin_id, "transmitter": transmitter},
        **{"dated_ms": dated_ms, "order_key": order_key},
    }


_MAKERS = {
    lanes.URGENT: _from_events,
    lanes.EVENTS: _from_events,
    lanes.ALERTS: _from_alerts,
    lanes.FOREIGN: _from_foreign,
}
