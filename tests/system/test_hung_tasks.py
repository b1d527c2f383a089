"""Hung tasks, busy loops and crashes of the real firmware: found, reported after the reset, nothing is forgotten."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hemlarm_simulator import watchdog
from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.simulated_panel import PanelCrashedError
from hemlarm_simulator.virtual.world import RESET_MS, VirtualWorld
from hemlarm_simulator.watchdog import WATCHDOG_MS
from panel_programs import real_world, told
from sabotage import events, sabotaged_world

RESTARTED, SELF_TEST_FAILED = 1305, 1307
WATCHDOG, CRASH = 2, 3
INPUTS, DEADLINES, LINK = 1, 2, 3

MINUTE_MS = 60_000
FOUND_MS = 7 * MINUTE_MS
"""Within this time any hung task is found: two minutes until it is asked, and its promise."""

_STUCK = """
    def stick(owner, name):
        whole = getattr(owner, name)
        async def stuck(self):
            task = asyncio.create_task(whole(self))
            await asyncio.sleep_ms(120_000)
            task.cancel()
            await asyncio.Event().wait()
        setattr(owner, name, stuck)
    stick({task})
"""


@pytest.fixture(name="server", scope="module")
def _server() -> Iterator[ForkServer]:
    with ForkServer() as server:
        yield server


def restarts(world: VirtualWorld) -> list[tuple[int, int]]:
    """Task and cause of every restart that the cloud knows of."""
    return events(world, RESTARTED)


def told_health(world: VirtualWorld) -> tuple[int, int, int]:
    """Boot, cause and task of what the panel last told of its health."""
    with world.cloud_process.store.read() as reading:
        health = reading.health(world.panel.id)
    assert health is not None
    return health.boot, health.cause, health.task


def arm(world: VirtualWorld) -> None:
    """Leave the house, with a window bypassed; it takes 70 s."""
    world.cloud.send_command(7, 3, 1)
    world.house.open("bedroom-window")
    world.run_until(world.now_ms + 2_000)
    world.house.enter_code("1234", "away")
    world.run_until(world.now_ms + 68_000)
    assert events(world, 3401) != []


def still_armed(world: VirtualWorld) -> bool:
    """Whether the kitchen door gives an alarm, and the bypassed window gave none."""
    assert events(world, 1130) == []
    world.house.open("kitchen-door")
    world.run_until(world.now_ms + 2_000)
    return [zone for zone, _ in events(world, 1130)] == [2] and world.house.siren == "intrusion"


def test_a_busy_loop_leads_to_a_reset_that_is_reported(server: ForkServer, tmp_path: Path) -> None:
    with sabotaged_world(server, tmp_path, "") as world:
        arm(world)
        world.hang_panel("busy")
        world.run_until(world.now_ms + WATCHDOG_MS - 1)
        assert world.panel.boots == 1
        world.run_until(world.now_ms + RESET_MS + 5_000)
        assert restarts(world) == [(0, 0), (0, WATCHDOG)]
        assert told_health(world) == (2, WATCHDOG, 0)
        assert still_armed(world)


def test_inputs_that_hang_lead_to_a_reset_that_is_reported(server: ForkServer, tmp_path: Path) -> None:
    with sabotaged_world(server, tmp_path, "") as world:
        arm(world)
        world.hang_panel("inputs")
        world.run_until(world.now_ms + FOUND_MS)
        assert restarts(world) == [(0, 0), (INPUTS, WATCHDOG)]
        assert told_health(world) == (2, WATCHDOG, INPUTS)
        assert still_armed(world)


def test_inputs_that_hang_are_found_however_seldom_the_cloud_wants_to_hear(server: ForkServer, tmp_path: Path) -> None:
    with sabotaged_world(server, tmp_path, "") as world:
        world.cloud_process.pace(5 * 3600 * 1000)
        world.network.drop_connection()
        arm(world)
        world.run_until(world.now_ms + 3600 * 1000)
        world.hang_panel("inputs")
        world.run_until(world.now_ms + 25 * MINUTE_MS)
        assert restarts(world) == [(0, 0), (INPUTS, WATCHDOG)]
        assert still_armed(world)


def test_deadlines_that_hang_lead_to_a_reset_that_is_reported(server: ForkServer, tmp_path: Path) -> None:
    with sabotaged_world(server, tmp_path, _STUCK.format(task="app.App, '_deadlines'")) as world:
        world.run_until(120_000)
        world.house.enter_code("1234", "away")
        world.run_until(120_000 + 60_000 + 30_000)
        assert restarts(world) == [(0, 0), (DEADLINES, WATCHDOG)]
        assert len(events(world, 3401)) == 1, "the exit delay was forgotten"
        assert still_armed(world)


def test_a_link_that_hangs_leads_to_a_reset_that_is_reported(server: ForkServer, tmp_path: Path) -> None:
    with sabotaged_world(server, tmp_path, _STUCK.format(task="app.Uplink, 'run'")) as world:
        arm(world)
        world.run_until(120_000)
        assert world.wait_for(lambda: world.panel.boots == 2, FOUND_MS)
        world.run_until(world.now_ms + 5_000)  # Two minutes after its start it will hang again.
        assert restarts(world) == [(0, 0), (LINK, WATCHDOG)]
        assert still_armed(world)


def test_a_running_entry_delay_goes_on_over_the_reset(server: ForkServer, tmp_path: Path) -> None:
    with sabotaged_world(server, tmp_path, "") as world:
        arm(world)
        world.house.open("front-door")
        world.run_until(world.now_ms + 5_000)
        assert len(events(world, 6134)) == 1
        world.hang_panel("busy")
        world.run_until(world.now_ms + WATCHDOG_MS + RESET_MS + 1_000)
        assert world.house.keypad.buzzer == "entry"
        assert world.house.siren == "off"
        world.run_until(world.now_ms + 25_000)
        assert world.house.siren == "intrusion"
        assert events(world, 1134) == [(1, 0)]


def test_an_entry_delay_is_ended_with_the_code_after_the_reset(server: ForkServer, tmp_path: Path) -> None:
    with sabotaged_world(server, tmp_path, "") as world:
        arm(world)
        world.house.open("front-door")
        world.hang_panel("busy")
        world.run_until(world.now_ms + WATCHDOG_MS + RESET_MS + 1_000)
        world.house.enter_code("1234", "off")
        world.run_until(world.now_ms + MINUTE_MS)
        assert events(world, 1134) == []
        assert len(events(world, 1401)) == 1


def test_a_quiet_house_winds_up_its_watchdog_without_being_woken_for_it(server: ForkServer, tmp_path: Path) -> None:
    with sabotaged_world(server, tmp_path, "") as world:
        vouched = world.panel.handlers["vouch"]
        count = 0

        def counted(frame: list[object]) -> None:
            nonlocal count
            count += 1
            vouched(frame)

        world.panel.handlers["vouch"] = counted
        world.run_until(6 * 60 * MINUTE_MS)
        assert world.panel.boots == 1
        assert 0 < count <= 6 * 30 + 10  # Once in two minutes.


_CRASHES_WITH_A_TAG = """
    whole = app.Panel.handle
    def handle(self, event, now_ms):
        if event[0] == "tag":
            raise {error}
        return whole(self, event, now_ms)
    app.Panel.handle = handle
"""


def test_a_crash_is_told_with_its_traceback(server: ForkServer, tmp_path: Path) -> None:
    with sabotaged_world(server, tmp_path, _CRASHES_WITH_A_TAG.format(error="KeyError('no such tag')")) as world:
        world.run_until(5_000)
        world.house.keypad.hold_tag(b"1234")
        with pytest.raises(PanelCrashedError, match=r"status 4:(.|\n)*no such tag"):
            world.run_until(6_000)


@pytest.mark.parametrize("error", ["KeyError('no such tag')", "MemoryError()"])
def test_a_crash_leads_to_a_restart_that_is_reported(server: ForkServer, tmp_path: Path, error: str) -> None:
    with sabotaged_world(server, tmp_path, _CRASHES_WITH_A_TAG.format(error=error)) as world:
        world.survive_crashes = True
        world.run_until(1_000)
        arm(world)
        world.house.keypad.hold_tag(b"1234")
        world.run_until(world.now_ms + 5_000)
        assert len(world.crashes) == 1
        assert error.partition("(")[0] in world.crashes[0]
        assert restarts(world) == [(0, 0), (0, CRASH)]
        assert events(world, SELF_TEST_FAILED) == [(0, 4)]
        assert still_armed(world)


def test_an_error_in_the_session_is_a_crash_as_well(server: ForkServer, tmp_path: Path) -> None:
    lines = """
        def broken(self, command):
            raise {error}
        app.Requests.execute = broken
    """
    for error in ("KeyError('command')", "MemoryError()"):
        with sabotaged_world(server, tmp_path, lines.format(error=error)) as world:
            world.survive_crashes = True
            world.run_until(5_000)
            world.cloud.send_command(4, 1, 1)
            world.run_until(7_000)
            assert len(world.crashes) == 1, error


def test_a_panel_that_crashes_at_each_start_does_not_wear_out_its_flash(server: ForkServer, tmp_path: Path) -> None:
    lines = """
        async def broken(self):
            await asyncio.sleep(1)
            raise ValueError('always')
        app.App._deadlines = broken
    """
    with sabotaged_world(server, tmp_path, lines) as world:
        world.survive_crashes = True
        world.run_until(10 * MINUTE_MS)
        assert 45 <= world.panel.boots <= 60


def test_the_last_words_of_a_panel_call_functions_as_the_sources_do(server: ForkServer, tmp_path: Path) -> None:
    lines = """
        from hemlarm_firmware.recorder import Recorder
        def broken(self):
            raise ValueError('no number')
        Recorder._take_number = broken
    """
    with pytest.raises(PanelCrashedError, match=r"in _keep\n.*\n.*ValueError: no number"):
        sabotaged_world(server, tmp_path, lines)


def test_a_panel_without_a_configuration_says_so(server: ForkServer, tmp_path: Path) -> None:
    lines = """
        from hemlarm_firmware import configuration
        configuration.Configuration.stored = lambda self: {}
    """
    with pytest.raises(PanelCrashedError, match="status 4"):
        sabotaged_world(server, tmp_path, lines)


def test_an_alarm_that_was_decided_is_carried_out_where_memory_runs_out(server: ForkServer, tmp_path: Path) -> None:
    lines = """
        from hemlarm_firmware.recorder import Recorder
        whole = Recorder.record
        def record(self, qcode, *others):
            if qcode == 1130:
                raise MemoryError()
            return whole(self, qcode, *others)
        Recorder.record = record
    """
    with sabotaged_world(server, tmp_path, lines) as world:
        world.survive_crashes = True
        arm(world)
        world.house.open("kitchen-door")
        world.run_until(world.now_ms + 5_000)
        assert len(world.crashes) == 1
        assert world.house.siren == "intrusion"
        assert restarts(world)[-1] == (0, CRASH)


def test_in_real_time_a_busy_loop_leads_to_a_reset_as_well(
    server: ForkServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watchdog, "WATCHDOG_MS", 200)
    body = """
        board.trace("told", str(board.reset_cause()))
        while True:
            board.trace("input", (await board.next_input())[0])
    """
    with real_world(server, tmp_path, body) as world:
        assert world.wait_for(lambda: world.ledger.count("input") == 1, 10_000)
        world.hang_panel("busy")
        assert world.wait_for(lambda: len(told(world)) == 2, 10_000)
        assert told(world) == ["(0, 0)", "(2, 0)"]
