"""Which sites an actor may know of. Every look at what belongs to a site goes through here: one tenant, one view."""

from typing import Any

from sqlalchemy import ColumnElement, Row, false, select, true

from hemlarm_cloud.actor import CENTRE_ROLES, Actor, Role
from hemlarm_cloud.errors import NotFoundError
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_sites import authority_list_site, site


def visible(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on `site` that holds for the sites this actor may know of."""
    if actor.role in CENTRE_ROLES:
        return true()
    if actor.role is Role.CUSTOMER and actor.customer is not None:
        return site.c.customer == actor.customer
    if actor.role is Role.INSTALLER and actor.installer is not None:
        table = authority_list_site
        return site.c.id.in_(select(table.c.site).where(table.c.list == actor.installer))
    return false()


def expect_site(reading: Queries, actor: Actor, site_id: int) -> Row[Any]:
    """Return a site's row. Raises NotFoundError for one that is not there or not this actor's."""
    found = reading.connection.execute(select(site).where(site.c.id == site_id, visible(actor))).one_or_none()
    if found is None:
        raise NotFoundError(f"no site {site_id} here; `hemlarm cloud site list` shows them all")
    return found
