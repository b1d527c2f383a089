"""The stock image of MicroPython: found, checked against its pin, and given our partition table."""

import hashlib
from pathlib import Path

from hemlarm_installer import partitions
from hemlarm_installer.boards import BoardKind
from hemlarm_installer.errors import InstallError

_BYTES_MAX = 8 << 20
_SECTOR = 4096
_IMAGE_MAGIC = 0xE9
"""The first byte of an image that an ESP32 starts; one with a partition table has it at offset 0 too, on an S3."""


def found(kind: BoardKind, place: Path, sha256: str = "") -> bytes:
    """Return the image for this kind of board: the file `place`, or the one in the folder `place` that has the pin.

    The pin is `sha256`, else that of boards.toml. Raises InstallError where there is none, or nothing that has it.
    """
    pin = (sha256 or kind.sha256).lower()
    if not pin:
        raise InstallError(
            f"boards.toml has no checksum for {kind.stock}: download that build from micropython.org, compare it "
            "with what is published there, and give its SHA-256 with --sha256"
        )
    if place.is_dir():
        return _looked_up(kind, place, pin)
    data = _read(place)
    have = hashlib.sha256(data).hexdigest()
    if have != pin:
        raise InstallError(f"{place} is not {kind.stock}: its SHA-256 is {have}, not {pin}; download it again")
    return data


def with_our_table(image: bytes) -> bytes:
    """Return an ESP32's image with our partition table in the place of the stock one. Raises InstallError."""
    stock = partitions.read(image[partitions.TABLE_AT : partitions.TABLE_AT + partitions.TABLE_BYTES])
    if not image or image[0] != _IMAGE_MAGIC or "factory" not in stock:
        raise InstallError("this image has no partition table at 0x8000: take the .bin for a first installation")
    ours = {part.label: (part.offset, part.size) for part in partitions.ESP32_S3}
    moved = [label for label in ("nvs", "phy_init", "factory") if stock.get(label) != ours[label]]
    if moved or len(image) > sum(ours["factory"]):
        text = f"has {moved[0]} elsewhere" if moved else "is larger than its partition"
        raise InstallError(f"this build of MicroPython {text}: take the version that boards.toml names")
    table = partitions.table().ljust(_SECTOR, b"\xff")
    return image[: partitions.TABLE_AT] + table + image[partitions.TABLE_AT + _SECTOR :]


def _looked_up(kind: BoardKind, folder: Path, pin: str) -> bytes:
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.stat().st_size <= _BYTES_MAX:
            data = path.read_bytes()
            if hashlib.sha256(data).hexdigest() == pin:
                return data
    raise InstallError(f"no file in {folder} has the SHA-256 {pin}: download {kind.stock} from micropython.org into it")


def _read(place: Path) -> bytes:
    try:
        if place.stat().st_size > _BYTES_MAX:
            raise InstallError(f"{place} is larger than any image of MicroPython: name the file that was downloaded")
        return place.read_bytes()
    except OSError as error:
        raise InstallError(f"{place} cannot be read ({error.strerror}): name the image with --image") from None
