"""What the panel knows of its battery: how full it is, for how long it lasts, and what its measurements say of it.

A lead-acid battery shows its charge by its voltage, once the drop over its own resistance is added. The voltage of
LiFePO4 hardly moves until it is almost empty, so its charge is counted, and the voltage is believed only at the end.
"""

from hemlarm_protocol.constant import const

TYPE_CHECKING = False
if TYPE_CHECKING:
    Chemistry = tuple[list[int], list[int], list[int], list[int]]

MISSING_MV = 8000
"""Less than this is no 12 V battery; no panel runs from it either, so on battery it is a wrong measurement."""

IDLE_MA = 20
"""Less than this is no current to speak of."""

RECOVERED_MV = 500
"""So far above the cut-off, a battery without mains has been changed or has rested for long."""

HOURS_UNKNOWN = 255

_HOURS_LOW = const(3)
_NORMAL_TENTHS = const(200)
_TENTHS_MIN = const(-400)
_TENTHS_MAX = const(850)
_OVERCHARGED_MV = const(15_000)
_CHARGED_PART = const(50)  # Charged: it takes less than this part of its capacity an hour.
_ANSWER_MA = const(300)  # A battery that is there gives at least so much to the test load of about 1 A.
_WORN_TIMES = const(10)  # Resistance of a worn battery by that of a new one; the charge that charging has left on the
_WORN_MOHM_MIN = const(135)  # plates looks like some, too. Less than this the measurement's steps cannot tell.
_AVERAGE_S = const(600)
_LEFT_BY_AGE = const(80)  # Per cent of its capacity, as for a battery that is due: better too few hours than too many.

# A chemistry's limits, in mV where nothing else is said.
_COUNTED_MV = const(0)  # From this voltage at rest on the charge is counted; below, the voltage shows it.
_MOHM_AH = const(1)  # Resistance of a new one, times its capacity.
_LOW_MV = const(2)
_CUT_MV = const(3)
_TEST_MV = const(4)  # Under the test load, at least,
_CHARGER_MV = const(5)  # while the charger works,
_CHARGED_MV = const(6)  # and charged. These two at 20 degrees C,
_MV_PER_C = const(7)  # less so much for each degree above.
_KEPT_PERCENT = const(8)  # Of what is charged, so much can be taken out again.


def _chemistry(kind: str) -> "Chemistry":
    """Limits and tables; the latter with x and y in turn, straight lines between them, and level beyond the ends.

    Tables: mV at rest to per mille of the charge; mA by Ah of capacity, and tenths of a degree C, to per mille of the
    capacity.

    Lead-acid: 27 mOhm and capacities of 5.0, 4.75, 4.25 and 3.0 Ah in 20, 10, 5 and 1 h are those of sealed batteries
    of 7 and 5 Ah; they float at 13.4 to 13.8 V, less 20 mV a degree; low is 11.8 V, empty 10.5 V. Charge by voltage in
    a slow discharge, and capacity by temperature, are as makers give them.

    LiFePO4, four cells: 3.35, 3.30, 3.20 and 3.10 V are 88, 78, 50 and 28 %; no cell is discharged below 2.8 V. It is
    low where the voltage begins to fall steeply. Resistance, with the protection, and cold are common data.
    """
    if kind == "lifepo4":
        return (
            [12_400, 350, 12_000, 11_200, 12_800, 13_000, 13_300, 0, 100],
            [11_200, 0, 12_000, 150, 12_400, 280],
            [0, 1000],
            [-200, 600, 0, 850, 200, 1000],
        )
    return (
        [20_000, 189, 11_800, 10_500, 12_300, 13_200, 13_200, 20, 90],
        [10_500, 0, 11_000, 20, 11_300, 50, 11_600, 110, 11_950, 270, 12_200, 500, 12_500, 750, 12_800, 1000],
        [50, 1000, 95, 950, 170, 850, 600, 600],
        [-150, 650, 0, 850, 200, 1000, 400, 1020],
    )


class Battery:
    """The battery of one panel, full until more is known: `kind` and `mah` as configured; "none" is as good as any.

    Currents are in mA into it: out of it they are negative. `drains` says that it feeds something.
    """

    def __init__(self, kind: str, mah: int) -> None:
        self._limits, self._by_voltage, self._by_rate, self._by_cold = _chemistry(kind)
        self._mah = mah
        self._percent = mah * 36  # One of a hundred, in mA times s.
        self._charge = 100 * self._percent
        self._at_ms: int | None = None
        self._average_ma = 0  # What it gave lately.
        self._tenths = _NORMAL_TENTHS
        self._rest_mv = 0
        self.drains = False
        self.millivolts = 0
        self.milliamps = 0

    def adopt(self, other: "Battery") -> None:
        """Only the configuration has changed, to the other's."""
        percent = self.percent()
        for name in ["_limits", "_by_voltage", "_by_rate", "_by_cold", "_mah", "_percent"]:
            setattr(self, name, getattr(other, name))
        self.set_percent(percent)

    def take(self, mv: int, ma: int, tenths: "int | None", drains: bool, now_ms: int) -> None:
        """It was measured. A temperature that cannot be is taken for the usual one."""
        self.count(now_ms)
        if drains and not self.drains:
            self._average_ma = max(-ma, 0)
        self.drains = drains
        self.millivolts, self.milliamps = mv, ma
        self._tenths = _NORMAL_TENTHS
        if isinstance(tenths, int) and _TENTHS_MIN <= tenths <= _TENTHS_MAX:
            self._tenths = tenths
        self._rest_mv = mv - ma * self._limits[_MOHM_AH] // self._mah
        if drains and mv >= MISSING_MV and self._rest_mv < self._limits[_COUNTED_MV]:
            self._charge = _along(self._by_voltage, self._rest_mv) * self._percent // 10

    def count(self, now_ms: int) -> None:
        """Charge flowed until now as it was last measured."""
        if self._at_ms is None:
            self._at_ms = now_ms
        seconds = (now_ms - self._at_ms) // 1000
        if seconds > 0:
            self._at_ms += 1000 * seconds
            ma = self.milliamps
            if self.drains:
                self._average_ma = (self._average_ma * _AVERAGE_S + max(-ma, 0) * seconds) // (_AVERAGE_S + seconds)
            if ma > 0:
                ma = ma * self._limits[_KEPT_PERCENT] // 100
            self._charge = min(max(self._charge + ma * seconds, 0), 100 * self._percent)

    def percent(self) -> int:
        """Its charge, from 0 to 100."""
        return self._charge // self._percent

    def set_percent(self, percent: int) -> None:
        """Its charge is known from elsewhere."""
        self._charge = percent * self._percent

    def hours_left(self) -> int:
        """How long it feeds what it has fed lately, at this temperature; HOURS_UNKNOWN: for longer, or who knows."""
        average = self._average_ma
        if average <= 0:
            return HOURS_UNKNOWN
        mah = self._charge * _LEFT_BY_AGE // 360_000
        mah = mah * _along(self._by_rate, average * 1000 // self._mah) // 1000
        mah = mah * _along(self._by_cold, self._tenths) // 1000
        return min(mah // average, HOURS_UNKNOWN)

    def is_low(self) -> bool:
        """Whether somebody should do something soon. For a battery that gives."""
        return self._rest_mv < self._limits[_LOW_MV] or self.hours_left() <= _HOURS_LOW

    def spare_mv(self) -> int:
        """How far it is above the voltage below which giving more would harm it."""
        return self.millivolts - self._limits[_CUT_MV]

    def is_charged(self) -> bool:
        """Whether the charger holds it at its voltage and it takes next to nothing. With mains."""
        return self._at_20_c() >= self._limits[_CHARGED_MV] and abs(self.milliamps) * _CHARGED_PART < self._mah

    def is_charged_wrongly(self) -> bool:
        """Whether the charger gives nothing though it should, or boils the battery. With mains."""
        gives_nothing = self.milliamps < IDLE_MA and self._at_20_c() < self._limits[_CHARGER_MV]
        return gives_nothing or self.millivolts > _OVERCHARGED_MV

    def answers(self) -> bool:
        """Whether anything is there that feeds the test load."""
        return self.millivolts >= MISSING_MV and self.milliamps <= -_ANSWER_MA

    def is_worn(self, unloaded_mv: int, unloaded_ma: int) -> bool:
        """Whether the test load draws its voltage down too far, from what it was without."""
        limit_mohm = max(_WORN_TIMES * self._limits[_MOHM_AH] * 1000 // self._mah, _WORN_MOHM_MIN)
        sag_uv = (unloaded_mv - self.millivolts) * 1000
        return self.millivolts < self._limits[_TEST_MV] or sag_uv > (unloaded_ma - self.milliamps) * limit_mohm

    def _at_20_c(self) -> int:
        """The voltage that a charger would have at the usual temperature."""
        return self.millivolts + self._limits[_MV_PER_C] * (self._tenths - _NORMAL_TENTHS) // 10


def _along(table: "list[int]", x: int) -> int:
    """The table's value at x."""
    if x <= table[0]:
        return table[1]
    for i in range(2, len(table), 2):
        if x <= table[i]:
            return table[i - 1] + (table[i + 1] - table[i - 1]) * (x - table[i - 2]) // (table[i] - table[i - 2])
    return table[-1]
