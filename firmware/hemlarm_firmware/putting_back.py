"""After a version on trial was rolled back that kept its data in another format: this version's own data come back.

Loaded only then. Event numbers that the trial used are not in the data put back, so a new incarnation begins, under
whose key no number was ever used. It may be cut anywhere and is repeated: the slots forget that it is due at the end.
"""

from hemlarm_firmware.memory import Memory
from hemlarm_firmware.settings import Settings
from hemlarm_protocol import keys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hemlarm_boot.slots import Slots
    from hemlarm_firmware.board import Board


def finish(board: "Board", slots: "Slots") -> None:
    """Put back what is to be put back, before anything has read it. Raises OSError, SettingsError."""
    if slots.put_back_due:
        slots.put_back(board.flash)
    if slots.restored:
        memory = Memory(Settings(board.flash("state")))
        memory.begin_incarnation(board.random(keys.SALT_BYTES))
        memory.save()
        slots.restored_known()
