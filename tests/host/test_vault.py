"""The vault keeps root keys so that a stolen database is worth nothing."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemlarm_cloud.vault import MASTER_KEY_BYTES, Vault, VaultError

PANEL, OTHER = "00112233445566ff", "ee112233445566ff"
MASTER, ROOT = bytes(range(64)), bytes(range(100, 132))
FIXED = "01ed03f087b6e9101f5b5f3c593dc759c4fe866bbc98dd53dc79d7eec189c1afd592f54bdc229b5514c792b038ed688f33"


def test_a_wrapped_key_comes_back_and_does_not_show() -> None:
    vault = Vault(MASTER)
    wrapped = vault.wrap(PANEL, ROOT)
    assert vault.unwrap(PANEL, wrapped) == ROOT
    assert ROOT not in wrapped
    assert vault.wrap(OTHER, ROOT)[1:] != wrapped[1:]


def test_the_stored_form_is_fixed() -> None:
    """A change here would lock out every panel in every database."""
    assert Vault(MASTER).wrap(PANEL, ROOT).hex() == FIXED


def test_a_key_of_another_panel_does_not_open() -> None:
    vault = Vault(MASTER)
    with pytest.raises(VaultError, match=f"does not open the root key of panel {OTHER}"):
        vault.unwrap(OTHER, vault.wrap(PANEL, ROOT))


def test_another_master_key_does_not_open() -> None:
    with pytest.raises(VaultError, match="belongs to this database"):
        Vault(bytes(64)).unwrap(PANEL, Vault(MASTER).wrap(PANEL, ROOT))


@given(st.binary(max_size=80))
def test_any_bytes_are_refused_in_one_way(wrapped: bytes) -> None:
    with pytest.raises(VaultError):
        Vault(MASTER).unwrap(PANEL, wrapped)


@given(st.integers(0, 49 * 8 - 1))
def test_every_flipped_bit_is_noticed(bit: int) -> None:
    wrapped = bytearray(Vault(MASTER).wrap(PANEL, ROOT))
    wrapped[bit // 8] ^= 1 << bit % 8
    with pytest.raises(VaultError):
        Vault(MASTER).unwrap(PANEL, bytes(wrapped))


def test_the_master_key_survives_in_a_private_file(tmp_path: Path) -> None:
    file = tmp_path / "master.key"
    wrapped = Vault.create(file, os.urandom).wrap(PANEL, ROOT)
    assert file.stat().st_mode & 0o777 == 0o600
    assert Vault.load(file).unwrap(PANEL, wrapped) == ROOT


def test_a_master_key_is_never_replaced(tmp_path: Path) -> None:
    file = tmp_path / "master.key"
    Vault.create(file, os.urandom)
    with pytest.raises(VaultError, match="is there already"):
        Vault.create(file, os.urandom)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_master_key_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "master.key"
    Vault.create(file, os.urandom)
    file.chmod(mode)
    with pytest.raises(VaultError, match=r"open to other users.*chmod 600"):
        Vault.load(file)


@pytest.mark.parametrize("size", [0, 32, 63, 65])
def test_a_master_key_of_another_size_is_refused(tmp_path: Path, size: int) -> None:
    file = tmp_path / "master.key"
    file.touch(mode=0o600)
    file.write_bytes(bytes(size))
    with pytest.raises(VaultError, match=rf"master\.key: {size} bytes instead of {MASTER_KEY_BYTES}"):
        Vault.load(file)


def test_a_missing_master_key_or_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(VaultError, match=r"master\.key is missing; restore it"):
        Vault.load(tmp_path / "master.key")
    with pytest.raises(VaultError, match="cannot be written"):
        Vault.create(tmp_path / "nowhere" / "master.key", os.urandom)


def test_printing_a_vault_shows_no_key() -> None:
    assert MASTER.hex()[:16] not in repr(Vault(MASTER)) + str(vars(Vault(MASTER)))


SEALED = Vault(MASTER).seal("site password", "7", b"blue elephant")
FIXED_SEALED = "02ade52dfaea0792a6084cdd985b9ac27d86c7ae280a736598b23db4b68d"


def test_a_sealed_secret_opens_for_its_purpose_and_owner_only() -> None:
    vault = Vault(MASTER)
    assert vault.open_sealed("site password", "7", SEALED) == b"blue elephant"
    assert b"elephant" not in SEALED
    for purpose, owner in (
        ("site counter", "7"),
        ("site password", "8"),
        ("site password7", ""),
        ("site ", "password7"),
    ):
        with pytest.raises(VaultError, match="does not open the"):
            vault.open_sealed(purpose, owner, SEALED)
    with pytest.raises(VaultError, match="use the key file that belongs to this database, or set it anew"):
        Vault(bytes(64)).open_sealed("site password", "7", SEALED)


def test_the_sealed_form_is_fixed() -> None:
    """A change here would lock out every password and every key of another centre."""
    assert SEALED.hex() == FIXED_SEALED


def test_a_root_key_and_a_sealed_secret_are_never_taken_for_each_other() -> None:
    vault = Vault(MASTER)
    with pytest.raises(VaultError):
        vault.open_sealed("root key", PANEL, vault.wrap(PANEL, ROOT))
    for first in (b"\x01", b"\x02"):
        sealed = first + vault.seal("hemlarm root key", PANEL, ROOT)[1:]
        with pytest.raises(VaultError):
            vault.unwrap(PANEL, sealed)


@given(st.integers(0, len(SEALED) * 8 - 1))
def test_every_flipped_bit_of_a_sealed_secret_is_noticed(bit: int) -> None:
    sealed = bytearray(SEALED)
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(VaultError):
        Vault(MASTER).open_sealed("site password", "7", bytes(sealed))


@given(st.binary(max_size=80))
def test_any_bytes_that_were_not_sealed_are_refused_in_one_way(sealed: bytes) -> None:
    with pytest.raises(VaultError):
        Vault(MASTER).open_sealed("site password", "7", sealed)


@pytest.mark.parametrize("size", [0, 1025])
def test_a_secret_of_no_sensible_size_is_not_sealed(size: int) -> None:
    with pytest.raises(AssertionError):
        Vault(MASTER).seal("site password", "7", bytes(size))
