"""The first start after the update from firmware 1.0: nothing of what that kept is lost."""

import sys

from hemlarm_firmware.panel import config, latch_tables, tables
from hemlarm_firmware.panel.core import Panel
from panel_house import (
    BEDROOM,
    CODE,
    ENTRY_MS,
    EXIT_MS,
    FRONT_DOOR,
    HALL,
    HEAT,
    SIREN_MS,
    SMOKE,
    WINDOW,
    WRONG_CODE,
    House,
    plain_config,
    quick_hash,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

AWAY, HOME = 1, 2


def old_area(number: int = 1, **fields: "Any") -> "dict[int | str, Any]":
    """An area of firmware 1.0, disarmed and quiet but for the fields given."""
    area: dict[int | str, Any] = {"number": number, "state": 0, "mode": 0, "left_ms": 0, "fire": 0}
    area.update({"alarm_zone": 0, "fire_zone": 0, "entry_zone": 0, "exit_error": False})
    area.update({"reported": [], "unrestored": [], "burning": [], "open": []})
    area.update(fields)
    return area


def updated(*areas: "Any", **fields: "Any") -> House:
    """A house whose panel starts with what firmware 1.0 left."""
    house = House()
    house.forget()
    house.saved = {"version": 1, "areas": list(areas), "wrong": 0, "locks": 0, "locked": False}
    house.saved.update(fields)
    if len(areas) > 1:
        house.config["areas"] = [{"number": area["number"]} for area in areas]
        for zone in house.config["zones"]:
            zone["area"] = 2 if zone["number"] in (HEAT, BEDROOM) else 1
    house.restart()
    return house


def test_an_update_from_1_0_saves_what_it_read_in_the_new_form() -> None:
    house = updated(old_area())
    assert house.saves() == 1 and house.saved["version"] == 2
    assert house.saved == House().panel.snapshot()
    house.restart()
    assert house.saves() == 1


def test_the_reader_of_1_0_is_forgotten_when_it_has_read() -> None:
    updated(old_area())
    assert "hemlarm_firmware.panel.snapshot_1" not in sys.modules


def test_an_update_keeps_a_house_armed_in_its_mode() -> None:
    for mode, word in ((AWAY, "Away"), (HOME, "Home")):
        house = updated(old_area(state=tables.ARMED, mode=mode))
        assert house.display() == ("Armed", word) and house.events() == []
        house.opens(WINDOW)
        assert house.events() == [(1130, WINDOW)]


def test_an_update_keeps_what_was_open_while_armed() -> None:
    house = updated(old_area(state=tables.ARMED, mode=AWAY, open=[WINDOW]))
    assert house.events() == []
    house = House()
    house.saved = {"version": 1, "areas": [old_area(state=2, mode=1, open=[WINDOW])], "wrong": 0, "locks": 0}
    house.saved["locked"] = False
    house.forget()
    house.restart(WINDOW)
    assert house.events() == [], "it was open before"


def test_an_update_goes_on_with_the_exit_delay() -> None:
    house = updated(old_area(state=tables.EXIT_DELAY, mode=AWAY, left_ms=EXIT_MS))
    house.passes(EXIT_MS - 1)
    assert house.display() == ("Arming", "Leave now")
    house.passes(1)
    assert house.display() == ("Armed", "Away")


def test_an_update_goes_on_with_the_entry_delay() -> None:
    house = updated(old_area(state=tables.ENTRY_DELAY, mode=AWAY, left_ms=9000, entry_zone=FRONT_DOOR, exit_error=True))
    house.passes(8999)
    assert house.display() == ("Enter your code", f"Zone {FRONT_DOOR}") and house.events() == []
    house.passes(1)
    assert house.events() == [(1134, FRONT_DOOR), (3134, FRONT_DOOR), (1374, FRONT_DOOR)]


def test_an_update_goes_on_with_an_alarm_and_tells_it_no_second_time() -> None:
    old = old_area(state=tables.ALARM, mode=AWAY, left_ms=100_000, alarm_zone=WINDOW, reported=[WINDOW, HALL])
    old["unrestored"] = [HALL]
    house = updated(old)
    assert house.siren() == "intrusion" and house.events() == [(3132, HALL)]
    house.opens(WINDOW, HALL)
    assert len(house.events()) == 1
    house.passes(100_000)
    assert house.siren() == "off" and house.display() == ("Armed, alarm in", f"Zone {WINDOW}")


def test_an_alarm_that_an_update_found_can_be_cancelled_within_the_time() -> None:
    old = old_area(state=tables.ALARM, mode=AWAY, left_ms=100_000, alarm_zone=WINDOW)
    for ms, cancelled in ((299_999, True), (300_000, False)):
        house = updated(old)
        house.passes(ms)
        house.keys(CODE, "disarm")
        assert ((1406, WINDOW) in house.events()) == cancelled
    house = updated(old)
    house.config["areas"][0]["cancel_s"] = 900
    house.saved = {"version": 1, "areas": [old], "wrong": 0, "locks": 0, "locked": False}
    house.restart()
    house.passes(899_999)
    house.keys(CODE, "disarm")
    assert (1406, WINDOW) in house.events()
    house = updated(old_area(state=tables.ARMED, mode=AWAY, alarm_zone=WINDOW))
    house.keys(CODE, "disarm")
    assert house.events() == [(1401, 0)], "nobody knows when that was"


def test_an_update_keeps_the_alarm_memory() -> None:
    house = updated(old_area(alarm_zone=WINDOW))
    assert house.display() == ("Burglar alarm in", f"Zone {WINDOW}")


def test_an_update_goes_on_with_a_fire() -> None:
    house = updated(old_area(fire=1, fire_zone=SMOKE, burning=[SMOKE]))
    assert house.siren() == "fire"
    assert house.events() == [(3111, SMOKE)], "which the start found clear"
    house.passes(SIREN_MS - 1)
    assert house.siren() == "fire"
    house.passes(1)
    assert house.display() == ("There was a fire", f"Zone {SMOKE}")


def test_every_state_of_a_fire_is_kept() -> None:
    for old, burning, status in ((1, [SMOKE], 1), (1, [], 2), (2, [], 2), (3, [SMOKE], 3), (3, [], 0)):
        state = {"version": 1, "areas": [old_area(fire=old, fire_zone=SMOKE, burning=burning)]}
        state.update({"wrong": 0, "locks": 0, "locked": False})
        panel = Panel(config.check(plain_config()), state, quick_hash)
        assert panel.area_status(1) == 256 * status, (old, burning)
        assert panel.snapshot()["latches"][0] == [0, status, 1, SMOKE, 1, 1, 0, burning]


def test_a_fire_remembered_is_still_remembered() -> None:
    house = updated(old_area(fire_zone=SMOKE))
    assert house.display() == ("There was a fire", f"Zone {SMOKE}") and house.siren() == "off"
    house.keys(CODE, "disarm")
    assert house.display() == ("Disarmed", "Ready")


def test_a_silenced_fire_whose_memory_was_cleared_is_still_silenced() -> None:
    house = updated(old_area(fire=3, burning=[SMOKE]))
    assert house.events() == [(3111, SMOKE)]
    assert house.display() == ("There was a fire", f"Zone {SMOKE}")


def test_of_several_areas_the_loudest_fire_is_the_sites() -> None:
    quiet, remembered = old_area(1), old_area(1, fire_zone=SMOKE)
    silenced = old_area(1, fire=3, fire_zone=SMOKE, burning=[SMOKE])
    latched = old_area(2, fire=2, fire_zone=HEAT)
    burns = old_area(2, fire=1, fire_zone=HEAT, burning=[HEAT])
    calm = old_area(2)
    for first, second, state, zone, area, burning in (
        (quiet, burns, latch_tables.ALARM, HEAT, 2, [HEAT]),
        (remembered, burns, latch_tables.ALARM, HEAT, 2, [HEAT]),
        (silenced, burns, latch_tables.ALARM, HEAT, 2, [SMOKE, HEAT]),
        (silenced, latched, latch_tables.ALARM, HEAT, 2, [SMOKE]),
        (silenced, calm, latch_tables.SILENCED, SMOKE, 1, [SMOKE]),
        (quiet, latched, latch_tables.LATCHED, HEAT, 2, []),
        (remembered, calm, latch_tables.QUIET, SMOKE, 1, []),
        (quiet, old_area(2, fire_zone=HEAT), latch_tables.QUIET, HEAT, 2, []),
        (old_area(1, fire=1, fire_zone=SMOKE, burning=[SMOKE]), burns, latch_tables.ALARM, SMOKE, 1, [SMOKE, HEAT]),
        (remembered, silenced, latch_tables.SILENCED, SMOKE, 1, [SMOKE]),
    ):
        state_1 = {"version": 1, "areas": [first, second], "wrong": 0, "locks": 0, "locked": False}
        settings = plain_config()
        settings["areas"] = [{"number": 1}, {"number": 2}]
        latches = Panel(config.check(settings), state_1, quick_hash).snapshot()["latches"]
        assert latches == [[latch_tables.FIRE, state, 1, zone, area, 1, 0, burning]]


def test_two_areas_are_each_taken_up() -> None:
    house = updated(old_area(1, state=tables.ARMED, mode=HOME), old_area(2, alarm_zone=BEDROOM))
    assert (house.panel.area_status(1), house.panel.area_status(2)) == (16 * HOME + 2, 0)
    assert house.saved["areas"][1]["alarm_zone"] == BEDROOM


def test_an_update_keeps_the_keypads_lock() -> None:
    house = updated(old_area(), wrong=0, locks=2, locked=True)
    house.keys(CODE, "away")
    assert house.events() == []
    house.passes(2 * 90_000)
    house.keys(CODE, "away")
    assert house.events() == [(3401, 0)]


def test_an_update_keeps_the_count_of_wrong_codes() -> None:
    house = updated(old_area(), wrong=2)
    house.keys(WRONG_CODE, "away")
    assert house.events() == [(1461, 0)]


def test_after_an_update_doors_may_chime() -> None:
    house = updated(old_area())
    house.fits(FRONT_DOOR, chime=True)
    house.opens(FRONT_DOOR)
    assert ("show", "buzzer", "chime") in house.heard


def test_an_update_during_the_entry_delay_never_makes_it_longer() -> None:
    house = updated(old_area(state=tables.ENTRY_DELAY, mode=AWAY, left_ms=10 * ENTRY_MS, entry_zone=FRONT_DOOR))
    house.passes(ENTRY_MS)
    assert house.siren() == "intrusion"
