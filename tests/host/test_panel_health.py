"""How a panel is: what it last told is stored, and shown in words."""

from typing import Any

import pytest

from cloud_terminal import UNKNOWN, Terminal
from hemlarm_cloud.showing_health import health_rows
from hemlarm_cloud.store import Event, PanelHealth, PresumedAlarm
from hemlarm_protocol import messages
from hemlarm_protocol.panel_end import PanelEnd
from ingest_weather import Weather

GOOD = messages.Health(7, 0, 0, 81_920, 3, 6_000, 0, 0, 45, 0, 1, 13_250, 85, 40, 1)
BAD = messages.Health(8, 2, 1, 20_480, 5_999, 6_000, 12, 2, 90_000, 1, 0, 10_900, 12, 2, 2 | 8)
UNKNOWN_ALL = messages.Health(1, 9, 9, 0, 0, 0, 0, 0, 0, 0, 2, 0, 255, 255, 0)


def row(health: messages.Health, panel: str = "00112233445566ff") -> PanelHealth:
    return PanelHealth(panel, 1_800_000_000_000, *health)


def said(health: messages.Health) -> dict[str, str]:
    return dict(health_rows(row(health)))


def test_the_rows_of_the_store_are_the_messages_fields() -> None:
    assert PanelHealth._fields[2:] == messages.Health._fields


def test_a_panel_that_is_well_is_told_so() -> None:
    assert said(GOOD) == {
        "told (UTC)": "2027-01-15 08:00:00",
        "last restart": "power (start number 7)",
        "memory": "81,920 bytes free",
        "journal": "3 of 6,000 events wait for the cloud",
        "flash": "no failures; the most worn sector erased 45 times",
        "mains": "on",
        "battery": "13.25 V, 85 %, about 40 h left, charging",
    }


def test_everything_that_is_wrong_is_named() -> None:
    told = said(BAD)
    assert told["last restart"] == "watchdog, the task of inputs hung (start number 8)"
    assert "12 operations failed" in told["flash"]
    assert "2 sectors given up" in told["flash"]
    assert "cannot be saved" in told["flash"]
    assert told["mains"] == "off"
    assert told["battery"] == "10.90 V, 12 %, about 2 h left, battery low, charger fault"


def test_what_nobody_knows_is_not_made_up() -> None:
    told = said(UNKNOWN_ALL)
    assert told["last restart"] == "cause 9 (start number 1)"
    assert (told["mains"], told["battery"]) == ("not known", "not measured")
    loop = said(BAD._replace(task=0))["last restart"]
    assert loop == "watchdog, a loop let no task go on (start number 8)"


class Patient(Weather):
    """A panel that tells how it is."""

    def __init__(self) -> None:
        super().__init__()
        self.is_now = GOOD
        panel = self.panel
        end = PanelEnd(panel._panel, panel._root_key, panel.random, panel.recorder, panel._status, lambda: self.is_now)
        panel.end = end

    def told(self) -> PanelHealth | None:
        """What the store knows."""
        with self.store.read() as reading:
            return reading.health(self.panel.id)


def test_the_latest_health_of_a_panel_is_kept() -> None:
    weather = Patient()
    assert weather.told() is None
    weather.connect()
    weather.settle(1)
    first = weather.told()
    assert first
    assert first[2:] == GOOD
    weather.is_now = BAD
    weather.settle(70)
    second = weather.told()
    assert second
    assert second[2:] == BAD
    assert second.received_ms > first.received_ms


@pytest.mark.parametrize("trouble", ["full", "before-commit"])
def test_a_failed_commit_loses_no_health_for_long(trouble: str) -> None:
    weather = Patient()
    weather.connect()
    weather.deliver_up()
    weather.commit()
    weather.deliver_down()
    while weather.up:
        weather.deliver_up()
    weather.commit(trouble)
    weather.settle(70)
    told = weather.told()
    assert told
    assert told[2:] == GOOD


@pytest.fixture
def terminal(tmp_path: Any) -> Terminal:
    return Terminal(tmp_path / "cloud")


@pytest.fixture
def panel(terminal: Terminal) -> str:
    return str(terminal.facts("panel", "add")["panel"])


def keep(terminal: Terminal, panel: str, health: messages.Health) -> None:
    store = terminal.store()
    with store.begin() as tx:
        tx.keep_health(row(health, panel))
    store.close()


def test_a_panel_is_shown_with_its_health(terminal: Terminal, panel: str) -> None:
    keep(terminal, panel, BAD)
    facts = terminal.facts("panel", "show", panel)
    assert (facts["panel"], facts["revoked_ms"]) == (panel, None)
    assert "root_key" not in facts
    health = facts["health"]
    assert health.items() >= BAD._asdict().items()
    assert (health["cause_name"], health["task_name"]) == ("watchdog, the task of inputs hung", "inputs")
    assert (health["mains_name"], health["power_flag_names"]) == ("off", ["battery low", "charger fault"])
    shown = terminal.run("panel", "show", panel).stdout
    assert max(map(len, shown.splitlines())) <= 80
    assert all(word in shown for word in (panel, "watchdog", "charger fault", "20,480 bytes free"))


def test_a_panel_that_never_told_is_shown_all_the_same(terminal: Terminal, panel: str) -> None:
    assert terminal.facts("panel", "show", panel)["health"] is None
    assert "never told" in terminal.run("panel", "show", panel).stdout
    terminal.facts("panel", "revoke", panel)
    assert "revoked" in terminal.run("panel", "show", panel).stdout


def test_an_unknown_panel_is_told(terminal: Terminal) -> None:
    result = terminal.run("panel", "show", UNKNOWN)
    assert result.exit_code == 1
    assert f"no panel {UNKNOWN} here" in result.stderr


def test_lists_show_when_things_happened_and_mark_an_estimate(terminal: Terminal, panel: str) -> None:
    kid, now_ms = b"kid1", 1_800_000_000_000
    store = terminal.store()
    with store.begin() as tx:
        tx.learn_incarnation(panel, kid, bytes(16), 1)
        for number, (minutes, dating) in enumerate([(1, "panel"), (2, "session"), (3, "between")], start=1):
            head = (panel, kid, number, bytes(8), bytes(64), now_ms, now_ms, 6134, 1, 7)
            tx.add_event(Event(*head, dated_ms=now_ms - 60_000 * minutes, dating=dating))  # type: ignore[arg-type]
            delay = PresumedAlarm(panel, kid, number, 1, 7, now_ms, now_ms)
            tx.add_entry_delay(delay)
            tx.raise_presumed_alarm(delay, now_ms)
    store.close()
    events = terminal.facts("event", "list")["events"]
    assert [(event["dated_ms"], event["dating"]) for event in events] == [
        (now_ms - 60_000, "panel"),
        (now_ms - 120_000, "session"),
        (now_ms - 180_000, "between"),
    ]
    alarms = terminal.facts("alarm", "list")["alarms"]
    told = {alarm["number"]: (alarm["began_ms"], alarm["dating"]) for alarm in alarms}
    assert told == {event["number"]: (event["dated_ms"], event["dating"]) for event in events}
    for words in (("event", "list"), ("alarm", "list")):
        shown = " ".join(terminal.run(*words).stdout.split())
        assert shown.count("~") == 2, "the estimate, and what the mark means"
        assert "07:58" in shown
        assert "estimate" in shown
