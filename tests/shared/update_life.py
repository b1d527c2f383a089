"""A panel's life around an update, for power cuts: its chip, its starts, and what must hold at each of them.

MicroPython alone runs it: the loader's own code on LittleFS on a NOR flash in memory. The firmware is three small
modules in signed images; around them this plays what the real one does with an update (`hemlarm_firmware.updating`).
"""

import os
import sys

import vfs

from hemlarm_boot import loader
from hemlarm_firmware.download import Download, remove
from nor_flash import PAGE, NorFlash

FORMER, UPDATE = 1005, 1006
NO_CONTACT, CRASHED = 9, 8
ROOT = "/flash"
IMAGE = "/app"
"""Where the loader mounts it."""
SECTOR_BYTES = 4096
FILE_SECTORS = 16
"""For two images, a download, a state in two files, and copies of the data; LittleFS wants some to spare."""
DATA_SECTORS = 1
PART_BYTES = 700
STARTS_MAX = 12

STAYS, CRASHES, GIVEN_UP, GIVEN_UP_AND_DATA = "stays", "crashes", "given-up", "given-up-and-data"
STORIES = (STAYS, CRASHES, GIVEN_UP, GIVEN_UP_AND_DATA)

_COUNT, _BLOCK_BYTES, _ERASE = 4, 5, 6
_MODULES = ("panel_code", "panel_code.version", "panel_code.late")

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hemlarm_boot.slots import Slots


class FileSectors:
    """The chip's first sectors as the block device that LittleFS wants."""

    def __init__(self, chip: NorFlash) -> None:
        self._chip = chip

    def readblocks(self, block: int, buffer: bytearray, offset: int = 0) -> None:
        """As MicroPython's block devices."""
        self._chip.read_into(block * SECTOR_BYTES + offset, buffer)

    def writeblocks(self, block: int, data: bytearray, offset: int = 0) -> None:
        """As MicroPython's block devices."""
        start = block * SECTOR_BYTES + offset
        done = 0
        while done < len(data):
            end = min(len(data), done + PAGE - (start + done) % PAGE)
            self._chip.program(start + done, bytes(data[done:end]))
            done = end

    def ioctl(self, operation: int, argument: int) -> int:
        """As MicroPython's block devices."""
        if operation == _ERASE:
            self._chip.erase(argument * SECTOR_BYTES)
        return {_COUNT: FILE_SECTORS, _BLOCK_BYTES: SECTOR_BYTES}.get(operation, 0)


class DataSectors:
    """A partition behind the file system's sectors: "state" or "config"."""

    size = DATA_SECTORS * SECTOR_BYTES
    sector_size = SECTOR_BYTES

    def __init__(self, chip: NorFlash, name: str) -> None:
        self._chip = chip
        self._start = (FILE_SECTORS + (name == "config") * DATA_SECTORS) * SECTOR_BYTES

    def read_into(self, offset: int, buffer: "bytearray | memoryview") -> None:
        """As `board.Flash`."""
        self._chip.read_into(self._start + offset, buffer)

    def program(self, offset: int, data: bytes) -> None:
        """As `board.Flash`."""
        self._chip.program(self._start + offset, data)

    def erase(self, offset: int) -> None:
        """As `board.Flash`."""
        self._chip.erase(self._start + offset)

    def text(self) -> bytes:
        """What firmware finds there: a word, and blanks behind it."""
        found = bytearray(16)
        self.read_into(0, found)
        return bytes(found).split(b"\xff")[0]


def sectors() -> int:
    """Return how many the chip has."""
    return FILE_SECTORS + 2 * DATA_SECTORS


def install(chip: NorFlash, files: "dict[str, bytes]") -> None:
    """Bring a new chip to where the installation leaves it, with data of the former version."""
    device = FileSectors(chip)
    vfs.VfsLfs2.mkfs(device)
    vfs.mount(vfs.VfsLfs2(device), ROOT)
    for name in files:
        with open(ROOT + "/" + name, "wb") as file:  # noqa: PTH123 - MicroPython has no pathlib.
            file.write(files[name])
    vfs.umount(ROOT)
    for name in ("state", "config"):
        DataSectors(chip, name).program(0, b"former")


class Life:
    """The starts of one panel until it has come to rest. `release` is the update's image, `story` what becomes of it.

    `cuts` is how often its power was cut before: twice may cost a trial both of its starts.
    """

    def __init__(self, chip: NorFlash, story: str, release: bytes, digest: bytes, cuts: int = 0) -> None:
        self._chip = chip
        self._story = story
        self._release = release
        self._digest = digest
        self._cuts = cuts
        self._floor = 0
        self._was_at_rest = False
        self.starts = 0

    def live(self) -> None:
        """Start again and again until the story is at its end. Raises AssertionError for what must never be."""
        while not self._start():
            assert self.starts < STARTS_MAX, "it never came to rest"

    def _start(self) -> bool:
        """Power comes. Return whether the panel is at rest."""
        self.starts += 1
        vfs.mount(vfs.VfsLfs2(FileSectors(self._chip)), ROOT)
        mounted = False
        try:
            started = loader.load(ROOT)
            mounted = True
            return self._run(started.open())
        finally:
            if mounted:
                vfs.umount(IMAGE)
            vfs.umount(ROOT)
            for name in _MODULES:
                sys.modules.pop(name, None)

    def _run(self, slots: "Slots") -> bool:
        running = slots.running.version
        assert running in (FORMER, UPDATE)
        assert running >= slots.floor >= self._floor, "below the floor, or the floor fell"
        assert slots.on_trial or running == FORMER or self._story == STAYS, "a release stays that never proved itself"
        self._floor = slots.floor
        try:
            assert running == __import__("panel_code.version").version.VERSION, "not what the head says"
            assert __import__("panel_code.late").late.AS_SIGNED
        except RuntimeError:
            assert running == UPDATE
            assert self._story == CRASHES
            slots.crashed()
            return False
        if slots.put_back_due:
            slots.put_back(self._partition)
        self._check_data(slots)
        if slots.restored:
            slots.restored_known()
        return self._try_out(slots) if slots.on_trial else self._go_on(slots)

    def _try_out(self, slots: "Slots") -> bool:
        if self._story == STAYS:
            slots.confirm()
            return False
        if self._story == GIVEN_UP_AND_DATA:
            self._migrate()
        slots.give_up(NO_CONTACT)
        return False

    def _go_on(self, slots: "Slots") -> bool:
        """Without a trial: tell what failed, download what is offered, and restart to try it."""
        if slots.note:
            assert slots.note[0] == UPDATE
            assert slots.note[1] in self._reasons(), slots.note
            slots.told()
        if slots.running.version == UPDATE or (self._story != STAYS and self._digest in slots.failed):
            return self._at_rest(slots)
        if slots.spare_digest() != self._digest:
            self._download(slots)
        assert slots.try_spare(self._partition) == 0
        return False

    def _reasons(self) -> "tuple[int, ...]":
        """Why the update may have been rolled back."""
        expected = {STAYS: (), CRASHES: (CRASHED,)}.get(self._story, (NO_CONTACT,))
        return expected + (CRASHED,) if self._cuts > 1 else expected

    def _download(self, slots: "Slots") -> None:
        """Whatever lies there from before is resumed; if that was spoilt, it is fetched once more."""
        for _ in range(2):
            download = Download(slots.part_path, len(self._release))
            while not download.is_whole:
                assert download.take(download.got, self._release[download.got : download.got + PART_BYTES])
            download.close()
            if slots.check(slots.part_path) == 0:
                return
            remove(slots.part_path)
        raise AssertionError("what was downloaded is refused")

    def _migrate(self) -> None:
        """The trial writes the data in its own format."""
        for name in ("state", "config"):
            partition = self._partition(name)
            partition.erase(0)
            partition.program(0, b"later")

    def _check_data(self, slots: "Slots") -> None:
        if not slots.on_trial:
            found = [self._partition(name).text() for name in ("state", "config")]
            assert found == [b"former", b"former"], found

    def _at_rest(self, slots: "Slots") -> bool:
        assert (slots.running.version == UPDATE) == (self._story == STAYS)
        left = [name for name in os.listdir(ROOT) if name.endswith((".part", ".kept"))]  # noqa: PTH208
        assert not left or not self._was_at_rest, left
        self._was_at_rest = True
        return not left  # Copies that are no longer needed go with the next start.

    def _partition(self, name: str) -> DataSectors:
        return DataSectors(self._chip, name)
