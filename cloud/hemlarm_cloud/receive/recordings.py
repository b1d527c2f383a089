"""Whether what is encrypted came before under another head: the standard encrypts neither number nor kind."""

import hashlib
from collections import OrderedDict

from hemlarm_cloud.receive.dc09_tolerance import Heard

REMEMBERED_MAX = 100_000
"""Telegrams remembered, 60 s of 1,600 a second; beyond that the oldest is forgotten."""


class Recordings:
    """The encrypted telegrams of the last `span_ms`, for so long are their times taken.

    It lives in memory, so for one span after a start a recorded telegram under another number is not known for one.
    """

    def __init__(self, span_ms: int) -> None:
        self._span_ms = span_ms
        self._known: OrderedDict[bytes, tuple[int, bytes]] = OrderedDict()

    def is_original(self, heard: Heard, now_ms: int) -> bool:
        """Whether an encrypted telegram is the first with these bytes, or repeats its own; True for a plain one."""
        frame = heard.frame
        if not frame.hidden:
            return True
        self._forget(now_ms)
        key = hashlib.sha256(frame.hidden).digest()
        head = b"%s %s %s" % (frame.kind.encode(), heard.number, frame.account.upper().encode())
        _, known = self._known.setdefault(key, (now_ms, head))
        return known == head

    def _forget(self, now_ms: int) -> None:
        while self._known:
            key, (since_ms, _) = next(iter(self._known.items()))
            if len(self._known) <= REMEMBERED_MAX and 0 <= now_ms - since_ms <= self._span_ms:
                return
            del self._known[key]
