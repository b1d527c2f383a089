"""Asking one panel for its configuration, piece by piece, until all pieces are of one revision."""

from collections.abc import Callable

from hemlarm_cloud.ingest.moment import Moment
from hemlarm_cloud.ingest.served_panels import ServedPanel, ServedPanels
from hemlarm_protocol import cbor
from hemlarm_protocol.errors import BadMessage
from hemlarm_protocol.messages import ConfigPart, ReadConfig

REPEAT_MS = 5_000
"""An unanswered question is asked again, as a command is."""

TRIES = 5
"""Unanswered questions before giving up: firmware 1.0 knows none of them. The next session or change begins anew."""

LIFE_MS = 60_000
"""How long a question may be under way."""


class ConfigurationReading:
    """One reading, from its first question to its last piece. `random(n)` gives n bytes; times are steady."""

    def __init__(self, random: Callable[[int], bytes]) -> None:
        self._random = random
        self.begin_again()

    def begin_again(self) -> None:
        """Forget what came so far: the configuration may have changed. What still comes of it is not taken."""
        self._id = self._random(8)
        self._data = b""
        self._head: tuple[int, int] | None = None
        self._tries = self.due_ms = 0

    @property
    def given_up(self) -> bool:
        """Whether too many questions in a row were not answered."""
        return self._tries > TRIES

    def ask(self, now_ms: int, panel_ms: int) -> ReadConfig | None:
        """Return the question to send now, or None where an answer is still awaited or no longer expected.

        `panel_ms` is what the panel takes for the time now, in ms since 1970.
        """
        if now_ms < self.due_ms:
            return None
        self._tries, self.due_ms = self._tries + 1, now_ms + REPEAT_MS
        if self.given_up:
            return None
        return ReadConfig(self._id, len(self._data), (panel_ms + LIFE_MS) // 1000)

    def take(self, part: ConfigPart) -> tuple[int, bytes] | None:
        """Take a piece; returns (revision, CBOR of a map) with the last one. Raises BadMessage for what is no map.

        A piece that answers no present question has no effect, and one of another revision than the first begins the
        reading again.
        """
        if part.id != self._id or part.offset != len(self._data) or part.offset + len(part.data) > part.total:
            return None
        head = (part.revision, part.total)
        if self._head not in (None, head):
            self.begin_again()
            return None
        self._head = head
        self._data += part.data
        self._tries = self.due_ms = 0
        if len(self._data) < part.total:
            return None
        document, revision = self._data, part.revision
        self.begin_again()
        if not isinstance(cbor.decode(document), dict):
            raise BadMessage("a configuration is a CBOR map")
        return revision, document


class ConfigurationReadings:
    """The readings of all panels that one process serves."""

    def __init__(self, panels: ServedPanels, random: Callable[[int], bytes]) -> None:
        self._panels = panels
        self._random = random
        self._readings: dict[str, ConfigurationReading] = {}

    def begin(self, panel: str) -> None:
        """Read a panel's configuration, from its beginning."""
        self._readings[panel] = ConfigurationReading(self._random)

    def take(self, panel: str, part: ConfigPart) -> tuple[int, bytes] | None:
        """Take a piece, as `ConfigurationReading.take`; the reading is over with the last one, or one that is wrong."""
        asked = self._readings.get(panel)
        try:
            whole = asked.take(part) if asked else None
        except BadMessage:
            del self._readings[panel]
            raise
        if whole:
            del self._readings[panel]
        return whole

    def ask(self, now: Moment) -> dict[str, ServedPanel]:
        """Send what is to be asked now; returns the panels that were asked."""
        spoken_to = {}
        for panel, asked in list(self._readings.items()):
            served = self._panels.get(panel)
            question = asked.ask(now.steady_ms, served.time_ms(now)) if served and served.end.hello else None
            if served and question:
                served.end.read_config(question)
                spoken_to[panel] = served
            elif asked.given_up or not served:
                del self._readings[panel]
        return spoken_to

    def due_ms(self) -> list[int]:
        """Return when there is something to ask again, on the steady clock."""
        return [asked.due_ms for asked in self._readings.values() if asked.due_ms]
