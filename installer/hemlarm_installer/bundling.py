"""Makes the image of a release for a board out of the firmware's sources: the same commit gives the same bytes.

Nothing of the machine enters: no clock, no path, no order of a folder, no setting of the user's. The date in the head
is that of the last commit to what the image is made by.
"""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from hemlarm_installer import firmware_code, firmware_sources
from hemlarm_installer.firmware_build import by_place
from hemlarm_protocol import bundle

NO_CLOUD = bytes(bundle.CLOUD_KEY_BYTES)
"""The key of an image that is bound to no cloud: with it no panel can be provisioned."""
_MADE_BY = ("firmware", "protocol", "installer")
_GIT_S = 30


class UndatedError(Exception):
    """The sources lie in no repository that could date them; the text says what to do."""


class OtherSourcesError(Exception):
    """An image was made of other sources than these; the text says in what it differs."""


class Commit(NamedTuple):
    """Where the sources come from: when they were committed, in s since 1970, as what, and whether as they are now."""

    time_s: int
    name: str
    clean: bool


def unsigned_image(
    board: str,
    built_s: int,
    *,
    version: int | None = None,
    floor: int | None = None,
    cloud_key: bytes = NO_CLOUD,
    overlay: Mapping[str, str] | None = None,
) -> bytes:
    """Return an image to be signed. The version is that of the sources, the floor 0.0 above its major, unless given.

    Raises as `compiled` does, and BundleError.
    """
    sources = firmware_sources.of_board(board, overlay)
    files = by_place(sources)
    if version is None:
        version = firmware_sources.constant(sources, "hemlarm_firmware.app", "FIRMWARE")
    if floor is None:
        floor = version // 1000 * 1000
    data_format = firmware_sources.constant(sources, "hemlarm_firmware.memory", "VERSION")
    head = bundle.head_of(version, floor, data_format, bytecode_version(files), built_s, board, cloud_key, files)
    return bundle.image(head, b"", files)


def bytecode_version(files: Mapping[str, bytes]) -> int:
    """Return the version of these modules' bytecode, which a panel compares with `sys.implementation._mpy & 0xFF`."""
    found = {data[1] for name, data in files.items() if name.endswith(".mpy")}
    assert len(found) == 1, "one compiler made them all"
    return found.pop()


def compare(parsed: bundle.Parsed) -> None:
    """Build an image once more, from the sources that are here. Raises OtherSourcesError, and as `unsigned_image`."""
    head = parsed.head
    again = unsigned_image(
        head.board, last_commit().time_s, version=head.version, floor=head.floor, cloud_key=head.cloud_key
    )
    made = bundle.parse(again)
    if made.head_bytes == parsed.head_bytes:
        return
    other = [name for name in {*made.files, *parsed.files} if made.files.get(name) != parsed.files.get(name)]
    what = (
        ", ".join(sorted(other)[:5]) or f"its head: here built {made.head.built_s} s since 1970, there {head.built_s}"
    )
    raise OtherSourcesError(f"these sources make another image; it differs in {what}. Check out its commit")


def last_commit() -> Commit:
    """Return the last commit to what an image is made by. Raises UndatedError."""
    root = firmware_code.firmware_root().parent
    told = _git(root, "log", "-1", "--format=%ct %H", "--", *_MADE_BY).split()
    if len(told) != 2:
        raise UndatedError(f"{root} has no commits to date these sources by; give --built-at SECONDS, since 1970")
    return Commit(int(told[0]), told[1], not _git(root, "status", "--porcelain", "--", *_MADE_BY))


def _git(root: Path, *arguments: str) -> str:
    command = ["git", "-c", "log.showSignature=false", "-C", str(root), *arguments]
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=_GIT_S, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return ""
