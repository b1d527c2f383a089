"""The real firmware comes through every fault of the virtual world: in the end the store holds each event once."""

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hemlarm_simulator.chance import Chance
from hemlarm_simulator.description import AreaDescription, HouseDescription, load_house
from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.virtual.faults import KINDS, PATH_KINDS
from hemlarm_simulator.virtual.world import VirtualWorld
from panel_programs import Programs

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
LIMIT_MS = 20 * MINUTE_MS
FOUND_MS = 10 * MINUTE_MS
"""By then the board's watchdog has found a task that hangs; the firmware is in no hurry where nobody notices."""

BUTTON = "fire-button"
ARM_AWAY = 2
PRESSES = 20

Story = Callable[[VirtualWorld], None]


@pytest.fixture(name="server", scope="module")
def _server() -> Iterator[ForkServer]:
    with ForkServer() as server:
        yield server


def _house() -> HouseDescription:
    return dataclasses.replace(load_house("villa"), areas=(AreaDescription(1, 0, 0),), filter_ms=0)


def journalled(world: VirtualWorld) -> list[int]:
    """The numbers that the panel said it had journalled."""
    return [trace.values[0] for trace in world.ledger.traces if trace.what == "event"]


def stored(world: VirtualWorld) -> list[int]:
    """The numbers of the events in the store, in order; void records are not among them."""
    return sorted(event.number for event in world.cloud.events() if event.qcode)


def live(world: VirtualWorld, presses: int = PRESSES) -> None:
    """Somebody plays with the fire button: an event every two seconds, as long as the panel is on."""
    for press in range(presses):
        (world.house.close if press % 2 else world.house.open)(BUTTON)
        world.run_until(world.now_ms + 2_000)


def recover(world: VirtualWorld) -> None:
    """Nothing goes wrong any more: the panel is on, and a last event must arrive with all before it."""
    world.calm()
    world.run_until(world.now_ms + FOUND_MS)
    if not world.panel.on:
        world.power_on()
    before = len(journalled(world))
    live(world, 2)
    assert len(journalled(world)) > before
    assert world.wait_for(lambda: set(journalled(world)) <= set(stored(world)), LIMIT_MS)


def all_there_once(world: VirtualWorld) -> None:
    """Every event is in the store, and none twice."""
    events = world.cloud.events()
    assert set(journalled(world)) <= set(stored(world))
    assert len({(event.kid, event.number) for event in events}) == len(events)


def _disturbed(kind: str, direction: str) -> Story:
    return lambda world: world.disturb(kind, direction, HOUR_MS, 300)


def _off(part: str) -> Story:
    def story(world: VirtualWorld) -> None:
        setattr(world.network, part, False)
        live(world)
        setattr(world.network, part, True)

    return story


def _slow(world: VirtualWorld) -> None:
    world.network.delay_ms, world.network.jitter_ms = 1_500, 1_500


def _power_cut(world: VirtualWorld) -> None:
    world.house.open(BUTTON)
    world.power_cut()
    world.run_until(world.now_ms + 5_000)
    world.power_on()


def _forget(world: VirtualWorld) -> None:
    world.power_cut()
    world.forget_state()
    world.power_on()


def _crash(when: str) -> Story:
    return lambda world: world.cloud_process.crash(10_000, when)


def _restore(world: VirtualWorld) -> None:
    copy = world.cloud_process.backup()
    live(world)
    world.cloud_process.restore(copy, 10_000)


def _cut(operation: int, torn: float | None) -> Story:
    def story(world: VirtualWorld) -> None:
        world.cut_at_flash_operation(operation, torn)
        live(world)
        if not world.panel.on:
            world.power_on()

    return story


STORIES: dict[str, tuple[str, Story]] = {
    **{
        f"{k}-{d}": (f"{k}-{d}", _disturbed(k, d))
        for k in ("lose", "duplicate", "delay", "corrupt")
        for d in ("up", "down")
    },
    "outage": ("outage", _off("up")),
    "router-off": ("router-off", _off("router_on")),
    "port-off": ("port-off", _off("port_on")),
    "slow-network": ("slow-network", _slow),
    "connection-reset": ("connection-reset", lambda world: world.network.drop_connection()),
    "half-open": ("half-open", lambda world: world.network.half_open()),
    "broker-wipe": ("broker-wipe", lambda world: world.broker_wipe(15_000)),
    "ingest-crash-now": ("ingest-crash-now", _crash("now")),
    "ingest-crash-before-commit": ("ingest-crash-before-commit", _crash("before-commit")),
    "ingest-crash-after-commit": ("ingest-crash-after-commit", _crash("after-commit")),
    "store-restored": ("store-restored", _restore),
    "cloud-clock-back": ("cloud-clock-jump", lambda world: world.cloud_process.jump_clock(-DAY_MS)),
    "cloud-clock-ahead": ("cloud-clock-jump", lambda world: world.cloud_process.jump_clock(DAY_MS)),
    "misacknowledge": ("misacknowledge", lambda world: world.cloud_process.misacknowledge()),
    "power-cut": ("power-cut", _power_cut),
    "flash-cut": ("flash-cut", _cut(3, None)),
    "flash-torn": ("flash-torn", _cut(4, 0.4)),
    "panel-reset": ("panel-reset", lambda world: world.reset_panel()),
    "panel-hang-busy": ("panel-hang-busy", lambda world: world.hang_panel("busy")),
    "panel-hang-inputs": ("panel-hang-inputs", lambda world: world.hang_panel("inputs")),
    "state-forgotten": ("state-forgotten", _forget),
    "rtc-jump": ("rtc-jump", lambda world: world.disturb_rtc(DAY_MS)),
}


def test_every_kind_of_fault_has_its_story() -> None:
    """Those of a second path have theirs in test_path_faults.py."""
    assert {kind for kind, _ in STORIES.values()} == set(KINDS) - set(PATH_KINDS)


@pytest.mark.parametrize("name", STORIES)
def test_the_panel_and_the_store_come_through(server: ForkServer, name: str) -> None:
    kind, story = STORIES[name]
    with VirtualWorld(server, _house()) as world:
        live(world, 4)
        assert not world.faults
        story(world)
        live(world)
        assert world.faults[kind] >= 1
        recover(world)
        all_there_once(world)


def _behind(entries: list[tuple[str, Any]], kind: str) -> list[str]:
    """The kinds of the entries from the first fault of a kind up to the next boot."""
    at = next(at for at, (what, values) in enumerate(entries) if what == "fault" and values[0] == kind)
    return [what for what, _ in entries[at + 1 :]]


@pytest.mark.parametrize("torn", [None, 0.0, 0.5, 1.0])
@pytest.mark.parametrize("operation", [1, 2, 3, 5])
def test_nothing_that_the_panel_says_behind_the_cut_is_heard(
    server: ForkServer, operation: int, torn: float | None
) -> None:
    with VirtualWorld(server, _house()) as world:
        live(world, 4)
        entries: list[tuple[str, Any]] = []
        world.ledger.watch(lambda at_ms, kind, values: entries.append((kind, values)))
        world.cut_at_flash_operation(operation, torn)
        live(world)
        assert not world.panel.on
        expected = ["power cut"] if torn is None else ["fault", "power cut"]
        assert _behind(entries, "flash-cut")[: len(expected)] == expected
        done = sum(kind in ("program", "erase") for kind, _ in entries)
        assert done == operation - 1
        heard = len(entries)
        world.run_until(world.now_ms + MINUTE_MS)
        assert "show" not in [kind for kind, _ in entries[heard:]]
        recover(world)
        all_there_once(world)
        assert world.faults["flash-cut"] == 1


def test_of_one_turn_all_before_the_cut_is_done_and_nothing_behind_it(server: ForkServer, tmp_path: Path) -> None:
    body = """
        await board.next_input()
        flash = board.flash("journal")
        for offset in range(3):
            flash.program(offset, b"\\x00")
            board.show("siren", "fire %d" % offset)
            board.transmit(b"frame")
        await board.connect()
    """
    with Programs(server, tmp_path).world(body) as world:
        entries: list[tuple[Any, ...]] = []
        world.ledger.watch(lambda at_ms, kind, values: entries.append((kind, *values[:2])))
        world.cut_at_flash_operation(2, None)
        world.run_until(MINUTE_MS)
        assert entries == [
            ("program", "journal", 0),
            ("show", "siren", "fire 0"),
            ("transmit", b"frame"),
            ("fault", "flash-cut", "program"),
            ("power cut", world.panel.id),
        ]
        assert world.panel.flash["journal"].read(0, 3) == b"\x00\xff\xff"


def test_a_cut_may_come_in_the_recovery_from_another(server: ForkServer) -> None:
    with VirtualWorld(server, _house()) as world:
        for operation in (1, 2, 3):
            world.cut_at_flash_operation(operation, 0.5)
            live(world)
            assert not world.panel.on
            world.cut_at_flash_operation(1, 0.5)
            world.power_on()
            assert not world.panel.on
            world.power_on()
        recover(world)
        all_there_once(world)
        assert world.faults["flash-cut"] == 6


def test_power_taken_between_a_reset_and_the_restart_stays_away(server: ForkServer) -> None:
    with VirtualWorld(server, _house()) as world:
        world.reset_panel()
        world.power_cut()
        world.run_until(MINUTE_MS)
        assert not world.panel.on


def test_a_kept_clock_that_knows_no_time_does_not_jump(server: ForkServer) -> None:
    with VirtualWorld(server, _house()) as world:
        live(world, 2)
        world.power_cut()
        world.disturb_rtc(DAY_MS)
        assert world.faults == {"power-cut": 1}


def test_a_panel_that_is_on_forgets_nothing(server: ForkServer) -> None:
    with VirtualWorld(server, _house()) as world, pytest.raises(AssertionError, match="cut its power first"):
        world.forget_state()


def test_what_is_done_to_a_panel_without_power_is_no_fault(server: ForkServer) -> None:
    with VirtualWorld(server, _house()) as world:
        world.power_cut()
        world.power_cut()
        world.reset_panel()
        world.hang_panel("busy")
        world.run_until(MINUTE_MS)
        assert world.faults == {"power-cut": 1}
        assert not world.panel.on


def _storm(server: ForkServer, seed: int) -> tuple[str, dict[str, int]]:
    """Some minutes in which everything goes wrong but one: what store and panel both forget is lost indeed."""
    chance = Chance(seed, "storm")
    stories = [story for kind, story in STORIES.values() if kind != "state-forgotten"]
    with VirtualWorld(server, _house(), seed) as world:
        for _ in range(20):
            if not world.panel.on and not world.wait_for(lambda: world.panel.on, MINUTE_MS):
                world.power_on()
            stories[chance(1)[0] % len(stories)](world)
            live(world, 4)
        recover(world)
        all_there_once(world)
        return world.ledger.sha256(), dict(world.faults)


def test_one_seed_makes_the_same_storm_to_the_byte(server: ForkServer) -> None:
    first, second = _storm(server, 1), _storm(server, 1)
    assert first == second
    assert len(first[1]) > 10
    assert _storm(server, 2)[0] != first[0]
