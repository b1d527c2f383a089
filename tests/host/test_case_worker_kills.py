"""SIGKILL of case work at any moment: every event has its signal and its case all the same, and nothing is done twice.

Workers are killed one after the other while events come in. What they leave is compared with what one worker makes of
the same events that nobody kills.
"""

import multiprocessing
import random
import signal
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select

import case_worker
import databases
from case_support import (
    BURGLARY,
    CANCELLED,
    CONFIRMED,
    FIRE,
    MAINS,
    MAINS_BACK,
    SENSOR_BATTERY,
    SENSOR_BATTERY_FINE,
    TAMPER,
    Centre,
    Told,
    panel_id,
)
from hemlarm_cloud.cases.dense import SITES_MIN
from hemlarm_cloud.store import Store, schema
from hemlarm_cloud.store.schema_cases import signal as signal_table
from hemlarm_cloud.store.schema_centre import destination, forwarded, route
from hemlarm_cloud.store.schema_sites import contact, person, site
from test_case_orders import outcome

PANELS = range(1, SITES_MIN + 6)
AT_STATEMENTS, AT_MOMENTS = 150, 80
"""How many workers are killed at one of their statements, and how many at any moment."""

STATEMENTS_MAX = 60
KILLED_MIN = 200
MOMENT_S_MAX = 0.08
CODES = (BURGLARY, FIRE, TAMPER, CANCELLED, CONFIRMED, 3130, 1302, 3302, 1305, SENSOR_BATTERY, SENSOR_BATTERY_FINE)


def story(seed: int) -> list[list[Told]]:
    """What is committed before each worker begins; in the middle of it the power fails everywhere."""
    rng = random.Random(seed)
    count = AT_STATEMENTS + AT_MOMENTS
    groups = []
    for index in range(count):
        some = [Told(rng.choice(CODES), 20.0 * index, rng.randint(1, 2), rng.choice(PANELS)) for _ in range(2)]
        # Every tenth worker has a great deal to do.
        if index % 10 == 5:
            qcode = MAINS if index % 20 == 5 else MAINS_BACK
            some += [Told(qcode, 20.0 * index + number, 0, panel) for number, panel in enumerate(PANELS)]
        groups.append(some)
    return groups


def prepare(store: Store) -> Centre:
    """Sites with somebody to tell and a centre to forward to, so that there is much that could be done twice."""
    centre = Centre(store)
    centre.add_panels(*PANELS, region="north")
    with store.begin() as tx:
        sites = list(tx.connection.scalars(select(site.c.id).order_by(site.c.id)))
        for each in sites:
            who = {"name": "Anna", "phone": "+46701234567", "created_ms": centre.now_ms}
            anna = tx.connection.execute(insert(person).returning(person.c.id), who).scalar_one()
            tx.connection.execute(insert(contact), {"site": each, "position": 1, "person": anna})
        kind = {"name": "other", "protocol": "dc-09", "primary_address": "127.0.0.1:9", "settings": "{}"}
        other = tx.connection.execute(insert(destination).returning(destination.c.id), kind).scalar_one()
        routes = [{"site": each, "destination": other, "account": "1234"} for each in sites]
        tx.connection.execute(insert(route), routes)
    return centre


def result(centre: Centre) -> dict[str, Any]:
    """What came of it all, without ids."""
    with centre.store.read() as reading:
        sent = sorted(reading.connection.execute(_forwarded()).all())
    return outcome(centre, {panel_id(number): number for number in PANELS}) | {"forwarded": sent}


def _forwarded() -> Any:
    told = signal_table.c
    query = select(told.transmitter, told.order_key, func.count()).join(forwarded, forwarded.c.signal == told.id)
    return query.group_by(told.transmitter, told.order_key)


def kill_workers(centre: Centre, url: str, groups: list[list[Told]], seed: int) -> int:
    """Commit each group and let a worker of its own take it, which is killed. Returns how many were killed."""
    rng = random.Random(seed)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["hemlarm_cloud.cases.steps", "sqlalchemy.dialects.postgresql.psycopg"])
    killed = 0
    for index, group in enumerate(groups):
        centre.commit(*group)
        statement = rng.randint(1, STATEMENTS_MAX) if index % (AT_STATEMENTS + AT_MOMENTS) < AT_STATEMENTS else None
        hears, tells = context.Pipe(duplex=False)
        worker = context.Process(target=case_worker.work_until_killed, args=(url, centre.now_ms, statement, tells))
        worker.start()
        hears.recv_bytes()
        if statement is None:
            worker.join(rng.uniform(0, MOMENT_S_MAX))
            worker.kill()
        worker.join(30)
        assert worker.exitcode in (0, -signal.SIGKILL)
        killed += worker.exitcode == -signal.SIGKILL
    return killed


def test_workers_killed_at_any_moment_lose_nothing_and_do_nothing_twice(
    store_url: str, store: Store, tmp_path: Path
) -> None:
    centre, groups = prepare(store), story(1)
    killed = kill_workers(centre, store_url, groups, seed=1)
    assert killed >= KILLED_MIN, f"only {killed} of {len(groups)} had not finished by then"
    centre.work()
    with store.read() as reading:
        events = reading.connection.scalar(select(func.count()).select_from(schema.event))
    assert len(centre.signals()) == events == sum(map(len, groups))
    unharmed = prepare(Store.open(databases.new_url("sqlite", tmp_path)))
    for group in groups:
        unharmed.commit(*group)
    unharmed.work()
    assert result(centre) == result(unharmed)
    assert {centre.log(case.id).count("opened") for case in centre.cases(merged=True)} == {1}
