"""Fire: on in every state, silenced by disarming, a fire until the detectors clear."""

from panel_house import ANNA, CODE, EXIT_MS, FRONT_DOOR, HEAT, SILENCE, SIREN_MS, SMOKE, WINDOW, House


def test_smoke_needs_no_arming() -> None:
    house = House()
    house.opens(SMOKE)
    assert house.full_events() == [(1111, 1, SMOKE, 0, 0, 0)]
    assert house.siren() == "fire"
    assert house.display() == ("FIRE", f"Zone {SMOKE}")


def test_fire_alarms_in_every_state_and_outsounds_an_intrusion() -> None:
    for mode in ("away", "home"):
        for moment in range(4):
            house = House()
            house.keys(CODE, mode)
            if moment > 0:
                house.passes(EXIT_MS)
            if moment > 1:
                house.opens(FRONT_DOOR)
            if moment > 2:
                house.opens(WINDOW)
            house.forget()
            house.opens(SMOKE)
            assert house.events() == [(1111, SMOKE)]
            assert house.siren() == "fire"


def test_disarming_silences_fire_names_who_did_it_and_is_neither_cancel_nor_disarming() -> None:
    house = House()
    house.opens(SMOKE)
    house.forget()
    house.keys(CODE, "disarm")
    assert house.full_events() == [(6111, 1, SMOKE, ANNA, 1, 0)]
    assert house.siren() == "off"
    assert house.display() == ("Fire silenced", f"Air out Zone {SMOKE}")


def test_a_silenced_fire_ends_when_its_detector_clears() -> None:
    house = House()
    house.opens(SMOKE)
    house.keys(CODE, "disarm")
    house.forget()
    house.passes(10 * SIREN_MS)
    assert house.events() == [] and house.lamp("alarm")
    house.closes(SMOKE)
    assert house.events() == [(3111, SMOKE)]
    house.keys(CODE, "disarm")
    assert house.display() == ("Disarmed", "Ready") and not house.lamp("alarm")


def test_a_second_detector_sounds_a_silenced_fire_again() -> None:
    house = House()
    house.opens(SMOKE)
    house.keys(CODE, "disarm")
    house.forget()
    house.opens(HEAT)
    assert house.events() == [(1111, HEAT)]
    assert house.siren() == "fire"


def test_the_same_detector_sounds_again_after_it_had_cleared() -> None:
    house = House()
    house.opens(SMOKE, HEAT)
    house.keys(CODE, "disarm")
    house.closes(SMOKE)
    assert house.siren() == "off"
    house.opens(SMOKE)
    assert house.siren() == "fire"


def test_thinning_smoke_does_not_stop_the_siren_but_is_told() -> None:
    house = House()
    house.opens(SMOKE, HEAT)
    house.closes(SMOKE, HEAT)
    assert house.events() == [(1111, SMOKE), (1111, HEAT), (3111, SMOKE), (3111, HEAT)]
    assert house.siren() == "fire"
    house.passes(1000)
    house.keys(CODE, "disarm")
    assert house.siren() == "off"
    assert house.display() == ("There was a fire", f"Zone {SMOKE}")


def test_a_fire_nobody_answered_is_remembered() -> None:
    house = House()
    house.opens(SMOKE)
    house.closes(SMOKE)
    house.passes(SIREN_MS)
    assert house.siren() == "off" and house.lamp("alarm")
    assert house.display() == ("FIRE: centre", "not informed 112")
    house.keys(CODE, "disarm")
    assert house.display() == ("Disarmed", "Ready")


def test_the_fire_siren_sounds_at_least_three_minutes_however_short_the_intrusion_siren() -> None:
    house = House(siren_s=10)
    house.opens(SMOKE)
    house.passes(179999)
    assert house.siren() == "fire"
    house.passes(1)
    assert house.siren() == "off" and house.lamp("alarm")
    house.closes(SMOKE)
    assert house.events() == [(1111, SMOKE), (3111, SMOKE)]


def test_a_longer_siren_limit_holds_for_fire_too() -> None:
    house = House(siren_s=300)
    house.opens(SMOKE)
    house.passes(299999)
    assert house.siren() == "fire"
    house.passes(1)
    assert house.siren() == "off"


def test_a_second_detector_gives_the_siren_its_whole_time_again() -> None:
    house = House()
    house.opens(SMOKE)
    house.passes(SIREN_MS - 1)
    house.opens(HEAT)
    house.passes(SIREN_MS - 1)
    assert house.siren() == "fire"
    house.passes(1)
    assert house.siren() == "off"


def test_disarming_an_armed_house_on_fire_disarms_and_silences() -> None:
    house = House()
    house.arms()
    house.opens(SMOKE)
    house.forget()
    house.keys(CODE, "disarm")
    assert house.events() == [(1401, 0), (6111, SMOKE)]


def test_silencing_by_command_leaves_the_house_armed() -> None:
    house = House()
    house.arms()
    house.opens(SMOKE, WINDOW)
    house.forget()
    status, detail = house.command(SILENCE)
    assert status == 0 and detail == 256 * 3 + 16 * 1 + 2
    assert house.full_events() == [(6130, 1, WINDOW, ANNA, 2, 0), (6111, 1, SMOKE, ANNA, 2, 0)]
    assert house.siren() == "off" and house.lamp("armed")


def test_an_intrusion_still_sounds_when_the_fire_siren_has_ended() -> None:
    house = House(siren_s=300)
    house.arms()
    house.opens(SMOKE)
    house.passes(200000)
    house.opens(WINDOW)
    assert house.siren() == "fire"
    house.passes(100000)
    assert house.siren() == "intrusion"


def test_arming_during_a_fire_neither_stops_the_siren_nor_hides_the_zone() -> None:
    house = House()
    house.opens(SMOKE)
    house.keys(CODE, "away")
    assert house.siren() == "fire"
    assert house.display() == ("FIRE", f"Zone {SMOKE}")


def test_a_detector_still_tripped_at_an_arming_after_the_fire_stays_on_the_display() -> None:
    house = House()
    house.opens(SMOKE)
    house.keys(CODE, "disarm")
    house.keys(CODE, "disarm")
    assert house.display() == ("Fire silenced", f"Air out Zone {SMOKE}")


def test_each_detector_of_a_silenced_fire_is_told_when_it_clears() -> None:
    house = House()
    house.opens(SMOKE, HEAT)
    house.keys(CODE, "disarm")
    house.forget()
    house.closes(SMOKE)
    assert house.full_events() == [(3111, 1, SMOKE, 0, 0, 0)]
    assert house.display() == ("Fire silenced", f"Air out Zone {HEAT}")
    house.closes(HEAT)
    assert house.events() == [(3111, SMOKE), (3111, HEAT)]
