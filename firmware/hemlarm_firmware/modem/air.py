"""What a mobile path costs: seconds on the air, bytes and messages, of this day of uptime and of the last whole one.

After its last exchange a modem stays connected to the cell for a while, which is what the network's capacity and the
battery pay for. So an exchange costs ten seconds, and one within them only what it adds.
"""

from hemlarm_protocol.constant import const

TAIL_MS = const(10_000)
"""How long the radio stays connected after the last exchange: the inactivity timer that LTE cells commonly use."""

_DAY_MS = const(86_400_000)


class Air:
    """Times are uptimes in ms that never go back. Each tail counts whole, for the day of the exchange before it."""

    def __init__(self) -> None:
        self._day = 0
        self._until_ms = 0
        self._now = [0] * 4  # ms on the air, bytes up, bytes down, messages.
        self._whole = [0] * 4

    def exchange(self, now_ms: int) -> None:
        """The radio is in use."""
        self._turn(now_ms)
        self._now[0] += now_ms + TAIL_MS - max(now_ms, self._until_ms)
        self._until_ms = now_ms + TAIL_MS

    def sent(self, n: int, now_ms: int) -> None:
        """`n` bytes of a connection were sent."""
        self.exchange(now_ms)
        self._now[1] += n

    def received(self, n: int, now_ms: int) -> None:
        """`n` bytes of a connection have come."""
        self.exchange(now_ms)
        self._now[2] += n

    def texted(self, now_ms: int) -> None:
        """A short message was sent."""
        self.exchange(now_ms)
        self._now[3] += 1

    def totals(self, now_ms: int) -> "tuple[int, ...]":
        """Return seconds on the air, bytes up, bytes down and messages of this day, and the first three of the last."""
        self._turn(now_ms)
        now, whole = self._now, self._whole
        return _seconds(now[0]), now[1], now[2], now[3], _seconds(whole[0]), whole[1], whole[2]

    def _turn(self, now_ms: int) -> None:
        """Begin a new day, if it is one."""
        day = now_ms // _DAY_MS
        if day != self._day:
            self._whole = self._now if day == self._day + 1 else [0] * 4
            self._now = [0] * 4
            self._day = day


def _seconds(ms: int) -> int:
    return (ms + 999) // 1000
