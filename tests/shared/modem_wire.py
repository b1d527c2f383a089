"""A modem for tests that answers what a test says, behind the AT channel that the firmware uses."""

import asyncio

from hemlarm_firmware.clock import Clock
from hemlarm_firmware.modem.air import Air
from hemlarm_firmware.modem.at import AtChannel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

_TURNS = 40
"""Enough turns of the event loop for everything to settle that does not wait for time."""


class Wire:
    """A board's modem. `answers(command)` returns what the modem says to it; `sent` is all that it was sent.

    A number that is returned means a prompt, and the next so many bytes are data; -1: up to a Ctrl-Z. `answers` is then
    called with the bytes.
    """

    def __init__(self, answers: "Callable[[Any], Any]") -> None:
        self.answers = answers
        self.sent: list[Any] = []
        self._said = b""
        self._heard = b""
        self._data = 0
        self._more = asyncio.Event()

    def say(self, *lines: "str | bytes") -> None:
        """Say these lines, or bytes as they are, unasked."""
        for line in lines:
            self._said += line if isinstance(line, bytes) else b"\r\n" + line.encode() + b"\r\n"
        self._more.set()

    def write(self, data: bytes) -> None:
        self._heard += data
        while True:
            item = self._next()
            if item is None:
                return
            self.sent.append(item)
            answer = self.answers(item)
            if isinstance(answer, int):
                self._data = answer
                self.say(b"\r\n> ")
            elif answer is not None:
                self.say(*answer)

    async def read(self) -> bytes:
        while not self._said:
            self._more.clear()
            await self._more.wait()
        data, self._said = self._said[:256], self._said[256:]
        return data

    def _next(self) -> "str | bytes | None":
        end = self._data
        if end < 0:
            end = self._heard.find(b"\x1a") + 1
        elif not end:
            end = self._heard.find(b"\r") + 1
        if not end or len(self._heard) < end:
            return None
        taken, self._heard = self._heard[:end], self._heard[end:]
        if self._data:
            self._data = 0
            return taken
        return taken.strip().decode()


class Bench:
    """A wire with an AT channel on it, whose clock stands still unless it is moved."""

    def __init__(self, answers: "Callable[[Any], Any]") -> None:
        self.ticks = 0
        self.wire = Wire(answers)
        self.clock = Clock(self._now)
        self.at = AtChannel(self.wire, self.clock)  # type: ignore[arg-type]
        self.air = Air()

    def _now(self) -> int:
        return self.ticks


async def settle() -> None:
    """Let all tasks go as far as they can."""
    for _ in range(_TURNS):
        await asyncio.sleep(0)


def run(bench: Bench, work: "Callable[[], Coroutine[Any, Any, Any]]") -> "Any":
    """Run `work` with the channel's reader beside it."""

    async def both() -> "Any":
        reader = asyncio.create_task(bench.at.run())
        try:
            return await asyncio.wait_for(work(), 20)
        finally:
            reader.cancel()

    return asyncio.run(both())
