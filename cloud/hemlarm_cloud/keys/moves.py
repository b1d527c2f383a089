"""A panel that goes to another home: what it reported stays, its keys change, and the former home leaves it.

A move within one customer's homes takes the household along: codes and zones stay in the panel. To another customer the
panel still knows the former home's codes, rooms and habits. Until somebody has reset it at its keypad, which ends this
panel and its keys for good, it is heard and nothing else: no alarm is lost, nothing of it is shown or asked for.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from hemlarm_cloud.actor import Actor
from hemlarm_cloud.errors import ConflictError
from hemlarm_cloud.keys import rotation
from hemlarm_cloud.sites import changes, transmitters
from hemlarm_cloud.store import schema, schema_homes
from hemlarm_cloud.store.queries import Queries
from hemlarm_cloud.store.schema_keys import panel_move
from hemlarm_cloud.store.schema_sites import site
from hemlarm_cloud.store.transaction import Transaction
from hemlarm_cloud.vault import Vault


def move(
    tx: Transaction,
    vault: Vault,
    actor: Actor,
    panel: str,
    to_site: int,
    version: int,
    random: Callable[[int], bytes],
    now_ms: int,
) -> tuple[int, bool]:
    """Move a panel to a site whose version the caller has seen; returns that site's new version, and whether the panel
    must be reset first. By supervisors.

    Raises RefusedError, NotFoundError, ConflictError.
    """
    changes.expect_supervisor(actor, "moving a panel")
    rotation.expect_living(tx, panel)
    known = transmitters.expect(tx, actor, panel)
    if waits(tx, panel) is not None:
        raise ConflictError(f"panel {panel} was moved already and waits for its reset; do that at its keypad first")
    from_customer, to_customer = _customer(tx, known.site), _customer(tx, to_site)
    seen = transmitters.move(tx, actor, panel, to_site, version, now_ms)
    needs_reset = from_customer is not None and from_customer != to_customer
    row = {
        "panel": panel,
        "from_site": known.site,
        "to_site": to_site,
        "moved_ms": now_ms,
        "moved_by": actor.name,
        "done": not needs_reset,
    }
    tx.connection.execute(insert(panel_move), row)
    if needs_reset:
        _forget_home(tx, panel)
    if rotation.unfinished(tx, panel) is None:
        rotation.ask(tx, vault, actor, panel, random, now_ms, why=f"moved to site {to_site}")
    return seen, needs_reset


def waits(reading: Queries, panel: str) -> Row[Any] | None:
    """Return the move of a panel that is not over while the panel is not reset, or None."""
    query = select(panel_move).where(panel_move.c.panel == panel, panel_move.c.done.is_(False))
    return reading.connection.execute(query).one_or_none()


def expect_free(reading: Queries, panel: str) -> None:
    """Raise ConflictError for a panel that still holds the codes and rooms of a former home."""
    if waits(reading, panel) is not None:
        raise ConflictError(
            f"panel {panel} came from another home, and still holds its codes: reset it at its keypad, then install it"
        )


def reset(tx: Transaction, panel: str) -> None:
    """The panel was reset: nothing of the former home is left in it."""
    tx.connection.execute(update(panel_move).where(panel_move.c.panel == panel).values(done=True))


def _forget_home(tx: Transaction, panel: str) -> None:
    """What the cloud shows of a panel's house, which is not the new one's to see."""
    tables = (
        (schema.configuration, schema.configuration.c.panel),
        (schema_homes.panel_reading, schema_homes.panel_reading.c.panel),
        (schema_homes.arming, schema_homes.arming.c.transmitter),
    )
    for table, owner in tables:
        tx.connection.execute(delete(table).where(owner == panel))


def _customer(reading: Queries, site_id: int) -> int | None:
    found: int | None = reading.connection.scalar(select(site.c.customer).where(site.c.id == site_id))
    return found
