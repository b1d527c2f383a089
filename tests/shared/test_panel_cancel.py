"""Cancel: an accidental alarm that its own people end in time is reported as one; under duress nothing is."""

from hemlarm_firmware.panel.codes import hash_tag
from panel_house import (
    ANNA,
    BEDROOM,
    BO,
    CODE,
    DISARM,
    ENTRY_MS,
    FRONT_DOOR,
    OTHER_CODE,
    SALT,
    SILENCE,
    SIREN_MS,
    SMOKE,
    WINDOW,
    WRONG_CODE,
    House,
    quick_hash,
)

DURESS = "4321"  # Anna's.
TAG = b"\x01\x02\x03\x04"  # Bo's second one.
CANCEL_MS = 300_000


def armed(**changes: object) -> House:
    """An armed house; Anna has a duress code and Bo a tag."""
    house = House(**changes)
    house.config["users"][0]["duress"] = quick_hash(DURESS, SALT)
    house.config["users"][1]["tags"] = [hash_tag(b"\x09\x09\x09\x09", SALT), hash_tag(TAG, SALT)]
    house.start()
    house.arms()
    return house


def test_an_alarm_ended_within_the_time_is_a_cancel_by_whoever_ended_it() -> None:
    house = armed()
    house.opens(WINDOW)
    house.passes(CANCEL_MS - 1)
    house.forget()
    house.keys(OTHER_CODE, "disarm")
    assert house.full_events() == [(1401, 1, 0, BO, 1, 0), (1406, 1, WINDOW, BO, 1, 0)]


def test_an_alarm_ended_later_is_disarmed_and_no_cancel() -> None:
    house = armed()
    house.opens(WINDOW)
    house.passes(CANCEL_MS)
    house.forget()
    house.keys(CODE, "disarm")
    assert house.events() == [(1401, 0)]


def test_the_time_is_configured_and_0_means_never() -> None:
    for cancel_s in (1, 900):
        for late in (0, 1):
            house = armed(cancel_s=cancel_s)
            house.opens(WINDOW)
            house.forget()
            house.passes(cancel_s * 1000 - 1 + late)
            house.command(DISARM)
            assert ((1406, WINDOW) in house.events()) == (not late), (cancel_s, late)
    house = armed(cancel_s=0)
    house.opens(WINDOW)
    house.forget()
    house.keys(CODE, "disarm")
    assert house.events() == [(1401, 0)]


def test_a_tag_and_a_command_cancel_too_each_with_its_own_name() -> None:
    house = armed()
    house.opens(WINDOW)
    house.forget()
    house.says("tag", TAG)
    assert house.full_events() == [(1401, 1, 0, BO, 17, 0), (1406, 1, WINDOW, BO, 17, 0)]
    house = armed()
    house.opens(WINDOW)
    house.forget()
    house.command(DISARM, 1, ANNA)
    assert house.full_events() == [(1401, 1, 0, ANNA, 2, 0), (1406, 1, WINDOW, ANNA, 2, 0)]


def test_a_duress_code_never_cancels() -> None:
    house = armed()
    house.opens(WINDOW)
    house.forget()
    house.keys(DURESS, "disarm")
    assert house.full_events() == [(1401, 1, 0, ANNA, 1, 0), (1121, 1, 0, ANNA, 1, 0)]
    house.keys(CODE, "disarm")
    house.closes(WINDOW)
    house.arms()
    house.keys(CODE, "disarm")
    assert house.events() == [(1401, 0)], "nor does an ordinary code afterwards"


def test_the_disarming_after_a_duress_is_an_ordinary_one_again() -> None:
    house = armed()
    house.keys(DURESS, "disarm")
    house.arms()
    house.opens(WINDOW)
    house.keys(CODE, "disarm")
    assert house.events() == [(1130, WINDOW), (1401, 0), (1406, WINDOW)]


def test_duress_looks_and_sounds_as_an_ordinary_disarming_and_is_saved_alike() -> None:
    noticed = []
    for code in (CODE, DURESS):
        house = armed()
        house.opens(FRONT_DOOR)
        house.passes(ENTRY_MS)
        house.opens(SMOKE)
        house.forget()
        house.keys(code, "disarm")
        house.passes(SIREN_MS)
        noticed.append(([item for item in house.heard if item[0] != "event"], house.shown, house.saved))
    assert noticed[0] == noticed[1]


def test_a_wrong_code_cancels_nothing() -> None:
    house = armed()
    house.opens(WINDOW)
    house.forget()
    house.keys(WRONG_CODE, "disarm")
    assert house.events() == [] and house.siren() == "intrusion"


def test_the_time_runs_from_the_first_alarm_and_no_further_one_prolongs_it() -> None:
    house = armed()
    house.opens(WINDOW)
    house.passes(CANCEL_MS - 1)
    house.opens(BEDROOM)
    house.passes(1)
    house.forget()
    house.keys(CODE, "disarm")
    assert house.events() == [(1401, 0)]


def test_an_alarm_after_the_time_has_a_time_of_its_own() -> None:
    house = armed()
    house.opens(WINDOW)
    house.passes(CANCEL_MS)
    house.opens(BEDROOM)
    house.passes(CANCEL_MS - 1)
    house.forget()
    house.keys(CODE, "disarm")
    assert house.events() == [(1401, 0), (1406, WINDOW)]


def test_silencing_is_no_cancel_but_the_disarming_behind_it_is() -> None:
    house = armed()
    house.opens(WINDOW)
    house.forget()
    house.command(SILENCE)
    assert house.events() == [(6130, WINDOW)]
    house.keys(CODE, "disarm")
    assert house.events() == [(6130, WINDOW), (1401, 0), (1406, WINDOW)]


def test_a_cancel_is_told_once() -> None:
    house = armed()
    house.opens(WINDOW)
    house.keys(CODE, "disarm")
    house.closes(WINDOW)
    house.arms()
    house.passes(1)
    house.keys(CODE, "disarm")
    house.keys(CODE, "disarm")
    assert house.events() == [(1401, 0)]


def test_a_fire_is_silenced_and_never_cancelled() -> None:
    house = armed()
    house.opens(SMOKE)
    house.forget()
    house.keys(CODE, "disarm")
    assert house.events() == [(1401, 0), (6111, SMOKE)]


def test_disarming_in_the_entry_delay_is_no_cancel() -> None:
    house = armed()
    house.opens(FRONT_DOOR)
    house.keys(CODE, "disarm")
    assert house.events() == [(6134, FRONT_DOOR), (1401, 0)]


def test_a_restart_gives_the_person_the_whole_time_again_and_no_more() -> None:
    for late in (0, 1):
        house = armed()
        house.opens(WINDOW)
        house.passes(CANCEL_MS - 1)
        house.restart()
        house.passes(CANCEL_MS - 1 + late)
        house.forget()
        house.keys(CODE, "disarm")
        assert ((1406, WINDOW) in house.events()) == (not late)


def test_after_a_restart_past_the_time_it_is_no_cancel() -> None:
    house = armed()
    house.opens(WINDOW)
    house.passes(CANCEL_MS)
    house.restart()
    house.forget()
    house.keys(CODE, "disarm")
    assert house.events() == [(1401, 0)]


def test_a_shorter_time_configured_meanwhile_holds_after_the_restart() -> None:
    house = armed()
    house.opens(WINDOW)
    house.config["areas"][0]["cancel_s"] = 60
    house.restart()
    house.passes(60_000)
    house.forget()
    house.keys(CODE, "disarm")
    assert house.events() == [(1401, 0)]


def test_only_the_area_that_alarmed_is_cancelled() -> None:
    house = armed()
    house.config["areas"].append({"number": 2, "exit_s": 0})
    house.fits(21, type="instant", area=2)
    house.command(2, 2)
    house.opens(21)
    house.forget()
    house.keys(CODE, "disarm")
    assert [event[:3] for event in house.full_events()] == [(1401, 1, 0), (1401, 2, 0), (1406, 2, 21)]


def test_a_cancel_ends_its_time_and_the_next_alarm_has_its_own() -> None:
    house = armed()
    house.opens(WINDOW)
    house.passes(200_000)
    house.keys(CODE, "disarm")
    assert house.panel.deadline_ms() is None
    house.closes(WINDOW)
    house.arms()
    house.opens(WINDOW)
    house.passes(CANCEL_MS - 1)
    house.forget()
    house.keys(CODE, "disarm")
    assert house.events() == [(1401, 0), (1406, WINDOW)]
