"""Events that come without a time, or with a wrong one, are dated by the sessions of their boot."""

import pytest

from hemlarm_cloud.store import BootTime, Event
from hemlarm_protocol import keys, messages, sealing
from ingest_support import BEGAN_MS, BURGLARY, PANEL, ROOT_KEY
from ingest_weather import HEARTBEAT_MS, Weather

HOUR_MS = 3_600_000


@pytest.fixture
def weather() -> Weather:
    return Weather()


def settle(weather: Weather, heartbeats: int = 3) -> None:
    weather.connect()
    weather.settle(heartbeats)


def dates(weather: Weather) -> list[tuple[int, str]]:
    """Return (date, dating) of the events that are no void records, by their numbers; ms since the weather began."""
    stored = sorted((event for event in weather.stored() if event.qcode), key=lambda event: event.number)
    return [(event.dated_ms - BEGAN_MS - 5_000_000, event.dating) for event in stored]


def boot_times(weather: Weather) -> list[BootTime | None]:
    kid = weather.panel.recorder._key.kid
    with weather.store.read() as reading:
        return [reading.boot_time(weather.panel.id, kid, boot) for boot in range(1, weather.panel.memory.boot + 1)]


def test_events_before_the_first_session_are_dated_exactly_by_it(weather: Weather) -> None:
    for minute in (1, 5, 90):
        weather.pass_time(minute * 60_000 - weather.panel.now_ms)
        weather.record(BURGLARY)
    settle(weather)
    assert dates(weather) == [(60_000, "session"), (300_000, "session"), (5_400_000, "session")]


def test_a_panel_whose_clock_is_right_is_believed_to_the_second(weather: Weather) -> None:
    weather.panel.clock.set(weather.unix_ms + 4_000)
    weather.record(BURGLARY)
    settle(weather)
    assert dates(weather) == [(4_000, "panel")]


@pytest.mark.parametrize("wrong_ms", [HOUR_MS, -HOUR_MS, 20_000, -20_000])
def test_a_panel_whose_clock_is_wrong_is_kept_as_sent_and_dated_by_the_session(weather: Weather, wrong_ms: int) -> None:
    settle(weather)
    weather.panel.clock.set(weather.unix_ms + wrong_ms)
    weather.record(BURGLARY)
    at_ms, told_ms = weather.steady_ms - 5_000_000, 1000 * (weather.panel.clock.time_s() or 0)
    weather.settle(2)
    assert dates(weather) == [(at_ms, "session")]
    (event,) = [event for event in weather.stored() if event.qcode]
    assert event.panel_time_ms == told_ms


def test_a_hello_that_came_late_is_corrected_by_a_faster_heartbeat(weather: Weather) -> None:
    weather.record(BURGLARY)
    weather.connect()
    weather.pass_time(8_000)
    weather.deliver_up(0)
    weather.commit()
    weather.deliver_down(0)
    weather.pass_time(4_000)
    while weather.up:
        weather.deliver_up()
    weather.commit()
    assert dates(weather) == [(4_000, "session")], "the hello took 8 s, and the first heartbeat 4"
    weather.settle(2)
    assert dates(weather) == [(0, "session")]


def test_an_earlier_boot_without_a_session_lies_between_its_neighbours(weather: Weather) -> None:
    settle(weather)
    weather.panel.clock.set(weather.unix_ms)
    weather.record(BURGLARY)
    known_ms = weather.steady_ms - 5_000_000
    weather.settle(1)
    weather.reboot()
    weather.pass_time(HOUR_MS)
    weather.record(BURGLARY)
    weather.pass_time(600_000)
    weather.record(BURGLARY)
    weather.pass_time(10 * HOUR_MS)
    weather.reboot()
    weather.pass_time(10_000)
    weather.record(BURGLARY)
    last_ms = weather.steady_ms - 5_000_000
    settle(weather, 5)
    first, second, third, fourth = dates(weather)
    assert [dating for _, dating in (first, second, third, fourth)] == ["panel", "between", "between", "session"]
    assert known_ms + HOUR_MS < second[0] < third[0] == second[0] + 600_000 <= last_ms - 10_000
    assert abs(first[0] - known_ms) < 1_000
    assert fourth[0] == last_ms


def test_a_session_of_the_same_boot_that_comes_later_dates_what_was_stored_without_one(weather: Weather) -> None:
    weather.pass_time(60_000)
    weather.record(BURGLARY)
    weather.connect()
    hello, frame = weather.up
    weather.up = []
    weather.core.receive(weather.panel.id, hello, weather.unix_ms)
    weather.commit()
    weather.down.clear()
    weather.pass_time(7_000)
    weather.core.receive(weather.panel.id, frame, weather.unix_ms)
    weather.commit()
    assert dates(weather) == [(67_000, "between")]
    weather.down.clear()
    settle(weather)
    assert dates(weather) == [(60_000, "session")]


def test_a_boot_whose_session_an_earlier_process_had_is_dated_by_the_store(weather: Weather) -> None:
    settle(weather)
    at_ms = weather.steady_ms - 5_000_000
    weather.record(BURGLARY)
    weather.start_ingest()
    weather.reboot()
    weather.pass_time(HOUR_MS)
    settle(weather)
    assert dates(weather) == [(at_ms, "session")]


def test_a_restarted_process_dates_nothing_anew_by_a_hello_that_was_slow(weather: Weather) -> None:
    weather.record(BURGLARY)
    settle(weather)
    before = weather.stored()
    (told,) = boot_times(weather)
    weather.start_ingest()
    weather.pass_time(10_000)
    weather.connect()
    weather.pass_time(9_000)
    weather.settle(3)
    assert weather.stored() == before
    (now,) = boot_times(weather)
    assert told
    assert now
    assert 0 <= now.epoch_ms - told.epoch_ms <= (now.uptime_ms - told.uptime_ms) // 5_000 + 1


@pytest.mark.parametrize("wrong_ms", [3 * HOUR_MS, -3 * HOUR_MS, -30_000])
def test_what_was_dated_while_the_clouds_clock_was_wrong_is_righted_with_it(weather: Weather, wrong_ms: int) -> None:
    weather.record(BURGLARY)
    settle(weather)
    weather.wrong_ms = wrong_ms
    weather.settle(2)
    weather.record(BURGLARY)
    at_ms = weather.steady_ms - 5_000_000
    weather.settle(2)
    assert dates(weather) == [(wrong_ms, "session"), (at_ms + wrong_ms, "session")]
    weather.wrong_ms = 0
    weather.settle(2)
    assert dates(weather) == [(0, "session"), (at_ms, "session")]


def test_a_boot_number_that_the_flash_did_not_keep_is_another_boot(weather: Weather) -> None:
    weather.pass_time(HOUR_MS)
    weather.record(BURGLARY)
    settle(weather)
    weather.panel.memory.boot -= 1
    weather.panel.memory.save()
    weather.reboot()
    weather.pass_time(1_000)
    weather.record(BURGLARY)
    at_ms = weather.steady_ms - 5_000_000
    settle(weather)
    assert weather.panel.memory.boot == 1
    assert dates(weather)[1] == (at_ms, "session")


def test_a_boot_of_a_memory_that_was_lost_is_not_the_boot_of_the_same_number(weather: Weather) -> None:
    weather.record(BURGLARY)
    settle(weather)
    weather.forget_state()
    weather.pass_time(1_000)
    weather.record(BURGLARY)
    at_ms = weather.steady_ms - 5_000_000
    settle(weather)
    assert weather.panel.memory.boot == 1
    assert {(event.boot, event.dated_ms - BEGAN_MS - 5_000_000) for event in weather.stored() if event.qcode} == {
        (1, 0),
        (1, at_ms),
    }


def test_dates_change_nothing_about_ids_numbers_and_what_was_sent(weather: Weather) -> None:
    for _ in range(3):
        weather.reboot()
        weather.pass_time(HOUR_MS)
        weather.record(BURGLARY)
    weather.connect()
    for _ in range(len(weather.up)):
        weather.deliver_up()
    weather.commit()
    before = [event._replace(dated_ms=0, dating="between") for event in weather.stored()]
    weather.settle(5)
    after = weather.stored()
    assert [event._replace(dated_ms=0, dating="between") for event in after][: len(before)] == before
    by_number = [event.dated_ms for event in sorted(after, key=lambda event: event.number) if event.qcode]
    assert by_number == sorted(by_number)


def forged(weather: Weather, number: int, uptime_ms: int, time_s: int | None) -> bytes:
    key = keys.journal_key(ROOT_KEY, PANEL, weather.panel.memory.salts[0])
    message = messages.Event(BURGLARY, 1, 1, 0, 0, 0, 1, uptime_ms, time_s)
    return sealing.frame(key, sealing.seal_numbered(key, number, messages.encode(message)))


@pytest.mark.parametrize("time_s", [None, 0, 0xFFFFFFFF])
@pytest.mark.parametrize("uptime_ms", [0, 1 << 40, (1 << 63) - 1, (1 << 64) - 1])
def test_whatever_an_event_claims_it_is_stored(weather: Weather, uptime_ms: int, time_s: int | None) -> None:
    settle(weather)
    weather.up.append(forged(weather, 100, uptime_ms, time_s))
    weather.settle(3)
    (stored,) = [event for event in weather.stored() if event.number == 100]
    assert isinstance(stored, Event)
    assert 0 <= stored.dated_ms < 1 << 52


def test_a_day_of_heartbeats_writes_no_dates(weather: Weather) -> None:
    settle(weather, 2)
    before = boot_times(weather)
    weather.settle(24 * HOUR_MS // HEARTBEAT_MS)
    assert boot_times(weather) == before
