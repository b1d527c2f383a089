"""Runs the demonstration: cloud, broker, ingest and firmware come up, the story plays, and what it took is measured."""

import dataclasses
import tempfile
import time
from pathlib import Path

from hemlarm_simulator.demo.echo import echoing
from hemlarm_simulator.demo.figures import Commits, Figures, Seen, duplicates, lost, measured_events, percentiles
from hemlarm_simulator.demo.story import AREA, ENTRY_S, EXIT_S, LIMIT_MS, StoryError, play
from hemlarm_simulator.description import AreaDescription, HouseDescription, load_house
from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.real_cloud import RealCloud
from hemlarm_simulator.real_house import house_of
from hemlarm_simulator.real_world import RealWorld
from hemlarm_simulator.simulated_panel import HEAP, WATCHED_HEAP

EVENTS_MEASURED = 240
"""Events of the measured part, one after the other; 200 are the least that a 99th percentile needs to mean anything."""

WARM_UP = 20
HEAP_BYTES = 1024 * int(HEAP.removesuffix("k"))
HEARTBEAT_MS = 2_000
_BUTTON = "fire-button"
_TAG = bytes(4)


class Watcher:
    """Who looks on. This one does not; `show.py` has the ones for a terminal."""

    def began(self, world: RealWorld) -> None:
        """The world stands."""

    def step(self, text: str) -> None:
        """The story goes on."""

    def quiet(self) -> None:
        """What comes now is measured, and must not share its processors with whoever looks on."""

    def frames(self, frames: list[Seen]) -> None:
        """These frames were on the wire, and what was in them is committed; from another thread."""


def run_demo(broker: str, watcher: Watcher, seconds: float = 0) -> Figures:
    """Run it all and return the figures. With `seconds` it lasts at least so long.

    Raises StoryError, BrokerError, LaunchError, PanelCrashedError.
    """
    ends = time.monotonic() + seconds
    with tempfile.TemporaryDirectory(prefix="hemlarm-demo-") as folder, ForkServer() as server:
        commits = Commits()
        cloud = RealCloud(Path(folder), broker, HEARTBEAT_MS, lambda line: watcher.frames(commits.take(line)))
        with cloud, house_of(cloud, server, _house(), WATCHED_HEAP, pullable=False) as world:
            began_us = time.time_ns() // 1000
            watcher.began(world)
            play(world, watcher.step)
            watcher.step(f"Measuring {EVENTS_MEASURED} events, one after the other")
            watcher.quiet()
            before = measure_floor(cloud, server)
            measure_events(world, EVENTS_MEASURED + WARM_UP)
            after = measure_floor(cloud, server)
            world.run_until(world.now_ms + max(HEARTBEAT_MS + 500, round(1000 * (ends - time.monotonic()))))
            return _figures(world, commits, began_us, before + after)


def measure_events(world: RealWorld, count: int) -> None:
    """Press and release the fire button `count` times in all, each time when the last event has been acknowledged."""
    _await_acknowledged(world)
    for index in range(count):
        expected = world.ledger.count("acknowledged") + 1
        (world.house.close if index % 2 else world.house.open)(_BUTTON)
        if not world.wait_for(lambda expected=expected: world.ledger.count("acknowledged") >= expected, LIMIT_MS):  # type: ignore[misc]
            raise StoryError(f"event {index + 1} of {count} was not acknowledged within {LIMIT_MS // 1000} s")


def measure_floor(cloud: RealCloud, server: ForkServer) -> list[float]:
    """Return round trips in ms of the same client publishing the same size, echoed by a second client."""
    with house_of(cloud, server, _house(), "latency_floor", pullable=False) as world, echoing(cloud, world.panel.id):
        world.house.keypad.hold_tag(_TAG)
        if not world.wait_for(lambda: world.ledger.count("finished") > 0, LIMIT_MS):
            raise StoryError(f"the floor was not measured:\n{world.panel.log()}")
        trips = [trace.values[0] / 1000 for trace in world.ledger.traces if trace.what == "echoed"]
    return trips[WARM_UP:]


def _figures(world: RealWorld, commits: Commits, began_us: int, floor: list[float]) -> Figures:
    traces = list(world.ledger.traces)
    stored = [event for event in world.cloud.events() if event.qcode]
    events = measured_events(traces, stored, commits, began_us)
    latencies = [event.latency_ms for event in events[-EVENTS_MEASURED:] if event.latency_ms is not None]
    free = [trace.values[0] for trace in traces if trace.what == "heap"]
    return Figures(
        events=events,
        lost=lost(events, stored),
        duplicates=duplicates(stored),
        heap_bytes=HEAP_BYTES,
        heap_free_bytes=free[-1],
        latency_ms=percentiles(latencies),
        round_trip_ms=percentiles(floor),
    )


def _house() -> HouseDescription:
    """The villa, with delays short enough to watch and contacts that need no time to settle."""
    areas = (AreaDescription(AREA, EXIT_S, ENTRY_S),)
    return dataclasses.replace(load_house("villa"), areas=areas, filter_ms=0)


def _await_acknowledged(world: RealWorld) -> None:
    def done() -> bool:
        return world.ledger.count("acknowledged") >= world.ledger.count("event")

    if not world.wait_for(done, LIMIT_MS):
        raise StoryError(f"not every event was acknowledged within {LIMIT_MS // 1000} s")
