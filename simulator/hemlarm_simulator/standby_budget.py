"""What quiet days cost on each path, at every link level: as the firmware counts it, and as the network does.

A panel lives with nothing happening but heartbeats, once with both paths and once with the mobile path alone. Counted
are whole days of its uptime from the second on: the first has registering and the first session in it.
"""

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from hemlarm_protocol.path_names import IP, MOBILE
from hemlarm_simulator.description import load_house
from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.virtual.way import Use
from hemlarm_simulator.virtual.world import VirtualWorld

HOUSE = "two-paths"
DAY_MS = 86_400_000
LEVELS_S: Mapping[int, tuple[str, int]] = {
    90_000: ("25 h", 25),
    18_000: ("5 h", 5),
    180: ("180 s", 1),
    90: ("90 s", 1),
}
"""Each link level in seconds: how it is called, and how many days are lived through; 25 of them are 24 times 25 h."""

_MS = 1_000


class BudgetError(Exception):
    """The days were not quiet, so that they say nothing."""


@dataclass(frozen=True)
class Cost:
    """What some time cost: seconds with the radio connected (on a fixed line 0), bytes of TCP payload, connections."""

    air_s: float
    bytes_up: float
    bytes_down: float
    connections: float = 0

    @property
    def total_bytes(self) -> float:
        """Both ways together."""
        return self.bytes_up + self.bytes_down

    def a_day(self, days: int) -> "Cost":
        """The mean of so many days."""
        return Cost(*(value / days for value in dataclasses.astuple(self)))

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(*(a + b for a, b in zip(dataclasses.astuple(self), dataclasses.astuple(other), strict=True)))

    def __sub__(self, other: "Cost") -> "Cost":
        return Cost(*(a - b for a, b in zip(dataclasses.astuple(self), dataclasses.astuple(other), strict=True)))


_NOTHING = Cost(0, 0, 0)


@dataclass(frozen=True)
class Row:
    """One path at one level, as means of a day. `in_use`: it carried the session; otherwise it was checked only."""

    level_s: int
    path: int
    in_use: bool
    days: int
    firmware: Cost
    network: Cost
    plain: Cost
    """The network's count without TLS; of the fixed line alone."""


def rows(server: ForkServer, levels_s: Mapping[int, tuple[str, int]], told: Callable[[], None]) -> Iterator[Row]:
    """Lives the days of every level, calls `told` after each life, and returns what they cost."""
    for level_s, (_, days) in levels_s.items():
        yield from both_paths(server, level_s, days)
        told()
        yield mobile_alone(server, level_s, days)
        told()


def both_paths(server: ForkServer, level_s: int, days: int) -> tuple[Row, Row]:
    """IP in use at a level, and the mobile path in standby at the same one."""
    with _house(server, level_s) as world:
        firmware, network, plain = _lived(world, (IP, MOBILE), days)
    return (
        Row(level_s, IP, True, days, firmware[IP].a_day(days), network[IP].a_day(days), plain.a_day(days)),
        Row(level_s, MOBILE, False, days, firmware[MOBILE].a_day(days), network[MOBILE].a_day(days), _NOTHING),
    )


def mobile_alone(server: ForkServer, level_s: int, days: int) -> Row:
    """The mobile path in use, where there is no other."""
    with _house(server, level_s) as world:
        world.network.up = False
        firmware, network, _ = _lived(world, (MOBILE,), days)
    return Row(level_s, MOBILE, True, days, firmware[MOBILE].a_day(days), network[MOBILE].a_day(days), _NOTHING)


def _house(server: ForkServer, level_s: int) -> VirtualWorld:
    world = VirtualWorld(server, load_house(HOUSE))
    world.cloud_process.set_levels(world.panel.id, level_s, level_s)
    return world


def _lived(world: VirtualWorld, paths: tuple[int, ...], days: int) -> tuple[dict[int, Cost], dict[int, Cost], Cost]:
    """What the days from the second on cost by path, as firmware and network counted it; and IP's without TLS."""
    firmware = dict.fromkeys(paths, _NOTHING)
    network = dict(firmware)
    plain = _NOTHING
    world.run_until(DAY_MS)
    for day in range(1, days + 1):
        before = {path: _counted(world, path) for path in paths}
        plain_before = _plain(world)
        events = len(world.cloud.events())
        world.run_until((day + 1) * DAY_MS)
        if len(world.cloud.events()) != events:
            raise BudgetError(f"day {day + 1} was not quiet: {world.cloud.events()[-1]}")
        for path in paths:
            network[path] += _counted(world, path) - before[path]
        plain += _plain(world) - plain_before
        # What the panel says of a whole day comes in the day behind it.
        if day > 1:
            firmware = {path: firmware[path] + _reported(world, path) for path in paths}
    world.run_until((days + 2) * DAY_MS)
    return {path: firmware[path] + _reported(world, path) for path in paths}, network, plain


def _plain(world: VirtualWorld) -> Cost:
    return Cost(0, world.network.use.carried_up, world.network.use.carried_down)


def _counted(world: VirtualWorld, path: int) -> Cost:
    way = world.network if path == IP else world.mobile
    assert way is not None
    use: Use = way.use
    air_s = 0.0 if path == IP else use.air_ms(world.now_ms) / _MS
    return Cost(air_s, use.bytes_up, use.bytes_down, use.connections)


def _reported(world: VirtualWorld, path: int) -> Cost:
    for report in world.cloud.path_reports():
        if report.path == path:
            return Cost(report.day_air_s, report.day_bytes_up, report.day_bytes_down)
    raise BudgetError(f"the panel has told nothing of path {path}")
