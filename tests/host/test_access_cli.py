"""`hemlarm cloud account password` and `sign-out`: how the centre's people come to sign in."""

from pathlib import Path

from typer.testing import CliRunner, Result

from access_support import CHANCES, PASSWORD
from cloud_terminal import Terminal
from hemlarm_cloud import cli
from hemlarm_cloud.access import signing_in
from hemlarm_cloud.cli_centre import now_ms


def typed(terminal: Terminal, text: str, *words: str) -> Result:
    """A command that reads what somebody types or another program says."""
    environment = {"HEMLARM_DATA": str(terminal.data), "COLUMNS": "80"}
    return CliRunner().invoke(cli.app, list(words), input=text, env=environment)


def test_a_supervisor_at_the_terminal_lets_an_operator_sign_in_and_out(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "data")
    terminal.facts("account", "add", "anna", "--role", "operator")
    result = typed(terminal, PASSWORD + "\n", "account", "password", "anna", "--language", "en")
    assert (result.exit_code, result.stdout) == (0, "anna signs in with anna and this password.\n")
    store = terminal.store()
    signed = signing_in.sign_in(store, "Anna", PASSWORD, "a", "b", now_ms(), CHANCES)
    assert (signed.role, signed.language) == ("operator", "en")
    assert terminal.facts("account", "sign-out", "anna")["ended"] == 1
    store.close()


def test_a_weak_password_and_an_unknown_name_change_nothing(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "data")
    terminal.facts("account", "add", "anna", "--role", "operator")
    weak = typed(terminal, "kort\n", "account", "password", "anna")
    assert (weak.exit_code, "at least 10 characters" in weak.stderr) == (1, True)
    unknown = typed(terminal, PASSWORD + "\n", "account", "password", "nobody")
    assert (unknown.exit_code, "account list" in unknown.stderr) == (1, True)
    assert PASSWORD not in unknown.stdout + unknown.stderr
