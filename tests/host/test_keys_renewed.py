"""Certificates are renewed over the sealed channel long before they end, and one that ended silences no alarm."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy import update

from hemlarm_cloud.authority import PANEL_LIFE, Authority, Role, identify
from hemlarm_cloud.keys import ending, renewal
from hemlarm_cloud.sites import audit
from hemlarm_cloud.store import schema
from hemlarm_cloud.store.schema_keys import panel_certificate
from hemlarm_cloud.vault import Vault
from hemlarm_protocol import cbor, messages, upkeep
from ingest_support import BEGAN_MS, BURGLARY, Bench
from registered_site import MONITOR, SUPERVISOR

ISSUED = datetime.fromtimestamp(BEGAN_MS / 1000, UTC)
DUE_MS = BEGAN_MS + PANEL_LIFE // timedelta(milliseconds=1) - renewal.RENEW_BEFORE_MS


class Parts(NamedTuple):
    vault: Vault
    authority: Authority


class Installation:
    """A bench whose panel's certificate is in the ledger of an authority; `step` is the step of case work."""

    def __init__(self, folder: Path) -> None:
        self.bench = Bench()
        self.parts = Parts(self.bench.vault, Authority.create(folder / "authority", ISSUED))
        self.panel = self.bench.panel.id
        self.parts.authority.issue_panel(self.panel, ISSUED)
        self.serial = f"{self.parts.authority.issued()[-1].serial:x}"
        with self.bench.store.begin() as tx:
            tx.connection.execute(update(schema.panel).values(certificate_serial=self.serial))

    def step(self, now_ms: int) -> int | None:
        return renewal.step(self.parts, lambda count: b"\x07" * count, self.bench.store, now_ms)

    def row(self) -> Any:
        with self.bench.store.read() as reading:
            return renewal.find(reading, self.panel)

    def told(self) -> list[Any]:
        """What the panel was told of its upkeep."""
        return [fact[1] for fact in self.bench.panel.happened if fact[0] == "upkeep"]

    def pump(self) -> None:
        self.bench.pass_time(1_000)
        self.bench.down([frame for _, frame in self.bench.core.pump(self.bench.now_ms)])
        self.bench.settle()

    def take_all(self) -> bytes:
        """Take piece after piece as the panel does, and return them together."""
        got = b""
        while True:
            before = len(self.told())
            self.pump()
            for piece in self.told()[before:]:
                assert piece.offset == len(got)
                got += piece.data
                self.bench.panel.end.tell(upkeep.CredentialState(piece.id, len(got)))
                self.bench.settle()
            if got and len(got) == piece.total:
                return got


@pytest.fixture(name="there")
def _there(tmp_path: Path) -> Installation:
    return Installation(tmp_path)


def test_a_certificate_is_renewed_two_years_before_it_ends_and_not_earlier(there: Installation) -> None:
    there.step(DUE_MS - 1_000)
    assert there.row().document is None
    there.step(DUE_MS)
    assert there.row().document is not None
    assert len(there.parts.authority.issued()) == 2


def test_the_panel_gets_it_in_pieces_and_then_it_is_the_panels(there: Installation) -> None:
    there.bench.connect()
    there.step(DUE_MS)
    document: Any = cbor.decode(there.take_all())
    identity = identify(document["certificate"], there.parts.authority.certificate)
    assert (identity.role, identity.name) == (Role.PANEL, there.panel)
    assert all(len(piece.data) <= messages.CONFIG_BYTES_MAX for piece in there.told())
    row, issued = there.row(), there.parts.authority.issued()[-1]
    assert (row.serial, row.document) == (f"{issued.serial:x}", None)
    with there.bench.store.read() as reading:
        panel = reading.panel(there.panel)
    assert panel is not None
    assert panel.certificate_serial == row.serial
    there.step(DUE_MS + renewal.DAY_MS)
    assert there.row().document is None


def test_a_panel_that_loses_what_it_had_is_given_it_from_the_beginning(there: Installation) -> None:
    there.bench.connect()
    there.step(DUE_MS)
    there.pump()
    (piece,) = there.told()
    there.bench.panel.end.tell(upkeep.CredentialState(piece.id, len(piece.data) // 2))
    there.bench.settle()
    there.pump()
    assert there.told()[-1].offset == len(piece.data) // 2
    there.bench.panel.end.tell(upkeep.CredentialState(piece.id, 0))
    there.bench.settle()
    there.bench.pass_time(30_000)
    there.pump()
    assert there.told()[-1].offset == 0


def test_a_panel_that_goes_back_to_its_former_one_is_noticed_and_left_alone_for_a_week(there: Installation) -> None:
    there.bench.connect()
    there.step(DUE_MS)
    there.take_all()
    there.bench.panel.end.tell(upkeep.CredentialState(there.row().offer, 0))
    there.bench.settle()
    assert there.row().serial == there.serial
    with there.bench.store.read() as reading:
        (alert,) = reading.alerts(there.panel)
    assert "did not let it in" in alert.detail
    failed_ms = there.row().failed_ms
    there.step(failed_ms + renewal.AGAIN_MS - 1)
    assert there.row().document is None
    there.step(max(DUE_MS, failed_ms + renewal.AGAIN_MS))
    assert there.row().document is not None


def test_one_that_nobody_takes_is_given_up_after_a_month_and_told(there: Installation) -> None:
    there.step(DUE_MS)
    there.step(DUE_MS + renewal.OFFER_LIFE_MS)
    with there.bench.store.read() as reading:
        (alert,) = reading.alerts(there.panel)
        told = [entry["action"] for entry in audit.entries(reading, SUPERVISOR)]
    assert there.row().document is None
    assert (alert.kind, "within 30 days" in alert.detail) == ("certificate", True)
    assert told == ["renewal-failed"]


def test_a_certificate_that_ended_keeps_no_sealed_alarm_from_the_centre_by_sms(there: Installation) -> None:
    there.bench.connect()
    with there.bench.store.begin() as tx:
        row = {"panel": there.panel, "serial": there.serial, "ends_ms": BEGAN_MS - 1}
        tx.connection.execute(panel_certificate.insert(), row)
    there.bench.panel.end.disconnected()
    there.bench.panel.record(BURGLARY)
    record = there.bench.panel.recorder.take()
    there.bench.core.receive_sms(there.panel, record.kid + record.sealed, there.bench.now_ms)
    there.bench.core.commit(there.bench.now_ms)
    assert [event.qcode for event in there.bench.stored()] == [BURGLARY]


def test_a_revoked_panels_sms_is_refused_within_a_minute_and_nothing_waits_for_it(there: Installation) -> None:
    there.bench.connect()
    there.step(DUE_MS)
    with there.bench.store.begin() as tx:
        ending.revoke(tx, SUPERVISOR, there.panel, there.bench.now_ms)
    there.bench.pass_time(20_000)
    there.bench.panel.end.disconnected()
    there.bench.panel.record(BURGLARY)
    record = there.bench.panel.recorder.take()
    there.bench.core.receive_sms(there.panel, record.kid + record.sealed, there.bench.now_ms)
    there.bench.core.commit(there.bench.now_ms)
    assert there.bench.stored() == []
    assert there.bench.core.refusal_counts()["unknown or revoked panel"] == 1
    assert there.row().document is None


def test_who_is_no_supervisor_ends_no_key(there: Installation) -> None:
    with there.bench.store.begin() as tx, pytest.raises(Exception, match="for supervisors"):
        ending.revoke(tx, MONITOR, there.panel, there.bench.now_ms)
