"""What must raise an alarm: burglars, smoke, a cry for help, water, sabotage. Each is noted for the invariants."""

from hemlarm_simulator.explore.scene import Incident, Scene
from hemlarm_simulator.house import MOVABLE

INTRUSION_CODES = (130, 131, 132, 134, 139, 374)
_FIRE_CODES = {"smoke": 111, "heat": 114, "button": 115}

PRESSED_MS = 10_000
"""A pressed button must be told within this time."""

SMOKE_MS = 150_000
"""Smoke must: its chamber fills within half a minute, and a loop with verification asks twice."""


def breaks_in(scene: Scene, name: str, for_ms: str) -> None:
    """A burglar opens a door or a window, and closes it after a while."""
    sensor = scene.sensor(name)
    entry_s = next(area.entry_s for area in scene.house.areas if area.number == sensor.area)
    incident = _begin(scene, "break-in", sensor.zone, INTRUSION_CODES, 1000 * entry_s + 15_000, sensor.area)
    scene.world.house.open(name)

    def leave() -> None:
        scene.world.house.close(name)
        incident.end_ms = scene.now_ms

    scene.world.clock.call_in(int(for_ms), leave)


def prowls(scene: Scene, name: str) -> None:
    """A burglar walks by a motion detector."""
    sensor = scene.sensor(name)
    if sensor.kind in MOVABLE:
        _begin(scene, "prowler", sensor.zone, INTRUSION_CODES, None).end_ms = scene.now_ms
        scene.world.house.move(name)


def smoke(scene: Scene, name: str, for_ms: str) -> None:
    """It burns by a smoke detector."""
    sensor = scene.sensor(name)
    incident = _begin(scene, "smoke", sensor.zone, (_FIRE_CODES["smoke"],), None if sensor.radio else SMOKE_MS)
    scene.world.house.smoke(name, True)

    def thin() -> None:
        scene.world.house.smoke(name, False)
        incident.end_ms = scene.now_ms

    scene.world.clock.call_in(int(for_ms), thin)


def calls(scene: Scene, name: str) -> None:
    """Somebody presses a fire or hold-up button, or that key of the keypad."""
    if name in ("fire", "hold-up"):
        code, zone, radio = (115 if name == "fire" else 120), 0, False
        scene.world.house.keypad.press([name])
    else:
        sensor = scene.sensor(name)
        silent = bool(sensor.fields.get("silent"))
        code = 115 if sensor.type == "fire" else (122 if silent else 120)
        zone, radio = sensor.zone, sensor.radio
        scene.world.house.press(name)
    _begin(scene, "call", zone, (code,), None if radio else PRESSED_MS).end_ms = scene.now_ms


def floods(scene: Scene, name: str, for_ms: str) -> None:
    """Water stands at a probe for a while."""
    incident = _begin(scene, "water", scene.sensor(name).zone, (154,), None)
    scene.world.house.water(name, True)

    def dry() -> None:
        scene.world.house.water(name, False)
        incident.end_ms = scene.now_ms

    scene.world.clock.call_in(int(for_ms), dry)


def tampers(scene: Scene, name: str, for_ms: str) -> None:
    """Somebody takes a component from the wall, and puts it back."""
    sensor = scene.sensor(name)
    incident = _begin(scene, "tamper", sensor.zone, (137, 144, 383, *INTRUSION_CODES, 133), None)
    scene.world.house.dismount(name, True)

    def mount() -> None:
        scene.world.house.dismount(name, False)
        incident.end_ms = scene.now_ms

    scene.world.clock.call_in(int(for_ms), mount)


def _begin(
    scene: Scene, what: str, zone: int | None, codes: tuple[int, ...], must_ms: int | None, area: int = 0
) -> Incident:
    incident = Incident(what, zone, codes, scene.now_ms, None, must_ms, area)
    scene.incidents.append(incident)
    return incident
