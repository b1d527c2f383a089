"""The reference board on fakes of its chips and of MicroPython's modules, and the firmware itself on it."""

import asyncio

from fake_board import recorded
from fake_modules import Gone, Hardware, board
from hemlarm_firmware.app import App
from hemlarm_firmware.clock import FLOOR_S
from hemlarm_firmware.settings import Settings
from hemlarm_protocol import cbor
from panel_house import FRONT_DOOR, plain_config
from session_support import PANEL, ROOT_KEY
from support import raises

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Any

POWER, ASKED, WATCHDOG, CRASH, BROWN_OUT, PARKED = range(6)
POWER_ON, HARD, CHIP_WATCHDOG, DEEP_SLEEP = 1, 2, 3, 4


def reference(hardware: "Hardware | None" = None) -> "tuple[Any, Hardware]":
    hardware = hardware or Hardware()
    return board(hardware, "esp32_s3", "Esp32S3"), hardware


def play(story: "Coroutine[Any, Any, None]") -> None:
    """Run a story, and end what it began."""

    async def whole() -> None:
        await story

    asyncio.run(whole())


async def taken(reference_board: "Any", hardware: Hardware, ms: int) -> "list[Any]":
    """Return what the board told of its inputs within so long."""
    found: list[Any] = []

    async def take() -> None:
        while True:
            found.append(await reference_board.next_input())

    task = asyncio.create_task(take())
    await hardware.time.run(ms)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        pass
    return found


def stop(reference_board: "Any") -> None:
    for task in reference_board._tasks:
        task.cancel()


def test_no_pin_is_used_twice_and_the_makers_are_where_they_are() -> None:
    _, hardware = reference()
    # LILYGO's for the T-ETH-Elite and its shields.
    for pin in (47, 21, 48, 45, 14, 17, 18, 4, 6, 3, 9, 11, 10, 40, 46, 8, 16):
        assert pin in hardware.pins, pin
    # The flash and the PSRAM lie on these, the console's USB on 19 and 20, the boot button on 0.
    for pin in hardware.pins:
        assert 0 < pin < 49 and pin not in (19, 20) and not 26 <= pin <= 37, pin


def test_ethernet_is_on_its_pins_with_its_interrupt() -> None:
    _, hardware = reference()
    settings = hardware.lan.settings
    assert settings["phy_type"] == 102 and settings["phy_addr"] == 1
    assert settings["cs"].number == 45 and settings["int"].number == 14
    assert settings["spi"].pins == [48, 21, 47]
    assert hardware.lan.is_active


def test_the_modem_and_the_radio_are_where_they_are() -> None:
    made, hardware = reference()
    assert hardware.uart.settings["tx"].number == 6 and hardware.uart.settings["rx"].number == 4
    assert hardware.uart.settings["baudrate"] == 115_200
    modem = made.modem()
    modem.power_key(True)
    assert hardware.levels[3] == 1
    modem.supply(False)
    assert hardware.relays.pins == 1 << 4


def test_a_partition_that_is_missing_is_told_with_its_remedy() -> None:
    made, _ = reference()
    error = raises(OSError, made.flash, "pictures")
    assert "pictures" in str(error) and "hemlarm install flash" in str(error)


def test_what_is_programmed_is_read_and_only_whole_sectors_are_erased() -> None:
    made, _ = reference()
    flash = made.flash("state")
    assert (flash.size, flash.sector_size, flash.program_size) == (4 * 4096, 4096, 1)
    flash.program(4090, b"end")
    flash.program(4096, b"next")
    found = bytearray(10)
    flash.read_into(4090, found)
    assert found == b"end\xff\xff\xffnext"
    flash.erase(0)
    flash.read_into(4090, found)
    assert found == b"\xff" * 6 + b"next"
    for wrong in [(flash.erase, 1), (flash.erase, flash.size), (flash.program, 250, bytes(10))]:
        raises(ValueError, *wrong)
    raises(ValueError, flash.read_into, flash.size - 1, bytearray(2))


def test_credentials_are_kept_over_a_restart_and_erased_for_good() -> None:
    made, hardware = reference()
    assert made.credentials() is None
    made.keep_credentials({"panel": PANEL, "root_key": ROOT_KEY, "host": "x", "port": 8883})
    hardware.restart(HARD)
    made, _ = reference(hardware)
    assert made.credentials()["root_key"] == ROOT_KEY
    made.keep_credentials(None)
    assert made.credentials() is None
    assert ROOT_KEY not in bytes(hardware.partitions["keys"].nor.cells)


def test_the_machines_clock_begins_at_the_floor_or_with_the_kept_time() -> None:
    made, hardware = reference()
    assert made.kept_time() is None
    assert hardware.machine_clock[:3] == (2026, 9, 21)
    made.keep_time((FLOOR_S + 86_400) * 1000)
    assert hardware.machine_clock[:3] == (2026, 9, 22)
    hardware.restart(HARD)
    made, _ = reference(hardware)
    assert made.kept_time() == (FLOOR_S + 86_400) * 1000
    assert hardware.machine_clock == (2026, 9, 22, 1, 14, 13, 20, 0)
    made.keep_time((FLOOR_S - 86_400) * 1000)
    hardware.restart(HARD)
    made, _ = reference(hardware)
    assert hardware.machine_clock[:3] == (2026, 9, 21)
    hardware.buses[0].dead = [0x68]
    assert made.kept_time() is None
    made.keep_time(FLOOR_S * 1000)


def test_every_cause_of_a_reset_is_told_and_forgotten() -> None:
    made, hardware = reference()
    assert made.reset_cause() == (POWER, 0)
    raises(Gone, made.reset, CRASH)
    hardware.restart(HARD)
    made, _ = reference(hardware)
    assert made.reset_cause() == (CRASH, 0)
    for machine_cause, cause in [(CHIP_WATCHDOG, WATCHDOG), (HARD, ASKED), (POWER_ON, POWER)]:
        hardware.restart(machine_cause)
        made, _ = reference(hardware)
        assert made.reset_cause() == (cause, 0)


def test_a_board_that_nobody_runs_the_panel_on_has_no_watchdog() -> None:
    made, hardware = reference()
    made.credentials()
    made.flash("config")
    made.show("display", ("Hemlarm", ""))
    assert hardware.watchdog_ms == 0


def test_a_broken_promise_resets_the_panel_and_names_the_task() -> None:
    made, hardware = reference()

    async def story() -> None:
        made.ticks_ms()
        assert hardware.watchdog_ms == 30_000
        made.vouch(3, 20_000)
        await hardware.time.run(19_000)
        assert hardware.ended == ""
        assert max([after - before for before, after in zip(hardware.fed, hardware.fed[1:])]) <= 2_000
        await hardware.time.run(4_000)
        assert hardware.ended == "reset"
        try:
            await made._tasks[0]
        except Gone:
            pass

    play(story())
    hardware.restart(HARD)
    made, _ = reference(hardware)
    assert made.reset_cause() == (WATCHDOG, 3)


def test_inputs_begin_with_the_start_and_follow_what_happens() -> None:
    made, hardware = reference()
    for zone in range(1, 9):
        hardware.wire(zone, 2_200)
    hardware.meter.bus_uv = 13_650_000
    hardware.levels[15] = 1

    async def story() -> None:
        found = await taken(made, hardware, 1_000)
        assert [each[0] for each in found] == ["power", "start"] or [each[0] for each in found] == ["start", "power"]
        hardware.wire(6, 6_900)
        hardware.keys.pressed = ["away"]
        found = await taken(made, hardware, 500)
        assert ("key", "away") in found
        assert [each[:2] for each in found if each[0] == "line"] == [("line", 6)]
        hardware.keys.pressed = []
        made.nudge()
        hardware.levels[15] = 0
        found = await taken(made, hardware, 1_500)
        assert found[0] == ("nudge",)
        assert ("power", False, 13_650, 0, 0) in found
        stop(made)

    play(story())


def test_a_frame_of_a_sensor_comes_in_and_its_answer_goes_out() -> None:
    made, hardware = reference()
    radio = hardware.radio

    async def story() -> None:
        await taken(made, hardware, 200)
        assert radio.mode == "listening"
        radio.hear(b"report", -70)
        hardware.pins[8].handler(None)
        assert ("radio", b"report", -70) in await taken(made, hardware, 50)
        made.transmit(b"answer")
        assert radio.sent == [b"answer"]
        stop(made)

    play(story())


def test_sirens_keep_their_rhythm_and_the_display_comes_to_life() -> None:
    made, hardware = reference()

    async def story() -> None:
        made.show("display", ("Larm", "på"))
        made.show("siren", "fire")
        await taken(made, hardware, 700)
        assert hardware.display.lines[0] == b"Larm            "
        assert not hardware.relays.pins & 1
        await taken(made, hardware, 400)
        assert hardware.relays.pins & 1
        stop(made)

    play(story())


def test_a_panel_that_is_installed_by_cable_shows_its_code_though_nothing_else_runs() -> None:
    made, hardware = reference()
    made.show("display", ("Hemlarm", "Kod 123456"))
    assert hardware.display.lines == [b"Hemlarm         ", b"Kod 123456      "]
    hardware.buses[1].dead = [0x27]
    made.show("display", ("nobody", "reads this"))


def test_parking_switches_off_what_it_can_and_sleeps_until_there_are_mains() -> None:
    made, hardware = reference()
    raises(Gone, made.park)
    assert hardware.ended == "deep sleep"
    assert hardware.wakes_on == (15, True)
    assert not hardware.lan.is_active
    assert hardware.relays.pins == 1 << 4
    hardware.restart(DEEP_SLEEP)
    made, _ = reference(hardware)
    assert made.reset_cause() == (PARKED, 0)


def test_without_a_link_a_connection_is_refused_at_once() -> None:
    made, _ = reference()

    async def story() -> None:
        try:
            await made.connect()
            raise AssertionError("there is no link")
        except OSError:
            pass

    play(story())
    assert made.cameras() is None and made.slots() is None


def test_random_bytes_are_seeded_while_the_chips_radio_is_on() -> None:
    made, hardware = reference()
    assert hardware.wlan.calls == [("active", True), ("active", False)]
    assert len({made.random(16) for _ in range(50)}) == 50


def test_the_panel_runs_on_it_and_knows_after_a_reset_what_it_recorded() -> None:
    hardware = Hardware()
    hardware.parts = []  # A modem would have taken the events at once.
    made, _ = reference(hardware)
    made.keep_credentials({"panel": PANEL, "root_key": ROOT_KEY, "host": "x", "port": 8883})
    Settings(made.flash("config")).save(cbor.encode(plain_config()))

    def boot() -> "Any":
        async def story() -> None:
            app: Any = App(made)
            app.start()
            app.feed("start", [], [])
            app.feed("zone", FRONT_DOOR, True)
            app.feed("key", "away")
            apps.append(app)
            stop(made)

        apps: list[Any] = []
        play(story())
        return apps[0]

    boot()
    assert hardware.watchdog_ms == 30_000
    hardware.restart(HARD)
    made, _ = reference(hardware)
    app = boot()
    restarts = [event.detail for event in recorded(app) if event.qcode == 1305]
    assert restarts == [POWER, ASKED]
