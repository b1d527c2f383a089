"""Whose a provisioning is, and how it stands.

It belongs to whoever may have a panel brought to its site; one without a site to the centre and to who began it.
"""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, or_, select

from hemlarm_cloud import scope
from hemlarm_cloud.actor import CENTRE_ROLES, Actor, Role
from hemlarm_cloud.errors import NotFoundError, RefusedError
from hemlarm_cloud.sites import authority, values
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema import panel
from hemlarm_cloud.store.schema_provisioning import provisioning
from hemlarm_cloud.store.schema_sites import site

ACTION = "provision"

ROOT, CODE, GIVING, DONE, REFUSED, ENDED = "root", "code", "giving", "done", "refused", "ended"
UNFINISHED = (ROOT, CODE, GIVING)


@dataclass(frozen=True)
class Provisioning:
    """A row of the table, with its site's name and number, and when the panel opened its last session.

    Sealed things do not show when it is printed.
    """

    id: int
    state: str
    site: int | None
    site_name: str | None
    site_number: str | None
    hello_ms: int | None
    panel: str
    board: str
    firmware: int
    serial: str
    began_by: str
    began_ms: int
    typed_by: str
    expires_ms: int
    tries: int
    certificate_serial: str
    shared: bytes | None = field(repr=False)
    root_key: bytes | None = field(repr=False)
    given: bytes | None = field(repr=False)


def expect(reading: Queries, actor: Actor, provisioning_id: int, now_ms: int) -> Provisioning:
    """Return a provisioning. Raises NotFoundError for one that is not there, or not this actor's."""
    query = _seen(actor).where(provisioning.c.id == provisioning_id)
    found = reading.connection.execute(query).one_or_none()
    if found is None:
        raise NotFoundError(f"no provisioning {provisioning_id} here; begin one")
    return _as_of(found, now_ms)


def listed(
    reading: Queries,
    actor: Actor,
    now_ms: int,
    site_id: int | None = None,
    panel_id: str | None = None,
    after_id: int = 0,
    limit: int = 100,
) -> list[Provisioning]:
    """Return provisionings that this actor may see, oldest first. Raises NotFoundError for a site out of sight."""
    query = _seen(actor).where(provisioning.c.id > after_id).order_by(provisioning.c.id).limit(values.page(limit))
    if site_id is not None:
        scope.expect_site(reading, actor, site_id)
        query = query.where(provisioning.c.site == site_id)
    if panel_id is not None:
        query = query.where(provisioning.c.panel == panel_id)
    return [_as_of(row, now_ms) for row in reading.connection.execute(query)]


def current(reading: Queries, actor: Actor, now_ms: int) -> list[Provisioning]:
    """Return those that are not finished, and what became of others in the last day; newest first, at most 50."""
    waits = and_(provisioning.c.state.in_(UNFINISHED), provisioning.c.expires_ms > now_ms)
    over = and_(provisioning.c.state.in_((DONE, REFUSED)), provisioning.c.began_ms > now_ms - _DAY_MS)
    query = _seen(actor).where(or_(waits, over)).order_by(provisioning.c.id.desc()).limit(_CURRENT_MAX)
    return [_as_of(row, now_ms) for row in reading.connection.execute(query)]


def expect_authority(reading: Queries, actor: Actor, site_id: int | None, now_ms: int) -> None:
    """Let pass who may bring a panel to this site, or to none yet. Raises NotFoundError, RefusedError."""
    if site_id is not None:
        authority.expect(reading, actor, site_id, ACTION, now_ms)
    elif actor.role is not Role.SUPERVISOR:
        raise RefusedError("name the site that the panel is for: only a supervisor may leave it out")


_CURRENT_MAX = 50
_DAY_MS = 86_400_000


def _seen(actor: Actor) -> Any:
    columns = (site.c.name.label("site_name"), site.c.number.label("site_number"), panel.c.hello_ms)
    joined = provisioning.outerjoin(site, site.c.id == provisioning.c.site)
    joined = joined.outerjoin(panel, panel.c.id == provisioning.c.panel)
    return select(provisioning, *columns).select_from(joined).where(_visible(actor))


def _visible(actor: Actor) -> ColumnElement[bool]:
    own = and_(provisioning.c.site.is_(None), provisioning.c.began_by == actor.name)
    if actor.role in CENTRE_ROLES:
        return scope.visible(actor)
    return or_(and_(provisioning.c.site.is_not(None), scope.visible(actor)), own)


def _as_of(row: Row[Any], now_ms: int) -> Provisioning:
    """Return it as it is now: one whose time has run out has ended, also where nobody has noted it yet."""
    late = row.state in UNFINISHED and now_ms >= row.expires_ms
    return Provisioning(**(row._asdict() | ({"state": ENDED} if late else {})))
