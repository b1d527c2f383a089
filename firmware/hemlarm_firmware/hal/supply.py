"""The panel's supply: mains, the battery's voltage and current, and how warm it is beside it.

It is told when it has moved noticeably, as in the simulated world. A meter that does not answer is told as a battery
that is not there, which the panel takes for a trouble; a thermometer that does not, as 20 degrees.
"""

from hemlarm_firmware.panel import inputs
from hemlarm_protocol.constant import const

STEP_MV = 50
STEP_MA = 20
STEP_TENTHS = 10
"""A move is noticed from here on; of a current also a tenth of it."""

_STEP_MA_SHARE = const(10)
_USUAL_TENTHS = const(200)
_SILENT_LOOKS = const(3)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from hemlarm_firmware.hal.chips.ds3231 import Ds3231
    from hemlarm_firmware.hal.chips.ina226 import Ina226


class Supply:
    """`mains()` says whether there are mains; the meter's current is positive into the battery."""

    def __init__(self, mains: "Callable[[], bool]", meter: "Ina226", thermometer: "Ds3231") -> None:
        self._mains = mains
        self._meter = meter
        self._thermometer = thermometer
        self._silent = 0
        self._told: tuple[bool, int, int, int] | None = None

    def look(self) -> "tuple[object, ...] | None":
        """Measure, and return the input of the panel where there is news."""
        try:
            self._meter.start()
            mv, ma = self._meter.millivolts(), self._meter.milliamperes()
            self._silent = 0
        except OSError:
            self._silent += 1
            if self._silent < _SILENT_LOOKS:
                return None
            mv = ma = 0
        try:
            tenths = self._thermometer.tenths_c()
        except OSError:
            tenths = _USUAL_TENTHS
        found = (self._mains(), mv, ma, tenths)
        if not self._is_news(found):
            return None
        self._told = found
        return (inputs.POWER,) + found

    def _is_news(self, found: "tuple[bool, int, int, int]") -> bool:
        told = self._told
        if told is None or told[0] != found[0]:
            return True
        return (
            abs(found[1] - told[1]) >= STEP_MV
            or abs(found[2] - told[2]) >= max(STEP_MA, abs(told[2]) // _STEP_MA_SHARE)
            or abs(found[3] - told[3]) >= STEP_TENTHS
        )
