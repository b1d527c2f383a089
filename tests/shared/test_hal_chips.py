"""Drivers of chips on I2C against fakes of the chips, register by register."""

from fake_chips import FakeAds1115, FakeDisplay, FakeDs3231, FakeIna226, FakeMcp23017, on_bus
from hemlarm_firmware.hal.chips import ads1115, ds3231, hd44780, ina226, mcp23017
from support import raises

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def bus_with(address: int, chip: "Any") -> "Any":
    return on_bus({address: chip})


def woken(display: FakeDisplay) -> "Any":
    driver = hd44780.Hd44780(bus_with(0x27, display), 0x27)
    for step in range(hd44780.WAKE_STEPS):
        driver.start(step)
    return driver


def test_the_converter_tells_each_input_in_microvolts() -> None:
    chip = FakeAds1115()
    chip.microvolts = [1_000_000, 3_300_000, 125, -250]
    driver = ads1115.Ads1115(bus_with(0x48, chip), 0x48)
    found = []
    for channel in range(ads1115.CHANNELS):
        driver.start(channel)
        found.append(driver.microvolts())
    assert found == [1_000_000, 3_300_000, 125, -250]


def test_the_converter_stays_at_the_end_of_its_range() -> None:
    chip = FakeAds1115()
    chip.microvolts[0] = 5_000_000
    driver = ads1115.Ads1115(bus_with(0x48, chip), 0x48)
    driver.start(0)
    assert driver.microvolts() == 4_095_875


def test_a_chip_that_is_not_there_is_an_os_error() -> None:
    bus = bus_with(0x10, FakeAds1115())
    raises(OSError, ads1115.Ads1115(bus, 0x48).start, 0)
    raises(OSError, ina226.Ina226(bus, 0x40, 10_000).millivolts)
    raises(OSError, ds3231.Ds3231(bus).unix_s)
    raises(OSError, hd44780.Hd44780(bus, 0x27).start, 0)


def test_outputs_of_the_expander_are_set_before_they_are_driven() -> None:
    chip = FakeMcp23017()
    driver = mcp23017.Mcp23017(bus_with(0x21, chip), 0x21)
    driver.set(9, True)
    assert chip.driven == 0
    assert driver.refresh()
    assert chip.driven == 0xFFFF
    assert chip.pins == 1 << 9


def test_inputs_of_the_expander_are_pulled_up_and_read() -> None:
    chip = FakeMcp23017()
    driver = mcp23017.Mcp23017(bus_with(0x20, chip), 0x20, inputs=0x0F00, pulled=0x0F00)
    driver.refresh()
    assert driver.read() == 0x0F00
    chip.pulls = 0x0200
    assert driver.read() == 0x0D00


def test_an_expander_that_lost_its_power_is_put_right() -> None:
    chip = FakeMcp23017()
    driver = mcp23017.Mcp23017(bus_with(0x20, chip), 0x20)
    driver.refresh()
    driver.set(3, True)
    chip.reset()
    assert chip.pins == 0
    driver.refresh()
    assert chip.pins == 1 << 3


def test_an_expander_that_does_not_answer_raises_nothing_and_gets_the_value_later() -> None:
    chip = FakeMcp23017()
    bus = bus_with(0x20, chip)
    driver = mcp23017.Mcp23017(bus, 0x20)
    driver.refresh()
    bus.dead = [0x20]
    driver.set(1, True)
    assert not driver.refresh()
    bus.dead = []
    assert driver.refresh()
    assert chip.pins == 2


def test_the_display_wakes_from_any_state_and_shows_two_lines() -> None:
    for halves_before in range(4):
        chip = FakeDisplay()
        driver = woken(chip)
        for _ in range(halves_before):
            chip.wrote(b"\x04\x00")  # As a restart may leave it: half a byte is under way.
        driver = woken(chip)
        driver.write(0, "Hall 21")
        driver.write(1, "A longer line than it is")
        assert chip.lines == [b"Hall 21         ", b"A longer line th"], halves_before


def test_swedish_letters_are_drawn_and_not_the_roms() -> None:
    chip = FakeDisplay()
    driver = woken(chip)
    driver.write(0, "åäöÅÄÖ é~\n")
    assert chip.lines[0] == b"\x00\x01\x02\x03\x04\x05 ???      "
    assert chip.drawn[0:8] == b"\x04\x00\x0e\x01\x0f\x11\x0f\x00"
    assert chip.drawn[40:48] == b"\x0a\x00\x0e\x11\x11\x11\x0e\x00"
    assert all(dots < 32 for dots in chip.drawn)


def test_the_displays_light_goes_and_comes() -> None:
    chip = FakeDisplay()
    driver = woken(chip)
    assert chip.lit
    driver.light(False)
    driver.write(0, "dark")
    assert not chip.lit
    assert chip.lines[0][:4] == b"dark"


def test_the_meter_tells_voltage_and_both_directions_of_current() -> None:
    chip = FakeIna226()
    driver = ina226.Ina226(bus_with(0x40, chip), 0x40, 10_000)
    chip.bus_uv, chip.shunt_nv = 13_650_000, 2_000_000
    driver.start()
    assert (driver.millivolts(), driver.milliamperes()) == (13_650, 200)
    chip.shunt_nv = -1_500_000
    assert driver.milliamperes() == -150


def test_the_clock_keeps_what_it_was_set_to() -> None:
    chip = FakeDs3231()
    driver = ds3231.Ds3231(bus_with(0x68, chip))
    assert driver.unix_s() is None
    # The numbers are `date -u -d ... +%s`.
    moments = [
        (946_684_800, "00 00 00 01 01 00"),
        (951_827_696, "56 34 12 29 02 00"),
        (1_798_761_599, "59 59 23 31 12 26"),
        (1_790_000_000, "20 13 14 21 09 26"),
        (4_102_444_799, "59 59 23 31 12 99"),
    ]
    for unix_s, held in moments:
        driver.set(unix_s)
        kept = chip.registers[0:3] + chip.registers[4:7]
        assert " ".join([f"{byte:02x}" for byte in kept]) == held
        assert driver.unix_s() == unix_s
    raises(ValueError, driver.set, 946_684_799)
    raises(ValueError, driver.set, 4_102_444_800)


def test_every_day_of_four_years_is_kept() -> None:
    driver = ds3231.Ds3231(bus_with(0x68, FakeDs3231()))
    for day in range(1461):
        unix_s = 1_767_225_600 + day * 86_400 + day
        driver.set(unix_s)
        assert driver.unix_s() == unix_s


def test_a_clock_that_stood_still_or_holds_no_date_knows_nothing() -> None:
    chip = FakeDs3231()
    driver = ds3231.Ds3231(bus_with(0x68, chip))
    driver.set(1_790_000_000)
    chip.stop()
    assert driver.unix_s() is None
    driver.set(1_790_000_000)
    for register, value in [(0, 0x6A), (1, 0x7F), (2, 0x29), (4, 0x00), (5, 0x13), (6, 0xFF)]:
        driver.set(1_790_000_000)
        chip.registers[register] = value
        assert driver.unix_s() is None, register


def test_the_clocks_thermometer_goes_below_zero() -> None:
    chip = FakeDs3231()
    driver = ds3231.Ds3231(bus_with(0x68, chip))
    chip.registers[0x11:0x13] = b"\x15\x80"
    assert driver.tenths_c() == 215
    chip.registers[0x11:0x13] = b"\xf6\x40"
    assert driver.tenths_c() == -98
