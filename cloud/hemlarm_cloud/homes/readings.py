"""What a home's sensors, plugs and locks read, and only while that is known to be so now.

A panel tells its readings over IP alone: the mobile network would be paid for with its battery. So what it told holds
while its session runs over IP and is heard; otherwise there is a reason, and no old value.
"""

from typing import Any, Literal, NamedTuple

from sqlalchemy import func, select

from hemlarm_cloud.actor import Actor
from hemlarm_cloud.homes import naming, panels
from hemlarm_cloud.homes.panels import HEMLARM, Home
from hemlarm_cloud.store import schema
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_cases import signal
from hemlarm_cloud.store.schema_homes import panel_reading
from hemlarm_protocol import household
from hemlarm_protocol.path_names import IP

TEMPERATURE, PLUG, LOCK = household.TEMPERATURE, household.PLUG, household.LOCK

Why = Literal["", "mobile", "no-contact", "nothing"]
"""Why nothing can be shown: the alarm is on the mobile network, there is no contact, or there is nothing to read."""

KEPT_MS = 600_000
"""How old the store's note of when a panel was heard may be beyond its level: `ingest.line_keeping` renews it so often;
of levels longer than 80 minutes every eighth."""

MOBILE_QCODE, IP_QCODE = 1350, 3350
"""The session goes over the mobile network from now on, and over IP again."""

_LOOK_BACK_MS = 7 * 86_400_000
"""How far back the last change of path is looked for; the panel's own reports of its paths reach further."""


class Reading(NamedTuple):
    """One thing that is measured or switched. `value` is None where it has not been told since contact was regained.

    A temperature is in tenths of a degree C, a plug 0 or 1, a lock one of `household`'s LOCKED and so on.
    """

    panel: str
    kind: int
    number: int
    name: str
    value: int | None
    told_ms: int | None


class Readings(NamedTuple):
    """A site's readings. Where they are not `available`, `why` says so and the items have no values."""

    available: bool
    why: Why
    items: list[Reading]


def reading(reading: Queries, actor: Actor, site_id: int, now_ms: int) -> Readings:
    """Return what can be read at a site now, by panel, kind and number. Raises NotFoundError."""
    items: list[Reading] = []
    reasons: list[Why] = []
    for home in panels.of_site(reading, actor, site_id):
        there = _known(reading, home) if home.kind == HEMLARM else []
        if not there:
            continue
        why = contact(reading, home, now_ms)
        since_ms = _since_ms(reading, home, now_ms) if not why else now_ms
        reasons.append(why)
        items += [each if not why and (each.told_ms or 0) > since_ms else _unknown(each) for each in there]
    if not items:
        return Readings(False, "nothing", [])
    why = next((each for each in reasons if each), "")
    available = any(not each for each in reasons)
    return Readings(available, "" if available else why, items)


def contact(reading: Queries, home: Home, now_ms: int) -> Why:
    """Return why nothing is known of a panel now, or "" while its session runs over IP and is heard."""
    if home.revoked or _lasting(reading, home.id, (0,)):
        return "no-contact"
    heard = {row.path: row.heard_ms for row in reading.connection.execute(_heard(home.id))}
    allowed_ms = home.link_level_s * 1000 + max(KEPT_MS, home.link_level_s * 1000 // 8)
    if not heard or now_ms - max(heard.values()) > allowed_ms:
        return "no-contact"
    if _lasting(reading, home.id, (IP,)) or _is_mobile(reading, home.id, now_ms):
        return "mobile"
    return "" if IP in heard else "mobile"


def _known(reading: Queries, home: Home) -> list[Reading]:
    """All that the panel has, and all that it told of: what it has and did not tell is shown without a value."""
    table = panel_reading
    query = select(table).where(table.c.panel == home.id, table.c.kind.in_((TEMPERATURE, PLUG, LOCK)))
    told = {(row.kind, row.number): row for row in reading.connection.execute(query.limit(household.READINGS_MAX * 3))}
    zones, outputs = naming.zones(reading, home), naming.outputs(home)
    measuring = {(TEMPERATURE, zone["number"]) for zone in home.zones if zone.get("type") == "temperature"}
    switching = {(_KINDS[each["kind"]], each["number"]) for each in home.outputs if each.get("kind") in _KINDS}
    # A thing that was taken out of the configuration is not there any more, whatever it told before.
    there = measuring | switching if home.revision is not None else set(told)
    there |= {key for key in told if key[0] == TEMPERATURE and key[1] in {zone["number"] for zone in home.zones}}
    found = []
    for kind, number in sorted(there):
        row = told.get((kind, number))
        name = (zones if kind == TEMPERATURE else outputs).get(number, "")
        value = None if row is None else _value(kind, row.value)
        found.append(Reading(home.id, kind, number, name, value, None if row is None else row.told_ms))
    return found


_KINDS = {"plug": PLUG, "lock": LOCK}


def _value(kind: int, told: int) -> int:
    return told - household.TEMPERATURE_ZERO if kind == TEMPERATURE else told


def _unknown(each: Reading) -> Reading:
    return each._replace(value=None, told_ms=None)


def _heard(panel: str) -> Any:
    return select(schema.path_heard.c.path, schema.path_heard.c.heard_ms).where(schema.path_heard.c.panel == panel)


def _lasting(reading: Queries, panel: str, paths: tuple[int, ...]) -> bool:
    fault = schema.line_fault
    query = select(fault.c.path).where(fault.c.panel == panel, fault.c.ended_ms.is_(None), fault.c.path.in_(paths))
    return reading.connection.scalar(query.limit(1)) is not None


def _is_mobile(reading: Queries, panel: str, now_ms: int) -> bool:
    """Whether the panel last said that its session goes over the mobile network, or that IP is down."""
    row = _path_change(reading, panel, (MOBILE_QCODE, IP_QCODE), now_ms)
    if row is not None:
        return bool(row.qcode == MOBILE_QCODE)
    report = schema.path_report
    up = reading.connection.scalar(select(report.c.up).where(report.c.panel == panel, report.c.path == IP))
    return up == 0


def _since_ms(reading: Queries, home: Home, now_ms: int) -> int:
    """Return when the last time without readings began: what was told before it has not been confirmed since."""
    mobile = _path_change(reading, home.id, (MOBILE_QCODE,), now_ms)
    fault = schema.line_fault
    silent = select(func.max(fault.c.began_ms)).where(fault.c.panel == home.id, fault.c.path.in_((0, IP)))
    return max(mobile.received_ms if mobile else -1, reading.connection.scalar(silent) or -1)


def _path_change(reading: Queries, panel: str, qcodes: tuple[int, ...], now_ms: int) -> Any:
    query = (
        select(signal.c.qcode, signal.c.received_ms)
        .where(signal.c.transmitter == panel, signal.c.dated_ms > now_ms - _LOOK_BACK_MS, signal.c.origin == "panel")
        .where(signal.c.qcode.in_(qcodes))
        .order_by(signal.c.dated_ms.desc(), signal.c.order_key.desc())
    )
    return reading.connection.execute(query.limit(1)).one_or_none()
