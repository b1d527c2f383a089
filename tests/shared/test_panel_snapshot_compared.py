"""After every input the panel asks whether its saved state is still right, and takes no other to find that out."""

from hemlarm_firmware.panel import snapshot
from panel_house import CODE, HALL, SMOKE, WINDOW, WRONG_CODE, House

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

BYPASS = 7
RECORDS = ("confirm", "informing")
"""Their lists are always as long as they are."""


def eventful_house() -> House:
    """Something stands in every part of its snapshot."""
    house = House(confirm_s=600)
    house.command(BYPASS, HALL)
    house.keys(WRONG_CODE, "away")
    house.arms()
    house.opens(WINDOW, SMOKE)
    return house


def changed_at_one_place(value: "Any", name: str = "") -> "Iterator[Any]":
    """Copies of a snapshot in each of which one number or flag is another, or one list longer or shorter by one."""
    if isinstance(value, dict):
        for name in value:
            for other in changed_at_one_place(value[name], name):
                yield dict(value, **{name: other})
    elif isinstance(value, list):
        for index in range(len(value)):
            for other in changed_at_one_place(value[index]):
                yield value[:index] + [other] + value[index + 1 :]
        if name not in RECORDS:
            yield value + [1]
            yield value[:-1] if value else [2]
    else:
        yield not value if isinstance(value, bool) else value + 1


def is_current(house: House, state: "Any") -> bool:
    return snapshot.is_current(state, house.panel.site, house.panel.snapshot()["keypad"])


def test_a_snapshot_just_taken_is_current_and_one_that_differs_anywhere_is_not() -> None:
    for house in (House(), eventful_house()):
        state = house.panel.snapshot()
        assert is_current(house, state)
        stale = list(changed_at_one_place(state))
        assert len(stale) > 30
        assert [item for item in stale if is_current(house, item)] == []
    assert state["zones"] and state["latches"] and state["areas"][0]["confirm"][2]


def test_what_happens_leaves_a_snapshot_taken_before_as_it_was() -> None:
    house = House()
    house.arms()
    house.opens(WINDOW)
    before = house.panel.snapshot()
    told = [before["areas"][0][name][:] for name in ("reported", "unrestored")]
    house.closes(WINDOW)
    house.opens(HALL)
    house.keys(CODE, "disarm")
    assert told == [before["areas"][0][name] for name in ("reported", "unrestored")]
    assert house.panel.snapshot() != before
