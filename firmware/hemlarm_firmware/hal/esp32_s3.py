"""The reference board: LILYGO T-ETH-Elite, an ESP32-S3 with a W5500 for Ethernet, and its shields for LTE and LoRa.

The pins of the board and its shields are the maker's, the others free ones of its header: docs/boards.md has the
tables, and says what was never tried on hardware.
"""

import asyncio
from errno import EHOSTUNREACH, ENODEV

import esp32
import machine
import network
from machine import Pin

from hemlarm_firmware.board import ASKED, POWER, WATCHDOG, WATCHDOG_MS
from hemlarm_firmware.hal.block_flash import BlockFlash
from hemlarm_firmware.hal.chips.ads1115 import CHANNELS, Ads1115
from hemlarm_firmware.hal.chips.ds3231 import Ds3231
from hemlarm_firmware.hal.chips.hd44780 import Hd44780
from hemlarm_firmware.hal.chips.ina226 import Ina226
from hemlarm_firmware.hal.chips.mcp23017 import Mcp23017
from hemlarm_firmware.hal.entropy import Entropy
from hemlarm_firmware.hal.keys import COLUMN_PINS
from hemlarm_firmware.hal.outputs import Outputs
from hemlarm_firmware.hal.real_board import RealBoard, fitted
from hemlarm_firmware.hal.supply import Supply
from hemlarm_firmware.hal.zone_lines import ZoneLines
from hemlarm_protocol.constant import const

MODEM, RADIO = "modem", "radio"
"""Optional parts; both are usual here."""

PINS = {
    "ethernet-miso": 47,
    "ethernet-mosi": 21,
    "ethernet-sclk": 48,
    "ethernet-cs": 45,
    "ethernet-int": 14,
    "sda": 17,
    "scl": 18,
    "keypad-sda": 41,
    "keypad-scl": 42,
    "mains": 15,
    "modem-tx": 6,
    "modem-rx": 4,
    "modem-key": 3,
    "radio-miso": 9,
    "radio-mosi": 11,
    "radio-sclk": 10,
    "radio-cs": 40,
    "radio-reset": 46,
    "radio-irq": 8,
    "radio-busy": 16,
}

CONVERTERS, RELAYS, METER = (0x48, 0x49), 0x21, 0x40
KEYPAD, DISPLAY = 0x20, 0x27
"""Addresses on the board's own bus, and on the keypad's."""

BUS_HZ = 100_000
"""The display's expander takes no more, and a longer cable is grateful."""

SUPPLY_UV, FEED_OHMS, SHUNT_UOHM = 3_300_000, 4_700, 10_000

_TCXO_1_8_V = const(2)
_ETHERNET_HZ = const(20_000_000)
_RADIO_HZ = const(8_000_000)
_PHY = const(1)
_RX_BYTES = const(4096)  # A burst of the modem's while the flash is erased.

_NOTES, _WHY = "hemlarm", "why"
_NOTED = const(0x4845_0000)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from hemlarm_boot.loader import Started


class Esp32S3(RealBoard):
    """See `hemlarm_firmware/board.py` for the promises."""

    def __init__(self, slots: "Started | None" = None) -> None:
        super().__init__(slots)
        self._cause = _cause(_take_note(), machine.reset_cause())
        self._mains = Pin(PINS["mains"], Pin.IN, Pin.PULL_DOWN)
        self._entropy = _entropy()
        self._lan = _ethernet()
        bus = machine.I2C(0, sda=Pin(PINS["sda"]), scl=Pin(PINS["scl"]), freq=BUS_HZ)
        cable = machine.I2C(1, sda=Pin(PINS["keypad-sda"]), scl=Pin(PINS["keypad-scl"]), freq=BUS_HZ)
        self._keypad = Mcp23017(cable, KEYPAD, inputs=COLUMN_PINS, pulled=COLUMN_PINS)
        self._outputs = Outputs(
            Mcp23017(bus, RELAYS), self._keypad, Hd44780(cable, DISPLAY), lambda on: self._lan.active(on)
        )
        converters = [Ads1115(bus, address) for address in CONVERTERS]
        self._lines = ZoneLines(converters, CHANNELS, SUPPLY_UV, FEED_OHMS)
        self._kept_clock = Ds3231(bus)
        self._supply = Supply(lambda: bool(self._mains.value()), Ina226(bus, METER, SHUNT_UOHM), self._kept_clock)
        parts = fitted([MODEM, RADIO])
        if MODEM in parts:
            self._fit_modem()
        if RADIO in parts:
            self._fit_radio()
        self._started()

    def random(self, n: int) -> bytes:
        """See `Board`."""
        return self._entropy.draw(n)

    def flash(self, name: str) -> BlockFlash:
        """See `Board`."""
        found = esp32.Partition.find(esp32.Partition.TYPE_DATA, label=name)
        if not found:
            raise OSError(ENODEV, f"no partition {name}: flash the board with hemlarm install flash")
        return BlockFlash(found[0], 1)

    def _fit_modem(self) -> None:
        from hemlarm_firmware.hal.tls_stream import readable, writable
        from hemlarm_firmware.hal.uart_modem import BAUD, UartModem

        tx, rx = Pin(PINS["modem-tx"]), Pin(PINS["modem-rx"])
        uart = machine.UART(1, baudrate=BAUD, tx=tx, rx=rx, rxbuf=_RX_BYTES, timeout=0)
        key = Pin(PINS["modem-key"], Pin.OUT, value=0)
        self._modem = UartModem(
            uart, key, self._outputs.modem, lambda port, to_write: writable(port) if to_write else readable(port)
        )

    def _fit_radio(self) -> None:
        from hemlarm_firmware.hal.radio_pins import radio_on

        spi = machine.SPI(
            1,
            baudrate=_RADIO_HZ,
            sck=Pin(PINS["radio-sclk"]),
            mosi=Pin(PINS["radio-mosi"]),
            miso=Pin(PINS["radio-miso"]),
        )
        self._air, self._air_flag = radio_on(spi, [PINS["radio-" + name] for name in _RADIO_PINS], _TCXO_1_8_V)

    def _note(self, cause: int, task: int) -> None:
        notes = esp32.NVS(_NOTES)
        notes.set_i32(_WHY, _NOTED | cause << 8 | task)
        notes.commit()

    def _feeder(self) -> "Any":
        return machine.WDT(timeout=WATCHDOG_MS).feed

    def _restart(self) -> "NoReturn":
        machine.reset()

    def _sleep(self) -> "NoReturn":
        esp32.wake_on_ext0(self._mains, esp32.WAKEUP_ANY_HIGH)
        machine.deepsleep()

    def _set_machine_clock(self, moment: "tuple[int, int, int, int, int, int, int, int]") -> None:
        machine.RTC().datetime(moment)

    async def _network(self) -> None:
        if not self._lan.isconnected():
            raise OSError(EHOSTUNREACH)
        await asyncio.sleep(0)


_RADIO_PINS = ["cs", "reset", "irq", "busy"]


def _ethernet() -> "Any":
    """The W5500, switched on; the link comes by itself. Its interrupt must be wired: MicroPython does not poll it."""
    spi = machine.SPI(
        2,
        baudrate=_ETHERNET_HZ,
        sck=Pin(PINS["ethernet-sclk"]),
        mosi=Pin(PINS["ethernet-mosi"]),
        miso=Pin(PINS["ethernet-miso"]),
    )
    kind: Any = network.LAN  # Its stub knows no chips on SPI.
    lan = kind(
        spi=spi,
        phy_type=network.PHY_W5500,
        phy_addr=_PHY,
        cs=Pin(PINS["ethernet-cs"]),
        int=Pin(PINS["ethernet-int"]),
    )
    lan.active(True)
    return lan


def _entropy() -> Entropy:
    """Seeded while the radio is on, without which the chip's numbers are not random enough for keys."""
    import os

    wlan = network.WLAN(network.WLAN.IF_STA)
    wlan.active(True)
    try:
        return Entropy(os.urandom)
    finally:
        wlan.active(False)


def _take_note() -> int:
    """Return what was noted before the reset, and forget it; 0 for nothing."""
    notes = esp32.NVS(_NOTES)
    try:
        noted = notes.get_i32(_WHY)
        notes.erase_key(_WHY)
        notes.commit()
    except OSError:
        return 0
    return noted


def _cause(noted: int, machine_cause: int) -> "tuple[int, int]":
    """Say why the panel starts. The machine tells a brown-out as power; a reset without a note is somebody's cable."""
    if noted & ~0xFFFF == _NOTED:
        return noted >> 8 & 0xFF, noted & 0xFF
    if machine_cause == machine.WDT_RESET:
        return WATCHDOG, 0
    return (POWER if machine_cause == machine.PWRON_RESET else ASKED), 0
