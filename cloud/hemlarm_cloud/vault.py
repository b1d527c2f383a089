"""Secrets at rest: wrapped by one master key, which lives in a file of its own and never in the database.

There are panels' root keys, which have a form of their own, and whatever else is sealed for a purpose and an owner.

The wrapping is AES-256-SIV (RFC 5297) with the panel's id as associated data. It was designed for wrapping keys, binds
each key to its panel (so rows swapped in the database do not open), and needs no nonce (so neither a bad random source
nor a restored copy of this machine can repeat one). RFC 3394 binds nothing, and AES-GCM breaks when a nonce repeats.
"""

import stat
from collections.abc import Callable
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from hemlarm_cloud.authority import write_private

MASTER_KEY_BYTES = 64
"""AES-256-SIV takes two 256-bit keys."""

ROOT_KEY_BYTES = 32

_FORM = b"\x01"
"""First byte of a wrapped key: how it is wrapped, for the day when there is a second way."""

_PURPOSE = b"hemlarm root key"

_SEALED_FORM = b"\x02"
"""First byte of what is sealed for a purpose."""

_SEALED = b"hemlarm sealed"

SECRET_BYTES_MAX = 1024
"""Of a sealed secret: many times the longest password or key."""


class VaultError(Exception):
    """A master key that cannot be used or a secret that it does not open; names the file and the remedy."""


class Vault:
    """Wraps and unwraps root keys and other secrets. It shows no key material when printed."""

    def __init__(self, master_key: bytes, name: str = "in memory") -> None:
        """Use a master key of 64 bytes; `name` says in errors where it came from."""
        if len(master_key) != MASTER_KEY_BYTES:
            raise VaultError(
                f"master key {name}: {len(master_key)} bytes instead of {MASTER_KEY_BYTES}; restore a copy"
            )
        self._cipher = AESSIV(master_key)
        self._name = name

    @classmethod
    def create(cls, file: Path, random: Callable[[int], bytes]) -> "Vault":
        """Draw a master key and keep it in a new file for its owner alone. Raises VaultError."""
        if file.exists():
            raise VaultError(f"master key {file} is there already; without it no stored panel could ever be read")
        master_key = random(MASTER_KEY_BYTES)
        try:
            write_private(file, master_key)
        except OSError as error:
            raise VaultError(f"master key {file} cannot be written ({error.strerror}); check its folder") from None
        return cls(master_key, str(file))

    @classmethod
    def load(cls, file: Path) -> "Vault":
        """Read the master key from its file. Raises VaultError, also if anyone but the owner could read it."""
        try:
            mode = file.stat().st_mode
            if stat.S_IMODE(mode) & 0o077:
                raise VaultError(f"master key {file} is open to other users; take it from them: chmod 600 {file}")
            master_key = file.read_bytes()
        except FileNotFoundError:
            raise VaultError(f"master key {file} is missing; restore it from the copy kept apart") from None
        except OSError as error:
            raise VaultError(f"master key {file} cannot be read ({error.strerror}); give this user access") from None
        return cls(master_key, str(file))

    def wrap(self, panel: str, root_key: bytes) -> bytes:
        """Return a panel's 32-byte root key as it is stored. The same key of the same panel wraps the same."""
        assert len(root_key) == ROOT_KEY_BYTES
        return _FORM + self._cipher.encrypt(root_key, _bound_to(panel))

    def unwrap(self, panel: str, wrapped: bytes) -> bytes:
        """Return a panel's root key. Raises VaultError if it was wrapped for another panel or by another master key."""
        try:
            if wrapped[:1] != _FORM:
                raise InvalidTag
            root_key = self._cipher.decrypt(wrapped[1:], _bound_to(panel))
        except (InvalidTag, ValueError):
            raise VaultError(
                f"master key {self._name} does not open the root key of panel {panel}: "
                "use the key file that belongs to this database, or provision the panel anew"
            ) from None
        assert len(root_key) == ROOT_KEY_BYTES
        return root_key

    def seal(self, purpose: str, owner: str, secret: bytes) -> bytes:
        """Return a secret of 1 to 1024 bytes as it is stored: it opens for this purpose and this owner only.

        The same secret of the same owner seals the same, and its length shows. `purpose` says what it is for ("site
        password"), `owner` names the one row that it belongs to.
        """
        assert 0 < len(secret) <= SECRET_BYTES_MAX
        return _SEALED_FORM + self._cipher.encrypt(secret, [_SEALED, purpose.encode(), owner.encode()])

    def open_sealed(self, purpose: str, owner: str, sealed: bytes) -> bytes:
        """Return a sealed secret. Raises VaultError if it was sealed for something else or by another master key."""
        try:
            if sealed[:1] != _SEALED_FORM:
                raise InvalidTag
            secret = self._cipher.decrypt(sealed[1:], [_SEALED, purpose.encode(), owner.encode()])
        except (InvalidTag, ValueError):
            raise VaultError(
                f"master key {self._name} does not open the {purpose} of {owner}: "
                "use the key file that belongs to this database, or set it anew"
            ) from None
        assert 0 < len(secret) <= SECRET_BYTES_MAX
        return secret


def _bound_to(panel: str) -> list[bytes]:
    return [_PURPOSE, panel.encode()]
