"""The cloud's end: who gets a session, what recordings and strangers cannot do, and what is said to whom."""

from hemlarm_protocol import cloud_end, keys, messages, sealing
from session_support import CLOUD_AHEAD_MS, PANEL, ROOT_KEY, Chance, Cloud, Panel, changed, kinds, opened, settle

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

KNOCK_KID = keys.knock_key(ROOT_KEY, PANEL).kid


def hello(seed: int, salts: "tuple[bytes, ...]" = (bytes(16),)) -> bytes:
    """Return a Hello of this panel's."""
    chance, key = Chance(seed), keys.hello_key(ROOT_KEY, PANEL)
    message = messages.Hello(1, chance(16), 0, None, 1, 0, 1, salts)
    return sealing.frame(key, sealing.seal_random(key, chance(13), messages.encode(message)))


def knocks(frames: "list[bytes]") -> int:
    return len([frame for frame in frames if frame[:4] == KNOCK_KID])


def heard(cloud: Cloud, frames: "list[bytes]", now_ms: int = 0) -> "list[tuple[Any, ...]]":
    """Feed frames and return the facts in them."""
    cloud.heard(frames, now_ms)
    return cloud.take_facts()


def heartbeat_of(panel: Panel, at_ms: int = 60_000) -> bytes:
    panel.end.wake(at_ms)
    return panel.end.to_send()[0]


def test_a_greeting_makes_a_session_with_the_first_message_under_its_keys() -> None:
    panel, cloud = Panel(), Cloud()
    panel.end.connected(0)
    assert kinds(heard(cloud, panel.end.to_send())) == ["salt"]
    assert cloud.end.hello is None
    panel.heard(cloud.end.to_send(), 0)
    assert kinds(heard(cloud, panel.end.to_send())) == ["opened", "heartbeat"]
    opened_by: Any = cloud.end.hello
    assert opened_by.boot == 1


def test_a_recorded_hello_opens_nothing_and_leaves_the_session_alone() -> None:
    panel, cloud = opened()
    recorded = [hello(seed) for seed in range(10)]
    assert set(kinds(heard(cloud, recorded))) == {"salt"}
    cloud.end.to_send()
    assert kinds(heard(cloud, [heartbeat_of(panel)], 60_000)) == ["heartbeat"]
    panel.heard(cloud.end.to_send(), 60_000)
    assert kinds(panel.end.happenings()) == ["time"]


def test_the_sessions_own_hello_recorded_gets_the_same_welcome_and_nothing_else() -> None:
    panel, cloud = Panel(), Cloud()
    panel.end.connected(0)
    greeting = panel.end.to_send()
    heard(cloud, greeting)
    welcome = cloud.end.to_send()
    assert heard(cloud, greeting, 5) == []
    assert cloud.end.to_send() == welcome
    panel.heard(welcome, 5)
    settle(panel, cloud, 5)
    cloud.take_facts()
    assert heard(cloud, greeting, 1000) == []
    before = panel.end.state
    panel.heard(cloud.end.to_send(), 1000)
    assert panel.end.state == before
    assert panel.end.to_send() == []


def test_recorded_hellos_make_no_more_candidates_than_the_bound() -> None:
    cloud = Cloud()
    for seed in range(50):
        heard(cloud, [hello(seed)])
    cloud.end.to_send()
    cloud.end.acknowledge([(bytes(4), 1, bytes(8))])
    assert len(cloud.end.to_send()) == cloud_end.CANDIDATES_MAX


def test_a_candidate_that_nobody_takes_up_is_forgotten() -> None:
    panel, cloud = Panel(), Cloud()
    panel.end.connected(0)
    heard(cloud, panel.end.to_send())
    panel.heard(cloud.end.to_send(), 0)
    late = heard(cloud, panel.end.to_send(), cloud_end.CANDIDATE_LIFE_MS)
    assert late == [("refused", "unknown key")]
    assert cloud.end.hello is None


def test_a_recorded_heartbeat_proves_nothing() -> None:
    panel, cloud = opened()
    recorded = heartbeat_of(panel)
    assert kinds(heard(cloud, [recorded], 60_000)) == ["heartbeat"]
    assert heard(cloud, [recorded], 60_001) == [("refused", "a replay")]
    panel.end.disconnected()
    panel.end.connected(70_000)
    settle(panel, cloud, 70_000)
    cloud.take_facts()
    assert heard(cloud, [recorded], 70_001) == [("refused", "unknown key")]
    cloud.restart()
    assert heard(cloud, [recorded], 70_002) == [("refused", "unknown key")]


def test_an_event_needs_no_session_and_its_panel_is_asked_to_greet() -> None:
    panel, cloud = opened()
    cloud.restart()
    record = panel.event()
    frame = record.kid + record.sealed
    facts = heard(cloud, [frame])
    assert facts[0][:4] == ("event", record.kid, record.number, record.sealed)
    assert isinstance(facts[0][4], messages.Event)
    assert knocks(cloud.end.to_send()) == 1


def test_knocks_keep_their_distance() -> None:
    panel, cloud = opened()
    cloud.restart()
    record = panel.event()
    frame = record.kid + record.sealed
    count = 0
    for now_ms in range(0, 10_000, 100):
        heard(cloud, [frame], now_ms)
        count += knocks(cloud.end.to_send())
    assert count == 10_000 // cloud_end.KNOCK_EVERY_MS


def test_noise_and_old_sessions_bring_nobody_to_knock_while_a_session_lives() -> None:
    panel, cloud = opened()
    old = heartbeat_of(panel)
    panel.end.disconnected()
    panel.end.connected(70_000)
    settle(panel, cloud, 70_000)
    cloud.take_facts()
    noise = [bytes(4) + Chance(1)(64), old]
    assert heard(cloud, noise, 80_000) == [("refused", "unknown key")] * 2
    assert cloud.end.to_send() == []


def test_every_bit_flip_truncation_and_repetition_of_what_the_panel_says_is_refused() -> None:
    panel, cloud = opened()
    record = panel.event()
    for frame in (record.kid + record.sealed, heartbeat_of(panel), hello(1)):
        for bit in range(8 * len(frame)):
            assert kinds(heard(cloud, [changed(frame, bit)], 60_000)) == ["refused"], bit
        for length in range(len(frame)):
            assert kinds(heard(cloud, [frame[:length]], 60_000)) == ["refused"], length
    assert cloud.end.to_send() == []
    assert cloud.events == {}


def test_a_stranger_cannot_make_more_than_a_few_reasons_for_refusal() -> None:
    panel, cloud = opened()
    chance = Chance(8)
    record = panel.event()
    known = (record.kid, hello(1)[:4], cloud.end._session.reader.kid, bytes(4))  # type: ignore[union-attr]
    for _ in range(500):
        start = known[chance.below(4)] + (record.sealed if chance.below(2) else hello(1)[4:])[: chance.below(30)]
        heard(cloud, [(start + chance(1024))[: 4 + sealing.SIZES[chance.below(5)]]])
    assert cloud.end.refusals.total() == 500
    assert len(cloud.end.refusals.counts) <= 12


def test_another_panels_frames_are_refused() -> None:
    _, cloud = opened()
    key = keys.journal_key(ROOT_KEY, bytes(8), bytes(16))
    event = messages.encode(messages.Void(1, 2, 0))
    assert kinds(heard(cloud, [sealing.frame(key, sealing.seal_numbered(key, 1, event))])) == ["refused"]


def test_a_panel_cannot_say_what_only_the_cloud_may_say() -> None:
    panel, cloud = opened()
    sneaky = panel.end._writer.frame(messages.Command(bytes(8), 1, 1, 1, 0xFFFFFFFF))  # type: ignore[union-attr]
    assert heard(cloud, [sneaky]) == [("refused", "this key does not seal such a message")]


def test_acknowledgements_go_out_in_groups_that_fit_a_message() -> None:
    _, cloud = opened()
    cloud.end.acknowledge([(bytes(4), number, bytes(8)) for number in range(40)])
    frames = cloud.end.to_send()
    assert [len(frame) for frame in frames] == [260, 260, 260]
    cloud.end.acknowledge([(b"kid1", 1, bytes(8)), (b"kid2", 1, bytes(8))])
    assert [len(frame) for frame in cloud.end.to_send()] == [68, 68]


def test_nothing_is_said_where_there_is_no_session() -> None:
    cloud = Cloud()
    assert cloud.end.command(messages.Command(bytes(8), 1, 1, 1, 0)) is False
    assert cloud.end.ask_again(bytes(4), 1, 2) is False
    cloud.end.acknowledge([(bytes(4), 1, bytes(8))])
    assert cloud.end.to_send() == []


def test_a_command_goes_to_the_session_and_to_no_candidate() -> None:
    _, cloud = opened()
    heard(cloud, [hello(1)])
    cloud.end.to_send()
    assert cloud.end.command(messages.Command(bytes(8), 1, 1, 1, 0)) is True
    assert len(cloud.end.to_send()) == 1


def test_the_incarnation_that_was_named_last_is_remembered_longest() -> None:
    cloud = Cloud()
    present, others = b"present salt....", [b"%015d." % n for n in range(40)]
    cloud.end.learn(present)
    for salt in others[:10]:
        cloud.end.learn(salt)
    kid = cloud.end.learn(present)
    for salt in others[20 : 20 + cloud_end.JOURNAL_KEYS_MAX - 1]:
        cloud.end.learn(salt)
    key = keys.journal_key(ROOT_KEY, PANEL, present)
    frame = sealing.frame(key, sealing.seal_numbered(key, 1, messages.encode(messages.Void(1, 2, 0))))
    assert kid == key.kid
    assert kinds(heard(cloud, [frame])) == ["event"]


def test_the_incarnations_kept_in_memory_are_bounded() -> None:
    cloud = Cloud()
    for number in range(100):
        cloud.end.learn(b"%015d." % number)
    assert len(cloud.end._journal_keys) == cloud_end.JOURNAL_KEYS_MAX


def test_a_heartbeat_is_answered_with_its_own_uptime_and_the_clouds_time() -> None:
    panel, cloud = opened()
    heard(cloud, [heartbeat_of(panel)], 60_005)
    panel.heard(cloud.end.to_send(), 60_010)
    assert panel.end.happenings() == [("time", CLOUD_AHEAD_MS + 60_005)]
