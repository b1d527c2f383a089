"""The sensors' radio: its driver against a fake of the chip, command by command, and what is made of what it hears."""

from fake_sx1262 import FakeSx1262
from hemlarm_firmware.hal.chips.sx1262 import Sx1262
from hemlarm_firmware.hal.sensor_air import SensorAir
from support import raises

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def chip_and_driver() -> "tuple[FakeSx1262, Sx1262]":
    chip: Any = FakeSx1262()
    return chip, Sx1262(chip, chip.select, chip.busy)


def chip_and_air() -> "tuple[FakeSx1262, SensorAir]":
    chip, driver = chip_and_driver()
    air = SensorAir(driver, chip.reset)
    air.start()
    return chip, air


def test_the_radio_is_set_as_the_document_has_it() -> None:
    chip, driver = chip_and_driver()
    driver.configure()
    steps_per_hz = (1 << 25) / 32e6
    assert abs(int.from_bytes(chip.settings["frequency"], "big") / steps_per_hz - 868_650_000) < 1
    modulation = chip.settings["modulation"]
    assert abs(32 * 32e6 / int.from_bytes(modulation[:3], "big") - 38_400) < 2
    assert modulation[3:5] == b"\x09\x0b"
    assert abs(int.from_bytes(modulation[5:], "big") / steps_per_hz - 20_000) < 1
    # 5 bytes of preamble, 4 of synchronisation, a length, 2 of CRC, whitening.
    assert chip.settings["packet"] == b"\x00\x28\x05\x20\x00\x01\xff\x02\x01"
    assert chip.settings["power"][0] == 10
    assert chip.registers[0x08D8] & 0x1E == 0x1E
    assert "tcxo" not in chip.settings
    assert chip.mode == "listening"


def test_a_radio_with_an_oscillator_of_its_own_is_given_its_voltage_first() -> None:
    chip: Any = FakeSx1262()
    Sx1262(chip, chip.select, chip.busy, 2).configure()
    assert chip.settings["tcxo"][0] == 2
    assert chip.settings["calibrate"] == b"\x7f"


def test_a_frame_arrives_with_its_strength() -> None:
    chip, air = chip_and_air()
    assert chip.hear(b"a report of 24 bytes....", -71)
    assert chip.interrupts == 1
    assert air.interrupted() == ("radio", b"a report of 24 bytes....", -71)
    assert chip.flags == 0
    assert air.interrupted() is None


def test_a_frame_that_was_spoilt_is_none() -> None:
    chip, air = chip_and_air()
    chip.hear(b"spoilt", -90, whole=False)
    assert air.interrupted() is None
    chip.hear(b"whole", -90)
    assert air.interrupted() == ("radio", b"whole", -90)


def test_an_answer_is_sent_at_once_and_the_chip_listens_again() -> None:
    chip, air = chip_and_air()
    air.transmit(b"an answer")
    assert chip.sent == [b"an answer"]
    assert not chip.hear(b"not heard", -60)
    chip.finish_sending()
    assert air.interrupted() is None
    assert chip.hear(b"heard", -60)
    assert air.interrupted() == ("radio", b"heard", -60)


def test_both_ends_agree_on_the_form_of_frames_whatever_was_sent_before() -> None:
    chip, air = chip_and_air()
    other, _ = chip_and_air()
    form = chip.form
    air.transmit(b"short")
    assert chip.form == form == other.form
    chip.finish_sending()
    air.interrupted()
    assert chip.settings["packet"] == other.settings["packet"]


def test_answers_wait_for_the_one_under_way() -> None:
    chip, air = chip_and_air()
    for number in range(12):
        air.transmit(b"answer %d" % number)
    for _ in range(9):
        chip.finish_sending()
        air.interrupted()
    assert chip.sent == [b"answer %d" % number for number in range(9)]
    assert chip.mode == "listening"


def test_a_frame_that_never_gets_out_does_not_end_the_listening() -> None:
    chip, air = chip_and_air()
    air.transmit(b"lost")
    chip.finish_sending(timeout=True)
    air.interrupted()
    assert chip.mode == "listening"
    air.transmit(b"its interrupt is lost")
    for _ in range(5):
        air.look()
    assert chip.mode == "listening"


def test_a_busy_channel_is_told_when_it_stays_busy_and_when_it_is_free() -> None:
    chip, air = chip_and_air()
    told: list[Any] = []
    for noise_dbm, looks in [(-110, 10), (-60, 4), (-110, 1), (-60, 5), (-60, 20), (-104, 5)]:
        chip.noise_dbm = noise_dbm
        told.append([news for news in [air.look() for _ in range(looks)] if news is not None])
    assert told == [[], [], [], [("noise", True)], [], [("noise", False)]]


def test_a_chip_that_is_not_there_is_tried_again() -> None:
    chip, driver = chip_and_driver()
    chip.dead = True
    raises(OSError, driver.configure)
    air = SensorAir(driver, chip.reset)
    air.start()
    air.transmit(b"nothing happens")
    assert air.interrupted() is None
    assert [air.look() for _ in range(49)] == [None] * 49
    chip.dead = False
    air.look()
    assert chip.mode == "listening"


def test_a_chip_that_stays_busy_is_an_os_error_and_not_a_hang() -> None:
    chip, driver = chip_and_driver()
    chip.busy.level = 1
    raises(OSError, driver.configure)
    assert chip.select.level == 1
