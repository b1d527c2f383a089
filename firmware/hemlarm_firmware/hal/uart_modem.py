"""The mobile modem on a serial port of the board, with its power key on a pin and its supply on a relay."""

import asyncio
from errno import ENOBUFS

from hemlarm_firmware.board import Modem
from hemlarm_protocol.constant import const

BAUD = 115_200
"""What modems of SIMCom and Quectel find out by themselves, and what they begin with."""

WAITING_MAX = 2_048

_READ_MAX = const(256)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from machine import UART, Pin


class UartModem(Modem):
    """`ready(uart, to_write)` waits until the port can be read or written; `supply` switches the modem's power."""

    def __init__(
        self,
        uart: "UART",
        key: "Pin",
        supply: "Callable[[bool], None]",
        ready: "Callable[[UART, bool], Awaitable[object]]",
    ) -> None:
        self._uart = uart
        self._key = key
        self._supply = supply
        self._ready = ready
        self._waiting = bytearray()
        self._writer: asyncio.Task[None] | None = None

    def write(self, data: bytes) -> None:
        """Send `data`, without waiting. Raises OSError where more than WAITING_MAX bytes would wait."""
        if len(self._waiting) + len(data) > WAITING_MAX:
            raise OSError(ENOBUFS)
        self._waiting.extend(data)
        self._push()
        if self._waiting and (self._writer is None or self._writer.done()):
            self._writer = asyncio.create_task(self._drain())

    async def read(self) -> bytes:
        """Return 1 to 256 bytes as soon as there are any."""
        while True:
            data = self._uart.read(_READ_MAX)
            if data:
                return data
            await self._ready(self._uart, False)

    def power_key(self, pressed: bool) -> None:
        """Press the modem's power key, or let it go: a transistor at the pin pulls the key low."""
        self._key.value(int(pressed))

    def supply(self, on: bool) -> None:
        """Give the modem its power, or cut it; what waited to be sent to it is void then."""
        if not on:
            self._waiting = bytearray()
        self._supply(on)

    def _push(self) -> None:
        """Hand the port what it takes."""
        taken = self._uart.write(self._waiting) or 0
        self._waiting = self._waiting[taken:]

    async def _drain(self) -> None:
        while self._waiting:
            await self._ready(self._uart, True)
            self._push()
