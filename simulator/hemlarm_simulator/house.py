"""The house: doors, windows, motion and smoke detectors, a keypad, a siren, and the filters before the panel.

What people do comes in as methods (`open`, `smoke`, `enter_code`); what the panel then sees leaves as debounced
inputs; what it shows comes back through `show`. A quiet house plans no timers, so that it costs no time.
"""

import difflib
import math
from collections.abc import Callable, Iterable
from typing import Any

from hemlarm_simulator.clock import Clock, Timer
from hemlarm_simulator.description import HouseDescription, SensorDescription

MOTION_MS = 3_000
"""How long a motion detector's relay stays open after the last movement: our choice, detectors have 2 to 5 s."""

SMOKE_TIME_CONSTANT_MS = 8_000
"""How fast the smoke in a detector's chamber follows that in the room: our own plausible plant, not a standard's."""

SMOKE_SOURCE, SMOKE_TRIPS, SMOKE_CLEARS = 1.0, 0.5, 0.2
"""Density that a burning source leads to, and the detector's two levels, in units of that. Our own as well."""

Send = Callable[..., None]


class UnknownNameError(Exception):
    """Nothing in the house is called so."""


def pick(names: Iterable[str], name: str, what: str) -> str:
    """Returns `name` if it is one of `names`. Raises UnknownNameError, which lists them and suggests the nearest."""
    known = sorted(names)
    if name in known:
        return name
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    raise UnknownNameError(f"{name!r} is no {what} here; there are {', '.join(known)}{hint}")


class Contact:
    """A zone's contact behind the input filter: a change counts when it has lasted `filter_ms`."""

    def __init__(self, zone: int, clock: Clock, filter_ms: int, send: Send) -> None:
        self.zone = zone
        self.opened = False
        """What the panel knows; `moved` says what the contact does right now."""
        self._now = False
        self._clock = clock
        self._filter_ms = filter_ms
        self._send = send
        self._timer: Timer | None = None

    def moved(self, opened: bool) -> None:
        """The contact opens or closes."""
        self._now = opened
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if opened == self.opened:
            return
        if self._filter_ms == 0:
            self._settled()
        else:
            self._timer = self._clock.call_in(self._filter_ms, self._settled)

    def _settled(self) -> None:
        self._timer = None
        self.opened = self._now
        self._send("zone", self.zone, self.opened)


class Motion:
    """A passive infrared detector: a movement opens its contact for a while."""

    def __init__(self, contact: Contact, clock: Clock) -> None:
        self._contact = contact
        self._clock = clock
        self._timer: Timer | None = None

    def seen(self) -> None:
        """Somebody moves in front of it."""
        if self._timer is not None:
            self._timer.cancel()
        self._contact.moved(True)
        self._timer = self._clock.call_in(MOTION_MS, self._quiet)

    def _quiet(self) -> None:
        self._contact.moved(False)


class SmokeChamber:
    """A smoke detector: density in its chamber follows the room's by an exponential, and trips with hysteresis.

    The moment of crossing a level is computed, not waited for by sampling.
    """

    def __init__(self, contact: Contact, clock: Clock) -> None:
        self._contact = contact
        self._clock = clock
        self._density = 0.0
        self._source = 0.0
        self._since_ms = 0
        self._timer: Timer | None = None

    def density(self) -> float:
        """Density in the chamber now, in units of a burning source."""
        passed = (self._clock.now_ms - self._since_ms) / SMOKE_TIME_CONSTANT_MS
        return self._source + (self._density - self._source) * math.exp(-passed)

    def source(self, burning: bool) -> None:
        """Something starts or stops to burn in the room."""
        self._density = self.density()
        self._since_ms = self._clock.now_ms
        self._source = SMOKE_SOURCE if burning else 0.0
        if self._timer is not None:
            self._timer.cancel()
        level = SMOKE_TRIPS if burning else SMOKE_CLEARS
        if (self._density < level) == burning:
            ratio = (self._density - self._source) / (level - self._source)
            delay_ms = math.ceil(SMOKE_TIME_CONSTANT_MS * math.log(ratio))
            self._timer = self._clock.call_in(delay_ms, lambda: self._contact.moved(burning))
        else:
            self._contact.moved(burning)


class House:
    """One house, its panel's sensors and outputs. `send` takes the parts of one debounced input."""

    def __init__(self, description: HouseDescription, clock: Clock, send: Send) -> None:
        self.description = description
        self.siren = "off"
        self.display = ("", "")
        self.lamps: dict[str, bool] = {}
        self._clock = clock
        self._send = send
        self._contacts: dict[str, Contact] = {}
        self._motion: dict[str, Motion] = {}
        self._smoke: dict[str, SmokeChamber] = {}
        for sensor in description.sensors:
            self._install(sensor)

    def _install(self, sensor: SensorDescription) -> None:
        contact = Contact(sensor.zone, self._clock, self.description.filter_ms, self._send)
        if sensor.kind == "motion":
            self._motion[sensor.name] = Motion(contact, self._clock)
        elif sensor.kind == "smoke":
            self._smoke[sensor.name] = SmokeChamber(contact, self._clock)
        self._contacts[sensor.name] = contact

    def open(self, name: str) -> None:
        """Opens a door or a window. Raises UnknownNameError."""
        self._contacts[self._openable(name)].moved(True)

    def close(self, name: str) -> None:
        """Closes a door or a window. Raises UnknownNameError."""
        self._contacts[self._openable(name)].moved(False)

    def move(self, name: str) -> None:
        """Somebody moves in front of a motion detector. Raises UnknownNameError."""
        self._motion[pick(self._motion, name, "motion detector")].seen()

    def smoke(self, name: str, burning: bool) -> None:
        """Smoke starts or stops to rise at a smoke detector. Raises UnknownNameError."""
        self._smoke[pick(self._smoke, name, "smoke detector")].source(burning)

    def enter_code(self, digits: str, mode: str) -> None:
        """Somebody enters a code at the keypad and asks for "away", "home" or "disarm"."""
        self._send("keys", digits, mode)

    def zones_open(self) -> list[int]:
        """The zones that a panel starting now finds open."""
        return sorted(contact.zone for contact in self._contacts.values() if contact.opened)

    def show(self, output: str, value: Any) -> None:
        """The panel sets an output. One that this house does not have changes nothing."""
        if output == "siren":
            self.siren = str(value)
        elif output == "display":
            self.display = (str(value[0]), str(value[1]))
        elif output == "lamp":
            self.lamps[str(value[0])] = bool(value[1])

    def dark(self) -> None:
        """The panel lost its power: nothing sounds or shines any more."""
        self.siren = "off"
        self.display = ("", "")
        self.lamps = {}

    def _openable(self, name: str) -> str:
        return pick(set(self._contacts) - set(self._motion) - set(self._smoke), name, "door or window")
