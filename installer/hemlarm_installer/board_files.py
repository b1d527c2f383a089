"""What lies in a board's file system once it is installed, in the order in which it gets there."""

from collections.abc import Mapping

from hemlarm_cloud.errors import InvalidError
from hemlarm_cloud.updates import signatures
from hemlarm_installer.errors import InstallError
from hemlarm_protocol import bundle

IMAGE = "a.img"
PROGRAM = "main.py"
"""Comes last: whatever happens before, a board that is half installed never starts."""


def in_order(board: str, loader: Mapping[str, bytes], trust: bytes, release: bytes) -> list[tuple[str, bytes]]:
    """Return path and contents of each file. Raises InstallError for a release that this board would refuse.

    `loader` has main.py and the modules of hemlarm_boot by their paths, `trust` is the file of public keys.
    """
    _check(board, trust, release)
    first = [(path, data) for path, data in sorted(loader.items()) if path != PROGRAM]
    return [*first, ("trust", trust), ("board", board.encode()), (IMAGE, release), (PROGRAM, loader[PROGRAM])]


def _check(board: str, trust: bytes, release: bytes) -> None:
    try:
        parsed = bundle.parse(release)
    except bundle.BundleError as error:
        raise InstallError(f"the release is no image of firmware ({error}): build and sign one") from None
    if parsed.head.board != board:
        raise InstallError(f"this release is for {parsed.head.board}, the board is {board}: build one for it")
    if not parsed.signature:
        raise InstallError("this release is not signed, and no board would start it: `hemlarm update sign` it first")
    try:
        signatures.signer(signatures.keys_of(trust, "the trust file"), parsed.head_bytes, parsed.signature)
    except InvalidError as error:
        raise InstallError(f"no board with this trust file would start this release ({error})") from None
