"""A fake of the SX1262 by its data sheet: commands by bytes, with its buffer, registers and interrupts.

It knows nothing of our driver, and refuses what the chip would not do: a command while it is BUSY, listening before
it was told how, a frame in another form than the other end's.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_NAMES = {
    0x80: "standby",
    0x8A: "packet-type",
    0x86: "frequency",
    0x95: "amplifier",
    0x8E: "power",
    0x8F: "bases",
    0x8B: "modulation",
    0x8C: "packet",
    0x08: "irq",
    0x96: "regulator",
    0x9D: "switch",
    0x97: "tcxo",
    0x89: "calibrate",
    0x98: "image",
}
_LENGTHS = {"standby": 1, "packet-type": 1, "frequency": 4, "amplifier": 4, "power": 2, "bases": 2, "modulation": 8}
_LENGTHS.update({"packet": 9, "irq": 8, "regulator": 1, "switch": 1, "tcxo": 4, "calibrate": 1, "image": 2})


class FakeLevel:
    """A pin that we drive: `on`, `off` and `value`."""

    def __init__(self) -> None:
        self.level = 1

    def on(self) -> None:
        self.level = 1

    def off(self) -> None:
        self.level = 0

    def value(self, level: "int | None" = None) -> int:
        if level is not None:
            self.level = level
        return self.level


class FakeSx1262:
    """Its SPI is this object itself; `select` and `busy` are its pins. `interrupts` counts rises of DIO1."""

    def __init__(self) -> None:
        self.select = FakeLevel()
        self.busy = FakeLevel()
        self.dead = False
        self.noise_dbm = -110
        self.sent: list[bytes] = []
        self.interrupts = 0
        self.reset()

    def reset(self) -> None:
        self.busy.level = 0
        self.settings: dict[str, bytes] = {}
        self.registers = {0x08D8: 0xC0}
        self.buffer = bytearray(256)
        self.mode = "standby"
        self.flags = 0
        self._heard = (0, 0, -127)
        self._answer = b""

    # The bus.

    def write(self, data: bytes) -> None:
        assert self.select.level == 0 and not self.busy.level
        if not self.dead:
            self._answer = self._take(data[0], bytes(data[1:]))

    def read(self, count: int) -> bytes:
        assert self.select.level == 0
        return b"\x00" * count if self.dead else (self._answer + bytes(count))[:count]

    # The air.

    @property
    def form(self) -> "list[bytes]":
        """What two ends must agree on; the length in it is a limit of the receiver's."""
        packet = self.settings["packet"]
        sync = bytes([self.registers.get(0x06C0 + at, 0) for at in range(packet[3] // 8)])
        return [self.settings["frequency"], self.settings["modulation"], packet[:6] + packet[7:], sync]

    def hear(self, frame: bytes, rssi_dbm: int, whole: bool = True) -> bool:
        """A frame comes by; return whether the chip was listening and took it."""
        if self.mode != "listening" or len(frame) > self.settings["packet"][6]:
            return False
        start = self.settings["bases"][1]
        self.buffer[start : start + len(frame)] = frame
        self._heard = (len(frame), start, rssi_dbm)
        self._raise(0x0002 if whole else 0x0042)
        return True

    def finish_sending(self, timeout: bool = False) -> None:
        """The frame is out, or the limit of time for it is over."""
        assert self.mode == "sending"
        self.mode = "standby"
        self._raise(0x0200 if timeout else 0x0001)

    def _raise(self, flags: int) -> None:
        asked = int.from_bytes(self.settings["irq"][:2], "big") & int.from_bytes(self.settings["irq"][2:4], "big")
        if flags & asked and not self.flags & asked:
            self.interrupts += 1
        self.flags |= flags

    def _take(self, code: int, rest: bytes) -> bytes:
        name = _NAMES.get(code)
        if name is not None:
            assert len(rest) == _LENGTHS[name], name
            self.settings[name] = rest
            if name == "standby":
                self.mode = "standby"
        elif code == 0x82:
            assert rest == b"\xff\xff\xff" and self.settings["packet-type"] == b"\0"
            assert self.settings["packet"] and self.settings["modulation"]
            self.mode = "listening"
        elif code == 0x83:
            self._send()
        elif code == 0x02:
            self.flags &= ~int.from_bytes(rest, "big")
        elif code == 0x0D:
            for at, byte in enumerate(rest[2:]):
                self.registers[int.from_bytes(rest[:2], "big") + at] = byte
        elif code == 0x0E:
            self.buffer[rest[0] : rest[0] + len(rest) - 1] = rest[1:]
        else:
            return self._ask(code, rest)
        return b""

    def _send(self) -> None:
        length, start = self.settings["packet"][6], self.settings["bases"][0]
        self.sent.append(bytes(self.buffer[start : start + length]))
        self.mode = "sending"

    def _ask(self, code: int, rest: bytes) -> bytes:
        length, start, rssi_dbm = self._heard
        if code == 0x1D:
            first = int.from_bytes(rest[:2], "big")
            return bytes([self.registers.get(first + at, 0) for at in range(16)])
        if code == 0x1E:
            return bytes(self.buffer[rest[0] :])
        assert rest == b"\0"
        answers: dict[int, Any] = {
            0x12: self.flags.to_bytes(2, "big"),
            0x13: bytes([length, start]),
            0x14: bytes([0x01, -2 * rssi_dbm, -2 * rssi_dbm]),
            0x15: bytes([-2 * self.noise_dbm]),
        }
        found: bytes = answers[code]
        return found
