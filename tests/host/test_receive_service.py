"""The receivers on the network: honest transmitters on good and bad lines, and strangers who mean harm."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from hemlarm_cloud.errors import ListenError
from hemlarm_cloud.receive.limits import Connections, Limits, Rates
from hemlarm_cloud.receive.service import ReceiveService
from hemlarm_cloud.receive.taker import GROUP_MAX, WAITING_MAX, Taker
from hemlarm_cloud.store import Store, StoreError
from hemlarm_cloud.trade import dc09, sos_access
from hemlarm_cloud.trade.sos_access import Status
from receive_support import (
    ACCOUNT,
    DC09,
    KEY,
    NOW_MS,
    SOS,
    Listening,
    add_account,
    alarm,
    asked,
    cid,
    connected,
    events,
    heard,
    noise,
    ping,
    receiving,
    vault,
)
from tls_files import write_certificate

OPEN = "dc09:5678"


@pytest.fixture
def file_store(tmp_path: Path) -> Iterator[Store]:
    """A store that several threads may use."""
    opened = Store.open(f"sqlite:///{tmp_path / 'store.db'}")
    add_account(opened)
    add_account(opened, DC09, KEY)
    add_account(opened, OPEN, None)
    yield opened
    opened.close()


@pytest.fixture
def service(file_store: Store) -> Iterator[ReceiveService]:
    with receiving(file_store) as service:
        yield service


def plain(sequence: int = 1, text: str = "1130 01 005") -> bytes:
    """A frame of the transmitter without a key."""
    return dc09.Frame(dc09.ADM_CID, sequence, "5678", f"#5678|{text}").pack()


def status(answer: bytes) -> int:
    return sos_access.parse_response(answer).status


@contextmanager
def datagrams(port: int) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.settimeout(10)
        line.connect(("127.0.0.1", port))
        yield line


def test_each_protocol_is_taken_over_each_transport(service: ReceiveService, file_store: Store) -> None:
    assert status(asked(service.ports["sos-access"], sos_access.encode(alarm()))) == Status.OK
    data = cid(7, time_ms=NOW_MS).pack(KEY, noise)
    assert dc09.parse(asked(service.ports["dc-09"], data), KEY).kind == dc09.ACK
    with datagrams(service.ports["dc-09"]) as line:
        line.send(plain())
        assert dc09.parse(line.recv(4_096)).kind == dc09.ACK
    assert [event.transmitter for event in events(file_store)] == [SOS, DC09, OPEN]
    assert len({event.telegram for event in events(file_store)}) == 3


def test_over_tls_too(file_store: Store, tmp_path: Path) -> None:
    certificate, key = write_certificate(tmp_path)
    settings = Listening(None, ("127.0.0.1", 0), certificate, key, None)
    with receiving(file_store, settings) as service:
        context = ssl.create_default_context(cafile=str(certificate))
        with (
            connected(service.ports["sos-access-tls"]) as line,
            context.wrap_socket(line, server_hostname="localhost") as secure,
        ):
            secure.sendall(sos_access.encode(alarm()))
            assert status(heard(secure)) == Status.OK
        with connected(service.ports["sos-access-tls"]) as line:
            line.sendall(sos_access.encode(alarm("FA")))
            assert not heard(line).startswith(b"<?xml")
    assert [event.code for event in events(file_store)] == ["BA"]


def test_several_telegrams_on_one_line_are_answered_in_order(service: ReceiveService, file_store: Store) -> None:
    with connected(service.ports["sos-access"]) as line:
        telegrams = [sos_access.encode(alarm(code, reference=code)) for code in ("BA", "FA", "TA")]
        line.sendall(b"\r\n".join(telegrams))
        said = b""
        while said.count(b"</alarmresponse>") < 3:
            said += line.recv(4_096)
    assert [part[:2] for part in said.split(b"<reference>")[1:]] == [b"BA", b"FA", b"TA"]
    assert [event.code for event in events(file_store)] == ["BA", "FA", "TA"]


def test_a_telegram_may_come_in_any_pieces(service: ReceiveService) -> None:
    with connected(service.ports["dc-09"]) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in plain():
            line.send(bytes([byte]))
        assert dc09.parse(heard(line)).kind == dc09.ACK


def test_a_stream_of_dc09_finds_its_way_again_after_garbage(service: ReceiveService) -> None:
    with connected(service.ports["dc-09"]) as line:
        line.sendall(b"\x00\xff garbage \r\n 0000" + b"x" * 10_000 + plain().replace(b"005", b"006") + plain())
        assert dc09.parse(heard(line)).kind == dc09.ACK


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", Status.XML_HEADER_MISSING_OR_INVALID),
        (bytes(range(256)) * 20, Status.XML_HEADER_MISSING_OR_INVALID),
        (sos_access.encode(alarm()).replace(b"</eventcode>", b"x" * 120_000), Status.INVALID_LENGTH),
    ],
)
def test_a_stranger_gets_one_answer_and_is_hung_up_on(service: ReceiveService, data: bytes, answer: Status) -> None:
    with connected(service.ports["sos-access"]) as line:
        line.sendall(data)
        assert status(heard(line)) == answer
        assert heard(line) == b""


def test_a_line_that_is_silent_or_slow_is_closed(file_store: Store) -> None:
    with receiving(file_store, limits=Limits(telegram_s=0.3)) as service:
        for name, begun in (("sos-access", sos_access.encode(alarm())[:50]), ("dc-09", plain()[:-1]), ("dc-09", b"")):
            with connected(service.ports[name]) as line:
                line.sendall(begun)
                assert heard(line) == b""
        with connected(service.ports["sos-access"]) as line:
            assert eventually(lambda: is_cut_while_trickling(line))
    assert events(file_store) == []


def is_cut_while_trickling(line: socket.socket) -> bool:
    """Send one more byte; whether the other end has hung up."""
    line.settimeout(0.02)
    try:
        line.sendall(b" ")
        return line.recv(1) == b""
    except TimeoutError:
        return False
    except OSError:
        return True


def test_one_address_cannot_have_all_connections(file_store: Store) -> None:
    with receiving(file_store, limits=Limits(connections_per_address=3)) as service:
        port = service.ports["sos-access"]
        with connected(port) as one, connected(port) as two, connected(port) as three:
            for line in (one, two, three):
                line.sendall(sos_access.encode(ping()))
                assert heard(line)
            assert asked_or_cut(port) == b""
        assert eventually(lambda: asked_or_cut(port) != b"")


def asked_or_cut(port: int) -> bytes:
    try:
        return asked(port, sos_access.encode(ping()))
    except OSError:
        return b""


def eventually(holds: Any) -> bool:
    """Whether it holds within some hundred attempts, each of which takes its time."""
    return any(holds() for _ in range(300))


def test_datagrams_that_are_none_are_not_answered(service: ReceiveService, file_store: Store) -> None:
    with datagrams(service.ports["dc-09"]) as line:
        for junk in (b"", b"\n\r", bytes(4_000), b"x" * 9_000, plain().replace(b"005", b"006")):
            line.send(junk)
        line.send(plain(2))
        assert dc09.parse(line.recv(4_096)).sequence == 2
    assert len(events(file_store)) == 1


def test_a_flood_of_datagrams_is_held_back(file_store: Store) -> None:
    with receiving(file_store, limits=Limits(per_second=1, burst=5)) as service:
        with datagrams(service.ports["dc-09"]) as line:
            for sequence in range(1, 60):
                line.send(plain(sequence))
            assert line.recv(4_096)
        core = service.cores["dc-09"]
    assert 1 <= core.counts["event"] <= 10


def test_what_cannot_be_stored_is_not_acknowledged(
    service: ReceiveService, file_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = file_store.begin

    @contextmanager
    def failing() -> Iterator[Any]:
        with begin() as tx:
            yield tx
            raise StoreError("the disk is full")

    monkeypatch.setattr(file_store, "begin", failing)
    with connected(service.ports["dc-09"]) as line:
        line.sendall(plain())
        answer = asked(service.ports["sos-access"], sos_access.encode(alarm()))
        assert status(answer) == Status.NOT_TREATED_NOT_DISTRIBUTED
        monkeypatch.setattr(file_store, "begin", begin)
        assert events(file_store) == []
        line.sendall(plain())
        assert dc09.parse(heard(line)).kind == dc09.ACK
    assert status(asked(service.ports["sos-access"], sos_access.encode(alarm()))) == Status.OK
    assert [event.transmitter for event in events(file_store)] == [OPEN, SOS]


def test_one_telegram_that_fails_does_not_cost_the_others(file_store: Store) -> None:
    """A secret under another master key cannot be opened."""
    add_account(file_store, "sos:BROKEN")
    with file_store.begin() as tx:
        tx.connection.exec_driver_sql("UPDATE foreign_account SET secret = 'x' WHERE transmitter = 'sos:BROKEN'")
    with receiving(file_store) as service:
        taker, core = service._taker, service.cores["sos-access"]
        with file_store.begin():
            # While the store is busy they wait, and come into one group.
            futures = [
                taker.give(core, sos_access.encode(alarm(code, transmitter_code=who)))
                for code, who in (("BA", "IO980102"), ("FA", "BROKEN"), ("TA", "IO980102"))
            ]
        statuses = [status(future.result(30) or b"") for future in futures]
    assert statuses == [Status.OK, Status.NOT_TREATED_NOT_DISTRIBUTED, Status.OK]
    assert [event.code for event in events(file_store)] == ["BA", "TA"]


def test_no_more_wait_for_the_store_than_fit(file_store: Store) -> None:
    taker, core = (
        Taker(file_store, lambda: NOW_MS),
        ReceiveService(file_store, vault(), Listening(None, dc09_listen=None), lambda: NOW_MS, noise).cores[
            "sos-access"
        ],
    )
    waiting = [taker.give(core, sos_access.encode(ping())) for _ in range(WAITING_MAX)]
    refused = taker.give(core, sos_access.encode(ping()))
    assert status(refused.result(0) or b"") == Status.NOT_TREATED_NOT_DISTRIBUTED
    assert not any(each.done() for each in waiting)
    taker.start()
    taker.stop()
    answered = [status(each.result(0) or b"") for each in waiting]
    assert set(answered) <= {Status.OK, Status.PING_TO_OFTEN, Status.NOT_TREATED_NOT_DISTRIBUTED}
    assert GROUP_MAX < WAITING_MAX


def test_what_waits_at_the_end_is_stored_and_answered_or_neither(file_store: Store) -> None:
    with receiving(file_store) as service:
        core, taker = service.cores["sos-access"], service._taker
        futures = [taker.give(core, sos_access.encode(alarm(detector=str(number)))) for number in range(300)]
    answers = [status(future.result(0) or b"") for future in futures]
    assert answers.count(Status.OK) == len(events(file_store))
    assert set(answers) <= {Status.OK, Status.NOT_TREATED_NOT_DISTRIBUTED}


def test_an_address_that_is_taken_is_told(service: ReceiveService, file_store: Store) -> None:
    settings = Listening(("127.0.0.1", service.ports["sos-access"]))
    with pytest.raises(ListenError, match="sos-access cannot listen on"):
        ReceiveService(file_store, vault(), settings, lambda: NOW_MS, noise)


def test_a_certificate_that_is_none_is_told(file_store: Store, tmp_path: Path) -> None:
    (tmp_path / "junk.pem").write_text("junk")
    for certificate in (None, tmp_path / "junk.pem", tmp_path / "missing.pem"):
        settings = Listening(None, ("127.0.0.1", 0), certificate, certificate, None)
        with pytest.raises(ListenError, match="sos_access_certificate"):
            ReceiveService(file_store, vault(), settings, lambda: NOW_MS, noise)


def test_rates_and_connections_are_counted_by_address() -> None:
    rates = Rates(Limits(per_second=10, burst=3))
    assert [round(rates.wait_s("a", 0.0), 3) for _ in range(6)] == [0, 0, 0, 0, 0.1, 0.2]
    assert rates.wait_s("b", 0.0) == 0
    assert rates.wait_s("a", 60.0) == 0
    assert [rates.may_pass("c", 0.0) for _ in range(6)] == [True] * 4 + [False] * 2
    assert rates.may_pass("c", 0.2)
    connections = Connections(Limits(connections=3, connections_per_address=2))
    assert [connections.enter(address) for address in "aaabb"] == [True, True, False, True, False]
    connections.leave("a")
    assert connections.enter("b")
    assert connections.refused == 2


def test_the_account_in_the_frame_decides_whose_it_is(service: ReceiveService, file_store: Store) -> None:
    frame = dc09.Frame(dc09.ADM_CID, 1, "5678", f"#{ACCOUNT}|1130 01 005")
    assert dc09.parse(asked(service.ports["dc-09"], frame.pack())).kind == dc09.ACK
    assert [event.transmitter for event in events(file_store)] == [OPEN]
