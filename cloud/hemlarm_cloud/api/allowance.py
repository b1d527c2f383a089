"""How many requests may come from where. Pure: told the time, answers how long to wait."""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass

KEYS_MAX = 10_000
"""Remembered at a time; who was forgotten, having been quiet longest, begins anew."""

_KEY_BYTES = 12


@dataclass(frozen=True)
class Rate:
    """So many requests a second in the long run, after so many at once."""

    per_second: float
    at_once: int


class Allowance:
    """Token buckets, one for each key."""

    def __init__(self, rate: Rate, keys_max: int = KEYS_MAX) -> None:
        self._rate = rate
        self._keys_max = keys_max
        self._buckets: OrderedDict[bytes, tuple[float, int]] = OrderedDict()

    def wait_s(self, key: bytes, now_ms: int) -> float:
        """Take one request's worth for this key; 0 if it may go on, else the seconds until it may."""
        digest = hashlib.blake2b(key, digest_size=_KEY_BYTES).digest()
        left, since_ms = self._buckets.pop(digest, (float(self._rate.at_once), now_ms))
        # A clock that was set back gives nothing and takes nothing.
        gained = max(now_ms - since_ms, 0) / 1000 * self._rate.per_second
        left = min(left + gained, float(self._rate.at_once))
        allowed = left >= 1
        self._buckets[digest] = (left - 1 if allowed else left, now_ms)
        if len(self._buckets) > self._keys_max:
            self._buckets.popitem(last=False)
        return 0.0 if allowed else (1 - left) / self._rate.per_second
