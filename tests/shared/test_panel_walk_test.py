"""The walk test: every zone is ticked off, nothing alarms but what saves lives, and it always ends."""

from hemlarm_firmware.panel import inputs
from panel_devices import radio
from panel_house import ANNA, BO, CODE, EXIT_MS, FRONT_DOOR, OTHER_CODE, SMOKE, WINDOW, House

WALK_TEST, BYPASS = 9, 7
WATER, CO, PANIC, SILENT, LID, CABINET, CELLAR = 21, 22, 23, 24, 25, 26, 27
IDLE_MS = 30 * 60_000
ALWAYS_ON = [
    {"number": WATER, "type": "water", "area": 1},
    {"number": PANIC, "type": "hold_up", "area": 1},
    {"number": SILENT, "type": "hold_up", "area": 1, "silent": True},
    {"number": LID, "type": "tamper", "area": 1},
    {"number": CABINET, "type": "always", "area": 1},
]
INTRUSION = [{"number": FRONT_DOOR, "type": "entry", "area": 1}, {"number": WINDOW, "type": "instant", "area": 1}]


def walk(*zones: object) -> House:
    """A house in which Anna has begun a walk test; door and window, unless the zones are given."""
    house = House(zones=list(zones or INTRUSION))
    assert house.command(WALK_TEST, 1) == (0, 0)
    return house


def test_a_walk_test_is_begun_ticked_off_and_ended() -> None:
    house = walk()
    assert house.full_events() == [(1607, 0, 0, ANNA, 2, 0)]
    assert house.display() == ("Walk test", "2 zones left")
    house.forget()
    house.opens(WINDOW)
    assert house.full_events() == [(1611, 1, WINDOW, 0, 0, 0)]
    assert house.shown["buzzer"] == "chime" and house.display() == ("Walk test", "1 zones left")
    house.closes(WINDOW)
    house.opens(FRONT_DOOR)
    assert house.display() == ("Walk test", "All zones work")
    house.closes(FRONT_DOOR)
    house.forget()
    assert house.command(WALK_TEST, 0, user=BO) == (0, 0)
    assert house.full_events() == [(3607, 0, 0, BO, 2, 0)]
    assert house.display() == ("Disarmed", "Ready")


def test_what_was_not_tested_is_named_and_counted() -> None:
    house = walk()
    house.opens(WINDOW)
    house.closes(WINDOW)
    house.forget()
    house.command(WALK_TEST, 0)
    assert house.full_events() == [(1612, 1, FRONT_DOOR, ANNA, 2, 0), (3607, 0, 0, ANNA, 2, 1)]


def test_a_zone_is_ticked_off_once_and_chimes_each_time() -> None:
    house = walk()
    for _ in range(3):
        house.opens(WINDOW)
        house.closes(WINDOW)
    assert house.events() == [(1607, 0), (1611, WINDOW)]
    assert house.heard.count(("show", "buzzer", "chime")) == 3


def test_nothing_alarms_in_a_walk_test() -> None:
    house = walk(*ALWAYS_ON, *INTRUSION)
    for item in ALWAYS_ON + INTRUSION:
        house.forget()
        house.opens(item["number"])  # type: ignore[arg-type]
        house.closes(item["number"])  # type: ignore[arg-type]
        assert house.events() == [(1611, item["number"])]
        assert house.siren() == "off" and not house.lamp("alarm")
    house.forget()
    house.command(WALK_TEST, 0)
    assert house.events() == [(3607, 0)]


def test_what_saves_lives_alarms_in_a_walk_test_too() -> None:
    for zone, kind, code, siren in ((SMOKE, "fire", 1111, "fire"), (CO, "co", 1162, "co")):
        house = walk({"number": zone, "type": kind, "area": 1})
        house.forget()
        house.opens(zone)
        assert house.events() == [(1611, zone), (code, zone)] and house.siren() == siren


def test_a_dismounted_sensor_is_told_in_a_walk_test_too() -> None:
    house = walk(radio(WINDOW))
    house.forget()
    house.hears(WINDOW, inputs.SENSOR_TAMPER)
    assert house.events() == [(1144, WINDOW)]


def test_what_is_still_open_when_the_walk_test_ends_alarms_then() -> None:
    codes = {WATER: 1154, PANIC: 1120, SILENT: 1122, LID: 1137, CABINET: 1133}
    for item in ALWAYS_ON:
        zone: int = item["number"]  # type: ignore[assignment]
        house = walk(item)
        house.opens(zone)
        house.forget()
        house.command(WALK_TEST, 0)
        assert house.full_events() == [(3607, 0, 0, ANNA, 2, 0), (codes[zone], 1, zone, 0, 0, 0)]
        house.closes(zone)
        assert house.events()[2:] == [(codes[zone] + 2000, zone)]


def test_what_was_open_and_silenced_before_the_walk_test_may_clear_in_it() -> None:
    house = House(zones=ALWAYS_ON)
    house.opens(WATER, SILENT)
    house.keys(CODE, "disarm")
    house.command(WALK_TEST, 1)
    house.forget()
    house.closes(WATER, SILENT)
    assert house.events() == [(3154, WATER), (3122, SILENT)]
    house.keys(CODE, "disarm")
    assert not house.lamp("alarm")


def test_what_was_open_and_silenced_before_the_walk_test_does_not_alarm_at_its_end() -> None:
    house = House(zones=[ALWAYS_ON[0]])
    house.opens(WATER)
    house.keys(CODE, "disarm")
    house.command(WALK_TEST, 1)
    house.forget()
    house.command(WALK_TEST, 0)
    assert house.events() == [(1612, WATER), (3607, 0)]


def test_buttons_tick_off_detectors() -> None:
    house = walk({"number": SMOKE, "type": "fire", "area": 1}, radio(CO, "fire"))
    house.forget()
    house.says("button", SMOKE)
    house.hears(CO, inputs.SENSOR_BUTTON)
    assert house.events() == [(1611, SMOKE), (1611, CO)] and house.siren() == "off"


def test_a_thermometer_is_not_walked_to() -> None:
    house = walk(radio(CELLAR, "temperature"), INTRUSION[1])
    assert house.display() == ("Walk test", "1 zones left")


def test_a_walk_test_ends_when_nothing_happened_for_half_an_hour() -> None:
    house = walk()
    house.passes(IDLE_MS - 1)
    house.opens(WINDOW)
    house.closes(WINDOW)
    house.forget()
    house.passes(IDLE_MS - 1)
    assert house.events() == [] and house.display() == ("Walk test", "1 zones left")
    house.passes(1)
    assert house.full_events() == [(1612, 1, FRONT_DOOR, 0, 0, 0), (3607, 0, 0, 0, 0, 1)]
    assert house.panel.deadline_ms() is None


def test_closing_and_repeating_keep_no_walk_test_alive() -> None:
    house = walk()
    house.opens(WINDOW)
    house.passes(IDLE_MS - 1)
    house.closes(WINDOW)
    house.forget()
    house.passes(1)
    assert house.events() == [(1612, FRONT_DOOR), (3607, 0)]


def test_water_forgotten_in_a_walk_test_alarms_when_it_ends_by_itself() -> None:
    house = walk(ALWAYS_ON[0])
    house.opens(WATER)
    house.passes(IDLE_MS)
    assert house.events()[2:] == [(3607, 0), (1154, WATER)] and house.shown["buzzer"] == "alert"


def test_arming_ends_a_walk_test() -> None:
    house = walk()
    house.forget()
    house.keys(OTHER_CODE, "away")
    assert house.full_events() == [
        (1612, 1, FRONT_DOOR, BO, 1, 0),
        (1612, 1, WINDOW, BO, 1, 0),
        (3607, 0, 0, BO, 1, 2),
        (3401, 1, 0, BO, 1, 30),
    ]
    house.passes(EXIT_MS)
    house.opens(WINDOW)
    assert house.siren() == "intrusion"


def test_arming_by_command_ends_a_walk_test() -> None:
    house = walk()
    house.forget()
    house.command(2, 1)
    assert house.events()[2:] == [(3607, 0), (3401, 0)]


def test_a_refused_arming_ends_no_walk_test() -> None:
    house = walk()
    house.opens(WINDOW)
    house.arms_not(WINDOW)
    house.press("back")
    assert house.display() == ("Walk test", "1 zones left")
    assert house.command(2, 1) == (1, WINDOW)
    assert house.display() == ("Walk test", "1 zones left")


def test_a_walk_test_needs_a_disarmed_and_quiet_house() -> None:
    house = House()
    house.keys(CODE, "home")
    assert house.command(WALK_TEST, 1) == (1, 0)
    house.keys(CODE, "disarm")
    house.opens(SMOKE)
    assert house.command(WALK_TEST, 1) == (1, 0)
    house.closes(SMOKE)
    house.keys(CODE, "disarm")
    house.forget()
    assert house.command(WALK_TEST, 1) == (0, 0)
    assert house.events() == [(1607, 0)]


def test_a_second_begin_starts_over() -> None:
    house = walk()
    house.opens(WINDOW)
    house.closes(WINDOW)
    house.forget()
    assert house.command(WALK_TEST, 1) == (0, 0)
    assert house.events() == [(1612, FRONT_DOOR), (3607, 0), (1607, 0)]
    assert house.display() == ("Walk test", "2 zones left")


def test_ending_what_was_not_begun_does_nothing() -> None:
    house = House()
    assert house.command(WALK_TEST, 0) == (0, 0)
    assert house.events() == [] and house.saves() == 0


def test_a_restart_ends_the_walk_test_and_says_so() -> None:
    house = walk(*ALWAYS_ON)
    house.opens(WATER)
    house.forget()
    house.restart()
    assert house.events() == [(3607, 0), (1154, WATER)], "what is open alarms from now on"
    house.restart()
    assert house.events()[2:] == []


def test_a_fire_in_a_walk_test_goes_before_it_on_the_display() -> None:
    house = walk({"number": SMOKE, "type": "fire", "area": 1}, *INTRUSION)
    house.opens(SMOKE)
    assert house.display() == ("FIRE", f"Zone {SMOKE}")


def test_a_bypassed_zone_is_walked_to_and_does_not_alarm_at_the_end() -> None:
    house = House(zones=ALWAYS_ON)
    house.command(BYPASS, WATER)
    house.command(WALK_TEST, 1)
    house.opens(WATER)
    house.forget()
    house.command(WALK_TEST, 0)
    assert (1612, WATER) not in house.events() and (1154, WATER) not in house.events()


def test_no_configuration_changes_in_a_walk_test_but_if_one_does_it_goes_on() -> None:
    house = walk(*ALWAYS_ON)
    assert not house.panel.site.is_settled()
    house.opens(WATER, LID)
    house.forget()
    house.takes_over(siren_s=200, zones=[item for item in ALWAYS_ON if item["number"] != LID])
    assert house.events() == [] and house.display() == ("Walk test", "3 zones left")
    house.passes(IDLE_MS)
    assert house.events() == [(1612, PANIC), (1612, SILENT), (1612, CABINET), (3607, 0), (1154, WATER)]


def test_the_keypads_menu_begins_and_ends_it() -> None:
    house = House(zones=INTRUSION)
    for event in ((1607, 0, 0, ANNA, 1, 0), (3607, 0, 0, ANNA, 1, 2)):
        house.forget()
        house.keys(CODE, "ok")
        house.press("down", "down", "down", "ok", "ok")
        assert house.full_events()[-1] == event


def test_a_walk_test_that_nobody_walks_ends_too() -> None:
    house = walk()
    house.forget()
    house.passes(IDLE_MS - 1)
    assert house.events() == []
    house.passes(1)
    assert house.events() == [(1612, FRONT_DOOR), (1612, WINDOW), (3607, 0)]
