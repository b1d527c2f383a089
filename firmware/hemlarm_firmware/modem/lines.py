"""From a modem's bytes to lines, prompts and raw data: sans-I/O, bounded, and never surprised by any bytes.

Feed what came, then take items until there is none. A line ends with a line feed; carriage returns, blanks and control
characters around it are no part of it, and empty lines are nothing. A ">" where a line would begin is the prompt of a
modem that waits for data: no answer of a modem starts so. What was announced with `expect_data` is passed on unread.
"""

from hemlarm_protocol.constant import const

LINE_MAX = const(512)
"""The longest line: a status report or a short message of 140 octets takes 360 digits."""

RAW_MAX = const(1500)
"""The most raw bytes at a time that a modem of ours gives; a larger number is a garbled one."""

_HELD_MAX = const(1024)  # A line that is not complete yet, and what is read at a time, with room to spare.
_LINE_FEED = const(0x0A)
_PROMPT = const(0x3E)
_PADDING = b"\0\t\r\n "

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Lines:
    """Holds at most 1,024 bytes. What is fed beyond that is lost, which is told as an overflow."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._raw_left = 0
        self._lost = False
        self._skipping = False

    def feed(self, data: bytes) -> None:
        """Add what came from the modem; take all items before the next call."""
        room = _HELD_MAX - len(self._held)
        if len(data) > room:
            self._lost = True
            data = data[:room]
        self._held.extend(data)

    def expect_data(self, n: int) -> None:
        """Say that `n` raw bytes follow the line that was just taken. More than RAW_MAX is a garbled number: none."""
        self._raw_left = n if 0 < n <= RAW_MAX else 0

    def reset(self) -> None:
        """Forget everything, raw data that was to come too: the modem has started anew, or was silent."""
        self._held = bytearray()
        self._raw_left = 0
        self._lost = self._skipping = False

    def next(self) -> "tuple[Any, ...] | None":
        """Return the next item, or None before more is fed.

        ("line", text) of 1 to LINE_MAX characters of ASCII, what is not printable shown as "?"; ("prompt",);
        ("data", bytes), in as many pieces as it comes; ("overflow",): a line was too long, or bytes were lost.
        """
        while self._held:
            if self._raw_left:
                return self._take_raw()
            item = self._take_line()
            if item is None:
                break
            if item:
                return item
        if self._lost:
            self._lost = False
            return ("overflow",)
        return None

    def _take_raw(self) -> "tuple[Any, ...]":
        piece = self._take(min(self._raw_left, len(self._held)))
        self._raw_left -= len(piece)
        return "data", piece

    def _take_line(self) -> "tuple[Any, ...] | None":
        """Return an item, an empty tuple for what is none, or None where the line is not complete."""
        end = self._held.find(b"\n")
        if end < 0:
            return self._take_part()
        line = self._take(end + 1).lstrip(_PADDING)
        if line[:1] == b">" and not self._skipping:
            # The line feed behind it belongs to an answer, or to the data that a modem with echo sends back.
            self._held[:0] = line[1:]
            return ("prompt",)
        length = len(line) - 1  # What pads its end counts, as it does where the line feed has not come yet.
        line = line.rstrip(_PADDING)
        if self._skipping or length > LINE_MAX + 1 or len(line) > LINE_MAX:
            self._skipping = False
            return ("overflow",)
        return ("line", _text(line)) if line else ()

    def _take_part(self) -> "tuple[Any, ...] | None":
        self._held = bytearray(self._held.lstrip(_PADDING))
        if self._held[:1] == b">" and not self._skipping:
            self._held = self._held[1:]
            return ("prompt",)
        if self._skipping or len(self._held) > LINE_MAX + 1:  # A carriage return may stand at its end.
            self._skipping = True
            self._held = bytearray()
        return None

    def _take(self, n: int) -> bytes:
        taken = bytes(memoryview(self._held)[:n])
        self._held = self._held[n:]
        return taken


def _text(line: bytes) -> str:
    return "".join([chr(byte) if 0x20 <= byte < 0x7F else "?" for byte in line])
