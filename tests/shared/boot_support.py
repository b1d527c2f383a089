"""A folder as the loader finds it, on either interpreter, and signed images to put there."""

import hashlib
import os
import struct
import sys

from boot_signing import Key
from hemlarm_boot.slots import Slots
from hemlarm_protocol import bundle

KEY = Key(b"the maker's")
SECOND_KEY = Key(b"the maker's, for later")
STRANGER = Key(b"somebody else's")
BOARD = "simulated"
ABI = getattr(sys.implementation, "_mpy", 6) & 0xFF
FILES = {
    "hemlarm_firmware/__init__.py": b'"""The firmware."""\n',
    "hemlarm_firmware/start.py": b"def run(slots):\n    slots.seen.append('ran')\n",
    "hemlarm_firmware/panel/core.py": b"VALUE = 7\n",
}


def image(
    version: int,
    files: "dict[str, bytes] | None" = None,
    floor: int = 1000,
    board: str = BOARD,
    data_format: int = 2,
    abi: int = ABI,
    key: Key = KEY,
) -> bytes:
    """Return a signed image of this version."""
    contents = FILES if files is None else files
    head = bundle.head_of(version, floor, data_format, abi, 1_750_000_000, board, bytes(32), contents)
    return bundle.image(head, key.sign(head), contents)


def digest_of(image: bytes) -> bytes:
    """Return what a release is known by."""
    return hashlib.sha256(image[: struct.unpack_from("<I", image, 4)[0]]).digest()


def new_folder() -> str:
    """Return the path of a folder with nothing in it, which is gone when the process is."""
    if sys.implementation.name == "micropython":
        return _ram_folder()
    folder: str = __import__("tempfile").mkdtemp(prefix="hemlarm-boot-")
    return folder


def installed(version: int = 1005, **fields: object) -> str:
    """Return a folder as the installation leaves it: trusted keys, the board's name, and one image."""
    root = new_folder()
    write(root, "trust", KEY.public + SECOND_KEY.public)
    write(root, "board", BOARD.encode() + b"\n")
    write(root, "a.img", image(version, **fields))  # type: ignore[arg-type]
    return root


def started(root: str) -> Slots:
    """Return the slots as a start finds and leaves them; something must run."""
    slots = Slots(root)
    assert slots.begin() is not None, "nothing to run"
    return slots


def tried(root: str, update: bytes, flash: object = None) -> Slots:
    """Return the slots at the first start of an update that is on trial."""
    slots = started(root)
    write(root, "b.part" if slots.slot == "a" else "a.part", update)
    assert slots.try_spare(flash) == 0  # type: ignore[arg-type]
    slots = started(root)
    assert slots.on_trial
    return slots


def write(root: str, name: str, data: bytes) -> None:
    """Replace a file."""
    with open(root + "/" + name, "wb") as file:  # noqa: PTH123 - MicroPython has no pathlib.
        file.write(data)


def read(root: str, name: str) -> bytes:
    """Return what a file holds."""
    with open(root + "/" + name, "rb") as file:  # noqa: PTH123
        return file.read()


def names(root: str) -> "list[str]":
    """Return the names of the files, sorted."""
    return sorted(os.listdir(root))  # noqa: PTH208


def flipped(data: bytes, at: int, bit: int = 0) -> bytes:
    """Return the data with one bit the other way."""
    changed = bytearray(data)
    changed[at] ^= 1 << bit
    return bytes(changed)


class Ram:
    """A block device in memory, for MicroPython's LittleFS."""

    def __init__(self, blocks: int = 64, block_bytes: int = 512) -> None:
        self._cells = bytearray(b"\xff" * (blocks * block_bytes))
        self._block_bytes = block_bytes

    def readblocks(self, block: int, buffer: bytearray, offset: int = 0) -> None:
        """As MicroPython's block devices."""
        start = block * self._block_bytes + offset
        buffer[:] = self._cells[start : start + len(buffer)]

    def writeblocks(self, block: int, buffer: bytearray, offset: int = 0) -> None:
        """As MicroPython's block devices."""
        start = block * self._block_bytes + offset
        self._cells[start : start + len(buffer)] = buffer

    def ioctl(self, operation: int, argument: int) -> "int | None":
        """As MicroPython's block devices: count and size of blocks; syncing and erasing need nothing."""
        sizes = {4: len(self._cells) // self._block_bytes, 5: self._block_bytes, 6: 0}
        return sizes.get(operation)


class _Folders:
    count = 0


def _ram_folder() -> str:
    import vfs

    if _Folders.count:
        vfs.umount(f"/boot{_Folders.count}")
    _Folders.count += 1
    device = Ram(256)
    vfs.VfsLfs2.mkfs(device)
    vfs.mount(vfs.VfsLfs2(device), f"/boot{_Folders.count}")
    return f"/boot{_Folders.count}"
