"""A silent panel is a line fault within its level's time, and never because the cloud itself was away."""

import pytest

from heard_panel import IP, MOBILE, HeardPanel, Watch
from hemlarm_cloud.ingest.levels import LEVELS_S, interval_ms
from hemlarm_cloud.store import StoreError
from hemlarm_protocol import messages

LEVEL_MS, STANDBY_MS = 180_000, 90_000_000
LINE = ("line-fault", 0)


@pytest.fixture
def watch() -> Watch:
    watch = Watch()
    watch.connect()
    return watch


def beat(watch: Watch, ms: int, every_ms: int = 45_000, path: int = IP) -> None:
    """Let time go by with a heartbeat now and then."""
    for _ in range(ms // every_ms):
        watch.pass_time(every_ms, every_ms)
        watch.give(watch.panel.heartbeat(path))


def test_a_panel_that_is_heard_often_enough_has_no_line_fault(watch: Watch) -> None:
    beat(watch, 3_600_000)
    assert watch.faults() == []


def test_a_silent_panel_is_a_line_fault_when_its_level_is_over_and_not_before(watch: Watch) -> None:
    heard_ms = watch.unix_ms
    watch.pass_time(LEVEL_MS - 1, LEVEL_MS - 1)
    assert watch.faults() == []
    watch.pass_time(1)
    (fault,) = watch.faults()
    assert (fault.kind, fault.path, fault.began_ms, fault.heard_ms) == ("line-fault", 0, heard_ms + LEVEL_MS, heard_ms)
    assert watch.alerts() == ["line-fault"]


def test_a_line_fault_is_there_once_and_ends_when_the_panel_is_heard(watch: Watch) -> None:
    watch.pass_time(10 * LEVEL_MS)
    assert watch.lasting() == [LINE]
    watch.give(watch.panel.heartbeat())
    (fault,) = watch.faults()
    assert fault.ended_ms == watch.unix_ms
    beat(watch, 3_600_000)
    assert len(watch.faults()) == len(watch.alerts()) == 1


def test_a_second_silence_is_a_second_line_fault(watch: Watch) -> None:
    for _ in range(2):
        watch.pass_time(2 * LEVEL_MS)
        watch.give(watch.panel.heartbeat())
    assert len(watch.faults()) == 2
    assert watch.lasting() == []


def test_a_panel_never_heard_is_no_line_fault() -> None:
    watch = Watch()
    watch.pass_time(10 * LEVEL_MS)
    assert watch.faults() == []


def test_an_old_panel_is_supervised_too() -> None:
    watch = Watch(HeardPanel(firmware=1_002))
    watch.connect()
    beat(watch, 600_000, 60_000)
    assert (watch.faults(), watch.panel.levels()) == ([], [])
    watch.pass_time(LEVEL_MS)
    assert watch.lasting() == [LINE]


def test_what_was_held_back_on_its_way_does_not_count_as_heard_now(watch: Watch) -> None:
    kept = [watch.panel.heartbeat()]
    for _ in range(3):
        watch.pass_time(30_000)
        kept.append(watch.panel.heartbeat())
    heard_ms = watch.steady_ms
    watch.pass_time(LEVEL_MS - 60_000)
    watch.give(*kept)
    watch.pass_time(61_000)
    assert watch.lasting() == [LINE]
    assert watch.steady_ms - heard_ms <= LEVEL_MS + 1_000
    watch.give(*kept)
    assert watch.lasting() == [LINE]


def test_recorded_messages_keep_no_dead_panel_alive(watch: Watch) -> None:
    recorded = [watch.panel.hello(), watch.panel.heartbeat(), watch.panel.event(1)]
    watch.give(*recorded)
    for _ in range(10):
        watch.pass_time(LEVEL_MS // 5)
        watch.give(*recorded)
    assert watch.lasting() == [LINE]


def test_a_standby_path_has_a_level_of_its_own(watch: Watch) -> None:
    watch.give(watch.panel.heartbeat(MOBILE))
    mobile_ms = watch.unix_ms
    beat(watch, STANDBY_MS - 45_000, 45_000)
    assert watch.faults() == []
    watch.pass_time(45_000)
    (fault,) = watch.faults()
    assert (fault.kind, fault.path, fault.heard_ms) == ("path-fault", MOBILE, mobile_ms)
    watch.give(watch.panel.heartbeat())
    assert watch.lasting() == [("path-fault", MOBILE)]
    watch.give(watch.panel.heartbeat(MOBILE))
    assert watch.lasting() == []


def test_a_panel_that_goes_on_over_the_other_path_has_no_line_fault(watch: Watch) -> None:
    watch.give(watch.panel.heartbeat(MOBILE))
    beat(watch, 3_600_000, path=MOBILE)
    assert watch.faults() == []


def test_a_restarted_ingest_gives_everybody_one_level_of_time(watch: Watch) -> None:
    watch.skip(10 * LEVEL_MS)
    watch.start_ingest()
    watch.pass_time(LEVEL_MS - 1, LEVEL_MS - 1)
    assert watch.faults() == []
    watch.pass_time(1)
    assert watch.lasting() == [LINE]


def test_a_line_fault_lasts_over_a_restart_and_ends_when_the_panel_is_heard(watch: Watch) -> None:
    watch.pass_time(LEVEL_MS)
    watch.start_ingest()
    watch.pass_time(10 * LEVEL_MS)
    assert watch.lasting() == [LINE]
    assert len(watch.faults()) == 1
    watch.connect()
    assert watch.lasting() == []


def test_a_time_in_which_nobody_listened_is_no_silence(watch: Watch) -> None:
    watch.skip(10 * LEVEL_MS)
    watch.core.listening(watch.unix_ms)
    watch.pass_time(LEVEL_MS - 1, LEVEL_MS - 1)
    assert watch.faults() == []
    watch.pass_time(1)
    assert watch.lasting() == [LINE]


@pytest.mark.parametrize("hours", [-48, 48])
def test_a_clock_that_is_set_begins_and_ends_no_line_fault(watch: Watch, hours: int) -> None:
    watch.wrong_ms = hours * 3_600_000
    beat(watch, LEVEL_MS)
    assert watch.faults() == []
    watch.pass_time(LEVEL_MS)
    watch.wrong_ms = 0
    watch.pass_time(LEVEL_MS)
    assert watch.lasting() == [LINE]


@pytest.mark.parametrize("ends", [False, True])
def test_a_store_in_trouble_delays_a_line_fault_and_its_end_and_loses_neither(watch: Watch, ends: bool) -> None:
    def refuse(point: str) -> None:
        raise StoreError("disk full")

    if ends:
        watch.pass_time(LEVEL_MS)
    else:
        watch.skip(LEVEL_MS)
    watch.store.at_commit = refuse
    with pytest.raises(StoreError):
        watch.give(watch.panel.heartbeat()) if ends else watch.core.supervise(watch.unix_ms)
    watch.store.at_commit = None
    assert len(watch.faults()) == len(watch.lasting()) == int(ends)
    watch.pass_time(1_000)
    if ends:
        watch.give(watch.panel.heartbeat())
    assert len(watch.faults()) == 1
    assert len(watch.lasting()) == int(not ends)


def test_a_revoked_panel_is_missed_no_more(watch: Watch) -> None:
    watch.pass_time(LEVEL_MS)
    with watch.store.begin() as tx:
        tx.revoke_panel(watch.panel.id, watch.unix_ms)
    assert watch.lasting() == []
    watch.pass_time(10 * LEVEL_MS)
    watch.start_ingest()
    watch.pass_time(10 * LEVEL_MS)
    assert watch.lasting() == []


def test_a_panel_that_is_revoked_while_it_is_silent_is_not_missed(watch: Watch) -> None:
    with watch.store.begin() as tx:
        tx.revoke_panel(watch.panel.id, watch.unix_ms)
    watch.pass_time(2 * LEVEL_MS)
    assert (watch.faults(), watch.alerts()) == ([], [])


def test_each_process_looks_at_the_panels_it_serves() -> None:
    panels = HeardPanel(0x10), HeardPanel(0x90)
    watch = Watch(*panels)
    for panel in panels:
        watch.connect(panel)
    watch.skip(LEVEL_MS)
    watch.core = watch.core.__class__(watch.store, watch.vault, bytes, None, lambda: watch.steady_ms)
    watch.core.supervise(watch.unix_ms, ("80", "ff"))
    watch.skip(LEVEL_MS)
    watch.core.supervise(watch.unix_ms, ("80", "ff"))
    assert (watch.lasting(panels[0]), watch.lasting(panels[1])) == ([], [LINE])


def test_the_core_says_when_it_has_to_look(watch: Watch) -> None:
    watch.skip(1_000)
    assert watch.core.deadline_ms(watch.unix_ms) == watch.unix_ms - 1_000 + LEVEL_MS
    watch.give(watch.panel.heartbeat())
    assert watch.core.deadline_ms(watch.unix_ms) == watch.unix_ms + LEVEL_MS


# Levels.


def test_a_new_session_is_told_its_levels_until_they_have_surely_come(watch: Watch) -> None:
    beat(watch, 10 * 45_000)
    assert watch.panel.levels() == [(45_000, 30_000_000)] * 3


@pytest.mark.parametrize("level_s", LEVELS_S)
def test_every_level_has_three_to_six_heartbeats(level_s: int) -> None:
    assert 3 <= 1000 * level_s / interval_ms(1000 * level_s) <= 6


def test_levels_that_are_set_are_told_at_once_and_hold_at_once(watch: Watch) -> None:
    beat(watch, 10 * 45_000)
    before = len(watch.panel.levels())
    with watch.store.begin() as tx:
        tx.set_levels(watch.panel.id, 90, 18_000)
    watch.panel.take([frame for _, frame in watch.core.pump(watch.unix_ms)])
    assert watch.panel.levels()[before:] == [(22_500, 6_000_000)]
    watch.pass_time(90_000)
    assert watch.lasting() == [LINE]


def test_a_level_that_becomes_shorter_holds_before_those_of_others() -> None:
    watch = Watch(HeardPanel(1), HeardPanel(2))
    for panel in watch.panels:
        watch.connect(panel)
    with watch.store.begin() as tx:
        tx.set_levels(watch.panels[1].id, 90, 90)
    watch.core.pump(watch.unix_ms)
    watch.pass_time(90_000)
    assert [watch.lasting(panel) for panel in watch.panels] == [[], [LINE]]


def test_levels_are_told_again_when_a_line_fault_ends_since_the_panel_may_not_know_them(watch: Watch) -> None:
    beat(watch, 10 * 45_000)
    watch.pass_time(LEVEL_MS)
    before = len(watch.panel.levels())
    watch.give(watch.panel.heartbeat())
    beat(watch, 10 * 45_000)
    assert len(watch.panel.levels()) == before + 3


def test_levels_set_while_the_panel_is_away_are_told_in_its_next_session() -> None:
    watch = Watch()
    with watch.store.begin() as tx:
        tx.set_levels(watch.panel.id, 90_000, 90_000)
    watch.core.pump(watch.unix_ms)
    watch.connect()
    assert watch.panel.levels() == [(30_000_000, 30_000_000)]


def test_a_pace_goes_before_all_levels_and_is_supervised_with_patience() -> None:
    watch = Watch(heartbeat_ms=600_000)
    watch.connect()
    assert watch.panel.levels() == [(600_000, 30_000_000)]
    beat(watch, 6_000_000, 600_000)
    assert watch.faults() == []


# What paths report, and what it costs.


def test_what_a_panel_tells_of_its_paths_is_kept_and_replaced(watch: Watch) -> None:
    report = messages.PathReport(MOBILE, 1, 5, 3, 87, 12, 3_000, 4_000, 1, 30, 9_000, 9_500)
    watch.give(watch.panel.say(report))
    watch.give(watch.panel.say(report._replace(path=IP, signal=255)), watch.panel.say(report._replace(air_s=13)))
    with watch.store.read() as reading:
        stored = reading.path_reports(watch.panel.id)
    assert [each[3:] for each in stored] == [report._replace(signal=255)[1:], report._replace(air_s=13)[1:]]
    assert [each.path for each in stored] == [IP, MOBILE]


def test_a_report_of_a_path_that_is_none_is_counted_and_not_kept(watch: Watch) -> None:
    watch.give(watch.panel.say(messages.PathReport(9, 1, 0, 0, 255, 0, 0, 0, 0, 0, 0, 0)))
    with watch.store.read() as reading:
        assert reading.path_reports(watch.panel.id) == []
    assert watch.core.refusal_counts() == {"a report of no known path": 1}


@pytest.mark.parametrize("path", [0, 3, 23])
def test_a_heartbeat_of_a_path_that_is_none_is_counted_and_is_no_sign_of_life(watch: Watch, path: int) -> None:
    watch.skip(1_000)
    watch.give(watch.panel.heartbeat(path))
    watch.pass_time(179_000)
    assert watch.lasting() == [LINE]
    assert watch.core.refusal_counts() == {"a heartbeat of no known path": 1}


@pytest.mark.parametrize("level_s", LEVELS_S)
def test_supervision_costs_at_most_ten_writes_an_interval(level_s: int) -> None:
    watch = Watch()
    with watch.store.begin() as tx:
        tx.set_levels(watch.panel.id, level_s, level_s)
    watch.core.pump(watch.unix_ms)
    watch.connect()
    beat(watch, 5 * 45_000)
    writes = 0

    def count(point: str) -> None:
        nonlocal writes
        writes += point == "after-commit"

    watch.store.at_commit = count
    for _ in range(40):
        watch.skip(1000 * level_s // 40)
        watch.give(watch.panel.heartbeat(IP), watch.panel.heartbeat(MOBILE))
    assert 0 < writes <= 10
