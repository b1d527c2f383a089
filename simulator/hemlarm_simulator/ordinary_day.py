"""An ordinary day of a family in the big villa: lived by the real firmware in virtual time, with the heap watched.

The day begins at six in the morning. In its first quarter everything is used once: every mode, every item of the menu,
the walk test. So what a first use costs for good is spent by then, and the rest of the day must cost nothing more.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from hemlarm_simulator.chance import Chance
from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.scenario import Scenario, parse_scenario
from hemlarm_simulator.scenario_text import Expectation, Stage
from hemlarm_simulator.simulated_panel import WATCHED_HEAP, PanelSetup
from hemlarm_simulator.virtual.world import VirtualWorld, seeded_credentials

DAY_MS = 24 * 3600 * 1000
QUARTERS = 4

_SEED = 1
_SALT_BYTES = 16
_HEAD = "title An ordinary day\nhouse big-villa\ndate 2026-11-23 06:00\n"
_MINUTE_S = 60
_HOUR_S = 60 * _MINUTE_S
_SENSED = ("open", "close", "motion", "pet")

# What happens while somebody is at home, over and over: statement and seconds since the round began.
_ROUND = (
    (0, "motion living-room"),
    (20, "motion study"),
    (40, "open front-door"),
    (50, "close front-door"),
    (60, "motion hall"),
    (90, "pet living-room"),
    (120, "open terrace-door"),
    (150, "close terrace-door"),
    (200, "open garage-door"),
    (215, "motion garage"),
    (230, "close garage-door"),
    (300, "motion living-room"),
)

# The items of a master's menu are opened and left again; then the chime is turned off and on.
_MENU = (
    "code 1234 ok",
    *(statement for _ in range(10) for statement in ("key ok", "key down up", "key back", "key down")),
    "key back",
    "code 1234 ok",
    "key down ok ok",
    "code 1234 ok",
    "key down ok ok",
)

# A walk test, begun and ended from the app: sensors tick, and nothing alarms.
_WALK = (
    "command walk-test on as anna",
    "open front-door",
    "close front-door",
    "motion hall",
    "motion living-room",
    "open terrace-door",
    "close terrace-door",
    "press attic",
    "command walk-test off as anna",
)

_LEAVES = ("code 1234 away", "open front-door", "close front-door", "open garage-door", "close garage-door")
_COMES_HOME = ("open front-door", "motion hall", "tag bertil", "close front-door")
_TO_BED = ("code 2580 night", "motion hall", "pet hall")
_GETS_UP = ("code 1234 off", "motion hall", "motion living-room")
_STAYS_IN = ("code 2580 home", "motion hall", "motion study")

# Hour and minute since six in the morning, seconds from one statement to the next, and the statements.
_PLAN = (
    (0, 20, 5, _MENU),
    (0, 50, 2, _STAYS_IN),
    (1, 5, 5, _GETS_UP),
    (1, 10, 5, _WALK),
    (1, 20, 2, _TO_BED),
    (1, 40, 5, _GETS_UP),
    (1, 50, 5, _LEAVES),
    (5, 0, 4, _COMES_HOME),
    (7, 0, 5, _LEAVES),
    (9, 30, 4, _COMES_HOME),
    (11, 0, 5, _MENU),
    (12, 30, 5, _WALK),
    (13, 0, 2, _STAYS_IN),
    (14, 0, 5, _GETS_UP),
    (15, 0, 5, _MENU),
    (16, 30, 2, _TO_BED),
    (19, 0, 1, ("motion hall", "code 1234 off")),
    (19, 1, 5, ("open bedroom-window", "close bedroom-window", "code 1234 night")),
    (23, 0, 5, _GETS_UP),
    (23, 10, 5, _MENU),
    (23, 30, 5, _WALK),
)
_ROUNDS_AT_MIN = (5, 104, 320, 340, 380, 600, 630, 680, 700, 850, 920, 950, 980, 1400, 1420)


@dataclass(frozen=True)
class HeapSample:
    """What one heartbeat found free, in bytes, and when, in ms since the day began."""

    at_ms: int
    free: int


@dataclass(frozen=True)
class Day:
    """A day that was lived: how often sensors spoke, how many events were recorded, and the heap at each heartbeat."""

    sensor_events: int
    events: int
    samples: tuple[HeapSample, ...]

    def quarters(self) -> list[list[int]]:
        """What was free at the heartbeats of each quarter of the day."""
        quarters: list[list[int]] = [[] for _ in range(QUARTERS)]
        for sample in self.samples:
            quarters[min(sample.at_ms * QUARTERS // DAY_MS, QUARTERS - 1)].append(sample.free)
        return quarters


class DayError(Exception):
    """The day did not go as it should have; the text says when and what."""


def scenario() -> Scenario:
    """The day as a story that `scenario.py` reads."""
    timed = sorted(_statements(), key=lambda item: item[0])
    return parse_scenario(_HEAD + "".join(f"at {at_s}s {text}\n" for at_s, text in timed), "ordinary-day")


def live(server: ForkServer, progress: Callable[[float], None] = lambda _done: None) -> Day:
    """Lives the day. `progress` is told what part of it is over, from 0 to 1. Raises DayError, PanelCrashedError."""
    story = scenario()
    assert story.house is not None
    config = story.house.panel_config(Chance(_SEED, "code salt")(_SALT_BYTES))
    setup = PanelSetup(seeded_credentials(_SEED), config, program=WATCHED_HEAP)
    with VirtualWorld(server, story.house, _SEED, setup, story.began_unix_ms) as world:
        stage = Stage(world, story.house)
        for step in story.steps:
            world.run_until(step.at_ms)
            if isinstance(step.statement, Expectation):
                complaint = step.statement.complaint(stage)
                if complaint:
                    raise DayError(f"at {step.at_ms // 1000} s: {step.text}: but {complaint}")
            else:
                step.statement.run(stage)
            progress(step.at_ms / DAY_MS)
        world.run_until(DAY_MS)
        began_us = story.began_unix_ms * 1000
        samples = [
            HeapSample((trace.at_us - began_us) // 1000, trace.values[0])
            for trace in world.ledger.traces
            if trace.what == "heap"
        ]
        return Day(sensor_events(story), world.ledger.count("event"), tuple(samples))


def sensor_events(story: Scenario) -> int:
    """How often a sensor has something to say in a story: doors and windows, people and animals that move."""
    return sum(step.text.split()[0] in _SENSED for step in story.steps)


def _statements() -> Iterator[tuple[int, str]]:
    for hour, minute, gap_s, texts in _PLAN:
        yield from _spaced(hour * _HOUR_S + minute * _MINUTE_S, gap_s, texts)
    for minute in _ROUNDS_AT_MIN:
        for after_s, text in _ROUND:
            yield minute * _MINUTE_S + after_s, text
    yield from _EXPECTED


def _spaced(at_s: int, gap_s: int, texts: Sequence[str]) -> Iterator[tuple[int, str]]:
    return ((at_s + index * gap_s, text) for index, text in enumerate(texts))


_EXPECTED = (
    (2 * _HOUR_S, "expect armed away"),
    (5 * _HOUR_S + 60, "expect disarmed"),
    (8 * _HOUR_S, "expect armed away"),
    (18 * _HOUR_S, "expect armed night"),
    (24 * _HOUR_S - 60, "expect disarmed"),
    (24 * _HOUR_S - 60, "expect siren off"),
    (24 * _HOUR_S - 60, "expect no event 1130"),
    (24 * _HOUR_S - 60, "expect no event 1134"),
    (24 * _HOUR_S - 60, "expect everything acknowledged"),
)
