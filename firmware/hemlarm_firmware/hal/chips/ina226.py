"""INA226, voltage and current of the battery on I2C, by Texas Instruments' data sheet SBOS547.

It measures by itself, without end: 16 readings of 1.1 ms each averaged, so that a siren's beat does not flicker.
"""

from hemlarm_protocol.constant import const

_CONFIG, _SHUNT, _BUS = 0x00, 0x01, 0x02
_CONTINUOUS = const(0x4527)  # Bit 14 is to be 1; 16 averages, 1.1 ms, 1.1 ms, shunt and bus for ever.
_BUS_UV = const(1250)
_SHUNT_NV = const(2500)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from machine import I2C


class Ina226:
    """One meter at an address of 0x40 to 0x4F, over a shunt of so many microohms."""

    def __init__(self, bus: "I2C", address: int, shunt_uohm: int) -> None:
        self._bus = bus
        self._address = address
        self._shunt_uohm = shunt_uohm
        self._two = bytearray(2)

    def start(self) -> None:
        """Have it measure; a second time does no harm. Raises OSError."""
        two = self._two
        two[0], two[1] = _CONTINUOUS >> 8, _CONTINUOUS & 0xFF
        self._bus.writeto_mem(self._address, _CONFIG, two)

    def millivolts(self) -> int:
        """Return the voltage behind the shunt. Raises OSError."""
        return self._read(_BUS) * _BUS_UV // 1000

    def milliamperes(self) -> int:
        """Return the current through the shunt, from IN+ to IN-. Raises OSError."""
        steps = self._read(_SHUNT)
        nanovolts = (steps - 0x10000 if steps & 0x8000 else steps) * _SHUNT_NV
        return (nanovolts + self._shunt_uohm // 2) // self._shunt_uohm  # nV over uohm are mA.

    def _read(self, register: int) -> int:
        two = self._two
        self._bus.readfrom_mem_into(self._address, register, two)
        return two[0] << 8 | two[1]
