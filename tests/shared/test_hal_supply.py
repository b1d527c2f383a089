"""The supply, the modem's serial line, random bytes and the watchdog: the parts of a board that stand alone."""

import asyncio
import hashlib

from fake_chips import FakeDs3231, FakeIna226, on_bus
from fake_sx1262 import FakeLevel
from hemlarm_firmware.hal.chips.ds3231 import Ds3231
from hemlarm_firmware.hal.chips.ina226 import Ina226
from hemlarm_firmware.hal.entropy import Entropy
from hemlarm_firmware.hal.supply import Supply
from hemlarm_firmware.hal.uart_modem import WAITING_MAX, UartModem
from hemlarm_firmware.hal.winding import Winding
from support import raises

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Cellar:
    """Mains, a battery and a thermometer behind fakes of their chips."""

    def __init__(self) -> None:
        self.mains = True
        self.meter = FakeIna226()
        self.clock = FakeDs3231()
        self.meter.bus_uv, self.meter.shunt_nv = 13_650_000, 1_000_000
        self.clock.registers[0x11] = 21
        self.bus = on_bus({0x40: self.meter, 0x68: self.clock})
        self.supply = Supply(lambda: self.mains, Ina226(self.bus, 0x40, 10_000), Ds3231(self.bus))


def test_the_supply_is_told_at_the_start_and_when_it_has_moved_noticeably() -> None:
    cellar = Cellar()
    assert cellar.supply.look() == ("power", True, 13_650, 100, 210)
    assert cellar.supply.look() is None
    cellar.meter.bus_uv -= 40_000
    assert cellar.supply.look() is None
    cellar.meter.bus_uv -= 20_000
    assert cellar.supply.look() == ("power", True, 13_590, 100, 210)
    cellar.clock.registers[0x11] = 22
    assert cellar.supply.look() == ("power", True, 13_590, 100, 220)


def test_mains_that_fail_are_told_at_once_and_a_large_current_by_its_tenth() -> None:
    cellar = Cellar()
    cellar.supply.look()
    cellar.mains = False
    cellar.meter.shunt_nv = -10_000_000
    assert cellar.supply.look() == ("power", False, 13_650, -1_000, 210)
    cellar.meter.shunt_nv = -10_900_000
    assert cellar.supply.look() is None
    cellar.meter.shunt_nv = -11_000_000
    assert cellar.supply.look() == ("power", False, 13_650, -1_100, 210)


def test_a_meter_that_falls_silent_is_a_battery_that_is_gone() -> None:
    cellar = Cellar()
    cellar.supply.look()
    cellar.bus.dead = [0x40]
    assert [cellar.supply.look() for _ in range(3)] == [None, None, ("power", True, 0, 0, 210)]
    cellar.bus.dead = []
    assert cellar.supply.look() == ("power", True, 13_650, 100, 210)


def test_without_a_thermometer_it_is_twenty_degrees() -> None:
    cellar = Cellar()
    cellar.bus.dead = [0x68]
    assert cellar.supply.look() == ("power", True, 13_650, 100, 200)


class FakeUart:
    """A serial port with a small room for what is to be sent; `come` is what the modem says."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.sent = b""
        self.come = b""
        self.ready = asyncio.Event()

    def write(self, data: bytes) -> "int | None":
        taken = bytes(data[: self.room])
        self.room -= len(taken)
        self.sent += taken
        return len(taken) or None

    def read(self, n: int) -> "bytes | None":
        data, self.come = self.come[:n], self.come[n:]
        return data or None


def modem_on(uart: FakeUart) -> "tuple[Any, FakeLevel, list[bool]]":
    key: Any = FakeLevel()
    supplied: list[bool] = []

    async def ready(port: "Any", to_write: bool) -> None:
        uart.ready.clear()
        await uart.ready.wait()

    port: Any = uart
    return UartModem(port, key, supplied.append, ready), key, supplied


def test_what_the_port_does_not_take_is_sent_later_in_order_and_whole() -> None:
    async def story() -> None:
        uart = FakeUart(10)
        modem, _, _ = modem_on(uart)
        modem.write(b"AT+CIPSEND=0,5\r\n")
        modem.write(b"hello")
        for _ in range(6):
            assert b"AT+CIPSEND=0,5\r\nhello".startswith(uart.sent)
            uart.room = 4
            await asyncio.sleep(0)
            uart.ready.set()
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        assert uart.sent == b"AT+CIPSEND=0,5\r\nhello"

    asyncio.run(story())


def test_a_modem_that_takes_nothing_is_an_error_and_no_endless_queue() -> None:
    async def story() -> None:
        modem, _, _ = modem_on(FakeUart(0))
        modem.write(bytes(WAITING_MAX))
        raises(OSError, modem.write, b"x")
        modem.supply(False)
        modem.write(b"x")

    asyncio.run(story())


def test_what_the_modem_says_is_read_in_pieces_as_it_comes() -> None:
    async def story() -> None:
        uart = FakeUart(10)
        modem, _, _ = modem_on(uart)
        reading = asyncio.create_task(modem.read())
        await asyncio.sleep(0)
        uart.come = b"\r\nOK\r\n" + bytes(300)
        uart.ready.set()
        first = await reading
        assert first == (b"\r\nOK\r\n" + bytes(300))[:256]
        assert len(await modem.read()) == 50

    asyncio.run(story())


def test_key_and_supply_of_the_modem_are_switched() -> None:
    modem, key, supplied = modem_on(FakeUart(0))
    modem.power_key(True)
    assert key.level == 1
    modem.power_key(False)
    assert key.level == 0
    modem.supply(False)
    modem.supply(True)
    assert supplied == [False, True]


def test_random_bytes_never_repeat_though_the_chips_do() -> None:
    entropy = Entropy(lambda n: bytes(n))
    drawn = [entropy.draw(n) for n in (32, 32, 4, 100, 0)]
    assert [len(each) for each in drawn] == [32, 32, 4, 100, 0]
    assert len({drawn[0], drawn[1], drawn[3][:32], drawn[3][32:64], drawn[3][64:96]}) == 5


def test_the_seed_alone_makes_random_bytes_different() -> None:
    calls: list[int] = []

    def chip(n: int) -> bytes:
        calls.append(n)
        return hashlib.sha256(b"seed").digest() * 2 if len(calls) == 1 else bytes(n)

    assert Entropy(chip).draw(32) != Entropy(lambda n: bytes(n)).draw(32)
    assert calls[0] == 64


def test_a_promise_that_is_kept_or_withdrawn_resets_nothing() -> None:
    now = [0]
    fed: list[int] = []
    winding = Winding(lambda: now[0], lambda: fed.append(now[0]))
    assert winding.wind() == 0
    winding.vouch(2, 10_000)
    now[0] = 9_999
    assert winding.wind() == 0
    winding.vouch(2, None)
    now[0] = 1 << 40
    assert winding.wind() == 0
    assert fed == [0, 9_999, 1 << 40]


def test_a_broken_promise_names_its_task() -> None:
    now = [0]
    winding = Winding(lambda: now[0], lambda: None)
    winding.vouch(3, 10_000)
    now[0] = 10_000
    assert winding.wind() == 3
