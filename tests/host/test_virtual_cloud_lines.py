"""The cloud in virtual time misses silent panels, takes SMS at its number, and answers them."""

from heard_panel import ROOT_KEY, HeardPanel
from hemlarm_protocol import topics
from hemlarm_simulator.clock import VirtualClock
from hemlarm_simulator.ledger import Ledger
from hemlarm_simulator.modem.sms_centre import SmsCentre
from hemlarm_simulator.modem_description import CENTRE_NUMBER
from hemlarm_simulator.virtual.ingest import VirtualCloud
from hemlarm_simulator.virtual.panel_cloud import PanelCloud

NUMBER = "+46701740605"


class Site:
    """A panel that is only a session, its cloud, and an SMS centre between them."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.process = VirtualCloud(self.clock, Ledger(), 1)
        self.panel = HeardPanel()
        self.process.provision({"panel": self.panel.panel, "root_key": ROOT_KEY})
        self.cloud = PanelCloud(self.process, self.panel.id)
        self.texts: list[bytes] = []
        self.centre = SmsCentre(self.clock, bytes)
        self.phone = self.centre.subscriber(NUMBER, lambda _sender, octets: self.texts.append(octets))
        self.process.connect_sms(self.centre)
        self.process.broker.publish = self._published  # type: ignore[method-assign, assignment]
        self.say(self.panel.hello())
        self.say(self.panel.heartbeat())

    def say(self, frame: bytes) -> None:
        """The panel says something over MQTT."""
        self.process.broker.published(topics.up(self.panel.id), frame)
        self.run(10)

    def run(self, ms: int) -> None:
        """Let time go by."""
        until_ms = self.clock.now_ms + ms
        while (next_ms := self.clock.schedule.next_ms()) is not None and next_ms <= until_ms:
            self.clock.now_ms = next_ms
            self.clock.schedule.fire_next()
        self.panel.uptime_ms += until_ms - self.clock.now_ms
        self.clock.now_ms = self.panel.uptime_ms = until_ms

    def _published(self, topic: str, frame: bytes) -> None:
        self.panel.take([frame])


def test_a_silent_panel_is_missed_on_time_without_anybody_looking() -> None:
    site = Site()
    site.run(600_000)
    (fault,) = site.cloud.line_faults()
    assert fault.began_ms - fault.heard_ms == 180_000
    site.say(site.panel.heartbeat())
    assert site.cloud.line_faults()[0].ended_ms is not None


def test_levels_are_told_as_soon_as_they_are_set() -> None:
    site = Site()
    before = len(site.panel.levels())
    site.process.set_levels(site.panel.id, 90, 18_000)
    assert site.panel.levels()[before:] == [(22_500, 6_000_000)]
    site.run(90_000)
    assert len(site.cloud.line_faults()) == 1


def test_an_ingest_that_was_dead_for_long_misses_nobody_for_it() -> None:
    site = Site()
    site.process.crash(3_600_000)
    site.run(3_600_000 + 170_000)
    assert site.cloud.line_faults() == []
    site.run(20_000)
    assert len(site.cloud.line_faults()) == 1


def test_a_broker_that_was_away_for_long_makes_no_line_fault() -> None:
    site = Site()
    site.process.wipe_broker(3_600_000)
    site.run(3_600_000 + 170_000)
    assert site.cloud.line_faults() == []


def test_an_sms_is_stored_once_and_answered() -> None:
    site = Site()
    site.phone.send(CENTRE_NUMBER, site.panel.event(1) + site.panel.event(2))
    site.run(20_000)
    assert [event.number for event in site.cloud.events()] == [1, 2]
    assert len(site.texts) == 1


def test_an_sms_that_comes_while_the_ingest_is_dead_is_not_answered() -> None:
    site = Site()
    site.process.crash(60_000)
    site.phone.send(CENTRE_NUMBER, site.panel.event(1))
    site.run(50_000)
    assert (site.cloud.events(), site.texts) == ([], [])
    site.run(20_000)
    site.phone.send(CENTRE_NUMBER, site.panel.event(1))
    site.run(20_000)
    assert ([event.number for event in site.cloud.events()], len(site.texts)) == ([1], 1)
