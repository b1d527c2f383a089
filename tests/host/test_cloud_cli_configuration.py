"""`hemlarm cloud panel config`, `panel set` and `alarm list`: what a person or a script sees, and the exit status."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from cloud_terminal import UNKNOWN, Terminal
from hemlarm_cloud import cli
from hemlarm_cloud.changing import ChangeError, edits_from
from hemlarm_cloud.store import PresumedAlarm
from hemlarm_protocol import cbor

DOCUMENT: dict[Any, Any] = {
    "areas": [{"number": 1, "entry_s": 30, "exit_s": 60}],
    "zones": [{"number": 7, "type": "entry", "name": "Ytterdörr", "radio": b"\x01\x02\x03\x04"}],
    "users": [],
    "language": "sv",
    "revision": 6,
}


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path / "cloud")


@pytest.fixture
def panel(terminal: Terminal) -> str:
    return str(terminal.facts("panel", "add")["panel"])


def tell(terminal: Terminal, panel: str) -> None:
    """Store what a panel told of its configuration."""
    store = terminal.store()
    with store.begin() as tx:
        tx.expect_configuration(panel)
        tx.keep_configuration(panel, 6, cbor.encode(DOCUMENT), 1_800_000_000_000)
    store.close()


def answer_with(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, status: int | None, reason: str | None = None
) -> list[Any]:
    """Have a panel answer whatever it is asked while the command waits; returns the changes it got."""
    seen: list[Any] = []

    def panel_answers(_seconds: float) -> None:
        store = terminal.store()
        with store.begin() as tx:
            seen.extend(tx.due_changes(0))
            if reason is not None:
                assert tx.explain_change(seen[-1].id, seen[-1].panel, reason)
            if status is not None:
                state: Any = "failed" if status else "done"
                assert tx.set_change_state(seen[-1].id, state, 9, status=status, detail=7)
        store.close()

    monkeypatch.setattr(time, "sleep", panel_answers)
    return seen


def test_a_configuration_is_shown_for_scripts_and_for_people(terminal: Terminal, panel: str) -> None:
    tell(terminal, panel)
    facts = terminal.facts("panel", "config", panel)
    assert (facts["panel"], facts["revision"], facts["complete"]) == (panel, 6, True)
    assert facts["configuration"]["zones"][0]["radio"] == "01020304"
    shown = terminal.run("panel", "config", panel).stdout
    for part in ("Revision 6", "2027-01-15 08:00:00", "entry_s=30", "Ytterdörr", 'language="sv"', "zones"):
        assert part in shown, part
    assert "may have changed" not in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_a_configuration_that_may_be_old_says_so(terminal: Terminal, panel: str) -> None:
    tell(terminal, panel)
    store = terminal.store()
    with store.begin() as tx:
        tx.expect_configuration(panel)
    store.close()
    assert terminal.facts("panel", "config", panel)["complete"] is False
    assert "may have changed" in " ".join(terminal.run("panel", "config", panel).stdout.split())


def test_a_change_is_based_on_what_is_shown_and_waits_for_the_answer(
    terminal: Terminal, panel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(terminal, panel)
    seen = answer_with(terminal, monkeypatch, 0)
    facts = terminal.facts("panel", "set", panel, "areas", "1", "entry_s=45", "--user", "5")
    assert (facts["state"], facts["status"], facts["base"], facts["user"]) == ("done", "done", 6, 5)
    assert facts["edits"] == [["areas", 1, {"entry_s": 45}]]
    assert cbor.decode(seen[0].edits) == [["areas", 1, {"entry_s": 45}]]


@pytest.mark.parametrize(
    ("status", "exit_code", "told"),
    [
        (0, 0, "its configuration now has revision 7"),
        (5, 1, "its configuration is no longer revision 6. Look at it with `hemlarm cloud panel config"),
        (6, 1, "somebody is changing its configuration at the keypad. Try again"),
        (3, 1, "its answer is bad-argument. Check"),
        (99, 1, "its answer is status 99"),
    ],
)
def test_each_answer_is_told_with_what_to_do(
    terminal: Terminal, panel: str, monkeypatch: pytest.MonkeyPatch, status: int, exit_code: int, told: str
) -> None:
    tell(terminal, panel)
    answer_with(terminal, monkeypatch, status)
    result = terminal.run("panel", "set", panel, "users", "5", "--remove")
    assert result.exit_code == exit_code
    assert told in " ".join(result.stdout.split())


def test_why_a_panel_refused_is_shown_for_people_and_for_scripts(
    terminal: Terminal, panel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(terminal, panel)
    reason = "areas[0].entry_s: 400 is wrong; it must be a whole number from 0 to 300"
    answer_with(terminal, monkeypatch, 3, reason)
    words = ("panel", "set", panel, "areas", "1", "entry_s=400")
    result = terminal.run(*words)
    assert result.exit_code == 1
    assert f"Nothing was changed at panel {panel}: {reason}. Correct what this names" in result.stdout
    assert json.loads(terminal.run(*words, "--json").stdout)["reason"] == reason
    answer_with(terminal, monkeypatch, 3)
    assert json.loads(terminal.run(*words, "--json").stdout)["reason"] is None


def test_a_panel_that_does_not_answer_is_told(terminal: Terminal, panel: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tell(terminal, panel)
    answer_with(terminal, monkeypatch, None)
    clock_ms = [1_000, 1_000, 5_000]
    monkeypatch.setattr(cli, "now_ms", lambda: clock_ms.pop(0))
    result = terminal.run("panel", "set", panel, "panel", "0", "language=en", "--expires", "2")
    assert result.exit_code == 1
    assert "has not answered" in result.stdout


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (("panel", "config", UNKNOWN), 1, "is not here yet: it is read while the cloud runs"),
        (("panel", "set", UNKNOWN, "areas", "1", "entry_s=45"), 1, f"no panel {UNKNOWN} here"),
        (("panel", "set", UNKNOWN, "rooms", "1", "entry_s=45"), 2, "use one of areas, zones, users, panel"),
        (("panel", "set", UNKNOWN, "areas", "0", "entry_s=45"), 2, "numbered from 1"),
        (("panel", "set", UNKNOWN, "areas", "1", "entry_s"), 2, "write FIELD=VALUE"),
        (("panel", "set", UNKNOWN, "areas", "1"), 2, "or --remove"),
    ],
)
def test_what_is_wrong_is_told_on_standard_error(
    terminal: Terminal, words: tuple[str, ...], status: int, told: str
) -> None:
    result = terminal.run(*words, "--json")
    assert (result.exit_code, result.stdout) == (status, "")
    assert told in result.stderr


def test_nothing_is_set_before_the_configuration_was_read(terminal: Terminal, panel: str) -> None:
    result = terminal.run("panel", "set", panel, "areas", "1", "entry_s=45")
    assert (result.exit_code, result.stdout) == (1, "")
    store = terminal.store()
    with store.read() as reading:
        assert reading.due_changes(0) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("45", 45),
        ("-5", -5),
        ("true", True),
        ("null", None),
        ("[1,2]", [1, 2]),
        ("Hall", "Hall"),
        ('"12"', "12"),
        ("5k6", "5k6"),
        ("", ""),
        ("a=b", "a=b"),
        ("hex:0a0B", b"\x0a\x0b"),
    ],
)
def test_a_value_is_json_bytes_or_text(text: str, value: object) -> None:
    assert cbor.decode(edits_from("zones", 3, ["field=" + text], remove=False)) == [["zones", 3, {"field": value}]]


@pytest.mark.parametrize("field", ["a=1.5", "a=NaN", "a=hex:0", "a=123456789012345678901", "=1", "a=" + "x" * 700])
def test_what_no_panel_could_take_is_refused(field: str) -> None:
    with pytest.raises(ChangeError):
        edits_from("zones", 3, [field], remove=False)


@pytest.mark.parametrize(("section", "number", "fields"), [("panel", 0, []), ("areas", 1, ["a=1"])])
def test_only_numbered_things_are_removed_and_then_have_no_fields(section: str, number: int, fields: list[str]) -> None:
    with pytest.raises(ChangeError, match="--remove"):
        edits_from(section, number, fields, remove=True)


def test_presumed_alarms_are_listed(terminal: Terminal, panel: str) -> None:
    store = terminal.store()
    with store.begin() as tx:
        for number in (1, 2, 3):
            delay = PresumedAlarm(panel, b"kid1", number, 1, 6 + number, 1_000, 61_000)
            tx.add_entry_delay(delay)
            if number != 2:
                tx.raise_presumed_alarm(delay, 60_000 + number)
        tx.settle_entry_delay(delay, 90_000)
    store.close()
    first, last = terminal.facts("alarm", "list", "--panel", panel)["alarms"]
    assert (first["zone"], first["raised_ms"], first["settled_ms"]) == (7, 60_001, None)
    assert (last["zone"], last["raised_ms"], last["settled_ms"]) == (9, 60_003, 90_000)
    assert first["name"] == "Presumed burglary alarm"
    assert terminal.facts("alarm", "list", "--panel", UNKNOWN) == {"alarms": []}
    assert [alarm["number"] for alarm in terminal.facts("alarm", "list", "--limit", "1")["alarms"]] == [3]
    shown = terminal.run("alarm", "list").stdout
    assert panel in shown
    assert max(map(len, shown.splitlines())) <= 80
