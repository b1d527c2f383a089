"""How much a stranger may ask of the receiver: connections, and telegrams in a time."""

from collections import OrderedDict
from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Bounds of one server. An address may be a gateway with hundreds of transmitters behind it."""

    connections: int = 1_000
    connections_per_address: int = 100
    telegram_s: float = 120.0
    """From the connection, or the telegram before, to the end of the next one: then a line that is slow or silent is
    closed. At 9,600 bit/s the longest telegram takes 100 s."""
    answer_s: float = 20.0
    """For an answer to be taken."""
    per_second: int = 20
    burst: int = 200
    """Telegrams of one address in a row, before it is held to `per_second`."""


ADDRESSES_MAX = 10_000
"""Addresses remembered; beyond that the one heard longest ago is forgotten."""


class Connections:
    """Counts connections by address."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._open: dict[str, int] = {}
        self.refused = 0

    def enter(self, address: str) -> bool:
        """Count one in, unless there are too many."""
        here = self._open.get(address, 0)
        if here >= self._limits.connections_per_address or sum(self._open.values()) >= self._limits.connections:
            self.refused += 1
            return False
        self._open[address] = here + 1
        return True

    def leave(self, address: str) -> None:
        """Count one out that `enter` let in."""
        self._open[address] -= 1
        if not self._open[address]:
            del self._open[address]


class Rates:
    """How long each address has to wait before its next telegram."""

    def __init__(self, limits: Limits) -> None:
        self._step_s = 1.0 / limits.per_second
        self._ahead_s = limits.burst * self._step_s
        self._next_s: OrderedDict[str, float] = OrderedDict()

    def wait_s(self, address: str, now_s: float) -> float:
        """Count a telegram at a moment of a steady clock; returns for how many seconds to put it off."""
        next_s = max(self._next_s.pop(address, 0.0), now_s)
        wait_s = max(0.0, next_s - now_s - self._ahead_s)
        self._next_s[address] = next_s + self._step_s
        while len(self._next_s) > ADDRESSES_MAX:
            self._next_s.popitem(last=False)
        return wait_s

    def may_pass(self, address: str, now_s: float) -> bool:
        """Whether a telegram that cannot be put off may pass; one that may not is not counted."""
        if self._next_s.get(address, 0.0) - now_s > self._ahead_s:
            return False
        self.wait_s(address, now_s)
        return True
