"""Whether service mode covers what happened."""

from sqlalchemy import func, or_, select

from hemlarm_cloud.cases.categories import SERVICE_KINDS
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_cases import service_mode

KIND_OF = {category: kind for kind, categories in SERVICE_KINDS.items() for category in categories}
"""What must be in service mode for a category to call nobody. Tests and the like, of category service, never do."""

_AT_ONCE_MAX = 100
"""Orders that hold at one moment at one site; `orders.py` takes far fewer."""


def kinds_of(written: str) -> tuple[str, ...]:
    """Return the kinds that are stored with commas between."""
    return tuple(written.split(","))


def covering(reading: Queries, site: int, transmitter: str, category: str, dated_ms: int) -> int | None:
    """Return the id of the service mode that covers what a transmitter told of at `dated_ms`, None if there is none.

    It is when something happened that counts, not when it arrived. It does not matter whether `ending.step` has run.
    Of several that overlap it is the one ordered first.
    """
    kind = KIND_OF.get(category)
    if kind is None:
        return None
    table = service_mode
    query = (
        select(table.c.id, table.c.kinds)
        .where(table.c.site == site, table.c.state != "withdrawn")
        .where(table.c.from_ms <= dated_ms, func.coalesce(table.c.ended_ms, table.c.until_ms) > dated_ms)
        .where(or_(table.c.transmitter.is_(None), table.c.transmitter == transmitter))
        .order_by(table.c.id)
        .limit(_AT_ONCE_MAX)
    )
    return next((row.id for row in reading.connection.execute(query) if kind in kinds_of(row.kinds)), None)
