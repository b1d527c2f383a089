"""One area: its zones, its two state machines (intrusion and fire) and what they remember.

The tables say which state follows and which actions run; the actions are methods here, listed in ACTIONS.
"""

from hemlarm_firmware.panel import tables
from hemlarm_firmware.panel.config import FIRE_S_MIN
from hemlarm_firmware.panel.countdown import Countdown
from hemlarm_protocol import contact_id

# An event's detail is one byte, a delay up to 300 s: delays are told in units of 2 s, rounded up.
DELAY_UNIT_MS = 2000

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hemlarm_firmware.panel.config import Config

    Output = tuple[Any, ...]


class Cause:
    """Why things happen in one step of the panel: the time, who asked (user and source), and the events that result."""

    def __init__(self, now_ms: int, source: int = contact_id.SOURCE_PANEL, user: int = 0) -> None:
        self.now_ms = now_ms
        self.source = source
        self.user = user
        self.events: list[Output] = []


class Zone:
    """A zone as configured, and whether it is open (or, for a detector, tripped)."""

    def __init__(self, config: "Config") -> None:
        self.number: int = config["number"]
        self.type: str = config["type"]
        self.area: int = config["area"]
        self.home: bool = config["home"]
        self.open = False

    def code(self) -> int:
        """The Contact ID code of this zone's alarm."""
        return tables.ZONE_TYPES[self.type][0]

    def stimulus(self) -> int:
        """What its opening is to the state machine."""
        return tables.ZONE_TYPES[self.type][1]

    def is_fire(self) -> bool:
        """Fire zones are on in every mode."""
        return self.type == tables.FIRE


class Area:
    """An area's states. Zone and time events come in through the methods, events go out through the Cause."""

    def __init__(self, config: "Config", siren_s: int, zones: "list[Zone]") -> None:
        self.number: int = config["number"]
        self.zones = zones
        self.state = tables.DISARMED
        self.mode = 0
        self.fire = tables.FIRE_QUIET
        self.alarm_zone = 0  # The first zone of the last intrusion alarm: the alarm memory. 0: none.
        self.fire_zone = 0
        self.entry_zone = 0  # The zone that started the running entry delay.
        self.exit_error = False  # That delay started because the exit route was open when the exit delay ended.
        self.reported: list[int] = []  # Zones already told in the present alarm.
        self.unrestored: list[int] = []  # Zones whose intrusion alarm has had no restore yet.
        self.burning: list[int] = []  # Fire zones that have not cleared.
        self.time = Countdown()
        self.fire_time = Countdown()
        self._exit_ms = config["exit_s"] * 1000
        self._entry_ms = config["entry_s"] * 1000
        self._siren_ms = siren_s * 1000
        self._fire_ms = max(siren_s, FIRE_S_MIN) * 1000

    # What comes in.

    def arm(self, mode: int, cause: Cause) -> None:
        """Arms in a mode, if disarmed and nothing blocks it; ask `blocker` first."""
        if self.state == tables.DISARMED:
            assert not self.blocker(mode)
            self.mode = mode
            self._step(tables.ARM, cause)

    def disarm(self, cause: Cause) -> None:
        """Disarms, stops the sirens and silences a fire, which goes on until its detectors clear."""
        self._step(tables.DISARM, cause)
        self._fire_step(tables.SILENCE, cause)

    def silence(self, cause: Cause) -> None:
        """Stops the sirens and leaves everything else as it is."""
        self._step(tables.SILENCE, cause)
        self._fire_step(tables.SILENCE, cause)

    def zone_changed(self, zone: Zone, cause: Cause) -> None:
        """The zone has just become open or closed: `zone.open` is new."""
        if zone.is_fire():
            self._detector_changed(zone, cause)
        elif not zone.open:
            self._restore(zone, cause)
        elif self.guards(zone):
            self._step(zone.stimulus(), cause, zone)

    def run_due(self, cause: Cause) -> None:
        """Does what the time brings: ends of delays and of siren limits."""
        while self.time.is_over(cause.now_ms):
            route = self.open_on_exit_route()
            self._step(tables.TIME_UP_OPEN if route else tables.TIME_UP, cause, route)
        if self.fire_time.is_over(cause.now_ms):
            self._fire_step(tables.TIME_UP, cause)

    # What can be asked.

    def guards(self, zone: Zone) -> bool:
        """Whether the zone can set off this area as it is armed now."""
        return tables.guards(self.mode, zone.type, zone.home)

    def blocker(self, mode: int) -> "Zone | None":
        """The first open zone that refuses arming in this mode, or None."""
        for zone in self.zones:
            if zone.open and tables.guards(mode, zone.type, zone.home) and not self._may_be_open(zone):
                return zone
        return None

    def open_on_exit_route(self) -> "Zone | None":
        """The first guarded entry or follower zone that is open."""
        for zone in self.zones:
            if zone.open and zone.type in tables.EXIT_ROUTE and self.guards(zone):
                return zone
        return None

    def status(self) -> int:
        """See `tables.status_number`."""
        return tables.status_number(self.state, self.mode, self.fire)

    def deadline_ms(self) -> "int | None":
        """When `run_due` has something to do."""
        times = [time for time in (self.time.next_ms(), self.fire_time.next_ms()) if time is not None]
        return min(times) if times else None

    # The state machines.

    def _step(self, stimulus: int, cause: Cause, zone: "Zone | None" = None) -> None:
        self.state, actions = tables.decide(self.state, stimulus)
        self._run(actions, cause, zone)

    def _fire_step(self, stimulus: int, cause: Cause, zone: "Zone | None" = None) -> None:
        self.fire, actions = tables.decide_fire(self.fire, stimulus)
        self._run(actions, cause, zone)

    def _run(self, actions: "tuple[int, ...]", cause: Cause, zone: "Zone | None") -> None:
        for action in actions:
            ACTIONS[action](self, cause, zone)

    def _detector_changed(self, zone: Zone, cause: Cause) -> None:
        if zone.open:
            self.burning.append(zone.number)
            self._fire_step(tables.FIRE_TRIPS, cause, zone)
        else:
            self.burning.remove(zone.number)
            self._fire_step(tables.FIRE_CLEARS if self.burning else tables.FIRE_ALL_CLEAR, cause, zone)

    def _restore(self, zone: Zone, cause: Cause) -> None:
        if zone.number in self.unrestored:
            self.unrestored.remove(zone.number)
            self._event(3000 + zone.code(), cause, zone.number)

    def _zone(self, number: int) -> "Zone | None":
        for zone in self.zones:
            if zone.number == number:
                return zone
        return None

    def _may_be_open(self, zone: Zone) -> bool:
        return zone.is_fire() or (tables.ZONE_TYPES[zone.type][2] and self._exit_ms > 0)

    def _event(self, qcode: int, cause: Cause, zone: int = 0, detail: int = 0) -> None:
        cause.events.append(("event", qcode, self.number, zone, cause.user, cause.source, detail))

    # Actions, see ACTIONS.

    def report_armed(self, cause: Cause, _zone: "Zone | None") -> None:
        """Arming is told when it is asked for: from then on the panel guards, and nothing of it is ever silent."""
        self._event(tables.ARM_CODES[self.mode], cause, detail=_delay_units(self._exit_ms))

    def report_disarmed(self, cause: Cause, _zone: "Zone | None") -> None:
        """Who disarmed."""
        self._event(1401, cause)

    def report_cancel(self, cause: Cause, _zone: "Zone | None") -> None:
        """Disarming after an intrusion alarm says that a person with a code is there."""
        if self.alarm_zone:
            self._event(1406, cause, self.alarm_zone)

    def report_silenced(self, cause: Cause, _zone: "Zone | None") -> None:
        """Who silenced the intrusion siren."""
        self._event(6130, cause, self.alarm_zone)

    def report_entry(self, cause: Cause, zone: "Zone | None") -> None:
        """Told at once, with the delay: a panel that is smashed before the delay ends has then already spoken."""
        assert zone
        self.entry_zone = zone.number
        self._event(6134, cause, zone.number, _delay_units(self._entry_ms))

    def report_alarm(self, cause: Cause, zone: "Zone | None") -> None:
        """One alarm for each zone in one alarm, so that a motion detector does not fill the journal."""
        assert zone
        if zone.number in self.reported:
            return
        self.reported.append(zone.number)
        self.alarm_zone = self.alarm_zone or zone.number
        if zone.number not in self.unrestored:
            self.unrestored.append(zone.number)
        self._event(1000 + zone.code(), cause, zone.number)
        if not zone.open:
            self._restore(zone, cause)

    def report_entry_alarm(self, cause: Cause, _zone: "Zone | None") -> None:
        """The alarm of the zone that started the entry delay, and the exit error where that was the cause."""
        zone = self._zone(self.entry_zone)
        if zone:
            self.report_alarm(cause, zone)
        else:  # The configuration has lost it since; the alarm is not lost with it.
            self.alarm_zone = self.alarm_zone or self.entry_zone
            self._event(1134, cause, self.entry_zone)
        if self.exit_error:
            self._event(1374, cause, self.entry_zone)

    def mark_exit_error(self, _cause: Cause, _zone: "Zone | None") -> None:
        """The entry delay that follows is one for a door that was left open."""
        self.exit_error = True

    def start_exit(self, cause: Cause, _zone: "Zone | None") -> None:
        """A restart begins the exit delay again: ended early, it would alarm on whoever is still leaving."""
        self.time.start(cause.now_ms, self._exit_ms)

    def start_entry(self, cause: Cause, _zone: "Zone | None") -> None:
        """A restart never prolongs the entry delay."""
        self.time.start_stepped(cause.now_ms, self._entry_ms, self._entry_ms)

    def start_siren(self, cause: Cause, _zone: "Zone | None") -> None:
        """A restart never prolongs the intrusion siren."""
        self.time.start_stepped(cause.now_ms, self._siren_ms, self._siren_ms)

    def stop_time(self, _cause: Cause, _zone: "Zone | None") -> None:
        """Ends a delay or the siren's time, and with it the present alarm."""
        self.time.stop()
        self.entry_zone = 0
        self.exit_error = False
        self.reported = []

    def forget_alarm(self, _cause: Cause, _zone: "Zone | None") -> None:
        """Clears the alarm memory; a fire that sounds is no memory yet."""
        self.alarm_zone = 0
        if self.fire not in tables.FIRE_SIRENS:
            self.fire_zone = 0

    def end_mode(self, _cause: Cause, _zone: "Zone | None") -> None:
        """No mode of arming is in force."""
        self.mode = 0

    def report_fire(self, cause: Cause, zone: "Zone | None") -> None:
        """Every detector is told, each time that it trips."""
        assert zone
        self.fire_zone = self.burning[0]
        self._event(1000 + zone.code(), cause, zone.number)

    def report_fire_clear(self, cause: Cause, zone: "Zone | None") -> None:
        """A detector has cleared."""
        assert zone
        self._event(3000 + zone.code(), cause, zone.number)

    def report_fire_silenced(self, cause: Cause, _zone: "Zone | None") -> None:
        """Who silenced the fire siren; the fire goes on until the detectors have cleared."""
        self._event(6111, cause, self.fire_zone)

    def start_fire(self, cause: Cause, _zone: "Zone | None") -> None:
        """A restart gives the fire siren its whole time again."""
        self.fire_time.start(cause.now_ms, self._fire_ms)

    def stop_fire(self, _cause: Cause, _zone: "Zone | None") -> None:
        """The fire siren's time is over."""
        self.fire_time.stop()

    # What a restart needs.

    def snapshot(self) -> "dict[int | str, Any]":
        """What a restart must know, see `restore_from`."""
        return {
            "number": self.number,
            "state": self.state,
            "mode": self.mode,
            "left_ms": self.time.left_ms,
            "fire": self.fire,
            "alarm_zone": self.alarm_zone,
            "fire_zone": self.fire_zone,
            "entry_zone": self.entry_zone,
            "exit_error": self.exit_error,
            "reported": self.reported[:],
            "unrestored": self.unrestored[:],
            "burning": self.burning[:],
            "open": [zone.number for zone in self.zones if zone.open and self._is_held(zone)],
        }

    def _is_held(self, zone: Zone) -> bool:
        """Whether opening would set something off, had the zone not been open before.

        Only these need to be known after a restart; keeping more would cost a flash erase for every door that moves.
        """
        if zone.is_fire() or not self.guards(zone) or zone.number in self.reported:
            return False
        return tables.decide(self.state, zone.stimulus()) != (self.state, ())

    def restore_from(self, state: "dict[int | str, Any]") -> None:
        """Takes up where a snapshot left off; zones that are no longer configured are forgotten."""
        for name in ["state", "mode", "fire", "alarm_zone", "fire_zone", "entry_zone", "exit_error"]:
            setattr(self, name, state[name])
        self.time.left_ms = state["left_ms"]
        detectors = [zone.number for zone in self.zones if zone.is_fire()]
        others = [zone.number for zone in self.zones if not zone.is_fire()]
        self.reported = [number for number in state["reported"] if number in others]
        self.unrestored = [number for number in state["unrestored"] if number in others]
        self.burning = [number for number in state["burning"] if number in detectors]
        if not self.burning:
            without = {tables.FIRE_ALARM: tables.FIRE_LATCHED, tables.FIRE_SILENCED: tables.FIRE_QUIET}
            self.fire = without.get(self.fire, self.fire)
        for zone in self.zones:
            zone.open = zone.number in self.burning or zone.number in self.unrestored or zone.number in state["open"]

    def resume(self, now_ms: int) -> None:
        """Starts the clocks again after a restart."""
        if self.state == tables.EXIT_DELAY:
            self.time.start(now_ms, min(self.time.left_ms, self._exit_ms))
        elif self.state == tables.ENTRY_DELAY:
            self.time.start_stepped(now_ms, min(self.time.left_ms, self._entry_ms), self._entry_ms)
        elif self.state == tables.ALARM:
            self.time.start_stepped(now_ms, min(self.time.left_ms, self._siren_ms), self._siren_ms)
        if self.fire in tables.FIRE_SIRENS:
            self.fire_time.start(now_ms, self._fire_ms)


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
    Area.report_fire,
    Area.report_fire_clear,
    Area.report_fire_silenced,
    Area.start_fire,
    Area.stop_fire,
)
"""The tables' actions, each in the place of its number there."""
