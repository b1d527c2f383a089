"""The supervisor of two paths: when an alarm is raced, a path taken over or back, checked, faulty and well again."""

from hemlarm_firmware.link import path as one
from hemlarm_firmware.link import paths as two
from hemlarm_protocol.path_names import IP, MOBILE
from paths_support import Town, at_work
from session_support import Chance


def live(town: Town, ms: int, *paths: int) -> None:
    """Let time pass with the paths that work: they connect at once, and answer every five seconds."""
    for _ in range(ms // 5_000):
        town.passes(5_000)
        for path in paths:
            town.opens(path)
            town.answers(path)


def test_at_first_ip_is_opened_and_told_once_it_answers() -> None:
    town = Town(two.Paths(Chance(1)))
    assert town.done == [("open", IP)]
    town.opens(IP)
    assert town.told == []
    town.answers(IP)
    assert town.told == [("path-used", IP), ("network", True)]


def test_the_mobile_path_is_checked_as_soon_as_it_is_there_and_then_closed() -> None:
    town = Town(two.Paths(Chance(1)))
    town.calm()
    town.opens(IP)
    town.answers(IP)
    town.done.clear()
    town.mobile_network(True)
    assert town.done == [("open", MOBILE)]
    town.opens(MOBILE)
    town.answers(MOBILE)
    assert town.done == [("open", MOBILE), ("close", MOBILE)]


def test_an_alarm_that_is_not_acknowledged_goes_over_both_paths_after_four_seconds() -> None:
    town = at_work()
    town.alarm()
    town.passes(two.RACE_MS - 1)
    assert town.done == []
    assert town.passes(1) == [("race", True), ("check", IP), ("open", MOBILE)]
    town.opens(MOBILE)
    town.answers(MOBILE)
    town.answers(IP)
    town.calm()
    assert town.done[3:] == [("race", False), ("close", MOBILE)]


def test_an_alarm_does_not_wait_where_the_path_in_use_has_no_connection() -> None:
    town = at_work()
    town.breaks(IP)
    town.done.clear()
    town.alarm()
    assert ("race", True) in town.done
    assert ("open", MOBILE) in town.done
    assert ("open", IP) in town.done, "nor does it wait for the pause"
    town.opens(MOBILE)
    assert ("use", MOBILE) in town.done


def test_a_path_that_answers_nothing_is_left_after_eight_seconds_with_an_event() -> None:
    town = at_work()
    town.alarm()
    town.passes(two.RACE_MS)
    town.opens(MOBILE)
    town.answers(MOBILE)
    assert town.passes(one.SLOW_MS - two.RACE_MS - 1) == []
    assert town.passes(1) == [("use", MOBILE), ("path-used", MOBILE)]


def test_what_wants_an_answer_and_may_have_had_it_by_the_other_path_is_asked_with_a_heartbeat() -> None:
    town = at_work()
    town.asks(IP)
    assert town.passes(two.RACE_MS) == [("check", IP)]
    assert town.passes(two.RACE_MS) == []


def test_a_path_that_answers_its_heartbeat_is_kept_though_the_store_is_down() -> None:
    town = at_work()
    town.alarm()
    town.passes(two.RACE_MS)
    town.opens(MOBILE)
    for _ in range(100):
        town.answers(MOBILE)
        town.answers(IP)
        town.passes(1_000)
        town.asks(IP)
    assert ("use", MOBILE) not in town.done
    assert ("close", MOBILE) not in town.done


def test_a_connection_that_is_made_anew_at_once_changes_nothing() -> None:
    town = at_work()
    town.breaks(IP)
    town.passes(1_000)
    town.opens(IP)
    town.answers(IP)
    assert town.done == [("open", IP)]


def test_a_connection_that_cannot_be_had_again_is_replaced() -> None:
    town = at_work()
    town.breaks(IP)
    town.passes(1_000)
    town.breaks(IP)
    assert town.done == [("open", IP), ("open", MOBILE)]
    town.opens(MOBILE)
    town.answers(MOBILE)
    assert town.done[2:] == [("use", MOBILE), ("path-used", MOBILE)]


def test_a_silent_path_is_faulty_after_30_seconds_at_the_short_levels() -> None:
    for primary_ms, fault_ms in ((22_500, 30_000), (45_000, 30_000), (6_000_000, 300_000), (30_000_000, 300_000)):
        town = at_work(primary_ms)
        town.asks(IP)
        town.passes(fault_ms - 1)
        assert town.told == []
        town.passes(1)
        assert ("path", IP, False) in town.told
        assert ("open", MOBILE) in town.done


def test_ip_takes_over_again_when_it_was_good_for_a_minute() -> None:
    town = at_work()
    town.asks(IP)
    live(town, 120_000, MOBILE)
    assert town.told == [("path", IP, False), ("path-used", MOBILE)]
    town.opens(IP)
    town.answers(IP)
    began_ms = town.now_ms
    while ("use", IP) not in town.done:
        live(town, 5_000, IP, MOBILE)
    assert town.now_ms - began_ms == one.STEADY_MS
    assert sorted(town.told[2:]) == [("path", IP, True), ("path-used", IP)]
    assert ("close", MOBILE) in town.done


def test_a_path_that_is_well_again_is_not_left_over_a_heartbeat_that_is_under_way() -> None:
    town = at_work()
    for path in (IP, MOBILE):
        town.breaks(path)
    town.alarm()
    town.mobile_network(False)
    town.passes(200_000)
    assert sorted(town.told)[1:] == [("path", IP, False), ("path", MOBILE, False)]
    town.mobile_network(True)
    town.passes(60_000)
    town.opens(MOBILE)
    town.answers(MOBILE)
    town.calm()
    town.opens(IP)
    town.answers(IP)
    town.asks(MOBILE)
    town.passes(1_000)
    assert town.paths.used.number == MOBILE


def test_ip_is_tried_every_twenty_seconds_while_it_is_not_in_use() -> None:
    town = at_work()
    town.breaks(IP)
    town.passes(1_000)
    town.breaks(IP)
    town.opens(MOBILE)
    town.answers(MOBILE)
    town.passes(5_000)
    town.opens(IP)
    town.answers(IP)
    town.done.clear()
    checks = []
    for _ in range(45):
        if ("check", IP) in town.passes(1_000):
            checks.append(town.now_ms)
            town.answers(IP)
    assert len(checks) == 2
    assert checks[1] - checks[0] == two.RETURN_EVERY_MS


def test_the_standby_path_is_checked_three_times_in_25_hours() -> None:
    town = at_work()
    opened = 0
    for _ in range(25 * 60):
        opened += town.passes(60_000).count(("open", MOBILE))
        town.opens(MOBILE)
        town.answers(MOBILE)
        town.answers(IP)
    assert opened == 3


def test_a_standby_path_that_is_checked_often_stays_connected() -> None:
    town = at_work(22_500, 45_000)
    town.opens(MOBILE)
    town.answers(MOBILE)
    checks = 0
    for _ in range(450):
        town.answers(IP)
        if ("check", MOBILE) in town.passes(1_000):
            checks += 1
            town.asks(MOBILE)
            town.answers(MOBILE)
    assert checks == 10
    assert ("close", MOBILE) not in town.done


def test_a_check_that_fails_is_repeated_ever_more_seldom_and_makes_a_fault_after_three() -> None:
    town = at_work()
    town.passes(30_000_000)
    tries = []
    for _ in range(3_600 // 5):
        if MOBILE in town.opening:
            tries.append(town.now_ms)
            town.breaks(MOBILE)
        town.passes(5_000)
        town.answers(IP)
    pauses = [later - earlier for earlier, later in zip(tries, tries[1:])]  # noqa: RUF007 - MicroPython has no pairwise.
    assert pauses[:4] == [60_000, 120_000, 240_000, 480_000]
    assert town.told == [("path", MOBILE, False)]


def test_a_standby_path_that_opens_and_does_not_answer_has_failed_its_check() -> None:
    town = at_work()
    town.passes(30_000_000)
    town.opens(MOBILE)
    town.asks(MOBILE)
    assert town.passes(two.CHECK_MS)[-1] == ("close", MOBILE)
    assert town.paths.paths[1].failures == 1


def test_a_modem_without_its_network_is_a_fault_and_its_return_a_restore() -> None:
    town = at_work(30_000_000)
    town.mobile_network(False)
    town.passes(one.FAULT_MS - 1)
    assert town.told == []
    town.passes(1)
    assert town.told == [("path", MOBILE, False)]
    town.mobile_network(True)
    live(town, 2 * one.STEADY_MS, IP, MOBILE)
    assert town.told == [("path", MOBILE, False), ("path", MOBILE, True)]


def test_a_modem_that_is_out_of_its_network_for_a_moment_costs_no_check() -> None:
    town = at_work()
    town.mobile_network(False)
    town.passes(60_000)
    town.mobile_network(True)
    town.passes(600_000)
    town.answers(IP)
    assert ("open", MOBILE) not in town.done
    assert town.told == []


def test_where_neither_path_answers_people_are_told_after_100_seconds_and_when_one_does() -> None:
    town = at_work()
    town.alarm()
    town.passes(one.NO_CONTACT_MS - 1)
    assert ("no-contact", True) not in town.told
    town.passes(1)
    assert ("no-contact", True) in town.told
    live(town, 10_000, IP)
    assert town.told[-1] == ("no-contact", False)


def test_sms_may_go_at_once_only_when_both_paths_have_failed() -> None:
    town = at_work()
    assert not town.paths.hopeless
    town.breaks(IP)
    assert not town.paths.hopeless, "the mobile path was not tried"
    town.passes(1_000)
    town.breaks(IP)
    town.breaks(MOBILE)
    assert town.paths.hopeless
    town.passes(60_000)
    town.opens(MOBILE)
    assert not town.paths.hopeless


def test_memory_for_one_connection_only_closes_the_other_one_first() -> None:
    town = at_work()
    town.alarm()
    town.passes(two.RACE_MS)
    town.done.clear()
    town.breaks(MOBILE, memory=True)
    assert town.done == [("close", IP), ("open", MOBILE)]
    town.opens(MOBILE)
    town.answers(MOBILE)
    town.calm()
    assert town.paths.used.number == MOBILE
    town.passes(two.TRY_AGAIN_MS)
    assert town.done[-2:] == [("close", MOBILE), ("open", IP)]
    town.opens(IP)
    town.answers(IP)
    assert town.paths.used.number == IP


def test_one_path_alone_is_opened_again_and_told_of() -> None:
    town = Town(one.OnePath(Chance(1)))
    town.opens(IP)
    town.answers(IP)
    town.paths.waits_ms = None
    town.breaks(IP)
    town.passes(1_000)
    town.opens(IP)
    town.passes(one.FAULT_MS)
    assert town.told == [("path-used", IP), ("network", True), ("path", IP, False), ("network", False)]
    town.answers(IP)
    town.passes(one.STEADY_MS)
    assert town.told[4:] == [("network", True), ("path", IP, True)]
