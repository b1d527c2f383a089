"""Raw sectors inside LittleFS, on MicroPython's own LittleFS over a NOR flash that refuses what no chip does."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
MICROPYTHON = Path(sys.executable).with_name("micropython")

# The chip is the whole storage of a Pico 2 W, and the file system is made as stock MicroPython makes it there.
CHIP = """
import os, vfs
from hemlarm_firmware.hal import reserved_blocks

class Cut(Exception):
    pass

class Chip:
    def __init__(self, blocks, cells=None):
        self.blocks = blocks
        self.cells = cells or bytearray(b"\\xff" * (blocks * 4096))
        self.operations = 0
        self.cut_at = -1
    def readblocks(self, block, buffer, offset=0):
        buffer[:] = memoryview(self.cells)[block * 4096 + offset : block * 4096 + offset + len(buffer)]
    def writeblocks(self, block, buffer, offset=None):
        assert offset is not None and offset % 256 == 0 and len(buffer) % 256 == 0, "whole pages"
        self.operate()
        start = block * 4096 + offset
        old = int.from_bytes(self.cells[start : start + len(buffer)], "big")
        new = int.from_bytes(buffer, "big")
        self.cells[start : start + len(buffer)] = (old & new).to_bytes(len(buffer), "big")
    def ioctl(self, operation, argument):
        if operation == 6:
            self.operate()
            self.cells[argument * 4096 : argument * 4096 + 4096] = b"\\xff" * 4096
        return {4: self.blocks, 5: 4096}.get(operation, 0)
    def operate(self):
        self.operations += 1
        if 0 < self.cut_at <= self.operations:
            raise Cut()

def mounted(chip, new=False):
    if new:
        vfs.VfsLfs2.mkfs(chip, progsize=256)
    vfs.mount(vfs.VfsLfs2(chip, progsize=256), "/flash")

def partitions(chip):
    return {name: reserved_blocks.partition(chip, name, 256, "/flash/") for name in reserved_blocks.SECTORS}

def fill(parts):
    for name, part in parts.items():
        for sector in range(part.size // 4096):
            part.erase(sector * 4096)
            for page in range(0, 4096, 256):
                part.program(sector * 4096 + page, (name[0] * 255).encode() + bytes([sector]))

def check(parts):
    page = bytearray(256)
    for name, part in parts.items():
        for at in range(0, part.size, 256):
            part.read_into(at, page)
            assert bytes(page) == (name[0] * 255).encode() + bytes([at // 4096]), (name, at)
"""


def run(script: str) -> str:
    """Run a script behind CHIP on MicroPython, and return what it prints."""
    path = ":".join([str(ROOT / "protocol"), str(ROOT / "firmware"), ".frozen"])
    outcome = subprocess.run(
        [str(MICROPYTHON), "-X", "heapsize=16M", "-c", CHIP + script],
        env={**os.environ, "MICROPYPATH": path},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stderr + outcome.stdout
    return outcome.stdout


def test_the_file_system_leaves_the_sectors_alone_whatever_it_is_used_for() -> None:
    printed = run("""
chip = Chip(640)
mounted(chip, new=True)
parts = partitions(chip)
assert {name: part.size // 4096 for name, part in parts.items()} == reserved_blocks.SECTORS
blank = bytearray(4096)
for part in parts.values():
    for at in range(0, part.size, 4096):
        part.read_into(at, blank)
        assert blank == b"\\xff" * 4096
fill(parts)
full = 0
for turn in range(3):
    try:
        number = 0
        while True:
            with open("/flash/file%d" % number, "wb") as file:
                file.write(bytes([turn]) * 30_000)
            number += 1
    except OSError:
        full += 1
    check(parts)
    for name in os.listdir("/flash"):
        if name.startswith("file"):
            os.remove("/flash/" + name)
with open("/flash/log", "wb") as file:
    for turn in range(800):
        file.write(b"line %d" % turn)
        file.flush()
os.rename("/flash/log", "/flash/moved")
vfs.umount("/flash")
mounted(chip)
check(partitions(chip))
assert open("/flash/moved", "rb").read().endswith(b"line 799")
print("full", full)
""")
    assert printed == "full 3\n"


def test_writing_the_sectors_harms_no_file() -> None:
    run("""
chip = Chip(200)
mounted(chip, new=True)
with open("/flash/main.py", "wb") as file:
    file.write(b"m" * 20_000)
parts = partitions(chip)
for turn in range(2):
    fill(parts)
vfs.umount("/flash")
mounted(chip)
check(partitions(chip))
assert open("/flash/main.py", "rb").read() == b"m" * 20_000
with open("/flash/new", "wb") as file:
    file.write(b"n" * 9_000)
check(partitions(chip))
""")


def test_stock_micropython_mounts_the_whole_storage_again_and_formats_nothing() -> None:
    """What a smaller file system would come to: the reason for all this."""
    run("""
chip = Chip(100)
chip.blocks = 60
vfs.VfsLfs2.mkfs(chip, progsize=256)
chip.blocks = 100
try:
    vfs.VfsLfs2(chip, progsize=256)
    raise AssertionError("a smaller file system is mounted after all: reserved_blocks is not needed any more")
except OSError:
    pass
""")


def test_a_power_cut_while_they_are_made_leaves_all_or_nothing_and_it_is_made_the_next_time() -> None:
    printed = run("""
first = Chip(120)
reserved_blocks.SECTORS = {"journal": 3, "keys": 2}
mounted(first, new=True)
before = bytearray(first.cells)
vfs.umount("/flash")
cuts = finished = 0
while not finished:
    cuts += 1
    chip = Chip(120, bytearray(before))
    mounted(chip)
    chip.cut_at = cuts
    try:
        partitions(chip)
        finished = 1
    except (Cut, OSError):
        pass
    try:
        vfs.umount("/flash")
    except (Cut, OSError):
        pass
    again = Chip(120, chip.cells)
    mounted(again)
    parts = partitions(again)
    fill(parts)
    with open("/flash/new", "wb") as file:
        file.write(b"n" * 30_000)
    check(parts)
    vfs.umount("/flash")
print(cuts)
""")
    assert int(printed.split()[-1]) > 20


def test_without_room_there_is_an_error_and_no_half_a_partition() -> None:
    run("""
chip = Chip(50)
mounted(chip, new=True)
try:
    partitions(chip)
    raise AssertionError("55 blocks do not fit into 50")
except OSError:
    pass
assert "table" not in os.listdir("/flash/reserved")
""")
