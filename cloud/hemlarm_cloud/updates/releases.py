"""Releases of firmware, as people start, pause, resume, stop and take them back. What time brings is in `step.py`."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, insert, or_, select, update

from hemlarm_cloud.actor import Actor
from hemlarm_cloud.errors import ConflictError, InvalidError, NotFoundError
from hemlarm_cloud.sites import audit, values
from hemlarm_cloud.sites.changes import expect_staff, expect_supervisor
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema import panel
from hemlarm_cloud.store.schema_updates import firmware_image, release, release_panel
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_cloud.updates import FIRMWARE_MIN, images, rings, states
from hemlarm_cloud.updates.images import version_text

RUNNING, PAUSED, STOPPED, DONE = "running", "paused", "stopped", "done"
UNFINISHED = (RUNNING, PAUSED)

SOAK_MS = 86_400_000
"""A day: so long each ring is watched before the next, so that all that a home does in a day was done under it."""

SOAK_MAX_MS = 30 * SOAK_MS
FAILURES_PERCENT = 2
REASON_MAX = 200
FIRST_MAX = 100
"""Panels that may be named to come first."""

_AT_ONCE = 500


def start(
    tx: Transaction,
    actor: Actor,
    version: int,
    now_ms: int,
    boards: Sequence[str] = (),
    written: str = rings.DEFAULT,
    soak_ms: int = SOAK_MS,
    failures_percent: int = FAILURES_PERCENT,
    first: Collection[str] = (),
) -> int:
    """Begin to release a version to all panels of these boards, or of all that it has images for; returns its id.

    The `first` panels come before all others. Raises NotFoundError where an image is missing, ConflictError where
    another release of a board goes on or no panel is older, InvalidError.
    """
    expect_supervisor(actor, "releases")
    reaches = rings.parse(written)
    values.number(soak_ms, "soak", 0, SOAK_MAX_MS)
    values.number(failures_percent, "failures", 0, 100)
    values.number(len(first), "panels to come first", 0, FIRST_MAX)
    found = images.of_version(tx, version, boards)
    missing = sorted(set(boards) - set(found)) if boards else ([] if found else ["any board"])
    if missing:
        raise NotFoundError(
            f"no image of version {version_text(version)} for {', '.join(missing)} here: "
            "`hemlarm update release add` takes one"
        )
    _expect_free(tx, list(found))
    given = {"rings": ", ".join(map(str, reaches)), "soak_ms": soak_ms, "failures_percent": failures_percent}
    made = _insert(tx, actor, version, given, now_ms)
    outdated = outdated_panels(tx, found)
    unknown = sorted(set(first) - {row.id for row in outdated})
    if unknown:
        raise InvalidError(f"panel {unknown[0]} cannot come first: it does not take this version, or has it")
    if not outdated:
        raise ConflictError(
            f"no panel of {', '.join(sorted(found))} takes version {version_text(version)} and lacks it"
        )
    planned = rings.plan(made, [row.id for row in outdated], first, reaches)
    enter(tx, made, [(row, found[row.board].id, planned[row.id]) for row in outdated], now_ms)
    told = given | {"version": version, "boards": sorted(found), "panels": len(outdated), "first": sorted(first)}
    audit.write(tx, actor, "start-release", f"release {made}", told, now_ms)
    return made


def pause(tx: Transaction, actor: Actor, release_id: int, now_ms: int, reason: str = "") -> None:
    """Offer it to nobody else, and send nothing more of it, until it is resumed. Raises ConflictError."""
    expect_staff(actor, "releases")
    _expect_state(tx, release_id, RUNNING)
    change(tx, actor, release_id, PAUSED, now_ms, reason)


def resume(tx: Transaction, actor: Actor, release_id: int, now_ms: int) -> None:
    """Go on with a paused or stopped release. Panels that failed count no more, and are left alone.

    Raises ConflictError, also where another release of one of its boards goes on.
    """
    expect_supervisor(actor, "releases")
    found = _expect_state(tx, release_id, PAUSED, STOPPED)
    if found.state == STOPPED:
        _expect_free(tx, boards_of(tx, release_id))
    table = release_panel
    spared = (table.c.release == release_id, table.c.state == states.WITHDRAWN)
    again = {"state": states.WAITING, "offer": None, "recall": None, "got": 0, "changed_ms": now_ms}
    tx.connection.execute(update(table).where(*spared).values(again))
    failed = (table.c.release == release_id, table.c.state.in_(states.BAD))
    tx.connection.execute(update(table).where(*failed).values(excused=True))
    change(tx, actor, release_id, RUNNING, now_ms, "")


def stop(tx: Transaction, actor: Actor, release_id: int, now_ms: int, reason: str = "") -> None:
    """End it: whoever has not tried the version is spared. Of one that has stopped by itself this takes note.

    Raises ConflictError.
    """
    expect_staff(actor, "releases")
    found = _expect_state(tx, release_id, *UNFINISHED, STOPPED)
    end(tx, actor, release_id, now_ms, reason or found.reason)


def end(tx: Transaction, actor: Actor, release_id: int, now_ms: int, reason: str) -> None:
    """Stop a release and spare all that have not tried the version."""
    table = release_panel
    untried = (table.c.release == release_id, table.c.state.in_(states.UNTRIED))
    offered = tx.connection.execute(select(table.c.panel, table.c.offer).where(*untried, table.c.offer.is_not(None)))
    for row in offered.all():
        this = (table.c.release == release_id, table.c.panel == row.panel)
        tx.connection.execute(update(table).where(*this).values(recall=message_id(bytes(row.offer))))
    tx.connection.execute(update(table).where(*untried).values(state=states.WITHDRAWN, changed_ms=now_ms))
    change(tx, actor, release_id, STOPPED, now_ms, reason)


def message_id(*of: object) -> bytes:
    """Return the id of what is sent to a panel: the same for the same thing, and another for any other."""
    return hashlib.sha256(repr(of).encode()).digest()[:8]


def roll_back(tx: Transaction, actor: Actor, release_id: int, now_ms: int, reason: str = "") -> int:
    """Offer all panels that took a release the version they had before; returns the id of this release of its own.

    Ends the release if it goes on. No panel is offered what is below the release's floor, or what no image is here of:
    it stays as it is. Raises ConflictError where that is all of them.
    """
    expect_supervisor(actor, "releases")
    found = expect(tx, release_id)
    if found.undoes is not None:
        raise ConflictError(f"release {release_id} is a roll-back itself: release the newer version again instead")
    if found.state in UNFINISHED:
        end(tx, actor, release_id, now_ms, reason or "taken back")
    _expect_free(tx, boards_of(tx, release_id))
    members, left = _took(tx, release_id)
    if not members:
        raise ConflictError(f"release {release_id} can be taken back nowhere: {'; '.join(left) or 'nobody has it'}")
    given = {"rings": "100%", "soak_ms": 0, "failures_percent": 100}
    made = _insert(tx, actor, 0, given, now_ms, undoes=release_id)
    enter(tx, made, members, now_ms)
    told = {"undoes": release_id, "panels": len(members), "left": left}
    audit.write(
        tx, actor, "roll-back-release", f"release {made}", told | ({"reason": reason} if reason else {}), now_ms
    )
    return made


def _took(tx: Transaction, release_id: int) -> tuple[list[tuple[Any, int, int]], list[str]]:
    """Return what to enter into the roll-back of a release, and why not all that took it are in it."""
    table = release_panel
    newer, older = firmware_image, firmware_image.alias()
    query = (
        select(table.c.panel.label("id"), newer.c.version.label("firmware"), table.c.before, newer.c.floor, older.c.id)
        .join(newer, newer.c.id == table.c.image)
        .outerjoin(older, (older.c.version == table.c.before) & (older.c.board == newer.c.board))
        .where(table.c.release == release_id, table.c.state.in_(states.TAKEN))
        .order_by(table.c.panel)
    )
    members: list[tuple[Any, int, int]] = []
    left: set[str] = set()
    for row in tx.connection.execute(query):
        if row.before < row.floor:
            left.add(f"{version_text(row.before)} is below the floor {version_text(row.floor)}")
        elif row[4] is None:
            left.add(f"no image of {version_text(row.before)} is here")
        else:
            members.append((row, int(row[4]), 0))
    return members, sorted(left)


def change(tx: Transaction, actor: Actor, release_id: int, state: str, now_ms: int, reason: str) -> None:
    """Put a release into a state, and log it."""
    told = values.text(reason, "reason", REASON_MAX)
    new = {"state": state, "reason": told, "changed_by": actor.name, "changed_ms": now_ms}
    tx.connection.execute(update(release).where(release.c.id == release_id).values(new))
    action = {RUNNING: "resume-release", PAUSED: "pause-release", STOPPED: "stop-release", DONE: "finish-release"}
    audit.write(tx, actor, action[state], f"release {release_id}", {"reason": told} if told else {}, now_ms)


def expect(reading: Queries, release_id: int) -> Row[Any]:
    """Return a release. Raises NotFoundError."""
    found = reading.connection.execute(select(release).where(release.c.id == release_id)).one_or_none()
    if found is None:
        raise NotFoundError(f"no release {release_id} here; `hemlarm update release status` shows them all")
    return found


def boards_of(reading: Queries, release_id: int) -> list[str]:
    """Return the boards that a release has images for."""
    query = select(firmware_image.c.board).where(firmware_image.c.id.in_(images_of(release_id))).distinct()
    return sorted(reading.connection.scalars(query))


def images_of(release_id: int) -> Any:
    """Return the query for the images of a release."""
    return select(release_panel.c.image).where(release_panel.c.release == release_id)


def outdated_panels(reading: Queries, found: Mapping[str, Any], *conditions: ColumnElement[bool]) -> list[Any]:
    """Return the panels that take updates and are older than these images of a version, by board."""
    if not found:
        return []
    older = or_(*((panel.c.board == board) & (panel.c.firmware < image.version) for board, image in found.items()))
    columns = (panel.c.id, panel.c.board, panel.c.firmware)
    query = select(*columns).where(panel.c.revoked_ms.is_(None), panel.c.firmware >= FIRMWARE_MIN, older)
    return list(reading.connection.execute(query.where(*conditions)))


def enter(tx: Transaction, release_id: int, members: Sequence[tuple[Any, int, int]], now_ms: int) -> None:
    """Put panels into a release: each one's row (id, firmware), its image and its ring."""
    rows = [
        {
            "release": release_id,
            "panel": row.id,
            "ring": ring,
            "image": image,
            "before": row.firmware,
            "state": states.WAITING,
            "changed_ms": now_ms,
        }
        for row, image, ring in members
    ]
    for begin in range(0, len(rows), _AT_ONCE):
        tx.connection.execute(insert(release_panel), rows[begin : begin + _AT_ONCE])


def _insert(
    tx: Transaction, actor: Actor, version: int, given: dict[str, Any], now_ms: int, undoes: int | None = None
) -> int:
    by = {"started_by": actor.name, "started_ms": now_ms, "changed_by": actor.name, "changed_ms": now_ms}
    made = insert(release).values(version=version, undoes=undoes, state=RUNNING, ring_ms=now_ms, **given, **by)
    (key,) = tx.connection.execute(made).inserted_primary_key or (0,)
    return int(key)


def _expect_state(tx: Transaction, release_id: int, *allowed: str) -> Row[Any]:
    found = expect(tx, release_id)
    if found.state not in allowed:
        raise ConflictError(f"release {release_id} is {found.state}; this takes one that is {' or '.join(allowed)}")
    return found


def _expect_free(tx: Transaction, boards: Sequence[str]) -> None:
    """Two releases at once would take each other's panels."""
    query = select(release.c.id).where(release.c.state.in_(UNFINISHED)).order_by(release.c.id)
    for other in tx.connection.scalars(query).all():
        shared = sorted(set(boards) & set(boards_of(tx, other)))
        if shared:
            raise ConflictError(f"release {other} to {', '.join(shared)} is not finished: stop it first")
