"""SX1262, a radio on SPI, by Semtech's data sheet DS.SX1261-2.W.APP, set as docs/sensor-radio.md has it.

Each command is a byte and its parameters with the chip selected; before it the chip must not be BUSY. It listens all
the time, but while it sends. Its frames of up to 255 bytes carry their length and a CRC of two bytes, and are whitened.
"""

from hemlarm_protocol.constant import const

FREQUENCY_HZ = 868_650_000
BITS_PER_S = 38_400
DEVIATION_HZ = 20_000
POWER_DBM = 10
"""At the chip; the band allows 10 mW from the antenna, and the wire to it loses what the antenna may gain."""

SYNC_WORD = b"\x2d\xd4\x48\x6d"
"""The first two bytes are many makers' choice, as they rarely come about by noise; the others are ours."""

FRAME_MAX = 255
RESET_MS = [1, 10]
"""How long reset is held low, and how long the chip then needs before `configure`."""

TX_DONE, RX_DONE, CRC_ERROR, TIMEOUT = 0x0001, 0x0002, 0x0040, 0x0200

_CRYSTAL_HZ = const(32_000_000)
_STEPS = const(1 << 25)  # In a crystal's frequency: what frequencies are counted in.
_PREAMBLE_BITS = const(40)
_BT_05 = const(0x09)
_WIDTH_117_KHZ = const(0x0B)  # 78 kHz are occupied, and two crystals may be 17 kHz apart.
_RAMP_200_US = const(0x04)
_TX_LIMIT = (
    b"\x00\x0c\x80"  # 50 ms in units of 15.625 us: no frame of ours takes as long, and a chip that hangs is found.
)
_FOR_EVER = b"\xff\xff\xff"
_SEND_FROM = const(0x80)  # The halves of its buffer: below it is what was heard.
_BUSY_LOOKS = const(20_000)
_EIO = const(5)

_STANDBY, _FSK, _FREQUENCY, _AMPLIFIER, _POWER, _BASES = 0x80, 0x8A, 0x86, 0x95, 0x8E, 0x8F
_MODULATION, _PACKET, _IRQ_PINS, _IRQ_CLEAR, _SEND, _LISTEN = 0x8B, 0x8C, 0x08, 0x02, 0x83, 0x82
_REGULATOR, _SWITCH, _TCXO, _CALIBRATE, _CALIBRATE_IMAGE = 0x96, 0x9D, 0x97, 0x89, 0x98
_WRITE_REGISTER, _READ_REGISTER, _WRITE, _READ = 0x0D, 0x1D, 0x0E, 0x1E
_IRQ_STATUS, _HEARD, _PACKET_STATUS, _LEVEL = 0x12, 0x13, 0x14, 0x15
_SYNC_AT, _CLAMP_AT = b"\x06\xc0", b"\x08\xd8"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from machine import SPI, Pin


class Sx1262:
    """One radio; `tcxo` is the code of the voltage that DIO3 gives its oscillator (2: 1.8 V), None for a crystal."""

    def __init__(self, spi: "SPI", select: "Pin", busy: "Pin", tcxo: "int | None" = None) -> None:
        self._spi = spi
        self._select = select
        self._busy = busy
        self._tcxo = tcxo

    def configure(self) -> None:
        """Set all up after a reset, and listen. Raises OSError where there is no such chip."""
        self._command(_STANDBY, b"\x00")
        self._command(_REGULATOR, b"\x01")  # The efficient one.
        if self._tcxo is not None:
            self._command(_TCXO, bytes([self._tcxo, 0x00, 0x01, 0x40]))  # 5 ms for it to settle.
            self._command(_CALIBRATE, b"\x7f")
        self._command(_SWITCH, b"\x01")  # DIO2 turns the antenna to the transmitter.
        self._command(_CALIBRATE_IMAGE, b"\xd7\xdb")  # 863 to 870 MHz.
        self._command(_FSK, b"\x00")
        self._command(_FREQUENCY, (FREQUENCY_HZ * _STEPS // _CRYSTAL_HZ).to_bytes(4, "big"))
        self._command(_AMPLIFIER, b"\x04\x07\x00\x01")
        self._command(_POWER, bytes([POWER_DBM, _RAMP_200_US]))
        self._command(_BASES, bytes([_SEND_FROM, 0x00]))
        rate = 32 * _CRYSTAL_HZ // BITS_PER_S
        deviation = DEVIATION_HZ * _STEPS // _CRYSTAL_HZ
        shape = bytes([_BT_05, _WIDTH_117_KHZ])
        self._command(_MODULATION, rate.to_bytes(3, "big") + shape + deviation.to_bytes(3, "big"))
        self._command(_WRITE_REGISTER, _SYNC_AT + SYNC_WORD)
        self._soften_clamp()
        irqs = (TX_DONE | RX_DONE | CRC_ERROR | TIMEOUT).to_bytes(2, "big")
        self._command(_IRQ_PINS, irqs + irqs + b"\x00\x00\x00\x00")
        if self._ask(_READ_REGISTER, _SYNC_AT + b"\x00", len(SYNC_WORD)) != SYNC_WORD:
            raise OSError(_EIO)
        self.listen()

    def listen(self) -> None:
        """Take what comes, for ever. Raises OSError."""
        self._frame_of(FRAME_MAX)
        self._command(_LISTEN, _FOR_EVER)

    def send(self, frame: bytes) -> None:
        """Send at once, up to FRAME_MAX bytes; TX_DONE follows, then call `listen`. Raises OSError."""
        self._command(_STANDBY, b"\x00")
        self._command(_WRITE, bytes([_SEND_FROM]) + frame)
        self._frame_of(len(frame))
        self._command(_SEND, _TX_LIMIT)

    def happened(self) -> int:
        """Return the flags above of what happened since the last call. Raises OSError."""
        flags = self._ask(_IRQ_STATUS, b"\x00", 2)
        self._command(_IRQ_CLEAR, flags)
        return flags[0] << 8 | flags[1]

    def heard(self) -> "tuple[bytes, int]":
        """Return the last frame after RX_DONE, and how strong it was, in dBm. Raises OSError."""
        length, start = self._ask(_HEARD, b"\x00", 2)
        frame = self._ask(_READ, bytes([start, 0x00]), length)
        return frame, -self._ask(_PACKET_STATUS, b"\x00", 3)[2] // 2

    def level_dbm(self) -> int:
        """Return how strong what is on the channel is now, while it listens. Raises OSError."""
        return -self._ask(_LEVEL, b"\x00", 1)[0] // 2

    def _frame_of(self, length: int) -> None:
        """The form of a frame: preamble, of which 16 bits must be seen; sync word, length within, CRC, whitening."""
        sync_bits = 8 * len(SYNC_WORD)
        self._command(_PACKET, bytes([0x00, _PREAMBLE_BITS, 0x05, sync_bits, 0x00, 0x01, length, 0x02, 0x01]))

    def _soften_clamp(self) -> None:
        """The data sheet's chapter 15.2: else the transmitter protects itself from antennas that are good enough."""
        clamp = self._ask(_READ_REGISTER, _CLAMP_AT + b"\x00", 1)[0]
        self._command(_WRITE_REGISTER, _CLAMP_AT + bytes([clamp | 0x1E]))

    def _command(self, code: int, parameters: bytes) -> None:
        self._wait()
        self._select.off()
        try:
            self._spi.write(bytes([code]) + parameters)
        finally:
            self._select.on()

    def _ask(self, code: int, parameters: bytes, count: int) -> bytes:
        """Where the answer comes behind its parameters, a last one of which is the status that it gives meanwhile."""
        self._wait()
        self._select.off()
        try:
            self._spi.write(bytes([code]) + parameters)
            return self._spi.read(count)
        finally:
            self._select.on()

    def _wait(self) -> None:
        for _ in range(_BUSY_LOOKS):
            if not self._busy.value():
                return
        raise OSError(_EIO)
