"""What was received since the last commit, and the rows it becomes."""

from typing import Any, NamedTuple

from hemlarm_cloud.ingest.moment import Moment
from hemlarm_cloud.ingest.readings import Told
from hemlarm_cloud.ingest.served_panels import ServedPanel
from hemlarm_cloud.store import Event, PanelHealth, PathReport
from hemlarm_protocol import messages, sealing
from hemlarm_protocol.household import PicturePart
from hemlarm_protocol.upkeep import UpdateWanted


class Received(NamedTuple):
    """One event or void record, as it arrived; `sender` is the number it came from by SMS."""

    panel: str
    kid: bytes
    number: int
    sealed: bytes
    message: Any
    at: Moment
    sender: str | None = None

    def row(self, committed_ms: int) -> Event:
        """Return it as it is stored, dated by its arrival."""
        tag, arrived_ms, message = sealing.short_tag(self.sealed), self.at.unix_ms, self.message
        if isinstance(message, messages.Void):
            head = (self.panel, self.kid, self.number, tag, self.sealed, arrived_ms, committed_ms, 0)
            return Event(*head, dated_ms=arrived_ms)
        qcode, area, zone, user, source, detail, boot, uptime_ms, time_s = message
        return Event(
            self.panel,
            self.kid,
            self.number,
            tag,
            self.sealed,
            arrived_ms,
            committed_ms,
            qcode,
            area,
            zone,
            user,
            source,
            detail,
            boot,
            uptime_ms,
            None if time_s is None else 1000 * time_s,
            dated_ms=arrived_ms,
        )


class Batch:
    """By kind. `reporting` are the panels that have to be looked at since they reported where they stand, `heard` those
    that were heard so that the store has to know."""

    def __init__(self) -> None:
        self.panels: dict[str, ServedPanel] = {}
        self.salts: list[tuple[str, bytes, bytes]] = []
        self.events: list[Received] = []
        self.results: list[tuple[str, Any]] = []
        self.reporting: set[str] = set()
        self.asking: set[str] = set()
        self.opened: set[str] = set()
        self.documents: dict[str, tuple[int, bytes]] = {}
        self.health: dict[str, PanelHealth] = {}
        self.path_reports: dict[tuple[str, int], PathReport] = {}
        self.readings: dict[str, Told] = {}
        self.heard: dict[str, None] = {}
        self.outdated: set[str] = set()
        self.picture_parts: list[tuple[str, PicturePart]] = []
        self.picture_states: list[tuple[str, bytes, int]] = []
        self.upkeep: list[tuple[str, Any]] = []

    def __bool__(self) -> bool:
        return bool(
            self.events
            or self.reporting
            or self.asking
            or self.salts
            or self.results
            or self.opened
            or self.documents
            or self.health
            or self.path_reports
            or self.readings
            or self.heard
            or self.picture_parts
            or self.upkeep
        )

    def told(self, panel: str, fact: tuple[Any, ...], at_ms: int) -> None:
        """Take note of what a panel tells of itself and its house."""
        kind, message = fact[:2]
        if kind == "health":
            self.health[panel] = PanelHealth(panel, at_ms, *message)
        elif kind == "readings":
            self.readings[panel] = Told(message.items, at_ms)
        elif kind == "picture-part":
            self.picture_parts.append((panel, message))
        elif kind == "upkeep":
            self.upkeep.append((panel, message))

    def what_comes_once(self) -> "Batch":
        """Return what the panel will not send again by itself when this batch could not be stored."""
        kept = Batch()
        kept.salts, kept.opened, kept.documents, kept.health = self.salts, self.opened, self.documents, self.health
        kept.path_reports, kept.readings = self.path_reports, self.readings
        kept.upkeep = [each for each in self.upkeep if not isinstance(each[1], UpdateWanted)]
        return kept
