"""Binary SMS as a modem takes and gives them in PDU mode: SUBMIT, DELIVER and STATUS-REPORT of 3GPP TS 23.040.

Only what a panel needs: 8-bit data without a header, in one part. Everything else, and everything malformed, is a
PduError. Before each of them stands, in hexadecimal as all of it, the service centre's address (TS 27.005), which is
left empty in what is sent: the SIM knows it.
"""

from binascii import hexlify, unhexlify

from hemlarm_protocol.constant import const

OCTETS_MAX = 140
"""User data in one SMS."""

_HEX_MAX = const(352)  # 12 octets of service centre and 164 of the longest TPDU.
_DIGITS_MAX = const(20)
_SUBMIT = const(0x11)  # With a relative validity period.
_REPORT_WANTED = const(0x20)
_TYPE = const(0x03)
_DELIVER = const(0)
_STATUS_REPORT = const(2)
_HEADER = const(0x40)
_INTERNATIONAL, _UNKNOWN = const(0x91), const(0x81)
_NUMBERING, _TYPE_INTERNATIONAL, _TYPE_TEXT = const(0x70), const(0x10), const(0x50)
_DATA_CODING = const(0x04)
_VALID_ONE_HOUR = const(11)  # In steps of five minutes, the first of which is 0. By then it has been sent anew.
_TIMESTAMP = const(7)


class PduError(ValueError):
    """No PDU of the wanted kind, or one that cannot be made; the text says why."""


def submit(number: str, octets: bytes, report: bool) -> "tuple[int, str]":
    """Return what AT+CMGS wants, its length, and the PDU in hexadecimal.

    `number` is 1 to 20 digits, with a + before an international one; `octets` are 1 to 140; `report` asks for a
    status report. Raises PduError.
    """
    international = number[:1] == "+"
    digits = number[1:] if international else number
    if not 0 < len(digits) <= _DIGITS_MAX or any(not "0" <= digit <= "9" for digit in digits):
        raise PduError("a number to text has 1 to 20 digits, and a + before an international one")
    if not 0 < len(octets) <= OCTETS_MAX:
        raise PduError(f"an SMS holds 1 to {OCTETS_MAX} octets, not {len(octets)}")
    kind = _SUBMIT | (_REPORT_WANTED if report else 0)
    head = f"{kind:02X}00{len(digits):02X}{_INTERNATIONAL if international else _UNKNOWN:02X}"
    tail = f"00{_DATA_CODING:02X}{_VALID_ONE_HOUR:02X}{len(octets):02X}"
    tpdu = head + _swapped(digits + "F" * (len(digits) % 2)) + tail + hexlify(octets).decode().upper()
    return len(tpdu) // 2, "00" + tpdu


def deliver(text: str) -> "tuple[str, bytes]":
    """Return (sender, octets) of a received SMS; the sender is "" where it is a name. Raises PduError."""
    data, at = _opened(text, _DELIVER)
    if data[at] & _HEADER:
        raise PduError("an SMS with a header")
    sender, at = _address(data, at + 1)
    coding = _octet(data, at + 1)
    # TS 23.038, section 4: 8-bit data in the general group, with or without deletion or class, or in the last one.
    if coding & 0xAC != _DATA_CODING and coding & 0xF4 != 0xF4:
        raise PduError("an SMS that is not 8-bit data")
    at += 2 + _TIMESTAMP
    length = _octet(data, at)
    if not 0 < length <= OCTETS_MAX or len(data) != at + 1 + length:
        raise PduError("an SMS whose length is wrong")
    return sender, data[at + 1 :]


def status_report(text: str) -> "tuple[int, bool | None]":
    """Return the reference that AT+CMGS gave, and whether it was delivered; None while that is tried. Raises PduError.

    What was forwarded to where nobody confirms it, or was replaced by a later one, counts as delivered.
    """
    data, at = _opened(text, _STATUS_REPORT)
    reference = _octet(data, at + 1)
    at = _address(data, at + 2)[1] + 2 * _TIMESTAMP
    status = _octet(data, at)
    # TS 23.040, section 9.2.3.15: completed below 0x20, still trying below 0x40, given up from there on.
    return reference, None if 0x20 <= status < 0x40 else status < 0x20


def _opened(text: str, kind: int) -> "tuple[bytes, int]":
    """Return the octets, and where the TPDU of this kind begins."""
    if len(text) > _HEX_MAX:
        raise PduError("a PDU that is too long")
    try:
        data = unhexlify(text)
    except ValueError:
        data = b""
    if not data or 2 * len(data) != len(text):  # MicroPython leaves blanks out.
        raise PduError("a PDU that is not hexadecimal")
    at = 1 + _octet(data, 0)
    if _octet(data, at) & _TYPE != kind:
        raise PduError("a PDU of another kind")
    return data, at


def _address(data: bytes, at: int) -> "tuple[str, int]":
    """Return the address as people write it, "" for a name, and where what follows begins."""
    length = _octet(data, at)
    end = at + 2 + (length + 1) // 2
    if length > _DIGITS_MAX or end > len(data):
        raise PduError("an address that is too long")
    numbering = data[at + 1] & _NUMBERING
    if numbering == _TYPE_TEXT or not length:
        return "", end
    digits = _swapped(hexlify(data[at + 2 : end]).decode())
    if (length % 2 and digits[-1:] != "f") or any(digit not in "0123456789" for digit in digits[:length]):
        raise PduError("an address that is no number")
    return ("+" if numbering == _TYPE_INTERNATIONAL else "") + digits[:length], end


def _swapped(digits: str) -> str:
    """An octet holds two digits, the later one first."""
    return "".join([digits[at + 1] + digits[at] for at in range(0, len(digits), 2)])


def _octet(data: bytes, at: int) -> int:
    if at >= len(data):
        raise PduError("a PDU that is cut short")
    return data[at]
