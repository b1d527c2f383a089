"""One mail at a time to the mail server, over SMTP (RFC 5321) with bounded patience."""

import smtplib
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from sqlalchemy import Row

from hemlarm_cloud.notices.trouble import SendError

TIMEOUT_S = 20.0

_OCTETS = ("application", "octet-stream")
_MEDIA_TYPES = {".pdf": ("application", "pdf"), ".csv": ("text", "csv")}


@dataclass(frozen=True)
class MailServer:
    """Where mail goes out. `tls` is "starttls", "tls" or "none"; see `Settings`.

    The server's certificate is checked against the machine's authorities, or those of `context`.
    """

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    tls: str = "starttls"
    context: ssl.SSLContext | None = field(default=None, repr=False)


def send(server: MailServer, notice: Row[Any]) -> None:
    """Send a notice, a row of that table. Raises SendError; without one, the server has taken it upon itself.

    The Message-ID is the same at each try, so that a mailbox which gets a mail twice can tell.
    """
    try:
        message = compose(server.sender, notice)
    except ValueError as error:
        raise SendError(f"no mail can be made of it: {error}", for_good=True) from None
    try:
        with _connect(server) as connection:
            if server.user:
                connection.login(server.user, server.password)
            connection.send_message(message, server.sender, [notice.recipient])
    except smtplib.SMTPRecipientsRefused as error:
        code, answer = error.recipients[notice.recipient]
        raise SendError(f"recipient refused: {code} {_readable(answer)}", for_good=code >= 500) from None
    except smtplib.SMTPAuthenticationError as error:
        raise SendError(f"mail_user or mail_password is wrong: {error.smtp_code}") from None
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
        raise SendError(f"refused: {error.smtp_code} {_readable(error.smtp_error)}") from None
    except (smtplib.SMTPException, OSError) as error:
        raise SendError(f"mail server {server.host}:{server.port}: {error}") from None


def compose(sender: str, notice: Row[Any]) -> EmailMessage:
    """Return the mail of a notice."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, notice.recipient, notice.subject
    message["Date"] = format_datetime(datetime.fromtimestamp(notice.created_ms / 1000, UTC))
    message["Message-ID"] = f"<notice-{notice.id}-{notice.created_ms}@{sender.rpartition('@')[2]}>"
    # RFC 3834: no absence notes in answer, please.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(notice.text)
    if notice.attachment is not None:
        name = notice.attachment_name
        main, sub = _MEDIA_TYPES.get(name[-4:].lower(), _OCTETS)
        message.add_attachment(bytes(notice.attachment), maintype=main, subtype=sub, filename=name)
    return message


def _connect(server: MailServer) -> smtplib.SMTP:
    if server.tls == "tls":
        return smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_S, context=_context(server))
    connection = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_S)
    if server.tls == "starttls":
        try:
            connection.starttls(context=_context(server))
        except BaseException:
            connection.close()
            raise
    return connection


def _context(server: MailServer) -> ssl.SSLContext:
    return server.context or ssl.create_default_context()


def _readable(answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return " ".join(text.split())
