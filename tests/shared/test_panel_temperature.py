"""Temperatures: too hot and too cold are told with a hysteresis, and are no alarm."""

from panel_devices import radio
from panel_house import CODE, House

CELLAR = 6
BYPASS, UNBYPASS = 7, 8


def cellar(**fields: int) -> House:
    house = House(zones=[radio(CELLAR, "temperature", **fields)])
    house.hears(CELLAR, 0, 200)
    house.forget()
    return house


def test_the_limits_are_five_and_sixty_degrees() -> None:
    house = cellar()
    house.hears(CELLAR, 0, 600)
    house.hears(CELLAR, 0, 50)
    assert house.events() == []
    house.hears(CELLAR, 0, 601)
    assert house.full_events() == [(1158, 1, CELLAR, 0, 0, 0)]
    house.hears(CELLAR, 0, 200)
    house.hears(CELLAR, 0, 49)
    assert house.events()[1:] == [(3158, CELLAR), (1159, CELLAR)]


def test_the_limits_can_be_set() -> None:
    house = cellar(low_c=-20, high_c=-15)
    house.forget()
    house.hears(CELLAR, 0, -180)
    assert house.events() == [(3158, CELLAR)]
    house.hears(CELLAR, 0, -149)
    house.hears(CELLAR, 0, -201)
    assert house.events()[1:] == [(1158, CELLAR), (3158, CELLAR), (1159, CELLAR)]


def test_a_temperature_must_come_back_by_a_whole_degree() -> None:
    for code, beyond, still, back in ((158, 601, 591, 590), (159, 49, 59, 60)):
        house = cellar()
        for value in (beyond, still, beyond, still):
            house.hears(CELLAR, 0, value)
        assert house.events() == [(1000 + code, CELLAR)]
        house.hears(CELLAR, 0, back)
        assert house.events()[1:] == [(3000 + code, CELLAR)]
        house.hears(CELLAR, 0, still)
        assert len(house.events()) == 2, "the hysteresis holds only on the way back"


def test_cold_and_heat_are_shown_and_sound_nowhere() -> None:
    for value, line in ((700, "Too hot"), (0, "Too cold")):
        house = cellar()
        house.hears(CELLAR, 0, value)
        assert house.display() == (line, f"Zone {CELLAR}")
        assert house.lamp("fault") and house.lamp("ready")
        assert house.siren() == "off" and house.shown["buzzer"] == "off"


def test_a_report_without_a_value_says_nothing_about_it() -> None:
    house = cellar()
    house.hears(CELLAR, 0, 700)
    house.hears(CELLAR)
    assert house.events() == [(1158, CELLAR)] and house.lamp("fault")


def test_a_sensor_that_says_open_is_still_a_thermometer() -> None:
    house = cellar()
    house.hears(CELLAR, 1, 200)
    house.keys(CODE, "away")
    assert house.events() == [(3401, 0)]


def test_a_restart_tells_it_once() -> None:
    house = cellar()
    house.hears(CELLAR, 0, 700)
    house.restart()
    house.hears(CELLAR, 0, 595)
    assert house.events() == [(1158, CELLAR)]
    house.hears(CELLAR, 0, 590)
    assert house.events()[1:] == [(3158, CELLAR)]


def test_a_bypassed_thermometer_is_not_listened_to() -> None:
    house = cellar()
    house.command(BYPASS, CELLAR)
    house.forget()
    house.hears(CELLAR, 0, 700)
    assert house.events() == []
    house.command(UNBYPASS, CELLAR)
    house.forget()
    house.hears(CELLAR, 0, 700)
    assert house.events() == [(1158, CELLAR)]


def test_a_temperature_on_a_sensor_for_something_else_is_passed_over() -> None:
    house = House(zones=[radio(CELLAR)])
    house.hears(CELLAR, 0, 1200)
    assert house.events() == []
