"""What the panel keeps of itself over a restart, and what becomes of it under another configuration."""

from hemlarm_firmware.panel import config, latch_tables
from hemlarm_firmware.panel.core import Panel, SnapshotError
from hemlarm_protocol import cbor
from panel_devices import CLOSED, CUT, QUIET, SMOKY, line, loop, radio
from panel_house import (
    CODE,
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
from support import raises

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

BYPASS = 7


def again(house: House) -> "Any":
    """The snapshot of a panel that has just taken up the house's, after CBOR."""
    state = cbor.decode(cbor.encode(house.panel.snapshot()))
    assert state == house.panel.snapshot()
    return Panel(config.check(house.config), state, quick_hash).snapshot()


def test_a_panel_at_rest_keeps_nothing_of_zones_and_alarms() -> None:
    state = House().panel.snapshot()
    assert state["zones"] == [] and state["latches"] == []


STORIES: "list[list[tuple[Any, ...]]]" = [
    [("command", BYPASS, WINDOW)],
    [("keys", CODE, "away")],
    [("arms",), ("opens", FRONT_DOOR), ("passes", 15000)],
    [("arms",), ("opens", WINDOW, HALL)],
    [("opens", SMOKE, HEAT), ("closes", HEAT)],
    [("opens", SMOKE), ("keys", CODE, "disarm")],
    [("press", "hold-up"), ("keys", CODE, "disarm")],
    [("command", 9, 1)],
    [("command", 10, 0)],
    [("keys", WRONG_CODE, "away")] * 3,
]


def test_whatever_goes_on_a_snapshot_that_is_taken_up_is_the_same_again() -> None:
    for story in STORIES:
        house = House(confirm_s=600)
        rest = house.panel.snapshot()
        for step in story:
            getattr(house, step[0])(*step[1:])
        assert house.panel.snapshot() != rest, story
        assert again(house) == house.panel.snapshot(), story


def test_what_the_centre_knows_outlives_a_restart() -> None:
    house = House()
    house.opens(SMOKE)
    assert house.panel.snapshot()["informing"] == [1, 100_000]
    house.says("informed")
    assert house.panel.snapshot()["informing"] == [2, 0]
    house.restart()
    assert house.display()[1] == "Centre informed"


def test_a_swinger_is_shut_out_over_a_restart_even_where_nobody_may_bypass() -> None:
    house = House()
    house.fits(WINDOW, swinger=1, bypass=False)
    house.arms()
    house.opens(WINDOW)
    assert (1377, WINDOW) in house.events()
    house.closes(WINDOW)
    house.restart()
    house.passes(SIREN_MS)
    house.forget()
    house.opens(WINDOW)
    assert house.events() == []


def test_trips_are_counted_over_a_restart() -> None:
    house = House()
    house.fits(WINDOW, swinger=2)
    house.arms()
    for _ in range(2):
        house.opens(WINDOW)
        house.closes(WINDOW)
        house.passes(SIREN_MS)
        house.restart()
    assert (1377, WINDOW) in house.events()


def test_a_bypass_does_not_outlive_that_the_zone_may_be_bypassed() -> None:
    house = House()
    house.command(BYPASS, WINDOW)
    house.fits(WINDOW, bypass=False)
    house.arms()
    house.opens(WINDOW)
    assert house.events() == [(1130, WINDOW)]


def test_a_zone_that_became_a_fire_detector_is_never_shut_out() -> None:
    house = House()
    house.fits(WINDOW, swinger=1)
    house.arms()
    house.opens(WINDOW)
    house.closes(WINDOW)
    house.fits(WINDOW, type="fire")
    house.opens(WINDOW)
    assert house.events() == [(1111, WINDOW)]


def test_troubles_that_a_zone_can_no_longer_have_are_forgotten() -> None:
    sensor = radio(WINDOW)
    wired = line(WINDOW)
    plain = {"number": WINDOW, "type": "instant", "area": 1}
    for before, after in ((sensor, plain), (sensor, wired), (wired, plain), (sensor, loop(WINDOW))):
        house = House(zones=[before])
        if before is sensor:
            house.hears(WINDOW, 8 | 4)
            house.passes(3600_000)
            assert house.display() == ("Sensor missing", f"Zone {WINDOW}")
        else:
            house.measures(WINDOW, CUT)
        house.keys(CODE, "disarm")
        house.config["zones"] = [after]
        house.lines = {WINDOW: CLOSED} if after["type"] == "instant" else {WINDOW: QUIET}
        house.restart()
        house.keys(CODE, "disarm")
        assert house.display() == ("Disarmed", "Ready"), after
        assert not house.lamp("fault") and not house.lamp("alarm")
        house.arms()


def test_a_thermometers_heat_is_forgotten_with_the_thermometer() -> None:
    house = House(zones=[radio(WINDOW, "temperature")])
    house.hears(WINDOW, 0, 900)
    house.config["zones"] = [radio(WINDOW)]
    house.restart()
    house.hears(WINDOW)
    assert house.display() == ("Disarmed", "Ready")


def test_an_alarm_whose_zone_has_become_something_else_ends_with_a_persons_code() -> None:
    house = House()
    house.opens(SMOKE)
    house.fits(SMOKE, type="instant")
    assert house.siren() == "fire", "who knows what burns"
    house.keys(CODE, "disarm")
    house.keys(CODE, "disarm")
    assert house.display() == ("Disarmed", f"Zone {SMOKE} open") and not house.lamp("alarm")


def test_whatever_is_wrong_with_a_thermometer_outlives_a_restart() -> None:
    for flags, value in ((2, 200), (4, 200), (16, 200), (0, 900), (0, 0)):
        house = House(zones=[radio(WINDOW, "temperature")])
        house.hears(WINDOW, flags, value)
        house.restart()
        house.forget()
        house.hears(WINDOW, flags, value)
        assert house.events() == [], (flags, value)
        house.hears(WINDOW, 0, 200)
        assert len(house.events()) == 1, (flags, value)
    house = House(zones=[radio(WINDOW, "temperature")])
    house.passes(3600_000)
    house.restart()
    house.forget()
    house.hears(WINDOW, 0, 200)
    assert house.events() == [(3381, WINDOW)]


def test_a_sensor_with_a_trouble_is_waited_for_after_a_restart() -> None:
    house = House(zones=[radio(WINDOW)])
    house.hears(WINDOW, 4)
    house.restart()
    house.arms_not(WINDOW)


def test_a_zone_that_is_tampered_with_keeps_no_other_alarm_alive() -> None:
    house = House(zones=[radio(SMOKE, "fire")])
    house.hears(SMOKE, 1 | 2)
    house.config["zones"] = [radio(SMOKE)]
    house.restart()
    house.keys(CODE, "disarm")
    house.keys(CODE, "disarm")
    assert [item[0] for item in house.panel.snapshot()["latches"]] == [latch_tables.TAMPER]


def test_the_numbers_of_a_zone_are_stored_as_they_always_were() -> None:
    house = House(zones=[radio(WINDOW, swinger=1), radio(HALL), radio(FRONT_DOOR)])
    for zone in (WINDOW, HALL, FRONT_DOOR):
        house.hears(zone, 4 if zone == HALL else 0)
    house.command(BYPASS, HALL)
    house.hears(FRONT_DOOR, 2)
    house.keys(CODE, "disarm")
    house.keys(CODE, "away")
    house.press("ok")
    house.hears(WINDOW, 1)
    assert house.panel.snapshot()["zones"] == [[FRONT_DOOR, 1, 2, 0], [HALL, 8, 1, 0], [WINDOW, 0, 3, 1]]


def test_a_tampered_zone_is_still_tampered_with_after_a_restart() -> None:
    house = House(zones=[line(WINDOW)])
    house.measures(WINDOW, CUT)
    house.forget()
    house.restart()
    assert house.shown["buzzer"] == "alert" and house.events() == []
    house.keys(CODE, "disarm")
    assert house.display() == ("Tamper, silenced", f"Zone {WINDOW}")
    house.measures(WINDOW, CLOSED)
    assert house.events()[1:] == [(3144, WINDOW)] and not house.panel.snapshot()["zones"]


def test_a_burning_loop_that_a_start_does_not_measure_burns_until_it_is_clear() -> None:
    house = House(zones=[loop(SMOKE)])
    house.measures(SMOKE, QUIET)
    house.measures(SMOKE, SMOKY)
    house.lines = {}
    house.forget()
    house.restart()
    house.measures(SMOKE, QUIET)
    assert house.events() == [(3111, SMOKE)]


def test_a_snapshot_of_neither_version_is_refused() -> None:
    for version in (0, 3, None, "1"):
        error = raises(SnapshotError, Panel, config.check(plain_config()), {"version": version})
        assert str(version) in str(error)
    raises(SnapshotError, Panel, config.check(plain_config()), [1])


def test_the_siren_of_a_hold_up_gets_no_longer_by_a_restart() -> None:
    house = House()
    house.press("hold-up")
    house.passes(SIREN_MS - 1)
    house.restart()
    house.passes(1)
    assert house.siren() == "off"
