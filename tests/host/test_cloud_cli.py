"""`hemlarm cloud`: what a person or a script sees, and the exit status."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from cloud_terminal import UNKNOWN, Terminal
from hemlarm_cloud import running
from hemlarm_cloud.broker import BrokerError
from hemlarm_cloud.broker.child import free_port
from hemlarm_cloud.provision import PanelCredentials
from hemlarm_cloud.store import Event


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path / "cloud")


@pytest.fixture
def panel(terminal: Terminal) -> str:
    return str(terminal.facts("panel", "add")["panel"])


def test_a_new_panels_secrets_go_to_a_private_file_and_nowhere_else(terminal: Terminal) -> None:
    result = terminal.run("panel", "add", "--json")
    facts = json.loads(result.stdout)
    file = Path(facts["credentials"])
    made = PanelCredentials.from_cbor(file.read_bytes())
    assert file.stat().st_mode & 0o777 == 0o600
    assert (made.panel_id, made.host, made.port) == (facts["panel"], facts["host"], facts["port"])
    assert made.root_key.hex() not in result.output


def test_credentials_are_never_overwritten(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "mine.cbor"
    file.write_bytes(b"mine")
    result = terminal.run("panel", "add", "--credentials", str(file))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "mine.cbor is there already" in result.stderr
    assert file.read_bytes() == b"mine"
    assert terminal.facts("panel", "list") == {"panels": []}


def test_a_panel_whose_credentials_cannot_be_written_is_put_out_again(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = terminal.run("panel", "add", "--credentials", str(tmp_path / "file" / "panel.cbor"))
    assert result.exit_code == 1
    assert [entry["revoked_ms"] is not None for entry in terminal.facts("panel", "list")["panels"]] == [True]


def test_panels_are_listed_and_revoked(terminal: Terminal, panel: str) -> None:
    (entry,) = terminal.facts("panel", "list")["panels"]
    assert (entry["panel"], entry["revoked_ms"]) == (panel, None)
    assert "root_key" not in entry
    revoked_ms = terminal.facts("panel", "revoke", panel)["revoked_ms"]
    assert terminal.facts("panel", "list")["panels"][0]["revoked_ms"] == revoked_ms
    again = terminal.run("panel", "revoke", panel)
    assert (again.exit_code, again.stdout) == (1, "")
    assert "was revoked before" in again.stderr


def test_events_are_listed_on_from_an_id(terminal: Terminal, panel: str) -> None:
    store_events(terminal, panel)
    facts = terminal.facts("event", "list", "--after", "1", "--limit", "2")
    assert [(event["id"], event["number"], event["name"]) for event in facts["events"]] == [
        (2, 2, "Armed away by user"),
        (3, 3, "Fire siren silenced, detector not clear"),
    ]
    assert facts["events"][0]["sealed_bytes"] == 64
    assert facts["last_id"] == 3
    rest = terminal.facts("event", "list", "--after", "3", "--panel", panel)
    assert [event["name"] for event in rest["events"]] == ["Numbers declared void"]
    assert terminal.facts("event", "list", "--after", "4") == {"events": [], "last_id": 4}


def store_events(terminal: Terminal, panel: str) -> None:
    store = terminal.store()
    with store.begin() as tx:
        kid = b"kid1"
        tx.learn_incarnation(panel, kid, bytes(16), 1)
        for number, (qcode, zone, user) in enumerate([(1130, 3, 0), (3401, 0, 1), (6111, 4, 0)], start=1):
            tx.add_event(Event(panel, kid, number, bytes(8), bytes(64), 5, 6, qcode, 1, zone, user))
        tx.add_void(Event(panel, kid, 4, bytes(8), bytes(64), 5, 6, 0), 5, 300_000, 0)
    store.close()


@pytest.mark.parametrize("words", [("panel", "list"), ("event", "list"), ("command", "list")])
def test_tables_fit_eighty_columns_and_keep_panel_ids_whole(
    terminal: Terminal, panel: str, words: tuple[str, ...]
) -> None:
    store_events(terminal, panel)
    terminal.run("command", "send", panel, "arm-away", "--argument", "23")
    shown = terminal.run(*words).stdout
    assert max(map(len, shown.splitlines())) <= 80
    assert panel in shown


def test_a_command_is_queued_for_its_panel(terminal: Terminal, panel: str) -> None:
    sent = terminal.facts("command", "send", panel, "arm-home", "--argument", "2", "--user", "7")
    (listed,) = terminal.facts("command", "list")["commands"]
    assert listed == sent
    assert (listed["verb"], listed["argument"], listed["user"], listed["state"]) == ("arm-home", 2, 7, "queued")
    assert listed["expires_ms"] - listed["created_ms"] == 60_000
    assert listed["requested_by"].startswith("terminal")


@pytest.mark.parametrize(
    ("status", "answer", "state", "exit_code"), [(0, "done", "done", 0), (1, "refused", "failed", 1)]
)
def test_waiting_ends_with_the_panels_answer(
    terminal: Terminal,
    panel: str,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    answer: str,
    state: Any,
    exit_code: int,
) -> None:
    def panel_answers(_seconds: float) -> None:
        store = terminal.store()
        with store.begin() as tx:
            (command,) = tx.commands()
            assert tx.set_command_state(command.id, state, 9, status=status, detail=0)
        store.close()

    monkeypatch.setattr(time, "sleep", panel_answers)
    facts = terminal.facts("command", "send", panel, "disarm", "--wait", status=exit_code)
    assert (facts["state"], facts["status"]) == (state, answer)


def test_waiting_ends_when_the_commands_time_is_up(
    terminal: Terminal, panel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock_ms = [1_000]
    monkeypatch.setattr(time, "monotonic", lambda: clock_ms[0] / 1000)
    monkeypatch.setattr(time, "sleep", lambda seconds: clock_ms.append(clock_ms.pop() + 500))
    facts = terminal.facts("command", "send", panel, "status", "--wait", "--expires", "2", status=1)
    assert (facts["state"], facts["status"]) == ("expired", None)
    assert clock_ms == [3_000]


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (("command", "send", UNKNOWN, "explode"), 2, "use one of disarm, arm-away"),
        (("command", "send", UNKNOWN, "disarm"), 1, f"no panel {UNKNOWN} here"),
        (("command", "send", "ABC", "disarm"), 2, "'ABC' is not a panel's id"),
        (("command", "send", UNKNOWN, "disarm", "--argument", "-1"), 2, "--argument"),
        (("event", "list", "--panel", "front door"), 2, "not a panel's id"),
        (("event", "list", "--limit", "0"), 2, "--limit"),
        (("event", "list", "--config", "none.toml"), 2, "none.toml: cannot be read"),
        (("panel", "list", "--database", "mysql://host"), 2, "flag --database"),
        (("panel", "list", "--database", "sqlite:////proc/none/store.db"), 1, "cannot be opened"),
        (("panel", "revoke", UNKNOWN), 1, "hemlarm cloud panel list"),
        (("panel", "explode"), 2, "No such command"),
    ],
)
def test_what_is_wrong_is_told_on_standard_error(
    terminal: Terminal, words: tuple[str, ...], status: int, told: str
) -> None:
    result = terminal.run(*words, "--json")
    assert (result.exit_code, result.stdout) == (status, "")
    assert told in result.stderr


def test_a_revoked_panel_takes_no_commands(terminal: Terminal, panel: str) -> None:
    terminal.run("panel", "revoke", panel)
    result = terminal.run("command", "send", panel, "disarm")
    assert result.exit_code == 1
    assert "was revoked" in result.stderr


def test_the_cloud_runs_until_it_is_asked_to_end(tmp_path: Path) -> None:
    port = free_port("127.0.0.1")
    program = [sys.executable, "-c", "from hemlarm_cloud.cli import app; app()", "run", "--json", "--port", str(port)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "HEMLARM_DATA": str(tmp_path)}
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as cloud:
        assert cloud.stdout is not None
        line = cloud.stdout.readline()
        cloud.send_signal(signal.SIGTERM)
        rest, errors = cloud.communicate(timeout=60)
    assert cloud.returncode == 0, errors
    assert rest == ""
    assert json.loads(line) == {"host": "127.0.0.1", "port": port, "broker": "nats", "pid": cloud.pid}


def test_a_broker_that_ends_by_itself_is_started_until_it_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    class Mortal:
        running = False
        starts = 0
        lives = threading.Event()

        def start(self) -> None:
            self.starts += 1
            if self.starts < 3:
                raise BrokerError("the port is taken")
            self.running = True
            self.lives.set()

    monkeypatch.setattr(running, "_LOOK_S", 0.001)
    broker: Any = Mortal()
    with running._kept_alive(broker):
        assert broker.lives.wait(30)
    assert broker.starts == 3
