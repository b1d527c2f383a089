"""What the panel knows of itself: its heap, flash and clocks, and why it started; and what of that the cloud is told.

The self-test asks whether the heap has room, the flash still holds the state, and the two clocks go alike. What fails
is told once, until it was found well again or the panel has restarted.
"""

import gc

from hemlarm_firmware.settings import SettingsError
from hemlarm_protocol import messages
from hemlarm_protocol.constant import const

CRASH = 3
"""As in `board.py`, which a panel has no memory for."""

HEAP, FLASH, CLOCK, CRASHED = 1, 2, 3, 4
"""What a failed self-test is about: the detail of its event."""

HEAP_EVERY_MS = 900_000
"""Looking how much is free means collecting first, which takes 1 ms on a computer and 10 on a board."""

HEAP_MIN = 16_384
"""Bytes: with less a new connection, and the change of a configuration, fail sooner or later."""

CLOCK_SLACK_MS = 2_000
"""The clock that runs on over restarts is set when it is wrong by more than this."""

_COMPARED_MS = const(3_600_000)  # In an hour a clock that stands, or runs at twice its speed, shows.

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hemlarm_firmware.board import Board
    from hemlarm_firmware.clock import Clock
    from hemlarm_firmware.journal import Journal
    from hemlarm_firmware.memory import Memory

    Power = tuple[int, int, int, int, int]


class Condition:
    """`cause` and `task` say why the panel started, as in `board.py`; `unsaved`: the state cannot be saved.

    `failing` tells of each fault whether the last self-test found it.
    """

    def __init__(self, board: "Board", clock: "Clock", memory: "Memory", journal: "Journal") -> None:
        self.cause, self.task = board.reset_cause()
        self.unsaved = False
        self._board = board
        self._clock = clock
        self._memory = memory
        self._journal = journal
        self.failing = [False] * (CRASHED + 1)
        self._heap_free = 0
        self._heap_ms = -HEAP_EVERY_MS
        self._set_ms = 0  # The uptime when the kept clock was known to be right, and what it said.
        self._set_unix_ms = board.kept_time()
        clock.take_kept(self._set_unix_ms)

    def heap_free(self) -> int:
        """Return the bytes that the firmware does not need, as they were some minutes ago."""
        now_ms = self._clock.uptime_ms()
        if now_ms - self._heap_ms >= HEAP_EVERY_MS:
            self._heap_ms = now_ms
            # Collected, so that what is told is what the firmware needs, and not what lies about.
            gc.collect()
            self._heap_free = gc.mem_free()  # type: ignore[attr-defined]  # MicroPython's.
            self._board.trace("heap", self._heap_free)
        return self._heap_free

    def set_time(self, unix_ms: int) -> None:
        """The cloud has told the time: both clocks take it."""
        self._clock.set(unix_ms)
        kept_ms = self._board.kept_time()
        if self._clock.time_s() == unix_ms // 1000 and (kept_ms is None or abs(kept_ms - unix_ms) > CLOCK_SLACK_MS):
            self._board.keep_time(unix_ms)
            self._set_ms, self._set_unix_ms = self._clock.uptime_ms(), unix_ms

    def test(self) -> "list[int]":
        """Test what can be tested, and return what fails of HEAP, FLASH and CLOCK and did not fail before."""
        found = [False, self.heap_free() < HEAP_MIN, not self._flash_holds(), not self._clocks_agree(), False]
        new = [fault for fault in (HEAP, FLASH, CLOCK) if found[fault] and not self.failing[fault]]
        self.failing = found
        return new

    def health(self, power: "Power") -> messages.Health:
        """Return what the cloud is told. `power` are the last fields of a Health, from `mains` on."""
        journal = self._journal
        return messages.Health(
            self._memory.boot,
            self.cause,
            self.task,
            self.heap_free(),
            min(journal.pending, messages.U16),
            min(journal.capacity, messages.U16),
            min(journal.faults + self._memory.settings.faults, messages.U16),
            min(journal.retired, messages.U16),
            journal.wear,
            int(self.unsaved),
            *power,
        )

    def _flash_holds(self) -> bool:
        """Whether the journal could be read, and the state can be read back and saved."""
        try:
            return self._journal.is_whole and not self.unsaved and self._memory.settings.load() is not None
        except (OSError, SettingsError):
            return False

    def _clocks_agree(self) -> bool:
        """Whether the clock that runs on over restarts went about as fast as the uptime since it was last right."""
        kept_ms = self._board.kept_time()
        went_ms = self._clock.uptime_ms() - self._set_ms
        if kept_ms is None or self._set_unix_ms is None or went_ms < _COMPARED_MS:
            return True
        return went_ms // 2 < kept_ms - self._set_unix_ms < 2 * went_ms
