"""The ingest: verify, decrypt, deduplicate, commit, and only then acknowledge."""

import pytest
from sqlalchemy import delete

from hemlarm_cloud.store import Command, StoreError, schema
from hemlarm_protocol import keys, messages, sealing
from ingest_support import BURGLARY, FIRE, RESTORE, ROOT_KEY, Bench, file_url


@pytest.fixture
def bench(store_url: str) -> Bench:
    return Bench(store_url)


def test_an_event_is_stored_once_and_acknowledged(bench: Bench) -> None:
    bench.connect()
    number = bench.panel.record(BURGLARY, zone=3)
    bench.settle()
    assert [(event.number, event.qcode, event.zone) for event in bench.stored()] == [(number, BURGLARY, 3)]
    assert bench.panel.recorder.pending == 0


def test_events_journalled_while_offline_arrive_most_urgent_first(bench: Bench) -> None:
    for qcode in (RESTORE, BURGLARY, FIRE):
        bench.panel.record(qcode)
    bench.connect()
    assert [event.qcode for event in bench.stored()] == [FIRE, BURGLARY, RESTORE]


def test_nothing_is_acknowledged_before_the_commit(bench: Bench) -> None:
    bench.connect()
    bench.panel.record()
    for frame in bench.panel.end.to_send():
        bench.core.receive(bench.panel.id, frame, bench.now_ms)
    assert bench.panel.recorder.pending == 1
    bench.down([frame for _, frame in bench.core.commit(bench.now_ms)])
    assert bench.panel.recorder.pending == 0


def test_commands_sent_between_an_event_and_its_commit_do_not_cost_its_acknowledgement(bench: Bench) -> None:
    bench.connect()
    bench.panel.record()
    for frame in bench.panel.end.to_send():
        bench.core.receive(bench.panel.id, frame, bench.now_ms)
    bench.core.pump(bench.now_ms)
    bench.down([frame for _, frame in bench.core.commit(bench.now_ms)])
    assert bench.panel.recorder.pending == 0


def test_a_failed_commit_acknowledges_nothing_and_the_panel_sends_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.connect()
    number = bench.panel.record()

    def refuse() -> None:
        raise StoreError("disk full")

    with monkeypatch.context() as context:
        context.setattr(bench.store, "begin", refuse)
        with pytest.raises(StoreError):
            bench.exchange(bench.panel.end.to_send())
    assert bench.stored() == []
    assert bench.panel.recorder.pending == 1
    bench.wake()
    assert [event.number for event in bench.stored()] == [number]
    assert bench.panel.recorder.pending == 0


def test_a_failed_commit_of_a_hello_does_not_lose_the_incarnation(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.panel.end.connected(bench.panel.now_ms)

    def refuse() -> None:
        raise StoreError("disk full")

    with monkeypatch.context() as context:
        context.setattr(bench.store, "begin", refuse)
        with pytest.raises(StoreError):
            bench.exchange(bench.panel.end.to_send())
    bench.settle()
    bench.panel.record()
    bench.settle()
    assert len(bench.stored()) == 1


def test_a_lost_acknowledgement_leads_to_a_duplicate_that_is_acknowledged_again(bench: Bench) -> None:
    bench.connect()
    bench.panel.record()
    bench.exchange(bench.panel.end.to_send())
    assert bench.panel.recorder.pending == 1
    bench.wake()
    assert len(bench.stored()) == 1
    assert bench.panel.recorder.pending == 0
    assert bench.core.counts["duplicate"] == 1


def test_the_same_number_with_other_bytes_raises_an_alert_and_loses_neither(bench: Bench) -> None:
    bench.connect()
    number = bench.panel.record(BURGLARY)
    bench.settle()
    key = keys.journal_key(ROOT_KEY, bytes.fromhex(bench.panel.id), bench.panel.memory.salts[0])
    forged = messages.encode(messages.Event(FIRE, 1, 9, 0, 0, 0, 1, 5, None))
    bench.exchange([sealing.frame(key, sealing.seal_numbered(key, number, forged))])
    assert [event.qcode for event in bench.stored()] == [BURGLARY, FIRE]
    with bench.store.read() as reading:
        assert [alert.kind for alert in reading.alerts(bench.panel.id)] == ["clone"]


def test_whatever_was_recorded_has_no_effect_when_played_again(bench: Bench) -> None:
    bench.connect()
    bench.panel.record()
    bench.settle()
    recorded = list(bench.wire)
    before = (bench.stored(), bench.core.counts["new"])
    bench.panel.end.disconnected()
    bench.connect()
    hello = bench.core._panels._known[bench.panel.id].end.hello
    for frame in recorded:
        bench.exchange([frame])
    assert (bench.stored(), bench.core.counts["new"]) == before
    assert bench.core._panels._known[bench.panel.id].end.hello == hello
    assert bench.core.refusal_counts()["unknown key"] > 0


def test_every_flipped_bit_and_every_truncation_is_refused_and_counted(bench: Bench) -> None:
    bench.connect()
    bench.panel.record()
    (frame,) = bench.panel.end.to_send()
    for bit in range(8 * len(frame)):
        flipped = bytearray(frame)
        flipped[bit // 8] ^= 1 << bit % 8
        bench.exchange([bytes(flipped)])
    for length in range(len(frame)):
        bench.exchange([frame[:length]])
    assert bench.stored() == []
    assert sum(bench.core.refusal_counts().values()) == 8 * len(frame) + len(frame)
    bench.exchange([frame])
    assert len(bench.stored()) == 1


def test_a_panel_with_another_root_key_is_refused(bench: Bench) -> None:
    other = Bench()
    bench.add_panel("ffffffffffffffff", bytes(32))
    other.connect()
    for frame in other.wire:
        bench.core.receive("ffffffffffffffff", frame, bench.now_ms)
    assert bench.core.commit(bench.now_ms) == [] or bench.stored() == []
    assert bench.core.refusal_counts()["unknown key"] > 0


def test_an_unknown_and_a_revoked_panel_are_refused(bench: Bench) -> None:
    bench.connect()
    with bench.store.begin() as tx:
        tx.revoke_panel(bench.panel.id, bench.now_ms)
    bench.pass_time(60_000)
    bench.panel.record()
    assert bench.exchange(bench.panel.end.to_send()) == []
    bench.core.receive("0011223344556677", bytes(68), bench.now_ms)
    assert bench.stored() == []
    assert bench.core.refusal_counts()["unknown or revoked panel"] >= 2


def test_a_restarted_ingest_asks_the_panel_for_a_new_session(bench: Bench) -> None:
    bench.connect()
    bench.pass_time(10_000)
    bench.start_ingest()
    number = bench.panel.record()
    bench.settle()
    assert [event.number for event in bench.stored()] == [number]
    assert bench.panel.recorder.pending == 0


def test_a_store_restored_from_a_copy_gets_back_what_it_lost(tmp_path) -> None:  # type: ignore[no-untyped-def]
    bench = Bench(file_url(tmp_path))
    bench.connect()
    for _ in range(5):
        bench.panel.record()
    bench.settle()
    with bench.store.begin() as tx:
        for table in (schema.void_range, schema.event):
            tx._connection.execute(delete(table))
    bench.start_ingest()
    bench.pass_time(60_000)
    for _ in range(4):
        bench.wake()
    assert sorted(event.number for event in bench.stored()) == list(range(1, 6))
    assert bench.panel.recorder.pending == 0


def test_numbers_left_over_by_a_restart_are_declared_void_and_leave_no_gap(bench: Bench) -> None:
    bench.connect()
    bench.panel.record()
    bench.settle()
    bench.panel.boot()
    bench.panel.record()
    bench.connect()
    kid = bench.stored()[-1].kid
    numbers = [event.number for event in bench.stored()]
    with bench.store.begin() as tx:
        assert tx.missing(bench.panel.id, kid, bench.panel.recorder.next_number) == []
        voids = [(void.first, void.last) for void in tx.void_ranges(bench.panel.id, kid)]
    assert voids == [(numbers[0] + 1, numbers[1] - 2)]


def test_a_command_is_sent_in_the_session_answered_and_stored(bench: Bench) -> None:
    bench.connect()
    command = Command(b"12345678", bench.panel.id, "anna", 2, 1, 7, bench.now_ms, bench.now_ms + 60_000)
    with bench.store.begin() as tx:
        tx.add_command(command)
    bench.down([frame for _, frame in bench.core.pump(bench.now_ms)])
    ((kind, message),) = [fact for fact in bench.panel.end.happenings() if fact[0] == "command"]
    assert (kind, message.verb, message.argument, message.user) == ("command", 2, 1, 7)
    bench.panel.end.answer(message.id, 0, 2)
    bench.settle()
    with bench.store.read() as reading:
        answered = reading.command(b"12345678")
    assert answered is not None
    assert (answered.state, answered.status, answered.detail) == ("done", 0, 2)
    assert bench.core.pump(bench.now_ms + 10_000) == []


def test_an_unanswered_command_is_sent_again_until_it_expires(bench: Bench) -> None:
    bench.connect()
    command = Command(b"12345678", bench.panel.id, "anna", 2, 1, 7, bench.now_ms, bench.now_ms + 12_000)
    with bench.store.begin() as tx:
        tx.add_command(command)
    sent = [len(bench.core.pump(bench.now_ms + 1000 * second)) for second in range(15)]
    assert sent == [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0]
