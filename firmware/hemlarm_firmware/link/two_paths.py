"""The uplink of a panel with a modem: one session over IP or the mobile network, and single events by SMS at last.

Loaded only where there is a modem. What differs from one path: the supervisor chooses, both connections may be open and
then bring everything twice, and an alarm that neither brings to the cloud is texted.
"""

import asyncio

from hemlarm_firmware.link.connection import FAILURES, Connection
from hemlarm_firmware.link.paths import Paths
from hemlarm_firmware.link.uplink import Uplink
from hemlarm_firmware.modem.driver import Driver
from hemlarm_firmware.waiting import Pause
from hemlarm_protocol import contact_id, messages, path_names
from hemlarm_protocol.path_names import MOBILE
from hemlarm_protocol.sms_end import SmsEnd
from hemlarm_protocol.two_path_end import TwoPathEnd as TwoPathEnd

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

    from hemlarm_firmware.board import Board, Stream
    from hemlarm_firmware.clock import Clock
    from hemlarm_firmware.watchdog import Watchdog


class MobileConnection(Connection):
    """A connection over the modem, under the panel's other name: the broker ends the older of two with one name."""

    path = MOBILE

    def __init__(self, board: "Board", panel: str, driver: Driver) -> None:
        super().__init__(board, panel)
        self._client = path_names.client_id(panel, MOBILE)
        self._driver = driver

    async def _connect(self) -> "Stream":
        credentials: Any = self._board.credentials()
        line = await self._driver.connect(credentials["host"], credentials["port"])
        try:
            return self._board.secure(line)
        except BaseException:
            line.close()
            raise


class TwoPathUplink(Uplink):
    """An `Uplink` with a modem; `happened` is told ("jammed", 2, bool) too. `configure` gives it its settings."""

    _end: TwoPathEnd
    paths: Paths

    def __init__(
        self,
        board: "Board",
        panel: str,
        end: "TwoPathEnd",
        clock: "Clock",
        happened: "Callable[[tuple[Any, ...]], None]",
        watchdog: "Watchdog",
    ) -> None:
        super().__init__(board, panel, end, clock, happened, watchdog)
        self.paths = Paths(board.random)
        credentials: Any = board.credentials()
        modem = board.modem()
        assert modem is not None, "whoever makes this has asked"
        self._driver = Driver(modem, {"apn": "", "pin": ""}, clock, board.random, self._told)
        self._sms = SmsEnd(credentials["panel"], credentials["root_key"])
        self._sms_to = ""
        self._text_pause = Pause()
        self._texting_ms: int | None = None  # What the task that texts waits for.

    def configure(self, config: "Any") -> None:
        """Take the modem's settings out of the panel's configuration."""
        self._sms_to = config["sms_to"]
        self._driver.configure({"apn": config["apn"], "pin": config["sim_pin"]})

    async def run(self) -> None:
        """Connect, serve, and connect again, for ever. Raises what nobody has thought of."""
        tasks = [asyncio.create_task(self._watch(work)) for work in (self._driver.run(), self._text())]
        try:
            await super().run()
        finally:
            for task in tasks:
                task.cancel()

    def _decide(self, decision: "tuple[Any, ...]") -> None:
        kind, now_ms = decision[0], self._clock.uptime_ms()
        if kind == "use":
            self._end.use(decision[1], now_ms)
        elif kind == "race":
            self._end.race(decision[1], now_ms)
        elif kind == "check":
            self._end.check(decision[1], now_ms)
        elif decision == ("open", MOBILE):
            connection = self._connections[1] = MobileConnection(self._board, self._panel, self._driver)
            connection.serve(self)
        else:
            super()._decide(decision)

    def _settle(self) -> None:
        self.paths.urgent_ms = self._end.oldest_ms(contact_id.TAMPER)
        self.paths.owing = self._end.oldest_ms(contact_id.ROUTINE) is not None
        super()._settle()
        if self.paths.owing or self._texting_ms is not None:
            self._plan_texting(self._clock.uptime_ms())

    def _reports(self) -> "list[messages.PathReport]":
        way = self.paths.paths[1]
        registration, technology, signal, _ = self._driver.status()
        totals = self._driver.air.totals(self._clock.uptime_ms())
        up = int(not way.faulty)
        return super()._reports() + [messages.PathReport(MOBILE, up, registration, technology, signal, *totals)]

    # The modem.

    def _told(self, kind: str, *values: "Any") -> None:
        """Called by the driver's tasks, which are not to stumble over what follows."""
        now_ms = self._clock.uptime_ms()
        try:
            if kind == "data":
                self.paths.carries_data(values[0], now_ms)
            elif kind == "jammed":
                self._happened(("jammed", MOBILE, values[0]))
            elif kind == "sms":
                self._texted(values[0], now_ms)
            self._text_pause.end()
            self._settle()
        except Exception as failure:  # noqa: BLE001  `run` ends with it.
            self._fail(failure)

    async def _watch(self, work: "Coroutine[Any, Any, None]") -> None:
        try:
            await work
        except Exception as failure:  # noqa: BLE001  As above.
            self._fail(failure)

    def _fail(self, failure: Exception) -> None:
        self._failure = self._failure or failure
        self._pause.end()

    # The last resort.

    def _texted(self, octets: bytes, now_ms: int) -> None:
        for kid, number, tag in self._sms.received(octets, now_ms):
            self._end.acknowledged(kid, number, tag, now_ms)
            self.paths.heard_ms = now_ms

    def _plan_texting(self, now_ms: int) -> None:
        """Let the task that texts know when it is wanted."""
        self._sms.wake(now_ms, self._end.waiting(), self.paths.hopeless)
        able = self._sms_to and self._driver.ready_for_sms
        before, self._texting_ms = self._texting_ms, self._sms.deadline_ms() if able else None
        if self._texting_ms != before:
            self._text_pause.end()

    async def _text(self) -> None:
        while True:
            now_ms = self._clock.uptime_ms()
            if self._texting_ms is None or self._texting_ms > now_ms:
                await self._text_pause.wait(None if self._texting_ms is None else self._texting_ms - now_ms)
                self._plan_texting(self._clock.uptime_ms())
                continue
            self._sms.wake(now_ms, self._end.waiting(), self.paths.hopeless)
            for octets in self._sms.to_send():
                try:
                    await self._driver.send_sms(self._sms_to, octets)
                except FAILURES as failure:
                    self._board.trace("sms-failed", str(failure))
                    self._sms.failed(self._clock.uptime_ms())
            self._plan_texting(self._clock.uptime_ms())
