"""Radio sensors that fall silent: a fault of their own, never an alarm, and their coming back is no alarm either."""

from hemlarm_firmware.panel import config, inputs
from hemlarm_firmware.panel.core import Panel
from panel_devices import radio
from panel_house import CODE, FRONT_DOOR, WINDOW, House, plain_config, quick_hash

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

OPEN = inputs.SENSOR_OPEN
MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
BYPASS, UNBYPASS = 7, 8
GARAGE = 20


def airy(**fields: "Any") -> House:
    """A door and a window on the radio, heard of; `fields` are the window's."""
    house = House(zones=[radio(FRONT_DOOR, "entry"), radio(WINDOW, **fields)])
    house.hears(FRONT_DOOR)
    house.hears(WINDOW)
    house.forget()
    return house


def checks_in(house: House, zone: int, ms: int, flags: int = 0) -> None:
    """This much time, in which one sensor checks in every ten minutes."""
    for _ in range(ms // (10 * MINUTE_MS)):
        house.passes(10 * MINUTE_MS)
        house.hears(zone, flags)


def test_a_sensor_that_misses_its_time_is_reported_and_is_no_alarm() -> None:
    for mode in ("", "away"):
        house = airy()
        if mode:
            house.arms(mode)
            house.hears(WINDOW)
        house.hears(FRONT_DOOR)
        checks_in(house, FRONT_DOOR, HOUR_MS - 10 * MINUTE_MS)
        house.passes(10 * MINUTE_MS - 1)
        assert house.events() == []
        house.passes(1)
        assert house.full_events() == [(1381, 1, WINDOW, 0, 0, 0)], mode
        assert house.siren() == "off" and house.shown["buzzer"] == "off" and house.lamp("fault")


def test_it_is_reported_once_and_its_coming_back_too() -> None:
    house = airy()
    checks_in(house, FRONT_DOOR, 5 * HOUR_MS)
    assert house.events() == [(1381, WINDOW)]
    assert house.display() == ("Sensor missing", f"Zone {WINDOW}")
    house.hears(WINDOW)
    assert house.events() == [(1381, WINDOW), (3381, WINDOW)]
    assert house.display() == ("Disarmed", "Ready") and not house.lamp("fault")


def test_every_sensor_has_its_own_time() -> None:
    house = airy(supervise_min=20)
    house.passes(20 * MINUTE_MS)
    assert house.events() == [(1381, WINDOW)]
    house.passes(40 * MINUTE_MS)
    assert house.events() == [(1381, WINDOW), (1381, FRONT_DOOR)]
    house.passes(10 * HOUR_MS)
    assert len(house.events()) == 2


def test_a_sensor_that_checks_in_is_never_missing() -> None:
    house = airy(supervise_min=20)
    for _ in range(30):
        house.passes(20 * MINUTE_MS - 1)
        house.hears(WINDOW)
        house.hears(FRONT_DOOR)
    assert house.events() == []


def test_a_missing_sensor_refuses_arming_until_it_comes_back() -> None:
    house = airy()
    checks_in(house, FRONT_DOOR, HOUR_MS)
    house.arms_not(WINDOW)
    house.press("back")
    house.hears(WINDOW)
    house.arms()


def test_a_sensor_going_missing_and_coming_back_never_retriggers_its_alarm() -> None:
    house = airy()
    house.arms()
    house.hears(WINDOW, OPEN)
    checks_in(house, FRONT_DOOR, 2 * HOUR_MS)
    assert house.events() == [(1130, WINDOW), (1381, WINDOW)]
    house.hears(WINDOW, OPEN)
    assert house.events()[2:] == [(3381, WINDOW)] and house.siren() == "off"


def test_a_closed_sensor_going_missing_and_coming_back_closed_never_alarms() -> None:
    house = airy()
    house.arms()
    checks_in(house, FRONT_DOOR, 2 * HOUR_MS)
    house.hears(WINDOW)
    assert house.events() == [(1381, WINDOW), (3381, WINDOW)]


def test_one_that_was_opened_while_it_was_missing_alarms_when_it_comes_back() -> None:
    house = airy()
    house.arms()
    checks_in(house, FRONT_DOOR, 2 * HOUR_MS)
    house.hears(WINDOW, OPEN)
    assert house.events()[-1] == (1130, WINDOW)


def test_a_bypassed_sensor_going_missing_and_coming_back_never_alarms() -> None:
    for flags in (0, OPEN):
        house = airy()
        house.command(BYPASS, WINDOW)
        house.arms()
        house.hears(WINDOW, flags)
        checks_in(house, FRONT_DOOR, 2 * HOUR_MS)
        house.hears(WINDOW, OPEN)
        house.hears(WINDOW, flags)
        house.restart()
        house.hears(WINDOW, OPEN)
        assert house.events() == [(1381, WINDOW), (3381, WINDOW)], flags
        assert house.siren() == "off"


def test_a_missing_sensor_that_was_bypassed_refuses_nothing() -> None:
    house = airy()
    checks_in(house, FRONT_DOOR, HOUR_MS)
    house.command(BYPASS, WINDOW)
    house.arms()
    house.keys(CODE, "disarm")
    house.forget()
    house.command(UNBYPASS, WINDOW)
    house.hears(FRONT_DOOR)
    house.arms_not(WINDOW)


def test_a_restart_gives_every_sensor_its_time_again() -> None:
    house = airy()
    house.passes(HOUR_MS - 1)
    house.restart()
    house.passes(HOUR_MS - 1)
    assert house.events() == []
    house.passes(1)
    assert house.events() == [(1381, FRONT_DOOR), (1381, WINDOW)]


def test_a_sensor_missing_before_a_restart_is_missing_after_it_and_not_told_again() -> None:
    house = airy(supervise_min=20)
    house.passes(20 * MINUTE_MS)
    house.forget()
    house.restart()
    house.hears(FRONT_DOOR)
    assert house.display() == ("Sensor missing", f"Zone {WINDOW}")
    house.passes(30 * MINUTE_MS)
    assert house.events() == []
    house.hears(WINDOW)
    assert house.events() == [(3381, WINDOW)]


def test_another_sensors_time_does_not_bring_back_a_missing_one() -> None:
    house = airy(supervise_min=120)
    checks_in(house, FRONT_DOOR, 2 * HOUR_MS)
    house.restart()
    house.forget()
    house.passes(HOUR_MS)
    assert house.events() == [(1381, FRONT_DOOR)], "the window has not spoken"


def test_a_sensor_added_to_a_running_panel_has_its_whole_time() -> None:
    house = airy()
    house.now += 50 * HOUR_MS
    house.hears(FRONT_DOOR)
    house.hears(WINDOW)
    house.forget()
    house.takes_over(zones=house.config["zones"] + [radio(GARAGE)])
    assert house.events() == [] and house.display() == ("Waiting for", f"Zone {GARAGE}")
    checks_in(house, FRONT_DOOR, HOUR_MS - 10 * MINUTE_MS)
    house.hears(WINDOW)
    house.passes(10 * MINUTE_MS - 1)
    assert house.events() == []
    house.passes(1)
    assert house.events() == [(1381, GARAGE)]


def test_a_new_configuration_gives_no_sensor_more_time() -> None:
    house = airy()
    house.passes(HOUR_MS - 1)
    house.hears(FRONT_DOOR)
    house.takes_over(siren_s=200)
    house.passes(1)
    assert house.events() == [(1381, WINDOW)]


def test_a_house_without_radio_waits_for_nothing() -> None:
    house = House()
    house.passes(100 * HOUR_MS)
    assert house.panel.deadline_ms() is None


def test_one_that_came_back_can_go_missing_again() -> None:
    house = airy()
    house.passes(HOUR_MS)
    house.hears(WINDOW)
    house.forget()
    house.passes(HOUR_MS - 1)
    assert house.events() == []
    house.passes(1)
    assert house.events() == [(1381, WINDOW)]


def test_the_sensor_with_the_shorter_time_is_missed_first_whatever_its_number() -> None:
    for first, second in ((20, 60), (60, 20)):
        house = House(zones=[radio(FRONT_DOOR, supervise_min=first), radio(WINDOW, supervise_min=second)])
        house.passes(20 * MINUTE_MS)
        assert house.events() == [(1381, FRONT_DOOR if first == 20 else WINDOW)]


def test_supervision_asks_to_be_woken_only_when_a_sensor_can_be_missing() -> None:
    house = airy()
    assert house.panel.deadline_ms() == house.now + HOUR_MS
    house.passes(HOUR_MS)
    assert house.panel.deadline_ms() is None, "both are missing already"


def test_a_clock_that_starts_at_nought_gives_a_sensor_its_whole_time_and_no_more() -> None:
    zones = [radio(FRONT_DOOR, "entry"), radio(WINDOW, supervise_min=20)]
    value = plain_config()
    value["zones"] = zones
    panel = Panel(config.check(value), None, quick_hash)
    panel.handle(("start", [], []), 0)
    assert panel.deadline_ms() == 20 * MINUTE_MS
    panel.handle(("sensor", FRONT_DOOR, 0, None), 0)
    outputs = panel.wake(20 * MINUTE_MS)
    assert [item[1:4] for item in outputs if item[0] == "event"] == [(1381, 1, WINDOW)]
