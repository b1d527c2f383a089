"""A display of two lines of 16 characters: an HD44780 or its like behind a PCF8574 on I2C, as sold ready made.

By Hitachi's data sheet ADE-207-272 and NXP's of the PCF8574. Of the latter's bits 0 is RS, 1 RW, 2 E, 3 the light, and
4 to 7 are data: characters go as two halves, each taken when E falls. At 100 kbit/s a byte takes 90 us, more than
the 37 us of any command but "clear", so the display is never asked whether it is busy. ROMs differ in their letters
beyond ASCII, so the six of Swedish are drawn here.
"""

from hemlarm_protocol.constant import const

COLUMNS = 16

WAKE_STEPS = 5
WAKE_MS = 60
"""How many steps `start` has, and how long to wait before each: 40 ms for the supply, 4.1 ms between the others."""

_RS, _E, _LIGHT = 0x01, 0x04, 0x08
_TWO_LINES = b"\x28\x0c\x06"  # Four wires and two lines; display on, no cursor; to the right.
_CLEAR = const(0x01)
_PLACE = b"\x80\xc0"  # Where each line begins.
_DRAWINGS = const(0x40)

_DRAWN = "åäöÅÄÖ"
# Eight rows of five dots for each of them.
_DOTS = (
    b"\x04\x00\x0e\x01\x0f\x11\x0f\x00"
    b"\x0a\x00\x0e\x01\x0f\x11\x0f\x00"
    b"\x0a\x00\x0e\x11\x11\x11\x0e\x00"
    b"\x04\x00\x0e\x11\x1f\x11\x11\x00"
    b"\x0a\x00\x0e\x11\x1f\x11\x11\x00"
    b"\x0a\x00\x0e\x11\x11\x11\x0e\x00"
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from machine import I2C


class Hd44780:
    """One display at an address of 0x20 to 0x27, or 0x38 to 0x3F with a PCF8574A."""

    def __init__(self, bus: "I2C", address: int) -> None:
        self.lit = True
        self._bus = bus
        self._address = address

    def start(self, step: int) -> None:
        """Do one step of waking the display from any state, WAKE_MS after the one before. Raises OSError."""
        if step < 3:
            self._halves(b"\x30", 0, halves=1)
        elif step == 3:
            self._halves(b"\x20", 0, halves=1)
            self._halves(_TWO_LINES + bytes([_CLEAR]), 0)
        else:
            self._halves(bytes([_DRAWINGS]), 0)
            self._halves(_DOTS, _RS)

    def write(self, line: int, text: str) -> None:
        """Show `text` on line 0 or 1, cut or filled up to COLUMNS. Raises OSError."""
        self._halves(_PLACE[line : line + 1], 0)
        self._halves(encode(text), _RS)

    def light(self, lit: bool) -> None:
        """Switch the light behind the letters. Raises OSError."""
        self.lit = lit
        self._bus.writeto(self._address, bytes([_LIGHT if lit else 0]))

    def _halves(self, data: bytes, select: int, halves: int = 2) -> None:
        base = select | (_LIGHT if self.lit else 0)
        sent = bytearray()
        for byte in data:
            for half in (byte & 0xF0, byte << 4 & 0xF0)[:halves]:
                sent.append(half | base | _E)
                sent.append(half | base)
        self._bus.writeto(self._address, sent)


def encode(text: str) -> bytes:
    """Return COLUMNS bytes for the display; what it has no letter for is a question mark."""
    codes = bytearray()
    for letter in text[:COLUMNS]:
        drawn = _DRAWN.find(letter)
        codes.append(drawn if drawn >= 0 else ord(letter) if " " <= letter <= "}" else ord("?"))
    return bytes(codes) + b" " * (COLUMNS - len(codes))
