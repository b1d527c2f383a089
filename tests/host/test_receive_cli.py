"""`hemlarm cloud foreign` from a terminal."""

from pathlib import Path

import pytest

from cloud_terminal import Terminal


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path / "cloud")


def test_a_foreign_transmitter_is_let_in_renewed_listed_and_shut_out(terminal: Terminal) -> None:
    added = terminal.facts("foreign", "add", "dc-09", "1234", "--level", "180s")
    (shown,) = terminal.facts("foreign", "list")["accounts"]
    assert (shown["transmitter"], shown["level_s"]) == ("dc09:1234", 180)
    renewed = terminal.facts("foreign", "renew", "dc09:1234")
    assert renewed["secret"] != added["secret"]
    listed = terminal.run("foreign", "list").stdout
    assert added["secret"] not in listed
    assert renewed["secret"] not in listed
    terminal.facts("foreign", "remove", "dc09:1234")
    assert terminal.facts("foreign", "list")["accounts"] == []


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (("foreign", "add", "morse", "1234"), 1, "morse"),
        (("foreign", "add", "dc-09", "no account!"), 1, "account"),
        (("foreign", "add", "dc-09", "1234", "--level", "17s"), 2, "17s"),
        (("foreign", "renew", "dc09:9999"), 1, "dc09:9999"),
        (("foreign", "remove", "dc09:9999"), 1, "dc09:9999"),
    ],
)
def test_what_cannot_be_is_told(terminal: Terminal, words: tuple[str, ...], status: int, told: str) -> None:
    result = terminal.run(*words)
    assert result.exit_code == status
    assert told in result.stderr
    assert terminal.facts("foreign", "list")["accounts"] == []


def test_an_account_is_there_once(terminal: Terminal) -> None:
    terminal.facts("foreign", "add", "sos-access", "IO980102")
    again = terminal.run("foreign", "add", "sos-access", "IO980102")
    assert again.exit_code == 1
    assert "IO980102" in again.stderr
