"""The keypad's buzzer: who leaves, who enters, what needs a look, and the chime."""

from panel_house import BACK_DOOR, BEDROOM, CODE, DISARM, ENTRY_MS, EXIT_MS, FRONT_DOOR, SIREN_MS, SMOKE, House

CO, HOLD_UP, LID, CABINET, LEAK = 30, 31, 32, 33, 34
GARAGE, GARAGE_DOOR = 2, 21


def full_house(garage_s: int = 90) -> House:
    """A house with zones that are always on, and a garage with an exit delay of its own."""
    house = House()
    house.config["areas"].append({"number": GARAGE, "exit_s": garage_s})
    house.fits(GARAGE_DOOR, type="instant", area=GARAGE)
    house.fits(CO, type="co")
    house.fits(HOLD_UP, type="hold_up")
    house.fits(LID, type="tamper")
    house.fits(CABINET, type="always")
    house.fits(LEAK, type="water")
    return house


def sounds(house: House) -> "list[str]":
    """What the buzzer was told since `forget`."""
    return [item[2] for item in house.heard if item[0] == "show" and item[1] == "buzzer"]


def test_the_buzzer_urges_whoever_leaves_and_more_in_the_last_ten_seconds() -> None:
    house = House()
    house.keys(CODE, "away")
    house.forget()
    house.passes(EXIT_MS - 10_001)
    assert sounds(house) == []
    house.passes(1)
    assert sounds(house) == ["exit-last"]
    house.passes(9_999)
    assert sounds(house) == ["exit-last"]
    house.passes(1)
    assert sounds(house) == ["exit-last", "off"]


def test_an_exit_delay_of_less_than_ten_seconds_is_urgent_from_the_start() -> None:
    house = House(exit_s=10)
    house.keys(CODE, "away")
    assert "exit-last" in sounds(house) and "exit" not in sounds(house)


def test_of_two_exit_delays_the_shorter_one_urges() -> None:
    for garage_s in (30, 90):
        house = full_house(garage_s)
        house.keys(CODE, "away")
        first_ms = min(garage_s, 60) * 1000
        house.passes(first_ms - 10_000)
        assert house.shown["buzzer"] == "exit-last", garage_s
        house.passes(10_000)
        assert house.shown["buzzer"] == "exit", garage_s


def test_arming_is_heard_at_home_and_not_at_night() -> None:
    for mode, heard in (("away", "exit"), ("home", "exit"), ("night", "off")):
        house = House()
        house.keys(CODE, mode)
        house.forget()
        house.passes(1000)
        assert [item for item in sounds(house) if item != "ok"] == []
        house.passes(EXIT_MS)
        assert ("exit-last" in sounds(house)) == (heard == "exit"), mode


def test_the_buzzer_calls_for_the_code_while_the_entry_delay_runs() -> None:
    house = House()
    house.arms()
    house.opens(FRONT_DOOR)
    assert sounds(house) == ["entry"]
    house.passes(ENTRY_MS - 1)
    assert sounds(house) == ["entry"]
    house.passes(1)
    assert sounds(house) == ["entry", "off"], "the siren is loud enough"


def test_an_entry_delay_in_one_area_is_heard_over_an_exit_delay_in_another() -> None:
    house = full_house()
    house.command(2, GARAGE)
    house.passes(90_000)
    house.fits(GARAGE_DOOR, type="entry")
    house.command(3, 1)
    house.opens(GARAGE_DOOR)
    assert house.shown["buzzer"] == "entry"
    house.command(DISARM, GARAGE)
    assert house.shown["buzzer"] == "exit"


def test_water_and_a_silent_tamper_alert_at_the_keypad_until_silenced_or_the_limit() -> None:
    for zone in (LEAK, LID, CABINET):
        house = full_house()
        house.opens(zone)
        assert house.shown["buzzer"] == "alert" and house.siren() == "off"
        house.passes(SIREN_MS - 1)
        assert house.shown["buzzer"] == "alert"
        house.passes(1)
        assert house.shown["buzzer"] == "off"
        house.closes(zone)
        house.opens(zone)
        house.forget()
        house.keys(CODE, "disarm")
        assert sounds(house) == ["off", "ok"]


def test_loud_alarms_leave_the_buzzer_alone() -> None:
    for zone in (SMOKE, CO, HOLD_UP):
        house = full_house()
        house.opens(zone)
        assert sounds(house) == [] and house.siren() != "off"


def test_a_door_with_a_chime_chimes_each_time_while_disarmed() -> None:
    house = House()
    house.fits(FRONT_DOOR, chime=True)
    house.opens(FRONT_DOOR)
    house.closes(FRONT_DOOR)
    house.opens(FRONT_DOOR, BACK_DOOR, BEDROOM)
    assert sounds(house) == ["chime", "chime"]
    assert house.shown["siren"] == "off"


def test_nothing_chimes_while_armed_or_when_the_chime_is_switched_off() -> None:
    house = House()
    house.fits(FRONT_DOOR, chime=True)
    house.fits(BEDROOM, chime=True)
    assert house.command(10, 0) == (0, 0)
    house.opens(FRONT_DOOR)
    assert sounds(house) == []
    house.restart(closed=(FRONT_DOOR,))
    house.forget()
    house.opens(FRONT_DOOR)
    assert sounds(house) == [], "a restart does not switch it on"
    assert house.command(10, 1) == (0, 0)
    house.closes(FRONT_DOOR)
    house.opens(FRONT_DOOR)
    assert sounds(house) == ["chime"]
    house.closes(FRONT_DOOR)
    house.arms("home")
    house.opens(BEDROOM)
    assert sounds(house) == []


def test_a_panel_set_up_without_a_chime_has_none() -> None:
    house = House(chime=False)
    house.fits(FRONT_DOOR, chime=True)
    house.opens(FRONT_DOOR)
    assert sounds(house) == []
