"""The simulated house: people, animals, doors and smoke on one side, its panel's inputs and outputs on the other.

What people do comes in as methods; what the panel then sees leaves as inputs; what it shows comes back through `show`,
what it says on the radio through `radio_heard`. A quiet house plans no timers, so that it costs no time, but for the
check-ins of radio sensors.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from hemlarm_simulator.chance import Chance
from hemlarm_simulator.clock import Clock
from hemlarm_simulator.description import HouseDescription, SensorDescription
from hemlarm_simulator.names import pick
from hemlarm_simulator.plants.detectors import (
    Camera,
    CarbonMonoxide,
    Connection,
    Contact,
    Detector,
    Heat,
    LevelDetector,
    Motion,
    PushButton,
    Smoke,
    TamperSwitch,
    Thermometer,
)
from hemlarm_simulator.plants.keypad import Keypad
from hemlarm_simulator.plants.lock import Lock
from hemlarm_simulator.plants.plug import Plug
from hemlarm_simulator.plants.power_supply import PowerSupply
from hemlarm_simulator.plants.radio import Air, RadioSensor
from hemlarm_simulator.plants.sirens import OFF, Siren
from hemlarm_simulator.plants.wires import CABLE_OHMS_MAX, TOLERANCE_PPM, EndOfLine, PlainContact, Send, Wire

OPENABLE = ("door", "window", "button", "tamper")
MOVABLE = ("motion", "pet-motion", "camera", "pet-camera")
_LEVELS: dict[str, type[LevelDetector]] = {"smoke": Smoke, "heat": Heat, "co": CarbonMonoxide}
_CONTACTS: dict[str, type[Contact]] = {"button": PushButton, "tamper": TamperSwitch}
SMOKE_SEEN = 0.15
"""The density, of that at a burning source, from which on a camera shows it: less than a detector trips at."""
_STRANGER = 5.0
"""The mass in kg of an animal that does not live here: a neighbour's cat."""

Kind = TypeVar("Kind", bound=Detector)


class House:
    """One house. `send` takes the parts of one input of the panel, `chance` decides tolerances and lost frames."""

    def __init__(
        self, description: HouseDescription, clock: Clock, send: Send, chance: Callable[[int], bytes] | None = None
    ) -> None:
        self.description = description
        self.dark = False
        """Whether it is dark in the rooms."""
        self.keypad = Keypad(clock, send)
        self.indoor = Siren(clock)
        self.outdoor = Siren(clock)
        self.supply = PowerSupply(description.power, clock, send) if description.power is not None else None
        """Mains, charger and battery, where the house is described with them: elsewhere mains never fails."""
        outputs = description.outputs
        self.plugs = {each.number: Plug(each.number, each.load_w) for each in outputs if each.kind == "plug"}
        self.locks = {each.number: Lock(each.number, clock, send) for each in outputs if each.kind == "lock"}
        self._clock = clock
        self._send = send
        self._chance = chance or Chance(0, "house")
        self._air = Air(clock, send, self._chance)
        self._detectors: dict[str, Detector] = {}
        self._connections: dict[str, Connection] = {}
        self._kinds = {sensor.name: sensor.kind for sensor in description.sensors}
        self._at_zone: dict[int, Detector] = {}
        for sensor in description.sensors:
            self._install(sensor)

    # What people see and hear.

    @property
    def siren(self) -> str:
        """What the indoor siren sounds."""
        return self.indoor.sound

    @property
    def display(self) -> tuple[str, str]:
        """The keypad's two lines."""
        return self.keypad.display

    @property
    def lamps(self) -> dict[str, bool]:
        """The keypad's lamps, as far as the panel has set them."""
        return self.keypad.lamps

    def sounding(self, name: str) -> bool:
        """Whether a detector's own sounder is heard. Raises UnknownNameError."""
        return self._detector(name, LevelDetector, "detector with a sounder").sounding

    def flashes(self, name: str) -> int:
        """How often a camera has flashed. Raises UnknownNameError."""
        return self._detector(name, Camera, "camera").flashes

    def parts(self, name: str) -> tuple[Detector, Connection]:
        """A detector, and what connects it with the panel. Raises UnknownNameError."""
        name = pick(self._detectors, name, "component")
        return self._detectors[name], self._connections[name]

    @property
    def jammed(self) -> bool:
        """Whether somebody jams the sensors' radio."""
        return self._air.jammed

    # What cameras see.

    def camera(self, zone: int) -> Camera | None:
        """The camera on a zone that takes pictures, if there is one."""
        detector = self._at_zone.get(zone)
        takes = any(sensor.zone == zone and sensor.pictures for sensor in self.description.sensors)
        return detector if takes and isinstance(detector, Camera) else None

    def label(self, zone: int) -> str:
        """What the zone is called."""
        return next((each.label or each.name for each in self.description.sensors if each.zone == zone), str(zone))

    @property
    def smokes(self) -> bool:
        """Whether there is smoke that a camera would see."""
        smoke = [detector for detector in self._detectors.values() if isinstance(detector, Smoke)]
        return any(detector.level.value() >= SMOKE_SEEN for detector in smoke)

    # What people, animals and fires do. All raise UnknownNameError.

    def open(self, name: str) -> None:
        """Opens a door, a window, a lid; presses a button and holds it."""
        self._openable(name).open(True)

    def close(self, name: str) -> None:
        """Closes it, or lets go."""
        self._openable(name).open(False)

    def move(self, name: str) -> None:
        """Somebody moves in front of a motion detector."""
        self._of_kind(name, MOVABLE, Motion, "motion detector").seen()

    def break_glass(self, name: str) -> None:
        """A pane breaks near a glass-break detector."""
        self._of_kind(name, ("glass",), Motion, "glass-break detector").seen()

    def animal(self, name: str, mass_kg: float | None = None) -> None:
        """An animal walks by a motion detector: the heaviest that lives here, or one of `mass_kg`."""
        detector = self._of_kind(name, MOVABLE, Motion, "motion detector")
        detector.animal(mass_kg if mass_kg is not None else max(self.description.pets, default=_STRANGER))

    def smoke(self, name: str, burning: bool) -> None:
        """Smoke starts or stops to rise at a smoke detector."""
        self._detector(name, Smoke, "smoke detector").happen(burning)

    def heat(self, name: str, degrees: float) -> None:
        """The air at a heat detector goes towards this temperature, in degrees Celsius."""
        self._detector(name, Heat, "heat detector").expose(degrees)

    def carbon_monoxide(self, name: str, leaking: bool) -> None:
        """Carbon monoxide begins or ceases to fill a room."""
        self._detector(name, CarbonMonoxide, "CO detector").happen(leaking)

    def water(self, name: str, wet: bool) -> None:
        """A water probe becomes wet or dry."""
        self._of_kind(name, ("water",), Contact, "water probe").open(wet)

    def temperature(self, name: str, degrees: float) -> None:
        """A room has this temperature now, in degrees Celsius."""
        self._detector(name, Thermometer, "thermometer").warm(degrees)

    def press(self, name: str) -> None:
        """Presses a fire or hold-up button, or the button on a detector."""
        self._detectors[pick(self._detectors, name, "thing with a button")].press()

    def dismount(self, name: str, off: bool) -> None:
        """Takes any component from its place, or puts it back."""
        self._detectors[pick(self._detectors, name, "component")].dismount(off)

    def cable(self, name: str, state: str) -> None:
        """Does "cut" or "short" to a detector's cable, or mends it: ""."""
        wired = {name: wire for name, wire in self._connections.items() if isinstance(wire, Wire)}
        wired[pick(wired, name, "wired detector")].cable(state)

    def battery(self, name: str, low: bool) -> None:
        """A radio sensor's battery runs low, or is new."""
        self._radio(name).battery(low)

    def fault(self, name: str, faulty: bool) -> None:
        """A radio sensor finds itself out of order, or in order again."""
        self._radio(name).fault(faulty)

    def reach(self, name: str, reachable: bool) -> None:
        """A radio sensor gets out of the panel's reach, or back into it."""
        self._radio(name).reachable = reachable

    def jam(self, on: bool) -> None:
        """Somebody begins, or ceases, to jam the sensors' radio."""
        self._air.jam(on)

    def enter_code(self, digits: str, mode: str) -> None:
        """Somebody enters a code at the keypad and then presses "away", "home", "night", "off" or "ok"."""
        self.keypad.press([*digits, mode])

    # What connects it with the panel.

    def start_values(self) -> tuple[list[int], list[tuple[int, int]]]:
        """What a panel starting now finds: the digital zones that are open, and (zone, ohms) of each measured line."""
        wires = list(self._connections.values())
        opened = [wire.zone for wire in wires if isinstance(wire, PlainContact) and wire.opened]
        return sorted(opened), sorted((wire.zone, wire.ohms()) for wire in wires if isinstance(wire, EndOfLine))

    def show(self, output: str, value: Any) -> None:
        """The panel sets an output. One that this house does not have changes nothing."""
        if self.supply is not None:
            self.supply.show(output, value)
        if output == "siren":
            self.indoor.play(str(value))
        elif output == "outdoor":
            self.outdoor.play(str(value))
        elif output in ("display", "lamp", "buzzer"):
            self.keypad.show(output, value)
        elif output == "plug" and value[0] in self.plugs:
            self.plugs[value[0]].switch(bool(value[1]))
        elif output == "lock" and value[0] in self.locks:
            self.locks[value[0]].drive(bool(value[1]))
        elif output in ("camera", "loop"):
            detector = self._at_zone.get(value[0])
            if output == "camera" and isinstance(detector, Camera):
                detector.flash()
            elif output == "loop" and isinstance(detector, LevelDetector):
                detector.power(bool(value[1]))

    def radio_heard(self, frame: bytes) -> None:
        """The panel sends a frame to its radio sensors."""
        self._air.from_panel(frame)

    def lose_power(self) -> None:
        """The panel lost its power: nothing of it sounds or shines any more, and its loops carry no current."""
        self.indoor.play(OFF)
        self.outdoor.play(OFF)
        self.keypad.lose_power()
        self._power_loops(False)
        if self.supply is not None:
            self.supply.panel_ended()

    def can_power(self) -> bool:
        """Whether there is enough for the panel to start."""
        return self.supply is None or self.supply.can_start()

    def regain_power(self) -> None:
        """The panel has power again, and is about to start."""
        self._power_loops(True)
        self._air.panel_starts()
        for lock in self.locks.values():
            lock.panel_starts()
        if self.supply is not None:
            self.supply.panel_starts()

    def _power_loops(self, on: bool) -> None:
        for name, wire in self._connections.items():
            detector = self._detectors[name]
            if isinstance(wire, EndOfLine) and isinstance(detector, LevelDetector):
                detector.power(on)

    # How it is built.

    def _install(self, sensor: SensorDescription) -> None:
        connection = self._connect(sensor)
        self._connections[sensor.name] = connection
        self._detectors[sensor.name] = self._at_zone[sensor.zone] = self._make(sensor, connection)

    def _connect(self, sensor: SensorDescription) -> Connection:
        if sensor.radio:
            return self._air.add(sensor)
        if sensor.wiring:
            cable_ohms = self._between(0, CABLE_OHMS_MAX)
            tolerance = (self._between(-TOLERANCE_PPM, TOLERANCE_PPM), self._between(-TOLERANCE_PPM, TOLERANCE_PPM))
            return EndOfLine(sensor.zone, sensor.wiring, cable_ohms, tolerance, self._send)
        return PlainContact(sensor.zone, self._clock, self.description.filter_ms, self._send)

    def _make(self, sensor: SensorDescription, connection: Connection) -> Detector:
        kind = sensor.kind
        pet_immune = kind.startswith("pet-")
        if kind in _LEVELS:
            return _LEVELS[kind](connection, self._clock, sensor.latching)
        if kind.endswith("camera"):
            return Camera(connection, self._clock, pet_immune, lambda: self.dark)
        if kind.endswith("motion") or kind == "glass":
            return Motion(connection, self._clock, pet_immune)
        if kind == "temperature":
            assert isinstance(connection, RadioSensor)
            return Thermometer(connection, self._clock, connection.measured)
        return _CONTACTS.get(kind, Contact)(connection, self._clock)

    def _between(self, least: int, most: int) -> int:
        return least + int.from_bytes(self._chance(4), "big") % (most - least + 1)

    # Names.

    def _detector(self, name: str, kind: type[Kind], what: str) -> Kind:
        found = {name: detector for name, detector in self._detectors.items() if isinstance(detector, kind)}
        return found[pick(found, name, what)]

    def _of_kind(self, name: str, kinds: tuple[str, ...], plant: type[Kind], what: str) -> Kind:
        name = pick([name for name, kind in self._kinds.items() if kind in kinds], name, what)
        return self._detector(name, plant, what)

    def _openable(self, name: str) -> Contact:
        return self._of_kind(name, OPENABLE, Contact, "door or window")

    def _radio(self, name: str) -> RadioSensor:
        found = {name: sensor for name, sensor in self._connections.items() if isinstance(sensor, RadioSensor)}
        return found[pick(found, name, "radio sensor")]
