"""What DC-09 transmitters do that the standard does not say, taken all the same. The strict codec reads the rest.

Seen in the trade: sequence numbers in hexadecimal, so that 000A follows 0009; padding that is not printable; and SIA
modifiers without the stroke that divides them from what they modify. An answer repeats the number as it came.
"""

import re
from dataclasses import dataclass, replace

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from hemlarm_cloud.trade import dc09
from hemlarm_cloud.trade.dc09 import Frame
from hemlarm_cloud.trade.errors import BadTelegram

_HEAD = re.compile(
    rb'(?P<outer>\n?(?P<crc>[0-9A-Fa-f]{4})0[0-9A-Fa-f]{3})(?P<kind>"\*?[A-Z0-9-]{1,16}")(?P<number>\w{4})'
)
_NUMBERED = re.compile(rb'(?P<kind>"\*?[A-Z0-9-]{1,16}")[0-9]{4}')

_MODIFIER = r"/?(?P<modifier>[a-z]{2}[0-9:-]{0,20})(?:\^[^^|]{0,80}\^)?"
_EVENT = r"/?(?P<event>[A-Z]{2}[0-9]{0,5}(?:\^[^^|/]{0,200}\^?)?(?:\*[^|/]{0,200})?)"
_PART = re.compile(f"{_MODIFIER}|{_EVENT}")
_SIA = re.compile(r"(?P<account>[^|]{0,20}\|)(?P<block>[NO]?)(?P<events>[^|]*)(?:\|A?(?P<text>.*))?")


@dataclass(frozen=True)
class Heard:
    """A telegram, and its sequence number as it was written."""

    frame: Frame
    number: bytes

    def numbered(self, telegram: bytes) -> bytes:
        """Return a telegram with this one's number; a NAK, which has none, stays as it is."""
        body = telegram[len(b"\n00000000") :].removesuffix(b"\r")
        if self.number.isdigit() or body.startswith(b'"NAK"'):
            return telegram
        return _wrapped(_NUMBERED.sub(rb"\g<kind>" + self.number, body, count=1))


def read(data: bytes) -> Heard:
    """Return what `dc09.parse` does, still encrypted, also with a number in hexadecimal. Raises BadTelegram."""
    head = _HEAD.match(data)
    number = head["number"] if head else b""
    if head is None or number.isdigit():
        return Heard(dc09.parse(data), number)
    body = data[head.end("outer") :].removesuffix(b"\r")
    if dc09.crc(body) != int(head["crc"], 16) or not re.fullmatch(rb"[0-9A-Fa-f]{4}", number):
        raise BadTelegram("the CRC is wrong, or the number is none")
    numbered = head["kind"] + b"0000" + body[len(head["kind"] + number) :]
    # The length is given as it came, so that a wrong one is found.
    outer = b"\n%04X%s" % (dc09.crc(numbered), head["outer"][-4:])
    return Heard(dc09.parse(outer + numbered + b"\r"), number)


def opened(frame: Frame, key: bytes) -> Frame:
    """Return what `Frame.opened` does, whatever the padding is made of. Raises BadTelegram."""
    try:
        return frame.opened(key)
    except BadTelegram:
        pad, bar, rest = _decrypted(frame, key).partition(b"|")
        if not bar or all(32 <= byte < 127 for byte in pad):
            raise
    plain = dc09.parse(_wrapped(f'"{frame.kind}"0000L0#{frame.account}['.encode() + rest))
    if plain.time_ms is None:
        raise BadTelegram("an encrypted telegram without its time could be repeated for ever")
    return replace(frame, data=plain.data, extended=plain.extended, time_ms=plain.time_ms, hidden=b"")


def separated(data: str) -> str:
    """Return SIA data with a stroke between all parts, and without what a text or modifier is introduced with."""
    found = _SIA.fullmatch(data)
    if not found:
        return data
    parts, at, events = [], 0, found["events"]
    while part := _PART.match(events, at):
        parts.append(part["modifier"] or part["event"])
        at = part.end()
    if at < len(events):
        return data
    text = f"|{found['text']}" if found["text"] else ""
    return f"{found['account']}{found['block']}{'/'.join(parts)}{text}"


def _decrypted(frame: Frame, key: bytes) -> bytes:
    if not frame.hidden or len(frame.hidden) % 16:
        return b""
    decryptor = Cipher(algorithms.AES(key), modes.CBC(bytes(16))).decryptor()
    return decryptor.update(frame.hidden) + decryptor.finalize()


def _wrapped(body: bytes) -> bytes:
    return b"\n%04X%04X%s\r" % (dc09.crc(body), len(body), body)
