"""Whether somebody jams the mobile network, for modems that do not tell: there is a strong signal and yet no network.

A jammed modem hears much energy on its bands, and finds no cell in it. A modem that was registered and suddenly is not,
for half a minute within a minute, with a signal that would do for anything, has not merely lost its cell.
"""

from hemlarm_protocol.constant import const

STRONG_DBM = const(-85)
"""A cell as strong as that serves a modem anywhere: makers call -95 dBm good enough."""

SLOT_MS = const(5_000)
"""The signal is looked at this often while there is no network."""

_SLOTS = const(12)  # A minute.
_JAMMED_SLOTS = const(6)  # Half of it.


TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class Jamming:
    """`told("jammed", bool)` is called with changes. `watched`: the modem itself watches, so that `look` need not."""

    def __init__(self, told: "Callable[..., object]") -> None:
        self.watched = False
        self._told = told
        self._jammed = False
        self._was_registered = False
        self._slot = 0
        self._blocked = 0  # One bit for each of the last slots, the present one lowest.

    def restarted(self) -> None:
        """The modem starts anew: it has lost no network before it has found one."""
        self._was_registered = False

    def heard(self, line: str) -> None:
        """Take what the modem says of it: +QJDR: JAMMED, or anything else for its end."""
        self._tell(line.endswith(": JAMMED"))

    def look(self, registration: int, signal_dbm: int, now_ms: int) -> None:
        """Take the registration (as in +CEREG) and the signal. A network that denies this card (3) is not jammed."""
        lost = registration in (0, 2, 4)
        if self.watched:
            if not lost:
                self._tell(False)  # Should the modem have restarted, and forgotten that it was jammed.
            return
        slot = now_ms // SLOT_MS
        self._blocked = (self._blocked << min(slot - self._slot, _SLOTS)) & ((1 << _SLOTS) - 1)
        self._slot = slot
        if not lost:
            self._was_registered = True
        elif signal_dbm >= STRONG_DBM and (self._was_registered or self._jammed):
            self._blocked |= 1
        blocked = sum([self._blocked >> age & 1 for age in range(_SLOTS)])
        self._tell(blocked > 0 if self._jammed else blocked >= _JAMMED_SLOTS)

    def _tell(self, jammed: bool) -> None:
        if jammed != self._jammed:
            self._jammed = jammed
            self._told("jammed", jammed)
