"""The certificate authority of a development or small installation: who is a panel, the cloud, the broker.

A certificate's common name says who holds it and its organisational unit says in which role. The three forms
of name exclude each other (`NAME_FORMS`), so a broker that sees the common name alone still cannot mistake a
panel for the cloud.
"""

import ipaddress
import os
import re
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NOT_BEFORE = datetime(2020, 1, 1, tzinfo=UTC)
"""Start of the authority's and the broker's certificates, older than any firmware of ours.

A panel without network time runs at its floor (its build, or the last time it knew): a certificate made after
that build must not look as if it were from the future.
"""

AUTHORITY_LIFE = timedelta(days=30 * 365)
"""Panels carry the authority with them: it outlives a panel bought in the authority's tenth year."""

SERVER_LIFE = timedelta(days=10 * 365)
"""Replaced at will on our own machines, but a panel whose clock runs ahead must still get through."""

PANEL_LIFE = timedelta(days=20 * 365)
"""The service life of an alarm panel. Only the broker's clock judges it, and renewal comes long before the end."""

CLOUD_LIFE = timedelta(days=2 * 365)
"""Both ends are in the operator's hands, so a short life costs nothing."""

CLOCK_SKEW = timedelta(days=1)
"""How far the broker's clock may be behind the one that issued a certificate, time zones set wrongly included."""


class Role(StrEnum):
    """What the holder of a certificate may be; stands in the organisational unit."""

    PANEL = "panel"
    CLOUD = "cloud"
    SERVER = "server"


NAME_FORMS = {
    Role.PANEL: re.compile(r"[0-9a-f]{16}"),
    Role.CLOUD: re.compile(r"cloud-[a-z0-9][a-z0-9-]{0,30}"),
    Role.SERVER: re.compile(r"server-[a-z0-9][a-z0-9-]{0,30}"),
}
"""The common name's form for each role.

No name fits two of them, and none holds a character that is special in MQTT topics or NATS subjects.
"""


class AuthorityError(Exception):
    """A certificate or the authority's folder is not what it must be; the text names it and the remedy."""


@dataclass(frozen=True)
class Identity:
    """Who a certificate is for."""

    role: Role
    name: str


@dataclass(frozen=True)
class Credentials:
    """A certificate with its key and the authority's certificate, each as DER bytes; the key is plain PKCS #8."""

    identity: Identity
    certificate: bytes
    key: bytes = field(repr=False)
    authority: bytes

    @property
    def certificate_pem(self) -> bytes:
        """The certificate as PEM."""
        return _pem(self.certificate)

    @property
    def key_pem(self) -> bytes:
        """The key as unencrypted PKCS #8 PEM."""
        key = serialization.load_der_private_key(self.key, None)
        return key.private_bytes(serialization.Encoding.PEM, *_PLAIN_KEY)

    @property
    def authority_pem(self) -> bytes:
        """The authority's certificate as PEM."""
        return _pem(self.authority)


@dataclass(frozen=True)
class Issued:
    """One line of the authority's ledger."""

    serial: int
    identity: Identity
    not_after: datetime


class Authority:
    """Signs certificates (EC P-256, which mbedTLS on the boards and OpenSSL both take) and keeps a ledger of them.

    Times are given by the caller and must carry a time zone.
    """

    def __init__(self, folder: Path, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
        """Use `create` or `load`."""
        self._folder = folder
        self._certificate = certificate
        self._key = key

    @classmethod
    def create(cls, folder: Path, now: datetime) -> "Authority":
        """Make a new authority in `folder`. Raises AuthorityError if one is there already."""
        if (folder / _KEY_FILE).exists():
            raise AuthorityError(f"{folder} already holds an authority: load it, or choose another folder")
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _AUTHORITY_NAME)])
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOT_BEFORE)
            .not_valid_after(now + AUTHORITY_LIFE)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_key_usage(signs_certificates=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )
        certificate = builder.sign(key, hashes.SHA256())
        write_private(folder / _KEY_FILE, key.private_bytes(serialization.Encoding.PEM, *_PLAIN_KEY))
        write_private(folder / _CERTIFICATE_FILE, certificate.public_bytes(serialization.Encoding.PEM))
        return cls(folder, certificate, key)

    @classmethod
    def load(cls, folder: Path) -> "Authority":
        """Load the authority in `folder`. Raises AuthorityError if it is missing, broken or its key fits not."""
        try:
            key = serialization.load_pem_private_key((folder / _KEY_FILE).read_bytes(), None)
            certificate = x509.load_pem_x509_certificate((folder / _CERTIFICATE_FILE).read_bytes())
        except FileNotFoundError as error:
            raise AuthorityError(f"no authority in {folder}: {error.filename} is missing; create one") from error
        except (ValueError, TypeError) as error:
            raise AuthorityError(f"the authority in {folder} is broken ({error}): restore it from a copy") from error
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
            raise AuthorityError(f"key and certificate of the authority in {folder} differ: restore both from one copy")
        return cls(folder, certificate, key)

    @property
    def certificate(self) -> bytes:
        """The authority's own certificate, DER."""
        return self._certificate.public_bytes(serialization.Encoding.DER)

    @property
    def certificate_pem(self) -> bytes:
        """The authority's own certificate, PEM."""
        return self._certificate.public_bytes(serialization.Encoding.PEM)

    def issue_panel(self, panel: str, now: datetime) -> Credentials:
        """Issue a panel's certificate. `panel` is 16 lower-case hex digits, else AuthorityError."""
        return self._issue(Identity(Role.PANEL, panel), now - CLOCK_SKEW, now + PANEL_LIFE)

    def issue_cloud(self, name: str, now: datetime) -> Credentials:
        """Issue a cloud service's certificate. `name` is like `cloud-ingest`, else AuthorityError."""
        return self._issue(Identity(Role.CLOUD, name), now - CLOCK_SKEW, now + CLOUD_LIFE)

    def issue_server(self, name: str, hosts: Iterable[str], now: datetime) -> Credentials:
        """Issue a broker's certificate for host names and IP addresses.

        `name` is like `server-broker` and there is at least one host, else AuthorityError.
        """
        names = [_host(host) for host in hosts]
        if not names:
            raise AuthorityError(f"no host name for {name}: give at least one name or address that panels will use")
        return self._issue(
            Identity(Role.SERVER, name), NOT_BEFORE, now + SERVER_LIFE, x509.SubjectAlternativeName(names)
        )

    def issued(self) -> list[Issued]:
        """Return every certificate ever issued, oldest first. Raises AuthorityError if the ledger is damaged."""
        path = self._folder / _LEDGER_FILE
        lines = path.read_text().splitlines() if path.exists() else []
        return [_ledger_entry(path, number, line) for number, line in enumerate(lines, 1)]

    def revocation_list(self, revoked: Iterable[Issued], now: datetime) -> bytes:
        """Return a signed list (PEM) that revokes these certificates.

        It stays valid as long as the authority: brokers refuse everyone once a list is out of date.
        """
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self._certificate.subject)
            .last_update(NOT_BEFORE)
            .next_update(self._certificate.not_valid_after_utc)
        )
        for entry in revoked:
            revocation = x509.RevokedCertificateBuilder().serial_number(entry.serial).revocation_date(now)
            builder = builder.add_revoked_certificate(revocation.build())
        signed = builder.sign(self._key, hashes.SHA256())
        return signed.public_bytes(serialization.Encoding.PEM)

    def _issue(
        self,
        identity: Identity,
        not_before: datetime,
        not_after: datetime,
        hosts: x509.SubjectAlternativeName | None = None,
    ) -> Credentials:
        _check_name(identity)
        key = ec.generate_private_key(ec.SECP256R1())
        serves = identity.role is Role.SERVER
        usage = ExtendedKeyUsageOID.SERVER_AUTH if serves else ExtendedKeyUsageOID.CLIENT_AUTH
        builder = (
            x509.CertificateBuilder()
            .subject_name(_subject(identity))
            .issuer_name(self._certificate.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(not_before)
            .not_valid_after(not_after)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )
        if hosts is not None:
            builder = builder.add_extension(hosts, critical=False)
        certificate = builder.sign(self._key, hashes.SHA256())
        self._enter(certificate.serial_number, identity, not_after)
        return Credentials(
            identity,
            certificate.public_bytes(serialization.Encoding.DER),
            key.private_bytes(serialization.Encoding.DER, *_PLAIN_KEY),
            self.certificate,
        )

    def _enter(self, serial: int, identity: Identity, not_after: datetime) -> None:
        # One short write to a file opened for appending: two processes that issue at once do not mix their lines.
        line = f"{serial:x} {identity.role} {identity.name} {not_after.isoformat(timespec='seconds')}\n"
        descriptor = os.open(self._folder / _LEDGER_FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, line.encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def identify(certificate: bytes, authority: bytes) -> Identity:
    """Return who `certificate` (DER) is for, after checking that `authority` (DER) signed it.

    Dates are the TLS library's business, not checked here. Raises AuthorityError for every other certificate.
    """
    try:
        parsed = x509.load_der_x509_certificate(certificate)
        parsed.verify_directly_issued_by(x509.load_der_x509_certificate(authority))
        names = parsed.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        units = parsed.subject.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME)
        if len(names) != 1 or len(units) != 1:
            raise AuthorityError("the certificate's subject needs exactly one common name and one organisational unit")
        identity = Identity(Role(str(units[0].value)), str(names[0].value))
    except InvalidSignature as error:
        raise AuthorityError("the certificate was not signed by this installation's authority") from error
    except (ValueError, TypeError) as error:
        raise AuthorityError(f"not a certificate of this installation: {error}") from error
    _check_name(identity)
    return identity


def write_private(path: Path, data: bytes) -> None:
    """Replace `path` by a file with `data` for its owner alone, at no moment half written or open to others."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise


_AUTHORITY_NAME = "Hemlarm authority"
_CERTIFICATE_FILE = "authority.pem"
_KEY_FILE = "authority.key"
_LEDGER_FILE = "issued.txt"
_PLAIN_KEY = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def _check_name(identity: Identity) -> None:
    if NAME_FORMS[identity.role].fullmatch(identity.name) is None:
        form = NAME_FORMS[identity.role].pattern
        raise AuthorityError(f"{identity.name!r} is no name for the role {identity.role}: it must match {form}")


def _subject(identity: Identity) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, identity.role.value),
            x509.NameAttribute(NameOID.COMMON_NAME, identity.name),
        ]
    )


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(certificate: bytes) -> bytes:
    return x509.load_der_x509_certificate(certificate).public_bytes(serialization.Encoding.PEM)


def _ledger_entry(path: Path, number: int, line: str) -> Issued:
    try:
        serial, role, name, not_after = line.split(" ")
        entry = Issued(int(serial, 16), Identity(Role(role), name), datetime.fromisoformat(not_after))
        _check_name(entry.identity)
    except (ValueError, AuthorityError) as error:
        raise AuthorityError(f"{path} line {number} is damaged ({error}): restore it from a copy") from error
    return entry
