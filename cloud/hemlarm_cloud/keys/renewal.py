"""Renewing the certificates of panels, over the sealed channel and long before they end.

A panel's certificate is for the broker alone: its events are sealed under its root key whatever becomes of it. The new
key pair is made here, since stock firmware cannot make one, and waits under the vault's master key until the panel has
it. The panel tries it at once, and goes back to the former where the broker does not let it in.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Protocol

from cryptography import x509
from sqlalchemy import Row, insert, select, update

from hemlarm_cloud.actor import SYSTEM, Actor
from hemlarm_cloud.authority import Authority, Credentials
from hemlarm_cloud.errors import ConflictError
from hemlarm_cloud.keys import rotation
from hemlarm_cloud.sites import audit, changes
from hemlarm_cloud.store import Store, schema
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_keys import panel_certificate
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_cloud.vault import Vault
from hemlarm_protocol import cbor

DAY_MS = 86_400_000

RENEW_BEFORE_MS = 2 * 365 * DAY_MS
"""How long before its end a certificate is renewed: time enough for a panel that stands unplugged for a year."""

OFFER_LIFE_MS = 30 * DAY_MS
AGAIN_MS = 7 * DAY_MS
"""After a renewal that failed: the reason is one for people, who are told."""

WARN_BEFORE_MS = 90 * DAY_MS
"""From here on each failure says when the panel will be shut out."""

LOOK_MS = 3_600_000
AT_ONCE = 100
"""Panels in one turn: issuing a certificate takes half a millisecond, and the ledger is synced to disk for each."""

PURPOSE = "certificate"
"""What a new certificate with its key is sealed for; its owner is the panel."""


class Parts(Protocol):
    """What of an installation a renewal takes."""

    @property
    def vault(self) -> Vault:
        """Seals what waits."""

    @property
    def authority(self) -> Authority:
        """Issues it."""


def step(parts: Parts, random: Callable[[int], bytes], store: Store, now_ms: int) -> int | None:
    """Renew what ends soon, and give up what no panel took. As the steps of `cases/steps.py`."""
    with store.begin() as tx:
        rotation.expire(tx, now_ms)
        _give_up(tx, now_ms)
        noted = _note_unknown(tx, parts.authority)
        due = _due(tx, now_ms)
        for panel in due:
            _offer(tx, parts, panel, random, now_ms)
    return now_ms if max(noted, len(due)) == AT_ONCE else now_ms + LOOK_MS


def renew(
    tx: Transaction, parts: Parts, actor: Actor, panel: str, random: Callable[[int], bytes], now_ms: int
) -> bytes:
    """Offer a panel a new certificate now, and return the offer's id. By supervisors.

    Raises RefusedError, NotFoundError, ConflictError, AuthorityError.
    """
    changes.expect_supervisor(actor, "renewing a panel's certificate")
    rotation.expect_living(tx, panel)
    row = find(tx, panel)
    if row is not None and row.document is not None:
        raise ConflictError(f"panel {panel} is being given a new certificate; it takes it when it is connected")
    if row is None:
        _note(tx, panel, _ends_ms(parts.authority))
    offer = _offer(tx, parts, panel, random, now_ms)
    audit.write(
        tx, actor, "renew-certificate", f"panel {panel}", {"id": offer.hex()}, now_ms, site=rotation.site_of(tx, panel)
    )
    return offer


def find(reading: Queries, panel: str) -> Row[Any] | None:
    """Return what is known of a panel's certificate, or None before anybody has looked."""
    return reading.connection.execute(select(panel_certificate).where(panel_certificate.c.panel == panel)).one_or_none()


def told(tx: Transaction, panel: str, offer: bytes, got: int, total: int, now_ms: int) -> None:
    """The panel has so many bytes of what it was offered. All: it uses them. None of what it had used: it went back."""
    row = find(tx, panel)
    if row is None or row.offer != offer:
        return
    if row.document is not None and got == total:
        _swap(tx, row, {"document": None, "failed_ms": None})
    elif row.document is None and got == 0 and row.failed_ms is None:
        _swap(tx, row, {"failed_ms": now_ms})
        why = "the broker did not let it in with its new certificate, and it uses the former one again"
        _complain(tx, panel, why, row.other_ends_ms, now_ms)


def _swap(tx: Transaction, row: Row[Any], values: dict[str, Any]) -> None:
    used = {"serial": row.other_serial, "ends_ms": row.other_ends_ms}
    other = {"other_serial": row.serial, "other_ends_ms": row.ends_ms}
    table = panel_certificate
    tx.connection.execute(update(table).where(table.c.panel == row.panel).values(**used, **other, **values))
    change = update(schema.panel).where(schema.panel.c.id == row.panel)
    tx.connection.execute(change.values(certificate_serial=row.other_serial))


def _note_unknown(tx: Transaction, authority: Authority) -> int:
    """Note when the certificates end of panels that nobody has looked at; returns of how many."""
    known = panel_certificate
    joined = schema.panel.outerjoin(known, known.c.panel == schema.panel.c.id)
    query = select(schema.panel.c.id).select_from(joined)
    query = query.where(known.c.panel.is_(None), schema.panel.c.revoked_ms.is_(None)).limit(AT_ONCE)
    found = tx.connection.scalars(query).all()
    ends_ms = _ends_ms(authority) if found else {}
    for panel in found:
        _note(tx, panel, ends_ms)
    return len(found)


def _note(tx: Transaction, panel: str, ends_ms: dict[str, int]) -> None:
    """One that is not in the ledger has ended, as far as anybody can tell: then a new one is due."""
    serial: str = tx.connection.execute(
        select(schema.panel.c.certificate_serial).where(schema.panel.c.id == panel)
    ).scalar_one()
    row = {"panel": panel, "serial": serial, "ends_ms": ends_ms.get(serial, 0)}
    tx.connection.execute(insert(panel_certificate), row)


def _ends_ms(authority: Authority) -> dict[str, int]:
    return {f"{each.serial:x}": round(each.not_after.timestamp() * 1000) for each in authority.issued()}


def _due(tx: Transaction, now_ms: int) -> list[str]:
    table = panel_certificate
    query = select(table.c.panel).join(schema.panel, schema.panel.c.id == table.c.panel)
    query = query.where(table.c.ends_ms <= now_ms + RENEW_BEFORE_MS, schema.panel.c.revoked_ms.is_(None))
    query = query.where(table.c.document.is_(None))
    query = query.where(table.c.failed_ms.is_(None) | (table.c.failed_ms <= now_ms - AGAIN_MS))
    return list(tx.connection.scalars(query.order_by(table.c.ends_ms, table.c.panel).limit(AT_ONCE)))


def _offer(tx: Transaction, parts: Parts, panel: str, random: Callable[[int], bytes], now_ms: int) -> bytes:
    issued = parts.authority.issue_panel(panel, datetime.fromtimestamp(now_ms / 1000, UTC))
    offer = random(rotation.ID_BYTES)
    new = {
        "offer": offer,
        "other_serial": f"{_parsed(issued).serial_number:x}",
        "other_ends_ms": round(_parsed(issued).not_valid_after_utc.timestamp() * 1000),
        "document": parts.vault.seal(PURPOSE, panel, document(issued)),
        "offered_ms": now_ms,
        "failed_ms": None,
    }
    table = panel_certificate
    tx.connection.execute(update(table).where(table.c.panel == panel).values(**new))
    return offer


def document(issued: Credentials) -> bytes:
    """Return what the panel is sent of new credentials: the CBOR of a map, see `upkeep.Credential`."""
    return cbor.encode({"certificate": issued.certificate, "key": issued.key})


def _parsed(issued: Credentials) -> x509.Certificate:
    return x509.load_der_x509_certificate(issued.certificate)


def _give_up(tx: Transaction, now_ms: int) -> None:
    table = panel_certificate
    late = (table.c.document.is_not(None), table.c.offered_ms <= now_ms - OFFER_LIFE_MS)
    for row in tx.connection.execute(select(table).where(*late).limit(AT_ONCE)).all():
        change = update(table).where(table.c.panel == row.panel)
        tx.connection.execute(change.values(document=None, offer=None, failed_ms=now_ms))
        _complain(tx, row.panel, "it did not take its new certificate within 30 days", row.ends_ms, now_ms)


def _complain(tx: Transaction, panel: str, why: str, ends_ms: int, now_ms: int) -> None:
    day = datetime.fromtimestamp(ends_ms / 1000, UTC).date()
    shut = f"; on {day} the broker shuts it out" if ends_ms - now_ms <= WARN_BEFORE_MS else f" until {day}"
    tx.add_alert(panel, "certificate", why + shut, now_ms)
    audit.write(tx, SYSTEM, "renewal-failed", f"panel {panel}", {"why": why}, now_ms, site=rotation.site_of(tx, panel))
