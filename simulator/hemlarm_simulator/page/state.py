"""What can be seen of a simulated house and its panel, as flat keys that the page shows: `1/siren`, `1/sensor/hall`.

Pure looking: nothing here changes a world.
"""

from typing import Any

from hemlarm_protocol import sensor_frames
from hemlarm_simulator.description import SensorDescription
from hemlarm_simulator.plants.detectors import Camera, Detector, LevelDetector
from hemlarm_simulator.plants.keypad import LAMPS
from hemlarm_simulator.plants.power_supply import PowerSupply
from hemlarm_simulator.plants.radio import RadioSensor
from hemlarm_simulator.plants.wires import Wire
from hemlarm_simulator.world import World

_ALWAYS_ON = ("smoke", "heat", "co", "water", "glass", "button", "tamper")
"""What means an alarm by itself, whether anything is armed or not."""

_LEVEL_SEEN = 0.02
"""From this share of a source's level on something is seen in the room."""

_FULL = 0.995
_MA_RESTING = 15
"""Less than this into or out of the battery is its float current, and no charging."""


def house_state(world: World, panel: int) -> dict[str, Any]:
    """The house, its keypad and its panel."""
    house = world.house
    state: dict[str, Any] = {
        "on": world.panel.on,
        "parked": world.panel.parked,
        "boot": world.panel.boots,
        "display": list(house.display),
        "buzzer": house.keypad.buzzer,
        "siren": house.siren,
        "outdoor": house.outdoor.sound,
        "dark": house.dark,
        "radio-jammed": house.jammed,
        "cable": world.network.up,
        "black-hole": world.network.black_hole,
    }
    state |= {f"lamp/{name}": house.lamps.get(name, False) for name in LAMPS}
    sounding = house.siren == "intrusion"
    for sensor in house.description.sensors:
        state[f"sensor/{sensor.name}"] = sensor_state(sensor, *house.parts(sensor.name), sounding=sounding)
    state |= {f"plug/{number}": plug.on for number, plug in house.plugs.items()}
    state |= {f"lock/{number}": lock.state for number, lock in house.locks.items()}
    if world.modem is not None:
        state["mobile"] = _mobile_state(world)
    return {f"{panel}/{key}": value for key, value in state.items()}


def sensor_state(sensor: SensorDescription, detector: Detector, connection: Any, sounding: bool) -> dict[str, Any]:
    """One detector. `level` is the share of what a source brings, `value` tenths of a degree."""
    assert isinstance(connection, (Wire, RadioSensor))
    flags = connection.flags
    active = bool(flags & sensor_frames.OPEN)
    level = _level(detector)
    alarm = active and (sounding or sensor.kind in _ALWAYS_ON)
    seen = active or level >= _LEVEL_SEEN
    return {
        "state": "alarm" if alarm else "active" if seen else "rest",
        "open": active,
        "level": level,
        "sounding": isinstance(detector, LevelDetector) and detector.sounding,
        "battery_low": bool(flags & sensor_frames.BATTERY_LOW),
        "fault": bool(flags & sensor_frames.FAULT),
        "reach": connection.reachable if isinstance(connection, RadioSensor) else True,
        "cable": "" if isinstance(connection, RadioSensor) else connection.damage,
        "off": bool(flags & sensor_frames.TAMPER) or (sensor.kind == "tamper" and active),
        "flashes": detector.flashes if isinstance(detector, Camera) else 0,
        "value": connection.value if isinstance(connection, RadioSensor) else None,
    }


def power_state(supply: PowerSupply, panel: int) -> dict[str, Any]:
    """Mains and battery."""
    state: dict[str, Any] = {"mains": supply.mains, "keypad-light": supply.outputs["keypad-light"]}
    state["battery"] = _battery_state(supply)
    return {f"{panel}/{key}": value for key, value in state.items()}


def _battery_state(supply: PowerSupply) -> dict[str, Any]:
    if not (supply.has_battery and supply.battery_connected):
        return {"mv": 0, "ma": 0, "percent": 0, "hours": None, "state": "none"}
    battery, ma = supply.battery, supply.battery_ma
    total = max(0.0, battery.charge.total)
    giving = ma < -_MA_RESTING
    charging = ma > _MA_RESTING and total < _FULL
    left_h = total * battery.full_mah / -ma if giving else None
    return {
        "mv": round(supply.battery_mv),
        "ma": round(ma),
        "percent": round(100 * total),
        "hours": None if left_h is None else round(left_h, 1),
        "state": "giving" if giving else "charging" if charging else "full" if total >= _FULL else "resting",
    }


def _level(detector: Detector) -> float:
    if not isinstance(detector, LevelDetector):
        return 0.0
    share = (detector.level.value() - detector.rest) / (detector.source - detector.rest)
    return round(min(1.0, max(0.0, share)), 2)


def _mobile_state(world: World) -> dict[str, Any]:
    cell = world.modem.cell if world.modem is not None else None
    assert cell is not None
    return {
        "up": world.mobile.up,
        "data": world.mobile.data,
        "dbm": cell.signal_dbm,
        "technology": cell.technology,
        "jammed": world.mobile.jammed,
        "black-hole": world.mobile.black_hole,
        "running": world.modem is not None and world.modem.running,
    }
