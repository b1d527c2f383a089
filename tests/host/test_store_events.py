"""What the store makes of events: new ones, the same again, clones, void records; and how they are read back."""

import pytest

from hemlarm_cloud.store import Event, Panel, Store, StoreError

ONE, OTHER = "00112233445566ff", "ee112233445566ff"
KID = b"kid1"


@pytest.fixture
def store(store: Store) -> Store:
    with store.begin() as tx:
        for panel in (ONE, OTHER):
            tx.add_panel(Panel(panel, panel[:2], b"wrapped", "1f", 1_000))
            tx.learn_incarnation(panel, KID, bytes(16), 1_000)
    return store


def make_event(number: int, tag: bytes = b"tag-tag-", panel: str = ONE, qcode: int = 1130, uptime_ms: int = 8) -> Event:
    return Event(panel, KID, number, tag, b"sealed" + tag, 10, 11, qcode, 1, 2, 3, 4, 5, 7, uptime_ms, 12_000)


def test_an_event_is_read_back_as_it_was_stored(store: Store) -> None:
    with store.begin() as tx:
        assert tx.add_event(make_event(5)) == "new"
    with store.read() as reading:
        assert reading.events() == [make_event(5)._replace(id=1)]


def test_an_event_that_comes_again_is_a_duplicate_and_changes_nothing(store: Store) -> None:
    with store.begin() as tx:
        tx.add_event(make_event(5))
    with store.begin() as tx:
        later = make_event(5)._replace(received_ms=99, committed_ms=99)
        assert tx.add_event(later) == "duplicate"
    with store.read() as reading:
        assert reading.events() == [make_event(5)._replace(id=1)]
        assert reading.alerts() == []


def test_other_bytes_under_a_stored_number_are_kept_and_raise_one_alert(store: Store) -> None:
    with store.begin() as tx:
        tx.add_event(make_event(5))
    with store.begin() as tx:
        assert tx.add_event(make_event(5, b"othertag")) == "clone"
    with store.begin() as tx:
        assert tx.add_events([make_event(5, b"othertag"), make_event(5)]) == ["duplicate", "duplicate"]
    with store.read() as reading:
        assert [event.tag for event in reading.events()] == [b"tag-tag-", b"othertag"]
        (alert,) = reading.alerts()
    assert (alert.panel, alert.kind, alert.at_ms) == (ONE, "clone", 10)
    assert "event 5" in alert.detail


def test_one_batch_with_everything_in_it_is_told_apart_in_order(store: Store) -> None:
    batch = [
        make_event(1),
        make_event(2),
        make_event(1),
        make_event(2, b"othertag"),
        make_event(1, panel=OTHER),
        make_event(2, b"othertag"),
    ]
    with store.begin() as tx:
        assert tx.add_events(batch) == ["new", "new", "duplicate", "clone", "new", "duplicate"]
    with store.read() as reading:
        assert len(reading.events()) == 4
        assert len(reading.alerts()) == 1


def test_the_same_number_of_another_panel_is_no_clone(store: Store) -> None:
    with store.begin() as tx:
        assert tx.add_events([make_event(1), make_event(1, b"othertag", OTHER)]) == ["new", "new"]


def test_an_empty_batch_is_nothing(store: Store) -> None:
    with store.begin() as tx:
        assert tx.add_events([]) == []


def test_an_uptime_beyond_the_databases_integers_does_not_stop_the_batch(store: Store) -> None:
    with store.begin() as tx:
        assert tx.add_event(make_event(1, uptime_ms=(1 << 64) - 1)) == "new"
    with store.read() as reading:
        assert reading.events()[0].uptime_ms == (1 << 63) - 1


def test_an_event_of_an_unknown_incarnation_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match=r"(?i)database .*: .*foreign key constraint"), store.begin() as tx:
        tx.add_event(make_event(1)._replace(kid=b"none"))


def test_an_exception_undoes_the_whole_transaction(store: Store) -> None:
    def store_and_fail() -> None:
        with store.begin() as tx:
            tx.add_event(make_event(1))
            raise KeyError

    with pytest.raises(KeyError):
        store_and_fail()
    with store.read() as reading:
        assert reading.events() == []


def test_a_void_record_is_an_event_with_its_range_beside_it(store: Store) -> None:
    with store.begin() as tx:
        assert tx.add_void(make_event(9, qcode=0), 3, 8, 1) == "new"
        assert tx.add_void(make_event(9, qcode=0), 3, 8, 1) == "duplicate"
    with store.read() as reading:
        assert [event.qcode for event in reading.events()] == [0]
        assert [(void.number, void.first, void.last, void.cause) for void in reading.void_ranges(ONE, KID)] == [
            (9, 3, 8, 1)
        ]


def test_a_cloned_void_record_hides_no_missing_event(store: Store) -> None:
    with store.begin() as tx:
        tx.add_event(make_event(9))
        assert tx.add_void(make_event(9, b"othertag", qcode=0), 1, 8, 1) == "clone"
        assert tx.missing(ONE, KID, 10) == [(1, 8)]


def test_an_event_that_was_declared_void_but_comes_is_stored(store: Store) -> None:
    with store.begin() as tx:
        tx.add_void(make_event(9, qcode=0), 3, 8, 1)
        assert tx.add_event(make_event(5)) == "new"


def test_events_are_read_on_from_an_id_and_by_panel(store: Store) -> None:
    with store.begin() as tx:
        tx.add_events([make_event(number, panel=panel) for number in (1, 2, 3) for panel in (ONE, OTHER)])
    with store.read() as reading:
        assert [event.id for event in reading.events(after_id=2, limit=3)] == [3, 4, 5]
        assert [event.number for event in reading.events(OTHER, after_id=2)] == [2, 3]


def test_an_incarnation_is_known_by_its_salt(store: Store) -> None:
    with store.begin() as tx:
        assert tx.learn_incarnation(ONE, KID, bytes(16), 5) == "known"
        assert tx.learn_incarnation(ONE, KID, b"x" * 16, 5) == "conflict"
        assert tx.learn_incarnation(ONE, b"kid2", b"x" * 16, 5_000) == "new"
        assert [(life.kid, life.salt) for life in tx.incarnations(ONE)] == [(KID, bytes(16)), (b"kid2", b"x" * 16)]


def test_a_panel_is_revoked_once(store: Store) -> None:
    with store.begin() as tx:
        assert tx.revoke_panel(ONE, 77)
        assert not tx.revoke_panel(ONE, 88)
        assert not tx.revoke_panel("0" * 16, 88)
        known = tx.panel(ONE)
        assert known is not None
        assert known.revoked_ms == 77
        assert tx.panel("0" * 16) is None
        assert [panel.id for panel in tx.panels()] == [ONE, OTHER]
