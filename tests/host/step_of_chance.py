"""One step of a house left to chance: what may, must and must not come out of one input or of the time."""

from typing import TYPE_CHECKING, Any, NamedTuple

from account_of_people import AREAS_OF, COMMAND, KEYPAD, ROLES, TAGS
from account_of_sounds import REASONS
from account_of_zones import (
    ALARM,
    ARMED,
    ENTRY,
    EXIT,
    INTRUSION,
    MAY,
    MUST,
    NEVER,
    TROUBLES,
    Zone,
    fire_follows,
)

if TYPE_CHECKING:
    from house_by_chance import House

ARMING = {3401: 1, 3441: 2, 3456: 3}
BYPASSES = {1570: True, 1377: True, 3570: False, 3377: False}
INTRUSIONS = {1130, 1132, 1134}
ALWAYS_ON = {1111, 1114, 1115, 1120, 1122, 1133, 1137, 1154, 1162}
SILENCED = {6130, 6111, 6162, 6120, 6137, 6133, 6154}
# What only a person ever does.
PERSONAL = {1401, 1406, 1121, 1570, 1601, 3601, 1607} | set(ARMING) | SILENCED
FIRES_OVER = {3111, 3114, 3115}
KEYPAD_ALARMS = {1115, 3115, 1120, 3120}
FIRE_KEY, HOLD_UP_KEY = ("key", "fire"), ("key", "hold-up")


class Event(NamedTuple):
    """An event as the centre gets it."""

    qcode: int
    area: int
    zone: int
    user: int
    source: int
    detail: int


class Outcome(NamedTuple):
    """What came out of one step, by kind."""

    events: list[Event]
    shows: list[tuple[str, Any]]
    results: list[tuple[int, int]]
    requests: list[tuple[Any, ...]]


class Step:
    """`trips` are the zones that open in it: True where the panel is sure to see it as a change, False where it may.

    `actors` are the (user, source) that events may name, `openers` those of them who may disarm. `duress` says that one
    of them acts under threat.
    """

    def __init__(
        self,
        house: "House",
        event: tuple[Any, ...],
        trips: dict[int, bool],
        actors: set[tuple[int, int]] = frozenset(),  # type: ignore[assignment]
        openers: set[tuple[int, int]] = frozenset(),  # type: ignore[assignment]
        duress: bool = False,
    ) -> None:
        self.house = house
        self.event = event
        self.trips = trips
        self.actors = actors
        self.openers = openers
        self.duress = duress
        self.outcome = Outcome([], [], [], [])
        self.states = {area.number: area.state for area in house.areas.values()}
        self.modes = {area.number: area.mode for area in house.areas.values()}
        self.sounded = {name: siren.sound for name, siren in house.sirens.items()}
        self.wants = {number: self._wants(house.zones[number]) for number in trips}

    # What is expected, before the panel is asked.

    def _wants(self, zone: Zone) -> str:
        """MUST, MAY or NEVER an alarm follows from this zone's trip."""
        wanted = self._wants_if_seen(zone)
        alone = len(self.trips) == 1 and self.event[0] != "start"
        if not self.trips[zone.number] and wanted == MUST:
            return MAY
        if alone or zone.burns or zone.bypassed:
            return wanted
        # Several at once: each may change what the next one meets, but neither a window nor a fire waits.
        if zone.type in ("instant", "fire") and not zone.verify:
            return wanted
        return MAY if wanted == MUST or zone.type in INTRUSION or zone.verify else wanted

    def _wants_if_seen(self, zone: Zone) -> str:
        area = self.house.areas[zone.area]
        if zone.type in INTRUSION:
            guards = zone.guards(area.mode)
            wanted = zone.intrusion(area.state, zone.number in area.told) if guards else NEVER
            return MAY if wanted == MUST and zone.number in area.told_perhaps else wanted
        if zone.burns:
            return NEVER
        if zone.type == "fire":
            return fire_follows(zone, self.house.zones, self.house.now)
        return zone.always_on(self.house.walking)

    # What came out.

    def judge(self, outcome: Outcome) -> None:
        """Holds what came out against what may and must, and takes it into the account."""
        self.outcome = outcome
        self._check_repeats()
        for event in outcome.events:
            self._is_attributed(event)
            self._take(event)
        self._check_trips()
        self._check_people()
        self._check_areas()
        self._check_sirens()
        self._check_troubles()
        assert (len(outcome.results) == 1) == (self.event[0] == "command")
        assert self.house.saved is None or self.house.panel.snapshot() == self.house.saved, "changed and not saved"

    def codes(self) -> list[int]:
        """The events' codes."""
        return [event.qcode for event in self.outcome.events]

    def told(self, qcode: int) -> list[int]:
        """The zones of the events with this code."""
        return [event.zone for event in self.outcome.events if event.qcode == qcode]

    def _is_attributed(self, event: Event) -> None:
        actor = (event.user, event.source)
        if event.qcode == 1461 or (event.zone == 0 and event.qcode in KEYPAD_ALARMS):
            assert actor == (0, KEYPAD)
        elif event.qcode in (1401, 1406):
            assert actor in self.openers, "disarmed without a code, a tag or a command"
        elif event.qcode in PERSONAL:
            assert actor in self.actors, f"{event} by nobody, or by somebody else"
        else:
            assert actor == (0, 0) or actor in self.actors, f"{event} by somebody else"

    def _take(self, event: Event) -> None:
        house, qcode = self.house, event.qcode
        zone = house.zones.get(event.zone)
        if qcode in ARMING:
            self._armed(event)
        elif qcode == 1401:
            self._disarmed(event)
        elif qcode in BYPASSES:
            assert zone
            self._bypassed(event, zone)
        elif qcode in INTRUSIONS:
            assert zone
            self._intruded(event, zone)
        elif qcode in ALWAYS_ON:
            self._alarmed(event, zone)
        elif qcode == 6134:
            assert zone
            self._enters(event, zone)
        elif qcode == 1139:
            house.areas[event.area].confirms()
        elif qcode == 1461:
            house.people.locks_up(event.detail, house.now)
        elif qcode in (1607, 3607):
            house.walking = qcode == 1607
        self._take_trouble(event, zone)

    def _take_trouble(self, event: Event, zone: Zone | None) -> None:
        code = event.qcode % 1000 + 1000
        if code in TROUBLES:
            known = (code, event.zone) in self.house.troubles
            assert known != (event.qcode == code), f"{event} for the second time"
            (self.house.troubles.add if event.qcode == code else self.house.troubles.discard)((code, event.zone))
        if event.qcode == 1381:
            assert zone
            assert self.house.now - zone.heard_ms >= zone.supervise_ms
            zone.missing = True
        if zone and event.qcode == 1144 and not zone.bypassed:
            self._has_reason("intrusion")
        if zone and zone.type == "fire" and event.qcode == zone.code + 2000:
            zone.burns = False
            zone.open = bool(zone.open and not (zone.line and zone.line.settled == "normal"))
        if event.qcode == 1118:
            assert zone
            assert zone.verify
            assert not zone.burns
            zone.near_ms = zone.pulse_ms = self.house.now

    def _armed(self, event: Event) -> None:
        people = self.house.people
        if event.source != COMMAND:
            assert people.may_arm(event.user, self.house.now) is not False
            assert event.area in AREAS_OF[event.user]
        assert not self.house.walking, "arming ends a walk test"
        self.house.areas[event.area].arms(ARMING[event.qcode])
        people.let_in_maybe = False

    def _disarmed(self, event: Event) -> None:
        people, area = self.house.people, self.house.areas[event.area]
        if event.source != COMMAND:
            assert people.may_open_up(event.user, True, self.house.now) is not False
            assert event.area in AREAS_OF[event.user]
        cancels = [other for other in self.outcome.events if other.qcode == 1406 and other.area == event.area]
        assert len(cancels) == int(area.cancels(self.house.now) and not self.duress)
        area.disarms()

    def _bypassed(self, event: Event, zone: Zone) -> None:
        on = BYPASSES[event.qcode]
        assert zone.can_be_bypassed or event.qcode % 1000 == 377
        assert zone.type not in ("fire", "co", "hold_up")
        assert zone.bypassed != on
        if event.qcode == 1377:
            assert zone.swinger
            assert zone.trips >= zone.swinger
        zone.bypassed = on

    def _intruded(self, event: Event, zone: Zone) -> None:
        """A burglary alarm has a cause, its own zone's, and says whether it may yet be confirmed."""
        area = self.house.areas[zone.area]
        assert event.qcode == zone.code
        assert zone.guards(area.mode), "a zone that does not guard, or is bypassed"
        ended = self.event[0] == "start" and self.states[area.number] == ALARM  # Perhaps, while the panel was down.
        assert zone.number not in area.told or ended, "told twice in one alarm"
        tripped = self.wants.get(zone.number, NEVER) != NEVER
        delayed = self.states[area.number] == ENTRY or zone.number in self.told(6134)
        entered = delayed and area.entry_zone == zone.number
        assert tripped or entered, "an alarm without a cause"
        if not area.told or self.event[0] == "start":  # In a start an alarm may end and another begin.
            self._has_reason("intrusion")
            area.begins_anew()
        details, confirmed = area.alarms(zone.number, zone.group, self.house.now)
        assert event.detail in details, "confirmed or not?"
        assert ((1139, zone.number) in [(item.qcode, item.zone) for item in self.outcome.events]) in confirmed
        zone.trips += 1
        if zone.swinger and zone.trips >= zone.swinger:
            assert zone.number in self.told(1377), "past its swinger limit, and not shut out"

    def _alarmed(self, event: Event, zone: Zone | None) -> None:
        """An alarm that needs no arming: by a trip of its zone, or by the keypad."""
        if zone is None:
            assert self.event in (FIRE_KEY, HOLD_UP_KEY)
            assert event.qcode == (1115 if self.event == FIRE_KEY else 1120)
        else:
            assert event.qcode == zone.code
            assert not zone.bypassed
            assert self.wants.get(zone.number, NEVER) != NEVER or zone.unannounced, "an alarm without a cause"
            zone.unannounced = zone.silent
            if zone.type == "fire":
                self._burns(zone)
        for sound, codes in REASONS.items():
            if event.qcode in codes:
                self._has_reason(sound)

    def _burns(self, zone: Zone) -> None:
        zone.near_ms = None
        zone.burns = True
        if zone.verify:
            zone.pulse_ms = self.house.now

    def _enters(self, event: Event, zone: Zone) -> None:
        area = self.house.areas[zone.area]
        assert zone.guards(area.mode)
        if self.states[area.number] == EXIT:
            assert zone.type in ("entry", "follower")
            assert zone.open is not False
        else:
            assert zone.type == "entry"
            assert zone.number in self.trips
        area.entry_zone = zone.number
        area.delay_ms = area.entry_ms if zone.entry_s is None else zone.entry_s * 1000
        assert event.detail == (area.delay_ms + 1999) // 2000

    def _has_reason(self, sound: str) -> None:
        for siren in self.house.sirens.values():
            siren.has_reason(sound)

    # What must have come out.

    def _check_trips(self) -> None:
        for number, wanted in self.wants.items():
            zone = self.house.zones[number]
            told = number in self.told(zone.code)
            # The only other detector that burned may clear in the same moment, and this pulse is then a first one.
            single = zone.verify and not FIRES_OVER.isdisjoint(self.codes())
            assert told or wanted != MUST or single, f"zone {number} trips and nothing is told"
            if zone.verify and not told and not zone.burns and self.trips[number]:
                assert number in self.told(1118), "a first pulse resets the loop, and is told"
            if zone.type not in INTRUSION and not zone.burns and not told:
                zone.unannounced = True
                zone.muted = self.house.walking and zone.always_on(walking=False) == MUST and zone.type != "fire"
            self._check_entry(zone)
        ended = 3607 in self.codes() and self.event[0] != "start"
        for zone in self.house.zones.values():
            if ended and zone.muted and zone.open and not zone.bypassed:
                assert zone.number in self.told(zone.code), "it is open since the walk test"
            zone.muted = zone.muted and self.house.walking and zone.open is not False
            zone.unannounced = zone.unannounced and zone.open is not False
            zone.reopened = zone.reopened and zone.open is not False
        repeated = [event.zone for event in self.outcome.events if event.qcode == 1139]
        assert set(repeated) <= set(self.trips) | {area.entry_zone for area in self.house.areas.values()}

    def _check_repeats(self) -> None:
        """A zone that was told before and trips again confirms the alarm, or is not told."""
        for number in self.trips:
            zone = self.house.zones[number]
            area = self.house.areas[zone.area]
            if number not in area.told or not zone.guards(area.mode) or area.state != ALARM:
                continue
            zone.reopened = True
            _, confirmed = area.trips(zone.group, self.house.now)
            alone = len(self.trips) == 1 and self.event[0] != "start"
            assert not alone or (number in self.told(1139)) in confirmed

    def _check_entry(self, zone: Zone) -> None:
        """A door on the way in starts the delay, and a camera that waits it out flashes."""
        area = self.house.areas[zone.area]
        before = self.states[zone.area]
        if len(self.trips) > 1 or not self.trips[zone.number] or self.event[0] == "start":
            return
        if zone.type == "entry" and before == ARMED and zone.guards(self.modes[zone.area]):
            assert self.told(6134) == [zone.number]
            assert area.mode == 0 or self.house.panel.area_status(area.number) % 16 in (ENTRY, ALARM)
        if zone.type == "follower" and before == ENTRY and zone.guards(self.modes[zone.area]):
            assert (("camera", (zone.number, "flash")) in self.outcome.shows) == zone.is_camera
        elif before != ENTRY:
            assert not [show for show in self.outcome.shows if show[0] == "camera"]

    def _check_people(self) -> None:
        duress = self.codes().count(1121)
        assert duress == 0 or self.duress, "a hold-up that nobody was in"
        users = {event.user for event in self.outcome.events if event.source in (KEYPAD, *range(16, 20))}
        assert users <= set(ROLES) | {0}
        assert {event.source for event in self.outcome.events} <= {0, KEYPAD, COMMAND} | {
            tag[1] for tag in TAGS.values()
        }

    def _check_areas(self) -> None:
        for area in self.house.areas.values():
            status = self.house.panel.area_status(area.number)
            if self.modes[area.number] and not area.mode:
                zones = [zone for zone in self.house.zones.values() if zone.area == area.number]
                assert not [zone for zone in zones if zone.bypassed], "no bypass outlives the arming"
                for zone in zones:
                    zone.trips = 0
            area.is_in(status % 16, status // 16 % 16)

    def _check_sirens(self) -> None:
        house = self.house
        indoor = house.sirens["siren"].sound
        codes = set(self.codes())
        if not any(area.mode for area in house.areas.values()):
            assert "intrusion" not in [siren.sound for siren in house.sirens.values()], "disarmed, and a burglary siren"
        if codes & REASONS["fire"]:
            assert indoor == "fire"
        elif any(self._begins(event) for event in self.outcome.events):
            assert indoor != "off", "an alarm is heard, confirmed or not"
        if self.sounded["siren"] == "off" and indoor != "off" and self.event[0] != "start":
            assert codes & REASONS[indoor], "a siren begins without a reason"
        if 1401 in codes and not any(area.state == ALARM for area in house.areas.values()):
            assert indoor == "off"
            assert house.sirens["outdoor"].sound == "off"

    def _begins(self, event: Event) -> bool:
        """Whether it is the first of a burglary alarm that nobody has ended since; further ones prolong no siren."""
        if event.qcode not in INTRUSIONS or self.states[event.area] == ALARM:
            return False
        return self.house.areas[event.area].mode != 0

    def _check_troubles(self) -> None:
        for zone in self.house.zones.values():
            for code in TROUBLES:
                wanted = zone.wants_trouble(code, self.house.now)
                reported = (code, zone.number) in self.house.troubles
                assert wanted is None or wanted == reported, f"{code} of zone {zone.number}: {wanted}"
