"""A stand-in for the ROM loader of an ESP32-S3: what the real `esptool` speaks to over a serial line.

It is none: it knows the commands that writing flash takes, keeps the flash chip, and answers as the loader in ROM does,
and after esptool has sent its flasher stub as that does, without running a single instruction of it. Written from
Espressif's description of the serial protocol. Erasing, compression, checksums and digests are done for real, and
whatever was not erased before it is written shows, as on a chip.
"""

import hashlib
import struct
import zlib
from collections.abc import Callable, MutableSequence
from typing import Protocol

SECTOR = 4096
CHIP_ID = 9
"""An ESP32-S3, as image headers and the loader's security information say it."""

_END, _ESCAPE = 0xC0, 0xDB
_ESCAPED = {0xDC: _END, 0xDD: _ESCAPE}
_FRAME_MAX = 0x4000 + 1024
_CHECKSUM_SEED = 0xEF
_SYNC_VALUE = 0x20120707
_SYNC_ANSWERS = 8

_SPI_COMMAND, _SPI_USER2, _SPI_W0 = 0x6000_2000, 0x6000_2020, 0x6000_2058
_READ_ID = 0x9F
_FLASH_ID = 0x18_40_EF
"""Winbond, SPI NOR, 2**0x18 = 16 MiB."""

_WATCHDOG, _WATCHDOG_LOCK, _WATCHDOG_ON = 0x6000_8098, 0x6000_80B0, 1 << 31

_MAC_LOW, _MAC_HIGH = 0x6000_7044, 0x6000_7048

_OK = 0
_BAD_MESSAGE, _BAD_CHECKSUM, _BAD_DATA = 0x05, 0x07, 0x0B

Answer = tuple[int, bytes, int]
"""What a command comes to: a value, data, and an error, or _OK."""


class Memory(Protocol):
    """The flash chip's bytes: a bytearray, or a file as `mmap` shows it."""

    def __len__(self) -> int: ...

    def __getitem__(self, where: slice, /) -> bytes | bytearray: ...

    def __setitem__(self, where: slice, data: bytes, /) -> None: ...


class RomLoader:
    """An ESP32-S3 in download mode whose flash chip is `chip`. `received` takes bytes and returns what it answers."""

    def __init__(self, chip: Memory, mac: bytes = bytes.fromhex("7cdfa1e0f00d")) -> None:
        self._chip = chip
        self._slip = _Slip()
        self._stub = False
        self._registers = {
            _MAC_LOW: int.from_bytes(mac[2:], "big"),
            _MAC_HIGH: int.from_bytes(mac[:2], "big"),
        }
        self._at = 0
        self._block = 0
        self._inflater = zlib.decompressobj()
        self.commands = 0
        """How many it was given."""
        self.reset = False
        """Whether it was asked to start the chip anew, by its watchdog."""

    def received(self, data: bytes) -> bytes:
        """Take what came over the line; return what goes back."""
        return b"".join(self._answered(frame) for frame in self._slip.frames(data))

    def _answered(self, frame: bytes) -> bytes:
        if len(frame) < 8 or frame[0]:
            return b""
        _, operation, length, checksum = struct.unpack("<BBHI", frame[:8])
        data = frame[8:]
        self.commands += 1
        if length != len(data):
            return self._told(operation, (0, b"", _BAD_MESSAGE))
        doing = _COMMANDS.get(operation)
        if doing is None:
            return self._told(operation, (0, b"", _BAD_MESSAGE))
        if operation in _CHECKED and _checksum(data[16:]) != checksum:
            return self._told(operation, (0, b"", _BAD_CHECKSUM))
        answer = self._told(operation, doing(self, data))
        if operation == _SYNC:
            return answer * _SYNC_ANSWERS
        if operation == _MEM_END:
            self._stub = True
            return answer + _framed(b"OHAI")
        return answer

    def _told(self, operation: int, answer: Answer) -> bytes:
        value, data, error = answer
        status = bytes([error != _OK, error]) + (b"" if self._stub else bytes(2))
        return _framed(struct.pack("<BBHI", 1, operation, len(data) + len(status), value) + data + status)

    def sync(self, _data: bytes) -> Answer:
        return 0 if self._stub else _SYNC_VALUE, b"", _OK

    def nothing(self, _data: bytes) -> Answer:
        """What changes nothing here: pins and sizes of the chip, code for its memory, baud rates."""
        return 0, b"", _OK

    def security(self, _data: bytes) -> Answer:
        return 0, struct.pack("<I8sII", 0, bytes(8), CHIP_ID, 0), _OK

    def read_register(self, data: bytes) -> Answer:
        (address,) = struct.unpack("<I", data)
        return self._registers.get(address, 0), b"", _OK

    def write_register(self, data: bytes) -> Answer:
        for start in range(0, len(data), 16):
            address, value, _mask, _delay = struct.unpack("<IIII", data[start : start + 16])
            if address == _SPI_COMMAND:
                asked = self._registers.get(_SPI_USER2, 0) & 0xFF
                self._registers[_SPI_W0] = _FLASH_ID if asked == _READ_ID else 0
            else:
                self._registers[address] = value
            on = bool(self._registers.get(_WATCHDOG, 0) & _WATCHDOG_ON)
            self.reset |= address == _WATCHDOG_LOCK and value == 0 and on
        return 0, b"", _OK

    def begin(self, data: bytes) -> Answer:
        size, _count, self._block, self._at = struct.unpack("<IIII", data[:16])
        self._inflater = zlib.decompressobj()
        return 0, b"", self._erase(self._at, size)

    def write(self, data: bytes) -> Answer:
        _length, number = struct.unpack("<II", data[:8])
        return 0, b"", self._program(self._at + number * self._block, data[16:])

    def write_compressed(self, data: bytes) -> Answer:
        try:
            plain = self._inflater.decompress(data[16:])
        except zlib.error:
            return 0, b"", _BAD_DATA
        error = self._program(self._at, plain)
        self._at += len(plain)
        return 0, b"", error

    def digest(self, data: bytes) -> Answer:
        start, size = struct.unpack("<II", data[:8])
        found = hashlib.md5(self._chip[start : start + size], usedforsecurity=False)
        return 0, found.digest() if self._stub else found.hexdigest().encode(), _OK

    def erase_all(self, _data: bytes) -> Answer:
        return 0, b"", self._erase(0, len(self._chip))

    def erase_region(self, data: bytes) -> Answer:
        start, size = struct.unpack("<II", data)
        return 0, b"", self._erase(start, size)

    def _erase(self, start: int, size: int) -> int:
        end = -(-(start + size) // SECTOR) * SECTOR
        if start % SECTOR or end > len(self._chip):
            return _BAD_DATA
        self._chip[start:end] = b"\xff" * (end - start)
        return _OK

    def _program(self, start: int, data: bytes) -> int:
        end = start + len(data)
        if end > len(self._chip):
            # What esptool fills its last block up with is 0xFF and need not fit.
            return _BAD_DATA
        before = self._chip[start:end]
        clean = before.count(0xFF) == len(before)
        self._chip[start:end] = data if clean else bytes(old & new for old, new in zip(before, data, strict=True))
        return _OK


class _Slip:
    """Takes frames between 0xC0 out of a stream of bytes; what is too long is dropped."""

    def __init__(self) -> None:
        self._frame: MutableSequence[int] | None = None
        self._escaped = False

    def frames(self, data: bytes) -> list[bytes]:
        found = []
        for byte in data:
            if byte == _END:
                if self._frame:
                    found.append(bytes(self._frame))
                self._frame, self._escaped = bytearray(), False
            elif self._frame is not None:
                self._take(byte)
        return found

    def _take(self, byte: int) -> None:
        assert self._frame is not None
        if self._escaped:
            self._frame.append(_ESCAPED.get(byte, byte))
            self._escaped = False
        elif byte == _ESCAPE:
            self._escaped = True
        else:
            self._frame.append(byte)
        if len(self._frame) > _FRAME_MAX:
            self._frame = None


def _framed(data: bytes) -> bytes:
    escaped = data.replace(b"\xdb", b"\xdb\xdd").replace(b"\xc0", b"\xdb\xdc")
    return b"\xc0" + escaped + b"\xc0"


def _checksum(data: bytes) -> int:
    state = _CHECKSUM_SEED
    for byte in data:
        state ^= byte
    return state


_SYNC, _MEM_END = 0x08, 0x06
_COMMANDS: dict[int, Callable[[RomLoader, bytes], Answer]] = {
    0x02: RomLoader.begin,
    0x03: RomLoader.write,
    0x04: RomLoader.nothing,
    0x05: RomLoader.nothing,
    _MEM_END: RomLoader.nothing,
    0x07: RomLoader.nothing,
    _SYNC: RomLoader.sync,
    0x09: RomLoader.write_register,
    0x0A: RomLoader.read_register,
    0x0B: RomLoader.nothing,
    0x0D: RomLoader.nothing,
    0x0F: RomLoader.nothing,
    0x10: RomLoader.begin,
    0x11: RomLoader.write_compressed,
    0x12: RomLoader.nothing,
    0x13: RomLoader.digest,
    0x14: RomLoader.security,
    0xD0: RomLoader.erase_all,
    0xD1: RomLoader.erase_region,
}
_CHECKED = (0x03, 0x07, 0x11)
