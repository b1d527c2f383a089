"""A walk test as it goes: which zones have shown that they work since it began. Reads what the panel reported."""

from typing import Any, NamedTuple

from sqlalchemy import select

from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_cases import signal
from hemlarm_protocol import cbor

BEGUN, ENDED, TESTED, NOT_TESTED = 1607, 3607, 1611, 1612

_SIGNALS_MAX = 1_000
"""More than a panel's 64 zones report in several walks."""

_NOT_WALKED = ("tamper",)
"""Types of zones that nobody sets off by walking past."""


class WalkedZone(NamedTuple):
    """A zone, and when it was last seen to work in this walk; None while it was not."""

    number: int
    name: str
    type: str
    sensor: str
    radio: bool
    tested_ms: int | None


class Walk(NamedTuple):
    """The last walk test of a panel: when it began and ended, and its zones. All None before the first one."""

    began_ms: int | None
    ended_ms: int | None
    zones: list[WalkedZone]

    @property
    def running(self) -> bool:
        """Whether somebody walks now."""
        return self.began_ms is not None and self.ended_ms is None

    @property
    def tested(self) -> int:
        """How many zones have shown that they work."""
        return sum(zone.tested_ms is not None for zone in self.zones)


def last(reading: Queries, panel: str) -> Walk:
    """Return the newest walk test of a panel, with the zones of its configuration as last told."""
    zones = zones_of(reading, panel)
    columns = (signal.c.qcode, signal.c.zone, signal.c.dated_ms)
    kinds = signal.c.qcode.in_((BEGUN, ENDED, TESTED, NOT_TESTED))
    query = select(*columns).where(signal.c.transmitter == panel, kinds)
    newest = query.order_by(signal.c.dated_ms.desc(), signal.c.order_key.desc()).limit(_SIGNALS_MAX)
    began_ms: int | None = None
    ended_ms: int | None = None
    tested: dict[int, int] = {}
    for row in reading.connection.execute(newest):
        if row.qcode == BEGUN:
            began_ms = row.dated_ms
            break
        if row.qcode == ENDED and ended_ms is None:
            ended_ms = row.dated_ms
        elif row.qcode == TESTED:
            tested.setdefault(row.zone, row.dated_ms)
    if began_ms is None:
        return Walk(None, None, [_walked(zone, {}) for zone in zones])
    return Walk(began_ms, ended_ms, [_walked(zone, tested) for zone in zones])


def zones_of(reading: Queries, panel: str) -> list[dict[str, Any]]:
    """Return the zones of a panel's configuration as last told, those that a walk can try; none before that."""
    return [zone for zone in configuration_of(reading, panel).get("zones", []) if zone.get("type") not in _NOT_WALKED]


def configuration_of(reading: Queries, panel: str) -> dict[str, Any]:
    """Return a panel's configuration as last told, without its secrets; empty before that."""
    stored = reading.configuration(panel)
    if stored is None or stored.document is None:
        return {}
    document: Any = cbor.decode(stored.document)
    return dict(document)


def _walked(zone: dict[str, Any], tested: dict[int, int]) -> WalkedZone:
    number = zone["number"]
    return WalkedZone(
        number, zone.get("name", ""), zone["type"], zone.get("sensor", ""), "radio" in zone, tested.get(number)
    )
