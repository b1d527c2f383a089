"""`hemlarm cloud forwarding` from a terminal."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cloud_terminal import Terminal
from forward_support import KEY, Town
from hemlarm_cloud import cli

ADD = ("forwarding", "add", "Peer", "dc-09", "127.0.0.1:9000", "--account", "ABC1")


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path / "cloud")


def typed(terminal: Terminal, secret: str, *words: str) -> Result:
    environment = {"HEMLARM_DATA": str(terminal.data), "COLUMNS": "160"}
    return CliRunner().invoke(cli.app, list(words), env=environment, input=f"{secret}\n")


def test_a_destination_is_added_routed_stopped_and_resumed(terminal: Terminal) -> None:
    assert typed(terminal, KEY.hex(), *ADD).exit_code == 0
    store = terminal.store()
    town = Town(store)
    site = town.site()
    assert terminal.facts("forwarding", "route", str(site), "1", "1234")["lowest_urgency"] == 4
    signal = town.signal(site)
    store.close()
    (row,) = terminal.facts("forwarding", "list")["destinations"]
    assert (row["name"], row["waiting"], row["active"]) == ("Peer", 1, True)
    assert "secret" not in row
    assert terminal.facts("forwarding", "stop", "1")["active"] is False
    assert not terminal.facts("forwarding", "list")["destinations"][0]["active"]
    assert terminal.facts("forwarding", "resume", "1")["active"] is True
    (sent,) = terminal.facts("forwarding", "sent", "1")["forwarded"]
    assert (sent["signal"], sent["state"]) == (signal, "waiting")
    shown = terminal.run("forwarding", "list")
    assert "Peer" in shown.stdout
    assert KEY.hex() not in shown.stdout
    assert terminal.run("forwarding", "unroute", str(site), "1").exit_code == 1


def test_mistakes_are_told_without_a_traceback(terminal: Terminal) -> None:
    wrong = [
        (1, "not hex", ADD),
        (2, KEY.hex(), (*ADD, "--level", "1h")),
        (2, KEY.hex(), (*ADD, "--authority", "/nowhere/at-all.pem")),
        (1, "", ("forwarding", "stop", "9")),
        (1, "", ("forwarding", "route", "9", "9", "1234")),
    ]
    for status, secret, words in wrong:
        result = typed(terminal, secret, *words)
        assert result.exit_code == status, result.stderr
        assert "hemlarm: " in result.stderr
        assert "Traceback" not in result.stderr


def test_a_line_without_encryption_asks_for_no_key(terminal: Terminal) -> None:
    assert terminal.facts(*ADD, "--plain") == {"destination": 1}
    assert terminal.run("forwarding", "unroute", "1", "1").exit_code == 1
