"""What happens in the demonstration, step by step. Each step is done, then its condition is awaited."""

from collections.abc import Callable
from dataclasses import dataclass

from hemlarm_protocol import message_names
from hemlarm_simulator.world import World

AREA = 1
CODE = "1234"
USER = 1
_ARM_HOME = next(number for number, verb in message_names.VERBS.items() if verb == "arm-home")
_DISARM = next(number for number, verb in message_names.VERBS.items() if verb == "disarm")

EXIT_S, ENTRY_S = 3, 3
"""Delays short enough to watch; a house has 60 and 30 seconds."""

LIMIT_MS = 40_000
"""No step takes longer than smoke takes to leave a detector's chamber."""


class StoryError(Exception):
    """A step did not lead where the story goes."""


@dataclass(frozen=True)
class Step:
    """One thing that happens, and what shows that it had its effect."""

    text: str
    do: Callable[[World], None]
    until: Callable[[World], bool]


class Stored:
    """Waits for events in the store, counting only those that came after the last one it has seen."""

    def __init__(self) -> None:
        self._seen = 0

    def has(self, world: World, code: int) -> bool:
        """Whether an event with this code has been committed since the last one that was asked for."""
        events = world.cloud.events()
        for index in range(self._seen, len(events)):
            if events[index].qcode == code:
                self._seen = index + 1
                return True
        return False


def steps() -> list[Step]:
    """Return the story."""
    stored = Stored()

    def until(code: int, siren: str | None = None) -> Callable[[World], bool]:
        return lambda world: (siren is None or world.house.siren == siren) and stored.has(world, code)

    return [
        Step("The panel starts and meets its cloud", _nothing, until(1305)),
        Step("Anna enters her code and leaves", lambda w: w.house.enter_code(CODE, "away"), until(3401)),
        Step("Somebody opens the front door", lambda w: w.house.open("front-door"), until(6134)),
        Step("The entry delay runs out", _nothing, until(1134, "intrusion")),
        Step("Anna comes home and disarms", lambda w: w.house.enter_code(CODE, "off"), until(1401, "off")),
        Step("The front door is closed", lambda w: w.house.close("front-door"), until(3134)),
        Step("The kitchen burns; nothing is armed", lambda w: w.house.smoke("kitchen", True), until(1111, "fire")),
        Step("The fire is out and the smoke leaves", lambda w: w.house.smoke("kitchen", False), until(3111)),
        Step("Anna silences the detectors", lambda w: w.house.enter_code(CODE, "off"), _quiet),
        _command("The cloud arms the house for the night, for Anna; the panel answers", _ARM_HOME, until(3441)),
        _command("The cloud disarms it again; the panel answers", _DISARM, until(1401)),
    ]


def play(world: World, told: Callable[[str], None]) -> None:
    """Play the story, telling of each step as it begins. Raises StoryError."""
    for step in steps():
        told(step.text)
        step.do(world)
        if not world.wait_for(lambda step=step: step.until(world), LIMIT_MS):  # type: ignore[misc]
            raise StoryError(f"{step.text}: nothing came of it within {LIMIT_MS // 1000} s")


def _nothing(_world: World) -> None:
    pass


def _quiet(world: World) -> bool:
    return world.house.siren == "off"


def _command(text: str, verb: int, until: Callable[[World], bool]) -> Step:
    """A command for Anna, done when the cloud holds both the panel's answer and the event."""
    sent: list[bytes] = []

    def answered(world: World) -> bool:
        command = world.cloud.command(sent[0])
        return command is not None and command.status == 0 and until(world)

    return Step(text, lambda world: sent.append(world.cloud.send_command(verb, AREA, USER)), answered)
