"""The parts of `hemlarm install` that need no board: site file, label, partitions, images, and what is refused."""

import hashlib
import json
import os
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
import segno
from pypdf import PdfReader
from typer.testing import CliRunner

import images
from hemlarm_installer import board_files, board_line, boards, flashing, labels, partitions, stock_image
from hemlarm_installer.cloud_api import CloudApi, token_of
from hemlarm_installer.errors import InstallError, UnpluggedError
from hemlarm_installer.install_commands import install_app
from hemlarm_simulator.desk_board import stock

GOOD = '[[area]]\nnumber = 1\n\n[[zone]]\nnumber = 1\nname = "Dörr"\ntype = "entry"\narea = 1\n'
DESK = boards.kind_of("desk")
LABEL = labels.Label("a1b2c3d4e5f60718", "https://larm.example.se", "esp32-s3")
LOADER = {"main.py": b"start()", "hemlarm_boot/loader.mpy": b"M"}


class Steps:
    """Notes the steps' names."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def step(self, name: str) -> Callable[[int, int], None]:
        self.names.append(name)
        return lambda _done, _of: None


def _check(tmp_path: Path, text: str, *options: str) -> tuple[int, str]:
    file = tmp_path / "site.toml"
    file.write_text(text, encoding="utf-8")
    outcome = CliRunner().invoke(install_app, ["check", str(file), *options])
    return outcome.exit_code, outcome.output


def test_a_good_site_file_passes_and_counts(tmp_path: Path) -> None:
    status, told = _check(tmp_path, GOOD, "--json")
    assert (status, json.loads(told)["zone"]) == (0, 1)


def test_a_wrong_site_file_is_told_by_line_and_ends_with_1(tmp_path: Path) -> None:
    status, told = _check(tmp_path, GOOD.replace('"entry"', '"fyr"'), "--json")
    (problem,) = json.loads(told)["problems"]
    assert (status, problem["line"], problem["about"]) == (1, 7, 'zone 1 "Dörr" type')


def test_a_site_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    file.write_bytes(GOOD.encode("latin-1"))
    outcome = CliRunner().invoke(install_app, ["check", str(file)])
    assert outcome.exit_code == 1
    assert "UTF-8" in outcome.output


@pytest.mark.parametrize("form", labels.FORMS)
def test_a_label_is_the_same_bytes_each_time_and_names_the_panel(form: str, tmp_path: Path) -> None:
    made = labels.render(LABEL, form)
    assert made == labels.render(LABEL, form)
    if form == "pdf":
        file = tmp_path / "label.pdf"
        file.write_bytes(made)
        assert "a1b2 c3d4 e5f6 0718" in PdfReader(file).pages[0].extract_text()
    elif form == "svg":
        assert b"a1b2 c3d4 e5f6 0718" in made
    else:
        assert struct.unpack(">II", made[16:24]) == (732, 343)


def test_the_code_on_a_label_is_the_installers_page_of_this_panel() -> None:
    dark = sum(sum(row) for row in segno.make(LABEL.address, error="m", micro=False).matrix)
    assert labels.render(LABEL, "svg").count(b"z") >= dark
    assert LABEL.address == "https://larm.example.se/installer?panel=a1b2c3d4e5f60718"


def test_a_label_of_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    command = ["label", LABEL.panel, "--cloud", LABEL.cloud, "--out", str(tmp_path / "label.gif")]
    outcome = CliRunner().invoke(install_app, command)
    assert outcome.exit_code == 1
    assert "ends in .svg, .png, .pdf" in outcome.output


def test_our_partition_table_reads_back_and_keeps_the_interpreters_place() -> None:
    found = partitions.read(partitions.table())
    assert found["factory"] == (0x1_0000, 0x1F_0000)
    assert {"journal", "state", "config", "keys", "pictures", "vfs"} <= found.keys()
    assert sum(found["vfs"]) == partitions.FLASH_BYTES


def test_esptools_own_checksum_accepts_our_table_and_a_changed_one_is_none() -> None:
    table = bytearray(partitions.table())
    count = len(partitions.ESP32_S3)
    md5 = table[32 * count + 16 : 32 * count + 32]
    assert md5 == hashlib.md5(table[: 32 * count], usedforsecurity=False).digest()
    table[8] ^= 1
    assert partitions.read(bytes(table)) == {}


def test_partitions_that_overlap_are_refused() -> None:
    first = partitions.Partition("one", 1, 0x40, 0x20_0000, 0x2000)
    with pytest.raises(ValueError, match="two"):
        partitions.table((first, partitions.Partition("two", 1, 0x40, 0x20_1000, 0x1000)))


def test_the_stock_image_is_taken_by_its_checksum_only(tmp_path: Path) -> None:
    file = tmp_path / "stock.bin"
    file.write_bytes(stock.image())
    pin = hashlib.sha256(stock.image()).hexdigest()
    assert stock_image.found(DESK, file, pin) == stock_image.found(DESK, tmp_path, pin) == stock.image()
    with pytest.raises(InstallError, match="no checksum"):
        stock_image.found(DESK, file)
    file.write_bytes(stock.image()[:-1] + b"?")
    with pytest.raises(InstallError, match="download it again"):
        stock_image.found(DESK, file, pin)
    with pytest.raises(InstallError, match="no file in"):
        stock_image.found(DESK, tmp_path, pin)


def test_only_the_table_of_the_stock_image_is_replaced() -> None:
    ours = stock_image.with_our_table(stock.image())
    same = [at for at, (old, new) in enumerate(zip(stock.image(), ours, strict=True)) if old != new]
    assert same
    assert partitions.TABLE_AT <= same[0] <= same[-1] < partitions.TABLE_AT + partitions.SECTOR


def test_an_image_that_is_none_or_for_other_flash_is_refused() -> None:
    with pytest.raises(InstallError, match="no partition table"):
        stock_image.with_our_table(bytes(0x1_0000))
    moved = [part._replace(offset=0x2_0000) if part.label == "factory" else part for part in stock.STOCK_TABLE]
    start, end = partitions.TABLE_AT, partitions.TABLE_AT + partitions.TABLE_BYTES
    table = partitions.table(tuple(part for part in moved if part.label != "vfs"))
    with pytest.raises(InstallError, match="has factory elsewhere"):
        stock_image.with_our_table(stock.image()[:start] + table + stock.image()[end:])


def test_a_release_that_the_board_would_not_start_is_refused_before_anything_is_written() -> None:
    trust = images.TEST_KEY.public
    good = images.signed_image(1005, board="desk")
    assert [path for path, _ in board_files.in_order("desk", LOADER, trust, good)][-2:] == ["a.img", "main.py"]
    with pytest.raises(InstallError, match="this release is for pico-2-w, the board is desk"):
        board_files.in_order("desk", LOADER, trust, images.signed_image(1005, board="pico-2-w"))
    with pytest.raises(InstallError, match="no board with this trust file"):
        board_files.in_order("desk", LOADER, images.OTHER_KEY.public, good)
    with pytest.raises(InstallError, match="no image of firmware"):
        board_files.in_order("desk", LOADER, trust, good[:-1])


def test_a_port_that_is_missing_forbidden_or_taken_is_told_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UnpluggedError, match="there is no port"):
        board_line.BoardLine(str(tmp_path / "none"))
    file = tmp_path / "no-terminal"
    file.touch()
    monkeypatch.setattr(board_line, "_TAKEN_S", 0.0)
    with pytest.raises(InstallError, match="end what else has it open"):
        board_line.BoardLine(str(file))
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(InstallError, match="group dialout"):
        board_line.BoardLine(str(file))


def test_a_pico_gets_its_image_by_its_drive_and_waits_for_its_port(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flashing, "_STARTS_S", 0)
    drive = tmp_path / "RP2350"
    drive.mkdir()
    wanted = flashing.Wanted(boards.kind_of("pico-2-w"), lambda: b"UF2\n", [], drive=drive)
    with pytest.raises(InstallError, match="hold BOOTSEL"):
        flashing.flash(str(tmp_path / "port"), wanted, Steps())
    (drive / "INFO_UF2.TXT").write_text("UF2 Bootloader\n")
    steps = Steps()
    with pytest.raises(UnpluggedError, match="there is no port"):
        flashing.flash(str(tmp_path / "port"), wanted, steps)
    assert steps.names == ["MicroPython"]
    assert (drive / "hemlarm-micropython.uf2").read_bytes() == b"UF2\n"


def test_a_token_never_goes_over_the_network_in_the_open(tmp_path: Path) -> None:
    with pytest.raises(InstallError, match="write https://"):
        CloudApi("http://larm.example.se", "token")
    with pytest.raises(InstallError, match="no address of a cloud"):
        CloudApi("larm.example.se", "token")
    file = tmp_path / "token"
    with pytest.raises(InstallError, match="cannot be read"):
        token_of(file)
    file.write_text("\n")
    with pytest.raises(InstallError, match="holds no token"):
        token_of(file)
