"""Releases as people look at them: how far each ring has come, and which panels failed of what."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Row, func, select

from hemlarm_cloud.actor import CENTRE_ROLES, Actor
from hemlarm_cloud.errors import RefusedError
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema import panel
from hemlarm_cloud.store.schema_sites import site, transmitter
from hemlarm_cloud.store.schema_updates import release, release_panel
from hemlarm_cloud.updates import health, images, releases, rings, states
from hemlarm_cloud.updates.images import version_text
from hemlarm_protocol.message_names import UPDATE_REASONS

FAILED_MAX = 50
"""Panels that failed, as many as are shown of a release."""


class Ring(NamedTuple):
    """A ring of a release: how far it reaches, whether it is open, and its panels by what became of them."""

    number: int
    reach: str
    open: bool
    total: int
    waiting: int
    going: int
    good: int
    bad: int
    away: int


class Failed(NamedTuple):
    """A panel that failed: in which ring, how, and for what reason in English."""

    panel: str
    site: int | None
    name: str
    ring: int
    state: str
    reason: int
    why: str


class Release(NamedTuple):
    """A release as it stands. Of a roll-back `version` is 0, and `undoes` the release that it takes back."""

    id: int
    version: int
    undoes: int | None
    state: str
    reason: str
    by_itself: bool
    boards: list[str]
    soak_ms: int
    failures_percent: int
    started_by: str
    started_ms: int
    changed_by: str
    changed_ms: int
    soaks_until_ms: int | None
    withdrawn: int
    rings: list[Ring]
    failed: list[Failed]

    @property
    def title(self) -> str:
        """What it is: its version, or that it takes one back."""
        return version_text(self.version) if self.undoes is None else f"back from release {self.undoes}"


def all_releases(reading: Queries, actor: Actor, before: int | None = None, limit: int = 20) -> list[Release]:
    """Return the newest releases, newest first, those with a lower id than `before`. Raises RefusedError."""
    expect_centre(actor)
    query = select(release).order_by(release.c.id.desc()).limit(limit)
    rows = reading.connection.execute(query if before is None else query.where(release.c.id < before)).all()
    return [_shown(reading, row) for row in rows]


def one(reading: Queries, actor: Actor, release_id: int) -> Release:
    """Return a release. Raises RefusedError, NotFoundError."""
    expect_centre(actor)
    return _shown(reading, releases.expect(reading, release_id))


def all_images(reading: Queries, actor: Actor, limit: int = 100) -> Sequence[Row[Any]]:
    """Return the facts of the newest firmware images, newest first. Raises RefusedError."""
    expect_centre(actor)
    return images.images(reading, limit)


def versions(reading: Queries, actor: Actor) -> list[tuple[str, int, int]]:
    """Return which versions panels run: (board, version, how many). Raises RefusedError."""
    expect_centre(actor)
    known = (panel.c.revoked_ms.is_(None), panel.c.firmware.is_not(None))
    query = select(func.coalesce(panel.c.board, ""), panel.c.firmware, func.count()).where(*known)
    grouped = query.group_by(panel.c.board, panel.c.firmware).order_by(panel.c.board, panel.c.firmware.desc())
    return [(board, version, count) for board, version, count in reading.connection.execute(grouped)]


def stopped_by_itself(reading: Queries) -> Row[Any] | None:
    """Return the newest release if it has stopped by itself, and nobody has taken note of that."""
    newest = reading.connection.execute(select(release).order_by(release.c.id.desc()).limit(1)).one_or_none()
    return newest if newest is not None and _stopped_itself(newest) else None


def expect_centre(actor: Actor) -> None:
    """Let pass the centre's people alone. Raises RefusedError."""
    if actor.role not in CENTRE_ROLES:
        raise RefusedError("releases are for the centre's people")


def _stopped_itself(row: Row[Any]) -> bool:
    return bool(row.state == releases.STOPPED and row.changed_by == "system")


def _shown(reading: Queries, row: Row[Any]) -> Release:
    table = release_panel
    spared = select(func.count()).where(table.c.release == row.id, table.c.state == states.WITHDRAWN)
    soaking = row.state == releases.RUNNING and row.soak_from_ms is not None
    return Release(
        id=row.id,
        version=row.version,
        undoes=row.undoes,
        state=row.state,
        reason=row.reason,
        by_itself=_stopped_itself(row),
        boards=releases.boards_of(reading, row.id),
        soak_ms=row.soak_ms,
        failures_percent=row.failures_percent,
        started_by=row.started_by,
        started_ms=row.started_ms,
        changed_by=row.changed_by,
        changed_ms=row.changed_ms,
        soaks_until_ms=row.soak_from_ms + row.soak_ms if soaking else None,
        withdrawn=reading.connection.scalar(spared) or 0,
        rings=_rings(reading, row),
        failed=_failed(reading, row.id),
    )


def _rings(reading: Queries, row: Row[Any]) -> list[Ring]:
    """Each ring with all its panels: those that were spared are in its total alone."""
    table = release_panel
    counted = select(table.c.ring, func.count()).where(table.c.release == row.id).group_by(table.c.ring)
    totals = {each[0]: each[1] for each in reading.connection.execute(counted)}
    standing = health.tallies(reading, row.id)
    shown = []
    for number, reach in enumerate(rings.parse(row.rings)):
        tally = standing.get(number, rings.Tally())
        counts = (totals.get(number, 0), tally.waiting, tally.going, tally.good, tally.bad, tally.away)
        shown.append(Ring(number + 1, str(reach), number <= row.ring, *counts))
    return shown


def _failed(reading: Queries, release_id: int) -> list[Failed]:
    table = release_panel
    query = (
        select(table, transmitter.c.site, site.c.name.label("site_name"))
        .outerjoin(transmitter, transmitter.c.id == table.c.panel)
        .outerjoin(site, site.c.id == transmitter.c.site)
        .where(table.c.release == release_id, table.c.state.in_(states.BAD))
        .order_by(table.c.ring, table.c.panel)
        .limit(FAILED_MAX)
    )
    return [
        Failed(
            row.panel,
            row.site,
            row.site_name or "",
            row.ring + 1,
            row.state,
            row.reason,
            UPDATE_REASONS.get(row.reason, ""),
        )
        for row in reading.connection.execute(query)
    ]
