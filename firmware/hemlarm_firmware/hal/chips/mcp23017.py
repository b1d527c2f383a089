"""MCP23017, 16 more pins on I2C, by Microchip's data sheet DS20001952: port A is bits 0 to 7 here, port B 8 to 15.

Pins 7 and 15 must be outputs: the data sheet withdraws them as inputs. What a pin shall be is kept here too, so that a
chip that was disturbed, or had no power for a moment, is put right by `refresh`.
"""

from hemlarm_protocol.constant import const

# Registers as they lie after power is applied, the two ports side by side (IOCON.BANK is 0).
_IODIR = const(0x00)
_GPPU = const(0x0C)
_GPIO = const(0x12)
_OLAT = const(0x14)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from machine import I2C


class Mcp23017:
    """One expander at an address of 0x20 to 0x27; the pins of `inputs` are read, with `pulled` up, all others driven.

    Outputs begin low. Setting one raises nothing: where the chip does not answer, the next `refresh` is another try.
    """

    def __init__(self, bus: "I2C", address: int, inputs: int = 0, pulled: int = 0) -> None:
        self.inputs = inputs
        self._bus = bus
        self._address = address
        self._pulled = pulled
        self._out = 0
        self._two = bytearray(2)

    def refresh(self) -> bool:
        """Write all that the chip should hold, outputs before directions; return whether it answers."""
        try:
            self._write(_OLAT, self._out)
            self._write(_GPPU, self._pulled)
            self._write(_IODIR, self.inputs)
        except OSError:
            return False
        return True

    def set(self, bit: int, on: bool) -> None:
        """Drive the output `bit` high or low."""
        out = self._out | 1 << bit if on else self._out & ~(1 << bit)
        if out != self._out:
            self._out = out
            try:
                self._write(_OLAT, out)
            except OSError:
                pass

    def direct(self, inputs: int) -> None:
        """Make just these pins inputs from now on. Raises OSError."""
        self.inputs = inputs
        self._write(_IODIR, inputs)

    def read(self) -> int:
        """Return all 16 pins as they are. Raises OSError."""
        two = self._two
        self._bus.readfrom_mem_into(self._address, _GPIO, two)
        return two[0] | two[1] << 8

    def _write(self, register: int, value: int) -> None:
        two = self._two
        two[0], two[1] = value & 0xFF, value >> 8
        self._bus.writeto_mem(self._address, register, two)
