"""The pictures that a house's cameras take: how many have arrived at the cloud, and each as the board made it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_homes import picture
from hemlarm_simulator.page.watching import Watched
from hemlarm_simulator.plants.camera import Taken


def picture_state(panels: Sequence[Watched], reading: Queries) -> dict[str, Any]:
    """What is seen of the pictures of each house that has cameras: `last` is the name of its last one."""
    taking = {panel.world.panel.id: panel for panel in panels if panel.world.house.description.takes_pictures}
    if not taking:
        return {}
    whole = picture.c.panel.in_(taking) & picture.c.complete_ms.is_not(None)
    query = select(picture.c.panel, func.count().label("pictures")).where(whole).group_by(picture.c.panel)
    arrived = {row.panel: row.pictures for row in reading.connection.execute(query)}
    return {f"{panel.number}/pictures": _state(panel, arrived.get(panel_id, 0)) for panel_id, panel in taking.items()}


def content(panel: Watched, name: str) -> bytes | None:
    """The JPEG of that name, None if there is none, or it was too long ago."""
    return next((taken.content for taken in _taken(panel) if str(taken.id) == name), None)


def _state(panel: Watched, arrived: int) -> dict[str, Any]:
    taken = _taken(panel)
    last = taken[-1].id if taken else 0
    return {"queued": max(0, last - arrived), "sent": arrived, "last": str(last) if last else ""}


def _taken(panel: Watched) -> list[Taken]:
    # A copy, since the world's own thread may add to it.
    return list(panel.world.cameras.taken)
