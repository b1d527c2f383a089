"""A schedule: what happens in one run and when, as a small text that a person can read, shorten and play again.

    seed 17
    house villa
    heartbeat 300
    lasts 24:00:00.000
    0:07:15.030 motion hall
    0:08:00.000 power-cut 3000

The header comes first; a move is a time, a kind and what belongs to it. A line that starts with # says nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from hemlarm_simulator.explore.moves import problem

LASTS_MS_MAX = 100 * 24 * 3600 * 1000
"""Longer than any run that somebody waits for."""

_TIME = re.compile(r"(\d+):([0-5]\d):([0-5]\d)\.(\d{3})")
_HEADER = ("seed", "house", "heartbeat", "lasts", "battery", "standby", "bug")


class ScriptError(Exception):
    """A script that cannot be understood; says in which line, and what is allowed."""


@dataclass(frozen=True)
class Move:
    """Something that happens `at_ms` after the world began; `words` are its kind and what belongs to it."""

    at_ms: int
    words: tuple[str, ...]

    def __str__(self) -> str:
        return f"{print_time(self.at_ms)} {' '.join(self.words)}"


@dataclass(frozen=True)
class Schedule:
    """One run: who lives there, how often the panel reports (s), how long it lasts, and what happens.

    `seed` decides what the moves leave open. With `battery_mah` the panel has mains and a lead-acid battery of that
    size; with 0 its power is nobody's concern. `bug` names one that was planted to be found. `standby_s` is the link
    level of the path that is not in use, of a house with a modem; 0 for what the cloud wants if nobody has set it.
    """

    seed: int
    house: str
    heartbeat_s: int
    lasts_ms: int
    moves: tuple[Move, ...]
    battery_mah: int = 0
    bug: str = ""
    standby_s: int = 0

    def with_moves(self, moves: tuple[Move, ...]) -> "Schedule":
        """The same run with other moves."""
        return replace(self, moves=moves)

    def __str__(self) -> str:
        head = [
            f"seed {self.seed}",
            f"house {self.house}",
            f"heartbeat {self.heartbeat_s}",
            f"lasts {print_time(self.lasts_ms)}",
        ]
        if self.battery_mah:
            head.append(f"battery {self.battery_mah}")
        if self.standby_s:
            head.append(f"standby {self.standby_s}")
        if self.bug:
            head.append(f"bug {self.bug}")
        return "\n".join([*head, *map(str, self.moves), ""])


def parse(text: str) -> Schedule:
    """Reads what `str` of a schedule prints. Raises ScriptError."""
    header: dict[str, str] = {}
    found: list[Move] = []
    for number, words in _lines(text):
        if words[0] in _HEADER:
            if found or words[0] in header or len(words) != 2:
                raise ScriptError(f"line {number}: {words[0]!r} stands once, with one value, before all moves")
            header[words[0]] = words[1]
        else:
            found.append(_move(number, words, found[-1].at_ms if found else 0))
    missing = [name for name in _HEADER[:4] if name not in header]
    if missing:
        raise ScriptError(f"the line {missing[0]!r} is missing; a script starts with {', '.join(_HEADER[:4])}")
    lasts_ms = _time(0, header["lasts"])
    if lasts_ms > LASTS_MS_MAX:
        raise ScriptError(f"a run lasts {print_time(LASTS_MS_MAX)} at most")
    seed, heartbeat_s = _number("seed", header["seed"]), _number("heartbeat", header["heartbeat"])
    battery_mah = _number("battery", header.get("battery", "0"))
    standby_s = _number("standby", header.get("standby", "0"))
    bug = header.get("bug", "")
    return Schedule(seed, header["house"], heartbeat_s, lasts_ms, tuple(found), battery_mah, bug, standby_s)


def print_time(at_ms: int) -> str:
    """Hours, minutes, seconds and milliseconds."""
    seconds, ms = divmod(at_ms, 1000)
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}.{ms:03}"


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if words and not words[0].startswith("#"):
            yield number, words


def _move(number: int, words: list[str], not_before_ms: int) -> Move:
    at_ms = _time(number, words[0])
    if at_ms < not_before_ms:
        raise ScriptError(f"line {number}: {words[0]} lies before the move above it; moves stand in their order")
    complaint = problem(words[1:])
    if complaint:
        raise ScriptError(f"line {number}: {complaint}")
    return Move(at_ms, tuple(words[1:]))


def _time(number: int, word: str) -> int:
    match = _TIME.fullmatch(word)
    if not match:
        where = f"line {number}: " if number else ""
        raise ScriptError(f"{where}{word!r} is no time; write for example 0:07:15.030")
    hours, minutes, seconds, ms = map(int, match.groups())
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + ms


def _number(name: str, word: str) -> int:
    if not word.isdecimal():
        raise ScriptError(f"{word!r} is no number; write for example {name} 300")
    return int(word)
