"""The same thousands of inputs give the same outputs on both interpreters: one hash over everything that came out.

The numbers change with every change of behaviour or text. Run this module as a program and copy what it prints, once
the change is meant.
"""

import gc

from hemlarm_firmware.panel import config, config_edit
from hemlarm_firmware.panel.core import Panel
from hemlarm_protocol import cbor
from hemlarm_protocol.crypto import sha256
from panel_house import quick_hash
from panel_plan import OHMS, USERS, ZONES, plan_config

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

STEPS = 2500
LOG_MAX = 50
RECORDED = {
    20: "578b39040157da20fb68a7c58e55b411ff466178b61b882b3b20d77ee269b30f",
    22: "d8135343f4b9102730a93d67ebc16891087765945a485bdddfa287113e6fe63a",
    26: "3125666485b5e8589cc03a46528915ad1ed89d5dfbaee507e2c0eca52faa3a6b",
}

GUARDING = [row for row in ZONES if row[2] in ("entry", "follower", "instant")]
KEYS = ["ok", "back", "up", "down", "off", "away", "home", "night", "1", "2", "0"]
MENU_KEYS = ["ok", "ok", "ok", "ok", "up", "down", "down", "down", "back", "1", "2"]
ENDS = ["away", "away", "away", "home", "night", "off", "off", "ok", "ok"]
CODES = [row[3] for row in USERS] + [row[4] for row in USERS if row[4]] + ["1234"] * 6 + ["0000"]
TAGS = [uid for row in USERS for uid in row[5]] + [b"none", b"bad"]
EDITS = [
    ["panel", 0, {"language": "en"}],
    ["panel", 0, {"language": "sv", "keypad_alarms": False}],
    ["panel", 0, {"keypad_alarms": True, "outdoor_delay_s": 0}],
    ["areas", 1, {"exit_s": 0, "confirm_s": 30}],
    ["areas", 1, {"exit_s": 20, "confirm_s": 300}],
    ["zones", 4, None],
    ["zones", 4, {"type": "instant", "area": 1, "sensor": "motion"}],
    ["users", 2, {"tags": None}],
]


class Chance:
    """A linear congruential generator (the constants of Numerical Recipes), so that both interpreters draw alike."""

    def __init__(self, seed: int) -> None:
        self.state = seed

    def below(self, limit: int) -> int:
        """A number from 0 to limit - 1."""
        self.state = (self.state * 1664525 + 1013904223) & 0xFFFFFFFF
        return (self.state >> 8) % limit

    def of(self, items: "Any") -> "Any":
        """One of them."""
        return items[self.below(len(items))]


class Run:
    """One panel under recorded chance. The digest takes in every output, deadline and snapshot, in their order."""

    def __init__(self, seed: int) -> None:
        self.chance = Chance(seed)
        self.digest = b""
        self.now = 0
        self.saved: Any = None
        self.raw: Any = plan_config()
        self.open: dict[int, bool] = {}
        self.shapes: dict[int, str] = {}
        self.log: list[tuple[Any, ...]] = []
        self.start()

    def start(self) -> None:
        """Power comes, to a panel with what was saved last."""
        self.now = self.chance.below(1000)
        self.panel = Panel(config.check(self.raw), self.saved, quick_hash)
        digital = [row[0] for row in ZONES if not row[4] and self.open.get(row[0])]
        lines = [(row[0], self.ohms(row)) for row in ZONES if row[4] in OHMS]
        self.take(self.panel.handle(("start", digital, lines), self.now))

    def ohms(self, row: "Any") -> int:
        """What a line measures."""
        return OHMS[row[4]][self.shapes.get(row[0], "normal")]

    def take(self, outputs: "Any") -> None:
        """Records what came out, and answers what the panel asks for."""
        for item in outputs:
            if item[0] == "save":
                self.saved = cbor.decode(cbor.encode(self.panel.snapshot()))
            elif item[0] == "event":
                self.log = [(item[1], item[3], item[4], 1_800_000_000 + self.now)] + self.log[: LOG_MAX - 1]
        record: Any = [plain(outputs), self.panel.deadline_ms(), self.panel.snapshot()]
        self.digest = sha256(self.digest + cbor.encode(record))
        for item in outputs:
            if item[0] == "recall":
                found = self.log[item[1]] if item[1] < len(self.log) else None
                self.take(self.panel.handle(("recalled", found), self.now))
            elif item[0] == "configure":
                self.change(item[1])

    def change(self, edits: "Any") -> None:
        """Another configuration, if it is a good one and the panel is quiet enough."""
        if not self.panel.site.is_settled():
            return
        try:
            _, changed = config_edit.decide(self.raw, None, edits)
            checked = config.check(changed)
        except config.ConfigError:
            return
        self.raw = changed
        self.panel = Panel(checked, self.panel.snapshot(), quick_hash, before=self.panel)
        self.saved = cbor.decode(cbor.encode(self.panel.snapshot()))
        self.take(self.panel.wake(self.now))

    def step(self) -> None:
        """Time passes, mostly none or until something is due, and one thing happens."""
        chance = self.chance
        deadline = self.panel.deadline_ms()
        if chance.below(3) == 0 and deadline is not None and deadline > self.now:
            self.now = deadline
        elif chance.below(3) == 0:
            self.now += chance.of((1, 300, 500, 3000, 20000, 95000))
        kind = chance.below(100)
        if kind < 4:
            self.everybody_leaves()
        elif kind < 40:
            self.zone_moves(chance.of(ZONES if kind < 25 else GUARDING))
        elif kind < 65:
            self.somebody_is_at_the_keypad()
        elif kind < 75:
            self.take(self.panel.handle(("command", chance.below(12), chance.of(self.arguments()), 9), self.now))
        elif kind < 98:
            self.something_else(kind)
        else:
            self.start()

    def arguments(self) -> "list[int]":
        """What a command may be about: mostly an area, a switch or a zone."""
        return [0, 1, 1, 1, 2, 3, self.chance.of(ZONES)[0]]

    def everybody_leaves(self) -> None:
        """Closes everything, waits for a lock to end, and arms; or the house would hardly ever be armed."""
        for row in ZONES:
            self.zone_moves(row, False)
        self.now += 95000
        self.take(self.panel.wake(self.now))
        self.type(["back", "off", "back"] + list("1234") + [self.chance.of(("away", "away", "night"))])
        self.now += 30000

    def type(self, keys: "list[str]") -> None:
        """These keys, one after the other."""
        for key in keys:
            self.take(self.panel.handle(("key", key), self.now))

    def zone_moves(self, row: "Any", perhaps: bool = True) -> None:
        """A zone opens or closes, or what is wrong with it changes; `perhaps` not: it is closed and whole."""
        number, chance = row[0], self.chance
        opened = perhaps and chance.below(3) == 0
        self.open[number] = opened
        if row[4] == "radio":
            flags = int(opened) + (chance.below(32) & 30 if opened and chance.below(4) == 0 else 0)
            self.take(self.panel.handle(("sensor", number, flags, chance.of((None, 210, -50, 700))), self.now))
        elif row[4]:
            wrong = chance.of(("open", "open", "open", "cut", "short"))
            self.shapes[number] = wrong if opened else "normal"
            self.take(self.panel.handle(("line", number, self.ohms(row)), self.now))
        else:
            self.take(self.panel.handle(("zone", number, opened), self.now))

    def somebody_is_at_the_keypad(self) -> None:
        """A code with its key, a tag, or whatever keys."""
        chance = self.chance
        kind = chance.below(8)
        if kind == 0:
            self.take(self.panel.handle(("tag", chance.of(TAGS)), self.now))
        elif kind < 4:
            self.type(["back", "off", "back"] + list(chance.of(CODES)) + [chance.of(ENDS)])
        elif kind < 6:
            self.type(["back", "off", "back"] + list("1234") + ["ok"])
            self.type([chance.of(MENU_KEYS) for _ in range(20)])
        else:
            self.type([chance.of(KEYS) for _ in range(kind)])

    def something_else(self, kind: int) -> None:
        """What the shell, the clock, a detector's button or the centre has to say; or nothing, but the time."""
        chance = self.chance
        if kind < 80:
            self.take(self.panel.handle(("button", chance.of(ZONES)[0]), self.now))
        elif kind < 83:
            self.take(self.panel.handle(("clock", 1_795_420_800 + 3600 * chance.below(168)), self.now))
        elif kind < 85:
            self.take(self.panel.handle(("informed",), self.now))
        elif kind < 86:
            self.type([chance.of(("fire", "hold-up"))])
        elif kind < 89:
            self.change([chance.of(EDITS)])
        else:
            self.take(self.panel.wake(self.now))


def replay(seed: int) -> str:
    """The hash of a whole run."""
    run = Run(seed)
    for step in range(STEPS):
        run.step()
        if step % 50 == 0 and hasattr(gc, "mem_free"):
            gc.collect()  # On MicroPython, where the small heap would fragment; how it does is not tested here.
    return run.digest.hex()


def plain(value: "Any") -> "Any":
    """Lists for tuples, all the way down."""
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def test_recorded_sequences_give_the_recorded_outputs() -> None:
    found = {seed: replay(seed) for seed in RECORDED}
    assert found == RECORDED, f"changed; if that is meant, run this module as a program and copy its numbers: {found}"


if __name__ == "__main__":
    for _seed in sorted(RECORDED):
        print(_seed, replay(_seed))  # noqa: T201
