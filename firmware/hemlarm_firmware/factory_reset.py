"""Back to what came out of the box, as somebody at the keypad asked: nothing of the house or of its keys is left.

    noted --> told to the cloud, half a minute at most --> keys gone --> restart --> all else erased

Noted is it in the credentials, so that a cut before the keys are gone changes nothing but the time. With the keys gone
the panel is nobody any more; what the next start finds besides is erased there, before anything else is done, as often
as it takes. The firmware stays, and what it will be updated with: neither is anybody's. The cloud cannot ask for this.
"""

import asyncio

from hemlarm_protocol import contact_id
from hemlarm_protocol.constant import const

TELL_LIMIT_S = 30
"""How long the cloud has to acknowledge: as long as before parking."""

PARTITIONS = ["config", "state", "pictures", "journal"]
"""Erased in this order: the users' codes and the names of the rooms first, and last what only a lost key opens."""

_RESET = const(1313)
_PAGE = const(256)
_WATCHED_MS = const(30_000)
_LOOK_S = const(1)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from hemlarm_firmware.app import App
    from hemlarm_firmware.board import Board, Flash


def begin(app: "App", user: int) -> bool:
    """Note it, report it as this user's doing, and go on by itself. False where the flash does not take the note."""
    credentials: Any = dict(app.board.credentials() or {})
    credentials["resetting"] = 1
    try:
        app.board.keep_credentials(credentials)
    except (OSError, ValueError):
        return False
    app.perform([("event", _RESET, 0, 0, user, contact_id.SOURCE_KEYPAD, 0)])
    resume(app)
    return True


def resume(app: "App") -> None:
    """Go on with a reset that was noted."""
    asyncio.create_task(_tell_and_end(app))  # noqa: RUF006  The loop holds it.


async def _tell_and_end(app: "App") -> None:
    for _ in range(TELL_LIMIT_S):
        await asyncio.sleep(_LOOK_S)
        if app.recorder.pending == 0:
            break
    while not _forget(app.board):
        await asyncio.sleep(_LOOK_S)
    app.board.reset()


def _forget(board: "Board") -> bool:
    try:
        board.keep_credentials(None)
    except OSError:
        return False
    return True


async def erase_what_is_left(board: "Board") -> int:
    """Erase all that a reset leaves on a panel whose keys are gone; returns how many sectors there were.

    A sector that the chip does not erase is passed over: what is in it would be there at the next start too.
    """
    erased = 0
    for name in PARTITIONS:
        try:
            flash = board.flash(name)
        except (KeyError, OSError, NotImplementedError):
            continue  # A board without cameras has no pictures.
        for sector in range(0, flash.size, flash.sector_size):
            if _is_blank(flash, sector):
                continue
            board.vouch(0, board.ticks_ms() + _WATCHED_MS)
            try:
                flash.erase(sector)
                erased += 1
            except OSError:
                pass
            await asyncio.sleep(0)
    return erased


def _is_blank(flash: "Flash", sector: int) -> bool:
    page = bytearray(_PAGE)
    try:
        for offset in range(sector, sector + flash.sector_size, _PAGE):
            flash.read_into(offset, page)
            if bytes(page).strip(b"\xff"):
                return False
    except OSError:
        return False
    return True
