"""Swinger shutdown: a zone that alarms again and again is shut out until the area is disarmed."""

from panel_house import ANNA, BEDROOM, CODE, ENTRY_MS, FRONT_DOOR, HALL, SIREN_MS, WINDOW, House

UNBYPASS = 8


def alarm(house: House, zone: int = WINDOW) -> "list[tuple[int, int]]":
    """One alarm of the zone, until its siren ends; returns what was reported of it."""
    house.forget()
    house.opens(zone)
    house.closes(zone)
    house.passes(SIREN_MS)
    return house.events()


def armed(zone: int = WINDOW, **fields: object) -> House:
    """An armed house with these fields of one zone changed."""
    house = House()
    if fields:
        house.fits(zone, **fields)
    house.arms()
    return house


def test_the_third_alarm_of_a_zone_is_its_last_and_reported_to_be() -> None:
    house = armed()
    assert alarm(house) == [(1130, WINDOW), (3130, WINDOW)]
    assert alarm(house) == [(1130, WINDOW), (3130, WINDOW)]
    house.forget()
    house.opens(WINDOW)
    assert house.full_events() == [(1130, 1, WINDOW, 0, 0, 0), (1377, 1, WINDOW, 0, 0, 0)]
    assert house.siren() == "intrusion"
    house.passes(SIREN_MS)
    house.closes(WINDOW)
    assert house.events() == [(1130, WINDOW), (1377, WINDOW), (3130, WINDOW)], "its restore is still told"
    assert alarm(house) == [] and house.siren() == "off"


def test_a_zone_shut_out_silences_no_other() -> None:
    house = armed()
    for _ in range(4):
        alarm(house)
    house.opens(BEDROOM)
    assert house.events() == [(1130, BEDROOM)] and house.siren() == "intrusion"


def test_alarms_of_different_zones_are_not_added_up() -> None:
    house = armed()
    for _ in range(2):
        assert alarm(house, WINDOW) and alarm(house, BEDROOM)
    house.opens(HALL)
    assert (1377, HALL) not in house.events()


def test_many_trips_in_one_alarm_count_as_one() -> None:
    house = armed()
    house.opens(WINDOW)
    for _ in range(20):
        house.opens(HALL)
        house.closes(HALL)
    assert (1377, HALL) not in house.events()


def test_the_limit_is_the_zones_own_and_0_means_none() -> None:
    for limit in (1, 2, 9):
        house = armed(swinger=limit)
        for number in range(1, limit + 2):
            reported = alarm(house)
            assert ((1130, WINDOW) in reported) == (number <= limit), (limit, number)
            assert ((1377, WINDOW) in reported) == (number == limit), (limit, number)
    house = armed(swinger=0)
    for _ in range(12):
        assert alarm(house) == [(1130, WINDOW), (3130, WINDOW)]


def test_disarming_lets_it_guard_again_from_the_beginning_and_says_who_did() -> None:
    house = armed()
    for _ in range(3):
        alarm(house)
    house.forget()
    house.passes(300_000)
    house.keys(CODE, "disarm")
    assert house.full_events() == [(1401, 1, 0, ANNA, 1, 0), (3377, 1, WINDOW, ANNA, 1, 0)]
    house.arms()
    assert alarm(house) == [(1130, WINDOW), (3130, WINDOW)]
    assert alarm(house) == [(1130, WINDOW), (3130, WINDOW)]


def test_a_restart_forgets_neither_the_count_nor_the_shutdown() -> None:
    for fields in ({"swinger": 3}, {"swinger": 3, "bypass": False}):
        house = armed(WINDOW, **fields)
        alarm(house)
        alarm(house)
        house.restart()
        assert alarm(house) == [(1130, WINDOW), (1377, WINDOW), (3130, WINDOW)]
        house.restart()
        assert alarm(house) == [], fields
        house.restart(WINDOW)
        assert house.events() == [] and house.siren() == "off"


def test_an_entry_door_shut_out_starts_no_entry_delay() -> None:
    house = armed(FRONT_DOOR, swinger=1)
    house.opens(FRONT_DOOR)
    house.passes(ENTRY_MS)
    assert house.events() == [(6134, FRONT_DOOR), (1134, FRONT_DOOR), (1377, FRONT_DOOR)]
    house.closes(FRONT_DOOR)
    assert alarm(house, FRONT_DOOR) == []


def test_a_zone_shut_out_in_an_exit_delay_does_not_guard_again_by_closing() -> None:
    house = House(exit_s=300)
    house.fits(WINDOW, swinger=1)
    house.keys(CODE, "away")
    house.opens(WINDOW)
    house.forget()
    house.closes(WINDOW)
    assert house.events() == [(3130, WINDOW)]


def test_a_zone_taken_in_again_by_hand_is_shut_out_at_its_next_alarm() -> None:
    house = armed()
    for _ in range(3):
        alarm(house)
    house.forget()
    assert house.command(UNBYPASS, WINDOW) == (0, 0)
    assert house.full_events() == [(3377, 1, WINDOW, ANNA, 2, 0)]
    assert alarm(house) == [(1130, WINDOW), (1377, WINDOW), (3130, WINDOW)]
    assert alarm(house) == []
