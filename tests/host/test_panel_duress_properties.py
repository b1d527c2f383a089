"""Two panels live through the same days, but where one gets a user's ordinary code the other gets the duress code.

Nothing that can be seen, heard or found in what was saved may tell them apart; only the centre knows.
"""

from typing import Any

from hypothesis import strategies
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from account_of_people import People
from chances import IDLE, SOME_UNIX_S, keys, pauses_ms, thoroughness, zones
from hemlarm_firmware.panel import config
from hemlarm_firmware.panel.core import Panel
from hemlarm_protocol import cbor
from panel_house import quick_hash
from panel_plan import ANNA, OHMS, USERS, ZONES, plan_config

HOLD_UP, CANCEL, LOCKED = 1121, 1406, 1461
CONFIG = config.check(plan_config())
WIRING = {row[0]: row[4] for row in ZONES}
THREATENED = {row[0]: (row[3], row[4]) for row in USERS if row[4]}
CODES = [row[3] for row in USERS] + [row[4] for row in USERS if row[4]]
LEAFING = ["down", "down", "up", "ok"]
ENDS = ["off", "off", "ok", "away", "home", "night"]

users = strategies.sampled_from(sorted(THREATENED))
ends = strategies.sampled_from(ENDS)


class Twin:
    """One of the two panels, with what it shows, saves and reports."""

    def __init__(self) -> None:
        self.saved: Any = None
        self.log: list[tuple[int, int, int, None]] = []
        self.begin()

    def begin(self) -> None:
        """Power comes."""
        self.panel = Panel(CONFIG, self.saved, quick_hash)
        self.seen: list[Any] = []
        self.told: list[Any] = []

    def take(self, outputs: Any, now: int) -> None:
        """Does what the panel says; what it asks of the log it gets at once."""
        for item in outputs:
            if item[0] == "event":
                self.told.append(item[1:])
                self.log.insert(0, (item[1], item[3], item[4], None))
            elif item[0] == "recall":
                known = self.log[item[1]] if item[1] < len(self.log) else None
                self.take(self.panel.handle(("recalled", known), now), now)
            elif item[0] == "save":
                self.saved = cbor.decode(cbor.encode(self.panel.snapshot()))
                self.seen.append(("save", self.saved))
            elif item[0] == "show":
                self.seen.append(item)


class Twins(RuleBasedStateMachine):
    """Both panels, through the same inputs."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0
        self.free, self.forced = Twin(), Twin()
        self.people = People()
        self.open: set[int] = set()
        self.power_fails()
        for zone, wiring in WIRING.items():
            if wiring == "radio":
                self.both(("sensor", zone, 0, 210))

    @initialize(mode=strategies.sampled_from(["", "away", "away", "home", "night"]))
    def the_day_begins(self, mode: str) -> None:
        for key in [*"1234", mode] if mode else []:
            self.both(("key", key))
        self.time_passes(20000)

    @rule(user=users, end=ends, before=strategies.sampled_from(["", "away", "night"]))
    def code_is_entered_under_threat(self, user: int, end: str, before: str) -> None:
        """The one event more, in whatever state the panel is, whatever the code is for, unless the keypad is locked."""
        for key in [*IDLE, before] if before else IDLE:
            self.both(("key", key))
        ordinary, duress = THREATENED[user]
        locked = self.people.is_locked(self.now)
        for free, forced in zip([*ordinary, end], [*duress, end], strict=True):
            told = self.each(("key", free), ("key", forced))
        codes = [event[0] for event in told]
        assert codes.count(HOLD_UP) == int(not locked)
        assert CANCEL not in codes

    @rule(user=users, pressed=strategies.lists(keys, max_size=10))
    def menu_is_used_under_threat(self, user: int, pressed: list[str]) -> None:
        self.code_is_entered_under_threat(user, "ok", "")
        for key in pressed:
            self.both(("key", key))

    @rule(threatened=strategies.booleans(), pressed=strategies.lists(strategies.sampled_from(LEAFING), max_size=8))
    def log_is_read(self, threatened: bool, pressed: list[str]) -> None:
        """The third item of a master's menu, whoever stands behind the person who reads it."""
        if threatened:
            self.code_is_entered_under_threat(ANNA, "off", "")
            self.code_is_entered_under_threat(ANNA, "ok", "")
        else:
            self.code_is_entered(THREATENED[ANNA][0], "ok")
        for key in ["down", "down", "ok", *pressed]:
            self.both(("key", key))

    @rule(pressed=strategies.lists(keys, max_size=6))
    def keys_are_pressed(self, pressed: list[str]) -> None:
        for key in pressed:
            self.both(("key", key))

    @rule(code=strategies.sampled_from([*CODES, "0000"]), end=ends)
    def code_is_entered(self, code: str, end: str) -> None:
        """The same code at both, also a duress code at both."""
        for key in [*IDLE, *code, end]:
            self.both(("key", key))

    @rule(uid=strategies.sampled_from([b"anna", b"cia!", b"none"]))
    def tag_is_held_to_the_keypad(self, uid: bytes) -> None:
        self.both(("tag", uid))

    @rule(key=strategies.sampled_from(["fire", "hold-up"]))
    def key_for_help_is_held(self, key: str) -> None:
        self.both(("key", key))

    @rule(zone=zones)
    def zone_moves(self, zone: int) -> None:
        self.open ^= {zone}
        if WIRING[zone] == "radio":
            self.both(("sensor", zone, int(zone in self.open), 210))
        elif WIRING[zone]:
            self.both(("line", zone, self.ohms(zone)))
            self.time_passes(401)
        else:
            self.both(("zone", zone, zone in self.open))

    @rule(zone=zones)
    def somebody_passes(self, zone: int) -> None:
        self.zone_moves(zone)
        self.zone_moves(zone)

    @rule(verb=strategies.integers(1, 10), argument=strategies.integers(0, 2))
    def command_comes(self, verb: int, argument: int) -> None:
        self.both(("command", verb, argument, 9))

    @rule(hours=strategies.integers(0, 167))
    def clock_is_set(self, hours: int) -> None:
        self.both(("clock", SOME_UNIX_S + 3600 * hours))

    @rule(ms=pauses_ms)
    def time_passes(self, ms: int) -> None:
        end = self.now + ms
        deadline = self.free.panel.deadline_ms()
        while deadline is not None and deadline <= end:
            self.now = deadline
            for twin in (self.free, self.forced):
                twin.take(twin.panel.wake(self.now), self.now)
            self.are_alike()
            deadline = self.free.panel.deadline_ms()
        self.now = end

    @rule()
    def power_fails(self) -> None:
        self.people.restart(self.now, 0)
        self.now = 0
        self.free.begin()
        self.forced.begin()
        digital = sorted(zone for zone in self.open if not WIRING[zone])
        self.both(("start", digital, [(zone, self.ohms(zone)) for zone in WIRING if WIRING[zone] in OHMS]))

    def ohms(self, zone: int) -> int:
        """What a line measures."""
        return OHMS[WIRING[zone]]["open" if zone in self.open else "normal"]

    def both(self, event: tuple[Any, ...]) -> None:
        """The same input to both."""
        self.each(event, event)

    def each(self, free: tuple[Any, ...], forced: tuple[Any, ...]) -> list[Any]:
        """An input to each; returns what the second one reports."""
        self.free.take(self.free.panel.handle(free, self.now), self.now)
        self.forced.take(self.forced.panel.handle(forced, self.now), self.now)
        return self.are_alike()

    def are_alike(self) -> list[Any]:
        """Nothing tells them apart but a hold-up more and a cancel less."""
        assert self.free.seen == self.forced.seen
        assert self.free.panel.snapshot() == self.forced.panel.snapshot()
        assert self.free.panel.deadline_ms() == self.forced.panel.deadline_ms()
        told = self.forced.told
        for event in told:
            if event[0] == LOCKED:
                self.people.locks_up(event[5], self.now)
        assert _openly(self.free.told) == _openly(told)
        self.free.seen, self.forced.seen, self.free.told, self.forced.told = [], [], [], []
        return told


def _openly(told: list[Any]) -> list[Any]:
    return [event for event in told if event[0] not in (HOLD_UP, CANCEL)]


TestTwins = Twins.TestCase
TestTwins.settings = thoroughness(80)
