"""What a destination's protocol needs to know besides addresses, kept as one JSON text. Checked before it is stored."""

import json
import re
import ssl
from dataclasses import asdict, dataclass

from hemlarm_cloud.errors import InvalidError
from hemlarm_cloud.ingest.levels import LEVELS_S
from hemlarm_cloud.trade.dc09 import ADM_CID, KEY_BYTES, SIA_DCS
from hemlarm_cloud.trade.sos_access import AUTHENTICATION_LENGTH, is_printable

SOS_ACCESS, DC_09 = "sos-access", "dc-09"
PROTOCOLS = (SOS_ACCESS, DC_09)
FORMS = (ADM_CID, SIA_DCS)

AUTHORITY_MAX = 20_000
"""Characters of the certificates that a receiver's is checked against: some ten of them."""

TWO_RECEIVERS_S = 180
"""At this level and stricter ones SOS Access wants a second receiver."""

_HEX_ACCOUNT = re.compile("[0-9A-F]{3,16}")
_HEX_NUMBER = re.compile("[0-9A-F]{1,6}")


@dataclass(frozen=True)
class DestinationSettings:
    """`account` is who we are to the receiver: in SOS Access the transmitter's code, in DC-09 the link test's account.

    `form`, `line` are DC-09's, `transmitter_type`, `renew` (get a password that nobody else knows) and `heartbeats`
    (bought there) SOS Access's; `receiver` is either's. With `tls` the receiver's certificate must be good for its
    name, or for `server_name`, by the system's authorities or by those in `authority` (PEM).
    """

    account: str
    form: str = ADM_CID
    receiver: str = ""
    line: str = "0"
    transmitter_type: str = ""
    tls: bool = False
    authority: str = ""
    server_name: str = ""
    renew: bool = False
    heartbeats: bool = True

    def dump(self) -> str:
        """Return the text to store."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def load(cls, text: str) -> "DestinationSettings":
        """Return what `dump` wrote."""
        return cls(**json.loads(text))


def check(settings: DestinationSettings, protocol: str) -> None:
    """Raise InvalidError for settings that this protocol cannot work with."""
    if protocol == DC_09:
        _check_dc09(settings)
    elif protocol == SOS_ACCESS:
        _check_sos_access(settings)
    else:
        raise InvalidError(f"protocol {protocol[:20]!r} is unknown; use one of {', '.join(PROTOCOLS)}")
    if len(settings.server_name) > 100 or not re.fullmatch(r"[A-Za-z0-9.:-]*", settings.server_name):
        raise InvalidError("server_name: a host name of at most 100 characters")
    if settings.authority:
        _check_authority(settings.authority)


def check_account(account: str, protocol: str) -> None:
    """Raise InvalidError for an account that a site cannot have at a receiver of this protocol."""
    if protocol == DC_09 and not _HEX_ACCOUNT.fullmatch(account):
        raise InvalidError("account: in DC-09 it has 3 to 16 digits, 0 to 9 and A to F")
    if protocol == SOS_ACCESS and not (1 <= len(account) <= 5 and _is_word(account)):
        raise InvalidError("account: in SOS Access it is the transmitter's area, 1 to 5 printable characters")


def check_level(level_s: int, protocol: str, secondary_address: str) -> None:
    """Raise InvalidError for a link level that there is not, or not with one receiver alone."""
    if level_s not in LEVELS_S:
        raise InvalidError(f"level_s: {level_s}; link levels are {', '.join(map(str, LEVELS_S))} seconds")
    if protocol == SOS_ACCESS and level_s <= TWO_RECEIVERS_S and not secondary_address:
        raise InvalidError(f"level_s: at {level_s} s SOS Access wants a second receiver; give secondary_address")


def check_secret(secret: str, protocol: str) -> bytes:
    """Return a password (SOS Access) or a key in hexadecimal digits (DC-09) as bytes. Raises InvalidError."""
    if protocol == SOS_ACCESS:
        if len(secret) != AUTHENTICATION_LENGTH or not _is_word(secret):
            raise InvalidError(f"secret: a password of {AUTHENTICATION_LENGTH} printable characters without blanks")
        return secret.encode("iso-8859-1")
    try:
        key = bytes.fromhex(secret)
    except ValueError:
        key = b""
    if len(key) not in KEY_BYTES:
        raise InvalidError("secret: a key of 32, 48 or 64 hexadecimal digits")
    return key


def _check_dc09(settings: DestinationSettings) -> None:
    check_account(settings.account, DC_09)
    if settings.form not in FORMS:
        raise InvalidError(f"form: one of {', '.join(FORMS)}")
    for name, value in (("receiver", settings.receiver or "0"), ("line", settings.line)):
        if not _HEX_NUMBER.fullmatch(value):
            raise InvalidError(f"{name}: 1 to 6 digits, 0 to 9 and A to F")
    if settings.renew or settings.transmitter_type:
        raise InvalidError("renew and transmitter_type belong to SOS Access")


def _check_sos_access(settings: DestinationSettings) -> None:
    lengths = (("account", 15), ("transmitter_type", 5), ("receiver", 20))
    for name, most in lengths:
        value = getattr(settings, name)
        if not 1 <= len(value) <= most or not _is_word(value):
            raise InvalidError(f"{name}: 1 to {most} printable characters without blanks")


def _is_word(text: str) -> bool:
    return is_printable(text) and not any(each.isspace() for each in text)


def _check_authority(authority: str) -> None:
    if len(authority) > AUTHORITY_MAX:
        raise InvalidError(f"authority: at most {AUTHORITY_MAX} characters")
    try:
        ssl.create_default_context(cadata=authority)
    except (ssl.SSLError, ValueError):
        raise InvalidError("authority: certificates in PEM, from -----BEGIN CERTIFICATE----- on") from None
