"""The panel's last resort, without I/O: which events go by SMS, when, and when again.

An SMS is one or two sealed events as they were journalled. Its acknowledgement is sealed under a key of its own, names
what it acknowledges by content, and so does nothing when it is repeated. Who texts proves nothing.
"""

from hemlarm_protocol import contact_id, keys, messages, sealing
from hemlarm_protocol.constant import const
from hemlarm_protocol.errors import BadMessage

LAST_RESORT_MS = 20_000
"""How long an alarm or a tamper waits for another path first: it is in the store within a minute all the same."""

FAULT_LAST_RESORT_MS = 300_000

REPEAT_MS = 60_000
"""The wait for the first acknowledgement; each further one is twice as long."""

REPEAT_MS_MAX = 1_800_000

FAILED_MS = 10_000
"""When an SMS that the network did not take is tried again; again each further wait is twice as long."""

A_DAY_MAX = 50
"""SMS in a day of uptime: what a broken panel can cost."""

KEPT_FOR_ALARMS = 20
"""Of these, so many are kept for alarms, and half of them for alarms that were never texted."""

WAITING_MAX = 8
"""Events that are looked after at a time: two kilobytes of heap, and four SMS."""

_DAY_MS = const(86_400_000)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from hemlarm_protocol.session_journal import Record


class _Waiting:
    """An event that no path has brought to the cloud yet."""

    def __init__(self, record: "Record", due_ms: int) -> None:
        self.record = record
        self.due_ms = due_ms
        self.wait_ms = 0  # How long the last attempt waits for its answer; 0 before the first.


class SmsEnd:
    """One panel's end of the exchange of SMS with its cloud.

    `panel` (8 bytes) and `root_key` (32) are the panel's own. Call `wake` whenever an urgent event was journalled or
    acknowledged, and when `deadline_ms()` comes; while the modem can text, then send what `to_send()` returns, and call
    `failed` where the modem could not. All times are uptime in milliseconds. `sent` counts the attempts of this day of
    uptime, `refused` what came and was not the cloud's.
    """

    def __init__(self, panel: bytes, root_key: bytes) -> None:
        self.sent = self.refused = 0
        self._key = keys.sms_key(root_key, panel)
        self._waiting: list[_Waiting] = []
        self._last: list[_Waiting] = []
        self._failed_ms = FAILED_MS
        self._now_ms = self._day = 0

    def wake(self, now_ms: int, records: "Sequence[Record]", hopeless: bool = False) -> None:
        """Take note of what waits now.

        `records` are the most urgent events that are not acknowledged, whether on their way or not, the most urgent
        first; what is beyond WAITING_MAX waits for its turn. `hopeless`: neither path has a connection, so that what
        was never texted needs no waiting.
        """
        self._turn(now_ms)
        before, self._waiting = self._waiting, []
        for record in records:
            if record.urgency > contact_id.FAULT or len(self._waiting) >= WAITING_MAX:
                break
            waiting = _find(before, record.kid, record.number)
            if waiting is None:
                patience_ms = LAST_RESORT_MS if record.urgency <= contact_id.TAMPER else FAULT_LAST_RESORT_MS
                waiting = _Waiting(record, now_ms + patience_ms)
            if hopeless and not waiting.wait_ms:
                waiting.due_ms = min(waiting.due_ms, now_ms)
            self._waiting.append(waiting)

    def deadline_ms(self) -> "int | None":
        """Return when there is something to send next, or None. A moment that is past means now."""
        moments = [max(waiting.due_ms, self._allowed_ms(waiting)) for waiting in self._waiting]
        return min(moments) if moments else None

    def to_send(self) -> "list[bytes]":
        """Return the SMS to send now, none or one of at most 140 octets; ask again after each until there is none.

        With the event that is due goes another one, if one waits: first what is due as well, then what was never sent.
        """
        ready = [waiting for waiting in self._waiting if self._is_due(waiting)]
        if not ready:
            return []
        others = [waiting for waiting in self._waiting if waiting is not ready[0] and not waiting.wait_ms]
        self._last = (ready + others)[:1] + (ready[1:] + others)[:1]
        self.sent += 1
        for waiting in self._last:
            waiting.wait_ms = min(2 * waiting.wait_ms or REPEAT_MS, REPEAT_MS_MAX)
            waiting.due_ms = self._now_ms + waiting.wait_ms
        return [b"".join([waiting.record.kid + waiting.record.sealed for waiting in self._last])]

    def failed(self, now_ms: int) -> None:
        """The modem could not send the last SMS. It counts all the same: it may have gone, and be paid for."""
        self._turn(now_ms)
        for waiting in self._last:
            waiting.due_ms = now_ms + self._failed_ms
            waiting.wait_ms //= 2  # The next one waits no longer than this would have.
        self._failed_ms = min(2 * self._failed_ms, REPEAT_MS_MAX)

    def received(self, octets: bytes, now_ms: int) -> "list[tuple[bytes, int, bytes]]":
        """Take one SMS, whoever sent it; return (key id, number, short tag) of each waiting event it acknowledges.

        They may be forgotten: the tags are those of what waits. What is not the cloud's is counted in `refused`.
        """
        self._turn(now_ms)
        try:
            kid, sealed = sealing.split_frame(octets)
            if kid != self._key.kid:
                raise BadMessage("unknown key")
            message: Any = messages.decode(sealing.open_random(self._key, sealed), keys.SMS, keys.DOWN)
        except BadMessage:
            self.refused += 1
            return []
        self._failed_ms = FAILED_MS
        taken = []
        for at in range(0, len(message.acks), 2):
            waiting = _find(self._waiting, message.kid, message.acks[at])
            if waiting is not None and sealing.short_tag(waiting.record.sealed) == message.acks[at + 1]:
                self._waiting.remove(waiting)
                taken.append((message.kid, message.acks[at], message.acks[at + 1]))
        return taken

    def _turn(self, now_ms: int) -> None:
        self._now_ms = now_ms
        if now_ms // _DAY_MS != self._day:
            self._day = now_ms // _DAY_MS
            self.sent = 0

    def _is_due(self, waiting: _Waiting) -> bool:
        return max(waiting.due_ms, self._allowed_ms(waiting)) <= self._now_ms

    def _allowed_ms(self, waiting: _Waiting) -> int:
        """Return from when on the day's SMS suffice for this event: 0, or the next day."""
        kept = KEPT_FOR_ALARMS
        if waiting.record.urgency <= contact_id.INTRUSION:
            kept = KEPT_FOR_ALARMS // 2 if waiting.wait_ms else 0
        return 0 if self.sent < A_DAY_MAX - kept else (self._day + 1) * _DAY_MS


def _find(among: "list[_Waiting]", kid: bytes, number: int) -> "_Waiting | None":
    for waiting in among:
        if waiting.record.number == number and waiting.record.kid == kid:
            return waiting
    return None
