"""Every task says by when it will be back, and the board resets a panel where one is not.

Only the earliest promise goes to the board, and only when it is another one. What waits for the world outside promises
nothing: so that the task of inputs is watched all the same, it is nudged each time that the link's promise moves on.
"""

from hemlarm_protocol.constant import const

INPUTS, DEADLINES, LINK = 1, 2, 3
"""Tasks, as they are told after a reset."""

LATE_MS = (0, 10_000, 10_000, 120_000)
"""How late a task may be, at least; at most twice that. A hung link is no hurry, and it is back every minute."""

_NOTHING = const(1 << 48)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hemlarm_firmware.board import Board


class Watchdog:
    """The promises of all tasks. Times are ms of uptime."""

    def __init__(self, board: "Board") -> None:
        self._board = board
        self._by_ms = [_NOTHING, _NOTHING, _NOTHING, _NOTHING]
        self._vouched = (_NOTHING, LINK)

    def promise(self, task: int, at_ms: "int | None") -> None:
        """The task will call this again at about `at_ms`; with None it waits for the outside."""
        late_ms = LATE_MS[task]
        by_ms = _NOTHING if at_ms is None else (at_ms // late_ms + 2) * late_ms
        if by_ms == self._by_ms[task]:
            return
        self._by_ms[task] = by_ms
        if task == LINK and at_ms is not None and self._by_ms[INPUTS] == _NOTHING:
            # No sooner than the link, or each nudge would be two more messages to the board.
            self._by_ms[INPUTS] = by_ms
            self._board.nudge()
        self._vouch()

    def _vouch(self) -> None:
        by_ms = min(self._by_ms)
        task = LINK  # First among equals, as the inputs have until then by its leave.
        while self._by_ms[task] != by_ms:
            task -= 1
        if (by_ms, task) != self._vouched:
            self._vouched = (by_ms, task)
            self._board.vouch(task, None if by_ms == _NOTHING else by_ms)
