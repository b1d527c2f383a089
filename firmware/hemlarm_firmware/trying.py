"""Puts a downloaded release on trial before the panel is loaded: where the memory is too small beside the panel.

The list of an image's files and the check of its signature take some 12 KiB for a moment, in blocks that a full heap
may not have. So a panel that runs out of memory over them restarts with the offer marked as on trial, and comes here.
"""

from hemlarm_firmware import update_offer
from hemlarm_firmware.download import Download
from hemlarm_protocol import upkeep

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hemlarm_boot.slots import Slots
    from hemlarm_firmware.board import Board


def at_start(board: "Board", slots: "Slots") -> None:
    """Where that is due: restart into the trial, or note why there can be none. It is never tried twice."""
    path = update_offer.path_beside(slots.part_path)
    offer = update_offer.load(path)
    if offer is None or offer.state != upkeep.TRIAL or slots.note or offer.digest == slots.running.digest:
        return
    try:
        reason = reason_against(slots, offer) or slots.try_spare(board.flash)
    except (OSError, MemoryError):
        reason = upkeep.NO_ROOM
    if not reason:
        board.reset()
    offer.state, offer.reason = upkeep.REFUSED, reason
    Download(slots.part_path, 0).drop()
    offer.save(path)


def reason_against(slots: "Slots", offer: "update_offer.Offer") -> int:
    """Why what was downloaded may not run here, or 0. An older version may, if the cloud wants it. Raises OSError.

    Where power went while it was put in its place, it stands there already.
    """
    download = Download(slots.part_path, offer.size)
    if not download.got and slots.spare_digest() == offer.digest:
        return 0
    reason = slots.check(slots.part_path, offer.version <= slots.running.version)
    if not reason and download.digest() != offer.digest:
        return upkeep.CHANGED
    return reason
