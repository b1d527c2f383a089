"""The panel's end of the sensors' radio: which of the bytes heard are believed, and what is answered.

Nothing of it is kept in flash. Each start draws a new epoch at random, and a report under another epoch has no effect
but an answer that tells the sensor the present one; so whatever was recorded before the start is worth nothing after
it. Within the epoch each sensor's counter only rises.
"""

from hemlarm_protocol import sensor_frames as frames
from hemlarm_protocol.constant import const
from hemlarm_protocol.errors import BadMessage
from hemlarm_protocol.session import Refusals

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Sensor = tuple[bytes, bytes, int]

# At 7 ms an answer, 600 at once and one more each second are 29.4 s on air in an hour, of the 36 s that 1 % are.
# Replays can provoke answers; they get none from the second half of the 600, which is for what is new.
_BURST = const(600)
_REFILL_MS = const(1_000)
_FOR_NEWS = const(300)

_REPLIES_MAX = const(8)


class Receiver:
    """Listens for these sensors: a list of id (4 bytes), key (16 bytes) and zone. `random(n)` gives n random bytes.

    After each `received` the shell transmits what is in `replies`, in order, and empties the list. `refused` counts
    what had no effect, by reason. Times are milliseconds on one monotonic clock.
    """

    def __init__(self, sensors: "list[Sensor]", random: "Callable[[int], bytes]") -> None:
        self.replies: list[bytes] = []
        self.refused = Refusals()
        self._epoch = max(random(4), b"\0\0\0\1")
        self._sensors = {sensor[0]: sensor for sensor in sensors}
        self._newest: dict[bytes, int] = {}
        self._air = frames.AirTime(_BURST, _REFILL_MS)

    def received(self, frame: bytes, now_ms: int) -> "tuple[int, int, int | None] | None":
        """Return zone, flags and value of a report that is genuine and new, or None for anything else."""
        report = None
        try:
            report = self._believed(frame, now_ms)
        except BadMessage as refusal:
            self.refused.add(str(refusal))
        return report

    def _believed(self, frame: bytes, now_ms: int) -> "tuple[int, int, int | None]":
        sensor = frames.sensor_of(frame)
        if sensor not in self._sensors:
            raise BadMessage("an unknown sensor")
        _, key, zone = self._sensors[sensor]
        epoch, counter, flags, value = frames.open_report(key, frame)
        newest = self._newest.get(sensor)
        if epoch != self._epoch:
            self._answer(key, frame, now_ms, _FOR_NEWS)
            raise BadMessage("another epoch")
        if newest is not None and counter <= newest:
            if counter < newest:
                raise BadMessage("a replay")
            self._answer(key, frame, now_ms, _FOR_NEWS)
            raise BadMessage("a repetition")  # The acknowledgement was lost.
        self._newest[sensor] = counter
        self._answer(key, frame, now_ms, 0)
        return zone, flags, value

    def _answer(self, key: bytes, report: bytes, now_ms: int, reserve: int) -> None:
        if now_ms >= self._air.free_ms(reserve) and len(self.replies) < _REPLIES_MAX:
            self._air.spend(now_ms)
            self.replies.append(frames.seal_answer(key, self._epoch, report))
