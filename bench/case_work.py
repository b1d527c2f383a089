"""Measures case work on a real store: a regional power cut with a fire in the middle, and the operators' queue.

    python bench/case_work.py flood [--database sqlite|postgresql] [--panels 50000]
    python bench/case_work.py queue [--database sqlite|postgresql] [--events 1000000] [--cases 2000]

Prints one JSON line. The flood: how many seconds until the fire stood on top of the queue, from its commit, while a
worker in a process of its own had the whole power cut before it; and until all was done. The queue: milliseconds of
200 readings at the 50th and 95th percentile, and of a reading of one row of the same store as the floor.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "host")]

from sqlalchemy import func, insert, select  # noqa: E402

import databases  # noqa: E402
from case_support import FIRE, MAINS, Told, add_many_panels, event, panel_id  # noqa: E402
from hemlarm_cloud.actor import Actor, Role  # noqa: E402
from hemlarm_cloud.cases.__main__ import arguments_for, clock_ms  # noqa: E402
from hemlarm_cloud.handling import planning, queue  # noqa: E402
from hemlarm_cloud.store import Store, schema  # noqa: E402
from hemlarm_cloud.store.schema_cases import alarm_case, signal  # noqa: E402
from hemlarm_cloud.store.schema_sites import site  # noqa: E402

GROUP = 250
READINGS = 200
QUEUE_ROWS = 100
OPERATOR = Actor("operator:bench", Role.OPERATOR)
YEAR_MS = 365 * 24 * 3_600_000


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["flood", "queue"])
    parser.add_argument("--database", choices=databases.KINDS, default="sqlite")
    parser.add_argument("--panels", type=int, default=50_000)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--cases", type=int, default=2_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = databases.new_url(options.database, Path(folder))
        store = Store.open(url)
        if options.what == "flood":
            found = flood(store, url, options.panels)
        else:
            found = read_queue(store, options.events, options.cases)
        store.close()
        databases.discard(url)
    sys.stdout.write(json.dumps({"what": options.what, "database": options.database} | found) + "\n")


def flood(store: Store, url: str, panels: int) -> dict[str, Any]:
    """Commit a power cut as the ingest does, with a fire in the middle, beside a worker."""
    began_ms = clock_ms()
    for first in range(1, panels + 2, 10_000):
        with store.begin() as tx:
            add_many_panels(tx, range(first, min(first + 10_000, panels + 2)), "north", began_ms)
    worker = subprocess.Popen(arguments_for(url))
    try:
        # What is measured is its work and not its start.
        commit(store, [Told(1305, 0, 0, panels + 1)])
        until(store, lambda reading: signals(reading) == 1)
        fire_s, fire_began_s, waiting = 0.0, 0.0, 0
        commit_s = time.monotonic()
        for first in range(1, panels + 1, GROUP):
            commit(store, [Told(MAINS, 0, 0, panel) for panel in range(first, min(first + GROUP, panels + 1))])
            if first <= panels // 2 < first + GROUP:
                commit(store, [Told(FIRE, 0, 3, panels + 1, number=2)])
                fire_began_s = time.monotonic()
            # The flood goes on meanwhile.
            if fire_began_s and not fire_s and holds(store, is_fire_on_top):
                fire_s, waiting = time.monotonic() - fire_began_s, waits(store, first + GROUP + 1)
        committed_s = time.monotonic() - commit_s
        rest_s = until(store, lambda reading: signals(reading) == panels + 2)
        with store.read() as reading:
            incidents = reading.connection.execute(select(alarm_case.c.kind, alarm_case.c.sites)).all()
    finally:
        worker.terminate()
        worker.wait(30)
    cases = sorted([kind, sites] for kind, sites in incidents)
    return {
        **{"panels": panels, "fire_on_top_s": round(fire_s, 3), "events_waiting_then": waiting},
        **{"committed_s": round(committed_s, 1), "rest_s": round(rest_s, 1), "cases": cases},
    }


def commit(store: Store, told: list[Told]) -> None:
    """Commit one group as the ingest does: dated now."""
    now_ms = clock_ms()
    with store.begin() as tx:
        tx.add_events([event(each, each.number or 1, now_ms)._replace(dated_ms=now_ms) for each in told])


def until(store: Store, condition: Callable[[Any], bool]) -> float:
    """Return how many seconds it takes until this holds."""
    began_s = time.monotonic()
    while time.monotonic() - began_s < 600:
        if holds(store, condition):
            return time.monotonic() - began_s
        time.sleep(0.01)
    raise TimeoutError("it never came about")


def holds(store: Store, condition: Callable[[Any], bool]) -> bool:
    """Whether this holds now."""
    with store.read() as reading:
        return condition(reading)


def is_fire_on_top(reading: Any) -> bool:
    """Whether the operator's queue begins with the fire."""
    rows = queue.queue(reading, OPERATOR, clock_ms(), 1)
    return bool(rows) and rows[0].case["category"] == "fire"


def signals(reading: Any) -> int:
    """How many events have become signals."""
    return int(reading.connection.scalar(select(func.count()).select_from(signal)) or 0)


def waits(store: Store, committed: int) -> int:
    """How many of the committed events have no signal yet."""
    with store.read() as reading:
        return committed - signals(reading)


def read_queue(store: Store, events: int, cases: int) -> dict[str, Any]:
    """Fill a store with a year of events and open cases, and read the queue as operators do."""
    fill(store, events, cases)
    took, floor = [], []
    for _ in range(READINGS):
        began_s = time.perf_counter()
        with store.read() as reading:
            rows = queue.queue(reading, OPERATOR, clock_ms(), QUEUE_ROWS)
        took.append(1000 * (time.perf_counter() - began_s))
        began_s = time.perf_counter()
        with store.read() as reading:
            reading.connection.execute(select(site).limit(1)).one()
        floor.append(1000 * (time.perf_counter() - began_s))
    assert len(rows) == min(QUEUE_ROWS, cases)
    with store.read() as reading:
        stored = reading.connection.scalar(select(func.count()).select_from(schema.event))
    return {
        **{"events": stored, "signals": events, "open_cases": cases, "rows": len(rows)},
        **{"p50_ms": round(statistics.median(took), 2), "p95_ms": round(sorted(took)[int(READINGS * 0.95)], 2)},
        "floor_p50_ms": round(statistics.median(floor), 2),
    }


def fill(store: Store, events: int, cases: int) -> None:
    """Events and their signals of ten thousand panels over a year; each of the last cases' signals is an alarm."""
    panels, now_ms = 10_000, clock_ms()
    with store.begin() as tx:
        add_many_panels(tx, range(1, panels + 1), "north", now_ms)
        sites = {row.name: row.id for row in tx.connection.execute(select(site.c.name, site.c.id))}
    for first in range(0, events, 20_000):
        told = []
        for index in range(first, min(first + 20_000, events)):
            panel = index % panels + 1
            each = event(Told((3401, 1401, 1305)[index % 3], 0, 0, panel), index // panels + 1, now_ms)
            told.append(each._replace(dated_ms=now_ms - YEAR_MS + index * (YEAR_MS // events)))
        with store.begin() as tx:
            tx.add_events(told)
            tx.connection.execute(
                insert(signal), [signal_of(each, sites[each.panel], first + n) for n, each in enumerate(told)]
            )
    open_cases(store, cases, [sites[panel_id(1 + n * (panels // cases))] for n in range(cases)], now_ms)
    with store.begin() as tx:
        tx.connection.exec_driver_sql("ANALYZE")


def signal_of(each: Any, site_id: int, number: int) -> dict[str, Any]:
    """The signal that case work makes of an event that nobody is called for."""
    same = {name: getattr(each, name) for name in ("qcode", "area", "zone", "user", "dated_ms", "received_ms")}
    made = {"origin": "panel", "origin_id": number + 1, "transmitter": each.panel, "site": site_id}
    return {**same, **made, "category": "service", "urgency": 5, "order_key": f"{number}", "handling": "record"}


def open_cases(store: Store, cases: int, sites: list[int], now_ms: int) -> None:
    """Open cases of all categories, with their tasks."""
    kinds = (("fire", 0), ("intrusion", 2), ("tamper", 3), ("power", 4), ("line", 4), ("intrusion", 2), ("hold-up", 1))
    for first in range(0, cases, 200):
        with store.begin() as tx:
            for number in range(first, min(first + 200, cases)):
                category, urgency = kinds[number % len(kinds)]
                row = {
                    **{"site": sites[number], "kind": "alarm", "category": category, "urgency": urgency},
                    **{"state": "new", "summary": f"case {number}", "began_ms": now_ms, "latest_ms": now_ms},
                    "opened_ms": now_ms - 1000 * number,
                }
                made = tx.connection.execute(insert(alarm_case).returning(alarm_case.c.id), row).scalar_one()
                planning.begin(tx, made, now_ms)


if __name__ == "__main__":
    main()
