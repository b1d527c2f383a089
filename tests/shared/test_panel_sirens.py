"""How long the sirens sound: indoors and outdoors, their limits, the delay, and restarts in between."""

from panel_house import BEDROOM, CODE, HEAT, SILENCE, SIREN_MS, SMOKE, WINDOW, House

CO, BUTTON, LEAK, LID = 30, 31, 33, 32


def armed(**changes: object) -> House:
    """An armed house."""
    house = House(**changes)
    house.arms()
    return house


def heard_s(house: House, seconds: int, restart_s: int = 0) -> "tuple[int, int]":
    """For how many of these seconds the indoor and the outdoor siren sound, with a restart every `restart_s`."""
    indoors = outdoors = 0
    for second in range(1, seconds + 1):
        indoors += house.siren() != "off"
        outdoors += house.shown["outdoor"] != "off"
        house.passes(1000)
        if restart_s and second % restart_s == 0:
            house.restart()
    return indoors, outdoors


def test_a_burglary_sounds_for_its_time_indoors_and_for_its_own_time_outdoors() -> None:
    for siren_s, outdoor_s in ((10, 900), (900, 10), (60, 60)):
        house = armed(siren_s=siren_s, outdoor_s=outdoor_s)
        house.opens(WINDOW)
        assert heard_s(house, 1000) == (siren_s, outdoor_s)


def test_the_limits_hold_to_the_millisecond() -> None:
    house = armed(siren_s=30, outdoor_s=20)
    house.opens(WINDOW)
    house.passes(19_999)
    assert (house.siren(), house.shown["outdoor"]) == ("intrusion", "intrusion")
    house.passes(1)
    assert (house.siren(), house.shown["outdoor"]) == ("intrusion", "off")
    house.passes(9_999)
    assert house.siren() == "intrusion"
    house.passes(1)
    assert house.siren() == "off"


def test_a_neighbourhood_without_an_outdoor_siren_hears_nothing() -> None:
    house = armed(outdoor_s=0, outdoor_delay_s=300)
    house.opens(WINDOW)
    assert house.panel.deadline_ms() == house.now + 60_001, "nothing happens before the first third is over"
    assert heard_s(house, 180) == (180, 0)
    assert house.panel.area_status(1) % 16 == 2, "the alarm does not wait for a siren that is not there"
    assert heard_s(house, 300) == (0, 0)


def test_the_outdoor_siren_may_begin_later_and_still_has_its_whole_time() -> None:
    house = armed(siren_s=60, outdoor_s=30, outdoor_delay_s=90)
    house.opens(WINDOW)
    house.passes(60_000)
    assert (house.siren(), house.shown["outdoor"]) == ("off", "off")
    house.passes(29_999)
    assert house.shown["outdoor"] == "off"
    house.passes(1)
    assert (house.siren(), house.shown["outdoor"]) == ("off", "intrusion")
    house.passes(29_999)
    assert house.shown["outdoor"] == "intrusion"
    house.passes(1)
    assert house.shown["outdoor"] == "off"


def test_disarming_within_the_outdoor_delay_spares_the_neighbours() -> None:
    house = armed(outdoor_delay_s=60)
    house.opens(WINDOW)
    house.passes(59_999)
    house.keys(CODE, "disarm")
    assert heard_s(house, 300) == (0, 0)


def test_disarming_and_silencing_stop_both_sirens() -> None:
    house = armed()
    house.opens(WINDOW)
    assert house.shown["outdoor"] == "intrusion"
    house.command(SILENCE)
    assert (house.siren(), house.shown["outdoor"]) == ("off", "off")
    house.opens(BEDROOM)
    assert (house.siren(), house.shown["outdoor"]) == ("intrusion", "intrusion")
    house.keys(CODE, "disarm")
    assert (house.siren(), house.shown["outdoor"]) == ("off", "off")


def test_the_next_alarm_after_the_limit_sounds_again() -> None:
    house = armed()
    house.opens(WINDOW)
    house.passes(SIREN_MS)
    house.opens(BEDROOM)
    assert heard_s(house, 400) == (180, 180)


def test_an_alarm_lasts_until_the_later_of_both_limits() -> None:
    house = armed(siren_s=10, outdoor_s=60)
    house.opens(WINDOW)
    house.passes(59_999)
    assert house.panel.area_status(1) % 16 == 4
    house.passes(1)
    assert house.panel.area_status(1) % 16 == 2


def test_fire_sounds_indoors_for_three_minutes_at_least_and_outdoors_as_configured() -> None:
    for siren_s, outdoor_s, indoors_s in ((10, 30, 180), (10, 300, 180), (600, 60, 600), (179, 0, 180), (181, 0, 181)):
        house = House(siren_s=siren_s, outdoor_s=outdoor_s)
        house.opens(SMOKE)
        assert house.siren() == "fire"
        assert heard_s(house, 700) == (indoors_s, outdoor_s), siren_s


def test_every_alarm_has_its_own_sound_and_carbon_monoxide_is_heard_indoors_only() -> None:
    for zone, zone_type, indoors, outdoors in (
        (SMOKE, "fire", "fire", "fire"),
        (CO, "co", "co", "off"),
        (BUTTON, "hold_up", "hold-up", "hold-up"),
        (WINDOW, "instant", "intrusion", "intrusion"),
        (LID, "tamper", "intrusion", "intrusion"),
        (LEAK, "water", "off", "off"),
    ):
        house = House()
        house.fits(zone, type=zone_type)
        house.arms()
        house.opens(zone)
        assert (house.siren(), house.shown["outdoor"]) == (indoors, outdoors)


def test_carbon_monoxide_sounds_for_three_minutes_at_least() -> None:
    house = House(siren_s=10)
    house.fits(CO, type="co")
    house.opens(CO)
    assert heard_s(house, 400) == (180, 0)


def test_outdoors_a_burglary_is_still_heard_behind_carbon_monoxide() -> None:
    house = House()
    house.fits(CO, type="co")
    house.arms()
    house.opens(WINDOW, CO)
    assert (house.siren(), house.shown["outdoor"]) == ("co", "intrusion")


def test_water_on_the_floor_never_keeps_the_siren_from_a_burglary() -> None:
    house = House()
    house.fits(LEAK, type="water")
    house.arms()
    house.opens(LEAK, WINDOW)
    assert (house.siren(), house.shown["outdoor"]) == ("intrusion", "intrusion")
    house.closes(LEAK)
    house.passes(1000)
    house.opens(LEAK)
    assert (house.siren(), house.shown["outdoor"]) == ("intrusion", "intrusion")


def test_an_alarm_whose_own_siren_is_over_gives_way_to_one_that_still_sounds() -> None:
    house = House(siren_s=100)
    house.fits(BUTTON, type="hold_up")
    house.arms()
    house.opens(BUTTON)
    house.passes(50_000)
    house.opens(WINDOW)
    assert house.siren() == "hold-up"
    house.passes(50_000)
    assert house.siren() == "intrusion"


def test_every_further_detector_gives_the_fire_siren_its_whole_time_again_and_a_burglary_none() -> None:
    house = House()
    house.opens(SMOKE)
    house.passes(SIREN_MS - 1)
    house.opens(HEAT)
    assert heard_s(house, 400) == (180, 180)
    house = armed()
    house.opens(WINDOW)
    house.passes(100_000)
    house.opens(BEDROOM)
    assert heard_s(house, 400) == (80, 80)


def test_no_number_of_restarts_makes_a_siren_sound_longer() -> None:
    for opened in (WINDOW, BUTTON):
        for pause_s in (1, 7, 50):
            house = armed(siren_s=90, outdoor_s=120, outdoor_delay_s=30)
            house.fits(BUTTON, type="hold_up")
            house.opens(opened)
            indoors, outdoors = heard_s(house, 200, pause_s)
            assert 0 < indoors <= 90 and outdoors <= 120, (opened, pause_s)
            assert (house.siren(), house.shown["outdoor"]) == ("off", "off")


def test_a_single_restart_costs_a_siren_at_most_a_third_of_its_time() -> None:
    for after_s in (0, 29, 31, 59):
        house = armed(siren_s=90, outdoor_s=90)
        house.opens(WINDOW)
        house.passes(after_s * 1000)
        house.restart()
        indoors = heard_s(house, 200)[0]
        assert 90 - after_s - 31 <= indoors <= 90 - after_s, after_s


def test_a_restart_gives_fire_its_whole_time_again() -> None:
    house = House(siren_s=10)
    house.opens(SMOKE)
    house.passes(179_000)
    house.restart()
    assert house.siren() == "fire"
    assert heard_s(house, 400)[0] == 180
    house.restart()
    assert house.siren() == "off", "one that is over stays over"


def test_a_restart_in_the_outdoor_delay_begins_the_outdoor_siren_no_later() -> None:
    house = armed(siren_s=180, outdoor_s=120, outdoor_delay_s=60)
    house.opens(WINDOW)
    house.passes(59_000)
    house.restart()
    house.passes(1000)
    assert house.shown["outdoor"] == "intrusion"


def test_a_shorter_limit_configured_meanwhile_holds_after_the_restart() -> None:
    house = armed(siren_s=900, outdoor_s=900)
    house.fits(BUTTON, type="hold_up")
    for zone in (WINDOW, BUTTON):
        house.opens(zone)
    house.config["siren_s"] = house.config["outdoor_s"] = 20
    house.restart()
    assert house.siren() == "hold-up"
    house.passes(20_000)
    assert (house.siren(), house.shown["outdoor"]) == ("off", "off")


def test_a_siren_that_is_over_stays_over_after_a_restart() -> None:
    house = armed()
    house.opens(WINDOW)
    house.passes(SIREN_MS)
    house.restart()
    assert heard_s(house, 200) == (0, 0)
    assert house.lamp("alarm") and house.display() == ("Armed, alarm in", "Zone 3")


def test_a_fire_is_heard_outdoors_at_once_and_each_further_trip_is_too() -> None:
    house = armed(outdoor_delay_s=60)
    house.opens(SMOKE)
    assert house.shown["outdoor"] == "fire"
    house.passes(100_000)
    house.opens(HEAT)
    assert house.shown["outdoor"] == "fire"
