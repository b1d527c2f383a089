"""Messages that are lost, repeated, held up or damaged between a panel and the cloud.

Whole MQTT messages, as a broker that drops or repeats them would do it, or one of two ways that overtakes the other:
the bytes of one TCP connection keep their order whatever happens.
"""

from collections.abc import Callable
from dataclasses import dataclass

from hemlarm_simulator.chance import Chance
from hemlarm_simulator.clock import Clock
from hemlarm_simulator.virtual.faults import MESSAGE_KINDS, Faults

LATE_MS_MAX = 15_000
"""A message is held up to so long: longer than `panel_end.HELLO_LIFE_MS`, so that some answers come too late."""

_GROWTH_MAX = 8
"""Bytes that damage adds to a message at most."""

Deliver = Callable[[bytes], None]


class UnknownDisturbanceError(ValueError):
    """No message is disturbed in this way."""


@dataclass(frozen=True)
class _Order:
    """So many messages in a thousand, until the time is over."""

    per_mille: int
    until_ms: int


class Disturbance:
    """What happens to the messages of one direction, "up" or "down"; `chance` decides about each."""

    def __init__(self, direction: str, clock: Clock, faults: Faults, chance: Chance) -> None:
        self._direction = direction
        self._clock = clock
        self._faults = faults
        self._chance = chance
        self._orders: dict[str, _Order] = {}

    def order(self, kind: str, for_ms: int, per_mille: int) -> None:
        """Does `kind` to so many messages in a thousand from now on. A kind has one order, the last one.

        Raises UnknownDisturbanceError.
        """
        if kind not in MESSAGE_KINDS:
            raise UnknownDisturbanceError(f"{kind!r} is none of {', '.join(MESSAGE_KINDS)}")
        self._orders[kind] = _Order(per_mille, self._clock.now_ms + for_ms)

    def end(self) -> None:
        """Ends all orders. What is held up still arrives."""
        self._orders = {}

    def pass_on(self, message: bytes, deliver: Deliver) -> None:
        """Gives a message to `deliver`: now and as it is, unless it is disturbed."""
        if not self._orders:
            deliver(message)
            return
        if self._strikes("lose"):
            self._count("lose", message)
            return
        if self._strikes("corrupt"):
            damaged = self._damaged(message)
            self._count("corrupt", message, damaged)
            message = damaged
        if self._strikes("duplicate"):
            self._count("duplicate", message)
            self._later(message, deliver)
        if self._strikes("delay"):
            self._count("delay", message)
            self._later(message, deliver)
        else:
            deliver(message)

    def _strikes(self, kind: str) -> bool:
        order = self._orders.get(kind)
        if order is None:
            return False
        if self._clock.now_ms >= order.until_ms:
            del self._orders[kind]
            return False
        return self._below(1000) < order.per_mille

    def _later(self, message: bytes, deliver: Deliver) -> None:
        self._clock.call_in(1 + self._below(LATE_MS_MAX), lambda: deliver(message))

    def _damaged(self, message: bytes) -> bytes:
        """The message with one bit turned, or shortened, or with something behind it."""
        how = self._below(3)
        if how == 0 and message:
            at = self._below(len(message))
            return message[:at] + bytes([message[at] ^ 1 << self._below(8)]) + message[at + 1 :]
        if how == 1 and message:
            return message[: self._below(len(message))]
        return message + self._chance(1 + self._below(_GROWTH_MAX))

    def _below(self, limit: int) -> int:
        return int.from_bytes(self._chance(4), "big") % limit

    def _count(self, kind: str, *messages: bytes) -> None:
        self._faults.happened(f"{kind}-{self._direction}", *messages)
