"""The second board on fakes of its chips and of MicroPython's modules: what differs from the reference board."""

import asyncio

from fake_modules import Gone, Hardware, board
from hemlarm_firmware.board import Flash
from hemlarm_firmware.hal import reserved_blocks
from hemlarm_firmware.hal.block_flash import BlockFlash
from support import raises

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

POWER, ASKED, WATCHDOG, CRASH, BROWN_OUT, PARKED = range(6)
POWER_ON, CHIP_WATCHDOG = 1, 3
MAINS = 26


def pico(hardware: "Hardware | None" = None) -> "tuple[Any, Hardware]":
    hardware = hardware or Hardware()
    return board(hardware, "pico_2_w", "Pico2W"), hardware


def with_partitions(hardware: Hardware) -> "Any":
    """The board, whose file system is not a machine's own: sectors 2, 4, 6 ... of its storage are "keys"."""
    made, _ = pico(hardware)
    reserved: Any = reserved_blocks
    reserved_at = reserved.partition

    def partition(device: "Any", name: str, program_size: int) -> Flash:
        return BlockFlash(device, program_size, [2, 4, 6, 8])

    reserved.partition = partition
    try:
        made.credentials()
        made.keep_credentials({"wifi": ["home", "key of the house"], "host": "x", "port": 1})
    finally:
        reserved.partition = reserved_at
    made._credentials = {"wifi": ["home", "key of the house"], "host": "x", "port": 1}
    return made


def test_no_pin_is_used_twice_and_all_are_on_its_header() -> None:
    hardware = Hardware()
    hardware.parts = ["modem", "radio"]
    pico(hardware)
    for pin in hardware.pins:
        assert 0 <= pin <= 22 or 26 <= pin <= 28, pin
    assert len(hardware.pins) == 15


def test_without_a_file_that_says_so_it_has_neither_modem_nor_radio() -> None:
    made, hardware = pico()
    assert made.modem() is None
    assert hardware.uart is None
    made.transmit(b"nobody hears it")
    assert hardware.radio.sent == []


def test_its_flash_is_programmed_by_whole_pages_and_keeps_credentials() -> None:
    hardware = Hardware()
    with_partitions(hardware)
    assert b"key of the house" in bytes(hardware.storage.nor.cells)
    flash = BlockFlash(hardware.storage, 256, [3, 5])
    raises(ValueError, flash.program, 0, b"a few bytes")
    flash.program(4096, b"p" * 256)
    assert bytes(hardware.storage.nor.cells[5 * 4096 : 5 * 4096 + 256]) == b"p" * 256


def test_its_watchdog_bites_before_the_chips_counter_is_at_its_end() -> None:
    made, hardware = pico()

    async def story() -> None:
        made.ticks_ms()
        assert hardware.watchdog_ms == 16_000 < 16_777
        await hardware.time.run(10_000)
        assert len(hardware.fed) >= 5
        made._tasks[0].cancel()

    asyncio.run(story())


def test_causes_are_told_apart_though_every_reset_is_the_watchdogs() -> None:
    made, hardware = pico()
    assert made.reset_cause() == (POWER, 0)
    for cause in (ASKED, CRASH):
        raises(Gone, made.reset, cause)
        hardware.restart(CHIP_WATCHDOG)
        made, _ = pico(hardware)
        assert made.reset_cause() == (cause, 0)
    hardware.restart(CHIP_WATCHDOG)
    made, _ = pico(hardware)
    assert made.reset_cause() == (WATCHDOG, 0)


def test_a_parked_panel_rests_behind_a_reset_without_its_watchdog_until_there_are_mains() -> None:
    made, hardware = pico()
    raises(Gone, made.park)
    assert hardware.ended == "reset"
    hardware.restart(CHIP_WATCHDOG)
    made, _ = pico(hardware)
    assert len(hardware.slept) == 3
    assert hardware.levels[MAINS] == 1
    assert made.reset_cause() == (PARKED, 0)
    hardware.restart(CHIP_WATCHDOG)
    assert pico(hardware)[0].reset_cause() == (WATCHDOG, 0)


def test_a_reset_while_it_rests_does_not_wake_it() -> None:
    made, hardware = pico()
    raises(Gone, made.park)
    hardware.restart(CHIP_WATCHDOG)
    hardware.nap_is_disturbed = True
    raises(Gone, pico, hardware)
    hardware.restart(CHIP_WATCHDOG)
    hardware.nap_is_disturbed = False
    made, _ = pico(hardware)
    assert len(hardware.slept) == 3
    assert made.reset_cause() == (PARKED, 0)


def test_it_joins_its_wifi_when_it_needs_to_and_waits_no_longer_than_that() -> None:
    hardware = Hardware()
    made = with_partitions(hardware)
    wlan = hardware.wlan

    async def joins(after: int, ms: int) -> "list[str]":
        outcome: list[str] = []

        async def join() -> None:
            try:
                await made._network()
                outcome.append("joined")
            except OSError:
                outcome.append("refused")

        wlan.calls.clear()
        wlan.connects_after = after
        task = asyncio.create_task(join())
        await hardware.time.run(ms)
        task.cancel()
        return outcome

    async def story() -> None:
        assert await joins(5, 1_000) == ["joined"]
        assert wlan.calls == [("active", True), ("connect", "home", "key of the house")]
        assert await joins(-1, 14_000) == []
        assert await joins(-1, 16_000) == ["refused"]
        assert await joins(1, 10) == ["joined"]
        assert wlan.calls == []
        made._credentials = {"host": "x", "port": 1}
        assert await joins(-1, 10) == ["refused"]

    asyncio.run(story())
