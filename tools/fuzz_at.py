"""The channel of AT commands: whatever the modem says and whenever, each command ends and nothing else goes wrong.

No event loop and no clock: the coroutines are resumed by hand, so an input says when a piece arrives, when a command
runs out of time and when its task is cancelled.
"""

import asyncio
from collections.abc import Coroutine, Generator
from typing import Any

from tools.fuzz_targets import Target, held_bytes, pieces

from hemlarm_firmware.board import Modem
from hemlarm_firmware.clock import Clock
from hemlarm_firmware.modem import at

ANSWER_ITEMS_MAX = 32
"""At most 16 lines of an answer, each with raw bytes behind it."""
LINE_MAX = 512
RAW_MAX = 1_500
HELD_MAX = 16 * (LINE_MAX + RAW_MAX + 200) + 6_000
WRITTEN_MAX = 2_048
"""What a board takes for its serial line."""

_TIMEOUT, _CANCEL, _REFUSE = 1, 2, 3
_STEPS_MAX = 40


class Turn:
    """Awaited: gives way to whoever drives the coroutine, and gives what that one sends."""

    def __await__(self) -> "Generator[None, Any, Any]":
        return (yield)


class SteppedPause:
    """As `waiting.Pause`, but it is over when the driver says so."""

    def __init__(self) -> None:
        self.ended = False

    def end(self) -> None:
        """Let the task go on."""
        self.ended = True

    async def wait(self, _limit_ms: int | None) -> None:
        """Until the driver resumes it."""
        self.ended = False
        await Turn()


class Line(Modem):
    """The board's end of the serial line."""

    def __init__(self) -> None:
        self.full = False

    def write(self, data: bytes) -> None:
        """What the panel says to the modem is bounded, and never text."""
        assert isinstance(data, bytes)
        assert len(data) <= WRITTEN_MAX, f"{len(data)} bytes at a time for the modem"
        if self.full:
            raise OSError("the modem's serial line is full")

    async def read(self) -> bytes:
        """The next piece that the driver sends."""
        piece: bytes = await Turn()
        return piece


class SteppedClock(Clock):
    """Moves a second whenever it is read, so that every wait ends."""

    def __init__(self) -> None:
        self._now_ms = 0

    def uptime_ms(self) -> int:
        """See `clock.Clock`."""
        self._now_ms += 1_000
        return self._now_ms


def _announced(line: str) -> int:
    return int(line.split(": ")[1])


_COMMANDS: tuple[dict[str, Any], ...] = (
    {"text": "AT+CSQ"},
    {"text": "AT+CEREG?", "want": "+CEREG: "},
    {"text": "AT+QISEND=0,9", "data": b"123456789"},
    {"text": "AT+CMGS=20", "data": b"00112233\x1a", "want": "+CMGS: "},
    {"text": "AT+QIRD=0,512", "want": "+QIRD: ", "raw": _announced},
)
_SUBSCRIBED = ("+QIURC: ", "+CMT: ", "+CEREG: ", "RDY")


class Harness:
    """A channel with a reader, a command that is under way, and what is to happen to it."""

    def __init__(self, plan: bytes) -> None:
        self._plan = plan
        self._turn = 0
        self.heard = 0
        self.line = Line()
        self.channel = at.AtChannel(self.line, SteppedClock())
        self.pause = SteppedPause()
        vars(self.channel)["_pause"] = self.pause
        for prefix in _SUBSCRIBED:
            self.channel.subscribe(prefix, self._hear)
        self._reader = self.channel.run()
        self._reader.send(None)
        self._command: Coroutine[None, None, list[Any]] | None = None

    def take(self, piece: bytes) -> None:
        """The modem says this; then the command goes on, or is given up, as the plan has it."""
        step = self._plan[self._turn % len(self._plan)] % 16
        self._begin()
        self.line.full = step == _REFUSE
        self._reader.send(piece)
        self.line.full = False
        self._turn += 1
        if step == _CANCEL:
            self._resume(cancel=True)
        elif self.pause.ended or step == _TIMEOUT:
            self._resume()

    def end(self) -> None:
        """However it went, every command ends in time."""
        for _ in range(_STEPS_MAX):
            if self._command is None:
                self._reader.close()
                return
            self._resume()
        raise AssertionError("a command never ends")

    def _begin(self) -> None:
        if self._command is None:
            options = dict(_COMMANDS[self._plan[self._turn % len(self._plan)] // 16 % len(_COMMANDS)])
            self._command = self.channel.command(**options)
            self._resume()

    def _resume(self, cancel: bool = False) -> None:
        assert self._command is not None
        try:
            if cancel:
                self._command.throw(asyncio.CancelledError())
            else:
                self._command.send(None)
            return
        except StopIteration as done:
            _check_answer(done.value)
        except (OSError, asyncio.CancelledError):
            pass
        self._command = None

    def _hear(self, line: str) -> None:
        self.heard += 1
        if line.startswith("RDY"):
            self.channel.fail("restarted")
        elif line.startswith("+QIURC: "):
            int(line.split(",")[1])


def _check_answer(answer: list[Any]) -> None:
    assert len(answer) <= ANSWER_ITEMS_MAX, f"an answer of {len(answer)} items"
    for each in answer:
        assert isinstance(each, (str, bytes))
        assert len(each) <= (LINE_MAX if isinstance(each, str) else RAW_MAX)


def check_at(data: bytes) -> None:
    """Two bytes for the sizes of the pieces, four for the plan, then what the modem says."""
    sizes, plan, stream = data[:2] or b"\x20", data[2:6] or b"\x00", data[6:]
    harness = Harness(plan)
    for piece in pieces(stream, sizes):
        harness.take(piece)
        if len(piece) > 16:
            held = held_bytes(harness.channel._lines) + held_bytes(harness.channel._answer)
            assert held <= HELD_MAX, f"the channel holds {held} bytes"
    harness.end()


_WORDS = (
    *(b"\r\nOK\r\n", b"\r\nERROR\r\n", b"\r\n> ", b"+CME ERROR: 10\r\n", b"+CMS ERROR: 500\r\n", b"SEND OK\r\n"),
    *(b"+QIRD: 40\r\n", b"+QIRD: 1500\r\n", b"+QIRD: -1\r\n", b"+CMGS: 7\r\n", b"+CEREG: 0,1\r\n", b"RDY\r\n"),
    *(b'+QIURC: "recv",0\r\n', b"AT+CSQ\r", b"+CSQ: 20,99\r\n", b"SEND FAIL\r\n", b"+CME ERROR: SIM busy\r\n"),
)

TARGETS = (
    Target(
        name="at",
        modules=("hemlarm_firmware.modem.at",),
        check=check_at,
        words=_WORDS,
        seeds=(
            b"\x10\x20\x00\x00\x00\x00AT+CSQ\r\r\n+CSQ: 20,99\r\n\r\nOK\r\n+CSQ: 20,99\r\nERROR\r\n",
            b"\x03\x07\x20\x20\x20\x20\r\n> \r\nSEND OK\r\n> \r\n+CME ERROR: 10\r\n",
            b'\x00\x00\x40\x40\x41\x40+QIRD: 12\r\n0123456789AB\r\nOK\r\n+QIURC: "recv",0\r\n+QIRD: 5\r\nab',
            b"\x20\x01\x30\x32\x30\x31> +CMGS: 7\r\nOK\r\nRDY\r\n> OK\r\n",
        ),
        length_max=1_200,
    ),
)
