"""Measures the house page in a real browser: how smooth it is, and how late what happens is seen on it.

    python bench/house_page.py [--panels 10] [--changes 20] [--seconds 20] [--view all|1]

Prints one JSON line: frames a second while so many doors a second open and close in so many houses with the real
firmware, the longest frame, and from the deed's request to the frame that shows it, in ms at the 50th and 95th
percentile. The floor is the frames of an empty page in the same browser. The page shows all panels or one of them.
"""

import argparse
import json
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from playwright.sync_api import Page, sync_playwright

from hemlarm_simulator.page.command import chosen_houses
from hemlarm_simulator.page.opening import Opened, Wanted, opened

DOOR = "front-door"
FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")
SETTLING_S = 3.0

COUNT_FRAMES = """() => {
  const bench = (window.bench = { frames: [], seen: [] });
  let last = performance.now();
  const frame = (now) => {
    bench.frames.push(now - last);
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}"""

WATCH_DOORS = """([panels, door]) => {
  const { state } = window.house;
  const scope = state.scope();
  for (let panel = 1; panel <= panels; panel += 1) {
    const key = `${panel}/sensor/${door}`;
    scope.watch([key], () =>
      window.bench.seen.push([panel, state.get(key)?.open, performance.timeOrigin + performance.now()]));
  }
  window.bench.frames.length = window.bench.seen.length = 0;
}"""


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--panels", type=int, default=10)
    parser.add_argument("--changes", type=float, default=20, help="a second, of all panels together")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--view", default="all", help="all, or a panel's number")
    options = parser.parse_args()
    wanted = Wanted(chosen_houses(["villa"], options.panels))
    with browser_page() as page, opened(wanted) as addresses:
        floor = empty_frames(page)
        page.goto(addresses.page)
        page.locator("body[data-ready=yes]").wait_for()
        page.evaluate("view => window.house.show(view)", options.view)
        page.wait_for_timeout(1_000 * SETTLING_S)
        page.evaluate(COUNT_FRAMES)
        page.evaluate(WATCH_DOORS, [options.panels, DOOR])
        asked = move_doors(page, addresses, options)
        bench: dict[str, Any] = page.evaluate("() => window.bench")
    print(json.dumps(figures(bench, asked, floor) | vars(options)))  # noqa: T201


@contextmanager
def browser_page() -> Iterator[Page]:
    """A page of 1280 by 800 in Chromium as the system has it."""
    program = shutil.which("chromium")
    assert program is not None, "this needs chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield browser.new_page(viewport={"width": 1280, "height": 800})
        browser.close()


def empty_frames(page: Page) -> float:
    """Frames a second of a page with nothing on it."""
    page.goto("about:blank")
    page.evaluate(COUNT_FRAMES)
    page.wait_for_timeout(2_000)
    frames: list[float] = page.evaluate("() => window.bench.frames")
    return round(1000 * len(frames) / sum(frames), 1)


def move_doors(page: Page, addresses: Opened, options: argparse.Namespace) -> list[tuple[int, bool, float]]:
    """Open and close doors in turn, from another thread. Returns (panel, open, ms since 1970) of each request."""
    asked: list[tuple[int, bool, float]] = []
    moving = threading.Thread(target=_move, args=(addresses.page, options, asked))
    moving.start()
    # The page must be served meanwhile, which only waiting by its own means does.
    while moving.is_alive():
        page.wait_for_timeout(200)
    page.wait_for_timeout(500)
    return asked


def _move(url: str, options: argparse.Namespace, asked: list[tuple[int, bool, float]]) -> None:
    began_s = time.monotonic()
    with httpx.Client(base_url=url, headers={"Origin": url}) as client:
        for count in range(round(options.changes * options.seconds)):
            time.sleep(max(0.0, began_s + count / options.changes - time.monotonic()))
            panel, opens = count % options.panels + 1, count // options.panels % 2 == 0
            asked.append((panel, opens, time.time() * 1000))
            answer = client.post("/act", json={"panel": panel, "do": "open", "what": DOOR, "on": opens})
            answer.raise_for_status()


def figures(bench: dict[str, Any], asked: list[tuple[int, bool, float]], floor: float) -> dict[str, Any]:
    """What came of it; a deed that was never seen counts as lost."""
    late = []
    seen = [tuple(each) for each in bench["seen"]]
    for panel, opens, at_ms in asked:
        shown = [ms for number, is_open, ms in seen if (number, is_open) == (panel, opens) and ms >= at_ms]
        late.append(min(shown) - at_ms if shown else float("inf"))
    late.sort()
    frames = sorted(bench["frames"])
    return {
        "frames_per_s": round(1000 * len(frames) / sum(frames), 1),
        "empty_frames_per_s": floor,
        "frame_p95_ms": round(frames[len(frames) * 95 // 100], 1),
        "frame_max_ms": round(frames[-1], 1),
        "deeds": len(asked),
        "unseen": sum(ms == float("inf") for ms in late),
        "seen_p50_ms": round(late[len(late) // 2], 1),
        "seen_p95_ms": round(late[len(late) * 95 // 100], 1),
    }


if __name__ == "__main__":
    main()
