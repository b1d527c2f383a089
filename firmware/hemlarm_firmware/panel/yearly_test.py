"""The yearly test: a real alarm, as the customers' instructions tell it, and whether it was one.

Arm and leave, wait three minutes, come in without disarming, let the siren sound for half a minute, then disarm. The
alarm goes to the centre as any other; what is new is that the panel says beforehand that a test begins, and afterwards
whether everything was done.
"""

from hemlarm_firmware.panel import inputs
from hemlarm_firmware.panel.countdown import Countdown
from hemlarm_protocol.constant import const

ARMED_MS_MIN = 180_000
SIREN_MS_MIN = 30_000

OPEN_MS = 24 * 3600_000
"""A test that was announced and not made within a day is forgotten."""

_BEGUN = const(1601)
_DONE = const(3601)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hemlarm_firmware.panel.area import Area
    from hemlarm_firmware.panel.cause import Cause


class YearlyTest:
    """Runs from its announcement until an area is disarmed after an alarm."""

    def __init__(self) -> None:
        self.time = Countdown()

    def begin(self, cause: "Cause") -> None:
        """Somebody announces the test."""
        self.time.start(cause.now_ms, OPEN_MS)
        cause.event(_BEGUN)

    def resume(self, now_ms: int) -> None:
        """A restart begins the day again; a test during which it happened does not pass."""
        if self.time.left_ms:
            self.time.start(now_ms, OPEN_MS)

    def disarming(self, area: "Area", cause: "Cause") -> None:
        """The area is about to be disarmed. Reports the test as passed (1) or not (0), if there was an alarm."""
        if self.time.deadline_ms is None or not area.alarm_zone or not area.mode:
            return
        waited = area.armed_ms is not None and area.alarm_ms - area.armed_ms >= ARMED_MS_MIN
        siren_ms = min(cause.now_ms - area.alarm_ms, area.limits.indoor_ms)
        passed = area.mode == inputs.AWAY and waited and siren_ms >= SIREN_MS_MIN
        cause.event(_DONE, area.number, area.alarm_zone, int(passed))
        self.time.stop()

    def run_due(self, now_ms: int) -> None:
        """Forgets a test that was never made."""
        if self.time.is_over(now_ms):
            self.time.stop()
