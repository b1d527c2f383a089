"""The cloud in virtual time: it looks when something is due, and plans no timers when nothing is."""

from hemlarm_cloud.ingest.entry_delays import GRACE_MS
from hemlarm_protocol import cbor, topics
from hemlarm_simulator.clock import VirtualClock
from hemlarm_simulator.ledger import Ledger
from hemlarm_simulator.virtual.ingest import COMMAND_LIFE_MS, COMMIT_MS, VirtualCloud
from hemlarm_simulator.virtual.panel_cloud import PanelCloud
from ingest_support import PANEL, ROOT_KEY, BenchPanel

ENTRY_DELAY_STARTED, DISARM = 6134, 1401
DELAY_MS = 30_000


class Town:
    """A virtual cloud and a panel whose frames reach it; what the cloud says is lost."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.process = VirtualCloud(self.clock, Ledger(), 1)
        self.process.provision({"panel": PANEL, "root_key": ROOT_KEY})
        self.panel = BenchPanel()
        self.cloud = PanelCloud(self.process, self.panel.id)
        self.panel.end.connected(0)
        self.deliver()

    def deliver(self) -> None:
        """Let the panel's frames arrive now."""
        for frame in self.panel.end.to_send():
            self.process._arrived(topics.up(self.panel.id), frame)
        self.run(COMMIT_MS)

    def run(self, ms: int) -> None:
        """Let time go by."""
        until_ms = self.clock.now_ms + ms
        while (next_ms := self.clock.schedule.next_ms()) is not None and next_ms <= until_ms:
            self.clock.now_ms = next_ms
            self.clock.schedule.fire_next()
        self.clock.now_ms = until_ms

    def record(self, qcode: int) -> None:
        """Let the panel report something."""
        self.panel.recorder.record(qcode, 1, 7, 0, 0, DELAY_MS // 2000)
        self.panel.end.poke(0)
        self.deliver()


def test_an_alarm_is_presumed_in_the_millisecond_it_is_due_and_the_cloud_is_quiet_again() -> None:
    town = Town()
    received_ms = town.clock.unix_ms
    town.record(ENTRY_DELAY_STARTED)
    town.run(DELAY_MS + GRACE_MS - COMMIT_MS - 1)
    assert town.cloud.presumed_alarms() == []
    town.run(1)
    (alarm,) = town.cloud.presumed_alarms()
    assert (alarm.area, alarm.zone, alarm.raised_ms) == (1, 7, received_ms + DELAY_MS + GRACE_MS)
    assert town.clock.schedule.next_ms() is None


def test_a_disarm_leaves_no_alarm_and_no_timer() -> None:
    town = Town()
    town.record(ENTRY_DELAY_STARTED)
    town.record(DISARM)
    town.run(DELAY_MS + GRACE_MS)
    assert town.cloud.presumed_alarms() == []
    assert town.clock.schedule.next_ms() is None


def test_a_change_is_tried_until_it_expires() -> None:
    town = Town()
    change_id = town.cloud.configure([["areas", 1, {"entry_s": 45}]], user=5)
    town.run(2 * COMMAND_LIFE_MS)
    change = town.process.command(change_id)
    assert change is not None
    assert (change.state, change.status) == ("expired", None)
    assert town.clock.schedule.next_ms() is None


def test_a_change_is_based_on_the_stored_revision_unless_told_otherwise() -> None:
    town = Town()
    with town.process.store.begin() as tx:
        tx.expect_configuration(town.panel.id)
        tx.keep_configuration(town.panel.id, 6, cbor.encode({"revision": 6}), 1)
    configuration = town.cloud.configuration()
    assert configuration is not None
    assert configuration.revision == 6
    ids = [town.cloud.configure([], base=base) for base in (None, 4)]
    with town.process.store.read() as reading:
        assert [change.base for change in map(reading.change, ids) if change] == [6, 4]
