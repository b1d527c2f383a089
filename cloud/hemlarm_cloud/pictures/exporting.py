"""Handing pictures to the police: one archive with what is known of each and what proves it unchanged."""

import hashlib
import io
import json
import zipfile
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from hemlarm_cloud.actor import Actor
from hemlarm_cloud.errors import InvalidError, NotFoundError
from hemlarm_cloud.handling import log, seen
from hemlarm_cloud.pictures import rows, views
from hemlarm_cloud.pictures.holding import expect_supervisor
from hemlarm_cloud.sites import audit
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_sites import site, transmitter, zone_name
from hemlarm_cloud.store.transaction import Transaction

RECEIVER_MAX = 200
"""Characters of whom it goes to."""

ARCHIVE_BYTES_MAX = 60_000_000
"""Of pictures in one archive, which is made in memory."""

_ENDINGS = {"image/jpeg": "jpg", "image/png": "png"}


def export(
    tx: Transaction, actor: Actor, case_id: int, to: str, now_ms: int, chosen: Collection[int] | None = None
) -> bytes:
    """Return a ZIP archive of a case's pictures, all or those `chosen`, for `to`: whom, and under which reference.

    In it stand the pictures, `manifest.json` with when and where each was taken and its SHA-256, and `SHA256SUMS`,
    which `sha256sum --check` understands. Raises RefusedError for anyone but a supervisor, NotFoundError, InvalidError.
    """
    expect_supervisor(actor)
    to = to.strip()
    if not 0 < len(to) <= RECEIVER_MAX or not to.isprintable():
        raise InvalidError(f"name whom the pictures go to, and the reference, in at most {RECEIVER_MAX} characters")
    case = seen.expect_case(tx, actor, case_id)
    pictures = _chosen(tx, actor, case_id, chosen)
    contents = {picture.id: rows.content(tx, picture.id) for picture in pictures}
    zones = _zones(tx, case.site)
    listed = [_told(picture, contents[picture.id], zones) for picture in pictures]
    manifest = {
        "case": case_id,
        "site": tx.connection.scalar(select(site.c.name).where(site.c.id == case.site)),
        "handed_to": to,
        "handed_out_by": actor.name,
        "handed_out_at": _moment(now_ms),
        "pictures": listed,
    }
    detail = {"pictures": [picture.id for picture in pictures], "to": to}
    log.write(tx, case_id, case.site, actor.name, "picture-exported", detail, now_ms)
    hashes = {told["file"]: told["sha256"] for told in listed}
    audit.write(tx, actor, "export", f"pictures of case {case_id}", {"to": to, "sha256": hashes}, now_ms)
    files = {told["file"]: contents[picture.id] for told, picture in zip(listed, pictures, strict=True)}
    return _archive(manifest, files, now_ms)


def _chosen(reading: Queries, actor: Actor, case_id: int, chosen: Collection[int] | None) -> list[views.Picture]:
    there = {each.id: each for each in views.of_case(reading, actor, case_id) if each.complete}
    wanted = sorted(there if chosen is None else set(chosen))
    missing = [picture for picture in wanted if picture not in there]
    if missing or not wanted:
        raise NotFoundError(f"case {case_id} has no picture {missing[0]}" if missing else f"case {case_id} has none")
    if sum(there[picture].total for picture in wanted) > ARCHIVE_BYTES_MAX:
        raise InvalidError(f"more than {ARCHIVE_BYTES_MAX // 1_000_000} MB of pictures at once: choose fewer")
    return [there[picture] for picture in wanted]


def _zones(reading: Queries, site_id: int) -> dict[int, str]:
    table = zone_name
    query = select(table.c.zone, table.c.name).join(transmitter, transmitter.c.id == table.c.transmitter)
    found = reading.connection.execute(query.where(transmitter.c.site == site_id))
    return {row.zone: row.name for row in found}


def _told(picture: views.Picture, content: bytes, zones: dict[int, str]) -> dict[str, Any]:
    return {
        "file": f"picture-{picture.id}.{_ENDINGS[picture.media_type]}",
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        "taken_at": _moment(picture.at_ms),
        "camera_zone": picture.zone or None,
        "camera": zones.get(picture.zone, ""),
        "attached_by": picture.attached_by or None,
    }


def _moment(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds")


def _archive(manifest: dict[str, Any], files: dict[str, bytes], now_ms: int) -> bytes:
    told = json.dumps(manifest, indent=2, ensure_ascii=False).encode()
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items())
    when = datetime.fromtimestamp(now_ms / 1000, UTC).timetuple()[:6]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in {"manifest.json": told, "SHA256SUMS": sums.encode(), **files}.items():
            archive.writestr(zipfile.ZipInfo(name, when), content)
    return out.getvalue()
