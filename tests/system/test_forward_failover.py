"""Forwarding to our own SOS Access receivers: failover and back, a new password at first, TLS with its certificate."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

import databases
from forward_running import clock_ms, forwarding, wait_until
from forward_support import PASSWORD, SOS_WISH, VAULT, Town, add_destination, states
from hemlarm_cloud.authority import Authority
from hemlarm_cloud.forward import keeping
from hemlarm_cloud.receive.accounts import AccountSettings
from hemlarm_cloud.receive.limits import Limits
from hemlarm_cloud.receive.service import ReceiveService
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_cases import alarm_case
from hemlarm_cloud.store.schema_centre import destination
from hemlarm_cloud.trade.sos_access import AlarmRequest, parse_request
from receive_support import Listening, add_account, events, found, receiving

THEIRS = "sos:HEM1"
LIMITS = Limits(per_second=10_000, burst=10_000)


@pytest.fixture
def partner(tmp_path: Path) -> Iterator[Store]:
    """The other centre's store, which knows us as one transmitter."""
    store = Store.open(databases.new_url("sqlite", tmp_path))
    add_account(store, THEIRS, PASSWORD.encode(), 180, AccountSettings("HEM"))
    yield store
    store.close()


@contextmanager
def receiver(partner: Store, port: int = 0) -> Iterator[ReceiveService]:
    settings = Listening(sos_access_listen=("127.0.0.1", port), dc09_listen=None)
    with receiving(partner, settings, clock_ms, LIMITS) as service:
        yield service


def sos_port(service: ReceiveService) -> int:
    return service.ports["sos-access"]


def zones(partner: Store) -> list[int]:
    return [event.zone for event in events(partner)]


def test_what_one_receiver_cannot_take_the_other_does_and_nothing_comes_twice(store: Store, partner: Store) -> None:
    town = Town(store)
    with receiver(partner) as second, ExitStack() as until_it_stops:
        first = until_it_stops.enter_context(receiver(partner))
        wish = replace(
            SOS_WISH,
            primary_address=f"127.0.0.1:{sos_port(first)}",
            secondary_address=f"127.0.0.1:{sos_port(second)}",
            level_s=180,
            settings=replace(SOS_WISH.settings, renew=True),
        )
        to = add_destination(store, wish)
        site = town.site(to, "A1")
        with forwarding(store):
            town.signals(site, [(1130, zone) for zone in range(1, 51)])
            wait_until(lambda: len(zones(partner)) >= 20)
            until_it_stops.close()
            town.signals(site, [(1130, zone) for zone in range(51, 101)])
            wait_until(lambda: {state for _, state in states(store)} == {"sent"})
    assert zones(partner) == list(range(1, 101))
    with store.read() as reading:
        assert reading.connection.scalars(select(alarm_case.c.id)).all() == []
    with_new, without = keeping.secrets(store, VAULT, to)
    assert with_new != PASSWORD.encode()
    assert without is None
    assert found(partner, THEIRS).secret == with_new
    with store.read() as reading:
        assert json.loads(reading.connection.scalars(select(destination.c.settings)).one())["renew"] is False


def test_what_waited_goes_when_the_receiver_is_back(store: Store, partner: Store) -> None:
    town = Town(store)
    with receiver(partner) as service:
        port = sos_port(service)
    to = add_destination(store, replace(SOS_WISH, primary_address=f"127.0.0.1:{port}"))
    site = town.site(to, "A1")
    ids = town.signals(site, [(1110, 3), (3110, 3)])
    with forwarding(store):
        wait_until(lambda: states(store) == [(ids[0], "waiting"), (ids[1], "waiting")])
        with receiver(partner, port):
            wait_until(lambda: {state for _, state in states(store)} == {"sent"})
    requests = [parse_request(bytes(event.telegram)) for event in events(partner)]
    alarms = [request for request in requests if isinstance(request, AlarmRequest)]
    told = [(one.event_code, one.alarm_type, one.transmitter_area, one.detector) for one in alarms]
    assert told == [("FA", "AL", "A1", "3"), ("FA", "RE", "A1", "3")]
    assert [event.qcode for event in events(partner)] == [1110, 3110]


@pytest.mark.parametrize("is_known", [True, False])
def test_over_tls_only_a_receiver_with_a_good_certificate_is_told(
    store: Store, partner: Store, tmp_path: Path, is_known: bool, caplog: pytest.LogCaptureFixture
) -> None:
    authority = Authority.create(tmp_path / "theirs", datetime.now(UTC))
    other = Authority.create(tmp_path / "other", datetime.now(UTC))
    papers = authority.issue_server("server-centre", ["localhost", "127.0.0.1"], datetime.now(UTC))
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    certificate.write_bytes(papers.certificate_pem)
    key.write_bytes(papers.key_pem)
    listening = Listening(None, ("127.0.0.1", 0), certificate, key, None)
    trusted = (authority if is_known else other).certificate_pem.decode()
    town = Town(store)
    with receiving(partner, listening, clock_ms, LIMITS) as service:
        settings = replace(SOS_WISH.settings, tls=True, authority=trusted)
        address = f"localhost:{service.ports['sos-access-tls']}"
        to = add_destination(store, replace(SOS_WISH, primary_address=address, settings=settings))
        town.signal(town.site(to, "A1"))
        with forwarding(store):
            if is_known:
                wait_until(lambda: [state for _, state in states(store)] == ["sent"])
            else:
                wait_until(lambda: "its certificate is not accepted" in caplog.text)
                assert [state for _, state in states(store)] == ["waiting"]
    assert len(events(partner)) == is_known
