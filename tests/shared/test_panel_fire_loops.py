"""Fire loops: verification by a second pulse, their reset, what silencing makes of them, and their faults."""

from panel_devices import CUT, QUIET, SHORT, SMOKY, loop
from panel_house import ANNA, CODE, SILENCE, SIREN_MS, SMOKE, House

HALL, CELLAR, ATTIC = 11, 12, 13
RESET_MS = 5000
VERIFY_MS = 90_000
TRUSTED_MS = 60_000


def loops(verify: bool = True, **changes: object) -> House:
    """Two verifying loops, one in the attic that needs no verification, and a smoke alarm with a contact."""
    zones = [loop(HALL, verify=verify), loop(CELLAR, verify=verify), loop(ATTIC)]
    zones.append({"number": SMOKE, "type": "fire", "area": 1})
    house = House(zones=zones, **changes)
    for zone in (HALL, CELLAR, ATTIC):
        house.measures(zone, QUIET)
    house.forget()
    return house


def power(house: House) -> "list[tuple[int, bool]]":
    """What was done to the loops' power since `forget`."""
    return [item[2] for item in house.heard if item[:2] == ("show", "loop")]


def pulses(house: House, zone: int) -> None:
    """A detector trips, is reset by the panel, and is quiet again."""
    house.measures(zone, SMOKY)
    house.lines[zone] = QUIET
    house.passes(RESET_MS)
    house.says("line", zone, QUIET)


def burns_and_is_silenced(house: House, zone: int) -> None:
    house.measures(zone, SMOKY)
    house.keys(CODE, "disarm")


def test_the_first_pulse_resets_the_loop_and_is_told_as_near_alarm() -> None:
    house = loops()
    house.measures(HALL, SMOKY)
    assert house.full_events() == [(1118, 1, HALL, 0, 0, 0)]
    assert power(house) == [(HALL, False)] and house.siren() == "off"
    house.passes(RESET_MS - 1)
    assert power(house) == [(HALL, False)]
    house.passes(1)
    assert power(house) == [(HALL, False), (HALL, True)]


def test_the_second_pulse_within_90_seconds_is_a_fire() -> None:
    house = loops()
    pulses(house, HALL)
    house.passes(VERIFY_MS - RESET_MS - 402)
    house.measures(HALL, SMOKY)
    assert house.events() == [(1118, HALL), (1111, HALL)] and house.siren() == "fire"
    assert power(house) == [(HALL, False), (HALL, True)], "it stays latched for the firemen to see"


def test_the_second_pulse_at_exactly_90_seconds_is_a_fire_and_later_it_is_a_first_one() -> None:
    for late_ms, events in ((0, [(1111, HALL)]), (1, [(1118, HALL)])):
        house = loops()
        house.measures(HALL, SMOKY)
        house.forget()
        house.says("line", HALL, QUIET)
        house.passes(VERIFY_MS - 401 + late_ms)
        house.measures(HALL, SMOKY)
        assert house.events() == events


def test_smoke_that_stays_is_a_fire_as_soon_as_the_loop_has_power_again() -> None:
    house = loops()
    house.measures(HALL, SMOKY)
    house.passes(RESET_MS)
    house.measures(HALL, SMOKY)
    assert house.events() == [(1118, HALL), (1111, HALL)]


def test_a_late_second_pulse_begins_anew() -> None:
    house = loops()
    pulses(house, HALL)
    house.passes(VERIFY_MS)
    pulses(house, HALL)
    assert house.events() == [(1118, HALL), (1118, HALL)]
    house.measures(HALL, SMOKY)
    assert house.events()[2:] == [(1111, HALL)]


def test_after_a_fire_verification_begins_anew() -> None:
    house = loops()
    pulses(house, HALL)
    house.measures(HALL, SMOKY)
    house.measures(HALL, QUIET)
    house.keys(CODE, "disarm")
    house.forget()
    house.measures(HALL, SMOKY)
    assert house.events() == [(1118, HALL)]


def test_what_is_measured_while_the_power_is_off_means_nothing() -> None:
    house = loops()
    house.measures(HALL, SMOKY)
    for ohms in (CUT, QUIET, SMOKY, SHORT):
        house.measures(HALL, ohms)
    house.measures(HALL, CUT)
    house.lines[HALL] = QUIET
    house.passes(RESET_MS)
    house.measures(HALL, QUIET)
    assert house.events() == [(1118, HALL)]


def test_a_second_detector_needs_no_second_pulse() -> None:
    house = loops()
    pulses(house, HALL)
    house.measures(CELLAR, SMOKY)
    assert house.events() == [(1118, HALL), (1111, CELLAR)] and house.siren() == "fire"


def test_a_second_detector_after_90_seconds_is_verified_by_itself() -> None:
    for late_ms, code in ((0, 1111), (1, 1118)):
        house = loops()
        house.measures(HALL, SMOKY)
        house.says("line", HALL, QUIET)
        house.passes(VERIFY_MS - 401 + late_ms)
        house.measures(CELLAR, SMOKY)
        assert house.events() == [(1118, HALL), (code, CELLAR)]


def test_beside_a_burning_detector_nothing_is_verified() -> None:
    house = loops()
    house.opens(SMOKE)
    house.measures(HALL, SMOKY)
    assert house.events() == [(1111, SMOKE), (1111, HALL)]


def test_a_loop_without_verification_alarms_at_once() -> None:
    house = loops()
    house.measures(ATTIC, SMOKY)
    assert house.events() == [(1111, ATTIC)] and power(house) == []


def test_a_loop_found_latched_at_a_start_is_verified_too() -> None:
    house = loops()
    house.lines[HALL] = SMOKY
    house.restart()
    assert house.events() == [(1118, HALL)] and power(house) == [(HALL, False)]


def test_a_silenced_loop_is_reset_and_ends_when_it_is_clear() -> None:
    house = loops()
    house.measures(ATTIC, SMOKY)
    house.forget()
    house.keys(CODE, "disarm")
    assert house.full_events() == [(6111, 1, ATTIC, ANNA, 1, 0)]
    assert power(house) == [(ATTIC, False)]
    house.passes(RESET_MS)
    assert power(house) == [(ATTIC, False), (ATTIC, True)]
    house.measures(ATTIC, QUIET)
    house.passes(TRUSTED_MS - 402)
    assert house.events()[1:] == [], "a detector needs its time to trip again"
    house.passes(1)
    assert house.events()[1:] == [(3111, ATTIC)]
    assert house.display() == ("There was a fire", f"Zone {ATTIC}")


def test_a_silenced_loop_that_latches_again_is_reset_again_until_it_is_clear() -> None:
    house = loops()
    burns_and_is_silenced(house, ATTIC)
    house.forget()
    for _ in range(3):
        house.passes(RESET_MS)
        house.measures(ATTIC, SMOKY)
        house.passes(TRUSTED_MS - 401)
    assert house.events() == [] and house.siren() == "off", "it is still the fire that was silenced"
    assert power(house) == [(ATTIC, True), (ATTIC, False)] * 3
    house.lines[ATTIC] = QUIET
    house.passes(RESET_MS)
    house.measures(ATTIC, QUIET)
    house.passes(TRUSTED_MS)
    assert house.events() == [(3111, ATTIC)]


def test_silencing_by_command_and_the_button_reset_too() -> None:
    house = loops()
    house.measures(ATTIC, SMOKY)
    house.forget()
    house.says("button", ATTIC)
    assert power(house) == [], "the button alone silences nothing"
    house.command(SILENCE)
    assert power(house) == [(ATTIC, False)]


def test_the_button_resets_a_loop_whose_siren_has_ended() -> None:
    house = loops()
    house.measures(ATTIC, SMOKY)
    house.passes(SIREN_MS)
    assert power(house) == [] and house.siren() == "off"
    house.says("button", ATTIC)
    assert power(house) == [(ATTIC, False)]


def test_a_reset_that_runs_is_not_begun_again() -> None:
    house = loops()
    burns_and_is_silenced(house, ATTIC)
    house.forget()
    house.keys(CODE, "disarm")
    house.passes(RESET_MS)
    house.says("button", ATTIC)
    house.says("button", ATTIC)
    assert power(house) == [(ATTIC, True)]


def test_only_loops_are_reset() -> None:
    house = loops()
    house.opens(SMOKE)
    house.forget()
    house.keys(CODE, "disarm")
    assert power(house) == []


def test_a_fire_button_on_a_loop_is_not_reset() -> None:
    house = House(zones=[loop(HALL, sensor="button")])
    house.measures(HALL, QUIET)
    house.measures(HALL, SHORT)
    assert house.events() == [(1115, HALL)]
    house.keys(CODE, "disarm")
    house.measures(HALL, QUIET)
    assert house.events()[1:] == [(6111, HALL), (3115, HALL)] and power(house) == []


def test_a_detector_that_sounds_keeps_its_power_while_a_silenced_one_is_reset() -> None:
    house = loops(verify=False)
    burns_and_is_silenced(house, ATTIC)
    house.passes(RESET_MS)
    house.measures(ATTIC, SMOKY)
    house.measures(HALL, SMOKY)
    assert house.siren() == "fire"
    house.forget()
    house.passes(TRUSTED_MS)
    assert power(house) == [(ATTIC, False)]


def test_a_cut_loop_is_a_fault_and_neither_fire_nor_tamper() -> None:
    house = loops()
    house.measures(HALL, CUT)
    assert house.full_events() == [(1373, 1, HALL, 0, 0, 0)]
    assert house.siren() == "off" and house.shown["buzzer"] == "off"
    assert house.display() == ("Sensor fault", f"Zone {HALL}") and house.lamp("fault")
    house.measures(HALL, QUIET)
    assert house.events() == [(1373, HALL), (3373, HALL)] and not house.lamp("fault")


def test_a_cut_loop_refuses_no_arming() -> None:
    house = loops()
    house.measures(HALL, CUT)
    house.arms()


def test_a_loop_cut_while_the_panel_was_down_is_told_once() -> None:
    house = loops()
    house.lines[HALL] = CUT
    house.restart()
    house.restart()
    assert house.events() == [(1373, HALL)]


def test_a_loop_that_burns_through_is_still_a_fire_and_its_mending_is_told() -> None:
    house = loops()
    house.measures(ATTIC, SMOKY)
    house.measures(ATTIC, CUT)
    house.keys(CODE, "disarm")
    house.forget()
    house.passes(RESET_MS)
    house.measures(ATTIC, CUT)
    house.passes(TRUSTED_MS - 401)
    assert house.events() == [] and house.display() == ("Fire silenced", f"Air out Zone {ATTIC}")
    house.passes(RESET_MS)
    house.measures(ATTIC, QUIET)
    house.passes(TRUSTED_MS)
    assert house.events() == [(3373, ATTIC), (3111, ATTIC)]


def test_a_restart_in_a_fire_goes_on_with_it() -> None:
    house = loops()
    house.measures(ATTIC, SMOKY)
    house.forget()
    house.restart()
    assert house.siren() == "fire" and house.events() == []
    house.measures(ATTIC, QUIET)
    assert house.events() == [(3111, ATTIC)]


def test_a_reset_goes_on_under_a_new_configuration() -> None:
    house = loops()
    burns_and_is_silenced(house, ATTIC)
    house.passes(RESET_MS)
    house.measures(ATTIC, SMOKY)
    house.forget()
    house.takes_over(siren_s=200)
    house.passes(TRUSTED_MS - 401)
    assert power(house) == [(ATTIC, False)] and house.events() == []


def test_a_first_pulse_counts_under_a_new_configuration() -> None:
    house = loops()
    pulses(house, HALL)
    house.takes_over(siren_s=200)
    house.measures(HALL, SMOKY)
    assert house.events() == [(1118, HALL), (1111, HALL)]


def test_a_loop_without_power_gets_it_back_under_a_new_configuration() -> None:
    house = loops()
    house.measures(HALL, SMOKY)
    assert not house.panel.site.is_settled()
    house.takes_over(siren_s=200)
    house.forget()
    house.passes(RESET_MS)
    assert power(house) == [(HALL, True)] and house.panel.site.is_settled()


def test_a_button_that_nobody_knows_resets_nothing() -> None:
    house = loops()
    house.measures(ATTIC, SMOKY)
    house.passes(SIREN_MS)
    house.says("button", 99)
    assert power(house) == []


def test_a_sample_without_power_means_nothing_even_when_something_else_is_due() -> None:
    house = loops()
    house.keys(CODE, "away")
    house.passes(57_000)
    house.measures(HALL, SMOKY)
    house.forget()
    house.now += 3000  # The end of the exit delay, which nobody has been woken for.
    house.says("line", HALL, SMOKY)
    house.passes(RESET_MS)
    assert house.events() == [] and house.siren() == "off"
    house.measures(HALL, SMOKY)
    assert house.events() == [(1111, HALL)], "the smoke is still there"
