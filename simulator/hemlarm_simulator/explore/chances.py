"""From a seed to a schedule: a family's days, its misfortunes, and everything that goes wrong around them."""

from hemlarm_simulator.description import HouseDescription, load_house
from hemlarm_simulator.explore.chance_faults import faults, plots
from hemlarm_simulator.explore.chance_life import Day, days, life
from hemlarm_simulator.explore.dice import Dice
from hemlarm_simulator.explore.schedule import Move, Schedule

DAY_MS = 24 * 3600 * 1000

HOUSES = ((6, "villa"), (4, "swedish-villa"), (3, "dog-house"), (3, "pet-house"), (1, "big-villa"), (6, "two-paths"))
"""Weights and houses. The big one costs most: its radio sensors speak every four minutes. The last one has a modem."""

STANDBYS_S = ((4, 90_000), (2, 18_000), (2, 180), (2, 90))
"""Weights and link levels of the path that is not in use, in s."""

HEARTBEATS_S = ((1, 60), (5, 300), (5, 3600), (4, 18_000))
"""Weights and seconds: the link levels of the trade want to hear from a panel every minute to every five hours."""

_BATTERIES_MAH = ((4, 0), (5, 500), (2, 1_000), (2, 7_000))
"""Weights and mAh: the small ones are empty after some hours, so that panels park."""

BUSY, QUIETER, QUIET = "busy", "quieter", "quiet"
_PACES = ((9, BUSY), (6, QUIETER), (5, QUIET))
_FAULTS_A_DAY = {BUSY: (8, 16), QUIETER: (4, 10), QUIET: (2, 6)}
_PLOTS_A_DAY = {BUSY: (2, 5), QUIETER: (1, 3), QUIET: (0, 1)}
_LAST_MOVE_MS = DAY_MS // 48
"""Nothing new begins in a run's last half hour."""


def schedule(seed: int, bug: str = "") -> Schedule:
    """The schedule of a seed."""
    dice = Dice(seed, "schedule")
    name = dice.weighed(HOUSES)
    house = load_house(name)
    pace = dice.weighed(_PACES)
    lived = days(dice, 1 + dice.below(2 if pace == BUSY else 3))
    found = life(dice, house, lived, pace == BUSY, pace == QUIET)
    for day in lived:
        found += _misfortunes(dice, house, day, pace)
    lasts_ms = len(lived) * DAY_MS
    kept = sorted((move for move in found if 0 < move.at_ms < lasts_ms - _LAST_MOVE_MS), key=lambda move: move.at_ms)
    heartbeat_s, battery_mah = dice.weighed(HEARTBEATS_S), dice.weighed(_BATTERIES_MAH)
    standby_s = dice.weighed(STANDBYS_S) if house.modem else 0
    return Schedule(seed, name, heartbeat_s, lasts_ms, _numbered(kept), battery_mah, bug, standby_s)


def is_busy(made: Schedule) -> bool:
    """Whether the schedule of this seed is one of a busy family."""
    dice = Dice(made.seed, "schedule")
    dice.weighed(HOUSES)
    return dice.weighed(_PACES) == BUSY


def _misfortunes(dice: Dice, house: HouseDescription, day: Day, pace: str) -> list[Move]:
    found = plots(dice, house, day, dice.between(*_PLOTS_A_DAY[pace]))
    moments = [move.at_ms for move in found] + [start for start, _, _ in day.phases]
    return found + faults(dice, house, day, moments, dice.between(*_FAULTS_A_DAY[pace]))


def _numbered(found: list[Move]) -> tuple[Move, ...]:
    """Gives each question of the cloud a user number of its own, from 100 on."""
    moves: list[Move] = []
    asked = 100
    for move in found:
        if move.words[0] == "ask":
            moves.append(Move(move.at_ms, ("ask", str(asked), *move.words[2:])))
            asked += 1
        else:
            moves.append(move)
    return tuple(moves)
