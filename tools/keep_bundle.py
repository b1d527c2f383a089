"""Keeps this firmware for later update tests: compiled as it ships, with the flash of a panel that has used it.

    .venv/bin/python tools/keep_bundle.py tests/bundles

writes tests/bundles/<version>/: `firmware.zip` (the .mpy files of an image), `loader.zip` (the boot loader beside
it), `flash.zip` (the partitions after a short story) and `bundle.json` (what is in them, with SHA-256 digests, and what
the image's head says, so that a test can put the image together and sign it). The same tree gives the same bytes. An
existing bundle is never overwritten: what was released stays what it was.
"""

import hashlib
import json
import sys
import zipfile
from pathlib import Path

from hemlarm_installer.bundling import unsigned_image
from hemlarm_installer.firmware_build import compiled_loader
from hemlarm_installer.firmware_code import load
from hemlarm_protocol import bundle, keys
from hemlarm_simulator.description import load_house
from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.virtual.world import VirtualWorld

SEED = 1
_BOARD = "simulated"
_UNDATED_S = 0
"""When the image says it was built: a commit's date would be another one as soon as the bundle is committed."""
_WHEN = (1980, 1, 1, 0, 0, 0)
"""Date of every file in a zip: the earliest that the format knows, so that the day of the build leaves no trace."""


def main(arguments: list[str]) -> int:
    """Write the bundle below the folder named; returns the exit status."""
    if len(arguments) != 1:
        sys.stderr.write("usage: keep_bundle.py FOLDER\n")
        return 2
    version = load("hemlarm_firmware.app").FIRMWARE
    folder = Path(arguments[0]) / f"{version // 1000}.{version % 1000}"
    if folder.exists():
        sys.stderr.write(f"{folder} is there already; what was kept is not overwritten\n")
        return 1
    folder.mkdir(parents=True)
    image = bundle.parse(unsigned_image(_BOARD, _UNDATED_S))
    parts = {"firmware.zip": image.files, "loader.zip": compiled_loader(), "flash.zip": used_flash()}
    for name, files in parts.items():
        _write_zip(folder / name, files)
    manifest = {
        "firmware": version,
        "protocol": keys.VERSION,
        "image": head_facts(image),
        "files": {name: {file: _digest(data) for file, data in files.items()} for name, files in parts.items()},
    }
    (folder / "bundle.json").write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n")
    return 0


def head_facts(image: bundle.Parsed) -> dict[str, int | str]:
    """Return what the image's head says besides its files, and its digest."""
    head = image.head
    return {
        "version": head.version,
        "floor": head.floor,
        "data_format": head.data_format,
        "abi": head.abi,
        "built_s": head.built_s,
        "board": head.board,
        "digest": bundle.digest(image.head_bytes).hex(),
    }


def used_flash() -> dict[str, bytes]:
    """Return the partitions of a panel that was armed, alarmed, and lost its network before it lost its power."""
    with ForkServer() as server, VirtualWorld(server, load_house("villa"), SEED) as world:
        world.run_until(5_000)
        world.house.enter_code("1234", "away")
        world.run_until(70_000)
        world.network.up = False
        world.house.open("bedroom-window")
        world.run_until(80_000)
        world.power_cut()
        return {f"{name}.bin": bytes(flash.contents) for name, flash in sorted(world.panel.flash.items())}


def _write_zip(path: Path, files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, _WHEN)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
