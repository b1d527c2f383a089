"""A family's ordinary days, by chance: nights, mornings, hours when nobody is at home."""

from dataclasses import dataclass

from hemlarm_simulator.description import HouseDescription
from hemlarm_simulator.explore.dice import Dice
from hemlarm_simulator.explore.scene import INTRUSION
from hemlarm_simulator.explore.schedule import Move
from hemlarm_simulator.house import MOVABLE

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS

HOME, AWAY, NIGHT = "home", "away", "night"

BUSY_GAP_MS = (60_000, 7 * MINUTE_MS)
"""Between two things that a busy family does at home; so that sensors have some 250 things to say a day."""

QUIETER_GAP_MS = (10 * MINUTE_MS, 90 * MINUTE_MS)
_ASKED = ("arm-home", "arm-night", "arm-away", "disarm", "bypass", "unbypass", "chime", "status", "silence")


@dataclass(frozen=True)
class Day:
    """One day: its phases as (start, end, what), in ms since the run began."""

    phases: tuple[tuple[int, int, str], ...]

    def during(self, what: str) -> list[tuple[int, int]]:
        """The phases of one kind that last at least half an hour."""
        return [(start, end) for start, end, kind in self.phases if kind == what and end - start > HOUR_MS // 2]


def days(dice: Dice, count: int) -> list[Day]:
    """So many days. A day begins at midnight with people asleep and nothing armed before the first evening."""
    return [_day(dice, index * DAY_MS) for index in range(count)]


def _day(dice: Dice, begins_ms: int) -> Day:
    def at(hour: int, spread_min: int) -> int:
        return begins_ms + hour * HOUR_MS + dice.below(spread_min * MINUTE_MS)

    marks = [(at(0, 30), NIGHT), (at(6, 60), HOME)]
    if dice.odds(70):
        marks += [(at(8, 40), AWAY), (at(14, 90), HOME)]
        if dice.odds(50):
            marks += [(at(17, 60), AWAY), (at(19, 60), HOME)]
    elif dice.odds(50):
        marks += [(at(11, 60), AWAY), (at(12, 90), HOME)]
    if dice.odds(60):
        marks.append((at(22, 50), NIGHT))
    ends = [start for start, _ in marks[1:]] + [begins_ms + DAY_MS]
    return Day(tuple((start, end, what) for (start, what), end in zip(marks, ends, strict=True)))


def life(dice: Dice, house: HouseDescription, lived: list[Day], busy: bool, quiet: bool) -> list[Move]:
    """What happens on these days as long as nothing goes wrong."""
    found: list[Move] = []
    before = HOME
    for day in lived:
        for start, end, what in day.phases:
            if not quiet or dice.odds(40):
                found += _turn(dice, house, start, before, what)
                before = what
            if what == HOME and not quiet:
                found += _at_home(dice, house, start + 2 * MINUTE_MS, end - MINUTE_MS, busy)
    return found


def _turn(dice: Dice, house: HouseDescription, at_ms: int, before: str, after: str) -> list[Move]:
    """From one phase to the next."""
    users = [user.name for user in house.users if user.fields.get("role", "user") in ("master", "user")]
    who = dice.pick(users)
    words: list[tuple[str, ...]] = []
    if before == AWAY:
        words.append(("comes", who))
    elif before == NIGHT:
        words.append(("disarms", who))
    if after == AWAY:
        words.append(("leaves", who))
    elif after == NIGHT:
        words.append(("arms", who, dice.pick(("night", "night", "home"))))
    return [Move(at_ms + 40_000 * index, each) for index, each in enumerate(words)]


def _at_home(dice: Dice, house: HouseDescription, start_ms: int, end_ms: int, busy: bool) -> list[Move]:
    found = []
    at_ms = start_ms
    least, most = BUSY_GAP_MS if busy else QUIETER_GAP_MS
    while at_ms < end_ms:
        found.append(Move(at_ms, _deed(dice, house)))
        at_ms += dice.between(least, most)
    return found


def _deed(dice: Dice, house: HouseDescription) -> tuple[str, ...]:
    doors = [s.name for s in house.sensors if s.kind in ("door", "window") and s.type in INTRUSION]
    windows = [s.name for s in house.sensors if s.kind in ("door", "window") and s.type == "instant"]
    seen = [s.name for s in house.sensors if s.kind in MOVABLE and s.type in INTRUSION]
    die = dice.below(100)
    if die < 2 and windows:
        return ("airs", dice.pick(windows), str(dice.between(MINUTE_MS, 20 * MINUTE_MS)))
    if die < 4:
        return _question(dice, house)
    if die < 5:
        return ("mistypes", str(dice.between(1, 2)))
    if seen and die < 35:
        return ("motion", dice.pick(seen))
    return ("passes", dice.pick(doors))


def _question(dice: Dice, house: HouseDescription) -> tuple[str, ...]:
    verb = dice.pick(_ASKED)
    argument = dice.pick(house.areas).number
    if verb in ("bypass", "unbypass"):
        argument = dice.pick([sensor for sensor in house.sensors if sensor.type != "entry"]).zone
    elif verb == "chime":
        argument = dice.below(2)
    return ("ask", "0", verb, str(argument))
