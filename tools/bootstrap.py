"""Sets up .venv: every locked dependency and the project itself, for whoever has Python 3.11 and no root.

Run by `make`, before each target. It does nothing when .venv already fits the lock file, the packaging part of
pyproject.toml, this interpreter and this folder; it mends what is out of date; it starts afresh when the last
run was interrupted. It uses the standard library only. Why pip is sought in so many places:
docs/decisions/0001-set-up-without-root.md.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".complete"
INTERPRETER = str(Path(sys.executable).resolve())  # Never .venv's own, even when that is the active one.
LOCK = ROOT / "requirements.lock"
PEERS_LOCK = ROOT / "requirements-peers.lock"
STUBS_LOCK = ROOT / "requirements-stubs.lock"
OLDEST = (3, 11)

# The tables of pyproject.toml that decide what is installed; the settings of our tools are not among them.
PACKAGING_TABLES = ("build-system", "project", "hatch")

# Debian's package of pip as a wheel, and the certificates that this pip, other than pip's own, does not carry along.
DEBIAN_PACKAGES = ("python3-pip-whl", "ca-certificates")
DEBIAN_PIP_WHEELS = "usr/share/python-wheels/pip-*.whl"
DEBIAN_CERTIFICATES = "usr/share/ca-certificates/mozilla/*.crt"
SYSTEM_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
OWN_CERTIFICATES = VENV / "ca-certificates.crt"

REMEDY = (
    "No pip could be had: this Python brings none, and neither uv, the system's pip nor apt-get could help (above).\n"
    "Install one of them (on Debian: apt-get install python3-venv), or name another Python: make PYTHON=python3.12"
)


class SetupError(Exception):
    """Set-up cannot go on; the text says why and what to do."""


def say(text: str) -> None:
    """Tell the person at the terminal what goes on; standard output stays free for the programs set up."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def run(*command: "str | Path", cwd: Path = ROOT) -> None:
    """Run a command to its end, its output hidden unless it fails. Raises SetupError with that output."""
    words = [str(word) for word in command]
    try:
        done = subprocess.run(
            words,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as error:
        raise SetupError(f"{words[0]} cannot be started: {error}") from error
    if done.returncode:
        raise SetupError(f"{done.stdout.strip()}\nThis failed ({done.returncode}): {' '.join(words)}")


def works(*command: "str | Path") -> bool:
    """Tell whether the command exists and succeeds."""
    try:
        run(*command)
    except SetupError:
        return False
    return True


def identity() -> str:
    """Return, as one line, what .venv can't outlive: the interpreter behind it and the folder it stands in."""
    return json.dumps([*sys.version_info[:2], INTERPRETER, str(ROOT)])


def contents() -> str:
    """Return, as one line, a digest of what says which packages belong into .venv."""
    import tomllib  # From Python 3.11 on: main() has checked the version by now.

    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    tables = {**settings, **settings.get("tool", {})}
    packaging = {name: tables[name] for name in PACKAGING_TABLES if name in tables}
    locks = "".join(path.read_text() for path in (LOCK, PEERS_LOCK, STUBS_LOCK))
    return hashlib.sha256((json.dumps(packaging, sort_keys=True) + locks).encode()).hexdigest()


def stamp() -> "list[str]":
    """Return the identity and contents that .venv was completed with, or nothing."""
    if not STAMP.exists() or not works(VENV_PYTHON, "--version"):
        return []
    return STAMP.read_text().splitlines()


def unpack_debian(scratch: Path) -> Path:
    """Download Debian's packages under `scratch` and return where they were unpacked. Raises SetupError."""
    for folder in ("lists/partial", "cache/archives/partial", "unpacked"):
        (scratch / folder).mkdir(parents=True)
    private = ["-qq", "-o", f"Dir::State::lists={scratch}/lists", "-o", f"Dir::Cache={scratch}/cache"]
    run("apt-get", *private, "-o", "Acquire::Languages=none", "update")
    run("apt-get", *private, "download", *DEBIAN_PACKAGES, cwd=scratch)
    for package in scratch.glob("*.deb"):
        run("dpkg-deb", "--extract", package, scratch / "unpacked")
    return scratch / "unpacked"


def pip_from_debian() -> None:
    """Install pip into .venv out of Debian's wheel. Needs apt-get and dpkg-deb, no root. Raises SetupError."""
    with tempfile.TemporaryDirectory(prefix="hemlarm-setup-") as scratch:
        unpacked = unpack_debian(Path(scratch))
        wheels = sorted(unpacked.glob(DEBIAN_PIP_WHEELS))
        if not wheels:
            raise SetupError(f"Debian's {DEBIAN_PACKAGES[0]} holds no {DEBIAN_PIP_WHEELS}")
        run(VENV_PYTHON, wheels[-1] / "pip", "install", "--quiet", "--no-index", "--no-deps", wheels[-1])
        if not SYSTEM_CERTIFICATES.exists():
            OWN_CERTIFICATES.write_text("".join(path.read_text() for path in unpacked.glob(DEBIAN_CERTIFICATES)))


def find_pip() -> "list[str]":
    """Return the command that installs into .venv, getting hold of a pip if need be. Raises SetupError."""
    if works(VENV_PYTHON, "-m", "pip", "--version"):
        return [str(VENV_PYTHON), "-m", "pip", "install"]
    if works("uv", "--version"):
        return ["uv", "pip", "install", "--python", str(VENV_PYTHON)]
    if works(INTERPRETER, "-m", "pip", "--python", VENV_PYTHON, "--version"):
        return [INTERPRETER, "-m", "pip", "--python", str(VENV_PYTHON), "install"]
    say("  this Python has no pip: unpacking Debian's (no root needed) ...")
    try:
        pip_from_debian()
    except SetupError as error:
        raise SetupError(f"{error}\n\n{REMEDY}") from error
    return [str(VENV_PYTHON), "-m", "pip", "install"]


def create_environment() -> None:
    """Make an empty .venv, with pip in it where this Python brings one. Raises SetupError."""
    say("  creating .venv ...")
    if VENV.exists():
        shutil.rmtree(VENV)
    if not works(INTERPRETER, "-m", "venv", VENV):
        # Debian keeps ensurepip in python3-venv; without it venv stops half-way.
        run(INTERPRETER, "-m", "venv", "--clear", "--without-pip", VENV)


def set_up(fresh: bool) -> None:
    """Install what is locked, and the project, into a fresh or the present .venv. Raises SetupError."""
    began = time.monotonic()
    say("Setting up .venv (once; a minute or two, about 100 MB to download):")
    STAMP.unlink(missing_ok=True)
    if fresh:
        create_environment()
    pip = find_pip()
    if OWN_CERTIFICATES.exists():
        os.environ.setdefault("PIP_CERT", str(OWN_CERTIFICATES))
    say("  installing the locked dependencies ...")
    run(*pip, "--quiet", "--require-hashes", "--requirement", LOCK)
    say("  installing the tests' peers beside them ...")
    peers = VENV / "peers"  # Their own pins are too old for .venv; tests run them as programs, nobody imports them.
    shutil.rmtree(peers, ignore_errors=True)
    run(*pip, "--quiet", "--require-hashes", "--no-deps", "--target", peers, "--requirement", PEERS_LOCK)
    install_stubs(pip)
    say("  installing the project itself ...")
    run(*pip, "--quiet", "--no-deps", "--no-build-isolation", "--editable", ROOT)
    STAMP.write_text(f"{identity()}\n{contents()}\n")
    say(f"Set up in {time.monotonic() - began:.0f} s.")


def install_stubs(pip: "list[str]") -> None:
    """Install what tells the type checker of each board's MicroPython: the same names for each, so a folder each."""
    say("  installing the boards' type stubs beside them ...")
    stubs = VENV / "stubs"
    shutil.rmtree(stubs, ignore_errors=True)
    stubs.mkdir()
    for block in STUBS_LOCK.read_text().split("\nmicropython-"):
        name = "micropython-" + block.removeprefix("micropython-")
        only = stubs / "one.lock"
        only.write_text(name)
        target = stubs / name.split("==")[0].removeprefix("micropython-").removesuffix("-stubs")
        run(*pip, "--quiet", "--require-hashes", "--no-deps", "--target", target, "--requirement", only)
    only.unlink()


def main() -> int:
    """Set up .venv unless it is already as it should be; return the exit code."""
    if sys.version_info < OLDEST:
        say("Hemlarm needs Python 3.11 or newer; this is {}.{}.".format(*sys.version_info[:2]))
        say("Name a newer one: make PYTHON=python3.11")
        return 1
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)  # Two `make` at once: the second waits, then finds all done.
        found = stamp()
        if found != [identity(), contents()]:
            set_up(fresh=found[:1] != [identity()])
    except (SetupError, KeyboardInterrupt) as error:
        say(f"{error}\nSet-up did not finish. Running make again starts it afresh.")
        return 1
    finally:
        os.close(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
