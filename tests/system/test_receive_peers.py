"""Transmitters that nobody here wrote report to our receivers: the `sos-access` client and the `dc09-spt` dialler."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from hemlarm_cloud.receive.service import ReceiveService
from hemlarm_cloud.store import Store
from receive_support import (
    ACCOUNT,
    CODE,
    DC09,
    KEY,
    PASSWORD,
    SOS,
    Listening,
    add_account,
    events,
    found,
    real_ms,
    receiving,
)
from tls_files import write_certificate

HERE = Path(__file__).parent
PEERS = Path(sys.executable).parents[1] / "peers"
PLAIN = "dc09:5678"
LIMIT_S = 60


@pytest.fixture(params=[False, True], ids=["plain", "tls"])
def tls(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[Store]:
    """For what does not hang on the kind of database."""
    opened = Store.open(f"sqlite:///{tmp_path / 'store.db'}")
    yield opened
    opened.close()


@pytest.fixture
def service(sqlite_store: Store, tmp_path: Path) -> Iterator[ReceiveService]:
    with serving(sqlite_store, tmp_path) as service:
        yield service


@contextmanager
def serving(store: Store, folder: Path) -> Iterator[ReceiveService]:
    """A receiver that knows a transmitter of each kind."""
    add_account(store)
    add_account(store, DC09, KEY)
    add_account(store, PLAIN, None)
    certificate, key = write_certificate(folder)
    listening = Listening(
        sos_access_tls_listen=("127.0.0.1", 0), sos_access_certificate=certificate, sos_access_key=key
    )
    with receiving(store, listening, real_ms) as service:
        yield service


def peer(program: str, **wanted: Any) -> Any:
    """Run a peer in its own process, with its own packages; returns what it tells."""
    words = [sys.executable, str(HERE / program), json.dumps(wanted)]
    done = subprocess.run(
        words, env=os.environ | {"PYTHONPATH": str(PEERS)}, capture_output=True, text=True, timeout=LIMIT_S, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def sos_access(service: ReceiveService, tls: bool, *steps: tuple[str, str | None, dict[str, Any]], **more: Any) -> Any:
    port = service.ports["sos-access-tls" if tls else "sos-access"]
    wanted = {"port": port, "tls": tls, "code": CODE, "password": PASSWORD} | more
    return peer("peer_sos_access.py", steps=steps, **wanted)


def dialled(service: ReceiveService, account: str, *messages: tuple[str, dict[str, Any]], **more: Any) -> Any:
    return peer("peer_dc09_spt.py", port=service.ports["dc-09"], account=account, messages=messages, **more)


def test_the_sos_access_client_sends_alarms_restores_and_pings(store: Store, tmp_path: Path, tls: bool) -> None:
    fields = {"reference": "r7", "section": "1", "detector": "7", "detector_text": "kök", "transmitter_area": "2"}
    before_ms = real_ms()
    steps: list[tuple[str, str | None, dict[str, Any]]] = [
        ("alarm", "FA", fields | {"additional_info": {"rök": "ja"}}),
        ("restore", "FA", {}),
        ("ping", None, {"reference": "p1"}),
    ]
    with serving(store, tmp_path) as service:
        said = sos_access(service, tls, *steps)
    assert [(each["status"], each["reference"]) for each in said] == [(0, "r7"), (0, None), (0, "p1")]
    arrived = datetime.fromisoformat(said[0]["arrived"]).replace(tzinfo=ZoneInfo("Europe/Stockholm"))
    assert before_ms <= arrived.timestamp() * 1_000 <= real_ms()
    alarm, restore = events(store)
    assert (alarm.qcode, alarm.area, alarm.zone, alarm.text) == (1110, 2, 7, "kök, rök: ja")
    assert (restore.qcode, restore.text) == (3110, "")
    assert found(store, SOS).heard_ms is not None


def test_the_sos_access_client_renews_its_password(service: ReceiveService, sqlite_store: Store, tls: bool) -> None:
    said = sos_access(service, tls, ("renew", None, {}), ("alarm", "BA", {}), ("ping", None, {}))
    assert [each["status"] for each in said] == [0, 0, 0]
    assert [event.qcode for event in events(sqlite_store)] == [1130]
    new = said[0]["new"]
    old = sos_access(service, tls, ("alarm", "FA", {}))
    assert old == [{"error": "NotAuthorized"}]
    again = sos_access(service, tls, ("alarm", "FA", {}), ("renew", None, {}), ("ping", None, {}), password=new)
    assert [each["status"] for each in again] == [0, 0, 0]


def test_the_sos_access_client_understands_what_it_is_refused(service: ReceiveService, sqlite_store: Store) -> None:
    said = sos_access(
        service,
        False,
        ("alarm", "BA", {"reference": "r1"}),
        ("alarm", "BA", {"reference": "r1"}),
        *[("ping", None, {})] * 4,
    )
    assert [each.get("error") for each in said] == [None, "DuplicateAlarm", None, None, None, "PingToOften"]
    assert len(events(sqlite_store)) == 1


def test_the_sos_access_client_goes_to_its_other_receiver(
    service: ReceiveService, sqlite_store: Store, tmp_path: Path
) -> None:
    """The first one is told that nothing could be stored, for its store holds no tables any more."""
    broken = Store.open(f"sqlite:///{tmp_path / 'broken.db'}")
    with broken.begin() as tx:
        tx.connection.exec_driver_sql("DROP TABLE foreign_account")
    with receiving(broken, clock_ms=real_ms) as first:
        ports = {"port": first.ports["sos-access"], "secondary": service.ports["sos-access"]}
        said = sos_access(service, False, ("alarm", "BA", {}), **ports)
        assert first.cores["sos-access"].counts == {"not stored": 1}
    broken.close()
    assert [each.get("status") for each in said] == [0]
    assert len(events(sqlite_store)) == 1


@pytest.mark.parametrize("transport", ["tcp", "udp"])
@pytest.mark.parametrize(("transmitter", "key"), [(PLAIN, b""), (DC09, KEY)], ids=["plain", "encrypted"])
def test_the_dialler_polls_and_sends_both_forms(
    service: ReceiveService, sqlite_store: Store, transport: str, transmitter: str, key: bytes
) -> None:
    said = dialled(
        service,
        transmitter.removeprefix("dc09:"),
        ("ADM-CID", {"code": 130, "zone": 5, "area": 1}),
        ("ADM-CID", {"code": 401, "q": 3, "user": 4, "area": 1}),
        ("SIA-DCS", {"code": "FA", "zone": 3, "area": 2, "text": "rokdetektor"}),
        key=key.hex(),
        type=transport,
        polls=2,
    )
    assert said == {"polled": [True, True], "left": 0}
    told = [(event.transmitter, event.qcode, event.area, event.zone, event.user) for event in events(sqlite_store)]
    assert told == [
        (transmitter, 1130, 1, 5, 0),
        (transmitter, 3401, 1, 0, 4),
        (transmitter, 1110, 2, 3, 0),
    ]
    assert events(sqlite_store)[2].text == "rokdetektor"
    assert service.cores["dc-09"].counts == {"event": 3, "heartbeat": 2}


def test_the_dialler_counts_in_hexadecimal_and_is_understood(service: ReceiveService, sqlite_store: Store) -> None:
    messages = [("ADM-CID", {"code": 130, "zone": zone, "area": 1}) for zone in range(1, 12)]
    assert dialled(service, ACCOUNT, *messages, key=KEY.hex())["left"] == 0
    assert [event.zone for event in events(sqlite_store)] == list(range(1, 12))
    assert b'"ADM-CID"000B' in events(sqlite_store)[-1].telegram


def test_the_dialler_with_another_key_is_not_acknowledged(service: ReceiveService, sqlite_store: Store) -> None:
    said = dialled(service, ACCOUNT, polls=1, key=bytes(16).hex())
    assert said["polled"] == [False]
    assert events(sqlite_store) == []
    assert service.cores["dc-09"].counts["not understood"] == 1


def test_the_dialler_sets_its_clock_by_what_it_is_refused_with(service: ReceiveService, sqlite_store: Store) -> None:
    """An hour off it is refused, and sends the same again by the time that the refusal told."""
    dialled(service, ACCOUNT, ("ADM-CID", {"code": 110, "zone": 5, "area": 1}), key=KEY.hex(), offset=-3_600)
    (event,) = events(sqlite_store)
    assert abs(event.happened_ms - event.received_ms) < 20_000
    assert service.cores["dc-09"].counts["outside the window"] == 1
