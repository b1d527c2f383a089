"""What time brings to releases: the step of case work that judges, stops, opens ring after ring, and offers."""

from typing import Any

from sqlalchemy import Row, select, update

from hemlarm_cloud.actor import SYSTEM
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema import panel
from hemlarm_cloud.store.schema_updates import firmware_image, release, release_panel
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_cloud.updates import health, offering, releases, rings, telling
from hemlarm_cloud.updates.rings import Tally

LOOK_MS = 2_000
"""How often a release that goes on is looked at."""

_NAMED_MAX = 10
"""Panels that the reason of a stop names."""


def step(store: Store, now_ms: int) -> int | None:
    """Move the releases that run on; returns when to look again, or None while there is none."""
    with store.read() as reading:
        running = select(release.c.id).where(release.c.state == releases.RUNNING).order_by(release.c.id)
        found = reading.connection.scalars(running).all()
    for release_id in found:
        with store.begin() as tx:
            advance(tx, release_id, now_ms)
    return now_ms + LOOK_MS if found else None


def advance(tx: Transaction, release_id: int, now_ms: int) -> None:
    """Move one release on, if it still runs."""
    row = releases.expect(tx, release_id)
    if row.state != releases.RUNNING:
        return
    health.judge(tx, release_id, now_ms)
    standing = health.tallies(tx, release_id)
    failing = _failing(row, standing)
    if failing is not None:
        _stop(tx, row, failing, now_ms)
        return
    reaches = rings.parse(row.rings)
    row = _open_rings(tx, row, standing, len(reaches) - 1, now_ms)
    last = row.ring == len(reaches) - 1
    if last and row.undoes is None:
        _enter_late(tx, row, now_ms)
    if last and _is_over(health.tallies(tx, release_id), row, now_ms):
        releases.change(tx, SYSTEM, release_id, releases.DONE, now_ms, "")
        return
    offering.offer(tx, release_id, row.ring, now_ms)


def _failing(row: Row[Any], standing: dict[int, Tally]) -> int | None:
    """Return the ring in which too many have failed. A roll-back goes on: what it brings is known to work."""
    if row.undoes is not None:
        return None
    bad = (ring for ring, tally in standing.items() if rings.fails(ring, tally, row.failures_percent))
    return next(bad, None)


def _stop(tx: Transaction, row: Row[Any], ring: int, now_ms: int) -> None:
    """Stop by itself, and say so."""
    failed = [each for each in health.failed(tx, row.id) if not each.excused]
    named = ", ".join(f"{each.panel} {each.state}" for each in failed[:_NAMED_MAX])
    more = f" and {len(failed) - _NAMED_MAX} more" if len(failed) > _NAMED_MAX else ""
    reason = f"{len(failed)} of its panels failed, too many for ring {ring + 1}: {named}{more}"
    releases.end(tx, SYSTEM, row.id, now_ms, reason)
    telling.tell_of_stop(tx, row, [each.panel for each in failed], now_ms)


def _open_rings(tx: Transaction, row: Row[Any], standing: dict[int, Tally], last: int, now_ms: int) -> Row[Any]:
    """Watch the open ring, and open the next when it has held for long enough. Returns the release as it is then."""
    tally = standing.get(row.ring, Tally())
    empty = tally.total == 0
    values: dict[str, Any] = {}
    if not rings.holds(tally):
        values = {"soak_from_ms": None}
    elif row.soak_from_ms is None:
        values = {"soak_from_ms": now_ms}
    elif row.ring < last and now_ms - row.soak_from_ms >= (0 if empty else row.soak_ms):
        values = {"ring": row.ring + 1, "ring_ms": now_ms, "soak_from_ms": None}
    if any(getattr(row, name) != value for name, value in values.items()):
        tx.connection.execute(update(release).where(release.c.id == row.id).values(values))
        return releases.expect(tx, row.id)
    return row


def _enter_late(tx: Transaction, row: Row[Any], now_ms: int) -> None:
    """Panels that came since the release began, or were on a version without updates, take part in the last ring."""
    of_release = select(firmware_image.c.board, firmware_image.c.id, firmware_image.c.version)
    found: dict[str, Any] = {each.board: each for each in tx.connection.execute(of_release.where(_in_release(row.id)))}
    known = select(release_panel.c.panel).where(release_panel.c.release == row.id)
    late = releases.outdated_panels(tx, found, panel.c.id.not_in(known))
    releases.enter(tx, row.id, [(each, found[each.board].id, row.ring) for each in late], now_ms)


def _in_release(release_id: int) -> Any:
    return firmware_image.c.id.in_(releases.images_of(release_id))


def _is_over(standing: dict[int, Tally], row: Row[Any], now_ms: int) -> bool:
    undecided = any(tally.waiting or tally.going for tally in standing.values())
    soaked = row.soak_from_ms is not None and now_ms - row.soak_from_ms >= row.soak_ms
    return not undecided and (soaked or row.undoes is not None)
