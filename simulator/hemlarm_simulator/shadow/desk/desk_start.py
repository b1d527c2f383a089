"""What a desk board's process runs first: lays its file system over the machine's, as a board's interpreter does.

Its arguments: the file that is the flash chip, the file that outputs are written to, the one that takes wishes to be
reset, "main" or "repl" for whether main.py shall run, and each partition as name:offset:size. From then on it sees no
file of the machine that it runs on.
"""

import os
import sys

import vfs

_BLOCK = 4096
_UNIT = 256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class FileSystemChip:
    """The partition "vfs" as the block device of LittleFS."""

    def __init__(self, file: "Any", start: int, size: int) -> None:
        self._file = file
        self._start = start
        self._size = size

    def readblocks(self, block: int, buffer: "Any", offset: int = 0) -> None:
        self._file.seek(self._start + block * _BLOCK + offset)
        self._file.readinto(buffer)

    def writeblocks(self, block: int, buffer: "Any", offset: int = 0) -> None:
        self._file.seek(self._start + block * _BLOCK + offset)
        self._file.write(buffer)

    def ioctl(self, operation: int, block: int) -> int:
        if operation == 6:
            self.writeblocks(block, b"\xff" * _BLOCK)
        return {4: self._size // _BLOCK, 5: _BLOCK}.get(operation, 0)

    def blank(self) -> bool:
        first = bytearray(_BLOCK)
        self.readblocks(0, first)
        return not bytes(first).strip(b"\xff")


def prepare() -> bool:
    """Make this process a board. Returns whether main.py shall run."""
    import desk

    chip, outputs, wishes, mode = sys.argv[1:5]
    partitions = {}
    for word in sys.argv[5:]:
        name, offset, size = word.split(":")
        partitions[name] = (int(offset), int(size))
    # Open for the life of the process.
    flash = open(chip, "r+b")  # noqa: SIM115, PTH123
    desk.setup(flash, open(outputs, "ab"), open(wishes, "wb"), partitions)  # noqa: SIM115, PTH123
    sys.path[:] = ["", ".frozen", "/lib"]
    sys.argv[:] = []
    device = FileSystemChip(flash, *partitions["vfs"])
    if device.blank():
        vfs.VfsLfs2.mkfs(device, progsize=_UNIT, readsize=_UNIT)
    vfs.umount("/")
    vfs.mount(vfs.VfsLfs2(device, progsize=_UNIT, readsize=_UNIT, mtime=False), "/")
    os.chdir("/")
    desk.Hardware.wishes.write(desk.UP)
    return mode == "main"


if prepare():
    try:
        program = open("main.py").read()  # noqa: SIM115, PTH123  A board's interpreter does so too.
    except OSError:
        program = ""
    try:
        exec(program)  # noqa: S102  As a board's interpreter does.
    except SystemExit:
        import desk

        # On a board a program that exits is followed by a soft reset; the unix port would offer its prompt.
        desk.restart(desk.SOFT_RESET)
