"""The file system of a simulated board: made by MicroPython's own LittleFS, as flashing a real board makes it.

Making one takes a process and a tenth of a second, so what is the same for many panels is made once.
"""

import struct
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

BLOCK_BYTES = 4096
FILES_BYTES = 1 << 20
"""The partition "files": two images and a download of some 300 KiB each fit into it."""

UNIT_BYTES = 64
"""What LittleFS reads and programs at the least; its cache of four units is one page of flash."""

BOARD = "simulated"

_HEAP = "8m"
_LIMIT_S = 60.0
_PROGRAM = """
import os, struct, sys, vfs
BLOCK, SIZE, UNIT = (int(text) for text in sys.argv[1:4])
chip = bytearray(b"\\xff" * SIZE)
class Chip:
    def readblocks(self, block, buffer, offset=0):
        start = block * BLOCK + offset
        buffer[:] = memoryview(chip)[start : start + len(buffer)]
    def writeblocks(self, block, buffer, offset=0):
        start = block * BLOCK + offset
        chip[start : start + len(buffer)] = buffer
    def ioctl(self, operation, argument):
        if operation == 6:
            chip[argument * BLOCK : (argument + 1) * BLOCK] = b"\\xff" * BLOCK
        return {4: SIZE // BLOCK, 5: BLOCK}.get(operation, 0)
vfs.VfsLfs2.mkfs(Chip(), progsize=UNIT, readsize=UNIT)
vfs.mount(vfs.VfsLfs2(Chip(), progsize=UNIT, readsize=UNIT, mtime=False), "/files")
with open(sys.argv[4], "rb") as parts:
    while head := parts.read(6):
        named, length = struct.unpack("<HI", head)
        path = "/files/" + parts.read(named).decode()
        place = path.rfind("/")
        if place > len("/files"):
            try:
                os.mkdir(path[:place])
            except OSError:
                pass
        with open(path, "wb") as file:
            file.write(parts.read(length))
vfs.umount("/files")
with open(sys.argv[4], "wb") as made:
    made.write(chip)
"""


class BoardFilesError(Exception):
    """The file system could not be made; the text is what MicroPython said."""


def file_system(files: Mapping[str, bytes]) -> bytes:
    """The bytes of a partition of FILES_BYTES that holds these files, in folders one deep. Raises BoardFilesError."""
    return _made(tuple(sorted(files.items())))


@lru_cache(maxsize=4)
def _made(files: tuple[tuple[str, bytes], ...]) -> bytes:
    with tempfile.TemporaryDirectory(prefix="hemlarm-files-") as folder:
        exchange = Path(folder, "exchange")
        named = [(name.encode(), data) for name, data in files]
        exchange.write_bytes(b"".join(struct.pack("<HI", len(name), len(data)) + name + data for name, data in named))
        script = Path(folder, "make.py")
        script.write_text(_PROGRAM)
        sizes = [str(number) for number in (BLOCK_BYTES, FILES_BYTES, UNIT_BYTES)]
        made = subprocess.run(
            [sys.executable, "-m", "micropython_unix", "-X", f"heapsize={_HEAP}", str(script), *sizes, str(exchange)],
            capture_output=True,
            text=True,
            timeout=_LIMIT_S,
            check=False,
        )
        contents = exchange.read_bytes()
    if made.returncode or len(contents) != FILES_BYTES:
        raise BoardFilesError(f"no file system of {len(files)} files could be made:\n{made.stdout}{made.stderr}")
    return contents
