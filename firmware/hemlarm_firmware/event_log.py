"""The event log that the keypad shows: the panel's own journal, read back with the panel's own key."""

from hemlarm_protocol.constant import const

_LOOK_MAX = const(400)
"""Numbers looked at for one event: two restarts in a row leave some 256 unused."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hemlarm_firmware.recorder import Recorder

    Entry = tuple[int, int, int, int | None]


class EventLog:
    """Counts backwards through the present incarnation's events, 0 being the newest when it was asked for."""

    def __init__(self, recorder: "Recorder") -> None:
        self._recorder = recorder
        self._index = -1
        self._number = 0

    def nth(self, index: int) -> "Entry | None":
        """Return qcode, zone, user and time (s since 1970, or None) of the `index`-th newest event, or None."""
        if index <= self._index or self._index < 0:
            self._index, self._number = -1, self._recorder.next_number
        found = None
        while self._index < index:
            found = self._before()
            if found is None:
                self._index = -1
                return None
            self._index += 1
        return found

    def _before(self) -> "Entry | None":
        """The next older event; numbers that were declared void are none."""
        for _ in range(_LOOK_MAX):
            self._number -= 1
            if self._number < 1:
                break
            event = self._recorder.look_up(self._number)
            if event is not None:
                return event.qcode, event.zone, event.user, event.time
        return None
