"""The key by which new panels know this installation: they have its public half from their signed firmware.

It lies in a file of its own beside the master key, and is copied as that is, apart from the database. Whoever has it
can answer new panels in this cloud's name; panels that are installed already do not depend on it. Without it, or with
another in its place, no panel whose firmware names the old one can be installed. It is PEM, which nobody can mistake
for the public half's 32 bytes.
"""

import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from hemlarm_cloud.authority import write_private
from hemlarm_cloud.vault import VaultError
from hemlarm_protocol import x25519

FILE = "provisioning.key"


@dataclass(frozen=True)
class ProvisioningKey:
    """An X25519 key pair, 32 bytes each; the secret half does not show when it is printed."""

    secret: bytes = field(repr=False)
    public: bytes


def open_key(folder: Path, random: Callable[[int], bytes]) -> ProvisioningKey:
    """Return the key in this data folder, made now if there is none. Raises VaultError.

    An installation of before there was provisioning gets its key so.
    """
    file = folder / FILE
    try:
        if not file.exists():
            write_private(file, _pem(random(x25519.KEY_BYTES)))
        if stat.S_IMODE(file.stat().st_mode) & 0o077:
            raise VaultError(f"provisioning key {file} is open to other users; take it from them: chmod 600 {file}")
        key = serialization.load_pem_private_key(file.read_bytes(), None)
    except OSError as error:
        raise VaultError(f"provisioning key {file} cannot be used ({error.strerror}); check its folder") from None
    except (ValueError, TypeError):
        raise VaultError(f"provisioning key {file} is no PEM of a private key; restore a copy") from None
    if not isinstance(key, X25519PrivateKey):
        raise VaultError(f"provisioning key {file} is no X25519 key; restore a copy")
    return ProvisioningKey(key.private_bytes_raw(), key.public_key().public_bytes_raw())


def _pem(secret: bytes) -> bytes:
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return X25519PrivateKey.from_private_bytes(secret).private_bytes(*form)
