"""The modem's end of the serial line: output at 115,200 baud, and what a bad line makes of it."""

from collections.abc import Callable

from hemlarm_simulator.modem.powered_clock import PoweredClock

_BYTES_A_MS = 11
"""115,200 baud with ten bits a byte."""

_PIECE_MAX = 7
_PIECE_GAP_MS = 30
"""How a line comes in parts, when `split_lines` is set: our choice, longer than any reader should wait for a byte."""


class LineFaults:
    """What is wrong with the line; outlives the modem's restarts.

    Of a thousand bytes `garble_per_mille` become others. With `split_lines` output comes in pieces with pauses.
    """

    def __init__(self) -> None:
        self.garble_per_mille = 0
        self.split_lines = False


class SerialLine:
    """Output of the running modem: in order, at the line's speed; what is not out when the power ends is lost."""

    def __init__(
        self, clock: PoweredClock, send: Callable[[bytes], None], faults: LineFaults, chance: Callable[[int], bytes]
    ) -> None:
        self._clock = clock
        self._send = send
        self._faults = faults
        self._chance = chance
        self._free_ms = 0

    def write(self, data: bytes) -> None:
        """Sends bytes behind all that was written before."""
        if self._faults.garble_per_mille:
            data = self._garbled(data)
        if not self._faults.split_lines:
            self._write(data, 0)
            return
        while data:
            size = 1 + self._chance(1)[0] % _PIECE_MAX
            self._write(data[:size], _PIECE_GAP_MS)
            data = data[size:]

    @property
    def idle_in_ms(self) -> int:
        """How long until all is out."""
        return max(0, self._free_ms - self._clock.now_ms)

    def _write(self, data: bytes, gap_ms: int) -> None:
        begin_ms = max(self._free_ms + gap_ms, self._clock.now_ms)
        self._free_ms = begin_ms + -(-len(data) // _BYTES_A_MS)
        self._clock.call_in(self._free_ms - self._clock.now_ms, lambda: self._send(data))

    def _garbled(self, data: bytes) -> bytes:
        bad = bytearray(data)
        for index in range(len(bad)):
            if int.from_bytes(self._chance(2), "big") % 1_000 < self._faults.garble_per_mille:
                bad[index] ^= self._chance(1)[0] or 0x80
        return bytes(bad)
