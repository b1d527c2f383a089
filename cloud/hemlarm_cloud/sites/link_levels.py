"""How long a site's panel may be silent, changed by who may change levels there."""

from hemlarm_cloud.actor import Actor
from hemlarm_cloud.errors import ConflictError, InvalidError
from hemlarm_cloud.ingest.levels import LEVELS_S
from hemlarm_cloud.sites import changes, transmitters
from hemlarm_cloud.store.transaction import Transaction


def set_link_level(
    tx: Transaction,
    actor: Actor,
    transmitter_id: str,
    link_level_s: int,
    standby_level_s: int,
    version: int,
    now_ms: int,
    reason: str = "",
    kinds: tuple[str, ...] = (),
) -> int:
    """Set a panel's link level and that of a path in standby, in seconds; returns its site's new version.

    Takes authority A, or an installer on the company's list with the papers for the `kinds` of alarm that the panel
    watches for, burglary unless told. Raises NotFoundError, RefusedError, InvalidError, and ConflictError for a
    transmitter that is no panel of ours.
    """
    known = transmitters.expect(tx, actor, transmitter_id)
    row = changes.begin(tx, actor, known.site, "change-level", version, now_ms, reason, kinds)
    if link_level_s not in LEVELS_S or standby_level_s not in LEVELS_S:
        raise InvalidError(f"link_level_s, standby_level_s: use one of {', '.join(map(str, LEVELS_S))}")
    if standby_level_s < link_level_s:
        raise InvalidError("standby_level_s: a path in standby cannot be heard more often than the panel")
    if not tx.set_levels(known.id, link_level_s, standby_level_s):
        raise ConflictError(f"transmitter {known.id} is no panel of ours; its level is set where it is registered")
    told = {"transmitter": known.id, "link_level_s": link_level_s, "standby_level_s": standby_level_s}
    return changes.finish(tx, actor, row, "change-link-level", told, now_ms, reason)
