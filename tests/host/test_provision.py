"""Provisioning gives a panel all it needs, stores what the cloud needs, and leaks neither."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from hemlarm_cloud.authority import Authority, Identity, Role, identify
from hemlarm_cloud.installation import InstallationError, open_installation
from hemlarm_cloud.provision import PanelCredentials, ProvisionError, is_admitted, provision_panel, revoke
from hemlarm_cloud.settings import Settings
from hemlarm_cloud.store import Store, StoreError
from hemlarm_cloud.vault import Vault
from hemlarm_protocol import cbor

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SAMPLE = PanelCredentials(bytes(8), bytes(32), "broker.example", 8883, b"certificate", b"key", b"authority")


class Parts:
    """An installation in memory and a folder."""

    def __init__(self, folder: Path) -> None:
        self.store = Store.open("sqlite://")
        self.vault = Vault(bytes(64))
        self.authority = Authority.create(folder / "authority", NOW)

    def provision(self) -> PanelCredentials:
        return provision_panel(
            self.store, self.vault, self.authority, os.urandom, NOW, host="broker.example", port=8883
        )


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    made = Parts(tmp_path)
    yield made
    made.store.close()


def test_the_cloud_can_derive_the_panels_keys(parts: Parts) -> None:
    made = parts.provision()
    with parts.store.read() as reading:
        panel = reading.panel(made.panel_id)
    assert panel is not None
    root_key = parts.vault.unwrap(panel.id, panel.root_key)
    assert root_key == made.root_key
    assert (panel.shard, panel.provisioned_ms, panel.revoked_ms) == (made.panel_id[:2], 1_772_366_400_000, None)


def test_the_certificate_is_the_panels_and_its_serial_is_known(parts: Parts) -> None:
    made = parts.provision()
    assert identify(made.certificate, made.authority) == Identity(Role.PANEL, made.panel_id)
    with parts.store.read() as reading:
        (panel,) = reading.panels()
    assert int(panel.certificate_serial, 16) == x509.load_der_x509_certificate(made.certificate).serial_number


def test_no_two_panels_share_anything_secret(parts: Parts) -> None:
    one, other = parts.provision(), parts.provision()
    for name in ("panel", "root_key", "certificate", "key"):
        assert getattr(one, name) != getattr(other, name)


def test_the_database_holds_no_secret_in_clear(parts: Parts, tmp_path: Path) -> None:
    parts.store = Store.open(f"sqlite:///{tmp_path / 'store.db'}")
    made = parts.provision()
    parts.store.close()
    stored = (tmp_path / "store.db").read_bytes()
    assert made.panel_id.encode() in stored, "looked for the secrets in the wrong place"
    assert made.root_key not in stored
    assert made.key not in stored


def test_a_panel_that_cannot_be_stored_is_not_admitted(parts: Parts) -> None:
    drawn: list[bytes] = []

    def same_again(size: int) -> bytes:
        drawn.append(bytes(size))
        return drawn[-1]

    def provision() -> PanelCredentials:
        return provision_panel(parts.store, parts.vault, parts.authority, same_again, NOW, host="h", port=1)

    provision()
    with pytest.raises(StoreError):
        provision()
    with parts.store.read() as reading:
        assert len(reading.panels()) == 1


def test_a_revoked_panel_is_no_longer_admitted(parts: Parts) -> None:
    made = parts.provision()
    assert is_admitted(parts.store, made.panel_id)
    revoke(parts.store, made.panel_id, NOW)
    assert not is_admitted(parts.store, made.panel_id)
    with pytest.raises(ProvisionError, match="was revoked before"):
        revoke(parts.store, made.panel_id, NOW)


def test_an_unknown_panel_is_not_admitted_and_cannot_be_revoked(parts: Parts) -> None:
    assert not is_admitted(parts.store, "0" * 16)
    with pytest.raises(ProvisionError, match=r"no panel 0000000000000000 here; .* list"):
        revoke(parts.store, "0" * 16, NOW)


def test_credentials_survive_their_file(tmp_path: Path) -> None:
    file = tmp_path / "panel.cbor"
    SAMPLE.write(file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert PanelCredentials.from_cbor(file.read_bytes()) == SAMPLE


def test_printed_credentials_show_no_secret() -> None:
    shown = repr(replace(SAMPLE, root_key=b"R" * 32, key=b"PRIVATE"))
    assert "RRR" not in shown
    assert "PRIVATE" not in shown


@pytest.mark.parametrize(
    ("field", "value"), [("panel", bytes(7)), ("root_key", bytes(31)), ("port", True), ("host", b"host")]
)
def test_a_wrong_field_is_named(field: str, value: bytes | bool | int) -> None:
    fields = cbor.decode(SAMPLE.to_cbor())
    assert isinstance(fields, dict)
    with pytest.raises(ProvisionError, match=field):
        PanelCredentials.from_cbor(cbor.encode({**fields, field: value}))


@given(st.binary(max_size=200))
def test_any_other_bytes_are_refused_in_one_way(data: bytes) -> None:
    with pytest.raises(ProvisionError):
        PanelCredentials.from_cbor(data)


def test_an_installation_is_made_once_and_opened_again(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "cloud")
    with open_installation(settings, os.urandom, NOW) as opened:
        made = provision_panel(opened.store, opened.vault, opened.authority, os.urandom, NOW, host="h", port=1)
    with open_installation(settings, os.urandom, NOW) as opened, opened.store.read() as reading:
        (panel,) = reading.panels()
        assert opened.vault.unwrap(panel.id, panel.root_key) == made.root_key
        assert opened.authority.certificate == made.authority


@pytest.mark.parametrize("lost", ["master.key", "authority"])
def test_a_lost_secret_is_not_replaced_behind_the_panels_backs(tmp_path: Path, lost: str) -> None:
    settings = Settings(data=tmp_path / "cloud")
    with open_installation(settings, os.urandom, NOW) as opened:
        provision_panel(opened.store, opened.vault, opened.authority, os.urandom, NOW, host="h", port=1)
    (settings.data / lost).rename(tmp_path / "lost")
    with (
        pytest.raises(InstallationError, match=f"{lost} is missing.*restore"),
        open_installation(settings, os.urandom, NOW),
    ):
        pass
    assert not (settings.data / lost).exists()
