"""The panel's health in a session: told as it opens, about once an hour, and when the shell says that it got worse."""

from hemlarm_protocol import messages
from hemlarm_protocol.panel_end import HEALTH_EVERY_MS, PanelEnd, Status
from session_support import PANEL, ROOT_KEY, SALT, Cloud, Panel, opened, settle

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

HEARTBEAT_MS = 60_000
WELL = messages.Health(1, 0, 0, 100_000, 0, 6_000, 0, 0, 3, 0, 1, 13_500, 100, 48, 1)


class _Patient(Panel):
    """A panel that tells of its health."""

    def boot(self) -> None:
        super().boot()
        self.health = WELL
        self.end = PanelEnd(PANEL, ROOT_KEY, self.chance, self.journal, self._now, self._health)

    def _health(self) -> messages.Health:
        return self.health

    def _now(self) -> Status:
        return Status(self.boots, None, self.next_number, 100_000, 1, (SALT,))


def _in_session() -> "tuple[_Patient, Cloud]":
    panel, cloud = _Patient(), Cloud()
    panel.end.connected(0)
    settle(panel, cloud, 0)
    return panel, cloud


def _told(cloud: Cloud) -> "list[Any]":
    return [fact[1] for fact in cloud.take_facts() if fact[0] == "health"]


def _live_until(panel: Panel, cloud: Cloud, end_ms: int) -> int:
    """Wake the panel at its deadlines up to then; return how often."""
    for count in range(10_000):
        deadline_ms = panel.end.deadline_ms()
        assert deadline_ms is not None
        if deadline_ms > end_ms:
            return count
        panel.end.wake(deadline_ms)
        settle(panel, cloud, deadline_ms)
    raise AssertionError("the panel never sleeps")


def test_health_is_told_as_the_session_opens() -> None:
    _, cloud = _in_session()
    assert _told(cloud) == [WELL]


def test_an_alarm_that_waits_leaves_before_the_health() -> None:
    panel, cloud = _Patient(), Cloud()
    panel.end.connected(0)
    cloud.heard(panel.end.to_send(), 0)
    alarm = panel.event(0)
    panel.heard(cloud.end.to_send(), 0)
    frames = panel.end.to_send()
    assert frames[0] != alarm.kid + alarm.sealed  # The heartbeat, which opens the session.
    assert frames[1] == alarm.kid + alarm.sealed
    assert len(frames) == 3


def test_health_is_told_again_every_hour_without_waking_the_panel_more_often() -> None:
    panel, cloud = _in_session()
    silent, other = opened()
    _told(cloud)
    woken = _live_until(panel, cloud, HEALTH_EVERY_MS - 1)
    assert _told(cloud) == []
    assert woken == _live_until(silent, other, HEALTH_EVERY_MS - 1)
    _live_until(panel, cloud, HEALTH_EVERY_MS + HEARTBEAT_MS)
    assert _told(cloud) == [WELL]


def test_what_got_worse_is_told_at_once_and_the_hour_begins_anew() -> None:
    panel, cloud = _in_session()
    _told(cloud)
    panel.health = messages.Health(1, 0, 0, 100_000, 0, 6_000, 1, 0, 3, 0, 1, 13_500, 100, 48, 1)
    panel.end.tell_health(1_800_000)
    settle(panel, cloud, 1_800_000)
    assert [health.flash_faults for health in _told(cloud)] == [1]
    _live_until(panel, cloud, 1_800_000 + HEALTH_EVERY_MS - 1)
    assert _told(cloud) == []


def test_without_a_session_nothing_is_told_and_the_next_one_begins_with_it() -> None:
    panel, cloud = _in_session()
    panel.end.disconnected()
    _told(cloud)
    panel.end.tell_health(1_000)
    assert panel.end.to_send() == []
    panel.end.connected(2_000)
    settle(panel, cloud, 2_000)
    assert _told(cloud) == [WELL]


def test_a_panel_that_knows_nothing_of_health_is_served_as_ever() -> None:
    panel, cloud = opened()
    panel.end.tell_health(0)
    assert panel.end.to_send() == []
    _live_until(panel, cloud, 2 * HEALTH_EVERY_MS)
    assert _told(cloud) == []
