"""Troubles of contact over restarts and other configurations: told once, and not for ever."""

from contact_support import HOUR_MS, IP, MOBILE, TROUBLES, codes, flaps, told
from panel_house import House


def test_a_trouble_outlives_a_restart_without_being_told_again() -> None:
    for begins, ends, _, restore, line in TROUBLES:
        house = House()
        house.says(*begins)
        house.restart()
        house.forget()
        assert house.lamp("fault") and house.display()[0] == line
        house.says(*begins)
        assert told(house) == []
        house.says(*ends)
        assert told(house) == [restore]


def test_what_nobody_says_anew_after_a_restart_is_over_within_the_hour() -> None:
    for begins, _, _, restore, _ in TROUBLES:
        house = House()
        house.says(*begins)
        house.restart()
        house.forget()
        house.passes(HOUR_MS - 1)
        assert told(house) == []
        house.passes(1)
        assert told(house) == [restore], begins
        house.passes(2 * HOUR_MS)
        assert told(house) == [restore]


def test_what_is_said_anew_after_a_restart_goes_on_for_as_long_as_it_lasts() -> None:
    for begins, _, _, _, _ in TROUBLES:
        house = House()
        house.says(*begins)
        house.restart()
        house.forget()
        house.says(*begins)
        house.passes(24 * HOUR_MS)
        assert told(house) == [], begins


def test_the_first_path_used_after_a_restart_answers_and_so_is_whole_again() -> None:
    for path, codes_of_path in ((IP, [3354, 3351]), (MOBILE, [3354, 3352, 1350])):
        house = House()
        for event in (("no-contact", True), ("path", IP, False), ("path", MOBILE, False)):
            house.says(*event)
        house.restart()
        house.forget()
        house.says("path-used", path)
        assert codes(house) == codes_of_path


def test_a_path_that_is_used_though_it_was_found_faulty_is_whole_only_when_that_is_said() -> None:
    for restarts in (False, True):
        house = House()
        house.says("path", MOBILE, False)
        if restarts:
            house.restart()
            house.says("path", MOBILE, False)
        house.forget()
        house.says("path-used", MOBILE)
        assert codes(house) == [1350]
        house.says("path", MOBILE, True)
        assert codes(house) == [1350, 3352]


def test_a_restart_while_a_restore_is_held_still_restores_it() -> None:
    house = House()
    flaps(house, 5, ("path", IP, False), ("path", IP, True))
    house.restart()
    house.forget()
    house.passes(HOUR_MS)
    assert codes(house) == [3351]


def test_a_snapshot_without_contact_is_one_of_a_panel_that_had_no_trouble() -> None:
    house = House()
    assert "contact" not in house.panel.snapshot()
    house.says("path", IP, False)
    saved = house.panel.snapshot()
    assert saved["contact"] == 8 and house.saved == saved
    del saved["contact"]
    house.saved = saved
    house.restart()
    assert not house.lamp("fault")


def test_bits_of_newer_firmware_in_a_snapshot_are_forgotten() -> None:
    house = House()
    house.says("path", IP, False)
    house.saved = dict(house.saved, contact=8 + 64 + 1024)
    house.restart()
    assert house.panel.site.contact.told == 8 and house.saved["contact"] == 8


def test_another_configuration_leaves_told_what_was_told() -> None:
    house = House()
    flaps(house, 5, ("path", IP, False), ("path", IP, True))
    house.says("no-contact", True)
    house.forget()
    house.takes_over(siren_s=60)
    assert told(house) == [] and house.lamp("fault")
    house.says("path", IP, True)
    house.says("no-contact", False)
    assert codes(house) == [3354], "the path is still held"
    house.passes(HOUR_MS)
    assert codes(house) == [3354, 3351]
