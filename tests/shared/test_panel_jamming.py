"""The sensors' radio is jammed: told, shown and restored, and never a reason for an alarm."""

import sys

from panel_house import CODE, House

MINUTE_MS, HOUR_MS = 60_000, 3_600_000
JAM_MS = 30_000
DOOR = 5
RADIO = {"sensor": "contact", "radio": b"door", "key": bytes(16)}
OPEN = 1


def radio_house() -> House:
    """A door that is heard by radio, closed."""
    house = House()
    house.fits(DOOR, **dict(RADIO, type="entry", supervise_min=60))
    house.hears(DOOR)
    house.forget()
    return house


def told(house: House) -> "list[tuple[int, int, int]]":
    """(code, zone, detail) of the events since `forget`."""
    return [(event[0], event[2], event[5]) for event in house.full_events()]


def jammed_house() -> House:
    """Jammed for half a minute, and told."""
    house = radio_house()
    house.says("noise", True)
    house.passes(JAM_MS)
    assert told(house) == [(1344, 0, 1)]
    house.forget()
    return house


def test_a_channel_blocked_for_thirty_seconds_is_told_shown_and_makes_no_sound() -> None:
    house = radio_house()
    house.says("noise", True)
    house.passes(JAM_MS - 1)
    assert house.heard == []
    house.passes(1)
    assert told(house) == [(1344, 0, 1)]
    assert house.lamp("fault") and house.display() == ("Radio jammed", "Sensors unheard")
    assert house.siren() == "off" and house.shown["buzzer"] == "off" and house.shown["outdoor"] == "off"


def test_it_is_restored_when_the_last_minute_was_nearly_quiet() -> None:
    house = jammed_house()
    house.passes(JAM_MS)
    house.says("noise", False)
    house.passes(54_999)
    assert told(house) == [] and house.lamp("fault")
    house.passes(1_001)
    assert told(house) == [(3344, 0, 1)]
    assert not house.lamp("fault") and house.display() == ("Disarmed", "Ready")


def test_a_house_without_radio_sensors_takes_no_notice_of_noise() -> None:
    house = House()
    house.forget()
    house.says("noise", True)
    assert house.panel.deadline_ms() is None
    house.passes(HOUR_MS)
    assert house.heard == []


def test_a_jammed_radio_alarms_for_no_sensor_that_is_not_heard() -> None:
    house = radio_house()
    house.arms()
    house.says("noise", True)
    house.passes(3 * HOUR_MS)
    assert [code for code, _, _ in told(house)] == [1344, 1381]
    assert house.siren() == "off" and house.panel.area_status(1) % 16 == 2
    house.says("noise", False)
    house.passes(2_000)
    house.hears(DOOR)
    house.passes(MINUTE_MS)
    assert [code for code, _, _ in told(house)] == [1344, 1381, 3381, 3344]
    assert house.siren() == "off" and house.panel.area_status(1) % 16 == 2


def test_what_gets_through_a_jammer_alarms_as_ever() -> None:
    house = jammed_house()
    house.arms()
    house.hears(DOOR, OPEN)
    assert [code for code, _, _ in told(house)] == [6134]


def test_a_jammer_that_is_on_and_off_for_minutes_does_not_fill_the_journal() -> None:
    house = radio_house()
    for _ in range(200):
        house.says("noise", True)
        house.passes(MINUTE_MS)
        house.says("noise", False)
        house.hears(DOOR)
        house.passes(2 * MINUTE_MS)
    assert told(house) == [(1344, 0, 1), (3344, 0, 1)] * 2 + [(1344, 0, 1)]
    house.forget()
    house.passes(HOUR_MS)
    assert (3344, 0, 1) in told(house)


def test_a_restart_while_it_is_jammed_tells_nothing_twice() -> None:
    house = jammed_house()
    house.restart()
    house.says("noise", True)
    house.hears(DOOR)
    house.passes(10 * MINUTE_MS)
    assert told(house) == [] and house.lamp("fault")


def test_a_jammer_that_ended_during_a_restart_is_over_after_a_minute() -> None:
    house = jammed_house()
    house.restart()
    house.hears(DOOR)
    house.passes(MINUTE_MS - 1)
    assert told(house) == []
    house.passes(1)
    assert told(house) == [(3344, 0, 1)]


def test_another_configuration_forgets_nothing_of_the_last_minute() -> None:
    house = radio_house()
    house.says("noise", True)
    house.passes(JAM_MS - 1_000)
    house.takes_over(siren_s=60)
    house.passes(1_000)
    assert told(house) == [(1344, 0, 1)]


def test_with_the_last_radio_sensor_jamming_ends_and_with_the_first_it_begins() -> None:
    house = jammed_house()
    zones = list(house.config["zones"])
    house.takes_over(zones=[zone for zone in zones if zone["number"] != DOOR])
    assert told(house) == [(3344, 0, 1)] and not house.lamp("fault")
    house.says("noise", True)
    house.passes(HOUR_MS)
    assert told(house) == [(3344, 0, 1)]
    house.takes_over(zones=zones)
    house.says("noise", True)
    house.passes(JAM_MS)
    assert [code for code, _, _ in told(house)] == [3344, 1344]


def test_noise_that_ends_while_there_is_no_radio_sensor_is_over_for_those_that_come() -> None:
    house = radio_house()
    zones = list(house.config["zones"])
    house.says("noise", True)
    house.passes(JAM_MS // 2)
    house.takes_over(zones=[zone for zone in zones if zone["number"] != DOOR])
    house.says("noise", False)
    house.passes(JAM_MS)
    house.takes_over(zones=zones)
    house.hears(DOOR)
    house.passes(10 * MINUTE_MS)
    assert told(house) == []


def test_what_judges_the_noise_is_loaded_only_where_there_is_some_to_judge() -> None:
    module = "hemlarm_firmware.sensors.noise"
    sys.modules.pop(module, None)
    house = radio_house()
    house.says("path", 1, False)
    house.restart()
    House().says("noise", True)
    assert module not in sys.modules
    house.says("noise", True)
    assert module in sys.modules


def test_disarming_works_while_it_is_jammed_and_changes_nothing_of_it() -> None:
    house = jammed_house()
    house.arms()
    house.keys(CODE, "disarm")
    assert house.display() == ("Radio jammed", "Sensors unheard")
    assert [code for code, _, _ in told(house)] == [1401]
