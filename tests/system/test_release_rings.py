"""A release to fifty panels with the real firmware, of which the new version crashes on two; and one taken back."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select

import update_world
from hemlarm_cloud.sites import audit
from hemlarm_cloud.store.schema_updates import release_panel
from hemlarm_cloud.updates import releases, rings, views
from hemlarm_protocol import upkeep
from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.virtual.world import seeded_credentials
from release_town import SUPERVISOR, Town

OLD, NEW = 1_005, 1_006
FIRST_RELEASE = 1
SOAK_MS = 600_000
MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
RESTARTED, NOT_TAKEN_OVER = 1305, 1414
CRASH = 3


@pytest.fixture(scope="module")
def server() -> Iterator[ForkServer]:
    with ForkServer() as started:
        yield started


def ids(count: int) -> list[str]:
    return [seeded_credentials(seed)["panel"].hex() for seed in range(1, count + 1)]


PLANNED = rings.plan(FIRST_RELEASE, ids(50), (), rings.parse(rings.DEFAULT))
BAD = sorted(panel for panel, ring in PLANNED.items() if ring == 2)[:2]


def change(town: Town, how: Callable[..., Any], release: int) -> Any:
    """A supervisor does something with a release."""
    with town.cloud.store.begin() as tx:
        return how(tx, SUPERVISOR, release, town.cloud.unix_ms)


def crashing_on(panels: list[str]) -> bytes:
    """The new version, whose own code fails on these panels as soon as it begins."""
    known = ", ".join(repr(bytes.fromhex(panel)) for panel in panels)
    before, crash = update_world.CRASHES
    only = f'if board.credentials()["panel"] in ({known}): raise'
    made: bytes = update_world.image(NEW, (before, crash.replace("raise", only)))
    return made


def test_a_release_that_crashes_two_of_fifty_panels_stops_by_itself_and_these_two_go_back(server: ForkServer) -> None:
    with Town(server, 50, update_world.image(OLD)) as town:
        assert town.run(lambda: town.versions(town.houses) == {OLD}, MINUTE_MS)
        town.add(update_world.image(OLD))
        town.add(crashing_on(BAD))
        release = town.start(NEW, SOAK_MS)
        assert release == FIRST_RELEASE, "the rings were reckoned for this one"
        assert town.run(lambda: town.state(release) != "running", 2 * HOUR_MS)
        town.run(lambda: False, 5 * MINUTE_MS)

        with town.cloud.store.read() as reading:
            shown = views.one(reading, SUPERVISOR, release)
            stopped = audit.entries(reading, SUPERVISOR)[-1]
            table = release_panel
            offered = set(reading.connection.scalars(select(table.c.panel).where(table.c.offered_ms.is_not(None))))
        assert (shown.state, shown.by_itself) == ("stopped", True)
        assert [(each.panel, each.state, each.reason) for each in shown.failed] == [
            (panel, "rolled-back", upkeep.CRASHED) for panel in BAD
        ]
        assert all(panel in shown.reason for panel in BAD)
        assert (stopped["actor"], stopped["action"], stopped["detail"]) == (
            "system",
            "stop-release",
            {"reason": shown.reason},
        )
        assert offered == {panel for panel, ring in PLANNED.items() if ring <= 2}, "no panel of a later ring"
        assert town.versions(BAD) == {OLD}
        assert town.versions(offered - set(BAD)) == {NEW}
        assert town.versions(set(PLANNED) - offered) == {OLD}
        for panel in BAD:
            told = [(event.qcode, event.detail) for event in town.cloud.events(panel)]
            assert (RESTARTED, CRASH) in told
            assert (NOT_TAKEN_OVER, upkeep.CRASHED) in told
        assert [ring.open for ring in shown.rings] == [True, True, True, False]


def test_a_release_is_paused_stopped_resumed_and_taken_back_in_the_middle_of_what_a_panel_does(
    server: ForkServer,
) -> None:
    with Town(server, 1, update_world.image(OLD)) as town:
        (panel,) = town.houses
        assert town.run(lambda: town.versions(town.houses) == {OLD}, MINUTE_MS)
        town.add(update_world.image(OLD))
        town.add(crashing_on(BAD))
        release = town.start(NEW, 0)
        assert town.run(lambda: town.states(release)[panel] == "loading", MINUTE_MS)
        change(town, releases.pause, release)
        town.run(lambda: False, 10 * MINUTE_MS)
        assert town.states(release)[panel] == "loading", "no more of it comes"
        change(town, releases.stop, release)
        town.run(lambda: False, 10 * MINUTE_MS)
        assert town.states(release)[panel] == "withdrawn"
        with town.cloud.store.read() as reading:
            assert reading.connection.scalar(select(release_panel.c.recall)) is None, "the panel has dropped it"
        change(town, releases.resume, release)
        assert town.run(lambda: town.state(release) == "done", HOUR_MS)
        assert town.versions(town.houses) == {NEW}
        undone = change(town, releases.roll_back, release)
        assert town.run(lambda: town.state(undone) == "done", HOUR_MS)
        assert town.versions(town.houses) == {OLD}
