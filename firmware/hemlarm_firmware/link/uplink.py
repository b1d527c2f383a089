"""Keeps the panel connected and its session going: the shell around `PanelEnd`.

`run` owns the connection. While it is up, one task reads what the cloud says and one keeps the session's time;
whichever fails first ends both, and the connection is made anew after a pause. What is to be sent goes out in the call
that wants it, without waiting for any task's turn: an alarm is with the network before the siren's relay has closed.
"""

import asyncio

from hemlarm_firmware.link.backoff import Backoff
from hemlarm_firmware.link.connection import Connection, LinkDownError
from hemlarm_firmware.waiting import Pause
from hemlarm_firmware.watchdog import LINK

FAILURES = (OSError, MemoryError)
"""What a connection is given up for. A new one starts with all the memory that the old one held."""

DRAIN_LIMIT_S = 60
"""For what the network did not take at once: by then the cloud's silence would have ended the connection as well."""

AWAKE_MS = 600_000
"""However seldom the cloud wants to hear from a panel, its link shows this often that it lives, and the inputs too."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

    from hemlarm_firmware.board import Board
    from hemlarm_firmware.clock import Clock
    from hemlarm_firmware.watchdog import Watchdog
    from hemlarm_protocol.panel_end import PanelEnd


class Uplink:
    """`happened(fact)` is called with each of the session's happenings, in order, and with ("closed",) when it ends."""

    def __init__(
        self,
        board: "Board",
        panel: str,
        end: "PanelEnd",
        clock: "Clock",
        happened: "Callable[[tuple[Any, ...]], None]",
        watchdog: "Watchdog",
    ) -> None:
        self._board = board
        self._panel = panel
        self._end = end
        self._clock = clock
        self._happened = happened
        self._watchdog = watchdog
        self._backoff = Backoff(board.random)
        self._connection: Connection | None = None
        self._failure: Exception | None = None
        self._ended = asyncio.Event()
        self._pause = Pause()
        self._armed_ms = 0

    def poke(self, urgent: bool = False) -> None:
        """There is something to send; if it is urgent, a pause between attempts to connect is cut short."""
        now_ms = self._clock.uptime_ms()
        self._end.poke(now_ms)
        if self._connection is not None:
            self._flush()
        elif urgent and self._backoff.hurry(now_ms):
            self._pause.end()

    def tell_health(self) -> None:
        """Tell the cloud how the panel is, because that got worse."""
        self._end.tell_health(self._clock.uptime_ms())
        self._flush()

    def close(self) -> None:
        """Let go of the connection; only for a panel that stops at once."""
        if self._connection is not None:
            self._connection.close()

    def answer(self, command_id: bytes, status: int, detail: int, reason: str = "") -> None:
        """Send the result of a command or change, and before it why a change was refused."""
        if reason:
            self._end.refuse(command_id, reason)
        self._end.answer(command_id, status, detail)
        self._flush()

    def answer_config(self, request_id: bytes, revision: int, total: int, offset: int, data: bytes) -> None:
        """Send a piece of the configuration."""
        self._end.answer_config(request_id, revision, total, offset, data)
        self._flush()

    async def run(self) -> None:
        """Connect, serve, and connect again, for ever."""
        while True:
            self._watchdog.promise(LINK, self._clock.uptime_ms())
            connection = None
            try:
                connection = Connection(self._board, self._panel)
                await connection.open()
                await self._serve(connection)
            except FAILURES as reason:
                self._board.trace("link-down", str(reason))
            finally:
                self._connection = None
                self._end.disconnected()
                if connection is not None:
                    connection.close()
            self._happened(("closed",))
            await self._until(self._clock.uptime_ms() + self._backoff.next_ms())

    async def _serve(self, connection: Connection) -> None:
        self._connection, self._failure = connection, None
        self._ended.clear()
        tasks = [
            asyncio.create_task(self._watch(work)) for work in (self._read(connection), self._keep_time(connection))
        ]
        try:
            self._end.connected(self._clock.uptime_ms())
            self._flush()
            await self._ended.wait()
        finally:
            for task in tasks:
                task.cancel()
        if self._failure is not None:
            raise self._failure

    async def _watch(self, work: "Coroutine[Any, Any, None]") -> None:
        try:
            await work
        except Exception as failure:  # noqa: BLE001  `run` knows what to do, or ends.
            self._fail(failure)

    async def _read(self, connection: Connection) -> None:
        while True:
            frame = await connection.receive()
            self._end.received(frame, self._clock.uptime_ms())
            self._tell()
            self._flush()

    async def _keep_time(self, connection: Connection) -> None:
        while True:
            if connection.blocked:
                await self._drain(connection)
            deadline_ms = self._end.deadline_ms()
            if deadline_ms is None or self._clock.uptime_ms() < deadline_ms:
                await self._until(deadline_ms)
            else:
                self._end.wake(self._clock.uptime_ms())
                self._tell()
                self._flush()

    async def _drain(self, connection: Connection) -> None:
        try:
            await asyncio.wait_for(connection.drain(), DRAIN_LIMIT_S)
        except asyncio.TimeoutError:
            raise LinkDownError(f"the network took nothing for {DRAIN_LIMIT_S} s") from None

    async def _until(self, deadline_ms: "int | None") -> None:
        """Wait until then, or until the pause is ended, or for AWAKE_MS."""
        if deadline_ms is not None:
            deadline_ms = min(deadline_ms, self._clock.uptime_ms() + AWAKE_MS)
        self._armed_ms = deadline_ms or 0
        self._watchdog.promise(LINK, deadline_ms)
        await self._pause.wait(None if deadline_ms is None else max(0, deadline_ms - self._clock.uptime_ms()))

    def _flush(self) -> None:
        """Give the network what the session wants to say, and see to it that its next deadline is kept."""
        if self._connection is None:
            return
        try:
            for frame in self._end.to_send():
                self._connection.send_now(frame)
        except FAILURES as failure:
            self._fail(failure)
        deadline_ms = self._end.deadline_ms()
        if self._connection.blocked or (deadline_ms is not None and deadline_ms < self._armed_ms):
            self._pause.end()

    def _tell(self) -> None:
        for fact in self._end.happenings():
            if fact[0] == "reconnect":
                self._ended.set()
            elif fact[0] == "opened":
                self._backoff.reset()
            self._happened(fact)

    def _fail(self, failure: Exception) -> None:
        self._failure = self._failure or failure
        self._ended.set()
