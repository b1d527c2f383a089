"""Changing a panel's configuration from afar: who may, and what is sent. The panel decides, and says why it refuses."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Row, select

from hemlarm_cloud import scope
from hemlarm_cloud.actor import Actor
from hemlarm_cloud.errors import ConflictError, InvalidError, NotFoundError
from hemlarm_cloud.installer import walk
from hemlarm_cloud.installer.differences import EDITS_MAX
from hemlarm_cloud.sites import audit, authority
from hemlarm_cloud.store import Change
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema import configuration_change
from hemlarm_cloud.store.schema_sites import transmitter
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_protocol import cbor

ACTION = "change-settings"
LIFE_MS = 600_000
"""How long a change waits for a panel that is out of contact: while somebody stands beside it."""

_CHANGE_ID_BYTES = 8
_EDITS_BYTES_MAX = 700
_SHOWN_MAX = 20
_LABEL_PREFIX = "HL1:"


def panels(reading: Queries, actor: Actor, site_id: int) -> list[Row[Any]]:
    """Return a site's own panels, id and name. Raises NotFoundError for a site out of sight."""
    scope.expect_site(reading, actor, site_id)
    query = select(transmitter.c.id, transmitter.c.name).where(
        transmitter.c.site == site_id, transmitter.c.kind == "hemlarm", transmitter.c.ended_ms.is_(None)
    )
    return list(reading.connection.execute(query.order_by(transmitter.c.added_ms, transmitter.c.id)))


def expect_panel(reading: Queries, actor: Actor, site_id: int, panel: str) -> None:
    """Raise NotFoundError unless the panel is the site's, and the site in sight."""
    if panel not in [row.id for row in panels(reading, actor, site_id)]:
        raise NotFoundError(f"no panel {panel} at site {site_id}")


def send(
    tx: Transaction,
    actor: Actor,
    site_id: int,
    panel: str,
    edits: list[list[Any]],
    now_ms: int,
    random: Callable[[int], bytes],
) -> bytes:
    """Queue the first edits, as many as one change holds, and return the change's id.

    Raises NotFoundError, RefusedError for somebody without the authority, InvalidError where there is nothing to
    change, ConflictError while another change waits, or before the panel has told its configuration.
    """
    expect_panel(tx, actor, site_id, panel)
    authority.expect(tx, actor, site_id, ACTION, now_ms, _kinds(edits, walk.configuration_of(tx, panel)))
    if not edits:
        raise InvalidError("there is nothing to change: the panel has what the site file says")
    stored = tx.configuration(panel)
    if stored is None or stored.revision is None:
        raise ConflictError(f"panel {panel} has not told its configuration yet: wait until it has contact")
    if any(change.state in ("queued", "sent") for change in changes(tx, panel)):
        raise ConflictError(f"a change already waits for panel {panel}: wait for its answer")
    some = _as_many_as_fit(edits)
    change_id = random(_CHANGE_ID_BYTES)
    waits = now_ms + LIFE_MS
    tx.add_change(Change(change_id, panel, actor.name, 0, stored.revision, cbor.encode(some), now_ms, waits))
    told = [[section, number, sorted(fields) if fields is not None else None] for section, number, fields in some]
    audit.write(tx, actor, ACTION, f"panel {panel}", {"edits": told}, now_ms, site_id)
    return change_id


def changes(reading: Queries, panel: str) -> list[Row[Any]]:
    """Return the newest changes of a panel's configuration, newest first, without what they hold."""
    table = configuration_change
    shown = ("id", "requested_by", "created_ms", "expires_ms", "state", "status", "reason", "answered_ms")
    query = select(*(table.c[name] for name in shown)).where(table.c.panel == panel)
    return list(reading.connection.execute(query.order_by(table.c.created_ms.desc(), table.c.id).limit(_SHOWN_MAX)))


def enrolment(number: int, name: str, type_: str, area: int, sensor: str, label: str, home: bool) -> list[list[Any]]:
    """Return the edits that take a radio sensor in. `label` is what its label says: HL1:ID:KEY, in hexadecimal.

    Raises InvalidError for a label that is none.
    """
    radio, key = _label(label)
    fields: dict[str, Any] = {"type": type_, "area": area, "radio": radio, "key": key}
    fields |= {"name": name} if name else {}
    fields |= {"sensor": sensor} if sensor else {}
    fields |= {"home": True} if home else {}
    return [["zones", number, fields]]


def _kinds(edits: list[list[Any]], there: dict[str, Any]) -> tuple[str, ...]:
    """Return the kinds of alarm that edits touch: an installer needs the papers for each."""
    zones = {zone["number"]: zone.get("type") for zone in there.get("zones", [])}
    types = [(zones.get(number), (fields or {}).get("type")) for section, number, fields in edits if section == "zones"]
    found = {authority.BURGLARY}
    if any("fire" in each or "co" in each for each in types):
        found.add(authority.FIRE)
    if any("hold_up" in each for each in types):
        found.add(authority.HOLD_UP)
    return tuple(sorted(found))


def _label(label: str) -> tuple[bytes, bytes]:
    said = "the label reads HL1:, 8 hexadecimal digits, a colon and 32 more; scan it again or type it as it stands"
    parts = label.strip().upper().removeprefix(_LABEL_PREFIX).split(":")
    try:
        radio, key = (bytes.fromhex(part) for part in parts)
    except ValueError:
        raise InvalidError(said) from None
    if (len(radio), len(key)) != (4, 16):
        raise InvalidError(said)
    return radio, key


def _as_many_as_fit(edits: list[list[Any]]) -> list[list[Any]]:
    """Return the edits that go in one change: by number, and by the bytes that one message holds."""
    some = edits[:EDITS_MAX]
    try:
        while len(some) > 1 and len(cbor.encode(some)) > _EDITS_BYTES_MAX:
            some = some[:-1]
        size = len(cbor.encode(some))
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidError(
            f"a value that no panel knows is in there ({error}): numbers are whole, times in seconds"
        ) from None
    if size > _EDITS_BYTES_MAX:
        raise InvalidError("one thing changes in too many ways for one message: change it in two steps")
    return some
