"""DC-09 as a stranger may speak it: the stream, the telegrams, what they hide, and what they say of events."""

from collections.abc import Callable
from dataclasses import replace

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from tools.fuzz_targets import Target, pieces

from hemlarm_cloud.trade import dc09, dc09_data
from hemlarm_cloud.trade.dc09 import Frame
from hemlarm_cloud.trade.errors import BadTelegram

KEY = b"sixteen bytes ok"
_NOON_MS = 1_763_812_800_000


def check_dc09(data: bytes) -> None:
    """As a stream, cut by its first two bytes; as the body of a telegram; and as what is hidden in one."""
    _check_stream(data[2:], data[:2] or b"\x01")
    _check_telegram(wrapped(data))
    _check_telegram(wrapped(b'"*ADM-CID"0012L0#1234[' + hidden(data)))
    _check_reading(data.decode("latin-1"))
    _check_writing(data.decode("latin-1"))


def wrapped(body: bytes) -> bytes:
    """A body with the CRC and length that it should have."""
    return b"\n%04X%04X%s\r" % (dc09.crc(body), len(body) & 0xFFF, body)


def hidden(text: bytes) -> bytes:
    """A text as it stands in an encrypted telegram, made longer to whole blocks in front."""
    encryptor = Cipher(algorithms.AES(KEY), modes.CBC(bytes(16))).encryptor()
    plain = b"0" * (-len(text) % 16) + text
    return (encryptor.update(plain) + encryptor.finalize()).hex().encode()


def _check_stream(stream: bytes, sizes: bytes) -> None:
    whole, cut = dc09.Splitter(), dc09.Splitter()
    found = whole.feed(stream)
    again: list[bytes] = []
    for piece in pieces(stream, sizes):
        again += cut.feed(piece)
        assert len(cut._held) < dc09.TELEGRAM_MAX, f"{len(cut._held)} bytes are held"
    assert found == again, f"in pieces of {list(sizes)} {again}, in one {found}"
    assert sum(map(len, found)) <= len(stream), "more came out than went in"
    for telegram in found:
        _check_telegram(telegram)


def _check_telegram(telegram: bytes) -> None:
    for key in (None, KEY):
        for exact in (True, False):
            try:
                frame = dc09.parse(telegram, key, exact)
            except BadTelegram:
                continue
            _check_frame(frame, key)


def _check_frame(frame: Frame, key: bytes | None) -> None:
    assert frame.encrypted or not frame.hidden, "what is in the clear hides nothing"
    assert not (frame.hidden and key), "a key was there, and it stayed hidden"
    if not frame.hidden:
        _check_again(frame, key if frame.encrypted else None)
    if frame.account:
        answer = dc09.parse(dc09.reply(dc09.ACK, frame, KEY, _NOON_MS), KEY)
        assert (answer.sequence, answer.encrypted) == (frame.sequence, frame.encrypted)
    _check_reading(frame.data)


def _check_reading(text: str) -> None:
    for read in (dc09_data.read_adm_cid, dc09_data.read_sia_dcs):
        try:
            read(text)
        except BadTelegram:
            continue


def _check_writing(text: str) -> None:
    """Values of any kind are written, or refused as what no telegram can carry."""
    account, _, said = text.partition(" ")
    number = sum(map(ord, said)) - 500
    event = dc09_data.SiaEvent(said[:2], number, number % 100, number % 7)
    makers: tuple[Callable[[], Frame], ...] = (
        lambda: Frame(dc09.SIA_DCS, number, account, dc09_data.sia_dcs(account, event), time_ms=_NOON_MS),
        lambda: Frame(
            dc09.ADM_CID, number, account, dc09_data.adm_cid(account, 2 * number, number, number), time_ms=_NOON_MS
        ),
        lambda: Frame(dc09.NULL, 1, account, said, line=said[:6], extended=(said,), time_ms=number << number % 60),
    )
    for make in makers:
        for key in (None, KEY, b"short"):
            try:
                frame = make()
                packed = frame.pack(key)
            except BadTelegram:
                continue
            assert len(packed) <= dc09.TELEGRAM_MAX
            read = dc09.parse(packed, key)
            assert frame.kind == dc09.NULL or read.data == frame.data, f"{frame} is read as {read}"
            _check_frame(read, key)


def _check_again(frame: Frame, key: bytes | None) -> None:
    """What was taken can be written, and is then the same; but for what nobody of ours would write."""
    try:
        packed = frame.pack(key)
    except BadTelegram:
        return
    if frame.kind != dc09.NAK and "|" in frame.data:
        assert dc09.parse(packed, key) == replace(frame), f"{frame} comes back as {dc09.parse(packed, key)}"


def _seed(frame: Frame, key: bytes | None = None) -> bytes:
    return b"\x07\x40" + frame.pack(key)


_ALARM = Frame(dc09.ADM_CID, 12, "1234", "#1234|1130 01 005", "1", "0", ("Vhttp://x",), _NOON_MS)

TARGETS = (
    Target(
        name="dc09",
        modules=("hemlarm_cloud.trade.dc09", "hemlarm_cloud.trade.dc09_data"),
        check=check_dc09,
        words=(
            *(b'"ADM-CID"', b'"*SIA-DCS"', b'"NULL"', b'"NAK"', b"0012", b"R1", b"L0", b"#1234", b"[#1234|", b"]"),
            *(b"1130 01 005", b"Nri1/BA005", b"_12:00:00,11-22-2025", b"\n", b"\r", b"|", b"None", b"A0"),
        ),
        seeds=(
            _seed(_ALARM),
            _seed(_ALARM, KEY),
            _seed(replace(_ALARM, kind=dc09.SIA_DCS, data="#1234|Nid7/ri1/BA005^Kitchen^/BR6*so")),
            _seed(Frame(dc09.NULL, 1, "1234")),
            b"\x01\x02" + dc09.reply(dc09.NAK, None, None, _NOON_MS) + dc09.reply(dc09.DUH, _ALARM, None, _NOON_MS),
            b'"SIA-DCS"0012L0#1234[|BA/ti10:00/xx]_25:00:00,02-30-2025',
            b'"SIA-DCS"0012L0#1234[#1234|NBA1]_25:00:00,02-30-2025',
            b'"*SIA-DCS"0012L0#1234[ABC',
            b'"*SIA-DCS"0012L0#1234[ABCD',
            b'"SIA-DCS"0012NoneL0#1234[#1|N' + b"BA/" * 17 + b"]",
            b"ab#1234|1130 01 005]_12:00:00,11-22-2025",
            b"ab#1234]_12:00:00,11-22-2025",
            b"ab]_12:00:00,11-22-2025",
            b"ab#1234|1130 01 005]",
            b"#1234|1130 01 005",
            b"#1234|Nri70000/BA99999",
            b"1234 BA",
            b"1234 " + b"x" * 4_090,
            b"12G4 ",
            b"",
            b"1234 \xff\xff",
            b"1234 \xff\xff\xff\xff\xff",
            b"1234 L[0]",
            b"\x00\x00" + b"\n" + b"x" * 4_200 + b"\r\n\r",
        ),
        length_max=5_000,
    ),
)
