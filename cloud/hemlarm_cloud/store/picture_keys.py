"""The keys of pictures, one each, in files beside the database and in none of its copies.

What a picture shows is in the database only under its key. So with the key's file the picture is gone: from the
database, from what a deleted row leaves behind in a disk's blocks, and from every copy that was ever made of it.
"""

import os
from collections.abc import Callable
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

KEY_BYTES = 64
"""AES-256-SIV takes two 256-bit keys. It needs no nonce, as the vault's does not."""

_PURPOSE = b"hemlarm picture"
_ENDING = ".key"


class PictureKeys:
    """The keys in `folder`, by the ids of pictures; without a folder they live as long as the process.

    `random(n)` gives n bytes. A folder is made when it is first needed. Trouble with files is an OSError.
    """

    def __init__(self, folder: Path | None = None, random: Callable[[int], bytes] = os.urandom) -> None:
        self._folder = folder
        self._random = random
        self._kept: dict[int, bytes] = {}

    def make(self, picture: int) -> None:
        """Draw a key for a new picture. One that is there is of a picture that a restored database has forgotten."""
        key = self._random(KEY_BYTES)
        if self._folder is None:
            self._kept[picture] = key
        else:
            self._folder.mkdir(mode=0o700, exist_ok=True, parents=True)
            unfinished = self._folder / f"{picture}.unfinished"
            with os.fdopen(os.open(unfinished, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as file:
                file.write(key)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(self._file(self._folder, picture))
            self._settle(self._folder)

    def has(self, picture: int) -> bool:
        """Tell whether there is still a key for it."""
        return picture in self._kept if self._folder is None else self._file(self._folder, picture).exists()

    def remove(self, pictures: set[int]) -> None:
        """Remove these keys for good: nothing brings back what was sealed with them."""
        for picture in pictures:
            if self._folder is None:
                self._kept.pop(picture, None)
            else:
                self._file(self._folder, picture).unlink(missing_ok=True)
        if self._folder is not None and pictures and self._folder.exists():
            self._settle(self._folder)

    def all(self) -> set[int]:
        """Return the pictures that there are keys for."""
        if self._folder is None:
            return set(self._kept)
        names = [file.stem for file in self._folder.glob(f"*{_ENDING}")]
        return {int(name) for name in names if name.isascii() and name.isdigit()}

    def seal(self, picture: int, what: str, data: bytes) -> bytes:
        """Return data as it is stored; `what` says which part of the picture it is. Raises KeyError without a key."""
        return self._cipher(picture).encrypt(data, [_PURPOSE, what.encode()])

    def open(self, picture: int, what: str, sealed: bytes) -> bytes | None:
        """Return what was sealed, or None where the key is gone, or was another one."""
        try:
            return self._cipher(picture).decrypt(sealed, [_PURPOSE, what.encode()])
        except (KeyError, InvalidTag):
            return None

    def _cipher(self, picture: int) -> AESSIV:
        if self._folder is None:
            return AESSIV(self._kept[picture])
        try:
            return AESSIV(self._file(self._folder, picture).read_bytes())
        except FileNotFoundError:
            raise KeyError(picture) from None

    def _file(self, folder: Path, picture: int) -> Path:
        return folder / f"{picture}{_ENDING}"

    def _settle(self, folder: Path) -> None:
        """See to it that what files there are outlives a power cut."""
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
