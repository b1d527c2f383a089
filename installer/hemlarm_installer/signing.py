"""Signs releases with a key of which no part ever signs twice: with LMS that would let others forge signatures.

A key is a folder of three files: `secret` (0600, never written again), `trust` (its public part, for panels and the
cloud), and `used`, to which each signature's index is appended, and brought to the disk, before the signature is
calculated. What a power cut or a failure leaves costs an index, never gives one twice.

A copy of the folder is where that would end, since copies do not know of each other. So `used` says which
file of which machine it is: in a copy, or in what was restored from a backup, that is wrong, and signing is refused
until somebody takes the key over, which skips so many indexes that the other cannot have used them.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import pyhsslms  # type: ignore[import-untyped]

from hemlarm_cloud.errors import InvalidError
from hemlarm_cloud.updates import signatures
from hemlarm_protocol import bundle

HEIGHTS = {5: pyhsslms.lms_sha256_m32_h5, 10: pyhsslms.lms_sha256_m32_h10, 15: pyhsslms.lms_sha256_m32_h15}
"""The levels that a key may have, for 32, 1,024 or 32,768 signatures of 2,348 to 2,668 bytes; its digits have 4 bits.

A panel takes some 600 hashes to check one. To sign takes a second with 10 levels, half a minute with 15.
"""
SKIPPED = 64
"""Indexes that are given up when a key is taken over, unless said otherwise."""
_SECRET, _TRUST, _USED = "secret", "trust", "used"
_MAGIC = b"HmK1"
_SEED_BYTES = 32
_IDENTIFIER_BYTES = 16
_SECRET_BYTES = len(_MAGIC) + 1 + _SEED_BYTES + _IDENTIFIER_BYTES
_GET_GENERATION = 0x80087601
"""FS_IOC_GETVERSION of Linux: what tells a file from an earlier one that had the same number."""


class SigningError(Exception):
    """Nothing was signed; the text says why, and what to do."""


class Signed(NamedTuple):
    """A signed image, the leaf of the key's tree that it took, and how many are left."""

    image: bytes
    leaf: int
    left: int


class _State(NamedTuple):
    next: int
    at_home: bool


def make_key(folder: Path, levels: int, random: Callable[[int], bytes]) -> bytes:
    """Make a new key in a new folder and return its public part. Raises SigningError, and what the disk raises."""
    if levels not in HEIGHTS:
        raise SigningError(f"a key has {', '.join(map(str, HEIGHTS))} levels, not {levels}")
    try:
        folder.mkdir(mode=0o700, parents=True)
    except FileExistsError:
        raise SigningError(f"{folder} is there already; a key is made in a new folder, and never replaced") from None
    seed, identity = random(_SEED_BYTES), random(_IDENTIFIER_BYTES)
    public = bytes(_private(levels, seed, identity).publicKey().serialize())
    _write_new(folder / _SECRET, _MAGIC + bytes([levels]) + seed + identity)
    _write_new(folder / _TRUST, public)
    _write_new(folder / _USED, b"")
    with _held(folder) as used:
        _append(used, {"home": _home(used)})
    _to_disk(folder)
    return public


def sign(folder: Path, image: bytes) -> Signed:
    """Return the image with a signature by the key in this folder.

    Raises SigningError, BundleError for what is no image, and what the disk raises. A failure may cost an index.
    """
    parsed = bundle.parse(image)
    if parsed.signature:
        raise SigningError("the image is signed already; a second signature would need an unsigned build of it")
    levels, seed, identity = _secret(folder)
    public = _read(folder / _TRUST)
    with _held(folder) as used:
        index = _next_index(folder, used, levels)
        digest = bundle.digest(parsed.head_bytes)
        _append(used, {"index": index, "version": parsed.head.version, "digest": digest.hex()})
    private = _private(levels, seed, identity, index)
    if bytes(private.publicKey().serialize()) != public:
        raise SigningError(f"{folder}: the secret is not that of `trust`; restore both from one backup")
    signature = bytes(private.sign(parsed.head_bytes))
    # What a flipped bit in memory spoils must not leave: beside a good signature it could give the secret away.
    try:
        signatures.signer([public], parsed.head_bytes, signature)
    except InvalidError:
        raise SigningError(f"a signature by {folder} is wrong: this computer miscalculates; use another") from None
    return Signed(bundle.image(parsed.head_bytes, signature, parsed.files), index, (1 << levels) - index - 1)


def take_over(folder: Path, skipped: int = SKIPPED) -> int:
    """Make this copy of a key the one that signs, and return its next index.

    For when the other is gone for good. `skipped` must be more than that can have signed since the copy was made.
    Raises SigningError, and what the disk raises.
    """
    if skipped < 1:
        raise SigningError("at least one index is skipped")
    levels, _, _ = _secret(folder)
    with _held(folder) as used:
        state = _state(used)
        if state.at_home:
            raise SigningError(f"{folder} is no copy: it may sign")
        following = state.next + skipped
        if following >= 1 << levels:
            raise SigningError(f"{folder} has {(1 << levels) - state.next} signatures left, too few to skip {skipped}")
        _append(used, {"home": _home(used), "index": following - 1})
    return following


def left(folder: Path) -> int:
    """Return how many signatures the key has left. Raises SigningError."""
    levels, _, _ = _secret(folder)
    with _held(folder) as used:
        return (1 << levels) - _state(used).next


def _next_index(folder: Path, used: int, levels: int) -> int:
    state = _state(used)
    if not state.at_home:
        raise SigningError(
            f"{folder} is a copy, or was restored: the other may have signed since. If that is gone for good, "
            f"see `hemlarm update take-over --help`; else sign with it"
        )
    if state.next >= 1 << levels:
        raise SigningError(
            f"{folder} has used all its {1 << levels} signatures; make a new key and let panels trust it"
        )
    return state.next


def _private(levels: int, seed: bytes, identity: bytes, index: int = 0) -> pyhsslms.LmsPrivateKey:
    """The private key that signs next with `index`."""
    return pyhsslms.LmsPrivateKey(HEIGHTS[levels], pyhsslms.lmots_sha256_n32_w4, SEED=seed, I=identity, q=index)


def _secret(folder: Path) -> tuple[int, bytes, bytes]:
    path = folder / _SECRET
    data = _read(path)
    if path.stat().st_mode & 0o077:
        raise SigningError(f"{path} can be read by others; see who may know it, then: chmod 600 {path}")
    if len(data) != _SECRET_BYTES or data[:4] != _MAGIC or data[4] not in HEIGHTS:
        raise SigningError(f"{path} is no secret of a release key; restore it from a backup")
    return data[4], data[5 : 5 + _SEED_BYTES], data[5 + _SEED_BYTES :]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise SigningError(
            f"{path} is not there; make a key with `hemlarm update keygen`, or name its folder"
        ) from None


@contextmanager
def _held(folder: Path) -> Iterator[int]:
    """The open file of what was used, while nobody else has it. Raises SigningError."""
    path = folder / _USED
    try:
        used = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        raise SigningError(
            f"{path} is not there; without it nobody knows what the key has signed: make a new key, "
            f"or restore the whole folder from a backup and take it over"
        ) from None
    try:
        try:
            fcntl.flock(used, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SigningError(f"somebody signs with {folder} at this moment; try again when that is done") from None
        yield used
    finally:
        os.close(used)


def _state(used: int) -> _State:
    """Each line counts for what it says; one that cannot be read, torn by a cut, for one index more."""
    following, home = 0, ""
    data = os.pread(used, os.fstat(used).st_size, 0)
    for line in data.split(b"\n")[: -1 if data.endswith(b"\n") else None]:
        try:
            entry = json.loads(line)
            home = entry.get("home", home)
            following = max(following, entry.get("index", following - 1) + 1)
        except (ValueError, AttributeError, TypeError):
            following += 1
    return _State(following, home == _home(used))


def _append(used: int, entry: dict[str, object]) -> None:
    """Bring a line to the disk, behind whatever a cut left of the last one."""
    line = json.dumps(entry).encode()
    end = os.fstat(used).st_size
    torn = end > 0 and os.pread(used, 1, end - 1) != b"\n"
    data = (b"\n" if torn else b"") + line + b"\n"
    if os.pwrite(used, data, end) != len(data):
        raise SigningError("the disk takes no more; make room and try again")
    os.fsync(used)


def _home(used: int) -> str:
    """What tells this file from its copies: which one of which machine it is."""
    machine = Path("/etc/machine-id")
    name = machine.read_bytes() if machine.exists() else b""
    generation = bytearray(8)
    with suppress(OSError):  # Some file systems do not tell.
        fcntl.ioctl(used, _GET_GENERATION, generation)
    return hashlib.sha256(b"%s %d %s" % (name, os.fstat(used).st_ino, bytes(generation))).hexdigest()[:32]


def _write_new(path: Path, data: bytes) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.write(file, data)
        os.fsync(file)
    finally:
        os.close(file)


def _to_disk(folder: Path) -> None:
    for place in (folder, folder.parent):
        file = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(file)
        finally:
            os.close(file)
