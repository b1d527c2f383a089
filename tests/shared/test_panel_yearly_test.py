"""The yearly test: a real alarm that passes only if all of it was done, and the day it may take."""

from panel_house import CODE, ENTRY_MS, EXIT_MS, FRONT_DOOR, WINDOW, House

MENU_YEARLY = ("down",) * 4 + ("ok",) * 6
DAY_MS = 24 * 3600_000
ARMED_MS, SOUNDED_MS = 180_000, 30_000
BEGUN, DONE = 1601, 3601


def announced(**changes: object) -> House:
    house = House(**changes)
    announce(house)
    return house


def announce(house: House) -> None:
    """Anna announces the test at the keypad's menu."""
    house.forget()
    house.keys(CODE, "ok")
    house.press(*MENU_YEARLY)
    assert house.full_events() == [(BEGUN, 0, 0, 1, 1, 0)]


def results(house: House) -> "list[tuple[int, int]]":
    """(zone, passed) of each finished test."""
    return [(event[2], event[5]) for event in house.full_events() if event[0] == DONE]


def does_it(house: House, armed_ms: int = ARMED_MS, sounded_ms: int = SOUNDED_MS, mode: str = "away") -> None:
    """Arms, waits, comes in without disarming, lets it sound, disarms. The times are from arming and the alarm."""
    house.keys(CODE, mode)
    house.passes(armed_ms - ENTRY_MS)
    house.opens(FRONT_DOOR)
    house.passes(ENTRY_MS + sounded_ms)
    house.keys(CODE, "disarm")
    house.closes(FRONT_DOOR)


def test_a_test_made_as_told_has_passed() -> None:
    house = announced()
    house.forget()
    does_it(house)
    assert results(house) == [(FRONT_DOOR, 1)]
    assert house.full_events()[-4:-1] == [
        (3601, 1, FRONT_DOOR, 1, 1, 1),
        (1401, 1, 0, 1, 1, 0),
        (1406, 1, FRONT_DOOR, 1, 1, 0),
    ]
    assert (1134, FRONT_DOOR) in house.events(), "the alarm is a real one"


def test_a_test_made_too_fast_has_not_passed() -> None:
    house = announced()
    does_it(house, armed_ms=ARMED_MS - 1)
    assert results(house) == [(FRONT_DOOR, 0)]
    house = announced()
    does_it(house, sounded_ms=SOUNDED_MS - 1)
    assert results(house) == [(FRONT_DOOR, 0)]


def test_a_test_armed_at_home_has_not_passed() -> None:
    house = announced()
    does_it(house, mode="home")
    assert results(house) == [(FRONT_DOOR, 0)]


def test_a_siren_that_is_set_too_short_never_passes() -> None:
    house = announced(siren_s=29)
    does_it(house, sounded_ms=60_000)
    assert results(house) == [(FRONT_DOOR, 0)]
    house = announced(siren_s=30)
    does_it(house, sounded_ms=60_000)
    assert results(house) == [(FRONT_DOOR, 1)]


def test_the_test_is_over_once_it_was_made() -> None:
    house = announced()
    does_it(house)
    house.forget()
    does_it(house)
    assert results(house) == []


def test_disarming_without_an_alarm_ends_no_test() -> None:
    house = announced()
    house.keys(CODE, "away")
    house.passes(EXIT_MS)
    house.keys(CODE, "disarm")
    house.keys(CODE, "disarm")
    assert results(house) == []
    does_it(house)
    assert results(house) == [(FRONT_DOOR, 1)]


def test_an_alarm_remembered_from_before_is_no_test() -> None:
    house = House()
    does_it(house)
    announce(house)
    house.keys(CODE, "disarm")
    assert results(house) == []


def test_nothing_is_said_of_a_test_that_nobody_announced() -> None:
    house = House()
    does_it(house)
    assert results(house) == []


def test_a_test_not_made_within_a_day_is_forgotten() -> None:
    house = announced()
    house.passes(DAY_MS - ARMED_MS - SOUNDED_MS - 1)
    does_it(house)
    assert results(house) == [(FRONT_DOOR, 1)]
    house = announced()
    house.passes(DAY_MS)
    assert house.panel.deadline_ms() is None
    does_it(house)
    assert results(house) == []


def test_an_announced_test_outlives_a_restart() -> None:
    house = announced()
    house.restart()
    does_it(house)
    assert results(house) == [(FRONT_DOOR, 1)]


def test_a_restart_gives_the_day_again_and_no_more() -> None:
    house = announced()
    house.passes(DAY_MS - 1)
    house.restart()
    house.passes(DAY_MS)
    assert house.panel.deadline_ms() is None and house.saved["yearly_ms"] == 0


def test_a_restart_in_the_middle_does_not_pass() -> None:
    house = announced()
    house.keys(CODE, "away")
    house.passes(ARMED_MS)
    house.restart()
    house.opens(FRONT_DOOR)
    house.passes(ENTRY_MS + SOUNDED_MS)
    house.keys(CODE, "disarm")
    assert results(house) == [(FRONT_DOOR, 0)]


def test_a_new_configuration_in_the_middle_disturbs_no_test() -> None:
    house = announced()
    house.keys(CODE, "away")
    house.passes(ARMED_MS)
    house.takes_over(siren_s=200)
    house.opens(FRONT_DOOR)
    house.passes(ENTRY_MS + SOUNDED_MS)
    house.keys(CODE, "disarm")
    assert results(house) == [(FRONT_DOOR, 1)]


def test_an_alarm_at_once_counts_from_arming_too() -> None:
    house = announced()
    house.keys(CODE, "away")
    house.passes(ARMED_MS)
    house.opens(WINDOW)
    house.passes(SOUNDED_MS)
    house.keys(CODE, "disarm")
    assert results(house) == [(WINDOW, 1)]


def test_only_a_disarmed_house_can_announce_one() -> None:
    house = House()
    assert house.panel.site.is_settled()
    house.arms()
    house.keys(CODE, "ok")
    house.press(*MENU_YEARLY)
    assert (BEGUN, 0) not in house.events()
