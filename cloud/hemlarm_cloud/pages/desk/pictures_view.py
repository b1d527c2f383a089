"""The pictures of a case as its page lists them; each look at one is logged where it is shown."""

from typing import Any

from sqlalchemy import select

from hemlarm_cloud.actor import Actor
from hemlarm_cloud.pictures import views
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_sites import transmitter, zone_name


def of_case(reading: Queries, actor: Actor, case_id: int, site_id: int | None) -> list[dict[str, Any]]:
    """Return what there is to see in a case, oldest first, with what its camera is called.

    Of one that is on its way `percent` says how much has come. Raises RefusedError, NotFoundError.
    """
    names = _cameras(reading, site_id)
    return [
        picture._asdict()
        | {"camera": names.get(picture.zone, ""), "percent": 100 * picture.got // max(1, picture.total)}
        for picture in views.of_case(reading, actor, case_id)
    ]


def _cameras(reading: Queries, site_id: int | None) -> dict[int, str]:
    query = select(zone_name.c.zone, zone_name.c.name).join(transmitter, transmitter.c.id == zone_name.c.transmitter)
    return {row.zone: row.name for row in reading.connection.execute(query.where(transmitter.c.site == site_id))}
