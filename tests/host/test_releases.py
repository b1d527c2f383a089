"""How a release goes: ring after ring while panels fare well, by itself no further when they do not, and back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from hemlarm_cloud.sites import audit
from hemlarm_cloud.store import Panel, Store
from hemlarm_cloud.store.schema_cases import alarm_case
from hemlarm_cloud.store.schema_centre import notice
from hemlarm_cloud.store.schema_sites import account, person, transmitter
from hemlarm_cloud.updates import releases
from hemlarm_protocol import topics, upkeep
from registered_site import SUPERVISOR, register
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


def test_a_ring_opens_when_the_one_before_has_run_the_version_for_its_time(fleet: Fleet) -> None:
    release = fleet.start("1, 25%, 100%")
    fleet.step()
    (first,) = fleet.offered(release)
    fleet.takes(first)
    fleet.step(HOUR_MS - 10_000)
    assert not fleet.offered(release), "the ring is still watched"
    fleet.step(20_000)
    fleet.step()
    assert len(fleet.offered(release)) == 4


def test_a_release_is_done_when_every_panel_runs_it(kept: Fleet) -> None:
    fleet = kept
    release = fleet.start("1, 25%, 100%")
    assert [len(fleet.take_ring(release)) for _ in range(3)] == [1, 4, 15]
    assert fleet.state(release) == "done"
    assert len(fleet.in_state(release, "good")) == 20


def test_a_failure_in_the_first_ring_stops_the_release_and_names_the_panel(kept: Fleet) -> None:
    fleet = kept
    release = fleet.start("2, 100%")
    fleet.step()
    good, bad = fleet.offered(release)
    fleet.takes(good)
    fleet.tries(bad)
    fleet.tells(bad, upkeep.ROLLED_BACK, reason=upkeep.CRASHED)
    fleet.step()
    with fleet.store.read() as reading:
        row = releases.expect(reading, release)
        log = [entry for entry in audit.entries(reading, SUPERVISOR) if entry["action"] == "stop-release"]
    assert (row.state, row.changed_by) == ("stopped", "system")
    assert bad in row.reason
    assert good not in row.reason
    assert log[-1]["detail"]["reason"] == row.reason
    fleet.step(48 * HOUR_MS)
    assert not fleet.offered(release)
    assert len(fleet.in_state(release, "withdrawn")) == 18


def test_two_percent_of_a_later_ring_may_fail(lone: Store) -> None:
    fleet = Fleet(lone, 101)
    release = fleet.start("1, 100%", soak_ms=0)
    fleet.take_ring(release)
    fleet.step()
    while len(fleet.in_state(release, "good")) < 80:
        fleet.takes(*fleet.offered(release))
        fleet.step()
    failing, *others = fleet.offered(release)
    fleet.tries(failing)
    fleet.tells(failing, upkeep.ROLLED_BACK)
    fleet.step()
    assert fleet.state(release) == "running"
    fleet.takes(*others)
    fleet.step()
    assert fleet.state(release) == "done"


def test_who_told_of_a_broken_image_stops_the_release_too(fleet: Fleet) -> None:
    release = fleet.start()
    fleet.step()
    (first,) = fleet.offered(release)
    fleet.answers(first)
    fleet.tells(first, upkeep.REFUSED, reason=upkeep.INTERPRETER)
    fleet.step()
    assert fleet.state(release) == "stopped"


@pytest.mark.parametrize("proved", [False, True])
def test_a_panel_that_falls_silent_on_trial_or_soon_after_stops_the_release(fleet: Fleet, proved: bool) -> None:
    release = fleet.start()
    fleet.step()
    (first,) = fleet.offered(release)
    if proved:
        fleet.takes(first)
    else:
        fleet.tries(first)
    fleet.now_ms += 5 * MINUTE_MS
    fleet.falls_silent(first)
    fleet.step()
    assert fleet.in_state(release, "silent") == [first]
    assert fleet.state(release) == "stopped"


def test_a_panel_that_falls_silent_hours_after_its_proof_stops_nothing(fleet: Fleet) -> None:
    release = fleet.start(soak_ms=24 * HOUR_MS)
    fleet.step()
    (first,) = fleet.offered(release)
    fleet.takes(first)
    fleet.now_ms += 2 * HOUR_MS
    fleet.falls_silent(first)
    fleet.step()
    assert fleet.in_state(release, "good") == [first]


def test_a_panel_that_vanishes_before_it_could_tell_of_its_trial_stops_the_release(fleet: Fleet) -> None:
    release = fleet.start()
    fleet.step()
    (first,) = fleet.offered(release)
    fleet.answers(first)
    fleet.tells(first, upkeep.READY)
    fleet.now_ms += MINUTE_MS
    fleet.falls_silent(first)
    fleet.step()
    assert fleet.state(release) == "running", "its network may be away for a while"
    fleet.step(HOUR_MS)
    assert fleet.state(release) == "stopped"


@pytest.mark.parametrize("cause", [2, 3])
def test_a_version_that_restarts_by_its_own_fault_stops_the_release(fleet: Fleet, cause: int) -> None:
    release = fleet.start()
    fleet.step()
    (first,) = fleet.offered(release)
    fleet.takes(first)
    fleet.tells_health(first, cause)
    fleet.step()
    assert fleet.in_state(release, "crashed") == [first]
    assert fleet.state(release) == "stopped"


def test_a_restart_by_a_power_cut_stops_nothing(fleet: Fleet) -> None:
    release = fleet.start()
    fleet.step()
    (first,) = fleet.offered(release)
    fleet.takes(first)
    fleet.tells_health(first, 0)
    fleet.step()
    assert fleet.state(release) == "running"


def test_panels_that_cannot_be_reached_wait_and_hold_nobody_up(fleet: Fleet) -> None:
    for name in fleet.panels[:5]:
        fleet.falls_silent(name)
    release = fleet.start("100%")
    fleet.step()
    assert fleet.offered(release) == fleet.panels[5:]
    fleet.takes(*fleet.panels[5:])
    fleet.step(2 * HOUR_MS)
    assert fleet.state(release) == "running"
    fleet.heard(*fleet.panels[:5])
    fleet.step()
    assert fleet.offered(release) == fleet.panels[:5]


def test_nobody_is_offered_anything_while_an_alarm_at_the_site_is_open(store: Store) -> None:
    at = register(store)
    fleet = Fleet(store, 3)
    case = {"site": at.site, "kind": "alarm", "category": "fire", "urgency": 0, "state": "new", "began_ms": 1}
    with store.begin() as tx:
        there = {"id": fleet.panels[0], "kind": "hemlarm", "site": at.site, "added_ms": 1}
        tx.connection.execute(insert(transmitter), there)
        tx.connection.execute(insert(alarm_case), case | {"latest_ms": 1, "opened_ms": 1})
    release = fleet.start("100%")
    fleet.step()
    assert fleet.offered(release) == fleet.panels[1:]
    with store.begin() as tx:
        tx.connection.execute(alarm_case.update().values(state="closed", closed_ms=2))
    fleet.step()
    assert fleet.offered(release) == fleet.panels


def test_an_offer_that_nobody_answers_is_made_anew_with_another_id(fleet: Fleet) -> None:
    release = fleet.start()
    fleet.step()
    (first,) = fleet.offered(release)
    before = fleet.offer(first)
    fleet.step(11 * MINUTE_MS)
    assert fleet.offered(release) == [first]
    assert fleet.offer(first) != before


def test_a_panel_that_puts_an_offer_off_is_asked_again_later(fleet: Fleet) -> None:
    release = fleet.start()
    fleet.step()
    (first,) = fleet.offered(release)
    fleet.answers(first, status=6)
    fleet.step()
    assert not fleet.offered(release)
    fleet.step(6 * MINUTE_MS)
    assert fleet.offered(release) == [first]


def test_a_proof_whose_message_was_lost_counts_when_the_panel_lives_on_under_the_version(fleet: Fleet) -> None:
    release = fleet.start()
    fleet.step()
    (first,) = fleet.offered(release)
    fleet.tries(first)
    fleet.opens(first, NEW)
    fleet.step(10 * MINUTE_MS)
    fleet.heard(first)
    fleet.step()
    assert fleet.in_state(release, "trial") == [first], "it may still go back"
    fleet.step(15 * MINUTE_MS)
    fleet.heard(first)
    fleet.step()
    fleet.now_ms += MINUTE_MS
    fleet.heard(first)
    fleet.step()
    assert fleet.in_state(release, "good") == [first]


def test_a_roll_back_whose_message_was_lost_is_seen_by_the_next_session(fleet: Fleet) -> None:
    release = fleet.start()
    fleet.step()
    (first,) = fleet.offered(release)
    fleet.tries(first)
    fleet.now_ms += MINUTE_MS
    fleet.opens(first, BEFORE)
    fleet.step()
    assert fleet.in_state(release, "rolled-back") == [first]
    assert fleet.state(release) == "stopped"


def test_panels_that_come_later_join_the_last_ring(fleet: Fleet) -> None:
    release = fleet.start("100%", soak_ms=24 * HOUR_MS)
    fleet.step()
    fleet.takes(*fleet.offered(release))
    fleet.opens(fleet.panels[0], NEW)
    late = "ffffffffffffff00"
    with fleet.store.begin() as tx:
        tx.add_panel(Panel(late, topics.shard(late), b"key", "", fleet.now_ms, board="simulated", firmware=BEFORE))
    fleet.step()
    assert fleet.offered(release) == [late]


def test_supervisors_who_can_be_reached_are_told_of_a_stop_once(lone: Store) -> None:
    at = register(lone)
    fleet = Fleet(lone, 2)
    owner = {"name": "sara", "role": "supervisor", "person": at.a, "token_hash": b"1" * 32, "created_ms": 1}
    with lone.begin() as tx:
        tx.connection.execute(insert(account), owner)
        tx.connection.execute(update(person).where(person.c.id == at.a).values(email="sara@example.se"))
    release = fleet.start()
    fleet.step()
    (first,) = fleet.offered(release)
    fleet.tries(first)
    fleet.tells(first, upkeep.ROLLED_BACK, reason=upkeep.CRASHED)
    fleet.step()
    fleet.step()
    with lone.read() as reading:
        (told,) = reading.connection.execute(select(notice)).all()
    assert first in told.text
    assert "1.6" in told.subject
