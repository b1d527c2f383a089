"""The flash plant behaves as NOR chips do, and power can go at any operation."""

import pytest

from hemlarm_simulator.nor_flash import FlashMisuseError, NorFlash, PowerCut, Wear


def test_a_program_clears_bits_and_never_sets_them() -> None:
    flash = NorFlash(8192, program_size=1)
    flash.program(10, b"\xf0")
    flash.program(10, b"\x0f\x00")
    assert flash.read(9, 4) == b"\xff\x00\x00\xff"
    assert flash.programs == 2


def test_an_erase_sets_one_sector_and_is_counted_there() -> None:
    flash = NorFlash(8192, program_size=1)
    flash.program(4095, b"\x00")
    flash.program(4096, b"\x00")
    flash.erase(4096)
    assert flash.read(4095, 2) == b"\x00\xff"
    assert flash.erases == [0, 1]


def test_bytes_are_read_into_the_callers_buffer() -> None:
    flash = NorFlash(4096, program_size=1)
    flash.program(0, b"abcd")
    buffer = bytearray(6)
    flash.read_into(1, memoryview(buffer)[2:5])
    assert buffer == b"\0\0bcd\0"


@pytest.mark.parametrize(
    ("offset", "data", "complaint"),
    [
        (250, bytes(7), "crosses a page"),
        (8190, bytes(3), "outside of the chip's 8192"),
        (-1, b"\0", "outside"),
        (3, bytes(4), "not on units of 4"),
        (4, bytes(3), "not on units of 4"),
    ],
)
def test_a_program_that_no_chip_can_do_is_refused(offset: int, data: bytes, complaint: str) -> None:
    flash = NorFlash(8192, program_size=1 if "units" not in complaint else 4)
    with pytest.raises(FlashMisuseError, match=complaint):
        flash.program(offset, data)
    assert flash.contents == b"\xff" * 8192


def test_an_erase_in_the_middle_of_a_sector_is_refused() -> None:
    with pytest.raises(FlashMisuseError, match="no sector starts at 100"):
        NorFlash(8192).erase(100)


def test_a_chip_has_whole_sectors() -> None:
    with pytest.raises(FlashMisuseError, match="no whole number of sectors"):
        NorFlash(5000)


@pytest.mark.parametrize("done", [0, 1, 3])
def test_a_power_cut_tears_a_program_where_it_happens(done: int) -> None:
    flash = NorFlash(4096, program_size=1)

    def cut(operation: str, offset: int, data: bytes) -> None:
        assert (operation, offset, data) == ("program", 16, b"\0\0\0")
        raise PowerCut(done)

    flash.before = cut
    with pytest.raises(PowerCut):
        flash.program(16, b"\0\0\0")
    assert flash.read(16, 3) == bytes(done) + b"\xff" * (3 - done)
    assert flash.programs == 0


def test_a_power_cut_before_an_erase_leaves_the_sector() -> None:
    flash = NorFlash(4096, program_size=1)
    flash.program(0, b"\0")

    def cut(*_: object) -> None:
        raise PowerCut

    flash.before = cut
    with pytest.raises(PowerCut):
        flash.erase(0)
    assert flash.read(0, 1) == b"\0"


def cut_with(flash: NorFlash, cut: PowerCut) -> None:
    def hook(*_: object) -> None:
        raise cut

    flash.before = hook


def test_a_torn_program_leaves_bytes_that_are_neither_old_nor_new() -> None:
    flash = NorFlash(4096, program_size=1)
    cut_with(flash, PowerCut(1, b"\x0f\xff\xf0"))
    with pytest.raises(PowerCut):
        flash.program(16, bytes(3))
    assert flash.read(16, 4) == b"\x00\x0f\xff\xff"


def test_a_torn_erase_leaves_a_clean_part_torn_bytes_and_the_rest_as_it_was() -> None:
    flash = NorFlash(8192, program_size=1)
    for page in range(0, 8192, 256):
        flash.program(page, bytes(256))
    cut_with(flash, PowerCut(4000, b"\x55\xaa"))
    with pytest.raises(PowerCut):
        flash.erase(0)
    assert flash.read(0, 4096) == b"\xff" * 4000 + b"\x55\xaa" + bytes(94)
    assert flash.read(4096, 4096) == bytes(4096)
    assert flash.erases == [0, 0]


def test_a_torn_erase_stays_within_its_sector() -> None:
    flash = NorFlash(8192, program_size=1)
    flash.program(4096, bytes(256))
    cut_with(flash, PowerCut(4095, b"\xff" * 10))
    with pytest.raises(PowerCut):
        flash.erase(0)
    assert flash.read(4096, 2) == bytes(2)


@pytest.mark.parametrize("fails", ["erase", "program"])
def test_a_worn_sector_fails_from_its_last_erase_on(fails: str) -> None:
    flash = NorFlash(8192, program_size=1)
    flash.wear[0] = Wear(2, "erase" if fails == "erase" else "program")
    flash.erase(0)
    flash.program(0, b"\0")
    if fails == "program":
        flash.erase(0)
    with pytest.raises(OSError, match=f"sector 0 is worn: {fails} failed"):
        flash.erase(0) if fails == "erase" else flash.program(0, b"\0")
    assert flash.failures == 1
    flash.erase(4096)
    flash.program(4096, b"\0")


def test_a_worn_sector_may_keep_bits_and_say_nothing() -> None:
    flash = NorFlash(8192, program_size=1)
    flash.wear[1] = Wear(2, "bits", ((3, 0x81), (4000, 0x01)))
    flash.erase(4096)
    assert flash.read(4096, 4096) == b"\xff" * 4096
    flash.erase(4096)
    assert (flash.read(4099, 1), flash.read(8096, 1), flash.failures) == (b"\x7e", b"\xfe", 1)
