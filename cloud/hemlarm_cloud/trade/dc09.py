"""SIA DC-09 telegrams: what alarm transmitters and receiving centres say to each other over IP, in both directions.

A telegram is LF, a CRC, a length, the body and CR; see `Frame` for the body. The CRC guards against bad lines only, and
the encryption (AES-CBC with a zero vector) has no authentication: the standard has nothing better. Pure, and bounded:
whatever bytes come, nothing but a BadTelegram is raised.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from hemlarm_cloud.trade.errors import BadTelegram

TELEGRAM_MAX = 4096
"""The longest telegram, in bytes. The length field goes as far; telegrams with events have some 60 to 200."""

ADM_CID, SIA_DCS, NULL = "ADM-CID", "SIA-DCS", "NULL"
ACK, NAK, DUH = "ACK", "NAK", "DUH"

KEY_BYTES = (16, 24, 32)
SEQUENCE_MAX = 9999
"""After it comes 1; 0 stands in refusals only."""

Pad = Callable[[int], bytes]
"""Returns so many random bytes."""

_BLOCK = 16
_FRAMING = 10
"""LF, CRC, length and CR."""

_PAD_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-"

_OUTER = re.compile(rb'\n?([0-9A-Fa-f]{4})(0[0-9A-Fa-f]{3})(".*)\r?', re.DOTALL)
_PRINTABLE = re.compile(r"[ -~\xa0-\xff]*")
_HEX = "[0-9A-Fa-f]"
# A widespread receiver answers "None" in the place of a receiver number that it was not given.
_BODY = re.compile(
    r'"(?P<star>\*?)(?P<kind>[A-Z][A-Z0-9-]{1,15})"(?P<sequence>[0-9]{4})'
    rf"(?:R(?P<receiver>{_HEX}{{1,6}})|None)?(?:L(?P<line>{_HEX}{{1,6}}?)(?=[#A\[R]))?(?:R{_HEX}{{1,6}}?(?=[#A\[]))?"
    rf"(?:[#A]?(?P<account>{_HEX}{{1,16}}))?\[(?P<rest>.*)"
)
_REST = re.compile(
    r"(?P<data>[^\[\]]*)\](?P<extended>(?:\[[^\[\]]*\]){0,32})"
    r"(?:_(?P<time>[0-9]{2}:[0-9]{2}:[0-9]{2},[0-9]{2}-[0-9]{2}-[0-9]{4}))?"
)
_CONTENT = re.compile(r"[^\[\]]*")
_ACCOUNT = re.compile(rf"{_HEX}{{1,16}}")
_NUMBER = re.compile(rf"{_HEX}{{1,6}}")
_NO_BAR = re.compile(r".*#[0-9A-Fa-f]{1,16}")
_TIME = "%H:%M:%S,%m-%d-%Y"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _crc_table() -> list[int]:
    table = []
    for value in range(256):
        for _ in range(8):
            value = (value >> 1) ^ 0xA001 if value & 1 else value >> 1
        table.append(value)
    return table


_CRC_TABLE = _crc_table()


def crc(body: bytes) -> int:
    """The CRC-16 of the body, from its first quote up to CR (polynomial 0xA001 reflected, starting with 0)."""
    value = 0
    for byte in body:
        value = (value >> 8) ^ _CRC_TABLE[(value ^ byte) & 0xFF]
    return value


@dataclass(frozen=True)
class Frame:
    """One telegram: `"kind" sequence Rreceiver Lline #account [data][extended]... _time`.

    `data` is what stands between the first brackets ("#1234|1130 01 005"; see `dc09_data`), `time_ms` whole seconds.
    An encrypted one that was parsed without its key has what is encrypted in `hidden`, and neither data nor a time.
    """

    kind: str
    sequence: int
    account: str
    data: str = ""
    receiver: str = ""
    line: str = "0"
    extended: tuple[str, ...] = ()
    time_ms: int | None = None
    encrypted: bool = False
    hidden: bytes = b""

    def pack(self, key: bytes | None = None, pad: Pad = bytes) -> bytes:
        """Return the telegram's bytes, encrypted if there is a key. Raises BadTelegram for what cannot be sent.

        An encrypted one must have a time. `pad` gives the random bytes of which its padding is made.
        """
        self._check(key)
        content = f"{self.data}]" + "".join(f"[{text}]" for text in self.extended)
        content += "" if self.time_ms is None else _time_text(self.time_ms)
        if key is not None:
            content = _encrypt(content, key, pad)
        star, receiver = "*" if key is not None else "", f"R{self.receiver}" if self.receiver else ""
        account = "A0" if self.kind == NAK else f"#{self.account}"
        head = f'"{star}{self.kind}"{self.sequence:04}{receiver}L{self.line}{account}['
        return _wrapped((head + content).encode("latin-1"))

    def opened(self, key: bytes) -> "Frame":
        """Return an encrypted telegram with what was hidden in it. Raises BadTelegram for a wrong key."""
        if len(key) not in KEY_BYTES:
            raise BadTelegram(f"a key of {len(key)} bytes; keys have 16, 24 or 32")
        if not self.hidden or len(self.hidden) % _BLOCK:
            raise BadTelegram("what is encrypted is not made of whole blocks")
        decryptor = Cipher(algorithms.AES(key), modes.CBC(bytes(_BLOCK))).decryptor()
        text = (decryptor.update(self.hidden) + decryptor.finalize()).decode("latin-1")
        found = _REST.fullmatch(text)
        if not found or not _PRINTABLE.fullmatch(text):
            raise BadTelegram("nothing sensible is encrypted; it was another key")
        if found["time"] is None:
            raise BadTelegram("an encrypted telegram without its time could be repeated for ever")
        data = _without_pad(found["data"], self.account, self.kind)
        return replace(_with_rest(self, found), data=data, hidden=b"")

    def _check(self, key: bytes | None) -> None:
        if not (0 <= self.sequence <= SEQUENCE_MAX):
            raise BadTelegram(f"sequence number {self.sequence}; they go from 1 to {SEQUENCE_MAX}")
        if not _ACCOUNT.fullmatch(self.account) and self.kind != NAK:
            raise BadTelegram(f"account {self.account!r}; accounts have 1 to 16 hexadecimal digits")
        if not all(_NUMBER.fullmatch(text or "0") for text in (self.receiver, self.line)):
            raise BadTelegram("receiver and line are numbers of 1 to 6 hexadecimal digits")
        for text in (self.data, *self.extended):
            if not _CONTENT.fullmatch(text) or not _PRINTABLE.fullmatch(text):
                raise BadTelegram(f"{text[:40]!r} has brackets or characters that no telegram can carry")
        if key is not None and (len(key) not in KEY_BYTES or self.time_ms is None):
            raise BadTelegram("an encrypted telegram needs a time and a key of 16, 24 or 32 bytes")


def parse(data: bytes, key: bytes | None = None, exact_length: bool = True) -> Frame:
    """Return the telegram in these bytes, with or without its LF and CR. Raises BadTelegram.

    What is encrypted is opened if there is a key. `exact_length=False` overlooks a wrong length where the CRC is right.
    """
    outer = _OUTER.fullmatch(data) if len(data) <= TELEGRAM_MAX else None
    if not outer:
        raise BadTelegram("no telegram: LF, a CRC, a length, the body in printable characters and CR are expected")
    body = outer[3].removesuffix(b"\r")
    if crc(body) != int(outer[1], 16):
        raise BadTelegram(f"the CRC is {outer[1].decode()} instead of {crc(body):04X}")
    if exact_length and len(body) != int(outer[2], 16):
        raise BadTelegram(f"the length says {int(outer[2], 16)}, and the body has {len(body)} bytes")
    frame = _parsed_body(body.decode("latin-1"))
    return frame.opened(key) if frame.encrypted and key is not None else frame


def reply(kind: str, frame: Frame | None, key: bytes | None, now_ms: int, pad: Pad = bytes) -> bytes:
    """Return the answer ACK, NAK or DUH to a telegram; only an ACK is encrypted, and only when the telegram was.

    A NAK carries the time for the transmitter's clock, and needs no telegram.
    """
    if kind == NAK or frame is None:
        assert kind == NAK, "only a refusal answers what cannot be read"
        return Frame(NAK, 0, "0", receiver="0", time_ms=now_ms).pack()
    answer = Frame(kind, frame.sequence, frame.account, receiver=frame.receiver, line=frame.line)
    if kind == ACK and frame.encrypted:
        assert key is not None, "an encrypted telegram was taken without its key"
        return replace(answer, time_ms=now_ms).pack(key, pad)
    return answer.pack()


class Splitter:
    """Cuts a stream into telegrams. It holds one telegram at most: what is longer is dropped up to the next CR."""

    def __init__(self) -> None:
        self.dropped = 0
        """How many were too long."""
        self._held = b""
        self._dropping = False

    def feed(self, data: bytes) -> list[bytes]:
        """Take bytes as they come; returns the telegrams that they complete, each from its LF to its CR."""
        *ended, rest = data.split(b"\r")
        whole = []
        for piece in ended:
            telegram = self._taken(piece)
            self._held, dropped, self._dropping = b"", self._dropping, False
            if telegram and not dropped:
                whole.append(telegram + b"\r")
        self._taken(rest)
        return whole

    def _taken(self, piece: bytes) -> bytes:
        """Hold this piece too, from the last LF on, and return all that is held; nothing when it is too much."""
        _, line_feed, last = piece.rpartition(b"\n")
        if line_feed:
            self._held, self._dropping = b"\n" + last, False
        elif not self._dropping:
            self._held += last
        if len(self._held) >= TELEGRAM_MAX:
            self._held, self._dropping = b"", True
            self.dropped += 1
        return self._held


def _wrapped(body: bytes) -> bytes:
    if len(body) + _FRAMING > TELEGRAM_MAX:
        raise BadTelegram(f"the telegram would have {len(body) + _FRAMING} of {TELEGRAM_MAX} bytes")
    return b"\n%04X%04X%s\r" % (crc(body), len(body), body)


def _parsed_body(body: str) -> Frame:
    found = _BODY.fullmatch(body) if _PRINTABLE.fullmatch(body) else None
    if not found:
        raise BadTelegram('the body is not `"id" sequence receiver line account [`')
    frame = Frame(
        found["kind"],
        int(found["sequence"]),
        found["account"] or "",
        receiver=found["receiver"] or "",
        line=found["line"] or "0",
        encrypted=bool(found["star"]),
    )
    if frame.encrypted:
        return replace(frame, hidden=_unhexed(found["rest"]))
    rest = _REST.fullmatch(found["rest"])
    if not rest:
        raise BadTelegram("the body does not end with `data][extended]_HH:MM:SS,MM-DD-YYYY`")
    return _with_rest(frame, rest)


def _with_rest(frame: Frame, rest: re.Match[str]) -> Frame:
    extended = tuple(rest["extended"][1:-1].split("][")) if rest["extended"] else ()
    return replace(frame, data=rest["data"], extended=extended, time_ms=_time_ms(rest["time"]))


def _unhexed(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise BadTelegram("what is encrypted is not written in hexadecimal digits") from None


def _encrypt(content: str, key: bytes, pad: Pad) -> str:
    content = "|" + content
    chosen = pad(_BLOCK - len(content) % _BLOCK)
    letters = "".join(_PAD_LETTERS[byte % len(_PAD_LETTERS)] for byte in chosen)
    encryptor = Cipher(algorithms.AES(key), modes.CBC(bytes(_BLOCK))).encryptor()
    plain = (letters + content).encode("latin-1")
    return (encryptor.update(plain) + encryptor.finalize()).hex().upper()


def _without_pad(data: str, account: str, kind: str) -> str:
    """Cut off the padding. Some transmitters leave out the bar that ends it, so "#1234|" may be its end."""
    pad, bar, rest = data.partition("|")
    if not bar:
        return "" if kind in (NULL, ACK) else _from_account(data, account)
    if _NO_BAR.fullmatch(pad) and pad.rpartition("#")[2].upper() == account.upper():
        return f"#{pad.rpartition('#')[2]}|{rest}"
    return rest


def _from_account(data: str, account: str) -> str:
    start = data.upper().rfind(f"#{account.upper()}") if account else -1
    if start < 0:
        raise BadTelegram("nothing shows where the padding ends and the data begin")
    return data[start:]


def _time_text(time_ms: int) -> str:
    try:
        moment = _EPOCH + timedelta(milliseconds=time_ms)
    except OverflowError:
        raise BadTelegram(f"no telegram can say the time {time_ms} ms since 1970") from None
    return f"_{moment:%H:%M:%S,%m-%d-}{moment.year:04}"


def _time_ms(text: str | None) -> int | None:
    if text is None:
        return None
    try:
        moment = datetime.strptime(text, _TIME).replace(tzinfo=UTC)
    except ValueError:
        raise BadTelegram(f"{text} is no time") from None
    return (moment - _EPOCH) // timedelta(milliseconds=1)
