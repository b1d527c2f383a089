"""Measures, in real time, how long it takes from a click on a door to the row in the operator's queue.

    python bench/click_to_queue.py [--samples 64] [--panels 4]

Prints one JSON line, in ms at the 50th and 95th percentile. The click is a mouse's, on the house page in one browser
window; the row is counted from the frame in which it stands on the operator's page in another. Between them are the
real firmware, broker, ingest, case work and pages. The door's zone alarms at once, in an armed house, and the board's
filter of 400 ms against rattling doors is taken out: it is no work of anybody. The floor is a click's own way to the
house page's server and back.
"""

import argparse
import dataclasses
import json
import shutil
import statistics
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import func, select

from hemlarm_cloud.actor import Actor, Role
from hemlarm_cloud.handling import actions
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema import event
from hemlarm_cloud.store.schema_cases import alarm_case
from hemlarm_simulator.description import AreaDescription, HouseDescription, load_house
from hemlarm_simulator.page.opening import Opened, Wanted, opened
from hemlarm_simulator.page.real_runner import RealRunner
from hemlarm_simulator.page.real_side import OwnCloud

DOOR = "kitchen-door"
CODE = "1234"
OPERATOR = Actor("operator:bench", Role.OPERATOR)
FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")
LIMIT_S = 15.0
SETTLING_MS = 500

NOTE_CLICKS = """() => document.addEventListener("click", () => {
  window.clicked = performance.timeOrigin + performance.now();
}, { capture: true })"""

NOTE_ROWS = """() => {
  document.addEventListener("hemlarm:message", () => {
    window.told ||= performance.timeOrigin + performance.now();
  });
  window.rows = 0;
  window.appeared = 0;
  const look = () => {
    const rows = document.querySelectorAll("[data-case]").length;
    if (rows > window.rows) window.appeared = performance.timeOrigin + performance.now();
    window.rows = rows;
    requestAnimationFrame(look);
  };
  look();
}"""

TIME_ACT = """async () => {
  const began = performance.now();
  await window.hemlarm.postJson("/act", { panel: 1, do: "dark", on: false });
  return performance.now() - began;
}"""


class Sample(NamedTuple):
    """Milliseconds from the click to each of these."""

    committed: float
    opened: float
    told: float
    shown: float


class BenchError(Exception):
    """What was waited for did not happen."""


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=64)
    parser.add_argument("--panels", type=int, default=4)
    options = parser.parse_args()
    program = shutil.which("chromium")
    assert program is not None, "this needs chromium"
    wanted = Wanted([quick_villa()] * options.panels, real_time=True)
    with sync_playwright() as playwright, opened(wanted) as at:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        bench = Bench(browser, at)
        floor = [bench.house.evaluate(TIME_ACT) for _ in range(options.samples)]
        late = [bench.sample(number % options.panels + 1) for number in range(options.samples)]
        browser.close()
    found = {"samples": len(late), **percentiles("", [each.shown for each in late]), **percentiles("floor_", floor)}
    for stage in ("committed", "opened", "told"):
        found[f"{stage}_p50_ms"] = statistics.median(getattr(each, stage) for each in late)
    print(json.dumps(found))  # noqa: T201


def quick_villa() -> HouseDescription:
    """The villa without delays, and without the board's filter."""
    return dataclasses.replace(load_house("villa"), areas=(AreaDescription(1, 0, 30),), filter_ms=0)


class Bench:
    """The house in one window, the operator's queue in another."""

    def __init__(self, browser: Browser, at: Opened) -> None:
        assert isinstance(at.runner, RealRunner)
        assert isinstance(at.runner.side, OwnCloud)
        self._store: Store = at.runner.side.centre.store
        self.house = _window(browser)
        self.house.goto(at.page)
        self.house.locator("body[data-ready=yes]").wait_for()
        self.house.evaluate(NOTE_CLICKS)
        self._desk = _window(browser)
        self._desk.goto(f"{at.cloud}/enter/olle")
        self._desk.wait_for_timeout(SETTLING_MS)
        self._close_cases()
        self._desk.evaluate(NOTE_ROWS)

    def sample(self, panel: int) -> Sample:
        """Arm a house, click its door, and measure until the queue shows the alarm; all is as before then."""
        self._show(panel)
        self._enter(panel, "away")
        self._until(lambda: bool(self._state(f"{panel}/lamp/armed")), "the house to be armed")
        self.house.wait_for_timeout(SETTLING_MS)
        self._desk.evaluate("() => { window.appeared = window.told = 0; }")
        self.house.locator(f'[aria-label^="{self._called()}"]').first.click()
        self._until(lambda: bool(self._desk.evaluate("() => window.appeared")), "the alarm in the queue")
        shown, told = self._desk.evaluate("() => [window.appeared, window.told]")
        clicked: float = self.house.evaluate("() => window.clicked")
        taken = Sample(*(round(ms - clicked, 1) for ms in (*self._stored(), told, shown)))
        self._enter(panel, "off")
        self._act(panel, do="close", what=DOOR)
        self._until(lambda: not self._state(f"{panel}/lamp/armed"), "the house to be disarmed")
        self._close_cases()
        return taken

    def _stored(self) -> tuple[int, int]:
        """When the last event was committed, and when the last case was opened."""
        with self._store.read() as reading:
            committed = reading.connection.scalar(select(func.max(event.c.committed_ms)))
            opened_ms = reading.connection.scalar(select(func.max(alarm_case.c.opened_ms)))
        return committed or 0, opened_ms or 0

    def _show(self, panel: int) -> None:
        self.house.evaluate("panel => window.house.show(panel)", str(panel))
        self.house.wait_for_timeout(SETTLING_MS)

    def _called(self) -> str:
        label: str = self.house.evaluate("() => document.documentElement.lang")
        return "Köksdörr" if label == "sv" else "Kitchen door"

    def _enter(self, panel: int, mode: str) -> None:
        for key in (*CODE, mode):
            self._act(panel, do="key", key=key)

    def _act(self, panel: int, **body: Any) -> None:
        self.house.evaluate("body => window.house.act(body)", {"panel": panel, **body})

    def _state(self, key: str) -> Any:
        return self.house.evaluate("key => window.house.state.get(key)", key)

    def _until(self, holds: Callable[[], bool], what: str) -> None:
        ends_s = time.monotonic() + LIMIT_S
        while not holds():
            if time.monotonic() > ends_s:
                raise BenchError(f"waited {LIMIT_S:g} s for {what}")
            self.house.wait_for_timeout(20)

    def _close_cases(self) -> None:
        """An operator is done with whatever is open, without the steps of the plan."""
        now_ms = time.time_ns() // 1_000_000
        with self._store.begin() as tx:
            rows = tx.connection.execute(select(alarm_case).where(alarm_case.c.closed_ms.is_(None))).all()
            for row in rows:
                mine = actions.claim(tx, OPERATOR, row.id, row.version, now_ms) if row.operator is None else row
                done = {"state": "closed", "outcome": "accidental", "closed_ms": now_ms}
                actions.change(tx, OPERATOR, mine, done, "closed", {"outcome": "accidental"}, now_ms)
        self._until(
            lambda: self._desk.evaluate("() => document.querySelectorAll('[data-case]').length") == 0, "an empty queue"
        )


def _window(browser: Browser) -> Page:
    return browser.new_context(viewport={"width": 1280, "height": 800}).new_page()


def percentiles(prefix: str, values: list[float]) -> dict[str, float]:
    """The median, the 95th percentile and the longest."""
    ordered = sorted(values)
    found = {"p50_ms": ordered[len(ordered) // 2], "p95_ms": ordered[len(ordered) * 95 // 100], "max_ms": ordered[-1]}
    return {prefix + name: round(value, 1) for name, value in found.items()}


if __name__ == "__main__":
    main()
