"""`hemlarm install` with the real esptool and mpremote, on a board that a MicroPython process plays, with a real cloud.

The board is a stand-in, named as such: see `hemlarm_simulator.desk_board` and `rom_loader`.
"""

import json
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hemlarm_firmware import credentials
from hemlarm_installer import esptool_run, partitions
from hemlarm_simulator.desk_board.board import DeskBoard
from hemlarm_simulator.nor_flash import NorFlash
from install_support import Desk, installed, laid_out

MOMENTS: list[dict[str, Any]] = [
    # When the cable is pulled: so many bytes, or these bytes, into an attempt.
    {"sent": 3_000},  # esptool sends its stub.
    {"sent": 60_000},  # In the middle of MicroPython.
    {"sent": b"hemlarm_boot/image.mpy.part"},
    {"sent": b"/trust.part','/trust'"},  # Before that file has its name.
    {"sent": 60_000},  # In the middle of the release.
    {"answered": b"'main.py', 'trust'"},  # Everything is there, and the tool is about to restart the board.
    {"sent": b"p.begin()"},
    {"answered": b"hemlarm: m3"},  # The code is on the display.
    {"sent": b"p.piece("},
    {"answered": b"hemlarm: state kept"},  # All is on flash, and only the panel knows.
]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with laid_out(tmp_path_factory.mktemp("desk")) as desk:
        yield desk


def _kept(board: DeskBoard) -> dict[str, Any]:
    """What the board keeps in its partition "keys"."""
    offset, size = next((part.offset, part.size) for part in partitions.ESP32_S3 if part.label == "keys")
    chip = NorFlash(size)
    chip.contents[:] = board.chip.read_bytes()[offset : offset + size]
    found = credentials.load(chip)  # type: ignore[arg-type]  # It has what the firmware asks of a flash.
    assert found is not None
    return found


def _forms(secret: bytes) -> Iterator[bytes]:
    """How a piece of a secret can look in text or in the open."""
    yield secret
    yield secret.hex().encode()
    yield repr(secret)[2:-1].encode()
    for shift in range(3):
        rest = secret[shift:]
        yield b64encode(rest[: len(rest) // 3 * 3])


def _repeated(arguments: list[str], board: DeskBoard, monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    """Install so; while the cable is in and the board does not answer, do as the tool says and repeat.

    The unix port dies of an interrupt in the middle of a collection, which a board only notes; it starts again.
    """
    for _ in range(4):
        status, told = installed(arguments, board, monkeypatch)
        if status == 0 or not board.plugged or "does not answer" not in told:
            break
    return status, told


def test_a_cable_pulled_at_ten_moments_is_put_in_again_and_the_same_command_goes_on(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    label = tmp_path / "label.svg"
    board = DeskBoard(tmp_path / "board")
    command = ["panel", *desk.arguments(board), *desk.cloud_arguments(), "--label", str(label)]
    for moment in MOMENTS:
        board.plug()
        board.pull_behind(**moment)
        status, told = _repeated(command, board, monkeypatch)
        assert (status, board.plugged) == (1, False), (moment, told)
        # Beside other tests the number of a terminal that is gone may be another's at once.
        assert "put the cable in" in told or "cannot be opened" in told, (moment, told)
        assert not desk.panels(), "a panel was admitted that is not whole"
        board.pull()
    with board:
        status, told = _repeated([*command, "--json"], board, monkeypatch)
        assert status == 0, told
        (panel,) = desk.panels()
        assert json.loads(told.splitlines()[-1])["panel"] == panel
        desk.await_event(panel)
    assert _kept(board)["panel"].hex() == panel
    assert panel[:4] in label.read_text()
    _nothing_secret_passed(board, [label, *(file for file in tmp_path.rglob("*.txt"))])


def _nothing_secret_passed(board: DeskBoard, files: list[Path]) -> None:
    kept = _kept(board)
    seen = bytes(board.passed) + b"".join(file.read_bytes() for file in files)
    assert any(form in seen for form in _forms(kept["proof"])), "what did pass is found"
    # A P-256 key as DER has its 32 secret bytes at 36, and the public ones, which may be seen, behind.
    for name, secret in (("root key", kept["root_key"]), ("TLS key", kept["key"][36:68])):
        for piece in (secret[:16], secret[16:]):
            for form in _forms(piece):
                assert form not in seen, f"the {name} passed over the cable"


def test_a_panel_in_use_is_flashed_again_without_harm_and_its_loader_too(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = DeskBoard(tmp_path / "board")
    flash = ["flash", *desk.arguments(board), "--json"]
    board.plug()
    assert _repeated(flash, board, monkeypatch)[0] == 0
    _mpremote_lists_the_files(board)
    status, told = _repeated(["provision", "--port", str(board.port), *desk.cloud_arguments()], board, monkeypatch)
    assert status == 0, told
    panel = _kept(board)["panel"].hex()
    desk.await_event(panel)
    status, told = _repeated(flash, board, monkeypatch)
    assert (status, json.loads(told.splitlines()[-1])["files"]) == (0, []), told
    board.pull()
    # A hung panel does not answer; with its BOOT button held its loader does. It is written anew, and stays who it is.
    board.plug(held=True)
    status, told = _repeated(flash, board, monkeypatch)
    assert status == 0, told
    assert json.loads(told.splitlines()[-1])["interpreter"]
    board.pull()
    assert _kept(board)["panel"].hex() == panel


def _mpremote_lists_the_files(board: DeskBoard) -> None:
    """As a command of its own, not as the library that the tool uses."""
    command = [sys.executable, "-m", "mpremote", "connect", str(board.port), "fs", "ls"]
    for _ in range(3):
        listed = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        if listed.returncode == 0:
            break
        # The unix port dies of an interrupt in the middle of a collection, which a board only notes; it starts again.
        assert "FATAL" in listed.stdout, listed.stdout + listed.stderr
    assert {"main.py", "a.img", "trust", "board"} <= set(listed.stdout.split()), listed.stdout + listed.stderr


def test_a_pulled_cable_before_any_of_it_and_another_chip_are_told_by_name(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = DeskBoard(tmp_path / "board")
    status, told = installed(["flash", *desk.arguments(board)], board, monkeypatch)
    assert status == 1
    assert "there is no port" in told
    with board:
        monkeypatch.setattr(esptool_run, "_command", _for_another_chip)
        status, told = installed(["flash", *desk.arguments(board)], board, monkeypatch)
    assert status == 1
    assert "choose the right --board" in told


def _for_another_chip(port: str, _chip: str) -> list[str]:
    return [sys.executable, "-m", "esptool", "--chip", "esp32c3", "--port", port]
