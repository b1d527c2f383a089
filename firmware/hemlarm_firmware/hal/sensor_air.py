"""The sensors' radio: frames in, answers out, and whether something that is no frame of ours is on the channel.

The chip takes frames by itself and raises an interrupt. Between frames the channel is looked at now and then: that it
is busy, or free again, counts when it was found so several times, as a frame of somebody else's passes in a few ms.
"""

from hemlarm_firmware.hal.chips.sx1262 import CRC_ERROR, RX_DONE, TIMEOUT, TX_DONE
from hemlarm_protocol.constant import const

LOOK_MS = 100
"""How often to `look`."""

BUSY_DBM = -85
"""Louder than this is busy: sensors of the same house arrive at -40 to -80 dBm, and quiet is below -100."""

_LOOKS = const(5)
_RETRY_LOOKS = const(50)  # A chip that failed is set up anew after 5 s.
_SENDING_LOOKS = const(5)  # No frame takes as long as that.

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from hemlarm_firmware.hal.chips.sx1262 import Sx1262


class SensorAir:
    """One radio. `restart()` resets the chip. A radio that fails is silent, and tried again."""

    def __init__(self, radio: "Sx1262", restart: "Callable[[], None]") -> None:
        self._radio = radio
        self._restart = restart
        self._works = False
        self._sending = 0
        self._waiting: list[bytes] = []
        self._looks = 0
        self._busy = False
        self._differs = 0

    def start(self) -> None:
        """Reset and set up the chip."""
        self._looks = self._sending = 0
        self._waiting.clear()
        try:
            self._restart()
            self._radio.configure()
            self._works = True
        except OSError:
            self._works = False

    def transmit(self, frame: bytes) -> None:
        """Send at once, or behind what is being sent; of many at once the last are lost."""
        if not self._works:
            return
        if self._sending:
            if len(self._waiting) < 8:
                self._waiting.append(frame)
            return
        try:
            self._radio.send(frame)
            self._sending = _SENDING_LOOKS
        except OSError:
            self._works = False

    def interrupted(self) -> "tuple[object, ...] | None":
        """Attend to the chip's interrupt; return the input of the panel, if a frame came."""
        if not self._works:
            return None
        heard = None
        try:
            flags = self._radio.happened()
            if flags & RX_DONE and not flags & CRC_ERROR:
                frame, rssi_dbm = self._radio.heard()
                heard = ("radio", frame, rssi_dbm)
            if flags & (TX_DONE | TIMEOUT):
                self._sent()
        except OSError:
            self._works = False
        return heard

    def look(self) -> "tuple[object, ...] | None":
        """Look at the channel; return the input of the panel, where it became busy or free."""
        if not self._works:
            self._looks += 1
            if self._looks >= _RETRY_LOOKS:
                self.start()
            return None
        try:
            if self._sending:
                self._sending -= 1
                if not self._sending:
                    self._sent()  # Its interrupt was lost.
                return None
            busy = self._radio.level_dbm() > BUSY_DBM
        except OSError:
            self._works = False
            return None
        self._differs = self._differs + 1 if busy != self._busy else 0
        if self._differs < _LOOKS:
            return None
        self._busy, self._differs = busy, 0
        return ("noise", busy)

    def _sent(self) -> None:
        self._sending = 0
        if self._waiting:
            self.transmit(self._waiting.pop(0))
        else:
            self._radio.listen()
