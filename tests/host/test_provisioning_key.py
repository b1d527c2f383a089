"""The key by which new panels know their cloud: made once, private, told by a command, and told apart when wrong."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from cloud_terminal import Terminal
from hemlarm_cloud.authority import Authority
from hemlarm_cloud.provisioning.key import FILE, open_key
from hemlarm_cloud.vault import VaultError
from hemlarm_protocol import x25519
from session_support import Chance


def test_it_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    made = open_key(tmp_path, Chance(1))
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    assert open_key(tmp_path, Chance(2)) == made
    assert made.public == x25519.public_key(made.secret)


def test_it_does_not_show_when_it_is_printed(tmp_path: Path) -> None:
    made = open_key(tmp_path, Chance(1))
    assert str(made.secret) not in repr(made)
    assert str(made.public) in repr(made)


def test_one_that_is_open_to_others_or_of_another_kind_is_refused(tmp_path: Path) -> None:
    open_key(tmp_path, Chance(1))
    (tmp_path / FILE).chmod(0o640)
    with pytest.raises(VaultError, match="chmod 600"):
        open_key(tmp_path, Chance(1))
    (tmp_path / FILE).chmod(0o600)
    (tmp_path / FILE).write_bytes(b"short")
    with pytest.raises(VaultError, match="is no PEM of a private key; restore a copy"):
        open_key(tmp_path, Chance(1))
    Authority.create(tmp_path / "authority", datetime(2026, 3, 1, tzinfo=UTC))
    (tmp_path / FILE).write_bytes((tmp_path / "authority" / "authority.key").read_bytes())
    with pytest.raises(VaultError, match="is no X25519 key; restore a copy"):
        open_key(tmp_path, Chance(1))


def test_a_command_prints_what_firmware_is_built_with(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    told = terminal.facts("provisioning-key")["cloud_key"]
    assert bytes.fromhex(told) == open_key(tmp_path, Chance(1)).public
    assert terminal.run("provisioning-key").stdout == told + "\n"
