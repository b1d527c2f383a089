"""What goes into a board's image: all that it may load, and nothing of other boards or of the cloud."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hemlarm_installer import bundling, firmware_sources
from hemlarm_installer.boards import known
from hemlarm_installer.firmware_build import BuildError, compiled, compiled_loader, short_names
from hemlarm_installer.firmware_code import load
from hemlarm_installer.firmware_sources import UnknownBoardError
from hemlarm_protocol import bundle
from tidiness import walk

MICROPYTHON = Path(sys.executable).with_name("micropython")
BOARDS = sorted(firmware_sources.BOARDS)
CRASH = "def run(slots):\n    raise ValueError(slots)\n"


def asked_for(text: str) -> Iterator[str]:
    """Modules of ours that a source imports, or names in a text, as it does to load them later."""
    for node in walk(ast.parse(text), types_too=False):
        match node:
            case ast.ImportFrom(module=str() as module, names=names):
                yield module
                yield from (f"{module}.{alias.name}" for alias in names)
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.Constant(value=str() as name) if name.startswith("hemlarm_"):
                yield name


@pytest.mark.parametrize("board", BOARDS)
def test_whatever_a_boards_modules_may_load_is_in_its_image(board: str) -> None:
    sources = {source.module: source.text for source in firmware_sources.of_board(board)}
    every = {source.module for source in firmware_sources.of_simulator(None)}
    every |= {source.module for name in BOARDS for source in firmware_sources.of_board(name)}
    missing = {
        (module, name)
        for module, text in sources.items()
        for name in asked_for(text)
        if name in every and name not in sources and module != "hemlarm_firmware.board_choice"
    }
    assert not missing
    assert {"hemlarm_firmware.start", "hemlarm_firmware.app", "hemlarm_protocol.panel_end"} <= sources.keys()


def test_the_image_of_a_real_board_can_be_made() -> None:
    assert bundle.parse(bundling.unsigned_image("pico-2-w", 7)).head.board == "pico-2-w"


def test_a_board_gets_its_own_drivers_and_no_others() -> None:
    drivers = {
        board: {source.module for source in firmware_sources.of_board(board) if ".hal." in source.module}
        for board in BOARDS
    }
    assert drivers["simulated"] == {"hemlarm_firmware.hal.ip", "hemlarm_firmware.hal.tls_stream"}
    assert "hemlarm_firmware.hal.esp32_s3" in drivers["esp32-s3"] - drivers["pico-2-w"]
    assert "hemlarm_firmware.hal.pico_2_w" in drivers["pico-2-w"] - drivers["esp32-s3"]


def test_every_driver_goes_to_some_board() -> None:
    shipped = {source.place for board in BOARDS for source in firmware_sources.of_board(board)}
    root = Path(load("hemlarm_firmware.app").__file__ or "").parents[1]
    assert {path.relative_to(root) for path in root.glob("hemlarm_firmware/hal/**/*.py")} <= shipped


def test_what_only_the_cloud_needs_is_in_no_image() -> None:
    names = compiled("simulated").keys()
    assert not [name for name in names if "cloud_end" in name or name.endswith(("id_names.mpy", "table_names.mpy"))]
    assert not [name for name in names if "_cpython" in name or "hemlarm_boot" in name]
    assert "hemlarm_protocol/bundle.mpy" not in names


def test_there_are_images_for_every_board_that_can_be_installed() -> None:
    assert known().keys() <= firmware_sources.BOARDS.keys()


def test_an_image_says_what_its_sources_say() -> None:
    parsed = bundle.parse(bundling.unsigned_image("simulated", 7))
    assert parsed.head.version == load("hemlarm_firmware.app").FIRMWARE
    assert parsed.head.floor == parsed.head.version // 1000 * 1000
    assert parsed.head.data_format == load("hemlarm_firmware.memory").VERSION
    assert (parsed.head.built_s, parsed.head.board, parsed.signature) == (7, "simulated", b"")
    assert parsed.files == compiled("simulated")


def test_an_images_bytecode_is_that_of_the_interpreter_that_runs_it() -> None:
    command = [str(MICROPYTHON), "-c", "import sys; print(sys.implementation._mpy & 0xFF)"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert bundle.parse(bundling.unsigned_image("simulated", 7)).head.abi == int(told)


def test_the_modules_of_an_image_load_without_anything_else(tmp_path: Path) -> None:
    for name, code in {**compiled("simulated"), **compiled_loader()}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(code)
    script = "import hemlarm_boot.slots, hemlarm_firmware.start; from hemlarm_firmware import app; print(app.main)"
    environment = {"MICROPYPATH": f"{tmp_path}:.frozen"}
    done = subprocess.run(
        [str(MICROPYTHON), "-c", script], env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout.startswith("<generator"), done.stderr


def test_a_test_can_have_another_text_for_a_module_or_one_more() -> None:
    plain = compiled("simulated")
    other = compiled("simulated", {"hemlarm_firmware/start.py": CRASH, "hemlarm_firmware/more.py": "MORE = 1\n"})
    assert other.keys() - plain.keys() == {"hemlarm_firmware/more.mpy"}
    assert [name for name in plain if other[name] != plain[name]] == ["hemlarm_firmware/start.mpy"]


def test_a_module_that_does_not_compile_makes_no_image() -> None:
    with pytest.raises(BuildError, match=r"hemlarm_firmware\.start"):
        compiled("simulated", {"hemlarm_firmware/start.py": "return return"})


def test_a_board_that_nobody_knows_is_told_with_those_that_there_are() -> None:
    with pytest.raises(UnknownBoardError, match="'esp8266'; there are desk, esp32-s3, pico-2-w, simulated"):
        compiled("esp8266")


def test_the_loader_stands_apart_and_is_started_by_main() -> None:
    files = compiled_loader()
    assert b"hemlarm_boot" in files["main.py"]
    assert {name.split("/")[0] for name in files} == {"main.py", "hemlarm_boot"}


def test_short_names_can_be_told_again() -> None:
    sources = firmware_sources.of_board("simulated")
    texts = {source.module: source.text for source in sources}
    names = short_names(sources)
    assert len(names["hemlarm_firmware.app"]) > 10
    assert not [name for module, table in names.items() for name in table.values() if name not in texts[module]]
