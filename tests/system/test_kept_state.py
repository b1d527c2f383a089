"""What outlives a restart of the real firmware besides its flash: the kept clock, the reason, and being parked."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hemlarm_simulator.board_link import Frame
from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.simulated_panel import BROWN_OUT
from hemlarm_simulator.virtual.world import RESET_MS, VirtualWorld
from sabotage import events, sabotaged_world

RESTARTED = 1305
ASKED, PARKED = 1, 5
YEAR_MS = 365 * 86_400_000
TICKS_PERIOD = 1 << 30
PARK_WAIT_MS = 30_000

_PARKS_WITH_A_TAG = """
    whole = app.Panel.handle
    def handle(self, event, now_ms):
        more = [("event", 1308, 0, 0, 0, 0, 105), ("save",), ("park",)] if event[0] == "tag" else []
        return whole(self, event, now_ms) + more
    app.Panel.handle = handle
"""


@pytest.fixture(name="server", scope="module")
def _server() -> Iterator[ForkServer]:
    with ForkServer() as server:
        yield server


def alarm_off_ms(world: VirtualWorld) -> int | None:
    """Give a fire alarm without a network: how wrong the panel was about its time, or None where it had no idea."""
    world.network.up = False
    world.house.open("fire-button")
    world.run_until(world.now_ms + 2_000)
    world.network.up = True
    world.run_until(world.now_ms + 180_000)
    (alarm,) = [event for event in world.cloud.events() if event.qcode == 1115]
    return None if alarm.panel_time_ms is None else alarm.panel_time_ms - world.clock.unix_ms + 182_000


def reset_offline(world: VirtualWorld) -> None:
    """A reset, after which the cloud cannot tell the time."""
    world.network.up = False
    world.reset_panel()
    world.run_until(world.now_ms + RESET_MS + 100)


def test_the_time_is_known_over_a_reset(server: ForkServer, tmp_path: Path) -> None:
    with sabotaged_world(server, tmp_path, "") as world:
        world.run_until(10_000)
        reset_offline(world)
        off_ms = alarm_off_ms(world)
        assert off_ms is not None
        assert abs(off_ms) <= 1_000
        assert events(world, RESTARTED) == [(0, 0), (0, ASKED)]


def test_the_time_is_not_known_over_a_loss_of_power(server: ForkServer, tmp_path: Path) -> None:
    with sabotaged_world(server, tmp_path, "") as world:
        world.run_until(10_000)
        world.network.up = False
        world.power_cut(BROWN_OUT)
        world.run_until(12_000)
        world.power_on()
        world.run_until(13_000)
        assert alarm_off_ms(world) is None
        assert events(world, RESTARTED) == [(0, 0), (0, BROWN_OUT)]


@pytest.mark.parametrize("years", [-57, 63])
def test_a_kept_clock_that_talks_nonsense_is_not_believed_and_is_set_again(
    server: ForkServer, tmp_path: Path, years: int
) -> None:
    with sabotaged_world(server, tmp_path, "") as world:
        world.run_until(10_000)
        assert world.panel.kept_ahead_ms is not None
        world.disturb_rtc(years * YEAR_MS)
        reset_offline(world)
        assert alarm_off_ms(world) is None
        assert abs(world.panel.kept_ahead_ms) <= 1_000


def test_a_kept_clock_is_set_once_and_not_with_each_heartbeat(server: ForkServer, tmp_path: Path) -> None:
    with sabotaged_world(server, tmp_path, "") as world:
        keep_time = world.panel.handlers["keep-time"]
        told: list[object] = []

        def noted(frame: Frame) -> None:
            told.append(frame)
            keep_time(frame)

        world.panel.handlers["keep-time"] = noted
        world.run_until(3_600_000)
        assert len(told) == 1


def test_everything_goes_on_over_the_wrap_of_the_ticks(server: ForkServer, tmp_path: Path) -> None:
    with sabotaged_world(server, tmp_path, "", ticks_at_boot=TICKS_PERIOD - 75_000) as world:
        world.run_until(5_000)
        world.house.enter_code("1234", "away")
        world.run_until(66_000)
        assert len(events(world, 3401)) == 1
        world.house.open("front-door")  # Its entry delay of 30 s begins before the wrap and ends behind it.
        world.run_until(74_000)
        assert world.house.keypad.buzzer == "entry"
        world.run_until(95_000)
        assert world.house.siren == "off"
        world.run_until(97_000)
        assert world.house.siren == "intrusion"
        world.house.enter_code("1234", "off")
        world.run_until(3_600_000)
        assert world.panel.boots == 1
        assert world.ledger.count("acknowledged") == world.ledger.count("event")
        uptimes = [event.uptime_ms for event in world.cloud.events()]
        assert uptimes == sorted(uptimes)


def test_a_panel_that_parks_tells_it_first_and_resumes_armed(server: ForkServer, tmp_path: Path) -> None:
    with sabotaged_world(server, tmp_path, _PARKS_WITH_A_TAG) as world:
        world.run_until(1_000)
        world.house.enter_code("1234", "away")
        world.run_until(70_000)
        world.house.keypad.hold_tag(b"park")
        world.run_until(72_000)
        assert world.panel.parked
        assert events(world, 1308) == [(0, 105)]
        world.run_until(3_600_000)
        assert not world.panel.on
        world.power_on()
        world.run_until(3_605_000)
        assert events(world, RESTARTED) == [(0, 0), (0, PARKED)]
        world.house.open("kitchen-door")
        world.run_until(3_610_000)
        assert [zone for zone, _ in events(world, 1130)] == [2]
        assert world.house.siren == "intrusion"


def test_a_panel_without_a_cloud_parks_all_the_same_and_tells_it_later(server: ForkServer, tmp_path: Path) -> None:
    with sabotaged_world(server, tmp_path, _PARKS_WITH_A_TAG) as world:
        world.run_until(5_000)
        world.network.up = False
        world.house.keypad.hold_tag(b"park")
        world.run_until(5_000 + PARK_WAIT_MS - 1)
        assert world.panel.on
        world.run_until(5_000 + PARK_WAIT_MS)
        assert world.panel.parked
        world.network.up = True
        world.run_until(100_000)
        world.power_on()
        world.run_until(110_000)
        assert events(world, 1308) == [(0, 105)]
