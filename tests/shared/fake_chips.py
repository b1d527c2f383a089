"""Fakes of chips on I2C, register by register, as their data sheets have them; and the bus that they hang on.

They know nothing of our drivers. A fake refuses what the chip would not understand. `FakeBus.dead` are addresses that
do not answer.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class FakeBus:
    """`machine.I2C`, as far as our chips need it."""

    def __init__(self, chips: "dict[int, Any]") -> None:
        self.chips = chips
        self.dead: list[int] = []
        self.transfers = 0

    def writeto(self, address: int, data: bytes) -> int:
        self._at(address).wrote(bytes(data))
        return len(data)

    def writeto_mem(self, address: int, register: int, data: bytes) -> None:
        self._at(address).wrote(bytes([register]) + bytes(data))

    def readfrom_mem_into(self, address: int, register: int, buffer: "bytearray") -> None:
        chip = self._at(address)
        chip.wrote(bytes([register]))
        buffer[:] = chip.read(len(buffer))

    def _at(self, address: int) -> "Any":
        self.transfers += 1
        if address not in self.chips or address in self.dead:
            raise OSError(19)
        return self.chips[address]


def on_bus(chips: "dict[int, Any]") -> "Any":
    """Return a bus with these chips, for who wants MicroPython's."""
    return FakeBus(chips)


class FakeAds1115:
    """SBAS444: 4 registers of 16 bits. `microvolts` are at its inputs; a conversion takes effect when it is started."""

    def __init__(self) -> None:
        self.microvolts = [0, 0, 0, 0]
        self._pointer = 0
        self._registers = [0, 0x8583, 0x8000, 0x7FFF]

    def wrote(self, data: bytes) -> None:
        self._pointer = data[0] & 3
        if len(data) == 3:
            self._registers[self._pointer] = data[1] << 8 | data[2]
            if self._pointer == 1:
                self._configured(data[1] << 8 | data[2])

    def read(self, count: int) -> bytes:
        assert count == 2
        return self._registers[self._pointer].to_bytes(2, "big")

    def _configured(self, config: int) -> None:
        started, mux, gain, single = config >> 15, config >> 12 & 7, config >> 9 & 7, config >> 8 & 1
        assert config & 0x1F == 3, "the comparator is to be off"
        assert single and mux >= 4, "one input against ground, once"
        step_nv = [187_500, 125_000, 62_500, 31_250, 15_625, 7_812][gain]
        if started:
            steps = max(min(self.microvolts[mux - 4] * 1000 // step_nv, 0x7FFF), -0x8000)
            self._registers[0] = steps & 0xFFFF


class FakeMcp23017:
    """DS20001952 with BANK = 0: pairs of registers, and the address moves on. `pulls` are pins pulled low outside.

    `wires(driven)` may say more of what is pulled low, from the pins that are driven and their levels.
    """

    def __init__(self) -> None:
        self.pulls = 0
        self.wires: Any = None
        self.reset()

    def reset(self) -> None:
        """As after its power came."""
        self.registers = [0xFF, 0xFF] + [0x00] * 20
        self._pointer = 0

    def wrote(self, data: bytes) -> None:
        self._pointer = data[0]
        for byte in data[1:]:
            register = self._pointer
            assert register not in (0x0A, 0x0B), "IOCON is not ours to change"
            self.registers[0x14 + register % 2 if register in (0x12, 0x13) else register] = byte
            self._pointer += 1

    def read(self, count: int) -> bytes:
        found = bytearray()
        for register in range(self._pointer, self._pointer + count):
            if register in (0x12, 0x13):
                found.append(self.pins >> 8 * (register - 0x12) & 0xFF)
            else:
                found.append(self.registers[register])
        return bytes(found)

    def both(self, register: int) -> int:
        return self.registers[register] | self.registers[register + 1] << 8

    @property
    def driven(self) -> int:
        """Pins that are outputs."""
        return ~self.both(0x00) & 0xFFFF

    @property
    def pins(self) -> int:
        """The level of every pin; one that nothing holds is low, which is as bad as it gets."""
        outputs = self.driven & self.both(0x14)
        inputs = ~self.driven & self.both(0x0C) & ~self.pulls
        if self.wires is not None:
            inputs &= ~self.wires(self.driven, outputs)
        return outputs | inputs & 0x7F7F  # Pins 7 and 15 are no inputs.


class FakeDisplay:
    """An HD44780 behind a PCF8574: what its pins do, half by half. It starts in any state, with nonsense on it."""

    def __init__(self) -> None:
        self.lit = False
        self.lose_power()

    def lose_power(self) -> None:
        self.four_wires = self._on = False
        self.shown = bytearray(b"x" * 0x80)
        self.drawn = bytearray(64)
        self._place = 0
        self._drawing = False
        self._last = 0
        self._first_half: int | None = None
        self.calls = 0

    @property
    def lines(self) -> "list[bytes]":
        return [bytes(self.shown[start : start + 16]) for start in (0x00, 0x40)] if self._on else [b"", b""]

    def wrote(self, data: bytes) -> None:
        for pins in data:
            assert not pins & 0x02, "RW is never set: nothing is read"
            self.lit = bool(pins & 0x08)
            if self._last & 0x04 and not pins & 0x04:
                assert pins & 0xF1 == self._last & 0xF1, "data hold while E falls"
                self._half(pins >> 4, bool(pins & 0x01))
            self._last = pins

    def _half(self, half: int, is_data: bool) -> None:
        if not self.four_wires:
            assert not is_data
            self.calls += half == 3
            if half == 2:
                assert self.calls >= 3, "three calls wake it from any state"
                self.four_wires = True
            return
        if self._first_half is None:
            self._first_half = half
            return
        byte, self._first_half = self._first_half << 4 | half, None
        if is_data:
            self._write(byte)
        else:
            self._command(byte)

    def _write(self, byte: int) -> None:
        if self._drawing:
            self.drawn[self._place & 0x3F] = byte
        else:
            self.shown[self._place & 0x7F] = byte
        self._place += 1

    def _command(self, byte: int) -> None:
        if byte & 0x80:
            self._place, self._drawing = byte & 0x7F, False
        elif byte & 0x40:
            self._place, self._drawing = byte & 0x3F, True
        elif byte & 0x20:
            if byte == 0x33:  # Two of the calls that wake it, in the eyes of one that was awake already.
                self.four_wires = False
                self.calls = 3
                return
            assert byte & 0x18 == 0x08, "four wires, two lines"
        elif byte & 0x08:
            self._on = bool(byte & 0x04)
        elif byte == 0x01:
            self.shown[:] = b" " * 0x80
            self._place = 0


class FakeIna226:
    """SBOS547: registers of 16 bits; it measures when its mode says so."""

    def __init__(self) -> None:
        self.bus_uv = 0
        self.shunt_nv = 0
        self._pointer = 0
        self._config = 0x4000

    def wrote(self, data: bytes) -> None:
        self._pointer = data[0]
        if len(data) == 3:
            assert data[0] == 0
            self._config = data[1] << 8 | data[2]

    def read(self, count: int) -> bytes:
        assert count == 2 and self._config & 7 == 7, "continuously shunt and bus"
        value = {1: self.shunt_nv // 2500 & 0xFFFF, 2: self.bus_uv // 1250, 0xFE: 0x5449}[self._pointer]
        return value.to_bytes(2, "big")


class FakeDs3231:
    """19-5170: 19 bytes, and the address moves on. `stopped` is what an empty cell leaves."""

    def __init__(self) -> None:
        self.registers = bytearray(19)
        self.registers[0x0F] = 0x88
        self._pointer = 0

    def stop(self) -> None:
        self.registers[0x0F] |= 0x80

    def wrote(self, data: bytes) -> None:
        self._pointer = data[0]
        for byte in data[1:]:
            self.registers[self._pointer] = byte
            self._pointer += 1

    def read(self, count: int) -> bytes:
        return bytes(self.registers[self._pointer : self._pointer + count])
