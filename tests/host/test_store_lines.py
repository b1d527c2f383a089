"""Levels, heard paths, reports and line faults in the store, and stores of before there were any."""

from pathlib import Path

import pytest

from hemlarm_cloud.store import HeardPath, LineFault, Panel, PathReport, Store
from ingest_support import file_url
from old_store import make_old_store

PANEL, OTHER = "00112233445566ff", "ff112233445566ff"
FAULT = LineFault(PANEL, "line-fault", 0, 1_000, 500)


@pytest.fixture
def store(store: Store) -> Store:
    with store.begin() as tx:
        for panel in (PANEL, OTHER):
            tx.add_panel(Panel(panel, panel[:2], b"wrapped", "1f", 0))
    return store


def test_a_new_panel_has_the_trades_usual_levels(store: Store) -> None:
    with store.read() as reading:
        panel = reading.panel(PANEL)
    assert panel
    assert (panel.link_level_s, panel.standby_level_s, panel.sms_number) == (180, 90_000, None)


def test_levels_are_news_until_somebody_takes_them(store: Store) -> None:
    with store.begin() as tx:
        assert tx.untold_levels() == []
        assert tx.set_levels(PANEL, 90, 18_000)
        assert tx.untold_levels() == [PANEL]
        assert tx.untold_levels(("01", "ff")) == []
        assert tx.take_levels(PANEL)
        assert tx.untold_levels() == []
        panel = tx.panel(PANEL)
    assert panel
    assert (panel.link_level_s, panel.standby_level_s) == (90, 18_000)


def test_an_unknown_panel_has_no_levels_and_no_number(store: Store) -> None:
    with store.begin() as tx:
        assert not tx.set_levels("0" * 16, 90, 90)
        assert not tx.take_levels("0" * 16)
        assert not tx.set_sms_number("0" * 16, "+46")


def test_the_last_time_a_path_was_heard_is_kept(store: Store) -> None:
    with store.begin() as tx:
        tx.keep_heard([(PANEL, 1, 5), (PANEL, 2, 6), (OTHER, 1, 7)])
        tx.keep_heard([(PANEL, 1, 8)])
        tx.keep_heard([])
        assert tx.heard_paths(PANEL) == [HeardPath(PANEL, 1, 8, 180, 90_000), HeardPath(PANEL, 2, 6, 180, 90_000)]
        assert len(tx.heard_paths()) == 3
        tx.revoke_panel(PANEL, 9)
        assert [heard.panel for heard in tx.heard_paths()] == [OTHER]


def test_the_last_report_of_each_path_is_kept(store: Store) -> None:
    report = PathReport(PANEL, 2, 10, 1, 5, 3, 87, 1, 2, 3, 4, 5, 6, 7)
    with store.begin() as tx:
        tx.keep_path_report(report)
        tx.keep_path_report(report._replace(path=1, up=0))
        tx.keep_path_report(report._replace(received_ms=11, signal=90))
        assert tx.path_reports(PANEL) == [report._replace(path=1, up=0), report._replace(received_ms=11, signal=90)]
        assert tx.path_reports(OTHER) == []


def test_a_line_fault_that_lasts_is_there_once(store: Store) -> None:
    with store.begin() as tx:
        assert tx.begin_line_fault(FAULT)
        assert not tx.begin_line_fault(FAULT._replace(began_ms=2_000))
        assert tx.begin_line_fault(FAULT._replace(kind="path-fault", path=1))
        assert tx.begin_line_fault(FAULT._replace(panel=OTHER))
        assert len(tx.open_line_faults()) == 3
        assert tx.end_line_fault(PANEL, "line-fault", 0, 3_000)
        assert not tx.end_line_fault(PANEL, "line-fault", 0, 4_000)
        assert tx.begin_line_fault(FAULT._replace(began_ms=5_000))
        assert [fault.began_ms for fault in tx.open_line_faults(PANEL)] == [1_000, 5_000]
        assert FAULT._replace(ended_ms=3_000) in tx.line_faults(PANEL)


def test_the_newest_line_faults_are_listed_oldest_of_them_first(store: Store) -> None:
    with store.begin() as tx:
        for began_ms in (1, 2, 3):
            tx.begin_line_fault(FAULT._replace(began_ms=began_ms))
            tx.end_line_fault(PANEL, "line-fault", 0, began_ms)
        assert [fault.began_ms for fault in tx.line_faults(limit=2)] == [2, 3]


def test_a_revoked_panels_line_faults_end(store: Store) -> None:
    with store.begin() as tx:
        tx.begin_line_fault(FAULT)
        tx.begin_line_fault(FAULT._replace(panel=OTHER))
        tx.revoke_panel(PANEL, 7_000)
        assert [fault.panel for fault in tx.open_line_faults()] == [OTHER]
        assert tx.line_faults(PANEL) == [FAULT._replace(ended_ms=7_000)]


def test_panels_are_found_by_a_key_id_and_a_shared_one_finds_all(store: Store) -> None:
    with store.begin() as tx:
        for panel in (PANEL, OTHER):
            tx.learn_incarnation(panel, b"kid1", panel.encode()[:16], 0)
        tx.learn_incarnation(PANEL, b"kid2", bytes(16), 0)
        assert tx.panels_with(b"kid1", 4) == [PANEL, OTHER]
        assert tx.panels_with(b"kid1", 1) == [PANEL]
        assert tx.panels_with(b"kid2", 4) == [PANEL]
        assert tx.panels_with(b"kid3", 4) == []
        tx.revoke_panel(PANEL, 1)
        assert tx.panels_with(b"kid1", 4) == [OTHER]


def test_the_look_up_by_key_id_needs_no_search_through_the_table() -> None:
    with Store.open("sqlite://").begin() as tx:
        plan = tx._connection.exec_driver_sql("EXPLAIN QUERY PLAN SELECT panel FROM incarnation WHERE kid = ?", (b"",))
        assert "ix_incarnation_kid" in str(plan.all())


def test_a_store_of_before_gets_the_usual_levels_and_no_faults(tmp_path: Path) -> None:
    url = file_url(tmp_path)
    panel = {"id": PANEL, "shard": "00", "root_key": b"w", "certificate_serial": "1", "provisioned_ms": 5}
    make_old_store(url, "0003", [("panel", panel)])
    store = Store.open(url)
    with store.begin() as tx:
        assert tx.panels() == [Panel(PANEL, "00", b"w", "1", 5)]
        assert (tx.untold_levels(), tx.heard_paths(), tx.line_faults()) == ([], [], [])
        tx.keep_heard([(PANEL, 1, 5)])
        assert tx.begin_line_fault(FAULT)
    store.close()
