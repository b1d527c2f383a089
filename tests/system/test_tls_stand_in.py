"""The stand-in for TLS in virtual time has the bytes and round trips that real firmware and real broker exchange."""

import socket
from pathlib import Path

import pytest

from hemlarm_simulator import real_house
from hemlarm_simulator.description import load_house
from hemlarm_simulator.launch import ForkServer
from hemlarm_simulator.real_cloud import RealCloud
from hemlarm_simulator.relay import Relay
from hemlarm_simulator.virtual.tls_stand_in import HANDSHAKE, RECORD

SIGNATURES_VARY = 8
"""A flight has up to three ECDSA signatures, each of which may be two bytes shorter or longer; certificates' too."""

APPLICATION_DATA = 0x17
WAIT_MS = 10_000


class CountingRelay(Relay):
    """Notes what went through it, in order: up or down, and the bytes."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host, port)
        self.seen: list[tuple[bool, bytes]] = []
        RELAYS.append(self)

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        up = target.getpeername() == self._target

        class Noting:
            def recv(self, count: int) -> bytes:
                data = source.recv(count)
                seen.append((up, data))
                return data

        seen = self.seen
        noting = Noting()
        for name in ("shutdown", "close"):
            setattr(noting, name, getattr(source, name))
        super()._carry(noting, target)  # type: ignore[arg-type]


RELAYS: list[CountingRelay] = []


def _records(data: bytes) -> list[tuple[int, int]]:
    """Type and length of each record, header included."""
    found = []
    while data:
        length = 5 + int.from_bytes(data[3:5], "big")
        found.append((data[0], length))
        data = data[length:]
    return found


def _flights(seen: list[tuple[bool, bytes]]) -> list[int]:
    """Bytes in each direction in turn, the panel first, up to the first application data."""
    flights: list[int] = []
    last = False
    for up, data in seen:
        if data[0] == APPLICATION_DATA:
            break
        if up != last:
            flights.append(0)
        last = up
        flights[-1] += len(data)
    return flights


def test_the_stand_in_is_as_long_as_the_real_handshake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(real_house, "Relay", CountingRelay)
    RELAYS.clear()
    with (
        ForkServer() as server,
        RealCloud(tmp_path) as cloud,
        real_house.house_of(cloud, server, load_house("villa")) as world,
    ):
        assert world.wait_for(lambda: bool(world.cloud.events()), WAIT_MS)
    seen = RELAYS[0].seen
    flights = _flights(seen)
    assert len(flights) == len(HANDSHAKE)
    assert all(abs(real - ours) <= SIGNATURES_VARY for real, ours in zip(flights, HANDSHAKE, strict=True)), flights
    up = b"".join(data for went_up, data in seen if went_up)
    connect = next(length for kind, length in _records(up) if kind == APPLICATION_DATA)
    mqtt_connect = 2 + 10 + 2 + len(world.panel.id)
    assert connect == mqtt_connect + RECORD
