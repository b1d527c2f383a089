"""Plugs and locks: what commands do with them, what a lock's own words lead to, and what outlives a restart."""

from hemlarm_firmware.panel import inputs
from hemlarm_firmware.panel.outputs import MOVE_MS
from hemlarm_protocol.household import JAMMED, LOCK, LOCKED, MOVING, PLUG, UNLOCKED
from panel_house import ANNA, BO, House

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

DOOR, LAMP = 1, 2
DONE, REFUSED, UNKNOWN, BAD = 0, 1, 2, 3
COMMAND, PANEL = 2, 0


def smart() -> House:
    """A house with a lock, which has said that it is locked, and a plug."""
    house = House(outputs=[{"number": DOOR, "kind": "lock"}, {"number": LAMP, "kind": "plug"}], remote_unlock="always")
    house.says(inputs.LOCK, DOOR, LOCKED)
    house.forget()
    return house


def shows(house: House, output: str) -> "list[Any]":
    return [item[2] for item in house.heard if item[0] == "show" and item[1] == output]


def readings(house: House) -> "list[int]":
    outputs: Any = house.panel.site.outputs
    told: list[int] = outputs.readings()
    return told


def test_a_plug_does_as_it_is_told() -> None:
    house = smart()
    assert house.command(inputs.VERB_ON, LAMP) == (DONE, 0)
    assert shows(house, "plug") == [(LAMP, True)]
    assert readings(house) == [LOCK, DOOR, LOCKED, PLUG, LAMP, 1]
    assert house.command(inputs.VERB_OFF, LAMP) == (DONE, 0)
    assert shows(house, "plug") == [(LAMP, True), (LAMP, False)]
    assert house.events() == []


def test_an_output_of_another_kind_or_none_is_no_argument() -> None:
    house = smart()
    for verb, wrong in (
        (inputs.VERB_ON, DOOR),
        (inputs.VERB_OFF, 9),
        (inputs.VERB_LOCK, LAMP),
        (inputs.VERB_UNLOCK, 0),
    ):
        assert house.command(verb, wrong) == (BAD, 0)
        assert House().command(verb, DOOR) == (BAD, 0), "a house without any"
    assert house.heard[:0] == shows(house, "lock") == shows(house, "plug")


def test_a_lock_counts_as_moved_when_it_says_so() -> None:
    house = smart()
    assert house.command(inputs.VERB_UNLOCK, DOOR, BO) == (DONE, 0)
    assert shows(house, "lock") == [(DOOR, False)]
    assert house.events() == [] and readings(house)[:3] == [LOCK, DOOR, MOVING]
    house.says(inputs.LOCK, DOOR, LOCKED)  # Not yet on its way.
    house.says(inputs.LOCK, DOOR, MOVING)
    assert house.events() == []
    house.says(inputs.LOCK, DOOR, UNLOCKED)
    assert house.full_events() == [(1422, 0, DOOR, BO, COMMAND, 0)]
    house.passes(10 * MOVE_MS)
    assert house.events() == [(1422, DOOR)]


def test_a_lock_turned_by_hand_is_nobodys_doing_known() -> None:
    house = smart()
    house.says(inputs.LOCK, DOOR, UNLOCKED)
    house.says(inputs.LOCK, DOOR, UNLOCKED)
    house.says(inputs.LOCK, DOOR, LOCKED)
    assert house.full_events() == [(1422, 0, DOOR, 0, PANEL, 0), (3422, 0, DOOR, 0, PANEL, 0)]


def test_a_lock_that_does_not_confirm_in_time_is_at_fault_once() -> None:
    house = smart()
    house.command(inputs.VERB_UNLOCK, DOOR, ANNA)
    house.passes(MOVE_MS - 1)
    assert house.events() == []
    house.passes(1)
    assert house.full_events() == [(1432, 0, DOOR, 0, PANEL, 0)]
    assert readings(house)[:3] == [LOCK, DOOR, JAMMED]
    house.says(inputs.LOCK, DOOR, JAMMED)
    house.passes(MOVE_MS)
    assert house.events() == [(1432, DOOR)]
    house.says(inputs.LOCK, DOOR, LOCKED)
    assert house.events() == [(1432, DOOR), (3432, DOOR)]


def test_a_lock_that_moves_on_its_own_without_end_is_at_fault() -> None:
    house = smart()
    house.says(inputs.LOCK, DOOR, MOVING)
    house.passes(MOVE_MS)
    assert house.events() == [(1432, DOOR)]


def test_a_lock_that_stands_as_wanted_is_left_alone() -> None:
    house = smart()
    assert house.command(inputs.VERB_LOCK, DOOR) == (DONE, 0)
    assert shows(house, "lock") == [] and house.events() == []


def test_what_a_lock_says_that_is_not_there_or_means_nothing_has_no_effect() -> None:
    house = smart()
    for number, state in ((9, LOCKED), (LAMP, LOCKED), (DOOR, 4), (DOOR, None)):
        house.says(inputs.LOCK, number, state)
    House().says(inputs.LOCK, DOOR, UNLOCKED)
    assert house.events() == []


def test_a_restart_leaves_plugs_and_what_is_known_of_locks_as_they_were() -> None:
    house = smart()
    house.command(inputs.VERB_ON, LAMP)
    house.says(inputs.LOCK, DOOR, JAMMED)
    house.forget()
    house.restart()
    assert shows(house, "plug") == [(LAMP, True)] and shows(house, "lock") == []
    assert readings(house) == [PLUG, LAMP, 1], "of the lock nothing is known before it speaks"
    house.says(inputs.LOCK, DOOR, UNLOCKED)
    assert house.events() == [(1422, DOOR), (3432, DOOR)], "it was turned meanwhile, and is well again"


def test_outputs_that_are_configured_no_more_are_forgotten_and_the_others_go_on() -> None:
    house = smart()
    house.command(inputs.VERB_ON, LAMP)
    house.command(inputs.VERB_UNLOCK, DOOR)
    house.takes_over(outputs=[{"number": DOOR, "kind": "lock"}, {"number": 3, "kind": "plug"}])
    assert readings(house) == [LOCK, DOOR, MOVING, PLUG, 3, 0]
    house.forget()
    house.passes(MOVE_MS)
    assert house.events() == [(1432, DOOR)]
    house.takes_over(outputs=[])
    assert house.panel.site.outputs is None
    house.saved = house.panel.snapshot()
    house.restart()


def test_a_camera_looks_on_request_only_where_its_area_guards_or_it_burns() -> None:
    house = House()
    house.fits(8, type="instant", sensor="camera")
    asked: list[Any] = []
    for prepare, status in ((None, REFUSED), ("arm", DONE), ("disarm", REFUSED), ("fire", DONE)):
        if prepare == "arm":
            house.arms()
        elif prepare == "disarm":
            house.keys("1234", "disarm")
        elif prepare == "fire":
            house.opens(4)
        house.forget()
        outputs = house.panel.handle(("command", inputs.VERB_PICTURE, 0, ANNA), house.now)
        assert outputs[-1] == ("result", status, 0), prepare
        asked += [output for output in outputs if output[0] == "picture"]
    assert asked == [("picture", 8), ("picture", 8)]
    assert house.panel.handle(("command", inputs.VERB_PICTURE, 3, ANNA), house.now)[-1] == ("result", BAD, 0)


def test_a_restart_is_asked_for_in_quiet_and_not_again_and_again() -> None:
    house = House()
    assert house.command(inputs.VERB_RESTART, 0) == (REFUSED, 0), "it has just started"
    house.passes(300_000)
    assert house.command(inputs.VERB_RESTART, 1) == (BAD, 0)
    assert house.panel.handle(("command", inputs.VERB_RESTART, 0, ANNA), house.now) == [
        ("restart",),
        ("result", DONE, 0),
    ]
    house.opens(4)
    assert house.command(inputs.VERB_RESTART, 0) == (6, 0), "busy: it burns"
