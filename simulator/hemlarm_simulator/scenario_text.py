"""What a scenario's statements are made of: words taken from the left, times, names of the house, moves, expectations.

Names are checked against the house when the file is read, so that a typing error is found before the story starts.
"""

import difflib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hemlarm_simulator.description import HouseDescription
from hemlarm_simulator.names import pick
from hemlarm_simulator.world import World

if TYPE_CHECKING:
    from hemlarm_simulator.centre_desk import CentreDesk

AT_MAX_MS = 400 * 24 * 3600 * 1000
"""More than a year: the longest period of any timer in the trade."""

_UNITS_MS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_TIME = re.compile(r"(?:\d+(?:ms|s|m|h|d))+")
_TIME_PART = re.compile(r"(\d+)(ms|s|m|h|d)")


class WordsError(Exception):
    """A statement that cannot be understood; says what is wrong and what is allowed."""


@dataclass
class Stage:
    """The world in which a story plays, and what the story itself has to remember."""

    world: World
    house: HouseDescription
    last_command: bytes | None = None
    beeps_told: int = 0
    """How many of the keypad's beeps lie before the last expectation of a beep."""
    flashes_told: dict[str, int] = field(default_factory=dict)
    """How often each camera had flashed at the last expectation of its flashes."""
    powered: bool = True
    centre: "CentreDesk | None" = None
    """The receiving centre, in stories that name one."""


@dataclass(frozen=True)
class Move:
    """Something that happens. `centre` names the people it speaks of, where it concerns the receiving centre."""

    run: Callable[[Stage], None]
    centre: tuple[str, ...] | None = None


def _nothing(_stage: Stage) -> None:
    pass


@dataclass(frozen=True)
class Expectation:
    """Something that must be so: `complaint` returns what is otherwise, or nothing; `passed` is told when it was so.

    `centre` is as in Move.
    """

    complaint: Callable[[Stage], str | None]
    passed: Callable[[Stage], None] = _nothing
    centre: tuple[str, ...] | None = None


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

    def peek(self) -> str:
        """The next word without taking it, or nothing."""
        return self._words[0] if self._words else ""

    def number(self) -> int | None:
        """Takes the next word if it is a number."""
        return int(self._words.pop(0)) if self._words and self._words[0].isdecimal() else None

    def amount(self, what: str) -> float:
        """The next word as a number, which may be negative or have a fraction. Raises WordsError."""
        word = self.take(what)
        try:
            return float(word)
        except ValueError as error:
            raise WordsError(f"{word!r} is no number for {what}") from error

    def rest(self) -> str:
        """All words that are left, as a text."""
        text = " ".join(self._words)
        self._words = []
        return text


Parser = Callable[[Words, HouseDescription], Move | Expectation]


def unknown(word: str, allowed: Iterable[str], what: str) -> str:
    """The complaint about a word that is not one of those allowed."""
    near = difflib.get_close_matches(word, list(allowed), n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return f"{word!r} is no {what}; allowed are {_listed(allowed)}{hint}"


def parse_time(word: str) -> int:
    """Milliseconds of a time such as `90s`, `2m30s`, `500ms`, `48h` or `3d`. Raises WordsError."""
    if not _TIME.fullmatch(word):
        raise WordsError(f"{word!r} is no time; write for example 90s, 2m30s, 500ms, 48h or 3d")
    total = sum(int(count) * _UNITS_MS[unit] for count, unit in _TIME_PART.findall(word))
    if total > AT_MAX_MS:
        raise WordsError(f"{word} is beyond {AT_MAX_MS // _UNITS_MS['d']}d, the longest story there can be")
    return total


def sensor(words: Words, house: HouseDescription, kinds: Iterable[str], what: str) -> str:
    """The name of a sensor of one of these kinds. Raises WordsError, UnknownNameError."""
    kinds = tuple(kinds)
    return pick([s.name for s in house.sensors if s.kind in kinds], words.take(f"the {what}"), what)


def zone(words: Words, house: HouseDescription) -> int:
    """The number of the zone of that name. Raises WordsError, UnknownNameError."""
    zones = {sensor.name: sensor.zone for sensor in house.sensors}
    return zones[pick(zones, words.take("the zone's name"), "zone")]


def user(words: Words, house: HouseDescription) -> int:
    """The number of the user of that name. Raises WordsError, UnknownNameError."""
    users = {user.name: user.number for user in house.users}
    return users[pick(users, words.take("the user's name"), "user")]


def area(words: Words, house: HouseDescription) -> int:
    """An area's number. Raises WordsError."""
    return int(words.choice([str(area.number) for area in house.areas], "area"))


def _listed(allowed: Iterable[str]) -> str:
    return ", ".join(allowed)
