"""The cloud's own clock is set by hours, back and forth: nothing waits longer or shorter for it."""

import pytest

from hemlarm_cloud.ingest.core import COMMAND_REPEAT_MS
from hemlarm_cloud.ingest.entry_delays import BACKLOG_MS, GRACE_MS
from hemlarm_cloud.ingest.served_panels import REVOKED_EVERY_MS
from hemlarm_cloud.store import Command
from hemlarm_protocol import messages, panel_end
from ingest_support import BURGLARY, RESTORE
from ingest_weather import Weather

HOUR_MS = 3_600_000
LIFE_MS = 60_000
ENTRY, DISARM = 6134, 1401
DELAY_MS = 30_000
JUMPS = [3 * HOUR_MS, -3 * HOUR_MS]


@pytest.fixture
def weather() -> Weather:
    there = Weather()
    there.connect()
    there.settle(2)
    return there


def ask(weather: Weather) -> bytes:
    now_ms = weather.unix_ms
    with weather.store.begin() as tx:
        tx.add_command(Command(b"12345678", weather.panel.id, "anna", 2, 1, 7, now_ms, now_ms + LIFE_MS))
    return b"12345678"


def pump(weather: Weather, ms: int = 0) -> list[bytes]:
    weather.pass_time(ms)
    return [frame for _, frame in weather.core.pump(weather.unix_ms)]


def states(weather: Weather) -> list[str]:
    with weather.store.read() as reading:
        return [delay.state for delay in reading.entry_delays(weather.panel.id)]


def arrive(weather: Weather) -> None:
    while weather.up:
        weather.deliver_up()
    weather.commit()
    weather.down.clear()


@pytest.mark.parametrize("jump_ms", [*JUMPS, -LIFE_MS // 2])
def test_a_command_that_was_sent_is_repeated_all_the_same(weather: Weather, jump_ms: int) -> None:
    ask(weather)
    assert len(pump(weather)) == 1
    weather.wrong_ms = min(jump_ms, 0)
    assert pump(weather, COMMAND_REPEAT_MS - 1) == []
    assert len(pump(weather, 1)) == 1


def test_a_command_lives_no_longer_when_the_clock_goes_back(weather: Weather) -> None:
    command_id = ask(weather)
    weather.wrong_ms = -3 * HOUR_MS
    sent = sum(len(pump(weather, COMMAND_REPEAT_MS)) for _ in range(100))
    assert sent == LIFE_MS // COMMAND_REPEAT_MS
    weather.core.expire(weather.unix_ms)
    with weather.store.read() as reading:
        command = reading.command(command_id)
    assert command
    assert command.state == "expired"


@pytest.mark.parametrize("jump_ms", JUMPS)
def test_a_panel_is_told_a_commands_end_by_the_clock_it_has(weather: Weather, jump_ms: int) -> None:
    """It was told the time before the jump, and would refuse what seems to be over."""
    panel_s = weather.unix_ms // 1000
    weather.wrong_ms = jump_ms
    ask(weather)
    (frame,) = pump(weather)
    weather.panel.end.received(frame, weather.panel.now_ms)
    (told,) = [fact[1] for fact in weather.panel.end.happenings() if fact[0] == "command"]
    assert isinstance(told, messages.Command)
    assert panel_s < told.expires <= panel_s + LIFE_MS // 1000 + 1


@pytest.mark.parametrize("jump_ms", JUMPS)
def test_an_alarm_is_presumed_when_the_time_is_up_and_not_by_the_clock(weather: Weather, jump_ms: int) -> None:
    weather.record(ENTRY, detail=DELAY_MS // 2_000)
    arrive(weather)
    weather.wrong_ms = jump_ms
    pump(weather, DELAY_MS + GRACE_MS - 1)
    assert states(weather) == ["waiting"]
    pump(weather, 1)
    assert states(weather) == ["raised"]


@pytest.mark.parametrize("jump_ms", JUMPS)
def test_an_entry_delay_behind_a_jump_is_as_old_as_its_session_says(weather: Weather, jump_ms: int) -> None:
    weather.panel.clock.set(weather.unix_ms)
    weather.wrong_ms = jump_ms
    weather.record(ENTRY, detail=DELAY_MS // 2_000)
    weather.pass_time(10_000)
    arrive(weather)
    pump(weather, DELAY_MS + GRACE_MS - 10_000 - 1)
    assert states(weather) == ["waiting"]
    pump(weather, 1)
    assert states(weather) == ["raised"]


@pytest.mark.parametrize("jump_ms", [0, *JUMPS])
def test_a_restarted_process_gives_an_entry_delay_the_grace_and_no_more_than_it_had(
    weather: Weather, jump_ms: int
) -> None:
    weather.record(ENTRY, detail=DELAY_MS // 2_000)
    arrive(weather)
    weather.wrong_ms = jump_ms
    weather.start_ingest()
    pump(weather, GRACE_MS - 1)
    assert states(weather) == ["waiting"]
    pump(weather, DELAY_MS + 1)
    assert states(weather) == ["raised"]


def test_a_disarm_of_while_the_process_was_down_is_waited_for(weather: Weather) -> None:
    weather.record(ENTRY, detail=DELAY_MS // 2_000)
    arrive(weather)
    weather.pass_time(10_000)
    weather.record(DISARM)
    weather.pass_time(600_000)
    weather.start_ingest()
    pump(weather)
    weather.connect()
    weather.settle(2)
    assert states(weather) == ["settled"]


def test_a_late_entry_delay_waits_while_the_panel_still_sends_what_it_had_kept(weather: Weather) -> None:
    weather.disconnect()
    weather.record(ENTRY, detail=DELAY_MS // 2_000)
    for _ in range(20):
        weather.record(BURGLARY, area=2)
    weather.record(DISARM)
    weather.pass_time(2 * HOUR_MS)
    weather.panel.end.connected(weather.panel.now_ms)
    weather.collect()
    while "settled" not in states(weather):
        if weather.panel.end.state == panel_end.OPEN:
            weather.pass_time(5_000)  # What each frame takes on a slow line.
        if weather.up:
            weather.deliver_up()
        weather.commit()
        while weather.down:
            weather.deliver_down()
        pump(weather)
        assert "raised" not in states(weather)


def test_a_late_entry_delay_waits_no_longer_than_a_backlog_takes(weather: Weather) -> None:
    weather.disconnect()
    weather.record(ENTRY, detail=DELAY_MS // 2_000)
    weather.record(DISARM)
    weather.pass_time(2 * HOUR_MS)
    weather.panel.end.connected(weather.panel.now_ms)
    weather.collect()
    late = [frame for frame in weather.up if len(frame) == 68][:1]
    waited_ms = 0
    while "raised" not in states(weather):
        assert waited_ms <= BACKLOG_MS + 2 * GRACE_MS
        for frame in late:
            weather.core.receive(weather.panel.id, frame, weather.unix_ms)
        weather.core.commit(weather.unix_ms)
        pump(weather, GRACE_MS - 1)
        waited_ms += GRACE_MS - 1
    assert waited_ms >= BACKLOG_MS


@pytest.mark.parametrize("jump_ms", JUMPS)
def test_sessions_live_on_and_nothing_is_lost(weather: Weather, jump_ms: int) -> None:
    numbers = []
    for wrong_ms in (jump_ms, 0, -jump_ms, 0):
        weather.wrong_ms = wrong_ms
        numbers += [weather.record(BURGLARY), weather.record(RESTORE)]
        weather.settle(1)
    assert sorted(event.number for event in weather.stored()) == numbers
    assert weather.core.refusal_counts() == {}
    assert weather.panel.end.refusals.counts == {}


@pytest.mark.parametrize("jump_ms", JUMPS)
def test_a_revoked_panel_is_refused_within_the_minute(weather: Weather, jump_ms: int) -> None:
    weather.wrong_ms = jump_ms
    with weather.store.begin() as tx:
        tx.revoke_panel(weather.panel.id, weather.unix_ms)
    weather.pass_time(REVOKED_EVERY_MS)
    weather.record(BURGLARY)
    arrive(weather)
    assert weather.stored() == []


@pytest.mark.parametrize("jump_ms", JUMPS)
def test_a_panel_without_a_session_is_asked_for_one_all_the_same(weather: Weather, jump_ms: int) -> None:
    weather.start_ingest()
    weather.wrong_ms = jump_ms
    weather.pass_time(10_000)
    number = weather.record(BURGLARY)
    weather.settle(1)
    assert [event.number for event in weather.stored()] == [number]
    assert weather.panel.recorder.pending == 0
