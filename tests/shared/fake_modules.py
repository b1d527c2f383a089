"""Fakes of `machine`, `esp32`, `rp2` and `network`: what a board's module finds there, with fakes of chips behind it.

`Hardware` is one board with its wires; it outlives the firmware that runs on it. `board(hardware, kind)` makes the
firmware's board on it, as after power came or after a reset. `Time` moves by hand.
"""

import asyncio
import sys

from fake_chips import FakeAds1115, FakeBus, FakeDisplay, FakeDs3231, FakeIna226, FakeMcp23017
from fake_sx1262 import FakeSx1262
from keypad_wires import KeypadWires
from nor_flash import NorFlash

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_TURNS = 12
"""Enough turns of the event loop for everything that does not wait for time."""


class Gone(Exception):  # noqa: N818  Not an error, but the end of a boot.
    """The machine was reset, or put to sleep."""


class Time:
    """Milliseconds that move by hand, as `time` and for whoever pauses."""

    def __init__(self) -> None:
        self.ms = 5
        self.pausing: list[Any] = []
        outer = self

        class Pause:
            """As `waiting.Pause`."""

            def __init__(self) -> None:
                self.due_ms: int | None = None
                self._ended = True

            def end(self) -> None:
                self._ended = True

            async def wait(self, limit_ms: "int | None") -> None:
                self._ended = False
                self.due_ms = None if limit_ms is None else outer.ms + limit_ms
                outer.pausing.append(self)
                try:
                    while not self._ended and (self.due_ms is None or outer.ms < self.due_ms):
                        await asyncio.sleep(0)
                finally:
                    outer.pausing.remove(self)

        self.Pause = Pause

    def ticks_ms(self) -> int:
        return self.ms % (1 << 30)

    def sleep_ms(self, ms: int) -> None:
        self.ms += ms

    async def run(self, ms: int) -> None:
        """Let `ms` pass, and everything happen that is due meanwhile."""
        end_ms = self.ms + ms
        while True:
            for _ in range(_TURNS):
                await asyncio.sleep(0)
            due = [pause.due_ms for pause in self.pausing if pause.due_ms is not None]
            first = min(due) if due else end_ms
            if first > end_ms or self.ms == end_ms:
                self.ms = end_ms
                return
            self.ms = max(first, self.ms)


class Flag:
    """As `asyncio.ThreadSafeFlag`, which CPython has not: who waited for it takes it down."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def set(self) -> None:
        self._event.set()

    async def wait(self) -> None:
        await self._event.wait()
        self._event.clear()


class BlockChip:
    """A block device over a NOR flash, which refuses what no chip does."""

    def __init__(self, sectors: int, program_size: int) -> None:
        self.nor = NorFlash(sectors, program_size)

    def readblocks(self, block: int, buffer: "Any", offset: int = 0) -> bool:
        self.nor.read_into(block * 4096 + offset, buffer)
        return False

    def writeblocks(self, block: int, data: "Any", offset: "int | None" = None) -> bool:
        assert offset is not None, "without an offset a write erases"
        self.nor.program(block * 4096 + offset, data)
        return False

    def ioctl(self, operation: int, argument: int = 0) -> int:
        if operation == 6:
            self.nor.erase(argument * 4096)
        return {4: self.nor.size // 4096, 5: 4096}.get(operation, 0)


class Hardware:
    """One board: flash, chips on two buses, a radio, pins by number; and what became of the machine."""

    def __init__(self) -> None:
        self.time = Time()
        self.relays, self.keypad, self.display = FakeMcp23017(), FakeMcp23017(), FakeDisplay()
        self.keys = KeypadWires(self.keypad)
        self.converters = [FakeAds1115(), FakeAds1115()]
        self.meter, self.clock = FakeIna226(), FakeDs3231()
        self.radio = FakeSx1262()
        chips = {0x21: self.relays, 0x40: self.meter, 0x48: self.converters[0], 0x49: self.converters[1]}
        chips[0x68] = self.clock
        self.buses = [FakeBus(chips), FakeBus({0x20: self.keypad, 0x27: self.display})]
        sizes = {"journal": 16, "state": 4, "config": 8, "keys": 2}
        self.partitions = {name: BlockChip(sizes[name], 1) for name in sizes}
        self.storage = BlockChip(12, 256)
        self.levels: dict[int, int] = {}
        self.pins: dict[int, Any] = {}
        self.reset_cause = 1
        self.notes: dict[str, int] = {}
        self.scratch = {0x400D800C: 0}
        self.machine_clock: Any = None
        self.watchdog_ms = 0
        self.fed: list[int] = []
        self.ended = ""
        self.slept: list[int] = []
        self.nap_is_disturbed = False
        self.wakes_on: Any = None
        self.lan: Any = None
        self.wlan: Any = None
        self.uart: Any = None
        self.parts: list[str] | None = None  # What its file names; None: it has none.

    def wire(self, zone: int, ohms: int) -> None:
        """Put a resistance at a terminal, fed by 4.7 kohm from 3.3 V."""
        self.converters[(zone - 1) // 4].microvolts[(zone - 1) % 4] = 3_300_000 * ohms // (4_700 + ohms)

    def restart(self, cause: int) -> None:
        """The machine is reset: what hangs on it keeps what it has, and its own watchdog is off."""
        self.reset_cause, self.ended, self.watchdog_ms = cause, "", 0
        self.pins = {}
        self.time.pausing.clear()


class Pin:
    IN, OUT, PULL_UP, PULL_DOWN, IRQ_RISING, IRQ_FALLING = 0, 1, 2, 3, 4, 8
    hardware: "Any" = None

    def __init__(self, number: int, mode: int = -1, pull: "int | None" = None, *, value: "int | None" = None) -> None:
        pins = self.hardware.pins
        assert number not in pins, f"pin {number} is used twice"
        pins[number] = self
        self.number, self.mode, self.pull = number, mode, pull
        self.handler: Any = None
        if value is not None:
            self.value(value)

    def value(self, level: "int | None" = None) -> int:
        levels = self.hardware.levels
        if level is not None:
            assert self.mode == self.OUT
            levels[self.number] = level
        found: int = levels.get(self.number, 0)
        return found

    def on(self) -> None:
        self.value(1)

    def off(self) -> None:
        self.value(0)

    def irq(self, handler: "Any", trigger: int) -> None:
        assert trigger == self.IRQ_RISING
        self.handler = handler


class Module:
    """What is imported by this name from now on, with these members."""

    def __init__(self, name: str, **members: "Any") -> None:
        for member in members:
            setattr(self, member, members[member])
        sys.modules[name] = self  # type: ignore[assignment]


def install(hardware: Hardware) -> None:
    """Put the fakes where a board's module looks for them."""
    Pin.hardware = hardware

    def end(how: str) -> None:
        hardware.ended = how
        raise Gone

    Module(
        "machine",
        **_buses(hardware),
        **_watching(hardware),
        Pin=Pin,
        PWRON_RESET=1,
        HARD_RESET=2,
        WDT_RESET=3,
        DEEPSLEEP_RESET=4,
        reset_cause=lambda: hardware.reset_cause,
        reset=lambda: end("reset"),
        deepsleep=lambda: end("deep sleep"),
        lightsleep=lambda ms: _nap(hardware, ms),
        mem32=hardware.scratch,
    )
    _network(hardware)
    _chips(hardware)


def _buses(hardware: Hardware) -> "dict[str, Any]":
    def i2c(number: int, *, scl: Pin, sda: Pin, freq: int) -> FakeBus:
        assert freq == 100_000
        return hardware.buses[number]

    class Radio:
        """SPI with the radio behind it, whose select and busy are the board's pins."""

        def __init__(self, number: int, *, baudrate: int, sck: Pin, mosi: Pin, miso: Pin) -> None:
            self.pins = [sck.number, mosi.number, miso.number]
            self.number = number

        def write(self, data: bytes) -> None:
            hardware.radio.select.level = 0
            hardware.radio.write(data)

        def read(self, count: int) -> bytes:
            return hardware.radio.read(count)

    class Uart:
        def __init__(self, number: int, **settings: "Any") -> None:
            self.number, self.settings = number, settings
            hardware.uart = self

    return {"I2C": i2c, "SPI": Radio, "UART": Uart}


def _watching(hardware: Hardware) -> "dict[str, Any]":
    class Watchdog:
        def __init__(self, id: int = 0, timeout: int = 5_000) -> None:  # noqa: A002  MicroPython's.
            hardware.watchdog_ms = timeout

        def feed(self) -> None:
            hardware.fed.append(hardware.time.ms)

    class Rtc:
        def datetime(self, moment: "Any") -> None:
            hardware.machine_clock = moment

    return {"WDT": Watchdog, "RTC": Rtc}


def _nap(hardware: Hardware, ms: int) -> None:
    hardware.slept.append(ms)
    if hardware.nap_is_disturbed:
        raise Gone
    assert not hardware.watchdog_ms, "it would bite a chip that sleeps"
    if len(hardware.slept) == 3:
        hardware.levels[26] = 1


def _network(hardware: Hardware) -> None:
    class Lan:
        def __init__(self, **settings: "Any") -> None:
            self.settings, self.link, self.is_active = settings, False, False
            hardware.lan = self

        def active(self, on: bool) -> None:
            self.is_active = on

        def isconnected(self) -> bool:
            return self.link and self.is_active

    class Wlan:
        IF_STA = 0

        def __init__(self, interface: int = 0) -> None:
            self.calls: list[Any] = []
            self.connects_after = -1
            hardware.wlan = self

        def active(self, on: bool) -> None:
            self.calls.append(("active", on))

        def connect(self, name: str, key: str) -> None:
            self.calls.append(("connect", name, key))

        def isconnected(self) -> bool:
            self.connects_after -= 1
            return self.connects_after == 0

    Module("network", LAN=Lan, WLAN=Wlan, PHY_W5500=102)


def _chips(hardware: Hardware) -> None:
    class Partition:
        TYPE_DATA = 1

        @staticmethod
        def find(kind: int, label: str) -> "list[BlockChip]":
            return [hardware.partitions[label]] if label in hardware.partitions else []

    class Nvs:
        def __init__(self, space: str) -> None:
            assert len(space) <= 15

        def set_i32(self, key: str, value: int) -> None:
            assert -(1 << 31) <= value < 1 << 31
            hardware.notes[key] = value

        def get_i32(self, key: str) -> int:
            if key not in hardware.notes:
                raise OSError(-0x1102)
            return hardware.notes[key]

        def erase_key(self, key: str) -> None:
            del hardware.notes[key]

        def commit(self) -> None:
            pass

    def wake_on_ext0(pin: Pin, level: bool) -> None:
        assert pin.number <= 21, "only these wake an ESP32-S3"
        hardware.wakes_on = (pin.number, level)

    Module("esp32", Partition=Partition, NVS=Nvs, wake_on_ext0=wake_on_ext0, WAKEUP_ANY_HIGH=True)
    Module("rp2", Flash=lambda: hardware.storage)


def board(hardware: Hardware, module: str, kind: str) -> "Any":
    """Import a board's module anew, and make the firmware's board on this hardware."""
    install(hardware)
    asyncio.ThreadSafeFlag = Flag  # type: ignore[attr-defined]
    try:
        __import__("tls")
    except ImportError:
        Module("tls")  # CPython has none, and nobody opens a connection here.
    hal = "hemlarm_firmware.hal."
    for name in (hal + module, hal + "radio_pins"):
        sys.modules.pop(name, None)
    for name in ("real_board", "radio_pins", module):
        found: Any = __import__(hal + name, None, None, ("TYPE_CHECKING",))
        for seam, double in (("time", hardware.time), ("Pause", hardware.time.Pause)):
            if hasattr(found, seam):
                setattr(found, seam, double)
    if hardware.parts is not None:
        found.fitted = lambda usual: hardware.parts
    return getattr(found, kind)(None)
