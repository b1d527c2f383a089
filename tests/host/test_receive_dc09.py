"""The receiving end of DC-09: who may report, what is a repetition, what is a recording, and what is answered."""

from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from hemlarm_cloud.receive.core import Refusal
from hemlarm_cloud.receive.dc09 import Dc09Core
from hemlarm_cloud.receive.keeping import REPEATED_MS
from hemlarm_cloud.receive.recordings import REMEMBERED_MAX, Recordings
from hemlarm_cloud.store import Store
from hemlarm_cloud.trade import dc09 as codec
from hemlarm_cloud.trade.dc09 import Frame
from receive_support import ACCOUNT, DC09, KEY, NOW_MS, add_account, cid, events, found, memory, noise, vault

PLAIN, ENCRYPTED = None, KEY


class Receiver:
    """A core on a store, with a clock in the hands of the test, and a transmitter with a key or none."""

    def __init__(self, store: Store, key: bytes | None) -> None:
        self.store = store
        self.key = key
        self.core = Dc09Core(vault(), noise)
        self.now_ms = NOW_MS

    def sent(self, data: bytes) -> str | None:
        """What is answered to these bytes, after the commit."""
        said = self.core.read(data, self.now_ms)
        if isinstance(said, Refusal):
            assert said.answer is None
            return None
        with self.store.begin() as tx:
            answer = self.core.take(tx, said, self.now_ms)
        return codec.parse(answer, self.key).kind

    def send(self, frame: Frame, key: bytes | None = None) -> str | None:
        """What is answered to a frame, which is encrypted if the transmitter has a key."""
        return self.sent(self.packed(frame, key))

    def packed(self, frame: Frame, key: bytes | None = None) -> bytes:
        """A frame's bytes; an encrypted one has a time."""
        key = key or self.key
        time_ms = self.now_ms if key and frame.time_ms is None else frame.time_ms
        return Frame(**(vars(frame) | {"time_ms": time_ms})).pack(key, noise)

    def qcodes(self) -> list[int]:
        """What is stored."""
        return [event.qcode for event in events(self.store)]


@pytest.fixture(params=[PLAIN, ENCRYPTED], ids=["plain", "encrypted"])
def receiver(request: pytest.FixtureRequest) -> Iterator[Receiver]:
    with memory() as store:
        add_account(store, DC09, request.param)
        yield Receiver(store, request.param)


@pytest.fixture
def encrypted() -> Iterator[Receiver]:
    with memory() as store:
        add_account(store, DC09, ENCRYPTED)
        yield Receiver(store, ENCRYPTED)


@pytest.fixture(params=[PLAIN, ENCRYPTED], ids=["plain", "encrypted"])
def each_receiver(request: pytest.FixtureRequest, store: Store) -> Receiver:
    """On each kind of database."""
    add_account(store, DC09, request.param)
    return Receiver(store, request.param)


def test_contact_id_is_stored(each_receiver: Receiver) -> None:
    assert each_receiver.send(cid(7, "1130 01 005")) == codec.ACK
    (event,) = events(each_receiver.store)
    assert (event.transmitter, event.code, event.qcode) == (DC09, "1130", 1130)
    assert (event.area, event.zone, event.user, event.received_ms) == (1, 5, 0, NOW_MS)
    assert b"#1234|1130 01 005" in event.telegram
    assert event.happened_ms == (NOW_MS if each_receiver.key else None)
    assert each_receiver.send(cid(8, "3401 02 003")) == codec.ACK
    assert [(event.area, event.zone, event.user) for event in events(each_receiver.store)][1:] == [(2, 0, 3)]


def test_sia_codes_are_stored_each_of_a_telegram(receiver: Receiver) -> None:
    frame = Frame(codec.SIA_DCS, 3, ACCOUNT, f"#{ACCOUNT}|Nri2/FA3/BA4|Hall")
    assert receiver.send(frame) == codec.ACK
    assert [(event.code, event.qcode, event.area, event.zone) for event in events(receiver.store)] == [
        ("FA", 1110, 2, 3),
        ("BA", 1130, 2, 4),
    ]
    assert receiver.send(frame) == codec.ACK
    assert len(events(receiver.store)) == 2


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ("Nri1FA3|Ahej", ("FA", 1, 3, "hej")),
        ("Nri1^hus^id2FA3^kök^", ("FA", 1, 3, "kök")),
        ("NBA1", ("BA", 0, 1, "")),
        ("ti10:00:00/ri12/BA7", ("BA", 12, 7, "")),
    ],
)
def test_sia_without_strokes_is_understood(receiver: Receiver, data: str, told: tuple[Any, ...]) -> None:
    assert receiver.send(Frame(codec.SIA_DCS, 3, ACCOUNT, f"#{ACCOUNT}|{data}")) == codec.ACK
    assert [(event.code, event.area, event.zone, event.text) for event in events(receiver.store)] == [told]


def test_when_it_happened_is_believed(receiver: Receiver) -> None:
    receiver.send(cid(extended=("H14:00:00,09-21-2026",)))
    assert [event.happened_ms for event in events(receiver.store)] == [NOW_MS - 800_000]


def test_a_link_test_is_heard_and_stored_nowhere(receiver: Receiver) -> None:
    assert receiver.send(Frame(codec.NULL, 0, ACCOUNT)) == codec.ACK
    assert events(receiver.store) == []
    assert found(receiver.store, DC09).heard_ms == NOW_MS


def test_a_repetition_is_acknowledged_again_and_stored_once(each_receiver: Receiver) -> None:
    for _ in range(3):
        assert each_receiver.send(cid(7)) == codec.ACK
        each_receiver.now_ms += 10_000
    assert each_receiver.qcodes() == [1130]
    assert each_receiver.core.counts == {"event": 1, "repetition": 2}


@pytest.mark.parametrize("began_ms", [0, 1, REPEATED_MS // 2, REPEATED_MS - 1])
def test_a_repetition_is_known_whenever_it_first_came(receiver: Receiver, began_ms: int) -> None:
    receiver.now_ms += REPEATED_MS - NOW_MS % REPEATED_MS + began_ms
    for wait_ms, count in ((0, 1), (REPEATED_MS - 1, 1), (2, 2)):
        receiver.now_ms += wait_ms
        assert receiver.send(cid(7)) == codec.ACK
        assert len(receiver.qcodes()) == count


def test_the_same_under_another_number_or_later_is_another_event(each_receiver: Receiver) -> None:
    assert each_receiver.send(cid(7)) == codec.ACK
    each_receiver.now_ms += 1_000
    assert each_receiver.send(cid(8)) == codec.ACK
    each_receiver.now_ms += REPEATED_MS
    assert each_receiver.send(cid(7)) == codec.ACK
    assert each_receiver.qcodes() == [1130] * 3


@pytest.mark.parametrize(("off_ms", "answer"), [(-41_000, "NAK"), (-40_000, "ACK"), (20_000, "ACK"), (21_000, "NAK")])
def test_a_clock_outside_the_window_gets_the_time(receiver: Receiver, off_ms: int, answer: str) -> None:
    data = receiver.packed(cid(time_ms=NOW_MS + off_ms))
    assert receiver.sent(data) == answer
    assert len(receiver.qcodes()) == (answer == "ACK")
    if answer == "NAK":
        said = receiver.core.read(data, NOW_MS)
        with receiver.store.begin() as tx:
            assert codec.parse(receiver.core.take(tx, said, NOW_MS)).time_ms == NOW_MS  # type: ignore[arg-type]


def test_a_recording_is_of_no_use_within_the_window_and_after_it(encrypted: Receiver) -> None:
    recorded = encrypted.packed(cid(7))
    assert encrypted.sent(recorded) == codec.ACK
    encrypted.now_ms += 39_000
    assert encrypted.sent(recorded) == codec.ACK
    encrypted.now_ms += 2_000
    assert encrypted.sent(recorded) == codec.NAK
    assert encrypted.qcodes() == [1130]


@pytest.mark.parametrize("head", [b'"*ADM-CID"0008', b'"*NULL"0007'])
def test_a_recording_under_another_number_or_name_is_refused(encrypted: Receiver, head: bytes) -> None:
    recorded = encrypted.packed(cid(7))
    assert encrypted.sent(recorded) == codec.ACK
    body = head + recorded[recorded.index(b"0007") + 4 : -1]
    assert encrypted.sent(b"\n%04X%04X%s\r" % (codec.crc(body), len(body), body)) == codec.DUH
    assert encrypted.qcodes() == [1130]
    assert encrypted.core.counts["replayed"] == 1


def test_an_account_with_a_key_takes_nothing_plain(encrypted: Receiver) -> None:
    assert encrypted.sent(cid(time_ms=NOW_MS).pack()) == codec.DUH
    assert encrypted.qcodes() == []
    assert encrypted.core.counts == {"not encrypted": 1}


def test_another_key_opens_nothing(receiver: Receiver) -> None:
    assert receiver.send(cid(), bytes(32)) == codec.DUH
    assert receiver.qcodes() == []


@pytest.mark.parametrize("frame", [Frame(codec.ADM_CID, 1, "9999", "#9999|1130 01 005"), Frame(codec.NULL, 0, "AAAA")])
def test_an_unknown_account_is_refused_and_counted(receiver: Receiver, frame: Frame) -> None:
    assert receiver.send(frame) == codec.DUH
    assert receiver.core.counts == {"unknown account": 1}


@pytest.mark.parametrize(
    "frame",
    [
        Frame("ACR-SF", 1, ACCOUNT, "whatever"),
        Frame(codec.ADM_CID, 1, ACCOUNT, "#1234|11300 1 005"),
        Frame(codec.SIA_DCS, 1, ACCOUNT, "#1234|Nfa??"),
    ],
)
def test_what_we_do_not_understand_is_said_so(receiver: Receiver, frame: Frame) -> None:
    assert receiver.send(frame) == codec.DUH
    assert receiver.qcodes() == []


def test_a_wrong_crc_or_length_is_not_answered(receiver: Receiver) -> None:
    data = receiver.packed(cid())
    nobody = b'"NULL"0000[]'
    without_account = b"\n%04X%04X%s\r" % (codec.crc(nobody), len(nobody), nobody)
    for bad in (
        without_account,
        data.replace(b"#", b"A"),
        data[:5] + b"0999" + data[9:],
        data[:-2] + b"\r",
        b"\n\r",
        b"",
    ):
        assert receiver.sent(bad) is None
    assert receiver.qcodes() == []
    assert receiver.core.counts == {"malformed": 6}


@pytest.mark.parametrize("number", [b"000A", b"00ff", b"FFFF"])
@pytest.mark.parametrize("receiver", [PLAIN], indirect=True)
def test_numbers_in_hexadecimal_are_taken_and_given_back(receiver: Receiver, number: bytes) -> None:
    body = b'"ADM-CID"' + number + b"#1234[#1234|1130 01 005]"
    data = b"\n%04X%04X%s\r" % (codec.crc(body), len(body), body)
    said = receiver.core.read(data, NOW_MS)
    with receiver.store.begin() as tx:
        answer = receiver.core.take(tx, said, NOW_MS)  # type: ignore[arg-type]
    answered = b'"ACK"' + number + b"L0#1234[]"
    assert answer == b"\n%04X%04X%s\r" % (codec.crc(answered), len(answered), answered)
    assert number in events(receiver.store)[0].telegram
    assert receiver.sent(data[:1] + b"0000" + data[5:]) is None
    assert receiver.sent(data[:5] + b"0001" + data[9:]) is None


def test_padding_may_be_of_anything(encrypted: Receiver) -> None:
    content = b"\x1f\x14\x7f|#1234|1130 01 005]_14:13:20,09-21-2026"
    plain = b"\x15" * (-len(content) % 16) + content
    cipher = Cipher(algorithms.AES(KEY), modes.CBC(bytes(16))).encryptor()
    body = b'"*ADM-CID"0007#1234[' + (cipher.update(plain) + cipher.finalize()).hex().upper().encode()
    assert encrypted.sent(b"\n%04X%04X%s\r" % (codec.crc(body), len(body), body)) == codec.ACK
    assert encrypted.qcodes() == [1130]


def test_the_memory_for_recordings_is_bounded_and_short() -> None:
    recordings, core = Recordings(60_000), Dc09Core(vault(), noise)

    def heard(number: int) -> Any:
        return core.read(cid(number % 9_999, time_ms=NOW_MS + number * 1_000).pack(KEY, noise), NOW_MS)

    for number in range(200):
        assert recordings.is_original(heard(number), NOW_MS + number * 1_000)
    assert len(recordings._known) == 61
    assert REMEMBERED_MAX == 100_000
