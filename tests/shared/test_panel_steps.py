"""What one step hands out: nothing for nothing new, only what changed, and with a save what is to be saved."""

from panel_house import CODE, WINDOW
from power_support import MINUTE_MS, PowerHouse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def test_samples_that_say_nothing_new_are_all_answered_by_the_same_empty_list() -> None:
    house = PowerHouse()
    house.measured()
    samples: list[Any] = [("zone", WINDOW, False), ("line", WINDOW, 5600), ("power", True, 13_600, 0, 200)]
    answers = [house.panel.handle(sample, house.now) for sample in samples + samples]
    assert answers[0] == [] and [answer for answer in answers if answer is not answers[0]] == []


def test_a_measurement_counts_that_comes_when_something_else_is_due() -> None:
    house = PowerHouse()
    house.measured()
    house.loses_mains()
    house.now += MINUTE_MS
    assert house.panel.deadline_ms() == house.now, "the keypad's light goes out"
    house.measured()
    assert house.display() == ("Disarmed", "Ready") and house.on["keypad-light"]


def test_only_the_lamps_that_change_are_switched() -> None:
    house = PowerHouse()
    house.forget()
    house.opens(WINDOW)
    lamps = [item[2] for item in house.heard if item[:2] == ("show", "lamp")]
    assert lamps == [("ready", False), ("open", True)]


def test_what_is_to_be_saved_is_there_with_the_save() -> None:
    house = PowerHouse()
    house.keys(CODE, "away")
    assert house.saves() and house.panel.saved == house.panel.snapshot() == house.saved
