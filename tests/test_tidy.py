"""The style that a program can check, as a unit test: directions, seams, lengths, places.

Each check runs on the tree, and on a small bad sample to prove that it can fail.
"""

import re
import sys
from functools import cache
from pathlib import Path

import pytest

import tidiness as t

ROOT = Path(__file__).parents[1]
MICROPYTHON = Path(sys.executable).with_name("micropython")

PRODUCT = ("protocol/", "firmware/", "cloud/", "installer/", "simulator/")

# Who may import whom of our own packages.
DIRECTIONS = {
    "protocol/": {"hemlarm_protocol"},
    "firmware/": {"hemlarm_protocol", "hemlarm_firmware", "hemlarm_boot"},
    # It is what checks everything else, so it needs nothing else.
    "firmware/hemlarm_boot/": {"hemlarm_boot"},
    "cloud/": {"hemlarm_protocol", "hemlarm_cloud"},
    "installer/": {"hemlarm_protocol", "hemlarm_cloud", "hemlarm_installer"},
    "simulator/": {"hemlarm_protocol", "hemlarm_cloud", "hemlarm_installer", "hemlarm_simulator"},
    # What runs beside the firmware, in its interpreter.
    "simulator/hemlarm_simulator/shadow/": {"hemlarm_protocol", "hemlarm_firmware", "hemlarm_boot"},
}

# The only packages that the two folders which run on a board may need on CPython, as path:package.
THIRD_PARTIES = {"protocol/hemlarm_protocol/crypto_cpython.py:cryptography": "what cryptolib is on the board"}

# Where a clock is read. A folder ends in a slash.
CLOCKS = {
    "cloud/hemlarm_cloud/api/observed.py": "how long each request takes",
    "cloud/hemlarm_cloud/api/service.py": "waits for the server to start",
    "cloud/hemlarm_cloud/broker/child.py": "waits for a child process to start and to end",
    "cloud/hemlarm_cloud/broker/client.py": "waits between attempts to connect",
    "cloud/hemlarm_cloud/broker/setup.py": "default of an argument: certificates are issued from now",
    "cloud/hemlarm_cloud/cases/__main__.py": "where the clock enters a process of case work",
    "cloud/hemlarm_cloud/cli.py": "where the clock enters the cloud's commands",
    "cloud/hemlarm_cloud/cli_cases.py": "where the clock enters the commands about cases",
    "cloud/hemlarm_cloud/cli_centre.py": "where the clock enters the receiving centre's commands",
    "cloud/hemlarm_cloud/cli_forwarding.py": "where the clock enters forwarding's commands",
    "cloud/hemlarm_cloud/cli_home_assistant.py": "what opening an installation asks for",
    "cloud/hemlarm_cloud/cli_receiving.py": "a new installation's certificates are issued from now",
    "cloud/hemlarm_cloud/cli_sites.py": "a new installation's certificates are issued from now",
    "cloud/hemlarm_cloud/ingest/worker.py": "the loop around the ingest core",
    "cloud/hemlarm_cloud/keys/commands.py": "what opening an installation asks for",
    "cloud/hemlarm_cloud/provisioning/commands.py": "what opening an installation asks for",
    "cloud/hemlarm_cloud/running.py": "where the clock enters the running cloud",
    "firmware/hemlarm_firmware/hal/radio_pins.py": "waits while the radio's chip is reset",
    "firmware/hemlarm_firmware/hal/real_board.py": "where the clock enters a board",
    "installer/hemlarm_installer/board_line.py": "waits for a board to start",
    "simulator/hemlarm_simulator/clock.py": "the world's two clocks",
    "simulator/hemlarm_simulator/demo/": "the demonstration runs in real time and measures it",
    "simulator/hemlarm_simulator/desk_board/board.py": "waits for who reads its terminal",
    "simulator/hemlarm_simulator/desk_board/interpreter.py": "gives an interrupted program time to end",
    "simulator/hemlarm_simulator/page/opening.py": "where the steady clock enters the simulated world's thread",
    "simulator/hemlarm_simulator/page/real_side.py": "where the clock enters the cloud of houses in real time",
    "simulator/hemlarm_simulator/real_cloud.py": "where the clock enters a real cloud for the demonstration",
    "simulator/hemlarm_simulator/shadow/": "the virtual board, and MicroPython's modules under virtual time",
}

# Where chance comes from.
CHANCE = {
    "cloud/hemlarm_cloud/api/app.py": "default of an argument: tokens of new accounts",
    "cloud/hemlarm_cloud/broker/child.py": "names of temporary files",
    "cloud/hemlarm_cloud/broker/claims.py": "keys that live as long as the broker",
    "cloud/hemlarm_cloud/cli.py": "where chance enters the cloud's commands",
    "cloud/hemlarm_cloud/cli_accounts.py": "tokens of accounts",
    "cloud/hemlarm_cloud/cli_forwarding.py": "where chance enters forwarding's commands",
    "cloud/hemlarm_cloud/cli_home_assistant.py": "what opening an installation asks for",
    "cloud/hemlarm_cloud/cli_receiving.py": "secrets of foreign transmitters",
    "cloud/hemlarm_cloud/cli_sites.py": "a new installation's keys",
    "cloud/hemlarm_cloud/cli_cases.py": "what opening an installation asks for",
    "cloud/hemlarm_cloud/ingest/__main__.py": "where chance enters an ingest process",
    "cloud/hemlarm_cloud/provisioning/commands.py": "what opening an installation asks for",
    "cloud/hemlarm_cloud/keys/commands.py": "ids and keys of what is asked of panels",
    "cloud/hemlarm_cloud/running.py": "where chance enters the running cloud",
    "firmware/hemlarm_firmware/hal/esp32_s3.py": "where chance enters the reference board",
    "firmware/hemlarm_firmware/hal/real_board.py": "where chance enters a board",
    "firmware/hemlarm_firmware/hal/reserved_blocks.py": "marks blocks, to find them",
    "cloud/hemlarm_cloud/store/picture_keys.py": "default of an argument: a key for each picture",
    "installer/hemlarm_installer/update_commands.py": "where chance enters the commands about releases: new keys",
    "simulator/hemlarm_simulator/page/real_side.py": "tokens and keys of the cloud of houses in real time",
    "simulator/hemlarm_simulator/real_cloud.py": "where chance enters a real cloud for the demonstration",
    "simulator/hemlarm_simulator/real_house.py": "keys and codes of a house in real time",
    "simulator/hemlarm_simulator/shadow/": "the virtual board, and MicroPython's modules under virtual time",
}

OLD_NAMES = {"simulator/hemlarm_simulator/shadow/virtual/": "stand-ins that need the real module behind them"}

# What MicroPython never sees, of the folders that it runs.
CPYTHON_ONLY = {
    "protocol/hemlarm_protocol/crypto_cpython.py": "the other half of crypto_micropython.py",
    "firmware/hemlarm_firmware/waiting_cpython.py": "what waiting.py is in another event loop",
}
RUNS_ON_MICROPYTHON = ("protocol/", "firmware/", "simulator/hemlarm_simulator/shadow/", "tests/shared/")
# Folders that its search path names, so that their modules are imported without a package.
SEARCH_ROOTS = ("simulator/hemlarm_simulator/shadow/", "tests/shared/")

# Every folder and what may lie in it.
PLACES = {
    "": ".gitignore LICENSE Makefile README.md pyproject.toml requirements.lock requirements-fuzz.lock"
    " requirements-peers.lock requirements-stubs.lock",
    ".ci/": "run",
    "protocol/hemlarm_protocol/": "*.py",
    "firmware/": "boot.py main.py",
    "firmware/hemlarm_boot/": "*.py",
    "firmware/hemlarm_firmware/": "*.py",
    "firmware/typings/": "*.pyi mypy.ini esp32.ini rp2.ini",
    "cloud/hemlarm_cloud/": "*.py py.typed",
    "cloud/hemlarm_cloud/pages/look/": "*.py *.css *.js *.svg *.wav *.png",
    "cloud/hemlarm_cloud/pages/templates/": "*.html",
    "cloud/hemlarm_cloud/reports/fonts/": "*.ttf README.md",
    "cloud/hemlarm_cloud/store/migrations/": "*.py script.py.mako",
    "installer/hemlarm_installer/": "*.py *.toml",
    "simulator/hemlarm_simulator/": "*.py py.typed",
    "simulator/hemlarm_simulator/centres/": "*.toml",
    "simulator/hemlarm_simulator/houses/": "*.toml",
    "simulator/hemlarm_simulator/houses/plans/": "*.toml",
    "simulator/hemlarm_simulator/page/static/": "*.css *.js",
    "simulator/hemlarm_simulator/page/templates/": "*.html",
    "simulator/hemlarm_simulator/scenarios/": "*.txt",
    "tests/": "test_*.py conftest.py databases.py tidiness.py traceability.py debian-packages.txt",
    "tests/shared/": "*.py",
    "tests/host/": "*.py",
    "tests/system/": "*.py",
    "tests/vectors/": "*.json *.txt *.hex *.cddl *.csv",
    "tests/bundles/": "*",
    "tools/": "*.py",
    "bench/": "*.py",
    "docs/": "*.md *.svg *.png *.cddl *.cdx.json",
    "docs/reports/": "*.pdf *.csv *.md",
    "docs/screens/": "*.png",
    "docs/decisions/": "[0-9][0-9][0-9][0-9]-*.md",
}


@cache
def paths() -> list[str]:
    """Return the files of the tree."""
    return t.list_files(ROOT)


@cache
def python(*folders: str) -> dict[str, str]:
    """Return the Python sources under these folders, or all, by path."""
    found = (path for path in paths() if path.endswith((".py", ".pyi")) and path.startswith(folders or ("",)))
    return {path: (ROOT / path).read_text() for path in found}


def texts() -> dict[str, str]:
    """Return every file that is text, but for the lock file, by path. What is not UTF-8 is no text."""
    found = {}
    for path in paths():
        data = (ROOT / path).read_bytes()
        if b"\0" not in data:
            found[path] = data.decode(errors="replace")
    return found


def for_micropython() -> dict[str, str]:
    """Return the sources that MicroPython runs, by path."""
    sources = python(*RUNS_ON_MICROPYTHON).items()
    return {path: text for path, text in sources if path not in CPYTHON_ONLY and path.endswith(".py")}


def expect_none(complaints: list[str]) -> None:
    """Fail with the complaints, one a line."""
    assert all(re.match(r"\S*:\d+: .+; ", complaint) for complaint in complaints), "a complaint names line and remedy"
    if complaints:
        pytest.fail("\n".join(["", *complaints]), pytrace=False)


def test_our_packages_import_each_other_one_way() -> None:
    expect_none(t.check_directions(python(), DIRECTIONS))


def test_what_runs_on_a_board_needs_nothing_installed() -> None:
    standard = set(sys.stdlib_module_names) | t.MICROPYTHON_MODULES | t.HARDWARE | set().union(*DIRECTIONS.values())
    expect_none(t.check_third_parties(python(), ("protocol/", "firmware/"), standard, THIRD_PARTIES))


def test_only_the_hal_touches_hardware() -> None:
    expect_none(t.check_hardware(python(*PRODUCT)))


def test_old_module_names_are_gone() -> None:
    expect_none(t.check_old_names(python(), OLD_NAMES))


def test_clocks_are_read_at_their_seams_only() -> None:
    expect_none(t.check_seams(python(*PRODUCT), "clock", t.CLOCK_MODULES, t.CLOCK_CALLS, CLOCKS))


def test_chance_enters_at_its_seams_only() -> None:
    expect_none(t.check_seams(python(*PRODUCT), "random source", t.RANDOM_MODULES, t.RANDOM_CALLS, CHANCE))


def test_files_and_functions_stay_short() -> None:
    expect_none(t.check_lengths(python()))


def test_every_module_says_what_it_is_for() -> None:
    expect_none(t.check_docstrings(python()))


def test_no_file_is_astray() -> None:
    expect_none(t.check_places(paths(), PLACES))


def test_no_registry_and_no_machine_is_named() -> None:
    expect_none(t.check_addresses(texts()))


def test_what_runs_on_micropython_imports_what_is_there() -> None:
    beside = {Path(path).stem for path in python(*SEARCH_ROOTS)}
    expect_none(t.check_micropython_imports(for_micropython(), beside))


def test_what_runs_on_micropython_uses_what_is_there() -> None:
    expect_none(t.check_micropython_uses(for_micropython()))


def test_what_runs_on_micropython_compiles_there() -> None:
    expect_none(t.check_micropython_syntax(ROOT, list(for_micropython()), MICROPYTHON))


def test_a_wrong_direction_is_found() -> None:
    sample = {
        "protocol/hemlarm_protocol/keys.py": "import hemlarm_cloud.store\n",
        "cloud/hemlarm_cloud/api.py": "import os\nfrom hemlarm_firmware.board import Board\nimport hemlarm_protocol\n",
        "simulator/hemlarm_simulator/shadow/panel.py": "from hemlarm_firmware import app\n",
    }
    found = [complaint.partition(";")[0] for complaint in t.check_directions(sample, DIRECTIONS)]
    assert found == [
        "protocol/hemlarm_protocol/keys.py:1: protocol/ must not import hemlarm_cloud",
        "cloud/hemlarm_cloud/api.py:2: cloud/ must not import hemlarm_firmware",
    ]


def test_a_package_that_must_be_installed_is_found() -> None:
    sample = {"protocol/a.py": "import os\nimport cryptography.x509\n", "protocol/b.py": "import cryptography\n"}
    found = t.check_third_parties(sample, ("protocol/",), {"os"}, {"protocol/b.py:cryptography": "a sample"})
    assert [complaint.split()[:2] for complaint in found] == [["protocol/a.py:2:", "cryptography.x509"]]


def test_hardware_outside_the_hal_is_found() -> None:
    guarded = "if TYPE_CHECKING:\n    from machine import Pin\n"
    sample = {"firmware/main.py": "from machine import Pin\n", t.HAL + "pico.py": "import rp2\n", "cloud/a.py": guarded}
    assert len(found := t.check_hardware(sample)) == 1
    assert found[0].startswith("firmware/main.py:1: machine is hardware")


def test_an_old_name_is_found() -> None:
    sample = {"tests/a.py": "import utime\n", "simulator/hemlarm_simulator/shadow/virtual/os.py": "import uos\n"}
    assert [complaint[:25] for complaint in t.check_old_names(sample, OLD_NAMES)] == ["tests/a.py:1: utime is an"]


@pytest.mark.parametrize(
    "source",
    [
        "import time\n",
        "from time import time\n",
        "datetime.now()\n",
        "datetime.datetime.now(UTC)\n",
        "ask = date.today\n",
    ],
)
def test_a_clock_outside_its_seam_is_found(source: str) -> None:
    def check(table: t.Reasons) -> list[str]:
        return t.check_seams({"cloud/a.py": source}, "clock", t.CLOCK_MODULES, t.CLOCK_CALLS, table)

    assert check({})[0].startswith("cloud/a.py:1: ")
    assert check({"cloud/a.py": "a sample"}) == check({"cloud/": "a sample"}) == []
    assert "strike it from the table" in check({"cloud/a.py": "a sample", "cloud/b.py": "nothing there"})[0]


@pytest.mark.parametrize("source", ["import secrets\n", "os.urandom(4)\n", "from os import urandom\n"])
def test_chance_outside_its_seam_is_found(source: str) -> None:
    complaints = t.check_seams({"cloud/a.py": source}, "random source", t.RANDOM_MODULES, t.RANDOM_CALLS, {})
    assert complaints[0].startswith("cloud/a.py:1: ")


def test_what_is_too_long_is_found() -> None:
    long_file = {"a.py": "pass\n" * (t.FILE_LINES_MAX + 1)}
    assert t.check_lengths(long_file)[0].startswith("a.py:401: more than 400 lines")
    body = "def f():\n" + "    pass\n" * t.FUNCTION_LINES_MAX
    assert t.check_lengths({"a.py": body}) == ["a.py:1: f has 61 lines, at most 60; split it"]
    assert t.check_lengths({"a.py": body.removesuffix("    pass\n")}) == []


def test_a_module_without_docstring_is_found() -> None:
    assert t.check_docstrings({"a.py": "'Says it.'\n", "b.py": "import os\n"})[0].startswith("b.py:1: no docstring")


def test_a_stray_file_is_found() -> None:
    sample = [
        "README.md",
        "notes.txt",
        "cloud/dump.sql",
        "docs/decisions/idea.md",
        "cloud/hemlarm_cloud/a/b.py",
        "x/README.md",
    ]
    found = [complaint.partition(":")[0] for complaint in t.check_places(sample, PLACES)]
    assert found == ["notes.txt", "cloud/dump.sql", "docs/decisions/idea.md", "x/README.md"]


# Put together here, lest this file be found itself.
@pytest.mark.parametrize("line", ["see py" + "pi.org", "npm" + "js.com", "/ro" + "ot/x", "in /ho" + "me/anna/x"])
def test_a_registry_or_a_machine_is_found(line: str) -> None:
    assert t.check_addresses({"a.md": "fine\n" + line})[0].startswith("a.md:2: ")
    assert t.check_addresses({"a.md": "/roots/ and ./work/x and example.org"}) == []


@pytest.mark.parametrize(
    "source", ["import typing\n", "from collections.abc import Callable\n", "import dataclasses\n"]
)
def test_an_import_that_micropython_lacks_is_found(source: str) -> None:
    guarded = "TYPE_CHECKING = False\nif TYPE_CHECKING:\n    " + source
    plain = "import asyncio.core\nimport support\nfrom hemlarm_protocol import keys\n"
    missing = t.check_micropython_imports({"a.py": source, "b.py": guarded, "c.py": plain}, {"support"})
    assert [complaint[:6] for complaint in missing] == ["a.py:1"]


@pytest.mark.parametrize("source", ["asyncio.Queue()\n", "from os import fsync\n", "def f(a, /):\n    pass\n"])
def test_a_use_that_micropython_lacks_is_found(source: str) -> None:
    assert t.check_micropython_uses({"a.py": source})[0].startswith("a.py:1: MicroPython has no ")


def test_a_syntax_that_micropython_lacks_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("kind = 1\nmatch kind:\n    case 1:\n        pass\n")
    (tmp_path / "b.py").write_text("kind = 1\n")
    found = t.check_micropython_syntax(tmp_path, ["a.py", "b.py"], MICROPYTHON)
    assert [complaint[:7] for complaint in found] == ["a.py:2:"]


def test_a_tree_without_git_is_listed_too(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("__pycache__/\n*.mpy\n/build/\n")
    for name in ("a.py", "b.mpy", "cloud/c.py", "cloud/__pycache__/c.pyc", "build/d.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    assert t.list_files(tmp_path) == [".gitignore", "a.py", "cloud/c.py"]
