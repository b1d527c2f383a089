"""ADS1115, a converter with four inputs of 16 bits on I2C, by Texas Instruments' data sheet SBAS444.

It measures one input at a time, when it is told to, against its own reference: +-4.096 V, 125 uV a step.
"""

from hemlarm_protocol.constant import const

CHANNELS = 4
CONVERSION_MS = 2
"""After `start`: 860 conversions a second, 10 % slower at worst."""

_CONVERSION, _CONFIG = 0x00, 0x01
_STEP_UV = const(125)

# Start now (OS), inputs against ground (MUX), 4.096 V (PGA), one conversion (MODE), 860 a second (DR), no comparator.
_START = const(0xC3E3)
_MUX_SHIFT = const(12)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from machine import I2C


class Ads1115:
    """One converter at an address of 0x48 to 0x4B."""

    def __init__(self, bus: "I2C", address: int) -> None:
        self._bus = bus
        self._address = address
        self._two = bytearray(2)

    def start(self, channel: int) -> None:
        """Begin to measure one of CHANNELS inputs. Raises OSError."""
        two = self._two
        config = _START | channel << _MUX_SHIFT
        two[0], two[1] = config >> 8, config & 0xFF
        self._bus.writeto_mem(self._address, _CONFIG, two)

    def microvolts(self) -> int:
        """Return what was measured, CONVERSION_MS after its start; below ground it is negative. Raises OSError."""
        two = self._two
        self._bus.readfrom_mem_into(self._address, _CONVERSION, two)
        steps = two[0] << 8 | two[1]
        return (steps - 0x10000 if steps & 0x8000 else steps) * _STEP_UV
