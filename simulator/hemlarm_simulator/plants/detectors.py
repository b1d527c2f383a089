"""Detectors: what happens in front of them becomes the movement of an alarm contact, with the physics of each kind."""

from collections.abc import Callable
from typing import Protocol

from hemlarm_simulator.clock import Clock, Timer
from hemlarm_simulator.plants.level import Level

MOTION_MS = 3_000
"""How long a motion detector's relay stays open after the last movement: our choice, detectors have 2 to 5 s."""

STAYS_MS = 10_000
"""How long somebody who has moved is still in a camera's picture: our choice."""

PET_IMMUNE_KG = 20
"""A pet-immune detector does not see animals lighter than this, as its makers promise."""

PRESS_MS = 1_000
"""How long somebody holds a button."""


class Connection(Protocol):
    """What a detector is connected to the panel by: a wire, or radio."""

    @property
    def flags(self) -> int:
        """How the detector's contacts are, in the flags of a radio sensor's report."""

    def alarm(self, on: bool) -> None:
        """The alarm contact."""

    def tamper(self, on: bool) -> None:
        """The tamper contact."""

    def button(self) -> None:
        """The detector's button."""


class Detector:
    """What all have in common: they can be taken from the wall."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def dismount(self, off: bool) -> None:
        """Taken from its place, or put back."""
        self._connection.tamper(off)

    def press(self) -> None:
        """Its button is pressed."""
        self._connection.button()


class Contact(Detector):
    """A magnet contact, a tamper switch, a water probe: as the thing it watches."""

    def open(self, opened: bool) -> None:
        """What it watches opens or closes, becomes wet or dry."""
        self._connection.alarm(opened)


class TamperSwitch(Contact):
    """Watches a lid or a wall: to open it and to take its component down is the same."""

    def dismount(self, off: bool) -> None:
        """What it watches is taken from its place, or put back."""
        self.open(off)


class PushButton(Contact):
    """A fire or hold-up button."""

    def press(self) -> None:
        """Somebody presses it and lets go."""
        self.open(True)
        self._clock.call_in(PRESS_MS, lambda: self.open(False))


class Motion(Detector):
    """A passive infrared detector, or a microphone for breaking glass: opens its contact for a while."""

    def __init__(self, connection: Connection, clock: Clock, pet_immune: bool = False) -> None:
        super().__init__(connection, clock)
        self._pet_immune = pet_immune
        self._seen_ms: int | None = None
        self._timer: Timer | None = None

    def seen(self) -> None:
        """Somebody moves in front of it."""
        if self._timer is not None:
            self._timer.cancel()
        self._seen_ms = self._clock.now_ms
        self._connection.alarm(True)
        self._timer = self._clock.call_in(MOTION_MS, self._quiet)

    def animal(self, mass_kg: float) -> None:
        """An animal walks by."""
        if not self._pet_immune or mass_kg >= PET_IMMUNE_KG:
            self.seen()

    def _quiet(self) -> None:
        self._connection.alarm(False)


class Camera(Motion):
    """A motion detector with a camera, whose lamp can show that it is awake. `camera.py` takes its pictures."""

    def __init__(self, connection: Connection, clock: Clock, pet_immune: bool, is_dark: Callable[[], bool]) -> None:
        super().__init__(connection, clock, pet_immune)
        self.flashes = 0
        self._is_dark = is_dark

    @property
    def sees_somebody(self) -> bool:
        """Whether somebody is in front of it, having moved there a moment ago."""
        return self._seen_ms is not None and self._clock.now_ms - self._seen_ms < STAYS_MS

    def flash(self) -> None:
        """The panel lets it flash, which it does in the dark only."""
        if self._is_dark():
            self.flashes += 1


class Thermometer(Detector):
    """Tells the temperature itself; only radio can."""

    def __init__(self, connection: Connection, clock: Clock, told: Callable[[int], None]) -> None:
        super().__init__(connection, clock)
        self._told = told

    def warm(self, degrees: float) -> None:
        """The room has this temperature, in degrees Celsius."""
        self._told(round(degrees * 10))


class LevelDetector(Detector):
    """Smoke, heat, carbon monoxide: trips at a level, with its own sounder and button.

    `latching` ones, on a wired loop, hold their alarm until they were without power for RESET_MS.
    """

    RESET_MS = 5_000
    """How long a latching detector must be without power to forget its alarm."""

    HUSH_MS = 600_000
    """How long its button keeps a detector's own sounder quiet: ten minutes is the trade's habit."""

    time_constant_ms: float
    trips: float
    clears: float
    source: float
    rest: float = 0.0

    def __init__(self, connection: Connection, clock: Clock, latching: bool = False) -> None:
        super().__init__(connection, clock)
        kind = type(self)
        self.level = Level(clock, kind.time_constant_ms, kind.trips, kind.clears, self._crossed, kind.rest)
        self._latching = latching
        self._latched = False
        self._powered = True
        self._without_since_ms = 0
        self._hushed_until_ms = 0

    @property
    def sounding(self) -> bool:
        """Whether its own sounder is heard."""
        return self._in_alarm() and self._clock.now_ms >= self._hushed_until_ms

    def expose(self, level: float) -> None:
        """The room has this level from now on."""
        self.level.towards(level)

    def happen(self, on: bool) -> None:
        """What it watches for begins, or is over."""
        self.expose(self.source if on else self.rest)

    def press(self) -> None:
        """Somebody presses its button: its own sounder is quiet for HUSH_MS, and the panel hears of it."""
        if self.sounding:
            self._hushed_until_ms = self._clock.now_ms + self.HUSH_MS
        super().press()

    def power(self, on: bool) -> None:
        """The panel switches its loop's power."""
        if on == self._powered:
            return
        self._powered = on
        if not on:
            self._without_since_ms = self._clock.now_ms
        elif self._clock.now_ms - self._without_since_ms >= self.RESET_MS:
            self._latched = False
            self.level.start_anew()
        self._connection.alarm(self._in_alarm())

    def _crossed(self, above: bool) -> None:
        if above:
            self._hushed_until_ms = 0
            self._latched = self._latching and self._powered
        self._connection.alarm(self._in_alarm())

    def _in_alarm(self) -> bool:
        return self._powered and (self.level.above or self._latched)


class Smoke(LevelDetector):
    """Density in its chamber, in units of a burning source: our own plausible plant, not a standard's."""

    time_constant_ms = 8_000
    trips = 0.5
    clears = 0.2
    source = 1.0


class Heat(LevelDetector):
    """A fixed-temperature detector of 58 C, the usual static response temperature in EN 54-5's class A2.

    A room takes about a minute to follow a fire; it clears at 50 C.
    """

    time_constant_ms = 60_000
    trips = 58.0
    clears = 50.0
    source = 120.0
    rest = 20.0


class CarbonMonoxide(LevelDetector):
    """Parts per million, weighed over time.

    The constants are chosen to fall within EN 50291-1: never at 30 ppm, within 60 to 90 minutes at 50 ppm, 10 to 40
    minutes at 100 ppm, 3 minutes at 300 ppm. A source gives 300 ppm.
    """

    time_constant_ms = 960_000
    trips = 49.0
    clears = 40.0
    source = 300.0
