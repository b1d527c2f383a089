"""Contact with the world: faulty paths and that nothing answers are told, shown, restored, and never a flood."""

from contact_support import HOUR_MS, IP, MINUTE_MS, MOBILE, TROUBLES, codes, flaps, told
from panel_house import CODE, DISARM, WINDOW, House


def test_every_trouble_is_told_and_shown_at_once_and_restored_once() -> None:
    for begins, ends, fault, restore, line in TROUBLES:
        house = House()
        house.forget()
        house.says(*begins)
        assert told(house) == [fault], begins
        assert house.lamp("fault") and house.display()[0] == line, begins
        house.says(*begins)
        assert told(house) == [fault], "known already"
        house.says(*ends)
        assert told(house) == [fault, restore], ends
        assert not house.lamp("fault") and house.display() == ("Disarmed", "Ready")
        house.says(*ends)
        house.passes(3 * HOUR_MS)
        assert told(house) == [fault, restore], "restored once"


def test_nothing_is_restored_that_was_never_told() -> None:
    house = House()
    house.forget()
    for _, ends, _, _, _ in TROUBLES:
        house.says(*ends)
    house.passes(2 * HOUR_MS)
    assert house.heard == [] and house.saves() == 0


def test_no_trouble_of_contact_makes_a_sound_or_disturbs_an_armed_house() -> None:
    house = House()
    house.arms()
    for begins, ends, _, _, _ in TROUBLES:
        house.says(*begins)
        assert house.lamp("fault") and house.display() == ("Armed", "Away")
        house.passes(MINUTE_MS)
        house.says(*ends)
    assert [item for item in house.heard if item[0] == "show" and item[1] != "lamp"] == []
    assert house.siren() == "off" and house.panel.area_status(1) % 16 == 2


def test_an_alarm_goes_before_every_trouble_of_contact() -> None:
    house = House()
    house.arms()
    for begins, _, _, _, _ in TROUBLES:
        house.says(*begins)
    house.opens(WINDOW)
    assert house.siren() == "intrusion" and house.display()[0] == "BURGLARY"
    house.command(DISARM)
    house.closes(WINDOW)
    house.keys(CODE, "disarm")
    assert house.display()[0] == "No contact with"


def test_a_fault_of_the_contact_does_not_refuse_arming() -> None:
    house = House()
    for begins, _, _, _, _ in TROUBLES:
        house.says(*begins)
    house.arms()


def test_the_display_names_the_most_telling_trouble_that_is_left() -> None:
    house = House()
    for begins, _, _, _, _ in TROUBLES:
        house.says(*begins)
    shown = []
    for ends in (("no-contact", False), ("jammed", 2, False), ("path", 1, True)):
        shown.append(house.display())
        house.says(*ends)
    shown.append(house.display())
    house.says("path", 2, True)
    shown.append(house.display())
    assert shown == [
        ("No contact with", "alarm centre"),
        ("Radio jammed", "Mobile network"),
        ("Broadband fault", "Check the router"),
        ("Mobile fault", "Call installer"),
        ("Connected by", "mobile network"),
    ]


def test_power_goes_before_contact_and_contact_before_a_zone() -> None:
    house = House()
    house.fits(5, type="instant", sensor="contact", radio=b"door", key=bytes(16))
    house.hears(5, 4)
    assert house.display() == ("Battery low", "Zone 5")
    house.says("path", 1, False)
    assert house.display()[0] == "Broadband fault"
    house.says("power", False, 12_700, -100, 200)
    assert house.display()[0] == "Mains lost"


def test_the_first_path_after_a_start_is_news_only_if_it_is_the_mobile_one() -> None:
    house = House()
    house.forget()
    house.says("path-used", IP)
    assert house.heard == []
    house.says("path-used", MOBILE)
    house.says("path-used", MOBILE)
    assert told(house) == [(1350, 2, 0)]
    house.restart()
    house.says("path-used", MOBILE)
    assert told(house) == [(1350, 2, 0)], "told before the restart"
    house.says("path-used", IP)
    assert told(house) == [(1350, 2, 0), (3350, 1, 0)]


def test_a_path_that_is_none_does_not_end_the_use_of_the_mobile_one() -> None:
    house = House()
    house.says("path-used", MOBILE)
    house.forget()
    for path in (0, 3):
        house.says("path-used", path)
    assert house.heard == []


def test_what_names_no_path_and_no_radio_has_no_effect() -> None:
    house = House()
    house.forget()
    for event in (("path", 0, False), ("path", 3, False), ("path-used", 3), ("path-used", 0), ("jammed", 3, True)):
        house.says(*event)
    house.says("jammed", 0, True)
    house.says("jammed", 1, True)
    assert house.heard == [], "of the sensors' radio the noise tells"


# What comes again and again.


def test_a_path_that_comes_and_goes_is_told_three_times_and_then_held_until_it_is_quiet_for_an_hour() -> None:
    for begins, ends, fault, restore, _ in TROUBLES:
        house = House()
        house.forget()
        flaps(house, 600, begins, ends)
        assert told(house) == [fault, restore, fault, restore, fault], begins
        assert house.lamp("fault") and house.saves() == 5
        house.forget()
        house.passes(HOUR_MS - MINUTE_MS // 2 - 1)
        assert told(house) == [] and house.lamp("fault")
        house.passes(1)
        assert told(house) == [restore] and not house.lamp("fault")


def test_after_a_quiet_hour_a_fault_counts_from_the_beginning() -> None:
    house = House()
    for _ in range(5):
        flaps(house, 2, ("path", IP, False), ("path", IP, True))
        house.passes(HOUR_MS)
    assert codes(house) == [1351, 3351] * 10
    house.forget()
    for _ in range(2):
        flaps(house, 9, ("path", IP, False), ("path", IP, True))
        house.passes(HOUR_MS)
    assert codes(house) == [1351, 3351] * 6, "a held one too"


def test_a_fault_counts_as_again_until_a_whole_hour_was_quiet() -> None:
    for quiet_ms, again in ((HOUR_MS, [1351, 3351]), (HOUR_MS - 1, [1351])):
        house = House()
        for _ in range(2):
            house.says("path", IP, False)
            house.says("path", IP, True)
        house.forget()
        house.passes(quiet_ms)
        house.says("path", IP, False)
        house.says("path", IP, True)
        assert codes(house) == again, quiet_ms


def test_a_restore_that_is_held_waits_for_a_whole_hour_without_the_fault() -> None:
    house = House()
    flaps(house, 3, ("path", IP, False), ("path", IP, True))
    house.forget()
    for _ in range(3):
        house.passes(HOUR_MS - MINUTE_MS)
        house.says("path", IP, False)
        house.says("path", IP, True)
    house.passes(HOUR_MS // 2)
    house.says("path", IP, True)
    house.passes(HOUR_MS // 2 - 1)
    assert told(house) == []
    house.passes(1)
    assert codes(house) == [3351]


def test_a_fault_that_lasts_while_it_is_held_stays_told() -> None:
    house = House()
    flaps(house, 3, ("path", IP, False), ("path", IP, True))
    house.says("path", IP, False)
    house.forget()
    house.passes(48 * HOUR_MS)
    assert told(house) == [] and house.lamp("fault")


def test_one_trouble_that_is_held_leaves_the_others_free() -> None:
    house = House()
    flaps(house, 9, ("path", IP, False), ("path", IP, True))
    house.forget()
    house.says("path", MOBILE, False)
    house.says("path", MOBILE, True)
    house.says("no-contact", True)
    house.says("no-contact", False)
    assert codes(house) == [1352, 3352, 1354, 3354]


def test_a_whole_week_of_every_trouble_at_once_leaves_room_in_the_journal() -> None:
    house = House()
    house.forget()
    for _ in range(7 * 24 * 4):
        for begins, ends, _, _, _ in TROUBLES:
            house.says(*begins)
            house.says(*ends)
        house.passes(15 * MINUTE_MS)
    assert len(told(house)) == 5 * len(TROUBLES)


# Power and paths.


def test_ethernet_is_shed_and_looked_at_again_while_the_mobile_path_carries_the_session() -> None:
    house = House()
    house.says("power", True, 13_600, 0, 200)
    house.says("power", False, 12_700, -130, 200)
    house.says("path-used", MOBILE)
    house.says("path", IP, False)
    house.forget()
    house.says("network", False)
    house.passes(40 * MINUTE_MS)
    switched = [item[2][1] for item in house.heard if item[:2] == ("show", "power") and item[2][0] == "ethernet"]
    assert switched == [False, True, False]
    house.forget()
    house.says("path", IP, True)
    house.says("path-used", IP)
    house.says("network", True)
    assert codes(house) == [3351, 3350]
    assert ("show", "power", ("ethernet", True)) in house.heard


def test_jamming_is_worth_a_try_over_ethernet_and_a_lost_path_is_not() -> None:
    for event, tries in ((("jammed", 2, True), True), (("path", IP, False), False), (("path-used", MOBILE), False)):
        house = House()
        house.says("power", True, 13_600, 0, 200)
        house.says("power", False, 12_700, -130, 200)
        house.says("network", False)
        house.passes(10 * MINUTE_MS)
        house.forget()
        house.says(*event)
        assert (("show", "power", ("ethernet", True)) in house.heard) == tries, event
