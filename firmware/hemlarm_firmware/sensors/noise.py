"""When the sensors' radio counts as jammed: blocked for 30 s within 60 s, until it is so for less than 5 s within 60 s.

What blocks it is anything but a frame of ours. The 30 s within 60 s are the trade's; the board says when the channel
becomes busy and when it is free again. Seconds are kept one by one, so the 60 s are right to the last one.
"""

from array import array

from hemlarm_protocol.constant import const

WINDOW_MS = 60_000
JAMMED_MS = 30_000
FREE_MS = 5_000

_SLOT_MS = const(1_000)
_SLOTS = const(60)


class Noise:
    """The last minute of one channel. `deadline_ms` is when to judge it again, or None.

    One that was `jammed` before the clock started anew stays so for the first minute.
    """

    def __init__(self, jammed: bool) -> None:
        self.jammed = jammed
        self.busy = False
        self.deadline_ms: int | None = None
        self._until_ms = 0  # What was before is in the slots.
        self._slots = array("H", [0] * _SLOTS)  # How long of each second it was busy.

    def judge(self, busy: bool, now_ms: int) -> None:
        """The channel is `busy`, or free, from now on: says in `jammed` what that makes of the last minute."""
        slots = self._slots
        at_ms = max(self._until_ms, now_ms - now_ms % _SLOT_MS - WINDOW_MS)
        while at_ms < now_ms:
            second = at_ms // _SLOT_MS
            end_ms = min(now_ms, (second + 1) * _SLOT_MS)
            if at_ms % _SLOT_MS == 0:
                slots[second % _SLOTS] = 0
            if self.busy:
                slots[second % _SLOTS] += end_ms - at_ms
            at_ms = end_ms
        self._until_ms = now_ms
        self.busy = busy
        self.deadline_ms = None
        blocked_ms = sum(slots)
        if self.jammed and (blocked_ms >= FREE_MS or now_ms < WINDOW_MS):
            if not busy:
                self.deadline_ms = now_ms + _SLOT_MS
        elif busy and blocked_ms < JAMMED_MS:
            self.jammed = False
            self.deadline_ms = now_ms + JAMMED_MS - blocked_ms
        else:
            self.jammed = blocked_ms >= JAMMED_MS
