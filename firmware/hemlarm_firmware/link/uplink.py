"""Keeps the panel connected and its session going: the shell around `PanelEnd` and `OnePath`.

`run` keeps the time of both; the connection has tasks of its own (`connection.py`). What is to be sent goes out in the
call that wants it, without waiting for any task's turn: an alarm is with the network before the siren's relay has
closed. `two_paths.py` does the same over two paths.
"""

from hemlarm_firmware.link.connection import FAILURES, Connection, LinkDownError
from hemlarm_firmware.link.path import OnePath
from hemlarm_firmware.waiting import Pause
from hemlarm_firmware.watchdog import LINK
from hemlarm_protocol import contact_id, messages

AWAKE_MS = 600_000
"""However seldom the cloud wants to hear from a panel, its link shows this often that it lives, and the inputs too."""

DAY_MS = 86_400_000
SIGNAL_UNKNOWN = 255

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from hemlarm_firmware.board import Board
    from hemlarm_firmware.clock import Clock
    from hemlarm_firmware.watchdog import Watchdog
    from hemlarm_protocol.panel_end import PanelEnd


class Uplink:
    """`happened(fact)` is called with the session's happenings, and with what `paths` decides for the core. Whoever
    knows that nothing waits for the cloud any more sets `paths.waits_ms` to None.
    """

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
        self.paths = OnePath(board.random)
        self._day = 0
        self._connections: list[Connection | None] = [None, None]
        self._failure: Exception | None = None
        self._running = self._settling = False
        self._pause = Pause()
        self._armed_ms = 0
        self._due_ms = 0
        end.reports = self._reports

    def poke(self, urgency: int = contact_id.ROUTINE) -> None:
        """There is something to send, at most so urgent. An alarm or tamper cuts a pause between connections short."""
        now_ms = self._clock.uptime_ms()
        self._end.poke(now_ms)
        self._flush(now_ms)  # Before anything else.
        if urgency <= contact_id.FAULT and self.paths.waits_ms is None:
            self.paths.waits_ms = now_ms
        if urgency <= contact_id.TAMPER:
            self.paths.hurry(now_ms)
        self._settle()

    def configure(self, config: "Any") -> None:
        """Take what concerns the link out of the panel's configuration: nothing, where there is no modem."""

    def tell_health(self) -> None:
        """Tell the cloud how the panel is, because that got worse."""
        self._end.tell_health(self._clock.uptime_ms())
        self._settle()

    def tell(self, message: "messages.Message") -> None:
        """Send any message of the session, if there is one."""
        self._end.tell(message)
        self._settle()

    def close(self) -> None:
        """Let go of all connections; only for a panel that stops."""
        for connection in self._connections:
            if connection is not None:
                connection.close()

    def answer(self, command_id: bytes, status: int, detail: int, reason: str = "") -> None:
        """Send the result of a command or change, and before it why a change was refused."""
        if reason:
            self._end.refuse(command_id, reason)
        self._end.answer(command_id, status, detail)
        self._settle()

    def answer_config(self, request_id: bytes, revision: int, total: int, offset: int, data: bytes) -> None:
        """Send a piece of the configuration."""
        self._end.answer_config(request_id, revision, total, offset, data)
        self._settle()

    async def run(self) -> None:
        """Connect, serve, and connect again, for ever. Raises what nobody has thought of."""
        self._running = True
        try:
            while self._failure is None:
                now_ms = self._clock.uptime_ms()
                if now_ms // DAY_MS != self._day:
                    self._day = now_ms // DAY_MS
                    way = self.paths.paths[0]
                    way.day_up, way.day_down = way.up, way.down
                    way.up = way.down = 0
                deadline_ms = self._end.deadline_ms()
                if deadline_ms is not None and now_ms >= deadline_ms:
                    self._end.wake(now_ms)
                self._settle()
                self._armed_ms = min(self._due_ms, now_ms + AWAKE_MS)
                self._watchdog.promise(LINK, self._armed_ms)
                await self._pause.wait(max(0, self._armed_ms - now_ms))
            raise self._failure
        finally:
            self._running = False
            self.close()

    # What connections tell.

    def opened(self, connection: Connection) -> None:
        """A connection is there."""
        if self._connections[connection.path - 1] is connection:
            now_ms = self._clock.uptime_ms()
            self.paths.opened(connection.path, now_ms)
            self._settle()  # What is chosen to carry the session is so before the session hears of it.
            if self._connections[connection.path - 1] is connection:
                self._end.connected(now_ms, connection.path)
                self._settle()

    def received(self, connection: Connection, frame: bytes) -> None:
        """It has brought a frame."""
        if self._connections[connection.path - 1] is connection:
            now_ms = self._clock.uptime_ms()
            if self._end.received(frame, now_ms, connection.path):
                self.paths.answered(connection.path, now_ms)
            self._settle()

    def ended(self, connection: Connection, failure: Exception) -> None:
        """It cannot be used any more, or could not be had. What is no connection's failure ends `run`."""
        if not isinstance(failure, FAILURES):
            self._failure = self._failure or failure
            self._pause.end()
        elif self._connections[connection.path - 1] is connection:
            self._board.trace("link-down", str(failure))
            self._drop(connection.path)
            self.paths.lost(connection.path, self._clock.uptime_ms(), isinstance(failure, MemoryError))
            self._settle()

    # What differs where there are two paths.

    def _decide(self, decision: "tuple[Any, ...]") -> None:
        """Carry out what the supervisor of the paths has decided."""
        if decision[0] == "open":
            connection = self._connections[0] = Connection(self._board, self._panel, self.paths.paths[0])
            connection.serve(self)
        elif decision[0] == "close":
            self._drop(decision[1])
        else:
            self._happened(decision)

    def _reports(self) -> "list[messages.PathReport]":
        way = self.paths.paths[0]
        used = way.up, way.down, 0, 0, way.day_up, way.day_down
        return [messages.PathReport(1, int(not way.faulty), 0, 0, SIGNAL_UNKNOWN, 0, *used)]

    # Within.

    def _settle(self) -> None:
        """Send what is to be sent, tell what has happened, decide what follows, and plan what is due next."""
        now_ms = self._clock.uptime_ms()
        self._flush(now_ms)
        if not self._running or self._settling:
            return  # What is told leads to more: that is told behind it, so that the last word is the newest.
        self._settling = True
        told = True
        while told:
            told = self._tell()
            self.paths.wake(now_ms)
            while self.paths.decisions:
                told = True
                self._decide(self.paths.decisions.pop(0))
        self._settling = False
        self._flush(now_ms)
        deadline_ms = self._end.deadline_ms()
        self._due_ms = self.paths.deadline_ms if deadline_ms is None else min(deadline_ms, self.paths.deadline_ms)
        if self._due_ms < self._armed_ms:
            self._pause.end()

    def _flush(self, now_ms: int) -> None:
        """Give the network what the session wants to say."""
        for connection in self._connections:
            if connection is None or not connection.is_open:
                continue
            frames = self._end.to_send(connection.path)
            if frames and self._end.owed(connection.path):
                self.paths.asked(connection.path, now_ms)
            try:
                for frame in frames:
                    connection.send_now(frame)
            except FAILURES as failure:
                self.ended(connection, failure)

    def _tell(self) -> bool:
        facts = self._end.happenings()
        for fact in facts:
            if fact[0] == "reconnect":
                connection = self._connections[self.paths.used.number - 1]
                if connection is not None:
                    self.ended(connection, LinkDownError("the cloud does not answer"))
            elif fact[0] == "answered":
                self.paths.answered(fact[1], self._clock.uptime_ms())
            elif fact[0] == "levels":
                self.paths.primary_ms, self.paths.standby_ms = fact[1]
            else:
                if fact[0] == "opened":
                    self.paths.primary_ms = self._end.heartbeat_ms
                self._happened(fact)
        return bool(facts)

    def _drop(self, path: int) -> None:
        connection, self._connections[path - 1] = self._connections[path - 1], None
        if connection is not None:
            connection.close()
            self._end.disconnected(path)
