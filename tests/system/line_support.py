"""The whole line on this machine for tests: real cloud, real broker, real ingest process, real firmware in a house."""

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hemlarm_simulator.description import AreaDescription, HouseDescription, load_house
from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.real_cloud import RealCloud
from hemlarm_simulator.real_house import house_of
from hemlarm_simulator.real_world import RealWorld

HEARTBEAT_MS = 1_000
LIMIT_MS = 60_000
CODE = "1234"
BUTTON = "fire-button"
ARMED = 3401
AHEAD = 8
"""Inputs that a burst keeps waiting at the panel: a real board's inputs change one after the other."""


def quick_house() -> HouseDescription:
    """The villa, left and entered without delay, with contacts that need no time to settle."""
    return dataclasses.replace(load_house("villa"), areas=(AreaDescription(1, 0, 0),), filter_ms=0)


@contextmanager
def running_line(folder: Path, broker: str = "nats") -> Iterator[tuple[RealCloud, RealWorld]]:
    """A cloud in `folder` and an armed house, connected and with nothing waiting to be acknowledged."""
    with (
        ForkServer() as server,
        RealCloud(folder, broker, HEARTBEAT_MS) as cloud,
        house_of(cloud, server, quick_house(), pullable=False) as world,
    ):
        world.house.enter_code(CODE, "away")
        await_that(world, lambda: any(event.qcode == ARMED for event in world.cloud.events()), "armed")
        # The store may know it before the world has read that the panel journalled it.
        await_that(world, lambda: ARMED in codes_journalled(world), "told that it is armed")
        await_acknowledged(world)
        yield cloud, world


def burst(world: RealWorld, count: int) -> None:
    """Press and release the fire button `count` times in all, as fast as the panel journals them."""
    before = len(journalled(world))
    for index in range(count):
        (world.house.close if index % 2 else world.house.open)(BUTTON)
        await_journalled(world, before + index + 1 - AHEAD)


def journalled(world: RealWorld) -> list[int]:
    """The numbers of all events that the panel journalled."""
    return [trace.values[0] for trace in world.ledger.traces if trace.what == "event"]


def codes_journalled(world: RealWorld) -> list[int]:
    """The codes of all events that the panel journalled."""
    return [trace.values[1] for trace in world.ledger.traces if trace.what == "event"]


def stored(cloud: RealCloud, world: RealWorld) -> list[int]:
    """The numbers of all events in the store, in order of number; void records are not among them."""
    return sorted(event.number for event in cloud.events(world.panel.id) if event.qcode)


def await_journalled(world: RealWorld, count: int) -> None:
    """Wait until the panel has journalled at least so many events."""
    await_that(world, lambda: len(journalled(world)) >= count, f"{count} events journalled")


def await_acknowledged(world: RealWorld) -> None:
    """Wait until the panel has an acknowledgement of every event."""

    def done() -> bool:
        acknowledged = {trace.values[0] for trace in world.ledger.traces if trace.what == "acknowledged"}
        return acknowledged >= set(journalled(world))

    await_that(world, done, "every event acknowledged")


def await_that(world: RealWorld, condition, what: str) -> None:  # type: ignore[no-untyped-def]
    """Let the world go on until the condition holds."""
    assert world.wait_for(condition, LIMIT_MS), f"not within {LIMIT_MS // 1000} s: {what}\n{world.panel.log()}"
