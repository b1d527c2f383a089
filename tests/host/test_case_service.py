"""Case work as it runs: a thread or a process that follows what is committed, alone or beside another."""

import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial

import pytest

from case_support import BURGLARY, FIRE, MAINS, NOON_MS, Centre, Told
from hemlarm_cloud.cases import alarms, lanes
from hemlarm_cloud.cases.__main__ import arguments_for, main
from hemlarm_cloud.cases.service import LOOK_MS, CaseService, Turns
from hemlarm_cloud.cases.signals import Signal
from hemlarm_cloud.cases.steps import CASES, STEPS
from hemlarm_cloud.store import Store, StoreError
from hemlarm_cloud.store.transaction import Transaction

PANELS = range(1, 1_001)
WAITS_S = 60.0


@pytest.fixture
def centre(store: Store) -> Centre:
    made = Centre(store)
    made.add_panels(1, 2, region="north")
    return made


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait for what another thread or process brings about."""
    ends_s = time.monotonic() + WAITS_S
    while not holds():
        assert time.monotonic() < ends_s, "it never came about"
        threading.Event().wait(0.01)


def test_the_service_follows_what_is_committed_and_ends_when_told(centre: Centre, store_url: str) -> None:
    service = CaseService(Store.open(store_url), None, lambda: NOON_MS)
    service.start()
    centre.commit(Told(BURGLARY))
    wait_until(lambda: len(centre.cases()) == 1)
    centre.commit(Told(FIRE, 10))
    wait_until(lambda: centre.case().category == "fire")
    service.stop()
    centre.commit(Told(BURGLARY, 9_000))
    assert len(centre.cases()) == 1


def test_two_services_beside_each_other_do_everything_once(centre: Centre, store_url: str) -> None:
    services = [CaseService(Store.open(store_url), None, lambda: NOON_MS) for _ in range(2)]
    for service in services:
        service.start()
    for number in range(30):
        centre.commit(Told(BURGLARY, 3_600 * number, panel=1 + number % 2))
    wait_until(lambda: len(centre.cases()) == 30)
    services[0].stop()
    centre.commit(Told(FIRE, 500_000))
    wait_until(lambda: len(centre.cases()) == 31)
    services[1].stop()
    assert all(centre.log(case.id).count("opened") == 1 for case in centre.cases())


def test_trouble_with_the_database_is_waited_out(
    centre: Centre, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hemlarm_cloud.cases.service.AGAIN_S", 0.01)
    troubles = iter([StoreError("database gone"), StoreError("database gone")])

    def sometimes(store: Store, now_ms: int) -> int | None:
        for trouble in troubles:
            raise trouble
        return STEPS[CASES](store, now_ms)

    service = CaseService(Store.open(store_url), None, lambda: NOON_MS, {CASES: sometimes})
    service.start()
    centre.commit(Told(BURGLARY))
    wait_until(lambda: len(centre.cases()) == 1)
    service.stop()


def test_each_step_gets_its_turn_when_it_is_due_and_what_is_new_comes_before_it(centre: Centre) -> None:
    called: list[tuple[str, int]] = []

    def step(name: str, next_ms: int | None) -> Callable[[Store, int], int | None]:
        def run(store: Store, at_ms: int) -> int | None:
            called.append((name, at_ms - NOON_MS))
            return None if next_ms is None else at_ms + next_ms

        return run

    turns = Turns({CASES: step("cases", None), "often": step("often", 1_000), "seldom": step("seldom", None)})
    for later_ms in (0, 999, 1_000, LOOK_MS):
        assert not turns.take(centre.store, partial(int, NOON_MS + later_ms))
    assert called == [
        ("cases", 0),
        ("often", 0),
        ("seldom", 0),
        ("often", 1_000),
        ("often", 10_000),
        ("seldom", 10_000),
    ]
    centre.commit(Told(BURGLARY))
    turns.take(centre.store, lambda: NOON_MS + LOOK_MS)
    assert called[-1] == ("cases", LOOK_MS)


def test_in_a_flood_a_fire_overtakes_what_came_before_it(centre: Centre, store_url: str) -> None:
    centre.add_panels(*PANELS[2:], region="north")
    centre.commit(*(Told(MAINS, panel / 100, 0, panel) for panel in PANELS))
    centre.commit(Told(FIRE, 5, panel=2))
    worker = subprocess.Popen(arguments_for(store_url))
    try:
        wait_until(lambda: "fire" in {case.category for case in centre.cases()})
        first = min(row.id for row in centre.signals() if row.qcode == FIRE)
        assert first == 1
        wait_until(lambda: len(centre.signals()) == len(PANELS) + 1)
    finally:
        worker.terminate()
        assert worker.wait(30) == 0
    assert sorted((case.kind, case.sites) for case in centre.cases()) == [("alarm", 1), ("incident", len(PANELS))]


def test_a_process_without_a_database_says_what_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--database", "nonsense"]) == 1
    assert "nonsense" in capsys.readouterr().err


def test_an_event_that_case_work_cannot_handle_goes_before_people_and_stops_nothing(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    handle = alarms.take

    def take(tx: Transaction, site: int, new: Sequence[Signal], now_ms: int) -> None:
        if any(each.zone == 13 for each in new):
            raise KeyError("a fault of ours")
        handle(tx, site, new, now_ms)

    monkeypatch.setattr(alarms, "take", take)
    centre.commit(Told(BURGLARY, zone=13), Told(FIRE, 10, panel=2))
    centre.work()
    cases = {(case.category, case.kind): case for case in centre.cases()}
    assert cases.keys() == {("intrusion", "alarm"), ("fire", "alarm")}
    unhandled = next(case for case in centre.cases() if "not handled (KeyError)" in case.summary)
    assert (unhandled.category, unhandled.urgency, unhandled.state) == ("intrusion", 2, "new")
    with centre.store.read() as reading:
        assert lanes.waiting(reading) == 0


def test_a_step_that_fails_keeps_no_other_step_and_no_alarm_waiting(centre: Centre) -> None:
    called: list[str] = []

    def fails(_store: Store, _now_ms: int) -> int | None:
        raise ZeroDivisionError("a fault of ours")

    def notes(_store: Store, _now_ms: int) -> int | None:
        called.append("after it")
        return None

    turns = Turns({CASES: STEPS[CASES], "broken": fails, "whole": notes})
    centre.commit(Told(FIRE))
    turns.take(centre.store, lambda: NOON_MS)
    assert (called, centre.case().category) == (["after it"], "fire")
