"""A battery: what it holds, what its terminals show, and how both change under a current.

Charge lies in two wells, as in the kinetic battery model: what is at the plates, and what has to move there first. So a
large current empties the plates while much is left behind them, and when the load goes the voltage recovers. For a
constant current this has a closed form, which is exact for a second and for a week.
"""

import math
from bisect import bisect_left
from dataclasses import dataclass

ROOM_C = 20.0
"""The temperature at which a battery has what is printed on it."""

_MONTH_H = 30 * 24
_RESISTANCE_PER_C = 0.01
_RESISTANCE_FACTOR_MIN = 0.7
_EMPTIEST = -0.1
"""The head at which nothing is left for any voltage at all."""

Curve = tuple[tuple[float, float], ...]
"""Points (x, y) with growing x, straight lines between them and level beyond their ends."""


@dataclass(frozen=True)
class Chemistry:
    """What all batteries of a kind share. Charge is told in parts of the full one.

    `rest_mv` is the voltage at rest by the head: the part of the full charge at the plates, relative to their share.
    `available` is that share, `exchange_per_h` how fast the two wells level out, `beyond` the full charge by the rated
    one, which 20 h take out. `resistance_mohm_ah` is the inner resistance times the rated capacity. `surface` is the
    part of the charge that has to be drawn before the voltage of charging has gone, which rest alone takes
    `surface_h` for. A charger holds it at `float_mv`, less `float_mv_per_c` for each degree above ROOM_C, and its
    current tapers off with `taper_h`.
    """

    name: str
    rest_mv: Curve
    available: float
    exchange_per_h: float
    beyond: float
    resistance_mohm_ah: float
    lost_per_month: float
    capacity_by_c: Curve
    surface: float
    surface_h: float
    float_mv: float
    float_mv_per_c: float
    taper_h: float


# The capacities of a 5 Ah battery, 5.0, 4.75, 4.25 and 3.0 Ah in 20, 10, 5 and 1 h, fit these wells to half a per cent;
# resistance, float voltage and its coefficient are common data of sealed batteries of 7 Ah; by temperature a data
# sheet of a sealed battery has 74, 90, 100 and 103 % at -10, 10, 25 and 30 C. The curve is that of resting batteries
# down to a quarter, below it the knee of a slow discharge, which by definition ends at 10.5 V.
LEAD_ACID = Chemistry(
    name="lead-acid",
    rest_mv=(
        (_EMPTIEST, 0),
        (0.0, 10_500),
        (0.02, 11_000),
        (0.05, 11_350),
        (0.1, 11_620),
        (0.25, 11_950),
        (0.5, 12_250),
        (0.75, 12_550),
        (1.0, 12_850),
    ),
    available=0.455,
    exchange_per_h=0.95,
    beyond=1.066,
    resistance_mohm_ah=27 * 7,
    lost_per_month=0.03,
    capacity_by_c=((-30, 0.5), (-10, 0.76), (10, 0.93), (20, 1.0), (30, 1.05), (45, 1.06)),
    surface=0.003,
    surface_h=4.0,
    float_mv=13_650,
    float_mv_per_c=20,
    taper_h=3.0,
)

# Four cells: 3.35, 3.30, 3.20 and 3.10 V at 88, 78, 50 and 28 %. Nearly all of its charge comes out at any current
# that a panel knows. The ends of the curve, resistance with its protection, and cold are of common data.
LIFEPO4 = Chemistry(
    name="lifepo4",
    rest_mv=(
        (_EMPTIEST, 0),
        (0.0, 10_000),
        (0.05, 11_200),
        (0.1, 11_900),
        (0.28, 12_400),
        (0.5, 12_800),
        (0.78, 13_200),
        (0.88, 13_400),
        (1.0, 13_600),
    ),
    available=0.96,
    exchange_per_h=6.0,
    beyond=1.0,
    resistance_mohm_ah=50 * 7,
    lost_per_month=0.03,
    capacity_by_c=((-20, 0.6), (0, 0.88), (20, 1.0), (45, 1.02)),
    surface=0.002,
    surface_h=0.5,
    float_mv=13_800,
    float_mv_per_c=0,
    taper_h=1.0,
)

CHEMISTRIES = {chemistry.name: chemistry for chemistry in (LEAD_ACID, LIFEPO4)}


@dataclass(frozen=True)
class Charge:
    """What a battery holds: `total` of its full charge, below 0 where it was discharged more than it should be; by how
    much its depths are ahead of its plates; and `surface_mv`, what charging has left on its voltage.
    """

    total: float = 1.0
    lag: float = 0.0
    surface_mv: float = 0.0


FULL = Charge()


class Battery:
    """A 12 V battery of so many mAh as printed on it. `health` is the part of its capacity that age has left.

    Currents are in mA into the battery: those out of it are negative.
    """

    def __init__(self, chemistry: Chemistry, mah: int, health: float = 1.0, temperature_c: float = ROOM_C) -> None:
        self.chemistry = chemistry
        self.mah = mah
        self.health = health
        self.temperature_c = temperature_c
        self.charge = FULL

    @property
    def full_mah(self) -> float:
        """What it can hold now, at its age and temperature."""
        kind = self.chemistry
        return self.mah * kind.beyond * self.health * along(kind.capacity_by_c, self.temperature_c)

    @property
    def resistance_ohm(self) -> float:
        """Its inner resistance: more with age, as half more stands for the end of its life, and more in the cold."""
        by_cold = max(_RESISTANCE_FACTOR_MIN, 1 + _RESISTANCE_PER_C * (ROOM_C - self.temperature_c))
        return self.chemistry.resistance_mohm_ah / self.mah / self.health**2 * by_cold

    def head(self, charge: Charge) -> float:
        """How full the plates are, from 0 to 1, which their voltage follows."""
        return charge.total - (1 - self.chemistry.available) * charge.lag

    def rest_mv(self, charge: Charge) -> float:
        """The terminals' voltage without a current, but for what charging has left on it."""
        return along(self.chemistry.rest_mv, self.head(charge))

    def source_mv(self, charge: Charge) -> float:
        """The terminals' voltage without a current."""
        return self.rest_mv(charge) + charge.surface_mv

    def later(self, charge: Charge, hours: float, ma: float) -> Charge:
        """What it holds after so long a time at a constant current."""
        kind = self.chemistry
        drawn_per_h = -ma / self.full_mah + kind.lost_per_month / _MONTH_H
        total = min(1.0, max(_EMPTIEST, charge.total - drawn_per_h * hours))
        decay = math.exp(-kind.exchange_per_h * hours)
        lag = charge.lag * decay + drawn_per_h / (kind.available * kind.exchange_per_h) * (1 - decay)
        lag = min(lag, (total - _EMPTIEST) / (1 - kind.available))
        gone = hours / kind.surface_h + max(0.0, drawn_per_h) * hours / kind.surface
        return Charge(total, lag, charge.surface_mv * math.exp(-gone))

    def head_at_rest_of(self, millivolts: float) -> float:
        """The head at which it rests at this voltage."""
        return along(tuple((mv, head) for head, mv in self.chemistry.rest_mv), millivolts)


def along(curve: Curve, x: float) -> float:
    """The curve's value at `x`."""
    after = bisect_left(curve, x, key=lambda point: point[0])
    if after == 0:
        return curve[0][1]
    if after == len(curve):
        return curve[-1][1]
    (x0, y0), (x1, y1) = curve[after - 1 : after + 1]
    return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
