"""One AT command at a time over a line on which a modem says what it likes, whenever it likes.

A reader task, `run`, takes every line. It belongs to the command that waits, or to whoever subscribed to its beginning,
or to nobody. So a command that is given up, because its task is cancelled, is still played to its end, data behind
the prompt included, before the next one is sent: else every later answer would be the answer to another command.
"""

import asyncio

from hemlarm_firmware.modem.lines import RAW_MAX, Lines
from hemlarm_firmware.waiting import Pause
from hemlarm_protocol.constant import const

TIMEOUT_MS = 5_000
"""For commands that concern the modem alone; those that ask the network take what the makers' manuals say."""

_ANSWER_MAX = const(16)  # Information lines of one answer; no command of ours has more than four.
_ESCAPE = b"\x1b"  # Leaves a prompt without sending anything.

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from hemlarm_firmware.board import Modem
    from hemlarm_firmware.clock import Clock


class AtError(OSError):
    """The modem refused a command: `kind` is "error", "cme" or "cms", `code` the number that came with it, or -1."""

    def __init__(self, kind: str, code: int, command: str) -> None:
        super().__init__(f"the modem refuses {command}: {kind} {code}")
        self.kind = kind
        self.code = code


class ModemSilentError(OSError):
    """The modem gave no (full) answer in time, or restarted instead of answering."""


class AtChannel:
    """`line` is the board's modem. `silent()`, if given, is called after a command that found no answer in time.

    `run` must run in a task of its own for as long as commands are given.
    """

    def __init__(self, line: "Modem", clock: "Clock", silent: "Callable[[], object] | None" = None) -> None:
        self._line = line
        self._clock = clock
        self._silent = silent
        self._lines = Lines()
        self._lock = asyncio.Lock()
        self._pause = Pause()
        self._subscribers: dict[str, Callable[[str], object]] = {}
        self._open = False  # A command was sent and its final answer did not come.
        self._open_until_ms = 0
        self._data: bytes | None = None
        self._want = ""
        self._raw: Callable[[str], int] | None = None
        self._raw_left = 0
        self._answer: list[Any] = []
        self._outcome: OSError | None = None
        self._name = ""
        self.echoes = False
        """Whether the modem was heard to send back what it was sent."""

    def subscribe(self, prefix: str, callback: "Callable[[str], object]") -> None:
        """Call `callback(line)` for every line with this beginning, but those that are the answer to a command.

        A later subscription with the same beginning takes the place of the earlier one; no beginning may be that of
        another. Where the callback cannot read a line (ValueError, IndexError), the line is taken to be garbled.
        """
        self._subscribers[prefix] = callback

    async def command(
        self,
        text: str,
        timeout_ms: int = TIMEOUT_MS,
        data: "bytes | None" = None,
        want: "str | None" = None,
        raw: "Callable[[str], int] | None" = None,
    ) -> "list[Any]":
        """Send `text`, without its end of line, and return the information lines of the answer.

        With `want`, these are the lines with that beginning; without, all that nobody subscribed to. `data` is sent
        behind the prompt, and the answer counts only after that. With `raw`, a function that says how many raw bytes
        follow a wanted line, those stand behind it in the list, as one bytes object.

        Raises AtError, and ModemSilentError where no final answer came within `timeout_ms` from sending.
        """
        async with self._lock:
            await self._settle()
            self._name = text.split("=")[0]  # What follows may be a PIN, and errors are told.
            self._want, self._raw, self._data = want or "", raw, data
            self._answer, self._outcome, self._raw_left = [], None, 0
            self._line.write(text.encode() + b"\r")
            self._open = True
            self._open_until_ms = self._clock.uptime_ms() + timeout_ms
            await self._pause.wait(timeout_ms)
            if self._open:
                self.fail("gave no answer")
                if self._silent is not None:
                    self._silent()
            answer, self._answer = self._answer, []
            if self._outcome is not None:
                raise self._outcome
            return answer

    def fail(self, why: str) -> None:
        """The open command, if there is one, will not be answered any more: `why` is what the modem did instead."""
        if self._raw_left:
            self._raw_left = 0
            self._lines.reset()
        if self._open:
            self._close(ModemSilentError(f"the modem {why} to {self._name}"))

    async def run(self) -> None:
        """Take what the modem says, for ever. Raises OSError if the line to it fails."""
        while True:
            self._lines.feed(await self._line.read())
            item = self._lines.next()
            while item is not None:
                self._take(item)
                item = self._lines.next()

    async def _settle(self) -> None:
        """Wait for the end of a command whose task was cancelled."""
        while self._open:
            left_ms = self._open_until_ms - self._clock.uptime_ms()
            if left_ms <= 0:
                self.fail("gave no answer")
            else:
                await self._pause.wait(left_ms)

    def _take(self, item: "tuple[Any, ...]") -> None:
        if item[0] == "line":
            self._take_line(item[1])
        elif item[0] == "prompt":
            data, self._data = self._data, None
            # Nobody waits for the prompt of a command that timed out: the modem must not take the next one for data.
            try:
                self._line.write(_ESCAPE if data is None or not self._open else data)
            except OSError as error:
                self._close(error)
        elif item[0] == "data" and self._raw_left:
            self._raw_left -= len(item[1])
            self._answer[-1] += item[1]

    def _take_line(self, line: str) -> None:
        if self._open:
            if line[:2] == "AT":
                self.echoes = True
                return
            if self._want and line.startswith(self._want):
                self._keep(line)
                return
            if self._finishes(line):
                return
        for prefix in self._subscribers:
            if line.startswith(prefix):
                try:
                    self._subscribers[prefix](line)
                except (ValueError, IndexError):
                    pass
                return
        if self._open and not self._want:
            self._keep(line)

    def _keep(self, line: str) -> None:
        if len(self._answer) >= _ANSWER_MAX:
            return
        self._answer.append(line)
        if self._raw is not None:
            try:
                n = self._raw(line)
            except (ValueError, IndexError):
                return
            if 0 < n <= RAW_MAX:
                self._raw_left = n
                self._lines.expect_data(n)
                self._answer.append(b"")

    def _finishes(self, line: str) -> bool:
        """Close the open command if this is the end of its answer."""
        outcome: AtError | None = None
        if line in ("ERROR", "SEND FAIL"):
            outcome = AtError("error", -1, self._name)
        elif line[:12] in ("+CME ERROR: ", "+CMS ERROR: "):
            # A modem that was not told to give numbers, because it restarted just now, gives words.
            outcome = AtError(line[1:4].lower(), int(line[12:]) if line[12:].isdigit() else -1, self._name)
        elif line not in ("OK", "SEND OK"):
            return False
        if outcome is not None or self._data is None:  # An OK before the prompt was meant for an earlier command.
            self._close(outcome)
        return True

    def _close(self, outcome: "OSError | None") -> None:
        self._open = False
        self._data = None
        self._outcome = outcome
        self._pause.end()


def number(lines: "list[Any]", field: int) -> int:
    """Return this field, counted from 0 behind the colon, of the last line where it is a number, or -1."""
    found = -1
    for line in lines:
        try:
            found = int(line.split(":")[1].split(",")[field])
        except (IndexError, ValueError):
            pass
    return found
