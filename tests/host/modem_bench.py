"""A driver of the firmware and a simulated modem, on one event loop whose time is the simulated world's."""

import asyncio
import random
import selectors
from collections.abc import Callable, Coroutine
from typing import Any

from hemlarm_firmware.board import Modem
from hemlarm_firmware.clock import Clock
from hemlarm_firmware.modem.driver import Driver
from hemlarm_simulator.clock import VirtualClock
from hemlarm_simulator.modem.cell import MobileCell
from hemlarm_simulator.modem.internet import Event
from hemlarm_simulator.modem.sim_card import SimCard
from hemlarm_simulator.modem.simulated_modem import SimulatedModem
from hemlarm_simulator.modem.sms_centre import SmsCentre

NUMBER = "+46700000001"
CENTRE = "+46700000099"
HOST, PORT = "broker.example", 8883

Condition = Callable[[], object]


class _Selector(selectors.DefaultSelector):
    """Instead of waiting, it moves the world's time."""

    clock: VirtualClock

    def select(self, timeout: float | None = None) -> list[Any]:
        schedule, now_ms = self.clock.schedule, self.clock.now_ms
        until_ms = None if timeout is None else now_ms + round(max(0.0, timeout) * 1000 + 0.4999)
        next_ms = schedule.next_ms()
        if next_ms is not None and (until_ms is None or next_ms <= until_ms):
            self.clock.now_ms = next_ms
            schedule.fire_next()
        elif until_ms is None:
            raise RuntimeError("nothing will ever happen any more")
        else:
            self.clock.now_ms = until_ms
        return []


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self, clock: VirtualClock) -> None:
        selector = _Selector()
        selector.clock = clock
        super().__init__(selector)
        self._world = clock

    def time(self) -> float:
        return self._world.now_ms / 1000


class EchoingInternet:
    """A host that sends back what it gets. While `open_to` is False, nobody answers there."""

    def __init__(self, clock: VirtualClock) -> None:
        self.open_to = True
        self.sockets: list[EchoingSocket] = []
        self._clock = clock

    def open(self, host: str, port: int, on_event: Callable[[Event], None]) -> "EchoingSocket":
        """Connect in 60 ms, or be refused."""
        assert (host, port) == (HOST, PORT)
        socket = EchoingSocket(self._clock, on_event)
        event: Event = ("connected",) if self.open_to else ("failed", "refused")
        self._clock.call_in(60, lambda: on_event(event))
        self.sockets.append(socket)
        return socket


class EchoingSocket:
    """One connection; `closed` tells that the modem ended it."""

    def __init__(self, clock: VirtualClock, on_event: Callable[[Event], None]) -> None:
        self.closed = False
        self.on_event = on_event
        self._clock = clock

    def send(self, data: bytes) -> None:
        """Send it back in 60 ms."""
        self._clock.call_in(60, lambda: None if self.closed else self.on_event(("data", data)))

    def close(self) -> None:
        """Note it."""
        self.closed = True


class _Line(Modem):
    """The board's side of the serial line: at most 256 bytes a time."""

    def __init__(self) -> None:
        self.simulated: SimulatedModem
        self.written: list[bytes] = []
        self._came = bytearray()
        self.news: asyncio.Event | None = None

    def take(self, data: bytes) -> None:
        if self.news is not None:  # Else the panel is off.
            self._came += data
            self.news.set()

    def write(self, data: bytes) -> None:
        self.written.append(data)
        self.simulated.receive(data)

    async def read(self) -> bytes:
        assert self.news is not None
        while not self._came:
            self.news.clear()
            await self.news.wait()
        data = bytes(self._came[:256])
        del self._came[:256]
        return data

    def power_key(self, pressed: bool) -> None:
        self.simulated.power_key(pressed)

    def supply(self, on: bool) -> None:
        self.simulated.supply(on)


class Bench:
    """Everything a test moves and looks at. `told` has what the driver told, each with its uptime in ms."""

    def __init__(self, family: str, pin: str = "", seed: int = 1, number: str = NUMBER) -> None:
        chance = random.Random(seed)
        self.clock = VirtualClock()
        self.cell = MobileCell()
        self.cell.signal_dbm = -71
        self.sim = SimCard(number, pin)
        self.internet = EchoingInternet(self.clock)
        self.centre = SmsCentre(self.clock, chance.randbytes)
        self.texts: list[tuple[str, bytes]] = []
        self.cloud = self.centre.subscriber(CENTRE, lambda sender, octets: self.texts.append((sender, octets)))
        self.line = _Line()
        self.modem = SimulatedModem(
            self.clock, family, self.sim, self.cell, self.internet, self.centre, self.line.take, chance.randbytes
        )
        self.line.simulated = self.modem
        self.told: list[tuple[int, tuple[Any, ...]]] = []
        self.settings = {"apn": "panels", "pin": pin}
        self._chance = chance
        self.driver = self.new_driver()

    def new_driver(self) -> Driver:
        """Return a driver as after a restart of the panel, which the modem does not notice."""
        uptime = Clock(lambda: self.clock.now_ms % (1 << 30))
        driver = Driver(self.line, {"apn": "", "pin": ""}, uptime, self._chance.randbytes, self.hear)
        driver.configure(dict(self.settings))  # As the panel does, before it runs.
        return driver

    def hear(self, *what: Any) -> None:
        """Note what the driver tells."""
        self.told.append((self.clock.now_ms, what))

    def said(self, *what: Any) -> list[int]:
        """When exactly this was told."""
        return [at_ms for at_ms, told in self.told if told == what]

    def count(self, command: str) -> int:
        """How often this command was given."""
        return sum(written.startswith(command.encode()) for written in self.line.written)

    async def until(self, condition: Condition, limit_s: int = 300) -> int:
        """Let time pass until it holds; return the moment."""
        until_ms = self.clock.now_ms + limit_s * 1000
        while not condition():
            assert self.clock.now_ms < until_ms, (limit_s, self.told[-9:], self.line.written[-9:])
            await asyncio.sleep(0.1)
        return self.clock.now_ms

    async def later(self, seconds: int) -> None:
        """Let that much of the world's time pass."""
        await asyncio.sleep(seconds)

    async def ready(self, limit_s: int = 120) -> int:
        """Let time pass until data can be sent."""
        return await self.until(lambda: self.driver.ready_for_data, limit_s)

    def pass_time(self, ms: int) -> None:
        """Let time pass in which the panel is off."""
        until_ms = self.clock.now_ms + ms
        while (next_ms := self.clock.schedule.next_ms()) is not None and next_ms <= until_ms:
            self.clock.now_ms = next_ms
            self.clock.schedule.fire_next()
        self.clock.now_ms = until_ms

    def play(self, story: Callable[["Bench"], Coroutine[Any, Any, None]]) -> None:
        """Run the story beside the driver."""

        async def both() -> None:
            self.line.news = asyncio.Event()
            running = asyncio.create_task(self.driver.run())
            try:
                await story(self)
                assert not running.done()
            finally:
                left = asyncio.all_tasks() - {asyncio.current_task()}
                for task in left:
                    task.cancel()
                await asyncio.gather(*left, return_exceptions=True)

        loop = _Loop(self.clock)
        try:
            loop.run_until_complete(both())
        finally:
            self.line.news = None
            loop.close()
