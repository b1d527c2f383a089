"""What goes wrong with two paths, a modem and SMS, by chance: single faults, and plots around an alarm."""

from collections.abc import Callable

from hemlarm_simulator.description import HouseDescription
from hemlarm_simulator.explore.chance_life import AWAY, HOME, HOUR_MS, MINUTE_MS
from hemlarm_simulator.explore.dice import Dice
from hemlarm_simulator.explore.scene import INTRUSION
from hemlarm_simulator.modem.simulated_modem import MOMENTS

Words = tuple[str, ...]
Plot = list[tuple[float, Words]]
"""Seconds since it began, and what happens then."""


def _for_ms(dice: Dice) -> str:
    return str(dice.stretched(5_000, 30 * MINUTE_MS))


def _long_ms(dice: Dice) -> str:
    return str(dice.stretched(MINUTE_MS, 3 * HOUR_MS))


def _moment(dice: Dice) -> Words:
    return ("modem-moment", dice.pick(MOMENTS))


ANYWHERE: tuple[tuple[int, Callable[[Dice], Words]], ...] = (
    (3, lambda dice: ("black-hole-ip", _long_ms(dice))),
    (2, lambda dice: ("lossy-ip", str(dice.pick((50, 200, 500))), _for_ms(dice))),
)
"""Weights and faults that need no modem."""

WITH_MODEM: tuple[tuple[int, Callable[[Dice], Words]], ...] = (
    (3, lambda dice: ("black-hole-mobile", _long_ms(dice))),
    (3, lambda dice: ("mobile-outage", _long_ms(dice))),
    (2, lambda dice: ("mobile-data-off", _long_ms(dice))),
    (3, lambda dice: ("jammed", _for_ms(dice))),
    (2, lambda dice: ("sms-off", _for_ms(dice))),
    (2, lambda dice: ("sms-lossy", str(dice.pick((300, 1000))), _long_ms(dice))),
    (2, lambda dice: ("sms-slow", str(dice.stretched(10_000, 10 * MINUTE_MS)), _long_ms(dice))),
    (4, lambda _dice: ("modem-reset",)),
    (8, _moment),
    (3, lambda _dice: ("modem-hang",)),
    (3, lambda dice: ("modem-garbled", str(dice.pick((2, 10, 50, 200))), _for_ms(dice))),
    (3, lambda dice: ("modem-chatters", _long_ms(dice))),
    (2, lambda _dice: ("misacknowledge-sms",)),
)
"""Those of a house with a modem."""


def _ip_dies(dice: Dice) -> Words:
    """The fixed line dies, told or not, for long enough that nobody waits for it."""
    return (dice.pick(("outage", "black-hole-ip", "router-off")), str(dice.between(4, 40) * MINUTE_MS))


def _mobile_dies(dice: Dice) -> Words:
    kind = dice.pick(("mobile-outage", "black-hole-mobile", "mobile-data-off", "mobile-data-off", "jammed"))
    return (kind, str(dice.between(4, 40) * MINUTE_MS))


def _alarm(dice: Dice, house: HouseDescription, away: bool) -> Words:
    if away:
        openings = [s.name for s in house.sensors if s.kind in ("door", "window") and s.type in INTRUSION]
        return ("breaks-in", dice.pick(openings), str(dice.between(5_000, 4 * MINUTE_MS)))
    return ("calls", dice.pick(("hold-up", "fire")))


def _silence(dice: Dice, house: HouseDescription) -> tuple[float, Words]:
    people = [user.name for user in house.users if user.fields.get("role", "user") in ("master", "user")]
    return (dice.between(120, 600), ("silences", dice.pick(people)))


def _dying_path(away: bool) -> Callable[[Dice, HouseDescription], Plot]:
    """An alarm meets a path that dies around it; perhaps the modem resets in the worst moment of the rescue."""

    def plot(dice: Dice, house: HouseDescription) -> Plot:
        found: Plot = [
            (dice.pick((0, 10, 19, 20, 21, 40)), _ip_dies(dice)),
            (20, _alarm(dice, house, away)),
            _silence(dice, house),
        ]
        if dice.odds(50):
            found.append((1, _moment(dice)))
        if dice.odds(20):
            found.append((dice.between(15, 40), ("modem-chatters", "120000")))
        return found

    return plot


def _both_paths_die(dice: Dice, house: HouseDescription) -> Plot:
    """Both paths die, then an alarm; SMS is left, unless that fails too."""
    found: Plot = [
        (dice.between(0, 20), _ip_dies(dice)),
        (dice.between(0, 20), _mobile_dies(dice)),
        (dice.between(18, 60), _alarm(dice, house, away=False)),
        _silence(dice, house),
    ]
    if dice.odds(25):
        found.append((10, ("sms-lossy", dice.pick(("300", "1000")), str(dice.between(1, 20) * MINUTE_MS))))
    if dice.odds(25):
        found.append((5, ("misacknowledge-sms",)))
    if dice.odds(25):
        found.append((1, ("modem-moment", dice.pick(("sms-prompt", "sms-data", "sms-sent")))))
    return found


def _paths_take_turns(dice: Dice, house: HouseDescription) -> Plot:
    """The fixed line dies and returns, and the mobile network dies as it is about to be left."""
    return [
        (0, ("outage", str(dice.between(60, 400) * 1_000))),
        (dice.between(50, 420), _mobile_dies(dice)),
        (dice.between(30, 450), _alarm(dice, house, away=False)),
        _silence(dice, house),
    ]


PLOTS: tuple[tuple[str, Callable[[Dice, HouseDescription], Plot]], ...] = (
    *((HOME, _dying_path(away=False)),) * 4,
    *((AWAY, _dying_path(away=True)),) * 2,
    *((HOME, _both_paths_die),) * 4,
    *((HOME, _paths_take_turns),) * 3,
)
"""Where somebody has to be for it, and the plot, of houses with a modem."""
