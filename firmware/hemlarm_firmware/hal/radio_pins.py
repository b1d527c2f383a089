"""The sensors' radio on a board's pins: the chip, its reset, and a flag that its interrupt sets."""

import asyncio
import time

from machine import Pin

from hemlarm_firmware.hal.chips.sx1262 import RESET_MS, Sx1262
from hemlarm_firmware.hal.sensor_air import SensorAir

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from machine import SPI


def radio_on(spi: "SPI", pins: "list[int]", tcxo: "int | None") -> "tuple[SensorAir, Any]":
    """Return the radio, and the flag to wait for; `pins` are select, reset, interrupt and busy."""
    select, reset = [Pin(pin, Pin.OUT, value=1) for pin in pins[:2]]
    interrupt, busy = [Pin(pin, Pin.IN) for pin in pins[2:]]
    flag: Any = asyncio.ThreadSafeFlag()  # type: ignore[attr-defined,unused-ignore]  # MicroPython's.
    interrupt.irq(handler=lambda _: flag.set(), trigger=Pin.IRQ_RISING)

    def restart() -> None:
        for level, wait_ms in enumerate(RESET_MS):
            reset.value(level)
            time.sleep_ms(wait_ms)  # type: ignore[attr-defined,unused-ignore]  # MicroPython's.

    return SensorAir(Sx1262(spi, select, busy, tcxo), restart), flag
