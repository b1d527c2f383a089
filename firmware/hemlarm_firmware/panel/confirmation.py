"""Confirmed alarms: a second zone of the same group, or the same zone a second time, within a window.

An alarm that waits for its confirmation sounds and is reported at once, as unconfirmed; the confirmation is an event
of its own. Confirmed once, an area stays so until it is disarmed.
"""

from hemlarm_firmware.panel.countdown import Countdown

# What a trip is.
PLAIN = 0  # Counts by itself.
WAITS = 1  # The first one, unconfirmed so far. Also the detail of its event.
CONFIRMS = 2

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Confirmation:
    """The trips of one area that wait for a second one. `window_ms` 0: every alarm counts by itself.

    Each group has its own window; `time` runs until the last one ends.
    """

    def __init__(self, window_ms: int) -> None:
        self.time = Countdown()
        self._window_ms = window_ms
        self._confirmed = False
        self._ends: dict[int, int] = {}  # When the window of a group ends, or ended.

    def trip(self, group: int, now_ms: int) -> int:
        """Takes note of a zone of this group that alarms. Group 0 has no part in it."""
        if not self._window_ms or not group or self._confirmed:
            return PLAIN
        if group in self._ends and now_ms < self._ends[group]:
            self._confirmed = True
            return CONFIRMS
        self._ends[group] = now_ms + self._window_ms
        self.time.start(now_ms, self._window_ms)
        return WAITS

    def run_due(self, now_ms: int) -> None:
        """Forgets trips when their window has ended."""
        if self.time.is_over(now_ms):
            self._ends = {}
            self.time.stop()

    def end(self) -> None:
        """The area was disarmed."""
        self._confirmed = False
        self._ends = {}
        self.time.stop()

    def snapshot(self) -> "list[Any]":
        """What a restart must know."""
        return [int(self._confirmed), self.time.left_ms, sorted(self._ends)]

    def is_as_in(self, state: "list[Any]") -> bool:
        """Whether `snapshot` would be equal to this one; costs hardly any memory."""
        if self._confirmed != bool(state[0]) or self.time.left_ms != state[1]:
            return False
        return bool(sorted(self._ends) == state[2]) if self._ends else not state[2]

    def restore_from(self, state: "list[Any]") -> None:
        """Takes up where a snapshot left off."""
        self._confirmed = bool(state[0])
        self.time.left_ms = state[1]
        self._ends = dict.fromkeys(state[2], 0)

    def take_over(self, before: "Confirmation") -> None:
        """Only the configuration has changed: the windows run on."""
        self.time = before.time
        self._ends = before._ends

    def resume(self, now_ms: int) -> None:
        """A restart begins the windows again."""
        if self._ends:
            left_ms = min(self.time.left_ms, self._window_ms)
            self.time.start(now_ms, left_ms)
            self._ends = dict.fromkeys(self._ends, now_ms + left_ms)
