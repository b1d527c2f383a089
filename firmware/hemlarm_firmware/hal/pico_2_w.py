"""The second board, for portability: a Raspberry Pi Pico 2 W on a carrier of one's own, with Wi-Fi and less of all.

docs/boards.md has the tables of its pins, and says what was never tried on hardware.
"""

from errno import EHOSTUNREACH

import machine
import network
import rp2
from machine import Pin

from hemlarm_firmware.board import ASKED, PARKED, POWER, WATCHDOG
from hemlarm_firmware.hal import reserved_blocks
from hemlarm_firmware.hal.block_flash import BlockFlash
from hemlarm_firmware.hal.chips.ads1115 import CHANNELS, Ads1115
from hemlarm_firmware.hal.chips.ds3231 import Ds3231
from hemlarm_firmware.hal.chips.hd44780 import Hd44780
from hemlarm_firmware.hal.chips.ina226 import Ina226
from hemlarm_firmware.hal.chips.mcp23017 import Mcp23017
from hemlarm_firmware.hal.keys import COLUMN_PINS
from hemlarm_firmware.hal.outputs import Outputs
from hemlarm_firmware.hal.real_board import RealBoard, fitted
from hemlarm_firmware.hal.supply import Supply
from hemlarm_firmware.hal.zone_lines import ZoneLines
from hemlarm_firmware.waiting import Pause
from hemlarm_protocol.constant import const

MODEM, RADIO = "modem", "radio"
"""Optional parts, of which none is usual here."""

PINS = {
    "modem-tx": 0,
    "modem-rx": 1,
    "modem-key": 2,
    "sda": 4,
    "scl": 5,
    "keypad-sda": 6,
    "keypad-scl": 7,
    "radio-miso": 16,
    "radio-cs": 17,
    "radio-sclk": 18,
    "radio-mosi": 19,
    "radio-busy": 20,
    "radio-irq": 21,
    "radio-reset": 22,
    "mains": 26,
}

CONVERTERS, RELAYS, METER = (0x48,), 0x21, 0x40
KEYPAD, DISPLAY = 0x20, 0x27
"""Addresses on the board's own bus, and on the keypad's."""

BUS_HZ = 100_000
SUPPLY_UV, FEED_OHMS, SHUNT_UOHM = 3_300_000, 4_700, 10_000

WATCHDOG_CHIP_MS = 16_000
"""An RP2350's counts 16,777 ms at most: an event loop that stands is found sooner here than elsewhere."""

FLASH_UNIT = 256
"""The chip is programmed by whole pages only."""

WIFI_WAIT_MS = 15_000

_RADIO_HZ = const(8_000_000)
_RX_BYTES = const(4096)
_LOOK_MS = const(250)
_NAP_MS = const(60_000)
_SCRATCH = const(0x400D_800C)  # WATCHDOG_SCRATCH0: holds its value over every reset but the loss of power.
_NOTED = const(0x4845_0000)
_RADIO_PINS = ["cs", "reset", "irq", "busy"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from hemlarm_boot.loader import Started


class Pico2W(RealBoard):
    """See `hemlarm_firmware/board.py` for the promises. The Wi-Fi's name and key are `wifi` of the credentials."""

    def __init__(self, slots: "Started | None" = None) -> None:
        super().__init__(slots)
        self._mains = Pin(PINS["mains"], Pin.IN, Pin.PULL_DOWN)
        self._cause = _cause(_take_note(), machine.reset_cause())
        self._chip = rp2.Flash()
        self._wlan = network.WLAN(network.WLAN.IF_STA)
        bus = machine.I2C(0, sda=Pin(PINS["sda"]), scl=Pin(PINS["scl"]), freq=BUS_HZ)
        cable = machine.I2C(1, sda=Pin(PINS["keypad-sda"]), scl=Pin(PINS["keypad-scl"]), freq=BUS_HZ)
        self._keypad = Mcp23017(cable, KEYPAD, inputs=COLUMN_PINS, pulled=COLUMN_PINS)
        relays = Mcp23017(bus, RELAYS)
        self._outputs = Outputs(relays, self._keypad, Hd44780(cable, DISPLAY), lambda on: self._wlan.active(on))
        converters = [Ads1115(bus, address) for address in CONVERTERS]
        self._lines = ZoneLines(converters, CHANNELS, SUPPLY_UV, FEED_OHMS)
        self._kept_clock = Ds3231(bus)
        self._supply = Supply(lambda: bool(self._mains.value()), Ina226(bus, METER, SHUNT_UOHM), self._kept_clock)
        if self._cause[0] == PARKED:
            self._rest()
        parts = fitted([])
        if MODEM in parts:
            self._fit_modem()
        if RADIO in parts:
            self._fit_radio()
        self._started()

    def flash(self, name: str) -> BlockFlash:
        """See `Board`."""
        return reserved_blocks.partition(self._chip, name, FLASH_UNIT)

    def _fit_modem(self) -> None:
        from hemlarm_firmware.hal.tls_stream import readable, writable
        from hemlarm_firmware.hal.uart_modem import BAUD, UartModem

        tx, rx = Pin(PINS["modem-tx"]), Pin(PINS["modem-rx"])
        uart = machine.UART(0, baudrate=BAUD, tx=tx, rx=rx, rxbuf=_RX_BYTES, timeout=0)
        key = Pin(PINS["modem-key"], Pin.OUT, value=0)
        self._modem = UartModem(
            uart, key, self._outputs.modem, lambda port, to_write: writable(port) if to_write else readable(port)
        )

    def _fit_radio(self) -> None:
        from hemlarm_firmware.hal.radio_pins import radio_on

        spi = machine.SPI(
            0,
            baudrate=_RADIO_HZ,
            sck=Pin(PINS["radio-sclk"]),
            mosi=Pin(PINS["radio-mosi"]),
            miso=Pin(PINS["radio-miso"]),
        )
        self._air, self._air_flag = radio_on(spi, [PINS["radio-" + name] for name in _RADIO_PINS], None)

    def _note(self, cause: int, task: int) -> None:
        machine.mem32[_SCRATCH] = _NOTED | cause << 8 | task

    def _feeder(self) -> "Any":
        return machine.WDT(timeout=WATCHDOG_CHIP_MS).feed

    def _restart(self) -> "NoReturn":
        machine.reset()

    def _sleep(self) -> "NoReturn":
        # Once started the watchdog runs on while the chip sleeps, so the rest is taken behind a reset.
        machine.reset()

    def _rest(self) -> None:
        """Sleep until there are mains: the panel was parked, and its watchdog does not run yet."""
        self._note(PARKED, 0)  # So that a reset meanwhile changes nothing.
        self._outputs.refresh()
        self._outputs.all_off()
        while not self._mains.value():
            machine.lightsleep(_NAP_MS)
        _take_note()

    def _set_machine_clock(self, moment: "tuple[int, int, int, int, int, int, int, int]") -> None:
        machine.RTC().datetime(moment)

    async def _network(self) -> None:
        wlan = self._wlan
        if wlan.isconnected():
            return
        name, key = self._known().get("wifi", ("", ""))
        if not name:
            raise OSError(EHOSTUNREACH)
        wlan.active(True)
        wlan.connect(name, key)
        pause = Pause()
        for _ in range(WIFI_WAIT_MS // _LOOK_MS):
            await pause.wait(_LOOK_MS)
            if wlan.isconnected():
                return
        raise OSError(EHOSTUNREACH)


def _take_note() -> int:
    """Return what was noted before the reset, and forget it."""
    noted: int = machine.mem32[_SCRATCH]
    machine.mem32[_SCRATCH] = 0
    return noted


def _cause(noted: int, machine_cause: int) -> "tuple[int, int]":
    """Say why the panel starts. Without a note a reset by the watchdog was one by its chip."""
    if noted & ~0xFFFF == _NOTED:
        return noted >> 8 & 0xFF, noted & 0xFF
    if machine_cause == machine.WDT_RESET:
        return WATCHDOG, 0
    return (POWER if machine_cause == machine.PWRON_RESET else ASKED), 0
