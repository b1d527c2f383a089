"""The measuring configuration without mains, from full to parked and back again, lived by the real firmware.

The house is armed and left. Nothing happens in it but that mains fails, and returns hours after the panel has parked.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hemlarm_simulator.description import load_house
from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.plants.battery import CHEMISTRIES, Battery
from hemlarm_simulator.plants.charger import Charger
from hemlarm_simulator.plants.circuit import Circuit
from hemlarm_simulator.plants.loads import Loads
from hemlarm_simulator.power_description import PowerDescription
from hemlarm_simulator.virtual.world import VirtualWorld

HOUSE = "reference"
CUT_OFF_MV = 10_500
"""Where a lead-acid battery counts as empty."""

HOUR_MS = 3600_000
_STEP_MS = 10 * 60_000
_ARMED_MS = 60_000
_FAILS_MS = 2 * HOUR_MS
_PARKED_H = 4
_CHARGED_H = 8
_LIMIT_H = 200
_MASTERS_KEYS = (*"1234", "away")

TOLD = {1301: "mains lost", 1302: "low battery", 1308: "parked", 3308: "resumed", 3301: "mains restored"}
"""The events of this story, and what they tell."""

Progress = Callable[[float], None]


class BatteryRunError(Exception):
    """The battery did not do as it should have; the text says when and what."""


@dataclass(frozen=True)
class Point:
    """The voltage at the battery's terminals, and when, in hours since mains failed."""

    hours: float
    volts: float


@dataclass(frozen=True)
class Told:
    """An event of TOLD, recorded so many hours after mains failed, with its detail."""

    hours: float
    qcode: int
    detail: int


@dataclass(frozen=True)
class BatteryRun:
    """What came of it. `unshed_h` is how long the battery would last for a panel that switches nothing off."""

    curve: tuple[Point, ...]
    events: tuple[Told, ...]
    restored_h: float
    unshed_h: float

    def hours(self, qcode: int) -> float:
        """When the first event of this code was recorded. Raises BatteryRunError."""
        return self.event(qcode).hours

    def event(self, qcode: int) -> Told:
        """The first event of this code. Raises BatteryRunError."""
        for told in self.events:
            if told.qcode == qcode:
                return told
        raise BatteryRunError(f"the panel told no event {qcode}, {TOLD[qcode]}")


def live(server: ForkServer, progress: Progress = lambda _hours: None) -> BatteryRun:
    """Lives it. `progress` is told the hours since mains failed. Raises BatteryRunError, PanelCrashedError."""
    house = load_house(HOUSE)
    assert house.power is not None
    recorded: list[tuple[int, int]] = []

    def watch(at_ms: int, kind: str, values: tuple[Any, ...]) -> None:
        if kind == "trace" and values[0] == "event" and values[3] in TOLD:
            recorded.append((at_ms, values[3]))

    with VirtualWorld(server, house) as world:
        world.ledger.watch(watch)
        world.run_until(_ARMED_MS)
        world.house.keypad.press(_MASTERS_KEYS)
        curve, restored_ms = _discharge_and_charge(world, progress)
        if not world.house.lamps.get("armed"):
            raise BatteryRunError("the panel is disarmed after all, though it was left armed")
        details = {event.qcode: event.detail for event in reversed(world.cloud.events())}
    events = tuple(Told(_since(at_ms), qcode, details.get(qcode, 0)) for at_ms, qcode in recorded)
    return BatteryRun(curve, events, _since(restored_ms), unshed_h(house.power))


def unshed_h(power: PowerDescription) -> float:
    """How many hours this supply's full battery feeds everything, the siren apart, until it is empty."""
    battery = Battery(CHEMISTRIES[power.battery], power.mah, power.age_percent / 100, power.temperature_c)
    loads = Loads(power.loads)
    for name in ("core", "ethernet", "modem", "keypad", "pirs"):
        loads.switch(name, True)
    circuit = Circuit(battery, Charger(), loads)
    circuit.mains = False
    minutes = 0
    while circuit.flow().mv > CUT_OFF_MV:
        circuit.advance(1 / 60)
        minutes += 1
    return minutes / 60


def _discharge_and_charge(world: VirtualWorld, progress: Progress) -> tuple[tuple[Point, ...], int]:
    """The curve until the battery charges again, and when mains was back."""
    supply = world.supply
    assert supply is not None
    curve = [Point(_since(world.now_ms), supply.battery_mv / 1000)]
    world.run_until(_FAILS_MS)
    curve.append(Point(0.0, supply.battery_mv / 1000))
    supply.mains = False
    parked_ms = restored_ms = None
    while restored_ms is None or world.now_ms < restored_ms + _CHARGED_H * HOUR_MS:
        world.run_until(world.now_ms + _STEP_MS)
        if world.panel.parked and parked_ms is None:
            parked_ms = world.now_ms
        if restored_ms is None and parked_ms is not None and world.now_ms >= parked_ms + _PARKED_H * HOUR_MS:
            restored_ms = world.now_ms
            supply.mains = True
        hours = _since(world.now_ms)
        if hours > _LIMIT_H:
            raise BatteryRunError(f"after {_LIMIT_H} h without mains the panel has not parked")
        curve.append(Point(hours, supply.battery_mv / 1000))
        progress(hours)
    return tuple(curve), restored_ms


def _since(at_ms: int) -> float:
    return (at_ms - _FAILS_MS) / HOUR_MS
