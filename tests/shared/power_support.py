"""A house whose board measures its supply, and a lead-acid battery that is emptied as data sheets have it."""

from panel_house import House

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MINUTE_MS, HOUR_MS = 60_000, 3_600_000
DELAY_MS = 300_000
CHARGED_MS = 600_000
STEP_MS = 5_000
FLOAT_MV = 13_600
DAY_MS = 24 * HOUR_MS
AT_START = {"charger": True, "test-load": False, "keypad-light": True, "ethernet": True}


class PowerHouse(House):
    """`on` is what the board has switched on; at the start the battery is full and mains is there."""

    def start(self) -> None:
        """Boots, and the board reports what it measures."""
        self.on = dict(AT_START)
        self.parked = False
        super().start()

    def measured(self, mains: bool = True, mv: int = FLOAT_MV, ma: int = 0, tenths: "Any" = 200) -> None:
        """The board reports its supply."""
        self.says("power", mains, mv, ma, tenths)

    def loses_mains(self, mv: int = 12_700, ma: int = -130) -> None:
        """The battery takes over."""
        self.measured(False, mv, ma)

    def charged(self) -> None:
        """Mains has been there for long enough, and the first test is over."""
        self.measured()
        self.passes(CHARGED_MS)
        self.answers_test(12_900)
        self.measured()
        self.forget()

    def answers_test(self, mv: int, ma: int = -1075, rest_mv: int = 12_950) -> None:
        """A test has just begun; the battery answers it, and it ends."""
        assert not self.on["charger"] and not self.on["test-load"]
        self.measured(True, rest_mv)
        self.passes(STEP_MS)
        assert not self.on["charger"] and self.on["test-load"]
        self.measured(True, mv, ma)
        self.passes(STEP_MS)
        assert self.on["charger"] and not self.on["test-load"]

    def codes(self) -> "list[int]":
        """The codes of the events since `forget`."""
        return [qcode for qcode, _ in self.events()]

    def _take(self, outputs: "Any") -> None:
        super()._take(outputs)
        for item in outputs:
            if item[:2] == ("show", "power"):
                what, on = item[2]
                assert self.on[what] != on, "switched to what it was"
                self.on[what] = on
            elif item[0] == "park":
                assert outputs[-1] == item
                self.parked = True


def on_battery(mv: int = 12_500, ma: int = -130, **config: "int | str") -> PowerHouse:
    """A house without mains for some time, with its loss told."""
    house = PowerHouse(**config)
    house.measured()
    house.loses_mains(mv, ma)
    house.passes(DELAY_MS)
    house.forget()
    return house


def slow_discharge_mv(spent: float, knee: float) -> int:
    """A lead-acid battery's voltage at rest by the part that is spent: evenly to 11.8 V, and over the knee to 10.5."""
    if spent < knee:
        return round(12_800 - 1000 * spent / knee)
    return round(11_800 - 1300 * (spent - knee) / (1 - knee))


def discharge(house: PowerHouse, mah: float, ma: int, knee: float, mohm: int = 35) -> "list[tuple[float, int]]":
    """Empties a battery that holds so much, as the board reports it in steps of 50 mV, until the panel parks.

    Returns (hours, code) of the events from the loss of mains.
    """
    begin_ms = house.now
    told: list[tuple[float, int]] = []
    last_mv = 0
    house.forget()
    while not house.parked:
        hours = (house.now - begin_ms) / HOUR_MS
        mv = slow_discharge_mv(hours * ma / mah, knee) - ma * mohm // 1000
        if abs(mv - last_mv) >= 50:
            last_mv = mv
            house.measured(False, mv, -ma)
        house.passes(2 * MINUTE_MS)
        told += [(hours, code) for code in house.codes()]
        house.forget()
        assert hours < 200, "it never parks"
    return told
