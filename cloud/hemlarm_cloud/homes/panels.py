"""A site's transmitters as its people know them: what the panel told of its configuration, areas, zones and outputs."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from hemlarm_cloud import scope
from hemlarm_cloud.actor import Actor
from hemlarm_cloud.errors import ConflictError, NotFoundError
from hemlarm_cloud.keys import moves
from hemlarm_cloud.store import schema
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_sites import transmitter
from hemlarm_protocol import cbor

HEMLARM = "hemlarm"

PANELS_MAX = 50
"""Of one site, as many as are shown."""


@dataclass(frozen=True)
class Home:
    """One transmitter of a site. A foreign one, or a panel that has not told its configuration, has no `revision`.

    `fields` is the configuration without secrets, see docs/configuration.md.
    """

    id: str
    kind: str
    name: str
    revoked: bool = False
    link_level_s: int = 0
    revision: int | None = None
    fields: dict[Any, Any] = field(default_factory=dict)

    @property
    def areas(self) -> list[dict[str, Any]]:
        """Each area of the configuration; area 1 alone while the panel has not told."""
        told = _items(self.fields, "areas")
        return told or ([{"number": 1}] if self.kind == HEMLARM else [])

    @property
    def zones(self) -> list[dict[str, Any]]:
        """Each zone of the configuration."""
        return _items(self.fields, "zones")

    @property
    def outputs(self) -> list[dict[str, Any]]:
        """Each output: its number, its kind "plug" or "lock", and its name."""
        return _items(self.fields, "outputs")

    def limit(self, name: str) -> str:
        """Return "never", "code" or "always" for "remote_disarm" or "remote_unlock"."""
        told = self.fields.get(name)
        return told if told in LIMITS else LIMIT_DEFAULTS[name]


NEVER, CODE, ALWAYS = "never", "code", "always"

LIMITS = (NEVER, CODE, ALWAYS)
"""What a household allows from afar, the tightest first."""

LIMIT_DEFAULTS = {"remote_disarm": "always", "remote_unlock": "code"}
"""As in docs/configuration.md."""


def of_site(reading: Queries, actor: Actor, site_id: int) -> list[Home]:
    """Return a site's transmitters that are in use, in the order of their ids. Raises NotFoundError."""
    scope.expect_site(reading, actor, site_id)
    query = (
        select(transmitter.c.id)
        .where(transmitter.c.site == site_id, transmitter.c.ended_ms.is_(None))
        .order_by(transmitter.c.added_ms, transmitter.c.id)
        .limit(PANELS_MAX)
    )
    return [_home(reading, each) for each in reading.connection.scalars(query).all()]


def expect(reading: Queries, actor: Actor, site_id: int, panel: str) -> Home:
    """Return one Hemlarm panel of a site that can be asked for something.

    Raises NotFoundError for one that is not at this site, ConflictError for one that obeys no more, or that still holds
    the codes of another home.
    """
    row = scope.expect_site(reading, actor, site_id)
    known = transmitter
    query = select(known.c.id).where(known.c.id == panel, known.c.site == site_id, known.c.kind == HEMLARM)
    if reading.connection.scalar(query.where(known.c.ended_ms.is_(None))) is None:
        raise NotFoundError(f"no panel {panel[:60]} at site {site_id}; look which transmitters the site has")
    found = _home(reading, panel)
    if row.ended_ms is not None or found.revoked:
        raise ConflictError(f"panel {panel} was taken out of use, and obeys no more")
    moves.expect_free(reading, panel)
    return found


def _home(reading: Queries, transmitter_id: str) -> Home:
    panel, stored = schema.panel, schema.configuration
    joined = transmitter.outerjoin(panel, panel.c.id == transmitter.c.id)
    joined = joined.outerjoin(stored, stored.c.panel == panel.c.id)
    columns = (panel.c.revoked_ms, panel.c.link_level_s, stored.c.revision, stored.c.document)
    query = select(transmitter.c.id, transmitter.c.kind, transmitter.c.name, *columns).select_from(joined)
    row = reading.connection.execute(query.where(transmitter.c.id == transmitter_id)).one()
    fields = cbor.decode(row.document) if row.document is not None else {}
    revoked = row.revoked_ms is not None
    return Home(
        row.id,
        row.kind,
        row.name,
        revoked,
        row.link_level_s or 0,
        row.revision,
        fields if isinstance(fields, dict) else {},
    )


def _items(fields: dict[Any, Any], section: str) -> list[dict[str, Any]]:
    """A panel tells of itself, and one that tells nonsense is shown without it."""
    told = fields.get(section)
    if not isinstance(told, (list, tuple)):
        return []
    return [each for each in told if isinstance(each, dict) and isinstance(each.get("number"), int)]
