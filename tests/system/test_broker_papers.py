"""Who reaches the broker at all: holders of a valid certificate of this installation, boards with TLS 1.2 included."""

import os
import socket
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from broker_support import PANEL_A, TIMEOUT_S, Site, now, open_site
from hemlarm_cloud.authority import Authority, Credentials, Identity, Role

DECADES = timedelta(days=30 * 365)


@pytest.fixture(params=["nats", "mosquitto"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    site = open_site(request.param, tmp_path)
    yield site
    site.close()


def valid(site: Site) -> Credentials:
    return site.authority.issue_panel(PANEL_A, now())


def of_another_authority(site: Site) -> Credentials:
    return Authority.create(site.folder / "other", now()).issue_panel(PANEL_A, now())


def expired(site: Site) -> Credentials:
    return site.authority.issue_panel(PANEL_A, now() - DECADES)


def not_yet_valid(site: Site) -> Credentials:
    return site.authority.issue_panel(PANEL_A, now() + DECADES)


def the_brokers_own(site: Site) -> Credentials:
    return site.authority.issue_server("server-impostor", ["localhost"], now())


def self_signed(site: Site) -> Credentials:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "panel"),
            x509.NameAttribute(NameOID.COMMON_NAME, PANEL_A),
        ]
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() - timedelta(days=1))
        .not_valid_after(now() + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    key_der = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    certificate_der = certificate.public_bytes(serialization.Encoding.DER)
    return Credentials(Identity(Role.PANEL, PANEL_A), certificate_der, key_der, site.authority.certificate)


def papers_id(papers: Callable[[Site], Credentials] | None) -> str:
    return papers.__name__ if papers else "none"


def client_context(site: Site, credentials: Credentials | None, version: ssl.TLSVersion) -> ssl.SSLContext:
    context = ssl.create_default_context(cadata=site.authority.certificate)
    context.maximum_version = version
    if credentials is not None:
        login = site.broker.login(credentials)
        context.load_cert_chain(login.certificate, login.key)
    return context


def connack(site: Site, context: ssl.SSLContext) -> bytes | str:
    """Shake hands, send a CONNECT as panel A, and return the broker's answer, or the error that ended it."""
    name = PANEL_A.encode()
    body = b"\x00\x04MQTT\x04\x02\x00\x1e" + len(name).to_bytes(2, "big") + name
    with socket.create_connection((site.broker.host, site.broker.port), timeout=TIMEOUT_S) as raw:
        try:
            with context.wrap_socket(raw, server_hostname=site.broker.host) as tls:
                tls.sendall(bytes([0x10, len(body)]) + body)
                return tls.recv(4)
        except (ssl.SSLError, ConnectionError) as error:
            return type(error).__name__


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["tls12", "tls13"])
@pytest.mark.parametrize(
    "papers", [None, self_signed, of_another_authority, expired, not_yet_valid, the_brokers_own], ids=papers_id
)
def test_without_a_valid_certificate_nobody_gets_past_tls(
    site: Site, papers: Callable[[Site], Credentials] | None, version: ssl.TLSVersion
) -> None:
    refused = client_context(site, papers(site) if papers else None, version)
    answer = connack(site, refused)
    assert answer in (b"", "SSLError", "ConnectionResetError", "BrokenPipeError", "SSLEOFError", "SSLZeroReturnError")
    assert connack(site, client_context(site, valid(site), version)) == b"\x20\x02\x00\x00"


def test_a_broker_of_another_installation_is_not_trusted_by_a_panel(site: Site, tmp_path: Path) -> None:
    other = Authority.create(tmp_path / "other", now())
    context = client_context(site, valid(site), ssl.TLSVersion.TLSv1_3)
    stranger = ssl.create_default_context(cadata=other.certificate)
    assert connack(site, stranger) == "SSLCertVerificationError"
    assert connack(site, context) == b"\x20\x02\x00\x00"


BOARD = """
import socket, ssl, sys
host, port, name, panel, folder = sys.argv[1:]
def read(what):
    with open(folder + "/" + what + ".der", "rb") as file:
        return file.read()
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.verify_mode = ssl.CERT_REQUIRED
context.load_cert_chain(read("certificate"), read("key"))
context.load_verify_locations(cadata=read("authority"))
raw = socket.socket()
raw.connect(socket.getaddrinfo(host, int(port))[0][-1])
try:
    tls = context.wrap_socket(raw, server_hostname=name)
    tls.write(b"\\x10" + bytes([28]) + b"\\x00\\x04MQTT\\x04\\x02\\x00\\x1e\\x00\\x10" + panel.encode())
    print(tls.read(4).hex())
except (OSError, ValueError) as error:
    print(type(error).__name__)
"""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("localhost", "20020000"),
        ("127.0.0.1", "20020000"),
        ("other.example", "ValueError"),
        ("127.0.0.2", "ValueError"),
    ],
)
def test_micropython_shakes_hands_with_certificates_as_der_and_checks_the_brokers_name(
    site: Site, tmp_path: Path, name: str, expected: str
) -> None:
    credentials = valid(site)
    for what in ("certificate", "key", "authority"):
        (tmp_path / f"{what}.der").write_bytes(getattr(credentials, what))
    (tmp_path / "board.py").write_text(BOARD)
    done = subprocess.run(
        [
            Path(sys.executable).parent / "micropython",
            tmp_path / "board.py",
            *(site.broker.host, str(site.broker.port), name, PANEL_A, tmp_path),
        ],
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        env={**os.environ, "MICROPYPATH": ".frozen"},
    )
    assert done.stdout.strip() == expected, done.stderr


def test_credentials_of_a_login_are_readable_by_their_owner_alone(site: Site) -> None:
    login = site.broker.login(valid(site))
    for path in (login.key, login.certificate):
        assert path.stat().st_mode & 0o077 == 0
