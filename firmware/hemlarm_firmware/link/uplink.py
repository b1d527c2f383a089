"""Keeps the panel connected and its session going: the shell around `PanelEnd`.

One task owns the connection. While it is up, a reader feeds frames to the session and a sender writes what the session
wants to say; whichever of them fails ends both, and the connection is made anew after a pause.
"""

import asyncio

from hemlarm_firmware.link.backoff import Backoff
from hemlarm_firmware.link.connection import Connection

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from hemlarm_firmware.board import Board
    from hemlarm_firmware.clock import Clock
    from hemlarm_protocol.panel_end import PanelEnd


class Uplink:
    """`happened(fact)` is called with each of the session's happenings, in order."""

    def __init__(
        self,
        board: "Board",
        panel: str,
        end: "PanelEnd",
        clock: "Clock",
        happened: "Callable[[tuple[Any, ...]], None]",
    ) -> None:
        self._board = board
        self._panel = panel
        self._end = end
        self._clock = clock
        self._happened = happened
        self._backoff = Backoff(board.random)
        self._work = asyncio.Event()
        self._connected = self._reconnect = False

    def poke(self, urgent: bool = False) -> None:
        """There is something to send; if it is urgent, a pause between attempts to connect is cut short."""
        now_ms = self._clock.uptime_ms()
        self._end.poke(now_ms)
        if self._connected or (urgent and self._backoff.hurry(now_ms)):
            self._work.set()

    def answer(self, command_id: bytes, status: int, detail: int) -> None:
        """Send a command's result."""
        self._end.answer(command_id, status, detail)
        self._work.set()

    async def run(self) -> None:
        """Connect, serve, and connect again, for ever."""
        while True:
            connection = Connection(self._board, self._panel)
            try:
                await connection.open()
                await self._serve(connection)
            except OSError as reason:
                self._board.trace("link-down", str(reason))
            finally:
                self._end.disconnected()
                connection.close()
            await self._pause()

    async def _serve(self, connection: Connection) -> None:
        self._connected, self._reconnect = True, False
        self._end.connected(self._clock.uptime_ms())
        reader = asyncio.create_task(self._read(connection))
        try:
            await self._send(connection, reader)
        finally:
            self._connected = False
            reader.cancel()

    async def _read(self, connection: Connection) -> None:
        try:
            while True:
                frame = await connection.receive()
                self._end.received(frame, self._clock.uptime_ms())
                self._tell()
        finally:
            self._work.set()

    async def _send(self, connection: Connection, reader: "Any") -> None:
        while not self._reconnect:
            self._work.clear()
            for frame in self._end.to_send():
                await connection.send(frame)
            await self._wait()
            if reader.done():
                await reader
            now_ms = self._clock.uptime_ms()
            deadline_ms = self._end.deadline_ms()
            if deadline_ms is not None and now_ms >= deadline_ms:
                self._end.wake(now_ms)
                self._tell()

    async def _wait(self) -> None:
        deadline_ms = self._end.deadline_ms()
        if deadline_ms is None or self._work.is_set():
            return
        try:
            await asyncio.wait_for(self._work.wait(), max(0, deadline_ms - self._clock.uptime_ms()) / 1000)
        except asyncio.TimeoutError:
            pass

    async def _pause(self) -> None:
        """Wait before the next attempt; something urgent to send ends the wait."""
        pause_ms = self._backoff.next_ms()
        self._work.clear()
        try:
            await asyncio.wait_for(self._work.wait(), pause_ms / 1000)
        except asyncio.TimeoutError:
            pass

    def _tell(self) -> None:
        for fact in self._end.happenings():
            if fact[0] == "reconnect":
                self._reconnect = True
            elif fact[0] == "opened":
                self._backoff.reset()
            self._happened(fact)
        self._work.set()
