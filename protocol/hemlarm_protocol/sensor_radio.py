"""A battery sensor's end of the radio, without I/O: its state and the time go in, frames come out.

    AT REST --state changes, or time to check in--> REPORTING --acknowledged, and nothing new since--> AT REST
                                                     |     ^
                                                     +-----+  not answered in time, another epoch, something new

One report is out at a time, and it is repeated, byte for byte, until the panel acknowledges it. A flag that becomes
true meanwhile goes into a new report at once. One that ceases to be true waits for the acknowledgement, so that the
panel learns of a door that was opened and shut again while nothing got through; a value waits too, so that whoever jams
the panel collects few reports that he could play to it later.
"""

from hemlarm_protocol import sensor_frames as frames
from hemlarm_protocol.constant import const
from hemlarm_protocol.errors import BadMessage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

CHECK_IN_MS = 20 * 60_000
"""Three check-ins, each repeated until it is answered, within the hour after which a panel misses a sensor."""

LISTEN_MS = 120
"""How long the receiver stays on for the answer. A board's loop answers in some tens of milliseconds."""

FIRST_RETRY_MS = 150
LAST_RETRY_MS = 240_000
"""Waits double from the first to the last. Then 64 sensors that nobody answers are 3.2 minutes on air in a day, and one
that can be heard again has reported within 6 minutes."""

BURST = 200
REFILL_MS = 8_000
"""A contact that chatters without end sends at most so many reports at once and then one in 8 s: 5.2 s on air in an
hour of the 36 s that 1 % are, and still within the 10 s in which an alarm must be out."""

VALUE_STEP = 5
"""A value is reported when it has moved by this much: half a degree."""

RESERVATION = 1024
"""Counters taken at once, so that flash is written once for so many reports."""

_DOUBLINGS = const(11)


class SensorEnd:
    """One sensor's end of the radio.

    `sensor` (4 bytes) and `key` (16) are its own, `random(n)` gives n random bytes. `reserved` is the number that
    `reserve` was last given, 0 for a new key: no counter from there on has been used. `reserve(number)` must have made
    the number safe when it returns; what it raises passes through, and nothing is sent. `check_in_ms` is the longest
    time between two reports that are answered.

    Call `changed` whenever the state may be another, `received` with what the radio hears within `LISTEN_MS` after a
    frame, `wake` when `deadline_ms()` comes, and after each of them send what `to_send()` gives. A new sensor reports
    at once. All times are milliseconds on one monotonic clock.
    """

    def __init__(
        self,
        sensor: bytes,
        key: bytes,
        random: "Callable[[int], bytes]",
        reserved: int,
        reserve: "Callable[[int], None]",
        check_in_ms: int = CHECK_IN_MS,
    ) -> None:
        self.refused = 0
        self._sensor = sensor
        self._key = key
        self._random = random
        self._counter = self._reserved = reserved
        self._reserve = reserve
        self._check_in_ms = check_in_ms
        self._air = frames.AirTime(BURST, REFILL_MS)
        self._out: list[bytes] = []
        self._epoch = frames.NO_EPOCH
        self._flags = self._untold = self._told_flags = 0
        self._value: int | None = None
        self._told_value: int | None = None
        self._report = b""  # The last one sent, until it is acknowledged: nothing answers b"".
        self._is_reporting = self._is_stale = True
        self._tries = 0
        self._due_ms = 0

    def changed(self, flags: int, value: "int | None", now_ms: int) -> None:
        """The sensor's state: flags of `sensor_frames`, and a temperature in tenths of a degree C or None."""
        self._flags = flags
        self._value = value
        self._untold = flags | (self._untold if self._is_reporting else 0)
        if self._untold != self._told_flags or (not self._is_reporting and self._has_moved()):
            self._report_now(now_ms)
            self.wake(now_ms)

    def received(self, frame: bytes, now_ms: int) -> None:
        """Takes one frame from the radio: what is no answer to the present report is counted and has no effect."""
        try:
            epoch = frames.open_answer(self._key, self._report, frame)
        except BadMessage:
            self.refused += 1
            return
        if epoch == self._epoch:
            self._acknowledged(now_ms)
        else:
            self._epoch = epoch
            self._report_now(now_ms)
        self.wake(now_ms)

    def wake(self, now_ms: int) -> None:
        """Sends, or sends again, what is due. Earlier than `deadline_ms()` it does nothing."""
        if now_ms < self.deadline_ms():
            return
        if not self._is_reporting:
            self._report_now(now_ms)
        if self._is_stale:
            self._seal()
        self._air.spend(now_ms)
        self._out = [self._report]
        wait_ms = min(FIRST_RETRY_MS << min(self._tries, _DOUBLINGS), LAST_RETRY_MS)
        self._tries += 1
        self._due_ms = now_ms + wait_ms + self._up_to(wait_ms // 2)

    def deadline_ms(self) -> int:
        """Return when `wake` is wanted next."""
        return max(self._due_ms, self._air.free_ms())

    def to_send(self) -> "list[bytes]":
        """Return the frames to transmit, at most one, and forget them."""
        out, self._out = self._out, []
        return out

    def _has_moved(self) -> bool:
        if self._value is None or self._told_value is None:
            return self._value is not self._told_value
        return abs(self._value - self._told_value) >= VALUE_STEP

    def _report_now(self, now_ms: int) -> None:
        self._is_reporting = self._is_stale = True
        self._tries = 0
        self._due_ms = now_ms

    def _acknowledged(self, now_ms: int) -> None:
        self._report = b""
        self._untold = self._flags | (self._untold & ~self._told_flags)
        if self._untold != self._told_flags or self._has_moved():
            self._report_now(now_ms)
        else:
            self._is_reporting = self._is_stale = False
            self._due_ms = now_ms + self._check_in_ms - self._up_to(self._check_in_ms // 8)

    def _seal(self) -> None:
        if self._counter == self._reserved:
            self._reserve(self._reserved + RESERVATION)
            self._reserved += RESERVATION
        counter = self._counter
        self._counter += 1
        self._told_flags = self._untold
        self._told_value = self._value
        self._report = frames.seal_report(
            self._key, self._sensor, self._epoch, counter, self._told_flags, self._told_value
        )
        self._is_stale = False

    def _up_to(self, most_ms: int) -> int:
        """Return a time by chance: two sensors that met on air must not meet again."""
        return int.from_bytes(self._random(2), "big") * most_ms // 0xFFFF
