"""What the boards have in common: the tasks that watch the inputs, the watchdog, the clocks, and what they show.

A board's module makes the chips and says how its own machine resets, sleeps and reaches the network. The tasks run from
the first `next_input` on, and the watchdog from the first `ticks_ms`, with which the panel's time begins; so a board
that was not provisioned yet, or that somebody speaks to by cable, is left alone.
"""

import asyncio
import os
import time

from hemlarm_firmware.board import ASKED, PARKED, WATCHDOG, Board
from hemlarm_firmware.clock import FLOOR_S, Clock
from hemlarm_firmware.hal.chips.ads1115 import CONVERSION_MS
from hemlarm_firmware.hal.chips.hd44780 import WAKE_MS, WAKE_STEPS
from hemlarm_firmware.hal.keys import SCAN_MS, Keys
from hemlarm_firmware.hal.outputs import REFRESH_MS
from hemlarm_firmware.hal.winding import FEED_MS, Winding
from hemlarm_firmware.hal.zone_lines import ROUND_MS
from hemlarm_firmware.panel.local_time import date
from hemlarm_firmware.waiting import Pause

INPUTS_MAX = 32
"""Inputs that wait for the panel; whoever has another one waits then."""

FITTED_FILE = "parts"
"""A file beside the loader that names the optional parts of this board, where they are not the usual ones."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from hemlarm_boot.loader import Started
    from hemlarm_firmware.board import Stream
    from hemlarm_firmware.hal.chips.ds3231 import Ds3231
    from hemlarm_firmware.hal.chips.mcp23017 import Mcp23017
    from hemlarm_firmware.hal.outputs import Outputs
    from hemlarm_firmware.hal.sensor_air import SensorAir
    from hemlarm_firmware.hal.supply import Supply
    from hemlarm_firmware.hal.uart_modem import UartModem
    from hemlarm_firmware.hal.zone_lines import ZoneLines
    from hemlarm_firmware.modem.socket import ModemSocket

    Input = tuple[Any, ...]


class RealBoard(Board):
    """A board's module sets the parts that are declared here, then calls `_started`."""

    _keypad: "Mcp23017"
    _outputs: "Outputs"
    _lines: "ZoneLines"
    _supply: "Supply"
    _kept_clock: "Ds3231"
    _modem: "UartModem | None" = None
    _air: "SensorAir | None" = None
    _air_flag: "Any" = None  # Set by the radio's interrupt.

    def __init__(self, slots: "Started | None") -> None:
        self._slots = slots
        self._credentials: dict[str, Any] | None = None
        self._clock = Clock(_ticks_ms)
        self._winding: Winding | None = None
        self._cause = (0, 0)
        self._inputs: list[Input] = []
        self._arrived = asyncio.Event()
        self._taken = asyncio.Event()
        self._beat = Pause()  # Of the task that keeps rhythms.
        self._tasks: list[Any] = []

    # What a board's own module says.

    def _note(self, cause: int, task: int) -> None:
        """Remember both over the reset that follows."""
        raise NotImplementedError

    def _feeder(self) -> "Any":
        """Start the chip's watchdog, and return what feeds it."""
        raise NotImplementedError

    def _restart(self) -> "NoReturn":
        raise NotImplementedError

    def _sleep(self) -> "NoReturn":
        """Sleep until there are mains, and restart."""
        raise NotImplementedError

    def _set_machine_clock(self, moment: "tuple[int, int, int, int, int, int, int, int]") -> None:
        """Set what TLS judges certificates by: year, month, day, weekday, hour, minute, second, 0."""
        raise NotImplementedError

    async def _network(self) -> None:
        """Return when the network is there. Raises OSError."""
        raise NotImplementedError

    # As in `board.py`.

    def ticks_ms(self) -> int:
        """See `Board`. The first call begins the panel's time, and starts the watchdog."""
        if self._winding is None:
            self._winding = Winding(Clock(_ticks_ms).uptime_ms, self._feeder())
            self._tasks.append(asyncio.create_task(self._wind(self._winding)))
        return _ticks_ms()

    def random(self, n: int) -> bytes:
        """See `Board`."""
        drawn: bytes = os.urandom(n)
        return drawn

    def credentials(self) -> "dict[str, Any] | None":
        """See `Board`."""
        if self._credentials is None:
            from hemlarm_firmware import credentials

            self._credentials = credentials.load(self.flash("keys"))
        return self._credentials

    def keep_credentials(self, credentials: "dict[str, Any] | None") -> None:
        """See `Board`."""
        from hemlarm_firmware import credentials as keeping

        self._credentials = None
        keeping.keep(self.flash("keys"), credentials)

    def slots(self) -> "Started | None":
        """See `Board`."""
        return self._slots

    async def next_input(self) -> "Input":
        """See `Board`. The first call starts the tasks that watch the inputs."""
        if not self._serving():
            self._serve()
        while not self._inputs:
            self._arrived.clear()
            await self._arrived.wait()
        self._taken.set()
        return self._inputs.pop(0)

    def nudge(self) -> None:
        """See `Board`."""
        self._inputs.append(("nudge",))
        self._arrived.set()

    def show(self, output: str, value: "Any") -> None:
        """See `Board`. A camera and a lock are not among what these boards have."""
        self._outputs.show(output, value, self._clock.uptime_ms())
        if self._serving():
            self._beat.end()
        elif output == "display":
            self._wake_display()

    def transmit(self, frame: bytes) -> None:
        """See `Board`."""
        if self._air is not None:
            self._air.transmit(frame)

    async def connect(self) -> "Stream":
        """See `Board`."""
        from hemlarm_firmware.hal import ip

        await self._network()
        stream: Any = await ip.connect(self._known())
        opened: Stream = stream
        return opened

    def secure(self, line: "ModemSocket") -> "Stream":
        """See `Board`."""
        from hemlarm_firmware.hal import tls_stream

        stream: Any = tls_stream.secure(self._known(), line)
        opened: Stream = stream
        return opened

    def modem(self) -> "UartModem | None":
        """See `Board`."""
        return self._modem

    def cameras(self) -> None:
        """See `Board`: these boards have none."""
        return

    def trace(self, what: str, *values: object) -> None:
        """See `Board`."""

    def vouch(self, task: int, by_ms: "int | None") -> None:
        """See `Board`."""
        if self._winding is not None:
            self._winding.vouch(task, by_ms)

    def reset_cause(self) -> "tuple[int, int]":
        """See `Board`."""
        return self._cause

    def reset(self, cause: int = ASKED) -> "NoReturn":
        """See `Board`."""
        self._note(cause, 0)
        self._restart()

    def park(self) -> "NoReturn":
        """See `Board`."""
        self._outputs.all_off()
        self._note(PARKED, 0)
        self._sleep()

    def kept_time(self) -> "int | None":
        """See `Board`. A board without the clock's chip, or with a dead cell, has none."""
        try:
            unix_s = self._kept_clock.unix_s()
        except OSError:
            return None
        return None if unix_s is None else unix_s * 1000

    def keep_time(self, unix_ms: int) -> None:
        """See `Board`."""
        self._set_machine(unix_ms // 1000)
        try:
            self._kept_clock.set(unix_ms // 1000)
        except (OSError, ValueError):
            pass

    # What happens by itself.

    def _started(self) -> None:
        """All parts are there: show what is to be shown, and set the clock that certificates are judged by."""
        self._outputs.refresh()
        kept_ms = self.kept_time()
        self._set_machine(FLOOR_S if kept_ms is None else max(kept_ms // 1000, FLOOR_S))

    def _wake_display(self) -> None:
        """Before any task runs, as when a panel is installed by cable: what is shown must be seen all the same."""
        for _ in range(WAKE_STEPS):
            if not self._outputs.awake:
                _sleep_ms(WAKE_MS)
                self._outputs.step(self._clock.uptime_ms())

    def _serving(self) -> bool:
        return len(self._tasks) > 1

    def _serve(self) -> None:
        tasks = [self._watch_lines(), self._watch_keys(), self._keep_beat(), self._watch_supply()]
        if self._air is not None:
            tasks += [self._hear(self._air), self._watch_air(self._air)]
        self._tasks += [asyncio.create_task(task) for task in tasks]

    async def _put(self, happened: "Input | None") -> None:
        if happened is None:
            return
        while len(self._inputs) >= INPUTS_MAX:
            self._taken.clear()
            await self._taken.wait()
        self._inputs.append(happened)
        self._arrived.set()

    async def _watch_lines(self) -> None:
        lines, pause = self._lines, Pause()
        while True:
            for channel in range(lines.channels):
                lines.begin(channel)
                await pause.wait(CONVERSION_MS)
                lines.collect(channel)
            for happened in lines.judge():
                await self._put(happened)
            await pause.wait(ROUND_MS - lines.channels * CONVERSION_MS)

    async def _watch_keys(self) -> None:
        keys, pause = Keys(self._keypad), Pause()
        while True:
            key = keys.scan(self._clock.uptime_ms())
            await self._put(None if key is None else ("key", key))
            await pause.wait(SCAN_MS)

    async def _keep_beat(self) -> None:
        while True:
            now_ms = self._clock.uptime_ms()
            due_ms = self._outputs.step(now_ms)
            await self._beat.wait(None if due_ms is None else max(due_ms - now_ms, 1))

    async def _watch_supply(self) -> None:
        pause = Pause()
        while True:
            self._outputs.refresh()
            self._beat.end()  # The display may be to be woken.
            await self._put(self._supply.look())
            await pause.wait(REFRESH_MS)

    async def _hear(self, air: "SensorAir") -> None:
        while True:
            await self._put(air.interrupted())
            await self._air_flag.wait()

    async def _watch_air(self, air: "SensorAir") -> None:
        from hemlarm_firmware.hal.sensor_air import LOOK_MS

        pause = Pause()
        air.start()
        while True:
            await pause.wait(LOOK_MS)
            await self._put(air.look())

    async def _wind(self, winding: Winding) -> None:
        pause = Pause()
        while True:
            task = winding.wind()
            if task:
                self._note(WATCHDOG, task)
                self._restart()
            await pause.wait(FEED_MS)

    def _set_machine(self, unix_s: int) -> None:
        year, month, day = date(unix_s)
        second = unix_s % 86_400
        weekday = (unix_s // 86_400 + 3) % 7
        self._set_machine_clock((year, month, day, weekday, second // 3600, second // 60 % 60, second % 60, 0))

    def _known(self) -> "dict[str, Any]":
        credentials = self.credentials()
        if credentials is None:
            raise OSError("this panel was not provisioned yet")
        return credentials


def _ticks_ms() -> int:
    ticks: Any = time.ticks_ms()  # type: ignore[attr-defined,unused-ignore]  # MicroPython's.
    return int(ticks)


def _sleep_ms(ms: int) -> None:
    time.sleep_ms(ms)  # type: ignore[attr-defined,unused-ignore]  # MicroPython's.


def fitted(usual: "list[str]") -> "list[str]":
    """Return the optional parts of this board: those that FITTED_FILE names, where there is one."""
    try:
        with open(FITTED_FILE) as file:  # noqa: PTH123  MicroPython has no pathlib.
            named: list[str] = file.read(256).split()
            return named
    except OSError:
        return usual
