"""The frames between battery sensors and their panel, and how long one is on air; `docs/sensor-radio.md` shows them.

    report:  kind | sensor | epoch | counter | sealed(flags, value)          a sensor to its panel
    answer:  kind | sensor | epoch | sealed()                                the panel, to exactly one report

The panel draws an epoch at each start. An answer with the report's own epoch acknowledges it; one with another epoch
says that the report was not believed, and under which epoch it would be. Both are sealed with AES-CCM-16-64-128 under
the sensor's key. The nonce is kind, answering epoch (zero in a report), the report's epoch and its counter. So the two
directions have nonces of their own, a report's is new because its counter is, and an answer's, used again, can only
ever seal the same: nothing, beside the same report.
"""

from hemlarm_protocol import crypto
from hemlarm_protocol.constant import const
from hemlarm_protocol.errors import BadMessage

NO_EPOCH = bytes(4)
"""Under this epoch a sensor reports that knows of none; no panel ever has it."""

OPEN = 1
TAMPER = 2
BATTERY_LOW = 4
BUTTON = 8
FAULT = 16
FLAGS = OPEN | TAMPER | BATTERY_LOW | BUTTON | FAULT

VALUE_MAX = 32767
"""Largest magnitude of a value; a temperature is sent in tenths of a degree C."""

COUNTER_MAX = 0xFFFFFFFF

REPORT_BYTES = 24
ANSWER_BYTES = 17

# Version 1 in the upper half of the first byte.
_REPORT = const(0x11)
_ANSWER = const(0x12)
_EPOCH = const(5)
_COUNTER = const(9)
_REPORT_HEAD = const(13)
_ANSWER_HEAD = const(9)
_NO_VALUE = const(0)
_VALUE_BIAS = const(32768)
_TAG = const(8)

# GFSK at 38.4 kbit/s: 5 bytes of preamble, 4 of synchronisation, 1 of length and 2 of CRC surround a frame.
_AROUND_BYTES = const(12)
_BITS_PER_S = const(38_400)


def air_time_ms(frame_bytes: int) -> int:
    """Return how long a frame of this length is on air, rounded up to whole milliseconds."""
    return ((frame_bytes + _AROUND_BYTES) * 8 * 1000 + _BITS_PER_S - 1) // _BITS_PER_S


class AirTime:
    """How often one transmitter may send: `burst` frames at once, and one more after each `refill_ms`.

    So in any time T it sends at most burst + T / refill_ms frames. The times are ms on one monotonic clock.
    """

    def __init__(self, burst: int, refill_ms: int) -> None:
        self._refill_ms = refill_ms
        self._ahead_ms = (burst - 1) * refill_ms
        self._spent_until_ms = 0

    def free_ms(self, reserve: int = 0) -> int:
        """Return from when on a frame may be sent that leaves `reserve` frames for others."""
        return self._spent_until_ms - self._ahead_ms + reserve * self._refill_ms

    def spend(self, now_ms: int) -> None:
        """One frame is sent now."""
        self._spent_until_ms = max(self._spent_until_ms, now_ms) + self._refill_ms


def seal_report(key: bytes, sensor: bytes, epoch: bytes, counter: int, flags: int, value: "int | None") -> bytes:
    """Return a report. The counter must never be used again under this key with anything else in the report.

    `flags` are the constants above, `value` is a number up to VALUE_MAX either way, or None. Raises ValueError for what
    does not fit.
    """
    if not 0 <= counter <= COUNTER_MAX:
        raise ValueError("the sensor has used up its counter; give it a new key")
    if flags & ~FLAGS or (value is not None and abs(value) > VALUE_MAX):
        raise ValueError(f"a report holds flags up to {FLAGS} and a value up to {VALUE_MAX} either way")
    biased = _NO_VALUE if value is None else value + _VALUE_BIAS
    head = bytes([_REPORT]) + sensor + epoch + counter.to_bytes(4, "big")
    text = bytes([flags]) + biased.to_bytes(2, "big")
    return head + crypto.ccm_seal(key, _report_nonce(head), text, head, _TAG)


def sensor_of(frame: bytes) -> bytes:
    """Return the id of the sensor that a report claims to come from, or raise BadMessage where it is none."""
    if len(frame) != REPORT_BYTES or frame[0] != _REPORT:
        raise BadMessage("no report of a sensor")
    return frame[1:_EPOCH]


def open_report(key: bytes, frame: bytes) -> "tuple[bytes, int, int, int | None]":
    """Return epoch, counter, flags and value of a report, or raise BadMessage where anything at all was changed."""
    sensor_of(frame)
    head = frame[:_REPORT_HEAD]
    text = crypto.ccm_open(key, _report_nonce(head), frame[_REPORT_HEAD:], head, _TAG)
    biased = int.from_bytes(text[1:], "big")
    if text[0] & ~FLAGS:
        raise BadMessage("a report with unknown flags")
    value = None if biased == _NO_VALUE else biased - _VALUE_BIAS
    return head[_EPOCH:_COUNTER], int.from_bytes(head[_COUNTER:], "big"), text[0], value


def seal_answer(key: bytes, epoch: bytes, report: bytes) -> bytes:
    """Return the answer of a panel that is in `epoch` to a report that it has opened."""
    head = bytes([_ANSWER]) + report[1:_EPOCH] + epoch
    return head + crypto.ccm_seal(key, _answer_nonce(head, report), b"", report, _TAG)


def open_answer(key: bytes, report: bytes, frame: bytes) -> bytes:
    """Return the panel's epoch, or raise BadMessage where the frame does not answer exactly this report."""
    if len(frame) != ANSWER_BYTES or frame[0] != _ANSWER or frame[1:_EPOCH] != report[1:_EPOCH]:
        raise BadMessage("no answer for this sensor")
    head = frame[:_ANSWER_HEAD]
    crypto.ccm_open(key, _answer_nonce(head, report), frame[_ANSWER_HEAD:], report, _TAG)
    return head[_EPOCH:]


def _report_nonce(head: bytes) -> bytes:
    return head[:1] + NO_EPOCH + head[_EPOCH:]


def _answer_nonce(head: bytes, report: bytes) -> bytes:
    return head[:1] + head[_EPOCH:] + report[_EPOCH:_REPORT_HEAD]
