"""One area: its zones, its intrusion machine and what it remembers.

The table in `tables.py` says which state follows and which actions run; those are methods here, listed in ACTIONS.
"""

from hemlarm_firmware.panel import inputs, tables, zone_types
from hemlarm_firmware.panel.confirmation import CONFIRMS, WAITS, Confirmation
from hemlarm_firmware.panel.countdown import Countdown, earlier
from hemlarm_firmware.panel.zone import FORCED, NOT_BYPASSED, SWINGER, Zone

# An event's detail is one byte, a delay up to 300 s: delays are told in units of 2 s, rounded up.
DELAY_UNIT_MS = 2000

# What of an area a snapshot keeps as it is. Its lists are never changed but replaced, so that snapshots may hold them.
_KEPT = ["number", "state", "mode", "alarm_zone", "entry_zone", "exit_error", "reported", "unrestored"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hemlarm_firmware.panel.cause import Cause
    from hemlarm_firmware.panel.config import Config
    from hemlarm_firmware.panel.sirens import Limits


class Area:
    """An area's states. Zone and time events come in through the methods, events go out through the Cause."""

    def __init__(self, config: "Config", limits: "Limits", zones: "list[Zone]") -> None:
        self.number: int = config["number"]
        self.zones = zones
        self.limits = limits
        self.exit_ms: int = config["exit_s"] * 1000
        self.state = tables.DISARMED
        self.mode = 0
        self.alarm_zone = 0  # The first zone of the last intrusion alarm: the alarm memory. 0: none.
        self.entry_zone = 0  # The zone that started the running entry delay.
        self.exit_error = False  # That delay started because the exit route was open when the exit delay ended.
        self.reported: list[int] = []  # Zones already told in the present alarm.
        self.unrestored: list[int] = []  # Zones whose intrusion alarm has had no restore yet.
        self.time = Countdown()
        self.cancel_time = Countdown()  # While it runs, disarming cancels the alarm.
        self.confirmation = Confirmation(config["confirm_s"] * 1000)
        self.armed_ms: int | None = None  # When it was armed; None after a restart.
        self.alarm_ms = 0  # When the last alarm began.
        self._entry_ms: int = config["entry_s"] * 1000
        self._cancel_ms: int = config["cancel_s"] * 1000

    # What comes in.

    def arm(self, mode: int, cause: "Cause") -> None:
        """Arms in a mode, if disarmed; whether anything blocks it was asked before, see `Site.arm`."""
        if self.state == tables.DISARMED:
            assert not self.blockers(mode)
            self.mode = mode
            self._step(tables.ARM, cause)

    def disarm(self, cause: "Cause") -> None:
        """Disarms and stops the sirens."""
        self._step(tables.DISARM, cause)

    def silence(self, cause: "Cause") -> None:
        """Stops the sirens and leaves everything else as it is."""
        self._step(tables.SILENCE, cause)

    def zone_changed(self, zone: Zone, cause: "Cause") -> None:
        """An intrusion zone has just become open or closed: `zone.open` is new."""
        if zone.open:
            if zone.guards(self.mode):
                self._step(zone_types.STIMULI[zone.type], cause, zone)
            return
        self._restore(zone, cause)

    def rejoin(self, zone: Zone, cause: "Cause") -> None:
        """A zone that was open when somebody armed all the same guards again, if it closes within the exit delay."""
        if zone.bypass == FORCED and self.state == tables.EXIT_DELAY and zone.is_at_rest():
            self.end_bypass(zone, cause)

    def set_bypass(self, zone: Zone, why: int, cause: "Cause") -> None:
        """Takes a zone out of guarding."""
        if not zone.bypass:
            cause.event(1377 if why == SWINGER else 1570, self.number, zone.number)
        zone.bypass = why

    def end_bypass(self, zone: Zone, cause: "Cause") -> None:
        """The zone guards again. One that is open now alarms only after it was closed."""
        if zone.bypass:
            cause.event(3377 if zone.bypass == SWINGER else 3570, self.number, zone.number)
        zone.bypass = NOT_BYPASSED

    def run_due(self, cause: "Cause") -> None:
        """Does what the time brings: ends of delays and of siren limits."""
        while self.time.is_over(cause.now_ms):
            route = self.open_on_exit_route()
            self._step(tables.TIME_UP_OPEN if route else tables.TIME_UP, cause, route)
        if self.cancel_time.is_over(cause.now_ms):
            self.cancel_time.stop()
        self.confirmation.run_due(cause.now_ms)

    # What can be asked.

    def blockers(self, mode: int) -> "list[Zone]":
        """The zones that refuse arming in this mode."""
        return [zone for zone in self.zones if zone.blocks(mode, self.exit_ms)]

    def blocker(self, only_open: bool) -> "Zone | None":
        """The first zone that refuses arming for away, or the first that does so and is open. Costs no memory."""
        for zone in self.zones:
            if (zone.open or (zone.troubles and not only_open)) and zone.blocks(inputs.AWAY, self.exit_ms):
                return zone
        return None

    def is_armed_in(self, mode: int) -> bool:
        """Whether it is armed or being armed in this mode, and nothing has happened since."""
        return self.mode == mode and self.state in (tables.EXIT_DELAY, tables.ARMED)

    def open_on_exit_route(self) -> "Zone | None":
        """The first guarding entry or follower zone that was left open; a motion detector has only seen the leaver."""
        for zone in self.zones:
            if zone.open and zone.type in zone_types.EXIT_ROUTE and not zone.is_motion and zone.guards(self.mode):
                return zone
        return None

    def has_part(self, zone: Zone) -> bool:
        """Whether its opening belongs to the alarm or the delay that runs: told already, or a way in or out."""
        delayed = self.state in (tables.EXIT_DELAY, tables.ENTRY_DELAY) and zone.type in zone_types.EXIT_ROUTE
        return delayed or zone.number in self.reported

    def deadline_ms(self) -> "int | None":
        """When `run_due` has something to do."""
        return earlier(self.time.next_ms(), earlier(self.cancel_time.next_ms(), self.confirmation.time.next_ms()))

    # The state machine.

    def _step(self, stimulus: int, cause: "Cause", zone: "Zone | None" = None) -> None:
        self.state, actions = tables.decide(self.state, stimulus)
        for action in actions:
            ACTIONS[action](self, cause, zone)

    def _restore(self, zone: Zone, cause: "Cause") -> None:
        if zone.number in self.unrestored:
            self.unrestored = [number for number in self.unrestored if number != zone.number]
            cause.event(3000 + zone.code, self.number, zone.number)

    def _zone(self, number: int) -> "Zone | None":
        for zone in self.zones:
            if zone.number == number:
                return zone
        return None

    def _entry_whole_ms(self) -> int:
        zone = self._zone(self.entry_zone)
        return self._entry_ms if zone is None or zone.entry_ms is None else zone.entry_ms

    # Actions, see ACTIONS.

    def report_armed(self, cause: "Cause", _zone: "Zone | None") -> None:
        """Arming is told when it is asked for: from then on the panel guards, and nothing of it is ever silent."""
        self.armed_ms = cause.now_ms
        cause.event(inputs.ARM_CODES[self.mode], self.number, 0, _delay_units(self.exit_ms))

    def report_disarmed(self, cause: "Cause", _zone: "Zone | None") -> None:
        """Who disarmed."""
        cause.event(1401, self.number)

    def report_cancel(self, cause: "Cause", _zone: "Zone | None") -> None:
        """Disarming soon after an intrusion alarm says that it was an accident; under duress nobody says so."""
        if self.cancel_time.deadline_ms is not None and not cause.duress:
            cause.event(1406, self.number, self.alarm_zone)
        self.cancel_time.stop()

    def report_silenced(self, cause: "Cause", _zone: "Zone | None") -> None:
        """Who silenced the intrusion siren."""
        cause.event(6130, self.number, self.alarm_zone)

    def report_entry(self, cause: "Cause", zone: "Zone | None") -> None:
        """Told at once, with the delay: a panel that is smashed before the delay ends has then already spoken."""
        assert zone
        self.entry_zone = zone.number
        cause.event(6134, self.number, zone.number, _delay_units(self._entry_whole_ms()))

    def report_alarm(self, cause: "Cause", zone: "Zone | None") -> None:
        """One alarm for each zone in one alarm, so that a motion detector does not fill the journal."""
        assert zone
        if zone.number not in self.reported:
            self.reported = self.reported + [zone.number]
            self._alarm(zone.number, zone.code, cause, zone)
            if not zone.open:
                self._restore(zone, cause)
        elif self.confirmation.trip(zone.group, cause.now_ms) == CONFIRMS:
            cause.event(1139, self.number, zone.number)

    def report_entry_alarm(self, cause: "Cause", _zone: "Zone | None") -> None:
        """The alarm of the zone that started the entry delay, and the exit error where that was the cause."""
        zone = self._zone(self.entry_zone)
        if zone:
            self.report_alarm(cause, zone)
        else:  # The configuration has lost it since; the alarm is not lost with it.
            self._alarm(self.entry_zone, zone_types.CODES[zone_types.ENTRY], cause, None)
        if self.exit_error:
            cause.event(1374, self.number, self.entry_zone)

    def mark_exit_error(self, _cause: "Cause", _zone: "Zone | None") -> None:
        """The entry delay that follows is one for a door that was left open."""
        self.exit_error = True

    def start_exit(self, cause: "Cause", _zone: "Zone | None") -> None:
        """A restart begins the exit delay again: ended early, it would alarm on whoever is still leaving."""
        self.time.start(cause.now_ms, self.exit_ms)

    def start_entry(self, cause: "Cause", _zone: "Zone | None") -> None:
        """A restart never prolongs the entry delay."""
        whole_ms = self._entry_whole_ms()
        self.time.start_stepped(cause.now_ms, whole_ms, whole_ms)

    def start_siren(self, cause: "Cause", _zone: "Zone | None") -> None:
        """A restart never prolongs the intrusion siren."""
        self.alarm_ms = cause.now_ms
        self.time.start_stepped(cause.now_ms, self.limits.whole_ms, self.limits.whole_ms)

    def stop_time(self, _cause: "Cause", _zone: "Zone | None") -> None:
        """Ends a delay or the siren's time, and with it the present alarm."""
        self.time.stop()
        self.entry_zone = 0
        self.exit_error = False
        self.reported = []

    def forget_alarm(self, _cause: "Cause", _zone: "Zone | None") -> None:
        """Clears the alarm memory."""
        self.alarm_zone = 0

    def end_mode(self, cause: "Cause", _zone: "Zone | None") -> None:
        """No mode of arming is in force, and no bypass, trip or confirmation that belonged to it."""
        self.mode = 0
        self.confirmation.end()
        for zone in self.zones:
            zone.trips = 0
            self.end_bypass(zone, cause)

    def flash(self, cause: "Cause", zone: "Zone | None") -> None:
        """A camera that waits out the entry delay shows that it is awake; it takes no picture."""
        assert zone
        if zone.is_camera:
            cause.show("camera", (zone.number, "flash"))

    def _alarm(self, number: int, code: int, cause: "Cause", zone: "Zone | None") -> None:
        """Reports the alarm of a zone, counts it, and shuts out a zone that alarms again and again."""
        self.alarm_zone = self.alarm_zone or number
        if number not in self.unrestored:
            self.unrestored = self.unrestored + [number]
        if self.cancel_time.deadline_ms is None:
            self.cancel_time.start(cause.now_ms, self._cancel_ms)
        trip = self.confirmation.trip(zone.group if zone else 0, cause.now_ms)
        cause.event(1000 + code, self.number, number, WAITS if trip == WAITS else 0)
        if trip == CONFIRMS:
            cause.event(1139, self.number, number)
        if zone:
            zone.trips += 1
            if zone.swinger and zone.trips >= zone.swinger:
                self.set_bypass(zone, SWINGER, cause)

    # What a restart needs.

    def snapshot(self) -> "dict[int | str, Any]":
        """What a restart must know, see `restore_from`."""
        state: dict[int | str, Any] = {
            "left_ms": self.time.left_ms,
            "cancel_ms": self.cancel_time.left_ms,
            "confirm": self.confirmation.snapshot(),
            "open": self._held(),
        }
        for name in _KEPT:
            state[name] = getattr(self, name)
        return state

    def is_as_in(self, state: "dict[int | str, Any]") -> bool:
        """Whether `snapshot` would be equal to this one; costs hardly any memory."""
        for name in _KEPT:
            if getattr(self, name) != state[name]:
                return False
        if self.time.left_ms != state["left_ms"] or self.cancel_time.left_ms != state["cancel_ms"]:
            return False
        return self.confirmation.is_as_in(state["confirm"]) and self._held() == state["open"]

    def _held(self) -> "list[int]":
        held = []
        for zone in self.zones:
            if zone.open and self._is_held(zone):
                held.append(zone.number)
        return held

    def _is_held(self, zone: Zone) -> bool:
        """Whether opening would start a delay or an alarm, had the zone not been open before.

        Only these need to be known after a restart; keeping more would cost a flash erase for every door that moves.
        """
        if not zone.is_intrusion() or not zone.guards(self.mode) or zone.number in self.reported:
            return False
        following = tables.decide(self.state, zone_types.STIMULI[zone.type])[0]
        return following == tables.ALARM or following != self.state

    def restore_from(self, state: "dict[int | str, Any]") -> None:
        """Takes up where a snapshot left off; zones that are no longer configured are forgotten."""
        for name in _KEPT:
            setattr(self, name, state[name])
        self.time.left_ms = state["left_ms"]
        self.cancel_time.left_ms = state["cancel_ms"]
        self.confirmation.restore_from(state["confirm"])
        known = [zone.number for zone in self.zones if zone.is_intrusion()]
        self.reported = [number for number in state["reported"] if number in known]
        self.unrestored = [number for number in state["unrestored"] if number in known]
        for zone in self.zones:
            if zone.is_intrusion():
                zone.open = zone.number in self.unrestored or zone.number in state["open"]

    def take_over(self, before: "Area") -> None:
        """Only the configuration has changed around it: the clocks run on."""
        for name in ["time", "cancel_time", "armed_ms", "alarm_ms"]:
            setattr(self, name, getattr(before, name))
        self.confirmation.take_over(before.confirmation)

    def resume(self, now_ms: int) -> None:
        """Starts the clocks again after a restart."""
        if self.state == tables.EXIT_DELAY:
            self.time.start(now_ms, min(self.time.left_ms, self.exit_ms))
        elif self.state == tables.ENTRY_DELAY:
            whole_ms = self._entry_whole_ms()
            self.time.start_stepped(now_ms, min(self.time.left_ms, whole_ms), whole_ms)
        elif self.state == tables.ALARM:
            whole_ms = self.limits.whole_ms
            self.time.start_stepped(now_ms, min(self.time.left_ms, whole_ms), whole_ms)
        if self.cancel_time.left_ms:
            self.cancel_time.start(now_ms, min(self.cancel_time.left_ms, self._cancel_ms))
        self.confirmation.resume(now_ms)


def _delay_units(delay_ms: int) -> int:
    return (delay_ms + DELAY_UNIT_MS - 1) // DELAY_UNIT_MS


ACTIONS = (
    Area.report_armed,
    Area.report_disarmed,
    Area.report_cancel,
    Area.report_silenced,
    Area.report_entry,
    Area.report_alarm,
    Area.report_entry_alarm,
    Area.mark_exit_error,
    Area.start_exit,
    Area.start_entry,
    Area.start_siren,
    Area.stop_time,
    Area.forget_alarm,
    Area.end_mode,
    Area.flash,
)
"""The table's actions, each in the place of its number there."""
