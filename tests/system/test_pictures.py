"""Pictures from the camera to the centre's screen, with the real firmware, ingest and case work in virtual time."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from hemlarm_cloud.actor import Actor, Role
from hemlarm_cloud.errors import NotFoundError, RefusedError
from hemlarm_cloud.operations.backup import backup, restore
from hemlarm_cloud.pictures import holding, retention, rows, views
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_homes import picture, picture_part
from hemlarm_simulator.clock import VirtualClock
from hemlarm_simulator.description import HouseDescription, load_house
from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.ledger import Ledger
from hemlarm_simulator.virtual.crashing_store import CrashingStore
from hemlarm_simulator.virtual.ingest import VirtualCloud
from hemlarm_simulator.virtual.world import VirtualWorld

SLOW_BPS = 20_000
DAY_MS = 86_400_000
SUPERVISOR = Actor("supervisor:sara", Role.SUPERVISOR)
OPERATOR = Actor("operator:olle", Role.OPERATOR)
OTHERS = [Actor(role.value, role) for role in (Role.CUSTOMER, Role.INSTALLER, Role.MONITOR)]


@pytest.fixture(name="server", scope="module")
def _server() -> Iterator[ForkServer]:
    with ForkServer() as server:
        yield server


def villa(pictures: bool = True, cameras: tuple[str, ...] = ("hall",)) -> HouseDescription:
    """A villa whose hall has a camera that takes pictures, or one that takes none; perhaps other rooms too."""
    house = load_house("swedish-villa")
    sensors = [
        dataclasses.replace(each, kind="camera", pictures=pictures) if each.name in cameras else each
        for each in house.sensors
    ]
    return dataclasses.replace(house, sensors=tuple(sensors))


def arm(world: VirtualWorld) -> None:
    world.run_until(world.now_ms + 5_000)
    world.house.enter_code("1234", "away")
    world.run_until(world.now_ms + 90_000)


def traces(world: VirtualWorld, what: str) -> list[Any]:
    return [trace for trace in world.ledger.traces if trace.what == what]


def stored(store: Store) -> list[Any]:
    with store.read() as reading:
        return list(reading.connection.execute(select(*rows.HEAD).order_by(picture.c.id)))


def shown(store: Store, picture_id: int) -> bytes:
    with store.begin() as tx:
        return views.look(tx, OPERATOR, picture_id, 0)[1]


# Point 5: nothing delays an alarm.


def delays_ms(server: ForkServer, pictures: bool) -> tuple[list[float], int]:
    """How long alarms took from their event to its acknowledgement, while pictures of an earlier alarm are sent.

    Those were taken without a network, which comes back slow. Returns the pictures that waited, too.
    """
    with VirtualWorld(server, villa(pictures, ("hall", "living-room")), seed=3) as world:
        world.run_until(5_000)
        world.network.up = False
        for _ in range(5):
            arm(world)
            world.house.move("hall")
            world.run_until(world.now_ms + 8_000)
            world.house.enter_code("1234", "off")
        arm(world)
        waited = len(traces(world, "picture")) - len(traces(world, "picture-sent"))
        world.network.shape(SLOW_BPS, 0)
        world.network.up = True
        world.run_until(world.now_ms + 40_000)
        world.house.open("kitchen-window")
        world.run_until(world.now_ms + 7_130)
        world.house.open("front-door")
        world.run_until(world.now_ms + 9_270)
        world.house.smoke("kitchen", True)
        world.run_until(world.now_ms + 20_000)
        told = {trace.values[0]: trace.at_us for trace in traces(world, "acknowledged")}
        events = [trace for trace in traces(world, "event") if trace.values[1] in (1130, 1134, 1111)]
        assert len(events) == 3, traces(world, "event")
        return [(told[event.values[0]] - event.at_us) / 1000 for event in events], waited


def test_twenty_queued_pictures_delay_an_alarm_on_a_slow_path_by_less_than_a_second(server: ForkServer) -> None:
    plain, none = delays_ms(server, pictures=False)
    behind, waited = delays_ms(server, pictures=True)
    assert none == 0
    assert waited == 20
    later = [with_pictures - without for with_pictures, without in zip(behind, plain, strict=True)]
    assert max(later) <= 1_000, (plain, behind)


# Transfers that are cut.


def test_a_transfer_that_is_cut_ten_times_completes(server: ForkServer) -> None:
    with VirtualWorld(server, villa(cameras=("hall", "living-room")), seed=4) as world:
        arm(world)
        world.network.shape(SLOW_BPS, 0)
        world.house.move("hall")
        world.run_until(world.now_ms + 8_000)
        for cut in range(10):
            if cut % 3 == 0:
                world.power_cut()
                world.run_until(world.now_ms + 1_000)
                world.power_on()
            elif cut % 3 == 1:
                world.network.drop_connection()
            else:
                world.network.up = False
                world.run_until(world.now_ms + 20_000)
                world.network.up = True
            world.run_until(world.now_ms + 6_000)
        assert not all(row.complete_ms for row in stored(world.cloud_process.store))
        assert world.wait_for(lambda: len(traces(world, "picture-sent")) >= 4, 600_000), world.panel.log()
        assert world.faults["power-cut"] == 4
        kept = [shown(world.cloud_process.store, row.id) for row in stored(world.cloud_process.store)]
        assert sorted(kept) == sorted(taken.content for taken in world.cameras.taken)


def test_an_ingest_that_dies_at_any_moment_of_a_transfer_costs_no_picture(server: ForkServer) -> None:
    with VirtualWorld(server, villa(), seed=5) as world:
        arm(world)
        world.house.move("hall")
        for down_ms in (100, 2_000, 500, 4_000):
            world.run_until(world.now_ms + 900)
            world.cloud_process.crash(down_ms)
        assert world.wait_for(lambda: len(traces(world, "picture-sent")) == 2, 300_000)
        kept = [shown(world.cloud_process.store, row.id) for row in stored(world.cloud_process.store)]
        assert kept == [taken.content for taken in world.cameras.taken]


def test_in_a_fire_and_on_demand_pictures_are_taken_and_shown_to_the_staff_of_that_case_alone(
    server: ForkServer,
) -> None:
    with VirtualWorld(server, villa(), seed=6) as world:
        world.run_until(5_000)
        world.house.dark = True
        world.house.smoke("kitchen", True)
        assert world.wait_for(lambda: len(traces(world, "picture-sent")) == 2, 120_000)
        world.cloud.send_command(15, 0, 0)  # Verb 15 asks all cameras for a picture.
        assert world.wait_for(lambda: len(traces(world, "picture-sent")) == 4, 120_000)
        kept = stored(world.cloud_process.store)
        assert [row.zone for row in kept] == [3] * 4
        assert [row.event is not None for row in kept] == [True, True, False, False]
        assert all(taken.flashed for taken in world.cameras.taken)
        assert world.house.flashes("hall") == 4


# How long they are kept.


class Kept:
    """A world on a database in files, with two pictures in it."""

    def __init__(self, server: ForkServer, folder: Path) -> None:
        self.folder = folder
        self.url = f"sqlite:///{folder / 'store.db'}"
        clock = VirtualClock()
        self.store = CrashingStore.open(self.url)
        cloud = VirtualCloud(clock, Ledger(), 7, store=self.store)
        with VirtualWorld(server, villa(), seed=7, clock=clock, cloud=cloud) as world:
            arm(world)
            world.house.move("hall")
            assert world.wait_for(lambda: len(traces(world, "picture-sent")) == 2, 120_000)
            self.pictures = [taken.content for taken in world.cameras.taken]
            self.taken_ms = world.cameras.taken[0].unix_ms

    def pass_days(self, first: int, last: int) -> None:
        """The step of case work runs twice a day."""
        for half in range(2 * first, 2 * last + 1):
            retention.step(self.store, self.taken_ms + half * DAY_MS // 2)

    def rows(self) -> list[Any]:
        return stored(self.store)

    def keys(self) -> list[str]:
        return sorted(file.name for file in (self.folder / "picture-keys").iterdir())

    def parts(self) -> int:
        with self.store.read() as reading:
            return len(reading.connection.execute(select(picture_part.c.picture)).all())

    def in_clear(self) -> bool:
        """Whether a piece of a picture stands readable in any file."""
        pieces = [content[1000:1040] for content in self.pictures]
        files = [file.read_bytes() for file in self.folder.rglob("*") if file.is_file()]
        return any(piece in file for piece in pieces for file in files)


def test_pictures_are_gone_after_a_fortnight_from_database_files_and_old_copies_unless_held(
    server: ForkServer, tmp_path: Path
) -> None:
    kept = Kept(server, tmp_path)
    first, second = (row.id for row in kept.rows())
    assert [shown(kept.store, each) for each in (first, second)] == kept.pictures
    assert kept.keys() == [f"{first}.key", f"{second}.key"]
    assert not kept.in_clear()
    assert kept.parts() == 0
    copy = tmp_path / "copy-of-day-5.db"
    kept.pass_days(1, 5)
    backup(kept.url, copy)
    with kept.store.begin() as tx:
        holding.hold(tx, SUPERVISOR, second, "Polisen 5000-K1234-26", 0, kept.taken_ms + 5 * DAY_MS)
    kept.pass_days(6, 13)
    assert [row.id for row in kept.rows()] == [first, second]
    kept.pass_days(14, 15)
    assert [row.id for row in kept.rows()] == [second]
    assert kept.keys() == [f"{second}.key"]
    with pytest.raises(NotFoundError):
        shown(kept.store, first)
    assert shown(kept.store, second) == kept.pictures[1]
    kept.pass_days(16, 31)
    assert kept.rows() == []
    assert kept.keys() == []
    assert not kept.in_clear()
    kept.store.close()
    expect_none_in_an_old_copy(copy, tmp_path, first, second, kept.taken_ms + 31 * DAY_MS)


def expect_none_in_an_old_copy(copy: Path, folder: Path, first: int, second: int, now_ms: int) -> None:
    restored = f"sqlite:///{folder / 'restored.db'}"
    restore(copy, restored)
    store = Store.open(restored)
    try:
        assert [row.id for row in stored(store)] == [first, second]  # Sealed, and without their keys.
        for each in (first, second):
            with pytest.raises(NotFoundError):
                shown(store, each)
        retention.step(store, now_ms)
        assert stored(store) == []
    finally:
        store.close()


def test_customers_installers_and_wall_screens_never_get_a_picture(server: ForkServer, tmp_path: Path) -> None:
    kept = Kept(server, tmp_path)
    for actor in OTHERS:
        for row in kept.rows():
            with kept.store.begin() as tx, pytest.raises(RefusedError):
                views.look(tx, actor, row.id, kept.taken_ms)
    kept.store.close()
