"""What a scenario can say: every statement's words, what they do to a world, and what they expect to see of it.

Names are checked against the house when the file is read, so that a typing error is found before the story starts.
"""

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from hemlarm_protocol import contact_id_names, message_names
from hemlarm_simulator import firmware_code
from hemlarm_simulator.cloud import VERBS
from hemlarm_simulator.description import HouseDescription
from hemlarm_simulator.house import pick
from hemlarm_simulator.world import World

POWER_CYCLE_MS = 1_000
"""How long the panel is without power when it is power-cycled."""

_MODES = ("away", "home", "disarm")
_SIRENS = ("off", "intrusion", "fire", "chime")


class WordsError(Exception):
    """A statement that cannot be understood; says what is wrong and what is allowed."""


@dataclass
class Stage:
    """The world in which a story plays, and what the story itself has to remember."""

    world: World
    house: HouseDescription
    last_command: bytes | None = None


@dataclass(frozen=True)
class Move:
    """Something that happens."""

    run: Callable[[Stage], None]


@dataclass(frozen=True)
class Expectation:
    """Something that must be so: `complaint` returns what is otherwise, or nothing."""

    complaint: Callable[[Stage], str | None]


class Words:
    """The words of one statement, taken from the left."""

    def __init__(self, text: str) -> None:
        self._words = text.split()

    def __bool__(self) -> bool:
        return bool(self._words)

    def take(self, what: str) -> str:
        """The next word. Raises WordsError, which says that `what` is missing."""
        if not self._words:
            raise WordsError(f"{what} is missing")
        return self._words.pop(0)

    def choice(self, allowed: Iterable[str], what: str) -> str:
        """The next word, which must be one of `allowed`. Raises WordsError."""
        allowed = tuple(allowed)
        if not self._words:
            raise WordsError(f"{what} is missing: {_listed(allowed)}")
        word = self._words.pop(0)
        if word not in allowed:
            raise WordsError(unknown(word, allowed, what))
        return word

    def skip(self, word: str) -> bool:
        """Takes `word` if it comes next."""
        if self._words and self._words[0] == word:
            del self._words[0]
            return True
        return False

    def number(self) -> int | None:
        """Takes the next word if it is a number."""
        return int(self._words.pop(0)) if self._words and self._words[0].isdecimal() else None

    def rest(self) -> str:
        """All words that are left, as a text."""
        text = " ".join(self._words)
        self._words = []
        return text


def unknown(word: str, allowed: Iterable[str], what: str) -> str:
    """The complaint about a word that is not one of those allowed."""
    near = difflib.get_close_matches(word, list(allowed), n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return f"{word!r} is no {what}; allowed are {_listed(allowed)}{hint}"


def parse(text: str, house: HouseDescription) -> Move | Expectation:
    """Reads one statement. Raises WordsError, UnknownNameError."""
    words = Words(text)
    statement = _STATEMENTS[words.choice(_STATEMENTS, "statement")](words, house)
    if words:
        raise WordsError(f"nothing can stand behind here: {words.rest()!r}")
    return statement


def _listed(allowed: Iterable[str]) -> str:
    return ", ".join(allowed)


# What happens.


def _open(words: Words, house: HouseDescription) -> Move:
    name = _sensor(words, house, ("door", "window"))
    return Move(lambda stage: stage.world.house.open(name))


def _close(words: Words, house: HouseDescription) -> Move:
    name = _sensor(words, house, ("door", "window"))
    return Move(lambda stage: stage.world.house.close(name))


def _motion(words: Words, house: HouseDescription) -> Move:
    name = _sensor(words, house, ("motion",))
    return Move(lambda stage: stage.world.house.move(name))


def _smoke(words: Words, house: HouseDescription) -> Move:
    name = _sensor(words, house, ("smoke",))
    burning = words.choice(("on", "off"), "state of the smoke") == "on"
    return Move(lambda stage: stage.world.house.smoke(name, burning))


def _code(words: Words, _house: HouseDescription) -> Move:
    digits = words.take("the code")
    if not digits.isdecimal():
        raise WordsError(f"{digits!r} is no code; it has digits only")
    mode = words.choice(_MODES, "mode")
    return Move(lambda stage: stage.world.house.enter_code(digits, mode))


def _command(words: Words, house: HouseDescription) -> Move:
    verb = VERBS[words.choice(VERBS, "command")]
    user = _user(words, house) if words.skip("as") else 0
    area = house.areas[0].number

    def run(stage: Stage) -> None:
        stage.last_command = stage.world.cloud.send_command(verb, area, user)

    return Move(run)


def _cut(words: Words, _house: HouseDescription) -> Move:
    words.choice(("network",), "thing to cut")
    return Move(lambda stage: setattr(stage.world.network, "up", False))


def _restore(words: Words, _house: HouseDescription) -> Move:
    words.choice(("network",), "thing to restore")
    return Move(lambda stage: setattr(stage.world.network, "up", True))


def _power_cycle(words: Words, _house: HouseDescription) -> Move:
    words.choice(("panel",), "thing to power-cycle")

    def run(stage: Stage) -> None:
        stage.world.power_cut()
        stage.world.run_until(stage.world.now_ms + POWER_CYCLE_MS)
        stage.world.power_on()

    return Move(run)


# What is expected.


def _expect(words: Words, house: HouseDescription) -> Expectation:
    if words.skip("no"):
        words.choice(("event",), "thing that can be absent")
        return _expect_events(words, house, 0)
    if (count := words.number()) is not None:
        words.choice(("events",), "thing that can be counted")
        return _expect_events(words, house, count)
    return _EXPECTATIONS[words.choice(_EXPECTATIONS, "thing to expect")](words, house)


def _expect_siren(words: Words, _house: HouseDescription) -> Expectation:
    wanted = words.choice(_SIRENS, "siren sound")

    def complaint(stage: Stage) -> str | None:
        return None if stage.world.house.siren == wanted else f"the siren is {stage.world.house.siren}"

    return Expectation(complaint)


def _expect_display(words: Words, _house: HouseDescription) -> Expectation:
    wanted = words.rest()
    if not wanted:
        raise WordsError("what the display should say is missing; write for example: expect display Armed")

    def complaint(stage: Stage) -> str | None:
        shown = " ".join(stage.world.house.display)
        return None if wanted in shown else f"the display says {shown!r}"

    return Expectation(complaint)


def _expect_armed(words: Words, house: HouseDescription) -> Expectation:
    mode = words.choice(("away", "home"), "mode") if words else None
    lines = _armed_lines(house, mode) if mode else None

    def complaint(stage: Stage) -> str | None:
        seen = stage.world.house
        if not seen.lamps.get("armed"):
            return "the panel is disarmed"
        return None if lines in (None, seen.display) else f"the display says {' '.join(seen.display)!r}"

    return Expectation(complaint)


def _expect_disarmed(_words: Words, _house: HouseDescription) -> Expectation:
    def complaint(stage: Stage) -> str | None:
        lamps = stage.world.house.lamps
        if "armed" not in lamps:
            return "the panel shows nothing"
        return "the panel is armed" if lamps["armed"] else None

    return Expectation(complaint)


def _expect_event(words: Words, house: HouseDescription) -> Expectation:
    return _expect_events(words, house, 1)


def _expect_events(words: Words, house: HouseDescription, count: int) -> Expectation:
    qcode = _qcode(words)
    wanted: dict[str, int] = {}
    while words:
        if words.choice(("zone", "user"), "detail of an event") == "zone":
            wanted["zone"] = _zone(words, house)
        else:
            wanted["user"] = _user(words, house)

    def complaint(stage: Stage) -> str | None:
        events = stage.world.cloud.events()
        found = sum(_matches(event, {"qcode": qcode, **wanted}) for event in events)
        if found == count:
            return None
        codes = ", ".join(str(event.qcode) for event in events) or "nothing"
        return f"the cloud has {found} such events instead of {count}; it has stored {codes}"

    return Expectation(complaint)


def _expect_everything(words: Words, _house: HouseDescription) -> Expectation:
    words.choice(("acknowledged",), "thing to expect of everything")
    return Expectation(_unacknowledged)


def _expect_command(words: Words, _house: HouseDescription) -> Expectation:
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


def _unacknowledged(stage: Stage) -> str | None:
    """Every event that the panel numbered is acknowledged at the panel and stored exactly once."""
    traces = stage.world.ledger.traces
    numbered = [trace.values[0] for trace in traces if trace.what == "event"]
    acknowledged = {trace.values[0] for trace in traces if trace.what == "acknowledged"}
    stored = [(event.kid, event.number) for event in stage.world.cloud.events()]
    waiting = [number for number in numbered if number not in acknowledged]
    if waiting:
        return f"the events {waiting} are not acknowledged"
    if len(set(stored)) != len(stored):
        return "the cloud has stored an event twice"
    missing = set(numbered) - {number for _, number in stored}
    if missing:
        return f"the events {sorted(missing)} are acknowledged but not stored"
    return None if numbered else "the panel has recorded no event at all"


# Names and numbers.


def _sensor(words: Words, house: HouseDescription, kinds: tuple[str, ...]) -> str:
    what = " or ".join(kinds)
    return pick([s.name for s in house.sensors if s.kind in kinds], words.take(f"the {what}"), what)


def _zone(words: Words, house: HouseDescription) -> int:
    zones = {sensor.name: sensor.zone for sensor in house.sensors}
    return zones[pick(zones, words.take("the zone's name"), "zone")]


def _user(words: Words, house: HouseDescription) -> int:
    users = {user.name: user.number for user in house.users}
    return users[pick(users, words.take("the user's name"), "user")]


def _qcode(words: Words) -> int:
    word = words.take("the event's code")
    if not word.isdecimal() or not contact_id_names.is_known(int(word)):
        codes = ", ".join(str(code) for code in contact_id_names.CODES)
        raise WordsError(f"{word!r} is no event code; it is a qualifier (1, 3 or 6) and one of {codes}")
    return int(word)


def _matches(event: Any, wanted: dict[str, int]) -> bool:
    return all(getattr(event, name) == value for name, value in wanted.items())


def _armed_lines(house: HouseDescription, mode: str) -> tuple[str, str]:
    texts = firmware_code.load("hemlarm_firmware.panel.texts")
    said = texts.load(house.language)
    first, second = texts.lines(said, {"away": texts.ARMED_AWAY, "home": texts.ARMED_HOME}[mode])
    return first, second


Parser = Callable[[Words, HouseDescription], Move | Expectation]

_STATEMENTS: dict[str, Parser] = {
    "open": _open,
    "close": _close,
    "motion": _motion,
    "smoke": _smoke,
    "code": _code,
    "command": _command,
    "cut": _cut,
    "restore": _restore,
    "power-cycle": _power_cycle,
    "expect": _expect,
}

_EXPECTATIONS: dict[str, Callable[[Words, HouseDescription], Expectation]] = {
    "siren": _expect_siren,
    "display": _expect_display,
    "armed": _expect_armed,
    "disarmed": _expect_disarmed,
    "event": _expect_event,
    "everything": _expect_everything,
    "command": _expect_command,
}
