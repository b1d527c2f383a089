"""Whether a version on trial has proved itself. Loaded with `updating.py`, and forgotten with it.

A version that cannot even come as far as this crashes, hangs or is not started, and the loader counts its starts.
"""

from hemlarm_firmware.watchdog import INPUTS
from hemlarm_protocol import upkeep
from hemlarm_protocol.constant import const
from hemlarm_protocol.panel_end import OPEN

TRIAL_OK_MS = 60_000
"""A session with the cloud must have held for so long. A task that hangs is found by the watchdog within half of it."""

TRIAL_LIMIT_MS = 900_000
"""Without such a session a version has so long to get one: modems need some minutes, and a broker may restart."""

WAITING = const(-1)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hemlarm_firmware.app import App
    from hemlarm_firmware.condition import Condition


def faults(condition: "Condition") -> int:
    """What the last self-test found, as bits 1 << n of `condition`'s faults."""
    return sum([1 << fault for fault in range(len(condition.failing)) if condition.failing[fault]])


class Trial:
    """`known` are the faults that the version before had too, as `faults` gives them."""

    def __init__(self, app: "App", known: int) -> None:
        self._app = app
        self._known = known
        self._session_ms = -1

    def verdict(self, now_ms: int) -> int:
        """Return 0 for a version that is healthy, WAITING, or the reason to give it up."""
        if faults(self._app.condition) & ~self._known:
            return upkeep.SELF_TEST
        end = self._app.end
        if end.state != OPEN:
            self._session_ms = -1
        elif self._session_ms != end.opened_ms:
            self._session_ms = end.opened_ms
            self._ask_inputs(now_ms)
        elif now_ms - self._session_ms >= TRIAL_OK_MS:
            return 0
        return upkeep.NO_CONTACT if now_ms >= TRIAL_LIMIT_MS else WAITING

    def _ask_inputs(self, now_ms: int) -> None:
        """Where the task of inputs does not answer this, the watchdog resets the panel before the session is old."""
        self._app.watchdog.promise(INPUTS, now_ms)
        self._app.board.nudge()
