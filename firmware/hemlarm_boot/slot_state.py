"""What the loader remembers: two small files written in turn, the later valid one counts.

So a write that loses its power leaves the state before it, even where the file system breaks its promises.
"""

import struct
from binascii import crc32

FAILED_MAX = 4
NO_TRIAL = 255

# What is to become of the copies of the former version's data.
NO_COPIES, KEPT, DUE, PUT_BACK = 0, 1, 2, 3

_MAGIC = b"HmS1"
_FIXED = "<4sIBBBBHHHHB32s"
_FIXED_BYTES = 53
_DIGEST_BYTES = 32
_NAMES = ("slots.0", "slots.1")


class SlotState:
    """The state on the files `slots.0` and `slots.1` of a folder.

    `active` is the slot that counts, 0 or 1, and `active_version` the version in it. `tries` are the starts that the
    trial in the other one has had, NO_TRIAL without one; `trial_version` and `trial_digest` are what is tried. `copies`
    is one of the numbers above; `floor`, `note_version`, `note_reason` (0: no note) and `failed` are those of `Slots`.
    """

    def __init__(self, root: str) -> None:
        self._paths = [root + name for name in _NAMES]
        self._sequence = 0
        self.active = self.active_version = self.floor = self.copies = 0
        self.tries = NO_TRIAL
        self.trial_version = 0
        self.trial_digest = bytes(_DIGEST_BYTES)
        self.note_version = self.note_reason = 0
        self.failed: list[bytes] = []

    def load(self) -> bool:
        """Take the state from the files; return whether there is one."""
        found = [_valid(path) for path in self._paths]
        newest = max(found, key=_sequence)
        if not newest:
            return False
        self._take(newest)
        return True

    def save(self) -> None:
        """Write the state, over the older file. Raises OSError: then either the old or the new state stands."""
        fixed = struct.pack(
            _FIXED,
            _MAGIC,
            self._sequence + 1,
            self.active,
            self.tries,
            self.copies,
            len(self.failed),
            self.active_version,
            self.trial_version,
            self.floor,
            self.note_version,
            self.note_reason,
            self.trial_digest,
        )
        data = fixed + b"".join(self.failed)
        with open(self._paths[self._sequence + 1 & 1], "wb") as file:  # noqa: PTH123 - MicroPython has no pathlib.
            file.write(data + struct.pack("<I", crc32(data)))
        self._sequence += 1

    def _take(self, data: bytes) -> None:
        (
            _,
            self._sequence,
            self.active,
            self.tries,
            self.copies,
            count,
            self.active_version,
            self.trial_version,
            self.floor,
            self.note_version,
            self.note_reason,
            self.trial_digest,
        ) = struct.unpack_from(_FIXED, data, 0)
        self.failed = []
        for at in range(_FIXED_BYTES, _FIXED_BYTES + count * _DIGEST_BYTES, _DIGEST_BYTES):
            self.failed.append(data[at : at + _DIGEST_BYTES])


def _valid(path: str) -> bytes:
    """Return what a file holds, nothing where it is not there or not whole."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            data = file.read(_FIXED_BYTES + FAILED_MAX * _DIGEST_BYTES + 5)
    except OSError:
        return b""
    if len(data) < _FIXED_BYTES + 4 or data[:4] != _MAGIC:
        return b""
    whole = len(data) == _FIXED_BYTES + data[11] * _DIGEST_BYTES + 4 and data[11] <= FAILED_MAX and data[8] <= 1
    return data if whole and struct.pack("<I", crc32(data[:-4])) == data[-4:] else b""


def _sequence(data: bytes) -> int:
    return int.from_bytes(data[4:8], "little") if data else -1
