"""The panel's power: what is told of mains, battery and charger, the battery's test, and the end before it is harmed.

Every trouble is one row of a table: signs of it, seen for long enough, make it told, and signs that it is over, seen
for long enough, make it restored. Nothing here touches what guards.
"""

from hemlarm_firmware.panel import texts
from hemlarm_firmware.panel.power_battery import HOURS_UNKNOWN, IDLE_MA, MISSING_MV, RECOVERED_MV, Battery
from hemlarm_firmware.panel.power_shedding import Shedding
from hemlarm_firmware.panel.power_test import IS_MISSING, IS_WORN, BatteryTest
from hemlarm_protocol.constant import const

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from hemlarm_firmware.panel.cause import Cause
    from hemlarm_firmware.panel.config import Config
    from hemlarm_firmware.panel.site import Site

# A bit each. They are stored; from LOW to WORN they are the flags of a health message.
CHARGING = 1  # These two are no troubles.
LOW = 2
DEAD = 4
CHARGER = 8
WORN = 16
LOST = 32
PARKED = 64
CHARGED = 128

CHARGED_MS = 600_000
"""So long at the charger's voltage, and it is charged."""

LOW_OVER_PERCENT = 50

KEPT_STEP = 10
"""The charge is saved when it has moved by so many per cent: ten saves for a whole discharge."""

_SAMPLE_ITEMS = const(5)
_MS_PER_H = const(3_600_000)
_RECOUNT_MS = const(900_000)
_MV_MAX = const(30_000)
_MA_MAX = const(50_000)
_DETAIL_MAX = const(255)
_UNKNOWN = const(255)
_LAST_THIRD = const(2)
_OVER = const(8)  # Bits from signs of a trouble to signs that it is over.

# Trouble, Contact ID code, ms that signs are seen before it is told, and before it is restored. That of mains lost is
# configured, and a test alone finds a worn battery. The cut-off comes last: behind its event there is only the end.
_ROWS = [
    (LOST, 301, 0, 60_000),
    (LOW, 302, 60_000, 60_000),
    (WORN, 309, 0, 0),
    (DEAD, 311, 60_000, 0),
    (CHARGER, 312, 300_000, 60_000),
    (CHARGED, 0, CHARGED_MS, 0),
    (PARKED, 308, 10_000, 0),
]

# Not judged while something sounds, which draws the voltage down, and never for long.
_NOT_IN_ALARM = LOW | CHARGER | PARKED


class Power:
    """The supply of one panel, silent until its board has measured for the first time.

    `mains` is None until then, `told` are the troubles told and not restored. `deadline_ms` is when `run_due` has
    something to do, or None.
    """

    def __init__(self, config: "Config") -> None:
        self._has_battery = config["battery"] != "none"
        self._delay_ms: int = config["mains_delay_s"] * 1000
        self.battery = Battery(config["battery"], config["battery_mah"])
        self._test = BatteryTest(config["battery_test_h"] * _MS_PER_H if self._has_battery else 0)
        self._shedding = Shedding()
        self.mains: bool | None = None
        self.told = 0
        self._signs = 0
        self._due: list[int | None] = [None] * len(_ROWS)
        self._third = 0  # Of the delay of mains lost: a restart begins the present one again, and not all of it.
        self._kept = 100  # Per cent of charge, as saved.
        self._woke = False  # This start ends a parking.
        self._news = False
        self._awake = False
        self._recount_ms: int | None = None
        self.deadline_ms: int | None = None

    # Restarts.

    def snapshot(self) -> "list[int] | None":
        """What was told, the charge, the thirds of the delay that are over; None while nothing is unusual."""
        told = self.told & ~CHARGED
        return [told, self._kept, self._third] if told or self._kept != 100 or self._third else None

    def restore(self, state: "Sequence[int]") -> None:
        """Takes up such a snapshot."""
        told, self._kept, self._third = state
        self.told = told if self._has_battery else told & LOST
        self._woke = bool(self.told & PARKED)
        self.battery.set_percent(self._kept)

    def adopt(self, other: "Power") -> None:
        """Only the configuration has changed, to the other's. Whether the battery is charged is asked anew."""
        self._has_battery, self._delay_ms = other._has_battery, other._delay_ms
        self._test.every_ms = other._test.every_ms
        if not self._test.every_ms and not self._test.is_on:
            self._test.next_ms = None
        self.battery.adopt(other.battery)
        self.told &= ~CHARGED if self._has_battery else LOST
        self._news = True

    # What comes in.

    def sample(self, event: "Sequence[Any]", now_ms: int) -> bool:
        """Takes ("power", mains, mV, mA into the battery, tenths of a degree C or None); returns whether it is news.

        What cannot have been measured is passed over. Costs no memory.
        """
        if len(event) != _SAMPLE_ITEMS:
            return False
        mains, mv, ma = event[1], event[2], event[3]
        if not isinstance(mains, bool) or not isinstance(mv, int) or not isinstance(ma, int):
            return False
        if not (0 <= mv <= _MV_MAX and -_MA_MAX <= ma <= _MA_MAX):
            return False
        drains = (not mains or ma < -IDLE_MA) and not self._test.is_on
        self.battery.take(mv, ma, event[4], drains, now_ms)
        if mains is not self.mains:
            self.mains = mains
            self._news = True
            self._shedding.light(now_ms)
            self._plan_test(now_ms)
        if not self._test.is_on:
            self._judge()
        return self._news

    def network(self, alive: bool) -> None:
        """The cloud was reached, or could not be for some time."""
        self._shedding.alive = alive
        self._news = True

    def keypad_used(self, now_ms: int) -> None:
        """Somebody is there."""
        self._shedding.light(now_ms)
        self._news = True

    # What is asked.

    def text(self) -> "tuple[int, int] | None":
        """The display's text and its number for the worst that is wrong now, told or not yet; None when all is well."""
        if self.told & (WORN | DEAD):
            return texts.BATTERY_FAULT, 0
        if self.told & LOW:
            return (texts.BATTERY_CHARGING, 0) if self.mains else (texts.BATTERY_LOW, self.battery.hours_left())
        if self.told & CHARGER:
            return texts.CHARGER_FAULT, 0
        lost = self.told & LOST if self.mains is None else not self.mains
        return (texts.MAINS_LOST, 0) if lost else None

    def health(self) -> "tuple[int, int, int, int, int]":
        """Mains (0 lost, 1 there, 2 not known), mV, per cent, hours left (255: not known), flags, as they are sent."""
        if self.mains is None or not self._has_battery:
            return (2 if self.mains is None else int(self.mains)), 0, _UNKNOWN, HOURS_UNKNOWN, 0
        battery = self.battery
        flags = self.told & (LOW | DEAD | CHARGER | WORN)
        if self.mains and battery.milliamps > IDLE_MA:
            flags |= CHARGING
        return int(self.mains), battery.millivolts, battery.percent(), battery.hours_left(), flags

    # Time.

    def run_due(self, cause: "Cause", site: "Site", awake: bool) -> None:
        """Does what the time and the step's inputs bring, behind everything else. `awake`: something sounds.

        The cut-off ends with the request ("park",).
        """
        if self.mains is None:
            return
        quiet = not self._news and awake == self._awake and not cause.events
        if quiet and (self.deadline_ms is None or cause.now_ms < self.deadline_ms):
            return
        self._awake = awake
        self._recount(cause.now_ms)
        self._run_test(cause, site)
        for i in range(len(_ROWS)):
            self._follow(i, cause)
        self._shedding.follow(self.mains, awake, cause)
        self._news = False
        self._plan()

    def _plan(self) -> None:
        times = [self._recount_ms, self._test.next_ms, self._shedding.deadline_ms(bool(self.mains))]
        known = [time for time in times + self._due if time is not None]
        self.deadline_ms = min(known) if known else None

    def _recount(self, now_ms: int) -> None:
        """A battery that drains so evenly that it is not measured anew gets emptier all the same."""
        if not self.battery.drains:
            self._recount_ms = None
        elif self._recount_ms is None or now_ms >= self._recount_ms:
            self._recount_ms = now_ms + _RECOUNT_MS
            self.battery.count(now_ms)

    # Troubles.

    def _judge(self) -> None:
        """Looks at what was measured for signs of troubles, and that they are over."""
        signs = self._signs_on_mains() if self.mains else self._signs_on_battery()
        if not self._has_battery:
            signs &= LOST | LOST << _OVER
        if self._woke:
            signs |= PARKED << _OVER
        percent = self.battery.percent()
        if self._has_battery and abs(percent - self._kept) >= KEPT_STEP:
            self._kept = percent
            self._news = True
        if signs != self._signs:
            self._signs = signs
            self._news = True

    def _signs_on_mains(self) -> int:
        battery = self.battery
        signs = LOST | PARKED
        if battery.millivolts < MISSING_MV:
            return (signs | CHARGED) << _OVER | DEAD
        lacks = CHARGER if battery.is_charged_wrongly() else 0
        charged = CHARGED if battery.is_charged() else 0
        low = LOW if battery.drains and battery.is_low() else 0
        signs |= (CHARGER | CHARGED) & ~(lacks | charged)
        if not low and battery.percent() >= LOW_OVER_PERCENT:
            signs |= LOW
        return signs << _OVER | lacks | charged | low

    def _signs_on_battery(self) -> int:
        battery = self.battery
        signs = LOST | CHARGED << _OVER
        if battery.millivolts >= MISSING_MV:
            if battery.is_low():
                signs |= LOW
            if battery.spare_mv() < 0:
                signs |= PARKED
            elif battery.spare_mv() >= RECOVERED_MV:
                signs |= PARKED << _OVER
        return signs

    def _follow(self, i: int, cause: "Cause") -> None:
        """Tells or restores one trouble whose signs were seen for long enough."""
        trouble, code, delay_ms, over_ms = _ROWS[i]
        told = self.told & trouble
        signs = (self._signs >> _OVER if told else self._signs) & trouble
        due_ms = self._due[i]
        if not signs or (self._awake and not told and trouble & _NOT_IN_ALARM):
            self._due[i] = None
            if trouble == LOST:
                self._third = 0
            return
        if due_ms is None:
            if trouble == LOST:
                delay_ms = (self._delay_ms + self._third) // (_LAST_THIRD + 1)  # Together exactly the delay.
            due_ms = cause.now_ms + (over_ms if told else delay_ms)
        if cause.now_ms < due_ms:
            self._due[i] = due_ms
            return
        self._due[i] = None
        if trouble == LOST and not told and self._third < _LAST_THIRD:
            self._third += 1
        else:
            self._turn(trouble, code, cause)
        self._follow(i, cause)

    def _turn(self, trouble: int, code: int, cause: "Cause") -> None:
        """Tells the trouble, or restores it."""
        self.told ^= trouble
        on = bool(self.told & trouble)
        if code:
            tenths = min(self.battery.millivolts // 100, _DETAIL_MAX)
            detail = self.battery.hours_left() if trouble & (LOST | LOW) else tenths
            cause.event((1000 if on else 3000) + code, detail=detail)
        if trouble == CHARGED:
            self._charged(on, cause)
        elif trouble == PARKED and on:
            cause.request("park")
        elif trouble == PARKED:
            self._woke = False

    def _charged(self, on: bool, cause: "Cause") -> None:
        if on:
            self.battery.set_percent(100)
            self._kept = 100
            if not self._test.every_ms:
                self._found(0, cause)  # As far as can be known without tests.
        self._plan_test(cause.now_ms)

    def _plan_test(self, now_ms: int) -> None:
        self._test.plan(bool(self.told & CHARGED), bool(self.told & (WORN | DEAD)), now_ms)

    def _run_test(self, cause: "Cause", site: "Site") -> None:
        verdict = self._test.run_due(self.battery, bool(self.mains), site, cause)
        if verdict is not None:
            self._found(WORN if verdict == IS_WORN else DEAD if verdict == IS_MISSING else 0, cause)
            self._plan_test(cause.now_ms)
        elif not self._test.is_on:
            self._judge()

    def _found(self, fault: int, cause: "Cause") -> None:
        """The battery has this fault, and no other."""
        for trouble, code, _, _ in _ROWS:
            if trouble & (WORN | DEAD) and (self.told ^ fault) & trouble:
                self._turn(trouble, code, cause)
