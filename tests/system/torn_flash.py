"""What a flash chip may hold when its power goes: as it was before an operation, and in the middle of it."""

from collections.abc import Callable
from contextlib import suppress

from hemlarm_simulator.chance import Chance
from hemlarm_simulator.nor_flash import Hook, NorFlash, PowerCut


def torn_images(chip: NorFlash, chance: Chance, torn: int, keep: Callable[[bytes], None]) -> Hook:
    """Return what a chip's `before` may be: it hands `keep` what the chip holds, and so many torn ways to go on."""

    def before(operation: str, offset: int, data: bytes) -> None:
        keep(bytes(chip.contents))
        length = len(data) or chip.sector_size
        for _ in range(torn):
            other = NorFlash(chip.size, chip.sector_size, chip.program_size)
            other.contents[:] = chip.contents
            other.before = _cutting(int.from_bytes(chance(4)) % length, chance(length))
            with suppress(PowerCut):
                other.erase(offset) if operation == "erase" else other.program(offset, data)
            keep(bytes(other.contents))

    return before


def _cutting(done: int, torn: bytes) -> Hook:
    def hook(*_: object) -> None:
        raise PowerCut(done, torn)

    return hook
