"""The certificate authority: names without confusion, dates that a lost clock survives, keys that stay private."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from hemlarm_cloud.authority import (
    NAME_FORMS,
    Authority,
    AuthorityError,
    Credentials,
    Identity,
    Role,
    identify,
    write_private,
)

NOW = datetime(2031, 5, 6, tzinfo=UTC)
PANEL = "0123456789abcdef"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority.create(tmp_path / "authority", NOW)


def parse(credentials: Credentials) -> x509.Certificate:
    return x509.load_der_x509_certificate(credentials.certificate)


def test_a_certificate_tells_role_and_name(authority: Authority) -> None:
    issued = {
        Role.PANEL: authority.issue_panel(PANEL, NOW),
        Role.CLOUD: authority.issue_cloud("cloud-ingest", NOW),
        Role.SERVER: authority.issue_server("server-broker", ["localhost"], NOW),
    }
    for role, credentials in issued.items():
        assert identify(credentials.certificate, authority.certificate) == credentials.identity
        assert credentials.identity.role is role


@pytest.mark.parametrize(
    "name",
    ["", "cloud-ingest", "0123456789ABCDEF", "0123456789abcde", "0123456789abcdef0", "0123456789abcd/#", "+" * 16],
)
def test_a_panel_gets_no_certificate_for_a_name_that_is_no_panel_id(authority: Authority, name: str) -> None:
    with pytest.raises(AuthorityError, match="role panel"):
        authority.issue_panel(name, NOW)
    assert authority.issued() == []


@pytest.mark.parametrize("name", ["", PANEL, "ingest", "cloud-", "cloud-+", "cloud.ingest", "cloud-x/y", "cloud-in\n"])
def test_a_cloud_service_gets_no_certificate_for_another_kind_of_name(authority: Authority, name: str) -> None:
    with pytest.raises(AuthorityError, match="role cloud"):
        authority.issue_cloud(name, NOW)


def test_no_name_fits_two_roles() -> None:
    for name in (PANEL, "cloud-ingest", "server-broker"):
        assert sum(form.fullmatch(name) is not None for form in NAME_FORMS.values()) == 1


def test_a_server_without_a_host_name_gets_no_certificate(authority: Authority) -> None:
    with pytest.raises(AuthorityError, match="at least one name"):
        authority.issue_server("server-broker", [], NOW)


def test_a_server_certificate_carries_host_names_and_addresses(authority: Authority) -> None:
    certificate = parse(authority.issue_server("server-broker", ["localhost", "127.0.0.1", "::1"], NOW))
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    assert [str(address) for address in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1", "::1"]


def test_a_panel_at_its_clocks_floor_finds_a_new_server_certificate_valid(authority: Authority) -> None:
    oldest_firmware = datetime(2026, 1, 1, tzinfo=UTC)
    server = parse(authority.issue_server("server-broker", ["localhost"], NOW))
    for certificate in (server, x509.load_der_x509_certificate(authority.certificate)):
        assert certificate.not_valid_before_utc < oldest_firmware
        assert certificate.not_valid_after_utc > NOW + timedelta(days=9 * 365)


def test_a_panel_certificate_outlasts_the_panel_and_bears_a_broker_whose_clock_is_behind(authority: Authority) -> None:
    certificate = parse(authority.issue_panel(PANEL, NOW))
    assert certificate.not_valid_before_utc <= NOW - timedelta(hours=14)
    assert certificate.not_valid_after_utc >= NOW + timedelta(days=19 * 365)


def test_clients_cannot_pose_as_servers_nor_servers_as_clients_nor_either_as_an_authority(authority: Authority) -> None:
    panel = parse(authority.issue_panel(PANEL, NOW))
    server = parse(authority.issue_server("server-broker", ["localhost"], NOW))
    for certificate, purpose in ((panel, ExtendedKeyUsageOID.CLIENT_AUTH), (server, ExtendedKeyUsageOID.SERVER_AUTH)):
        assert list(certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value) == [purpose]
        assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_a_loaded_authority_signs_as_the_created_one(authority: Authority, tmp_path: Path) -> None:
    loaded = Authority.load(tmp_path / "authority")
    assert loaded.certificate == authority.certificate
    identify(loaded.issue_panel(PANEL, NOW).certificate, authority.certificate)


def test_an_authority_is_never_overwritten(authority: Authority, tmp_path: Path) -> None:
    with pytest.raises(AuthorityError, match="already holds an authority"):
        Authority.create(tmp_path / "authority", NOW)
    assert Authority.load(tmp_path / "authority").certificate == authority.certificate


def test_a_missing_broken_or_mixed_up_authority_is_named(authority: Authority, tmp_path: Path) -> None:
    folder = tmp_path / "authority"
    with pytest.raises(AuthorityError, match=r"authority\.key is missing"):
        Authority.load(tmp_path / "nowhere")
    Authority.create(tmp_path / "other", NOW)
    (folder / "authority.pem").write_bytes((tmp_path / "other" / "authority.pem").read_bytes())
    with pytest.raises(AuthorityError, match="differ"):
        Authority.load(folder)
    (folder / "authority.key").write_text("nonsense")
    with pytest.raises(AuthorityError, match="broken"):
        Authority.load(folder)


def test_another_authoritys_certificate_is_not_identified(authority: Authority, tmp_path: Path) -> None:
    other = Authority.create(tmp_path / "other", NOW)
    with pytest.raises(AuthorityError, match="not signed by"):
        identify(other.issue_panel(PANEL, NOW).certificate, authority.certificate)


@pytest.mark.parametrize("junk", [b"", b"0", b"0\x82\xff\xff", bytes(100)])
def test_bytes_that_are_no_certificate_are_not_identified(authority: Authority, junk: bytes) -> None:
    with pytest.raises(AuthorityError):
        identify(junk, authority.certificate)


def test_the_ledger_holds_every_certificate_also_after_loading(authority: Authority, tmp_path: Path) -> None:
    first, second = authority.issue_panel(PANEL, NOW), authority.issue_panel(PANEL, NOW)
    entries = Authority.load(tmp_path / "authority").issued()
    assert [entry.serial for entry in entries] == [parse(each).serial_number for each in (first, second)]
    assert {entry.identity for entry in entries} == {Identity(Role.PANEL, PANEL)}


def test_a_damaged_ledger_is_named_with_its_line(authority: Authority, tmp_path: Path) -> None:
    authority.issue_panel(PANEL, NOW)
    ledger = tmp_path / "authority" / "issued.txt"
    ledger.write_text(ledger.read_text() + "half a li")
    with pytest.raises(AuthorityError, match="line 2 is damaged"):
        authority.issued()


def test_a_revocation_list_names_the_revoked_and_nobody_else(authority: Authority) -> None:
    authority.issue_cloud("cloud-ingest", NOW)
    revoked = parse(authority.issue_panel(PANEL, NOW))
    entries = [entry for entry in authority.issued() if entry.identity.name == PANEL]
    listed = x509.load_pem_x509_crl(authority.revocation_list(entries, NOW))
    assert [entry.serial_number for entry in listed] == [revoked.serial_number]
    key = x509.load_der_x509_certificate(authority.certificate).public_key()
    assert listed.is_signature_valid(key)  # type: ignore[arg-type]


def test_keys_are_readable_by_their_owner_alone_and_do_not_show_when_printed(
    authority: Authority, tmp_path: Path
) -> None:
    mode = (tmp_path / "authority" / "authority.key").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600
    credentials = authority.issue_panel(PANEL, NOW)
    assert repr(credentials.key) not in repr(credentials)
    assert b"PRIVATE KEY" in credentials.key_pem
    assert credentials.certificate_pem.startswith(b"-----BEGIN CERTIFICATE")


def test_writing_a_private_file_replaces_a_readable_one(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("old")
    path.chmod(0o644)
    write_private(path, b"new")
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_the_role_stands_in_the_organisational_unit_and_the_name_in_the_common_name(authority: Authority) -> None:
    subject = parse(authority.issue_panel(PANEL, NOW)).subject
    assert [unit.value for unit in subject.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME)] == ["panel"]
    assert [name.value for name in subject.get_attributes_for_oid(NameOID.COMMON_NAME)] == [PANEL]
