"""The panel's end: when it greets, sends, repeats and gives way, and what a stranger on the line cannot do."""

from hemlarm_protocol import flights, keys, messages, panel_end, sealing
from hemlarm_protocol.retransmission import LEAST_MS
from session_support import (
    FIRE,
    PANEL,
    ROOT_KEY,
    ROUTINE,
    SALT,
    Chance,
    Panel,
    changed,
    kinds,
    opened,
    settle,
    wakes_until,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from session_support import Record


def sealed_of(records: "list[Record]") -> "list[bytes]":
    return [record.kid + record.sealed for record in records]


def hellos(panel: Panel, frames: "list[bytes]") -> int:
    kid = keys.hello_key(ROOT_KEY, PANEL).kid
    return len([frame for frame in frames if frame[:4] == kid])


def knock(seed: int = 9) -> bytes:
    key = keys.knock_key(ROOT_KEY, PANEL)
    return sealing.frame(key, sealing.seal_random(key, Chance(seed)(13), messages.encode(messages.Knock())))


def events_in(panel: Panel, frames: "list[bytes]") -> "list[int]":
    """Return the event numbers among the frames, in their order."""
    return [sealing.open_numbered(panel.key, frame[4:])[0] for frame in frames if frame[:4] == panel.key.kid]


def test_an_offline_panel_wants_nothing_and_sends_nothing() -> None:
    panel = Panel()
    panel.event()
    panel.end.poke(0)
    panel.end.wake(0)
    panel.heard([knock()], 0)
    assert panel.end.deadline_ms() is None
    assert panel.end.to_send() == []
    assert panel.end.happenings() == []


def test_on_connecting_it_greets_and_sends_events_without_waiting_for_the_answer() -> None:
    panel = Panel()
    first, second = panel.event(), panel.event(FIRE)
    panel.end.connected(0)
    frames = panel.end.to_send()
    assert hellos(panel, frames[:1]) == 1
    assert frames[1:] == sealed_of([second, first])


def test_the_same_bytes_are_sent_each_time() -> None:
    panel = Panel()
    record = panel.event()
    panel.end.connected(0)
    panel.end.to_send()
    repeats = [frame for _, frames in wakes_until(panel, 20_000) for frame in frames if frame[:4] == record.kid]
    assert len(repeats) >= 3
    assert set(repeats) == {record.kid + record.sealed}


def test_events_are_repeated_at_growing_distances() -> None:
    panel = Panel()
    panel.event()
    panel.end.connected(0)
    panel.end.to_send()
    times = [0] + [at for at, frames in wakes_until(panel, 200_000) if events_in(panel, frames)]
    waits = [later - earlier for earlier, later in zip(times, times[1:])]  # noqa: RUF007 - MicroPython has no pairwise.
    assert waits == [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]


def test_a_hello_is_repeated_then_made_anew_then_a_new_connection_is_asked_for() -> None:
    panel = Panel()
    panel.end.connected(0)
    first = panel.end.to_send()[0]
    sent = wakes_until(panel, 31_000)
    assert [at for at, _ in sent] == [1000, 3000, 7000, 15_000, 31_000]
    assert [frames[0] == first for _, frames in sent] == [True, True, True, False, False]
    assert panel.end.happenings() == [("reconnect",)]


def test_the_wait_for_a_welcome_stops_growing() -> None:
    panel = Panel()
    panel.end.connected(0)
    times = [at for at, _ in wakes_until(panel, 1_000_000)]
    assert max([later - earlier for earlier, later in zip(times, times[1:])]) == 32_000  # noqa: RUF007 - MicroPython has no pairwise.


def test_no_more_than_the_window_is_in_flight() -> None:
    panel = Panel()
    for _ in range(40):
        panel.event()
    panel.end.connected(0)
    assert len(events_in(panel, panel.end.to_send())) == flights.IN_FLIGHT_MAX
    panel.end.poke(1)
    assert panel.end.to_send() == []


def test_a_fire_overtakes_a_full_window() -> None:
    panel = Panel()
    for _ in range(40):
        panel.event(ROUTINE)
    panel.end.connected(0)
    panel.end.to_send()
    fire = panel.event(FIRE)
    panel.end.poke(1)
    assert panel.end.to_send() == sealed_of([fire])
    panel.end.poke(2)
    assert panel.end.to_send() == []


def test_what_is_repeated_leaves_most_urgent_first_and_oldest_first_among_equals() -> None:
    panel = Panel()
    for urgency in (ROUTINE, 2, ROUTINE, 4, FIRE, 2, FIRE):
        panel.event(urgency)
    panel.end.connected(0)
    order = [5, 7, 2, 6, 4, 1, 3]
    assert events_in(panel, panel.end.to_send()) == order
    panel.event(FIRE)
    panel.end.poke(0)
    panel.end.to_send()
    panel.end.wake(1000)
    assert events_in(panel, panel.end.to_send()) == [5, 7, 8, 2, 6, 4, 1, 3]


def test_when_a_new_session_opens_events_are_sent_again_most_urgent_first() -> None:
    panel, cloud = opened()
    for urgency in (ROUTINE, 4, ROUTINE):
        panel.event(urgency)
        panel.end.poke(6000)
    panel.event(FIRE)
    panel.end.poke(6000)
    panel.end.to_send()
    panel.heard([knock()], 6001)
    cloud.heard(panel.end.to_send(), 6002)
    panel.heard(cloud.end.to_send(), 6003)
    assert events_in(panel, panel.end.to_send()) == [4, 2, 1, 3]


def test_losing_the_connection_makes_what_was_in_flight_pending() -> None:
    panel, _ = opened()
    record = panel.event()
    panel.end.poke(1)
    assert panel.journal.take() is None
    panel.end.disconnected()
    assert panel.end.to_send() == []
    assert panel.end.deadline_ms() is None
    assert panel.journal.take() is record


def test_an_answer_without_a_session_is_not_sent() -> None:
    panel = Panel()
    panel.end.connected(0)
    panel.end.to_send()
    panel.end.answer(bytes(8), 0, 0)
    assert panel.end.to_send() == []


def test_a_silent_cloud_is_greeted_anew_after_a_few_waits() -> None:
    panel, _ = opened()
    panel.event()
    panel.end.poke(10_000)
    panel.end.to_send()
    sent = wakes_until(panel, 13_000)
    assert [hellos(panel, frames) for _, frames in sent][:3] == [0, 0, 1]
    assert sent[2][0] - 10_000 == 7 * LEAST_MS


def test_a_quiet_session_is_a_heartbeat_at_its_distance_and_nothing_more() -> None:
    panel, cloud = opened()
    assert panel.end.deadline_ms() == 60_000
    panel.end.wake(60_000)
    frames = panel.end.to_send()
    assert len(frames) == 1 and len(frames[0]) == 68
    cloud.heard(frames, 60_001)
    panel.heard(cloud.end.to_send(), 60_002)
    assert kinds(panel.end.happenings()) == ["time"]
    assert panel.end.to_send() == []
    assert panel.end.deadline_ms() == 120_002


def test_a_welcome_that_took_too_long_is_not_taken() -> None:
    panel = Panel()
    _other, cloud = opened()
    panel.end.connected(0)
    cloud.heard(panel.end.to_send(), 0)
    panel.heard(cloud.end.to_send(), panel_end.HELLO_LIFE_MS + 1)
    assert panel.end.state == panel_end.GREETING
    assert panel.end.refusals.counts == {"the welcome came too late": 1}


def test_a_knock_is_answered_by_a_new_hello_once_the_session_is_not_young() -> None:
    panel, _ = opened()
    panel.heard([knock()], panel_end.SESSION_YOUNG_MS - 1)
    assert panel.end.to_send() == []
    panel.heard([knock()], panel_end.SESSION_YOUNG_MS)
    assert hellos(panel, panel.end.to_send()) == 1
    panel.heard([knock(), knock(10)], panel_end.SESSION_YOUNG_MS + 1)
    assert panel.end.to_send() == []


def test_a_recorded_knock_takes_nothing_from_the_session_it_disturbs() -> None:
    panel, cloud = opened()
    panel.heard([knock()], 6000)
    panel.end.to_send()
    cloud.end.command(messages.Command(bytes(8), 4, 1, 1, 0xFFFFFFFF))
    panel.heard(cloud.end.to_send(), 6001)
    assert kinds(panel.end.happenings()) == ["command"]
    panel.end.answer(bytes(8), 0, 0)
    cloud.heard(panel.end.to_send(), 6002)
    assert "result" in kinds(cloud.take_facts())


def test_an_acknowledgement_of_other_bytes_keeps_the_event_and_is_counted() -> None:
    panel, cloud = opened()
    record = panel.event()
    panel.end.poke(1)
    panel.end.to_send()
    tag = sealing.short_tag(record.sealed)
    wrong = [(record.kid, record.number, changed(tag, bit)) for bit in range(64)]
    wrong += [(record.kid, record.number + 1, tag), (bytes(4), record.number, tag)]
    cloud.end.acknowledge(wrong)
    panel.heard(cloud.end.to_send(), 2)
    assert panel.journal.pending == 1
    assert panel.end.happenings() == []
    assert panel.end.refusals.counts == {"an acknowledgement of other bytes": 64}
    cloud.end.acknowledge([(record.kid, record.number, tag)])
    panel.heard(cloud.end.to_send(), 3)
    assert panel.end.happenings() == [("acknowledged", record.kid, record.number)]
    assert panel.journal.pending == 0


def test_acknowledgements_are_selective() -> None:
    panel, cloud = opened()
    records = [panel.event() for _ in range(4)]
    panel.end.poke(1)
    panel.end.to_send()
    cloud.end.acknowledge([(r.kid, r.number, sealing.short_tag(r.sealed)) for r in (records[2], records[0])])
    panel.heard(cloud.end.to_send(), 2)
    assert panel.journal.pending == 2
    panel.end.wake(1000)
    assert events_in(panel, panel.end.to_send()) == [2, 4]


def test_a_forged_acknowledgement_from_another_root_key_is_refused() -> None:
    panel, _ = opened()
    record = panel.event()
    panel.end.poke(1)
    panel.end.to_send()
    key = keys.session_key(bytes(32), PANEL, b"", b"", keys.DOWN, 0)
    item = messages.encode(messages.Acknowledgement(record.kid, [record.number, sealing.short_tag(record.sealed)]))
    for kid in (key.kid, panel.end._reader.kid):  # type: ignore[union-attr]
        panel.heard([kid + sealing.seal_numbered(key, 100, item)], 2)
    assert panel.journal.pending == 1
    assert panel.end.refusals.total() == 2


def test_a_heartbeats_answer_that_was_held_back_does_not_turn_the_clock_back() -> None:
    panel, cloud = opened()
    panel.end.wake(60_000)
    cloud.heard(panel.end.to_send(), 60_000)
    held = cloud.end.to_send()
    for _ in range(2):
        at = panel.end.deadline_ms() or 0
        panel.end.wake(at)
        settle(panel, cloud, at)
    assert kinds(panel.end.happenings()) == ["time", "time"]
    panel.heard(held, at + 1000)
    assert panel.end.happenings() == []


def test_an_answer_that_took_too_long_ends_the_waiting_and_does_not_set_the_clock() -> None:
    panel, cloud = opened()
    for waited_ms, told in ((panel_end.HELLO_LIFE_MS, ["time"]), (panel_end.HELLO_LIFE_MS + 1, [])):
        sent_ms = panel.end.deadline_ms() or 0
        panel.end.wake(sent_ms)
        cloud.heard(panel.end.to_send(), sent_ms)
        panel.heard(cloud.end.to_send(), sent_ms + waited_ms)
        assert kinds(panel.end.happenings()) == told
        assert panel.end.deadline_ms() == sent_ms + waited_ms + 60_000


def test_a_held_answer_is_not_taken_for_the_one_that_is_waited_for() -> None:
    panel, cloud = opened()
    panel.end.wake(60_000)
    cloud.heard(panel.end.to_send(), 60_000)
    held = cloud.end.to_send()
    panel.end.wake(60_200)
    panel.end.to_send()
    panel.heard(held, 60_300)
    assert panel.end.happenings() == []


def test_every_bit_flip_truncation_and_repetition_of_what_the_cloud_says_has_no_effect() -> None:
    panel, cloud = opened()
    record = panel.event()
    panel.end.poke(1)
    panel.end.to_send()
    cloud.end.acknowledge([(record.kid, record.number, sealing.short_tag(record.sealed))])
    frame = cloud.end.to_send()[0]
    for bit in range(8 * len(frame)):
        panel.heard([changed(frame, bit)], 2)
    for length in range(len(frame)):
        panel.heard([frame[:length]], 2)
    assert panel.journal.pending == 1
    assert panel.end.refusals.total() == 9 * len(frame)
    assert panel.end.happenings() == []
    assert panel.end.to_send() == []
    panel.heard([frame, frame, frame], 3)
    assert panel.end.happenings() == [("acknowledged", record.kid, record.number)]
    assert panel.end.refusals.counts["a replay"] == 2


def test_a_panels_own_frames_sent_back_to_it_have_no_effect() -> None:
    panel, _cloud = opened()
    panel.event()
    panel.end.poke(1)
    own = panel.end.to_send()
    panel.end.wake(60_000)
    own += panel.end.to_send()
    panel.heard([knock()], 60_000)
    own += panel.end.to_send()
    panel.heard(own, 60_001)
    assert panel.end.refusals.counts == {"unknown key": len(own)}
    assert panel.end.happenings() == []


def test_noise_fills_no_memory() -> None:
    panel, _ = opened()
    chance = Chance(3)
    kids = (knock()[:4], panel.end._reader.kid, panel.key.kid, bytes(4))  # type: ignore[union-attr]
    for _ in range(500):
        size = sealing.SIZES[chance.below(5)]
        frame = (kids[chance.below(4)] + knock()[4 : 4 + chance.below(30)] + chance(1024))[: 4 + size]
        panel.heard([frame], 7000)
    assert panel.end.refusals.total() == 500
    assert len(panel.end.refusals.counts) <= 12
    assert panel.end.happenings() == []
    assert panel.end.to_send() == []


def test_hello_names_the_salts_it_was_given() -> None:
    panel = Panel(1, (SALT, bytes(16)))
    panel.end.connected(7)
    frame = panel.end.to_send()[0]
    padded = sealing.open_random(keys.hello_key(ROOT_KEY, PANEL), frame[4:])
    hello: Any = messages.decode(padded, keys.HELLO, keys.UP)
    assert hello.salts == [SALT, bytes(16)]
    assert (hello.uptime_ms, hello.boot, hello.time) == (7, 1, None)


def test_events_that_nobody_can_read_any_more_get_out_of_the_way() -> None:
    panel, _ = opened()
    panel.journal.lost.append(b"lost")
    for number in range(flights.IN_FLIGHT_MAX):
        panel.journal.append(b"lost", number, FIRE, bytes(64))
    panel.end.poke(10_000)
    panel.end.to_send()
    behind = panel.event()
    panel.end.poke(10_000)
    assert panel.end.to_send() == [], "the window is full of what is more urgent"
    sent = [frame for _, frames in wakes_until(panel, 10_000_000) for frame in frames]
    assert sealed_of([behind])[0] in sent
    orphans = [frame for frame in sent if frame[:4] == b"lost"]
    assert len(orphans) == flights.IN_FLIGHT_MAX * (flights.ORPHAN_SENDS_MAX - 1)
    panel.end.disconnected()
    panel.end.connected(20_000_000)
    assert [frame for frame in panel.end.to_send() if frame[:4] == b"lost"], "another connection, another try"
