"""The modem's supply and power key: starts it, finds out whether it answers, and cuts its supply."""

from hemlarm_firmware.modem.at import AtError, ModemSilentError
from hemlarm_firmware.waiting import Pause
from hemlarm_protocol.constant import const

KEY_MS = const(2_200)
"""How long the key is pressed: an EG915U starts after 2 s, and an A76xx takes 2.5 s for the wish to stop."""

OFF_MS = const(12_000)
"""How long the supply is cut: the modem's capacitors are empty by then."""

UNKNOWN, RUNNING, CUT, STARTING = (4, 34), (-1, 20), (0, 30), (-1, 30)
"""What a modem may be: after how many seconds of silence to press its key (-1: never), and when to give up. The makers
say 10 to 15 s from the key to the first answer, users 15 to 20 s."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hemlarm_firmware.board import Modem
    from hemlarm_firmware.clock import Clock
    from hemlarm_firmware.modem.at import AtChannel


class Power:
    """`state` is one of the four above."""

    def __init__(self, modem: "Modem", at: "AtChannel", clock: "Clock") -> None:
        self.state = UNKNOWN
        self._modem = modem
        self._at = at
        self._clock = clock
        self._pause = Pause()

    async def wake(self) -> bool:
        """Return whether the modem answers, after all that could make it answer, short of cutting its supply."""
        self._modem.supply(True)
        key_at, attempts = self.state
        for attempt in range(attempts):
            if attempt == key_at:
                self._modem.power_key(True)
                await self._pause.wait(KEY_MS)
                self._modem.power_key(False)
            try:
                await self._at.command("AT", 1_000)
            except AtError:
                pass
            except ModemSilentError:
                continue
            self.state = RUNNING
            return True
        return False

    async def cut(self, ms: int) -> None:
        """Cut the supply for that long. The next `wake` gives it back."""
        self._modem.supply(False)
        self.state = CUT
        await self._pause.wait(ms)
