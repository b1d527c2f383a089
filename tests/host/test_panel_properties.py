"""Whatever happens in whatever order: what must always hold of the panel core, searched by hypothesis.

What holds at every step stands in `step_of_chance.py`; here is what people, sensors, the centre and the power may do,
and what must come of it when they do it on purpose. `pytest --hypothesis-profile=search` searches much longer.
"""

from typing import Any

from hypothesis import strategies
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from account_of_lines import LINES, LOOPS, SHAPES
from account_of_people import AREAS_OF, CODES, COMMAND, KEYPAD, ROLES, TAGS, WRONG_CODES
from account_of_zones import ALARM, AWAY, DISARMED, ENTRY, EXIT, HOME, INTRUSION, NIGHT
from chances import IDLE, SOME_UNIX_S, contacts, keys, modes, numbers, pauses_ms, thoroughness, zones
from house_by_chance import House
from panel_plan import ANNA, BO, GARAGE, HOUSE, ZONES
from step_of_chance import FIRE_KEY, HOLD_UP_KEY, Step

MODES = {"away": AWAY, "home": HOME, "night": NIGHT}
DISARM, SILENCE, BYPASS, UNBYPASS, WALK_TEST = 1, 5, 7, 8, 9
ARMING_VERBS = {2: AWAY, 3: HOME, 6: NIGHT}
DONE, REFUSED, UNKNOWN_VERB, BAD_ARGUMENT = range(4)
ALWAYS_ON = [row[0] for row in ZONES if row[2] not in INTRUSION]
RADIO = [row[0] for row in ZONES if row[4] == "radio"]

right_codes = strategies.sampled_from(sorted(CODES))
areas = strategies.sampled_from([HOUSE, GARAGE])
gaps_ms = strategies.sampled_from([0, 0, 0, 300, 3000, 10000])
sayings = strategies.sampled_from(
    [("informed",), ("recalled", None), ("recalled", (1130, 3, 0, None)), ("whatever", 1)]
)
CONTACT_CODES = {344, 350, 351, 352, 354}
changes = strategies.sampled_from(
    [
        [["panel", 0, {"language": "en"}]],
        [["panel", 0, {"language": "sv"}], ["areas", HOUSE, {"exit_s": 0}]],
        [["areas", HOUSE, {"exit_s": 20, "entry_s": 15}]],
        [["areas", GARAGE, {"exit_s": 30, "entry_s": 20}]],
    ]
)


class Lives(RuleBasedStateMachine):
    """A house, two areas, five people, and the centre."""

    def __init__(self) -> None:
        super().__init__()
        self.house = House()
        self.house.check_in(self.house.zones.values())

    # Ordinary days.

    @initialize(mode=strategies.sampled_from([None, "away", "away", "home", "night"]), late=strategies.booleans())
    def the_day_begins(self, mode: str | None, late: bool) -> None:
        """Mostly armed: left to chance, some zone is nearly always open and the house hardly ever armed."""
        if mode:
            self.code_is_entered("1234", mode)
            self.time_passes(5000 if late else 20000, 0)

    @rule(mode=modes, code=strategies.sampled_from(["1234", "4321", "567890", "13579"]))
    def everybody_leaves(self, mode: str, code: str, wait_ms: int = 20000) -> None:
        """Once nothing is open and nothing is wrong, a valid code always arms."""
        house = self.house
        for zone in house.zones.values():
            zone.in_reach, zone.flags = True, 0
            if zone.line:
                house.shapes(zone.number, "normal")
            elif not zone.is_radio:
                house.moves(zone.number, False)
        house.check_in(house.zones.values())
        house.passes(70000)
        self.code_is_entered(code, mode)
        house.passes(wait_ms)

    @rule(mode=modes, wait_ms=strategies.sampled_from([1000, 12000, 25000]), broken=strategies.lists(zones, max_size=3))
    def somebody_breaks_in(self, mode: str, wait_ms: int, broken: list[int]) -> None:
        """While somebody leaves, or after."""
        self.everybody_leaves(mode, "1234", wait_ms)
        for zone in broken:
            self.somebody_passes(zone, 500)

    @rule(zone=zones, opened=strategies.booleans())
    def zone_moves(self, zone: int, opened: bool) -> None:
        self.house.moves(zone, opened)

    @rule(zone=zones, ms=strategies.sampled_from([0, 400, 401, 3000]))
    def somebody_passes(self, zone: int, ms: int) -> None:
        self.house.moves(zone, True)
        self.house.passes(ms)
        self.house.moves(zone, False)

    @rule(ms=pauses_ms, late_ms=strategies.sampled_from([0, 0, 150]))
    def time_passes(self, ms: int, late_ms: int) -> None:
        self.house.passes(ms, late_ms)

    @rule(zone=zones, times=strategies.integers(2, 4))
    def zone_alarms_again_and_again(self, zone: int, times: int) -> None:
        """Each time the siren has ended before; past its swinger limit the zone is shut out."""
        for _ in range(times):
            self.somebody_passes(zone, 500)
            self.house.passes(96000)

    @rule(zone=strategies.sampled_from(ALWAYS_ON), walking=strategies.booleans(), bypassed=strategies.booleans())
    def something_happens_that_needs_no_arming(self, zone: int, walking: bool, bypassed: bool) -> None:
        """Only a bypass or a walk test keeps it from alarming, and a fire nothing."""
        if walking:
            for area in (HOUSE, GARAGE):
                self.command(DISARM, area, BO)
            self.command(WALK_TEST, 1, BO)
        if bypassed:
            self.command(BYPASS, zone, BO)
        self.somebody_passes(zone, 500)

    # What sensors and lines do.

    @rule(zone=strategies.sampled_from(sorted(LINES)), shape=strategies.sampled_from(SHAPES))
    def line_changes(self, zone: int, shape: str) -> None:
        self.house.shapes(zone, shape)

    @rule(zone=strategies.sampled_from(sorted(LOOPS)), ms=strategies.sampled_from([500, 5500, 60000, 89000]))
    def smoke_comes_twice(self, zone: int, ms: int) -> None:
        """A second pulse within 90 s is a fire, whatever else there is."""
        house = self.house
        line = house.zones[zone].line
        assert line
        house.shapes(zone, "normal")
        house.passes(66000)
        for shape in ("open", "normal", "open"):
            house.shapes(zone, shape)
            house.passes(5500 if shape == "open" else min(ms, 83000))
        assert house.zones[zone].burns or not house.zones[zone].open

    @rule(
        zone=strategies.sampled_from(RADIO),
        flags=strategies.integers(0, 31),
        degrees=strategies.integers(-100, 900),
    )
    def radio_sensor_speaks(self, zone: int, flags: int, degrees: int) -> None:
        self.house.degrees = degrees
        self.house.zones[zone].flags = flags
        self.house.check_in([self.house.zones[zone]])

    @rule(zone=strategies.sampled_from(RADIO))
    def radio_sensor_is_lost_or_found(self, zone: int) -> None:
        self.house.zones[zone].in_reach = not self.house.zones[zone].in_reach

    @rule(zone=strategies.sampled_from(numbers))
    def detectors_button_is_pressed(self, zone: int) -> None:
        self.house.give(("button", zone))

    @rule(zone=strategies.sampled_from(numbers))
    def nothing_new_is_said(self, zone: int) -> None:
        """A sample of what is known already leads to nothing."""
        known = self.house.zones[zone]
        if known.line and known.line.is_settled:
            assert self.house.panel.handle(("line", zone, known.line.ohms), self.house.now) == []
        elif not known.line and not known.is_radio:
            assert self.house.panel.handle(("zone", zone, known.open), self.house.now) == []

    # What people do at the keypad.

    @rule(code=right_codes, key=strategies.sampled_from(["off", "off", "away", "home", "night"]))
    def code_is_entered(self, code: str, key: str) -> None:
        """What a right code is for, it does; the keys before it end whatever somebody else had begun."""
        user, duress = CODES[code]
        locked = self.house.people.is_locked(self.house.now)
        for other in IDLE:
            self.key(other)
        for digit in code:
            self.key(digit)
        self.is_done(self.key(key), user, key, KEYPAD, locked, duress)

    @rule(code=right_codes, mode=modes)
    def arming_is_forced(self, code: str, mode: str) -> None:
        """After a refusal, ok arms around what may be bypassed, and only around that."""
        self.code_is_entered(code, mode)
        user = CODES[code][0]
        disarmed = [number for number in AREAS_OF[user] if not self.house.areas[number].mode]
        refused = self.house.blockers(disarmed, MODES[mode])
        offered = not self.house.people.is_locked(self.house.now) and self.house.people.may_arm(user, self.house.now)
        step = self.key("ok")
        if ROLES[user] == "guest" or offered is False or not all(zone.can_be_bypassed for zone in refused):
            assert 1570 not in step.codes()
        elif refused and offered:
            assert sorted(step.told(1570)) == [zone.number for zone in refused]
            assert [self.house.areas[number].mode for number in disarmed] == [MODES[mode]] * len(disarmed)

    @rule(uid=strategies.sampled_from([*TAGS, b"none"]), key=strategies.sampled_from(["", "home"]))
    def tag_is_held_to_the_keypad(self, uid: bytes, key: str) -> None:
        now = self.house.now
        for other in [*IDLE, key] if key else IDLE:
            self.key(other)
        locked = self.house.people.is_locked(now)
        actor = self.house.people.tag(uid, now)
        if actor is None:
            step = self.house.give(("tag", uid))
            assert not [event for event in step.outcome.events if event.qcode != 1461]
            return
        armed = [area for area in AREAS_OF[actor[0]] if self.house.areas[area].mode]
        step = self.house.give(("tag", uid), actors={actor}, openers={actor})
        if armed or 1401 in step.codes():
            self.is_done(step, actor[0], "off", actor[1], locked, False)

    @rule(pressed=strategies.lists(keys, max_size=8), gap_ms=gaps_ms)
    def keys_are_pressed(self, pressed: list[str], gap_ms: int) -> None:
        for key in pressed:
            self.key(key)
            self.house.passes(gap_ms)

    @rule(code=right_codes, pressed=strategies.lists(keys, max_size=12))
    def menu_is_used(self, code: str, pressed: list[str]) -> None:
        for key in (*IDLE, *code, "ok", *pressed):
            self.key(key)

    @rule(code=strategies.sampled_from(WRONG_CODES), times=strategies.integers(1, 3))
    def stranger_tries_codes(self, code: str, times: int) -> None:
        """Three wrong codes in a row lock the keypad."""
        for key in IDLE:
            self.key(key)
        for _ in range(times):
            for key in (*code, "off"):
                self.key(key)
        assert times < 3 or self.house.people.is_locked(self.house.now)

    @rule(event=strategies.sampled_from([FIRE_KEY, HOLD_UP_KEY]))
    def key_for_help_is_held(self, event: tuple[str, str]) -> None:
        step = self.house.give(event)
        assert (1115 if event == FIRE_KEY else 1120) in step.codes()
        assert self.house.sirens["siren"].sound in ("fire", "co", "hold-up")

    # What the centre does.

    @rule(verb=strategies.integers(0, 17), argument=strategies.integers(0, 3), user=strategies.integers(1, 9))
    def command_comes(self, verb: int, argument: int, user: int) -> None:
        self.command(verb, argument, user)

    @rule(area=areas, verb=strategies.sampled_from([DISARM, SILENCE, *ARMING_VERBS]))
    def area_is_commanded(self, area: int, verb: int) -> None:
        account = self.house.areas[area]
        mode = account.mode
        status, detail = self.command(verb, area, BO)
        if verb == DISARM:
            assert account.state == DISARMED
        elif verb == SILENCE:
            assert account.state != ALARM
        elif mode:
            assert account.mode == mode
        else:
            self.arms_or_refuses([area], ARMING_VERBS[verb], detail if status == REFUSED else None)

    @rule(zone=zones, on=strategies.booleans())
    def zone_is_bypassed(self, zone: int, on: bool) -> None:
        """Fire and hold-up never are; nor is anything while its area's alarm or entry delay runs."""
        known = self.house.zones[zone]
        state = self.house.areas[known.area].state
        status, _ = self.command(BYPASS if on else UNBYPASS, zone, BO)
        may = known.can_be_bypassed and state not in (ENTRY, ALARM)
        assert status == (DONE if may else REFUSED)
        assert not may or known.bypassed == on

    @rule(on=strategies.booleans())
    def walk_test_is_commanded(self, on: bool) -> None:
        armed = any(area.mode for area in self.house.areas.values())
        walking = self.house.walking
        status, _ = self.command(WALK_TEST, int(on), ANNA)
        assert not (on and armed) or status == REFUSED
        assert self.house.walking == (on and (walking or status == DONE))

    @rule(event=sayings)
    def shell_says_something(self, event: tuple[Any, ...]) -> None:
        self.house.give(event)

    @rule(event=contacts, ms=strategies.sampled_from([0, 31000, 70000]))
    def contact_is_lost_or_found(self, event: tuple[Any, ...], ms: int) -> None:
        """It is told, and leads to nothing else."""
        step = self.house.give(event)
        assert {code % 1000 for code in step.codes()} <= CONTACT_CODES
        assert {output for output, _ in step.outcome.shows} <= {"lamp", "display"}
        self.house.passes(ms)

    @rule(hours=strategies.integers(0, 167), mode=modes)
    def guest_comes(self, hours: int, mode: str) -> None:
        """At whatever hour, to a house that is mostly armed."""
        self.clock_is_set(hours)
        self.code_is_entered("1234", mode)
        self.code_is_entered("2468", "off")

    @rule(hours=strategies.integers(0, 167))
    def clock_is_set(self, hours: int) -> None:
        unix_s = SOME_UNIX_S + 3600 * hours + 1800
        self.house.people.unix_at_0 = unix_s - self.house.now // 1000
        self.house.give(("clock", unix_s))

    @rule(edits=changes)
    def configuration_is_changed(self, edits: list[Any]) -> None:
        """What guards goes on guarding."""
        modes = [area.mode for area in self.house.areas.values()]
        self.house.reconfigure(edits)
        assert [area.mode for area in self.house.areas.values()] == modes

    # Power.

    @rule(moved=strategies.sets(zones, max_size=3))
    def power_fails(self, moved: set[int]) -> None:
        """What was armed is armed, what was bypassed is so unless it closed for a leaver, what moved is seen."""
        known = self.house.zones.values()
        modes = [area.mode for area in self.house.areas.values()]
        bypassed = [zone for zone in known if zone.bypassed]
        step = self.house.start(moved)
        assert [area.mode for area in self.house.areas.values()] == modes
        for zone in bypassed:
            assert zone.bypassed or (zone.number in moved and not zone.open and step.states[zone.area] == EXIT)

    @rule(times=strategies.integers(1, 4), gap_ms=strategies.sampled_from([100, 20000, 40000]))
    def power_fails_again_and_again(self, times: int, gap_ms: int) -> None:
        """No siren and no delay lives longer by it."""
        for _ in range(times):
            self.power_fails_for_a_moment()
            self.house.passes(gap_ms)
        self.house.passes(100000)

    @rule()
    def power_fails_for_a_moment(self) -> None:
        """Nothing moved: nothing alarms, except what a shortened entry delay brings."""
        entering = any(area.state == ENTRY for area in self.house.areas.values())
        known = self.house.zones.values()
        news = any(zone.unannounced or (zone.line and not zone.line.is_settled) for zone in known)
        step = self.house.start(set())
        assert entering or news or not [code for code in step.codes() if code // 1000 == 1]

    # How it is done.

    def key(self, key: str) -> Step:
        """One key, with whoever may be acting through it."""
        people = self.house.people
        user, duress, known = people.key(key, self.house.now)
        fresh = {(user, KEYPAD)} if user else set()
        return self.house.give(("key", key), actors=known | fresh, openers=fresh, duress=duress)

    def command(self, verb: int, argument: int, user: int) -> tuple[int, int]:
        """A command of the centre's; returns (status, detail)."""
        actor = {(user, COMMAND)}
        step = self.house.give(("command", verb, argument, user), actors=actor, openers=actor)
        status, detail = step.outcome.results[0]
        assert (status == UNKNOWN_VERB) == (verb not in range(1, 17))
        if status in (UNKNOWN_VERB, BAD_ARGUMENT, REFUSED):
            assert not step.codes()
        return status, detail

    def is_done(self, step: Step, user: int, key: str, source: int, locked: bool, duress: bool) -> None:
        """A right code or tag with a key does what it is for, or visibly not."""
        house = self.house
        if locked:
            assert not step.codes()
            return
        assert step.codes().count(1121) == int(duress)
        armed = any(step.modes[area] for area in AREAS_OF[user])
        may = (
            house.people.may_open_up(user, armed, house.now) if key == "off" else house.people.may_arm(user, house.now)
        )
        if may is None:
            return
        if not may:
            assert set(step.codes()) <= {1121}
            assert ("buzzer", "error") in step.outcome.shows
        elif key == "off":
            for area in AREAS_OF[user]:
                assert house.areas[area].state == DISARMED, "a valid code always disarms"
            disarmed = [event for event in step.outcome.events if event.qcode == 1401]
            assert {event[3:5] for event in disarmed} <= {(user, source)}
            assert ("buzzer", "ok") in step.outcome.shows
        else:
            open_to = [area for area in AREAS_OF[user] if not step.modes[area]]
            named = None if ("buzzer", "ok") in step.outcome.shows else 0
            assert named is None or ("buzzer", "error") in step.outcome.shows, "refused in silence"
            if open_to:
                self.arms_or_refuses(open_to, MODES[key], named)

    def arms_or_refuses(self, numbers: list[int], mode: int, refused_by: int | None) -> None:
        """All of the areas are armed, or none where a zone is in the way; 0: one that is not named here."""
        armed = [self.house.areas[number].mode == mode for number in numbers]
        blockers = [zone.number for zone in self.house.blockers(numbers, mode)]
        if refused_by is None:
            assert all(armed)
            assert not blockers, "armed with a zone in the way"
        else:
            assert not any(armed)
            assert blockers, "refused for no reason"
            assert refused_by in [0, *blockers]


TestLives = Lives.TestCase
TestLives.settings = thoroughness(240)
