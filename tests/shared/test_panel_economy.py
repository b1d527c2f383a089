"""What the panel costs: no memory for a sample that says nothing new, no outputs for nothing, few saves."""

from panel_house import BEDROOM, CODE, FRONT_DOOR, HALL, SMOKE, WINDOW, House

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

micropython: "Any"
try:
    micropython = __import__("micropython")
except ImportError:  # CPython counts no allocations; there the test only shows that nothing comes out.
    micropython = None


def test_an_unchanged_zone_costs_no_memory_and_says_nothing() -> None:
    house = House()
    house.arms()
    samples = [("zone", HALL, False), ("zone", FRONT_DOOR, False), ("zone", SMOKE, False), ("zone", 99, True)]
    outputs = [house.panel.handle(sample, house.now) for sample in samples]
    if micropython:
        micropython.heap_lock()
    try:
        for sample in samples:
            house.panel.handle(sample, house.now)
        said = house.panel.handle(samples[0], house.now)
    finally:
        if micropython:
            micropython.heap_unlock()
    assert not said and not any(outputs)


def test_an_unchanged_zone_still_brings_what_is_due() -> None:
    house = House()
    house.arms()
    house.opens(FRONT_DOOR)
    outputs = house.panel.handle(("zone", SMOKE, False), house.now + 30000)
    assert [item[1] for item in outputs if item[0] == "event"] == [1134]


def test_waking_early_or_twice_says_nothing() -> None:
    house = House()
    house.arms()
    house.opens(FRONT_DOOR)
    assert house.panel.wake(house.now + 1) == []
    house.passes(30000)
    assert house.panel.wake(house.now) == []


def test_a_quiet_panel_asks_for_no_waking() -> None:
    house = House()
    assert house.panel.deadline_ms() is None
    house.arms()
    assert house.panel.deadline_ms() is None


def test_ordinary_comings_and_goings_cost_few_saves() -> None:
    house = House()
    house.arms()
    house.opens(FRONT_DOOR, HALL)
    for _ in range(20):
        house.closes(HALL)
        house.opens(HALL)
    house.keys(CODE, "disarm")
    house.closes(FRONT_DOOR, HALL)
    assert house.saves() == 2
    house.forget()
    for _ in range(20):
        house.opens(FRONT_DOOR, HALL, BEDROOM)
        house.closes(FRONT_DOOR, HALL, BEDROOM)
    assert house.saves() == 0
    house.arms("home")
    for _ in range(20):
        house.opens(HALL, BEDROOM)
        house.closes(HALL, BEDROOM)
    assert house.saves() == 0, "the inside does not guard"


def test_what_goes_on_in_an_alarm_costs_few_saves() -> None:
    house = House()
    house.arms()
    house.opens(WINDOW, HALL)
    house.closes(HALL)
    house.forget()
    for _ in range(20):
        house.opens(HALL)
        house.closes(HALL)
    assert house.saves() == 0
