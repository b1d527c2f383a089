"""Faults of the cloud: crashes around a commit, old copies of the store, a wrong clock, a false acknowledgement."""

import pytest

from hemlarm_simulator.virtual.ingest import COMMAND_LIFE_MS, COMMIT_MS
from virtual_town import Town

LONG_MS = 120_000
DAY_MS = 86_400_000
ARM_AWAY = 1


def settled(town: Town, numbers: list[int]) -> None:
    """In the end the store holds these events once, and the panel knows."""
    town.run(LONG_MS)
    assert sorted(town.stored()) == numbers
    assert sorted(set(town.acknowledged())) == numbers
    assert town.panel.journal.pending == 0


def test_without_an_order_nothing_goes_wrong() -> None:
    town = Town()
    settled(town, [town.record() for _ in range(5)])
    assert town.faults == {}


def test_a_crash_takes_what_is_not_committed() -> None:
    town = Town()
    number = town.record()
    town.say()
    town.process.crash(60_000)
    town.run(50_000)
    assert town.stored() == []
    assert not town.process.running
    settled(town, [number])
    assert town.process.running
    assert town.faults == {"ingest-crash-now": 1}


def test_every_new_process_keeps_the_pace() -> None:
    town = Town()
    town.process.pace(20_000)
    town.process.crash(1_000)
    town.run(LONG_MS)
    town.said = 0
    town.run(LONG_MS)
    assert 5 <= town.said <= 7


def test_a_dead_ingest_does_not_die_again() -> None:
    town = Town()
    town.process.crash(10_000)
    town.process.crash(60_000)
    town.run(11_000)
    assert town.process.running
    assert town.faults == {"ingest-crash-now": 1}


@pytest.mark.parametrize(("when", "stored"), [("before-commit", 0), ("after-commit", 1)])
def test_a_crash_around_a_commit_stores_all_or_nothing_and_acknowledges_nothing(when: str, stored: int) -> None:
    town = Town()
    town.process.crash(10_000, when)
    town.run(LONG_MS)
    assert town.faults == {}, "a commit without an event is none to die at"
    number = town.record()
    town.run(5_000)
    assert len(town.stored()) == stored
    assert town.acknowledged() == []
    assert town.faults == {f"ingest-crash-{when}": 1}
    settled(town, [number])
    assert town.faults == {f"ingest-crash-{when}": 1}


def test_what_was_stored_by_a_process_that_then_died_is_in_the_ledger() -> None:
    town = Town()
    told: list[int] = []
    town.ledger.watch(lambda at_ms, kind, values: told.append(values[2]) if kind == "stored" else None)
    town.process.crash(10_000, "after-commit")
    number = town.record()
    town.run(1_000)
    assert told == [number]


def test_a_crash_forgets_the_session_and_the_panel_gets_a_new_one() -> None:
    town = Town()
    core = town.process.core
    town.process.crash(1_000)
    assert town.process.core is not core
    town.run(LONG_MS)
    command = town.cloud.send_command(ARM_AWAY, 1, 0)
    town.run(100)
    assert [fact[1].id for fact in town.panel.happened if fact[0] == "command"] == [command]


@pytest.mark.parametrize("fault", ["crash", "wipe_broker"])
def test_a_command_given_while_the_ingest_is_away_is_sent_when_it_is_back(fault: str) -> None:
    town = Town()
    getattr(town.process, fault)(20_000)
    command_id = town.cloud.send_command(ARM_AWAY, 1, 0)
    town.run(19_000)
    command = town.process.command(command_id)
    assert command is not None
    assert command.sent_ms is None
    town.record()
    town.run(20_000)
    assert [fact for fact in town.panel.happened if fact[0] == "command"]


def test_an_old_copy_of_the_store_lacks_what_came_later_until_the_panel_sends_it_again() -> None:
    town = Town()
    old = [town.record() for _ in range(3)]
    settled(town, old)
    copy = town.process.backup()
    rows = town.rows()
    new = [town.record() for _ in range(3)]
    settled(town, old + new)
    town.process.restore(copy, 5_000)
    assert town.rows() == rows
    assert not town.process.running
    assert town.faults == {"store-restored": 1}
    settled(town, old + new)


def test_a_copy_can_be_restored_twice_and_is_not_changed_by_what_happens_after_it() -> None:
    town = Town()
    copy = town.process.backup()
    for _ in range(2):
        number = town.record()
        town.run(1_000)
        assert number in town.stored()
        town.process.restore(copy, 0)
        assert town.stored() == []


def test_rows_stored_anew_after_a_restoration_are_in_the_ledger_anew() -> None:
    town = Town()
    told: list[int] = []
    town.ledger.watch(lambda at_ms, kind, values: told.append(values[2]) if kind == "stored" else None)
    copy = town.process.backup()
    number = town.record()
    settled(town, [number])
    town.process.restore(copy, 5_000)
    settled(town, [number])
    assert told == [number, number]


def test_the_clouds_clock_jumps_and_is_righted() -> None:
    town = Town()
    town.process.jump_clock(-DAY_MS)
    number = town.record()
    settled(town, [number])
    assert town.rows()[0].received_ms < town.clock.unix_ms - DAY_MS
    town.process.jump_clock(DAY_MS)
    assert town.process.unix_ms == town.clock.unix_ms
    assert town.faults == {"cloud-clock-jump": 2}


def test_a_command_waits_as_long_as_the_clouds_clock_says() -> None:
    town = Town()
    command_id = town.cloud.send_command(ARM_AWAY, 1, 0)
    town.process.jump_clock(COMMAND_LIFE_MS + 1)
    town.run(10)
    command = town.process.command(command_id)
    assert command is not None
    assert command.state == "expired"


def test_a_false_acknowledgement_comes_in_the_session_for_an_event_that_is_not_stored() -> None:
    town = Town()
    town.process.misacknowledge()
    number = town.record()
    town.say()
    town.until(town.clock.now_ms + COMMIT_MS)
    assert town.faults == {"misacknowledge": 1}
    assert town.stored() == []
    assert town.panel.end.refusals.counts == {"an acknowledgement of other bytes": 1}
    assert town.acknowledged() == []
    assert town.panel.journal.pending == 1
    settled(town, [number])
    assert town.faults == {"misacknowledge": 1}


def test_a_panel_that_did_not_look_at_the_tag_would_believe_it(monkeypatch: pytest.MonkeyPatch) -> None:
    town = Town()
    monkeypatch.setattr("hemlarm_protocol.sealing.short_tag", lambda sealed: b"unlooked")
    town.process.core.lie()
    monkeypatch.setattr("hemlarm_simulator.virtual.lying_core._OTHER", bytes(8))
    number = town.record()
    town.say()
    town.until(town.clock.now_ms + COMMIT_MS)
    assert (town.stored(), town.acknowledged()) == ([], [number])


def test_there_is_no_false_acknowledgement_without_a_session() -> None:
    town = Town()
    town.process.crash(0)
    town.until(town.clock.now_ms)
    town.process.misacknowledge()
    number = town.record()
    town.say()
    town.until(town.clock.now_ms + COMMIT_MS)
    assert town.faults == {"ingest-crash-now": 1}
    assert town.stored() == [number]


def test_the_ingest_connects_again_to_a_wiped_broker_and_misses_nothing_for_good() -> None:
    town = Town()
    town.process.wipe_broker(30_000)
    assert not town.process.broker.heard
    number = town.record()
    town.run(29_000)
    assert town.stored() == []
    settled(town, [number])
    assert town.process.broker.heard
    assert town.faults == {"broker-wipe": 1}


def test_an_ingest_that_returns_while_the_broker_is_down_waits_for_it() -> None:
    town = Town()
    town.process.wipe_broker(30_000)
    town.process.crash(5_000)
    town.run(29_000)
    assert town.process.running
    assert not town.process.broker.heard
    settled(town, [town.record()])


def test_an_ingest_that_dies_while_it_waits_for_the_broker_no_longer_does() -> None:
    town = Town()
    town.process.wipe_broker(5_000)
    town.process.crash(60_000)
    town.run(59_000)
    assert not town.process.broker.heard
    settled(town, [town.record()])


def test_a_restoration_keeps_a_dead_ingest_dead_for_its_own_time() -> None:
    town = Town()
    town.process.crash(5_000)
    town.process.restore(town.process.backup(), 60_000)
    town.run(59_000)
    assert not town.process.running
    assert not town.process.broker.heard
    settled(town, [town.record()])


def test_a_broker_that_returns_while_the_ingest_is_dead_is_not_listened_to() -> None:
    town = Town()
    town.process.crash(60_000)
    town.process.wipe_broker(1_000)
    town.run(59_000)
    assert not town.process.broker.heard
    town.run(2_000)
    assert town.process.broker.heard


def test_calm_takes_back_what_was_ordered_and_rights_the_clock() -> None:
    town = Town()
    town.process.crash(60_000, "before-commit")
    town.process.misacknowledge()
    town.process.jump_clock(DAY_MS)
    town.process.disturbances["up"].order("lose", DAY_MS, 1000)
    town.process.calm()
    settled(town, [town.record()])
    assert town.faults == {"cloud-clock-jump": 1}
    assert town.process.unix_ms == town.clock.unix_ms


def test_the_cloud_is_quiet_after_every_fault() -> None:
    town = Town()
    town.process.crash(1_000)
    town.process.wipe_broker(1_000)
    town.process.jump_clock(DAY_MS)
    town.process.restore(town.process.backup(), 1_000)
    town.run(LONG_MS)
    supervised_ms = town.process.core._lines.next_ms()
    assert supervised_ms is not None
    assert town.clock.schedule.next_ms() == town.process._pump_ms, "but for a look at who is silent"
    assert town.process._pump_ms <= supervised_ms


def test_one_seed_gives_the_same_cloud() -> None:
    def digest(seed: int) -> str:
        town = Town(seed)
        for kind in ("lose", "duplicate", "delay", "corrupt"):
            for direction in ("up", "down"):
                town.process.disturbances[direction].order(kind, LONG_MS, 200)
        town.process.crash(1_000, "after-commit")
        for _ in range(10):
            town.record()
        town.run(4 * LONG_MS)
        assert len(town.stored()) == 10
        return town.ledger.sha256()

    assert digest(1) == digest(1) != digest(2)
