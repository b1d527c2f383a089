"""What goes wrong, by chance: single faults, and plots in which a misfortune meets the fault that hurts it most."""

from collections.abc import Callable

from hemlarm_simulator.description import HouseDescription
from hemlarm_simulator.explore import chance_paths
from hemlarm_simulator.explore.chance_life import AWAY, HOME, HOUR_MS, MINUTE_MS, NIGHT, Day
from hemlarm_simulator.explore.dice import Dice
from hemlarm_simulator.explore.scene import INTRUSION
from hemlarm_simulator.explore.schedule import Move
from hemlarm_simulator.virtual.faults import DIRECTIONS, MESSAGE_KINDS

Words = tuple[str, ...]
Plot = list[tuple[float, Words]]
"""Seconds since it began, and what happens then."""

_APART_MS = 25 * MINUTE_MS
_NEAR_PERCENT = 60
"""So many faults of a hundred strike near a moment in which something else happens."""


def faults(dice: Dice, house: HouseDescription, day: Day, moments: list[int], count: int) -> list[Move]:
    """So many faults of one day, most of them near one of the moments."""
    begins_ms = day.phases[0][0]
    kinds = (*_FAULTS, *chance_paths.ANYWHERE, *(chance_paths.WITH_MODEM if house.modem else ()))
    found = []
    for _ in range(count):
        if moments and dice.odds(_NEAR_PERCENT):
            at_ms = dice.pick(moments) + dice.between(-2_000, 45_000)
        else:
            at_ms = begins_ms + dice.below(24 * HOUR_MS)
        found.append(Move(max(1, at_ms), dice.weighed(kinds)(dice)))
    return found


def plots(dice: Dice, house: HouseDescription, day: Day, count: int) -> list[Move]:
    """So many plots of one day, or fewer where there is no room for them: they never overlap."""
    found: list[Move] = []
    begun_ms: list[int] = []
    known = (*_PLOTS, *(chance_paths.PLOTS if house.modem else ()))
    for _ in range(count):
        where, plot = dice.pick(known)
        phases = day.during(where)
        if not phases:
            continue
        start, end = dice.pick(phases)
        at_ms = dice.between(start + 4 * MINUTE_MS, end - 20 * MINUTE_MS)
        if all(abs(at_ms - other) > _APART_MS for other in begun_ms):
            begun_ms.append(at_ms)
            found += [Move(at_ms + round(1000 * after_s), words) for after_s, words in plot(dice, house)]
    return found


# Single faults.


def _off_ms(dice: Dice) -> str:
    return str(dice.stretched(500, 20 * MINUTE_MS))


def _down_ms(dice: Dice) -> str:
    return str(dice.stretched(1_000, 10 * MINUTE_MS))


def _cut_at(dice: Dice) -> Words:
    torn = dice.pick(("-", "0", "100", *(str(dice.between(1, 99)) for _ in range(5))))
    return ("cut-at", str(dice.stretched(1, 12)), torn, _off_ms(dice))


def _jump_ms(dice: Dice) -> str:
    delta_ms = dice.stretched(500, 72 * HOUR_MS)
    return str(-delta_ms if dice.odds(50) else delta_ms)


def _disturb(dice: Dice) -> Words:
    per_mille = str(dice.pick((200, 500, 1000)))
    return (
        "disturb",
        dice.pick(MESSAGE_KINDS),
        dice.pick(DIRECTIONS),
        str(dice.stretched(20_000, 30 * MINUTE_MS)),
        per_mille,
    )


_FAULTS: tuple[tuple[int, Callable[[Dice], Words]], ...] = (
    (4, lambda dice: ("cut", _off_ms(dice))),
    (8, _cut_at),
    (3, lambda _dice: ("reset",)),
    (2, lambda _dice: ("hang", "inputs")),
    (1, lambda _dice: ("hang", "busy")),
    (2, lambda dice: ("forget", _off_ms(dice))),
    (2, lambda dice: ("kept-clock", _jump_ms(dice))),
    (3, lambda dice: ("mains-off", str(dice.stretched(2_000, 3 * HOUR_MS)))),
    (8, lambda dice: ("mains-off", str(dice.stretched(4 * HOUR_MS, 24 * HOUR_MS)))),
    (2, lambda dice: ("crash", "now", _down_ms(dice))),
    (2, lambda dice: ("crash", "before-commit", _down_ms(dice))),
    (2, lambda dice: ("crash", "after-commit", _down_ms(dice))),
    (2, lambda dice: ("wipe-broker", _down_ms(dice))),
    (2, lambda dice: ("outage", str(dice.stretched(2_000, 2 * HOUR_MS)))),
    (1, lambda dice: ("router-off", _down_ms(dice))),
    (1, lambda dice: ("port-off", _down_ms(dice))),
    (5, lambda dice: ("slow", str(dice.stretched(50, 4_000)), str(dice.stretched(1, 3_000)), _down_ms(dice))),
    (2, lambda _dice: ("drop",)),
    (3, lambda _dice: ("half-open",)),
    (16, _disturb),
    (4, lambda dice: ("cloud-clock", _jump_ms(dice), str(dice.stretched(10_000, 2 * HOUR_MS)))),
    (2, lambda _dice: ("backup",)),
    (3, lambda dice: ("restore", _down_ms(dice))),
    (3, lambda _dice: ("misacknowledge",)),
)


# Plots at home.


def _of_type(house: HouseDescription, *types: str) -> list[str]:
    return [sensor.name for sensor in house.sensors if sensor.type in types]


def _of_kind(house: HouseDescription, *kinds: str) -> list[str]:
    return [sensor.name for sensor in house.sensors if sensor.kind in kinds]


def _somebody(dice: Dice, house: HouseDescription) -> str:
    return dice.pick([user.name for user in house.users if user.fields.get("role", "user") in ("master", "user")])


def _cry(dice: Dice, house: HouseDescription) -> Words:
    buttons = [*_of_type(house, "hold_up"), *_of_kind(house, "button"), "hold-up", "fire"]
    return ("calls", dice.pick(buttons))


def _fire(dice: Dice, house: HouseDescription) -> Plot:
    detector = dice.pick(_of_kind(house, "smoke"))
    plot: Plot = [(0, ("smoke", detector, str(dice.between(30_000, 12 * MINUTE_MS))))]
    plot.append((dice.between(60, 240), ("silences", _somebody(dice, house))))
    if dice.odds(50):
        plot.append((dice.between(1, 60), dice.weighed(_FAULTS)(dice)))
    return [*plot, (16 * 60, ("silences", _somebody(dice, house)))]


def _call(dice: Dice, house: HouseDescription) -> Plot:
    plot: Plot = [(1, _cry(dice, house)), (dice.between(20, 300), ("silences", _somebody(dice, house)))]
    if dice.odds(30):
        plot.append((0, ("misacknowledge",)))
    if dice.odds(50):
        plot.append((dice.between(0, 20) / 10, dice.weighed(_FAULTS)(dice)))
    return plot


def _wet_or_loose(dice: Dice, house: HouseDescription) -> Plot:
    probes = _of_kind(house, "water")
    lids = _of_kind(house, "tamper")
    for_ms = str(dice.between(10_000, 5 * MINUTE_MS))
    if probes and dice.odds(50):
        words: Words = ("floods", dice.pick(probes), for_ms)
    elif lids:
        words = ("tampers", dice.pick(lids), for_ms)
    else:
        words = ("mistypes", "3")
    return [(0, words), (360, ("silences", _somebody(dice, house)))]


def _walk_test(dice: Dice, house: HouseDescription) -> Plot:
    """Many events at once; perhaps while the cloud is away, and with a cry for help among them.

    An arming ends it too, which needs no cloud.
    """
    somebody = _somebody(dice, house)
    plot: Plot = [(2, ("ask", "0", "walk-test", "1"))]
    doors = _of_kind(house, "door", "window")
    zones = [*doors, *_of_kind(house, "motion", "camera", "pet-motion", "pet-camera")]
    for index, name in enumerate(zones):
        plot.append((10 + 10 * index, ("passes" if name in doors else "motion", name)))
    end_s = 20 + 10 * len(zones)
    plot.append((end_s, dice.pick((("ask", "0", "walk-test", "0"), ("arms", somebody, "home")))))
    if dice.odds(60):
        plot.append((8, ("crash", "now", str(dice.between(2 * MINUTE_MS, 6 * MINUTE_MS)))))
    if dice.odds(60):
        plot.append((end_s + 5, _cry(dice, house)))
    if dice.odds(30):
        plot.append((dice.between(3, end_s), dice.weighed(_FAULTS)(dice)))
    return [*plot, (end_s + 60, ("silences", somebody))]


def _question_cut(dice: Dice, house: HouseDescription) -> Plot:
    """A question whose answer gets lost, or that is cut in the middle."""
    verb = dice.pick(("walk-test", "walk-test", "arm-home", "disarm", "bypass"))
    zone = dice.pick(house.sensors[1:]).zone
    argument = {"walk-test": "1", "bypass": str(zone)}.get(verb, str(house.areas[0].number))
    plot: Plot = [(1, ("ask", "0", verb, argument))]
    if dice.odds(50):
        plot.append((0, ("disturb", "lose", "up", "15000", "1000")))
        plot.append((dice.between(2, 8), ("cut", str(dice.between(500, 4_000)))))
    else:
        plot.append((0, _cut_at(dice)))
    return [*plot, (120, ("ask", "0", "walk-test", "0")), (150, ("disarms", _somebody(dice, house)))]


def _bypass_cut(dice: Dice, house: HouseDescription) -> Plot:
    zone = dice.pick([sensor for sensor in house.sensors if sensor.type in ("follower", "instant")]).zone
    fault = ("cut", _off_ms(dice)) if dice.odds(60) else _cut_at(dice)
    return [(0, ("ask", "0", "bypass", str(zone))), (dice.between(1, 40), fault)]


def _copy_back(dice: Dice, house: HouseDescription) -> Plot:
    return [
        (0, ("backup",)),
        (2, _cry(dice, house)),
        (30, ("silences", _somebody(dice, house))),
        (dice.between(40, 600), ("restore", _down_ms(dice))),
    ]


def _forced(dice: Dice, house: HouseDescription) -> Plot:
    """Somebody arms with a window open, and forces it."""
    window = dice.pick(_of_kind(house, "door", "window"))
    plot: Plot = [
        (0, ("airs", window, str(dice.between(10_000, 90_000)))),
        (3, ("arms", _somebody(dice, house), "home")),
    ]
    if dice.odds(60):
        plot.append((dice.between(4, 80), dice.weighed(_FAULTS)(dice)))
    return [*plot, (dice.between(100, 600), ("disarms", _somebody(dice, house)))]


def _jump_in_a_delay(dice: Dice, house: HouseDescription) -> Plot:
    """Somebody arms, and the panel hears of another time while the exit delay runs."""
    return [
        (0, ("arms", _somebody(dice, house), dice.pick(("home", "away")))),
        (dice.between(5, 40), ("cloud-clock", _jump_ms(dice), "600000")),
        (dice.between(41, 55), ("drop",)),
        (dice.between(100, 600), ("disarms", _somebody(dice, house))),
    ]


# Plots while the house is armed.


def _burglary(dice: Dice, house: HouseDescription) -> Plot:
    openings = [s.name for s in house.sensors if s.kind in ("door", "window") and s.type in INTRUSION]
    way_in = dice.pick([*openings, *_of_type(house, "entry")])
    plot: Plot = [(0, ("breaks-in", way_in, str(dice.between(5_000, 8 * MINUTE_MS))))]
    inside = _of_kind(house, "motion", "camera", "pet-motion", "pet-camera")
    if inside and dice.odds(50):
        plot.append((dice.between(2, 50), ("prowls", dice.pick(inside))))
    if dice.odds(60):
        plot.append((dice.between(0, 40), dice.weighed(_FAULTS)(dice)))
    return plot


def _quiet_burglary(dice: Dice, house: HouseDescription) -> Plot:
    """Through the entry door and no further, perhaps out again, while the panel hangs or its clock jumps."""
    door = dice.pick(_of_type(house, "entry"))
    plot: Plot = [(0, ("breaks-in", door, str(dice.stretched(4_000, 8 * MINUTE_MS))))]
    if dice.odds(50):
        plot.append((dice.between(1, 25), ("hang", dice.pick(("inputs", "inputs", "busy")))))
    else:
        plot.append((dice.between(1, 10), ("cloud-clock", _jump_ms(dice), "600000")))
        plot.append((dice.between(11, 14), ("drop",)))
    return plot


_PLOTS: tuple[tuple[str, Callable[[Dice, HouseDescription], Plot]], ...] = (
    (HOME, _fire),
    (HOME, _call),
    (HOME, _call),
    (HOME, _wet_or_loose),
    *((HOME, _walk_test),) * 4,
    *((HOME, _question_cut),) * 4,
    (HOME, _bypass_cut),
    (HOME, _copy_back),
    (HOME, _forced),
    (AWAY, _burglary),
    (AWAY, _burglary),
    *((AWAY, _quiet_burglary),) * 5,
    (HOME, _jump_in_a_delay),
    (AWAY, _fire),
    (NIGHT, _burglary),
    (NIGHT, _call),
)
