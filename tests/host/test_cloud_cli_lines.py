"""`hemlarm cloud panel level`, `sms`, and what `panel show` says of paths."""

from pathlib import Path

import pytest

from cloud_terminal import UNKNOWN, Terminal
from hemlarm_cloud.store import LineFault, PathReport

NOW_MS = 1_800_000_000_000


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path / "cloud")


@pytest.fixture
def panel(terminal: Terminal) -> str:
    return str(terminal.facts("panel", "add")["panel"])


@pytest.mark.parametrize(("level", "seconds"), [("90s", 90), ("180s", 180), ("5h", 18_000), ("25h", 90_000)])
def test_each_level_can_be_set_and_is_news_for_the_ingest(
    terminal: Terminal, panel: str, level: str, seconds: int
) -> None:
    facts = terminal.facts("panel", "level", panel, level)
    assert (facts["link_level_s"], facts["standby_level_s"]) == (seconds, 90_000)
    store = terminal.store()
    with store.read() as reading:
        assert reading.untold_levels() == [panel]
    store.close()


def test_the_standby_paths_level_is_kept_unless_it_is_given(terminal: Terminal, panel: str) -> None:
    assert terminal.facts("panel", "level", panel, "90s", "--standby", "180s")["standby_level_s"] == 180
    assert terminal.facts("panel", "level", panel, "180s")["standby_level_s"] == 180
    assert terminal.facts("panel", "level", panel, "5h")["standby_level_s"] == 18_000, "never below the panel's own"


@pytest.mark.parametrize("words", [("60s",), ("90",), ("5h", "--standby", "180s"), ("90s", "--standby", "1h")])
def test_a_level_that_is_none_is_told(terminal: Terminal, panel: str, words: tuple[str, ...]) -> None:
    result = terminal.run("panel", "level", panel, *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "90s" in result.stderr or "--standby 180s" in result.stderr
    assert terminal.facts("panel", "show", panel)["link_level_s"] == 180


def test_a_number_for_sms_is_set_and_taken_away(terminal: Terminal, panel: str) -> None:
    assert terminal.facts("panel", "sms", panel, "+46701740605")["sms_number"] == "+46701740605"
    assert "+46701740605" in terminal.run("panel", "show", panel).stdout
    assert terminal.facts("panel", "sms", panel, "none")["sms_number"] is None


def test_what_is_no_number_is_told(terminal: Terminal, panel: str) -> None:
    result = terminal.run("panel", "sms", panel, "Anna")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "'Anna' is not a telephone number" in result.stderr


@pytest.mark.parametrize("words", [("level", UNKNOWN, "90s"), ("sms", UNKNOWN, "+46701740605")])
def test_an_unknown_panel_is_told(terminal: Terminal, panel: str, words: tuple[str, ...]) -> None:
    result = terminal.run("panel", *words)
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"no panel {UNKNOWN} here" in result.stderr


def test_a_panel_is_shown_with_its_paths_and_line_faults(terminal: Terminal, panel: str) -> None:
    store = terminal.store()
    with store.begin() as tx:
        tx.keep_heard([(panel, 1, NOW_MS), (panel, 2, NOW_MS)])
        tx.keep_path_report(PathReport(panel, 2, NOW_MS, 1, 5, 3, 87, 12, 3_000, 4_000, 2, 30, 9_000, 9_500))
        tx.keep_path_report(PathReport(panel, 1, NOW_MS, 0, 0, 0, 255, 0, 10, 20, 0, 0, 0, 0))
        tx.begin_line_fault(LineFault(panel, "path-fault", 2, NOW_MS + 1, NOW_MS - 90_000_000))
        tx.begin_line_fault(LineFault(panel, "line-fault", 0, NOW_MS, NOW_MS - 180_000))
        tx.end_line_fault(panel, "line-fault", 0, NOW_MS + 1_000)
    store.close()
    shown = " ".join(terminal.run("panel", "show", panel).stdout.split())
    for words in ("LTE, roaming, -87 dBm", "12 s on the air", "2 SMS today", "does not answer", "line fault", "lasts"):
        assert words in shown
    facts = terminal.facts("panel", "show", panel)
    assert [(heard["path"], heard["heard_ms"]) for heard in facts["heard"]] == [("ip", NOW_MS), ("mobile", NOW_MS)]
    assert [(path["name"], path["technology_name"]) for path in facts["paths"]] == [("ip", ""), ("mobile", "LTE")]
    assert [(fault["kind"], fault["ended_ms"]) for fault in facts["line_faults"]] == [
        ("line-fault", NOW_MS + 1_000),
        ("path-fault", None),
    ]
