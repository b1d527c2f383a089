"""Panels run compiled firmware, and a mistake in it is told by the compiler's own words."""

from pathlib import Path

import pytest

from hemlarm_installer import firmware_code
from hemlarm_installer.firmware_build import BuildError, FirmwareBuild
from hemlarm_simulator.launch import SHADOW


def test_every_module_that_a_panel_needs_is_compiled(tmp_path: Path) -> None:
    build = FirmwareBuild(tmp_path, SHADOW)
    virtual, shadow, firmware, protocol = build.search_path(virtual=True)
    assert build.search_path(virtual=False) == [shadow, firmware, protocol]
    for file in (
        virtual / "time.mpy",
        shadow / "virtual_board.mpy",
        shadow / "hemlarm_boot" / "slots.mpy",
        firmware / "hemlarm_firmware" / "panel" / "core.mpy",
        protocol / "hemlarm_protocol" / "crypto_micropython.mpy",
    ):
        assert file.read_bytes()[:1] == b"M", file
    assert [path.name for path in tmp_path.rglob("*.py")] == [build.script().name]
    assert not list(tmp_path.rglob("*cpython*"))


def test_what_does_not_compile_is_told_with_file_and_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "hemlarm_firmware"
    source.mkdir()
    (source / "app.py").write_text("async def main(board):\n    return return\n")
    monkeypatch.setattr(firmware_code, "firmware_root", lambda: tmp_path)
    with pytest.raises(BuildError, match=r"hemlarm_firmware\.app, line 2: SyntaxError"):
        FirmwareBuild(tmp_path / "built", SHADOW).script()


def test_a_missing_firmware_is_told_with_the_places_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(firmware_code, "_INSTALLED", tmp_path / "one")
    monkeypatch.setattr(firmware_code, "_IN_REPOSITORY", tmp_path / "two")
    with pytest.raises(firmware_code.FirmwareMissingError, match=r"no hemlarm_firmware in \S+one or \S+two; install"):
        firmware_code.firmware_root()
