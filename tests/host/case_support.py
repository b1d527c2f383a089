"""Events as the ingest commits them, and what case work makes of them, as the tests of case work look at it."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Row, insert, select, update

from hemlarm_cloud.cases import conditions, work
from hemlarm_cloud.handling import taskwork
from hemlarm_cloud.sites.register import ensure_transmitters
from hemlarm_cloud.store import Event, Panel, Store
from hemlarm_cloud.store.schema_cases import alarm_case, case_log, case_task, condition, signal
from hemlarm_cloud.store.schema_sites import site, transmitter
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_protocol import topics

NOON_MS = 1_800_000_000_000
MINUTE_MS, HOUR_MS = 60_000, 3_600_000
KID = b"\x01\x02\x03\x04"

FIRE, HOLD_UP, DURESS, BURGLARY, CONFIRMED, TAMPER = 1110, 1120, 1121, 1130, 1139, 1137
MAINS, MAINS_BACK, BATTERY, SENSOR_BATTERY, SENSOR_BATTERY_FINE = 1301, 3301, 1302, 1384, 3384
DISARMED, CANCELLED, TEST_BEGUN, TEST_ENDED = 1401, 1406, 1601, 3601


class Told(NamedTuple):
    """What a panel tells: `at` in seconds from noon, when it happened."""

    qcode: int
    at: float = 0
    zone: int = 1
    panel: int = 1
    area: int = 1
    number: int = 0
    detail: int = 0


def panel_id(number: int) -> str:
    """The id of the panel with this number."""
    return f"{number:016x}"


class Centre:
    """A store with panels, and case work that runs when it is told to. `now_ms` moves by hand."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now_ms = NOON_MS
        self._numbers: dict[int, int] = {}

    def add_panels(self, *numbers: int, region: str = "") -> None:
        """Make panels known, each at a site of its own."""
        with self.store.begin() as tx:
            for number in numbers:
                add_panel(tx, number, self.now_ms)
            ids = [panel_id(number) for number in numbers]
            sites = list(ensure_transmitters(tx, ids, "hemlarm", self.now_ms).values())
            tx.connection.execute(update(site).where(site.c.id.in_(sites)).values(region=region))

    def commit(self, *told: Told) -> None:
        """Commit events in one transaction, as the ingest does. Without numbers of their own they are numbered."""
        with self.store.begin() as tx:
            outcomes = tx.add_events([self._event(each) for each in told])
        assert set(outcomes) == {"new"}

    def tell(self, *told: Told) -> None:
        """Commit events and let case work take them."""
        self.commit(*told)
        self.work()

    def work(self) -> None:
        """Let case work take all that waits, and look at the conditions."""
        while work.step(self.store, self.now_ms) is not None:
            pass
        conditions.step(self.store, self.now_ms)

    def pass_time(self, ms: int) -> None:
        """Let time go by, and case work look again."""
        self.now_ms += ms
        self.work()

    def alert(self, panel: int, kind: str, at_ms: int, detail: str = "") -> None:
        """Commit an alert of the cloud's own and let case work take it."""
        with self.store.begin() as tx:
            tx.add_alert(panel_id(panel), kind, detail, at_ms)
        self.work()

    def cases(self, merged: bool = False) -> list[Row[Any]]:
        """All cases, oldest first; those of which nothing is left only if asked for."""
        with self.store.read() as reading:
            rows = reading.connection.execute(select(alarm_case).order_by(alarm_case.c.id)).all()
        return [row for row in rows if merged or row.outcome != "merged"]

    def case(self) -> Row[Any]:
        """The only case."""
        (found,) = self.cases()
        return found

    def states(self) -> list[tuple[str, str]]:
        """Category and state of each case; a closed one's outcome."""
        return [(row.category, row.outcome or row.state) for row in self.cases()]

    def signals(self, case: int | None = None) -> list[Row[Any]]:
        """The signals, of one case or all."""
        query = select(signal).order_by(signal.c.dated_ms, signal.c.order_key)
        with self.store.read() as reading:
            return list(reading.connection.execute(query if case is None else query.where(signal.c.case == case)))

    def codes(self, case: int) -> list[int]:
        """The codes of a case's signals, by when they happened."""
        return [row.qcode for row in self.signals(case)]

    def conditions(self) -> list[Row[Any]]:
        """All conditions."""
        with self.store.read() as reading:
            return list(reading.connection.execute(select(condition).order_by(condition.c.id)))

    def tasks(self, case: int) -> list[tuple[str, str]]:
        """Key and state of a case's tasks."""
        query = select(case_task.c.key, case_task.c.state).where(case_task.c.case == case)
        with self.store.read() as reading:
            return [tuple(row) for row in reading.connection.execute(query.order_by(case_task.c.position))]

    def next_tasks(self, case: int) -> list[str]:
        """The kinds of what is to be done now in a case."""
        with self.store.read() as reading:
            return [row.kind for row in taskwork.waiting_tasks(reading, case)]

    def log(self, case: int) -> list[str]:
        """The kinds of a case's log."""
        query = select(case_log.c.kind).where(case_log.c.case == case).order_by(case_log.c.id)
        with self.store.read() as reading:
            return list(reading.connection.scalars(query))

    def take_case(self, case: int, **values: object) -> None:
        """An operator takes a case, or leaves it with these values."""
        taken = {"answered_ms": self.now_ms, "operator": "operator:anna", "state": "in-progress"} | values
        with self.store.begin() as tx:
            change = update(alarm_case).where(alarm_case.c.id == case)
            tx.connection.execute(change.values(taken | {"version": alarm_case.c.version + 1}))

    def close_case(self, case: int, outcome: str = "accidental") -> None:
        """An operator takes and closes a case."""
        self.take_case(case, state="closed", closed_ms=self.now_ms, outcome=outcome)

    def move(self, panels: Iterable[int], to: int) -> None:
        """Put panels to the site of another."""
        with self.store.begin() as tx:
            home = select(transmitter.c.site).where(transmitter.c.id == panel_id(to)).scalar_subquery()
            ids = [panel_id(number) for number in panels]
            tx.connection.execute(update(transmitter).where(transmitter.c.id.in_(ids)).values(site=home))

    def _event(self, told: Told) -> Event:
        number = told.number or self._numbers.get(told.panel, 0) + 1
        self._numbers[told.panel] = max(number, self._numbers.get(told.panel, 0))
        return event(told, number, self.now_ms)


def event(told: Told, number: int, now_ms: int) -> Event:
    """The row that the ingest stores."""
    tag = number.to_bytes(8)
    head = (panel_id(told.panel), KID, number, tag, b"sealed", now_ms, now_ms, told.qcode, told.area, told.zone)
    return Event(*head, detail=told.detail, dated_ms=NOON_MS + round(1000 * told.at), dating="panel")


def add_panel(tx: Transaction, number: int, now_ms: int) -> None:
    """Make a panel and its journal known to the cloud."""
    panel = panel_id(number)
    tx.add_panel(Panel(panel, topics.shard(panel), b"wrapped", "1", now_ms))
    tx.learn_incarnation(panel, KID, bytes(16), now_ms)


def add_many_panels(tx: Transaction, numbers: Sequence[int], region: str, now_ms: int) -> None:
    """Make thousands of panels known, each at a site of its own, with few statements."""
    from hemlarm_cloud.store import schema

    ids = [panel_id(number) for number in numbers]
    panels = [Panel(each, topics.shard(each), b"wrapped", "1", now_ms)._asdict() for each in ids]
    tx.connection.execute(insert(schema.panel), panels)
    born = {"kid": KID, "salt": bytes(16), "first_seen_ms": now_ms, "complete_below": 1}
    tx.connection.execute(insert(schema.incarnation), [{"panel": each, **born} for each in ids])
    places = {"region": region, "created_ms": now_ms}
    tx.connection.execute(insert(site), [{"number": f"P{each}", "name": each, **places} for each in ids])
    rows = tx.connection.execute(select(site.c.id, site.c.name).where(site.c.number.startswith("P")))
    homes = {row.name: row.id for row in rows}
    added = {"kind": "hemlarm", "added_ms": now_ms}
    tx.connection.execute(insert(transmitter), [{"id": each, "site": homes[each], **added} for each in ids])
