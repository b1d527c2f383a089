"""A panel's flash chips as files that its process reads: reading is what flash is made for, and costs no exchange."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from hemlarm_simulator.nor_flash import NorFlash


class FlashFiles:
    """Copies of the chips while the panel is on. The chips themselves remain what counts."""

    def __init__(self, chips: Mapping[str, NorFlash]) -> None:
        self._chips = chips
        self._files: dict[str, tuple[int, str]] = {}

    def open(self, folder: Path) -> None:
        """Makes the files, in `folder`, from the chips as they are. Raises OSError."""
        assert not self._files
        for name, chip in self._chips.items():
            descriptor, path = tempfile.mkstemp(prefix=name, dir=folder)
            self._files[name] = descriptor, path
            self.update(name, 0, chip.size)

    def name(self, chip: str) -> str:
        """The file in the folder that has the bytes of a chip, as long as the panel is on."""
        return Path(self._files[chip][1]).name

    def update(self, name: str, offset: int, count: int) -> None:
        """Takes over what has become of `count` bytes. Raises OSError."""
        os.pwrite(self._files[name][0], memoryview(self._chips[name].contents)[offset : offset + count], offset)

    def close(self) -> None:
        """Removes the files."""
        for descriptor, path in self._files.values():
            os.close(descriptor)
            Path(path).unlink(missing_ok=True)
        self._files.clear()
