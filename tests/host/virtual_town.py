"""A virtual cloud and a panel's recorder, journal and session at its broker, with the clock moved by hand."""

from hemlarm_cloud.store import Event
from hemlarm_protocol import topics
from hemlarm_simulator.clock import VirtualClock
from hemlarm_simulator.ledger import Ledger
from hemlarm_simulator.virtual import mqtt_packets as mqtt
from hemlarm_simulator.virtual.broker import Session
from hemlarm_simulator.virtual.ingest import VirtualCloud
from hemlarm_simulator.virtual.panel_cloud import PanelCloud
from ingest_support import PANEL, ROOT_KEY, BenchPanel
from virtual_network_bench import login, payload

STEP_MS = 100


class Town:
    """The panel is connected from the start, and connects again as soon as the broker has ended its session."""

    def __init__(self, seed: int = 1) -> None:
        self.clock = VirtualClock()
        self.ledger = Ledger()
        self.process = VirtualCloud(self.clock, self.ledger, seed)
        self.process.provision({"panel": PANEL, "root_key": ROOT_KEY})
        self.panel = BenchPanel()
        self.cloud = PanelCloud(self.process, self.panel.id)
        self.said = 0
        """How many frames the panel has sent."""
        self._session: Session | None = None
        self.run(1_000)

    @property
    def faults(self) -> dict[str, int]:
        """The counts of what was done."""
        return dict(self.process.faults.counts)

    def run(self, ms: int) -> None:
        """Lets time go by, the panel looking every STEP_MS."""
        until_ms = self.clock.now_ms + ms
        while self.clock.now_ms < until_ms:
            self._turn()
            self.until(min(until_ms, self.clock.now_ms + STEP_MS))
        self._turn()

    def record(self) -> int:
        """The panel journals an event; returns its number."""
        return self.panel.record()

    def stored(self) -> list[int]:
        """The numbers of the events in the store, in the order of their commits."""
        return [event.number for event in self.rows()]

    def rows(self) -> list[Event]:
        """The events in the store, without void records."""
        return [event for event in self.cloud.events() if event.qcode]

    def acknowledged(self) -> list[int]:
        """The numbers that the panel was told are stored."""
        return [fact[2] for fact in self.panel.happened if fact[0] == "acknowledged"]

    def until(self, at_ms: int) -> None:
        """Lets the cloud's time go by, and the panel's stand still."""
        while (next_ms := self.clock.schedule.next_ms()) is not None and next_ms <= at_ms:
            self.clock.now_ms = next_ms
            self.clock.schedule.fire_next()
        self.clock.now_ms = at_ms

    def _turn(self) -> None:
        now_ms = self.panel.now_ms = self.clock.now_ms
        if self._session is None and self.process.broker.up:
            self._session = self.process.broker.accept(self.panel.id, self._take, self._hung_up)
            self._session.received(login(self.panel.id))
            self.panel.end.connected(now_ms)
        deadline_ms = self.panel.end.deadline_ms()
        if deadline_ms is not None and deadline_ms <= now_ms:
            self.panel.end.wake(now_ms)
        self.say()

    def say(self) -> None:
        """The panel sends what it has to send, now."""
        for frame in self.panel.end.to_send():
            if self._session is not None:
                self.said += 1
                self._session.received(mqtt.publish(topics.up(self.panel.id), frame))
        self.panel.take_happenings()

    def _take(self, data: bytes) -> None:
        if data[0] >> 4 == mqtt.PUBLISH:
            self.panel.end.received(payload(data), self.clock.now_ms)
            self.panel.take_happenings()

    def _hung_up(self) -> None:
        self._session = None
        self.panel.end.disconnected()
