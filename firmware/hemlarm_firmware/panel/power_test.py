"""The battery's test: the charger off, a load on, and whether the voltage stands it. Mains carries the panel meanwhile.

A worn battery shows by its resistance, which the charge that the charger has left on its plates cannot hide; a missing
one, or one behind a blown fuse, by giving the load nothing.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hemlarm_firmware.panel.cause import Cause
    from hemlarm_firmware.panel.power_battery import Battery
    from hemlarm_firmware.panel.site import Site

CHARGING_MS_MAX = 72 * 3_600_000
"""Within this time a charger has to make a battery ready again (EN 50131-6); then it is tested as it is."""

AGAIN_MS = 3_600_000
"""After a failed test: somebody may have changed the battery."""

STEP_MS = 5_000
"""A test lets the battery rest for so long, and then loads it as long."""

POSTPONE_MS = 300_000
"""A test that would disturb something waits for so long."""

# How a test ends.
PASSED = 0
IS_WORN = 1
IS_MISSING = 2

_NOT_ON = 0
_RESTING = 1
_LOADED = 2


class BatteryTest:
    """Comes `every_ms`, or never with 0. `next_ms` is when it has something to do, or None."""

    def __init__(self, every_ms: int) -> None:
        self.every_ms = every_ms
        self.next_ms: int | None = None
        self._state = _NOT_ON
        self._last_ms: int | None = None
        self._rest_mv = self._rest_ma = 0

    @property
    def is_on(self) -> bool:
        """Whether one runs: what is measured means nothing else then."""
        return self._state != _NOT_ON

    def plan(self, charged: bool, failed: bool, now_ms: int) -> None:
        """Plans the next one: not before the battery is charged, or should be."""
        if not self.every_ms:
            self.next_ms = None
        elif not charged:
            self.next_ms = now_ms + CHARGING_MS_MAX
        elif self._last_ms is None:
            self.next_ms = now_ms
        else:
            self.next_ms = max(now_ms, self._last_ms + (AGAIN_MS if failed else self.every_ms))

    def run_due(self, battery: "Battery", mains: bool, site: "Site", cause: "Cause") -> "int | None":
        """Begins, goes on, or ends with how the battery did; it is broken off when mains or the house's peace ends."""
        now_ms = cause.now_ms
        is_due = self.next_ms is not None and now_ms >= self.next_ms
        if not is_due and not self.is_on:
            return None
        if not mains or not site.is_settled():
            self._end(cause)
            self.next_ms = now_ms + POSTPONE_MS if mains else None
        elif is_due and self._state == _LOADED:
            return self._judge(battery, cause)
        elif is_due:
            if self._state == _NOT_ON:
                self._state = _RESTING
                cause.show("power", ("charger", False))
            else:
                self._state = _LOADED
                self._rest_mv, self._rest_ma = battery.millivolts, battery.milliamps
                cause.show("power", ("test-load", True))
            self.next_ms = now_ms + STEP_MS
        return None

    def _judge(self, battery: "Battery", cause: "Cause") -> int:
        self._end(cause)
        self._last_ms = cause.now_ms
        if not battery.answers():
            return IS_MISSING
        return IS_WORN if battery.is_worn(self._rest_mv, self._rest_ma) else PASSED

    def _end(self, cause: "Cause") -> None:
        if self._state == _LOADED:
            cause.show("power", ("test-load", False))
        if self._state != _NOT_ON:
            cause.show("power", ("charger", True))
        self._state = _NOT_ON
