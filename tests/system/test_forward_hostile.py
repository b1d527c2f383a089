"""Receivers that lie, babble, stall and hang up: what they do not truly acknowledge stays, and goes later."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from forward_running import Answer, Receiver, clock_ms, forwarding, honest_dc09, honest_sos, receiver, wait_until
from forward_support import DC09_WISH, KEY, SOS_WISH, Town, add_destination, states
from hemlarm_cloud.forward import heartbeats, link, receivers
from hemlarm_cloud.forward.destinations import Wish
from hemlarm_cloud.store import Store
from hemlarm_cloud.trade import dc09, sos_access

ANSWER_S = 0.3
OLD_MS = 1_000_000_000_000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store on one kind of database: it is the receiver that matters here."""
    opened = Store.open(f"sqlite:///{tmp_path / 'store.db'}")
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link, "ANSWER_S", ANSWER_S)
    monkeypatch.setattr(receivers, "BACKOFF_MS", 20)
    monkeypatch.setattr(receivers, "BACKOFF_MAX_MS", 100)
    monkeypatch.setattr(heartbeats, "MISSED_MS", 50)


def _flooding(_data: bytes, line: socket.socket) -> bytes:
    for _ in range(1_000):
        line.sendall(b"\n" + b"x" * 10_000)
    return b""


def _dripping(_data: bytes, line: socket.socket) -> bytes:
    for _ in range(20):
        line.sendall(b"\n")
        threading.Event().wait(ANSWER_S / 3)
    return b""


def _hanging_up(_data: bytes, line: socket.socket) -> bytes:
    line.shutdown(socket.SHUT_RDWR)
    return b""


def _in_halves(honest: Answer) -> Answer:
    def answer(data: bytes, line: socket.socket) -> bytes:
        whole = honest(data, line)
        line.sendall(whole[: len(whole) // 2])
        line.shutdown(socket.SHUT_RDWR)
        return b""

    return answer


ANY = {
    "silence": lambda _data, _line: b"",
    "garbage": lambda _data, _line: bytes(range(256)) * 8 + b"\r",
    "flood": _flooding,
    "drip": _dripping,
    "hang-up": _hanging_up,
}

DC09 = {
    **ANY,
    "half": _in_halves(honest_dc09),
    "wrong-crc": lambda data, line: honest_dc09(data, line).replace(b"ACK", b"ACX"),
    "in-the-clear": lambda data, _line: dc09.reply(
        dc09.ACK, replace(dc09.parse(data), encrypted=False), None, clock_ms()
    ),
    "another-key": lambda data, _line: dc09.reply(dc09.ACK, dc09.parse(data), b"another key of16", clock_ms()),
    "another-number": lambda data, _line: dc09.reply(
        dc09.ACK, replace(dc09.parse(data), sequence=9_998), KEY, clock_ms()
    ),
    "empty-telegrams": lambda _data, _line: b"\n\r" * 100,
    "echo": lambda data, _line: data,
}

SOS = {
    **ANY,
    "half": _in_halves(honest_sos),
    "no-status": lambda _data, _line: sos_access.HEADER.encode() + b"<alarmresponse></alarmresponse>",
    "entities": lambda _data, _line: b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    "another-reference": lambda data, _line: sos_access.encode(
        sos_access.Response("alarm", 0, "OK", "somebody else's")
    ),
    "another-kind": lambda data, _line: sos_access.encode(sos_access.Response("new-authentication", 0, "OK")),
    "echo": lambda data, _line: data,
}

CASES = [("dc-09", name) for name in DC09] + [("sos-access", name) for name in SOS]


@pytest.mark.parametrize(("protocol", "name"), CASES)
def test_what_is_not_acknowledged_stays_and_goes_later(
    store: Store, receiver: Receiver, protocol: str, name: str
) -> None:
    receiver.answer = (DC09 if protocol == "dc-09" else SOS)[name]
    honest = honest_dc09 if protocol == "dc-09" else honest_sos
    town = Town(store)
    to = add_destination(store, _wish(protocol, receiver.port))
    site = town.site(to, "1234")
    town.signals(site, [(1130, 1), (3130, 1)])
    with forwarding(store):
        wait_until(lambda: receiver.heard >= 3)
        assert {state for _, state in states(store)} == {"waiting"}
        receiver.answer = receiver.recording(honest)
        wait_until(lambda: {state for _, state in states(store)} == {"sent"})
    assert _about(receiver, protocol) == [1130, 3130]


def test_a_receiver_with_another_clock_is_told_its_own_time(store: Store, receiver: Receiver) -> None:
    fast_ms = 5 * 60_000

    def strict(data: bytes, _line: socket.socket) -> bytes:
        frame, now_ms = dc09.parse(data, KEY), clock_ms() + fast_ms
        assert frame.time_ms is not None
        in_window = -40_000 <= frame.time_ms - now_ms <= 20_000
        return dc09.reply(dc09.ACK, frame, KEY, now_ms) if in_window else dc09.reply(dc09.NAK, None, None, now_ms)

    receiver.answer = strict
    town = Town(store)
    town.signal(town.site(add_destination(store, _wish("dc-09", receiver.port))))
    with forwarding(store):
        wait_until(lambda: [state for _, state in states(store)] == ["sent"])


def test_a_time_that_cannot_be_is_not_believed(store: Store, receiver: Receiver) -> None:
    receiver.answer = lambda _data, _line: dc09.reply(dc09.NAK, None, None, OLD_MS)
    town = Town(store)
    town.signal(town.site(add_destination(store, _wish("dc-09", receiver.port))))
    with forwarding(store):
        wait_until(lambda: receiver.heard >= 2)
        assert [state for _, state in states(store)] == ["waiting"]


def _wish(protocol: str, port: int) -> Wish:
    wish = DC09_WISH if protocol == "dc-09" else SOS_WISH
    return replace(wish, primary_address=f"127.0.0.1:{port}")


def _about(receiver: Receiver, protocol: str) -> list[int]:
    """The events that an honest receiver took, in their order."""
    found = []
    for data in receiver.taken:
        if protocol == "dc-09":
            frame = dc09.parse(data, KEY)
            found += [int(frame.data[6:10])] if frame.kind == dc09.ADM_CID else []
        else:
            request = sos_access.parse_request(data)
            if isinstance(request, sos_access.AlarmRequest):
                found.append(1130 if request.alarm_type == "AL" else 3130)
    return found


__all__ = ["receiver"]
