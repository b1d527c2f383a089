"""What is acknowledged can be had back: after a restored copy of the store, of every incarnation, and after crashes."""

import pytest

from hemlarm_cloud.ingest.asking_again import PASSES
from hemlarm_cloud.store import Event, StoreConflictError
from hemlarm_protocol import keys, messages, sealing
from ingest_support import BURGLARY, FIRE, PANEL, RESTORE, ROOT_KEY
from ingest_weather import Weather


@pytest.fixture
def weather() -> Weather:
    there = Weather()
    there.connect()
    there.settle(1)
    return there


def there(weather: Weather) -> set[tuple[bytes, int]]:
    """The panel's events that are in the store."""
    return {(event.kid, event.number) for event in weather.stored()} & weather.recorded


def resends(weather: Weather, heartbeats: int) -> list[messages.Resend]:
    """Return what the panel is asked for in so many heartbeats."""
    asked: list[messages.Resend] = []
    received = weather.panel.end.received

    def listen(frame: bytes, now_ms: int, _path: int = 1) -> bool:
        proven = received(frame, now_ms, _path)
        asked.extend(fact[1] for fact in weather.panel.end._happened if fact[0] == "resend")
        return proven

    weather.panel.end.received = listen  # type: ignore[method-assign]
    weather.settle(heartbeats)
    weather.panel.end.received = received  # type: ignore[method-assign]
    return asked


def test_the_end_of_an_earlier_incarnation_comes_back(weather: Weather) -> None:
    for _ in range(3):
        weather.record(BURGLARY)
    weather.settle(1)
    copy = weather.store.backup()
    for _ in range(4):
        weather.record(RESTORE)
    weather.settle(1)
    weather.begin_incarnation()
    weather.record(FIRE)
    weather.settle(1)
    assert weather.panel.recorder.pending == 0
    weather.restore(copy)
    assert len(there(weather)) == 3
    weather.settle(5)
    assert there(weather) == weather.recorded


def test_an_incarnation_that_only_the_store_knows_is_asked_for_too(weather: Weather) -> None:
    weather.record(BURGLARY)
    weather.settle(1)
    copy = weather.store.backup()
    weather.record(BURGLARY)
    weather.settle(1)
    weather.forget_state()
    weather.connect()
    weather.record(BURGLARY)
    weather.settle(1)
    weather.restore(copy)
    weather.settle(5)
    assert there(weather) == weather.recorded


def test_a_panel_that_seldom_reports_is_asked_for_several_incarnations_at_once(weather: Weather) -> None:
    for _ in range(2):
        weather.forget_state()
        weather.connect()
        weather.record(BURGLARY)
        weather.settle(1)
    weather.start_ingest()
    asked = {resend.kid for resend in resends(weather, 1)}
    with weather.store.read() as reading:
        known = {incarnation.kid for incarnation in reading.incarnations(PANEL.hex())}
    assert len(known) == 3
    assert asked == known - {weather.panel.recorder._key.kid}


def test_an_incarnation_that_the_store_has_never_seen_is_read_once_the_panel_names_it(weather: Weather) -> None:
    copy = weather.store.backup()
    weather.begin_incarnation()
    weather.connect()
    weather.record(BURGLARY)
    weather.settle(1)
    weather.begin_incarnation()
    weather.connect()
    weather.record(BURGLARY)
    weather.settle(1)
    weather.restore(copy)
    weather.record(BURGLARY)
    weather.settle(5)
    assert there(weather) == weather.recorded


def test_gaps_within_an_earlier_incarnation_are_asked_for_one_after_the_other(weather: Weather) -> None:
    numbers = [weather.record(BURGLARY) for _ in range(12)]
    weather.settle(1)
    weather.begin_incarnation()
    weather.connect()
    weather.settle(1)
    with weather.store.begin() as tx:
        for number in numbers[::2]:
            tx._connection.exec_driver_sql("DELETE FROM event WHERE number = ? AND qcode <> 0", (number,))
        tx._connection.exec_driver_sql("UPDATE incarnation SET complete_below = 1")
    weather.start_ingest()
    weather.settle(12)
    assert there(weather) == weather.recorded


@pytest.mark.parametrize("lost", [1, 3])
def test_the_last_numbers_of_the_present_incarnation_come_back(weather: Weather, lost: int) -> None:
    weather.record(BURGLARY)
    weather.settle(1)
    copy = weather.store.backup()
    for _ in range(lost):
        weather.record(BURGLARY)
    weather.settle(1)
    weather.restore(copy)
    weather.settle(2)
    assert there(weather) == weather.recorded


def test_what_comes_before_a_gap_was_asked_for_does_not_hide_it(weather: Weather) -> None:
    copy = weather.store.backup()
    for _ in range(3):
        weather.record(BURGLARY)
    weather.settle(1)
    weather.restore(copy)
    weather.connect()
    weather.record(BURGLARY)
    weather.settle(3)
    assert there(weather) == weather.recorded


@pytest.mark.parametrize("more", [0, 2])
def test_an_event_that_the_panel_takes_for_acknowledged_comes_back(weather: Weather, more: int) -> None:
    recorder = weather.panel.recorder
    weather.recorded.add((recorder._key.kid, recorder.record(BURGLARY, 1, 1, 0, 0, 0)))
    recorder.acknowledge(recorder.take())
    for _ in range(more):
        weather.record(BURGLARY)
    weather.settle(2)
    assert there(weather) == weather.recorded


@pytest.mark.parametrize("earlier", [False, True])
def test_a_question_that_was_lost_is_asked_again(weather: Weather, earlier: bool) -> None:
    copy = weather.store.backup()
    for _ in range(3):
        weather.record(BURGLARY)
    weather.settle(1)
    if earlier:
        weather.begin_incarnation()
        weather.connect()
        weather.settle(1)
    weather.restore(copy)
    weather.connect()
    weather.deliver_up()
    weather.commit()
    weather.deliver_down()
    weather.deliver_up()
    weather.commit()
    assert len(weather.down) >= 2, "the heartbeat's answer, and the question"
    del weather.down[1:]
    assert there(weather) == set()
    weather.settle(3)
    assert there(weather) == weather.recorded


def test_asking_ends_where_the_panel_has_no_more(weather: Weather) -> None:
    weather.record(BURGLARY)
    weather.begin_incarnation()
    weather.connect()
    weather.record(BURGLARY)
    asked = resends(weather, 40)
    assert [(ask.first, ask.last) for ask in asked] == [(2, messages.U32)] * PASSES
    assert resends(weather, 10) == []


def test_a_panel_with_one_incarnation_and_nothing_missing_is_asked_for_nothing(weather: Weather) -> None:
    weather.record(BURGLARY)
    assert resends(weather, 20) == []
    weather.start_ingest()
    weather.connect()
    assert resends(weather, 20) == []


def test_an_event_that_nobody_can_read_does_not_keep_the_others_from_being_asked_for(weather: Weather) -> None:
    copy = weather.store.backup()
    weather.record(BURGLARY)
    weather.settle(1)
    weather.restore(copy)
    weather.panel.journal.append(b"none", 9, 3, bytes(64))
    weather.connect()
    weather.settle(3)
    assert weather.panel.recorder.pending == 1
    assert there(weather) == weather.recorded


@pytest.mark.parametrize("trouble", ["full", "before-commit", "after-commit"])
def test_a_commit_that_fails_costs_a_repetition(weather: Weather, trouble: str) -> None:
    weather.record(BURGLARY)
    weather.deliver_up()
    weather.commit(trouble)
    weather.down.clear()
    assert weather.panel.recorder.pending == 1
    weather.settle(2)
    assert weather.panel.recorder.pending == 0
    assert there(weather) == weather.recorded
    assert len(weather.stored()) == 1


def test_two_batches_with_one_event_store_it_once_and_acknowledge_it_twice(weather: Weather) -> None:
    weather.record(BURGLARY)
    for _ in range(2):
        weather.deliver_up(keep=True)
        weather.commit()
        assert len(weather.down) == 1
        weather.down.clear()
    assert len(weather.stored()) == 1


def test_one_event_twice_in_a_batch_is_stored_once(weather: Weather) -> None:
    weather.record(BURGLARY)
    weather.deliver_up(keep=True)
    weather.deliver_up()
    weather.commit()
    assert len(weather.stored()) == 1
    assert (weather.core.counts["new"], weather.core.counts["duplicate"]) == (1, 1)


def clone(weather: Weather, number: int, qcode: int) -> bytes:
    key = keys.journal_key(ROOT_KEY, PANEL, weather.panel.memory.salts[0])
    message = messages.Event(qcode, 1, 9, 0, 0, 0, 1, 5, None)
    return sealing.frame(key, sealing.seal_numbered(key, number, messages.encode(message)))


@pytest.mark.parametrize("together", [True, False])
def test_a_number_with_other_bytes_loses_neither_and_is_told_once(weather: Weather, together: bool) -> None:
    number = weather.record(BURGLARY)
    weather.up += [clone(weather, number, FIRE)] * 2
    while weather.up:
        weather.deliver_up()
        if not together:
            weather.commit()
    weather.commit()
    assert [event.qcode for event in weather.stored()] == [BURGLARY, FIRE]
    with weather.store.read() as reading:
        assert [alert.kind for alert in reading.alerts(weather.panel.id)] == ["clone"]


def test_a_store_that_is_replaced_under_a_running_process_poisons_no_batch(weather: Weather) -> None:
    copy = weather.store.backup()
    weather.begin_incarnation()
    weather.connect()
    weather.record(BURGLARY)
    weather.settle(1)
    weather.store.restore(copy)
    weather.record(BURGLARY)
    weather.deliver_up()
    with pytest.raises(StoreConflictError):
        weather.core.commit(weather.unix_ms)
    weather.settle(5)
    assert there(weather) == weather.recorded


def test_a_panel_that_a_replaced_store_does_not_know_is_refused_and_hinders_nobody() -> None:
    weather = Weather()
    with weather.store.begin() as tx:
        for table in ("configuration", "panel"):
            tx._connection.exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608
    empty = weather.store.backup()
    weather = Weather()
    weather.connect()
    weather.deliver_up()
    weather.store.restore(empty)
    with pytest.raises(StoreConflictError):
        weather.core.commit(weather.unix_ms)
    assert weather.core.commit(weather.unix_ms) == []
    weather.deliver_up() if weather.up else weather.core.receive(weather.panel.id, bytes(68), weather.unix_ms)
    assert weather.core.refusal_counts() == {"unknown or revoked panel": 1}


def test_numbers_that_arrive_in_order_cost_the_store_no_question(weather: Weather) -> None:
    asked: list[str] = []
    with weather.store.begin() as tx:
        driver = tx._connection.connection.driver_connection
    assert driver
    for _ in range(5):
        weather.record(BURGLARY)
        driver.set_trace_callback(None)
        weather.settle(1)
    driver.set_trace_callback(asked.append)
    weather.settle(10)
    driver.set_trace_callback(None)
    kept = [words for words in asked if "INSERT INTO path_heard" in words]
    assert len(kept) <= 2, "when a panel was heard is kept every ten minutes"
    # Beginning and ending a transaction, the wait for its lock included, asks nothing of the tables.
    others = [words for words in asked if not words.startswith(("BEGIN", "COMMIT", "PRAGMA")) and words not in kept]
    assert all("revoked_ms" in words for words in others), others
    assert isinstance(weather.stored()[0], Event)
