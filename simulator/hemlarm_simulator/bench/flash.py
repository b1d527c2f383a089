"""The flash's figures: what an event wears of it, and how long a panel with a full journal takes to start.

The wear is counted on the plant, with the firmware's own journal, state and panel core, which decides what is saved.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from hemlarm_installer import firmware_code
from hemlarm_simulator.bench.result import Details, Result
from hemlarm_simulator.board_link import BoardLink
from hemlarm_simulator.chance import Chance
from hemlarm_simulator.description import load_house
from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.nor_flash import NorFlash

Progress = Callable[[float], None]

EVENTS = 100_000
ERASES_MAX, PROGRAMS_MAX = 0.03, 3.0
"""What an event may cost at most, all partitions together."""

JOURNAL_BYTES, STATE_BYTES = 128 * 4096, 4 * 4096
FULL = 6_000
"""Pending events in a journal of 128 sectors."""

_SCRIPT = Path(__file__).parents[3] / "bench" / "flash_start.py"
_HEAP = "512k"
_LIMIT_S = 120.0
_ROUNDS = 9

# The mix of a household that arms and disarms a lot: of these 20 events two arm and disarm, one in ten absences ends
# with a break-in, and the rest are events that change nothing that is saved.
_PLAIN_A_ROUND = 17
_BREAK_IN_EVERY = 10
_CODE, _TEST = "1234", 1602
_ARM_AWAY, _DISARM = 2, 1
_EXIT_MS, _AWAY_MS, _ENTRY_MS = 60_000, 4 * 3_600_000, 10_000
_SEALED_BYTES, _SECTOR = 64, 4096


@dataclass
class Wear:
    """Operations by partition; `arming` counts the events that armed or disarmed."""

    events: int = 0
    arming: int = 0
    saves: int = 0
    chips: Mapping[str, NorFlash] = field(default_factory=dict)

    def erases(self, name: str) -> float:
        """Erases of a partition per event."""
        return sum(self.chips[name].erases) / self.events

    def programs(self, name: str) -> float:
        """Program operations of a partition per event."""
        return self.chips[name].programs / self.events

    def total(self, what: Callable[[str], float]) -> float:
        """The same over all partitions."""
        return sum(what(name) for name in self.chips)


class Household:
    """A panel with its flash, whose events the cloud acknowledges at once. `app_share`: who arms by the app."""

    def __init__(self, program_size: int = 1, app_share: float = 0.5, seed: int = 1) -> None:
        load = firmware_code.load
        self._chance = Chance(seed, "household")
        self._app_share = app_share
        self._now_ms = 0
        chips = {"journal": NorFlash(JOURNAL_BYTES, program_size=program_size)}
        chips["state"] = NorFlash(STATE_BYTES, program_size=program_size)
        self.wear = Wear(chips=chips)
        self._settings = load("hemlarm_firmware.settings").Settings(chips["state"])
        self._memory = load("hemlarm_firmware.memory").Memory(self._settings)
        self._journal = load("hemlarm_firmware.journal").Journal(chips["journal"])
        self._clock = load("hemlarm_firmware.clock").Clock(lambda: self._now_ms % (1 << 30))
        self._recorder = load("hemlarm_firmware.recorder").Recorder(
            bytes(8), bytes(32), self._chance, self._memory, self._journal, self._clock
        )
        self._memory.boot = 1
        self._recorder.start()
        config = load_house("villa").panel_config(bytes(16))
        config["users"] = [{"number": 1, "hash": _quick_hash(_CODE, b"")}]
        checked = load("hemlarm_firmware.panel.config").check(config)
        self._core = load("hemlarm_firmware.panel.core").Panel(checked, None, _quick_hash)
        self._perform(self._core.handle(("start", [], []), 0))
        self._clock.set(1_800_000_000_000)

    def live_plainly(self, events: int) -> Wear:
        """Events that save nothing."""
        while self.wear.events < events:
            self._record(_TEST)
        return self.wear

    def live(self, events: int, progress: Progress = lambda _done: None) -> Wear:
        """Rounds of the mix."""
        rounds = 0
        while self.wear.events < events:
            rounds += 1
            self._arm_or_disarm(_ARM_AWAY, "away")
            self._pass(_AWAY_MS)
            if rounds % _BREAK_IN_EVERY == 0:
                self._sense(3)
            self._sense(1)
            self._pass(_ENTRY_MS)
            self._arm_or_disarm(_DISARM, "off")
            for _ in range(_PLAIN_A_ROUND):
                self._record(_TEST)
            progress(min(1.0, self.wear.events / events))
        return self.wear

    def _arm_or_disarm(self, verb: int, key: str) -> None:
        if self._chance(1)[0] < 256 * self._app_share:
            outputs = self._core.handle(("command", verb, 1, 1), self._now_ms)
            self._memory.remember_answer(self._chance(8), *outputs[-1][1:3])
            self._perform([output for output in outputs if output != ("save",)] + [("save",)])
        else:
            for pressed in (*_CODE, key):
                self._perform(self._core.handle(("key", pressed), self._now_ms))

    def _sense(self, zone: int) -> None:
        for opened in (True, False):
            self._perform(self._core.handle(("zone", zone, opened), self._now_ms))

    def _pass(self, ms: int) -> None:
        end_ms = self._now_ms + ms
        while (deadline_ms := self._core.deadline_ms()) is not None and deadline_ms <= end_ms:
            self._now_ms = max(self._now_ms, deadline_ms)
            self._perform(self._core.wake(self._now_ms))
        self._now_ms = end_ms

    def _perform(self, outputs: list[tuple[Any, ...]]) -> None:
        for output in outputs:
            if output[0] == "event":
                self._record(*output[1:])
        if ("save",) in outputs:
            self._memory.core = self._core.snapshot()
            self._memory.time_s = self._clock.time_s() or 0
            self._memory.save()
            self.wear.saves += 1

    def _record(self, qcode: int, *rest: int) -> None:
        self._recorder.record(qcode, *(rest or (0, 0, 0, 0, 0)))
        self.wear.events += 1
        self.wear.arming += qcode % 1000 == 401
        while (record := self._recorder.take()) is not None:
            self._recorder.acknowledge(record)
        self._journal.tidy()
        self._settings.tidy()
        self._recorder.confirm()


def flash_wear(_server: ForkServer, progress: Progress) -> Result:
    """Erases per event in the household's mix; beside it programs, plain events, and a chip of whole pages."""
    lives = {
        "household": Household().live(EVENTS, lambda done: progress(done / 2)),
        "plain events": Household().live_plainly(EVENTS // 2),
        "all by app": Household(app_share=1).live(EVENTS // 10),
        "all by keypad": Household(app_share=0).live(EVENTS // 10),
        "whole pages": Household(program_size=256).live(EVENTS // 10),
    }
    floor = _SEALED_BYTES / _SECTOR
    details: Details = {name: _detail(wear) for name, wear in lives.items()}
    value = lives["household"].total(lives["household"].erases)
    return Result("erases", round(value, 5), floor, "the bytes that were sealed, and nothing else", details)


def flash_start(server: ForkServer, progress: Progress) -> Result:
    """The median time to find 6,000 pending events; the floor is reading the same flash page by page."""
    if not _SCRIPT.is_file():
        raise FileNotFoundError(f"{_SCRIPT} is missing: figures are taken in a checkout of the repository")
    path = server.folder / "full-journal.bin"
    path.write_bytes(full_journal().contents)
    process = server.start(server.firmware.program(_SCRIPT), _HEAP, server.firmware.search_path(virtual=False))
    try:
        link = BoardLink(process.stream, _LIMIT_S)
        link.send(["measure", str(path), _ROUNDS])
        _, starts, floors, pending = link.receive()
    except Exception as error:
        raise RuntimeError(f"the panel did not start: {error}\n{process.log()}") from error
    finally:
        process.close()
        path.unlink()
    assert pending == FULL
    progress(1.0)
    details = {f"{FULL} pending": {"count": len(starts), "p50": median(starts), "max": max(starts)}}
    return Result("us", median(starts), median(floors), "reading every page of it", details)


def full_journal() -> NorFlash:
    """A chip with as many pending events as fit."""
    flash = NorFlash(JOURNAL_BYTES, program_size=1)
    journal = firmware_code.load("hemlarm_firmware.journal").Journal(flash)
    for number in range(FULL):
        journal.append(b"kid1", number, number % 8, number.to_bytes(4) * 16)
    return flash


def _detail(wear: Wear) -> dict[str, float | None]:
    erases, programs = wear.total(wear.erases), wear.total(wear.programs)
    return {
        "count": wear.events,
        "erases": round(erases, 5),
        "programs": round(programs, 4),
        "state erases": round(wear.erases("state"), 5),
        "saves": round(wear.saves / wear.events, 4),
        "arming": round(wear.arming / wear.events, 4),
    }


def _quick_hash(digits: str, _salt: bytes) -> bytes:
    return json.dumps(digits).encode().ljust(32, b"-")
