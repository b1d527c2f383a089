"""Mail goes to a real SMTP server: with TLS whose certificate is checked, a login, attachments and Swedish letters."""

import asyncio
import email
import ipaddress
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from hemlarm_cloud.notices import mail
from hemlarm_cloud.notices.mail import MailServer
from hemlarm_cloud.notices.trouble import SendError

SENDER = "larm@hemlarm.example"
LOGIN = ("larm", "correct horse")


def notice(**values: Any) -> Any:
    usual = {"id": 7, "recipient": "anna@example.se", "subject": "Klarrapport: Villa Björk", "text": "Åtgärdat.\nTack!"}
    nothing = {"created_ms": 1_795_000_000_000, "attachment": None, "attachment_name": ""}
    return SimpleNamespace(**usual | nothing | values)


class Mailbox:
    """What a server took, or the answer with which it takes nothing."""

    def __init__(self) -> None:
        self.mails: list[tuple[list[str], EmailMessage]] = []
        self.answers: dict[str, str] = {}

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if "RCPT" in self.answers:
            return self.answers["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if "DATA" in self.answers:
            return self.answers["DATA"]
        assert isinstance(envelope.content, bytes)
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.mails.append((envelope.rcpt_tos, message))
        return "250 OK"


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 signed by itself, and its key."""
    folder = tmp_path_factory.mktemp("smtp")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "smtp")])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "cert.pem").write_bytes(built.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(private)
    return folder / "cert.pem", folder / "key.pem"


class OnAnyPort(Controller):
    """A server on a port that the system chooses."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


class Servers:
    """Starts mail servers on free ports of this machine."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox
        self._running: list[Controller] = []

    def start(self, **options: Any) -> int:
        server = OnAnyPort(self._mailbox, "127.0.0.1", 0, ready_timeout=20, **options)
        server.start()
        self._running.append(server)
        return int(server.port)

    def stop(self) -> None:
        while self._running:
            self._running.pop().stop()


@pytest.fixture
def servers(mailbox: Mailbox) -> Iterator[Servers]:
    started = Servers(mailbox)
    yield started
    started.stop()


def plain(port: int) -> MailServer:
    return MailServer("127.0.0.1", port, SENDER, tls="none")


def test_a_mail_arrives_with_its_subject_text_and_letters(servers: Servers, mailbox: Mailbox) -> None:
    mail.send(plain(servers.start()), notice())
    ((recipients, message),) = mailbox.mails
    assert recipients == ["anna@example.se"]
    assert (message["From"], message["To"], message["Subject"]) == (
        SENDER,
        "anna@example.se",
        "Klarrapport: Villa Björk",
    )
    assert message["Message-ID"] == "<notice-7-1795000000000@hemlarm.example>"
    assert message["Date"].datetime == datetime.fromtimestamp(1_795_000_000, UTC)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content().replace("\r\n", "\n") == "Åtgärdat.\nTack!\n"


@pytest.mark.parametrize(
    ("name", "media_type"),
    [("zr0001.pdf", "application/pdf"), ("zr0001.csv", "text/csv"), ("blåbär", "application/octet-stream")],
)
def test_an_attachment_arrives_byte_by_byte(servers: Servers, mailbox: Mailbox, name: str, media_type: str) -> None:
    content = bytes(range(256)) * 40
    mail.send(plain(servers.start()), notice(attachment=content, attachment_name=name))
    (attached,) = mailbox.mails[0][1].iter_attachments()
    assert (attached.get_filename(), attached.get_content_type()) == (name, media_type)
    assert attached.get_payload(decode=True) == content


@pytest.mark.parametrize(
    ("stage", "answer", "for_good"),
    [
        ("RCPT", "550 no such mailbox", True),
        ("RCPT", "452 mailbox full", False),
        ("DATA", "554 looks like spam", False),
        ("DATA", "451 later", False),
    ],
)
def test_a_refusal_is_told_in_the_servers_words(
    servers: Servers, mailbox: Mailbox, stage: str, answer: str, for_good: bool
) -> None:
    mailbox.answers[stage] = answer
    with pytest.raises(SendError, match=answer) as caught:
        mail.send(plain(servers.start()), notice())
    assert caught.value.for_good is for_good


def test_a_server_that_is_not_there_is_tried_again(servers: Servers) -> None:
    port = servers.start()
    servers.stop()
    with pytest.raises(SendError, match=f"127.0.0.1:{port}") as caught:
        mail.send(plain(port), notice())
    assert not caught.value.for_good


def _authenticate(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=(data.login.decode(), data.password.decode()) == LOGIN, handled=False)


def test_starttls_comes_before_the_login(servers: Servers, mailbox: Mailbox, certificate: tuple[Path, Path]) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    port = servers.start(tls_context=context, require_starttls=True, authenticator=_authenticate, auth_required=True)
    trusted = ssl.create_default_context(cafile=str(certificate[0]))
    mail.send(MailServer("127.0.0.1", port, SENDER, *LOGIN, context=trusted), notice())
    assert len(mailbox.mails) == 1
    with pytest.raises(SendError, match="mail_user or mail_password is wrong"):
        mail.send(MailServer("127.0.0.1", port, SENDER, "larm", "guess", context=trusted), notice())


def test_tls_from_the_first_byte_on(servers: Servers, mailbox: Mailbox, certificate: tuple[Path, Path]) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    trusted = ssl.create_default_context(cafile=str(certificate[0]))
    port = servers.start(ssl_context=context)
    mail.send(MailServer("127.0.0.1", port, SENDER, tls="tls", context=trusted), notice())
    assert len(mailbox.mails) == 1


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_a_server_with_a_certificate_of_nobodys_gets_neither_mail_nor_password(
    servers: Servers, mailbox: Mailbox, certificate: tuple[Path, Path], tls: str
) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    port = servers.start(**{"tls_context" if tls == "starttls" else "ssl_context": context})
    with pytest.raises(SendError, match="CERTIFICATE_VERIFY_FAILED") as caught:
        mail.send(MailServer("127.0.0.1", port, SENDER, *LOGIN, tls=tls), notice())
    assert not caught.value.for_good
    assert mailbox.mails == []


def test_a_server_without_starttls_gets_nothing_where_it_is_asked_for(servers: Servers, mailbox: Mailbox) -> None:
    with pytest.raises(SendError, match="STARTTLS"):
        mail.send(MailServer("127.0.0.1", servers.start(), SENDER, *LOGIN), notice())
    assert mailbox.mails == []


def test_the_password_is_in_no_text_about_the_server() -> None:
    assert LOGIN[1] not in repr(MailServer("127.0.0.1", 25, SENDER, *LOGIN))
