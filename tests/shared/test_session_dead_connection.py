"""A connection gone dead on a line that is fine: with an alarm waiting a new one is asked for soon, and once."""

from hemlarm_protocol.retransmission import LEAST_MS
from session_support import FIRE, ROUTINE, kinds, opened, wakes_until


def test_with_an_alarm_on_a_connection_gone_dead_a_new_one_is_asked_for_soon_and_once() -> None:
    panel, _ = opened()
    panel.event(FIRE)
    panel.end.poke(10_000)
    panel.end.to_send()
    wakes_until(panel, 10_000 + 7 * LEAST_MS + 3_000)
    assert kinds(panel.end.happenings()) == ["reconnect"]
    panel.end.disconnected()
    panel.end.connected(20_000)  # Now it may be the cloud that is away, or the line that is slow.
    wakes_until(panel, 20_000 + 30_999)
    assert panel.end.happenings() == []
    wakes_until(panel, 20_000 + 31_000)
    assert kinds(panel.end.happenings()) == ["reconnect"]


def test_with_a_routine_event_a_silent_connection_is_given_its_time() -> None:
    panel, _ = opened()
    panel.event(ROUTINE)
    panel.end.poke(10_000)
    panel.end.to_send()
    wakes_until(panel, 10_000 + 7 * LEAST_MS + 30_000)
    assert panel.end.happenings() == []
