"""The wired zones' terminals: from what converters measure to resistances, and what of that is worth telling.

Each terminal is fed through a resistor from a steady supply; its zone has the terminal's number. Nothing here knows how
a zone is wired: of each it tells the resistance and, for plain contacts, whether it is open; the panel takes what it
needs. A converter that does not answer for a second is a line that is cut, for its lines guard nothing.
"""

from hemlarm_firmware.panel import inputs
from hemlarm_protocol.constant import const

ROUND_MS = 100
"""How often every line is measured."""

DEBOUNCE_ROUNDS = 5
"""A plain contact counts when it was found so often: as long as the filter of other lines, `sensors/line.py`."""

CUT_OHMS = 100_000
"""From here on a line counts as cut: the widest range of any wiring ends at 15,000."""

CONTACT_OHMS = 5_000
"""A plain contact is open from here on, more than any cable has."""

_SILENT_LINES = const(40)
_STEP_OHMS = const(20)
_STEP_SHARE = const(16)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hemlarm_firmware.hal.chips.ads1115 import Ads1115

    Input = tuple[object, ...]


def ohms(microvolts: int, supply_uv: int, feed_ohms: int) -> int:
    """Return a line's resistance from the voltage over it; OPEN_OHMS for one that is cut."""
    if microvolts <= 0:
        return 0
    if microvolts >= supply_uv:
        return inputs.OPEN_OHMS
    found = feed_ohms * microvolts // (supply_uv - microvolts)
    return found if found < CUT_OHMS else inputs.OPEN_OHMS


class ZoneLines:
    """All terminals: 1 to 4 on the first converter, 5 to 8 on the second, and so on.

    A round is `begin`, CONVERSION_MS later `collect`, for each channel, and then `judge`.
    """

    def __init__(self, converters: "list[Ads1115]", channels: int, supply_uv: int, feed_ohms: int) -> None:
        count = len(converters) * channels
        self.channels = channels
        self._converters = converters
        self._supply_uv = supply_uv
        self._feed_ohms = feed_ohms
        self._begun = [False] * len(converters)
        self._silent = [0] * len(converters)  # How many lines in a row it did not tell.
        self._found = [inputs.OPEN_OHMS] * count
        self._told = [0] * count
        self._open = [True] * count
        self._rounds = [0] * count  # How often each contact was found other than it was told.
        self._started = False

    def begin(self, channel: int) -> None:
        """Have every converter measure this channel."""
        for index, converter in enumerate(self._converters):
            try:
                converter.start(channel)
                self._begun[index] = True
            except OSError:
                self._begun[index] = False  # What it holds is another line's.

    def collect(self, channel: int) -> None:
        """Take what they measured."""
        for index, converter in enumerate(self._converters):
            line = index * self.channels + channel
            self._silent[index] += 1
            try:
                if self._begun[index]:
                    self._found[line] = ohms(converter.microvolts(), self._supply_uv, self._feed_ohms)
                    self._silent[index] = 0
            except OSError:
                pass
            if self._silent[index] >= _SILENT_LINES:
                self._found[line] = inputs.OPEN_OHMS

    def judge(self) -> "list[Input]":
        """Return what has changed, as inputs of the panel; after the first round the start."""
        if not self._started:
            return [self._start()]
        news: list[Input] = []
        for line, found in enumerate(self._found):
            told = self._told[line]
            if abs(found - told) > _STEP_OHMS + told // _STEP_SHARE:
                self._told[line] = found
                news.append((inputs.LINE, line + 1, found))
            if (found >= CONTACT_OHMS) == self._open[line]:
                self._rounds[line] = 0
                continue
            self._rounds[line] += 1
            if self._rounds[line] == DEBOUNCE_ROUNDS:
                self._rounds[line] = 0
                self._open[line] = not self._open[line]
                news.append((inputs.ZONE, line + 1, self._open[line]))
        return news

    def _start(self) -> "Input":
        self._started = True
        self._told = list(self._found)
        self._open = [found >= CONTACT_OHMS for found in self._found]
        zones_open = [line + 1 for line, is_open in enumerate(self._open) if is_open]
        return (inputs.START, zones_open, [(line + 1, found) for line, found in enumerate(self._found)])
