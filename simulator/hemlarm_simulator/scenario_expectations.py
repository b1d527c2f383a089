"""What can be expected in a scenario: each expectation's words, and what it complains about."""

from collections.abc import Callable
from itertools import pairwise

from hemlarm_installer import firmware_code
from hemlarm_protocol import message_names
from hemlarm_simulator import scenario_centre, scenario_outputs, scenario_pictures
from hemlarm_simulator.description import WITH_SOUNDER, HouseDescription
from hemlarm_simulator.house import House
from hemlarm_simulator.plants.keypad import LAMPS, LASTING, SINGLE
from hemlarm_simulator.plants.sirens import Siren
from hemlarm_simulator.scenario_configuration import different_configuration
from hemlarm_simulator.scenario_events import expect_events, unacknowledged
from hemlarm_simulator.scenario_power import expect_battery, expect_output, expect_panel
from hemlarm_simulator.scenario_text import Expectation, Stage, Words, WordsError, parse_time, sensor, zone

_SIRENS = ("off", "intrusion", "fire", "co", "hold-up")
_MODES = ("away", "home", "night")

# What an ear takes for these signals, in ms on and off, by ISO 8201 and its like for CO. Not the firmware's own table.
_HEARD = {
    "temporal-3": (500, 500, 500, 500, 500, 1500),
    "temporal-4": (100, 100, 100, 100, 100, 100, 100, 5000),
}
_CYCLES_HEARD = 2

Complaint = Callable[[Stage], str | None]


def expect(words: Words, house: HouseDescription) -> Expectation:
    """Reads what stands behind `expect`. Raises WordsError, UnknownNameError."""
    if words.skip("no"):
        return _ABSENT[words.choice(_ABSENT, "thing that can be absent")](words, house)
    if (count := words.number()) is not None:
        if words.choice(("events", "case", "cases"), "thing that can be counted") != "events":
            return scenario_centre.expect_cases(words, count)
        return expect_events(words, house, count)
    return EXPECTATIONS[words.choice(EXPECTATIONS, "thing to expect")](words, house)


def _house_shows(look: Callable[[House], str], wanted: str, what: str) -> Expectation:
    """Something of the house must be `wanted`."""

    def complaint(stage: Stage) -> str | None:
        seen = look(stage.world.house)
        return None if seen == wanted else f"the {what} is {seen}"

    return Expectation(complaint)


def _siren(which: Callable[[House], Siren], what: str) -> Callable[[Words, HouseDescription], Expectation]:
    def parse(words: Words, _house: HouseDescription) -> Expectation:
        wanted = words.choice((*_SIRENS, "sounded"), "siren sound")
        if wanted != "sounded":
            return _house_shows(lambda house: which(house).sound, wanted, what)
        words.choice(("at",), "limit")
        at_least = words.choice(("most", "least"), "limit") == "least"
        limit_ms = parse_time(words.take("the limit's time"))

        def complaint(stage: Stage) -> str | None:
            sounded_ms = which(stage.world.house).sounded_ms()
            holds = sounded_ms >= limit_ms if at_least else sounded_ms <= limit_ms
            return None if holds else f"the {what} has sounded for {sounded_ms / 1000:g} s"

        return Expectation(complaint)

    return parse


def _heard(words: Words, _house: HouseDescription) -> Expectation:
    word = words.choice(_HEARD, "signal")
    pattern = _HEARD[word]
    listened_ms = _CYCLES_HEARD * sum(pattern)

    def complaint(stage: Stage) -> str | None:
        edges = stage.world.house.indoor.edges(stage.world.now_ms - listened_ms)
        lengths = [later - sooner for (sooner, _), (later, _) in pairwise(edges)]
        if edges and _is_pattern(lengths, edges[0][1], pattern):
            return None
        return f"the siren's last sounds and pauses took {lengths} ms"

    return Expectation(complaint)


def _is_pattern(lengths: list[int], starts_on: bool, pattern: tuple[int, ...]) -> bool:
    """Whether these stretches of sound and silence are a piece of the pattern, of nearly a cycle at least."""
    if len(lengths) < len(pattern) - 1:
        return False
    starts = range(0 if starts_on else 1, len(pattern), 2)
    return any(all(ms == pattern[(at + i) % len(pattern)] for i, ms in enumerate(lengths)) for at in starts)


def _buzzer(words: Words, _house: HouseDescription) -> Expectation:
    wanted = words.choice(LASTING, "lasting sound of the buzzer")
    return _house_shows(lambda house: house.keypad.buzzer, wanted, "buzzer")


def _beeped(words: Words, _house: HouseDescription) -> Expectation:
    wanted = words.choice(SINGLE, "single sound of the buzzer")
    times = words.number()
    if times is not None:
        words.choice(("times",), "word behind a number")

    def complaint(stage: Stage) -> str | None:
        beeps = [word for _, word in stage.world.house.keypad.beeps[stage.beeps_told :]]
        count = beeps.count(wanted)
        if count == times or (times is None and count > 0):
            return None
        return f"the buzzer played {', '.join(beeps) or 'nothing'} since it was last asked about"

    def passed(stage: Stage) -> None:
        stage.beeps_told = len(stage.world.house.keypad.beeps)

    return Expectation(complaint, passed)


def _display(words: Words, _house: HouseDescription) -> Expectation:
    wanted = words.rest()
    if not wanted:
        raise WordsError("what the display should say is missing; write for example: expect display Armed")

    def complaint(stage: Stage) -> str | None:
        shown = " ".join(stage.world.house.display)
        return None if wanted in shown else f"the display says {shown!r}"

    return Expectation(complaint)


def _lamp(words: Words, _house: HouseDescription) -> Expectation:
    name = words.choice(LAMPS, "lamp")
    wanted = words.choice(("on", "off"), "state of a lamp")
    return _house_shows(lambda house: "on" if house.lamps.get(name) else "off", wanted, f"lamp {name}")


def _armed(words: Words, house: HouseDescription) -> Expectation:
    mode = words.choice(_MODES, "mode") if words else None
    lines = _armed_lines(house, mode) if mode else None

    def complaint(stage: Stage) -> str | None:
        seen = stage.world.house
        if not seen.lamps.get("armed"):
            return "the panel is disarmed"
        return None if lines in (None, seen.display) else f"the display says {' '.join(seen.display)!r}"

    return Expectation(complaint)


def _armed_lines(house: HouseDescription, mode: str) -> tuple[str, str]:
    texts = firmware_code.load("hemlarm_firmware.panel.texts")
    numbers = {"away": "ARMED_AWAY", "home": "ARMED_HOME", "night": "ARMED_NIGHT"}
    first, second = texts.lines(texts.load(house.language), getattr(texts, numbers[mode]))
    return first, second


def _disarmed(_words: Words, _house: HouseDescription) -> Expectation:
    def complaint(stage: Stage) -> str | None:
        lamps = stage.world.house.lamps
        if "armed" not in lamps:
            return "the panel shows nothing"
        return "the panel is armed" if lamps["armed"] else None

    return Expectation(complaint)


def _event(words: Words, house: HouseDescription) -> Expectation:
    return expect_events(words, house, 1)


def _detector(words: Words, house: HouseDescription) -> Expectation:
    name = sensor(words, house, WITH_SOUNDER, "detector with a sounder")
    wanted = words.choice(("sounding", "silent"), "state of a detector's sounder")
    return _house_shows(lambda seen: "sounding" if seen.sounding(name) else "silent", wanted, f"detector {name}")


def _flashed(words: Words, house: HouseDescription) -> Expectation:
    name = sensor(words, house, ("camera", "pet-camera"), "camera")
    times = words.number()
    if times is None:
        raise WordsError("how often it flashed is missing; write for example: expect flashed hall 1")

    def complaint(stage: Stage) -> str | None:
        flashed = stage.world.house.flashes(name) - stage.flashes_told.get(name, 0)
        return None if flashed == times else f"it flashed {flashed} times"

    def passed(stage: Stage) -> None:
        stage.flashes_told[name] = stage.world.house.flashes(name)

    return Expectation(complaint, passed)


def _everything(words: Words, _house: HouseDescription) -> Expectation:
    words.choice(("acknowledged",), "thing to expect of everything")
    return Expectation(unacknowledged)


def _same(words: Words, _house: HouseDescription) -> Expectation:
    words.choice(("configuration",), "thing to be the same in panel and cloud")
    return Expectation(different_configuration)


def _command(words: Words, _house: HouseDescription) -> Expectation:
    status = words.choice(message_names.STATUSES.values(), "answer to a command")

    def complaint(stage: Stage) -> str | None:
        if stage.last_command is None:
            return "no command was sent before"
        command = stage.world.cloud.command(stage.last_command)
        if command is None or command.status is None:
            return "the panel has not answered"
        answer = message_names.STATUSES[command.status]
        return None if answer == status else f"the panel answered {answer}"

    return Expectation(complaint)


def _presumed(words: Words, house: HouseDescription, wanted: bool = True) -> Expectation:
    words.choice(("alarm",), "thing that can be presumed")
    number = zone(words, house) if words else None

    def complaint(stage: Stage) -> str | None:
        zones = [alarm.zone for alarm in stage.world.cloud.presumed_alarms()]
        if (bool(zones) if number is None else number in zones) == wanted:
            return None
        return f"the cloud presumes an alarm of the zones {zones}" if zones else "the cloud presumes no alarm"

    return Expectation(complaint)


_ABSENT: dict[str, Callable[[Words, HouseDescription], Expectation]] = {
    "event": lambda words, house: expect_events(words, house, 0),
    "presumed": lambda words, house: _presumed(words, house, False),
    "case": lambda words, _house: scenario_centre.expect_cases(words, 0),
    "task": lambda words, _house: scenario_centre.expect_no_task(words),
    "notice": lambda words, _house: scenario_centre.expect_not_told(words),
}

EXPECTATIONS: dict[str, Callable[[Words, HouseDescription], Expectation]] = {
    "siren": _siren(lambda house: house.indoor, "siren"),
    "outdoor": _siren(lambda house: house.outdoor, "outdoor siren"),
    "heard": _heard,
    "buzzer": _buzzer,
    "beeped": _beeped,
    "display": _display,
    "lamp": _lamp,
    "armed": _armed,
    "disarmed": _disarmed,
    "event": _event,
    "detector": _detector,
    "flashed": _flashed,
    "presumed": _presumed,
    "everything": _everything,
    "same": _same,
    "command": _command,
    "panel": expect_panel,
    "battery": expect_battery,
    "output": expect_output,
    **scenario_outputs.EXPECTATIONS,
    **scenario_pictures.EXPECTATIONS,
    **scenario_centre.EXPECTATIONS,
}
