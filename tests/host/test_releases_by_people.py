"""What people do with a release that goes on: pause, resume and stop it, and take it back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hemlarm_cloud.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from hemlarm_cloud.store import Store
from hemlarm_cloud.updates import releases
from hemlarm_protocol import upkeep
from registered_site import MONITOR, OPERATOR, SUPERVISOR
from release_support import BEFORE, HOUR_MS, MINUTE_MS, NEW, Fleet, new_url


@pytest.fixture
def lone(tmp_path: Path) -> Iterator[Store]:
    """A store on SQLite alone: the stories that both databases must tell take `store`."""
    opened = Store.open(new_url(tmp_path))
    yield opened
    opened.close()


@pytest.fixture
def fleet(lone: Store) -> Fleet:
    return Fleet(lone, 20)


@pytest.fixture
def kept(store: Store) -> Fleet:
    """A fleet on each kind of database."""
    return Fleet(store, 20)


def test_a_paused_release_is_offered_to_nobody_until_it_is_resumed(fleet: Fleet) -> None:
    release = fleet.start("100%")
    with fleet.store.begin() as tx:
        releases.pause(tx, OPERATOR, release, fleet.now_ms, "customers call")
    fleet.step(HOUR_MS)
    assert not fleet.offered(release)
    with fleet.store.begin() as tx:
        releases.resume(tx, SUPERVISOR, release, fleet.now_ms)
    fleet.step()
    assert len(fleet.offered(release)) == 20


def test_a_stopped_release_goes_on_when_somebody_resumes_it_and_the_failures_count_no_more(fleet: Fleet) -> None:
    release = fleet.start("1, 100%")
    fleet.step()
    (first,) = fleet.offered(release)
    fleet.tries(first)
    fleet.tells(first, upkeep.ROLLED_BACK)
    fleet.step()
    assert fleet.state(release) == "stopped"
    with fleet.store.begin() as tx:
        releases.resume(tx, SUPERVISOR, release, fleet.now_ms)
    fleet.step()
    fleet.step(HOUR_MS)
    fleet.step()
    assert fleet.state(release) == "running"
    assert len(fleet.offered(release)) == 19
    assert first not in fleet.offered(release)


def test_a_stopped_release_takes_back_what_is_offered_loading_or_ready(kept: Fleet) -> None:
    fleet = kept
    release = fleet.start("3, 100%")
    fleet.step()
    offered, loading, ready = fleet.offered(release)
    fleet.answers(loading)
    fleet.answers(ready)
    fleet.tells(ready, upkeep.READY)
    with fleet.store.begin() as tx:
        releases.stop(tx, OPERATOR, release, fleet.now_ms, "the texts are wrong")
    assert set(fleet.in_state(release, "withdrawn")) >= {offered, loading, ready}
    fleet.tells(ready, upkeep.READY)
    assert ready in fleet.in_state(release, "withdrawn"), "it is told again, and does not try it"
    fleet.tells(loading, upkeep.TRIAL)
    assert fleet.in_state(release, "trial") == [loading], "it was too late for this one"


def test_a_release_taken_back_offers_the_version_before_to_all_that_took_it(kept: Fleet) -> None:
    fleet = kept
    release = fleet.start("4, 100%", soak_ms=0)
    fleet.step()
    took = fleet.offered(release)
    fleet.takes(*took)
    with fleet.store.begin() as tx:
        undone = releases.roll_back(tx, SUPERVISOR, release, fleet.now_ms, "the siren stutters")
    fleet.step()
    assert fleet.state(release) == "stopped"
    assert fleet.offered(undone) == took
    for name in took:
        fleet.tries(name)
        fleet.opens(name, BEFORE)
        fleet.tells(name, upkeep.RUNNING)
    fleet.now_ms += MINUTE_MS
    fleet.heard(*took)
    fleet.step()
    assert fleet.state(undone) == "done"


def test_a_failure_of_a_roll_back_holds_the_others_up_no_more(fleet: Fleet) -> None:
    release = fleet.start("4, 100%", soak_ms=0)
    fleet.step()
    took = fleet.offered(release)
    fleet.takes(*took)
    with fleet.store.begin() as tx:
        undone = releases.roll_back(tx, SUPERVISOR, release, fleet.now_ms)
    fleet.step()
    fleet.answers(took[0], status=1, detail=upkeep.TOO_OLD)
    fleet.step()
    assert fleet.state(undone) == "running"
    assert fleet.in_state(undone, "refused") == took[:1]


def test_nobody_is_taken_back_below_the_floor(lone: Store) -> None:
    fleet = Fleet(lone, 2)
    fleet.add(1_007, floor=1_006, leaf=30)
    with lone.begin() as tx:
        release = releases.start(tx, SUPERVISOR, 1_007, fleet.now_ms, (), "100%", 0)
    fleet.step()
    fleet.tries(fleet.panels[0])
    with lone.begin() as tx, pytest.raises(ConflictError, match=r"1\.5 is below the floor 1\.6"):
        releases.roll_back(tx, SUPERVISOR, release, fleet.now_ms)


def test_two_releases_to_the_same_boards_never_run_at_once(fleet: Fleet) -> None:
    release = fleet.start()
    fleet.add(1_007, leaf=30)
    with (
        fleet.store.begin() as tx,
        pytest.raises(ConflictError, match=f"release {release} to simulated is not finished"),
    ):
        releases.start(tx, SUPERVISOR, 1_007, fleet.now_ms)


def test_only_supervisors_start_and_operators_may_stop(fleet: Fleet) -> None:
    with fleet.store.begin() as tx, pytest.raises(RefusedError):
        releases.start(tx, OPERATOR, NEW, fleet.now_ms)
    release = fleet.start()
    with fleet.store.begin() as tx, pytest.raises(RefusedError):
        releases.pause(tx, MONITOR, release, fleet.now_ms)
    with fleet.store.begin() as tx:
        releases.stop(tx, OPERATOR, release, fleet.now_ms)
    with fleet.store.begin() as tx, pytest.raises(RefusedError):
        releases.resume(tx, OPERATOR, release, fleet.now_ms)


def test_what_cannot_be_released_is_refused_with_the_reason(fleet: Fleet) -> None:
    with fleet.store.begin() as tx, pytest.raises(NotFoundError, match=r"no image of version 1\.9 for any board"):
        releases.start(tx, SUPERVISOR, 1_009, fleet.now_ms)
    with fleet.store.begin() as tx, pytest.raises(NotFoundError, match="for esp32-s3"):
        releases.start(tx, SUPERVISOR, NEW, fleet.now_ms, ["simulated", "esp32-s3"])
    with fleet.store.begin() as tx, pytest.raises(ConflictError, match=r"no panel of simulated takes version 1\.5"):
        releases.start(tx, SUPERVISOR, BEFORE, fleet.now_ms)
    with fleet.store.begin() as tx, pytest.raises(InvalidError, match="cannot come first"):
        releases.start(tx, SUPERVISOR, NEW, fleet.now_ms, first=["ffffffffffffffff"])
