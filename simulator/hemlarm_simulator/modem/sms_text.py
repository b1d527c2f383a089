"""Messages as text mode shows and takes them, in the alphabets of `AT+CSCS` (3GPP TS 27.005, clause 3)."""

from datetime import UTC, datetime

from hemlarm_simulator.modem.alphabet import from_septets, pack, to_septets
from hemlarm_simulator.modem.command import Refused
from hemlarm_simulator.modem.message_store import StoredMessage
from hemlarm_simulator.modem.tpdu import DATA_7BIT, DATA_8BIT, DATA_UCS2, ShortMessage, encoding_of

STATUSES = ("REC UNREAD", "REC READ", "STO UNSENT", "STO SENT")

_INVALID = 305
_DELIVER, _REPORT = 0x04, 0x06


def header(stored: StoredMessage, alphabet: str, details: bool) -> str:
    """What stands behind the state and its comma in +CMGR and +CMGL; `details` as AT+CSDH=1 asks."""
    if stored.report is not None:
        return report_header(stored)
    message = stored.message
    assert message is not None
    received = stored.status < 2
    number = _shown_number(message.sender if received else message.receiver, alphabet)
    shown = f'"{number}",' + (f',"{_moment(stored.unix_ms)}"' if received else "")
    if details and received:
        kind = _number_kind(message.sender)
        shown += f',{kind},{_DELIVER},{message.pid},{message.dcs},"{stored.centre}",145,{message.length}'
    return shown


def report_header(stored: StoredMessage) -> str:
    """A status report, in +CDS, +CMGR and +CMGL."""
    report = stored.report
    assert report is not None
    number = f'"{report.recipient}",{_number_kind(report.recipient)}'
    moments = f'"{_moment(report.sent_unix_ms)}","{_moment(report.done_unix_ms)}"'
    return f"{_REPORT},{report.reference},{number},{moments},{report.status}"


def shown(message: ShortMessage, alphabet: str) -> bytes:
    """A message's text in the chosen alphabet; octets of 8-bit data in hexadecimal."""
    text = message.text()
    encoding = encoding_of(message.dcs)
    if encoding == DATA_8BIT:
        return text.encode("latin-1").hex().upper().encode()
    if alphabet == "UCS2" or encoding == DATA_UCS2:
        return text.encode("utf-16-be").hex().upper().encode()
    return bytes(to_septets(text)) if alphabet == "GSM" else text.encode("ascii", "replace")


def written(data: bytes, alphabet: str, sender: str, receiver: str, pid: int, dcs: int) -> ShortMessage:
    """The message that was typed. Raises Refused for what fits no message."""
    encoding = encoding_of(dcs)
    try:
        if encoding == DATA_8BIT:
            octets = bytes.fromhex(data.decode("ascii"))
        else:
            text = typed_text(data, alphabet)
            if encoding == DATA_7BIT:
                septets = to_septets(text)
                return ShortMessage(sender, receiver, pid, dcs, False, _fitting(len(septets), 160), pack(septets))
            octets = text.encode("utf-16-be")
    except ValueError:
        raise Refused("cms", _INVALID) from None
    return ShortMessage(sender, receiver, pid, dcs, False, _fitting(len(octets), 140), octets)


def typed_text(data: bytes, alphabet: str) -> str:
    """Text in the chosen alphabet. Raises ValueError."""
    if alphabet == "UCS2":
        return bytes.fromhex(data.decode("ascii")).decode("utf-16-be")
    if alphabet == "GSM":
        return from_septets([octet & 0x7F for octet in data])
    return data.decode("ascii", "replace")


def _fitting(length: int, most: int) -> int:
    if length > most:
        raise Refused("cms", _INVALID)
    return length


def _shown_number(number: str, alphabet: str) -> str:
    return number.encode("utf-16-be").hex().upper() if alphabet == "UCS2" else number


def _number_kind(number: str) -> int:
    return 145 if number.startswith("+") else 129


def _moment(unix_ms: int) -> str:
    return datetime.fromtimestamp(unix_ms // 1000, UTC).strftime("%y/%m/%d,%H:%M:%S+00")
