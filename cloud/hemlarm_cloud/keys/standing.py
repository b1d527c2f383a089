"""Where a panel's keys stand, for those who look after them."""

from typing import Any

from sqlalchemy import Row

from hemlarm_cloud.errors import NotFoundError
from hemlarm_cloud.keys import moves, renewal, rotation
from hemlarm_cloud.store.queries import Queries


def keys_standing(reading: Queries, panel: str) -> dict[str, Any]:
    """Where a panel's keys stand, without the keys. Raises NotFoundError for one that is not there."""
    known = reading.panel(panel)
    if known is None:
        raise NotFoundError(f"no panel {panel} here; `hemlarm cloud panel list` shows them all")
    rekey, certificate, moving = (
        rotation.latest(reading, panel),
        renewal.find(reading, panel),
        moves.waits(reading, panel),
    )
    return {
        "panel": panel,
        "provisioned_ms": known.provisioned_ms,
        "revoked_ms": known.revoked_ms,
        "certificate": known.certificate_serial,
        "certificate_ends_ms": certificate.ends_ms if certificate else None,
        "renewal": _renewal(certificate),
        "rekey": rekey.state if rekey else None,
        "rekey_asked_ms": rekey.asked_ms if rekey else None,
        "rekey_changed_ms": rekey.changed_ms if rekey else None,
        "reset_wanted": moving is not None,
    }


def _renewal(row: Row[Any] | None) -> str | None:
    if row is None:
        return None
    if row.document is not None:
        return "offered"
    return "failed" if row.failed_ms is not None else ("done" if row.offer is not None else None)
