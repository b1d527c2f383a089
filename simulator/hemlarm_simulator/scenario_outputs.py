"""Statements about plugs, locks and what the cloud is told of a home; their examples are of `smart-villa`."""

from collections.abc import Callable

from hemlarm_protocol import household, message_names
from hemlarm_simulator.description import HouseDescription
from hemlarm_simulator.house import House
from hemlarm_simulator.names import pick
from hemlarm_simulator.scenario_text import Expectation, Move, Parser, Stage, Words, WordsError

VERBS = {"on": "plug", "off": "plug", "lock": "lock", "unlock": "lock"}
"""Commands about an output, and the kind that each is about."""

_LOCKS = tuple(message_names.LOCK_STATES.values())
_SWITCH = ("off", "on")


def output(words: Words, house: HouseDescription, kind: str) -> int:
    """The number of the plug or lock of that name. Raises WordsError, UnknownNameError."""
    named = {each.name: each.number for each in house.outputs if each.kind == kind}
    return named[pick(named, words.take(f"the {kind}'s name"), kind)]


def code(words: Words) -> str:
    """The code behind a command, if there is one. Raises WordsError."""
    if not words.skip("code"):
        return ""
    digits = words.take("the code")
    if not digits.isdecimal() or not household.CODE_DIGITS_MIN <= len(digits) <= household.CODE_DIGITS_MAX:
        raise WordsError(f"{digits!r} is no code; it has four to six digits")
    return digits


def _of_lock(act: Callable[[House, int], None]) -> Parser:
    def parse(words: Words, house: HouseDescription) -> Move:
        number = output(words, house, "lock")
        return Move(lambda stage: act(stage.world.house, number))

    return parse


def _turn(words: Words, house: HouseDescription) -> Move:
    number = output(words, house, "lock")
    locked = words.choice(("locked", "unlocked"), "state of a lock") == "locked"
    return Move(lambda stage: stage.world.house.locks[number].turn(locked))


def _stick(stuck: bool) -> Callable[[House, int], None]:
    return lambda house, number: setattr(house.locks[number], "stuck", stuck)


def _expect_plug(words: Words, house: HouseDescription) -> Expectation:
    number = output(words, house, "plug")
    wanted = words.choice(_SWITCH, "state of a plug")

    def complaint(stage: Stage) -> str | None:
        state = _SWITCH[stage.world.house.plugs[number].on]
        return None if state == wanted else f"the plug is {state}"

    return Expectation(complaint)


def _expect_lock(words: Words, house: HouseDescription) -> Expectation:
    number = output(words, house, "lock")
    wanted = words.choice(_LOCKS, "state of a lock")

    def complaint(stage: Stage) -> str | None:
        state = stage.world.house.locks[number].state
        return None if state == wanted else f"the lock is {state}"

    return Expectation(complaint)


def _expect_reading(words: Words, house: HouseDescription) -> Expectation:
    """`expect reading lamp on`, `expect reading front locked`, `expect reading cellar 21.5`: what the cloud knows."""
    outputs = {each.name: (each.kind, each.number) for each in house.outputs}
    rooms = {each.name: ("temperature", each.zone) for each in house.sensors if each.kind == "temperature"}
    known = {**outputs, **rooms}
    kind, number = known[pick(known, words.take("what is read"), "plug, lock or thermometer")]
    kinds = {name: kind for kind, name in message_names.READING_KINDS.items()}
    if kind == "temperature":
        wanted = household.TEMPERATURE_ZERO + round(10 * words.amount("degrees Celsius"))
    else:
        states = _SWITCH if kind == "plug" else _LOCKS
        wanted = states.index(words.choice(states, f"state of a {kind}"))

    def complaint(stage: Stage) -> str | None:
        read = stage.world.cloud.readings().get((kinds[kind], number))
        return None if read == wanted else f"the cloud has {read}, not {wanted}"

    return Expectation(complaint)


MOVES: dict[str, Parser] = {
    "turn": _turn,
    "stick": _of_lock(_stick(True)),
    "free": _of_lock(_stick(False)),
}

EXPECTATIONS: dict[str, Callable[[Words, HouseDescription], Expectation]] = {
    "plug": _expect_plug,
    "lock": _expect_lock,
    "reading": _expect_reading,
}
