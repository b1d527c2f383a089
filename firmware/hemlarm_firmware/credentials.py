"""Who the panel is and whom it trusts, on a partition of its own, where nothing outdated is ever left behind.

The partition "keys" has two halves, each with room for one record: magic, sequence number, length, CRC-32 and CBOR. A
change erases the half that does not count, writes the record there, reads it back, and only then erases the other. So
whenever power goes the former or the new record is whole; and what such a cut left of a former one is erased at the
next start, by `load`. Nothing kept is a record too, an empty one: an erase that was begun is so finished.

The settings' log, which keeps what came before until its half is full, would leave old keys lying there for years.
"""

import struct
from binascii import crc32

from hemlarm_protocol import cbor
from hemlarm_protocol.constant import const
from hemlarm_protocol.errors import BadMessage

_PAGE = const(256)
_HEADER = "<4sIII"
_HEADER_SIZE = const(16)
_MAGIC = b"HmK1"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hemlarm_firmware.board import Flash


def load(flash: "Flash") -> "dict[str, Any] | None":
    """Return what `keep` last finished to keep, None for nothing; erase what was there before it. Raises OSError.

    An erase that fails then is left to the next call.
    """
    half, _, data = _newest(flash)
    if half < 0:
        return None
    try:
        _clear(flash, 1 - half)
    except OSError:
        pass
    return _decoded(data)


def held(flash: "Flash") -> bool:
    """Tell whether `keep` was ever finished on this flash, be it to keep nothing. Raises OSError."""
    return _newest(flash)[0] >= 0


def keep(flash: "Flash", credentials: "dict[str, Any] | None") -> None:
    """Replace all that is kept by `credentials`: names to int, text or bytes; None for nothing. Returns when read back.

    Raises OSError where the flash fails, and ValueError for more than fits one half; before the new record is whole the
    former stays.
    """
    kept: Any = credentials
    data = cbor.encode(kept) if kept is not None else b""
    size = flash.size // flash.sector_size // 2 * flash.sector_size
    if _HEADER_SIZE + len(data) > size:
        raise ValueError(f"credentials of {len(data)} bytes do not fit a half of {size}")
    half, sequence, _ = _newest(flash)
    other = 1 - half if half >= 0 else 0
    _clear(flash, other)
    header = struct.pack("<4sII", _MAGIC, sequence + 1, len(data))
    _write(flash, other * size, header + struct.pack("<I", crc32(data, crc32(header))) + data)
    if _newest(flash)[:2] != (other, sequence + 1):
        raise OSError(5)
    _clear(flash, 1 - other)


def _decoded(data: bytes) -> "dict[str, Any] | None":
    try:
        found: Any = cbor.decode(data) if data else None
    except BadMessage:
        return None
    return found if isinstance(found, dict) else None


def _newest(flash: "Flash") -> "tuple[int, int, bytes]":
    """Return (half, sequence number, data) of the record that counts; (-1, 0, b"") where there is none."""
    found = (-1, 0, b"")
    for half in (0, 1):
        sequence, data = _record(flash, half)
        if sequence > found[1]:
            found = (half, sequence, data)
    return found


def _record(flash: "Flash", half: int) -> "tuple[int, bytes]":
    """Return sequence number and data of the record of that half; (0, b"") where there is none that is whole."""
    size = flash.size // flash.sector_size // 2 * flash.sector_size
    header = bytearray(_HEADER_SIZE)
    flash.read_into(half * size, header)
    magic, sequence, length, crc = struct.unpack(_HEADER, header)
    if magic != _MAGIC or length > size - _HEADER_SIZE:
        return 0, b""
    data = bytearray(length)
    flash.read_into(half * size + _HEADER_SIZE, data)
    whole = crc32(data, crc32(bytes(header[:12]))) == crc
    return (sequence, bytes(data)) if whole else (0, b"")


def _clear(flash: "Flash", half: int) -> None:
    size = flash.size // flash.sector_size // 2 * flash.sector_size
    blank(flash, half * size, half * size + size)


def blank(flash: "Flash", start: int, stop: int) -> None:
    """Erase each sector from `start` to before `stop` that is not blank. Raises OSError."""
    page = bytearray(_PAGE)
    for sector in range(start, stop, flash.sector_size):
        for offset in range(sector, sector + flash.sector_size, _PAGE):
            flash.read_into(offset, page)
            if bytes(page).strip(b"\xff"):
                flash.erase(sector)
                break


def _write(flash: "Flash", start: int, record: bytes) -> None:
    """Program a record page by page, the last one filled up with 0xFF."""
    for done in range(0, len(record), _PAGE):
        piece = record[done : done + _PAGE]
        flash.program(start + done, piece + b"\xff" * (-len(piece) % flash.program_size))
