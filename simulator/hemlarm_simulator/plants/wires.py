"""What connects a detector with the panel by wire: a plain contact, or a loop with end-of-line resistors.

Both have an alarm contact and a tamper contact at the detector's end, and a cable that can be cut or shorted.
"""

from collections.abc import Callable

from hemlarm_installer import firmware_code
from hemlarm_protocol import sensor_frames
from hemlarm_simulator.clock import Clock, Timer

Send = Callable[..., None]
"""Takes the parts of one input of the panel."""

CABLE_OHMS_MAX = 100
"""The longest cable that the resistors' ranges leave room for, there and back."""

TOLERANCE_PPM = 10_000
"""Resistors of one per cent."""

SHORT_OHMS = 1
"""What is left of a line whose wires touch."""

# The resistor at the end of the line and, for two, the one that the alarm contact adds to it: as they are named.
_RESISTORS = {"5k6": (5600, 0), "2k2/4k7": (2200, 4700), "4k7/4k7": (4700, 4700), "1k/1k": (1000, 1000)}
WIRINGS = ("", *_RESISTORS)


class Wire:
    """A cable with a detector at its end. `alarm`, `tamper` and `cable` change it; subclasses tell the panel."""

    def __init__(self, zone: int, send: Send) -> None:
        self.zone = zone
        self._send = send
        self._alarm = False
        self._tamper = False
        self._cable = ""

    @property
    def flags(self) -> int:
        """How the detector's contacts are, in the flags of a radio sensor's report."""
        return (sensor_frames.OPEN if self._alarm else 0) | (sensor_frames.TAMPER if self._tamper else 0)

    @property
    def damage(self) -> str:
        """What has happened to the cable: "cut", "short" or ""."""
        return self._cable

    def alarm(self, on: bool) -> None:
        """The detector's alarm contact moves."""
        self._alarm = on
        self._changed()

    def tamper(self, on: bool) -> None:
        """The detector's tamper contact moves."""
        self._tamper = on
        self._changed()

    def cable(self, state: str) -> None:
        """The cable is "cut" or "short", or "" again."""
        self._cable = state
        self._changed()

    def button(self) -> None:
        """The detector's button is pressed: a wire of its own to the board."""
        self._send("button", self.zone)

    def _changed(self) -> None:
        raise NotImplementedError


class PlainContact(Wire):
    """Contacts in series on a digital input behind the board's filter: a change counts when it lasted `filter_ms`."""

    def __init__(self, zone: int, clock: Clock, filter_ms: int, send: Send) -> None:
        super().__init__(zone, send)
        self.opened = False
        """What the panel knows; the contacts may say something else since a moment."""
        self._clock = clock
        self._filter_ms = filter_ms
        self._timer: Timer | None = None

    def _changed(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._open_now() == self.opened:
            return
        if self._filter_ms == 0:
            self._settled()
        else:
            self._timer = self._clock.call_in(self._filter_ms, self._settled)

    def _open_now(self) -> bool:
        return self._cable != "short" and (self._alarm or self._tamper or self._cable == "cut")

    def _settled(self) -> None:
        self._timer = None
        self.opened = self._open_now()
        self._send("zone", self.zone, self.opened)


class EndOfLine(Wire):
    """A loop with resistors at its end. The board measures it, and tells of every change at once.

    One resistor: an alarm shorts it, so a smoke detector needs no second pair of wires. Two: an alarm adds the second
    one. In both the tamper contact opens the line. `tolerance_ppm` is by how much each resistor is off.
    """

    def __init__(self, zone: int, wiring: str, cable_ohms: int, tolerance_ppm: tuple[int, int], send: Send) -> None:
        super().__init__(zone, send)
        assert 0 <= cable_ohms <= CABLE_OHMS_MAX
        assert all(abs(ppm) <= TOLERANCE_PPM for ppm in tolerance_ppm)
        at_end, added = (
            ohms * (1_000_000 + ppm) / 1_000_000 for ohms, ppm in zip(_RESISTORS[wiring], tolerance_ppm, strict=True)
        )
        self._rest_ohms = at_end
        self._alarm_ohms = at_end + added if added else float(SHORT_OHMS)
        self._cable_ohms = cable_ohms
        self._open_ohms: int = firmware_code.load("hemlarm_firmware.panel.inputs").OPEN_OHMS
        self._told = self.ohms()

    def ohms(self) -> int:
        """What a measurement finds now, in whole ohms."""
        if self._cable == "short":
            return SHORT_OHMS
        if self._tamper or self._cable == "cut":
            return self._open_ohms
        return round(self._cable_ohms + (self._alarm_ohms if self._alarm else self._rest_ohms))

    def _changed(self) -> None:
        if (ohms := self.ohms()) != self._told:
            self._told = ohms
            self._send("line", self.zone, ohms)
