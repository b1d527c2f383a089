"""One way between a house and the world: how long bytes take on it, what is lost, and what stops them altogether.

In an outage, and in a black hole, bytes are held as TCP holds them, and go on their way when it is over, unless one
side has given up by then. In an outage new connections fail; in a black hole nobody is told anything, and they hang.
The bytes of one direction of a connection never overtake each other. Everything on the way is counted here, apart from
whatever the panel counts.
"""

from collections.abc import Callable, Mapping

from hemlarm_simulator.chance import Chance
from hemlarm_simulator.clock import Clock
from hemlarm_simulator.ledger import Ledger
from hemlarm_simulator.virtual.faults import Faults

RESENT_AFTER_MS = 1_000
"""A lost packet is sent again after this, and then after twice as long each time: RFC 6298, section 2."""

RESENT_MAX = 6
"""A packet that was lost so often gets through: a minute has gone by, and whoever waits for it has given up."""

HEADERS = 40
"""Bytes of TCP and IP around each packet. They take time, and are not counted among the bytes."""

TAIL_MS = 10_000
"""So long a radio stays connected behind each use of it: what mobile networks commonly wait."""

_BLACK_HOLE = "black-hole"
_PER_MILLE = 1_000


class Lane:
    """One direction of a connection: nothing arrives before `free_ms`, when the last bytes before it arrive."""

    def __init__(self, down: bool) -> None:
        self.free_ms = 0
        self.down = down


class Use:
    """What went over a way: bytes of TCP's payload, connections, SMS, and how long a radio there would be connected."""

    def __init__(self) -> None:
        self.bytes_up = self.bytes_down = self.connections = self.sms = 0
        self.carried_up = self.carried_down = 0
        """Bytes without what TLS takes for itself, where TLS is only counted."""
        self._air_ms = 0
        self._until_ms = 0

    def went_up(self, size: int, now_ms: int) -> None:
        """The house has sent so many bytes."""
        self.bytes_up += size
        self.used(now_ms)

    def came_down(self, size: int, now_ms: int) -> None:
        """So many bytes have reached the house."""
        self.bytes_down += size
        self.used(now_ms)

    def used(self, now_ms: int) -> None:
        """Something went over it: the radio is connected from now on for TAIL_MS at least."""
        self._air_ms += now_ms + TAIL_MS - max(now_ms, self._until_ms)
        self._until_ms = now_ms + TAIL_MS

    def idle(self, now_ms: int) -> bool:
        """Whether the radio has gone to sleep."""
        return now_ms >= self._until_ms

    def air_ms(self, now_ms: int) -> int:
        """For how long the radio was connected until now."""
        return self._air_ms - max(0, self._until_ms - now_ms)


class Way:
    """`delay_ms` and up to `jitter_ms` more, decided by `chance`, is the time of one direction.

    `off_kinds` are the parts that it consists of, each with the fault that it is when that part is off. Nothing gets
    through where one of them is off.
    """

    off_kinds: Mapping[str, str] = {}
    black_hole_kind = ""

    def __init__(
        self,
        clock: Clock,
        ledger: Ledger,
        delay_ms: int,
        faults: Faults | None = None,
        chance: Callable[[int], bytes] | None = None,
    ) -> None:
        self.clock = clock
        self.ledger = ledger
        self.delay_ms = delay_ms
        self.jitter_ms = 0
        self.use = Use()
        """What went over it since the world began."""
        self.faults = faults or Faults(clock, ledger)
        self._chance = chance or Chance(0, "network")
        self._usual_ms = delay_ms
        self._speed = (delay_ms, 0)
        self._off: set[str] = set()
        self._held: list[tuple[Callable[[], None], Lane, int]] = []
        self._loss_per_mille = 0
        self._bandwidth_bps = 0
        self._wake_ms = 0
        self._plain = True
        self._sender_free_ms = [0, 0]

    @property
    def passing(self) -> bool:
        """Whether anything gets through."""
        return not self._off

    @property
    def dead(self) -> bool:
        """Whether it is known to be off, so that new connections fail: a black hole is not known."""
        return bool(self._off - {_BLACK_HOLE})

    @property
    def black_hole(self) -> bool:
        """Whether packets vanish on it, and nobody is told."""
        return _BLACK_HOLE in self._off

    @black_hole.setter
    def black_hole(self, open_: bool) -> None:
        self.switch(_BLACK_HOLE, not open_)

    @property
    def loss_per_mille(self) -> int:
        """How many packets of a thousand get lost, and are sent again."""
        return self._loss_per_mille

    @loss_per_mille.setter
    def loss_per_mille(self, per_mille: int) -> None:
        self._loss_per_mille = per_mille
        self._shape()

    def shape(self, bandwidth_bps: int, wake_ms: int) -> None:
        """So many bits a second go each way, 0 for any number; a radio that sleeps takes `wake_ms` to wake."""
        self._bandwidth_bps, self._wake_ms = bandwidth_bps, wake_ms
        self._shape()

    def calm(self) -> None:
        """As quick as it was at first, and nothing vanishes on it."""
        if self.black_hole:
            self.black_hole = False
        self.delay_ms, self.jitter_ms = self._usual_ms, 0
        self.loss_per_mille = 0

    def switch(self, part: str, on: bool) -> None:
        """A part of it is switched off, or on again, and then what was held goes on its way."""
        self.ledger.enter(self.clock.now_ms, part, on)
        if not on and part not in self._off:
            self.faults.happened(self.off_kinds.get(part, self.black_hole_kind))
            self._off.add(part)
        elif on:
            self._off.discard(part)
        held, self._held = self._held, []
        for action, lane, size in held:
            self.carry(action, lane, size)

    def carry(self, action: Callable[[], None], lane: Lane, size: int = 0) -> None:
        """Makes something happen at the other side, after the delay, or after the outage; it has `size` bytes."""
        if self._off:
            self._held.append((action, lane, size))
            return
        now_ms = self.clock.now_ms
        free_ms = now_ms + (self._way_ms() if self._plain else self._shaped_ms(size, lane.down))
        if free_ms > lane.free_ms:
            lane.free_ms = free_ms
        self.clock.call_in(lane.free_ms - now_ms, action)

    def _shape(self) -> None:
        self._plain = not (self._loss_per_mille or self._bandwidth_bps or self._wake_ms)

    def _way_ms(self) -> int:
        speed = (self.delay_ms, self.jitter_ms)
        if speed != self._speed:
            self._speed = speed
            if self.delay_ms + self.jitter_ms > self._usual_ms:
                self.faults.happened("slow-network", *speed)
        if not self.jitter_ms:
            return self.delay_ms
        return self.delay_ms + int.from_bytes(self._chance(4), "big") % (self.jitter_ms + 1)

    def _shaped_ms(self, size: int, down: bool) -> int:
        """With the time to wake, to be sent one packet behind the other, and to be sent again."""
        now_ms = self.clock.now_ms
        wait_ms = self._way_ms() + (self._wake_ms if self.use.idle(now_ms) else 0)
        if self._bandwidth_bps:
            begins_ms = max(now_ms, self._sender_free_ms[down])
            self._sender_free_ms[down] = begins_ms + -(-(size + HEADERS) * 8_000 // self._bandwidth_bps)
            wait_ms += self._sender_free_ms[down] - now_ms
        pause_ms = RESENT_AFTER_MS
        for _ in range(RESENT_MAX):
            if not self._loses():
                break
            wait_ms += pause_ms
            pause_ms *= 2
        return wait_ms

    def _loses(self) -> bool:
        if not self._loss_per_mille:
            return False
        lost = int.from_bytes(self._chance(4), "big") % _PER_MILLE < self._loss_per_mille
        if lost:
            self.faults.happened("packet-lost")
        return lost
