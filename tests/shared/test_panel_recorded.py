"""The same thousands of inputs give the same outputs on both interpreters: one hash over everything that came out."""

from hemlarm_firmware.panel import config
from hemlarm_firmware.panel.core import Panel
from hemlarm_protocol import cbor
from hemlarm_protocol.crypto import sha256
from panel_house import CODE, OTHER_CODE, WRONG_CODE, plain_config, quick_hash

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

STEPS = 4000
# Every change of behaviour or text changes it: run this module and copy what it prints, once the change is meant.
RECORDED = "2cfa33929adb4d19586864047642c647778a435e7adc68f760895f9c7f488434"


class Chance:
    """A linear congruential generator (the constants of Numerical Recipes), so that both interpreters draw alike."""

    def __init__(self, seed: int) -> None:
        self.state = seed

    def below(self, limit: int) -> int:
        """A number from 0 to limit - 1."""
        self.state = (self.state * 1664525 + 1013904223) & 0xFFFFFFFF
        return (self.state >> 8) % limit


def two_area_config() -> "dict[int | str, Any]":
    """The plain house and a garage."""
    value = plain_config()
    value["language"] = "sv"
    value["areas"].append({"number": 2, "exit_s": 10, "entry_s": 0})
    value["zones"].append({"number": 21, "type": "entry", "area": 2, "home": True})
    value["zones"].append({"number": 22, "type": "fire", "area": 2})
    return value


def draw(chance: Chance, is_open: "set[int]") -> "tuple[Any, ...]":
    """One input; zones are mostly closed, or the house could hardly ever be armed."""
    kind = chance.below(20)
    if kind < 14:
        zone = (1, 1, 2, 2, 3, 4, 5, 6, 7, 21, 22, 99)[chance.below(12)]
        opened = chance.below(4) == 0
        (is_open.add if opened else is_open.discard)(zone)
        return ("zone", zone, opened)
    if kind < 16:
        code = (CODE, CODE, CODE, OTHER_CODE, WRONG_CODE)[chance.below(5)]
        return ("keys", code, ("away", "home", "disarm")[chance.below(3)])
    if kind < 18:
        return ("command", chance.below(7), chance.below(4), chance.below(3))
    return ("wake",)


def replay(seed: int, steps: int) -> str:
    """Runs a panel with restarts in between and returns the hash of all outputs, deadlines and snapshots."""
    chance = Chance(seed)
    checked = config.check(two_area_config())
    panel = Panel(checked, None, quick_hash)
    is_open: set[int] = set()
    now, saved, digest = 0, None, b""
    for _ in range(steps):
        now += chance.below(40000) if chance.below(3) == 0 else chance.below(300)
        event = draw(chance, is_open)
        if chance.below(50) == 0:
            panel, now = Panel(checked, saved, quick_hash), chance.below(1000)
            event = ("start", sorted(is_open))
        outputs = panel.wake(now) if event[0] == "wake" else panel.handle(event, now)
        for item in outputs:
            if item[0] == "save":
                saved = cbor.decode(cbor.encode(panel.snapshot()))
        record: Any = [plain(outputs), panel.deadline_ms(), panel.snapshot()]
        digest = sha256(digest + cbor.encode(record))
    return digest.hex()


def plain(value: "Any") -> "Any":
    """Lists for tuples, all the way down."""
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def test_a_recorded_sequence_gives_the_recorded_outputs() -> None:
    assert replay(20, STEPS) == RECORDED


if __name__ == "__main__":
    print(replay(20, STEPS))  # noqa: T201
