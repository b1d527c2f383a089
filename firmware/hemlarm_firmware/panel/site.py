"""Everything that guards: zones, areas, the alarms that are always on, and what people may ask of them all.

Inputs reach it through `sensing.py`, people through the keypad or a command; `core.py` holds them together.
"""

from hemlarm_firmware.panel import latch_tables, tables, zone_types
from hemlarm_firmware.panel.area import Area
from hemlarm_firmware.panel.contact import Contact
from hemlarm_firmware.panel.countdown import earlier
from hemlarm_firmware.panel.informing import Informing
from hemlarm_firmware.panel.latch import Latch
from hemlarm_firmware.panel.power import Power
from hemlarm_firmware.panel.sirens import Limits
from hemlarm_firmware.panel.walk_test import WalkTest
from hemlarm_firmware.panel.yearly_test import YearlyTest
from hemlarm_firmware.panel.zone import BY_PERSON, FORCED, Zone
from hemlarm_firmware.sensors import line as lines
from hemlarm_protocol import contact_id

LOOP_OFF_MS = 5_000
"""A fire loop is reset by 5 s without power."""

LOOP_OHMS = 5_600
"""What a fire loop at rest measures: its end-of-line resistor. Without power no detector on it can be latched."""

LOOP_TRUSTED_MS = 60_000
"""A loop that was reset while it burned is asked after this time whether it is clear; detectors need some to trip."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hemlarm_firmware.panel.cause import Cause
    from hemlarm_firmware.panel.config import Config
    from hemlarm_firmware.panel.outputs import Outputs


class Site:
    """One site's alarm. A `user` is a user's map of the configuration; whoever asks stands in the Cause already."""

    def __init__(self, config: "Config") -> None:
        # The outdoor siren's delay spares the neighbours a resident's mistakes: what needs no arming has none.
        area_limits = Limits(config, delays_outdoor=True)
        limits = Limits(config)
        long_limits = Limits(config, life_safety=True)
        self.zones = [Zone(item) for item in config["zones"]]
        self.zones.sort(key=_number)
        self.zone_of = {zone.number: zone for zone in self.zones}
        self.areas = []
        for item in config["areas"]:
            self.areas.append(Area(item, area_limits, [zone for zone in self.zones if zone.area == item["number"]]))
        self.area_of = {area.number: area for area in self.areas}
        self.latches = []
        for kind in range(latch_tables.WATER + 1):
            self.latches.append(Latch(kind, long_limits if kind in latch_tables.LIFE_SAFETY else limits))
        self.chime: bool = config["chime"]
        self._chime_configured = self.chime
        self.walk = WalkTest()
        self.yearly = YearlyTest()
        self.informing = Informing()
        self.power = Power(config)
        self.temperatures: dict[int, int] | None = None  # Tenths of a degree, by zone, where a zone measures them.
        if any(zone.range is not None for zone in self.zones):
            self.temperatures = {}
        self.outputs: Outputs | None = None
        if config["outputs"]:
            outputs = __import__("hemlarm_firmware.panel.outputs", None, None, ("Outputs",))
            self.outputs = outputs.Outputs(config["outputs"])
        self.contact = Contact()
        self._epoch_ms: int | None = None

    # What zones do.

    def zone_moved(self, zone: Zone, cause: "Cause") -> None:
        """`zone.open` has just changed, and is to be believed."""
        if zone.open:
            self.walk.tick(zone, cause)
        kind = zone.latch()
        if zone.is_intrusion():
            self.area_of[zone.area].zone_changed(zone, cause)
            if zone.open and zone.chime and self.chime and self.area_of[zone.area].state == tables.DISARMED:
                cause.buzz = "chime"
        elif self.walk.on and zone.open and not zone.is_life_safety():
            self.walk.muted.append(zone)
        elif zone in self.walk.muted:
            self.walk.muted.remove(zone)
        elif zone.silent:
            cause.event((1000 if zone.open else 3000) + zone.code, zone.area, zone.number)
        elif kind is not None:
            self._latch_zone(self.latches[kind], zone, zone.open, zone.code, cause)
        self.area_of[zone.area].rejoin(zone, cause)

    def zone_tampered(self, zone: Zone, tampered: bool, code: int, cause: "Cause") -> None:
        """The zone, or the line to it, was tampered with, or is whole again. Of a bypassed zone it is only reported."""
        latch = self.latches[latch_tables.TAMPER]
        if zone.number not in latch.active and (zone.bypass or not tampered):
            cause.event((1000 if tampered else 3000) + code, zone.area, zone.number)
        else:
            self._latch_zone(latch, zone, tampered, code, cause)
        self.area_of[zone.area].rejoin(zone, cause)

    def _latch_zone(self, latch: Latch, zone: Zone, tripped: bool, code: int, cause: "Cause") -> None:
        if not tripped:
            latch.clears(zone.number, zone.area, code, cause)
        elif not zone.bypass:
            loud = self._is_loud(latch.kind, zone.area)
            self._trip(latch, zone.number, zone.area, code, cause, loud)

    def _trip(self, latch: Latch, zone: int, area: int, code: int, cause: "Cause", loud: bool) -> None:
        latch.trips(zone, area, code, cause, loud)
        if latch_tables.KINDS[latch.kind][3]:
            self.informing.begin(cause.now_ms)

    def keypad_alarm(self, kind: int, cause: "Cause") -> None:
        """Somebody holds the keypad's fire or hold-up key. It has no zone, and clears as soon as it is let go."""
        code = zone_types.FIRE_CODES["button"] if kind == latch_tables.FIRE else zone_types.CODES[zone_types.HOLD_UP]
        area = self.areas[0].number
        self._trip(self.latches[kind], 0, area, code, cause, True)
        self.latches[kind].clears(0, area, code, cause)

    # What people ask.

    def areas_for(self, user: "Config") -> "list[Area]":
        """The areas that this user may arm and disarm."""
        return [area for area in self.areas if area.number in user["areas"]]

    def blockers(self, user: "Config", mode: int) -> "list[Zone]":
        """The zones that refuse arming the user's areas in this mode."""
        found = []
        for area in self.areas_for(user):
            if area.state == tables.DISARMED:
                found += area.blockers(mode)
        return found

    def arm(self, user: "Config", mode: int, force: bool, cause: "Cause") -> bool:
        """Arms all of the user's areas that are disarmed, or none: False, and then `blockers` says why.

        Where all are armed it is True if they are so in this mode, since nothing is left to do, and else False.
        With `force` zones that refuse are bypassed, if every one of them may be.
        """
        blockers = self.blockers(user, mode)
        if blockers and not force:
            return False
        for zone in blockers:
            if not zone.may_bypass():
                return False
        for zone in blockers:
            self.area_of[zone.area].set_bypass(zone, FORCED, cause)
        areas = [area for area in self.areas_for(user) if area.state == tables.DISARMED]
        if not areas:
            return all(area.is_armed_in(mode) for area in self.areas_for(user))
        self.end_walk_test(cause)
        for area in areas:
            area.arm(mode, cause)
        return True

    def arm_area(self, area: Area, mode: int, cause: "Cause") -> "Zone | None":
        """Arms one area. Returns the zone that refuses it, if any."""
        blockers = area.blockers(mode)
        if blockers:
            return blockers[0]
        self.end_walk_test(cause)
        area.arm(mode, cause)
        return None

    def disarm(self, user: "Config", duress: bool, cause: "Cause") -> None:
        """Disarms the user's areas and silences every alarm. What nobody may see under duress is a silent event."""
        self.disarm_areas(self.areas_for(user), duress, cause)

    def disarm_areas(self, areas: "list[Area]", duress: bool, cause: "Cause") -> None:
        """See `disarm`."""
        cause.duress = duress
        for area in areas:
            self.yearly.disarming(area, cause)
            area.disarm(cause)
        if duress:
            cause.event(1121, areas[0].number)
        self.silence_latches(cause)

    def silence_latches(self, cause: "Cause") -> None:
        """Silences what sounds; what sounds no more, a person has now read, and it is forgotten."""
        heard = False
        for latch in self.latches:
            if latch.sounds():
                heard = True
                latch.silence(cause)
            else:
                latch.forget()
        if not heard:
            self.informing.end()
        self.reset_loops(cause)

    def is_quiet(self, user: "Config") -> bool:
        """Whether the user's areas are disarmed and no alarm sounds."""
        return not self.sounds() and all(area.state == tables.DISARMED for area in self.areas_for(user))

    def bypass(self, number: int, on: bool, cause: "Cause") -> bool:
        """Bypasses a zone or ends that; False where it may not be. Not while the area's alarm or entry delay runs."""
        zone = self.zone_of[number]
        if not zone.may_bypass():
            return False
        area = self.area_of[zone.area]
        if area.state in (tables.ENTRY_DELAY, tables.ALARM):
            return False
        if on:
            area.set_bypass(zone, BY_PERSON, cause)
        else:
            area.end_bypass(zone, cause)
        return True

    def set_chime(self, on: bool) -> None:
        """Whether doors chime while disarmed."""
        self.chime = on

    @property
    def walking(self) -> bool:
        """Whether a walk test runs."""
        return self.walk.on

    def begin_walk_test(self, cause: "Cause") -> bool:
        """Begins one if everything is disarmed and no alarm sounds."""
        if not self.is_disarmed() or self.sounds():
            return False
        self.end_walk_test(cause)
        self.walk.begin([zone for zone in self.zones if zone.range is None], cause)
        return True

    def end_walk_test(self, cause: "Cause") -> None:
        """Ends it and reports what was not tested. What was muted and is still open alarms now."""
        muted = self.walk.end(cause)
        user, source = cause.user, cause.source
        cause.acts_for(0, contact_id.SOURCE_PANEL)
        for zone in muted:
            self.zone_moved(zone, cause)
        cause.acts_for(user, source)

    def begin_yearly_test(self, cause: "Cause") -> bool:
        """Announces the yearly test if everything is disarmed."""
        if not self.is_disarmed():
            return False
        self.yearly.begin(cause)
        return True

    def reset_loops(self, cause: "Cause") -> None:
        """Takes the power from wired detectors that were silenced, which unlatches them; until clear they burn."""
        for number in self.latches[latch_tables.FIRE].active:
            zone = self.zone_of[number]
            if zone.line and zone.is_detector and zone.trusted_ms is None:
                self.reset_loop(zone, cause)

    def reset_loop(self, zone: Zone, cause: "Cause") -> None:
        """Resets one loop that burns."""
        self.cut_loop(zone, cause)
        zone.trusted_ms = cause.now_ms + LOOP_OFF_MS + LOOP_TRUSTED_MS

    def cut_loop(self, zone: Zone, cause: "Cause") -> None:
        """Takes the power from one fire loop; `sensing.py` gives it back. A cut loop stays cut."""
        assert zone.line
        if zone.line.condition != lines.FAULT:
            zone.line.preset(LOOP_OHMS)
        zone.powered_ms = cause.now_ms + LOOP_OFF_MS
        cause.show("loop", (zone.number, False))

    # What can be asked.

    def is_disarmed(self) -> bool:
        """Whether nothing is armed."""
        return all(area.state == tables.DISARMED for area in self.areas)

    def sounds(self) -> bool:
        """Whether any alarm that is always on makes itself heard."""
        for latch in self.latches:  # noqa: SIM110 - a generator would take memory after every input.
            if latch.sounds():
                return True
        return False

    def is_calm(self) -> bool:
        """Whether no area's delay or alarm runs, and nothing else sounds."""
        for area in self.areas:
            if area.state != tables.DISARMED and area.state != tables.ARMED:
                return False
        return not self.sounds()

    def is_settled(self) -> bool:
        """Whether nothing runs that a new configuration would disturb: no alarm, delay, test or loop's reset."""
        resets = any(zone.powered_ms is not None for zone in self.zones)
        return self.is_calm() and not resets and not self.walk.on

    def _is_loud(self, kind: int, area: int) -> bool:
        if kind not in (latch_tables.TAMPER, latch_tables.ALWAYS):
            return True
        return self.area_of[area].state != tables.DISARMED

    # Time.

    def set_clock(self, unix_s: int, now_ms: int) -> None:
        """The wall clock is known."""
        self._epoch_ms = unix_s * 1000 - now_ms

    def time_s(self, now_ms: int) -> "int | None":
        """Seconds since 1970, or None."""
        return None if self._epoch_ms is None else (self._epoch_ms + now_ms) // 1000

    def resume(self, cause: "Cause") -> None:
        """Starts the clocks again after a restart; a walk test is over with it."""
        for area in self.areas:
            area.resume(cause.now_ms)
        for latch in self.latches:
            latch.resume_after_restart(cause.now_ms)
        self.informing.resume(cause.now_ms)
        self.yearly.resume(cause.now_ms)
        self.contact.resume(cause.now_ms)
        self.walk.end(cause)

    def take_over(self, before: "Site") -> None:
        """Only the configuration has changed around what is known, and the clocks run on."""
        self._epoch_ms = before._epoch_ms
        for zone in self.zones:
            if zone.number in before.zone_of:
                zone.take_over(before.zone_of[zone.number])
        for area in self.areas:
            if area.number in before.area_of:
                area.take_over(before.area_of[area.number])
        for latch in self.latches:
            latch.time = before.latches[latch.kind].time
        self.informing = before.informing
        self.yearly = before.yearly
        self.walk = before.walk
        before.power.adopt(self.power)
        self.power = before.power
        self.contact = before.contact
        self.contact.deadline_ms = 0
        if self.temperatures is not None and before.temperatures is not None:
            self.temperatures = before.temperatures
        if self.outputs is not None and before.outputs is not None:
            self.outputs.take_over(before.outputs)
        for name in ["left", "muted"]:
            known = getattr(before.walk, name)
            setattr(self.walk, name, [zone for zone in self.zones if before.zone_of.get(zone.number) in known])
        if self._chime_configured != before._chime_configured:
            self.chime = self._chime_configured

    def run_due(self, cause: "Cause") -> None:
        """Does what the time brings."""
        for area in self.areas:
            area.run_due(cause)
        for latch in self.latches:
            latch.run_due(cause)
        self.informing.run_due(cause.now_ms)
        if self.walk.is_over(cause.now_ms):
            self.end_walk_test(cause)
        self.yearly.run_due(cause.now_ms)
        self.contact.run_due(cause)
        if self.outputs is not None:
            self.outputs.run_due(cause)

    def deadline_ms(self) -> "int | None":
        """When `run_due` has something to do."""
        at_ms = earlier(self.walk.deadline_ms, earlier(self.informing.time.next_ms(), self.yearly.time.next_ms()))
        at_ms = earlier(self.contact.deadline_ms, at_ms)
        if self.outputs is not None:
            at_ms = earlier(self.outputs.deadline_ms(), at_ms)
        for area in self.areas:
            at_ms = earlier(area.deadline_ms(), at_ms)
        for latch in self.latches:
            at_ms = earlier(latch.time.next_ms(), at_ms)
        return at_ms


def _number(zone: Zone) -> int:
    return zone.number
