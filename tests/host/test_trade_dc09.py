"""DC-09 telegrams: what is written is read again, what is wrong is refused by name, a stream falls into telegrams."""

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pysiaalarm.account import SIAAccount
from pysiaalarm.event import SIAEvent

from hemlarm_cloud.trade import dc09
from hemlarm_cloud.trade.dc09 import ACK, ADM_CID, DUH, NAK, NULL, SIA_DCS, Frame, Splitter, parse, reply
from hemlarm_cloud.trade.errors import BadTelegram

NOON_MS = 1_763_812_800_000
"""2025-11-22 12:00:00 UTC."""

ALARM = Frame(ADM_CID, 12, "1234", "#1234|1130 01 005", receiver="1", time_ms=NOON_MS)
KEYS = (b"sixteen bytes ok", b"twenty-four bytes are ok", b"thirty-two bytes in all are fine")

hexadecimal = st.text("0123456789ABCDEF", min_size=1)
printable = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E, exclude_characters="[]|#"), max_size=60)
frames = st.builds(
    Frame,
    kind=st.sampled_from((ADM_CID, SIA_DCS)),
    sequence=st.integers(1, 9999),
    account=hexadecimal.filter(lambda text: len(text) <= 16),
    data=printable.map(lambda text: "#1|" + text),
    receiver=st.just("") | hexadecimal.filter(lambda text: len(text) <= 6),
    line=hexadecimal.filter(lambda text: len(text) <= 6),
    extended=st.lists(printable, max_size=3).map(tuple),
    time_ms=st.integers(0, 4_000_000_000).map(lambda time_s: time_s * 1000),
)


def test_a_telegram_is_written_as_the_standard_says() -> None:
    body = b'"ADM-CID"0012R1L0#1234[#1234|1130 01 005]_12:00:00,11-22-2025'
    assert ALARM.pack() == b"\n%04X%04X%s\r" % (dc09.crc(body), len(body), body)


def test_the_crc_is_that_of_the_published_check() -> None:
    # The check value that catalogues of CRCs give for this polynomial, start and reflection.
    assert dc09.crc(b"123456789") == 0xBB3D


@given(frames, st.sampled_from((None, *KEYS)), st.binary(min_size=16, max_size=16))
def test_what_is_written_is_read_again(frame: Frame, key: bytes | None, chance: bytes) -> None:
    packed = frame.pack(key, lambda count: chance[:count])
    assert parse(packed, key) == replace(frame, encrypted=key is not None)


@pytest.mark.parametrize("key", KEYS)
def test_an_encrypted_telegram_shows_its_account_and_nothing_else(key: bytes) -> None:
    packed = ALARM.pack(key, bytes)
    seen = parse(packed)
    assert (seen.kind, seen.account, seen.sequence, seen.encrypted) == (ADM_CID, "1234", 12, True)
    assert (seen.data, seen.time_ms) == ("", None)
    assert b"1130" not in packed
    assert seen.opened(key) == replace(ALARM, encrypted=True)


@pytest.mark.parametrize("length", range(40))
def test_padding_fills_whole_blocks_and_is_never_missing(length: int) -> None:
    frame = replace(ALARM, data="#1234|" + "x" * length)
    asked: list[int] = []
    packed = frame.pack(KEYS[0], lambda count: asked.append(count) or bytes(count))  # type: ignore[func-returns-value]
    assert 1 <= asked[0] <= 16
    assert len(parse(packed).hidden) == asked[0] + len("|" + frame.data + "]_12:00:00,11-22-2025")


def test_padding_without_its_bar_is_taken_off_too() -> None:
    content = "xy#z#1234|1130 01 005]_12:00:00,11-22-2025"
    for plain in (content.rjust(48, "0"), content.rjust(48, "#")):
        assert parse(_encrypted(plain), KEYS[0]).data == "#1234|1130 01 005"


def test_padding_may_look_like_an_account() -> None:
    plain = "ab#1235|#1234|1130 01 005]_12:00:00,11-22-2025".rjust(48, "0")
    assert parse(_encrypted(plain), KEYS[0]).data == "#1234|1130 01 005"


def test_another_key_is_noticed() -> None:
    packed = ALARM.pack(KEYS[0], bytes)
    for other in (b"sixteen bytes no", *KEYS[1:]):
        with pytest.raises(BadTelegram, match="another key"):
            parse(packed, other)
    with pytest.raises(BadTelegram, match="5 bytes"):
        parse(packed, b"short")


def test_an_encrypted_telegram_without_its_time_is_refused() -> None:
    with pytest.raises(BadTelegram, match="for ever"):
        parse(_encrypted("0|#1234|1130 01 005]".rjust(32, "0")), KEYS[0])
    with pytest.raises(BadTelegram, match="needs a time"):
        replace(ALARM, time_ms=None).pack(KEYS[0])


@pytest.mark.parametrize(
    ("packed", "said"),
    [
        (b"", "no telegram"),
        (b"\n" + b"0" * 5000 + b"\r", "no telegram"),
        (ALARM.pack().replace(b"1130", b"3130"), "the CRC is"),
        (b"\n00000004x\r", "no telegram"),
    ],
)
def test_what_is_no_telegram_is_refused_by_name(packed: bytes, said: str) -> None:
    with pytest.raises(BadTelegram, match=said):
        parse(packed)


def test_a_wrong_length_is_refused_unless_it_is_overlooked() -> None:
    packed = bytearray(ALARM.pack())
    packed[8:9] = b"0" if packed[8:9] != b"0" else b"1"
    with pytest.raises(BadTelegram, match="the length says"):
        parse(bytes(packed))
    assert parse(bytes(packed), exact_length=False) == ALARM


@pytest.mark.parametrize(
    "body",
    [
        b'"ADM-CID"12L0#1234[]',
        b'"adm"0012L0#1234[]',
        b'"ADM-CID"0012L0#12G4[]',
        b'"ADM-CID"0012L0#1234',
        b'"ADM-CID"0012L0#1234[#1234|1130 01 005]_25:00:00,11-22-2025',
        b'"ADM-CID"0012L0#1234[#1234|1130 01 005]_12:00:00,02-30-2025',
        b'"ADM-CID"0012L0#1234[#1234|1130 01 005] behind',
        b'"ADM-CID"0012L0#1234[\x07]',
        b'"*ADM-CID"0012L0#1234[no hex]',
        b'"*ADM-CID"0012L0#1234[ABC]',
    ],
)
def test_a_body_that_cannot_be_read_is_refused(body: bytes) -> None:
    with pytest.raises(BadTelegram):
        parse(b"\n%04X%04X%s\r" % (dc09.crc(body), len(body), body))


@pytest.mark.parametrize(
    "frame",
    [
        replace(ALARM, account=""),
        replace(ALARM, account="12345678901234567"),
        replace(ALARM, sequence=10_000),
        replace(ALARM, data="with ] bracket"),
        replace(ALARM, data="with \r"),
        replace(ALARM, data="ł"),
        replace(ALARM, extended=("[",)),
        replace(ALARM, data="x" * 5000),
        replace(ALARM, line="XYZ"),
        replace(ALARM, time_ms=10**18),
    ],
)
def test_what_no_telegram_can_carry_is_not_written(frame: Frame) -> None:
    with pytest.raises(BadTelegram):
        frame.pack()


def test_an_answer_echoes_the_telegram_and_hides_as_it_did() -> None:
    plain = parse(reply(ACK, ALARM, None, NOON_MS))
    assert (plain.kind, plain.sequence, plain.receiver, plain.account) == (ACK, 12, "1", "1234")
    hidden = reply(ACK, replace(ALARM, encrypted=True), KEYS[1], NOON_MS)
    assert parse(hidden, KEYS[1]).time_ms == NOON_MS
    assert parse(hidden).encrypted
    assert not parse(reply(DUH, replace(ALARM, encrypted=True), KEYS[1], NOON_MS)).encrypted


def test_a_refusal_says_the_time_and_needs_no_telegram() -> None:
    packed = reply(NAK, None, None, NOON_MS + 999)
    assert b'"NAK"0000R0L0A0[]_12:00:00,11-22-2025' in packed
    refusal = parse(packed)
    assert (refusal.kind, refusal.sequence, refusal.line, refusal.time_ms) == (NAK, 0, "0", NOON_MS)


def test_lines_with_letters_are_told_from_accounts() -> None:
    frame = replace(ALARM, line="789ABC", receiver="579BDF", account="12345A")
    assert parse(frame.pack()) == frame


def test_a_heartbeat_has_no_data() -> None:
    for key in (None, KEYS[0]):
        frame = parse(Frame(NULL, 1, "1234", time_ms=NOON_MS).pack(key), key)
        assert (frame.kind, frame.data) == (NULL, "")


@given(st.lists(st.sampled_from((ALARM.pack(), ALARM.pack(KEYS[0]), b"noise\r", b"\n\r", b"\r"))), st.data())
def test_a_stream_falls_into_its_telegrams_however_it_is_cut(sent: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(sent)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    splitter, found = Splitter(), list[bytes]()
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        found += splitter.feed(stream[start:end])
    good = [piece for piece in found if piece.startswith(b"\n") and len(piece) > 2]
    assert good == [piece for piece in sent if piece.startswith(b"\n") and len(piece) > 2]


@pytest.mark.parametrize("size", [1, 100, 4096, 10_000])
def test_a_telegram_without_end_is_dropped_and_the_next_one_found(size: int) -> None:
    splitter = Splitter()
    for start in range(0, 20_000, size):
        assert splitter.feed((b"\n" + b"x" * 20_000)[start : start + size]) == []
        assert len(splitter._held) < dc09.TELEGRAM_MAX
    assert splitter.feed(b"rest\r" + ALARM.pack()) == [ALARM.pack()]
    assert splitter.dropped == 1


@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    for piece in (data, b"\n%04X%04X%s\r" % (dc09.crc(data), len(data), data), _enciphered(data)):
        with suppress(BadTelegram):
            parse(piece, KEYS[0])


# Against a receiver that nobody here wrote.


@pytest.mark.parametrize(
    "key", [None, "AAAABBBBCCCCDDDD", "AAAABBBBCCCCDDDDEEEEFFFF", "AAAABBBBCCCCDDDDEEEEFFFF01234567"]
)
def test_the_peer_reads_what_we_write_and_we_its_answer(key: str | None) -> None:
    encoded = key.encode() if key else None
    line = ALARM.pack(encoded, lambda count: bytes(range(count))).decode().strip()
    event = SIAEvent.from_line(line, {"1234": SIAAccount("1234", key, allowed_timeband=None)})
    assert event.valid_message
    # Its own check reads the length as a decimal number.
    assert int(event.length or "", 16) == len(event.full_message or "")
    assert (event.code, event.ri, event.partition, event.sequence) == ("BA", "005", "01", "0012")
    answer = parse(event.create_response(), encoded)
    assert (answer.kind, answer.sequence) == (ACK, 12)


def _enciphered(data: bytes) -> bytes:
    return _encrypted((data + bytes(-len(data) % 16)).decode("latin-1"))


def _encrypted(plain: str) -> bytes:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    encryptor = Cipher(algorithms.AES(KEYS[0]), modes.CBC(bytes(16))).encryptor()
    hidden = (encryptor.update(plain.encode("latin-1")) + encryptor.finalize()).hex().upper()
    body = f'"*ADM-CID"0012L0#1234[{hidden}'.encode()
    return b"\n%04X%04X%s\r" % (dc09.crc(body), len(body), body)
