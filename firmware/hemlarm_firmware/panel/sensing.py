"""From what comes in of the sensors to what the zones do: lines, radio, buttons, supervision, fire loops, restarts.

A radio sensor that falls silent is a fault of its own and never an alarm; what it says when it comes back is taken as
any other report.
"""

from hemlarm_firmware.panel import inputs, latch_tables, zone_types
from hemlarm_firmware.panel import zone as zones
from hemlarm_firmware.panel.countdown import earlier
from hemlarm_firmware.sensors import line as lines
from hemlarm_protocol.constant import const

VERIFY_MS = 90_000
"""Two pulses of a fire loop within this time are a fire; the first one alone resets the loop."""

HYSTERESIS = 10
"""Tenths of a degree that a temperature must come back over its limit."""

_CODE_TAMPER = const(144)
_CODE_LOOP = const(373)
_CODE_FAULT = const(380)
_CODE_MISSING = const(381)
_CODE_BATTERY = const(384)
_CODE_HOT = const(158)
_CODE_COLD = const(159)
_NEAR_ALARM = const(1118)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from hemlarm_firmware.panel.cause import Cause
    from hemlarm_firmware.panel.site import Site
    from hemlarm_firmware.panel.zone import Zone


class Sensing:
    """Feeds one site."""

    def __init__(self, site: "Site") -> None:
        self._site = site
        self._wired = [zone for zone in site.zones if zone.line]
        self._radio = [zone for zone in site.zones if zone.supervise_ms]
        site.contact.has_radio = bool(self._radio)
        self._supervise_at_ms: int | None = 0  # Not later than the first radio zone goes missing; None where none can.

    # What comes in.

    def says_nothing_new(self, event: "Sequence[Any]", now_ms: int) -> bool:
        """Whether a sample of a digital zone or a line repeats what is known. Costs no memory."""
        zone = self._site.zone_of.get(event[1])
        if zone is None:
            return True
        if event[0] == inputs.ZONE:
            return bool(zone.open == event[2])
        line = zone.line
        if line is None or zone.powered_ms is not None:
            return True
        line.sample(event[2], now_ms)
        return line.deadline_ms is None

    def zone(self, event: "Sequence[Any]", cause: "Cause") -> None:
        """A digital zone, debounced: (kind, zone, open)."""
        zone = self._site.zone_of.get(event[1])
        if zone is not None and zone.line is None and not zone.supervise_ms:
            self._set_open(zone, bool(event[2]), cause)

    def line(self, event: "Sequence[Any]", cause: "Cause") -> None:
        """A wired zone was measured: (kind, zone, ohms). While a loop is reset, what is measured means nothing."""
        zone = self._site.zone_of.get(event[1])
        if zone is not None and zone.line is not None and zone.powered_ms is None:
            zone.line.sample(event[2], cause.now_ms)

    def sensor(self, event: "Sequence[Any]", cause: "Cause") -> None:
        """A radio sensor has reported, or checked in: (kind, zone, flags, value)."""
        _, number, flags, value = event
        zone = self._site.zone_of.get(number)
        if zone is None or not zone.supervise_ms:
            return
        zone.heard_ms = cause.now_ms
        zone.troubles &= ~zones.UNHEARD
        self._trouble(zone, zones.MISSING, False, _CODE_MISSING, cause)
        self._plan_supervision()
        self._trouble(zone, zones.BATTERY_LOW, bool(flags & inputs.SENSOR_BATTERY_LOW), _CODE_BATTERY, cause)
        self._trouble(zone, zones.FAULT, bool(flags & inputs.SENSOR_FAULT), _CODE_FAULT, cause)
        if flags & inputs.SENSOR_BUTTON:
            self.button(event, cause)
        if zone.range is not None:
            self._temperature(zone, zone.range, value, cause)
        else:
            self._set_open(zone, bool(flags & inputs.SENSOR_OPEN), cause)
        # Behind the door: a forced zone that is whole again but open must not guard before that is known.
        self._tamper(zone, bool(flags & inputs.SENSOR_TAMPER), cause)
        self._site.area_of[zone.area].rejoin(zone, cause)

    def button(self, event: "Sequence[Any]", cause: "Cause") -> None:
        """The button on a detector: (kind, zone). Ticks it off in a walk test; a silenced wired one must trip anew."""
        zone = self._site.zone_of.get(event[1])
        if zone is None:
            return
        self._site.walk.tick(zone, cause)
        if not self._site.latches[latch_tables.FIRE].sounds():
            self._site.reset_loops(cause)

    def start(self, zones_open: "Sequence[int]", measured: "Sequence[Sequence[int]]") -> "list[Zone]":
        """Takes what is found at a start, at once and before anything follows from it. Returns the zones that differ.

        A door comes before the motion behind it, as people enter.
        """
        changed = []
        for zone in self._site.zones:
            if zone.line is None and not zone.supervise_ms and zone.open != (zone.number in zones_open):
                zone.open = not zone.open
                changed.append(zone)
        for number, ohms in measured:
            found = self._site.zone_of.get(number)
            if found is not None and found.line is not None:
                found.line.preset(ohms)
                if self._line_is_open(found) != found.open:
                    found.open = not found.open
                    changed.append(found)
        changed.sort(key=_doors_first)
        return changed

    def started(self, cause: "Cause") -> None:
        """What a start found of tampers and faults on the lines, and what was closed since an arming was forced."""
        for zone in self._site.zones:
            if zone.line is not None:
                self._line_troubles(zone, cause)
            self._site.area_of[zone.area].rejoin(zone, cause)

    def moved(self, zone: "Zone", cause: "Cause") -> None:
        """`zone.open` has changed: to be believed, unless it is a fire loop's first pulse."""
        if zone.open and zone.verify and not self._is_verified(zone, cause):
            return
        self._site.zone_moved(zone, cause)

    # Time.

    def run_due(self, cause: "Cause") -> None:
        """Does what the time brings: lines settle, loops get their power back, radio sensors go missing."""
        for zone in self._wired:
            assert zone.line
            if zone.line.settle(cause.now_ms):
                self._line_settled(zone, cause)
            if zone.powered_ms is not None or zone.trusted_ms is not None:
                self._run_loop(zone, cause)
        if self._supervise_at_ms is not None and cause.now_ms >= self._supervise_at_ms:
            self._supervise(cause)

    def deadline_ms(self) -> "int | None":
        """When `run_due` has something to do."""
        at_ms = self._supervise_at_ms
        for zone in self._wired:
            assert zone.line
            if zone.line.deadline_ms is not None:
                at_ms = earlier(zone.line.deadline_ms, at_ms)
            if zone.powered_ms is not None or zone.trusted_ms is not None:
                at_ms = earlier(earlier(zone.powered_ms, zone.trusted_ms), at_ms)
        return at_ms

    def _supervise(self, cause: "Cause") -> None:
        for zone in self._radio:
            if zone.heard_ms is None:  # It begins with the panel, or is new in it.
                zone.heard_ms = cause.now_ms
            if cause.now_ms - zone.heard_ms >= zone.supervise_ms:
                self._trouble(zone, zones.MISSING, True, _CODE_MISSING, cause)
        self._plan_supervision()

    def _plan_supervision(self) -> None:
        """Looks again when the first of the radio zones could be missing; those that are missing need no look."""
        best: int | None = None
        for zone in self._radio:
            assert zone.heard_ms is not None
            at_ms = zone.heard_ms + zone.supervise_ms
            if not zone.troubles & zones.MISSING and (best is None or at_ms < best):
                best = at_ms
        self._supervise_at_ms = best

    def _run_loop(self, zone: "Zone", cause: "Cause") -> None:
        assert zone.line
        if zone.powered_ms is not None and cause.now_ms >= zone.powered_ms:
            zone.powered_ms = None
            cause.show("loop", (zone.number, True))
            if zone.trusted_ms is None:
                zone.open = False  # The first pulse is over; a second one will be a fire.
        if zone.trusted_ms is not None and cause.now_ms >= zone.trusted_ms:
            zone.trusted_ms = None
            self._set_open(zone, self._line_is_open(zone), cause)
            if zone.open:
                self._site.reset_loop(zone, cause)  # It latched again; once the smoke is gone, a reset will show it.

    # What follows.

    def _set_open(self, zone: "Zone", opened: bool, cause: "Cause") -> None:
        if zone.open != opened:
            zone.open = opened
            self.moved(zone, cause)

    def _line_settled(self, zone: "Zone", cause: "Cause") -> None:
        assert zone.line
        if zone.trusted_ms is None:
            self._set_open(zone, self._line_is_open(zone), cause)
        self._line_troubles(zone, cause)

    def _line_troubles(self, zone: "Zone", cause: "Cause") -> None:
        assert zone.line
        self._trouble(zone, zones.FAULT, zone.line.condition == lines.FAULT, _CODE_LOOP, cause)
        if zone.type != zone_types.TAMPER:
            self._tamper(zone, zone.line.condition == lines.TAMPER, cause)

    def _line_is_open(self, zone: "Zone") -> bool:
        """A cut or shorted line says nothing about the door, which stays what it was; a tamper switch is its line."""
        assert zone.line
        if zone.type == zone_types.TAMPER:
            return zone.line.condition != lines.NORMAL
        if zone.line.condition in (lines.NORMAL, lines.OPEN):
            return zone.line.condition == lines.OPEN
        return zone.open

    def _tamper(self, zone: "Zone", tampered: bool, cause: "Cause") -> None:
        if tampered != bool(zone.troubles & zones.TAMPERED):
            zone.troubles ^= zones.TAMPERED
            self._site.zone_tampered(zone, tampered, _CODE_TAMPER, cause)

    def _trouble(self, zone: "Zone", bit: int, present: bool, code: int, cause: "Cause") -> None:
        if present != bool(zone.troubles & bit):
            zone.troubles ^= bit
            cause.event((1000 if present else 3000) + code, zone.area, zone.number)

    def _temperature(self, zone: "Zone", limits: "tuple[int, int]", value: "int | None", cause: "Cause") -> None:
        """Outside of the limits it is reported; back again once it is inside by more than the hysteresis."""
        if value is None:
            return
        if self._site.temperatures is not None:
            self._site.temperatures[zone.number] = value
        if zone.bypass:
            return
        low, high = limits
        back = HYSTERESIS if zone.troubles & zones.HOT else 0
        self._trouble(zone, zones.HOT, value > high - back, _CODE_HOT, cause)
        back = HYSTERESIS if zone.troubles & zones.COLD else 0
        self._trouble(zone, zones.COLD, value < low + back, _CODE_COLD, cause)

    def _is_verified(self, zone: "Zone", cause: "Cause") -> bool:
        """Whether this pulse is a fire: a second one, or one beside another detector. The first one resets the loop."""
        first_ms, zone.pulse_ms = zone.pulse_ms, cause.now_ms
        if first_ms is not None and cause.now_ms - first_ms <= VERIFY_MS:
            zone.pulse_ms = None
            return True
        if self._site.latches[latch_tables.FIRE].active:
            return True
        for other in self._wired:
            pulse_ms = other.pulse_ms
            if other is not zone and pulse_ms is not None and cause.now_ms - pulse_ms <= VERIFY_MS:
                return True
        cause.event(_NEAR_ALARM, zone.area, zone.number)
        self._site.cut_loop(zone, cause)
        return False


def _doors_first(zone: "Zone") -> "tuple[bool, int]":
    return (zone.type != zone_types.ENTRY, zone.number)
