"""Short messages as 3GPP TS 23.040 puts them on the wire: SUBMIT from a phone, DELIVER and STATUS-REPORT to it."""

from dataclasses import dataclass
from datetime import UTC, datetime

from hemlarm_simulator.modem.alphabet import from_septets, pack, to_septets, unpack

DATA_7BIT, DATA_8BIT, DATA_UCS2 = 0x00, 0x04, 0x08
USER_DATA_OCTETS = 140

_SUBMIT, _DELIVER, _REPORT = 0x01, 0x00, 0x02
_MORE_NONE = 0x04
"""TP-MMS set: no more messages wait."""

_HEADER = 0x40
_REPORT_WANTED = 0x20
_INTERNATIONAL, _UNKNOWN = 0x91, 0x81
_VALIDITY_OCTETS = {0: 0, 1: 7, 2: 1, 3: 7}


class TpduError(ValueError):
    """Not a TPDU that a network would take."""


def encoding_of(dcs: int) -> int:
    """Returns DATA_7BIT, DATA_8BIT or DATA_UCS2 of a data coding scheme (TS 23.038, clause 4)."""
    if dcs & 0xF0 == 0xF0:
        return DATA_8BIT if dcs & 0x04 else DATA_7BIT
    if dcs & 0xC0 == 0xC0:
        return DATA_UCS2 if dcs & 0xF0 == 0xE0 else DATA_7BIT
    return dcs & 0x0C if dcs & 0x0C != 0x0C else DATA_7BIT


@dataclass(frozen=True)
class ShortMessage:
    """One message on its way. `length` counts septets or octets as TP-UDL does; `data` is TP-UD."""

    sender: str
    receiver: str
    pid: int
    dcs: int
    header: bool
    length: int
    data: bytes

    def text(self) -> str:
        """The text, or the octets of 8-bit data as Latin-1, in both cases without a header."""
        encoding = encoding_of(self.dcs)
        begin = 1 + self.data[0] if self.header and self.data else 0
        if encoding == DATA_7BIT:
            skipped = (8 * begin + 6) // 7
            septets = unpack(self.data[begin:], self.length - skipped, skipped * 7 - 8 * begin)
            return from_septets(septets)
        if encoding == DATA_UCS2:
            return self.data[begin:].decode("utf-16-be", "replace")
        return self.data[begin:].decode("latin-1")

    def octets(self) -> bytes:
        """What a plain phone is given: the octets of 8-bit data, a text's UTF-8."""
        if encoding_of(self.dcs) == DATA_8BIT:
            return self.text().encode("latin-1")
        return self.text().encode()


@dataclass(frozen=True)
class Submit:
    """What a phone submits."""

    reference: int
    message: ShortMessage
    report: bool


def text_message(sender: str, receiver: str, text: str) -> ShortMessage:
    """A text of at most 160 letters in the GSM alphabet. Raises ValueError."""
    septets = to_septets(text)
    if len(septets) > 160:
        raise ValueError(f"a single SMS carries at most 160 letters, not {len(septets)}")
    return ShortMessage(sender, receiver, 0, DATA_7BIT, False, len(septets), pack(septets))


def decode_submit(tpdu: bytes, sender: str) -> Submit:
    """Reads an SMS-SUBMIT. Raises TpduError naming what is wrong."""
    try:
        first, reference = tpdu[0], tpdu[1]
        if first & 0x03 != _SUBMIT:
            raise TpduError(f"message type {first & 0x03} is no SUBMIT")
        receiver, at = _read_address(tpdu, 2)
        pid, dcs = tpdu[at], tpdu[at + 1]
        at += 2 + _VALIDITY_OCTETS[first >> 3 & 0x03]
        length, data = tpdu[at], tpdu[at + 1 :]
    except IndexError:
        raise TpduError(f"{len(tpdu)} octets are too few") from None
    octets = (length * 7 + 7) // 8 if encoding_of(dcs) == DATA_7BIT else length
    if len(data) != octets or octets > USER_DATA_OCTETS:
        raise TpduError(f"{len(data)} octets of user data do not fit a length of {length}")
    message = ShortMessage(sender, receiver, pid, dcs, bool(first & _HEADER), length, data)
    return Submit(reference, message, bool(first & _REPORT_WANTED))


def encode_deliver(message: ShortMessage, sent_unix_ms: int) -> bytes:
    """Writes an SMS-DELIVER."""
    first = _DELIVER | _MORE_NONE | (_HEADER if message.header else 0)
    head = bytes([first]) + write_address(message.sender) + bytes([message.pid, message.dcs])
    return head + _time_stamp(sent_unix_ms) + bytes([message.length]) + message.data


def encode_status_report(reference: int, recipient: str, sent_unix_ms: int, done_unix_ms: int, status: int) -> bytes:
    """Writes an SMS-STATUS-REPORT."""
    head = bytes([_REPORT | _MORE_NONE, reference]) + write_address(recipient)
    return head + _time_stamp(sent_unix_ms) + _time_stamp(done_unix_ms) + bytes([status])


def service_centre(number: str) -> bytes:
    """The address that stands before a TPDU on the serial line: its length counts octets."""
    if not number:
        return b"\0"
    address = write_address(number)[1:]
    return bytes([len(address)]) + address


def write_address(number: str) -> bytes:
    """The length in digits, the type, and the digits, two an octet."""
    digits = number.lstrip("+")
    kind = _INTERNATIONAL if number.startswith("+") else _UNKNOWN
    return bytes([len(digits), kind]) + _semi_octets(digits)


def _read_address(tpdu: bytes, at: int) -> tuple[str, int]:
    digits, kind = tpdu[at], tpdu[at + 1]
    end = at + 2 + (digits + 1) // 2
    number = "".join(f"{octet & 0x0F:x}{octet >> 4:x}" for octet in tpdu[at + 2 : end])[:digits]
    if digits == 0 or len(number) < digits or not number.isdecimal():
        raise TpduError(f"the receiver's number {number!r} is none")
    return ("+" if kind & 0x70 == 0x10 else "") + number, end


def _semi_octets(digits: str) -> bytes:
    padded = digits + ("f" if len(digits) % 2 else "")
    return bytes.fromhex("".join(padded[index + 1] + padded[index] for index in range(0, len(padded), 2)))


def _time_stamp(unix_ms: int) -> bytes:
    """In UTC, so that the time zone is 0."""
    return _semi_octets(datetime.fromtimestamp(unix_ms // 1000, UTC).strftime("%y%m%d%H%M%S") + "00")
