"""Two paths and a last resort in virtual time: an alarm reaches the cloud whatever happens to the line, and only once.

With the real firmware, at link level 90 s where nothing else is said, and for both families of modems. Times run from
the edge, the moment in which the door opens.
"""

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from hemlarm_cloud.store import Event
from hemlarm_simulator.description import load_house
from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.modem_description import FAMILIES
from hemlarm_simulator.virtual.world import VirtualWorld

LEVEL_S = 90
SETTLED_MS = 180_000
"""By then the modem is registered, the house armed, and the exit delay over."""

RETURN_MS = 600_000
QUIET_MS = 240_000
ACKNOWLEDGED_MS, FAULT_TOLD_MS, BY_SMS_MS, RACED_MS = 15_000, 90_000, 60_000, 10_000
"""What the requirements allow."""

BURGLARY, PATH_FAULT, PATH_RESTORED, OTHER_PATH, IP_AGAIN = 1130, 1351, 3351, 1350, 3350
IP, MOBILE = 1, 2
DOOR = "kitchen-door"
EVENT_BYTES = 68

Break = Callable[[VirtualWorld, bool], None]


@pytest.fixture(name="server", scope="module")
def _server() -> Iterator[ForkServer]:
    with ForkServer() as server:
        yield server


@contextmanager
def house_armed(server: ForkServer, family: str, seed: int = 1, settled_ms: int = SETTLED_MS) -> Iterator[VirtualWorld]:
    """The house with two paths, armed at home, and both paths in order."""
    house = load_house("two-paths")
    assert house.modem is not None
    house = dataclasses.replace(house, modem=dataclasses.replace(house.modem, family=family))
    with VirtualWorld(server, house, seed) as world:
        world.cloud_process.set_levels(world.panel.id, LEVEL_S, LEVEL_S)
        world.run_until(5_000)
        world.house.enter_code("2580", "home")
        world.run_until(settled_ms)
        assert world.house.lamps["armed"]
        assert stored(world, PATH_FAULT) == []
        yield world


def stored(world: VirtualWorld, qcode: int, zone: int | None = None) -> list[Event]:
    """The events in the store with this code."""
    return [each for each in world.cloud.events() if each.qcode == qcode and zone in (None, each.zone)]


def acknowledged(world: VirtualWorld, qcode: int) -> bool:
    """Whether the panel knows that an event with this code is stored."""
    known = {trace.values[0] for trace in world.ledger.traces if trace.what == "acknowledged"}
    return any(event.number in known for event in stored(world, qcode))


def all_there_once(world: VirtualWorld) -> bool:
    """Whether every event that the panel numbered is acknowledged there, and stored exactly once."""
    numbered = [trace.values[0] for trace in world.ledger.traces if trace.what == "event"]
    known = {trace.values[0] for trace in world.ledger.traces if trace.what == "acknowledged"}
    numbers = sorted(event.number for event in world.cloud.events() if event.qcode)
    return set(numbered) <= known and numbers == sorted(numbered)


def cable(world: VirtualWorld, whole: bool) -> None:
    """The fixed line's cable is pulled, or put back."""
    world.network.up = whole


def hole(world: VirtualWorld, whole: bool) -> None:
    """Packets on the fixed line vanish, or get through again."""
    world.network.black_hole = not whole


def data_off(world: VirtualWorld, whole: bool) -> None:
    """The cable is pulled and the mobile network carries no data; or both are well again."""
    world.network.up = world.mobile.data = whole


def two_holes(world: VirtualWorld, whole: bool) -> None:
    """Packets vanish on both paths, or get through again."""
    world.network.black_hole = world.mobile.black_hole = not whole


def alarm_around(world: VirtualWorld, breaks: Break, after_ms: int) -> int:
    """The door opens, and the line breaks so long after it, or before it; returns the moment of the sensor's edge."""
    if after_ms < 0:
        breaks(world, False)
        world.run_until(world.now_ms - after_ms)
    edge_ms = world.now_ms
    world.house.open(DOOR)
    if after_ms >= 0:
        world.run_until(edge_ms + after_ms)
        breaks(world, False)
    return edge_ms


def until(world: VirtualWorld, at_ms: int, condition: Callable[[], bool]) -> bool:
    """Whether it holds by then."""
    return world.wait_for(condition, at_ms - world.now_ms)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("breaks", [cable, hole])
@pytest.mark.parametrize("after_ms", [-20_000, 0, 405, 1_000])
def test_an_alarm_on_a_line_that_breaks_goes_over_the_modem_and_nothing_is_lost_or_doubled(
    server: ForkServer, family: str, breaks: Break, after_ms: int
) -> None:
    with house_armed(server, family) as world:
        edge_ms = alarm_around(world, breaks, after_ms)
        broken_ms = min(edge_ms, edge_ms + after_ms)
        assert until(world, edge_ms + ACKNOWLEDGED_MS, lambda: acknowledged(world, BURGLARY))
        assert until(world, broken_ms + FAULT_TOLD_MS, lambda: bool(stored(world, PATH_FAULT, IP)))
        assert stored(world, OTHER_PATH, MOBILE)
        world.run_until(world.now_ms + QUIET_MS)
        breaks(world, True)
        assert until(world, world.now_ms + RETURN_MS, lambda: bool(stored(world, IP_AGAIN, IP)))
        world.house.close(DOOR)
        world.run_until(world.now_ms + QUIET_MS)
        assert all_there_once(world)
        for qcode in (BURGLARY, PATH_FAULT, PATH_RESTORED, OTHER_PATH, IP_AGAIN):
            assert len(stored(world, qcode)) == 1
        silences = world.cloud_process.line_faults(world.panel.id)
        assert {(fault.kind, fault.path) for fault in silences} <= {("path-fault", IP)}


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("breaks", [data_off, two_holes])
@pytest.mark.parametrize("after_ms", [-600_000, 0, 405])
def test_an_alarm_with_both_paths_dead_comes_by_sms_and_exactly_once(
    server: ForkServer, family: str, breaks: Break, after_ms: int
) -> None:
    with house_armed(server, family) as world:
        edge_ms = alarm_around(world, breaks, after_ms)
        assert until(world, edge_ms + BY_SMS_MS, lambda: bool(stored(world, BURGLARY)))
        # What was on its way as the line broke is stored already, but the panel must hear of it.
        assert until(world, edge_ms + BY_SMS_MS, lambda: acknowledged(world, BURGLARY))
        sent = [message for _, what, message in world.sms.log if what == "taken" and message.receiver == _centre(world)]
        sizes = [len(message.octets()) for message in sent]
        assert sizes
        assert set(sizes) <= {EVENT_BYTES, 2 * EVENT_BYTES}
        world.run_until(world.now_ms + QUIET_MS)
        breaks(world, True)
        world.house.close(DOOR)
        assert until(world, world.now_ms + RETURN_MS, lambda: all_there_once(world))
        world.run_until(world.now_ms + QUIET_MS)
        assert all_there_once(world)
        assert len(stored(world, BURGLARY)) == 1


@pytest.mark.parametrize("level_s", [90_000, 18_000, 180, 90])
@pytest.mark.parametrize("breaks", [cable, hole])
def test_at_every_level_an_alarm_is_raced_over_the_other_path_within_ten_seconds(
    server: ForkServer, level_s: int, breaks: Break
) -> None:
    with house_armed(server, FAMILIES[0]) as world:
        world.cloud_process.set_levels(world.panel.id, level_s, 90_000)
        world.run_until(world.now_ms + 300_000)
        opened: list[int] = []
        world.ledger.watch(lambda at_ms, kind, _: opened.append(at_ms) if kind == "mobile connection" else None)
        edge_ms = alarm_around(world, breaks, -100)
        assert until(world, edge_ms + ACKNOWLEDGED_MS, lambda: acknowledged(world, BURGLARY))
        assert opened
        assert opened[0] <= edge_ms + RACED_MS


@pytest.mark.parametrize("family", FAMILIES)
def test_an_sms_that_gets_lost_is_sent_again(server: ForkServer, family: str) -> None:
    with house_armed(server, family) as world:
        world.sms.loss_per_mille = 1_000
        edge_ms = alarm_around(world, data_off, 0)
        world.run_until(edge_ms + BY_SMS_MS)
        assert world.faults["sms-lost"] >= 1
        assert not stored(world, BURGLARY)
        world.sms.loss_per_mille = 0
        assert until(world, edge_ms + 4 * BY_SMS_MS, lambda: acknowledged(world, BURGLARY))
        assert len(stored(world, BURGLARY)) == 1


@pytest.mark.parametrize("family", FAMILIES)
def test_one_seed_makes_the_same_run_with_a_modem_too(server: ForkServer, family: str) -> None:
    def run(seed: int) -> str:
        with house_armed(server, family, seed) as world:
            alarm_around(world, data_off, 405)
            world.run_until(world.now_ms + QUIET_MS)
            data_off(world, True)
            world.run_until(world.now_ms + QUIET_MS)
            return world.ledger.sha256()

    first = run(5)
    assert run(5) == first
    assert run(6) != first


def _centre(world: VirtualWorld) -> str:
    modem = world.house.description.modem
    assert modem is not None
    return modem.sms_to
