"""One commit gives the same bytes wherever, whenever and by whomever it is built."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

GIT = shutil.which("git") or "git"
ROOT = Path(__file__).parents[2]
PARTS = ("firmware", "protocol", "installer")
COMMITTED_S = 1_770_000_000

# Builds with another clock, and with folders that list their files the other way round.
BUILD = """
import os, sys, time
umask, ahead_s, backwards, board, out = sys.argv[1:]
os.umask(int(umask, 8))
real_time, real_scandir, real_listdir = time.time, os.scandir, os.listdir
time.time = lambda: real_time() + int(ahead_s)
class Listing(list):
    __enter__ = lambda self: self
    __exit__ = lambda self, *failure: None
if int(backwards):
    os.scandir = lambda *place: Listing(sorted(real_scandir(*place), key=lambda entry: entry.name, reverse=True))
    os.listdir = lambda *place: sorted(real_listdir(*place), reverse=True)
else:
    os.scandir = lambda *place: Listing(sorted(real_scandir(*place), key=lambda entry: entry.name))
from hemlarm_installer import bundling, firmware_code
from hemlarm_installer.firmware_build import compiled_loader
commit = bundling.last_commit()
assert commit.clean and str(firmware_code.firmware_root()).startswith(sys.argv[-1].rpartition("/")[0]), commit
with open(out, "wb") as file:
    file.write(bundling.unsigned_image(board, commit.time_s))
    file.write(repr(compiled_loader()).encode())
"""


def git(folder: Path, *arguments: str) -> None:
    who = [f"GIT_{role}_{what}" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")]
    dates = {f"GIT_{role}_DATE": f"{COMMITTED_S} +0000" for role in ("AUTHOR", "COMMITTER")}
    environment = {**os.environ, **dict.fromkeys(who, "somebody"), **dates, "GIT_CONFIG_GLOBAL": os.devnull}
    subprocess.run([GIT, *arguments], cwd=folder, env=environment, check=True, capture_output=True)


def built(tree: Path, umask: str, ahead_s: int, backwards: bool, environment: dict[str, str]) -> bytes:
    """What a process of its own builds in this tree for the reference board."""
    path = os.pathsep.join(str(tree / part) for part in ("installer", "protocol"))
    out = tree / "out"
    arguments = [umask, str(ahead_s), str(int(backwards)), "esp32-s3", str(out)]
    subprocess.run(
        [sys.executable, "-c", BUILD, *arguments],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", **environment},
        cwd="/",
        check=True,
    )
    return out.read_bytes()


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository of its own with the sources of now, committed at a known time."""
    tree = tmp_path / "here"
    for part in PARTS:
        shutil.copytree(ROOT / part, tree / part, ignore=shutil.ignore_patterns("__pycache__"))
    git(tree, "init", "--quiet")
    git(tree, "add", "--all", *PARTS)
    git(tree, "commit", "--quiet", "--message", "everything")
    (tree / ".git" / "info" / "exclude").write_text("out\n")
    return tree


def test_two_builds_in_other_folders_on_other_days_by_other_people_are_the_same(tree: Path, tmp_path: Path) -> None:
    other = tmp_path / "a longer way" / "to another place"
    other.parent.mkdir()
    git(tmp_path, "clone", "--quiet", str(tree), str(other))
    (other / ".git" / "info" / "exclude").write_text("out\n")
    for number, file in enumerate(sorted((other / "firmware").rglob("*.py"))):
        os.utime(file, (number * 86_400, number * 86_400))
    here = built(tree, "022", 0, False, {"TZ": "UTC", "LC_ALL": "C", "PYTHONHASHSEED": "1", "HOME": "/"})
    there = built(
        other,
        "077",
        400 * 86_400,
        True,
        {"TZ": "Asia/Kathmandu", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "2", "HOME": str(tmp_path), "USER": "anna"},
    )
    assert here == there
    assert here[:4] == b"HmB1"
    assert int.from_bytes(here[14:18], "little") == COMMITTED_S
    assert str(tmp_path).encode() not in here
